"""Comparisons of methods over the same countries: skill, paired differences, Holm's correction."""

from __future__ import annotations

from functools import partial

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, unknown_name
from disca_nb.kernels import check_seed
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics._sums import over, total
from disca_nb.metrics.bootstrap import check_draws, cluster_bootstrap, interval
from disca_nb.steering._chunks import whole
from disca_nb.variables import annotate

__all__ = ["holm", "paired_differences", "skill"]

_TINY = 1e-12


def skill(
    mis: xr.DataArray,
    references: str | list[str],
    *,
    n_boot: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> xr.Dataset:
    """Return skill scores against reference methods: 1 is perfect, 0 no better, below 0 worse.

    Parameters
    ----------
    mis : xarray.DataArray
        Misalignment (rival, country).
    references : str or list of str
        Methods to compare with.
    n_boot, seed, level
        As for `disca_nb.macro`; draws are paired.

    Returns
    -------
    xarray.Dataset
        ``skill`` = 1 - mean MIS / mean MIS of the reference, (rival, reference), with
        ``skill_low`` and ``skill_high``. NaN where a method has no MIS in some country, or the
        reference is perfect.

    Raises
    ------
    InputError
        When ``mis`` has other dimensions.
    UnknownNameError
        For a reference that is not among the methods.

    References
    ----------
    Murphy 1988, https://doi.org/10.1175/1520-0493(1988)116%3C2417:SSBOTM%3E2.0.CO;2

    Examples
    --------
    >>> mis = xr.DataArray(
    ...     [[0.2, 0.2], [0.4, 0.4]],
    ...     {"rival": ["a", "b"], "country": ["JPN", "USA"]},
    ...     ("rival", "country"),
    ... )
    >>> skill(mis, ["b"]).skill.sel(rival="a").item()
    0.5
    """
    names = [references] if isinstance(references, str) else list(references)
    _check(mis, names)
    means = total(mis, "country") / mis.sizes["country"]
    score = 1.0 - means / _pick(means, names)
    draws = cluster_bootstrap(mis, n_boot=n_boot, seed=seed)
    # Draws leave out what is NaN, so that a method would be compared over other countries.
    low, high = interval((1.0 - draws / _pick(draws, names)).where(score.notnull()), level=level)
    return annotate(xr.Dataset({"skill": score, "skill_low": low, "skill_high": high}))


def paired_differences(
    mis: xr.DataArray,
    reference: str,
    *,
    n_permutations: int = 10_000,
    n_boot: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> xr.Dataset:
    """Compare every method with one of them, country by country.

    Parameters
    ----------
    mis : xarray.DataArray
        Misalignment (rival, country).
    reference : str
        The method that the others are compared with.
    n_permutations : int
        Random changes of sign behind the p-values.
    n_boot, seed, level
        As for `disca_nb.macro`.

    Returns
    -------
    xarray.Dataset
        By method ``difference`` (mean of the method's MIS less the reference's; below 0 is
        better) with ``difference_low`` and ``difference_high``, ``wins`` (countries where the
        method is closer to the humans), two-sided ``p`` of changing signs at random, and
        ``p_holm``, corrected for the number of methods compared. NaN where a method has no MIS
        in some country.

    Raises
    ------
    InputError
        When ``mis`` has other dimensions.
    UnknownNameError
        When the reference is not among the methods.
    ParameterError
        For fewer than one permutation, or a seed outside its range.

    Notes
    -----
    Countries are taken as exchangeable and independent. Neighbours are not, and leave-one-out
    fits share most of their data, so p-values are on the small side.

    References
    ----------
    Holm 1979, https://www.jstor.org/stable/4615733

    Examples
    --------
    >>> mis = xr.DataArray(
    ...     [[0.2, 0.3], [0.4, 0.4]],
    ...     {"rival": ["a", "b"], "country": ["JPN", "USA"]},
    ...     ("rival", "country"),
    ... )
    >>> paired_differences(mis, "b").difference.sel(rival="a").round(2).item()
    -0.15
    """
    _check(mis, [reference])
    check_draws("n_permutations", n_permutations)
    apart = (mis - mis.sel(rival=reference, drop=True)).transpose("rival", "country")
    difference = total(apart, "country") / apart.sizes["country"]
    draws = cluster_bootstrap(apart, n_boot=n_boot, seed=seed)
    low, high = interval(draws.where(difference.notnull()), level=level)
    flips = partial(_sign_flips, n=n_permutations, seed=seed)
    p = over(flips, apart.sortby("country"), dim="country").where(apart["rival"] != reference)
    corrected: xr.DataArray = xr.apply_ufunc(
        holm,
        whole(p, "rival"),
        input_core_dims=[["rival"]],
        output_core_dims=[["rival"]],
        dask="parallelized",
        output_dtypes=[float],
    )
    result = xr.Dataset(
        {
            "difference": difference,
            "difference_low": low,
            "difference_high": high,
            "wins": (apart < -_TINY).sum("country").where(difference.notnull()),
            "p": p,
            "p_holm": corrected,
        }
    )
    return annotate(result)


def holm(p: FloatArray) -> FloatArray:
    """Return Holm's adjusted p-values.

    Parameters
    ----------
    p : ndarray, shape (n,)
        p-values; one that is NaN stays so and does not count.

    Returns
    -------
    ndarray, shape (n,)
        Adjusted, at most 1.

    Raises
    ------
    InputError
        When it is not one row.

    References
    ----------
    Holm 1979, https://www.jstor.org/stable/4615733

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).round(2)
    array([0.03, 0.06, 0.06])
    """
    values = np.asarray(p, dtype=np.float64)
    if values.ndim != 1:
        raise InputError(f"p has the shape {values.shape}; give one row of p-values.")
    order = np.argsort(values, kind="stable")
    known = order[: np.count_nonzero(~np.isnan(values))]
    result = np.full(values.shape, np.nan)
    scaled = values[known] * np.arange(known.size, 0, -1)
    result[known] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return result


def _sign_flips(apart: FloatArray, n: int, seed: int) -> FloatArray:
    """Return two-sided p-values of mean differences, rows by countries, under random signs."""
    generator = np.random.Generator(np.random.Philox(key=check_seed(seed)))
    signs = generator.integers(0, 2, size=(n, apart.shape[1])) * 2.0 - 1.0
    seen = np.abs(apart.sum(axis=1))
    # Rounding must not make a tie, such as all signs as they are, look smaller.
    least = seen - _TINY * np.abs(apart).sum(axis=1)
    as_large = np.abs(apart @ signs.T) >= least[:, None]
    p = (1.0 + as_large.sum(axis=1)) / (1.0 + n)
    return np.where(np.isnan(seen), np.nan, p)


def _pick(values: xr.DataArray, names: list[str]) -> xr.DataArray:
    """Return the methods named, along the dimension ``reference``; NaN for one that is perfect."""
    positions = [values["rival"].values.tolist().index(name) for name in names]
    picked: xr.DataArray = values.drop_vars("rival").rename(rival="reference")
    picked = picked.isel(reference=np.array(positions, dtype=np.int64))
    picked = picked.assign_coords(reference=np.array(names, dtype=str))
    return picked.where(picked > 0.0)


def _check(mis: xr.DataArray, references: list[str]) -> None:
    """Raise unless there are methods and countries, and the references among the methods."""
    if set(mis.dims) != {"rival", "country"}:
        raise InputError(f"The misalignment has dimensions {mis.dims}; give rival and country.")
    for name in references:
        if name not in mis["rival"].values:
            raise unknown_name("reference", name, mis["rival"].values)
