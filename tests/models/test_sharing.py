"""Grouping by common beginnings, against trying every cut of the tree of beginnings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disca_nb.models.sharing import Group, groups

Row = tuple[int, ...]

# Few tokens, so that many rows begin alike.
ROWS = st.sets(st.lists(st.integers(0, 2), min_size=1, max_size=7).map(tuple), max_size=12)


def cheapest(rows: Sequence[Row], call: int, depth: int = 0) -> int:
    """Return the fewest tokens: one group of all, or the best of the branches where they part."""
    if len(rows) == 1:
        return len(rows[0])
    while all(len(row) - 1 > depth and row[depth] == rows[0][depth] for row in rows):
        depth += 1
    together = call + depth + sum(len(row) - depth for row in rows) if depth else None

    def branch(row: Row) -> Row:  # a row that ends here is a branch of its own
        return row if len(row) - 1 <= depth else (*row[depth : depth + 1], -1)

    parts = [list(part) for _, part in groupby(sorted(rows, key=branch), key=branch)]
    if len(parts) == 1:
        return sum(map(len, rows)) if together is None else together
    apart = sum(cheapest(part, call, depth) for part in parts)
    return apart if together is None else min(apart, together)


def cost(rows: Sequence[Row], found: Sequence[Group], call: int) -> int:
    """Return the tokens that a grouping reads."""
    return sum(
        (call + group.length if group.length else 0)
        + sum(len(rows[i]) - group.length for i in group.members)
        for group in found
    )


@given(ROWS, st.integers(0, 4))
def test_no_cut_reads_fewer_tokens(rows: set[Row], call: int) -> None:
    given_rows = sorted(rows, key=hash)
    found = groups(given_rows, call=call)
    expected = cheapest(given_rows, call) if given_rows else 0
    assert cost(given_rows, found, call) == expected


@given(ROWS, st.integers(0, 4))
def test_each_prompt_is_in_one_group_and_begins_as_it_says(rows: set[Row], call: int) -> None:
    given_rows = list(rows)
    found = groups(given_rows, call=call)
    assert sorted(i for group in found for i in group.members) == list(range(len(rows)))
    for group in found:
        members = [given_rows[i] for i in group.members]
        assert len({row[: group.length] for row in members}) == 1
        assert all(len(row) > group.length for row in members)


def test_a_long_beginning_of_few_or_a_short_one_of_many() -> None:
    speaker = tuple(range(100, 140))
    scenes = [tuple(range(200 + 10 * i, 205 + 10 * i)) for i in range(6)]
    rows = [speaker + scene + (order, 7, 8, 9) for scene in scenes for order in (1, 2)]
    assert [group.length for group in groups(rows, call=0)] == [40]
    rows = [speaker + scene * 20 + (order, 7) for scene in scenes for order in (1, 2)]
    assert [group.length for group in groups(rows, call=0)] == [140] * 6


@pytest.mark.parametrize(("call", "length"), [(0, 3), (2, 3), (3, 0), (50, 0)])
def test_a_beginning_must_save_more_than_its_pass_costs(call: int, length: int) -> None:
    rows = [(1, 2, 3, 4), (1, 2, 3, 5)]  # sharing saves 3
    assert [group.length for group in groups(rows, call=call)] == [length]


def test_many_beginnings_within_each_other() -> None:
    rows = [tuple(range(i)) for i in range(2, 1500)]
    assert sum(len(group.members) for group in groups(rows, call=0)) == len(rows)
