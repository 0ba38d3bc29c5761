"""Gaps that are scored again and again, against one call of `steer` and `alignment` each."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest
import xarray as xr
from panels import made_up

from disca_nb import kernels
from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.kernels import Limits, limit_grid
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics import alignment
from disca_nb.metrics.live import Live
from disca_nb.steering import steer

SETTINGS: dict[str, dict[str, Any]] = {
    "default": {},
    "released": {"variant": "released", "rho": 0.3},
    "moving average": {"variant": "released+ema"},
    "correction alone": {"variant": "correction-only", "eta": 0.2, "lam": 0.1},
    "fixed width": {"sigma": 0.3},
    "least width": {"sigma_floor": 1.5},
    "floor": {"floor": 0.5, "kappa": 1.0, "alpha": 0.6},
    "no gate": {"gate_scale": np.inf},
    "counts": {"n_samples": 8, "n_passes": 5, "gate_scale": 0.01},
    "high threshold": {"rho": 0.95},
    "random passes": {"method": "monte-carlo", "seed": 3, "n_samples": 16, "n_passes": 3},
    "decisions": {"decision_temperature": 2.0},
    "vanilla": {"variant": "vanilla"},
    "debiased": {"variant": "debiased", "decision_temperature": 0.2},
    "consensus": {"variant": "consensus"},
}


@pytest.fixture(scope="module")
def gaps() -> xr.Dataset:
    """Return three countries and two models, with cells that were never run."""
    countries = ["JPN", "USA", "BRA"]
    one, other = (made_up(countries, each=4, seed=seed) for seed in (1, 2))
    # Both models are asked the same scenarios.
    other = other.assign_coords(preferred_on_right=one.preferred_on_right)
    parts = [each.expand_dims(model=[name]) for name, each in {"m": one, "n": other}.items()]
    both = xr.concat(parts, dim="model", coords="minimal")
    both = both.transpose("country", "scenario", "model", ...)
    both["status"][1, :2] = 0
    both["base_gap"][1, 0] = np.nan
    rng = np.random.default_rng(5)
    dims, shape = ("country", "scenario", "model", "pass_id"), (*both.base_gap.shape, 2)
    return both.assign(
        recorded_correction=(dims, rng.normal(0.0, 0.1, shape)),
        recorded_ess=(dims, rng.uniform(0.02, 0.9, shape)),
    ).assign_coords(pass_id=[0, 1])


@pytest.fixture(scope="module")
def live(gaps: xr.Dataset) -> Live:
    return Live(gaps)


def _expected(gaps: xr.Dataset, **given: object) -> xr.Dataset:
    options: dict[str, Any] = {"method": "quadrature", "tol": 1e-6, **given}
    return alignment(steer(gaps, **options))


@pytest.mark.parametrize("name", SETTINGS)
def test_it_gives_what_steering_and_alignment_give(gaps: xr.Dataset, live: Live, name: str) -> None:
    options = SETTINGS[name]
    found = live.dataset(live.score(**options))
    expected = _expected(gaps, **{"variant": "paper", **options})
    order = found.preference.dims
    np.testing.assert_allclose(found.mis, expected.mis.transpose(*found.mis.dims), atol=1e-12)
    preference = expected.preference.transpose(*order)
    np.testing.assert_allclose(found.preference, preference, atol=1e-12)


def test_logged_passes_are_gated_anew(gaps: xr.Dataset, live: Live) -> None:
    steered = steer(gaps, method="recorded", rho=0.4, gate_scale=0.02)
    expected = alignment(steered).mis.transpose("country", "model")
    scored = live.score(method="recorded", rho=0.4, gate_scale=0.02)
    found = live.dataset(scored).mis.transpose("country", "model")
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("temperature", ["disca", None])
def test_category_temperatures_are_those_of_steer(
    gaps: xr.Dataset, temperature: Literal["disca"] | None
) -> None:
    live = Live(gaps, category_temperature=temperature)
    expected = _expected(gaps, category_temperature=temperature).mis.transpose("country", "model")
    found = live.dataset(live.score()).mis.transpose("country", "model")
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_means_and_final_gaps_are_those_of_steer(gaps: xr.Dataset, live: Live) -> None:
    scored = live.score("paper")
    steered = steer(gaps, method="quadrature", tol=1e-6).transpose(*live.leads, "scenario", ...)
    counted = steered.status == 1
    for name, found in (("reliability", scored.reliability), ("final_gap", scored.final)):
        expected = steered[name] if name == "final_gap" else steered[name].where(counted)
        if name == "reliability":
            expected = expected.mean("scenario")
        np.testing.assert_allclose(found, expected.values.reshape(found.shape), atol=1e-12)
    ratio = steered.ess.mean("pass_id").where(counted).mean("scenario")
    np.testing.assert_allclose(scored.ess, ratio.values.ravel(), atol=1e-12)


def test_a_variant_without_passes_has_no_reliability(live: Live) -> None:
    assert np.isnan(live.score("consensus").reliability).all()


def test_what_acts_after_the_passes_makes_no_new_ones(
    gaps: xr.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def counted(*given: FloatArray, tol: float) -> Limits:
        calls.append(given)
        return limit_grid(*given, tol=tol)

    live = Live(gaps)
    monkeypatch.setattr(kernels, "limit_grid", counted)
    live.score("paper")
    live.score("paper", rho=0.2)
    live.score("paper", gate_scale=0.1)
    live.score("paper", n_samples=8)
    live.score("paper", n_passes=4)
    live.score("paper", decision_temperature=1.0)
    live.score("released")
    assert len(calls) == 1
    live.score(eta=0.3)
    live.score(eta=0.3, rho=0.7)
    assert len(calls) == 2


def test_one_country_without_a_model_has_scores(gaps: xr.Dataset) -> None:
    one = gaps.isel(country=0, model=0, drop=False)
    live = Live(one)
    assert live.leads == ("country",)
    assert live.score("consensus").mis.shape == (1,)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"variant": "papre"}, UnknownNameError, "did you mean 'paper'"),
        ({"eta": 0.0}, ParameterError, "eta"),
        ({"variant": "consensus", "eta": 0.5}, ParameterError, "no effect"),
        ({"variant": "reported"}, InputError, "'reported'"),
    ],
)
def test_bad_settings_are_refused(
    live: Live, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        live.score(**options)


def test_gaps_without_personas_are_refused(gaps: xr.Dataset) -> None:
    with pytest.raises(InputError, match="persona_gap"):
        Live(gaps.drop_vars("persona_gap"))


def test_logged_passes_of_other_gaps_are_refused(gaps: xr.Dataset) -> None:
    live = Live(gaps, category_temperature="disca")
    with pytest.raises(InputError, match="category temperature 'none'"):
        live.score(method="recorded")


def test_a_variant_that_the_gaps_lack_is_refused(gaps: xr.Dataset) -> None:
    with pytest.raises(InputError, match="'vanilla'; use one of consensus, debiased"):
        Live(gaps.drop_vars("vanilla_gap")).score("vanilla")
