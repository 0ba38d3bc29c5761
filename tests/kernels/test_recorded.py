"""Kernels against what six real models' runs logged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from reference import Floats

from disca_nb import kernels
from disca_nb._accelerate import JIT_DISABLED

MODELS = (
    "llama-3.3-70b-instruct",
    "phi-3.5-mini-instruct",
    "phi-4",
    "qwen2.5-7b-instruct-4bit",
    "qwen2.5-7b-instruct",
    "qwen3-vl-8b-instruct",
)


def _load(reference_data: Path, model: str) -> pd.DataFrame:
    return pd.read_csv(reference_data / "disca_recorded" / f"{model}.csv.gz")


def _gaps(table: pd.DataFrame) -> tuple[Floats, Floats]:
    personas = table[[f"persona_gap_{i}" for i in range(4)]].to_numpy()
    return table["base_gap"].to_numpy(), personas


def _passes_check(corrections: Floats, limit: kernels.Correction) -> bool:
    """Return whether passes spread around their limit as they should."""
    z = (corrections - limit.pass_correction[:, 0]) / np.sqrt(limit.pass_variance)
    return bool(abs(z.mean()) <= 0.06 and 0.96 <= z.std() <= 1.06)


@pytest.mark.compiled  # 6,200 cells a model are too many for plain Python
@pytest.mark.parametrize("model", MODELS)
def test_logged_and_drawn_passes_spread_around_the_limit(reference_data: Path, model: str) -> None:
    table = _load(reference_data, model)
    base, personas = _gaps(table)
    limit = kernels.disca_correction(base, personas, method="quadrature")
    drawn = kernels.disca_correction(base, personas, seed=1)
    for i in range(2):
        assert _passes_check(table[f"correction_{i + 1}"].to_numpy(), limit)
        assert _passes_check(drawn.pass_correction[:, i], limit)
    assert not _passes_check(np.zeros(len(table)), limit)


@pytest.mark.parametrize("model", MODELS)
def test_the_gate_and_the_blends_are_the_logged_ones(reference_data: Path, model: str) -> None:
    table = _load(reference_data, model)
    passes = table[["correction_1", "correction_2"]].to_numpy()
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


def test_passes_of_one_country_spread_around_the_limit_without_the_compiler(
    reference_data: Path,
) -> None:
    table = _load(reference_data, "phi-4").query("country == 'JPN'")
    base, personas = _gaps(table.iloc[: 60 if JIT_DISABLED else None])
    limit = kernels.disca_correction(base, personas, method="quadrature", tol=1e-5)
    logged = table["correction_1"].to_numpy()[: base.size]
    z = (logged - limit.pass_correction[:, 0]) / np.sqrt(limit.pass_variance)
    assert 0.7 < z.std() < 1.3
