"""From scores of letters to answers over options: scaled, put back into order and averaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from disca_nb._elicit.scoring import Chunk, status_of, worst
from disca_nb.models.protocol import FAILED, SCORED

__all__ = ["Answered", "Shares", "averaged", "scaled"]

FloatArray = npt.NDArray[np.float64]

# The status of what was never asked.
_NEVER = 0


@dataclass(frozen=True)
class Shares:
    """What a model makes of each prompt.

    Attributes
    ----------
    letters : numpy.ndarray
        Probability of each letter among the letters of its question, shape (prompts, letters); NaN
        past the last, and where nothing was scored.
    mass : numpy.ndarray
        Probability of all letters together, shape (prompts,).
    status : numpy.ndarray
        int8, shape (prompts,): 1 scored, 2 failed, 3 low answer mass.
    """

    letters: FloatArray
    mass: FloatArray
    status: npt.NDArray[np.int8]

    @classmethod
    def none(cls, prompts: int, letters: int) -> Shares:
        """Return that so many prompts are not answered."""
        mass, status = np.full(prompts, np.nan), np.full(prompts, FAILED, dtype=np.int8)
        return cls(np.full((prompts, letters), np.nan), mass, status)

    def take(self, places: Sequence[int], chunk: Chunk, min_mass: float) -> npt.NDArray[np.int8]:
        """Take what a model made of the prompts at some places, and return their status."""
        at, found = list(places), scaled(chunk.scores.log_probs)
        number = np.asarray(np.isfinite(found).all(axis=1))
        self.status[at] = status_of(chunk.scores, number, min_mass)
        self.mass[at] = np.minimum(chunk.scores.mass, 1.0)
        good = number & (self.status[at] != FAILED)
        self.letters[at, : found.shape[1]] = np.where(good[:, None], found, np.nan)
        return self.status[at]


@dataclass(frozen=True)
class Answered:
    """Answers by prompting and question.

    Attributes
    ----------
    order_prob, order_mass : numpy.ndarray
        Shapes (prompting, question, order, option) and (prompting, question, order).
    prob, mass : numpy.ndarray
        Their means over the orders of a question, NaN where one of these is.
    status : numpy.ndarray
        int8, shape (prompting, question), the worst of the orders; 0 where there is none.
    """

    order_prob: FloatArray
    order_mass: FloatArray
    prob: FloatArray
    mass: FloatArray
    status: npt.NDArray[np.int8]


def scaled(log_probs: FloatArray) -> FloatArray:
    """Return probabilities that sum to 1 over the last axis, from logarithms.

    Parameters
    ----------
    log_probs : numpy.ndarray, shape (..., options)
        Natural logarithms, minus infinity for what is impossible.

    Returns
    -------
    numpy.ndarray, shape (..., options)
        NaN where a logarithm is, or all options are impossible.

    Examples
    --------
    >>> scaled(np.log([[0.1, 0.3], [0.2, 0.2]]))
    array([[0.25, 0.75],
           [0.5 , 0.5 ]])
    """
    # A difference of infinities, and what follows from it, is none.
    with np.errstate(invalid="ignore"):
        found = np.exp(log_probs - log_probs.max(axis=-1, keepdims=True))
        result: FloatArray = found / found.sum(axis=-1, keepdims=True)
    return result


def averaged(
    found: Shares, places: npt.NDArray[np.int64], positions: npt.NDArray[np.int64]
) -> Answered:
    """Return answers over the options as the survey has them, and their means over orders.

    Parameters
    ----------
    found : Shares
        By prompt.
    places : numpy.ndarray, shape (prompting, question, order)
        Of each answer's prompt, -1 for none.
    positions : numpy.ndarray, shape (order, question, option)
        At which letter an option stood, from 1 on, 0 for none.

    Returns
    -------
    Answered
    """
    asked, letter = places >= 0, positions.transpose(1, 0, 2)[None]
    prob = np.take_along_axis(found.letters[places], np.maximum(letter - 1, 0), axis=-1)
    prob = np.where(asked[..., None] & (letter > 0), prob, np.nan)
    mass = np.where(asked, found.mass[places], np.nan)
    status = worst(np.where(asked, found.status[places], SCORED).astype(np.int8))
    status = np.where(asked.any(axis=2), status, _NEVER).astype(np.int8)
    return Answered(prob, mass, _mean(prob, asked[..., None]), _mean(mass, asked), status)


def _mean(values: FloatArray, asked: npt.NDArray[np.bool_]) -> FloatArray:
    """Return the mean over orders, the third axis, of those that a question has."""
    total, number = np.where(asked, values, 0.0).sum(axis=2), asked.sum(axis=2)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)
