"""The same bits in one process, in threads and in other processes, and no more than chunks."""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
import xarray as xr

from disca_nb import open_results, save_results, steer
from disca_nb._accelerate import JIT_DISABLED

dask = pytest.importorskip("dask", reason="chunked datasets need dask")

Client: TypeAlias = Any  # the type checker must not need distributed either
CHUNKS = {"country": 2, "scenario": 3}
SCHEDULERS: list[dict[str, Any]] = [
    {"scheduler": "synchronous"},
    {"scheduler": "threads", "num_workers": 1},
    {"scheduler": "threads", "num_workers": 4},
]
METHODS = ["monte-carlo", "quadrature"]


def _panel(n_countries: int, n_scenarios: int) -> xr.Dataset:
    """Return gaps of one model, drawn from a seeded generator."""
    rng = np.random.default_rng(20260510)
    shape = (n_countries, n_scenarios)
    return xr.Dataset(
        {
            "base_gap": (("country", "scenario"), rng.normal(0.5, 1.0, shape)),
            "persona_gap": (
                ("country", "scenario", "persona"),
                rng.normal(0.0, 1.0, (*shape, 4)),
            ),
        },
        {
            "country": [f"C{i}" for i in range(n_countries)],
            "scenario": [f"s{i}" for i in range(n_scenarios)],
            "persona": ["young", "middle", "older", "all"],
            "preferred_on_right": ("scenario", np.arange(n_scenarios) % 2 == 0),
        },
    )


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    """Return few enough cells for plain Python, in chunks of unequal sizes."""
    return _panel(3, 4) if JIT_DISABLED else _panel(5, 8)


@pytest.fixture(scope="module")
def whole(panel: xr.Dataset) -> Mapping[str, xr.Dataset]:
    """Return what each method gives without chunks."""
    return {method: steer(panel, method=method) for method in METHODS}


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Start two worker processes of one thread each, reached over loopback alone."""
    distributed = pytest.importorskip("distributed", reason="other processes need dask.distributed")
    cluster = distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",  # None would ask for port 8787, and warn where it is taken
        local_directory=str(tmp_path_factory.mktemp("workers")),
    )
    with cluster, distributed.Client(cluster) as client:
        yield client


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
def test_threads_change_no_bit(
    panel: xr.Dataset, whole: Mapping[str, xr.Dataset], method: str, scheduler: dict[str, Any]
) -> None:
    with dask.config.set(**scheduler):
        steered = steer(panel.chunk(CHUNKS), method=method).compute()
    _same_bits(steered, whole[method])


@pytest.mark.parametrize("method", METHODS)
def test_worker_processes_change_no_bit(
    panel: xr.Dataset, whole: Mapping[str, xr.Dataset], workers: Client, method: str
) -> None:
    lazy = steer(panel.chunk(CHUNKS), method=method)
    # Client.compute(lazy) loses keys of datasets whose variables share chunks (dask 2026.8).
    steered = lazy.compute(scheduler=workers)
    assert any(workers.run(_has_steered).values())
    _same_bits(steered, whole[method])


def _has_steered() -> bool:
    """Return whether this process has loaded the kernels."""
    return "disca_nb.kernels" in sys.modules


def _same_bits(one: xr.Dataset, other: xr.Dataset) -> None:
    """Raise unless both are identical, the sign of zero and the bits of NaN included."""
    xr.testing.assert_identical(one, other)
    for name, array in one.data_vars.items():
        assert array.values.tobytes() == other[name].transpose(*array.dims).values.tobytes()


class Blocks:
    """Counts the blocks that were read and are still somewhere in memory."""

    def __init__(self) -> None:
        self.alive = self.peak = self.read = 0
        self._lock = threading.RLock()  # Python may collect garbage while it is held

    def watch(self, block: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return a copy of a block and count it until nothing refers to it, or to a part of it."""
        copy = block.copy()
        with self._lock:
            self.alive, self.read = self.alive + 1, self.read + 1
            self.peak = max(self.peak, self.alive)
        weakref.finalize(copy, self._release)
        return copy

    def _release(self) -> None:
        with self._lock:
            self.alive -= 1


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
def test_stores_are_steered_chunk_by_chunk(tmp_path: Path, scheduler: dict[str, Any]) -> None:
    panel = _panel(40, 1 if JIT_DISABLED else 4)
    chunks = {"country": 1}
    with dask.config.set(**scheduler):
        store = save_results(panel.chunk(chunks), tmp_path / "gaps.zarr")
        opened, blocks = open_results(store, chunks=chunks), Blocks()
        for name in ("base_gap", "persona_gap"):
            data = opened[name].data.map_blocks(blocks.watch, meta=np.empty(0))
            opened[name] = opened[name].copy(data=data)
        steered = save_results(steer(opened), tmp_path / "steered.zarr")
    assert blocks.read >= 2 * panel.sizes["country"]
    # Base and personas of the cells at work, and as much again for what is just being let go.
    assert blocks.peak <= 4 * scheduler.get("num_workers", 1)
    assert open_results(steered).identical(steer(panel))
