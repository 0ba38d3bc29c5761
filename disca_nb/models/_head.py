"""The output layer in 32 bits, whatever the format of the weights.

The logits of a confident model lie near 20, where bfloat16 has steps of an eighth: gaps would come
in eighths, and equal gaps for persons that the model tells apart. The hidden states carry more
than that, so their product with the output layer, and whatever the model does to it, is computed
in 32 bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["head_format", "only_at", "precise_head"]

# Rows of the vocabulary that are widened at once: a copy of the whole layer may be gigabytes.
_ROWS = 16_384


def head_format(network: PreTrainedModel) -> str:
    """Return the number format in which a model's logits are computed here.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        A causal language model.

    Returns
    -------
    str
        ``"float32"``, or the model's own where its output layer is not a plain one.
    """
    own = str(network.dtype).removeprefix("torch.")
    return "float32" if _plain_half(network) is not None else own


@contextmanager
def precise_head(network: PreTrainedModel) -> Iterator[None]:
    """Have a model compute its logits in 32 bits while the context lasts.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        A causal language model. One in 32 bits, or whose output layer is quantised, is left as
        it is.
    """
    head = _plain_half(network)
    if head is None:
        yield
        return
    handle = head.register_forward_hook(_widened)
    try:
        yield
    finally:
        handle.remove()


@contextmanager
def only_at(
    network: PreTrainedModel, cells: Sequence[tuple[int, int]], shape: tuple[int, int]
) -> Iterator[Callable[[], bool]]:
    """Have a model compute logits at a few places alone while the context lasts.

    Rows of several lengths end at several places, and a model itself can only leave out places
    that no row needs: with a large vocabulary their logits are gigabytes.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        A causal language model.
    cells : sequence of (int, int)
        Row and place of each.
    shape : tuple of int
        Rows and places that the model reads.

    Yields
    ------
    callable
        Says afterwards whether it was done: logits are then of shape (1, cells, vocabulary).
    """
    import torch

    done: list[bool] = []

    def pick(_: Any, inputs: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a module and tensors
        if not inputs or tuple(inputs[0].shape[:-1]) != shape:
            return None
        done.append(True)
        at = torch.tensor(cells, device=inputs[0].device)
        return (inputs[0][at[:, 0], at[:, 1]][None], *inputs[1:])

    head = network.get_output_embeddings()
    handle = None if head is None else head.register_forward_pre_hook(pick)
    try:
        yield lambda: bool(done)
    finally:
        if handle is not None:
            handle.remove()


def _plain_half(network: PreTrainedModel) -> Any:  # noqa: ANN401 - a module
    """Return the output layer if it is an ordinary one of 16 bits, else None."""
    import torch

    head = network.get_output_embeddings()
    half = (torch.bfloat16, torch.float16)
    if not isinstance(head, torch.nn.Linear) or head.weight.device.type == "meta":
        return None  # weights that lie on disk are there during the pass alone
    return head if head.weight.dtype in half else None


def _widened(head: Any, inputs: tuple[Any, ...], output: Any) -> Any:  # noqa: ANN401 - tensors
    """Return what an output layer gives for the same inputs in 32 bits."""
    import torch

    hidden = inputs[0].float()
    result = torch.empty_like(output, dtype=torch.float32)
    for start in range(0, head.out_features, _ROWS):
        rows = slice(start, start + _ROWS)
        bias = None if head.bias is None else head.bias[rows].float()
        part = torch.nn.functional.linear(hidden, head.weight[rows].float(), bias)
        result[..., rows] = part
    return result
