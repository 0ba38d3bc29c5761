"""From the likeliest tokens that a server returns to options, some of them not among these."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from disca_nb.errors import InputError, shorten, unknown_name
from disca_nb.models.protocol import FAILED, SCORED, OptionScores

__all__ = ["POLICIES", "Missing", "check_policy", "option_probabilities", "top_k_scores"]

Missing: TypeAlias = Literal["error", "zero", "bound"]
"""What becomes of an option that is not among the returned tokens."""

POLICIES: tuple[Missing, ...] = get_args(Missing)
"""All of them."""

# Servers round: by so much a probability, or the sum of all, may lie above one.
_ROUNDING = 1e-4


def top_k_scores(
    returned: Sequence[Mapping[str, float]], options: Sequence[str], *, missing: Missing = "error"
) -> OptionScores:
    """Return scores of options from the log-probabilities of the likeliest tokens.

    Parameters
    ----------
    returned : sequence of mapping
        For each prompt the natural logarithm of the probability of each returned token.
    options : sequence of str
        The options, such as the letters from A on.
    missing : {"error", "zero", "bound"}
        What an option counts as that is not among the tokens, as for `option_probabilities`.

    Returns
    -------
    OptionScores
        ``log_probs`` of raw probabilities, minus infinity for 0; ``mass`` of the returned options
        alone, without what a policy put in. Prompts without any of the options have failed.

    Raises
    ------
    InputError
        When an option is missing and the policy is ``"error"``, or a number is no logarithm of a
        probability.
    UnknownNameError
        For another policy.

    Examples
    --------
    >>> tokens = {"A": np.log(0.6), " B": np.log(0.25), "The": np.log(0.1)}
    >>> scores = top_k_scores([tokens], ["A", "B", "C"], missing="bound")
    >>> np.exp(scores.log_probs).round(3), scores.mass.round(2)
    (array([[0.6 , 0.25, 0.05]]), array([0.85]))
    """
    check_policy(missing)
    found = np.full((len(returned), len(options)), np.nan)
    mass = np.zeros(len(returned))
    for i, tokens in enumerate(returned):
        plain = {token: _exp(token, value) for token, value in tokens.items()}
        found[i], mass[i] = option_probabilities(plain, options, missing=missing)
    status = np.where(np.isnan(found).any(axis=1), FAILED, SCORED).astype(np.int8)
    with np.errstate(divide="ignore"):
        return OptionScores(np.log(found), mass, status)


def option_probabilities(
    tokens: Mapping[str, float], options: Sequence[str], *, missing: Missing = "error"
) -> tuple[npt.NDArray[np.float64], float]:
    """Return the probabilities of options among the likeliest tokens after one prompt.

    A token counts for the option that it is once blanks around it are gone, and tokens of the same
    option are added up.

    Parameters
    ----------
    tokens : mapping
        The raw probability of each returned token, other tokens than options included.
    options : sequence of str
        The options.
    missing : {"error", "zero", "bound"}
        What an option counts as that is not among the tokens: an error; probability 0; or the most
        that it can have, which is the least returned probability or what all returned ones leave
        of 1, whichever is less.

    Returns
    -------
    probabilities : numpy.ndarray, shape (options,)
        Raw, not scaled to sum 1. NaN for all where none of the options was returned, since bounds
        alone say nothing.
    mass : float
        Probability of the returned options together, without what a policy put in.

    Raises
    ------
    InputError
        When an option is missing and the policy is ``"error"``, or numbers are no probabilities.
    UnknownNameError
        For another policy.

    Examples
    --------
    >>> option_probabilities({"A": 0.75, "B": 0.125}, ["A", "B", "C"], missing="bound")
    (array([0.75 , 0.125, 0.125]), 0.875)
    >>> option_probabilities({"A": 0.75, "B": 0.125}, ["A", "B", "C"], missing="zero")
    (array([0.75 , 0.125, 0.   ]), 0.875)
    """
    check_policy(missing)
    raw = [_checked(token, value) for token, value in tokens.items()]
    if (total := math.fsum(raw)) > 1.0 + _ROUNDING:
        raise InputError(
            f"The returned probabilities sum to {total:.6g}; give raw probabilities of different "
            "tokens, or natural logarithms of them, which sum to at most 1."
        )
    names = [token.strip() for token in tokens]
    parts = [[p for name, p in zip(names, raw, strict=True) if name == each] for each in options]
    absent = [each for each, part in zip(options, parts, strict=True) if not part]
    if absent and missing == "error":
        raise InputError(
            f"Among the {len(raw)} returned tokens is none for {shorten(map(repr, absent))}; ask "
            "for more tokens, or choose 'zero' or 'bound' for those that lack; returned were "
            f"{shorten(map(repr, names), 5)}."
        )
    mass = min(math.fsum(p for part in parts for p in part), 1.0)
    if len(absent) == len(options):
        return np.full(len(options), np.nan), mass
    bound = max(0.0, min(*raw, 1.0 - total)) if missing == "bound" else 0.0
    return np.array([min(math.fsum(part), 1.0) if part else bound for part in parts]), mass


def check_policy(missing: object) -> None:
    """Raise unless it is a policy for options that are not returned.

    Parameters
    ----------
    missing : object
        What was given.

    Raises
    ------
    UnknownNameError
        When it is none.

    Examples
    --------
    >>> check_policy("bound")
    """
    if missing not in POLICIES:
        raise unknown_name("policy for missing options", missing, POLICIES)


def _exp(token: str, value: object) -> float:
    """Return the probability of a token, or say that its logarithm is none."""
    number = _number(value)
    # NaN is at most nothing.
    if not number <= _ROUNDING:
        raise InputError(
            f"The log-probability of {token!r} is {value!r}; it must be a number of at most 0."
        )
    return min(math.exp(number), 1.0)


def _checked(token: str, value: object) -> float:
    """Return the probability of a token, or say that it is none."""
    number = _number(value)
    if not 0.0 <= number <= 1.0 + _ROUNDING:
        raise InputError(f"The probability of {token!r} is {value!r}; it must lie in 0 to 1.")
    return number


def _number(value: object) -> float:
    """Return a value as a number, NaN for what is none, as true and false are."""
    return math.nan if isinstance(value, bool) or not isinstance(value, Real) else float(value)
