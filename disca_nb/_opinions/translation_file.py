"""The file of a translation: one row for each question and each option, as people review it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd
import xarray as xr

from disca_nb._atomic import recover, replace_when_done
from disca_nb._data import data_path
from disca_nb._opinions.bank import checked_bank, wording
from disca_nb.datasets._table import (
    as_path,
    read_table,
    require_columns,
    require_text,
    require_unique,
    row_name,
)
from disca_nb.datasets.surveys._tidy import as_text
from disca_nb.errors import DataFileError, shorten, unknown_name

__all__ = [
    "NO",
    "UNREAD",
    "YES",
    "Texts",
    "add_rows",
    "check_sources",
    "read_rows",
    "review_of",
    "shown",
    "texts_of",
    "translation_path",
]

NO, YES, UNREAD = "no", "yes", "unread"
"""What `reviewed` says: of a translation, and of a text whose translation could not be read."""

Texts: TypeAlias = Mapping[str, Mapping[str, str]]
"""What is translated, by question and field: "text", then the label of each option."""

_KEY = ("question", "field")
_NEEDED = (*_KEY, "source", "translation", "language", "model", "reviewed")
_COLUMNS = (*_NEEDED, "reply")


def texts_of(bank: xr.Dataset) -> dict[str, dict[str, str]]:
    """Return the texts of a bank by question and field, the question before its options.

    Raises
    ------
    InputError
        When the bank lacks one of them.
    """
    held = wording(checked_bank(bank))
    rows = zip(bank["question"].values, held.questions, held.options, strict=True)
    labels = [str(label) for label in bank["option"].values]
    return {
        str(question): {
            "text": as_text(text),
            **{label: as_text(each) for label, each in zip(labels, options, strict=False)},
        }
        for question, text, options in rows
    }


def translation_path(path: str | os.PathLike[str]) -> Path:
    """Return the path of a file of one's own, or of a translation that ships, by its name.

    Examples
    --------
    >>> translation_path("sample.ko").name, translation_path("mine.csv").name
    ('sample.ko.csv', 'mine.csv')
    """
    if isinstance(path, str) and not path.lower().endswith((".csv", ".csv.gz")):
        known = sorted(each.stem for each in data_path("translations").glob("*.csv"))
        if path not in known:
            raise unknown_name("translation", path, known)
        return data_path(f"translations/{path}.csv")
    return as_path(path)


def read_rows(path: Path) -> pd.DataFrame:
    """Return the rows of a translation, every cell as text.

    Raises
    ------
    DataFileError
        When a column is missing, a question's field is there twice, the file holds several
        languages, or `reviewed` says something else than yes, no or unread.
    """
    name = path.name
    # Spreadsheets leave out cells at the end of a row.
    rows = read_table(path).fillna("")
    require_columns(rows, _NEEDED, name)
    require_text(rows, (*_KEY, "language"), name)
    require_unique(rows, list(_KEY), name)
    odd = np.flatnonzero(~review_of(rows).isin((NO, YES, UNREAD)).to_numpy())
    if odd.size:
        found = rows["reviewed"].iloc[int(odd[0])]
        raise DataFileError(
            f"{name}, {row_name(rows, odd[0])}: reviewed is {found!r}; it must be yes, no or "
            "unread."
        )
    if len(languages := rows["language"].unique()) > 1:
        raise DataFileError(
            f"{name} has the languages {shorten(languages)}; keep each in a file of its own."
        )
    return rows


def review_of(rows: pd.DataFrame) -> pd.Series:
    """Return what `reviewed` says of each row, however it is spelt."""
    return rows["reviewed"].str.strip().str.lower()


def check_sources(rows: pd.DataFrame, texts: Texts, name: str) -> None:
    """Raise for a row whose question is the bank's and whose source is not what the bank says."""
    for i, (question, field, source) in enumerate(_cells(rows, "question", "field", "source")):
        if question not in texts:
            continue
        where = f"{name}, {row_name(rows, i)}"
        if field not in texts[question]:
            raise DataFileError(
                f"{where}: question {question!r} has no field {field!r}; its fields are "
                f"{shorten(texts[question])}."
            )
        if as_text(source) != texts[question][field]:
            raise DataFileError(
                f"{where}: the source of {shown(question, field)} is {source!r}, but the bank has "
                f"{texts[question][field]!r}; delete the row and translate it anew, or use the "
                "bank that was translated."
            )


def add_rows(path: Path, new: Iterable[Mapping[str, str]], texts: Texts) -> None:
    """Add rows for texts that a file does not have, in the bank's order, whole or not at all.

    The file is read again for that, so that what somebody has written in it meanwhile stays.
    """
    added = pd.DataFrame(list(new), columns=list(_COLUMNS))
    recover(path)
    if path.exists():
        kept = read_rows(path)
        known = set(_cells(kept, *_KEY))
        fresh = [key not in known for key in _cells(added, *_KEY)]
        added = pd.concat([kept, added[fresh]], ignore_index=True).fillna("")
    keys = [(question, field) for question, fields in texts.items() for field in fields]
    order: dict[tuple[str, ...], int] = {key: i for i, key in enumerate(keys)}
    # Rows of questions that are not in this bank stay behind those that are.
    ranks = [order.get(key, len(order)) for key in _cells(added, *_KEY)]
    rows = added.iloc[np.argsort(ranks, kind="stable")]
    with replace_when_done(path) as scratch:
        # With its mark, as spreadsheets otherwise take UTF-8 for an older encoding.
        rows.to_csv(scratch, index=False, encoding="utf-8-sig", lineterminator="\n")


def shown(question: str, field: str) -> str:
    """Return a text's place in words.

    Examples
    --------
    >>> shown("q1", "text"), shown("q1", "2")
    ("question 'q1'", "question 'q1', option 2")
    """
    return f"question {question!r}" + ("" if field == "text" else f", option {field}")


def _cells(rows: pd.DataFrame, *columns: str) -> Iterator[tuple[str, ...]]:
    """Return some columns as tuples."""
    return iter(rows[list(columns)].itertuples(index=False, name=None))
