"""Reading a CSV file strictly: exact numbers, and one sentence for what is wrong with it."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from disca_nb.errors import DataFileError, InputError, shorten, unknown_name
from disca_nb.variables import VARIABLES

__all__ = [
    "as_path",
    "bounds",
    "each_once",
    "integer_column",
    "number_column",
    "read_table",
    "require_columns",
    "require_text",
    "require_unique",
    "row_name",
    "select_countries",
]


def as_path(path: str | os.PathLike[str]) -> Path:
    """Return a path, or raise for what is none."""
    if not isinstance(path, str | os.PathLike):
        raise InputError(f"The path is {path!r}; name a file.")
    return Path(path)


def read_table(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a CSV file (plain or gzip) with every cell as text.

    Raises
    ------
    DataFileError
        When the file is missing, truncated, empty, not UTF-8 or not a table, when two of its
        columns have one name, or when a name has blanks around it.
    """
    source = as_path(path)
    compression: Literal["gzip"] | None = "gzip" if source.suffix.lower() == ".gz" else None
    try:
        # As text, so that numbers are converted exactly and bad ones can be named; without a
        # header, as pandas would rename a second column of the same name.
        rows = pd.read_csv(
            source, header=None, dtype=str, keep_default_na=False, compression=compression
        )
    except FileNotFoundError:
        raise DataFileError(f"There is no file {source}; check the path.") from None
    except IsADirectoryError:
        raise DataFileError(f"{source} is a folder; name a CSV file in it.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise DataFileError(
            f"{source} is a truncated or damaged gzip file; fetch it again."
        ) from None
    except OSError as error:
        raise DataFileError(
            f"{source} cannot be read: {error.strerror or error}; check it."
        ) from None
    except UnicodeDecodeError:
        raise DataFileError(f"{source} is not UTF-8 text; convert it first.") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        reason = str(error).strip().splitlines()[0].rpartition("C error: ")[-1]
        raise DataFileError(f"{source} is not a CSV table: {reason}; check the file.") from None
    names = rows.iloc[0]
    if names.duplicated().any():
        twice = names[names.duplicated()].iloc[0]
        raise DataFileError(f"{source} has the column {twice!r} twice; keep one of the two.")
    blank = next((name for name in names if name != name.strip()), None)
    if blank is not None:
        # A column of that name would be taken for one that nobody asks for.
        raise DataFileError(f"{source} has the column {blank!r} with a blank; remove the blank.")
    return rows.iloc[1:].set_axis(list(names), axis="columns").reset_index(drop=True)


def require_columns(table: pd.DataFrame, columns: Iterable[str], name: str) -> None:
    """Raise unless the table has all ``columns`` and at least one row."""
    missing = [column for column in columns if column not in table.columns]
    if missing:
        have = shorten(table.columns)
        raise DataFileError(f"{name} lacks the column {shorten(missing)}; it has {have}.")
    if table.empty:
        raise DataFileError(f"{name} has a header but no rows; check the file.")


def require_text(table: pd.DataFrame, columns: Iterable[str], name: str) -> None:
    """Raise when a cell in ``columns`` is empty or blank."""
    for column in columns:
        blank = np.flatnonzero((table[column].str.strip() == "").to_numpy())
        if blank.size:
            row = row_name(table, blank[0])
            found = repr(table[column].iloc[blank[0]])
            raise DataFileError(f"{name}, {row}: {column} is {found}; it must be a text.")


def require_unique(table: pd.DataFrame, columns: list[str], name: str) -> None:
    """Raise when two rows have the same values in ``columns``."""
    twice = np.flatnonzero(table.duplicated(columns).to_numpy())
    if twice.size:
        row = row_name(table, twice[0])
        cell = ", ".join(f"{column} {table[column].iloc[twice[0]]!r}" for column in columns)
        raise DataFileError(f"{name}, {row}: {cell} is there twice; keep one of the two.")


def number_column(
    table: pd.DataFrame,
    column: str,
    name: str,
    *,
    allow_missing: bool = False,
    within: tuple[float, float] = (-np.inf, np.inf),
) -> npt.NDArray[np.float64]:
    """Return a column as float64, as written, or name the first row that cannot be used.

    That is one which is no finite number, or not ``within`` the two ends.
    """
    texts = table[column].to_numpy(dtype=str)
    try:
        numbers = texts.astype(np.float64)
    except ValueError:
        numbers = np.array([_number(text) for text in texts])
    bad = ~np.isfinite(numbers)
    if allow_missing:
        bad &= ~np.isin(np.char.lower(texts), ["", "nan"])
    if bad.any():
        first = np.flatnonzero(bad)[0]
        row = row_name(table, first)
        found = repr(str(texts[first])) if texts[first] else "empty"
        raise DataFileError(f"{name}, {row}: {column} is {found}; it must be a number.")
    low, high = within
    outside = (numbers < low) | (numbers > high)
    if outside.any():
        first = np.flatnonzero(outside)[0]
        row = row_name(table, first)
        wanted = f"be at least {low:g}" if np.isinf(high) else f"lie in {low:g} to {high:g}"
        raise DataFileError(f"{name}, {row}: {column} is {texts[first]}; it must {wanted}.")
    return numbers


def bounds(variable: str) -> tuple[float, float]:
    """Return the least and the greatest value that the registry allows a variable."""
    return VARIABLES[variable].low, VARIABLES[variable].high


def integer_column(
    table: pd.DataFrame,
    column: str,
    name: str,
    *,
    allowed: tuple[int, ...] = (),
    within: tuple[float, float] = (-np.inf, np.inf),
) -> npt.NDArray[np.int64]:
    """Return a column of whole numbers as int64, or name the first row that is something else."""
    numbers = number_column(table, column, name, within=within)
    bad = numbers != np.round(numbers)
    if allowed:
        bad |= ~np.isin(numbers, allowed)
    if bad.any():
        first = np.flatnonzero(bad)[0]
        row = row_name(table, first)
        wanted = f"one of {shorten(allowed)}" if allowed else "a whole number"
        found = table[column].iloc[int(first)]
        raise DataFileError(f"{name}, {row}: {column} is {found}; it must be {wanted}.")
    return numbers.astype(np.int64)


def select_countries(wanted: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return ``wanted``, each once, or raise for the first country that is not known.

    A text is one country, not its letters.
    """
    names = each_once(wanted, "countries")
    available = list(known)
    if not names:
        raise InputError(f"No country was named; choose some of {shorten(available)}.")
    for country in names:
        if country not in available:
            raise unknown_name("country", country, available)
    return names


def each_once(wanted: Iterable[str], what: str) -> list[str]:
    """Return names, each once, or raise for what holds none; a text is one name."""
    try:
        return [wanted] if isinstance(wanted, str) else list(dict.fromkeys(wanted))
    except TypeError:
        raise InputError(f"{what} is {wanted!r}; give a name, or several in a list.") from None


def row_name(table: pd.DataFrame, position: int | np.integer) -> str:
    """Return which row of the file stands at ``position``, counted from 1 below the header."""
    return f"row {int(table.index[int(position)]) + 1}"


def _number(text: str) -> float:
    """Return the number that ``text`` spells, or NaN."""
    try:
        return float(text)
    except ValueError:
        return float("nan")
