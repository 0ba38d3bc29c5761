"""The published tables from the published logs, to the digit."""

from __future__ import annotations

import functools
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import special

from disca_nb._accelerate import JIT_DISABLED
from disca_nb.datasets import recorded, targets
from disca_nb.metrics import alignment, compare, floors, select_targets
from disca_nb.steering import decide, steer
from disca_nb.steering.settings import DISCA_VARIANTS
from disca_nb.variables import ATTRIBUTES

COLUMNS = ("vanilla", "reported", "released", "paper", "correction-only", "debiased", "consensus")
TABLE = {
    "phi-4": (0.4539, 0.3464, 0.3588, 0.3776, 0.3717, 0.3638, 0.3775),
    "qwen2.5-7b-instruct": (0.4531, 0.3619, 0.3888, 0.3707, 0.4939, 0.4868, 0.3726),
    "llama-3.3-70b-instruct": (0.8494, 0.6677, 0.8302, 0.7976, 0.8449, 0.8416, 0.7944),
    "qwen3-vl-8b-instruct": (0.5748, 0.4663, 0.5493, 0.5633, 0.5889, 0.5829, 0.5643),
    "phi-3.5-mini-instruct": (0.6379, 0.5713, 0.6685, 0.6524, 0.6668, 0.6657, 0.6491),
    "qwen2.5-7b-instruct-4bit": (0.4823, 0.4800, 0.4774, 0.4778, 0.4777, 0.4776, 0.4778),
}
# As pure Python a pass takes a millisecond: two models and two countries have to do.
RESAMPLED = list(TABLE)[:2] if JIT_DISABLED else list(TABLE)
COUNTRIES = ["JPN", "USA"] if JIT_DISABLED else None
each_model = pytest.mark.parametrize("model", TABLE)
# A country's own figure moves by .0045 or so between runs; the mean of twenty by .001.
CLOSE = 0.002 * math.sqrt(20 / len(COUNTRIES)) if COUNTRIES else 0.002


@functools.cache
def load(folder: Path, model: str) -> xr.Dataset:
    return recorded.load(folder / "disca_recorded" / f"{model}.csv.gz")


@functools.cache
def score(folder: Path, model: str) -> xr.Dataset:
    """Return the scores of all columns of the table and released+ema, with the logged passes."""
    variants = [*COLUMNS, "released+ema"]
    return compare(load(folder, model), variants, method="recorded").squeeze("model")


@functools.cache
def human(folder: Path) -> xr.Dataset:
    return select_targets(load(folder, "phi-4"), attributes=list(ATTRIBUTES))


@each_model
def test_macro_misalignment_is_the_published_one(reference_data: Path, model: str) -> None:
    means = score(reference_data, model).mis.sel(variant=list(COLUMNS)).mean("country")
    assert means.values == pytest.approx(np.array(TABLE[model]), abs=0.0006)


def test_a_table_off_by_a_thousandth_would_be_noticed(reference_data: Path) -> None:
    means = score(reference_data, "phi-4").mis.sel(variant=list(COLUMNS)).mean("country")
    assert means.values != pytest.approx(np.array(TABLE["phi-4"]) + 0.001, abs=0.0006)


@pytest.mark.parametrize("model", [name for name in TABLE if not name.endswith("4bit")])
def test_every_country_is_the_published_one(reference_data: Path, model: str) -> None:
    table = pd.read_csv(reference_data / "disca_recorded" / "paper_percountry.csv")
    published = table[table["model"] == model].set_index("country")
    scores = score(reference_data, model).sel(country=published.index.to_numpy(dtype=str))
    reported = scores.sel(variant="reported")
    assert scores.sizes["country"] == 20
    for ours, theirs, tolerance in (
        (scores.mis.sel(variant="vanilla"), "mis_vanilla", 0.0006),
        (scores.mis_vanilla, "mis_vanilla", 0.0006),
        (reported.mis, "mis_disca", 0.0006),
        (reported.jsd, "jsd_disca", 0.001),
        (reported.pearson_r, "pearson_r_disca", 0.001),
    ):
        np.testing.assert_allclose(ours, published[theirs], rtol=0.0, atol=tolerance)


@each_model
def test_reported_decisions_are_the_moving_average_of_logged_gaps(
    reference_data: Path, model: str
) -> None:
    logged = load(reference_data, model)
    steered = steer(logged, variant="reported")
    p_right = special.expit(steered.final_gap / 0.5)
    np.testing.assert_allclose(p_right, logged.recorded_p_right, rtol=0.0, atol=1e-6)
    np.testing.assert_allclose(steered.average_gap, logged.recorded_average_gap, atol=1e-6)
    assert (logged.initial_step == 3.0).all()


