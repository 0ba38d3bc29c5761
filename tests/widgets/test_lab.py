"""The steering lab without a browser: what it is set to, what it says, and that it lets go."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from pages import control, every, html, press, python, said, tags, words
from panels import made_up

import disca_nb
from disca_nb.errors import InputError, UnknownNameError
from disca_nb.kernels import PARAMETERS
from disca_nb.widgets import SteeringLab, steering_lab
from disca_nb.widgets._lab_state import PRESETS, SLIDERS, LabState
from disca_nb.widgets.slider import Slider

COUNTRIES = ["JPN", "USA", "BRA"]


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    return disca_nb.datasets.demo_panel(COUNTRIES)


@pytest.fixture
def lab(panel: xr.Dataset) -> Iterator[SteeringLab]:
    opened = steering_lab(panel)
    yield opened
    opened.close()


def _slider(lab: SteeringLab, name: str) -> Slider:
    found = control(lab, f"{PARAMETERS[name].symbol}, {name}")
    assert isinstance(found, Slider)
    return found


def test_it_opens_with_the_scores_of_the_defaults(lab: SteeringLab, panel: xr.Dataset) -> None:
    expected = disca_nb.alignment(disca_nb.steer(panel, method="quadrature"))
    np.testing.assert_allclose(lab.scores.mis, expected.mis, atol=1e-5)
    text = words(lab)
    assert f"mean misalignment {expected.mis.mean().item():.3f}" in text
    assert f"without steering {expected.mis_vanilla.mean().item():.3f}" in text
    assert "DISCA paper, σ adaptive" in text
    assert "coin flip 0." in text
    assert said(lab) == ""


def test_made_up_models_are_called_so(panel: xr.Dataset) -> None:
    lab = steering_lab(panel.assign_coords(model=["m"]))
    for caption in re.findall("<figcaption>(.*?)</figcaption>", html(lab)):
        assert "m (synthetic)" in caption
    lab.close()


def test_every_parameter_has_a_slider_with_a_name(lab: SteeringLab) -> None:
    sliders = [each for each in every(lab) if isinstance(each, Slider)]
    assert len(sliders) == len(SLIDERS) == len(PARAMETERS) + 1
    assert all(each.label and each.help for each in sliders)
    assert len({each.label for each in sliders}) == len(sliders)


def test_moving_a_slider_moves_scores_pictures_and_words(lab: SteeringLab) -> None:
    before, page = lab.scores.mis, html(lab)
    _slider(lab, "gate_scale").value = 10.0
    _slider(lab, "lam").value = 0.0
    expected = disca_nb.steer(
        disca_nb.datasets.demo_panel(COUNTRIES), method="quadrature", gate_scale=10.0, lam=0.0
    )
    after = lab.scores.mis
    np.testing.assert_allclose(after, disca_nb.alignment(expected).mis, atol=1e-5)
    assert not np.allclose(after, before, atol=1e-4)
    pictures = [part for part in page.split('"') if part.startswith("data:image/png")]
    now = [part for part in html(lab).split('"') if part.startswith("data:image/png")]
    assert len(now) == len(pictures) == 2
    assert set(now).isdisjoint(pictures)
    assert "λ 0" in words(lab)


def test_a_trait_that_is_set_moves_its_slider(lab: SteeringLab) -> None:
    lab.settings.eta = 0.25
    assert _slider(lab, "eta").value == 0.25
    assert "η 0.25" in words(lab)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("Paper", {"variant": "paper", "sigma": 0.3}),
        ("Released", {"variant": "released+ema", "category_temperature": "disca"}),
        ("No gate", {"variant": "paper", "gate_scale": np.inf}),
        ("Consensus", {"variant": "consensus"}),
        ("Defaults", {"variant": "paper"}),
    ],
)
def test_presets_are_what_they_say(
    lab: SteeringLab, panel: xr.Dataset, name: str, options: dict[str, Any]
) -> None:
    lab.settings.eta, lab.settings.floored = 3.0, True
    press(lab, name)
    expected = disca_nb.alignment(disca_nb.steer(panel, method="quadrature", **options))
    np.testing.assert_allclose(lab.scores.mis, expected.mis, atol=1e-5)
    assert said(lab) == ""


def _rows(page: str) -> list[list[str]]:
    """Return the cells of the page's one table, row by row."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]


def test_the_table_has_the_means_of_all_models() -> None:
    gaps = made_up(COUNTRIES)
    each = [gaps, gaps.assign(persona_gap=gaps.persona_gap + 0.5)]
    both = xr.concat(each, "model", coords="minimal", compat="override")
    both = both.assign_coords(model=["m1", "m2"])
    both["status"] = both.status.where((both.model != "m2") | (both.country != "USA"), 2)
    lab = steering_lab(both)
    lab.settings.set_trait("model", "m2")
    head, *rows = _rows(html(lab))
    assert head[0] == "model"
    scores = disca_nb.alignment(disca_nb.steer(both, method="quadrature"))
    for row, model, n in zip(rows, ("m1", "m2"), (3, 2), strict=True):
        one = scores.sel(model=model)
        known = one.isel(country=one.mis.notnull().values)
        names = ("mis", "mis_vanilla", "mis_coin_flip", "mis_leave_one_out", "noise_ceiling")
        assert row[1:] == [*(f"{known[name].mean().item():.3f}" for name in names), str(n)]
        assert row[0].endswith(model)
    assert "over the 2 of 3 countries that have a score" in words(lab)
    lab.close()


