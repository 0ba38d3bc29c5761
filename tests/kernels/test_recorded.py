"""Kernels against what six real models' runs logged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from reference import Floats

from disca_nb import kernels
from disca_nb.kernels import disca_correction

MODELS = (
    "llama-3.3-70b-instruct",
    "phi-3.5-mini-instruct",
    "phi-4",
    "qwen2.5-7b-instruct-4bit",
    "qwen2.5-7b-instruct",
    "qwen3-vl-8b-instruct",
)


COLUMNS = ["correction_1", "correction_2"]
# Passes for the mean and spread to be within a few hundredths; plain Python is slow.
FEWEST = 300


def _load(reference_data: Path, model: str) -> pd.DataFrame:
    return pd.read_csv(reference_data / "disca_recorded" / f"{model}.csv.gz")


def _standardised(table: pd.DataFrame) -> dict[str, Floats]:
    """Return (pass - limit) / sqrt(V1) of logged passes, of drawn ones and of none at all."""
    base = table["base_gap"].to_numpy()
    personas = table[[f"persona_gap_{i}" for i in range(4)]].to_numpy()
    limit = disca_correction(base, personas, method="quadrature", tol=1e-5)
    passes = {
        "logged": table[COLUMNS].to_numpy(),
        "drawn": disca_correction(base, personas, seed=1).pass_correction,
        "zero": np.zeros((len(table), 2)),
    }
    scale = np.sqrt(limit.pass_variance)[:, None]
    return {name: (values - limit.pass_correction) / scale for name, values in passes.items()}


def _spreads_as_it_should(z: Floats) -> bool:
    return bool(abs(z.mean()) <= 0.06 and 0.96 <= z.std() <= 1.06)


@pytest.mark.compiled
@pytest.mark.parametrize("model", MODELS)
def test_logged_and_drawn_passes_spread_around_the_limit(reference_data: Path, model: str) -> None:
    z = _standardised(_load(reference_data, model))
    found = {name: _spreads_as_it_should(values) for name, values in z.items()}
    assert found == {"logged": True, "drawn": True, "zero": False}


def test_passes_of_all_models_together_spread_around_the_limit(reference_data: Path) -> None:
    # Other scenarios for every model, as the runs drew the same numbers for the same scenario.
    tables = [
        _load(reference_data, model).iloc[i * FEWEST : (i + 1) * FEWEST]
        for i, model in enumerate(MODELS)
    ]
    z = _standardised(pd.concat(tables))
    found = {name: _spreads_as_it_should(values) for name, values in z.items()}
    assert found == {"logged": True, "drawn": True, "zero": False}


@pytest.mark.parametrize("model", MODELS)
def test_the_gate_and_the_blends_are_the_logged_ones(reference_data: Path, model: str) -> None:
    table = _load(reference_data, model)
    passes = table[COLUMNS].to_numpy()
    ess = table[["ess_1", "ess_2"]].to_numpy()
    correction, reliability, _ = kernels.reliability_gate(passes)
    assert np.abs(reliability - table["reliability"]).max() < 1e-12
    weight = kernels.anchor_weight(ess, variant="released")
    assert np.abs(weight - table["anchor_weight"]).max() < 1e-12
    micro = kernels.blend(table["base_gap"], table["consensus_gap"], correction, weight)
    # The run was in 16-bit arithmetic.
    assert np.abs(micro - table["micro_gap"]).max() < 0.14


@pytest.mark.parametrize("model", MODELS)
def test_the_moving_average_gives_the_logged_decisions(reference_data: Path, model: str) -> None:
    table = _load(reference_data, model)
    for _, rows in table.groupby("country"):
        before = (rows["ema_gap"].iloc[0] - 0.1 * rows["micro_gap"].iloc[0]) / 0.9
        got = kernels.moving_average(rows["micro_gap"].to_numpy(), average=before, step=3)
        decision = 1.0 / (1.0 + np.exp(-got.final / 0.5))
        assert np.abs(decision - rows["disca_p_right"]).max() < 1e-6
        assert np.abs(got.average - rows["ema_gap"]).max() < 1e-6
        assert (got.step == rows["ema_step"]).all()
        # The logged weight is that of the scenario to come.
        assert np.abs(got.weight[1:] - rows["ema_weight"].to_numpy()[:-1]).max() < 1e-12
