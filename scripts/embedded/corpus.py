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
# Share of the rows of each kind, and its exchanges in a row, until a row. The letters of the first
# rows are learnt from the two options alone, which takes a tenth of the text.
_REST: Mixture = {
    "base sentences": (0.02, 4),
    "persona sentences": (0.04, 4),
    "verdicts": (0.02, 3),
    "value sentences": (0.02, 6),
    "value verdicts": (0.03, 4),
}
_OPINIONS: Mixture = {"surveys": (0.22, 5), "five points": (0.06, 6), "values": (0.07, 7)}
STAGES: tuple[tuple[int, Mixture], ...] = (
    (800, {"short base letters": (0.5, 12), **_OPINIONS}),
    (
        8_000,
        {
            "short base letters": (0.08, 12),
            "short persona letters": (0.45, 12),
            **_OPINIONS,
            **_REST,
        },
    ),
    (
        N_ROWS,
        {"base letters": (0.08, 6), "persona letters": (0.5, 5), **_OPINIONS, **_REST},
    ),
)


def rows(places: Iterable[int] = range(N_ROWS)) -> Iterator[Row]:
    """Yield the rows at some places of the corpus, the same ones every time."""
    pack, pairs, tasks = load_pack("en"), moral.grid(), build()
    for place in places:
        rng = generator("row", place)
        mixture = next(mixture for until, mixture in STAGES if place < until)
        kind, n = _kind(rng, mixture)
        if kind == "verdicts":
            yield moral.verdicts(pack, pairs, rng, n)
        elif kind.endswith((" letters", " sentences")) and not kind.startswith("value"):
            who = moral.speaker(pack, rng) if "persona" in kind else moral.base()
            if kind.endswith("sentences"):
                yield moral.sentences(pack, pairs, who, rng, n)
            else:
                yield moral.letters(pack, pairs, who, rng, n, short=kind.startswith("short"))
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
