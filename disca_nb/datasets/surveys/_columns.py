"""Some columns of a CSV file as text: the others are never held, however wide the file is."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from disca_nb.errors import DataFileError, InputError, unknown_name

__all__ = ["UTF8", "header", "read_columns", "require"]

UTF8 = "utf-8-sig"
"""UTF-8, with the mark at its beginning that some programs write or without."""

_REPLACED = "\ufffd"


def header(path: Path, *, encoding: str = UTF8, separator: str | None = None) -> list[str]:
    """Return the names of a file's columns.

    Raises
    ------
    DataFileError
        When the file cannot be read, is no table, or has a name twice.
    InputError
        For an encoding that is not known.
    """
    sign = separator or _separator(path, encoding)
    row = _read(path, encoding=encoding, separator=sign, header=None, nrows=1)
    names = [str(name) for name in row.iloc[0]]
    if any("\0" in name for name in names):
        raise _other_encoding(path, "the header", encoding)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataFileError(f"{path.name} has the column {twice!r} twice; keep one of the two.")
    return names


def read_columns(
    path: Path,
    columns: Iterable[str],
    *,
    encoding: str = UTF8,
    separator: str | None = None,
    whole: bool = False,
) -> pd.DataFrame:
    """Return some columns of a file, every cell as text.

    Other columns may be in another encoding, as names of regions are in some files. A file that is
    read `whole` is refused where a row has more cells than the header, which cannot be seen
    otherwise.

    Raises
    ------
    DataFileError
        When the file cannot be read, is no table, has no rows, or a cell is in another encoding.
    UnknownNameError
        For a column that the file lacks, with the closest one.
    InputError
        For an encoding that is not known.
    """
    sign = separator or _separator(path, encoding)
    wanted = list(dict.fromkeys(columns))
    require(wanted, header(path, encoding=encoding, separator=sign), path.name)
    if whole:
        rows = _read(path, encoding=encoding, separator=sign, header=None)
        table = rows.iloc[1:].set_axis(rows.iloc[0].tolist(), axis="columns").reset_index(drop=True)
    else:
        table = _read(path, encoding=encoding, separator=sign, usecols=wanted, index_col=False)
    table = table[wanted].fillna("")  # where a row ends early
    if table.empty:
        raise DataFileError(f"{path.name} has a header but no rows; check the file.")
    for column in wanted:
        bad = np.flatnonzero(table[column].str.contains(_REPLACED, regex=False).to_numpy(bool))
        if bad.size:
            raise _other_encoding(path, f"row {int(bad[0]) + 1}, {column},", encoding)
    return table


def require(wanted: Iterable[str], names: Iterable[str], name: str) -> None:
    """Raise for the first wanted column that is not among a file's names."""
    known = list(names)
    for column in wanted:
        if column not in known:
            raise unknown_name(f"column of {name}", column, known)


def _separator(path: Path, encoding: str) -> str:
    """Return which of two separators divides the header: some spreadsheets write semicolons."""
    counts = {
        sign: _read(path, encoding=encoding, separator=sign, header=None, nrows=1).shape[1]
        for sign in (",", ";")
    }
    return max(counts, key=lambda sign: counts[sign])


def _read(path: Path, *, encoding: str, separator: str, **options: Any) -> pd.DataFrame:  # noqa: ANN401 - they are pandas' own
    """Read a table, with one sentence for what is wrong with it."""
    form: Mapping[str, Any] = {
        "sep": separator,
        "dtype": str,
        "keep_default_na": False,
        "encoding": encoding,
        # A cell of another encoding is found where it is used; the others do no harm.
        "encoding_errors": "replace",
    }
    try:
        table: pd.DataFrame = pd.read_csv(path, **form, **options)
    except FileNotFoundError:
        raise DataFileError(f"There is no file {path}; check the path.") from None
    except IsADirectoryError:
        raise DataFileError(f"{path} is a folder; name a CSV file in it.") from None
    except LookupError:
        raise InputError(f"The encoding {encoding!r} is not known; try 'utf-8'.") from None
    except (EOFError, zlib.error):
        raise DataFileError(f"{path.name} is truncated or damaged; fetch it again.") from None
    except OSError as error:
        raise DataFileError(
            f"{path} cannot be read: {error.strerror or error}; check it."
        ) from None
    except ValueError as error:  # pandas' own errors are among these
        line = (str(error).strip().splitlines() or [type(error).__name__])[0]
        reason = line.rpartition("C error: ")[-1].rstrip(".")
        raise DataFileError(f"{path.name} is not a CSV table: {reason}; check the file.") from None
    return table


def _other_encoding(path: Path, where: str, encoding: str) -> DataFileError:
    """Return the error for a file in another encoding."""
    given = "UTF-8" if encoding == UTF8 else encoding
    return DataFileError(
        f"{path.name}: {where} is not {given} text; name the file's encoding, as in "
        "encoding='cp949' or encoding='utf-16'."
    )
