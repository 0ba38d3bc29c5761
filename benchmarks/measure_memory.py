"""Print, as JSON, how much memory a fresh process takes to steer a panel.

python -m benchmarks.measure_memory write STORE CELLS CHUNK
python -m benchmarks.measure_memory stream STORE OUTPUT CHUNK
python -m benchmarks.measure_memory plain CELLS

``write`` saves a panel as Zarr in chunks, ``stream`` opens it in chunks, steers it and saves the
result, ``plain`` steers a panel of NumPy arrays.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import disca_nb
from benchmarks.panels import as_dataset, make_panel

_COUNTRIES, _MODELS = 20, 10


def peak() -> float:
    """Return the most memory that this process has held at once, in MB.

    Not ``getrusage``: its figure is inherited from the process that started this one.
    """
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024.0


def _shape(n_cells: int) -> tuple[int, int, int]:
    """Return 20 countries, 10 models and scenarios to make up the number of cells."""
    return _COUNTRIES, n_cells // (_COUNTRIES * _MODELS), _MODELS


def _chunks(cells: int) -> dict[str, int]:
    return {"scenario": cells // (_COUNTRIES * _MODELS)}


def write(store: str, cells: str, chunk: str) -> dict[str, float]:
    """Save a made-up panel."""
    dataset = as_dataset(make_panel(int(cells)), _shape(int(cells)))
    disca_nb.save_results(dataset.chunk(_chunks(int(chunk))), store)
    return {}


def stream(store: str, output: str, chunk: str) -> dict[str, float]:
    """Steer from a store to a store, chunk by chunk, in two threads."""
    import dask

    before = _warm()
    start = time.perf_counter()
    with dask.config.set(scheduler="threads", num_workers=2):
        dataset = disca_nb.open_results(store, chunks=_chunks(int(chunk)))
        disca_nb.save_results(disca_nb.steer(dataset), output)
    return {"before": before, "peak": peak(), "seconds": time.perf_counter() - start}


def plain(cells: str) -> dict[str, float]:
    """Steer a panel that lies in memory."""
    before = _warm()
    dataset = as_dataset(make_panel(int(cells)), _shape(int(cells)))
    start = time.perf_counter()
    disca_nb.steer(dataset)
    return {"before": before, "peak": peak(), "seconds": time.perf_counter() - start}


def _warm() -> float:
    """Import and compile everything and return the memory that this took."""
    disca_nb.steer(as_dataset(make_panel(2_000), _shape(2_000)))
    return peak()


_WAYS: dict[str, Callable[..., dict[str, float]]]
_WAYS = {"write": write, "stream": stream, "plain": plain}

if __name__ == "__main__":
    print(json.dumps(_WAYS[sys.argv[1]](*sys.argv[2:])))
