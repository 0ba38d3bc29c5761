"""Files of SPSS and Stata: columns with their labels, and the codes that the file calls missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from disca_nb.datasets.surveys._counting import in_order
from disca_nb.datasets.surveys._items import code_text
from disca_nb.datasets.surveys._tidy import as_text
from disca_nb.errors import DataFileError, InputError, MissingPackageError

if TYPE_CHECKING:
    from pyreadstat import metadata_container

__all__ = ["Labelled", "Program", "load", "look"]

Program = Literal["SPSS", "Stata"]


@dataclass(frozen=True)
class Labelled:
    """What a file says of its columns.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    program : {"SPSS", "Stata"}
        Whose file it is.
    encoding : str, optional
        Encoding of its texts where the file does not name it.
    texts : dict of str to str
        Column to the text of the question, blank where there is none, in the file's order.
    labels : dict of str to dict
        Column to its labels: code to text, in the order of the codes.
    ordinal : frozenset of str
        Columns whose answers are said to have an order.
    """

    path: Path
    program: Program
    encoding: str | None
    texts: dict[str, str]
    labels: dict[str, dict[str, str]]
    ordinal: frozenset[str]


def look(path: Path, program: Program, encoding: str | None) -> Labelled:
    """Return what a file says of its columns, without reading its rows.

    Raises
    ------
    MissingPackageError
        Without pyreadstat.
    DataFileError
        When the file cannot be read, or its texts are in another encoding.
    InputError
        For an encoding that is not known.
    """
    _, about = _read(path, program, encoding, metadataonly=True)
    texts = {name: as_text(text) for name, text in about.column_names_to_labels.items()}
    labels = {
        column: {code_text(code): as_text(found[code]) for code in _sorted(found)}
        for column, found in about.variable_value_labels.items()
    }
    ordinal = {name for name, kind in about.variable_measure.items() if kind == "ordinal"}
    return Labelled(path, program, encoding, texts, labels, frozenset(ordinal))


def load(file: Labelled, columns: Iterable[str]) -> tuple[pd.DataFrame, dict[str, frozenset[str]]]:
    """Return some columns of a file, and by column the codes that the file calls missing."""
    names = list(dict.fromkeys(columns))
    table, about = _read(
        file.path,
        file.program,
        file.encoding,
        usecols=names,
        user_missing=True,  # or nothing would tell who refused from who was not asked
        disable_datetime_conversion=True,
    )
    missing = {}
    for name in names:
        values = [*pd.unique(table[name]), *about.variable_value_labels.get(name, {})]
        called = (value for value in values if _is_missing(value, name, about))
        missing[name] = frozenset(code_text(value) for value in called)
    return table[names], missing


def _sorted(labels: Mapping[Any, str]) -> list[Any]:
    """Return the codes of labels in their order."""
    return sorted(labels, key=lambda code: in_order(code_text(code)))


def _is_missing(value: object, column: str, about: metadata_container) -> bool:
    """Return whether a file calls a value missing: one of a list or range, or a letter in Stata."""
    if value in about.missing_user_values.get(column, ()):
        return True
    for ends in about.missing_ranges.get(column, ()):
        low, high = (ends["lo"], ends["hi"]) if isinstance(ends, dict) else (ends, ends)
        if isinstance(value, str) != isinstance(low, str):
            continue
        if low <= value <= high:  # type: ignore[operator]
            return True
    return False


def _read(
    path: Path,
    program: Program,
    encoding: str | None,
    **options: Any,  # noqa: ANN401 - they are the reader's own
) -> tuple[pd.DataFrame, metadata_container]:
    """Read a file, with one sentence for what is wrong with it."""
    try:
        import pyreadstat
    except ImportError:
        raise MissingPackageError(
            f"Files of {program} need pyreadstat; run: pip install 'disca-nb[surveys]'."
        ) from None
    if not path.is_file():
        what = "is a folder; name a file in it" if path.is_dir() else "is not there; check the path"
        raise DataFileError(f"{path} {what}.")
    read = pyreadstat.read_sav if program == "SPSS" else pyreadstat.read_dta
    try:
        table, about = read(path, encoding=encoding, **options)
    except (pyreadstat.PyreadstatError, pyreadstat.ReadstatError, UnicodeError) as error:
        raise _refused(path, program, encoding, str(error)) from None
    return table, about


def _refused(path: Path, program: Program, encoding: str | None, reason: str) -> Exception:
    """Return the error for a file that could not be read."""
    if "unsupported character set" in reason and encoding is not None:
        return InputError(f"The encoding {encoding!r} is not known; try 'cp949' or 'latin1'.")
    if "encoding" in reason or "byte" in reason:
        given = encoding or "the encoding that it names"
        return DataFileError(
            f"{path.name} has texts that are not in {given}; name another, as in "
            "encoding='cp949' or encoding='latin1'."
        )
    other = "read_stata" if program == "SPSS" else "read_spss"
    return DataFileError(
        f"{path.name} cannot be read as a file of {program} ({reason.strip().rstrip('.!')}); "
        f"fetch it again, or take {other} or read_mapped."
    )
