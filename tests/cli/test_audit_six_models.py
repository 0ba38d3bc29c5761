"""The audit of all six recorded models, as one command prints it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.compiled

KEYS = {
    *("coin-flip", "world-mean", "region-mean", "vanilla", "debiased", "consensus"),
    *("disca-reported", "disca-released", "disca-paper"),
    *("temperature-vanilla", "temperature-debiased", "temperature-consensus"),
    *("temperature-weight-consensus", "offset-per-attribute"),
}
PHI4, QWEN, LLAMA = "phi-4", "qwen2.5-7b-instruct", "llama-3.3-70b-instruct"
VISION, MINI = "qwen3-vl-8b-instruct", "phi-3.5-mini-instruct"
HELD_OUT = {
    "temperature-vanilla": {PHI4: 0.421, QWEN: 0.416, LLAMA: 0.500, VISION: 0.453, MINI: 0.480},
    "temperature-consensus": {PHI4: 0.340, QWEN: 0.354, LLAMA: 0.482},
    "temperature-weight-consensus": {PHI4: 0.330, QWEN: 0.343, LLAMA: 0.472},
    "disca-reported": {PHI4: 0.3464, QWEN: 0.3619, LLAMA: 0.6677, VISION: 0.4663, MINI: 0.5713},
}
PLACEBO = {
    PHI4: (0.346, 0.348, 0.31),
    QWEN: (0.362, 0.362, 0.48),
    LLAMA: (0.668, 0.666, 0.84),
    VISION: (0.466, 0.459, 1.0),
    MINI: (0.571, 0.573, 0.19),
}


@pytest.fixture(scope="module")
def models(recorded_files: list[Path]) -> dict[str, Any]:
    command = [sys.executable, "-m", "disca_nb", "audit", *map(str, recorded_files), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    found: dict[str, Any] = json.loads(done.stdout)["models"]
    return found


def test_six_models_with_every_method(models: dict[str, Any]) -> None:
    assert len(models) == 6
    for report in models.values():
        assert report["methods"].keys() >= KEYS
        assert report["audited"] == "disca-reported"


def test_floors_of_the_twenty_countries(models: dict[str, Any]) -> None:
    for report in models.values():
        methods = report["methods"]
        assert methods["coin-flip"]["macro_mis"] == pytest.approx(0.483, abs=0.003)
        assert methods["world-mean"]["macro_mis"] == pytest.approx(0.074, abs=0.003)
        assert report["noise_ceiling"] == pytest.approx(0.027, abs=0.003)


@pytest.mark.parametrize("rival", HELD_OUT)
def test_held_out_rivals(models: dict[str, Any], rival: str) -> None:
    expected = HELD_OUT[rival]
    found = {name: models[name]["methods"][rival]["macro_mis"] for name in expected}
    assert found == pytest.approx(expected, abs=0.003)


def test_an_offset_per_attribute_comes_near_the_other_countries_mean(
    models: dict[str, Any],
) -> None:
    for report in models.values():
        assert 0.072 <= report["methods"]["offset-per-attribute"]["macro_mis"] <= 0.08


def test_no_output_fits_its_own_country(models: dict[str, Any]) -> None:
    for name, (own, other, p) in PLACEBO.items():
        found = models[name]["placebo"]
        assert found["own"] == pytest.approx(own, abs=0.001)
        assert found["other"] == pytest.approx(other, abs=0.001)
        assert found["p"] == pytest.approx(p, abs=0.03)
    assert all(report["placebo"]["p"] > 0.05 for report in models.values())


def test_gains_add_up_on_every_model(models: dict[str, Any]) -> None:
    for report in models.values():
        steps = report["diagnostics"]["waterfall"]
        assert sum(steps["gain"][1:]) == pytest.approx(
            steps["mis"][-1] - steps["mis"][0], abs=1e-14
        )
        # The last step is what the run logged.
        reported = report["methods"]["disca-reported"]["macro_mis"]
        assert steps["mis"][-1] == pytest.approx(reported, abs=1e-3)
