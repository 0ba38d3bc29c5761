"""Facets of answers to value questions, and the effects that the data can tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from disca_nb._opinions.orders import permutation_of
from disca_nb.errors import InputError, shorten, unknown_name
from disca_nb.metrics.values._least_squares import IntArray
from disca_nb.variables import validate

__all__ = ["CROSSED", "FACETS", "Effects", "effects", "tidy"]

FACETS = ("topic", "question", "phrasing", "language", "model", "order")
"""What a value may depend on, in the order in which rows are sorted."""

_QUESTION = ("topic", "question")
_WORDING = ("topic", "question", "language", "phrasing")
_EFFECTS: dict[str, tuple[str, ...]] = {
    "topic": ("topic",),
    "question": _QUESTION,
    "phrasing": _WORDING,
    "order": ("order",),
    "language": ("language",),
    "model": ("model",),
    "question × language": (*_QUESTION, "language"),
    "model × topic": ("topic", "model"),
    "model × question": (*_QUESTION, "model"),
    "model × phrasing": (*_WORDING, "model"),
    "model × order": ("model", "order"),
    "model × language": ("model", "language"),
}
"""Effects and the facets that a level of each has in common."""

CROSSED = ("order", "language", "model", "model × order", "model × language")
"""Effects whose levels run through all topics."""


def tidy(responses: xr.Dataset | pd.DataFrame) -> pd.DataFrame:
    """Return one row per value, sorted by the facets.

    Parameters
    ----------
    responses : xarray.Dataset or pandas.DataFrame
        As for `disca_nb.metrics.values.variance_components`.

    Returns
    -------
    pandas.DataFrame
        The columns of `FACETS` as text and ``value``; ``attrs["n_left_out"]`` is the number of
        rows without a value.

    Raises
    ------
    InputError
        For a column that is unknown or missing, an infinite value, or fewer than two values.
    """
    if isinstance(responses, pd.DataFrame):
        table = _from_table(responses)
    else:
        table = _from_responses(responses)
    known = table["value"].notna()
    kept = table[known].sort_values([*FACETS, "value"], kind="stable", ignore_index=True)
    if not np.isfinite(kept["value"]).all():
        raise InputError("A value is infinite; give numbers, or NaN where there is no answer.")
    if len(kept) < 2:
        raise InputError(f"There are {len(kept)} values; components of variance need at least 2.")
    kept.attrs["n_left_out"] = int((~known).sum())
    return kept


def _from_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a user's table with all facets as text."""
    for column in table.columns:
        if column not in {*FACETS, "value"}:
            raise unknown_name("column", column, (*FACETS, "value"))
    for column in ("value", "topic"):
        if column not in table.columns:
            have = shorten(table.columns)
            raise InputError(f"The table lacks the column {column!r}; it has {have}.")
    result = pd.DataFrame(index=table.index)
    for facet in FACETS:
        labels = table[facet] if facet in table.columns else pd.Series("", index=table.index)
        if labels.isna().any():
            raise InputError(f"The column {facet!r} has a missing label; fill in or drop the row.")
        result[facet] = labels.astype(str)
    try:
        result["value"] = table["value"].astype(float)
    except (TypeError, ValueError):
        raise InputError("The column 'value' holds text; give it numbers.") from None
    return result


def _from_responses(responses: xr.Dataset) -> pd.DataFrame:
    """Return the probability of support by model, wording and order."""
    names = ("topic_name", "value_question", "phrasing", "wording_language")
    validate(responses, "order_stance_prob", "model", "order", "wording", "stance", *names)
    if "supports" not in responses["stance"].values:
        raise unknown_name("stance", "supports", responses["stance"].values)
    support = responses["order_stance_prob"].sel(stance="supports")
    support = support.transpose("wording", "model", "order")
    values = support.to_numpy().astype(float)
    wordings, models, orders = np.indices(values.shape).reshape(3, -1)
    columns: dict[str, npt.NDArray[np.generic]] = {
        facet: responses[name].to_numpy().astype(str)[wordings]
        for facet, name in zip(("topic", "question", "phrasing", "language"), names, strict=True)
    }
    columns["model"] = responses["model"].to_numpy().astype(str)[models]
    columns["order"] = _places(responses)[wordings, orders]
    return pd.DataFrame({**columns, "value": values.ravel()})


