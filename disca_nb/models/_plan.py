"""The plan of a Hugging Face model: which prompts it will read in which batches."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from disca_nb.models._cache import input_device
from disca_nb.models._estimate import Cost, cost
from disca_nb.models._forward import Reader
from disca_nb.models.batches import Batch
from disca_nb.models.option_tokens import OptionTokens
from disca_nb.models.protocol import FAILED, OptionScores, ScoringPlan

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["BatchPlan", "Unanswerable", "scored"]


class BatchPlan:
    """Batches that give every prompt its scores; each is a chunk.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        Who reads.
    requests : sequence of OptionTokens
        No two the same.
    places : sequence of int
        For each prompt the position of its request; prompts of the same tokens share one.
    batches : sequence of Batch
        Of requests.
    said : str
        A clause on sharing, for `describe`.
    budget : int
        Tokens of a batch.

    Attributes
    ----------
    chunks : tuple of tuple of int
        Positions of the prompts of each batch.
    tokens_unshared : int
        Tokens of all prompts, each read in full.
    tokens : int
        Tokens that will be read, those included that fill up short rows.
    """

    def __init__(
        self,
        network: PreTrainedModel,
        requests: Sequence[OptionTokens],
        places: Sequence[int],
        batches: Sequence[Batch],
        *,
        said: str,
        budget: int,
    ) -> None:
        self.requests, self.batches = requests, tuple(batches)
        self._network, self._reader = network, Reader(network)
        self._said, self._budget = said, budget
        asking: list[list[int]] = [[] for _ in requests]
        for prompt, place in enumerate(places):
            asking[place].append(prompt)
        self.chunks = tuple(tuple(p for i in b.members for p in asking[i]) for b in batches)
        self._rows = [
            [row for row, i in enumerate(batch.members) for _ in asking[i]] for batch in batches
        ]
        self.prefixes = {batch.prefix for batch in batches if batch.prefix}
        self.tokens_unshared = sum(len(requests[place].prefix) for place in places)
        self.tokens = sum(b.tokens for b in batches) + sum(map(len, self.prefixes))

    @property
    def manifest(self) -> Mapping[str, object]:
        """What the batches follow from, as JSON can hold it."""
        text = repr([(len(batch.prefix), batch.members) for batch in self.batches])
        return {
            "chunks": len(self.chunks),
            "batch_tokens": self._budget,
            "batches_sha256": hashlib.sha256(text.encode()).hexdigest(),
        }

    @property
    def rows_at_once(self) -> int | None:
        """The most rows that are read together, once memory has run out; None before."""
        return self._reader.most

    @rows_at_once.setter
    def rows_at_once(self, rows: int) -> None:
        self._reader.most = rows

    def cost(self) -> Cost:
        """Return estimates of time and memory; the device is measured for a moment."""
        return cost(self._network, self.batches)

    def describe(self) -> str:
        """Return what will be read, about how long it takes and how much memory it needs.

        Returns
        -------
        str
            A few lines.
        """
        estimate, where = self.cost(), input_device(self._network)
        prompts = sum(map(len, self.chunks))
        read = f"{self.tokens:,} tokens read, of {self.tokens_unshared:,} one prompt at a time"
        if self.tokens < self.tokens_unshared:
            read += f" ({self.tokens_unshared / self.tokens:.2f} times fewer)"
        return (
            f"{prompts:,} prompts, {len(self.requests):,} of different tokens, in "
            f"{len(self.batches):,} batches of up to {self._budget:,} tokens.\n"
            f"{read}; {self._said}.\n"
            f"Memory: {_gigabytes(estimate.weights)} for the weights and about "
            f"{_gigabytes(estimate.batch)} for the largest batch.\n"
            f"Time: about {_duration(estimate.seconds)} on {where}, judged by a short test."
        )

    def score(self, chunk: int) -> OptionScores:
        """Return how likely each option is for the prompts of a chunk.

        Parameters
        ----------
        chunk : int
            Position in ``chunks``.

        Returns
        -------
        OptionScores
            In the order of ``chunks[chunk]``.

        Raises
        ------
        ParameterError
            When a single prompt does not fit into memory.
        """
        batch = self.batches[chunk]
        asked = [self.requests[i] for i in batch.members]
        found = self._reader.option_log_probs(batch.prefix, asked)
        return OptionScores.of(found[self._rows[chunk]])


class Unanswerable:
    """The plan of a model whose template leads to no answer: nothing is read.

    Parameters
    ----------
    prompts, options : int
        How many of each.
    """

    def __init__(self, prompts: int, options: int) -> None:
        self.chunks = (tuple(range(prompts)),) * bool(prompts)
        self._options = options

    @property
    def manifest(self) -> Mapping[str, object]:
        """What the chunk follows from."""
        return {"chunks": len(self.chunks)}

    def describe(self) -> str:
        """Return that nothing will be read."""
        return (
            f"{sum(map(len, self.chunks)):,} prompts, none of which is read: the model's template "
            "opens a thought that cannot be closed."
        )

    def score(self, chunk: int) -> OptionScores:
        """Return status 3 for every prompt."""
        nothing = np.full((len(self.chunks[chunk]), self._options), np.nan)
        return OptionScores.of(nothing, answerable=np.zeros(len(nothing), dtype=bool))


def scored(plan: ScoringPlan, prompts: int, options: int) -> OptionScores:
    """Return the scores of all chunks of a plan, in the order of the prompts.

    Parameters
    ----------
    plan : ScoringPlan
        Of all prompts.
    prompts, options : int
        How many of each.

    Returns
    -------
    OptionScores
    """
    log_probs = np.full((prompts, options), np.nan)
    mass, status = np.full(prompts, np.nan), np.full(prompts, FAILED, dtype=np.int8)
    for i, chunk in enumerate(plan.chunks):
        found, places = plan.score(i), list(chunk)
        log_probs[places], mass[places], status[places] = found.log_probs, found.mass, found.status
    return OptionScores(log_probs, mass, status)


def _gigabytes(size: int) -> str:
    """Return a number of bytes for reading."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(size / 1e6, 1.0):.0f} MB"


def _duration(seconds: float) -> str:
    """Return a time for reading, no more precise than an estimate is."""
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.0f} {unit}"
    return "a second" if seconds < 1.5 else f"{seconds:.0f} seconds"
