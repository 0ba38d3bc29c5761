"""From the gaps of both orders of the options to gaps free of a liking for a letter."""

from __future__ import annotations

import xarray as xr

from disca_nb.errors import InputError
from disca_nb.variables import annotate, validate

__all__ = ["debias"]


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
        raise InputError(f"The order {min(missing)!r} is missing; debiasing needs AB and BA.")
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
