"""What coin flips score: every single answer takes one of its stances by chance."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache, reduce
from itertools import combinations_with_replacement, product
from operator import or_
from typing import NamedTuple, TypeAlias

import numpy as np

from disca_nb.kernels import coin_flip_divergence, jensen_shannon_centroid, label_key
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics.opinions._cells import IntArray
from disca_nb.metrics.values._groups import Members
from disca_nb.metrics.values._scale import Scale, set_values

__all__ = ["coin_flips"]

Sides: TypeAlias = tuple[int, ...]

_MOST_SETS = 5000


class _Outcomes(NamedTuple):
    """What a member can be, (n, stances), and how likely that is, (n,)."""

    probs: FloatArray
    chance: FloatArray


def coin_flips(one: Members, n_groups: int, scale: Scale) -> FloatArray:
    """Return the expected value of groups whose answers each take one of their stances by chance.

    Where members are questions, every answer behind a question is a flip, and the centroids of
    the flips are compared, as those of the model's answers are.

    Parameters
    ----------
    one : Members
        Of groups that have a value.
    n_groups : int
        Number of groups.
    scale : Scale
        As of the groups themselves.

    Returns
    -------
    ndarray, shape (groups,)
        Exact where no more than 5,000 sets are possible; else the mean of as many sets, drawn by
        a seed that depends on the make-up of the group alone. NaN for groups without members.
    """
    members: dict[int, list[Sides]] = defaultdict(list)
    for group, sides in zip(one.group.tolist(), one.sides, strict=True):
        members[group].append(sides)
    values = np.full(n_groups, np.nan)
    for group, found in members.items():
        values[group] = _expected(tuple(sorted(found)), scale)
    return values


@lru_cache(maxsize=4096)
def _expected(members: tuple[Sides, ...], scale: Scale) -> float:
    """Return the expectation of a group, by what the answers behind each member may say."""
    offered = reduce(or_, (pattern for sides in members for pattern in sides))
    if set(members) == {(offered,)}:
        n, k, compat = len(members), offered.bit_count(), scale.compat
        return coin_flip_divergence(n, k, kind=scale.kind, base=scale.base, compat=compat)
    n_stances = offered.bit_length()
    kinds = [(_outcomes(sides, n_stances), n) for sides, n in Counter(members).items()]
    n_sets = math.prod(math.comb(len(kind.chance) + n - 1, n) for kind, n in kinds)
    drawn = n_sets > _MOST_SETS
    sets, chance = _some(kinds, repr(members)) if drawn else _all(kinds)
    group = np.repeat(np.arange(len(sets)), len(members))
    columns = (offered >> np.arange(n_stances)) & 1 == 1
    columns = np.tile(columns, (len(sets), 1))
    values = set_values(sets.reshape(-1, n_stances), group, columns, len(sets), scale)
    return math.fsum((values * chance).tolist())


@lru_cache(maxsize=1024)
def _outcomes(sides: Sides, n_stances: int) -> _Outcomes:
    """Return the centroids that flips can have, and how likely each is."""
    counts: dict[tuple[int, ...], float] = {(0,) * n_stances: 1.0}
    for pattern in sides:
        places = [place for place in range(n_stances) if pattern >> place & 1]
        after: dict[tuple[int, ...], float] = defaultdict(float)
        for count, chance in counts.items():
            for place in places:
                more = tuple(n + (stance == place) for stance, n in enumerate(count))
                after[more] += chance / len(places)
        counts = after
    flips = np.stack([np.repeat(np.eye(n_stances), count, axis=0) for count in counts])
    return _Outcomes(jensen_shannon_centroid(flips).centroid, np.array([*counts.values()]))


def _all(kinds: list[tuple[_Outcomes, int]]) -> tuple[FloatArray, FloatArray]:
    """Return every set of members, (sets, members, stances), and how likely each is, (sets,)."""
    sets, chances = [], []
    for picks in product(*(list(_picked(kind, n)) for kind, n in kinds)):
        sets.append(
            np.concatenate(
                [kind.probs[pick] for (kind, _), (pick, _) in zip(kinds, picks, strict=True)]
            )
        )
        chances.append(math.prod(chance for _, chance in picks))
    return np.stack(sets), np.array(chances)


def _picked(kind: _Outcomes, n: int) -> Iterator[tuple[IntArray, float]]:
    """Yield the outcomes of n members of a kind, in no order, and how likely they are."""
    for pick in combinations_with_replacement(range(len(kind.chance)), n):
        orders = math.factorial(n)
        for count in Counter(pick).values():
            orders //= math.factorial(count)
        places = np.array(pick, dtype=np.int64)
        yield places, orders * float(kind.chance[places].prod())


def _some(kinds: list[tuple[_Outcomes, int]], label: str) -> tuple[FloatArray, FloatArray]:
    """Return sets of members drawn by chance, (sets, members, stances), all equally likely."""
    generator = np.random.Generator(np.random.Philox(key=label_key(label)))
    parts = [
        kind.probs[generator.choice(len(kind.chance), (_MOST_SETS, n), p=kind.chance)]
        for kind, n in kinds
    ]
    return np.concatenate(parts, axis=1), np.full(_MOST_SETS, 1.0 / _MOST_SETS)
