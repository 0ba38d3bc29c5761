"""What the tests of surveys share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import xarray as xr

from disca_nb.datasets.surveys import from_tidy, read_global_opinions

Tidy = Callable[..., pd.DataFrame]


@pytest.fixture
def tidy() -> Tidy:
    """Return a function that makes a tidy table of {question: {country: shares}}."""

    def _tidy(
        shares: dict[str, dict[str, list[float]]],
        options: tuple[str, ...] = ("Yes", "No"),
        **columns: object,
    ) -> pd.DataFrame:
        rows = [
            {
                "question": question,
                "text": f"Is {question} so?",
                "option": option,
                "country": country,
                "share": share,
                **columns,
            }
            for question, cells in shares.items()
            for country, each in cells.items()
            for option, share in zip(options, each, strict=True)
        ]
        return pd.DataFrame(rows)

    return _tidy


@pytest.fixture
def bank(tidy: Tidy) -> Callable[..., xr.Dataset]:
    """Return a function that makes a bank of {question: {country: shares}}."""

    def _bank(
        shares: dict[str, dict[str, list[float]]], name: str = "mine", **columns: object
    ) -> xr.Dataset:
        return from_tidy(tidy(shares, **columns), name=name, source="made up")

    return _bank


@pytest.fixture(scope="session")
def goqa_file(reference_data: Path) -> Path:
    """Return GlobalOpinionQA's file."""
    path = reference_data / "goqa" / "global_opinions_recovered.csv"
    if not path.is_file():
        required = os.environ.get("DISCA_NB_REQUIRE_REFERENCE_DATA") == "1"
        (pytest.fail if required else pytest.skip)(f"No file {path}.")
    return path


@pytest.fixture(scope="session")
def goqa(goqa_file: Path) -> xr.Dataset:
    """Return GlobalOpinionQA as a bank."""
    return read_global_opinions(goqa_file)
