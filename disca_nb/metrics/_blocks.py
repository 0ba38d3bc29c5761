"""Functions of whole tables, such as countries by scenarios, applied to every model at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics.bootstrap import interval
from disca_nb.steering._chunks import whole
from disca_nb.variables import VARIABLES

__all__ = ["blocks", "check_countries", "named_ends", "with_interval"]


def blocks(
    function: Callable[..., FloatArray],
    *arrays: xr.DataArray,
    dims: tuple[str, ...],
    sizes: Mapping[str, int],
) -> xr.DataArray:
    """Apply a function of whole tables to each of them, lazily on chunked input.

    Parameters
    ----------
    function : callable
        From contiguous arrays with the dimensions ``dims`` to one array of the shape ``sizes``.
    *arrays : xarray.DataArray
        Arrays with the dimensions ``dims``; over the others they are broadcast.
    dims : tuple of str
        The dimensions of a table.
    sizes : mapping
        The dimensions of what the function returns, and their lengths.

    Returns
    -------
    xarray.DataArray
        Without ``dims``, and with the dimensions of ``sizes`` last.
    """

    def run(*values: FloatArray) -> FloatArray:
        inner = len(dims)
        lead = np.broadcast_shapes(*(value.shape[: value.ndim - inner] for value in values))
        tables = [np.broadcast_to(value, (*lead, *value.shape[-inner:])) for value in values]
        result = np.empty((*lead, *sizes.values()))
        # One by one: neither chunks nor layout then change the order of adding.
        for place in np.ndindex(lead):
            result[place] = function(*(np.ascontiguousarray(table[place]) for table in tables))
        return result

    for dim in dims:
        arrays = tuple(whole(array, dim) for array in arrays)
    result: xr.DataArray = xr.apply_ufunc(
        run,
        *arrays,
        input_core_dims=[list(dims)] * len(arrays),
        output_core_dims=[list(sizes)],
        keep_attrs=False,
        dask="parallelized",
        output_dtypes=[float],
        dask_gufunc_kwargs={"output_sizes": dict(sizes)},
    )
    return result


def with_interval(
    name: str, draws: xr.DataArray, *, level: float, several: bool = True
) -> dict[str, xr.DataArray]:
    """Return a figure and the ends of its interval.

    Parameters
    ----------
    name : str
        Name of the figure.
    draws : xarray.DataArray
        Over ``draw``, of which the first is the figure of all countries as they are.
    level : float
        Coverage of the interval.
    several : bool
        Whether there are countries to resample; a single one has no interval.

    Returns
    -------
    dict
        ``name``, ``name_low`` and ``name_high``, without ``draw``; ends without a figure are NaN.
    """
    value = draws.isel(draw=0)
    known = value.notnull() & several
    ends = interval(draws.isel(draw=slice(1, None)), level=level)
    return {name: value, **named_ends(name, *ends, known=known)}


def named_ends(
    name: str, low: xr.DataArray, high: xr.DataArray, *, known: xr.DataArray
) -> dict[str, xr.DataArray]:
    """Return the ends of a figure's interval by name, with what the figure means.

    Parameters
    ----------
    name : str
        Name of the figure, which is registered.
    low, high : xarray.DataArray
        Ends of its interval.
    known : xarray.DataArray
        Where there is an interval; elsewhere the ends are NaN.

    Returns
    -------
    dict
        ``name_low`` and ``name_high``, with the dimensions of the ends.
    """
    spec = VARIABLES[name]
    attrs = {"description": spec.text, "units": spec.unit}
    ends = {f"{name}_low": low, f"{name}_high": high}
    return {key: end.where(known).assign_attrs(attrs) for key, end in ends.items()}


def check_countries(dataset: xr.Dataset, fewest: int, why: str) -> None:
    """Raise unless there are so many countries.

    Parameters
    ----------
    dataset : xarray.Dataset
        With the coordinate ``country``.
    fewest : int
        How many are needed.
    why : str
        What is not possible with fewer, as the error says it.

    Raises
    ------
    InputError
        Naming the countries that there are.
    """
    names = [str(name) for name in np.atleast_1d(dataset["country"].values)]
    if len(names) < fewest or "country" not in dataset.dims:
        have = f"{len(names)} {'country' if len(names) == 1 else 'countries'}"
        listed = f" ({', '.join(names)})" if names else ""
        raise InputError(
            f"The scores are of {have}{listed}; {why} needs at least {fewest}: score more of them."
        )
