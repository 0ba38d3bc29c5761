"""The corpus: rows of all tasks, each drawn from a generator of its own number."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import islice

import numpy as np

from disca_nb.prompts import load_pack
from embedded import moral, opinion_rows
from embedded.draws import generator
from embedded.rows import Row
from embedded.tasks import build

N_ROWS = 14_000
# Share of the rows of each kind, and its exchanges in a row.
MIXTURE = {
    "base letters": (0.08, 6),
    "persona letters": (0.56, 5),
    "surveys": (0.14, 5),
    "five points": (0.04, 6),
    "values": (0.06, 7),
    "base sentences": (0.02, 4),
    "persona sentences": (0.04, 3),
    "verdicts": (0.02, 3),
    "value sentences": (0.02, 6),
    "value verdicts": (0.02, 4),
}


def rows(number: int = N_ROWS) -> Iterator[Row]:
    """Yield the first rows of the corpus, the same ones every time."""
    pack, pairs, tasks = load_pack("en"), moral.grid(), build()
    kinds = list(MIXTURE)
    shares = np.array([MIXTURE[kind][0] for kind in kinds])
    for place in range(number):
        rng = generator("row", place)
        kind = kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
        n = MIXTURE[kind][1]
        who, _, what = kind.partition(" ")
        if what in {"letters", "sentences"} and who != "value":
            speaker = moral.base() if who == "base" else moral.speaker(pack, rng)
            make = moral.letters if what == "letters" else moral.sentences
            yield make(pack, pairs, speaker, rng, n)
        elif kind == "verdicts":
            yield moral.verdicts(pack, pairs, rng, n)
        else:
            yield getattr(opinion_rows, kind.replace(" ", "_"))(pack, tasks, rng, n)


def digest(number: int = N_ROWS) -> str:
    """Return the sha256 of the first rows."""
    result = sha256()
    for row in islice(rows(number), number):
        result.update(f"{row.line()}\n".encode())
    return result.hexdigest()
