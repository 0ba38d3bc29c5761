"""A survey in another language, from a translation that people have reviewed."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from disca_nb._opinions.translation_file import (
    YES,
    Texts,
    check_sources,
    read_rows,
    review_of,
    shown,
    texts_of,
    translation_path,
)
from disca_nb.datasets._table import row_name
from disca_nb.datasets.surveys._tidy import as_text, folded
from disca_nb.errors import DataFileError, shorten
from disca_nb.variables import annotate

__all__ = ["read_translation"]


def read_translation(
    path: str | os.PathLike[str], bank: xr.Dataset, *, unreviewed: bool = False
) -> xr.Dataset:
    """Return a survey with its questions and options in another language.

    Parameters
    ----------
    path : str or path
        A file as `translate_survey` writes it, or ``"sample.ko"`` or ``"sample.de"``, the
        translations of the shipped sample. It may hold more questions than the bank.
    bank : xarray.Dataset
        The survey that was translated, or some of its questions.
    unreviewed : bool
        Whether texts that nobody has reviewed are taken too.

    Returns
    -------
    xarray.Dataset
        The bank with other ``question_text`` and ``option_text``, and the attributes ``language``
        (BCP 47) and ``translation`` (file, translators, how much was reviewed). Labels, shares
        and topics are the same.

    Raises
    ------
    DataFileError
        For texts that are missing, not reviewed or empty, for options that are the same once
        translated, and for a source that is not the bank's text.
    UnknownNameError
        For a name that is neither a CSV file's nor a translation that ships.
    InputError
        For a bank without texts.

    See Also
    --------
    translate_survey : a model's translation, for review.

    Examples
    --------
    >>> from disca_nb.datasets.surveys.sample import sample
    >>> bank = read_translation("sample.de", sample())
    >>> bank.question_text.sel(question="q17").item()
    'Was geht vor, Wachstum oder Natur?'
    >>> bank.attrs["language"]
    'de'
    """
    source, texts = translation_path(path), texts_of(bank)
    rows = read_rows(source)
    rows = rows[rows["question"].isin(texts)]
    check_sources(rows, texts, source.name)
    _check_whole(rows, texts, source)
    if not unreviewed:
        _check_reviewed(rows, source.name)
    _check_filled(rows, source.name)
    found = {
        (question, field): as_text(text)
        for question, field, text in rows[["question", "field", "translation"]].itertuples(
            index=False, name=None
        )
    }
    result = {q: {field: found[q, field] for field in fields} for q, fields in texts.items()}
    _check_options(result, source.name)
    return annotate(_replaced(bank, result).assign_attrs(_about(rows, source.name)))


def _check_whole(rows: pd.DataFrame, texts: Texts, path: Path) -> None:
    """Raise when the file lacks a text of the bank."""
    known = set(zip(rows["question"], rows["field"], strict=True))
    missing = [(q, field) for q, fields in texts.items() for field in fields]
    missing = [key for key in missing if key not in known]
    if missing:
        raise DataFileError(
            f"{path.name} lacks {_counted(len(missing))} of the bank, {shown(*missing[0])} first; "
            "call translate_survey with the same path, which asks for those alone."
        )


def _check_reviewed(rows: pd.DataFrame, name: str) -> None:
    """Raise when a text was not reviewed."""
    waiting = rows[review_of(rows) != YES]
    if len(waiting):
        raise DataFileError(
            f"{name} has {_counted(len(waiting))} not reviewed, {_first(waiting)}; correct the "
            "translations and set reviewed to yes, or pass unreviewed=True."
        )


def _check_filled(rows: pd.DataFrame, name: str) -> None:
    """Raise when a text has no translation."""
    empty = rows[rows["translation"].str.strip() == ""]
    if len(empty):
        raise DataFileError(
            f"{name} has {_counted(len(empty))} without a translation, {_first(empty)}; write "
            "them, or delete the rows and call translate_survey again."
        )


def _check_options(texts: Texts, name: str) -> None:
    """Raise when two options of a question have become one."""
    for question, fields in texts.items():
        seen: dict[str, str] = {}
        for field in list(fields)[1:]:
            first = seen.setdefault(folded(fields[field]), field)
            if first != field:
                raise DataFileError(
                    f"{name}, question {question!r}: options {first} and {field} are both "
                    f"{fields[field]!r} once translated; word them apart."
                )


def _replaced(bank: xr.Dataset, texts: Texts) -> xr.Dataset:
    """Return the bank with these texts."""
    rows = [list(fields.values()) for fields in texts.values()]
    width = bank.sizes["option"]
    options = [[*row[1:], *[""] * (width + 1 - len(row))] for row in rows]
    # A bank may name its language by a coordinate, which would go on to say the old one.
    return bank.drop_vars("language", errors="ignore").assign_coords(
        question_text=("question", np.array([row[0] for row in rows], dtype=str)),
        option_text=(("question", "option"), np.array(options, dtype=str)),
    )


def _about(rows: pd.DataFrame, name: str) -> dict[str, str]:
    """Return the attributes that say where the texts are from."""
    reviewed = int((review_of(rows) == YES).sum())
    by = shorten(rows["model"].unique())
    return {
        "language": str(rows["language"].iloc[0]),
        "translation": f"{name} ({by}): {reviewed} of {len(rows)} texts reviewed",
    }


def _first(rows: pd.DataFrame) -> str:
    """Return which row is the first, in words."""
    place = shown(rows["question"].iloc[0], rows["field"].iloc[0])
    return f"{place} ({row_name(rows, 0)}) first"


def _counted(number: int) -> str:
    """Return a number of texts in words."""
    return f"{number} text{'' if number == 1 else 's'}"
