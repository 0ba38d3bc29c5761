"""What a loader of surveys found in a file: how much there was, what was left out, and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import xarray as xr

from disca_nb.errors import InputError, shorten

__all__ = ["EXAMPLES", "UNKNOWN_COUNTRY", "Finding", "Report", "finding", "report"]

EXAMPLES = 3
"""How many examples of a suspicious thing are kept."""

UNKNOWN_COUNTRY = "label that is no known country's"
"""What a report calls labels that `country_names` does not know."""


@dataclass(frozen=True)
class Finding:
    """How often something suspicious was met, and the first examples.

    Attributes
    ----------
    count : int
        How often.
    examples : tuple of str
        The first ones, at most three.
    """

    count: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """What a loader found; the counts are of the file as read, before anything was left out.

    Attributes
    ----------
    name : str
        The file, or what the bank is called.
    rows : int
        Rows of the file.
    questions, countries, cells : int
        Questions, labels of countries or samples, and pairs of the two with shares (with groups,
        triples).
    surveys : dict
        Questions of each survey.
    mismatches : int
        Cells with another number of shares than options: 0, as such a file is refused.
    renormalised : int
        Cells whose shares were off the sum 1 by more than 1e-6 and were scaled to it.
    dropped : dict
        Reason and how much of it was left out.
    suspicious : dict
        Reason and `Finding`: kept, but worth a look.
    kept_questions, kept_cells : int
        What is left in the bank.
    removed_share : float
        Mean over the cells of the share of answers that went with removed options.

    Examples
    --------
    >>> print(Report("mine.csv", rows=4, questions=2, countries=1, cells=2, kept_questions=1,
    ...              kept_cells=1, dropped={"question without a text": 1}))
    mine.csv: 4 rows, 2 questions, 1 country, 2 cells; kept 1 question and 1 cell
    surveys: none
    cells with another number of shares than options: 0
    renormalised: 0 cells
    dropped: question without a text 1
    suspicious: nothing
    """

    name: str
    rows: int
    questions: int
    countries: int
    cells: int
    surveys: Mapping[str, int] = field(default_factory=dict)
    mismatches: int = 0
    renormalised: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    suspicious: Mapping[str, Finding] = field(default_factory=dict)
    kept_questions: int = 0
    kept_cells: int = 0
    removed_share: float = 0.0

    def __str__(self) -> str:
        """Return a few lines for people."""
        read = (
            f"{_many(self.rows, 'row')}, {_many(self.questions, 'question')}, "
            f"{_many(self.countries, 'country')}, {_many(self.cells, 'cell')}"
        )
        kept = f"{_many(self.kept_questions, 'question')} and {_many(self.kept_cells, 'cell')}"
        surveys = shorten(f"{name} {_number(count)}" for name, count in self.surveys.items())
        dropped = "; ".join(f"{why} {_number(count)}" for why, count in self.dropped.items())
        lines = [
            f"{self.name}: {read}; kept {kept}",
            f"surveys: {surveys}",
            f"cells with another number of shares than options: {_number(self.mismatches)}",
            f"renormalised: {_many(self.renormalised, 'cell')}",
            f"dropped: {dropped or 'nothing'}",
            *(
                [f"answers removed per cell, mean: {share:.1%}"]
                if (share := self.removed_share)
                else []
            ),
            f"suspicious: {'; '.join(map(_finding, self.suspicious.items())) or 'nothing'}",
        ]
        return "\n".join(lines)

    def to_json(self) -> str:
        """Return the report as JSON text, which a bank carries in its attributes.

        Examples
        --------
        >>> Report.from_json(Report("mine", 1, 1, 1, 1).to_json()).rows
        1
        """
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Report:
        """Return the report that `to_json` wrote.

        Raises
        ------
        InputError
            When the text is none.

        Examples
        --------
        >>> Report.from_json("{}")
        Traceback (most recent call last):
            ...
        disca_nb.errors.InputError: The report is '{}', which is none; load the survey again.
        """
        try:
            fields = json.loads(text)
            found = {
                why: Finding(int(each["count"]), tuple(each["examples"]))
                for why, each in fields.pop("suspicious").items()
            }
            return cls(**fields, suspicious=found)
        except (ValueError, TypeError, KeyError, AttributeError):
            short = text if len(text) <= 40 else f"{text[:40]}…"
            raise InputError(
                f"The report is {short!r}, which is none; load the survey again."
            ) from None

    def but(
        self,
        *,
        dropped: Mapping[str, int] | None = None,
        suspicious: Mapping[str, Finding] | None = None,
        **changes: Any,  # noqa: ANN401 - any other field
    ) -> Report:
        """Return the report with some fields changed; counts in `dropped` are added up.

        Examples
        --------
        >>> Report("mine", 1, 1, 1, 1).but(dropped={"all shares zero": 2}).dropped
        {'all shares zero': 2}
        """
        dropped = Counter(self.dropped) + Counter(dropped or {})
        found = {**self.suspicious, **(suspicious or {})}
        return replace(self, **changes, dropped=dict(dropped), suspicious=found)


def report(bank: xr.Dataset) -> Report:
    """Return the load report of a bank.

    Parameters
    ----------
    bank : xarray.Dataset
        A bank that one of this package's loaders returned, saved and opened again or not.

    Returns
    -------
    Report
        Its `str` is a few lines.

    Raises
    ------
    InputError
        When the bank carries none.

    Examples
    --------
    >>> report(xr.Dataset())
    Traceback (most recent call last):
        ...
    disca_nb.errors.InputError: The bank has no attribute 'report'; load it with disca_nb.datasets.surveys.
    """  # noqa: E501 - the example's line is the message
    if "report" not in bank.attrs:
        raise InputError(
            "The bank has no attribute 'report'; load it with disca_nb.datasets.surveys."
        )
    return Report.from_json(str(bank.attrs["report"]))


def finding(examples: Iterable[object]) -> Finding:
    """Return a finding of all examples, with the first ones kept.

    Examples
    --------
    >>> finding("abcde")
    Finding(count=5, examples=('a', 'b', 'c'))
    """
    texts = [str(example) for example in examples]
    return Finding(len(texts), tuple(texts[:EXAMPLES]))


def _finding(item: tuple[str, Finding]) -> str:
    """Return a finding in words."""
    why, found = item
    some = f" ({shorten(found.examples)})" if found.examples else ""
    return f"{why} {_number(found.count)}{some}"


def _many(count: int, what: str) -> str:
    """Return a count with its noun."""
    plural = what[:-1] + "ies" if what.endswith("y") else what + "s"
    return f"{_number(count)} {what if count == 1 else plural}"


def _number(count: int) -> str:
    """Return a whole number with commas."""
    return f"{count:,}"
