"""Cluster bootstrap over countries: how much a macro figure depends on which countries are in."""

from __future__ import annotations

from functools import partial

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, ParameterError
from disca_nb.kernels import check_seed
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics._sums import over
from disca_nb.steering._chunks import whole

__all__ = ["check_draws", "cluster_bootstrap", "interval", "resamples"]


def cluster_bootstrap(
    values: xr.DataArray, *, dim: str = "country", n_boot: int = 2000, seed: int = 0
) -> xr.DataArray:
    """Return bootstrap draws of a mean over clusters, resampling whole clusters.

    All other dimensions share the same resampled clusters, so that differences between models,
    variants or metrics are paired. The draws depend on the labels of the clusters and not on
    their order.

    Parameters
    ----------
    values : xarray.DataArray
        One value per cluster; NaN clusters are left out of the means that they would enter.
    dim : str
        The dimension of the clusters.
    n_boot : int
        Number of draws.
    seed : int
        Seed.

    Returns
    -------
    xarray.DataArray
        Means with ``dim`` replaced by ``draw``.

    Raises
    ------
    InputError
        When ``dim`` is missing.
    ParameterError
        For fewer than one draw, or a seed outside its range.

    References
    ----------
    Efron and Tibshirani 1993, https://doi.org/10.1201/9780429246593

    Examples
    --------
    >>> mis = xr.DataArray([0.2, 0.4], dims="country", coords={"country": ["JPN", "USA"]})
    >>> draws = cluster_bootstrap(mis, n_boot=500)
    >>> draws.min().item(), draws.max().item()
    (0.2, 0.4)
    """
    if dim not in values.dims:
        raise InputError(
            f"The values have no dimension {dim!r} to resample; they have {values.dims}."
        )
    ordered = values.sortby(dim) if dim in values.coords else values
    counts = resamples(ordered.sizes[dim], n_boot=n_boot, seed=seed)
    draws: xr.DataArray = xr.apply_ufunc(
        _resampled,
        whole(ordered, dim),
        kwargs={"counts": counts},
        input_core_dims=[[dim]],
        output_core_dims=[["draw"]],
        dask="parallelized",
        output_dtypes=[float],
        dask_gufunc_kwargs={"output_sizes": {"draw": n_boot}},
    )
    return draws.assign_coords(draw=np.arange(n_boot)).transpose("draw", ...)


def resamples(n: int, *, n_boot: int, seed: int) -> FloatArray:
    """Return how often each cluster is drawn in each bootstrap draw.

    Parameters
    ----------
    n : int
        Number of clusters, which the caller sorts by label.
    n_boot : int
        Number of draws.
    seed : int
        Seed.

    Returns
    -------
    numpy.ndarray, shape (n_boot, n)
        Whole numbers, n in every row.

    Raises
    ------
    ParameterError
        For fewer than one draw, or a seed outside its range.

    Examples
    --------
    >>> resamples(3, n_boot=4, seed=0).sum(axis=1)
    array([3., 3., 3., 3.])
    """
    check_draws("n_boot", n_boot)
    generator = np.random.Generator(np.random.Philox(key=check_seed(seed)))
    return generator.multinomial(n, np.full(n, 1.0 / n), size=n_boot).astype(np.float64)


def check_draws(name: str, value: object) -> int:
    """Return a number of draws, or say what is wrong with it.

    Parameters
    ----------
    name : str
        What the number is of; errors say it.
    value : object
        What was given.

    Returns
    -------
    int
        The same number.

    Raises
    ------
    ParameterError
        When it is not a whole number of at least 1.

    Examples
    --------
    >>> check_draws("n_boot", 2000)
    2000
    """
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
        raise ParameterError(f"{name} is {value!r}; it must be a whole number of at least 1.")
    return int(value)


def interval(draws: xr.DataArray, *, level: float = 0.95) -> tuple[xr.DataArray, xr.DataArray]:
    """Return the percentile interval of bootstrap draws.

    Parameters
    ----------
    draws : xarray.DataArray
        Draws over the dimension ``draw``.
    level : float
        Coverage, between 0 and 1.

    Returns
    -------
    low, high : xarray.DataArray
        Ends of the interval, without ``draw``.

    Raises
    ------
    ParameterError
        For a level outside (0, 1).

    Examples
    --------
    >>> low, high = interval(xr.DataArray([0.0, 1.0, 2.0, 3.0, 4.0], dims="draw"), level=0.5)
    >>> low.item(), high.item()
    (1.0, 3.0)
    """
    if not isinstance(level, int | float | np.floating) or not 0.0 < level < 1.0:
        raise ParameterError(f"level is {level!r}; it must be a number between 0 and 1.")
    tail = (1.0 - level) / 2.0
    # A figure that no draw knows stays NaN, and without NumPy's warning.
    known = draws.notnull().any("draw")
    filled = draws.where(known, 0.0)
    # Chunks would be given to a quantile of dask's own, which rounds in another way than NumPy's.
    low, high = (
        over(partial(np.nanquantile, q=share, axis=-1), filled, dim="draw").where(known)
        for share in (tail, 1.0 - tail)
    )
    return low, high


def _resampled(values: FloatArray, counts: FloatArray) -> FloatArray:
    """Return the means over the last axis, in which each value counts as often as it was drawn."""
    total, size = np.zeros((2, *values.shape[:-1], len(counts)))
    # One by one: a product of matrices adds in an order that depends on their shapes.
    for value, count in zip(np.moveaxis(values, -1, 0), counts.T, strict=True):
        known = ~np.isnan(value)[..., None]
        total += np.where(known, value[..., None], 0.0) * count
        size += known * count
    return np.asarray(total / np.where(size > 0.0, size, np.nan))