def test_what_is_put_off_in_a_kernel_is_dropped_when_it_closes(panel: xr.Dataset) -> None:
    async def main() -> tuple[str, str, str]:
        lab = steering_lab(panel)
        table = lab._table
        shown = [table.value]
        while len(_rows(table.value)) < 2:  # noqa: ASYNC110 - a kernel's loop has no event for it
            await asyncio.sleep(0.01)
        shown.append(table.value)
        lab.settings.eta = 3.0
        lab.close()
        await asyncio.sleep(0.3)
        return shown[0], shown[1], table.value

    before, after, closed = asyncio.run(main())
    assert before == ""
    assert "synthetic-demo" in after
    assert closed == after


def test_it_prints_as_one_line(lab: SteeringLab) -> None:
    assert repr(lab) == "<SteeringLab; the last line of a notebook's cell shows it>"


def test_a_csv_of_gaps_opens(tmp_path: Path) -> None:
    gaps = made_up(COUNTRIES)
    frame = gaps[["base_gap", "category", "preferred_on_right"]].to_dataframe()
    for persona in gaps.persona.values:
        frame[f"persona_gap_{persona}"] = (
            gaps.persona_gap.sel(persona=persona).drop_vars("persona").to_dataframe().persona_gap
        )
    path = tmp_path / "mine.csv"
    frame["preferred_on_right"] = frame["preferred_on_right"].astype(int)
    frame.reset_index().to_csv(path, index=False)
    lab = steering_lab(path)
    assert said(lab) == ""
    assert lab.settings.model == "mine"
    names: dict[str, Any] = {}
    exec(python(lab), names)  # noqa: S102 - our own code
    np.testing.assert_allclose(names["scores"].mis, lab.scores.mis)
    lab.close()


def test_a_model_whose_label_is_a_number_is_one_too() -> None:
    lab = steering_lab(made_up(COUNTRIES).expand_dims(model=[7]))
    assert lab.settings.model == "7"
    assert said(lab) == ""
    assert "mean misalignment" in words(lab)
    lab.close()


def test_presets_leave_what_is_shown(lab: SteeringLab) -> None:
    lab.settings.country = "BRA"
    press(lab, "Paper")
    assert lab.settings.country == "BRA"


def test_there_is_a_button_for_every_preset(lab: SteeringLab) -> None:
    for name in PRESETS:
        control(lab, name)


@pytest.mark.parametrize("preset", PRESETS)
def test_its_code_gives_its_scores(lab: SteeringLab, panel: xr.Dataset, preset: str) -> None:
    press(lab, preset)
    if preset == "Defaults":
        lab.settings.set_trait("decision_temperature", 0.8)
        lab.settings.floored, lab.settings.adaptive = True, False
    names: dict[str, Any] = {"gaps": panel}
    exec(python(lab), names)  # noqa: S102 - our own code
    for figure in ("mis", "mis_vanilla", "mis_coin_flip"):
        np.testing.assert_allclose(lab.scores[figure], names["scores"][figure], atol=1e-5)
    for name in ("variant", "decision_temperature", "category_temperature"):
        assert lab.scores.attrs[name] == names["scores"].attrs[name]


def test_its_code_names_the_path_and_the_targets(panel: xr.Dataset, tmp_path: Path) -> None:
    path = disca_nb.save_results(panel, tmp_path / "it's.zarr")
    targets = disca_nb.datasets.targets.moral_machine() * 0.9
    lab = steering_lab(path, targets)
    names: dict[str, Any] = {"targets": targets}
    exec(python(lab), names)  # noqa: S102 - our own code
    np.testing.assert_allclose(lab.scores.mis, names["scores"].mis, atol=1e-5)
    lab.close()


def test_sliders_without_effect_are_still(lab: SteeringLab) -> None:
    assert _slider(lab, "sigma").disabled
    assert not _slider(lab, "sigma_floor").disabled
    lab.settings.adaptive = False
    assert not _slider(lab, "sigma").disabled
    assert _slider(lab, "sigma_floor").disabled
    lab.settings.variant = "consensus"
    free = [each for each in every(lab) if isinstance(each, Slider) and not each.disabled]
    assert [each.label for each in free] == ["T, decision temperature"]


def test_a_value_out_of_range_is_told_and_the_last_picture_stays(lab: SteeringLab) -> None:
    before = lab.settings.trait_values()
    page = words(lab)
    _slider(lab, "eta").value = -1.0
    assert said(lab) == "Parameter eta (η) is -1.0; it must be a number from 0.01 to 1e+06."
    assert page in words(lab)
    _slider(lab, "eta").value = before["eta"]
    assert said(lab) == ""


