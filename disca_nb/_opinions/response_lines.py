"""Lines of a file of answers: one JSON object for each model, prompting, question and order."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from disca_nb._opinions.promptings import KINDS, label_of
from disca_nb.errors import DataFileError, InputError, shorten
from disca_nb.models._numbers import whole

__all__ = ["Line", "prompting_parts", "read_lines"]

_LABELS = ("model", "prompting", "question")
_PROBS, _LOGPROBS = "probs", "logprobs"
_OTHERS = (_PROBS, _LOGPROBS, "order", "n_options")
_DEFAULT, _CROSS_NATIONAL, _LINGUISTIC = KINDS


@dataclass(frozen=True)
class Line:
    """What a line says.

    Attributes
    ----------
    place : str
        File and line, for messages.
    model, prompting, question, order : str
        Labels.
    tokens : dict
        Probability of each returned token, letters of options among them.
    n_options : int or None
        How many options the question has, where the line says so.
    """

    place: str
    model: str
    prompting: str
    question: str
    order: str
    tokens: dict[str, float]
    n_options: int | None


def read_lines(path: Path) -> list[Line]:
    """Return the lines of a file, blank ones aside.

    Parameters
    ----------
    path : pathlib.Path
        JSON Lines, UTF-8.

    Returns
    -------
    list of Line

    Raises
    ------
    DataFileError
        For a file that cannot be read or is empty, and naming the first line that is no JSON
        object of the right form.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataFileError(f"{path} cannot be read ({reason}); check the path.") from None
    except UnicodeDecodeError:
        raise DataFileError(f"{path} is not UTF-8 text; convert it first.") from None
    found = list(_lines(text, path.name))
    if not found:
        raise DataFileError(f"{path} holds no answers; write one JSON object in each line.")
    return found


def prompting_parts(label: str) -> tuple[str, str]:
    """Return the kind of a prompting, and which country or language it is of.

    Parameters
    ----------
    label : str
        "default", "as " with a country, or "in " with a language.

    Returns
    -------
    kind, of : str

    Raises
    ------
    InputError
        For another label.

    Examples
    --------
    >>> prompting_parts("as IND (Old national sample)"), prompting_parts("default")
    (('cross-national', 'IND (Old national sample)'), ('default', ''))
    """
    word, _, of = label.partition(" ")
    kind = {"as": _CROSS_NATIONAL, "in": _LINGUISTIC}.get(word, _DEFAULT)
    if label != label_of(kind, of) or (kind != _DEFAULT and not of.strip()):
        raise InputError(
            f"The prompting is {label!r}; write 'default', 'as ' with a country, or 'in ' with a "
            "language."
        )
    return kind, of


def _lines(text: str, name: str) -> Iterator[Line]:
    """Yield the lines of a text."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        place = f"{name}, line {number}"
        try:
            yield _line(json.loads(line, object_pairs_hook=_each_once), place)
        except InputError as error:
            raise DataFileError(f"{place}: {error}") from None
        except (ValueError, RecursionError) as error:
            raise DataFileError(f"{place} is not JSON ({error}); mend it.") from None


def _line(content: Any, place: str) -> Line:  # noqa: ANN401 - whatever JSON holds
    """Return what a line says, or raise for what it lacks."""
    if not isinstance(content, dict):
        raise InputError(f"There is {content!r:.60}; write a JSON object.")
    if unknown := [name for name in content if name not in {*_LABELS, *_OTHERS}]:
        raise InputError(
            f"The field {unknown[0]!r} is not known; known: {', '.join((*_LABELS, *_OTHERS))}."
        )
    model, prompting, question = (_text(content.get(name), name) for name in _LABELS)
    prompting_parts(prompting)
    order, number = _text(content.get("order", "given"), "order"), content.get("n_options")
    return Line(
        place,
        model,
        prompting,
        question,
        order,
        _tokens(content),
        None if number is None else whole("n_options", number),
    )


def _tokens(content: dict[str, Any]) -> dict[str, float]:
    """Return the probability of each token."""
    given = [name for name in (_PROBS, _LOGPROBS) if name in content]
    if len(given) != 1:
        raise InputError(
            f"There are {len(given)} of {_PROBS} and {_LOGPROBS}; give one, with a number for each "
            "letter."
        )
    tokens = content[given[0]]
    if not isinstance(tokens, dict) or not tokens:
        raise InputError(f"{given[0]} is {tokens!r:.60}; give an object with a number by letter.")
    numbers = {token: _number(value) for token, value in tokens.items()}
    for token, number in numbers.items():
        if math.isnan(number):
            raise InputError(f"{given[0]} of {token!r} is {tokens[token]!r}; it must be a number.")
    if given[0] == _PROBS:
        return numbers
    if (high := max(numbers.values())) > 0.0:
        raise InputError(
            f"{_LOGPROBS} holds {high:g}; the logarithm of a probability is at most 0, so write "
            f"probabilities as {_PROBS}."
        )
    return {token: math.exp(number) for token, number in numbers.items()}


def _number(value: object) -> float:
    """Return a number of JSON, NaN for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        return float(value)
    except OverflowError:  # a whole number of hundreds of digits
        return math.copysign(math.inf, value > 0 or -1)


def _text(value: object, name: str) -> str:
    """Return a label, or raise when it is none."""
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{name} is {value!r}; write a text.")
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object, or raise when it has a name twice."""
    names = [name for name, _ in pairs]
    if twice := {name for name in names if names.count(name) > 1}:
        raise InputError(f"There is {shorten(sorted(map(repr, twice)))} twice; keep one.")
    return dict(pairs)
