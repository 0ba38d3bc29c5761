"""What recorded gaps were divided by, and whose temperatures those are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from disca_nb.datasets import recorded
from disca_nb.datasets._temperatures import published_temperature

Write = Callable[[str, str | bytes], Path]

ROWS = {
    "country": ["JPN", "JPN", "USA", "USA"],
    "scenario": ["0", "1", "0", "1"],
    "category": ["Age", "Species", "Age", "Species"],
    "preferred_on_right": "1",
    "base_gap": "0.5",
    "persona_gap_all": "0.25",
}


def test_gaps_without_temperatures_were_not_divided(write: Write) -> None:
    panel = recorded.load(write("a.csv", pd.DataFrame(ROWS).to_csv(index=False)))
    assert panel.attrs["category_temperature"] == "none"


@pytest.mark.parametrize(
    ("divisors", "expected"),
    [
        (["1.5", "4.0", "1.5", "4.0"], "disca"),
        (["1.5", "4.0", "1.5", "4.1"], "own"),
        (["1.5", "4.0", "1.5", "1.0"], "own"),
        (["2", "2", "2", "2"], "own"),
        (["1", "1.0", "1", "1"], "none"),
    ],
)
def test_whose_temperatures_divided_the_gaps_is_read_from_every_row(
    write: Write, divisors: list[str], expected: str
) -> None:
    rows = pd.DataFrame(ROWS).assign(category_temperature=divisors)
    panel = recorded.load(write("a.csv", rows.to_csv(index=False)))
    assert panel.attrs["category_temperature"] == expected
    # Gaps that were divided by one were not divided.
    assert ("category_temperature" in panel.coords) == (expected != "none")


@pytest.mark.parametrize(
    ("category", "divisor"),
    [
        *(("Species", 4.0), ("Gender", 3.5), ("Age", 1.5), ("Fitness", 1.5)),
        *(("SocialValue", 1.5), ("Utilitarianism", 1.5), ("Honour", 3.0), ("age", 3.0)),
    ],
)
def test_the_released_codes_temperatures(category: str, divisor: float) -> None:
    assert published_temperature(category) == divisor


def test_the_released_runs_have_the_released_codes_temperatures(recorded_files: list[Path]) -> None:
    for file in recorded_files:
        assert recorded.load(file).attrs["category_temperature"] == "disca"
