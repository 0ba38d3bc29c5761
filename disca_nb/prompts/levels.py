"""From the mean of a value to one of the four levels that a language pack words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.variables import validate

__all__ = ["MISSING", "levels"]

MISSING = -1
"""Level of a value without a mean: its sentence is left out."""

_CUTS = (0.75, 0.5, 0.25)


def levels(profiles: xr.Dataset) -> xr.DataArray:
    """Return the level of each mean, 0 for most to 3 for least.

    A mean is rescaled to [0, 1] by the ends of its scale, turned where more is less, kept within
    [0, 1] and cut at .75, .5 and .25, each of which belongs to the level above it.

    Parameters
    ----------
    profiles : xarray.Dataset
        Value profiles, see `disca_nb.datasets.profiles.shipped`.

    Returns
    -------
    xarray.DataArray
        Whole numbers over the dimensions of ``profile_mean``; -1 where there is no mean.

    Raises
    ------
    InputError
        When the dataset lacks the means, the ends of a scale or its direction.

    Examples
    --------
    >>> from disca_nb.datasets.profiles import shipped
    >>> level = levels(shipped("JPN")).sel(country="JPN", persona="all")
    >>> level.sel(profile_item=["family", "idleness", "trust"]).values.tolist()
    [0, 1, 3]
    """
    validate(profiles, "profile_mean", "item_low", "item_high", "item_direction")
    width = profiles.item_high - profiles.item_low
    share = ((profiles.profile_mean - profiles.item_low) / width).clip(0.0, 1.0)
    share = share.where(profiles.item_direction > 0, 1.0 - share)
    level: xr.DataArray = xr.apply_ufunc(_cut, share)
    return level.rename(None)


def _cut(share: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return the levels of shares."""
    # Rounded, so that a mean on a cut does not fall below it by the rescaling's last digit.
    below = sum((np.round(share, 9) < cut).astype(np.int64) for cut in _CUTS)
    return np.where(np.isnan(share), MISSING, below)
