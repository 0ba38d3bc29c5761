"""Settings are checked, and travel with every result."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import xarray as xr

from disca_nb import compare, macro, summary
from disca_nb.errors import ParameterError, UnknownNameError
from disca_nb.metrics import alignment
from disca_nb.steering import VARIANTS, caption, steer
from disca_nb.steering.settings import DISCA_VARIANTS

PAPER = "DISCA paper, σ adaptive ≥ 0.3, ρ 0.1, category temperature none, {}"
CIRCULATED = (
    "DISCA correction-only, σ 0.3, ρ 0.0, category temperature disca, "
    "monte-carlo (K 64, M 2, seed 0)"
)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (
            {},
            PAPER.format("monte-carlo (K 64, M 2, seed 0)"),
        ),
        (
            {
                "variant": "correction-only",
                "sigma": 0.3,
                "rho": 0.0,
                "category_temperature": "disca",
            },
            CIRCULATED,
        ),
        (
            {"method": "quadrature", "tol": 1e-9, "eta": 0.25, "floor": 2.0},
            PAPER.format("quadrature (K 64, M 2, tol 1e-09), η 0.25, f 2.0"),
        ),
        (
            {"method": "recorded"},
            "DISCA paper, σ as logged, ρ 0.1, category temperature none, recorded passes",
        ),
        (
            {"variant": "reported"},
            "reported, σ as logged, ρ as logged, category temperature none, logged decisions",
        ),
        ({"variant": "consensus"}, "consensus, category temperature none"),
        (
            {"variant": "consensus", "decision_temperature": 2.0},
            "consensus, decision temperature 2.0, category temperature none",
        ),
        (
            {"variant": "vanilla", "category_temperature": "disca"},
            "vanilla, category temperature none",
        ),
    ],
)
def test_caption_says_how_a_result_was_steered(
    logged: xr.Dataset, options: dict[str, Any], line: str
) -> None:
    steered = steer(logged, **options)
    assert steered.attrs["steering"] == line
    assert caption(steered.attrs) == line


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_repr_names_the_variant(logged: xr.Dataset, variant: str) -> None:
    steered = steer(logged, variant=variant)
    for shown in (repr(steered), steered._repr_html_(), repr(summary(steered))):
        assert variant in shown


@pytest.mark.parametrize("variant", DISCA_VARIANTS)
def test_every_repr_shows_the_settings_that_change_results(panel: xr.Dataset, variant: str) -> None:
    steered = steer(panel, variant=variant, sigma=0.25, rho=0.125, category_temperature="disca")
    scores = alignment(steered)
    for dataset in (steered, scores, macro(scores, n_boot=10)):
        shown = " ".join(repr(dataset).split())
        for setting in (
            f"variant: {variant}",
            "sigma: 0.25",
            "rho: 0.125",
            "category_temperature: disca",
            "method: monte-carlo",
        ):
            assert setting in shown
        card = repr(summary(dataset))
        for setting in (variant, "σ 0.25", "ρ 0.125", "category temperature disca", "monte-carlo"):
            assert setting in card


def test_a_comparison_keeps_a_line_per_variant(panel: xr.Dataset) -> None:
    scores = compare(panel, ["vanilla", "paper"], sigma=0.25)
    assert scores.attrs["steering"].splitlines() == [
        "vanilla, category temperature none",
        "DISCA paper, σ 0.25, ρ 0.1, category temperature none, monte-carlo (K 64, M 2, seed 0)",
    ]
    assert "sigma:" in repr(scores)
    assert "rho:" in repr(scores)


@pytest.mark.parametrize("method", ["monte-carlo", "quadrature", "recorded"])
def test_settings_are_text_and_numbers(logged: xr.Dataset, method: str) -> None:
    attrs = steer(logged, method=method).attrs
    assert json.loads(json.dumps(attrs)) == attrs
    assert not any(isinstance(value, bool | list | dict) for value in attrs.values())


def test_recorded_passes_claim_no_settings_of_ours(logged: xr.Dataset) -> None:
    attrs = steer(logged, method="recorded").attrs
    assert {"rho", "gate_scale"} <= attrs.keys()
    assert not {"eta", "seed", "n_samples"} & attrs.keys()
    assert attrs["sigma"] == "as logged"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"variant": "papre"}, "Unknown variant 'papre'; did you mean 'paper'?"),
        ({"variant": ["vanilla"]}, "did you mean 'vanilla'?"),
        ({"method": "montecarlo"}, "Unknown method 'montecarlo'; did you mean 'monte-carlo'?"),
        ({"lamda": 0.5}, "Unknown parameter 'lamda'; did you mean 'lam'?"),
    ],
)
def test_an_unknown_name_is_refused_with_the_closest(
    panel: xr.Dataset, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        steer(panel, **options)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lam": 1.5}, "Parameter lam (λ) is 1.5; it must be a number from 0 to 1."),
        ({"sigma": 0.0}, "Parameter sigma (σ) is 0.0; it must be a number above 0"),
        ({"sigma": "adaptve"}, "or 'adaptive'"),
        ({"rho": float("nan")}, "Parameter rho (ρ) is nan; it must be a number from 0 to 1."),
        ({"eta": "warm"}, "Parameter eta (η) is 'warm'; it must be a number from 0.01"),
        ({"n_samples": 2.5}, "n_samples (K) is 2.5; it must be a whole number from 2 to 65536."),
        ({"decision_temperature": 0.0}, "decision_temperature is 0.0; it must be a number above 0"),
        ({"seed": -1}, "seed is -1; it must be a whole number from 0 to 2**64 - 1."),
        ({"method": "quadrature", "tol": 1.0}, "tol is 1.0; it must be a number from 1e-12"),
    ],
)
def test_a_parameter_out_of_range_is_refused_with_the_range(
    panel: xr.Dataset, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        steer(panel, **options)
    assert message in str(caught.value)


def test_a_grid_out_of_range_is_refused(panel: xr.Dataset) -> None:
    grid = xr.DataArray([0.5, 1.5], dims="lam_grid", coords={"lam_grid": [0.5, 1.5]})
    with pytest.raises(ParameterError, match=r"lam \(λ\) is 0.5 to 1.5; it must be a number from"):
        steer(panel, lam=grid)


@pytest.mark.parametrize("variant", ["vanilla", "debiased", "consensus", "reported"])
def test_a_parameter_without_effect_on_a_variant_is_refused(
    logged: xr.Dataset, variant: str
) -> None:
    with pytest.raises(ParameterError, match=f"eta has no effect on the variant '{variant}'"):
        steer(logged, variant=variant, eta=0.3)


def test_a_floor_without_effect_on_a_given_width_is_refused(panel: xr.Dataset) -> None:
    grid = xr.DataArray([0.3, 1.0], {"sigma_grid": [0, 1]}, "sigma_grid")
    for sigma, shown in ((0.5, "0.5"), (grid, "varies over sigma_grid")):
        with pytest.raises(ParameterError, match=rf"sigma_floor has no effect .* \({shown}\)"):
            steer(panel, sigma=sigma, sigma_floor=0.4)
    with pytest.raises(ParameterError, match="sigma is an array without dimension names"):
        steer(panel, sigma=[0.3, 1.0], sigma_floor=0.4)
    adaptive = steer(panel, sigma="adaptive", sigma_floor=0.4).attrs
    assert (adaptive["sigma"], adaptive["sigma_floor"]) == ("adaptive", 0.4)


def test_a_parameter_without_effect_on_logged_passes_is_refused(logged: xr.Dataset) -> None:
    with pytest.raises(ParameterError, match="sigma has no effect on passes that were logged"):
        steer(logged, method="recorded", sigma=0.3)


@pytest.mark.parametrize(
    ("variant", "method"), [("reported", "quadrature"), ("vanilla", "recorded")]
)
def test_logged_decisions_keep_the_temperature_that_they_were_made_with(
    logged: xr.Dataset, variant: str, method: str
) -> None:
    share = logged.recorded_p_right
    known = logged.assign(recorded_vanilla_p_right=share, recorded_vanilla_p_spare=share)
    attrs = steer(known, variant=variant, method=method).attrs
    assert attrs["decision_temperature"] == "as logged"
    with pytest.raises(ParameterError, match="decision_temperature 2 has no effect on decisions"):
        steer(known, variant=variant, method=method, decision_temperature=2.0)


@pytest.mark.parametrize("variant", ["vanilla", "released+ema"])
def test_the_decision_temperature_acts_where_no_decisions_are_logged(
    logged: xr.Dataset, variant: str
) -> None:
    steered = steer(logged, variant=variant, method="recorded", decision_temperature=2.0)
    assert steered.attrs["decision_temperature"] == 2.0


def test_another_decision_temperature_is_seen_in_every_repr(panel: xr.Dataset) -> None:
    steered = steer(panel, decision_temperature=2.0)
    for shown in (steered, alignment(steered), summary(steered)):
        assert "decision temperature 2.0" in repr(shown)


@pytest.mark.parametrize("variant", ["consensus", "paper"])
@pytest.mark.parametrize(
    ("option", "words"),
    [
        ({"seed": -1}, "seed is -1"),
        ({"seed": 1.5}, "seed is 1.5"),
        ({"tol": "tight"}, "tol is 'tight'"),
        ({"decision_temperature": "a"}, "decision_temperature is 'a'"),
        ({"decision_temperature": True}, "decision_temperature is True"),
        ({"decision_temperature": 0}, "decision_temperature is 0"),
    ],
)
def test_options_are_checked_whether_they_are_used_or_not(
    panel: xr.Dataset, variant: str, option: dict[str, Any], words: str
) -> None:
    with pytest.raises(ParameterError, match=words):
        steer(panel.chunk(country=1), variant=variant, **option)


def test_a_higher_threshold_silences_logged_passes(cell: xr.Dataset) -> None:
    # Ratios are .5 and .25: the second pass falls silent, and V = .3**2.
    result = steer(cell, method="recorded", rho=0.3)
    np.testing.assert_array_equal(result.pass_correction, [[0.3, 0.0]])
    assert result.correction.item() == pytest.approx(0.15 * np.exp(-0.09 / 0.04))
    assert result.attrs["rho"] == 0.3


def test_logged_passes_do_not_say_their_width(cell: xr.Dataset, logged: xr.Dataset) -> None:
    passes = steer(cell, method="recorded")
    assert passes.attrs["steering"].startswith("DISCA paper, σ as logged, ρ 0.1,")
    reported = steer(logged, variant="reported")
    assert reported.attrs["steering"].startswith("reported, σ as logged, ρ as logged,")


def test_vanilla_decisions_are_called_logged_only_where_they_are(logged: xr.Dataset) -> None:
    plain = steer(logged, variant="vanilla", method="recorded")
    assert "logged decisions" not in plain.attrs["steering"]
    share = logged.recorded_p_right
    known = logged.assign(recorded_vanilla_p_right=share, recorded_vanilla_p_spare=share)
    result = steer(known, variant="vanilla", method="recorded")
    assert result.attrs["steering"].endswith("logged decisions")
    np.testing.assert_array_equal(result.p_spare, share)
    assert steer(known, variant="consensus", method="recorded").attrs["vanilla_decisions"]
    assert "vanilla_decisions" not in steer(known, variant="consensus").attrs
