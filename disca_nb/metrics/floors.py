"""What stands beside every misalignment score: coin flip, other countries' mean, noise ceiling."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.metrics._sums import over, total
from disca_nb.variables import annotate, validate

__all__ = ["floors", "leave_one_out_mean", "noise_ceiling"]

_STEP = 0.25


def floors(targets: xr.Dataset) -> xr.Dataset:
    """Return what trivial rivals and a perfect model would score on the same targets.

    Parameters
    ----------
    targets : xarray.Dataset
        ``human_preference`` and ``human_preference_se`` (country, attribute).

    Returns
    -------
    xarray.Dataset
        By country: ``mis_coin_flip``, ``mis_leave_one_out`` (the mean of the other countries in
        `targets`, NaN when there is none) and ``noise_ceiling`` (NaN where a standard error is).

    Raises
    ------
    InputError
        When a variable is missing.

    Examples
    --------
    >>> from disca_nb.datasets import targets
    >>> six = targets.moral_machine(["USA", "JPN"]).isel(attribute=slice(6))
    >>> floors(six).mis_coin_flip.round(3).values
    array([0.509, 0.442])
    """
    validate(targets, "human_preference", "human_preference_se")
    human = targets["human_preference"]
    others = leave_one_out_mean(human)
    return annotate(
        xr.Dataset(
            {
                "mis_coin_flip": _distance(human, xr.full_like(human, 0.5)),
                "mis_leave_one_out": _distance(human, others),
                "noise_ceiling": noise_ceiling(targets["human_preference_se"]),
            }
        )
    )


def leave_one_out_mean(human: xr.DataArray) -> xr.DataArray:
    """Return, for every country, the mean over the other countries.

    Parameters
    ----------
    human : xarray.DataArray
        Human preferences (country, attribute).

    Returns
    -------
    xarray.DataArray
        The same shape; NaN when there is one country alone.

    Examples
    --------
    >>> human = xr.DataArray([[0.2], [0.4], [0.9]], dims=("country", "attribute"))
    >>> leave_one_out_mean(human).values.ravel().round(2)
    array([0.65, 0.55, 0.3 ])
    """
    n = human.sizes["country"]
    if n < 2:
        return xr.full_like(human, np.nan)
    others: xr.DataArray = (total(human, "country") - human) / (n - 1)
    return others.transpose(*human.dims)


def noise_ceiling(se: xr.DataArray) -> xr.DataArray:
    """Return the misalignment that a perfect model is expected to show.

    Its preferences equal the true human ones, but the targets are estimates: with independent
    normal errors the score is the length of a normal vector, and its expectation is
    ``1/(2 sqrt(pi)) * integral over t of (1 - prod_d (1 + 2 t se_d^2)^(-1/2)) t^(-3/2)``.

    Parameters
    ----------
    se : xarray.DataArray
        Standard errors of the targets, over ``attribute`` and other dimensions.

    Returns
    -------
    xarray.DataArray
        Expected misalignment, without ``attribute``; NaN where a standard error is NaN.

    Examples
    --------
    >>> one = xr.DataArray([[0.1]], dims=("country", "attribute"))
    >>> round(noise_ceiling(one).item(), 6)  # sqrt(2 / pi) * 0.1
    0.079788
    """
    return over(_expected_length, se)


def _expected_length(se: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the expected Euclidean length of independent normals, over the last axis."""
    scale = np.sqrt((se**2).sum(axis=-1))
    variances = (se / np.where(scale > 0.0, scale, 1.0)[..., None]) ** 2
    # On a logarithmic axis the integrand is analytic and falls off exponentially at both ends,
    # so equal steps converge faster than any power; these reach 1e-10.
    log_t = np.arange(-50.0, 60.0, _STEP)
    survival = np.zeros((*scale.shape, log_t.size))
    for d in range(se.shape[-1]):
        survival -= 0.5 * np.log1p(2.0 * np.exp(log_t) * variances[..., d, None])
    integrand = -np.expm1(survival) * np.exp(-0.5 * log_t)
    return np.asarray(scale * integrand.sum(axis=-1) * _STEP / (2.0 * np.sqrt(np.pi)))


def _distance(one: xr.DataArray, other: xr.DataArray) -> xr.DataArray:
    """Return the Euclidean distance over attributes."""
    return total((one - other) ** 2, "attribute") ** 0.5
