"""The largest value of groups, and what the model's own answers score when dealt anew."""

from __future__ import annotations

import numpy as np

from disca_nb.kernels import label_key, largest_set_divergence, mix_keys
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics.opinions._cells import BoolArray, IntArray
from disca_nb.metrics.values._groups import Members
from disca_nb.metrics.values._scale import Scale, set_values

__all__ = ["dealt", "largest", "n_deals"]

_MOST_DEALS, _FEWEST_DEALS = 200, 20
_ANSWERS_DEALT = 200_000


def largest(size: IntArray, n_stances: IntArray, scale: Scale) -> FloatArray:
    """Return the largest value of each group: of as many opposed answers as stances.

    Two answers can take two of three stances, no more. Groups whose size is no multiple of the
    number of stances stay below it: three answers of two sides by 12 %, five by 4 %.
    """
    opposed = np.minimum(np.maximum(size, 2), n_stances)
    values = {
        int(k): float(largest_set_divergence(int(k), kind=scale.kind, base=scale.base))
        for k in np.unique(opposed)
        if k > 1
    }
    return np.array([values.get(int(k), np.nan) for k in opposed], dtype=np.float64)


def dealt(
    one: Members, offered: BoolArray, n_groups: int, scale: Scale, *, seed: int
) -> FloatArray:
    """Return the mean value of each group when the model's own answers are dealt anew.

    Answers change places with those of the same form, language and set of stances. A deal is
    keyed by the labels of the answers, so that it is the same for all models that gave them.

    Parameters
    ----------
    one : Members
        What is dealt, of groups that have a value.
    offered : ndarray of bool, shape (groups, stances)
        Stances of each group.
    n_groups : int
        Number of groups.
    scale : Scale
        As of the groups themselves.
    seed : int
        Seed of the deals.

    Returns
    -------
    ndarray, shape (groups,)
        Means over `n_deals` deals, NaN for groups without members.
    """
    slot = np.lexsort((one.keys, one.stratum))
    deals = n_deals(slot.size)
    probs = np.concatenate([_deal(one, slot, _deal_key(deal, seed)) for deal in range(deals)])
    group = (one.group + n_groups * np.arange(deals)[:, None]).ravel()
    values = set_values(probs, group, np.tile(offered, (deals, 1)), n_groups * deals, scale)
    return np.asarray(values.reshape(deals, n_groups).mean(axis=0))


def n_deals(n_answers: int) -> int:
    """Return how often answers are dealt: 200 times, less often where there are many.

    Examples
    --------
    >>> n_deals(300), n_deals(8000), n_deals(100_000)
    (200, 25, 20)
    """
    often = _ANSWERS_DEALT // max(n_answers, 1)
    return max(_FEWEST_DEALS, min(_MOST_DEALS, often))


def _deal_key(deal: int, seed: int) -> np.uint64:
    """Return the key of a deal."""
    return np.uint64(mix_keys(np.asarray(np.uint64(seed)), np.asarray(label_key(f"deal={deal}"))))


def _deal(one: Members, slot: IntArray, key: np.uint64) -> FloatArray:
    """Return the distributions in another order inside each stratum."""
    drawn = mix_keys(one.keys, np.full_like(one.keys, key))
    result = np.empty_like(one.probs)
    result[slot] = one.probs[np.lexsort((drawn, one.stratum))]
    return result
