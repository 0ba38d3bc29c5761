"""Chunked datasets stay lazy and give the bits that unchunked ones give."""

from __future__ import annotations

import pytest
import xarray as xr

from disca_nb import alignment, preferences
from disca_nb.steering import VARIANTS, debias, steer
from disca_nb.steering.settings import DISCA_VARIANTS, METHODS

pytest.importorskip("dask", reason="chunked datasets need dask")

CHUNKS: list[dict[str, int]] = [{"country": 1, "scenario": 2}, {"persona": 3, "model": 1}]
WAYS = [
    (variant, method)
    for variant in VARIANTS
    for method in (METHODS if variant in DISCA_VARIANTS else ("recorded",))
]


@pytest.mark.parametrize(("variant", "method"), WAYS)
def test_steering_chunks_is_lazy_and_exact(logged: xr.Dataset, variant: str, method: str) -> None:
    small = logged.isel(country=slice(2))
    lazy = steer(small.chunk(country=1, scenario=3, persona=3), variant=variant, method=method)
    assert all(array.chunks is not None for array in lazy.data_vars.values())
    assert lazy.compute().identical(steer(small, variant=variant, method=method))


@pytest.mark.parametrize("chunks", CHUNKS, ids=str)
def test_preferences_of_chunks_are_lazy_and_exact(
    logged: xr.Dataset, chunks: dict[str, int]
) -> None:
    lazy = preferences(steer(logged.chunk(chunks), variant="consensus"))
    assert lazy.preference.chunks is not None
    assert lazy.compute().identical(preferences(steer(logged, variant="consensus")))


@pytest.mark.parametrize("chunks", CHUNKS, ids=str)
def test_alignment_of_chunks_is_lazy_and_exact(logged: xr.Dataset, chunks: dict[str, int]) -> None:
    lazy = alignment(steer(logged.chunk(chunks), variant="paper", method="recorded"))
    eager = alignment(steer(logged, variant="paper", method="recorded"))
    assert lazy.mis.chunks is not None
    assert lazy.compute().identical(eager)


def test_grids_of_chunks_are_lazy_and_exact(panel: xr.Dataset) -> None:
    grid = xr.DataArray([0.2, 0.5], dims="eta_grid", coords={"eta_grid": [0.2, 0.5]})
    lazy = steer(panel.chunk(country=1), eta=grid)
    assert lazy.final_gap.chunks is not None
    assert lazy.compute().identical(steer(panel, eta=grid))


def test_debiasing_chunks_is_lazy() -> None:
    orders = xr.Dataset(
        {
            "base_order_gap": (("scenario", "order"), [[1.0, -3.0], [0.5, 0.5]]),
            "persona_order_gap": (("scenario", "persona", "order"), [[[2.0, 0.0]], [[1.0, -1.0]]]),
        },
        {"scenario": ["0", "1"], "order": ["AB", "BA"], "persona": ["all"]},
    )
    lazy = debias(orders.chunk(scenario=1))
    assert lazy.base_gap.chunks is not None
    assert lazy.compute().identical(debias(orders))
