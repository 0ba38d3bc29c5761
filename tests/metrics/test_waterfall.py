"""The waterfall: its steps are the variants, its gains add up, and the published logs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from disca_nb.datasets import demo_panel, recorded
from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.metrics import alignment, cluster_bootstrap, interval, waterfall
from disca_nb.steering import decide, steer

STEPS = [
    "vanilla",
    "debiased",
    "+ category temperature",
    "+ personas",
    "+ return to the base prompt",
    "+ correction, ungated",
    "+ gate",
    "+ moving average",
]
# By step: the table of published variants, and between consensus and gate the blend alone and
# with the correction.
RECORDED = {
    "phi-4": (0.4539, 0.3634, 0.3638, 0.3775, 0.3579, 0.3590, 0.3588, 0.3464),
    "qwen2.5-7b-instruct": (0.4531, 0.5263, 0.4868, 0.3726, 0.3865, 0.3911, 0.3888, 0.3619),
    "llama-3.3-70b-instruct": (0.8494, 0.8455, 0.8416, 0.7944, 0.8276, 0.8325, 0.8302, 0.6677),
    "qwen3-vl-8b-instruct": (0.5748, 0.6332, 0.5829, 0.5643, 0.5480, 0.5516, 0.5493, 0.4663),
    "phi-3.5-mini-instruct": (0.6379, 0.7108, 0.6657, 0.6491, 0.6663, 0.6697, 0.6685, 0.5713),
    "qwen2.5-7b-instruct-4bit": (0.4823, 0.4699, 0.4776, 0.4778, 0.4774, 0.4774, 0.4774, 0.4800),
}


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    """Three countries, six scenarios: few enough for kernels in plain Python."""
    return demo_panel(["JPN", "BRA", "USA"]).isel(scenario=slice(None, None, 16))


@pytest.fixture(scope="module")
def result(panel: xr.Dataset) -> xr.Dataset:
    return waterfall(panel, n_boot=50, seed=3)


def blend_alone(steered: xr.Dataset) -> xr.Dataset:
    """Return the decisions of consensus and base prompt, blended by the weights of the passes."""
    share = steered.anchor_weight
    gap = share * steered.consensus_gap + (1.0 - share) * steered.base_gap
    return decide(steered.assign(final_gap=gap))


def test_every_step_is_what_steer_makes_of_it(panel: xr.Dataset, result: xr.Dataset) -> None:
    made: list[dict[str, Any]] = [
        {"variant": "vanilla"},
        {"variant": "debiased", "category_temperature": None},
        {"variant": "debiased", "category_temperature": "disca"},
        {"variant": "consensus", "category_temperature": "disca"},
        {"variant": "released", "gate_scale": np.inf},
        {"variant": "released", "gate_scale": np.inf},
        {"variant": "released"},
        {"variant": "released+ema"},
    ]
    passes = {"category_temperature": "disca", "method": "quadrature"}
    assert result.step.values.tolist() == STEPS
    for label, options in zip(STEPS, made, strict=True):
        full = {**passes, **options} if "released" in options["variant"] else options
        steered = steer(panel, **full)
        if label == "+ return to the base prompt":
            steered = blend_alone(steered)
        scores = alignment(steered)
        mis = result.mis.sel(step=label)
        np.testing.assert_allclose(mis, scores.mis.mean("country"), rtol=1e-12)
    assert result.attrs["method"] == "quadrature"
    assert len(result.attrs["steering"].splitlines()) == 8
    np.testing.assert_allclose(result.mis_coin_flip, scores.mis_coin_flip.mean())
    np.testing.assert_allclose(result.mis_leave_one_out, scores.mis_leave_one_out.mean())


def test_passes_that_correct_nothing_gain_nothing(panel: xr.Dataset) -> None:
    zero = xr.zeros_like(panel.base_gap).expand_dims(pass_id=[0, 1])
    logged = panel.assign(recorded_correction=zero, recorded_ess=zero + 0.25)
    divided = logged.assign_attrs(category_temperature="disca")
    result = waterfall(divided, n_boot=5)
    gain = result.gain.squeeze("model")
    assert result.attrs["method"] == "recorded"
    # All that the blend does is the blend's; sampling, which did nothing, is credited nothing.
    assert abs(gain.sel(step="+ return to the base prompt")) > 1e-3
    assert gain.sel(step="+ correction, ungated") == gain.sel(step="+ gate") == 0.0


def test_a_blend_that_is_the_consensus_gains_nothing(panel: xr.Dataset) -> None:
    zero = xr.zeros_like(panel.base_gap).expand_dims(pass_id=[0, 1])
    logged = panel.assign(recorded_correction=zero + 0.3, recorded_ess=zero + 1.0)
    divided = logged.assign_attrs(category_temperature="disca")
    gain = waterfall(divided, n_boot=5).gain.squeeze("model")
    assert gain.sel(step="+ return to the base prompt") == 0.0
    assert abs(gain.sel(step="+ correction, ungated")) > 1e-3


def test_the_variant_that_it_follows_is_said(result: xr.Dataset) -> None:
    lines = result.attrs["steering"].splitlines()
    assert lines[-1].startswith("DISCA released+ema, ")
    assert "category temperature disca" in lines[-1]
    assert [line.endswith(", correction 0") for line in lines] == [
        step == "+ return to the base prompt" for step in STEPS
    ]
    assert lines[STEPS.index("+ correction, ungated")].endswith(", s inf")
    text = " ".join((waterfall.__doc__ or "").split())
    assert "``released+ema`` with the released code's category temperatures" in text


def test_gains_add_up(result: xr.Dataset) -> None:
    mis, gain = result.mis.squeeze("model").values, result.gain.squeeze("model").values
    assert np.isnan(gain[0])
    np.testing.assert_allclose(gain[1:], np.diff(mis), rtol=0.0, atol=1e-15)
    assert gain[1:].sum() == pytest.approx(mis[-1] - mis[0], abs=1e-12)
    assert (result.gain_low.values[:, 1:] <= result.gain_high.values[:, 1:]).all()


def test_intervals_are_of_differences_within_countries(
    panel: xr.Dataset, result: xr.Dataset
) -> None:
    one = alignment(steer(panel, variant="debiased", category_temperature="disca")).mis
    other = alignment(steer(panel, variant="consensus", category_temperature="disca")).mis
    low, high = interval(cluster_bootstrap(other - one, n_boot=50, seed=3))
    gain = result.sel(step="+ personas")
    np.testing.assert_allclose(gain.gain_low, low, rtol=1e-9)
    np.testing.assert_allclose(gain.gain_high, high, rtol=1e-9)


def test_steps_without_their_gaps_are_left_out(panel: xr.Dataset, result: xr.Dataset) -> None:
    without = waterfall(panel.drop_vars("vanilla_gap"), n_boot=5)
    assert without.step.values.tolist() == STEPS[1:]
    np.testing.assert_array_equal(without.mis, result.mis.isel(step=slice(1, None)))
    assert np.isnan(without.gain.isel(step=0))
    alone = waterfall(panel.drop_vars("persona_gap"), n_boot=5)
    assert alone.step.values.tolist() == STEPS[:3]


def test_too_few_steps_are_refused(panel: xr.Dataset) -> None:
    bare = panel.drop_dims("order").drop_vars(["base_gap", "persona_gap"])
    with pytest.raises(InputError, match=r"too few steps \(vanilla\); a waterfall needs base_gap"):
        waterfall(bare)
    with pytest.raises(InputError, match=r"too few steps \(none\)"):
        waterfall(bare.drop_vars("vanilla_gap"))


def test_orders_are_debiased_first(panel: xr.Dataset, result: xr.Dataset) -> None:
    order = xr.DataArray([1.0, -1.0], {"order": ["AB", "BA"]}, "order")
    bias = panel.vanilla_gap - panel.base_gap
    both = panel.assign(
        base_order_gap=panel.base_gap * order + bias,
        persona_order_gap=panel.persona_gap * order,
    ).drop_vars(["base_gap", "persona_gap", "vanilla_gap"])
    np.testing.assert_allclose(waterfall(both, n_boot=5).mis, result.mis, rtol=1e-9)


def test_a_country_unknown_at_one_step_is_left_out_of_all(panel: xr.Dataset) -> None:
    holed = panel.assign(vanilla_gap=panel.vanilla_gap.where(panel.country != "BRA"))
    some, without = (waterfall(each, n_boot=5) for each in (holed, panel.drop_sel(country="BRA")))
    assert some.n_countries.item() == 2
    np.testing.assert_allclose(some.mis, without.mis)
    np.testing.assert_allclose(some.mis_coin_flip, without.mis_coin_flip)


def test_a_single_country_has_no_interval(panel: xr.Dataset) -> None:
    for one in (panel.isel(country=[0]), panel.isel(country=0)):
        result = waterfall(one.drop_vars("persona_gap"), n_boot=5)
        assert np.isfinite(result.mis).all()
        assert np.isnan(result.gain_low).all()
        assert np.isnan(result.mis_leave_one_out)


def test_what_is_wrong_is_said(panel: xr.Dataset) -> None:
    with pytest.raises(UnknownNameError, match="Unknown method 'quadratur'; did you mean"):
        waterfall(panel, method="quadratur")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="n_boot is 0"):
        waterfall(panel.drop_vars("persona_gap"), n_boot=0)
    logged = panel.assign(
        recorded_correction=panel.base_gap.expand_dims(pass_id=[0, 1]),
        recorded_ess=panel.base_gap.expand_dims(pass_id=[0, 1]) * 0.0 + 0.5,
    )
    with pytest.raises(InputError, match="belongs to gaps with category temperature 'none'"):
        waterfall(logged, method="recorded")
    assert waterfall(logged.isel(scenario=slice(4)), n_boot=5).attrs["method"] == "quadrature"


@pytest.mark.parametrize("model", RECORDED)
def test_published_logs(recorded_files: list[Path], model: str) -> None:
    (file,) = (each for each in recorded_files if each.name == f"{model}.csv.gz")
    result = waterfall(recorded.load(file))
    assert result.attrs["method"] == "recorded"
    assert result.step.values.tolist() == STEPS
    mis = result.mis.squeeze("model").values
    assert mis == pytest.approx(np.array(RECORDED[model]), abs=0.0003)
    assert np.nansum(result.gain) == pytest.approx(mis[-1] - mis[0], abs=1e-12)
    assert result.n_countries.item() == 20
    # What sampling itself changes is a few thousandths, and on no model an improvement.
    assert 0.0 <= result.gain.sel(step="+ correction, ungated").item() < 0.006
