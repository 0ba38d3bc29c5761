"""Reading a CSV file strictly: exact numbers, and one sentence for what is wrong with it."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from disca_nb.errors import DataFileError, shorten, unknown_name

__all__ = ["integer_column", "number_column", "read_table", "require_columns", "require_unique"]


def read_table(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a CSV file (plain or gzip) with every cell as text.

    Raises
    ------
    DataFileError
        When the file is missing, truncated, empty, not UTF-8 or not a table.
    """
    source = Path(path)
    try:
        # C parsing as text: numbers are then converted exactly, and bad ones can be named.
        return pd.read_csv(source, dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise DataFileError(f"There is no file {source}; check the path.") from None
    except IsADirectoryError:
        raise DataFileError(f"{source} is a folder; name a CSV file in it.") from None
    except (EOFError, zlib.error, OSError) as error:
        reason = "is a truncated or damaged gzip file" if source.suffix == ".gz" else str(error)
        raise DataFileError(f"{source} {reason}; fetch it again.") from None
    except UnicodeDecodeError:
        raise DataFileError(f"{source} is not UTF-8 text; convert it first.") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        reason = str(error).strip().splitlines()[0]
        raise DataFileError(f"{source} is not a CSV table: {reason}; check the file.") from None


def require_columns(table: pd.DataFrame, columns: Iterable[str], name: str) -> None:
    """Raise unless the table has all ``columns`` and at least one row."""
    missing = [column for column in columns if column not in table.columns]
    if missing:
        have = shorten(table.columns)
        raise DataFileError(f"{name} lacks the column {shorten(missing)}; it has {have}.")
    if table.empty:
        raise DataFileError(f"{name} has a header but no rows; check the file.")


def require_unique(table: pd.DataFrame, columns: list[str], name: str) -> None:
    """Raise when two rows have the same values in ``columns``."""
    twice = np.flatnonzero(table.duplicated(columns).to_numpy())
    if twice.size:
        row = int(twice[0])
        cell = ", ".join(f"{column} {table[column].iloc[row]!r}" for column in columns)
        raise DataFileError(f"{name}, row {row + 1}: {cell} is there twice; keep one of the two.")


def number_column(
    table: pd.DataFrame, column: str, name: str, *, allow_missing: bool = False
) -> npt.NDArray[np.float64]:
    """Return a column as float64, exactly as written, or name the first row that is no number."""
    texts = table[column].to_numpy(dtype=str)
    try:
        numbers = texts.astype(np.float64)
    except ValueError:
        numbers = np.array([_number(text) for text in texts])
    bad = np.isnan(numbers)
    if allow_missing:
        bad &= ~np.isin(np.char.lower(texts), ["", "nan"])
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        found = repr(str(texts[row])) if texts[row] else "empty"
        message = f"{name}, row {row + 1}: {column} is {found}; it must be a number."
        raise DataFileError(message)
    return numbers


def integer_column(
    table: pd.DataFrame, column: str, name: str, *, allowed: tuple[int, ...] = ()
) -> npt.NDArray[np.int64]:
    """Return a column of whole numbers as int64, or name the first row that is something else."""
    numbers = number_column(table, column, name)
    bad = numbers != np.round(numbers)
    if allowed:
        bad |= ~np.isin(numbers, allowed)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        wanted = f"one of {shorten(allowed)}" if allowed else "a whole number"
        message = f"{name}, row {row + 1}: {column} is {numbers[row]:g}; it must be {wanted}."
        raise DataFileError(message)
    return numbers.astype(np.int64)


def select_countries(wanted: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return ``wanted`` as a list, or raise for the first country that is not known."""
    names, available = list(wanted), list(known)
    for country in names:
        if country not in available:
            raise unknown_name("country", country, available)
    return names


def _number(text: str) -> float:
    """Return the number that ``text`` spells, or NaN."""
    try:
        return float(text)
    except ValueError:
        return float("nan")
