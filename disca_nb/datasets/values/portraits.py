"""Portraits of people who hold a value, which models liken themselves to."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from disca_nb.datasets._table import as_path
from disca_nb.datasets.values._building import option_coords
from disca_nb.datasets.values._lines import json_objects, stances_of, text_of
from disca_nb.datasets.values._names import language_code
from disca_nb.datasets.values.schema import check_dims, checked_options
from disca_nb.errors import DataFileError, InputError, unknown_name
from disca_nb.variables import annotate, validate

__all__ = ["VALUES", "checked_portraits", "portraits_dataset", "read_portraits"]

VALUES = (
    "self-direction",
    "stimulation",
    "hedonism",
    "achievement",
    "power",
    "security",
    "conformity",
    "tradition",
    "benevolence",
    "universalism",
)
"""The ten basic human values."""

_NEEDED = ("portrait_text", "portrait_value", "wording_language", "n_options")
_OPTIONS = ("option_text", "option_stance")
_ABOUT = (*_NEEDED, *_OPTIONS)


class _Portrait(NamedTuple):
    label: str
    text: str
    value: str
    options: tuple[tuple[str, str], ...]
    names: dict[str, str]


def read_portraits(path: str | os.PathLike[str], *, language: str | None = None) -> xr.Dataset:
    """Read portraits from a file of JSON Lines, as ``pvq_german.jsonl`` of ValueConsistency.

    Each line is one portrait: ``question`` (all that is shown before the options) or
    ``statement``, ``schwartz_value`` (one of the ten values) and ``options``, a map from the text
    of an option to supports or opposes. Optional is ``values``: the names of values in the
    language, as ``text``, and in English, as ``text_english``.

    Parameters
    ----------
    path : path
        The file.
    language : str, optional
        Name in English or BCP 47 code; by default what the file's name says behind ``pvq_``, or
        else English.

    Returns
    -------
    xarray.Dataset
        Portraits by options: ``portrait_text``, ``portrait_value``, ``wording_language``,
        ``n_options`` (portrait), ``option_text`` and ``option_stance`` (portrait, option);
        ``attrs["condition_text"]`` is JSON of the names of values in the language, by their
        English names.

    Raises
    ------
    DataFileError
        For a file that cannot be read or a line that has not this form; names file and line.
    UnknownNameError
        For a language that is not known.

    References
    ----------
    Schwartz et al. 2001, doi:10.1177/0022022101032005001; GitHub jlcmoore/ValueConsistency (MIT).

    Examples
    --------
    >>> read_portraits("pvq_germain.jsonl")
    Traceback (most recent call last):
        ...
    disca_nb.errors.UnknownNameError: Unknown language 'germain'; did you mean 'german'? ...
    """
    source = as_path(path)
    named = source.stem.removeprefix("pvq_") if source.stem.startswith("pvq_") else "en"
    code = language_code(named if language is None else language)
    if source.is_dir():
        raise DataFileError(f"{source} is a folder; name a file of portraits in it.")
    rows = [
        _portrait(found, place, f"{source.stem}:{number:04d}")
        for number, place, found in json_objects(source)
    ]
    names = {key: text for row in rows for key, text in row.names.items()}
    portraits = portraits_dataset(
        [(row.label, row.text, row.value, row.options) for row in rows], language=code
    )
    return portraits.assign_attrs(
        name=source.stem,
        source=source.name,
        synthetic=0,
        condition_text=json.dumps(names, ensure_ascii=False),
    )


def portraits_dataset(
    rows: Sequence[tuple[str, str, str, tuple[tuple[str, str], ...]]], *, language: str
) -> xr.Dataset:
    """Return the dataset of portraits.

    Parameters
    ----------
    rows : sequence of (label, text, value, options)
        `options` are pairs of text and stance.
    language : str
        BCP 47 code of all of them.

    Returns
    -------
    xarray.Dataset
        As `read_portraits` returns it, with ``condition_text`` empty.

    Examples
    --------
    >>> options = (("like me", "supports"), ("not like me", "opposes"))
    >>> one = portraits_dataset([("p1", "She likes rules.", "conformity", options)], language="en")
    >>> one.portrait_value.values.tolist(), one.option_stance.values.tolist()
    (['conformity'], [['supports', 'opposes']])
    """
    labels, texts, values, options = zip(*rows, strict=True)
    coords = {
        "portrait": np.array(labels, dtype=str),
        "portrait_text": ("portrait", np.array(texts, dtype=str)),
        "portrait_value": ("portrait", np.array(values, dtype=str)),
        "wording_language": ("portrait", np.array([language] * len(rows), dtype=str)),
        **option_coords(options, "portrait").coords,
    }
    return checked_portraits(
        annotate(xr.Dataset(coords=coords)).assign_attrs(language=language, condition_text="{}")
    )


def checked_portraits(portraits: xr.Dataset) -> xr.Dataset:
    """Return portraits whose form is sound, with all that describes them as coordinates.

    Parameters
    ----------
    portraits : xarray.Dataset
        ``portrait_text``, ``portrait_value`` and ``wording_language`` (portrait), ``option_text``
        and ``option_stance`` (portrait, option).

    Returns
    -------
    xarray.Dataset
        The same, checked.

    Raises
    ------
    InputError
        When something lacks or has other dimensions, a text is empty, a value or stance is not
        known, or a portrait's options take fewer than two stances.

    Examples
    --------
    >>> checked_portraits(xr.Dataset(coords={"portrait": ["a"], "option": ["1", "2"]}))
    Traceback (most recent call last):
        ...
    disca_nb.errors.InputError: The dataset lacks 'portrait_text' (text of the portrait); ...
    """
    validate(portraits, "portrait", "option", *_ABOUT)
    for name in _NEEDED:
        check_dims(portraits, name, ("portrait",))
    for name in _OPTIONS:
        check_dims(portraits, name, ("portrait", "option"))
    held = portraits.set_coords(list(_ABOUT)).transpose("portrait", "option", ...)
    if not held.sizes["portrait"]:
        raise InputError("The dataset has 0 portraits; choose at least one.")
    labels = held["portrait"].values.tolist()
    checked_options(labels, held)
    for label, text, value in zip(
        labels, held["portrait_text"].values, held["portrait_value"].values, strict=True
    ):
        if not str(text).strip():
            raise InputError(f"portrait_text of {label!r} is empty; give it a text.")
        if value not in VALUES:
            raise unknown_name(f"value of the portrait {label!r}:", value, VALUES)
    return held


def _portrait(found: Mapping[str, Any], place: str, label: str) -> _Portrait:
    """Return what a line says."""
    field = "question" if "question" in found else "statement"
    value = text_of(found, "schwartz_value", place).casefold()
    if value not in VALUES:
        raise DataFileError(f"{place}: {unknown_name('schwartz_value', value, VALUES)}")
    return _Portrait(
        label, text_of(found, field, place), value, stances_of(found, place), _names(found, place)
    )


def _names(found: Mapping[str, Any], place: str) -> dict[str, str]:
    """Return the names of values in the language, by their English ones."""
    listed = found.get("values") or []
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise DataFileError(
            f"{place}: values is {listed!r:.60}; give a list of objects with text and text_english."
        )
    pairs = [(text_of(e, "text_english", place), text_of(e, "text", place)) for e in listed]
    return {english.casefold(): text for english, text in pairs}
