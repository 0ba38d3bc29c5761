"""Whether a model reads as the engine needs: side by side, and on from a kept beginning.

Both are tried on a few rows when a model is loaded, against each row alone and in full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from disca_nb.errors import DiscaError, InputError
from disca_nb.models._cache import input_device, not_shareable
from disca_nb.models._forward import Reader
from disca_nb.models._probe import LONGEST, probe
from disca_nb.models._reading import reason

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["check_side_by_side", "difference", "tolerance", "why_not_shared"]

# Of the largest difference of two logits, or of one where that is less. Numbers of 16 bits are
# allowed a quarter of a step, and all a few times what rows side by side differ by.
_EXACT, _QUARTER, _NOISE = 5e-6, 0.25, 4.0
_ANOTHER_TEXT = 20.0

Values = npt.NDArray[np.float64]


def check_side_by_side(network: PreTrainedModel, name: str) -> None:
    """Raise when what a model makes of a text hangs on the texts that it reads beside it.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        A language model.
    name : str
        Its name, for the message.

    Raises
    ------
    InputError
        When it does, as with one that also reads from right to left.
    """
    if _too_short(network):
        return
    found = _apart(_side_by_side(network), _alone(network))
    # Weights that give no numbers are told cell by cell.
    if np.isfinite(found) and found > _ANOTHER_TEXT * _base(network):
        raise InputError(
            f"The answers of {name} hang on what follows a text or stands beside it (they differ "
            f"by {found:.2g} of the largest); it is not a causal language model that can be asked."
        )


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
    if short := _too_short(network):
        return short, False
    try:
        if kind := not_shareable(network):
            return kind, False
        # Read once for both, as rows alone take most of the time of a large model.
        alone = _alone(network)
        found, bound = _apart(_shared(network), alone), _bound(network, alone)
    except DiscaError:
        raise
    except Exception as error:  # noqa: BLE001 - models fail in ways of their own
        return f"going on from a kept beginning fails ({reason(error)})", True
    if found <= bound:
        return "", False
    return f"shared and unshared differ by {found:.2g} of the largest, over {bound:.2g}", True


def tolerance(network: PreTrainedModel) -> float:
    """Return how much answers with shared beginnings may differ from those without.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        A causal language model.

    Returns
    -------
    float
        As a share of the largest difference of two logits, or of 1 where that is less.
    """
    return _bound(network, _alone(network))


def difference(network: PreTrainedModel) -> float:
    """Return how much answers with shared beginnings differ from those without.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        One for which `disca_nb.models._cache.not_shareable` is empty.

    Returns
    -------
    float
        As `tolerance`; infinite where there is nothing to compare.
    """
    return _apart(_shared(network), _alone(network))


def _bound(network: PreTrainedModel, alone: Values) -> float:
    """Return the tolerance, given what rows alone say."""
    noise = _apart(_side_by_side(network), alone)
    return max(_base(network), _NOISE * noise if np.isfinite(noise) else 0.0)


def _shared(network: PreTrainedModel) -> Values:
    """Return the log-probabilities of rows that go on from a kept beginning."""
    prefix, requests = probe(network)
    return Reader(network).option_log_probs(prefix, requests)


def _side_by_side(network: PreTrainedModel) -> Values:
    """Return the log-probabilities of rows that are read together, in full."""
    return Reader(network).option_log_probs((), probe(network)[1])


def _alone(network: PreTrainedModel) -> Values:
    """Return the log-probabilities of rows that are read one by one, as the model itself does."""
    import torch

    found = []
    for request in probe(network)[1]:
        ids = torch.tensor([request.prefix], device=input_device(network))
        with torch.inference_mode():
            logits = network(input_ids=ids).logits[0, -1].cpu().double()
        found.append(logits.log_softmax(-1)[[token for (token,) in request.continuations]].numpy())
    return np.array(found)


def _apart(values: Values, others: Values) -> float:
    """Return how far differences of logits are apart, as a share of the largest."""
    gaps, expected = (each - each[:, :1] for each in (values, others))
    same = np.isfinite(gaps) == np.isfinite(expected)
    both = np.isfinite(gaps) & np.isfinite(expected)
    if not same.all() or not both.any():
        return float("inf")
    largest = max(1.0, np.abs(expected[both]).max())
    return float(np.abs(gaps - expected)[both].max() / largest)


def _base(network: PreTrainedModel) -> float:
    """Return what a number format alone may make differ."""
    import torch

    return max(_EXACT, _QUARTER * float(torch.finfo(network.dtype).eps))


def _too_short(network: PreTrainedModel) -> str:
    """Return that a model reads too few tokens to be tried, empty where it does not."""
    limit = getattr(network.config.get_text_config(), "max_position_embeddings", None)
    short = isinstance(limit, int) and 0 < limit < LONGEST
    return f"its context of {limit} tokens is too short to try it" if short else ""
