"""Lines of a file of value questions: one JSON object for each wording, checked as it is read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from disca_nb.errors import DataFileError, shorten, unknown_name

__all__ = ["STANCES", "Line", "json_objects", "read_lines", "stances_of", "text_of"]

STANCES = ("supports", "opposes", "neutral")
"""What an option may say of its topic."""

_NEEDED = ("topic", "question", "original", "options")
_OPTIONAL = ("topic_english", "original_english", "translation_of", "language", "country")


@dataclass(frozen=True)
class Line:
    """What a line says; optional texts that it lacks are empty.

    Attributes
    ----------
    number : int
        Number of the line, from 1 on.
    topic, question, original : str
        The topic, the question in this wording, and the wording that it rephrases.
    options : tuple of (str, str)
        Text and stance of each option.
    topic_english, original_english, translation_of : str
        The same in English, and the question that this one translates.
    language, country : str
        As the line names them.
    controversial, rephrase : bool or None
        As the line says.
    """

    number: int
    topic: str
    question: str
    original: str
    options: tuple[tuple[str, str], ...]
    topic_english: str = ""
    original_english: str = ""
    translation_of: str = ""
    language: str = ""
    country: str = ""
    controversial: bool | None = None
    rephrase: bool | None = None


def read_lines(path: Path) -> list[Line]:
    """Return the lines of a file, blank ones aside.

    Raises
    ------
    DataFileError
        For a file that cannot be read or is empty, and naming the first line that is no JSON
        object of the right form.
    """
    return [_line(number, found, place) for number, place, found in json_objects(path)]


def json_objects(path: Path) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield number, name and content of each line that is not blank.

    Raises
    ------
    DataFileError
        As `read_lines`.
    """
    found = False
    # Texts may hold other line breaks than this one, which JSON leaves as they are.
    for number, text in enumerate(_text(path).split("\n"), start=1):
        if text.strip():
            found = True
            place = f"{path.name}, line {number}"
            yield number, place, _object(text, place)
    if not found:
        raise DataFileError(f"{path} is empty; give a file with one JSON object in each line.")


def text_of(found: Mapping[str, Any], field: str, place: str, *, needed: bool = True) -> str:
    """Return a field's text without blanks around it; "" where it may lack and does.

    Raises
    ------
    DataFileError
        When it lacks or is no text.
    """
    if needed and field not in found:
        raise DataFileError(f"{place} lacks the field {field!r}; it has {shorten(found)}.")
    value = found.get(field)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value.strip()):
        raise DataFileError(f"{place}: {field} is {value!r}; it must be a text.")
    _check_characters(value, f"{place}: {field}")
    return value.strip()


def stances_of(found: Mapping[str, Any], place: str) -> tuple[tuple[str, str], ...]:
    """Return text and stance of each option of a line.

    Raises
    ------
    DataFileError
        When they are no map to known stances, or do not offer two different ones.
    """
    if "options" not in found:
        raise DataFileError(f"{place} lacks the field 'options'; it has {shorten(found)}.")
    options = found["options"]
    if not isinstance(options, dict):
        raise DataFileError(
            f'{place}: options is {options!r}; write a map such as {{"yes": "supports", '
            '"no": "opposes"}.'
        )
    for text, stance in options.items():
        if stance not in STANCES:
            why = unknown_name("stance", stance, STANCES)
            raise DataFileError(f"{place}: option {text!r}: {why}")
        if not text.strip():
            raise DataFileError(f"{place}: an option is {text!r}; it must be a text.")
        _check_characters(text, f"{place}: an option")
    if len(set(options.values())) < 2:
        held = shorten(options.values()) if options else "none"
        raise DataFileError(
            f"{place}: the options' stances are {held}; options must take two different ones."
        )
    if len({text.strip() for text in options}) < len(options):
        raise DataFileError(f"{place}: two options are {shorten(options)}; name each once.")
    return tuple((text.strip(), stance) for text, stance in options.items())


def _line(number: int, found: Mapping[str, Any], place: str) -> Line:
    """Return what a JSON object says."""
    needed = {field: text_of(found, field, place) for field in _NEEDED[:-1]}
    optional = {field: text_of(found, field, place, needed=False) for field in _OPTIONAL}
    return Line(
        number,
        **needed,
        options=stances_of(found, place),
        **optional,
        controversial=_yes_no(found, "controversial", place),
        rephrase=_yes_no(found, "rephrase", place),
    )


def _check_characters(text: str, what: str) -> None:
    """Raise for what no file of results can hold: the character 0, and halves of characters."""
    bad = next((c for c in text if c == "\0" or "\ud800" <= c <= "\udfff"), None)
    if bad is not None:
        raise DataFileError(f"{what} holds the character {bad!r}, which is no text; remove it.")


def _yes_no(found: Mapping[str, Any], field: str, place: str) -> bool | None:
    """Return a field that is true or false, 1 or 0, or absent."""
    value = found.get(field)
    if value is None:
        return None
    if value not in (0, 1):
        raise DataFileError(f"{place}: {field} is {value!r}; write true or false.")
    return bool(value)


def _text(path: Path) -> str:
    """Return what a file holds."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataFileError(f"There is no file {path}; check the path.") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataFileError(f"{path} cannot be read: {reason}; check it.") from None
    except UnicodeDecodeError:
        raise DataFileError(f"{path} is not UTF-8 text; convert it first.") from None


def _object(text: str, place: str) -> dict[str, Any]:
    """Return the JSON object that a line is."""
    try:
        found = json.loads(text, object_pairs_hook=lambda pairs: _once(pairs, place))
    except (ValueError, RecursionError) as error:
        if isinstance(error, DataFileError):
            raise
        shown = text.strip() if len(text.strip()) <= 40 else f"{text.strip()[:40]}…"
        raise DataFileError(
            f"{place} is not JSON: {shown!r}; write one object in each line."
        ) from None
    if not isinstance(found, dict):
        raise DataFileError(f"{place} is {found!r:.60}; write one JSON object in each line.")
    return found


def _once(pairs: list[tuple[str, Any]], place: str) -> dict[str, Any]:
    """Return an object whose names differ; JSON itself would keep the last of two."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise DataFileError(f"{place} has {twice!r} twice in one object; keep one of the two.")
    return found
