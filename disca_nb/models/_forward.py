"""How likely tokens are at given places of many sequences, in batches of similar length."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from disca_nb.errors import ParameterError
from disca_nb.models._head import precise_head
from disca_nb.models.option_tokens import OptionTokens

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["Row", "option_log_probs", "out_of_memory", "rows_of", "target_log_probs"]

_SMALL = 10_000_000


@dataclass(frozen=True)
class Row:
    """One sequence for the model to read.

    Attributes
    ----------
    tokens : tuple of int
        What it reads.
    targets : tuple of (int, int, int)
        Option, place and token: that token's probability right after that place counts for the
        option.
    """

    tokens: tuple[int, ...]
    targets: tuple[tuple[int, int, int], ...]


def rows_of(found: OptionTokens) -> list[Row]:
    """Return the fewest sequences in which every token of every option has its context.

    Options of one token share a single sequence, the prompt.

    Examples
    --------
    >>> rows_of(OptionTokens((7, 8), ((1,), (2,))))
    [Row(tokens=(7, 8), targets=((0, 1, 1), (1, 1, 2)))]
    """
    wanted: dict[tuple[int, ...], list[tuple[int, int, int]]] = {}
    first = len(found.prefix) - 1
    order = sorted(range(len(found.continuations)), key=lambda j: -len(found.continuations[j]))
    for option in order:
        tokens = found.continuations[option]
        context = found.prefix + tokens[:-1]
        # A causal model sees the same up to a place, whatever follows it.
        home = next((row for row in wanted if row[: len(context)] == context), context)
        targets = [(option, first + i, token) for i, token in enumerate(tokens)]
        wanted.setdefault(home, []).extend(targets)
    return [Row(tokens, tuple(sorted(targets))) for tokens, targets in wanted.items()]


def option_log_probs(
    network: PreTrainedModel, requests: Sequence[OptionTokens], *, batch_size: int
) -> npt.NDArray[np.float64]:
    """Return the log-probability of every option of every request.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        A causal language model.
    requests : sequence of OptionTokens
        All with the same number of options, n.
    batch_size : int
        Sequences that are read at once.

    Returns
    -------
    numpy.ndarray
        Shape (requests, n).
    """
    pairs = [(i, row) for i, request in enumerate(requests) for row in rows_of(request)]
    rows = [row for _, row in pairs]
    result = np.zeros((len(requests), len(requests[0].continuations)))
    values = target_log_probs(network, rows, batch_size=batch_size)
    for (i, row), found in zip(pairs, values, strict=True):
        for (option, _, _), value in zip(row.targets, found, strict=True):
            result[i, option] += value
    return result


def target_log_probs(
    network: PreTrainedModel, rows: Sequence[Row], *, batch_size: int
) -> list[npt.NDArray[np.float64]]:
    """Return the log-probabilities of each row's targets, in the order of the rows.

    Parameters
    ----------
    network, batch_size
        As for `option_log_probs`.
    rows : sequence of Row
        In any order; they are read longest first, so that too large a batch fails at once.

    Returns
    -------
    list of numpy.ndarray
        One for each row, of shape (targets,).

    Raises
    ------
    ParameterError
        When a batch does not fit into memory.
    """
    result: list[npt.NDArray[np.float64]] = [np.empty(0)] * len(rows)
    for batch in _batches(rows, batch_size):
        try:
            with _threads(network), precise_head(network):
                values = _one_batch(network, [rows[i] for i in batch])
        except (RuntimeError, MemoryError) as error:
            if not out_of_memory(error):
                raise
            raise ParameterError(
                f"{len(batch)} prompts of {len(rows[batch[0]].tokens)} tokens do not fit into "
                f"memory at once; lower batch_size, which is {batch_size}."
            ) from None
        for i, value in zip(batch, values, strict=True):
            result[i] = value
    return result


def out_of_memory(error: Exception) -> bool:
    """Return whether an error says that memory ran out; the processor's has no class of its own."""
    import torch

    known = isinstance(error, torch.OutOfMemoryError | MemoryError)
    return known or "can't allocate memory" in str(error) or "not enough memory" in str(error)


@contextmanager
def _threads(network: PreTrainedModel) -> Iterator[None]:
    """Read small models with one thread.

    The parts of their layers take microseconds: a second thread gains little, and on a busy
    machine each part waits for it (fifteen times slower was seen).
    """
    import torch

    before = torch.get_num_threads()
    small = network.device.type == "cpu" and network.num_parameters() < _SMALL
    torch.set_num_threads(1 if small else before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _batches(rows: Sequence[Row], batch_size: int) -> Iterator[list[int]]:
    """Yield positions of rows, longest first."""
    order = sorted(range(len(rows)), key=lambda i: -len(rows[i].tokens))
    for start in range(0, len(order), batch_size):
        yield order[start : start + batch_size]


def _one_batch(network: PreTrainedModel, rows: Sequence[Row]) -> list[npt.NDArray[np.float64]]:
    """Read rows side by side and return the log-probabilities of their targets."""
    import torch

    kept = sorted({place for row in rows for _, place, _ in row.targets})
    column = {place: i for i, place in enumerate(kept)}
    with torch.inference_mode():
        logits = _logits(network, rows, kept)
        cells = sorted(
            {(i, column[place]) for i, row in enumerate(rows) for _, place, _ in row.targets}
        )
        line = {cell: k for k, cell in enumerate(cells)}
        at = torch.tensor(cells, device=logits.device)
        # 64 bits from here on, on the processor, as not every accelerator has them.
        chosen = logits[at[:, 0], at[:, 1]].cpu().double()
        values = (chosen - chosen.logsumexp(-1, keepdim=True)).numpy()
    return [
        np.array([values[line[i, column[place]], token] for _, place, token in row.targets])
        for i, row in enumerate(rows)
    ]


def _logits(network: PreTrainedModel, rows: Sequence[Row], kept: list[int]) -> Any:  # noqa: ANN401 - a tensor
    """Return the model's own logits at the places kept, shape (rows, places, vocabulary)."""
    import torch

    longest = max(len(row.tokens) for row in rows)
    lengths = torch.tensor([[len(row.tokens)] for row in rows])
    # What fills up a row is masked. A token of its own is one that the model has; the tokenizer's
    # token for it may lie beyond the model's vocabulary.
    ids = torch.tensor(
        [[*row.tokens, *[row.tokens[-1]] * (longest - len(row.tokens))] for row in rows]
    )
    places = torch.arange(longest)[None, :]
    device = network.device
    accepted = inspect.signature(network.forward).parameters
    options = {"use_cache": False, "position_ids": places.expand(len(rows), -1).to(device)}
    options["logits_to_keep"] = torch.tensor(kept, device=device)
    options = {name: value for name, value in options.items() if name in accepted}
    mask = (places < lengths).long().to(device)
    logits = network(input_ids=ids.to(device), attention_mask=mask, **options).logits
    return logits if "logits_to_keep" in options else logits[:, kept]
