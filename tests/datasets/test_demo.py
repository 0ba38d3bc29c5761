"""The demo panel: what the shipped model answers, balanced, and openly made up."""

from __future__ import annotations

import importlib.util
import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from disca_nb import open_results, prompts
from disca_nb._elicit.questions import questions
from disca_nb.cli.demo import COUNTRIES, PER_ATTRIBUTE, elicit_demo
from disca_nb.datasets import demo_panel
from disca_nb.errors import UnknownNameError
from disca_nb.models import embedded
from disca_nb.models._checks import weights_hash
from disca_nb.variables import ATTRIBUTES

SCRIPT = Path(__file__).parents[2] / "scripts" / "make_demo_results.py"


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    """The whole panel."""
    return demo_panel()


@pytest.fixture(scope="module")
def manifest(panel: xr.Dataset) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(panel.attrs["manifest"])
    return found


def test_the_script_writes_the_shipped_panel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch", reason="the model needs PyTorch, of the extra models")
    spec = importlib.util.spec_from_file_location("make_demo_results", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "TARGET", tmp_path / "again.zarr")
    monkeypatch.setattr(script, "elicit_demo", partial(elicit_demo, ["TUR", "JPN"]))
    script.main()
    again, shipped = open_results(tmp_path / "again.zarr"), demo_panel(["TUR", "JPN"])
    # Processors and batches round differently; nothing else may differ.
    xr.testing.assert_allclose(again, shipped, rtol=0.0, atol=1e-4)
    # These tell of the run as a whole, with all its countries and versions.
    run = dict.fromkeys(("manifest", "persona_source"), "")
    assert again.attrs | run == shipped.attrs | run


def test_it_is_of_the_weights_that_ship(manifest: dict[str, Any]) -> None:
    stated = manifest["models"]["synthetic-demo"]["weights_sha256"]
    assert stated == weights_hash(embedded.folder())


def test_it_is_of_the_prompts_that_are_made_today(manifest: dict[str, Any]) -> None:
    choices = prompts.scenarios("balanced", per_attribute=PER_ATTRIBUTE)
    personas = prompts.persona_panel(COUNTRIES)
    asked = questions(choices, personas, prompts.load_pack("en"), "lines")
    assert manifest["prompts_sha256"] == asked.sha256
    assert manifest["prompts"] == len(asked.prompts)


def test_it_has_at_least_eight_countries_and_six_attributes(panel: xr.Dataset) -> None:
    assert panel.country.values.tolist() == list(COUNTRIES)
    assert len(COUNTRIES) >= 8
    assert panel.persona.values.tolist() == ["young", "middle", "older", "all"]
    assert panel.category.values.tolist() == np.repeat(ATTRIBUTES, PER_ATTRIBUTE).tolist()


def test_every_cell_is_scored(panel: xr.Dataset) -> None:
    assert (panel.status == 1).all()
    assert panel.persona_gap.notnull().all()
    assert panel.persona_answer_mass.min() >= panel.attrs["min_mass"]


def test_the_counted_side_stands_on_either_side_equally_often(panel: xr.Dataset) -> None:
    share = panel.preferred_on_right.astype(float).groupby(panel.category).mean()
    np.testing.assert_array_equal(share, 0.5)
    assert not (panel.preferred_on_right[1:].values == panel.preferred_on_right[:-1].values).any()


def test_only_utilitarianism_has_unequal_groups(panel: xr.Dataset) -> None:
    unequal = panel.n_left != panel.n_right
    np.testing.assert_array_equal(unequal, panel.category == "Utilitarianism")
    more_on_right = (panel.n_right > panel.n_left).where(unequal, panel.preferred_on_right)
    np.testing.assert_array_equal(more_on_right, panel.preferred_on_right)


def test_the_model_leans_toward_the_first_option(panel: xr.Dataset) -> None:
    assert panel.positional_bias.mean() < 0.0
    np.testing.assert_allclose(
        panel.vanilla_gap, panel.base_gap + panel.positional_bias, rtol=0, atol=1e-12
    )
    np.testing.assert_array_equal(panel.vanilla_gap, panel.base_order_gap.sel(order="AB"))


def test_it_says_that_it_is_synthetic(panel: xr.Dataset) -> None:
    assert panel.attrs["source"].startswith("synthetic")
    assert panel.attrs["notice"] == embedded.NOTICE
    assert panel.model.values.tolist() == ["synthetic-demo"]
    assert panel.language.item() == panel.attrs["language"] == "en"


def test_countries_whose_profiles_are_synthetic_are_named(panel: xr.Dataset) -> None:
    made_up = panel.country.values[panel.profile_source == "synthetic"].tolist()
    assert set(panel.profile_source.values) == {"wvs", "synthetic"}
    assert panel.attrs["persona_source"].endswith(f"about the country: {', '.join(made_up)}")


def test_countries_are_chosen_in_the_order_asked_for(panel: xr.Dataset) -> None:
    some = demo_panel(["USA", "BRA"])
    assert some.country.values.tolist() == ["USA", "BRA"]
    xr.testing.assert_identical(some, panel.sel(country=["USA", "BRA"]))


def test_a_text_is_one_country_not_its_letters() -> None:
    assert demo_panel("USA").country.values.tolist() == ["USA"]


def test_an_unknown_country_brings_a_suggestion() -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown country 'USB'; did you mean 'USA'\?"):
        demo_panel(["USB"])
