"""Settings are checked, and travel with every result."""

from __future__ import annotations

import json
from typing import Any

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
            "DISCA paper, ρ 0.1, category temperature none, recorded passes",
        ),
        ({"variant": "reported"}, "reported, category temperature none, logged decisions"),
        ({"variant": "consensus"}, "consensus, category temperature none"),
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
    assert not {"sigma", "eta", "seed", "n_samples"} & attrs.keys()


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
        ({"eta": "warm"}, "Parameter eta (η) is warm; it must be a number from 0.01"),
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
