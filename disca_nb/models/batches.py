"""Which prompts are read side by side: under a budget of tokens, those of one beginning together.

The batches follow from the tokens, the budget and nothing else, so that a run that goes on where
it was stopped reads the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from disca_nb.models.option_tokens import OptionTokens
from disca_nb.models.sharing import Group, groups

__all__ = ["Batch", "Row", "batches", "rows_of"]


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


@dataclass(frozen=True)
class Batch:
    """Requests that are read side by side.

    Attributes
    ----------
    prefix : tuple of int
        Tokens with which all begin, read once; empty where every request is read in full.
    members : tuple of int
        Positions of the requests, the longest first.
    rows : int
        Sequences that they need.
    longest : int
        Tokens of the longest of these, its beginning included.
    """

    prefix: tuple[int, ...]
    members: tuple[int, ...]
    rows: int
    longest: int

    @property
    def tokens(self) -> int:
        """Tokens that are read, what fills up short rows included, the beginning not."""
        return self.rows * (self.longest - len(self.prefix))


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


def batches(
    requests: Sequence[OptionTokens], *, budget: int, call: int, shared: bool
) -> list[Batch]:
    """Return the batches in which requests are read, the largest first.

    So a batch that does not fit into memory is among the first.

    Parameters
    ----------
    requests : sequence of OptionTokens
        No two the same.
    budget : int
        Tokens of a batch, its beginning counted for every row, as the cache holds it so. One
        request that is longer is a batch of its own.
    call : int
        As for `disca_nb.models.sharing.groups`.
    shared : bool
        Whether common beginnings are read once.

    Returns
    -------
    list of Batch
        Every request in one of them.

    Examples
    --------
    >>> asked = [OptionTokens((1, 2, 3, n), ((8,), (9,))) for n in (4, 5, 6)]
    >>> [batch.members for batch in batches(asked, budget=8, call=0, shared=True)]
    [(0, 1), (2,)]
    """
    prompts = [request.prefix for request in requests]
    everyone = Group(0, tuple(range(len(requests))))
    found = groups(prompts, call=call) if shared else [everyone] * bool(requests)
    sizes = [_size(request) for request in requests]
    cut = [batch for group in found for batch in _cut(group, prompts, sizes, budget)]
    # Batches of one beginning stay together: it is read for the first and kept for the others.
    largest: dict[tuple[int, ...], int] = {}
    for batch in cut:
        size = batch.rows * batch.longest
        largest[batch.prefix] = max(size, largest.get(batch.prefix, 0))
    return sorted(cut, key=lambda batch: (-largest[batch.prefix], batch.prefix))


def _size(request: OptionTokens) -> tuple[int, int]:
    """Return how many sequences a request needs and the tokens of the longest."""
    rows = rows_of(request)
    return len(rows), max(len(row.tokens) for row in rows)


def _cut(
    group: Group,
    prompts: Sequence[tuple[int, ...]],
    sizes: Sequence[tuple[int, int]],
    budget: int,
) -> Iterator[Batch]:
    """Yield the batches of a group, those of similar length together."""
    prefix = prompts[group.members[0]][: group.length]
    members: list[int] = []
    rows = longest = 0
    for i in sorted(group.members, key=lambda i: -sizes[i][1]):
        number, length = sizes[i]
        if members and (rows + number) * longest > budget:
            yield Batch(prefix, tuple(members), rows, longest)
            members, rows = [], 0
        longest = longest if members else length
        members.append(i)
        rows += number
    yield Batch(prefix, tuple(members), rows, longest)
