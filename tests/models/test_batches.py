"""Batches under a budget of tokens."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from disca_nb.models.batches import Batch, batches, rows_of
from disca_nb.models.option_tokens import OptionTokens

AB = ((1,), (2,))


def asked(*, options: tuple[tuple[int, ...], ...] = AB) -> list[OptionTokens]:
    """Return requests of three speakers about scenes of different lengths, in no order."""
    rng = np.random.default_rng(5)
    speakers = [tuple(range(100 * i, 100 * i + 40)) for i in (1, 2, 3)]
    scenes = [tuple(rng.integers(500, 900, size).tolist()) for size in (9, 30, 12, 25, 12, 18)]
    found = [OptionTokens(speaker + scene, options) for scene in scenes for speaker in speakers]
    return [found[i] for i in rng.permutation(len(found))]


def check(requests: list[OptionTokens], found: list[Batch], budget: int) -> None:
    """Check that every request is read once, after its own beginning, within the budget."""
    assert sorted(i for batch in found for i in batch.members) == list(range(len(requests)))
    for batch in found:
        rows = [row for i in batch.members for row in rows_of(requests[i])]
        assert batch.rows == len(rows)
        assert batch.longest == max(len(row.tokens) for row in rows)
        assert all(row.tokens[: len(batch.prefix)] == batch.prefix for row in rows)
        assert batch.rows * batch.longest <= budget or len(batch.members) == 1
        # The place whose answer is asked is read with the row.
        assert min(place for row in rows for _, place, _ in row.targets) >= len(batch.prefix)


@pytest.mark.parametrize("budget", [1, 100, 333, 10_000])
@pytest.mark.parametrize("shared", [True, False])
def test_every_request_is_in_one_batch_within_the_budget(budget: int, *, shared: bool) -> None:
    for options in (AB, ((1, 5), (1, 6, 7), (2,))):
        requests = asked(options=options)
        check(requests, batches(requests, budget=budget, call=4, shared=shared), budget)


def test_a_beginning_is_read_once_and_its_batches_follow_each_other() -> None:
    found = batches(asked(), budget=150, call=4, shared=True)
    prefixes = [batch.prefix for batch in found]
    assert {len(prefix) for prefix in prefixes} == {40}
    changes = sum(one != other for one, other in pairwise(prefixes))
    assert (len(set(prefixes)), changes) == (3, 2)
    assert len(found) > 3


def test_the_largest_comes_first() -> None:
    sizes = [batch.held for batch in batches(asked(), budget=200, call=0, shared=False)]
    assert sizes == sorted(sizes, reverse=True)


def test_the_same_requests_give_the_same_batches() -> None:
    once, again = (batches(asked(), budget=200, call=4, shared=True) for _ in range(2))
    assert once == again


def test_nothing_asked_is_no_batch() -> None:
    assert batches([], budget=10, call=0, shared=True) == []
    assert batches([], budget=10, call=0, shared=False) == []