@each_model
def test_gates_and_blends_are_the_logged_ones(reference_data: Path, model: str) -> None:
    logged = load(reference_data, model)
    steered = steer(logged, variant="released", method="recorded")
    for ours, theirs in (
        (steered.reliability, logged.recorded_reliability),
        (steered.anchor_weight, logged.recorded_anchor_weight),
    ):
        np.testing.assert_allclose(ours, theirs, rtol=0.0, atol=1e-14)


@each_model
def test_recomputing_the_logged_gaps_hardly_moves_the_means(
    reference_data: Path, model: str
) -> None:
    logged = load(reference_data, model)
    released = steer(logged, variant="released", method="recorded")
    # The run was in 16-bit arithmetic, so single cells move.
    assert abs(released.final_gap - logged.recorded_micro_gap).max() < 0.14
    theirs = alignment(decide(released.assign(final_gap=logged.recorded_micro_gap)))
    means = score(reference_data, model).mis.mean("country")
    assert means.sel(variant="released").item() == pytest.approx(
        theirs.mis.mean().item(), abs=0.0002
    )
    assert means.sel(variant="released+ema").item() == pytest.approx(
        means.sel(variant="reported").item(), abs=0.0002
    )


def _shift(dataset: xr.Dataset, known: xr.Dataset, method: str = "monte-carlo") -> dict[str, float]:
    """Return by how much each variant's macro misalignment moves from what is known."""
    ours = compare(dataset, DISCA_VARIANTS, method=method).mis.squeeze("model")
    moved = (ours - known.mis.sel(country=dataset.country)).mean("country")
    return {variant: moved.sel(variant=variant).item() for variant in DISCA_VARIANTS}


@pytest.mark.parametrize("model", RESAMPLED)
def test_new_passes_land_where_the_logged_ones_did(reference_data: Path, model: str) -> None:
    logged = load(reference_data, model)
    some = logged if COUNTRIES is None else logged.sel(country=COUNTRIES)
    moved = _shift(some, score(reference_data, model))
    assert moved == pytest.approx(dict.fromkeys(DISCA_VARIANTS, 0.0), abs=CLOSE)


def test_no_correction_at_all_does_not(reference_data: Path) -> None:
    model = "llama-3.3-70b-instruct"
    logged = load(reference_data, model)
    none = logged.assign(recorded_correction=0.0 * logged.recorded_correction)
    moved = _shift(none, score(reference_data, model), method="recorded")
    assert min(map(abs, moved.values())) > 0.002


def test_effective_sample_sizes_never_reach_the_threshold(reference_data: Path) -> None:
    smallest = min(load(reference_data, model).recorded_ess.min().item() for model in TABLE)
    assert 0.17 < smallest < 0.19


def test_floors_of_the_twenty_countries(reference_data: Path) -> None:
    means = floors(human(reference_data)).mean()
    assert means.mis_coin_flip.item() == pytest.approx(0.483, abs=0.0006)
    assert means.mis_leave_one_out.item() == pytest.approx(0.074, abs=0.0006)
    assert means.noise_ceiling.item() == pytest.approx(0.027, abs=0.0006)


def test_one_country_makes_a_third_of_the_noise_ceiling(reference_data: Path) -> None:
    ceiling = floors(human(reference_data)).noise_ceiling
    assert ceiling.sel(country="ETH").item() == pytest.approx(0.23, abs=0.006)
    others = ceiling.drop_sel(country="ETH").mean().item()
    assert others == pytest.approx(0.017, abs=0.0006)


def test_a_constant_half_is_the_coin_flip(reference_data: Path) -> None:
    steered = steer(load(reference_data, "phi-4"), variant="debiased")
    constant = alignment(steered.assign(p_spare=xr.full_like(steered.p_spare, 0.5)))
    assert constant.mis.mean().item() == pytest.approx(0.483, abs=0.0006)
    np.testing.assert_allclose(constant.mis.squeeze("model"), constant.mis_coin_flip)


def test_matched_targets_differ_by_two_and_a_half_points(reference_data: Path) -> None:
    logged = load(reference_data, "phi-4")
    matched = select_targets(logged, attributes=list(ATTRIBUTES), utilitarianism="matched")
    moved = 100.0 * (matched.human_preference - human(reference_data).human_preference)
    assert abs(moved).sel(attribute="Utilitarianism").mean().item() == pytest.approx(2.4, abs=0.1)
    assert (moved.sel(attribute=list(ATTRIBUTES[:5])) == 0.0).all()


def test_the_shipped_targets_are_the_tables_own(reference_data: Path) -> None:
    published = targets.from_csv(reference_data / "moral_machine" / "country_specific_ACME.csv")
    steered = steer(load(reference_data, "phi-4"), variant="consensus")
    np.testing.assert_allclose(alignment(steered).mis, alignment(steered, published).mis, atol=1e-8)
