"""Datasets small enough to work through by hand, and one with every kind of label."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr


@pytest.fixture
def cell() -> xr.Dataset:
    """One scenario with logged passes: V = .04, so reliability exp(-1) and c* = .2 exp(-1)."""
    return xr.Dataset(
        {
            "vanilla_gap": ("scenario", [2.0]),
            "base_gap": ("scenario", [1.0]),
            "persona_gap": (("scenario", "persona"), [[-1.0, 0.0, 0.0, 3.0]]),
            "recorded_correction": (("scenario", "pass_id"), [[0.3, 0.1]]),
            "recorded_ess": (("scenario", "pass_id"), [[0.5, 0.25]]),
        },
        {
            "scenario": ["0"],
            "persona": ["young", "middle", "older", "all"],
            "pass_id": [0, 1],
            "preferred_on_right": ("scenario", [False]),
            "category": ("scenario", ["Species"]),
        },
    )


@pytest.fixture(scope="session")
def panel() -> xr.Dataset:
    """Three countries, five scenarios and two models; gaps drawn from a seeded generator."""
    rng = np.random.default_rng(20260510)
    cells = {"country": ["JPN", "BRA", "USA"], "scenario": list("vwxyz"), "model": ["m", "n"]}
    shape = (3, 5, 2)
    return xr.Dataset(
        {
            "vanilla_gap": (tuple(cells), rng.normal(0.0, 2.0, shape)),
            "base_gap": (tuple(cells), rng.normal(0.5, 1.0, shape)),
            "persona_gap": (
                ("country", "scenario", "persona", "model"),
                rng.normal(0.0, 1.0, (3, 5, 4, 2)),
            ),
        },
        {
            **cells,
            "persona": ["young", "middle", "older", "all"],
            "preferred_on_right": ("scenario", [True, False, True, False, True]),
            "category": ("scenario", ["Species", "Gender", "Age", "Fitness", "Utilitarianism"]),
        },
    )


@pytest.fixture(scope="session")
def logged(panel: xr.Dataset) -> xr.Dataset:
    """The panel with passes and decisions as a run might have logged them."""
    rng = np.random.default_rng(7)
    dims = panel["base_gap"].dims
    shape = panel["base_gap"].shape
    share = rng.uniform(0.05, 0.95, shape)
    return panel.assign(
        recorded_correction=((*dims, "pass_id"), rng.normal(0.0, 0.1, (*shape, 2))),
        recorded_ess=((*dims, "pass_id"), rng.uniform(0.02, 0.9, (*shape, 2))),
        recorded_micro_gap=(dims, rng.normal(0.0, 1.0, shape)),
        recorded_p_right=(dims, share),
        recorded_p_spare=(dims, share),
        initial_average=(("country", "model"), rng.normal(0.0, 1.0, (3, 2))),
        initial_step=(("country", "model"), np.full((3, 2), 48.0)),
    ).assign_coords(pass_id=[0, 1])
