"""Options that stand for no answer: the lists, and a bank without them.

A survey's "Don't know" is an option to those who were asked and none to most models. Whether it
counts is a choice, so that nothing is removed unless one asks for it, and what was removed stays
visible: `MISSING` are the lists, ``removed_share`` says how much of a cell's answers it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.datasets.surveys._missing_lists import MISSING
from disca_nb.datasets.surveys._tidy import folded
from disca_nb.datasets.surveys._useless import without_useless
from disca_nb.datasets.surveys.report import Finding, finding, report
from disca_nb.errors import InputError, unknown_name
from disca_nb.variables import validate

__all__ = ["MISSING", "Drop", "drop_options", "is_missing"]

Drop = Literal["missing"] | Iterable[str] | None
"""What a loader leaves out: nothing, the options in `MISSING`, or those named."""

EMPTIED = "cell with nothing left after removal"
REMOVED = "option that stands for no answer"
LARGE = "cell with more than half of its answers removed"

_ASIDE = re.compile(
    r"\s*[(\[](vol\.?|volunteered|do not read|spontaneous|only if volunteered)[)\]]"
)


def is_missing(option: str, lists: Iterable[str] | None = None) -> bool:
    """Return whether an option stands for no answer.

    Blanks, case, a full stop at the end, and asides such as "(VOL)" do not matter.

    Parameters
    ----------
    option : str
        Text of the option.
    lists : iterable of str, optional
        Keys of `MISSING`; all by default.

    Returns
    -------
    bool

    Raises
    ------
    UnknownNameError
        For a list that there is not.

    Examples
    --------
    >>> is_missing("Don’t know  (VOL)"), is_missing("Neither (VOL)"), is_missing("무응답", ["ko"])
    (True, False, True)
    """
    names = list(MISSING) if lists is None else list(lists)
    for name in names:
        if name not in MISSING:
            raise unknown_name("list of missing answers", name, MISSING)
    return _key(option) in {_key(text) for name in names for text in MISSING[name]}


def drop_options(bank: xr.Dataset, drop: Drop) -> xr.Dataset:
    """Return a bank without some options, the shares of the others scaled to sum 1.

    Parameters
    ----------
    bank : xarray.Dataset
        As `disca_nb.datasets.surveys.from_tidy` returns.
    drop : {"missing"}, list of str, or None
        ``"missing"`` for the options in `MISSING`, or texts of options; None leaves all in.

    Returns
    -------
    xarray.Dataset
        The bank with ``removed_share`` (country, [group,] question), the part of a cell's answers
        that is gone; NaN where the country was not asked. ``respondents`` are those who are left.
        Cells with nothing left become NaN, and questions with fewer than two options or without
        an answer are left out; the report counts both.

    Raises
    ------
    UnknownNameError
        For a text that is no option of the bank.
    InputError
        When `drop` is another text, or no question is left.

    Examples
    --------
    >>> import pandas as pd
    >>> from disca_nb.datasets.surveys import from_tidy
    >>> table = pd.DataFrame({
    ...     "question": "q1", "text": "Is it going well?", "option": ["Yes", "No", "Don't know"],
    ...     "country": "Japan", "share": [0.3, 0.5, 0.2],
    ... })
    >>> kept = drop_options(from_tidy(table, name="mine", source="made up"), "missing")
    >>> kept.survey_share.values, kept.removed_share.values
    (array([[[0.375, 0.625]]]), array([[0.2]]))
    """
    if drop is None:
        return bank
    validate(bank, "survey_share", "respondents", "n_options", "option_text")
    gone = _chosen(bank, drop)
    share, removed = _split(bank["survey_share"], gone)
    result = bank.copy().assign(survey_share=share)
    before = 1.0 - bank["removed_share"] if "removed_share" in bank else 1.0
    result["removed_share"] = (1.0 - (1.0 - removed) * before).clip(0.0, 1.0)
    result["respondents"] = bank["respondents"] * (1.0 - removed)
    return _counted(_leftwards(result, gone), removed, int(gone.sum()))


def _chosen(bank: xr.Dataset, drop: Literal["missing"] | Iterable[str]) -> xr.DataArray:
    """Return which options are to go, by question and option."""
    texts = bank["option_text"]
    distinct, inverse = np.unique(texts.to_numpy(), return_inverse=True)
    keys = [_key(str(text)) for text in distinct]
    if isinstance(drop, str):
        if drop != "missing":
            raise InputError(f"drop is {drop!r}; give 'missing', or a list of options.")
        wanted = {_key(text) for each in MISSING.values() for text in each}
    else:
        named = [str(text) for text in drop]
        for text in named:
            if _key(text) not in keys or not _key(text):
                raise unknown_name("option", text, [str(each) for each in distinct if each])
        wanted = {_key(text) for text in named}
    hit = np.array([key in wanted and key != "" for key in keys])
    return texts.copy(data=hit[inverse].reshape(texts.shape))


def _split(share: xr.DataArray, gone: xr.DataArray) -> tuple[xr.DataArray, xr.DataArray]:
    """Return the shares without what goes, and how much of each cell that is."""
    asked = share.notnull().any("option")
    removed = share.where(gone).sum("option").where(asked).clip(0.0, 1.0)
    kept = share.where(~gone)
    total = kept.sum("option")
    return kept / total.where(total > 0.0), removed


def _leftwards(bank: xr.Dataset, gone: xr.DataArray) -> xr.Dataset:
    """Return the bank with the options that are left moved to the front of every question."""
    order = np.argsort(gone.transpose("question", "option").to_numpy(), axis=-1, kind="stable")
    result = bank.copy()
    for name in ("survey_share", "option_text"):
        array = bank[name].transpose(..., "question", "option")
        values = np.take_along_axis(array.to_numpy(), np.broadcast_to(order, array.shape), axis=-1)
        result[name] = array.copy(data=values)
    left = bank["n_options"] - gone.sum("option")
    texts = result["option_text"].transpose("question", "option").to_numpy().copy()
    texts[np.arange(texts.shape[1]) >= left.to_numpy()[:, None]] = ""
    result["option_text"] = (("question", "option"), texts)
    return result.assign_coords(n_options=("question", left.to_numpy().astype(np.int64)))


def _counted(bank: xr.Dataset, removed: xr.DataArray, options: int) -> xr.Dataset:
    """Return the bank with its report, without the questions that became useless."""
    emptied = int((removed.notnull() & bank["survey_share"].isnull().all("option")).sum())
    found = report(bank)
    dropped = {REMOVED: options} | ({EMPTIED: emptied} if emptied else {})
    large = _large(removed)
    return without_useless(
        bank,
        found.but(
            dropped=dropped,
            suspicious={LARGE: large} if large.count else {},
            removed_share=float(removed.mean()) if bool(removed.notnull().any()) else 0.0,
        ),
    )


def _large(removed: xr.DataArray) -> Finding:
    """Return the cells that lost more than half of their answers."""
    places = np.argwhere(removed.to_numpy() > 0.5)
    return finding(_cell(removed, place) for place in places)


def _cell(removed: xr.DataArray, place: npt.NDArray[np.intp]) -> str:
    """Return a cell's labels and how much of it was removed."""
    labels = [str(removed[dim].values[i]) for dim, i in zip(removed.dims, place, strict=True)]
    return f"{' '.join(labels)}: {removed.values[tuple(place)]:.2f}"


def _key(text: str) -> str:
    """Return what spellings of one option share."""
    plain = _ASIDE.sub("", folded(text)).rstrip(". ")
    return re.sub(r"\s*([/;,])\s*", r"\1", plain)
