"""Which answers should agree: groups of rows for each measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from disca_nb.errors import InputError, unknown_name
from disca_nb.kernels import jensen_shannon_centroid, mix_keys
from disca_nb.kernels._types import FloatArray, KeyArray
from disca_nb.metrics.opinions._cells import BoolArray, IntArray
from disca_nb.metrics.values._answers import Answers

__all__ = ["MEASURES", "Grouping", "Members", "groupings", "members"]

MEASURES = ("paraphrase", "topic", "topic-between", "use-case", "multilingual")
_REMEDIES = {
    "paraphrase": "a question in several phrasings: ask also its rephrasings",
    "topic": "a topic with several questions: ask more of each",
    "topic-between": "a topic with several questions: ask more of each",
    "use-case": "answers of both forms: ask with forms=('choice', 'open')",
    "multilingual": "a question in several languages: join the questions of several",
}


@dataclass(frozen=True)
class Grouping:
    """The rows of a measure, and which of them should agree.

    Attributes
    ----------
    measure : str
        Name of the measure.
    row : ndarray of int, shape (n,)
        Rows of the answers.
    group : ndarray of int, shape (n,)
        Group of each, from 0.
    inner : ndarray of int, shape (n,), or None
        Question of each where groups are of questions' centroids.
    topic : ndarray of int, shape (groups,)
        Topic of each group.
    """

    measure: str
    row: IntArray
    group: IntArray
    inner: IntArray | None
    topic: IntArray

    @property
    def possible(self) -> bool:
        """Whether any group has two members."""
        unit = self.row if self.inner is None else self.inner
        each = pd.DataFrame({"group": self.group, "unit": unit}).drop_duplicates()
        return bool(each["group"].duplicated().any())


@dataclass(frozen=True)
class Members:
    """Distributions that are compared, of one model.

    Attributes
    ----------
    probs : ndarray, shape (n, stances)
        Distributions, 0 where a stance is not offered.
    offered : ndarray of bool, shape (n, stances)
        Stances that are.
    group, stratum : ndarray of int, shape (n,)
        Group of each, and the kind of answers with which it may be exchanged.
    keys : ndarray of uint64, shape (n,)
        Keys of random numbers, from labels.
    sides : list of tuple of int, length n
        Of the answers behind each, the stances that they may take: bits of a whole number each.
    """

    probs: FloatArray
    offered: BoolArray
    group: IntArray
    stratum: IntArray
    keys: KeyArray
    sides: list[tuple[int, ...]]

    @property
    def n_answers(self) -> int:
        """Answers behind all of them."""
        return sum(map(len, self.sides))

    def of_groups(self, kept: BoolArray) -> Members:
        """Return the members of some groups, (groups,)."""
        here = kept[self.group]
        sides = [own for own, there in zip(self.sides, here, strict=True) if there]
        return Members(
            self.probs[here],
            self.offered[here],
            self.group[here],
            self.stratum[here],
            self.keys[here],
            sides,
        )


def groupings(answers: Answers, measures: Sequence[str] | str | None) -> list[Grouping]:
    """Return the groups of some measures, or of all that the answers allow.

    Raises
    ------
    InputError
        For a measure that the answers do not allow, or when they allow none.
    UnknownNameError
        For another name.
    """
    wanted = [measures] if isinstance(measures, str) else measures
    for name in wanted or ():
        if name not in MEASURES:
            raise unknown_name("measure", name, MEASURES)
    if wanted is not None and not len(wanted):
        raise InputError(f"measures is {wanted!r}; name at least one, such as 'paraphrase'.")
    found = []
    for name in dict.fromkeys(wanted) if wanted is not None else MEASURES:
        one = _grouping(answers, name)
        if one.possible:
            found.append(one)
        elif wanted is not None:
            raise InputError(f"The responses do not allow {name!r}, which needs {_REMEDIES[name]}.")
    if not found:
        raise InputError(
            "The responses hold no answers that should agree; ask several phrasings of a question."
        )
    return found


def _grouping(answers: Answers, measure: str) -> Grouping:
    """Return the groups of one measure."""
    rows = answers.rows
    if measure == "use-case":
        both = answers.has("choice") and answers.has("open")
        places, by = (np.arange(len(rows)) if both else answers.places("choice")), ["wording"]
    else:
        places = answers.places("choice")
        by = ["language", "topic"]
        if measure == "paraphrase":
            by = ["language", "question"]
        elif measure == "multilingual":
            places = places[rows["phrasing"].to_numpy()[places] == 0]
            by = ["question"]
    table = rows.iloc[places]
    group = _numbered(table, by)
    inner = _numbered(table, ["language", "topic", "question"])
    # A group lies in one topic, by the ids of its questions.
    topic = table["topic"].to_numpy()[np.unique(group, return_index=True)[1]]
    return Grouping(
        measure, places, group, inner if measure == "topic-between" else None, np.asarray(topic)
    )


def _numbered(table: pd.DataFrame, by: Sequence[str]) -> IntArray:
    """Return the number of each row's group, in the order of the labels."""
    return np.asarray(table.groupby(list(by), sort=True).ngroup(), dtype=np.int64)


