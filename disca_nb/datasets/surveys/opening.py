"""Opening a survey of any kind: the reader is chosen by the file's ending and columns."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from disca_nb.datasets._table import as_path, read_table, row_name
from disca_nb.datasets.surveys._records import FIELDS
from disca_nb.datasets.surveys._tidy import REQUIRED
from disca_nb.datasets.surveys.global_opinions import read_global_opinions
from disca_nb.datasets.surveys.missing import Drop, drop_options
from disca_nb.datasets.surveys.schema import from_tidy
from disca_nb.errors import DataFileError, InputError, shorten, unknown_name
from disca_nb.results import open_results
from disca_nb.variables import validate

__all__ = ["read_survey"]

Reader = Callable[..., xr.Dataset]

_SAVED = (".nc", ".nc4", ".netcdf", ".zarr")
_KNOWN = (".csv", ".jsonl", ".parquet", ".sav", ".zsav", ".dta", *_SAVED)
_TABLES = (".csv", ".tsv", ".txt")
_WVS7 = "B_COUNTRY_ALPHA"
_YES, _NO = ("true", "1", "yes"), ("false", "0", "no", "")


def read_survey(
    path: str | os.PathLike[str],
    *,
    mapping: str | os.PathLike[str] | Mapping[str, object] | None = None,
    drop: Drop = None,
    **options: Any,  # noqa: ANN401 - those of the reader
) -> xr.Dataset:
    """Read a survey of any kind.

    Parameters
    ----------
    path : path, "sample" or "hub"
        ``"sample"`` is the shipped synthetic survey, ``"hub"`` the published GlobalOpinionQA.
        Otherwise the ending decides: ``.sav`` and ``.zsav`` (SPSS), ``.dta`` (Stata), ``.jsonl``
        and ``.parquet`` (GlobalOpinionQA), ``.nc`` and ``.zarr`` (a saved bank). Of a ``.csv``
        the columns do: those of GlobalOpinionQA, of the World Values Survey's wave 7, of a tidy
        table (`from_tidy`), or any with a `mapping`.
    mapping : path or mapping, optional
        What a CSV file's columns mean, as for `read_mapped`.
    drop : {"missing"} or list of str, optional
        Options to leave out, as for `drop_options`; none by default.
    **options
        Passed to the reader, such as ``items``, ``by`` and ``weight``.

    Returns
    -------
    xarray.Dataset
        A bank, as `from_tidy` describes it.

    Raises
    ------
    InputError
        When no reader knows the file, or the one that does has no such option.
    DataFileError
        As the reader says.

    Examples
    --------
    >>> dict(read_survey("sample").sizes)
    {'country': 20, 'question': 48, 'option': 5}
    >>> read_survey("answers.docx")
    Traceback (most recent call last):
        ...
    disca_nb.errors.InputError: answers.docx ends in '.docx'; give .csv, .jsonl, .parquet, ...
    """
    reader = _named(path) if isinstance(path, str) else None
    if mapping is not None:
        reader, options = _mapped(path), options | {"mapping": mapping}
    if reader is None:
        reader = _by_ending(as_path(path))
    takes = inspect.signature(reader).parameters
    _check_options(reader, path, options)
    if "drop" in takes:
        return reader(path, drop=drop, **options)
    return drop_options(reader(path, **options), drop)


def _check_options(
    reader: Reader, path: str | os.PathLike[str], options: Mapping[str, object]
) -> None:
    """Raise for an option that a reader does not take, and for one that it needs."""
    takes = inspect.signature(reader).parameters
    for name in options:
        if name not in takes:
            raise unknown_name("option", name, [each for each in takes if each != "path"])
    for name, one in takes.items():
        if name not in {"path", *options} and one.default is inspect.Parameter.empty:
            raise InputError(f"{path} is read by {reader.__name__}, which needs {name}=; give it.")


def _named(path: str) -> Reader | None:
    """Return the reader of what is known by a name alone."""
    return {"sample": _sample, "hub": read_global_opinions}.get(path)


def _sample(path: str) -> xr.Dataset:  # noqa: ARG001 - all readers take a path
    """Return the shipped sample."""
    from disca_nb.datasets.surveys.sample import sample

    return sample()


def _mapped(path: str | os.PathLike[str]) -> Reader:
    """Return the reader of a CSV file with a mapping."""
    if _ending(as_path(path)) not in _TABLES:
        raise InputError(f"mapping is for {shorten(_TABLES)} files, not {path}; leave it out.")
    from disca_nb.datasets.surveys.mapping import read_mapped

    return read_mapped


def _ending(path: Path) -> str:
    """Return a file's ending in lower case, without that of gzip."""
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return plain.suffix.lower()


def _by_ending(path: Path) -> Reader:
    """Return the reader of a file."""
    ending = _ending(path)
    if ending == ".csv":
        return _by_columns(path)
    if ending in {".jsonl", ".ndjson", ".parquet"}:
        return read_global_opinions
    if ending in _SAVED:
        return _saved
    if ending in {".sav", ".zsav", ".dta"}:
        from disca_nb.datasets.surveys.statistical import read_spss, read_stata

        return read_stata if ending == ".dta" else read_spss
    raise InputError(f"{path} ends in {path.suffix!r}; give {shorten(_KNOWN)}.")


def _by_columns(path: Path) -> Reader:
    """Return the reader of a CSV file, by its header."""
    columns = _header(path)
    if set(FIELDS) <= columns:
        return read_global_opinions
    if set(REQUIRED) <= columns:
        return _tidy
    if _WVS7 in columns:
        from disca_nb.datasets.surveys.wvs7 import read_wvs7

        return read_wvs7
    raise DataFileError(
        f"{path.name} has the columns {shorten(sorted(columns), 6)}, which are neither "
        "GlobalOpinionQA's, nor the World Values Survey's, nor a tidy table's; say with mapping= "
        "what they mean."
    )


def _header(path: Path) -> set[str]:
    """Return the names of a CSV file's columns; errors are left to its reader."""
    import csv
    import gzip

    opener = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", errors="replace", newline="") as file:
            line = next(iter(file), "")
    except (OSError, EOFError):
        return {*FIELDS}  # whose reader says what is wrong with the file
    delimiter = max(",;\t", key=line.count)
    return {name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])}


def _tidy(path: str | os.PathLike[str]) -> xr.Dataset:
    """Return the bank of a tidy table in a CSV file."""
    table = read_table(path)
    # An empty number is one that is not known.
    numbers = [name for name in ("share", "respondents", "removed_share") if name in table.columns]
    table[numbers] = table[numbers].replace("", None)
    name = Path(path).name
    if "ordinal" in table.columns:
        table["ordinal"] = _truths(table, name)
    return from_tidy(table, name=name, source=name)


def _truths(table: pd.DataFrame, name: str) -> pd.Series:
    """Return what a tidy table says of whether options have an order, nothing for no."""
    said = table["ordinal"].str.strip().str.casefold()
    odd = np.flatnonzero(~said.isin([*_YES, *_NO]).to_numpy())
    if odd.size:
        found = table["ordinal"].iloc[int(odd[0])]
        raise DataFileError(
            f"{name}, {row_name(table, odd[0])}: ordinal is {found!r}; it must be true or false."
        )
    return said.isin(_YES)


def _saved(path: str | os.PathLike[str]) -> xr.Dataset:
    """Return a bank that was saved."""
    return validate(open_results(path), "survey_share", "question_text", "option_text")
