"""One chunk along a dimension that a function needs as a whole."""

from __future__ import annotations

import xarray as xr

__all__ = ["whole"]


def whole(values: xr.DataArray, dim: str) -> xr.DataArray:
    """Return the array in one chunk along ``dim``, if it is chunked and has that dimension.

    Parameters
    ----------
    values : xarray.DataArray
        Any array; its coordinates stay as they are.
    dim : str
        The dimension.

    Returns
    -------
    xarray.DataArray
        The same values.

    Examples
    --------
    >>> whole(xr.DataArray([1.0], dims="pass_id"), "pass_id").item()
    1.0
    """
    if values.chunks is None or dim not in values.dims:
        return values
    # DataArray.chunk would chunk the coordinates too, and xarray compute them to compare them.
    return values.copy(deep=False, data=values.variable.chunk({dim: -1}).data)
