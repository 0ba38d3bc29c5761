"""What the tests of saved results share."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import xarray as xr

from disca_nb import open_results, save_results

ENDINGS = [".zarr", ".nc"]
both = pytest.mark.parametrize("ending", ENDINGS)


def column(values: npt.ArrayLike, name: str = "x", /, **attrs: object) -> xr.Dataset:
    """Return a dataset with one variable along countries c0, c1, …"""
    array = np.asarray(values)
    labels = [f"c{i}" for i in range(len(array))]
    return xr.Dataset({name: ("country", array, attrs)}, {"country": labels})


def again(dataset: xr.Dataset, ending: str) -> xr.Dataset:
    """Return what comes back from disk."""
    with tempfile.TemporaryDirectory() as folder:
        return open_results(save_results(dataset, Path(folder) / f"run{ending}"))


def assert_same(found: xr.Dataset, expected: xr.Dataset) -> None:
    """Compare names, dimensions, dtypes and bits."""
    assert set(found.data_vars) == set(expected.data_vars)
    assert set(found.coords) == set(expected.coords)
    for name, array in expected.variables.items():
        assert found[name].dims == array.dims
        if array.dtype.kind == "U":
            assert found[name].dtype.kind == "U"
            assert found[name].values.tolist() == array.values.tolist()
        else:
            assert found[name].dtype == array.dtype
            assert found[name].values.tobytes() == array.values.tobytes()
