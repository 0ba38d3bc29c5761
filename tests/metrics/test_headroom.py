"""Unsteered decisions: by hand, and the verdict of the paper's rule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from disca_nb.datasets import recorded
from disca_nb.errors import InputError, ParameterError
from disca_nb.metrics import alignment, headroom
from disca_nb.steering import steer


def panel(p_spare: list[list[float]]) -> xr.Dataset:
    """Return vanilla gaps that spare with the probabilities (country, attribute) given."""
    p = np.array(p_spare)
    return xr.Dataset(
        {"vanilla_gap": (("country", "scenario"), 0.5 * np.log(p / (1.0 - p)))},
        {
            "country": ["BRA", "JPN", "USA"][: len(p)],
            "scenario": ["0", "1"],
            "category": ("scenario", ["Age", "Gender"]),
            "preferred_on_right": ("scenario", [True, True]),
        },
    )


@pytest.fixture
def half(target: Callable[..., xr.Dataset]) -> Callable[[float], xr.Dataset]:
    """Return a function that makes targets of one value everywhere."""
    countries = ["BRA", "JPN", "USA"]
    return lambda value: target(np.full((3, 2), value), countries, ("Age", "Gender"))


def test_two_countries_by_hand(half: Callable[[float], xr.Dataset]) -> None:
    result = headroom(panel([[0.5, 0.75], [0.9, 0.5]]), half(0.5))
    np.testing.assert_allclose(result.vanilla_margin, [0.25, 0.4])
    bits = [-(p * np.log2(p) + (1 - p) * np.log2(1 - p)) for p in (0.75, 0.9)]
    np.testing.assert_allclose(result.vanilla_entropy, [(1 + bits[0]) / 2, (1 + bits[1]) / 2])
    np.testing.assert_allclose(result.vanilla_gap_size, [np.log(3) / 4, np.log(9) / 4])
    np.testing.assert_allclose(result.mis_vanilla, [0.25, 0.4])
    np.testing.assert_allclose(result.mis_coin_flip, 0.0)
    assert result.macro_mis_vanilla.item() == pytest.approx(0.325)
    assert result.n_countries.item() == 2
    assert "variant" not in result.coords


def test_certain_decisions_have_margin_one_and_no_entropy(
    half: Callable[[float], xr.Dataset],
) -> None:
    certain = panel([[0.5, 0.5]]).assign(vanilla_gap=panel([[0.5, 0.5]]).vanilla_gap + 1e3)
    result = headroom(certain, half(0.5))
    assert (result.vanilla_margin.item(), result.vanilla_entropy.item()) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("p", "human", "verdict"),
    [
        (0.6, 0.8, "below the paper's threshold"),  # MIS .28
        (0.5, 0.8, "where a coin flip lies"),  # .42, the coin flip itself
        (0.51, 0.8, "where a coin flip lies"),  # .41
        (0.49, 0.8, "above"),
        (0.2, 0.6, "above"),  # .57, and a coin flip is at .14
        (0.3, 0.55, "below the paper's threshold"),
    ],
)
def test_the_verdict_is_by_threshold_and_coin_flip(
    half: Callable[[float], xr.Dataset], p: float, human: float, verdict: str
) -> None:
    result = headroom(panel([[p, p], [p, p]]), half(human))
    assert result.headroom_verdict.item() == verdict
    assert ".40" in result.attrs["headroom_rule"]
    assert "coin flip" in result.attrs["headroom_caveat"]


def test_unknown_cells_leave_their_country_out(half: Callable[[float], xr.Dataset]) -> None:
    holed = panel([[0.5, 0.75], [np.nan, 0.5]])
    result = headroom(holed, half(0.5))
    np.testing.assert_allclose(result.vanilla_margin, [0.25, np.nan])
    assert result.macro_mis_vanilla.item() == pytest.approx(0.25)
    assert result.n_countries.item() == 1
    status = (holed.country != "JPN").broadcast_like(holed.vanilla_gap)
    unscored = headroom(holed.assign(status=status.astype(np.int8)), half(0.5))
    xr.testing.assert_allclose(
        unscored.drop_vars("headroom_verdict"), result.drop_vars("headroom_verdict")
    )
    nothing = headroom(holed.assign(vanilla_gap=holed.vanilla_gap * np.nan), half(0.5))
    assert nothing.headroom_verdict.item() == "unknown"


def test_a_country_without_dimension_is_one(half: Callable[[float], xr.Dataset]) -> None:
    one = panel([[0.5, 0.75], [0.9, 0.5]])
    xr.testing.assert_equal(
        headroom(one.isel(country=1), half(0.5)), headroom(one.isel(country=[1]), half(0.5))
    )


def test_what_is_wrong_is_said(half: Callable[[float], xr.Dataset]) -> None:
    with pytest.raises(InputError, match="lacks 'vanilla_gap'"):
        headroom(panel([[0.5, 0.5]]).drop_vars("vanilla_gap"), half(0.5))
    with pytest.raises(ParameterError, match="decision_temperature is 0"):
        headroom(panel([[0.5, 0.5]]), half(0.5), decision_temperature=0)


@pytest.mark.parametrize(
    ("model", "vanilla", "verdict"),
    [
        ("phi-4", 0.4539, "where a coin flip lies"),
        ("llama-3.3-70b-instruct", 0.8494, "above"),
    ],
)
def test_published_models(reference_data: Path, model: str, vanilla: float, verdict: str) -> None:
    logged = recorded.load(reference_data / "disca_recorded" / f"{model}.csv.gz")
    result = headroom(logged)
    assert result.macro_mis_vanilla.item() == pytest.approx(vanilla, abs=0.0006)
    assert result.macro_mis_coin_flip.item() == pytest.approx(0.483, abs=0.0006)
    assert result.headroom_verdict.values.tolist() == [verdict]
    scores = alignment(steer(logged, variant="debiased"))
    np.testing.assert_allclose(result.mis_vanilla, scores.mis_vanilla, rtol=1e-12)
