"""Opinion similarity with its floors and joint intervals: the package, and a loop."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import interleave, record
from benchmarks.opinion_tables import make_tables
from benchmarks.rival_opinions import Loop, loop
from disca_nb.metrics.bootstrap import resamples
from disca_nb.metrics.opinions import representation
from disca_nb.metrics.opinions.joint import ends

_ASKED = {"seconds": "<= 5 on two cores", "loop": ">= 20 times"}
_SHARP = 1e-9


def test_a_table_of_46_thousand_cells(
    results: dict[str, object], quick: bool, two_threads: int, capsys: pytest.CaptureFixture[str]
) -> None:
    conditions = record.conditions("scipy", "pandas")
    bank, answers = make_tables(12, 60, 2, 240) if quick else make_tables()
    draws, rounds = (50, 1) if quick else (2_000, 3)
    counts = resamples(bank.sizes["question"], n_boot=draws, seed=0)

    def ours() -> None:
        representation(bank, answers, n_boot=draws, seed=0)

    def rival() -> Loop:
        return loop(bank, answers, counts)

    # What is timed gives the same; the first call compiles.
    small = make_tables(12, 60, 2, 240)
    _agree(small, resamples(60, n_boot=50, seed=0))
    ours()
    seconds = interleave.race({"ours": ours, "loop": rival}, rounds)
    ratio = interleave.ratio(seconds["loop"], seconds["ours"])
    section = {
        "conditions": conditions,
        "cells": int(bank["survey_share"].isel(option=0).notnull().sum()),
        "models": answers.sizes["model"],
        "draws": draws,
        "threads": two_threads,
        "target": _ASKED,
        "seconds": {name: interleave.spread(each)._asdict() for name, each in seconds.items()},
        "loop_over_ours": ratio._asdict(),
    }
    results["opinions"] = section
    with capsys.disabled():
        for name, each in seconds.items():
            found = interleave.spread(each)
            print(f"\n{name:5s} {found.median:.2f} s [{found.low:.2f}, {found.high:.2f}]", end="")
        print(f"\nloop / ours {ratio.median:.1f} [{ratio.low:.1f}, {ratio.high:.1f}]")


def _agree(tables: tuple, counts: np.ndarray) -> None:  # type: ignore[type-arg]
    """Assert that both give the same similarities, intervals and ranks."""
    bank, answers = tables
    found = representation(bank, answers, n_boot=len(counts), seed=0).isel(prompting=0)
    wanted = loop(bank, answers, counts)
    # The package's percentiles lie a little farther out, as Student's t does, and ranks stay
    # ranks; the draws behind them are the same.
    plain, known = wanted.similarity.to_numpy(), found["n_questions"].to_numpy()[:, None]
    ranks = wanted.similarity.rank(ascending=False).to_numpy()
    low, high = ends(np.concatenate([plain[None], wanted.draws]), known, level=0.95)
    first = np.concatenate([ranks[None], wanted.ranks])
    best, last = ends(first, known, level=0.95, widen=False, ranks=True)
    pairs = {
        "similarity": plain,
        "similarity_low": low,
        "similarity_high": high,
        "rank": ranks,
        "rank_low": best,
        "rank_high": last,
    }
    for name, table in pairs.items():
        ours = found[name].transpose("country", "model").to_numpy()
        np.testing.assert_allclose(ours, table, atol=_SHARP)
