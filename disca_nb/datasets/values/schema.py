"""The form of a dataset of value questions, checked before anything is made of it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.datasets.values._lines import STANCES
from disca_nb.errors import InputError, shorten, unknown_name
from disca_nb.variables import validate

__all__ = ["ABOUT_OPTIONS", "ABOUT_WORDINGS", "check_dims", "checked_options"]
__all__ += ["checked_questions", "questions_hash"]

ABOUT_WORDINGS = (
    "wording_text",
    "topic_name",
    "value_question",
    "phrasing",
    "wording_language",
    "wording_country",
    "controversial",
    "n_options",
)
"""Coordinates along `wording`."""

ABOUT_OPTIONS = ("option_text", "option_stance")
"""Coordinates along `wording` and `option`."""

_TEXTS = ("wording_text", "topic_name", "value_question", "wording_language")
_REMEDY = "read the questions with disca_nb.datasets.values.read_value_questions"


def checked_questions(questions: xr.Dataset) -> xr.Dataset:
    """Return value questions whose form is sound, with all that describes them as coordinates.

    Parameters
    ----------
    questions : xarray.Dataset
        ``wording_text``, ``topic_name``, ``value_question``, ``phrasing``, ``wording_language``,
        ``wording_country``, ``controversial`` and ``n_options`` (wording); ``option_text`` and
        ``option_stance`` (wording, option).

    Returns
    -------
    xarray.Dataset
        The same, `wording` before `option`.

    Raises
    ------
    InputError
        When something lacks or has other dimensions; when a text is empty, a stance is not known
        or a wording offers one stance only; when a question belongs to two topics, a topic is
        both controversial and not, or a question has two originals or one text twice in one
        language.

    Examples
    --------
    >>> checked_questions(xr.Dataset(coords={"wording": ["a"], "option": ["1", "2"]}))
    Traceback (most recent call last):
        ...
    disca_nb.errors.InputError: The dataset lacks 'wording_text' (text of the question ...
    """
    validate(questions, "wording", "option", *ABOUT_WORDINGS, *ABOUT_OPTIONS)
    for name in ABOUT_WORDINGS:
        check_dims(questions, name, ("wording",))
    for name in ABOUT_OPTIONS:
        check_dims(questions, name, ("wording", "option"))
    if not questions.sizes["wording"]:
        raise InputError("The dataset has 0 wordings of value questions; choose at least one.")
    held = questions.set_coords([*ABOUT_WORDINGS, *ABOUT_OPTIONS])
    held = held.transpose("wording", "option", ...)
    labels = held["wording"].values.astype(str)
    for name in _TEXTS:
        _check_texts(labels, held[name].values, name)
    checked_options(labels, held)
    _check_one(held, "value_question", "topic_name", "topics")
    _check_one(held, "topic_name", "controversial", "kinds, controversial and not,")
    _check_phrasings(held, labels)
    return held


def questions_hash(questions: xr.Dataset) -> str:
    """Return the sha256 of what is asked: wordings, topics, languages, options and stances.

    The order of wordings does not matter, nor do attributes or other coordinates.

    Parameters
    ----------
    questions : xarray.Dataset
        As `checked_questions` returns.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> from disca_nb.datasets.values._building import from_lines
    >>> from disca_nb.datasets.values._lines import Line
    >>> pair = (("yes", "supports"), ("no", "opposes"))
    >>> tea = from_lines([Line(1, "Tea", "Tea?", "Tea?", pair)], "mine")
    >>> questions_hash(tea) == questions_hash(tea.assign_attrs(name="other"))
    True
    """
    names = (*ABOUT_WORDINGS, "option_text", "option_stance")
    columns = [questions[name].transpose("wording", ...).values.tolist() for name in names]
    counts = questions["n_options"].values.tolist()
    rows = [
        [label, *row[:-2], row[-2][:count], row[-1][:count]]
        for label, count, *row in zip(
            questions["wording"].values.tolist(), counts, *columns, strict=True
        )
    ]
    return hashlib.sha256(json.dumps(sorted(rows), ensure_ascii=False).encode()).hexdigest()


def checked_options(labels: Iterable[str], dataset: xr.Dataset) -> None:
    """Raise unless every question has options with texts that differ and two stances at least.

    Parameters
    ----------
    labels : iterable of str
        Names for messages.
    dataset : xarray.Dataset
        ``option_text`` and ``option_stance`` by question and option, ``n_options`` by question.

    Raises
    ------
    InputError
        Naming the question.
    """
    for label, texts, stances, count in _rows(labels, dataset):
        if count != sum(text != "" for text in texts) or "" in texts[:count]:
            raise InputError(
                f"{label!r} has n_options {count} and the options {shorten(texts)}; give each "
                "of its options a text, and no other."
            )
        for stance in stances[:count]:
            if stance not in STANCES:
                raise unknown_name(f"stance in {label!r}:", stance, STANCES)
        if any(stances[count:]):
            raise InputError(
                f"{label!r} has the stances {shorten(stances)} for {count} options; leave those "
                "past its last option empty."
            )
        if len(set(stances[:count])) < 2:
            raise InputError(
                f"{label!r} offers the stances {shorten(stances[:count])} only; give its options "
                "two different ones."
            )
        if len(set(texts[:count])) < count:
            raise InputError(f"{label!r} has the options {shorten(texts[:count])}; name each once.")


def _rows(
    labels: Iterable[str], dataset: xr.Dataset
) -> Iterator[tuple[str, list[str], list[str], int]]:
    """Yield label, texts, stances and number of options of each question."""
    yield from zip(
        map(str, labels),
        dataset["option_text"].transpose(..., "option").values.tolist(),
        dataset["option_stance"].transpose(..., "option").values.tolist(),
        dataset["n_options"].values.tolist(),
        strict=True,
    )


def check_dims(questions: xr.Dataset, name: str, dims: tuple[str, ...]) -> None:
    """Raise unless a variable has exactly these dimensions.

    Raises
    ------
    InputError
        Naming the variable.
    """
    if set(questions[name].dims) != set(dims):
        found = questions[name].dims
        raise InputError(f"{name} has the dimensions {found}; it must have {' and '.join(dims)}.")


def _check_texts(labels: npt.NDArray[np.str_], texts: npt.NDArray[np.str_], name: str) -> None:
    """Raise when a text is empty or blank."""
    empty = [not str(text).strip() for text in texts]
    if any(empty):
        label = str(labels[empty.index(True)])
        raise InputError(f"{name} of {label!r} is empty; give it a text, or {_REMEDY}.")


def _check_one(questions: xr.Dataset, key: str, value: str, what: str) -> None:
    """Raise when one label of ``key`` has two of ``value``."""
    seen: dict[str, object] = {}
    for each, found in zip(
        questions[key].values.tolist(), questions[value].values.tolist(), strict=True
    ):
        if seen.setdefault(each, found) != found:
            both = shorten(sorted(map(str, {seen[each], found})))
            raise InputError(f"{key} {each!r} is of two {what} {value} {both}; rename one.")


def _check_phrasings(questions: xr.Dataset, labels: npt.NDArray[np.str_]) -> None:
    """Raise when a question has two originals, or one text twice, in one language."""
    names = ("value_question", "wording_language", "phrasing", "wording_text")
    rows = list(zip(*(questions[name].values.tolist() for name in names), strict=True))
    originals = Counter((question, language) for question, language, k, _ in rows if k == 0)
    texts = Counter((question, language, text) for question, language, _, text in rows)
    for label, (question, language, phrasing, text) in zip(labels.tolist(), rows, strict=True):
        if phrasing == 0 and originals[question, language] > 1:
            raise InputError(
                f"The question {question!r} has {originals[question, language]} originals in "
                f"{language}, one of them {label!r}; give all but one a phrasing above 0."
            )
        if texts[question, language, text] > 1:
            raise InputError(
                f"{label!r} words the question {question!r} as another wording does, {text!r}; "
                "keep one of them."
            )
