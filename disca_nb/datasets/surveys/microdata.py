"""Respondents to shares: a row for each person becomes a row for each question and country."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from disca_nb.datasets.surveys._counting import Counts, count, shown
from disca_nb.datasets.surveys._items import Item, read_items
from disca_nb.datasets.surveys._people import People, gather
from disca_nb.datasets.surveys._shares import check_size
from disca_nb.datasets.surveys.missing import Drop, drop_options, is_missing
from disca_nb.datasets.surveys.report import EXAMPLES, Finding, finding, report
from disca_nb.datasets.surveys.schema import from_tidy
from disca_nb.errors import DataFileError, InputError, shorten, unknown_name
from disca_nb.variables import annotate, validate

__all__ = ["from_respondents"]

UNLABELLED = "answer with a code that is no option, left out"
KEPT_MISSING = "option that stands for no answer, kept"
NAMED = "question without a text, called as its column"
NO_ANSWER = "answer that is missing, such as don't know"
NOT_ASKED = "answer that is blank or not asked"
NOBODY = "question that nobody answered"


def from_respondents(
    table: pd.DataFrame,
    *,
    items: Mapping[str, object] | Iterable[str | Item],
    country: str,
    name: str,
    source: str,
    weight: str | None = None,
    by: str | None = None,
    drop: Drop = None,
    survey: str | None = None,
    wave: str = "",
    prefix: str = "",
    dropped: Mapping[str, int] | None = None,
) -> xr.Dataset:
    """Return the bank of a table of respondents.

    The share of an option is the sum of the weights of those who chose it over that of those who
    chose any. Respondents who gave no answer or were not asked are not among these: blank cells
    were not asked, and the codes that an `Item` names as missing are counted as removed.

    Parameters
    ----------
    table : pandas.DataFrame
        A row for each respondent, with codes or texts in its columns.
    items : mapping, or iterable of str
        Column to a mapping with ``text``, ``topic``, ``ordinal`` and ``options`` (code to text, in
        order, or a list of texts that stand in the column itself). Of a list of columns, the codes
        that are found are the options' texts.
    country : str
        The column of the country or sample; or, where no column has that name, its label.
    name, source : str
        What the bank is called, and where it comes from.
    weight : str, optional
        Column of weights, 0 or more; everybody counts alike by default.
    by : str, optional
        Column of groups, whose values become the dimension ``group``. Categories keep their order.
    drop : {"missing"}, list of str, or None
        Options to leave out, see `disca_nb.datasets.surveys.drop_options`.
    survey : str, optional
        The survey, `name` by default.
    wave : str
        Its wave.
    prefix : str
        What stands before the columns' names in the ids of questions.
    dropped : mapping, optional
        What a reader has counted before, for the report: reason to count.

    Returns
    -------
    xarray.Dataset
        As `disca_nb.datasets.surveys.from_tidy` returns. ``respondents`` is the number of people
        with a weight above 0 who chose one of the options, each counted once. ``removed_share`` is
        there where somebody gave no answer or options were dropped. With a weight the attribute
        ``effective_ratio`` is Kish's effective number of respondents over their number, the
        median of the cells before options are dropped.

    Raises
    ------
    DataFileError
        For a weight that is negative or no number (with its row), a question most of whose answers
        have codes that are none of its options, options that repeat, more cells than memory holds,
        or no answers at all.
    UnknownNameError
        For a column that the table lacks.
    InputError
        For items of another form, and for what is no table.

    References
    ----------
    Kish 1965, Survey Sampling, Wiley.

    Examples
    --------
    >>> people = pd.DataFrame({"land": ["KOR"] * 3, "w": [1, 2, 1], "q": [1, 2, 9]})
    >>> asked = {"q": {"text": "Is it going well?", "options": {1: "Yes", 2: "No", 9: "Refused"}}}
    >>> bank = from_respondents(
    ...     people, items=asked, country="land", weight="w", drop="missing", name="mine",
    ...     source="made up",
    ... )
    >>> bank.survey_share.sel(country="KOR", question="q").round(2).values
    array([0.33, 0.67])
    >>> bank.respondents.item(), bank.removed_share.item()
    (2.0, 0.25)
    """
    asked = read_items(items)
    _check_columns(table, [item.column for item in asked], weight, by, name)
    people = gather(table, country, weight, by, name)
    check_size(len(people.countries), len(people.groups), len(asked), name)
    taken = table.iloc[people.rows]
    counts = {
        prefix + item.column: count(item, taken[item.column], people.places, name) for item in asked
    }
    bank = from_tidy(
        _tidy(counts, people, name).assign(survey=survey or name, wave=wave),
        name=name,
        source=source,
        weight=weight or "none",
        rows=len(table),
        dropped=dict(dropped or {}) | people.dropped | _left_out(counts),
        suspicious=_suspicious(counts, kept=drop is None),
    )
    bank = drop_options(_with_removed(_in_order(bank, people), counts, people), drop)
    bank = _with_people(bank, counts, people)
    if weight is not None:
        bank.attrs["effective_ratio"] = _effective_ratio(counts)
    return annotate(validate(bank))


def _check_columns(
    table: pd.DataFrame, columns: list[str], weight: str | None, by: str | None, name: str
) -> None:
    """Raise unless it is a table that has rows and the columns that were named."""
    if not isinstance(table, pd.DataFrame):
        found = type(table).__name__  # type: ignore[unreachable]
        raise InputError(f"The table is a {found}; give a pandas.DataFrame.")
    if table.empty:
        raise DataFileError(f"{name} has no rows; check the file.")
    for column in [*columns, *([weight] if weight else []), *([by] if by else [])]:
        if column not in table.columns:
            raise unknown_name(f"column of {name}", column, table.columns)


def _tidy(counts: Mapping[str, Counts], people: People, name: str) -> pd.DataFrame:
    """Return every option of each cell with an answer as a row of the tidy form."""
    rows = [_rows(question, each, people) for question, each in counts.items()]
    rows = [each for each in rows if len(each)]
    if not rows:
        columns = shorten((each.item.column for each in counts.values()), 6)
        raise DataFileError(
            f"{name} has no answer to {columns} that is one of the options; check the codes."
        )
    return pd.concat(rows, ignore_index=True)


def _rows(question: str, counts: Counts, people: People) -> pd.DataFrame:
    """Return the rows of a question."""
    item, total = counts.item, counts.weight.sum(axis=1)
    cells = np.flatnonzero(total > 0.0)
    n = counts.weight.shape[1]
    country, group = np.divmod(np.repeat(cells, n), len(people.groups))
    columns: dict[str, object] = {
        "question": question,
        "text": item.text or item.column,
        "topic": item.topic,
        "option": np.tile(np.array(item.texts, dtype=object), len(cells)),
        "position": np.tile(np.arange(1, n + 1), len(cells)),
        "country": np.array(people.countries, dtype=object)[country],
        "share": (counts.weight[cells] / total[cells, None]).ravel(),
        "respondents": np.repeat(counts.people[cells].sum(axis=1), n),
        "ordinal": bool(item.ordinal),
    }
    if people.grouped:
        columns["group"] = np.array(people.groups, dtype=object)[group]
    return pd.DataFrame(columns)


def _in_order(bank: xr.Dataset, people: People) -> xr.Dataset:
    """Return the bank with countries and groups in their own order, not that of first answers."""
    order = {"country": people.countries, "group": people.groups}
    held = {dim: set(bank[dim].to_numpy().tolist()) for dim in order if dim in bank.dims}
    return bank.sel({dim: [each for each in order[dim] if each in held[dim]] for dim in held})


def _with_removed(bank: xr.Dataset, counts: Mapping[str, Counts], people: People) -> xr.Dataset:
    """Return the bank with the share of those who gave no answer, where there are any."""
    if not any(each.n_missing for each in counts.values()):
        return bank
    shares = {}
    for question, each in counts.items():
        total = each.weight.sum(axis=1) + each.missing
        blank = np.full(total.shape, np.nan)
        shares[question] = np.divide(each.missing, total, out=blank, where=total > 0.0)
    removed = _aligned(shares, people, bank["respondents"])
    return bank.assign(removed_share=removed.where(bank["respondents"].notnull()))


def _with_people(bank: xr.Dataset, counts: Mapping[str, Counts], people: People) -> xr.Dataset:
    """Return the bank with the number of people who chose one of the options that are left.

    Where options were dropped, the share of weights that went is not that of people.
    """
    numbers = {}
    for question in bank["question"].to_numpy().tolist():
        left = set(bank["option_text"].sel(question=question).to_numpy().tolist())
        each = counts[question]
        which = [text in left for text in each.item.texts]
        numbers[question] = each.people[:, which].sum(axis=1).astype(np.float64)
    exact = _aligned(numbers, people, bank["respondents"])
    result = bank.assign(respondents=exact.where(bank["respondents"].notnull()))
    if "removed_share" in bank:
        mean = float(bank["removed_share"].mean())
        result.attrs["report"] = report(bank).but(removed_share=mean).to_json()
    return result


def _aligned(
    cells: Mapping[str, npt.NDArray[np.float64]], people: People, like: xr.DataArray
) -> xr.DataArray:
    """Return numbers by question and cell as an array with another's labels and dimensions."""
    shape = (len(cells), len(people.countries), len(people.groups))
    labels = {"question": list(cells), "country": people.countries, "group": people.groups}
    array = xr.DataArray(np.reshape(list(cells.values()), shape), labels, list(labels))
    if not people.grouped:
        array = array.isel(group=0, drop=True)
    chosen = array.sel({dim: like[dim].to_numpy() for dim in like.dims}).transpose(*like.dims)
    return like.copy(data=chosen.to_numpy())


