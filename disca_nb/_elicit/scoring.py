"""From prompts to gaps: one model, every prompt once, with a bar that counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from disca_nb.errors import InputError
from disca_nb.models.protocol import FAILED, LOW_MASS, SCORED, LanguageModel, OptionScores
from disca_nb.prompts import Prompt

__all__ = ["Answers", "answers", "chunk_size", "worst"]

# Prompts that are handed to a model at once, about: enough for batches of one length, few enough
# for a bar that moves.
_CHUNK = 64
# From good to bad.
_SEVERITY = (SCORED, LOW_MASS, FAILED)


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
    """

    gaps: npt.NDArray[np.float64]
    mass: npt.NDArray[np.float64]
    status: npt.NDArray[np.int8]


def answers(
    model: LanguageModel,
    prompts: Sequence[Prompt],
    options: tuple[str, str],
    *,
    min_mass: float,
    progress: bool,
) -> Answers:
    """Score every prompt, those of similar length together and the longest first.

    So a prompt that is too long, or a batch that does not fit into memory, is among the first
    that a model is handed, and not among the last.

    Parameters
    ----------
    model : LanguageModel
        Who is asked.
    prompts : sequence of Prompt
        What.
    options : tuple of str
        The two labels.
    min_mass : float
        Below this probability of both together an answer has status 3.
    progress : bool
        Whether to show a bar on standard error.

    Returns
    -------
    Answers

    Raises
    ------
    InputError
        When the model returns something else than scores of these prompts.
    """
    from tqdm.auto import tqdm

    order = sorted(range(len(prompts)), key=lambda i: -len(prompts[i].system + prompts[i].user))
    size = chunk_size(model)
    gaps, mass = np.full((2, len(prompts)), np.nan)
    status = np.full(len(prompts), FAILED, dtype=np.int8)
    with tqdm(total=len(prompts), desc=model.name, unit="prompt", disable=not progress) as bar:
        for start in range(0, len(order), size):
            some = order[start : start + size]
            found = model.score([prompts[i] for i in some], options)
            _check(model, found, (len(some), len(options)))
            gaps[some], status[some] = _gaps(found, min_mass)
            mass[some] = np.minimum(found.mass, 1.0)
            bar.update(len(some))
    return Answers(gaps, mass, status)


def chunk_size(model: LanguageModel) -> int:
    """Return how many prompts a model is handed at once: a multiple of its batches, near 64.

    Examples
    --------
    >>> class Batched:
    ...     batch_size = 100
    >>> chunk_size(Batched()), chunk_size(object())
    (100, 64)
    """
    batch = getattr(model, "batch_size", None)
    if not isinstance(batch, int) or batch < 1:
        return _CHUNK
    return batch * max(1, round(_CHUNK / batch))


def _gaps(
    found: OptionScores, min_mass: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int8]]:
    """Return the gaps of scores, and their status with too little mass and no number in it."""
    with np.errstate(invalid="ignore"):
        gaps = found.log_probs[:, 1] - found.log_probs[:, 0]
    scored, number = found.status == SCORED, np.isfinite(gaps)
    status = np.where(scored & ~(found.mass >= min_mass), LOW_MASS, found.status)
    status = np.where(scored & ~number, FAILED, status).astype(np.int8)
    return np.where(number & (status != FAILED), gaps, np.nan), status


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
