"""Random numbers belong to labels: no selection or order changes a draw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

from disca_nb.steering import cell_keys, steer

DRAWN = ("pass_correction", "ess", "correction", "reliability", "final_gap", "p_spare")
SELECTIONS: list[dict[str, Any]] = [
    {"country": ["USA", "JPN"]},
    {"country": ["USA"]},
    {"country": "USA"},
    {"scenario": ["z", "v", "x"]},
    {"scenario": "w"},
    {"model": ["n"]},
    {"model": "n"},
    {"country": "BRA", "scenario": ["y"], "model": "m"},
]


@pytest.mark.parametrize("selection", SELECTIONS, ids=str)
def test_selecting_before_or_after_steering_gives_the_same_bits(
    panel: xr.Dataset, selection: dict[str, Any]
) -> None:
    before, after = steer(panel.sel(selection)), steer(panel).sel(selection)
    for name in DRAWN:
        np.testing.assert_array_equal(before[name], after[name])


def test_the_order_of_axes_changes_nothing(panel: xr.Dataset) -> None:
    turned = panel.transpose("persona", "model", "scenario", "country")
    assert steer(turned).equals(steer(panel))


def test_other_labels_give_other_draws(panel: xr.Dataset) -> None:
    renamed = panel.assign_coords(country=["KOR", "BRA", "USA"])
    same = steer(renamed).pass_correction.values == steer(panel).pass_correction.values
    assert not same[0].any()
    assert same[1:].all()


def test_another_seed_gives_other_draws(panel: xr.Dataset) -> None:
    one, other = steer(panel, seed=1), steer(panel, seed=2)
    assert not (one.pass_correction == other.pass_correction).any()
    assert one.identical(steer(panel, seed=1))


def test_no_two_cells_share_a_key(panel: xr.Dataset) -> None:
    keys = cell_keys(panel.expand_dims(language=["en", "ja"]))
    assert np.unique(keys).size == keys.size == 60


def test_a_label_given_per_cell_counts(panel: xr.Dataset) -> None:
    native = xr.DataArray(
        [["en", "ja"], ["pt", "pt"], ["en", "en"]], dims=("country", "model"), name="language"
    )
    keys = cell_keys(panel.assign_coords(language=native))
    plain = cell_keys(panel.assign_coords(language="en"))
    np.testing.assert_array_equal((keys == plain).all("scenario"), native == "en")


def test_settings_are_no_part_of_the_key(panel: xr.Dataset) -> None:
    wide = steer(panel, sigma=2.0).pass_correction
    narrow = steer(panel, sigma=1.0, eta=1e6).pass_correction
    flat = steer(panel, sigma=2.0, eta=1e6).pass_correction
    # Without weights a pass is the mean of its draws, which scale with the width.
    np.testing.assert_allclose(flat, 2.0 * narrow, rtol=1e-3, atol=1e-5)
    assert not np.allclose(wide, flat)
