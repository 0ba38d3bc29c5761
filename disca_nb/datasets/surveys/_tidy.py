"""A tidy table of survey shares: its columns cleaned, and one sentence for what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from disca_nb.errors import DataFileError, shorten

__all__ = ["COLUMNS", "ONE_PER_QUESTION", "REQUIRED", "as_text", "cleaned", "folded"]

REQUIRED = ("question", "text", "option", "country", "share")
"""Columns that a tidy table must have."""

COLUMNS = (
    *("survey", "wave", "question", "text", "topic", "option", "position", "country", "group"),
    *("share", "respondents", "weight", "ordinal", "removed_share"),
)
"""All columns of a tidy table, in the order in which `to_tidy` writes them."""

ONE_PER_QUESTION = ("survey", "wave", "text", "topic", "weight", "ordinal")
"""Columns that say the same in every row of a question."""

_TEXTS = ("survey", "wave", "question", "text", "topic", "option", "country", "group", "weight")
_NEVER_BLANK = ("question", "option", "country", "group")


def as_text(value: object) -> str:
    r"""Return a label as text, without needless blanks; whole numbers have no decimal point.

    Examples
    --------
    >>> as_text("  Very \n good "), as_text(10.0), as_text(0.5), as_text(None)
    ('Very good', '10', '0.5', '')
    >>> as_text(np.float32("nan")), as_text(pd.NaT)
    ('', '')
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, float | np.floating):
        if np.isnan(value):
            return ""
        return f"{float(value):.15g}"
    return " ".join(str(value).split())


def folded(text: str) -> str:
    """Return what two texts share that differ in blanks and case only.

    Examples
    --------
    >>> folded("  Don’t KNOW ") == folded("don't know")
    True
    """
    return " ".join(text.replace("\u2019", "'").split()).casefold()


def cleaned(
    table: pd.DataFrame, name: str, defaults: Mapping[str, str | float | bool]
) -> pd.DataFrame:
    """Return the table with every column there is, texts cleaned and shares as numbers.

    Raises
    ------
    DataFileError
        For columns that are missing, no rows, blank labels, and shares that are none.
    """
    missing = [column for column in REQUIRED if column not in table.columns]
    if missing:
        have = shorten(table.columns)
        raise DataFileError(f"{name} lacks the column {shorten(missing)}; it has {have}.")
    if table.empty:
        raise DataFileError(f"{name} has no rows; check the file.")
    if (twice := table.columns[table.columns.duplicated()]).size:
        raise DataFileError(f"{name} has the column {str(twice[0])!r} twice; keep one of the two.")
    known = [column for column in COLUMNS if column in table.columns]
    result = table[known].reset_index(drop=True)
    for column, value in defaults.items():
        if column not in known:
            result[column] = value
    for column in _TEXTS:
        if column in result.columns:
            result[column] = _texts(result[column])
    _check_labels(result, name)
    for column in ("share", "respondents", *({"removed_share"} & {*known})):
        result[column] = _numbers(result, column, name)
    return result


def _texts(column: pd.Series) -> pd.Series:
    """Return a column as categories of cleaned texts; each distinct value is cleaned once."""
    codes, values = pd.factorize(column, use_na_sentinel=False)
    texts = [as_text(value) for value in values]
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    merged = np.array([places[text] for text in texts])[codes]
    return pd.Series(pd.Categorical.from_codes(merged, pd.Index(list(places), dtype=object)))


def _check_labels(table: pd.DataFrame, name: str) -> None:
    """Raise when a label is blank."""
    for column in _NEVER_BLANK:
        if column in table.columns and "" in table[column].cat.categories:
            row = int((table[column] == "").to_numpy().argmax()) + 1
            raise DataFileError(f"{name}, row {row}: {column} is blank; it must be a text.")


def _numbers(table: pd.DataFrame, column: str, name: str) -> npt.NDArray[np.float64]:
    """Return shares or numbers of respondents as float64, NaN where there is none."""
    numbers: npt.NDArray[np.float64]
    numbers = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=np.float64)
    high = np.inf if column == "respondents" else 1.0
    # Rounding may leave a share a little above 1.
    wrong = (numbers < 0.0) | (numbers > high + 1e-6) | np.isinf(numbers)
    wrong |= np.isnan(numbers) & table[column].notna().to_numpy()
    if not wrong.any():
        return np.asarray(np.minimum(numbers, high))
    row = int(np.flatnonzero(wrong)[0])
    value = table[column].iloc[row]
    remedy = "a share lies in 0 to 1, so divide percentages by 100"
    if column == "respondents":
        remedy = "give a number of people, or nothing where it is not known"
    cell = f"question {table['question'].iloc[row]!r}, country {table['country'].iloc[row]!r}"
    raise DataFileError(f"{name}, {cell}: {column} is {as_text(value)!r}; {remedy}.")
