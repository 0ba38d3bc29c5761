"""How likely options are, batch by batch: a beginning is read once, what follows it side by side.

Rows are filled up at their right end. A causal model sees nothing of what follows a place, so that
nothing has to be masked, and the fastest kernels for attention apply.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from disca_nb.errors import ParameterError
from disca_nb.models._cache import input_device, prefilled, spread, takes
from disca_nb.models._head import only_at, precise_head
from disca_nb.models.batches import Row, rows_of
from disca_nb.models.option_tokens import OptionTokens

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["Reader", "out_of_memory", "reading_threads"]

_SMALL = 10_000_000
# What errors of no class of their own say: the processor's, Apple's, and those of CUDA's libraries.
_FULL = ("out of memory", "alloc_failed", "can't allocate memory", "not enough memory")

Values = list[npt.NDArray[np.float64]]


class Reader:
    """Reads batches with one model, and keeps the beginning that it read last.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        A causal language model.
    """

    def __init__(self, network: PreTrainedModel) -> None:
        self.network = network
        self._prefix: tuple[int, ...] = ()
        self._cache: Any = None
        # Rows that fit into memory at once, once more of them did not.
        self.most: int | None = None

    def option_log_probs(
        self, prefix: tuple[int, ...], requests: Sequence[OptionTokens]
    ) -> npt.NDArray[np.float64]:
        """Return the log-probability of every option of every request.

        Where the rows do not fit into memory at once they are read in halves, with a warning.

        Parameters
        ----------
        prefix : tuple of int
            Tokens with which all requests begin and that are read once; may be empty.
        requests : sequence of OptionTokens
            All with the same number of options, n.

        Returns
        -------
        numpy.ndarray
            Shape (requests, n).

        Raises
        ------
        ParameterError
            When one row alone does not fit into memory.
        """
        pairs = [(i, row) for i, request in enumerate(requests) for row in rows_of(request)]
        rows = [row for _, row in pairs]
        result = np.zeros((len(requests), len(requests[0].continuations)))
        with reading_threads(self.network), precise_head(self.network):
            found = self._fitting(prefix, rows)
        for (i, row), values in zip(pairs, found, strict=True):
            for (option, _, _), value in zip(row.targets, values, strict=True):
                result[i, option] += value
        return result

    def forget(self) -> None:
        """Let go of the beginning that is kept."""
        self._prefix, self._cache = (), None

    def _fitting(self, prefix: tuple[int, ...], rows: Sequence[Row]) -> Values:
        """Return the log-probabilities of targets, read in as many parts as memory asks for."""
        most = self.most or len(rows)
        if len(rows) > most:
            parts = [rows[start : start + most] for start in range(0, len(rows), most)]
            return [each for part in parts for each in self._fitting(prefix, part)]
        try:
            return self._read(prefix, rows)
        except (RuntimeError, MemoryError) as error:
            if not out_of_memory(error):
                raise
            size = max(len(row.tokens) for row in rows)
        # Outside of the block above, whose error holds on to what was computed.
        self.forget()
        _free(self.network)
        if len(rows) == 1:
            raise ParameterError(
                f"One prompt of {size} tokens does not fit into the memory of "
                f"{self.network.device}; choose another device= or a shorter dtype=."
            )
        self.most = (len(rows) + 1) // 2
        warnings.warn(
            f"{len(rows)} prompts of {size} tokens do not fit into memory at once; from now on "
            f"at most {self.most} are read together. A lower batch_tokens avoids the attempt.",
            stacklevel=2,
        )
        return self._fitting(prefix, rows)

    def _read(self, prefix: tuple[int, ...], rows: Sequence[Row]) -> Values:
        """Return the log-probabilities of the targets of rows that are read side by side."""
        import torch

        cells = sorted({(i, place) for i, row in enumerate(rows) for _, place, _ in row.targets})
        line = {cell: k for k, cell in enumerate(cells)}
        with torch.inference_mode():
            # 64 bits from here on, on the processor, as not every accelerator has them.
            logits = self._logits(prefix, rows, cells).cpu().double()
            values = (logits - logits.logsumexp(-1, keepdim=True)).numpy()
        return [
            np.array([values[line[i, place], token] for _, place, token in row.targets])
            for i, row in enumerate(rows)
        ]

    def _logits(
        self, prefix: tuple[int, ...], rows: Sequence[Row], cells: Sequence[tuple[int, int]]
    ) -> Any:  # noqa: ANN401 - a tensor
        """Return the model's own logits at rows and places, shape (cells, vocabulary)."""
        import torch

        begun, device = len(prefix), input_device(self.network)
        longest = max(len(row.tokens) for row in rows)
        # A token to fill up with is one that the model has; the tokenizer's own for this may lie
        # beyond the model's vocabulary.
        ids = [
            [*row.tokens[begun:], *[row.tokens[-1]] * (longest - len(row.tokens))] for row in rows
        ]
        places = torch.arange(begun, longest, device=device)
        options = {
            "position_ids": places.expand(len(rows), -1),
            "use_cache": bool(prefix),
            "past_key_values": self._begun(prefix, len(rows)) if prefix else None,
        }
        options = {name: value for name, value in options.items() if takes(self.network, name)}
        after = [(row, place - begun) for row, place in cells]
        with only_at(self.network, after, (len(rows), longest - begun)) as picked:
            logits = self.network(input_ids=torch.tensor(ids, device=device), **options).logits
        if picked():
            return logits[0]
        at = torch.tensor(after, device=logits.device)
        return logits[at[:, 0], at[:, 1]]

    def _begun(self, prefix: tuple[int, ...], rows: int) -> Any:  # noqa: ANN401 - a cache
        """Return what the model keeps of a beginning, for so many rows."""
        if prefix != self._prefix:
            self.forget()
            self._cache = prefilled(self.network, prefix)
            self._prefix = prefix
        return spread(self._cache, rows)


def out_of_memory(error: Exception) -> bool:
    """Return whether an error says that memory ran out; the processor's has no class of its own."""
    import torch

    known = isinstance(error, torch.OutOfMemoryError | MemoryError)
    return known or any(words in str(error).lower() for words in _FULL)


def _free(network: PreTrainedModel) -> None:
    """Give memory back that an accelerator holds in reserve."""
    import torch

    if network.device.type == "cuda":
        torch.cuda.empty_cache()
    elif network.device.type == "mps":
        torch.mps.empty_cache()


@contextmanager
def reading_threads(network: PreTrainedModel) -> Iterator[None]:
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