def members(answers: Answers, model: int, grouping: Grouping) -> Members:
    """Return the distributions of one model that a measure compares."""
    kept = np.flatnonzero(answers.known[model, grouping.row])
    kept = kept[np.argsort(grouping.group[kept], kind="stable")]
    row, group = grouping.row[kept], grouping.group[kept]
    probs, offered = answers.probs[model, row], answers.offered[row]
    pattern = _pattern(offered)
    table = answers.rows.iloc[row].assign(offered=pattern)
    stratum = _numbered(table, ["form", "language", "offered"])
    sides: list[tuple[int, ...]] = [(int(own),) for own in pattern]
    found = Members(probs, offered, group, stratum, answers.keys[row], sides)
    return found if grouping.inner is None else _of_questions(found, grouping.inner[kept])


def _pattern(offered: BoolArray) -> IntArray:
    """Return a number for each set of offered stances."""
    return np.asarray(offered @ (1 << np.arange(offered.shape[1])))


def _of_questions(one: Members, question: IntArray) -> Members:
    """Return the centroids of questions as members."""
    _, first, code, size = np.unique(
        question, return_index=True, return_inverse=True, return_counts=True
    )
    offered = np.zeros((size.size, one.offered.shape[1]), dtype=np.bool_)
    np.logical_or.at(offered, code, one.offered)
    return Members(
        probs=_centroids(one.probs, code, size),
        offered=offered,
        group=one.group[first],
        stratum=_numbered(
            pd.DataFrame({"stratum": one.stratum[first], "offered": _pattern(offered)}),
            ["stratum", "offered"],
        ),
        keys=mix_keys(one.keys[first], np.full(size.size, 1, dtype=np.uint64)),
        sides=_sides(one, code, size.size),
    )


def _sides(one: Members, question: IntArray, n: int) -> list[tuple[int, ...]]:
    """Return what the answers to each question may say, in one order."""
    found: list[list[int]] = [[] for _ in range(n)]
    for own, place in zip(one.sides, question.tolist(), strict=True):
        found[place].extend(own)
    return [tuple(sorted(each)) for each in found]


def _centroids(probs: FloatArray, code: IntArray, size: IntArray) -> FloatArray:
    """Return the Jensen-Shannon centroid of the rows of each code."""
    padded = np.full((size.size, int(size.max(initial=1)), probs.shape[1]), np.nan)
    order = np.argsort(code, kind="stable")
    place = np.arange(code.size) - np.repeat(np.cumsum(size) - size, size)
    padded[code[order], place] = probs[order]
    return np.asarray(jensen_shannon_centroid(padded).centroid)
