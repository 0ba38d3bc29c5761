"""Every function of datasets leaves chunks uncomputed, and gives the bits of whole arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NoReturn, TypeAlias

import numpy as np
import pytest
import xarray as xr

from disca_nb import metrics, steering, variables
from disca_nb._accelerate import JIT_DISABLED

dask = pytest.importorskip("dask", reason="chunked datasets need dask")

# More than eight of each, as NumPy adds shorter rows in one order and longer ones in several.
COUNTRIES = ["ARG", "BRA", "CHN", "DEU", "ETH", "IDN", "IND", "JPN", "KOR", "USA"]
ATTRIBUTES = [*variables.ATTRIBUTES, "Wealth", "Kinship", "Law"]
LANGUAGES = [f"l{i}" for i in range(9)]
CHUNKS: list[dict[str, int]] = [
    {"country": 3, "scenario": 5, "model": 1, "order": 1, "pass_id": 1, "draw": 7, "eta_grid": 1},
    {"persona": 3, "attribute": 4, "variant": 1, "language": 2, "scenario": 7},
]


class Given(NamedTuple):
    """What the functions are given, all of it chunked."""

    orders: xr.Dataset
    gaps: xr.Dataset
    decisions: xr.Dataset
    targets: xr.Dataset
    scores: xr.Dataset
    asked: xr.DataArray
    chosen: xr.DataArray
    draws: xr.DataArray
    eta: xr.DataArray


Call: TypeAlias = Callable[[Given], xr.Dataset | xr.DataArray]


def _gaps() -> xr.Dataset:
    """Ten countries, eighteen scenarios and two models, with holes and with logged passes."""
    rng = np.random.default_rng(20260510)
    dims = ("country", "scenario", "model")
    shape = (len(COUNTRIES), 2 * len(ATTRIBUTES), 2)
    status = np.ones(shape, dtype=np.int8)
    status[2, :9, 0] = 2
    base = rng.normal(0.5, 1.0, shape)
    base[4, 3, 1] = np.nan
    data: dict[str, Any] = {
        "vanilla_gap": (dims, rng.normal(0.0, 2.0, shape)),
        "base_gap": (dims, base),
        "persona_gap": ((*dims, "persona"), rng.normal(0.0, 1.0, (*shape, 4))),
        "status": (dims, status),
        "recorded_correction": ((*dims, "pass_id"), rng.normal(0.0, 0.1, (*shape, 2))),
        "recorded_ess": ((*dims, "pass_id"), rng.uniform(0.02, 0.9, (*shape, 2))),
        "recorded_micro_gap": (dims, rng.normal(0.0, 1.0, shape)),
        "recorded_p_right": (dims, rng.uniform(0.0, 1.0, shape)),
        "recorded_p_spare": (dims, rng.uniform(0.0, 1.0, shape)),
    }
    size = shape[1]
    coords: dict[str, Any] = {
        "country": COUNTRIES,
        "scenario": [f"s{i}" for i in range(size)],
        "model": ["m", "n"],
        "persona": ["young", "middle", "older", "all"],
        "pass_id": [0, 1],
        "preferred_on_right": ("scenario", np.arange(size) % 2 == 0),
        "category": ("scenario", ATTRIBUTES * 2),
        "category_temperature": ("scenario", np.linspace(1.0, 2.0, size)),
        "n_left": ("scenario", np.full(size, 2)),
        "n_right": ("scenario", 3 + np.arange(size) // 9),
        "latitude": ("country", np.linspace(-35.0, 52.0, len(COUNTRIES))),
    }
    return xr.Dataset(data, coords)


def _targets() -> xr.Dataset:
    rng = np.random.default_rng(1)
    attributes = [*ATTRIBUTES, *(f"Utilitarianism_{i}" for i in range(1, 5))]
    shape = (len(COUNTRIES), len(attributes))
    dims = ("country", "attribute")
    return xr.Dataset(
        {
            "human_preference": (dims, rng.uniform(0.0, 1.0, shape)),
            "human_preference_se": (dims, rng.uniform(0.001, 0.1, shape)),
        },
        {"country": COUNTRIES, "attribute": attributes},
    )


def _asked() -> xr.DataArray:
    answers = np.random.default_rng(2).uniform(0.0, 1.0, (len(LANGUAGES), len(ATTRIBUTES), 2))
    answers[3, 2, 0] = np.nan
    answers[5, :, 1] = np.nan
    return xr.DataArray(
        answers,
        {"language": LANGUAGES, "attribute": ATTRIBUTES, "model": ["m", "n"]},
        ("language", "attribute", "model"),
    )


def _shares() -> xr.Dataset:
    """Shares of speakers, which are read at once: they say which countries there are."""
    rng = np.random.default_rng(3)
    shape = (len(COUNTRIES), len(LANGUAGES))
    return xr.Dataset(
        {
            "share": (("country", "language"), rng.uniform(0.0, 0.1, shape)),
            "population": ("country", rng.uniform(1e6, 1e9, shape[0])),
            "n_languages": ("country", np.full(shape[0], shape[1])),
        },
        {"country": COUNTRIES, "language": LANGUAGES},
    )


@pytest.fixture(scope="module")
def given() -> Given:
    gaps, targets = _gaps(), _targets()
    both = xr.concat([gaps, gaps * -0.5], dim="order")[["base_gap", "persona_gap"]]
    orders = both.rename(base_gap="base_order_gap", persona_gap="persona_order_gap")
    decisions = steering.steer(gaps, variant="consensus")
    scores = metrics.compare(gaps, ["vanilla", "debiased", "consensus"], targets)
    return Given(
        orders.assign_coords(order=["AB", "BA"]),
        gaps,
        decisions,
        targets,
        scores,
        _asked(),
        (decisions.p_right > 0.5).where(gaps.base_gap.notnull(), np.nan).astype(float),
        metrics.cluster_bootstrap(scores.mis, n_boot=40),
        xr.DataArray([0.2, 0.5], {"eta_grid": [0.2, 0.5]}, "eta_grid"),
    )


def _few(given: Given) -> xr.Dataset:
    """Return fewer cells, for what runs a kernel on each."""
    size = 1 if JIT_DISABLED else 4
    return given.gaps.isel(country=slice(size), scenario=slice(6))


def _alone(gaps: xr.Dataset) -> xr.Dataset:
    """Return gaps of one country, as ``sel`` leaves it."""
    return gaps.isel(country=3)


CALLS: Mapping[str, Call] = {
    "validate": lambda given: variables.validate(given.gaps),
    "annotate": lambda given: variables.annotate(given.gaps),
    "debias": lambda given: steering.debias(given.orders),
    "divide": lambda given: steering.divide_by_category(
        given.gaps.assign(category="scenario", ), "disca"
    ),
}
