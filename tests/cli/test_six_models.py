"""The paper's headline column for all six models, as one command prints it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

REPORTED = {
    "phi-4": 0.3464,
    "qwen2.5-7b-instruct": 0.3619,
    "llama-3.3-70b-instruct": 0.6677,
    "qwen3-vl-8b-instruct": 0.4663,
    "phi-3.5-mini-instruct": 0.5713,
    "qwen2.5-7b-instruct-4bit": 0.4800,
}


def test_one_command_gives_the_reported_figures_of_six_models(
    reference_data: Path, recorded_files: list[Path]
) -> None:
    options = ["--variant", "reported", "--json"]
    command = [sys.executable, "-m", "disca_nb", "replicate", *map(str, recorded_files), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    models = json.loads(done.stdout)["models"]
    found = {name: figures["macro"]["mis"] for name, figures in models.items()}
    assert found == pytest.approx(REPORTED, abs=0.0006)
    published = pd.read_csv(reference_data / "disca_recorded" / "paper_percountry.csv")
    for row in published.to_dict("records"):
        country = models[row["model"]]["countries"][row["country"]]
        assert country["mis"] == pytest.approx(row["mis_disca"], abs=0.0006)
        assert country["mis_vanilla"] == pytest.approx(row["mis_vanilla"], abs=0.0006)
        assert country["jsd"] == pytest.approx(row["jsd_disca"], abs=0.001)
        assert country["pearson_r"] == pytest.approx(row["pearson_r_disca"], abs=0.001)
