"""How long batches will take and how much memory they need, before the first is read."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from disca_nb.models._cache import bytes_per_token, input_device
from disca_nb.models._forward import Reader, reading_threads
from disca_nb.models._probe import probe
from disca_nb.models.batches import Batch

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["Cost", "cost", "matrix_rate"]

# Part of the rate of a lone matrix product that a whole pass reaches, about: the rest is
# attention, norms and memory.
_REACHED = 0.6
_ROWS, _REPEATS = 512, 5
# Parameters below which layers are mostly something else than matrix products, and a pass to
# measure it is cheap; rows and tokens of that pass.
_SMALL, _SHAPE = 50_000_000, (16, 32)


@dataclass(frozen=True)
class Cost:
    """What reading batches costs, estimated.

    Attributes
    ----------
    seconds : float
        Time, at .6 of the device's measured matrix rate, or at the measured rate of a small model
        itself, and with each pass's own measured cost.
    weights : int
        Bytes of the model.
    batch : int
        Bytes that the largest batch needs beside them: keys and values, layers, logits.
    """

    seconds: float
    weights: int
    batch: int


def cost(network: PreTrainedModel, batches: Sequence[Batch]) -> Cost:
    """Return what reading batches will cost.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        The model, whose device is measured for a moment.
    batches : sequence of Batch
        What it will read.

    Returns
    -------
    Cost
    """
    prefixes = {batch.prefix for batch in batches if batch.prefix}
    read = sum(batch.tokens for batch in batches) + sum(map(len, prefixes))
    embedding, head = network.get_input_embeddings().weight, network.get_output_embeddings()
    tied = head is not None and head.weight is embedding
    body = network.num_parameters() - embedding.numel() * (1 if tied or head is None else 2)
    asked = sum(batch.rows for batch in batches)
    operations = 2.0 * (read * body + asked * embedding.numel())
    if network.num_parameters() < _SMALL:
        seconds = read * _token_seconds(network)
    else:
        seconds = operations / (_REACHED * matrix_rate(network))
    passes = len(batches) + len(prefixes)
    seconds += passes * _pass_seconds(network, shared=bool(prefixes))
    kept = bytes_per_token(network) if prefixes else 0
    most = max((_bytes(network, batch, kept) for batch in batches), default=0)
    return Cost(seconds, network.get_memory_footprint(), most)


def matrix_rate(network: PreTrainedModel) -> float:
    """Return how many operations per second matrix products of a model's sizes reach.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        Its device, number format and sizes are taken.
    """
    import torch

    wide, narrow = _intermediate(network), int(network.config.get_text_config().hidden_size)
    form = network.dtype if network.dtype.is_floating_point else torch.float32
    left = torch.ones((_ROWS, narrow), dtype=form, device=input_device(network))
    right = torch.ones((narrow, wide), dtype=form, device=input_device(network))
    with reading_threads(network):
        seconds = _seconds(lambda: left @ right, network)
    return 2.0 * _ROWS * wide * narrow / seconds


def _token_seconds(network: PreTrainedModel) -> float:
    """Return the time that a small model takes for a token of a full batch."""
    import torch

    ids = torch.zeros(_SHAPE, dtype=torch.long, device=input_device(network))
    with torch.inference_mode(), reading_threads(network):
        seconds = _seconds(lambda: network(input_ids=ids, use_cache=False), network)
    return seconds / (_SHAPE[0] * _SHAPE[1])


def _pass_seconds(network: PreTrainedModel, *, shared: bool) -> float:
    """Return the time of a pass over a few short rows, which is next to no arithmetic."""
    reader, (prefix, rows) = Reader(network), probe(network)
    begun = prefix if shared else ()
    return _seconds(lambda: reader.option_log_probs(begun, rows), network)


def _seconds(run: Any, network: PreTrainedModel) -> float:  # noqa: ANN401 - a function
    """Return the median time of a function on a model's device, after a first call."""
    import torch

    device, times = input_device(network), list[float]()
    for _ in range(_REPEATS + 1):
        start = time.perf_counter()
        run()
        if device.type != "cpu":  # waits for what is under way
            torch.empty(1, device=device).add_(1).item()
        times.append(time.perf_counter() - start)
    return median(times[1:])


def _bytes(network: PreTrainedModel, batch: Batch, kept: int) -> int:
    """Return the bytes that a batch needs: what is kept of its tokens, layers and logits."""
    config = network.config.get_text_config()
    width = 8 * int(config.hidden_size) + 3 * _intermediate(network)
    logits = batch.rows * int(network.get_input_embeddings().weight.shape[0]) * (4 + 8 + 8)
    cache = kept * (batch.rows * batch.longest + len(batch.prefix)) if batch.prefix else 0
    return int(cache + batch.tokens * width * network.dtype.itemsize + logits)


def _intermediate(network: PreTrainedModel) -> int:
    """Return how wide a model's feed-forward layers are; four times its states where unsaid."""
    config = network.config.get_text_config()
    given = getattr(config, "intermediate_size", None)
    return given if isinstance(given, int) else 4 * int(config.hidden_size)
