"""What a loader of value questions found: how much there was, by file, and what it lacked."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

import xarray as xr

from disca_nb.datasets.values._lines import Line
from disca_nb.errors import InputError, shorten

__all__ = ["ValueReport", "joined_reports", "report_of", "value_report"]


@dataclass(frozen=True)
class ValueReport:
    """What was found in files of value questions, before any filter.

    Attributes
    ----------
    name : str
        The file or folder.
    rows : int
        Lines, one for each wording.
    topics : int
        Different topics of each file as it spells them, added up over files.
    originals : int
        Different originals of each file, added up over files.
    rephrasings : int
        Lines whose question is not their original.
    files : dict
        Rows of each file.
    languages : dict
        Rows of each language.
    without_topic_english : int
        Lines that lack the topic in English.
    filled_topic_english : int
        Those among them that take it from other lines of the same topic.
    missing_topic_english : dict
        Lines that lack it, of each file where there are some.
    rephrase_disagreements : int
        Lines whose field `rephrase` is not whether the question differs from its original.

    Examples
    --------
    >>> print(ValueReport("mine", rows=3, topics=1, originals=1, rephrasings=2,
    ...                   files={"mine": 3}, languages={"en": 3}))
    mine: 3 rows, 1 topic, 1 original, 2 rephrasings
    files: mine 3
    languages: en 3
    field rephrase is not (question differs from original): 0 rows
    """

    name: str
    rows: int
    topics: int
    originals: int
    rephrasings: int
    files: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    without_topic_english: int = 0
    filled_topic_english: int = 0
    missing_topic_english: Mapping[str, int] = field(default_factory=dict)
    rephrase_disagreements: int = 0

    def __str__(self) -> str:
        """Return a few lines for people."""
        lacking = _many(self.without_topic_english, "row")
        if self.without_topic_english:
            where = shorten(_counts(self.missing_topic_english), 20)
            lacking += f" ({where}), {self.filled_topic_english:,} filled from the same topic"
        lines = [] if set(self.languages) <= {"en"} else [f"without a topic in English: {lacking}"]
        return "\n".join(
            [
                (
                    f"{self.name}: {_many(self.rows, 'row')}, {_many(self.topics, 'topic')}, "
                    f"{_many(self.originals, 'original')}, {_many(self.rephrasings, 'rephrasing')}"
                ),
                f"files: {shorten(_counts(self.files), 20)}",
                f"languages: {shorten(_counts(self.languages))}",
                *lines,
                (
                    "field rephrase is not (question differs from original): "
                    f"{_many(self.rephrase_disagreements, 'row')}"
                ),
            ]
        )

    def to_json(self) -> str:
        """Return the report as JSON text, which questions carry in their attributes.

        Examples
        --------
        >>> ValueReport.from_json(ValueReport("mine", 1, 1, 1, 0).to_json()).rows
        1
        """
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> ValueReport:
        """Return the report that `to_json` wrote.

        Raises
        ------
        InputError
            When the text is none.

        Examples
        --------
        >>> ValueReport.from_json("{}")
        Traceback (most recent call last):
            ...
        disca_nb.errors.InputError: The report is '{}', which is none; read the questions again.
        """
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            raise InputError(
                f"The report is {text[:40]!r}, which is none; read the questions again."
            ) from None


def value_report(questions: xr.Dataset) -> ValueReport:
    """Return the load report of value questions.

    Parameters
    ----------
    questions : xarray.Dataset
        What `read_value_questions` or `join_value_questions` returned, saved or not.

    Returns
    -------
    ValueReport
        Its `str` is a few lines.

    Raises
    ------
    InputError
        When the questions carry none.

    Examples
    --------
    >>> value_report(xr.Dataset())
    Traceback (most recent call last):
        ...
    disca_nb.errors.InputError: The questions have no attribute 'report'; read them again with ...
    """
    if not isinstance(questions, xr.Dataset) or "report" not in questions.attrs:
        raise InputError(
            "The questions have no attribute 'report'; read them again with "
            "disca_nb.datasets.values.read_value_questions."
        )
    return ValueReport.from_json(str(questions.attrs["report"]))


def report_of(lines: Sequence[Line], topics: Sequence[str], stem: str) -> ValueReport:
    """Return the report of one file.

    Parameters
    ----------
    lines : sequence of Line
        With their languages.
    topics : sequence of str
        The topic of each as it is shown.
    stem : str
        The file's name without its ending.
    """
    lacking = [i for i, line in enumerate(lines) if not line.topic_english]
    return ValueReport(
        stem,
        rows=len(lines),
        topics=len({line.topic for line in lines}),
        originals=len({(line.topic, line.original) for line in lines}),
        rephrasings=sum(line.question != line.original for line in lines),
        files={stem: len(lines)},
        languages=dict(Counter(line.language for line in lines)),
        without_topic_english=len(lacking),
        filled_topic_english=sum(topics[i] != lines[i].topic for i in lacking),
        missing_topic_english={stem: len(lacking)} if lacking else {},
        rephrase_disagreements=sum(
            line.rephrase is not None and line.rephrase != (line.question != line.original)
            for line in lines
        ),
    )


def joined_reports(reports: Sequence[ValueReport], name: str) -> ValueReport:
    """Return one report for several files: every count is their sum.

    Examples
    --------
    >>> both = [ValueReport(name, 2, 1, 1, 1, files={name: 2}) for name in "ab"]
    >>> joined_reports(both, "both").rows, joined_reports(both, "both").files
    (4, {'a': 2, 'b': 2})
    """
    first, *others = reports
    whole = asdict(first)
    for other in others:
        for key, found in asdict(other).items():
            if isinstance(found, dict):
                whole[key] = dict(Counter(whole[key]) + Counter(found))
            elif key != "name":
                whole[key] += found
    return ValueReport(**{**whole, "name": name})


def _counts(counts: Mapping[str, int]) -> list[str]:
    """Return names with their counts."""
    return [f"{name} {count:,}" for name, count in counts.items()]


def _many(count: int, what: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {what if count == 1 else what + 's'}"