def _places(responses: xr.Dataset) -> npt.NDArray[np.str_]:
    """Return where the supporting option stood, by wording and order.

    A liking for the first letter favours support in one order and opposition in the other, by
    the wording: taken as "given" and "reversed" it would cancel, and look like noise.
    """
    orders = responses["order"].to_numpy().astype(str)
    if not {"option_stance", "n_options"} <= set(responses.variables):
        return np.broadcast_to(orders, (responses.sizes["wording"], orders.size))
    rows = responses["option_stance"].transpose("wording", "option").to_numpy().tolist()
    counts = responses["n_options"].to_numpy().tolist()
    shown = [tuple(row[:number]) for row, number in zip(rows, counts, strict=True)]
    # Wordings whose options stand alike share their places.
    places = {each: [_place(each, order) for order in orders.tolist()] for each in set(shown)}
    return np.array([places[each] for each in shown])


def _place(stances: tuple[str, ...], order: str) -> str:
    """Return at which letter the first option that supports stood; the order's label for none."""
    try:
        shown = permutation_of(order, len(stances))
    except InputError:  # an order of questions with another number of options
        return order
    places = [at for at, option in enumerate(shown, 1) if stances[option] == "supports"]
    return f"supports at {places[0]}" if places else order


@dataclass(frozen=True)
class Effects:
    """Effects that the data can tell apart.

    Attributes
    ----------
    codes : dict
        By effect, the level of each row, from 0 on; the residual is last.
    sizes : dict
        Levels of each facet: questions within topics, phrasings within questions and languages.
    merged : dict
        By effect, those that it holds as well, as their levels are the same.
    notes : list of str
        A sentence for each facet or effect that was left out or merged.
    """

    codes: dict[str, IntArray]
    sizes: dict[str, int]
    merged: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def effects(table: pd.DataFrame) -> Effects:
    """Return the effects of a sorted table, constant ones left out and equal ones merged.

    Parameters
    ----------
    table : pandas.DataFrame
        What `tidy` returned.

    Returns
    -------
    Effects
        With the reasons for what is not there.
    """
    codes = {name: _codes(table, keys) for name, keys in _EFFECTS.items()}
    sizes = {facet: _size(table, facet) for facet in FACETS}
    rows = np.arange(len(table))
    result = Effects({}, sizes)
    result.notes.extend(_constant(sizes))
    gone = {facet for facet, size in sizes.items() if size == 1}
    for name, code in codes.items():
        if code.max() == 0:
            continue
        # A facet of one level is no effect, and an interaction with it is the other effect.
        possible = not any(word in gone for word in name.split(" × "))
        twin = next((k for k, seen in result.codes.items() if np.array_equal(seen, code)), None)
        holder = "residual" if np.array_equal(code, rows) else twin
        if holder is None:
            result.codes[name] = code
        elif possible:
            result.merged.setdefault(holder, []).append(name)
            result.notes.append(_same(name, holder))
    result.codes["residual"] = rows
    return result


def _codes(table: pd.DataFrame, keys: Sequence[str]) -> IntArray:
    """Return levels numbered as they first occur, so that equal groupings have equal codes."""
    code = np.zeros(len(table), dtype=np.int64)
    for key in keys:
        own, labels = pd.factorize(table[key])
        code = pd.factorize(code * len(labels) + own)[0].astype(np.int64)
    return code


def _size(table: pd.DataFrame, facet: str) -> int:
    """Return the number of levels that a facet has."""
    return int(_codes(table, _EFFECTS[facet]).max()) + 1


def _constant(sizes: dict[str, int]) -> list[str]:
    """Return a sentence for each facet of one level."""
    return [
        f"There is one {facet}, so that {facet} and its interactions are left out and the "
        f"components are those of this {facet} alone."
        for facet in ("topic", "language", "model", "order")
        if sizes[facet] == 1
    ]


def _same(name: str, holder: str) -> str:
    """Return the sentence on an effect that another one holds."""
    return f"'{name}' cannot be told apart from '{holder}' in these answers, which holds both."
