"""Which prompts read their common beginning only once: the grouping with the fewest tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

__all__ = ["Group", "groups"]

Tokens = Sequence[int]


@dataclass(frozen=True)
class Group:
    """Prompts whose common beginning is read once.

    Attributes
    ----------
    length : int
        Tokens of that beginning; 0 where every prompt is read in full.
    members : tuple of int
        Positions of the prompts.
    """

    length: int
    members: tuple[int, ...]


@dataclass
class _Node:
    """Neighbours in sorted order, from ``start`` to ``stop``, that begin with ``depth`` tokens."""

    depth: int
    start: int
    stop: int
    cost: int
    children: list[_Node] = field(default_factory=list)
    shared: bool = False


def groups(rows: Sequence[Tokens], *, call: int) -> list[Group]:
    """Group prompts by the beginnings whose sharing leaves the fewest tokens to read.

    Prompts may share a long beginning with few others or a short one with many. Sorted, all that
    share a beginning are neighbours, which makes a tree of ever longer beginnings; from its leaves
    upward the cheaper is kept: one group at a node, or the best of its branches.

    Parameters
    ----------
    rows : sequence of sequence of int
        Tokens of each prompt, no two the same. The last token is never shared, because what
        follows it is asked.
    call : int
        What a beginning costs beside its tokens: the tokens that could be read while one more
        pass is started.

    Returns
    -------
    list of Group
        Every prompt once; what is not shared is one group of length 0, the last.

    Examples
    --------
    >>> young, old = (1, 2, 3), (1, 4, 5)
    >>> groups([young + (5, 6), old + (5, 6), young + (7, 8), old + (7, 8)], call=0)
    [Group(length=3, members=(0, 2)), Group(length=3, members=(1, 3))]
    >>> groups([(1, 2, 3), (4, 5, 6)], call=0)
    [Group(length=0, members=(0, 1))]
    """
    if not rows:
        return []
    order = sorted(range(len(rows)), key=lambda i: tuple(rows[i]))
    found = [
        Group(node.depth, tuple(sorted(order[node.start : node.stop])))
        for node in _kept(_tree([rows[i] for i in order], call))
    ]
    shared = [group for group in found if group.length]
    alone = sorted(i for group in found if not group.length for i in group.members)
    return shared + ([Group(0, tuple(alone))] if alone else [])


def _tree(rows: Sequence[Tokens], call: int) -> _Node:
    """Return the root of the tree of common beginnings of sorted rows, with the cheapest costs."""
    total = [0, *accumulate(map(len, rows))]
    open_ = [_Node(0, 0, 0, 0)]
    for i in range(len(rows)):
        last = _Node(0, i, i + 1, len(rows[i]))
        depth = _common(rows[i], rows[i + 1]) if i + 1 < len(rows) else 0
        while open_[-1].depth > depth:
            last = _closed(open_.pop(), last, total, call)
        if open_[-1].depth < depth:
            open_.append(_Node(depth, last.start, last.stop, 0))
        _adopt(open_[-1], last)
    return open_[0]


def _closed(node: _Node, last: _Node, total: Sequence[int], call: int) -> _Node:
    """Return a node with its last branch, at the cheaper of one group and its branches' own."""
    _adopt(node, last)
    number = node.stop - node.start
    together = call + node.depth + total[node.stop] - total[node.start] - number * node.depth
    if together < node.cost:
        node.cost, node.shared = together, True
    return node


def _adopt(node: _Node, child: _Node) -> None:
    """Add a branch to a node."""
    node.children.append(child)
    node.cost += child.cost
    node.stop = child.stop


def _kept(root: _Node) -> Iterator[_Node]:
    """Yield the groups of the cheapest grouping, and prompts alone, from left to right."""
    left = [root]
    while left:
        node = left.pop()
        if node.shared or not node.children:
            yield node
        else:
            left.extend(reversed(node.children))


def _common(first: Tokens, second: Tokens) -> int:
    """Return how many tokens two rows share, at most all but the last of either."""
    size = min(len(first), len(second)) - 1
    differs = np.asarray(first[:size]) != np.asarray(second[:size])
    return int(differs.argmax()) if differs.any() else size
