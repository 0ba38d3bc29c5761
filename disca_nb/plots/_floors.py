"""Floors beside scores: by country, and the same for every model and variant."""

from __future__ import annotations

import numpy as np
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.plots._look import ROLES
from disca_nb.plots._phrases import figure

__all__ = ["FLOORS", "floors_by_country", "told_floors"]

FLOORS = ("mis_coin_flip", "mis_leave_one_out", "noise_ceiling")
"""What stands beside every misalignment score, from the easiest to the hardest to beat."""

# Floors of the same targets may differ by rounding.
_EQUAL = 1e-9


def floors_by_country(scores: xr.Dataset) -> xr.Dataset:
    """Return the floors over country alone.

    Raises
    ------
    InputError
        When they differ between models or variants, as the scores could not be compared then.
    """
    found = {}
    for name in FLOORS:
        values = scores[name]
        for dim in [str(dim) for dim in values.dims if dim != "country"]:
            highest = values.max(dim)
            if (highest - values.min(dim) > _EQUAL).any():
                raise InputError(
                    f"{name} differs between the {dim}s; score them all on the same countries and "
                    "targets."
                )
            values = highest
        found[name] = values
    return xr.Dataset(found)


def told_floors(floors: xr.Dataset) -> str:
    """Return the means of the floors over countries in words, without those that one lacks."""
    if not floors.sizes["country"]:
        return ""
    means = {ROLES[name].label: floors[name].mean(skipna=False).item() for name in FLOORS}
    return ", ".join(
        f"{label} {figure(mean)}" for label, mean in means.items() if np.isfinite(mean)
    )
