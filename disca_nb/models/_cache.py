"""What a model keeps of a beginning that it has read, for rows that go on from there.

Only the plain kind is used: keys and values of every token, layer by layer. Windows that slide,
states that are summed up and positions that depend on a text's length cannot be taken up by rows
of several lengths, so that models with these read every prompt in full.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel
    from transformers.cache_utils import DynamicCache

__all__ = ["bytes_per_token", "input_device", "not_shareable", "prefilled", "spread", "takes"]

# Positions that are computed from the length of the longest row at hand.
_MOVING_POSITIONS = {"dynamic", "longrope"}


def prefilled(network: PreTrainedModel, prefix: Sequence[int]) -> Any:  # noqa: ANN401 - a cache
    """Return what a model keeps of a beginning, None for one that keeps nothing.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        A causal language model.
    prefix : sequence of int
        At least one token.
    """
    import torch

    with torch.inference_mode():
        ids = torch.tensor([list(prefix)], device=input_device(network))
        # Of the beginning no logits are asked, and one place is the least that can be kept.
        kept = {"logits_to_keep": 1} if takes(network, "logits_to_keep") else {}
        return network(input_ids=ids, use_cache=True, **kept).get("past_key_values")


def spread(cache: DynamicCache, rows: int) -> DynamicCache:
    """Return a cache for several rows that begin alike.

    Parameters
    ----------
    cache : transformers.cache_utils.DynamicCache
        Of one row; it stays as it is.
    rows : int
        How many.
    """
    from transformers.cache_utils import DynamicCache

    result = DynamicCache()
    for i, layer in enumerate(cache.layers):
        keys, values = (each.expand(rows, -1, -1, -1) for each in (layer.keys, layer.values))
        result.update(keys, values, i)
    return result


def not_shareable(network: PreTrainedModel) -> str:
    """Return why a model cannot go on from a kept beginning, empty where it can.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        A causal language model, which reads two tokens.

    Returns
    -------
    str
        A clause for messages and the manifest.
    """
    from transformers.cache_utils import DynamicCache, DynamicLayer

    if moving := sorted(_positions(network) & _MOVING_POSITIONS):
        return f"its positions ({moving[0]}) depend on the length of a text"
    cache = prefilled(network, (0, 0))
    # Some hybrid models have caches that are derived from it, with layers that hold no keys.
    if type(cache) is not DynamicCache:
        kept = "nothing" if cache is None else type(cache).__name__
        return f"it returns {kept} of what it has read, not keys and values"
    others = sorted({type(layer).__name__ for layer in cache.layers} - {DynamicLayer.__name__})
    if not others:
        return ""
    kept = "sliding windows" if "Sliding" in others[0] else others[0]
    return f"it returns {kept} of what it has read, not all keys and values"


def bytes_per_token(network: PreTrainedModel) -> int:
    """Return how many bytes of keys and values a model keeps of one token.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        One for which `not_shareable` is empty.
    """
    layers = prefilled(network, (0,)).layers
    return sum(each.nbytes for layer in layers for each in (layer.keys, layer.values))


def input_device(network: PreTrainedModel) -> torch.device:
    """Return where tokens are put for a model to read.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        One that is spread over devices moves them itself; its first part may lie on disk.
    """
    import torch

    return torch.device("cpu") if network.device.type == "meta" else network.device


def takes(network: PreTrainedModel, name: str) -> bool:
    """Return whether a model's forward pass has a parameter of that name.

    Examples
    --------
    >>> class Network:
    ...     def forward(self, input_ids): ...
    >>> takes(Network(), "input_ids"), takes(Network(), "logits_to_keep")
    (True, False)
    """
    return name in inspect.signature(network.forward).parameters


def _positions(network: PreTrainedModel) -> set[str]:
    """Return the kinds of rotary positions of a model, which may differ between its layers."""
    config = network.config.get_text_config()
    given = getattr(config, "rope_parameters", None) or getattr(config, "rope_scaling", None) or {}
    parts = [given, *(part for part in given.values() if isinstance(part, dict))]
    return {str(part.get("rope_type", part.get("type", ""))) for part in parts}
