"""From stored gaps to the gaps that steering works on: debiasing and category temperatures."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, unknown_name
from disca_nb.variables import annotate, validate

__all__ = ["CATEGORY_TEMPERATURES", "CategoryTemperature", "debias", "divide_by_category"]

CategoryTemperature: TypeAlias = Literal["stored", "disca"] | None

CATEGORY_TEMPERATURES = {
    "Species": 4.0,
    "Gender": 3.5,
    "Age": 1.5,
    "Fitness": 1.5,
    "SocialValue": 1.5,
    "Utilitarianism": 1.5,
}
"""Divisors of the gaps by attribute in the released code of arXiv 2605.10843."""

_OTHER_TEMPERATURE = 3.0
_DIVIDED = ("base_gap", "persona_gap", "consensus_gap")


def debias(dataset: xr.Dataset) -> xr.Dataset:
    """Combine the gaps of the two orders of the options into debiased gaps.

    ``delta = (gap_AB - gap_BA) / 2`` and positional bias ``b = (gap_AB + gap_BA) / 2``. The
    vanilla gap is that of the order shown.

    Parameters
    ----------
    dataset : xarray.Dataset
        ``base_order_gap`` (..., order) and ``persona_order_gap`` (..., persona, order) with the
        orders AB and BA, in logits.

    Returns
    -------
    xarray.Dataset
        The same with ``base_gap``, ``persona_gap``, ``positional_bias`` and ``vanilla_gap``.

    Raises
    ------
    InputError
        When a variable or one of the two orders is missing.

    References
    ----------
    arXiv 2605.10843, section 3.

    Examples
    --------
    >>> gaps = xr.Dataset(
    ...     {
    ...         "base_order_gap": ("order", [1.0, -3.0]),
    ...         "persona_order_gap": (("persona", "order"), [[2.0, 0.0]]),
    ...     },
    ...     {"order": ["AB", "BA"], "persona": ["all"]},
    ... )
    >>> debias(gaps).base_gap.item(), debias(gaps).positional_bias.item()
    (2.0, -1.0)
    """
    validate(dataset, "base_order_gap", "persona_order_gap")
    missing = {"AB", "BA"} - set(dataset.order.values.tolist())
    if missing:
        raise InputError(f"The order {missing.pop()!r} is missing; debiasing needs AB and BA.")
    shown, exchanged = dataset.sel(order="AB", drop=True), dataset.sel(order="BA", drop=True)
    base, other = shown.base_order_gap, exchanged.base_order_gap
    return annotate(
        dataset.assign(
            base_gap=(base - other) / 2.0,
            persona_gap=(shown.persona_order_gap - exchanged.persona_order_gap) / 2.0,
            positional_bias=(base + other) / 2.0,
            vanilla_gap=base,
        )
    )


def divide_by_category(dataset: xr.Dataset, policy: CategoryTemperature) -> xr.Dataset:
    """Divide the debiased gaps by the released code's temperature of their attribute, or undo it.

    Parameters
    ----------
    dataset : xarray.Dataset
        Debiased gaps; the attribute ``category_temperature`` says whether they were divided
        before ("disca") or not ("none", also when it is absent).
    policy : {"stored", "disca"} or None
        Leave the gaps as they are, have them divided, or have them undivided.

    Returns
    -------
    xarray.Dataset
        Gaps in the state asked for, and the attribute that says so.

    Raises
    ------
    UnknownNameError
        For another policy.
    InputError
        When gaps must change and the scenarios have no ``category``.

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
    divisor = _temperatures(dataset)
    factor = 1.0 / divisor if wanted == "disca" else divisor
    changed = {name: dataset[name] * factor for name in _DIVIDED if name in dataset}
    return annotate(dataset.assign(changed).assign_attrs(category_temperature=wanted))


def _temperatures(dataset: xr.Dataset) -> xr.DataArray:
    """Return each scenario's divisor: the recorded one, or that of its attribute."""
    if "category_temperature" in dataset.coords:
        return dataset["category_temperature"]
    if "category" not in dataset.coords:
        raise InputError("The scenarios have no category; category_temperature='disca' needs it.")
    category = dataset["category"]
    divisor = [CATEGORY_TEMPERATURES.get(name, _OTHER_TEMPERATURE) for name in category.values.flat]
    return category.copy(data=np.reshape(divisor, category.shape))
