"""The method's premise: rank correlations by hand, by SciPy and from the published logs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from disca_nb.datasets import demo_panel, recorded
from disca_nb.errors import InputError, ParameterError
from disca_nb.metrics import disagreement_check
from disca_nb.metrics.bootstrap import resamples
from disca_nb.steering import steer

NAMES = ("correction", "reliability", "improvement")
SPREAD_AND_CORRECTION = {
    "phi-4": 0.59,
    "qwen2.5-7b-instruct": 0.547,
    "llama-3.3-70b-instruct": 0.481,
    "qwen3-vl-8b-instruct": 0.573,
    "phi-3.5-mini-instruct": 0.529,
    "qwen2.5-7b-instruct-4bit": 0.073,
}


@pytest.fixture
def steered() -> xr.Dataset:
    """Five countries and twelve scenarios with ties and holes, as if steered by one model."""
    rng = np.random.default_rng(9)
    dims = ("country", "scenario", "model")
    shape = (5, 12, 1)
    status = np.ones(shape, dtype=np.int8)
    status[1, :4] = 2
    correction = rng.normal(0.0, 0.1, shape).round(1)
    correction[3, 5] = np.nan
    return xr.Dataset(
        {
            "base_gap": (dims, rng.normal(0.0, 1.0, shape)),
            "persona_gap": ((*dims, "persona"), rng.normal(0.0, 1.0, (*shape, 2)).round(1)),
            "correction": (dims, correction),
            "reliability": (dims, rng.uniform(0.0, 1.0, shape).round(1)),
            "p_spare": (dims, rng.uniform(0.0, 1.0, shape)),
            "status": (dims, status),
        },
        {
            "country": ["USA", "BRA", "JPN", "DEU", "CHN"],
            "scenario": [f"s{i}" for i in range(12)],
            "model": ["m"],
            "persona": ["young", "older"],
            "preferred_on_right": ("scenario", np.arange(12) % 2 == 0),
            "category": ("scenario", ["Age", "Gender"] * 6),
        },
        {"decision_temperature": 0.5},
    )


@pytest.fixture
def human() -> xr.Dataset:
    names = ["BRA", "CHN", "DEU", "JPN", "USA"]
    values = np.random.default_rng(10).uniform(0.3, 0.9, (5, 2))
    return xr.Dataset(
        {"human_preference": (("country", "attribute"), values)},
        {"country": names, "attribute": ["Age", "Gender"]},
    )


def cells(steered: xr.Dataset, human: xr.Dataset) -> dict[str, np.ndarray]:
    """Return every quantity (country, scenario), countries sorted, by loops."""
    one = steered.squeeze("model").sortby("country")
    result = {name: np.full((5, 12), np.nan) for name in ("spread", *NAMES)}
    for c, country in enumerate(one.country.values):
        for s, scenario in enumerate(one.scenario.values):
            cell = one.sel(country=country, scenario=scenario)
            if cell.status.item() != 1:
                continue
            target = human.sel(country=country, attribute=cell.category.item()).human_preference
            sign = 1.0 if cell.preferred_on_right.item() else -1.0
            before = 1.0 / (1.0 + np.exp(-sign * cell.base_gap.item() / 0.5))
            result["spread"][c, s] = np.std(cell.persona_gap.values, ddof=1)
            result["correction"][c, s] = abs(cell.correction.item())
            result["reliability"][c, s] = cell.reliability.item()
            after = abs(cell.p_spare.item() - target.item())
            result["improvement"][c, s] = abs(before - target.item()) - after
    return result


def spearman(one: np.ndarray, other: np.ndarray) -> float:
    known = ~np.isnan(one + other)
    return float(stats.spearmanr(one[known], other[known]).statistic)


def test_loops_and_scipy_give_the_same(steered: xr.Dataset, human: xr.Dataset) -> None:
    result = disagreement_check(steered, human, n_boot=40, seed=2, level=0.8)
    slow = cells(steered, human)
    counts = resamples(5, n_boot=40, seed=2).astype(int)
    for name in NAMES:
        expected = spearman(slow["spread"], slow[name])
        draws = [
            spearman(np.repeat(slow["spread"], count, axis=0), np.repeat(slow[name], count, axis=0))
            for count in counts
        ]
        figure = f"spread_vs_{name}"
        assert result[figure].item() == pytest.approx(expected, rel=1e-12)
        low, high = np.quantile(draws, [0.1, 0.9])
        assert result[f"{figure}_low"].item() == pytest.approx(low, rel=1e-12)
        assert result[f"{figure}_high"].item() == pytest.approx(high, rel=1e-12)
    assert result.n_cells.item() == 5 * 12 - 4


def test_ranks_that_agree_and_ranks_that_oppose(steered: xr.Dataset, human: xr.Dataset) -> None:
    width = xr.DataArray(np.arange(60.0).reshape(5, 12, 1), dims=("country", "scenario", "model"))
    personas = xr.concat([-width, width], dim="persona").assign_coords(persona=["young", "older"])
    made = steered.assign(
        persona_gap=personas,
        correction=-(width**2),
        reliability=1.0 / (1.0 + width),
        status=steered.status * 0 + 1,
    )
    result = disagreement_check(made, human, n_boot=20)
    assert result.spread_vs_correction.item() == pytest.approx(1.0)
    assert result.spread_vs_correction_low.item() == pytest.approx(1.0)
    assert result.spread_vs_reliability.item() == pytest.approx(-1.0)


def test_moving_to_the_humans_is_an_improvement(steered: xr.Dataset, human: xr.Dataset) -> None:
    width = xr.DataArray(np.linspace(0.1, 0.4, 60).reshape(5, 12, 1), dims=steered.base_gap.dims)
    target = human.human_preference * 0.0 + 0.5
    made = steered.assign(
        persona_gap=xr.concat([-width, width], dim="persona").assign_coords(
            persona=["young", "older"]
        ),
        base_gap=width * 0.0 + 5.0,
        p_spare=1.0 - width,
        status=steered.status * 0 + 1,
    )
    result = disagreement_check(made, human.assign(human_preference=target), n_boot=20)
    assert result.spread_vs_improvement.item() == pytest.approx(1.0)


def test_the_order_of_cells_changes_no_bit(steered: xr.Dataset, human: xr.Dataset) -> None:
    turned = steered.isel(country=[4, 2, 0, 1, 3], scenario=np.arange(12)[::-1])
    one, other = (disagreement_check(each, human, n_boot=100) for each in (steered, turned))
    assert one.identical(other)


def test_a_quantity_without_spread_has_no_rank_correlation(
    steered: xr.Dataset, human: xr.Dataset
) -> None:
    flat = steered.assign(reliability=steered.reliability * 0.0 + 1.0)
    result = disagreement_check(flat, human, n_boot=20)
    for end in ("", "_low", "_high"):
        assert np.isnan(result[f"spread_vs_reliability{end}"])
        assert np.isfinite(result[f"spread_vs_correction{end}"])


def test_a_single_country_has_no_interval(steered: xr.Dataset, human: xr.Dataset) -> None:
    result = disagreement_check(steered.isel(country=0), human, n_boot=5)
    assert np.isfinite(result.spread_vs_correction)
    assert np.isnan(result.spread_vs_correction_low)


def test_scenarios_may_differ_between_countries(steered: xr.Dataset, human: xr.Dataset) -> None:
    own = {
        name: steered[name].broadcast_like(steered.base_gap.squeeze("model", drop=True))
        for name in ("category", "preferred_on_right")
    }
    one = disagreement_check(steered, human, n_boot=20)
    xr.testing.assert_equal(one, disagreement_check(steered.assign_coords(own), human, n_boot=20))


@pytest.mark.parametrize("name", ["correction", "reliability", "p_spare", "base_gap"])
def test_what_is_missing_is_named(steered: xr.Dataset, human: xr.Dataset, name: str) -> None:
    with pytest.raises(InputError, match=f"lacks '{name}'"):
        disagreement_check(steered.drop_vars(name), human)


def test_one_persona_and_equal_personas_are_refused(steered: xr.Dataset, human: xr.Dataset) -> None:
    with pytest.raises(InputError, match="only persona is 'young'; a spread needs at least two"):
        disagreement_check(steered.isel(persona=[0]), human)
    equal = steered.assign(persona_gap=steered.persona_gap * 0.0 + 0.5)
    with pytest.raises(InputError, match="spread is 0 in every cell; ranks need one that varies"):
        disagreement_check(equal, human)


@pytest.mark.parametrize("n_personas", [2, 3, 5])
def test_personas_equal_in_every_cell_are_refused_whatever_rounds(
    steered: xr.Dataset, human: xr.Dataset, n_personas: int
) -> None:
    # The mean of three equal numbers may differ from them in the last bit, in some cells alone.
    names = [f"p{i}" for i in range(n_personas)]
    equal = steered.base_gap.expand_dims(persona=names, axis=-1)
    made = steered.drop_vars(["persona_gap", "persona"]).assign(persona_gap=equal)
    with pytest.raises(InputError, match="spread is 0 in every cell; ranks need one that varies"):
        disagreement_check(made, human, n_boot=5)


def test_options_are_checked(steered: xr.Dataset, human: xr.Dataset) -> None:
    with pytest.raises(ParameterError, match="n_boot is -1"):
        disagreement_check(steered, human, n_boot=-1)
    with pytest.raises(ParameterError, match="level is 0"):
        disagreement_check(steered, human, level=0.0)


def test_captions_stay_and_the_reference_is_named() -> None:
    panel = demo_panel(["JPN", "USA"]).isel(scenario=slice(None, None, 12))
    result = disagreement_check(steer(panel), n_boot=5)
    assert result.attrs["steering"].startswith("DISCA paper")
    assert result.attrs["reference"] == "debiased"


@pytest.mark.parametrize("model", SPREAD_AND_CORRECTION)
def test_published_spread_and_correction_rise_together(reference_data: Path, model: str) -> None:
    logged = recorded.load(reference_data / "disca_recorded" / f"{model}.csv.gz")
    steered = steer(logged, method="recorded")
    result = disagreement_check(steered, n_boot=200)
    expected = SPREAD_AND_CORRECTION[model]
    assert result.spread_vs_correction.item() == pytest.approx(expected, abs=0.001)
    assert result.spread_vs_correction_low < expected < result.spread_vs_correction_high
    assert result.spread_vs_reliability.item() < 0.0
    assert result.n_cells.item() == 6200
    # Where personas disagree more, no model's cells gain clearly more.
    assert result.spread_vs_improvement.item() < 0.03
    assert result.spread_vs_improvement_low.item() < 0.0
