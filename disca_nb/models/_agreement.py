"""Whether rows that go on from a kept beginning give what the same rows give in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from disca_nb.models._cache import not_shareable
from disca_nb.models._forward import Reader
from disca_nb.models.option_tokens import OptionTokens

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["difference", "tolerance", "why_not_shared"]

# A beginning and what follows it: short, of several lengths, and one of a single token.
_BEGINNING, _ENDS = 24, (9, 5, 1)
_COMPARED = 16
# Of the largest absolute log-probability, or of one where that is less.
_EXACT, _STEPS = 5e-6, 6.0


def why_not_shared(network: PreTrainedModel) -> tuple[str, bool]:
    """Return why a model's beginnings are not shared, and whether that is a surprise.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        A causal language model.

    Returns
    -------
    tuple of (str, bool)
        A clause, empty where they are shared; and whether the kind of model promised otherwise.
    """
    if reason := not_shareable(network):
        return reason, False
    found, bound = difference(network), tolerance(network)
    if found <= bound:
        return "", False
    return f"shared and unshared differ by {found:.2g} of the largest, over {bound:.2g}", True


def tolerance(network: PreTrainedModel) -> float:
    """Return how much both ways may differ, as a share of max(1, largest absolute value).

    Parameters
    ----------
    network : transformers.PreTrainedModel
        A causal language model; in 16 bits a few steps of its number format.
    """
    import torch

    step = float(torch.finfo(network.dtype).eps)
    return max(_EXACT, _STEPS * step) if step > 1e-6 else _EXACT


def difference(network: PreTrainedModel) -> float:
    """Return how much both ways differ, as a share of max(1, largest absolute value).

    Parameters
    ----------
    network : transformers.PreTrainedModel
        One for which `disca_nb.models._cache.not_shareable` is empty.

    Returns
    -------
    float
        Over the log-probabilities of 16 tokens after each of three rows; infinite where one is
        no number in one way alone.
    """
    known = int(network.get_input_embeddings().weight.shape[0])
    # A fixed walk through the vocabulary.
    walk = [(7919 * i + 13) % known for i in range(_BEGINNING + sum(_ENDS))]
    options = tuple((i * known // _COMPARED,) for i in range(_COMPARED))
    prefix, rest = tuple(walk[:_BEGINNING]), walk[_BEGINNING:]
    requests = [
        OptionTokens(prefix + tuple(rest[sum(_ENDS[:i]) :][:end]), options)
        for i, end in enumerate(_ENDS)
    ]
    reader = Reader(network)
    shared = reader.option_log_probs(prefix, requests)
    alone = np.concatenate([reader.option_log_probs((), [request]) for request in requests])
    both = np.isfinite(shared) & np.isfinite(alone)
    if (np.isfinite(shared) != np.isfinite(alone)).any():
        return float("inf")
    largest = np.abs(alone[both]).max(initial=1.0)
    return float(np.abs(shared - alone)[both].max(initial=0.0) / largest)
