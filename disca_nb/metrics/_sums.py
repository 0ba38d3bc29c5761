"""Sums and means of which neither chunks nor the layout in memory change a bit.

NumPy adds along its fastest axis in pairs and along any other one by one, and a chunk has another
layout than the whole. So every reduction here sees contiguous rows, each of them whole.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import xarray as xr

from disca_nb.kernels._types import FloatArray
from disca_nb.steering._chunks import whole

__all__ = ["mean", "over", "total"]


def over(
    function: Callable[..., FloatArray], *arrays: xr.DataArray, dim: str = "attribute"
) -> xr.DataArray:
    """Apply a function of rows along ``dim``, lazily on chunked input.

    Parameters
    ----------
    function : callable
        From contiguous arrays (..., n) to one array (...).
    *arrays : xarray.DataArray
        Arrays with the dimension ``dim``.
    dim : str
        The dimension of the rows.

    Returns
    -------
    xarray.DataArray
        Without ``dim``.
    """

    def rows(*values: FloatArray) -> FloatArray:
        return function(*(np.ascontiguousarray(each) for each in values))

    result: xr.DataArray = xr.apply_ufunc(
        rows,
        *(whole(array, dim) for array in arrays),
        input_core_dims=[[dim]] * len(arrays),
        dask="parallelized",
        output_dtypes=[float],
    )
    return result


def total(values: xr.DataArray, dim: str) -> xr.DataArray:
    """Return the sum over a dimension; a NaN makes it NaN.

    Parameters
    ----------
    values : xarray.DataArray
        Numbers.
    dim : str
        The dimension.

    Returns
    -------
    xarray.DataArray
        Without ``dim``.

    Examples
    --------
    >>> total(xr.DataArray([0.5, 1.5], dims="country"), "country").item()
    2.0
    """
    return over(_add_up, values, dim=dim)


def mean(values: xr.DataArray, dim: str) -> xr.DataArray:
    """Return the mean over a dimension of the values that are not NaN, and NaN without any.

    Parameters
    ----------
    values : xarray.DataArray
        Numbers.
    dim : str
        The dimension.

    Returns
    -------
    xarray.DataArray
        Without ``dim``.

    Examples
    --------
    >>> mean(xr.DataArray([0.5, np.nan, 1.5], dims="country"), "country").item()
    1.0
    """
    count = values.notnull().sum(dim)
    return total(values.fillna(0.0), dim) / count.where(count > 0)


def _add_up(values: FloatArray) -> FloatArray:
    """Return the sums over the last axis."""
    return np.asarray(values.sum(axis=-1))
