"""The one form of every survey: a tidy table in, a bank of shares out, and back again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from disca_nb.datasets.country_names import closest, display_name, identify
from disca_nb.datasets.surveys._options import Options, arrange_options, check_questions
from disca_nb.datasets.surveys._shares import Cells, arrange_cells
from disca_nb.datasets.surveys._tidy import COLUMNS, cleaned, folded
from disca_nb.datasets.surveys._useless import without_useless
from disca_nb.datasets.surveys.report import UNKNOWN_COUNTRY, Finding, Report, finding
from disca_nb.errors import DataFileError, InputError
from disca_nb.variables import validate

__all__ = ["from_tidy", "to_tidy"]

ALL_ZERO = "cell with all shares zero"
BY_QUESTION = "by question"

# Columns of the tidy table and where a bank has them.
_COORDS = {
    "survey": "survey",
    "wave": "wave",
    "text": "question_text",
    "topic": "question_topic",
    "respondents": "respondents",
    "weight": "weight_used",
    "ordinal": "ordinal",
    "removed_share": "removed_share",
}


def from_tidy(
    table: pd.DataFrame,
    *,
    name: str,
    source: str,
    ordinal: bool = False,
    weight: str = "none",
    rows: int | None = None,
    dropped: Mapping[str, int] | None = None,
    suspicious: Mapping[str, Finding] | None = None,
) -> xr.Dataset:
    """Return the bank of a tidy table, one row for each question, country and option.

    Shares that do not sum to 1 are scaled to it. Cells with all shares zero, questions without a
    text, with fewer than two options or without an answer are left out. All of it is counted in
    the bank's `disca_nb.datasets.surveys.report`.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``question`` (a unique id), ``text``, ``option``, ``country``, ``share`` (in 0 to
        1; all of a cell's missing where the country was not asked), and where there are any
        ``survey`` (`name` by default), ``wave``, ``topic``, ``position`` (order of the options;
        of their first rows by default), ``group``, ``respondents`` (of the cell, in people),
        ``weight`` (used for the shares of the question), ``ordinal`` and ``removed_share`` (part
        of the cell's answers that was removed before). Other columns are left alone.
    name, source : str
        What the bank is called, and where it comes from.
    ordinal : bool
        Whether the options have an order, where the table has no column that says so.
    weight : str
        Weight behind the shares, where the table has no column that says so.
    rows : int, optional
        Rows of the file that was read, for the report; those of the table by default.
    dropped, suspicious : mapping, optional
        What a reader has counted before, for the report: reason to count, or to `Finding`.

    Returns
    -------
    xarray.Dataset
        ``survey_share`` (country, [group,] question, option), NaN where not asked and past a
        question's last option; ``respondents`` (country, [group,] question), NaN where not
        known; ``removed_share`` of the same form where the table has it; coordinates of questions,
        options and countries as the registry lists them.

    Raises
    ------
    DataFileError
        Naming question, country and value: shares negative, above 1 or missing among others;
        cells, questions or options that are there twice; cells that lack options; blank labels;
        missing columns; no rows.
    InputError
        When `table` is no table.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "question": "q1", "text": "Is it going well?", "option": ["Yes", "No"] * 2,
    ...     "country": ["Japan", "Japan", "Chile", "Chile"], "share": [0.4, 0.6, 0.3, 0.5],
    ... })
    >>> bank = from_tidy(table, name="mine", source="made up")
    >>> bank.survey_share.sel(country="Chile", question="q1").values
    array([0.375, 0.625])
    >>> bank.n_options.values, bank.question_text.values
    (array([2]), array(['Is it going well?'], dtype='<U17'))
    """
    if not isinstance(table, pd.DataFrame):
        found = type(table).__name__  # type: ignore[unreachable]
        raise InputError(f"The table is a {found}; give a pandas.DataFrame.")
    defaults: dict[str, str | float | bool] = {
        "survey": name,
        "wave": "",
        "topic": "",
        "weight": weight,
    }
    defaults |= {"respondents": np.nan, "ordinal": ordinal}
    tidy = cleaned(table, name, defaults)
    codes = {dim: pd.factorize(tidy[dim]) for dim in ("country", "question")}
    group = pd.factorize(tidy["group"]) if "group" in tidy.columns else None
    questions = check_questions(tidy, name)
    options = arrange_options(tidy, codes["question"][0], name)
    _check_distinct(questions, options, name)
    places = (codes["country"][0], group[0] if group else np.zeros_like(codes["country"][0]))
    cells = arrange_cells(tidy, (*places, codes["question"][0]), options, name)
    labels = {"country": codes["country"][1]} | ({"group": group[1]} if group else {})
    bank = _bank(cells, options, questions, labels)
    bank.attrs = {"name": name, "source": source, "weight": _weight(questions), "synthetic": 0}
    read = len(tidy) if rows is None else rows
    found = _found(cells, questions, [str(each) for each in labels["country"]], name, read)
    return without_useless(bank, found.but(dropped=dropped or {}, suspicious=suspicious or {}))


def to_tidy(bank: xr.Dataset) -> pd.DataFrame:
    """Return the tidy table of a bank: one row for each cell that was asked and option.

    Parameters
    ----------
    bank : xarray.Dataset
        As `from_tidy` returns.

    Returns
    -------
    pandas.DataFrame
        The columns of `from_tidy`; ``group`` where the bank has groups, ``removed_share`` where
        something was removed.

    Raises
    ------
    InputError
        When a variable of the bank is missing.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "question": "q1", "text": "Is it going well?", "option": ["Yes", "No"],
    ...     "country": "Japan", "share": [0.4, 0.6],
    ... })
    >>> to_tidy(from_tidy(table, name="mine", source="made up"))[["option", "share"]]
      option  share
    0    Yes    0.4
    1     No    0.6
    """
    validate(bank, "survey_share", "respondents", "question_text", "n_options", "option_text")
    dims = ["question", *(dim for dim in ("country", "group") if dim in bank.dims), "option"]
    share = bank["survey_share"].transpose(*dims).to_numpy()
    at = dict(zip(dims, np.nonzero(~np.isnan(share)), strict=True))
    columns = {dim: _at(bank[dim], at) for dim in dims}
    columns |= {"option": _at(bank["option_text"], at), "position": at["option"] + 1}
    columns |= {"share": share[tuple(at.values())]}
    for column, key in _COORDS.items():
        if key in bank.variables:
            columns[column] = _at(bank[key], at)
    result = pd.DataFrame(columns)
    if "weight" not in columns:
        result["weight"] = bank.attrs.get("weight", "none")
    return result[[column for column in COLUMNS if column in result.columns]]


def _at(array: xr.DataArray, at: Mapping[str, npt.NDArray[np.intp]]) -> npt.NDArray[np.generic]:
    """Return an array's values at the places of some rows, texts as objects that share memory."""
    values = array.to_numpy()
    values = values.astype(object) if values.dtype.kind == "U" else values
    return values[tuple(at[str(dim)] for dim in array.dims)]


