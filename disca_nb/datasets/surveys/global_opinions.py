"""GlobalOpinionQA (Durmus et al. 2023): its file, as published or as a copy, as a bank."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
import xarray as xr

from disca_nb.datasets._table import as_path, each_once, select_countries
from disca_nb.datasets.country_names import unknown_country
from disca_nb.datasets.surveys._hub import REVISION, fetch_global_opinions
from disca_nb.datasets.surveys._records import (
    Record,
    parse_options,
    parse_selections,
    read_records,
)
from disca_nb.datasets.surveys._tidy import as_text
from disca_nb.datasets.surveys._useless import NOBODY, without_useless
from disca_nb.datasets.surveys.missing import Drop, drop_options
from disca_nb.datasets.surveys.report import finding, report
from disca_nb.datasets.surveys.schema import from_tidy
from disca_nb.errors import DataFileError
from disca_nb.variables import annotate

__all__ = ["REVISION", "SOURCE", "read_global_opinions"]

SOURCE = (
    "GlobalOpinionQA, Durmus et al. 2023, arXiv 2306.16388; Anthropic/llm_global_opinions, "
    "CC BY-NC-SA 4.0, with the terms of Pew Research Center and of the World Values Survey"
)

ROWS = 2_556
"""Rows of the published file; one of another number is called by its own name."""

NUMERIC = "question with options that are numbers"

_COLUMNS = ("survey", "question", "text", "option", "position", "country", "share")


def read_global_opinions(
    path: str | os.PathLike[str],
    *,
    drop: Drop = None,
    countries: Iterable[str] | None = None,
    revision: str = REVISION,
) -> xr.Dataset:
    """Read GlobalOpinionQA: 2,556 questions of two surveys, answers of 138 samples.

    A question's id is its survey and the number of its row in the file, counted from 0, as
    ``"GAS:0017"``. Labels stay as the file has them, so that samples of one country stand apart;
    `unify` gives them codes. The question without a text (row 2538) is left out, and cells whose
    shares are all zero (row 2446) count as not asked. The report counts the file as it was read.

    Parameters
    ----------
    path : path or "hub"
        A CSV, JSONL (either plain or gzip) or parquet file with the columns ``question,
        selections, options, source``, or ``"hub"`` for the published file, which is downloaded
        once (``HF_ENDPOINT`` names another server, ``DISCA_NB_OFFLINE=1`` forbids downloads).
    drop : {"missing"} or list of str, optional
        Options to leave out, as for `drop_options`; none by default, as in the paper.
    countries : str or iterable of str, optional
        Labels to keep, in this order; all by default.
    revision : str
        Commit of the published data set.

    Returns
    -------
    xarray.Dataset
        A bank, as `from_tidy` describes it; ``respondents`` are not known.

    Raises
    ------
    DataFileError
        Naming row or question and value, for what the file should not hold.
    UnknownNameError
        For a label that the file does not have; names the closest.
    MissingPackageError
        For parquet without pyarrow.
    OfflineError
        When the published file is not in the cache and cannot be downloaded.

    References
    ----------
    Durmus et al. 2023, https://doi.org/10.48550/arXiv.2306.16388

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> row = {"question": "Is it going well?", "options": ["Yes", "No"], "source": "GAS",
    ...        "selections": {"Japan": [0.4, 0.6], "Chile": [0.0, 0.0]}}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "made_up.jsonl"
    ...     _ = file.write_text(json.dumps(row))
    ...     bank = read_global_opinions(file)
    >>> bank.survey_share.sel(question="GAS:0000").values
    array([[0.4, 0.6],
           [nan, nan]])
    >>> report(bank).dropped
    {'cell with all shares zero': 1}
    """
    hub = isinstance(path, str) and path == "hub"
    file = fetch_global_opinions(revision) if hub else as_path(path)
    records = read_records(file)
    table, empty, numeric = _tidy(records, file.name)
    # The columns are a form that others use too; what it is shows in how much there is.
    published = hub or len(records) == ROWS
    where = f"revision {revision}" if hub else file.name
    plain = from_tidy(
        table,
        name="GlobalOpinionQA" if published else file.name,
        source=f"{SOURCE}; {where}" if published else f"{where}, in GlobalOpinionQA's columns",
        rows=len(records),
        dropped={NOBODY: empty} if empty else {},
        suspicious={NUMERIC: finding(numeric)} if numeric else {},
    )
    bank = annotate(plain.assign_coords(language="en"))
    if countries is not None:
        bank = _chosen(bank, countries)
    return drop_options(bank, drop)


def _chosen(bank: xr.Dataset, countries: Iterable[str]) -> xr.Dataset:
    """Return the bank of some labels, with the questions that they answered."""
    known = [str(label) for label in bank["country"].values]
    names = each_once(countries, "countries")
    for name in names:
        if name not in known:
            raise unknown_country(name, known)
    return without_useless(bank.sel(country=select_countries(names, known)), report(bank))


def _tidy(records: Sequence[Record], name: str) -> tuple[pd.DataFrame, int, list[str]]:
    """Return the tidy table, how many questions nobody was asked, and those of numbers."""
    columns: dict[str, list[object]] = {column: [] for column in _COLUMNS}
    empty, numeric = 0, []
    for row, record in enumerate(records):
        where = f"{name}, row {row} (counted from 0)"
        survey = as_text(record["source"])
        if not survey:
            raise DataFileError(f"{where}: source is blank; name the survey.")
        question = f"{survey}:{row:04d}"
        options, numbers = parse_options(record["options"], where)
        cells = parse_selections(record["selections"], where)
        fixed = {"survey": survey, "question": question, "text": as_text(record["question"])}
        _add(columns, fixed, options, cells, where)
        empty += not cells
        if numbers:
            numeric.append(question)
    return pd.DataFrame(columns), empty, numeric


def _add(
    columns: dict[str, list[object]],
    fixed: Mapping[str, str],
    options: Sequence[str],
    cells: Mapping[str, Sequence[object]],
    where: str,
) -> None:
    """Add the cells of a question to the columns of the tidy table."""
    many = len(options)
    for country, shares in cells.items():
        if len(shares) != many:
            raise DataFileError(
                f"{where}: {country!r} has {len(shares)} shares for {many} options; give one for "
                "each."
            )
        columns["country"] += [country] * many
        columns["share"] += shares
    for column, value in fixed.items():
        columns[column] += [value] * (many * len(cells))
    columns["option"] += [*options] * len(cells)
    columns["position"] += [*range(1, many + 1)] * len(cells)
