"""Who asks the prompts: the package with and without sharing, loops, and what cannot be saved.

Each returns log p(B) − log p(A) of every prompt, shape (prompts,).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.made_up_prompts import OPTIONS
from benchmarks.panels import Floats
from disca_nb.models import HuggingFaceModel, load
from disca_nb.prompts import Prompt

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

__all__ = [
    "Reading",
    "gaps",
    "loop",
    "ours",
    "suffixes",
    "suffixes_alone",
    "watched",
]


def ours(folder: Path, *, shared: bool) -> HuggingFaceModel:
    """Return the package's model, with prefixes read once or with every prompt in full."""
    return load(folder, device="cpu", dtype="float32", share_prefixes=shared)


def gaps(model: HuggingFaceModel, prompts: Sequence[Prompt]) -> Floats:
    """Have the package's model score the prompts."""
    found = model.score(prompts, OPTIONS).log_probs
    return np.asarray(found[:, 1] - found[:, 0])


def loop(
    network: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]
) -> Floats:
    """Take one prompt at a time and read both options from it, as research code does."""
    import torch

    first, second = (tokenizer.convert_tokens_to_ids(option) for option in OPTIONS)
    found = []
    with torch.no_grad():
        for text in texts:
            logits = network(**tokenizer(text, return_tensors="pt")).logits[0, -1]
            found.append((logits[second] - logits[first]).item())
    return np.array(found)


@dataclass
class Reading:
    """What a network was seen to read.

    Attributes
    ----------
    batches : list of torch.Tensor
        Tokens of every forward pass, shape (rows, tokens).
    predicted : int
        Places at which the output layer was computed.
    """

    batches: list[torch.Tensor] = field(default_factory=list)
    predicted: int = 0

    @property
    def tokens(self) -> int:
        """Tokens that were read."""
        return sum(ids.numel() for ids in self.batches)


@contextmanager
def watched(network: PreTrainedModel) -> Iterator[Reading]:
    """Note what a network reads and predicts, whoever calls it."""
    reading = Reading()

    def read(_: object, inputs: tuple[Any, ...]) -> None:
        reading.batches.append(inputs[0].detach().clone())

    def predict(_: object, __: object, output: torch.Tensor) -> None:
        reading.predicted += output.shape[:-1].numel()

    handles = [
        network.get_input_embeddings().register_forward_pre_hook(read),
        network.get_output_embeddings().register_forward_hook(predict),
    ]
    try:
        yield reading
    finally:
        for handle in handles:
            handle.remove()


def suffixes(reading: Reading, rows: Sequence[Sequence[int]], per_speaker: int) -> list[Any]:
    """Return what of the prompts must be read, in the batches in which the package read them.

    Parameters
    ----------
    reading : Reading
        Of the package over all prompts.
    rows : sequence of sequence of int
        Tokens of the prompts, all of one length and those of a speaker together.
    per_speaker : int
        How many those are.

    Returns
    -------
    list of torch.Tensor
        Tokens that no two prompts of a speaker share from the beginning on, shape (rows, tokens).
    """
    starts = range(0, len(rows), per_speaker)
    shared = [_common(rows[start : start + per_speaker]) for start in starts]
    if len(set(shared)) > 1 or len(set(map(len, rows))) > 1:
        raise ValueError(f"Prompts of {set(map(len, rows))} tokens share {set(shared)} of them.")
    last, length = rows[0][-1], len(rows[0]) - shared[0]
    # A batch that ends as no prompt does is a prefix.
    found = [ids[:, -length:] for ids in reading.batches if bool((ids[:, -1] == last).all())]
    if sum(map(len, found)) != len(rows) or any(ids.shape[1] != length for ids in found):
        raise ValueError(f"{sum(map(len, found))} ends of prompts were read, of {len(rows)}.")
    return found


def suffixes_alone(network: PreTrainedModel, batches: Sequence[torch.Tensor]) -> float:
    """Read suffixes with nothing before them and return the mean logit, which answers nothing."""
    import torch

    with torch.inference_mode():
        read = [network(ids, use_cache=False, logits_to_keep=1).logits for ids in batches]
    return float(torch.cat(read).mean())


def _common(rows: Sequence[Sequence[int]]) -> int:
    """Return with how many tokens all rows begin."""
    return sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, zip(*rows, strict=False)))
