"""Rows of a file of GlobalOpinionQA, whatever its format, each with its own place in errors."""

from __future__ import annotations

import ast
import codecs
import gzip
import json
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from disca_nb.datasets._table import as_path, read_table
from disca_nb.datasets.surveys._tidy import as_text
from disca_nb.errors import DataFileError, InputError, MissingPackageError, shorten

__all__ = ["FIELDS", "parse_options", "parse_selections", "read_records"]

FIELDS = ("question", "selections", "options", "source")
"""The columns of GlobalOpinionQA."""

Record = Mapping[str, Any]


def read_records(path: str | os.PathLike[str]) -> list[Record]:
    """Return the rows of a CSV, JSONL or parquet file with GlobalOpinionQA's columns.

    Raises
    ------
    InputError
        For another ending.
    DataFileError
        When the file is missing, empty, damaged, in another encoding, or lacks a column.
    MissingPackageError
        When it is parquet and pyarrow is absent.
    """
    source = as_path(path)
    ending = "".join(source.suffixes[-2:] if source.suffix == ".gz" else source.suffixes[-1:])
    readers = {"csv": _csv, "jsonl": _jsonl, "ndjson": _jsonl, "parquet": _parquet}
    reader = readers.get(ending.lower().removesuffix(".gz").removeprefix("."))
    if reader is None:
        raise InputError(f"{source} ends in {ending!r}; give a .csv, .jsonl or .parquet file.")
    if ending and not source.is_file():
        what = "is a folder; name a file in it" if source.is_dir() else "is not there"
        raise DataFileError(f"The file {source} {what}; check the path.")
    _check_encoding(source)
    rows = reader(source)
    if not rows:
        raise DataFileError(f"{source.name} has no rows; check the file.")
    return rows


def parse_selections(value: object, where: str) -> dict[str, list[object]]:
    """Return the shares by label: of a mapping, or of the text of a Python dictionary.

    Of a text, what stands between the first "{" and the last "}" is read as a literal; nothing
    is executed.

    Examples
    --------
    >>> parse_selections("defaultdict(<class 'list'>, {'India': [0.5, 0.5]})", "row 0")
    {'India': [0.5, 0.5]}
    """
    found = _literal(value, where) if isinstance(value, str) else value
    if not isinstance(found, Mapping):
        raise _no_dict(value, where)
    # A parquet file has every label in every row, those that were not asked without shares.
    shares: dict[str, Any] = {}
    for given, each in found.items():
        if (label := as_text(given)) in shares:
            raise DataFileError(
                f"{where}: the label {label!r} is there twice, blanks aside; keep one of the two."
            )
        if each is not None:
            shares[label] = each
    for label, each in shares.items():
        if not _is_list(each):
            raise DataFileError(
                f"{where}: the shares of {label!r} are {_short(each)}; give a list of numbers."
            )
    return {label: list(each) for label, each in shares.items()}


def parse_options(value: object, where: str) -> tuple[list[str], bool]:
    """Return the options of a list, or of the text of one, and whether some are numbers.

    Examples
    --------
    >>> parse_options("['No', 1.0, 2.5]", "row 0")
    (['No', '1', '2.5'], True)
    """
    found = _evaluated(value.strip(), where) if isinstance(value, str) else value
    if not _is_list(found):
        raise DataFileError(f"{where}: options is {_short(value)}, which is no list; give one.")
    each = list(found)  # type: ignore[call-overload]
    texts = [as_text(option) for option in each]
    if not texts or "" in texts:
        raise DataFileError(f"{where}: options is {_short(value)}; give each option a text.")
    return texts, any(not isinstance(option, str) for option in each)


def _check_encoding(path: Path) -> None:
    """Raise for UTF-16, which a reader of CSV takes for a table with null characters."""
    with path.open("rb") as file:
        if file.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            raise DataFileError(f"{path} is not UTF-8 text; convert it first.")


def _csv(path: Path) -> list[Record]:
    """Return the rows of a CSV file as texts."""
    table = read_table(path)
    _check_fields(table.columns, path)
    return [
        dict(zip(FIELDS, row, strict=True)) for row in zip(*(table[f] for f in FIELDS), strict=True)
    ]


def _jsonl(path: Path) -> list[Record]:
    """Return the objects of a file with one on each line."""
    rows: list[Record] = []
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            raise DataFileError(
                f"{path.name}, line {number} is no JSON object ({error}); check the file."
            ) from None
        if not isinstance(row, dict):
            raise DataFileError(
                f"{path.name}, line {number} is {_short(row)}; give an object with "
                f"{shorten(FIELDS)}."
            )
        _check_fields(row, path)
        rows.append(row)
    return rows


def _lines(path: Path) -> Iterator[str]:
    """Yield the lines of a text file, plain or gzip."""
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig") as file:
            yield from file
    except UnicodeDecodeError:
        raise DataFileError(f"{path} is not UTF-8 text; convert it first.") from None
    except (OSError, EOFError) as error:
        raise DataFileError(f"{path} cannot be read: {error}; fetch it again.") from None


def _parquet(path: Path) -> list[Record]:
    """Return the rows of a parquet file."""
    if find_spec("pyarrow") is None:
        raise MissingPackageError(
            "Parquet files need pyarrow; run: pip install 'disca-nb[surveys]', or give a CSV file."
        )
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise DataFileError(f"{path} is no parquet file: {reason}; check the file.") from None
    _check_fields(table.column_names, path)
    rows: list[dict[str, Any]] = table.select(list(FIELDS)).to_pylist()
    # A column of maps comes as pairs.
    return [row | {"selections": _pairs(row["selections"])} for row in rows]


def _pairs(value: object) -> object:
    """Return a list of pairs as a dictionary, anything else as it is."""
    pairs = isinstance(value, list) and all(isinstance(each, tuple) for each in value)
    return dict(value) if pairs else value  # type: ignore[call-overload]


def _check_fields(have: Iterable[str], path: Path) -> None:
    """Raise unless all of GlobalOpinionQA's columns are there."""
    names = list(have)
    if missing := [field for field in FIELDS if field not in names]:
        raise DataFileError(
            f"{path.name} lacks the column {shorten(missing)}; it has {shorten(names)}."
        )


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return a JSON object, whose keys must differ."""
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("a key is there twice")
    return result


def _literal(text: str, where: str) -> object:
    """Return what the text of a dictionary, maybe within other text, says."""
    start, end = text.find("{"), text.rfind("}")
    found = _evaluated(text[start : end + 1], where) if 0 <= start < end else None
    if not isinstance(found, dict):
        raise _no_dict(text, where)
    return found


def _evaluated(text: str, where: str) -> object:
    """Return the literal that a text spells, or None; nothing is executed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(text, mode="eval").body
            found: object = ast.literal_eval(tree)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    if isinstance(tree, ast.Dict) and isinstance(found, dict) and len(found) < len(tree.keys):
        keys = [ast.literal_eval(key) for key in tree.keys if key is not None]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise DataFileError(f"{where}: {twice!r} is there twice; keep one of the two.")
    return found


def _no_dict(value: object, where: str) -> DataFileError:
    """Return the error for selections that are none."""
    return DataFileError(
        f"{where}: selections is {_short(value)}, which is no dictionary; give one of shares by "
        "country."
    )


def _is_list(value: object) -> bool:
    """Return whether a value is a list or an array of one dimension, but no text."""
    return isinstance(value, list | tuple) or (hasattr(value, "tolist") and hasattr(value, "ndim"))


def _short(value: object) -> str:
    """Return the beginning of a value, as Python writes it."""
    text = repr(value)
    return text if len(text) <= 50 else f"{text[:50]}…"