def _left_out(counts: Mapping[str, Counts]) -> dict[str, int]:
    """Return how many answers and questions are not in the shares, by reason."""
    numbers = {
        NO_ANSWER: sum(each.n_missing for each in counts.values()),
        NOT_ASKED: sum(each.n_not_asked for each in counts.values()),
        NOBODY: sum(not each.people.any() for each in counts.values()),
    }
    return {why: number for why, number in numbers.items() if number}


def _suspicious(counts: Mapping[str, Counts], *, kept: bool) -> dict[str, Finding]:
    """Return what is worth a look; of options that stand for no answer, where all are `kept`."""
    strange = [
        f"{each.item.column}={code}" for each in counts.values() for code in shown(each.strange)
    ]
    number = sum(sum(each.strange.values()) for each in counts.values())
    found = {
        UNLABELLED: Finding(number, tuple(strange[:EXAMPLES])),
        KEPT_MISSING: finding(
            f"{each.item.column}: {text}"
            for each in counts.values()
            for text in each.item.texts
            if kept and is_missing(text)
        ),
        NAMED: finding(each.item.column for each in counts.values() if not each.item.text),
    }
    return {why: each for why, each in found.items() if each.count}


def _effective_ratio(counts: Mapping[str, Counts]) -> float:
    """Return Kish's effective number of respondents over their number, the median of the cells."""
    ratios = []
    for each in counts.values():
        asked = each.squares > 0.0
        effective = each.weight.sum(axis=1)[asked] ** 2 / each.squares[asked]
        ratios.append(effective / each.people.sum(axis=1)[asked])
    return float(np.median(np.concatenate(ratios)))
