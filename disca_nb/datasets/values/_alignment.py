"""Which questions are the same in several languages, and topics that must be told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import pandas as pd
import xarray as xr

__all__ = ["Row", "aligned_questions", "plain_rows", "shared_names"]

_COLUMNS = (
    *("country", "controversial", "language", "other"),
    *("shared", "alone", "other_alone", "exchanged"),
)


class Row(NamedTuple):
    """What alignment needs of a wording.

    Attributes
    ----------
    kind : tuple of (bool, str)
        Whether the topic is controversial, and the country: only wordings of one kind align.
    language : str
        BCP 47.
    topic, key : str
        The topic without what tells it from others, and the question within it.
    """

    kind: tuple[bool, str]
    language: str
    topic: str
    key: str


def plain_rows(questions: xr.Dataset) -> list[Row]:
    """Return what alignment needs of value questions, wording by wording."""
    names = ("controversial", "wording_country", "wording_language", "topic_name", "value_question")
    columns = [questions[name].values.tolist() for name in names]
    return [
        Row(
            (controversial, country),
            language,
            topic.removesuffix(_suffix(controversial, country)),
            question.removeprefix(f"{topic}/"),
        )
        for controversial, country, language, topic, question in zip(*columns, strict=True)
    ]


def shared_names(rows: Sequence[Row]) -> tuple[list[str], list[str]]:
    """Return names of topics and questions that are the same in all languages.

    A topic takes the name that it has in the first language whose questions it holds; one name of
    two kinds or countries is told apart by these, in parentheses.

    Parameters
    ----------
    rows : sequence of Row
        Wordings.

    Returns
    -------
    topics, questions : list of str

    Examples
    --------
    >>> en, de = ((True, ""), "en", "Tea", "1"), ((True, ""), "de", "Tee", "1")
    >>> shared_names([Row(*en), Row(*de)])
    (['Tea', 'Tea'], ['Tea/1', 'Tea/1'])
    >>> far = Row((True, "JPN"), "en", "Tea", "1")
    >>> shared_names([Row(*en), far])[1]
    ['Tea (controversial)/1', 'Tea (controversial, JPN)/1']
    """
    renamed = _renamed(rows)
    topics = [renamed.get(row[:3], row.topic) for row in rows]
    kinds: dict[str, set[tuple[bool, str]]] = defaultdict(set)
    for row, topic in zip(rows, topics, strict=True):
        kinds[topic].add(row.kind)
    full = [
        topic + _suffix(*row.kind) if len(kinds[topic]) > 1 else topic
        for row, topic in zip(rows, topics, strict=True)
    ]
    return full, [f"{topic}/{row.key}" for topic, row in zip(full, rows, strict=True)]


def aligned_questions(questions: xr.Dataset) -> pd.DataFrame:
    """Return how many value questions each two languages share.

    Parameters
    ----------
    questions : xarray.Dataset
        As `read_value_questions` returns.

    Returns
    -------
    pandas.DataFrame
        One row for each country and kind of topics and two of its languages: ``country``,
        ``controversial``, ``language``, ``other``, ``shared`` (questions in both), ``alone``
        (those in `language` only), ``other_alone``, and ``exchanged``: shared questions whose
        originals have the stances of their options in another order. Those are aligned by
        stance; they may also hide a mistake of translation.

    Examples
    --------
    >>> from disca_nb.datasets.values._building import from_lines
    >>> from disca_nb.datasets.values._lines import Line
    >>> pair = (("yes", "supports"), ("no", "opposes"))
    >>> lines = [Line(k, "Tea", "Tea?", "Tea?", pair, language=code, translation_of="1")
    ...          for k, code in enumerate(["en", "de"])]
    >>> aligned_questions(from_lines(lines, "mine"))[["language", "other", "shared"]]
      language other  shared
    0       en    de       1
    """
    held: dict[tuple[bool, str], dict[str, dict[str, list[str]]]] = {}
    names = ("controversial", "wording_country", "wording_language", "value_question", "phrasing")
    columns = [questions[name].values.tolist() for name in names]
    stances = questions["option_stance"].transpose("wording", "option").values.tolist()
    for controversial, country, language, question, phrasing, each in zip(
        *columns, stances, strict=True
    ):
        found = held.setdefault((controversial, country), {}).setdefault(language, {})
        if phrasing == 0 or question not in found:
            found[question] = [stance for stance in each if stance]
    rows = [
        _pair(kind, (a, languages[a]), (b, languages[b]))
        for kind, languages in held.items()
        for a, b in combinations(languages, 2)
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _pair(
    kind: tuple[bool, str],
    one: tuple[str, dict[str, list[str]]],
    other: tuple[str, dict[str, list[str]]],
) -> tuple[object, ...]:
    """Return a row of `aligned_questions`."""
    shared = one[1].keys() & other[1].keys()
    exchanged = sum(one[1][question] != other[1][question] for question in shared)
    alone = (len(one[1]) - len(shared), len(other[1]) - len(shared))
    return (kind[1], kind[0], one[0], other[0], len(shared), *alone, exchanged)


def _renamed(rows: Sequence[Row]) -> dict[tuple[object, ...], str]:
    """Return the shared name of each topic that has another one in its language."""
    topics: dict[tuple[bool, str], dict[str, dict[str, set[str]]]] = {}
    for row in rows:
        of_kind = topics.setdefault(row.kind, {})
        of_kind.setdefault(row.language, {}).setdefault(row.topic, set()).add(row.key)
    names: dict[tuple[object, ...], str] = {}
    for kind, languages in topics.items():
        known: dict[str, set[str]] = defaultdict(set)
        for language, held in languages.items():
            for topic, keys in held.items():
                found = set().union(*(known[key] for key in keys))
                # Two topics of one language stay two, whatever their questions translate.
                if len(found) == 1 and not found & held.keys():
                    names[kind, language, topic] = found.pop()
            for topic, keys in held.items():
                for key in keys:
                    known[key].add(names.get((kind, language, topic), topic))
    return names


def _suffix(controversial: bool, country: str) -> str:
    """Return what tells a topic from one of the same name of another kind or country."""
    kind = "controversial" if controversial else "uncontroversial"
    return f" ({kind}, {country})" if country else f" ({kind})"
