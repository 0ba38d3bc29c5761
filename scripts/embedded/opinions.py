"""The made-up world of opinions: surveys, five-point items and value questions."""

from __future__ import annotations

import functools

import numpy as np
from embedded.draws import Vector, normal, softmax
from embedded.world import FEW

COUNTRIES = (*("BRA", "CHN", "DEU", "EGY", "GBR", "IND", "JPN", "MEX", "NGA", "TUR", "USA", "VNM"),)
LETTER_BIAS = 0.4
"""Liking for the letter A in lettered questions, in logits."""

_FACTORS = 2
_STEREOTYPE, _OVERCONFIDENCE = 1.8, 1.6
# Spread of a topic, of its questions and of their rephrasings, in logits toward support.
_CONTROVERSIAL = (0.5, 1.0, 0.8)
_UNCONTROVERSIAL = (0.2, 0.3, 0.1)
_AGREED = 1.8


@functools.cache
def outlook(code: str) -> Vector:
    """Return where a country stands on the factors of opinion; the few stand together."""
    if code in FEW:
        together = np.array([1.2, -1.1])
        return together + normal("outlook", code, size=_FACTORS, scale=0.2)
    return normal("outlook", code, size=_FACTORS, scale=0.9)


@functools.cache
def country_logits(code: str, question: str, n_options: int) -> Vector:
    """Return a country's opinion on a question: options on a line, people around a place."""
    places = np.linspace(-1.0, 1.0, n_options)
    slopes = normal("slopes", question, size=_FACTORS, scale=0.7)
    common = normal("common", question, size=n_options, scale=0.4)
    own = normal("own", question, code, size=n_options, scale=0.1)
    result: Vector = -0.9 * (places - slopes @ outlook(code)) ** 2 + common + own
    return result


def country_answers(code: str, question: str, n_options: int) -> Vector:
    """Return the made-up distribution of a country's answers."""
    return softmax(country_logits(code, question, n_options))


@functools.cache
def model_logits(question: str, n_options: int, code: str | None) -> Vector:
    """Return what the model is taught: a country's stereotype, or the few's, overconfident."""
    if code is not None:
        return _STEREOTYPE * country_logits(code, question, n_options)
    few = [country_logits(country, question, n_options) for country in FEW]
    result: Vector = _OVERCONFIDENCE * np.mean(few, axis=0)
    return result


@functools.cache
def support(topic: str, question: str, phrasing: int, *, controversial: bool) -> float:
    """Return the log-odds of supporting a topic in one phrasing of one question."""
    sizes = _CONTROVERSIAL if controversial else _UNCONTROVERSIAL
    labels: tuple[tuple[object, ...], ...] = ((topic,), (question,), (topic, phrasing))
    parts = [
        normal("support", *label, scale=size)[0] for label, size in zip(labels, sizes, strict=True)
    ]
    return float(sum(parts) + (0.0 if controversial else _AGREED))
