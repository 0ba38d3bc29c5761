"""The demo panel: small, balanced, reproducible, and openly made up."""

from __future__ import annotations

import gzip
import importlib.util
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from disca_nb._data import data_path
from disca_nb.datasets import demo_panel
from disca_nb.errors import UnknownNameError
from disca_nb.variables import ATTRIBUTES

SCRIPT = Path(__file__).parents[2] / "scripts" / "make_demo_panel.py"


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    """The whole panel."""
    return demo_panel()


def test_the_script_writes_the_shipped_panel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.util.spec_from_file_location("make_demo_panel", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "TARGET", tmp_path / "again.csv.gz")
    script.main()
    # Unpacked, because another zlib packs the same text into other bytes.
    again = gzip.decompress((tmp_path / "again.csv.gz").read_bytes())
    assert again == gzip.decompress(data_path("demo_panel.csv.gz").read_bytes())


def test_it_has_at_least_eight_countries_and_six_attributes(panel: xr.Dataset) -> None:
    assert panel.sizes["country"] >= 8
    assert set(panel.category.values) == set(ATTRIBUTES)
    assert panel.persona.values.tolist() == ["young", "middle", "older", "all"]


def test_every_cell_is_scored(panel: xr.Dataset) -> None:
    assert (panel.status == 1).all()
    assert panel.persona_gap.notnull().all()


def test_the_counted_side_stands_on_either_side_equally_often(panel: xr.Dataset) -> None:
    share = panel.preferred_on_right.astype(float).groupby(panel.category).mean()
    np.testing.assert_array_equal(share, 0.5)


def test_only_utilitarianism_has_unequal_groups(panel: xr.Dataset) -> None:
    unequal = panel.n_left != panel.n_right
    np.testing.assert_array_equal(unequal, panel.category == "Utilitarianism")
    more_on_right = (panel.n_right > panel.n_left).where(unequal, panel.preferred_on_right)
    np.testing.assert_array_equal(more_on_right, panel.preferred_on_right)


def test_the_model_leans_toward_the_first_option(panel: xr.Dataset) -> None:
    assert panel.positional_bias.mean() < -0.9
    np.testing.assert_allclose(
        panel.vanilla_gap, panel.base_gap + panel.positional_bias, rtol=0, atol=2e-4
    )


def test_it_says_that_it_is_synthetic(panel: xr.Dataset) -> None:
    assert panel.attrs["source"].startswith("synthetic")
    assert "synthetic" in panel.model.item()


def test_countries_are_chosen_in_the_order_asked_for(panel: xr.Dataset) -> None:
    some = demo_panel(["USA", "BRA"])
    assert some.country.values.tolist() == ["USA", "BRA"]
    xr.testing.assert_identical(some, panel.sel(country=["USA", "BRA"]))


def test_a_text_is_one_country_not_its_letters() -> None:
    assert demo_panel("USA").country.values.tolist() == ["USA"]


def test_an_unknown_country_brings_a_suggestion() -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown country 'USB'; did you mean 'USA'\?"):
        demo_panel(["USB"])
