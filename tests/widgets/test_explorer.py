"""The explorer without a browser: what it shows, exports and refuses, and that it lets go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from pages import control, html, press, python, said, tags, words
from panels import made_up

import disca_nb
from disca_nb._elicit.keeping import run_folder
from disca_nb.errors import UnknownNameError
from disca_nb.widgets import Explorer, explore

COUNTRIES = ["JPN", "USA", "BRA"]
HOSTILE = "<script>alert(1)</script>$x^$"


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    return disca_nb.datasets.demo_panel(COUNTRIES)


@pytest.fixture
def explorer(panel: xr.Dataset, tmp_path: Path) -> Iterator[Explorer]:
    opened = explore(panel, folder=str(tmp_path / "out"))
    yield opened
    opened.close()


def test_it_opens_on_all_countries_and_the_first(explorer: Explorer) -> None:
    assert said(explorer) == ""
    assert explorer.chosen.country == "JPN"
    assert explorer.chosen.variant == "paper"
    text = words(explorer)
    assert "Misalignment score of 3 countries" in text
    assert "JPN: scenarios 1 to 12 of 96" in text


def test_choosing_a_country_shows_its_preferences_scenarios_and_prompt(
    explorer: Explorer, panel: xr.Dataset
) -> None:
    control(explorer, "Country").value = "BRA"
    text = words(explorer)
    assert "BRA: scenarios 1 to 12 of 96" in text
    assert "Gaps of BRA" in text
    human = disca_nb.alignment(disca_nb.steer(panel)).human_preference.sel(country="BRA")
    assert f"{human.sel(attribute='Species').item():.3f}" in text


def test_choosing_a_persona_shows_what_it_was_told(explorer: Explorer, panel: xr.Dataset) -> None:
    control(explorer, "Persona").value = "older"
    told = panel.persona_prompt.sel(country="JPN", persona="older").item()
    assert " ".join(told.split()) in words(explorer)


def test_an_attribute_leaves_its_own_scenarios(explorer: Explorer) -> None:
    control(explorer, "Attribute").value = "Age"
    text = words(explorer)
    assert "JPN: scenarios 1 to 12 of 16" in text
    assert all(name.startswith("age/") for name in control(explorer, "Scenario").options)
    assert explorer.chosen.scenario.startswith("age/")


def test_pages_turn_and_stop_at_both_ends(explorer: Explorer) -> None:
    press(explorer, "Previous page")
    assert "Page 1 of 8" in words(explorer)
    for _ in range(9):
        press(explorer, "Next page")
    assert "Page 8 of 8" in words(explorer)
    assert "scenarios 85 to 96 of 96" in words(explorer)


def test_a_scenario_turns_to_its_page(explorer: Explorer) -> None:
    names = control(explorer, "Scenario").options
    control(explorer, "Scenario").value = names[40]
    assert "Page 4 of 8" in words(explorer)
    assert re.search(rf'class="chosen"[^>]*><th scope="row">{names[40]}<', html(explorer))


def test_two_variants_stand_side_by_side(explorer: Explorer, panel: xr.Dataset) -> None:
    control(explorer, "Compare with").value = str(panel.model.values[0])
    control(explorer, "as").value = "vanilla"
    text = words(explorer)
    steered = disca_nb.alignment(disca_nb.steer(panel, method="quadrature"))
    closer = int((steered.mis_vanilla < steered.mis).sum())
    assert f"vanilla is closer to the humans in {closer} of 3" in text
    for country in COUNTRIES:
        one = steered.sel(country=country)
        assert f"{country} {one.mis.item():.3f} {one.mis_vanilla.item():.3f}" in text


@pytest.mark.parametrize("form", ["CSV", "NetCDF", "PNG"])
def test_the_slice_is_saved_as_it_is_shown(
    explorer: Explorer, panel: xr.Dataset, tmp_path: Path, form: str
) -> None:
    control(explorer, "Country").value = "USA"
    control(explorer, "Attribute").value = "Gender"
    press(explorer, f"Save {form}")
    files = sorted((tmp_path / "out").iterdir())
    assert said(explorer).startswith("Wrote")
    assert all(str(file) in said(explorer) for file in files)
    steered = disca_nb.steer(panel, method="quadrature").sel(country="USA", drop=False)
    expected = steered.isel(scenario=(steered.category == "Gender").values, model=0)
    if form == "CSV":
        table = pd.read_csv(files[0], index_col="scenario")
        np.testing.assert_allclose(table["final_gap"], expected.final_gap, atol=1e-12)
        np.testing.assert_allclose(
            table["persona_gap_older"], expected.persona_gap.sel(persona="older"), atol=1e-12
        )
    elif form == "NetCDF":
        kept = disca_nb.open_results(files[0])
        np.testing.assert_array_equal(kept.p_spare, expected.p_spare)
        assert kept.scenario.values.tolist() == expected.scenario.values.tolist()
    else:
        assert {file.name.rpartition("_")[2] for file in files} == {
            "countries.png",
            "country.png",
            "cell.png",
        }
        assert all(file.read_bytes().startswith(b"\x89PNG") for file in files)


@pytest.mark.parametrize("saved", [False, True])
def test_its_code_makes_the_slice(panel: xr.Dataset, tmp_path: Path, *, saved: bool) -> None:
    given: Any = panel
    if saved:
        given = disca_nb.save_results(panel, tmp_path / "it's.zarr")
    explorer = explore(given)
    control(explorer, "Country").value = "BRA"
    control(explorer, "Attribute").value = "Species"
    names: dict[str, Any] = {"results": panel}
    exec(python(explorer), names)  # noqa: S102 - our own code
    assert names["cells"].sizes["scenario"] == 16
    expected = disca_nb.alignment(disca_nb.steer(panel, method="quadrature")).sel(country="BRA")
    np.testing.assert_allclose(names["scores"].mis, expected.mis)
    np.testing.assert_allclose(names["scores"].mis_leave_one_out, expected.mis_leave_one_out)
    explorer.close()


def test_a_folder_that_cannot_be_written_is_said(explorer: Explorer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    control(explorer, "Folder").value = str(tmp_path / "file")
    press(explorer, "Save CSV")
    assert "cannot be written" in said(explorer)


def test_what_was_chosen_can_be_chosen_again(explorer: Explorer, panel: xr.Dataset) -> None:
    control(explorer, "Country").value = "BRA"
    control(explorer, "Attribute").value = "Age"
    again = explore(panel, chosen=explorer.chosen.kept())
    assert again.chosen.kept() == explorer.chosen.kept()
    again.close()


def test_what_is_not_there_any_more_is_said(panel: xr.Dataset) -> None:
    explorer = explore(panel, chosen={"country": "ATLANTIS", "attribute": "Age"})
    assert said(explorer) == "The country 'ATLANTIS' is not in these results; 'JPN' is shown."
    assert explorer.chosen.attribute == "Age"
    assert "JPN: scenarios 1 to 12 of 16" in words(explorer)
    explorer.close()


def test_decisions_without_gaps_are_shown_as_they_are() -> None:
    steered = disca_nb.steer(made_up(COUNTRIES), variant="consensus")
    decisions = steered[["p_spare", "final_gap", "status"]]
    explorer = explore(decisions)
    assert said(explorer) == ""
    assert list(control(explorer, "Variant").options) == ["as stored"]
    assert "The results do not hold the texts of personas and options." in words(explorer)
    explorer.close()


def test_an_attribute_that_is_gone_is_said(panel: xr.Dataset) -> None:
    part = panel.isel(scenario=np.flatnonzero(panel.category.values != "Fitness"))
    explorer = explore(part, chosen={"attribute": "Fitness"})
    assert said(explorer) == "The attribute 'Fitness' is not in these results; 'all' is shown."
    explorer.close()


def test_a_country_without_scenarios_of_an_attribute_says_so_and_the_rest_stands() -> None:
    gaps = made_up(["JPN", "USA"], each=4)
    category = np.tile(gaps.category.values, (2, 1))
    # One country was never asked about Age.
    status = gaps.status.values.copy()
    status[1, category[1] == "Age"] = 0
    category[1, category[1] == "Age"] = ""
    steered = disca_nb.steer(gaps.assign(status=(gaps.status.dims, status)), variant="consensus")
    both = steered.drop_vars("category").assign_coords(category=(("country", "scenario"), category))
    explorer = explore(both, chosen={"country": "USA", "attribute": "Age"})
    assert "USA has no scenario of Age; choose another attribute." in words(explorer)
    control(explorer, "Attribute").value = "Gender"
    assert "USA: scenarios 1 to 4 of 4" in words(explorer)
    explorer.close()


def test_a_country_without_a_score_says_so_and_its_table_stands() -> None:
    gaps = made_up(COUNTRIES)
    gaps["status"][1] = 2
    explorer = explore(gaps, chosen={"country": "USA"})
    text = words(explorer)
    assert "USA has no score" in text
    assert "USA: scenarios 1 to 12 of 18" in text
    assert "failed" in text
    control(explorer, "Country").value = "BRA"
    assert "USA has no score" not in words(explorer)
    explorer.close()


def test_what_cannot_be_steered_is_not_offered_or_says_so() -> None:
    gaps = made_up(COUNTRIES)
    both = gaps["base_gap"].expand_dims(order=["AB", "BA"], axis=-1)
    halves = gaps.assign(base_order_gap=both).drop_vars(["base_gap", "persona_gap"])
    decided = disca_nb.steer(gaps, variant="vanilla")["p_spare"]
    lone = explore(halves.assign(p_spare=decided))
    assert said(lone) == ""
    assert len(control(lone, "Variant").options) == 1
    lone.close()
    nothing = explore(halves)
    assert "hold neither decisions nor all gaps" in said(nothing)
    nothing.close()
    many = xr.concat([gaps] * 5, "persona", data_vars="minimal").assign_coords(
        persona=[f"p{i}" for i in range(20)]
    )
    crowded = explore(many, chosen={"variant": "consensus"})
    control(crowded, "Variant").value = "paper"
    assert "20" in words(crowded)
    assert "personas" in words(crowded)
    control(crowded, "Variant").value = "vanilla"
    assert "scenarios 1 to 12" in words(crowded)
    crowded.close()


def test_means_and_counts_are_over_countries_that_have_scores() -> None:
    gaps = made_up(COUNTRIES)
    gaps["status"][1] = 2
    explorer = explore(gaps)
    control(explorer, "Compare with").value = "model"
    n = len(COUNTRIES)
    text = words(explorer)
    assert f"over the {n - 1} countries that every variant has a score for" in text
    assert f"of {n - 1}" in text
    assert "nan" not in text
    explorer.close()


def test_names_of_files_stay_apart(tmp_path: Path) -> None:
    long = "a-model-with-a-name-of-more-than-forty-letters"
    gaps = made_up(COUNTRIES).expand_dims(model=[f"{long}-4bit", f"{long}-8bit"])
    explorer = explore(gaps, folder=str(tmp_path))
    for model in gaps.model.values:
        control(explorer, "Model").value = str(model)
        press(explorer, "Save CSV")
    assert len(list(tmp_path.glob("*.csv"))) == 2
    explorer.close()


@pytest.mark.parametrize("name", ["country", "model", "other_variant"])
def test_a_name_that_is_not_there_is_refused_and_nothing_moves(
    explorer: Explorer, name: str
) -> None:
    before = explorer.chosen.kept()
    with pytest.raises(UnknownNameError, match="'nowhere'"):
        explorer.chosen.set_trait(name, "nowhere")
    assert explorer.chosen.kept() == before


def test_decisions_of_others_making_are_shown() -> None:
    steered = disca_nb.steer(made_up(COUNTRIES), variant="consensus")
    decisions = steered[["p_spare"]].drop_vars("variant")
    decisions.attrs = {}
    explorer = explore(decisions)
    assert said(explorer) == ""
    assert "Misalignment score of 3 countries" in words(explorer)
    assert "The cell has no gap" in words(explorer)
    explorer.close()


def test_the_decision_temperature_is_that_of_the_stored_decisions(panel: xr.Dataset) -> None:
    steered = disca_nb.steer(panel, method="quadrature", decision_temperature=2.0)
    explorer = explore(steered, chosen={"variant": "consensus"})
    names: dict[str, Any] = {"results": steered}
    exec(python(explorer), names)  # noqa: S102 - our own code
    assert names["steered"].attrs["decision_temperature"] == 2.0
    at_two = disca_nb.alignment(names["steered"]).mis.mean().item()
    assert f"consensus {at_two:.3f}" in words(explorer)
    explorer.close()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: d[["persona_answer_mass"]], "neither gaps nor decisions"),
        (lambda d: d.drop_vars("category"), "category"),
        (lambda d: d.isel(country=slice(0)), "no cell"),
        (lambda d: d.isel(scenario=slice(0)), "no cell"),
        (lambda d: d.expand_dims(language=["en", "de"]), "dimension language"),
    ],
)
def test_what_is_wrong_with_results_is_said_on_the_page(
    panel: xr.Dataset, change: Callable[[xr.Dataset], xr.Dataset], told: str
) -> None:
    explorer = explore(change(panel))
    assert told in said(explorer)
    explorer.close()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (7, "int is no result"),
        ("nowhere.zarr", "There is nothing at nowhere.zarr"),
        ("nowhere.csv", "nowhere.csv ends in '.csv'"),
    ],
)
def test_what_is_no_result_is_said_on_the_page(given: Any, told: str) -> None:  # noqa: ANN401
    explorer = explore(given)
    assert told in said(explorer)
    explorer.close()


def test_a_run_that_is_not_finished_is_said(tmp_path: Path) -> None:
    path = tmp_path / "run.zarr"
    run_folder(path).mkdir()
    explorer = explore(path)
    assert "is still being written" in said(explorer)
    explorer.close()


def test_a_store_that_is_half_written_is_said(panel: xr.Dataset, tmp_path: Path) -> None:
    path = disca_nb.save_results(panel, tmp_path / "half.zarr")
    next(path.rglob("0.0*")).unlink()
    explorer = explore(path)
    assert "half-written" in said(explorer)
    explorer.close()


def test_labels_personas_and_texts_are_text_and_nothing_else(panel: xr.Dataset) -> None:
    scenario = panel.scenario.values.astype(object)
    scenario[0] = f"{HOSTILE}s"
    option = panel.option_a.values.astype(object)
    option[:] = f"{HOSTILE}o"
    names = panel.persona.values.astype(object)
    names[0] = f"{HOSTILE}p"
    hostile = panel.assign_coords(
        scenario=scenario.astype(str),
        persona=names.astype(str),
        model=[f"{HOSTILE}m"],
        option_a=("scenario", option.astype(str)),
    )
    told = np.full(hostile.persona_prompt.shape, f"{HOSTILE}t")
    hostile = hostile.assign(persona_prompt=(hostile.persona_prompt.dims, told))
    explorer = explore(hostile)
    control(explorer, "Persona").value = f"{HOSTILE}p"
    control(explorer, "Compare with").value = f"{HOSTILE}m"
    assert "script" not in tags(html(explorer))
    for letter in "sopmt":
        assert f"{HOSTILE}{letter}" in words(explorer)
    explorer.close()


def test_one_country_and_no_model_dimension_will_do() -> None:
    explorer = explore(made_up(["JPN"]))
    assert said(explorer) == ""
    assert "model" in words(explorer)
    explorer.close()