def test_a_variant_without_passes_says_so_in_place_of_candidates(lab: SteeringLab) -> None:
    lab.settings.variant = "vanilla"
    assert "The variant 'vanilla' draws no candidates." in words(lab)


def test_logged_passes_can_be_chosen_where_there_are_any(lab: SteeringLab) -> None:
    assert list(control(lab, "Passes").options) == ["quadrature", "monte-carlo"]
    gaps = made_up(COUNTRIES)
    rng, shape = np.random.default_rng(3), (*gaps.base_gap.shape, 2)
    logged = gaps.assign(
        recorded_correction=(("country", "scenario", "pass_id"), rng.normal(0.0, 0.2, shape)),
        recorded_ess=(("country", "scenario", "pass_id"), rng.uniform(0.0, 1.0, shape)),
    ).assign_coords(pass_id=[0, 1])
    other = steering_lab(logged)
    control(other, "Passes").value = "recorded"
    expected = disca_nb.alignment(disca_nb.steer(logged, method="recorded"))
    np.testing.assert_allclose(other.scores.mis, expected.mis, atol=1e-12)
    assert "Logged passes do not say" in words(other)
    assert said(other) == ""
    other.close()


def test_a_cell_that_was_never_run_leaves_the_rest_standing() -> None:
    gaps = made_up(["JPN", "USA"])
    gaps["base_gap"][0, 0] = np.nan
    gaps["status"][0, 0] = 0
    lab = steering_lab(gaps)
    assert "not finite" in words(lab)
    assert "mean misalignment" in words(lab)
    assert said(lab) == ""
    lab.close()


@pytest.mark.parametrize(
    ("change", "words_"),
    [
        (lambda gaps: gaps.drop_vars("persona_gap"), "persona_gap"),
        (lambda gaps: gaps.drop_vars("category"), "category"),
        (lambda gaps: gaps.isel(scenario=slice(0)), "hold no cell"),
        (lambda gaps: gaps.isel(country=slice(0)), "hold no cell"),
        (lambda gaps: gaps.isel(model=slice(0)), "hold no cell"),
        (lambda gaps: gaps.expand_dims(language=["en", "de"]), "language"),
    ],
)
def test_what_is_wrong_with_gaps_is_said_on_the_page(
    panel: xr.Dataset, change: Callable[[xr.Dataset], xr.Dataset], words_: str
) -> None:
    lab = steering_lab(change(panel))
    assert words_ in said(lab)
    lab.close()


def test_what_is_wrong_with_a_path_is_said_on_the_page(tmp_path: Path) -> None:
    lab = steering_lab(tmp_path / "nowhere.zarr")
    assert said(lab).startswith("There is nothing at")
    lab.close()


def test_labels_are_text_and_nothing_else(panel: xr.Dataset) -> None:
    hostile = "<script>alert(1)</script>$x^$"
    names = panel.scenario.values.astype(object)
    names[0] = hostile
    gaps = panel.assign_coords(model=[hostile], scenario=names.astype(str))
    lab = steering_lab(gaps)
    assert "script" not in tags(html(lab))
    assert said(lab) == ""
    assert hostile in words(lab)
    lab.close()


def test_the_state_stands_by_itself() -> None:
    state = LabState(gated=False, adaptive=False, sigma=0.4)
    assert state.options() == {
        "variant": "paper",
        "decision_temperature": 0.5,
        "method": "quadrature",
        "sigma": 0.4,
        "lam": 0.7,
        "eta": 0.5,
        "alpha": 0.88,
        "kappa": 2.25,
        "rho": 0.1,
        "gate_scale": float("inf"),
        "n_samples": 64,
        "n_passes": 2,
    }
    assert state.code().splitlines() == [
        "import disca_nb",
        "",
        "# gaps: the Dataset that steering_lab was given",
        (
            'steered = disca_nb.steer(gaps, variant="paper", method="quadrature", '
            'sigma=0.4, gate_scale=float("inf"))'
        ),
        "scores = disca_nb.alignment(steered)",
    ]


@pytest.mark.parametrize("name", ["variant", "method", "model", "country", "scenario"])
def test_a_name_that_is_not_there_is_refused_and_nothing_moves(lab: SteeringLab, name: str) -> None:
    before = lab.settings.trait_values()
    with pytest.raises(UnknownNameError, match="'nowhere'"):
        lab.settings.set_trait(name, "nowhere")
    assert lab.settings.trait_values() == before


def test_a_preset_that_is_not_there_is_refused(lab: SteeringLab) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'Paper'"):
        lab.preset("paper")


def test_a_lab_that_could_not_open_has_no_scores() -> None:
    lab = steering_lab("nowhere.zarr")
    with pytest.raises(InputError, match="could not open"):
        _ = lab.scores
    lab.close()
