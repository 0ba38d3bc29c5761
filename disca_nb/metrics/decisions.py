"""Model preferences: the mean probability of sparing the counted side, by attribute."""

from __future__ import annotations

import numpy as np
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.metrics._sums import total
from disca_nb.steering._chunks import whole
from disca_nb.variables import ATTRIBUTES, annotate, validate

__all__ = ["flip_rates", "preferences", "scored"]

_SCORED = 1


def preferences(dataset: xr.Dataset) -> xr.Dataset:
    """Average steered decisions to one preference per country, attribute and model.

    Parameters
    ----------
    dataset : xarray.Dataset
        ``p_spare`` over ``scenario``, and the coordinate ``category``, the attribute of each
        scenario. Cells whose ``status`` is not 1 are left out; a NaN in a scored cell makes its
        preference NaN.

    Returns
    -------
    xarray.Dataset
        ``preference`` on [0, 1] and ``n_scenarios``, over ``attribute`` and the dimensions of
        ``p_spare`` other than ``scenario``. Without any scored scenario a preference is NaN.

    Raises
    ------
    InputError
        When a variable is missing.

    References
    ----------
    MultiTP, arXiv 2407.02273.

    Examples
    --------
    >>> decisions = xr.Dataset(
    ...     {"p_spare": ("scenario", [0.9, 0.7, 0.2])},
    ...     {"scenario": ["0", "1", "2"], "category": ("scenario", ["Age", "Age", "Gender"])},
    ... )
    >>> preferences(decisions).preference.sel(attribute="Age").item()
    0.8
    """
    validate(dataset, "p_spare", "category")
    # Which attributes there are must be known now, even where the decisions are lazy.
    decisions = dataset["p_spare"]
    category = dataset["category"].reset_coords(drop=True).compute()
    counted = scored(dataset).broadcast_like(decisions)
    sums, counts = [], []
    names = _attributes(category)
    for name in names:
        chosen = counted & (category == name)
        # Summing zeros where a cell is left out lets a NaN in a scored cell through.
        sums.append(total(decisions.where(chosen, 0.0), "scenario"))
        counts.append(chosen.astype(np.int64).sum("scenario"))
    labels = xr.DataArray(np.array(names), dims="attribute", name="attribute")
    count = xr.concat(counts, dim=labels)
    preference = xr.concat(sums, dim=labels) / count.where(count > 0)
    figures = {"preference": preference, "n_scenarios": count}
    # concat leaves a chunk per attribute; scores need them all.
    result = xr.Dataset({name: whole(array, "attribute") for name, array in figures.items()})
    kept = {name: dataset.coords[name] for name in ("variant",) if name in dataset.coords}
    return annotate(result.assign_coords(kept).assign_attrs(dataset.attrs))


def flip_rates(dataset: xr.Dataset) -> xr.Dataset:
    """Return how often the final gap prefers another option than consensus and vanilla do.

    Parameters
    ----------
    dataset : xarray.Dataset
        ``final_gap``, and ``consensus_gap`` or ``vanilla_gap`` or both, over ``scenario``.

    Returns
    -------
    xarray.Dataset
        ``flip_rate_consensus`` (what the released code logs as flipped) and
        ``flip_rate_vanilla``, shares of the scored scenarios, as far as the gaps are there.

    Raises
    ------
    InputError
        When ``final_gap`` is missing.

    References
    ----------
    The released code of arXiv 2605.10843.

    Examples
    --------
    >>> gaps = xr.Dataset(
    ...     {"final_gap": ("scenario", [1.0, -1.0]), "vanilla_gap": ("scenario", [2.0, 3.0])},
    ...     {"scenario": ["0", "1"]},
    ... )
    >>> flip_rates(gaps).flip_rate_vanilla.item()
    0.5
    """
    validate(dataset, "final_gap")
    counted = scored(dataset)
    rates = {}
    for name in ("consensus", "vanilla"):
        if f"{name}_gap" in dataset:
            gap = dataset[f"{name}_gap"]
            known = counted & gap.notnull() & dataset["final_gap"].notnull()
            flipped = (gap > 0.0) != (dataset["final_gap"] > 0.0)
            n = known.sum("scenario")
            rates[f"flip_rate_{name}"] = (flipped & known).sum("scenario") / n.where(n > 0)
    return annotate(xr.Dataset(rates))


def scored(dataset: xr.Dataset) -> xr.DataArray:
    """Return which cells count: those with status 1, or all when there is no status."""
    if "status" in dataset:
        return dataset["status"] == _SCORED
    return xr.DataArray(data=True)


def _attributes(category: xr.DataArray) -> list[str]:
    """Return the attributes that occur, the six in their order and then the user's own."""
    found = [str(name) for name in dict.fromkeys(category.values.flat) if name]
    if not found:
        raise InputError("No scenario has a category; it names the attribute that it contrasts.")
    return [a for a in ATTRIBUTES if a in found] + [a for a in found if a not in ATTRIBUTES]
