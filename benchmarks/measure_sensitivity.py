"""Print, as JSON, how long a grid of 3,125 settings takes in a fresh process, and its memory.

python -m benchmarks.measure_sensitivity GAPS ROUNDS VALUES

``GAPS`` is a file of recorded gaps or "made-up"; every parameter takes so many of its ``VALUES``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

import disca_nb
from benchmarks.measure_memory import peak
from benchmarks.panels import as_dataset, make_panel
from disca_nb.datasets import recorded
from disca_nb.variables import ATTRIBUTES

__all__ = ["GRID"]

GRID: Mapping[str, Sequence[float | str]] = {
    "lam": (0.7, 0.0, 0.3, 0.5, 1.0),
    "eta": (0.5, 0.25, 0.35, 0.7, 1.0),
    "alpha": (0.88, 0.6, 0.7, 0.8, 1.0),
    "kappa": (2.25, 1.0, 1.5, 3.0, 4.0),
    "sigma": ("adaptive", 0.2, 0.3, 0.5, 1.0),
}
_SHAPE = (20, 310, 1)


def _gaps(source: str) -> tuple[xr.Dataset, xr.Dataset | None]:
    """Return gaps of 20 countries and 310 scenarios, and targets where the gaps are made up."""
    if source != "made-up":
        return recorded.load(source), None
    dataset = as_dataset(make_panel(_SHAPE[0] * _SHAPE[1]), _SHAPE)
    kinds = [ATTRIBUTES[i % len(ATTRIBUTES)] for i in range(_SHAPE[1])]
    human = np.full((_SHAPE[0], len(ATTRIBUTES)), 0.7)
    targets = xr.Dataset(
        {"human_preference": (("country", "attribute"), human)},
        {"country": dataset.country, "attribute": list(ATTRIBUTES)},
    )
    return dataset.assign_coords(category=("scenario", kinds)), targets


def measure(source: str, rounds: str, values: str) -> dict[str, object]:
    """Run the grid some times, compiled beforehand."""
    dataset, targets = _gaps(source)
    grid = {name: list(each[: int(values)]) for name, each in GRID.items()}
    few = dataset.isel(scenario=slice(None, None, 10)) if source == "made-up" else dataset
    disca_nb.sensitivity(few, {"lam": [0.5, 0.7]}, targets)
    before, seconds, loads = peak(), [], []
    for _ in range(int(rounds)):
        loads.append(round(os.getloadavg()[0], 2))
        start = time.perf_counter()
        scores = disca_nb.sensitivity(dataset, grid, targets, method="quadrature", tol=1e-6)
        seconds.append(time.perf_counter() - start)
    default = {f"{name}_grid": 0 for name in grid}
    return {
        "settings": int(values) ** len(grid),
        "cells": dataset.base_gap.size,
        "seconds": seconds,
        "load_average_1_min": loads,
        "megabytes_added": peak() - before,
        "mis_at_defaults": float(scores.mis.isel(default).mean()),
    }


if __name__ == "__main__":
    print(json.dumps(measure(*sys.argv[1:])))
