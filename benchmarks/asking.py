"""Contestants that ask: each with a network, what it was seen to read, and what it answered."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import harness, readers
from benchmarks.made_up_prompts import make_prompts
from benchmarks.panels import Floats
from benchmarks.random_llama import multiplied
from disca_nb.models import HuggingFaceModel

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

__all__ = [
    "LABELS",
    "Contestant",
    "Setting",
    "available",
    "check",
    "contestants",
    "matrix_rate",
    "setting",
    "threads",
]

LABELS = {
    "ours": "disca_nb",
    "unshared": "disca_nb, every prompt in full",
    "harness": "lm-evaluation-harness",
    "loop": "loop, a pass per prompt",
    "lower-bound": "what differs alone (lower bound)",
}
_ALLOWED = 5e-6
_MATRICES = (1024, 576, 1536)
_REPEATS = 30


@dataclass(frozen=True)
class Setting:
    """One set of weights as each contestant holds it.

    Attributes
    ----------
    ours, unshared : HuggingFaceModel
        The package's, with and without sharing.
    network, tokenizer
        The rivals'.
    rival : Harness or None
        lm-evaluation-harness, where it is installed.
    """

    ours: HuggingFaceModel
    unshared: HuggingFaceModel
    network: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    rival: harness.Harness | None


class Contestant:
    """A call that is watched.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        What it reads with.
    ask : callable
        Returns gaps of all prompts, or a number that is none.

    Attributes
    ----------
    reading : Reading
        What was read at the last call.
    answer : numpy.ndarray or float
        What came of it.
    """

    def __init__(self, network: PreTrainedModel, ask: Callable[[], Floats | float]) -> None:
        self.network, self._ask = network, ask
        self.reading = readers.Reading()
        self.answer: Floats | float = float("nan")

    def __call__(self) -> None:
        """Ask, and note what is read."""
        with readers.watched(self.network) as self.reading:
            self.answer = self._ask()

    @property
    def gflop(self) -> float:
        """Operations of the matrix products with weights, in thousands of millions."""
        layers, head = multiplied(self.network)
        return 2e-9 * (layers * self.reading.tokens + head * self.reading.predicted)


def available(name: str) -> str | None:
    """Return why a contestant is absent, or None when it is there.

    Examples
    --------
    >>> available("loop")
    """
    return harness.why_not() if name == "harness" else None


def setting(folder: Path) -> Setting:
    """Load a model for everyone."""
    import torch
    import transformers

    network = transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, use_safetensors=True, trust_remote_code=False
    ).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    rival = None if harness.why_not() else harness.Harness(network, tokenizer)
    ours, unshared = (readers.ours(folder, shared=shared) for shared in (True, False))
    return Setting(ours, unshared, network, tokenizer, rival)


def contestants(held: Setting, scenarios: int, batch_size: int) -> dict[str, Contestant]:
    """Return everyone, about to ask the same prompts; the package has asked them once already.

    Parameters
    ----------
    held : Setting
        Models.
    scenarios : int
        How many; each is twenty prompts.
    batch_size : int
        Of lm-evaluation-harness.
    """
    prompts = make_prompts(scenarios)
    texts = [held.ours.chat.text(prompt) for prompt in prompts]
    rows: list[list[int]] = held.tokenizer(texts)["input_ids"]
    alone = (held.network, held.tokenizer, texts)
    models = {"ours": held.ours, "unshared": held.unshared}
    found = {
        name: Contestant(model.network, partial(readers.gaps, model, prompts))
        for name, model in models.items()
    }
    if held.rival is not None:
        _same_tokens(held.rival.tokens(texts), rows)
        asks = partial(held.rival.gaps, texts, batch_size)
        found["harness"] = Contestant(held.network, asks)
    found["loop"] = Contestant(held.network, partial(readers.loop, *alone))
    found["ours"]()
    ends = readers.suffixes(found["ours"].reading, rows, 2 * scenarios)
    least = partial(readers.suffixes_alone, held.network, ends)
    found["lower-bound"] = Contestant(held.network, least)
    return found


def _same_tokens(found: Sequence[Sequence[int]], expected: Sequence[Sequence[int]]) -> None:
    """Raise where a rival would read something else."""
    if list(map(list, found)) != list(map(list, expected)):
        raise ValueError(f"lm-evaluation-harness reads {found[0][:8]}…, not {expected[0][:8]}….")


def check(found: Mapping[str, Contestant]) -> dict[str, float]:
    """Assert that all answered the same, and return their largest differences from the loop.

    Returns
    -------
    dict of str to float
        And under ``allowed`` what they may differ by.
    """
    import torch

    loop = found["loop"]
    with torch.inference_mode():
        logits = loop.network(loop.reading.batches[0], logits_to_keep=1).logits
    allowed = _ALLOWED * max(1.0, logits.abs().max().item())
    differences = {
        name: float(np.abs(each.answer - loop.answer).max())
        for name, each in found.items()
        if isinstance(each.answer, np.ndarray) and name != "loop"
    }
    for name, difference in differences.items():
        assert difference <= allowed, f"{name} differs by {difference:g}, over {allowed:g}"
    assert np.isfinite(found["lower-bound"].answer)
    return {**differences, "allowed": allowed}


@contextmanager
def threads(number: int | None) -> Iterator[int]:
    """Let PyTorch use so many threads, or as many as this process has cores, and say how many."""
    import torch

    before = torch.get_num_threads()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    torch.set_num_threads(number or cores or 1)
    try:
        yield torch.get_num_threads()
    finally:
        torch.set_num_threads(before)


def matrix_rate() -> float:
    """Return the GFLOP/s of float32 matrix products of about a layer's size, at their median."""
    import torch

    rows, inner, columns = _MATRICES
    left, right = torch.rand(rows, inner), torch.rand(inner, columns)
    seconds = []
    for _ in range(_REPEATS):
        start = time.perf_counter()
        left @ right
        seconds.append(time.perf_counter() - start)
    return 2e-9 * rows * inner * columns / float(np.median(seconds))
