"""The shares of several banks in one array; a cell has one source, and nothing is averaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.datasets.surveys._labels import Axis, rows_by_label
from disca_nb.errors import DataFileError, shorten

__all__ = ["joined"]

_Floats = npt.NDArray[np.float64]
_VALUES = ("survey_share", "respondents", "removed_share")


def joined(banks: Sequence[xr.Dataset], axis: Axis) -> tuple[xr.Dataset, list[str]]:
    """Return the variables of all banks, without coordinates of questions, and what was left out.

    Parameters
    ----------
    banks : sequence of xarray.Dataset
        All with groups or all without.
    axis : Axis
        Where each bank's labels go.

    Returns
    -------
    dataset : xarray.Dataset
        ``survey_share``, ``respondents`` and, where a bank has it, ``removed_share``.
    second : list of str
        Cells of merged samples that an earlier one has answered.

    Raises
    ------
    DataFileError
        When labels that nobody listed stand for one country and answered the same question.
    """
    countries, groups = list(axis.names), _groups(banks)
    removed = any("removed_share" in bank for bank in banks)
    width = max(bank.sizes["option"] for bank in banks)
    parts, second = [], []
    for bank, new, order in zip(banks, axis.new, axis.order, strict=True):
        own = _arrays(bank, groups, width, removed=removed)
        shape = (len(countries), *own["survey_share"].shape[1:3])
        target = {name: np.full((*shape, *array.shape[3:]), np.nan) for name, array in own.items()}
        for label, rows in rows_by_label(bank, new, order).items():
            again = _place(own, target, rows, countries.index(label))
            _check_listed(bank, label, rows, order, again)
            second += _names(bank, again)
        parts.append(target)
    dims = {"survey_share": ("country", "group", "question", "option")}
    together = {name: np.concatenate([part[name] for part in parts], axis=2) for name in parts[0]}
    result = xr.Dataset(
        {
            name: (dims.get(name, ("country", "group", "question")), array)
            for name, array in together.items()
        },
        {"country": np.array(countries), "option": [str(i) for i in range(1, width + 1)]},
    )
    if groups:
        return result.assign_coords(group=groups), second
    return result.isel(group=0), second


def _groups(banks: Sequence[xr.Dataset]) -> list[str]:
    """Return the groups of all banks, or none."""
    return list(
        dict.fromkeys(str(g) for b in banks if "group" in b.dims for g in b["group"].values)
    )


def _arrays(
    bank: xr.Dataset, groups: Sequence[str], width: int, *, removed: bool
) -> dict[str, _Floats]:
    """Return a bank's arrays with all groups and options, ``removed_share`` 0 where asked."""
    dims = ["country", "group", "question", "option"]
    whole = bank[[name for name in _VALUES if name in bank]]
    whole = whole.reindex(group=list(groups)) if groups else whole.expand_dims(group=1)
    if removed and "removed_share" not in bank:
        asked = whole["survey_share"].notnull().any("option")
        whole["removed_share"] = xr.zeros_like(whole["respondents"]).where(asked)
    arrays = {
        str(name): array.transpose(*(dim for dim in dims if dim in array.dims)).to_numpy()
        for name, array in whole.data_vars.items()
    }
    short = width - bank.sizes["option"]
    padding = [(0, 0), (0, 0), (0, 0), (0, short)]
    arrays["survey_share"] = np.pad(arrays["survey_share"], padding, constant_values=np.nan)
    return arrays


def _place(
    own: Mapping[str, _Floats], target: Mapping[str, _Floats], rows: Sequence[int], at: int
) -> dict[int, npt.NDArray[np.bool_]]:
    """Write rows onto one row of the target, the first that has a cell; return what was left."""
    again = {}
    for row in rows:
        asked = ~np.isnan(own["survey_share"][row]).all(axis=-1)
        free = np.isnan(target["survey_share"][at]).all(axis=-1)
        for name, array in own.items():
            target[name][at][asked & free] = array[row][asked & free]
        if (asked & ~free).any():
            again[row] = asked & ~free
    return again


def _names(bank: xr.Dataset, again: Mapping[int, npt.NDArray[np.bool_]]) -> list[str]:
    """Return the names of the cells that were left out."""
    labels, questions = bank["country"].values, bank["question"].values
    return [
        f"{labels[row]} {questions[question]}"
        for row, which in again.items()
        for _, question in np.argwhere(which)
    ]


def _check_listed(
    bank: xr.Dataset,
    label: str,
    rows: Sequence[int],
    order: Mapping[str, int],
    again: Mapping[int, npt.NDArray[np.bool_]],
) -> None:
    """Raise when a question has several answers and nobody said which counts."""
    own = [str(bank["country"].values[row]) for row in rows]
    unlisted = sum(order[each] < 0 for each in own)
    if not any(row in again for row in rows[1:unlisted]):
        return
    which = np.any([each.any(axis=0) for each in again.values()], axis=0)
    questions = [str(each) for each in bank["question"].values[which]]
    raise DataFileError(
        f"{bank.attrs.get('name', 'The bank')} has {shorten(map(repr, own))} for {label}, and "
        f"several of them answered question {shorten(questions, 3)}; say which counts first with "
        f"merge={{{label!r}: {own!r}}}, or rename one."
    )
