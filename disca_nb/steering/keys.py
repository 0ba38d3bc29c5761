"""Keys of the random numbers of a dataset's cells, made from their labels."""

from __future__ import annotations

import numpy as np
import xarray as xr

from disca_nb.kernels import label_key, mix_keys

__all__ = ["cell_keys"]

# What makes a cell the cell it is. Grids of hyper-parameters are left out on purpose, so that
# all settings see the same random numbers and differ by the setting alone.
_IDENTITY = ("country", "scenario", "model", "language")


def cell_keys(dataset: xr.Dataset) -> xr.DataArray:
    """Return a 64-bit key for every cell, from its country, scenario, model and language.

    Selecting or reordering never changes a key; a single label left by ``sel`` still counts.

    Parameters
    ----------
    dataset : xarray.Dataset
        A dataset with some of these as dimensions or scalar coordinates.

    Returns
    -------
    xarray.DataArray
        uint64, over those of the four that are dimensions.

    Examples
    --------
    >>> cells = xr.Dataset(coords={"country": ["JPN", "USA"], "model": ["m"]})
    >>> bool(cell_keys(cells).sel(country="USA") == cell_keys(cells.sel(country="USA")))
    True
    """
    keys = xr.DataArray(label_key("disca_nb"))
    for name in _IDENTITY:
        if name not in dataset.coords:
            continue
        coord = dataset.coords[name]
        hashes = [label_key(f"{name}={label}") for label in np.asarray(coord.values).flat]
        values = np.array(hashes, np.uint64).reshape(coord.shape)
        labels = xr.DataArray(values, {name: coord}, coord.dims)
        keys = xr.apply_ufunc(mix_keys, keys, labels)
    return keys
