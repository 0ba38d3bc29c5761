"""From prompts to scores and gaps: a model's plan, chunk by chunk."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from disca_nb._elicit.progress import Counter, Follow, telling
from disca_nb.errors import InputError
from disca_nb.models.protocol import (
    FAILED,
    LOW_MASS,
    SCORED,
    LanguageModel,
    OptionScores,
    ScoringPlan,
)
from disca_nb.prompts import Prompt

__all__ = ["Answers", "Chunk", "answers", "carry_out", "plan_of", "status_of", "worst"]

# Prompts that a model without a plan of its own is handed at once.
_CHUNK = 64
# From good to bad.
_SEVERITY = (SCORED, LOW_MASS, FAILED)


@dataclass(frozen=True)
class Chunk:
    """What a model made of the prompts of one chunk, in their order.

    Attributes
    ----------
    scores : OptionScores
        As the model gave them.
    seconds : float
        How long it took.
    rows_at_once : int, optional
        Of a plan that says so, the most rows that it reads together since memory ran out.
    """

    scores: OptionScores
    seconds: float
    rows_at_once: int | None = None


@dataclass(frozen=True)
class Answers:
    """What a model makes of each prompt; all arrays have the shape (prompts,).

    Attributes
    ----------
    gaps : numpy.ndarray
        Log-probability of the second option minus that of the first, a finite number or NaN.
    mass : numpy.ndarray
        Probability of both options together.
    status : numpy.ndarray
        1 scored, 2 failed, 3 low answer mass.
    seconds : numpy.ndarray
        Time of the prompt's chunk, divided by the prompts in it.
    """

    gaps: npt.NDArray[np.float64]
    mass: npt.NDArray[np.float64]
    status: npt.NDArray[np.int8]
    seconds: npt.NDArray[np.float64]

    @classmethod
    def none(cls, number: int) -> Answers:
        """Return that so many prompts are not answered."""
        gaps, mass, seconds = np.full((3, number), np.nan)
        return cls(gaps, mass, np.full(number, FAILED, np.int8), seconds)

    def take(self, places: Sequence[int], chunk: Chunk, min_mass: float) -> npt.NDArray[np.int8]:
        """Take what a model made of the prompts at some places, and return their status."""
        at = list(places)
        self.gaps[at], self.status[at] = _gaps(chunk.scores, min_mass)
        self.mass[at] = np.minimum(chunk.scores.mass, 1.0)
        self.seconds[at] = chunk.seconds / len(at)
        return self.status[at]


class _Calls:
    """The plan of a model that has none: as many calls as needed, the longest prompts first.

    So a prompt that is too long is among the first that a model is handed, not among the last.
    """

    def __init__(
        self, model: LanguageModel, prompts: Sequence[Prompt], options: Sequence[str]
    ) -> None:
        self._model, self._prompts, self._options = model, prompts, options
        order = sorted(range(len(prompts)), key=lambda i: -len(prompts[i].system + prompts[i].user))
        self.chunks = tuple(
            tuple(order[start : start + _CHUNK]) for start in range(0, len(order), _CHUNK)
        )

    @property
    def manifest(self) -> Mapping[str, object]:
        """What the chunks follow from."""
        return {"chunks": len(self.chunks), "prompts_at_once": _CHUNK}

    def describe(self) -> str:
        """Return how often the model is called."""
        return (
            f"{len(self._prompts):,} prompts, up to {_CHUNK} in a call. The model says nothing of "
            "tokens, memory and time."
        )

    def score(self, chunk: int) -> OptionScores:
        """Return the scores of a chunk."""
        return self._model.score([self._prompts[i] for i in self.chunks[chunk]], self._options)


def plan_of(model: LanguageModel, prompts: Sequence[Prompt], options: Sequence[str]) -> ScoringPlan:
    """Return a model's own plan for prompts, or one of plain calls.

    Parameters
    ----------
    model : LanguageModel
        Who will be asked.
    prompts : sequence of Prompt
        What.
    options : sequence of str
        The labels.

    Returns
    -------
    ScoringPlan

    Raises
    ------
    InputError
        When the model's plan is none, or leaves out a prompt.
    """
    own = getattr(model, "plan", None)
    if own is None:
        return _Calls(model, prompts, options)
    plan = own(prompts, options)
    if not isinstance(plan, ScoringPlan):
        kind = type(plan).__name__
        raise InputError(f"The model {model.name!r} planned a {kind}; return a ScoringPlan.")
    places = sorted(i for chunk in plan.chunks for i in chunk)
    if places != list(range(len(prompts))) or not all(map(len, plan.chunks)):
        raise InputError(
            f"The plan of the model {model.name!r} must have each of {len(prompts)} prompts in one "
            "chunk, and none empty; mend its chunks."
        )
    return plan


def answers(
    model: LanguageModel,
    plan: ScoringPlan,
    options: Sequence[str],
    *,
    min_mass: float,
    progress: Follow,
    finished: Mapping[int, Chunk],
    keep: Callable[[int, Chunk], None],
) -> Answers:
    """Score every prompt that is not yet scored.

    Parameters
    ----------
    model : LanguageModel
        Who is asked.
    plan : ScoringPlan
        In which chunks.
    options : sequence of str
        The two labels.
    min_mass : float
        Below this probability of both together an answer has status 3.
    progress : bool or callable
        As for `disca_nb.elicit`.
    finished : mapping
        Chunks that an earlier run has finished, by their number.
    keep : callable
        Called with the number of each chunk and what it gave, as soon as it is finished.

    Returns
    -------
    Answers

    Raises
    ------
    InputError
        When the model returns something else than scores of these prompts.
    """
    found = Answers.none(sum(map(len, plan.chunks)))
    carry_out(
        model,
        plan,
        [len(options)] * len(plan.chunks),
        take=partial(found.take, min_mass=min_mass),
        progress=progress,
        finished=finished,
        keep=keep,
    )
    return found


def carry_out(
    model: LanguageModel,
    plan: ScoringPlan,
    widths: Sequence[int],
    *,
    take: Callable[[Sequence[int], Chunk], npt.NDArray[np.int8]],
    progress: Follow,
    finished: Mapping[int, Chunk],
    keep: Callable[[int, Chunk], None],
) -> None:
    """Hand over every chunk of a plan, finished ones first and the others as they are scored.

    Parameters
    ----------
    model : LanguageModel
        Who is asked.
    plan : ScoringPlan
        In which chunks.
    widths : sequence of int
        For each chunk how many options its prompts have.
    take : callable
        Called with the places of a chunk's prompts and what the model made of them; returns their
        status.
    progress, finished, keep
        As for `answers`.

    Raises
    ------
    InputError
        When the model returns something else than scores of these prompts.
    """
    counter = Counter(model.name, sum(map(len, plan.chunks)))
    for number in sorted(finished):
        done, chunk = finished[number], plan.chunks[number]
        _check(model, done.scores, (len(chunk), widths[number]))
        if done.rows_at_once is not None:
            # What follows was read in such parts, and is to be again.
            plan.rows_at_once = done.rows_at_once  # type: ignore[attr-defined]
        counter.add(take(chunk, done), own=False)
    with telling(progress, counter.now()) as tell:
        for number, chunk in enumerate(plan.chunks):
            if number in finished:
                continue
            done = _scored(model, plan, number, (len(chunk), widths[number]))
            keep(number, done)
            counter.add(take(chunk, done), own=True)
            tell(counter.now())


def _scored(model: LanguageModel, plan: ScoringPlan, number: int, shape: tuple[int, int]) -> Chunk:
    """Return what a model makes of a chunk, and how long it takes."""
    start = time.perf_counter()
    scores = plan.score(number)
    seconds = time.perf_counter() - start
    _check(model, scores, shape)
    return Chunk(scores, seconds, getattr(plan, "rows_at_once", None))


def _gaps(
    found: OptionScores, min_mass: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int8]]:
    """Return the gaps of scores, and their status with too little mass and no number in it."""
    with np.errstate(invalid="ignore"):
        gaps = found.log_probs[:, 1] - found.log_probs[:, 0]
    number = np.isfinite(gaps)
    status = status_of(found, number, min_mass)
    return np.where(number & (status != FAILED), gaps, np.nan), status


def status_of(
    found: OptionScores, number: npt.NDArray[np.bool_], min_mass: float
) -> npt.NDArray[np.int8]:
    """Return the status of scores: low where the mass is too little, failed without a number.

    Parameters
    ----------
    found : OptionScores
        As a model gave them.
    number : numpy.ndarray
        Whether an answer can be made of a prompt's scores, shape (prompts,).
    min_mass : float
        The least probability of all options together.

    Returns
    -------
    numpy.ndarray
        int8, shape (prompts,).

    Examples
    --------
    >>> scores = OptionScores.of(np.log([[0.1, 0.1], [0.6, 0.3]]))
    >>> status_of(scores, np.array([True, True]), 0.5)
    array([3, 1], dtype=int8)
    """
    scored = found.status == SCORED
    status = np.where(scored & ~(found.mass >= min_mass), LOW_MASS, found.status)
    return np.where(scored & ~number, FAILED, status).astype(np.int8)


def _check(model: LanguageModel, found: object, shape: tuple[int, int]) -> None:
    """Raise unless a model returned scores of the right shape."""
    if not isinstance(found, OptionScores):
        kind = type(found).__name__
        raise InputError(f"The model {model.name!r} returned a {kind}; return an OptionScores.")
    if found.log_probs.shape != shape:
        raise InputError(
            f"The model {model.name!r} returned log_probs of shape {found.log_probs.shape}; "
            f"{shape} were asked for."
        )
    # A sum of probabilities may round to a hair above one.
    if (wrong := found.mass[(found.mass < 0.0) | (found.mass > 1.0 + 1e-6)]).size:
        raise InputError(
            f"The model {model.name!r} returned the mass {wrong[0]:g}; it is a probability, so "
            "return logarithms of probabilities."
        )


def worst(*statuses: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """Return the worst status along the last axis of all arrays together.

    Examples
    --------
    >>> worst(np.array([[1, 1], [3, 1]], np.int8), np.array([[1], [2]], np.int8))
    array([1, 2], dtype=int8)
    """
    together = np.concatenate(statuses, axis=-1)
    rank = np.zeros(max(_SEVERITY) + 1, dtype=np.int8)
    rank[list(_SEVERITY)] = range(len(_SEVERITY))
    result: npt.NDArray[np.int8] = np.array(_SEVERITY, dtype=np.int8)[rank[together].max(axis=-1)]
    return result
