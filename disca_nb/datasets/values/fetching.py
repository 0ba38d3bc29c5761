"""Downloading the ValueConsistency files: pinned commit, shipped checksums, the common cache."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import pandas as pd

from disca_nb._data import data_path
from disca_nb.datasets._table import each_once
from disca_nb.datasets.download import cached_file, downloads_forbidden, files_with_progress
from disca_nb.errors import unknown_name

__all__ = ["COMMIT", "fetch_value_questions", "value_files"]

COMMIT = "e088776a7c159a68d8916276264a882d55a21624"
"""The commit of GitHub jlcmoore/ValueConsistency that everything here was checked against."""

_SERVER = f"https://raw.githubusercontent.com/jlcmoore/ValueConsistency/{COMMIT}/"


def value_files() -> pd.DataFrame:
    """Return the files that can be downloaded.

    Returns
    -------
    pandas.DataFrame
        ``name`` (what `fetch_value_questions` takes), ``kind`` (questions, portraits or
        judgements), ``path`` in the repository, ``sha256`` and ``bytes``.

    Examples
    --------
    >>> value_files()["kind"].value_counts().to_dict()
    {'questions': 14, 'judgements': 6, 'portraits': 3}
    """
    return pd.read_csv(
        data_path("value_registry.csv"), dtype={"sha256": str}, keep_default_na=False
    )


def fetch_value_questions(
    names: str | Iterable[str] | None = None, *, progress: bool = False
) -> list[Path]:
    """Make sure that files of ValueConsistency lie in the cache, downloading what is missing.

    A file counts only when its sha256 is the shipped one. ``DISCA_NB_CACHE_DIR``,
    ``DISCA_NB_OFFLINE`` and ``DISCA_NB_MIRROR`` work as for `disca_nb.datasets.fetch`.

    Parameters
    ----------
    names : str or iterable of str, optional
        Names of `value_files`; the 14 files of questions by default.
    progress : bool
        Whether to show a progress bar on standard error.

    Returns
    -------
    list of pathlib.Path
        The files in the cache, in the order of the names. Files of questions lie in one folder,
        which `read_value_questions` reads.

    Raises
    ------
    UnknownNameError
        For an unknown name.
    OfflineError
        When a file is missing and cannot be downloaded; names file and cache folder.
    ParameterError
        When ``DISCA_NB_OFFLINE`` is neither yes nor no.

    References
    ----------
    GitHub jlcmoore/ValueConsistency (MIT); Moore, Deshpande and Yang 2024, arXiv 2407.02996.

    Examples
    --------
    >>> fetch_value_questions("pvq_germain")
    Traceback (most recent call last):
        ...
    disca_nb.errors.UnknownNameError: Unknown file of value questions 'pvq_germain'; did you ...
    """
    files = value_files().set_index("name", drop=False)
    if names is None:
        chosen = files.index[files["kind"] == "questions"].tolist()
    else:
        chosen = each_once(names, "names")
    for name in chosen:
        if name not in files.index:
            raise unknown_name("file of value questions", name, files.index)
    one = partial(
        cached_file,
        _SERVER,
        COMMIT,
        what="The value questions",
        remedy="fetch them while online, or read a copy of your own",
        offline=downloads_forbidden(),
    )
    return files_with_progress(files.loc[chosen], one, what="value questions", progress=progress)
