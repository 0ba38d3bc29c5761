"""From rows of text to arrays: tokens, places in the tree and what is learnt where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from embedded.rows import Exchange, Piece, Row
from embedded.tokenizer import ASSISTANT, END, SYSTEM, USER

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_WIDTH = 5

Chances = tuple[tuple[int, float], ...]


@dataclass
class Tree:
    """A row as tokens; ``branch`` is 0 for the system text and counts the exchanges."""

    tokens: list[int] = field(default_factory=list)
    position: list[int] = field(default_factory=list)
    branch: list[int] = field(default_factory=list)
    learnt: list[tuple[int, Chances]] = field(default_factory=list)

    def add(self, ids: list[int], branch: int, start: int) -> None:
        """Append tokens of a branch whose next position is ``start``."""
        self.tokens += ids
        self.position += range(start, start + len(ids))
        self.branch += [branch] * len(ids)


class Encoder:
    """Encodes rows; remembers the tokens of texts that it has seen."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self._seen: dict[str, list[int]] = {}
        self.marks = {mark: self.ids(mark)[0] for mark in (ASSISTANT, END, SYSTEM, USER)}

    def ids(self, text: str) -> list[int]:
        """Return the tokens of a text."""
        if text not in self._seen:
            self._seen[text] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return self._seen[text]

    def tree(self, row: Row) -> Tree:
        """Return a row as tokens."""
        tree = Tree()
        end = self.marks[END]
        tree.add([self.marks[SYSTEM], *self.ids(row.system), end], 0, 0)
        root = len(tree.tokens)
        for branch, exchange in enumerate(row.exchanges, start=1):
            self._add(tree, exchange, branch, root)
        return tree

    def _add(self, tree: Tree, exchange: Exchange, branch: int, root: int) -> None:
        """Append an exchange and what is learnt from it."""
        end = self.marks[END]
        question = [self.marks[USER], *self.ids(exchange.user), end, self.marks[ASSISTANT]]
        question += self.ids(exchange.prefix)
        start = len(tree.tokens)
        answer, chances = self._answer(exchange.answer)
        tree.add([*question, *answer[:-1]], branch, root)
        last = start + len(question) - 1
        tree.learnt += [(last + place, given) for place, given in enumerate(chances)]

    def _answer(self, pieces: tuple[Piece, ...]) -> tuple[list[int], list[Chances]]:
        """Return the tokens of an answer with its end, and the distribution of each."""
        tokens: list[int] = []
        chances: list[Chances] = []
        for piece in pieces:
            ids = self.ids(piece.text)
            tokens += ids
            first = tuple((self.ids(text)[0], share) for text, share in piece.chances)
            chances += [first or ((ids[0], 1.0),), *(((i, 1.0),) for i in ids[1:])]
        return [*tokens, self.marks[END]], [*chances, ((self.marks[END], 1.0),)]


@dataclass(frozen=True)
class Batch:
    """Rows side by side, padded on the right.

    ``tokens``, ``position``, ``branch`` are (rows, length), branch −1 on padding; ``row`` and
    ``place`` are (learnt,), ``ids`` and ``chances`` (learnt, 5).
    """

    tokens: npt.NDArray[np.int64]
    position: npt.NDArray[np.int64]
    branch: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]
    ids: npt.NDArray[np.int64]
    chances: npt.NDArray[np.float32]
    n_tokens: int


def batch(trees: list[Tree]) -> Batch:
    """Return the arrays of some rows."""
    learnt = [(row, *entry) for row, tree in enumerate(trees) for entry in tree.learnt]
    ids = np.zeros((len(learnt), _WIDTH), np.int64)
    chances = np.zeros((len(learnt), _WIDTH), np.float32)
    for index, (_, _, given) in enumerate(learnt):
        ids[index, : len(given)] = [token for token, _ in given]
        chances[index, : len(given)] = [share for _, share in given]
    return Batch(
        _padded([tree.tokens for tree in trees], 0),
        _padded([tree.position for tree in trees], 0),
        _padded([tree.branch for tree in trees], -1),
        np.array([entry[0] for entry in learnt]),
        np.array([entry[1] for entry in learnt]),
        ids,
        chances,
        sum(len(tree.tokens) for tree in trees),
    )


def _padded(lists: list[list[int]], filler: int) -> npt.NDArray[np.int64]:
    """Return lists of different lengths as a matrix."""
    result = np.full((len(lists), max(map(len, lists))), filler, np.int64)
    for index, values in enumerate(lists):
        result[index, : len(values)] = values
    return result
