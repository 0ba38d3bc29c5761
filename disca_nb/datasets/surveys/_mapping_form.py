"""What a mapping says of a CSV file: read from YAML or a dict, each key checked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from disca_nb.datasets._table import as_path
from disca_nb.datasets.surveys._columns import UTF8
from disca_nb.datasets.surveys._items import Item, read_items, said, said_codes, yes_or_no
from disca_nb.datasets.surveys._yaml_file import read_yaml
from disca_nb.errors import DataFileError, InputError, shorten, unknown_name

__all__ = ["COLUMNS", "Form", "read_form"]

COLUMNS = (
    *("question", "text", "topic", "option", "position", "country", "group"),
    *("share", "respondents", "survey", "wave"),
)
"""What can stand in the columns of a table of shares."""

_NEEDED = ("question", "text", "option", "share")
_COMMON = ("survey", "wave", "layout", "country", "encoding", "separator", "decimal")
_KEYS: Mapping[str, tuple[str, ...]] = {
    "shares": (*_COMMON, "columns", "unit", "ordinal"),
    "respondents": (*_COMMON, "weight", "by", "items", "missing", "not_asked"),
}
_TEXTS = ("survey", "wave", "country", "encoding", "weight", "by", "unit")
_UNITS = ("share", "percent", "count")


@dataclass(frozen=True)
class Form:
    """What a mapping says; the fields are its keys, which `read_mapped` describes."""

    name: str
    layout: str
    survey: str = ""
    wave: str = ""
    country: str = ""
    encoding: str = UTF8
    separator: str | None = None
    decimal: str = "."
    columns: dict[str, str] = field(default_factory=dict)
    unit: str = "share"
    ordinal: bool = False
    weight: str | None = None
    by: str | None = None
    items: tuple[Item, ...] = ()
    missing: frozenset[str] = frozenset()
    not_asked: frozenset[str] = frozenset()


def read_form(mapping: str | os.PathLike[str] | Mapping[str, object]) -> Form:
    """Return what a mapping says.

    Parameters
    ----------
    mapping : path or mapping
        A YAML file, or what it would hold.

    Raises
    ------
    InputError
        For keys that are missing and values of another form.
    UnknownNameError
        For keys, layouts and units that are not known.
    DataFileError
        When the file cannot be read, is no YAML, or has a key twice.
    MissingPackageError
        For a file without PyYAML.

    Examples
    --------
    >>> read_form({"survey": "Mine", "layout": "shares", "unti": "percent"})
    Traceback (most recent call last):
        ...
    disca_nb.errors.UnknownNameError: Unknown key of the mapping 'unti'; did you mean 'unit'? ...
    """
    if isinstance(mapping, Mapping):
        return _form(mapping, "the mapping")
    path = as_path(mapping)
    found = read_yaml(path)
    if not isinstance(found, Mapping):
        raise DataFileError(
            f"{path.name} holds {type(found).__name__}, not keys with values; begin with 'survey:'."
        )
    return _form(found, path.name)


def _form(found: Mapping[str, object], name: str) -> Form:
    """Return the form of what was found."""
    layout = found.get("layout")
    if layout not in _KEYS:
        raise unknown_name(f"layout of {name}", layout, _KEYS)
    keys = _KEYS[str(layout)]
    for key in found:
        if key not in keys:
            raise unknown_name(f"key of {name}", key, keys)
    said_here: dict[str, Any] = {
        key: said(found[key], f"{key} of {name}") for key in _TEXTS if found.get(key) is not None
    }
    for key in ("separator", "decimal"):
        if key in found:
            said_here[key] = _character(found[key], f"{key} of {name}")
    more = _of_shares if layout == "shares" else _of_respondents
    form = Form(name=name, layout=str(layout), **said_here, **more(found, name))
    _check(form)
    return form


def _of_shares(found: Mapping[str, object], name: str) -> dict[str, Any]:
    """Return what is said of a table of shares alone."""
    ordinal = yes_or_no(found.get("ordinal", False), f"ordinal of {name}")
    return {"columns": _columns(found.get("columns"), name), "ordinal": ordinal}


def _of_respondents(found: Mapping[str, object], name: str) -> dict[str, Any]:
    """Return what is said of a table of respondents alone."""
    codes = {
        key: said_codes(found.get(key, []), f"{key} of {name}") for key in ("missing", "not_asked")
    }
    return {"items": tuple(read_items(found.get("items", ()))), **codes}


def _character(value: object, what: str) -> str:
    """Return one character, or raise for what is none."""
    if isinstance(value, str) and len(value) == 1:
        return value
    raise InputError(f"{what} is {value!r}; give one character, in quotes.")


def _columns(columns: object, name: str) -> dict[str, str]:
    """Return what stands in which column."""
    if not isinstance(columns, Mapping):
        raise InputError(f"columns of {name} is {columns!r}; give 'question: column' and so on.")
    for key in columns:
        if key not in COLUMNS:
            raise unknown_name(f"column in {name}", key, COLUMNS)
    lacking = [key for key in _NEEDED if key not in columns]
    if lacking:
        raise InputError(f"columns of {name} lacks {shorten(lacking)}; name the file's column.")
    return {key: said(value, f"Column {key} of {name}") for key, value in columns.items()}


def _check(form: Form) -> None:
    """Raise where a key is missing, or two say different things."""
    if not form.survey and "survey" not in form.columns:
        raise InputError(f"{form.name} lacks 'survey'; name the survey.")
    if form.country and "country" in form.columns:
        raise InputError(f"{form.name} has 'country' beside columns and in them; keep one.")
    if not form.country and "country" not in form.columns:
        raise InputError(f"{form.name} lacks 'country'; name its column, or give a label for all.")
    if form.unit not in _UNITS:
        raise unknown_name(f"unit of {form.name}", form.unit, _UNITS)
    if form.decimal not in {".", ","}:
        raise InputError(f"decimal of {form.name} is {form.decimal!r}; it must be '.' or ','.")
