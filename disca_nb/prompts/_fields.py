"""The fields that the frames of a language pack are filled in by, each once checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any

from disca_nb.errors import DataFileError, shorten

__all__ = ["check_fields", "field_fault"]

_SIDES = ("first_label", "first", "second_label", "second")
_SURVEY = ("question", "options")
_NUMBER = ("item", "lowest", "highest")
_COUNTRY = ("country",)
_QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "option": ("letter", "text"),
    "survey": _SURVEY,
    "survey_of_country": _COUNTRY + _SURVEY,
    "number": _NUMBER,
    "number_of_country": _COUNTRY + _NUMBER,
    "free_dilemma": _SIDES,
    "verdict": ("question", "answer", "choices"),
}


def check_fields(content: Mapping[str, Any], name: str) -> None:
    """Raise unless each frame of a pack has its fields and no other.

    Parameters
    ----------
    content : mapping
        A pack that follows the schema.
    name : str
        Name of its file.

    Raises
    ------
    DataFileError
        Naming the place.

    Examples
    --------
    >>> check_fields({"dilemma": "{first_label} {oops}"}, "mine.json")
    Traceback (most recent call last):
        ...
    disca_nb.errors.DataFileError: mine.json, dilemma: {oops} is no field; its fields are ...
    """
    for place, text, fields in _frames(content):
        fault = field_fault(text, fields)
        if fault:
            known = shorten(f"{{{field}}}" for field in fields)
            raise DataFileError(
                f"{name}, {place}: {fault}; its fields are {known}, and a brace that is none is "
                "written twice; see data/packs/schema.json."
            )


def _frames(content: Mapping[str, Any]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield place, text and fields of each frame."""
    yield "dilemma", content["dilemma"], _SIDES
    yield "join", content["join"], ("number", "role")
    for name, text in content["persona"]["introductions"].items():
        yield f"persona.introductions.{name}", text, _COUNTRY
    for name, fields in _QUESTIONS.items():
        yield f"questions.{name}", content["questions"][name], fields


def field_fault(text: str, fields: tuple[str, ...]) -> str:
    """Return what is wrong with the fields of a frame; empty where nothing is.

    Examples
    --------
    >>> field_fault("Dear {nam}", ("name",))
    '{nam} is no field'
    """
    try:
        found = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError as error:
        return f"{str(error).rstrip('.')} in {text!r}"
    for _, field, form, conversion in found:
        if field not in fields:
            return f"{{{field}}} is no field"
        if form or conversion:
            return f"{{{field}}} has a format, and must stand alone"
    lacking = [field for field in fields if field not in {part[1] for part in found}]
    return f"{{{lacking[0]}}} is missing" if lacking else ""
