"""The corpus: rows of all tasks, each drawn from a generator of its own number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

import numpy as np
from embedded import moral, opinion_rows
from embedded.draws import generator
from embedded.rows import Row
from embedded.tasks import build

from disca_nb.prompts import load_pack

N_ROWS = 20_000

Mixture = dict[str, tuple[float, int]]
# Share of the rows of each kind, and its exchanges in a row. In short, a dilemma is its two options
# alone: comparing them is learnt there, in a quarter of the text and without a frame to look past.
_OPINIONS: Mixture = {"surveys": (0.22, 5), "five points": (0.06, 6), "values": (0.07, 7)}
_OTHERS: Mixture = {
    "base sentences": (0.02, 5),
    "persona sentences": (0.03, 4),
    "verdicts": (0.03, 4),
    "value sentences": (0.015, 6),
    "value verdicts": (0.02, 5),
}
_FIRST: Mixture = {
    "short base letters": (0.3, 12),
    "short base sentences": (0.1, 8),
    "short verdicts": (0.08, 6),
    **_OPINIONS,
}
_SECOND: Mixture = {
    "short base letters": (0.05, 12),
    "short persona letters": (0.35, 12),
    "short base sentences": (0.04, 8),
    "short verdicts": (0.03, 6),
    "base letters": (0.05, 6),
    "persona letters": (0.06, 5),
    **_OPINIONS,
    **_OTHERS,
}
_LAST: Mixture = {
    "base letters": (0.06, 6),
    "persona letters": (0.5, 5),
    **_OPINIONS,
    **_OTHERS,
}
STAGES = ((1_000, _FIRST), (9_000, _SECOND), (N_ROWS, _LAST))
"""Until which row each mixture holds."""


def rows(places: Iterable[int] = range(N_ROWS)) -> Iterator[Row]:
    """Yield the rows at some places of the corpus, the same ones every time."""
    pack, pairs, tasks = load_pack("en"), moral.grid(), build()
    for place in places:
        rng = generator("row", place)
        mixture = next(mixture for until, mixture in STAGES if place < until)
        kind, n = _kind(rng, mixture)
        if kind in {"verdicts", "short verdicts"}:
            yield moral.verdicts(pack, pairs, rng, n, short=kind.startswith("short"))
        elif "base" in kind or "persona" in kind:
            who = moral.speaker(pack, rng) if "persona" in kind else moral.base()
            make = moral.sentences if kind.endswith("sentences") else moral.letters
            yield make(pack, pairs, who, rng, n, short=kind.startswith("short"))
        else:
            yield getattr(opinion_rows, kind.replace(" ", "_"))(pack, tasks, rng, n)


def _kind(rng: np.random.Generator, mixture: Mixture) -> tuple[str, int]:
    """Draw a kind of row, and return how many exchanges it has."""
    shares = np.array([share for share, _ in mixture.values()])
    kind = list(mixture)[int(rng.choice(len(mixture), p=shares / shares.sum()))]
    return kind, mixture[kind][1]


def digest(places: Iterable[int] = range(N_ROWS)) -> str:
    """Return the sha256 of rows, a line of JSON each."""
    result = sha256()
    for row in rows(places):
        result.update(f"{row.line()}\n".encode())
    return result.hexdigest()
