"""Filters of value questions: each is named, and says in the attributes what it removed."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
import xarray as xr

from disca_nb.datasets._table import as_path, read_table, require_columns, require_text, row_name
from disca_nb.datasets.values.schema import checked_questions
from disca_nb.errors import DataFileError, InputError, ParameterError, shorten

__all__ = ["filters_table", "keep_validated", "kept_wordings"]

Unjudged: TypeAlias = Literal["remove", "keep"]
_COLUMNS = ("original", "questions_equivalent")
_VOTES = {"yes": True, "no": False}


def keep_validated(
    questions: xr.Dataset,
    lists: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    unjudged: Unjudged = "remove",
) -> xr.Dataset:
    """Keep the questions whose rephrasings people judged to ask the same.

    An original is kept with its rephrasings where more of its judgements are yes than no; people
    who are divided equally do not keep it. Lists are of originals in one language: translations
    count as unjudged.

    Parameters
    ----------
    questions : xarray.Dataset
        Value questions.
    lists : path or iterable of paths
        CSV files with the columns ``original`` and ``questions_equivalent`` (yes or no), one row
        for each judgement, or a folder of them. In a folder, files named ``*_mturk_*`` are forms
        that people filled in, and are left out.
    unjudged : {"remove", "keep"}
        What becomes of originals that are in no list.

    Returns
    -------
    xarray.Dataset
        The kept wordings; ``attrs["filters"]`` counts, by originals too, what was kept, removed,
        judged differently by several people, and not judged.

    Raises
    ------
    DataFileError
        For a list that cannot be read or says something else than yes and no.
    InputError
        When none of the questions is in the lists, or none is left.
    ParameterError
        For another `unjudged`.

    References
    ----------
    Moore, Deshpande and Yang 2024, arXiv 2407.02996.

    Examples
    --------
    >>> from disca_nb.datasets.values._building import from_lines
    >>> from disca_nb.datasets.values._lines import Line
    >>> tea = from_lines([Line(1, "Tea", "Tea?", "Tea?", (("y", "supports"), ("n", "opposes")))],
    ...                  "mine")
    >>> keep_validated(tea, "no-such-list.csv")
    Traceback (most recent call last):
        ...
    disca_nb.errors.DataFileError: There is no file no-such-list.csv; check the path.
    """
    if unjudged not in get_args(Unjudged):
        raise ParameterError(f"unjudged is {unjudged!r}; choose remove or keep.")
    held = checked_questions(questions)
    files = _files(lists)
    votes = _votes(files)
    originals = _originals(held)
    judged = [votes.get(original, []) for original in originals]
    if not any(judged):
        raise InputError(
            f"None of the {len(judged)} wordings has its original in {shorten(files, 3)}; give "
            "the lists of these questions."
        )
    keep = np.array([2 * sum(v) > len(v) if v else unjudged == "keep" for v in judged])
    names = (held[name].values.tolist() for name in ("value_question", "wording_language"))
    rows = zip(*names, keep.tolist(), judged, strict=True)
    found = {(question, language): (kept, said) for question, language, kept, said in rows}
    counts = {
        "kept_originals": sum(kept for kept, _ in found.values()),
        "removed_originals": sum(not kept for kept, _ in found.values()),
        "unjudged_originals": sum(not v for _, v in found.values()),
        "divided_originals": sum(0 < sum(v) < len(v) for _, v in found.values()),
    }
    return kept_wordings(held, keep, f"validated, unjudged: {unjudged}", counts)


def kept_wordings(
    dataset: xr.Dataset, keep: np.ndarray, name: str, counts: Mapping[str, int] | None = None
) -> xr.Dataset:
    """Return the wordings that a filter keeps, with its counts in the attribute `filters`.

    Parameters
    ----------
    dataset : xarray.Dataset
        With the dimension `wording`.
    keep : numpy.ndarray of bool, shape (wording,)
        Which are kept.
    name : str
        What the filter is called, with its settings.
    counts : mapping, optional
        What else it counts.

    Returns
    -------
    xarray.Dataset
        The wordings kept, in their order.

    Raises
    ------
    InputError
        When none is left.

    Examples
    --------
    >>> two = xr.Dataset(coords={"wording": ["a", "b"]})
    >>> filters_table(kept_wordings(two, np.array([True, False]), "mine"))
      filter  kept  removed
    0   mine     1        1
    """
    kept = int(keep.sum())
    if not kept:
        raise InputError(
            f"The filter {name!r} removes all {keep.size} wordings; filter less strictly."
        )
    entry = {"filter": name, "kept": kept, "removed": int(keep.size) - kept, **(counts or {})}
    filters = [*json.loads(dataset.attrs.get("filters", "[]")), entry]
    text = json.dumps(filters, ensure_ascii=False)
    return dataset.isel(wording=np.flatnonzero(keep)).assign_attrs(filters=text)


def filters_table(dataset: xr.Dataset) -> pd.DataFrame:
    """Return what filters did to value questions or to answers, in the order of filtering.

    Parameters
    ----------
    dataset : xarray.Dataset
        Questions or answers.

    Returns
    -------
    pandas.DataFrame
        ``filter``, ``kept`` and ``removed`` wordings, and what else a filter counts.

    Examples
    --------
    >>> filters_table(xr.Dataset()).columns.tolist()
    ['filter', 'kept', 'removed']
    """
    entries = json.loads(dataset.attrs.get("filters", "[]"))
    columns = dict.fromkeys(["filter", "kept", "removed", *(key for e in entries for key in e)])
    return pd.DataFrame(entries, columns=list(columns))


def _originals(questions: xr.Dataset) -> list[str]:
    """Return the text of each wording's original, "" where there is none."""
    names = ("value_question", "wording_language", "phrasing", "wording_text")
    rows = list(zip(*(questions[name].values.tolist() for name in names), strict=True))
    texts = {(question, language): text for question, language, k, text in rows if k == 0}
    return [texts.get((question, language), "") for question, language, *_ in rows]


def _files(lists: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[Path]:
    """Return the files that lists stand for."""
    paths = [lists] if isinstance(lists, str | os.PathLike) else list(lists)
    files: list[Path] = []
    for path in map(as_path, paths):
        inside = sorted(each for each in path.glob("*.csv") if "_mturk_" not in each.name)
        if path.is_dir() and not inside:
            raise DataFileError(f"{path} has no *.csv of judgements; name a folder of them.")
        files += inside if path.is_dir() else [path]
    if not files:
        raise InputError("There are 0 lists of judgements; name a file or a folder.")
    return files


def _votes(files: Iterable[Path]) -> dict[str, list[bool]]:
    """Return all judgements of each original."""
    votes: dict[str, list[bool]] = defaultdict(list)
    for path in files:
        table = read_table(path)
        require_columns(table, _COLUMNS, path.name)
        require_text(table, _COLUMNS, path.name)
        answers = table["questions_equivalent"].str.strip().str.casefold()
        for i, (original, answer) in enumerate(zip(table["original"], answers, strict=True)):
            if answer not in _VOTES:
                raise DataFileError(
                    f"{path.name}, {row_name(table, i)}: questions_equivalent is {answer!r}; "
                    "write yes or no."
                )
            votes[original.strip()].append(_VOTES[answer])
    return dict(votes)
