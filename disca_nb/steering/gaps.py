"""From stored gaps to those that steering works on: category temperatures and consensus."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import xarray as xr

from disca_nb._debias import debias
from disca_nb.datasets._temperatures import published_temperature
from disca_nb.errors import InputError, unknown_name
from disca_nb.variables import annotate

__all__ = ["CategoryTemperature", "consensus", "debias", "divide_by_category", "divided_by"]

CategoryTemperature: TypeAlias = Literal["stored", "disca"] | None

_DIVIDED = ("base_gap", "persona_gap", "consensus_gap")


def consensus(gaps: xr.Dataset) -> xr.DataArray:
    """Return the mean of the personas' gaps; a persona that is NaN makes it NaN.

    Parameters
    ----------
    gaps : xarray.Dataset
        ``persona_gap``, in logits.

    Returns
    -------
    xarray.DataArray
        Without ``persona``.

    Raises
    ------
    InputError
        When there is no persona.

    Examples
    --------
    >>> panel = xr.Dataset({"persona_gap": ("persona", [1.0, 2.0])}, {"persona": ["a", "b"]})
    >>> consensus(panel).item()
    1.5
    """
    personas = gaps["persona_gap"]
    if not (count := personas.sizes["persona"]):
        message = (
            "The dataset has no personas: persona_gap is empty along 'persona'; keep at least one, "
            "or drop persona_gap for a variant that needs none."
        )
        raise InputError(message)
    # One by one: NumPy's own order of adding depends on layout and chunks, and so would the bits.
    total: xr.DataArray = sum(
        (personas.isel(persona=i, drop=True) for i in range(1, count)),
        start=personas.isel(persona=0, drop=True),
    )
    return total / count


def divide_by_category(dataset: xr.Dataset, policy: CategoryTemperature) -> xr.Dataset:
    """Divide the debiased gaps by the released code's temperature of their attribute, or undo it.

    Parameters
    ----------
    dataset : xarray.Dataset
        Debiased gaps. The attribute ``category_temperature`` says what they were divided by:
        nothing ("none", also when it is absent), the released code's temperatures ("disca") or
        others ("own"), which the coordinate of that name then states.
    policy : {"stored", "disca"} or None
        Leave the gaps as they are, have them divided by the released code's temperatures, or
        have them undivided. Undoing a division is exact to rounding.

    Returns
    -------
    xarray.Dataset
        Gaps in the state asked for, and the attribute and coordinate that say so. The vanilla
        gap is never divided.

    Raises
    ------
    UnknownNameError
        For another policy.
    InputError
        When gaps must change and the scenarios have no ``category``, or own temperatures must be
        undone that are not stated or not above 0 (which is not computed of a chunked coordinate).

    References
    ----------
    The released code of arXiv 2605.10843.

    Examples
    --------
    >>> gaps = xr.Dataset(
    ...     {"base_gap": ("scenario", [2.0])},
    ...     {"scenario": ["0"], "category": ("scenario", ["Species"])},
    ... )
    >>> divide_by_category(gaps, "disca").base_gap.item()
    0.5
    """
    if policy not in ("stored", "disca", None):
        raise unknown_name("category_temperature", policy, ["stored", "disca", "None"])
    stored = str(dataset.attrs.get("category_temperature", "none"))
    wanted = stored if policy == "stored" else policy or "none"
    if wanted == stored:
        return dataset.assign_attrs(category_temperature=stored)
    result = dataset
    if (divisor := divided_by(dataset)) is not None:
        result = _scaled(result, divisor).drop_vars("category_temperature", errors="ignore")
    if wanted == "disca":
        divisor = _published(result)
        result = _scaled(result, divisor, divide=True).assign_coords(category_temperature=divisor)
    return annotate(result.assign_attrs(category_temperature=wanted))


def divided_by(dataset: xr.Dataset) -> xr.DataArray | None:
    """Return what the debiased gaps were divided by.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps, with the attribute ``category_temperature`` as `divide_by_category` leaves it.

    Returns
    -------
    xarray.DataArray or None
        Divisors of the scenarios; None where nothing was divided.

    Raises
    ------
    InputError
        When the scenarios have no ``category``, or own temperatures are not stated or not above 0.

    Examples
    --------
    >>> gaps = xr.Dataset(coords={"category": ("scenario", ["Species"])})
    >>> divided_by(gaps.assign_attrs(category_temperature="disca")).item()
    4.0
    """
    stored = str(dataset.attrs.get("category_temperature", "none"))
    if stored == "none":
        return None
    return _own(dataset) if stored == "own" else _published(dataset)


def _scaled(dataset: xr.Dataset, by: xr.DataArray, *, divide: bool = False) -> xr.Dataset:
    """Return the dataset with all debiased gaps multiplied or divided."""
    gaps = {name: dataset[name] for name in _DIVIDED if name in dataset}
    return dataset.assign({name: gap / by if divide else gap * by for name, gap in gaps.items()})


def _own(dataset: xr.Dataset) -> xr.DataArray:
    """Return the divisors that the dataset states."""
    if "category_temperature" not in dataset.coords:
        raise InputError(
            "The gaps were divided by temperatures that the dataset does not state; "
            "add them as the coordinate category_temperature."
        )
    divisor = dataset["category_temperature"]
    # Where a country lacks a scenario there is no divisor, and no gap either.
    if divisor.chunks is None and bool((divisor <= 0.0).any()):
        lowest = float(divisor.min())
        raise InputError(
            f"category_temperature is {lowest:g}; a divisor of gaps must be above 0 to be undone."
        )
    return divisor


def _published(dataset: xr.Dataset) -> xr.DataArray:
    """Return the released code's divisor of each scenario."""
    if "category" not in dataset.coords:
        raise InputError("The scenarios have no category; category_temperature='disca' needs it.")
    category = dataset["category"]
    divisor = [published_temperature(str(name)) for name in category.values.flat]
    return category.copy(data=np.reshape(divisor, category.shape))
