"""The made-up world of dilemmas: what the base prompt and each persona would answer.

Every number is drawn from a generator keyed by a label, or set by hand for a behaviour that the
model card states. No human figure goes in: the countries carry real names so that prompts read
naturally, and their preferences are drawn at random around one mild liking that is the same for
all six attributes.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
from embedded.draws import Vector, normal

ATTRIBUTES = ("Species", "Gender", "Age", "Fitness", "SocialValue", "Utilitarianism")
FEW = ("USA", "GBR", "DEU")
"""The few countries whose made-up preferences the base prompt exaggerates."""

MILD = 0.5
"""Gap toward the counted side that an average persona has on every attribute, in logits."""

_FEW_DEVIATION = np.array([0.35, -0.30, 0.30, -0.30, 0.30, 0.35])
_EXAGGERATION = 7.5
_BASE_BIAS, _PERSONA_BIAS = 0.8, 0.2
_SIZE_OF_COUNTRY, _SIZE_OF_LEVEL, _SIZE_OF_COHORT = 0.12, 0.18, 0.35
_NUMBERS = (0.0, 0.5, 0.9, 1.2, 1.4)
_OLD, _LARGE, _FIT = "elderly", "large", "athlete"
_HIGH, _LOW = ("executive", "doctor"), {"criminal": -0.8, "homeless_person": -0.4}


@functools.cache
def features(role: str, number: int) -> Vector:
    """Return what a group has of each attribute's counted side; the gap takes differences."""
    parts = role.split("_")
    female = {"woman", "girl", "female"} & set(parts)
    male = {"man", "boy", "male"} & set(parts)
    young = {"girl", "boy"} & set(parts)
    high = any(word in parts for word in _HIGH)
    return np.array(
        [
            0.0 if role in {"dog", "cat"} else 1.0,
            (0.5 if female else 0.0) - (0.5 if male else 0.0),
            (0.65 if young else 0.0) - (0.65 if _OLD in parts else 0.0),
            (0.65 if _FIT in parts else 0.0) - (0.65 if _LARGE in parts else 0.0),
            0.5 if high else _LOW.get(role, 0.0),
            _NUMBERS[number - 1] + (0.8 if "pregnant" in parts else 0.0),
        ]
    )


@functools.cache
def country(code: str) -> Vector:
    """Return the made-up preferences of a country, gap per unit of each feature."""
    own = normal("country", code, size=6, scale=_SIZE_OF_COUNTRY)
    return MILD + own + (_FEW_DEVIATION if code in FEW else 0.0)


@functools.cache
def cohort(introduction: str) -> Vector:
    """Return how a persona's first sentence shifts the preferences."""
    if introduction == "all":
        return np.zeros(6)
    if introduction == "utilitarian":
        return np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.6])
    return normal("cohort", introduction, size=6, scale=_SIZE_OF_COHORT)


@functools.cache
def level(variable: str, place: int) -> Vector:
    """Return how a sentence about a variable shifts the preferences."""
    slope = normal("level", variable, size=6, scale=_SIZE_OF_LEVEL)
    return slope * (1.5 - place) / 1.5


def persona(code: str, introduction: str, levels: Mapping[str, int]) -> Vector:
    """Return the preferences of a persona."""
    return country(code) + cohort(introduction) + sum(level(*item) for item in levels.items())


@functools.cache
def base() -> Vector:
    """Return the preferences of the base prompt: what sets the few apart, exaggerated."""
    few = np.mean([country(code) for code in FEW], axis=0)
    result: Vector = _EXAGGERATION * (few - MILD)
    return result


def gap(preferences: Vector, a: tuple[str, int], b: tuple[str, int], *, is_base: bool) -> float:
    """Return the log-odds of the letter B, a liking for the letter A included."""
    bias = _BASE_BIAS if is_base else _PERSONA_BIAS
    return float(preferences @ (features(*b) - features(*a)) - bias)
