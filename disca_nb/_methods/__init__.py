"""The methods paragraphs of a paper, written from what a result says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import xarray as xr

from disca_nb._methods.bibliography import bibtex
from disca_nb._methods.evaluation import evaluation
from disca_nb._methods.facts import facts_of
from disca_nb._methods.limits import limits
from disca_nb._methods.steering import data, software, steering
from disca_nb.errors import InputError
from disca_nb.metrics.audit_report import Audit, ModelAudit

__all__ = ["Methods", "methods"]

# Colours come from the page.
_STYLE = "color:inherit;background:none"
_OF_OPINIONS = frozenset({"answer_prob", "shift", "similarity", "survey_share"})
_OF_VALUES = frozenset(
    {"inconsistency", "inconsistency_difference", "stance_prob", "value_shift", "variance"}
)
_PARAGRAPHS = (data, steering, evaluation, limits, software)


@dataclass(frozen=True, repr=False)
class Methods:
    """Methods paragraphs and the works that they cite. Shows itself as text and as HTML.

    Attributes
    ----------
    text : str
        Paragraphs with an empty line between them; keys of works stand in brackets.
    bibtex : str
        The entries of exactly these works.
    """

    text: str
    bibtex: str

    def __str__(self) -> str:
        return f"{self.text}\n\n{self.bibtex}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return text and entries as HTML; everything is escaped."""
        paragraphs = "".join(f"<p>{escape(part)}</p>" for part in self.text.split("\n\n"))
        entries = f'<pre style="{_STYLE};white-space:pre-wrap">{escape(self.bibtex)}</pre>'
        return f'<section style="{_STYLE}">{paragraphs}{entries}</section>'


def methods(results: xr.Dataset | Audit | ModelAudit) -> Methods:
    """Write the methods paragraphs of a paper from what a result says of itself.

    Parameters
    ----------
    results : xarray.Dataset, Audit or ModelAudit
        Gaps, what `disca_nb.steer`, `alignment`, `compare` or `macro` returned, or what
        `disca_nb.audit` did. Scores by country are averaged as `macro` does by default, which
        computes chunked ones.

    Returns
    -------
    paragraphs : Methods
        ``text`` and ``bibtex``. Every sentence ends with the attributes, labels or variables that
        it rests on, or with the work that it cites, and is left out where the result has none.
        Versions are those that write the text, as results do not keep those that made them.

    Raises
    ------
    InputError
        When the dataset does not validate, is of survey or value answers, or an audit
        holds no model.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> print(methods(panel).text.splitlines()[0])
    The result holds 1 model (synthetic-demo), 2 countries (JPN, USA) and 96 scenarios (labels...
    """
    if isinstance(results, xr.Dataset) and (found := _OF_OPINIONS & set(results.data_vars)):
        raise InputError(
            f"The result holds {min(map(str, found))}, and methods paragraphs are written of "
            "dilemmas alone; disca_nb.metrics.opinions.describe(result) says in words what "
            "representation, steering_shift and the like found."
        )
    if isinstance(results, xr.Dataset) and (found := _OF_VALUES & set(results.data_vars)):
        raise InputError(
            f"The result holds {min(map(str, found))}, and methods paragraphs are written of "
            "dilemmas alone; disca_nb.metrics.values has describe_consistency and "
            "describe_components, which say in words what was found."
        )
    facts = facts_of(results)
    paragraphs = [list(rule(facts)) for rule in _PARAGRAPHS]
    text = "\n\n".join(" ".join(map(str, lines)) for lines in paragraphs if lines)
    cited = [key for lines in paragraphs for line in lines for key in line.cites]
    return Methods(text, bibtex(cited))
