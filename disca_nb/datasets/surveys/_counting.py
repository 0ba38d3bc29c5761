"""Respondents counted: by country and group, and by what each of them answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from disca_nb.datasets.surveys._items import Item, code_text
from disca_nb.errors import DataFileError, shorten

__all__ = ["Counts", "Places", "count", "kinds", "labelled", "mostly_strange", "shown"]

_Ints = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]

NOT_ASKED, MISSING, STRANGE = -1, -2, -3
"""Kinds of codes that are no option of a question; an option's kind is its place, from 0."""

_BLANK = frozenset({"", "na", "nan", "."})
_MOST_OPTIONS = 100
# What respondents wrote may say who they are; what so many wrote does not.
_MANY, _LONGEST_CODE, _HIDDEN = 10, 4, "a text of few people"


@dataclass(frozen=True)
class Places:
    """Where each respondent is counted, and how much.

    Attributes
    ----------
    cell : numpy.ndarray of int, shape (row,)
        Number of the country times that of groups, plus the number of the group.
    weight : numpy.ndarray, shape (row,)
        Above 0.
    size : int
        Number of cells.
    """

    cell: _Ints
    weight: _Floats
    size: int

    def total(self, amounts: _Floats, which: npt.NDArray[np.bool_]) -> _Floats:
        """Return the sums of an amount over some respondents, shape (cell,)."""
        sums = np.bincount(self.cell[which], amounts[which], self.size)
        return sums.astype(np.float64)


@dataclass(frozen=True)
class Counts:
    """Answers to a question.

    Attributes
    ----------
    item : Item
        The question, with its options.
    people, weight : numpy.ndarray, shape (cell, option)
        Number of respondents who chose the option, and the sum of their weights.
    squares : numpy.ndarray, shape (cell,)
        Sum of the squared weights of those who chose any.
    missing : numpy.ndarray, shape (cell,)
        Sum of the weights of those who were asked and gave no answer.
    n_missing, n_not_asked : int
        Respondents who gave no answer, and who were not asked.
    strange : dict of str to int
        Codes without a text, and how many respondents have them.
    """

    item: Item
    people: _Ints
    weight: _Floats
    squares: _Floats
    missing: _Floats
    n_missing: int
    n_not_asked: int
    strange: dict[str, int]


def count(item: Item, column: pd.Series, places: Places, name: str) -> Counts:
    """Count the answers to a question.

    Parameters
    ----------
    item : Item
        The question; without options, those are the codes that are found.
    column : pandas.Series, shape (row,)
        Codes of the respondents.
    places : Places
        Where each is counted.
    name : str
        What the file is called in errors.

    Raises
    ------
    DataFileError
        When more than half of the answers have codes without a text, or too many codes are found.
    """
    codes, values = pd.factorize(column, use_na_sentinel=False)
    texts = [code_text(value) for value in values]
    whole = labelled(item, texts, name)
    options = whole.options or {}
    kind = kinds(whole, texts)[codes]
    strange = [texts[code] for code in codes[kind == STRANGE]]
    if mostly_strange(kind):
        raise DataFileError(_half(name, whole, kind, strange))
    chosen = kind >= 0
    return Counts(
        whole,
        *_by_option(places, chosen, kind, len(options)),
        places.total(places.weight**2, chosen),
        places.total(places.weight, kind == MISSING),
        int((kind == MISSING).sum()),
        int((kind == NOT_ASKED).sum()),
        dict(Counter(strange)),
    )


def _by_option(
    places: Places, chosen: npt.NDArray[np.bool_], kind: _Ints, n_options: int
) -> tuple[_Ints, _Floats]:
    """Return the number of people and the sum of weights by cell and option."""
    index = places.cell[chosen] * n_options + kind[chosen]
    shape, size = (places.size, n_options), places.size * n_options
    people = np.bincount(index, minlength=size).astype(np.int64)
    weight = np.bincount(index, places.weight[chosen], size).astype(np.float64)
    return people.reshape(shape), weight.reshape(shape)


def labelled(item: Item, texts: Iterable[str], name: str) -> Item:
    """Return an item with options: where none were said, the codes that are found."""
    if item.options is not None:
        return item
    aside = item.missing | item.not_asked
    found = {text for text in texts if text not in aside and text.casefold() not in _BLANK}
    if len(found) > _MOST_OPTIONS:
        raise DataFileError(
            f"{name} has {len(found)} different codes in {item.column}; name the options of the "
            "question, or choose another column."
        )
    options = {code: code for code in sorted(found, key=in_order)}
    return replace(item, options=options)


def kinds(item: Item, texts: list[str]) -> _Ints:
    """Return the kind of each code: the place of its option, or why it is none."""
    options = item.options or {}
    place = {code: i for i, code in enumerate(options)}
    return np.array([place.get(text, _aside(item, text)) for text in texts], dtype=np.int64)


def mostly_strange(kind: _Ints) -> bool:
    """Return whether more than half of the answers have codes without a text."""
    strange = int((kind == STRANGE).sum())
    return strange > int((kind >= 0).sum())


def shown(codes: Mapping[str, int]) -> list[str]:
    """Return codes as messages and reports may show them.

    Numbers of up to four figures are shown, and what ten respondents share: a text of fewer may be
    what somebody wrote, and say who that is.

    Examples
    --------
    >>> shown({"7": 1, "my own words": 2, "other words": 1, "YES": 30})
    ['7', 'a text of few people', 'YES']
    """
    plain = (
        code if number >= _MANY or _is_code(code) else _HIDDEN for code, number in codes.items()
    )
    return list(dict.fromkeys(plain))


def _is_code(text: str) -> bool:
    """Return whether a text is a number of few figures."""
    return len(text) <= _LONGEST_CODE and in_order(text)[0] == 0


def in_order(code: str) -> tuple[int, float, str]:
    """Return what sorts codes: numbers by size, then texts.

    Examples
    --------
    >>> sorted(["b", "10", "2", "-1"], key=in_order)
    ['-1', '2', '10', 'b']
    """
    try:
        return (0, float(code), code)
    except ValueError:
        return (1, 0.0, code)


def _aside(item: Item, text: str) -> int:
    """Return the kind of a code that is no option."""
    if text in item.missing:
        return MISSING
    return NOT_ASKED if text in item.not_asked or text.casefold() in _BLANK else STRANGE


def _half(name: str, item: Item, kind: _Ints, strange: list[str]) -> str:
    """Return the sentence on a question most of whose answers have codes without a text."""
    codes: list[str] = sorted(shown(Counter(strange)), key=in_order)
    found = shorten(codes, 6)
    known = shorten(item.options or {}, 6)
    answers = int((kind >= 0).sum()) + len(strange)
    return (
        f"{name} has {len(strange)} of {answers} answers to {item.column} with codes ({found}) "
        f"that are none of its options ({known}); give the options' texts by code."
    )
