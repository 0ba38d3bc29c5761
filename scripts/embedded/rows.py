"""Rows of the corpus: one system text and several exchanges that do not see each other.

A row is a tree: every exchange follows the same system text, so that each is exactly a
conversation of its own and a long persona is read once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from embedded.draws import softmax

from disca_nb.prompts import Prompt


@dataclass(frozen=True)
class Piece:
    """Text of an answer; its first token is learnt as a distribution where there is one."""

    text: str
    chances: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Exchange:
    """A user's turn and the answer to it, which begins with a given prefix."""

    user: str
    prefix: str
    answer: tuple[Piece, ...]


@dataclass(frozen=True)
class Row:
    """A system text and the exchanges that follow it."""

    kind: str
    system: str
    exchanges: tuple[Exchange, ...]

    def line(self) -> str:
        """Return the row as a line of JSON, which the corpus's hash is taken over."""
        exchanges = [
            [e.user, e.prefix, [[p.text, dict(p.chances)] for p in e.answer]]
            for e in self.exchanges
        ]
        return json.dumps([self.kind, self.system, exchanges])


def row(kind: str, asked: Sequence[tuple[Prompt, tuple[Piece, ...]]]) -> Row:
    """Return a row of prompts that share their system text."""
    (system,) = {prompt.system for prompt, _ in asked}
    exchanges = [Exchange(prompt.user, prompt.prefix, answer) for prompt, answer in asked]
    return Row(kind, system, tuple(exchanges))


def draw(rng: np.random.Generator, chances: Mapping[str, float]) -> Piece:
    """Return one of several texts, drawn, with the chances of each."""
    texts = list(chances)
    total = sum(chances.values())
    shares = [float(chances[text] / total) for text in texts]
    text = texts[int(rng.choice(len(texts), p=shares))]
    # Four digits are the same on every machine.
    rounded = tuple((name, round(share, 4)) for name, share in zip(texts, shares, strict=True))
    return Piece(text, rounded)


def letter(rng: np.random.Generator, gap: float, labels: tuple[str, str], lead: str = "") -> Piece:
    """Return one of two letters for the log-odds of the second."""
    first, second = softmax([0.0, gap])
    return draw(rng, {lead + labels[0]: first, lead + labels[1]: second})
