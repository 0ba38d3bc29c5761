"""Human targets for a dataset: the right countries and attributes, pooled or matched."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import xarray as xr

from disca_nb.datasets import targets as shipped
from disca_nb.errors import InputError, unknown_name
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics._sums import total
from disca_nb.steering._chunks import whole
from disca_nb.variables import validate

__all__ = ["DIFFERENCES", "Utilitarianism", "select_targets"]

Utilitarianism: TypeAlias = Literal["pooled", "matched"]

DIFFERENCES = (1, 2, 3, 4)
"""How many more characters one side can have where ``"matched"`` is asked for."""

# How often each difference of numbers occurs among MultiTP's 20 scenarios of unequal groups.
_GRID_COUNTS = (8, 6, 4, 2)


def select_targets(
    dataset: xr.Dataset,
    targets: xr.Dataset | None = None,
    *,
    attributes: list[str],
    utilitarianism: Utilitarianism = "pooled",
) -> xr.Dataset:
    """Return human preferences for the dataset's countries and the attributes asked for.

    Parameters
    ----------
    dataset : xarray.Dataset
        Says which countries, and with ``n_left`` and ``n_right`` how unequal its groups are.
    targets : xarray.Dataset, optional
        ``human_preference`` and ``human_preference_se`` (country, attribute); by default the
        Moral Machine's.
    attributes : list of str
        The attributes to compare.
    utilitarianism : {"pooled", "matched"}
        Compare with the effect of all numbers of characters pooled (as published), or with the
        effects by difference, weighted as the differences occur in the dataset.

    Returns
    -------
    xarray.Dataset
        ``human_preference`` and ``human_preference_se``, (country, attribute).

    Raises
    ------
    InputError
        When the targets lack a country or have no figure for a combination. Chunked figures and
        numbers of characters are not computed to be checked.
    UnknownNameError
        For an attribute without a target, or another value of `utilitarianism`.

    References
    ----------
    Awad et al. 2018, https://doi.org/10.1038/s41586-018-0637-6

    Examples
    --------
    >>> cells = xr.Dataset(coords={"country": ["JPN"]})
    >>> matched = select_targets(cells, attributes=["Utilitarianism"], utilitarianism="matched")
    >>> round(matched.human_preference.item(), 3)
    0.666
    """
    if utilitarianism not in {"pooled", "matched"}:
        raise unknown_name("utilitarianism", utilitarianism, ["pooled", "matched"])
    known = shipped.moral_machine() if targets is None else targets
    validate(known, "human_preference")
    if "human_preference_se" not in known:
        known = known.assign(human_preference_se=known["human_preference"] * np.nan)
    countries = [str(country) for country in np.atleast_1d(dataset["country"].values)]
    missing = [country for country in countries if country not in known.country.values]
    if missing:
        what = "the country" if len(missing) == 1 else f"{len(missing)} countries:"
        message = (
            f"The human targets lack {what} {', '.join(map(repr, missing))}; leave out what is not "
            "there, with .sel(country=…), or give targets of your own (shipped ones are named by "
            "ISO 3166 codes of three letters, as 'JPN')."
        )
        raise InputError(message)
    for attribute in attributes:
        if attribute not in known.attribute.values:
            raise unknown_name("attribute", attribute, known.attribute.values)
    chosen = known[["human_preference", "human_preference_se"]].sel(country=countries)
    result = chosen.sel(attribute=attributes)
    if utilitarianism == "matched" and "Utilitarianism" in attributes:
        result = _matched(result, chosen, dataset)
    _check_complete(result)
    return result.drop_vars("country_name", errors="ignore")


def _matched(result: xr.Dataset, chosen: xr.Dataset, dataset: xr.Dataset) -> xr.Dataset:
    """Replace the Utilitarianism target by the effects weighted by difference."""
    names = [f"Utilitarianism_{difference}" for difference in DIFFERENCES]
    lacking = [name for name in names if name not in chosen.attribute.values]
    if lacking:
        message = (
            f"The human targets lack {lacking[0]!r}, which utilitarianism='matched' needs; "
            "use 'pooled'."
        )
        raise InputError(message)
    weights = _weights(dataset, xr.DataArray(names, dims="attribute", name="attribute"))
    parts = chosen.sel(attribute=names)
    mean = total(parts["human_preference"] * weights, "attribute")
    variance = total((parts["human_preference_se"] * weights) ** 2, "attribute")
    others = result["attribute"] != "Utilitarianism"
    return result.assign(
        human_preference=result["human_preference"].where(others, mean),
        human_preference_se=result["human_preference_se"].where(others, variance**0.5),
    )


def _weights(dataset: xr.Dataset, names: xr.DataArray) -> xr.DataArray:
    """Return how often the groups differ by 1 to 4, as shares over the attributes ``names``."""
    usual = xr.DataArray(np.array(_GRID_COUNTS, dtype=np.float64), {"attribute": names})
    counts = usual
    if {"n_left", "n_right", "category"} <= set(dataset.coords):
        n_left, n_right, category = (
            dataset[name].reset_coords(drop=True) for name in ("n_left", "n_right", "category")
        )
        difference = abs(n_right - n_left).where(category == "Utilitarianism")
        if difference.chunks is None:
            _check_differences(difference.values)
        counts = xr.concat([(difference == d).sum() for d in DIFFERENCES], dim=names)
        counts = whole(counts.where(counts.sum() > 0, usual), "attribute")
    return counts / counts.sum()


def _check_differences(difference: FloatArray) -> None:
    """Raise when groups of a scenario of Utilitarianism differ by another number than 1 to 4."""
    found = difference[np.isfinite(difference)]
    strange = found[~np.isin(found, DIFFERENCES)]
    if strange.size:
        message = (
            f"A scenario of Utilitarianism has groups that differ by {strange[0]:g}; "
            "utilitarianism='matched' needs 1 to 4: use 'pooled'."
        )
        raise InputError(message)


def _check_complete(targets: xr.Dataset) -> None:
    """Raise when a target in memory is NaN."""
    known = targets["human_preference"].transpose("country", "attribute")
    if known.chunks is not None:
        return
    unknown = np.argwhere(known.isnull().values)
    if unknown.size:
        country = targets.country.values[unknown[0][0]]
        attribute = targets.attribute.values[unknown[0][1]]
        message = (
            f"The human targets have no figure for {attribute} in {country}; "
            "add it or leave the country or the attribute out."
        )
        raise InputError(message)