def _check_distinct(questions: pd.DataFrame, options: Options, name: str) -> None:
    """Raise when a survey has the same question, with the same options, under two ids."""
    texts = [folded(str(text)) for text in questions["text"]]
    choices = ["\n".join(map(folded, each)) for each in options.texts]
    key = questions[["survey", "wave"]].assign(text=texts, options=choices)
    twice = key.duplicated() & (key["text"] != "")
    if twice.any():
        ids = questions["question"][(key == key[twice].iloc[0]).all(axis="columns")]
        text = questions["text"][twice].iloc[0]
        raise DataFileError(
            f"{name} has the question {text[:60]!r} with the same options as {ids.iloc[0]!r} and "
            f"as {ids.iloc[1]!r}; keep one of the two."
        )


def _bank(
    cells: Cells, options: Options, questions: pd.DataFrame, labels: Mapping[str, pd.Index]
) -> xr.Dataset:
    """Return the dataset of cells."""
    width = int(options.counts.max())
    dims = (*labels, "question")
    shape = (*(len(index) for index in labels.values()), len(questions))
    texts = [[*each, *[""] * (width - len(each))] for each in options.texts]
    names = [display_name(label) for label in labels["country"]]
    about = {"question_text": "text", "question_topic": "topic", "survey": "survey", "wave": "wave"}
    coords: dict[str, object] = {
        dim: np.array(index, dtype=str) for dim, index in labels.items()
    } | {
        "question": _labels(questions["question"]),
        "option": np.array([str(i) for i in range(1, width + 1)]),
        **{key: ("question", _labels(questions[column])) for key, column in about.items()},
        "n_options": ("question", options.counts),
        "ordinal": ("question", questions["ordinal"].to_numpy(dtype=bool)),
        "option_text": (("question", "option"), np.array(texts, dtype=str)),
        "country_name": ("country", np.array(names, dtype=str)),
    }
    if len(set(questions["weight"])) > 1:
        coords["weight_used"] = ("question", _labels(questions["weight"]))
    variables = {
        "survey_share": ((*dims, "option"), cells.shares.reshape(*shape, width)),
        "respondents": (dims, cells.respondents.reshape(shape)),
    }
    if cells.removed is not None:
        variables["removed_share"] = (dims, cells.removed.reshape(shape))
    return xr.Dataset(variables, coords)


def _labels(column: pd.Series) -> npt.NDArray[np.str_]:
    """Return a column of texts as an array of them."""
    return np.array(column.tolist(), dtype=str)


def _weight(questions: pd.DataFrame) -> str:
    """Return the weight behind all shares, or that it stands by question."""
    weights = set(questions["weight"])
    return str(weights.pop()) if len(weights) == 1 else BY_QUESTION


def _told(label: str) -> str:
    """Return a label that is no known country's, with the name that it may mean."""
    near = closest(label)
    return f"{label} ({near}?)" if near else label


def _found(
    cells: Cells, questions: pd.DataFrame, countries: Sequence[str], name: str, rows: int
) -> Report:
    """Return the report of what the table holds, before anything is left out."""
    surveys = dict(Counter(map(str, questions["survey"])))
    zero = int(cells.zero.sum())
    far = {"cell with a sum off 1 by more than 0.02": finding(cells.far)} if cells.far else {}
    unknown = [_told(label) for label in countries if identify(label) is None]
    strange = {UNKNOWN_COUNTRY: finding(unknown)} if unknown else {}
    gone = np.array([]) if cells.removed is None else cells.removed[~np.isnan(cells.removed)]
    return Report(
        name,
        rows=rows,
        questions=len(questions),
        countries=cells.asked.shape[0],
        cells=int(cells.asked.sum()),
        surveys=surveys,
        renormalised=cells.renormalised,
        dropped={ALL_ZERO: zero} if zero else {},
        suspicious=far | strange,
        removed_share=float(gone.mean()) if gone.size else 0.0,
    )
