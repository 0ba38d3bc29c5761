"""What a language model must be able to do: say how likely each answer to a prompt is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from disca_nb.errors import InputError
from disca_nb.prompts import Prompt

__all__ = ["FAILED", "LOW_MASS", "SCORED", "LanguageModel", "OptionScores", "ScoringPlan"]

SCORED, FAILED, LOW_MASS = 1, 2, 3
"""Values of ``status``, as the registry has them."""


@dataclass(frozen=True)
class OptionScores:
    """How likely each option is as the answer to each prompt.

    Attributes
    ----------
    log_probs : numpy.ndarray
        Natural logarithms of the options' probabilities, float64, shape (prompts, options); NaN
        where nothing was scored.
    mass : numpy.ndarray
        Probability of the options together, float64, shape (prompts,).
    status : numpy.ndarray
        int8, shape (prompts,): 1 scored, 2 failed, 3 low answer mass or no place for an answer.

    Raises
    ------
    InputError
        When the shapes do not belong together, or a status is another number.

    Examples
    --------
    >>> OptionScores.of([[-0.1, -3.0]]).mass.round(2)
    array([0.95])
    """

    log_probs: npt.NDArray[np.float64]
    mass: npt.NDArray[np.float64]
    status: npt.NDArray[np.int8]

    def __post_init__(self) -> None:
        rows = self.log_probs.shape[:1]
        if self.log_probs.ndim != 2 or self.mass.shape != rows or self.status.shape != rows:
            shapes = f"{self.log_probs.shape}, {self.mass.shape} and {self.status.shape}"
            raise InputError(
                f"log_probs, mass and status have shapes {shapes}; they must be (prompts, options) "
                "and twice (prompts,)."
            )
        known = np.isin(self.status, (SCORED, FAILED, LOW_MASS))
        if not known.all():
            found = self.status[~known][0]
            raise InputError(f"A status is {found}; it must be 1 scored, 2 failed or 3 low mass.")

    @classmethod
    def of(
        cls, log_probs: npt.ArrayLike, *, answerable: npt.NDArray[np.bool_] | None = None
    ) -> OptionScores:
        """Return scores whose mass is that of the options and whose status follows.

        Parameters
        ----------
        log_probs : array_like
            Shape (prompts, options). A row with a value that is no number has failed.
        answerable : numpy.ndarray, optional
            Whether a prompt leads to an answer, shape (prompts,); status 3 where it does not.

        Returns
        -------
        OptionScores

        Raises
        ------
        InputError
            When ``log_probs`` has other than two dimensions, or holds no probabilities.
        """
        values = np.asarray(log_probs, dtype=np.float64)
        if values.ndim != 2:
            raise InputError(
                f"log_probs has the shape {values.shape}; it must be (prompts, options)."
            )
        # Rounding may leave a probability a hair above one.
        if (high := values[values > 1e-6]).size:
            raise InputError(
                f"log_probs holds {high[0]:g}; the logarithm of a probability is at most 0, so "
                "normalise logits over all tokens first."
            )
        # An option may be impossible (minus infinity), but then it has no logit gap either.
        good: npt.NDArray[np.bool_] = np.asarray(np.isfinite(values).all(axis=1))
        values = np.where(good[:, None], values, np.nan)
        status = np.where(good, SCORED, FAILED).astype(np.int8)
        if answerable is not None:
            status[~answerable] = LOW_MASS
        # Rounding may leave the sum a hair above one.
        return cls(values, np.minimum(np.exp(values).sum(axis=1), 1.0), status)


@runtime_checkable
class LanguageModel(Protocol):
    """Anything that scores options: the package's own backends, or an object of yours.

    Attributes
    ----------
    name : str
        Label along the dimension ``model``.
    manifest : mapping
        What is needed to run the same again, as JSON can hold it: model, revision, hashes of
        tokenizer and chat template, number format, versions. Never a key. A run that was stopped
        goes on where name and manifest are the same, so put a version of your own into it.

    Notes
    -----
    A prompt is a `disca_nb.prompts.Prompt` with ``system``, ``user`` and ``prefix``.

    ``score`` is called several times, with the longest prompts first. A model may also have
    ``plan(prompts, options)`` that returns a `ScoringPlan` of all prompts of a run: it then chooses
    itself which of them it scores together.

    Examples
    --------
    >>> class Firm:
    ...     name, manifest = "firm", {"notice": "always A"}
    ...
    ...     def score(self, prompts, options):
    ...         return OptionScores.of([[-0.1, -3.0]] * len(prompts))
    >>> isinstance(Firm(), LanguageModel)
    True
    """

    @property
    def name(self) -> str:
        """Label along the dimension ``model``."""

    @property
    def manifest(self) -> Mapping[str, object]:
        """What is needed to run the same again."""

    def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
        """Return how likely each option is as the answer to each prompt."""


@runtime_checkable
class ScoringPlan(Protocol):
    """How a model will score the prompts of a run: in chunks, one after the other.

    Attributes
    ----------
    chunks : sequence of sequence of int
        Positions of the prompts that are scored together, each prompt in one chunk. The same
        prompts must give the same chunks again, as a run that was stopped goes on between them.
    manifest : mapping
        What the chunks follow from, as JSON can hold it.

    Notes
    -----
    A plan that reads fewer rows together once memory has run out may say how many by an attribute
    ``rows_at_once``, None before. It is kept with each chunk, and set before a run goes on.
    """

    @property
    def chunks(self) -> Sequence[Sequence[int]]:
        """Positions of the prompts that are scored together."""

    @property
    def manifest(self) -> Mapping[str, object]:
        """What the chunks follow from."""

    def describe(self) -> str:
        """Return what will be done, in a few lines."""

    def score(self, chunk: int) -> OptionScores:
        """Return how likely each option is, in the order of ``chunks[chunk]``."""
