"""Sentences on limits: only those that apply to the result."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from disca_nb._methods.bibliography import AWAD, DISCA
from disca_nb._methods.elicitation import elicitation_limits
from disca_nb._methods.evaluation import finite
from disca_nb._methods.facts import Facts, Sentence, clean
from disca_nb._methods.steering import anonymous, from_moral_machine
from disca_nb.errors import shorten

__all__ = ["limits"]

_FEW_COUNTRIES = 5
# As in an audit's findings: above this noise alone looks worse than a mean of other countries.
_NOISY = 0.1
_SCORED = 1


def limits(facts: Facts) -> Iterator[Sentence]:
    """Say what the result cannot show."""
    yield from _of_data(facts)
    yield from _of_steering(facts)
    yield from _of_scores(facts)
    yield from _of_means(facts)
    yield from _of_targets(facts)
    for report in facts.reports:
        if report.oracles:
            listed = clean(shorten(report.oracles))
            text = f"Oracles of {clean(report.model)} were fitted on the countries that they are "
            yield Sentence(f"{text}scored on and are no rivals: {listed}", "audit.oracles")


def _of_data(facts: Facts) -> Iterator[Sentence]:
    """Limits of the panel."""
    if re.search(r"\bsynthetic\b", facts.attr("source"), re.IGNORECASE):
        text = "Data that their source calls synthetic are no evidence on any real model or country"
        yield Sentence(text, "attribute source")
    yield from elicitation_limits(facts)
    if anonymous(facts):
        text = "Which persona is which is not known, so none stands for a group of people"
        yield Sentence(text, "labels of persona")
    if "status" in facts.data and facts.data["status"].chunks is None:
        status = facts.data["status"].values
        if missing := int((status != _SCORED).sum()):
            text = f"{missing:,} of {status.size:,} cells have no score and count in no mean"
            yield Sentence(text, "variable status")


def _of_steering(facts: Facts) -> Iterator[Sentence]:
    """Limits of the method."""
    if "released+ema" in facts.variants:
        text = "The moving average of 'released+ema' makes decisions depend on the order of the "
        yield Sentence(f"{text}scenarios and shrinks them toward one half", "variant", (DISCA,))
    if "reported" in facts.variants:
        text = "Where the log is the released code's, its decisions depend on the order of the "
        text += "scenarios and are shrunk toward one half by a moving average"
        yield Sentence(text, "variant", (DISCA,))
    if facts.method == "monte-carlo":
        text = "Passes at random have sampling noise, and another seed gives other decisions"
        yield Sentence(text, "attribute method")


def _of_scores(facts: Facts) -> Iterator[Sentence]:
    """Limits of the scores themselves."""
    if facts.means is None:
        return
    text = "The score does not tell an offset common to all countries from knowledge of any one, "
    yield Sentence(f"{text}and is to be read beside its floors", "variable mis")
    if facts.has("pearson_r", "spearman_r") and (attributes := facts.attr("attributes")):
        text = f"Correlations rest on {attributes.count(',') + 1} points, one for each attribute"
        yield Sentence(text, "variables pearson_r, spearman_r; attribute attributes")


def _of_means(facts: Facts) -> Iterator[Sentence]:
    """Limits of means over countries."""
    means = facts.means
    if means is None:
        return
    if finite(means, "mis_leave_one_out"):
        text = "The mean of the other countries' people is of the countries in this result, and "
        yield Sentence(f"{text}another choice of them changes it", "variable mis_leave_one_out")
    few = "n_countries" in means and int(means["n_countries"].min()) < _FEW_COUNTRIES
    if few and finite(means, "mis_low"):
        text = "With so few countries intervals are little more than the range of the values, and "
        yield Sentence(f"{text}too narrow", "variable n_countries")


def _of_targets(facts: Facts) -> Iterator[Sentence]:
    """Limits of the human preferences."""
    if from_moral_machine(facts):
        text = "The Moral Machine's respondents are self-selected visitors of a website and its "
        text += "dilemmas are about sacrificing lives: a low misalignment is no cultural "
        yield Sentence(f"{text}understanding", "attribute targets", (AWAD,))
    if "noise_ceiling" not in facts.data or "country" not in facts.data["noise_ceiling"].dims:
        return
    ceiling = facts.data["noise_ceiling"]
    values = ceiling.max([dim for dim in ceiling.dims if dim != "country"]).values
    names = np.array(facts.labels("country"))
    if noisy := names[values > _NOISY].tolist():
        text = f"Errors of the targets alone would cost a perfect model more than {_NOISY}"
        yield Sentence(f"{text} in {shorten(noisy)}", "variable noise_ceiling")
    if unknown := names[np.isnan(values)].tolist():
        text = f"Without standard errors there is no noise ceiling of {shorten(unknown)}"
        yield Sentence(text, "variable noise_ceiling")
