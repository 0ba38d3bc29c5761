"""The wrong-country placebo: its figures by hand, by a slow loop and from the published logs."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from disca_nb.datasets import recorded
from disca_nb.errors import InputError, ParameterError
from disca_nb.metrics import alignment, placebo
from disca_nb.steering import steer

NAMES = ["BRA", "DEU", "JPN", "USA"]
# own, other, p
RECORDED = {
    "phi-4": (0.346, 0.348, 0.31),
    "qwen2.5-7b-instruct": (0.362, 0.362, 0.48),
    "llama-3.3-70b-instruct": (0.668, 0.666, 0.84),
    "qwen3-vl-8b-instruct": (0.466, 0.459, 1.0),
    "phi-3.5-mini-instruct": (0.571, 0.573, 0.19),
}


def score(model: list[float], human: list[float], names: list[str] = NAMES) -> xr.Dataset:
    """Return preferences of one attribute, whose misalignments are plain differences."""
    return xr.Dataset(
        {
            "preference": (("country", "attribute"), np.array(model)[:, None]),
            "human_preference": (("country", "attribute"), np.array(human)[:, None]),
        },
        {"country": names[: len(model)], "attribute": ["Age"]},
    )


@pytest.fixture
def random() -> xr.Dataset:
    """Seven countries, three attributes and two models, one of which lacks a country."""
    rng = np.random.default_rng(11)
    preference = rng.uniform(0.0, 1.0, (7, 3, 2))
    preference[2, :, 1] = np.nan
    return xr.Dataset(
        {
            "preference": (("country", "attribute", "model"), preference),
            "human_preference": (("country", "attribute"), rng.uniform(0.0, 1.0, (7, 3))),
        },
        {"country": list("gbacfde"), "attribute": ["Age", "Law", "Fit"], "model": ["m", "n"]},
    )


def test_every_output_is_compared_with_every_country() -> None:
    result = placebo(score([0.1, 0.5, 0.9], [0.2, 0.4, 0.8]), n_permutations=9)
    expected = [[0.1, 0.3, 0.7], [0.3, 0.1, 0.5], [0.7, 0.3, 0.1]]
    np.testing.assert_allclose(result.placebo_mis.transpose("country", "made_for"), expected)
    assert result.placebo_mis.sel(country="BRA", made_for="JPN").item() == pytest.approx(0.7)
    assert result.placebo_own.item() == pytest.approx(0.1)
    assert result.placebo_other.item() == pytest.approx((0.3 + 0.7 + 0.3 + 0.5 + 0.7 + 0.3) / 6)
    assert result.placebo_top1.item() == 1.0
    assert result.placebo_chance.item() == pytest.approx(1 / 3)
    assert result.n_countries.item() == 3


def test_p_tends_to_the_share_of_all_assignments() -> None:
    scores = score([0.2, 0.6, 0.4, 0.5], [0.1, 0.3, 0.6, 0.9])
    result = placebo(scores, n_permutations=40_000)
    apart = result.placebo_mis.transpose("country", "made_for").values
    sums = [sum(apart[range(4), order]) for order in itertools.permutations(range(4))]
    exact = np.mean([each <= np.trace(apart) + 1e-9 for each in sums])
    assert 0.1 < exact < 0.9
    assert result.placebo_p.item() == pytest.approx(exact, abs=0.01)


def test_outputs_that_are_all_the_same_know_no_country() -> None:
    result = placebo(score([0.4] * 4, [0.1, 0.3, 0.6, 0.9]), n_permutations=100)
    assert result.placebo_p.item() == 1.0
    assert result.placebo_own.item() == pytest.approx(result.placebo_other.item())
    assert result.placebo_top1.item() == pytest.approx(0.25)  # ties in equal parts


def test_outputs_that_are_their_countries_are_found() -> None:
    human = [0.1, 0.3, 0.6, 0.9]
    result = placebo(score(human, human), n_permutations=999)
    assert result.placebo_own.item() == 0.0
    assert result.placebo_top1.item() == 1.0
    assert result.placebo_p.item() == pytest.approx(1 / 24, abs=0.02)


def test_no_assignment_as_small_is_never_a_p_of_zero() -> None:
    human = np.linspace(0.0, 1.0, 12).tolist()
    names = list("abcdefghijkl")
    assert placebo(score(human, human, names), n_permutations=99).placebo_p.item() == 0.01


def test_the_closest_output_is_sought_for_each_country_and_not_the_other_way() -> None:
    # The output for BRA is the closest to all three, though the country closest to the output
    # for DEU is DEU.
    result = placebo(score([0.5, 0.9, 0.1], [0.5, 0.6, 0.4]), n_permutations=9)
    assert result.placebo_top1.item() == pytest.approx(1 / 3)


def test_a_slow_loop_gives_the_same(random: xr.Dataset) -> None:
    result = placebo(random, n_permutations=50, seed=3)
    for model, names in (("m", "abcdefg"), ("n", "bcdefg")):
        own = random.sel(model=model)
        apart = np.array(
            [
                [
                    np.linalg.norm(
                        own.preference.sel(country=made_for)
                        - own.human_preference.sel(country=name)
                    )
                    for made_for in names
                ]
                for name in names
            ]
        )
        n = len(names)
        rng = np.random.Generator(np.random.Philox(key=3))
        orders = rng.permuted(np.tile(np.arange(n), (50, 1)), axis=1)
        small = sum(apart[range(n), order].sum() <= np.trace(apart) + 1e-9 for order in orders)
        figures = result.sel(model=model)
        assert figures.placebo_own.item() == pytest.approx(np.trace(apart) / n)
        off = apart[~np.eye(n, dtype=bool)].mean()
        assert figures.placebo_other.item() == pytest.approx(off)
        assert figures.placebo_p.item() == pytest.approx((1 + small) / 51)
        top = np.mean([apart[i].argmin() == i for i in range(n)])
        assert figures.placebo_top1.item() == pytest.approx(top)
        assert figures.n_countries.item() == n


def test_the_order_of_countries_changes_no_bit(random: xr.Dataset) -> None:
    turned = random.isel(country=[3, 1, 6, 0, 2, 5, 4])
    one, other = placebo(random, n_permutations=200), placebo(turned, n_permutations=200)
    other = other.sel(country=one.country, made_for=one.made_for)
    assert one.identical(other)


def test_fewer_than_three_scored_countries_have_no_figures(random: xr.Dataset) -> None:
    few = random.where(random.country.isin(["a", "b"]))
    few = few.assign(human_preference=random.human_preference)
    result = placebo(few, n_permutations=10)
    for name in ("placebo_own", "placebo_other", "placebo_p", "placebo_top1", "placebo_chance"):
        assert np.isnan(result[name]).all()
    assert result.n_countries.values.tolist() == [2, 1]


@pytest.mark.parametrize("n", [0, 1, 2])
def test_fewer_than_three_countries_are_refused(random: xr.Dataset, n: int) -> None:
    with pytest.raises(InputError, match=rf"of {n} countr.*placebo needs at least 3: score more"):
        placebo(random.isel(country=slice(n)))


def test_a_lone_country_without_dimension_is_refused(random: xr.Dataset) -> None:
    with pytest.raises(InputError, match=r"of 1 country \(g\)"):
        placebo(random.isel(country=0))


@pytest.mark.parametrize("name", ["preference", "human_preference"])
def test_what_is_missing_is_named(random: xr.Dataset, name: str) -> None:
    with pytest.raises(InputError, match=f"lacks '{name}'"):
        placebo(random.drop_vars(name))


def test_numbers_of_draws_and_seeds_are_checked(random: xr.Dataset) -> None:
    with pytest.raises(ParameterError, match="n_permutations is 0; it must be a whole number"):
        placebo(random, n_permutations=0)
    with pytest.raises(ParameterError, match="seed is -1"):
        placebo(random, seed=-1)


def test_captions_stay(
    decide: Callable[..., xr.Dataset], target: Callable[..., xr.Dataset]
) -> None:
    values = np.linspace(0.1, 0.9, 18).reshape(3, 6)
    decisions = decide(values, ["BRA", "JPN", "USA"]).assign_attrs(steering="by hand")
    human = target(values, ["BRA", "JPN", "USA"])
    result = placebo(alignment(decisions, human), n_permutations=5)
    assert result.attrs["steering"] == "by hand"
    assert result.attrs["n_permutations"] == 5


@pytest.mark.parametrize("model", RECORDED)
def test_no_published_run_knows_its_countries(reference_data: Path, model: str) -> None:
    logged = recorded.load(reference_data / "disca_recorded" / f"{model}.csv.gz")
    scores = alignment(steer(logged, variant="reported", method="recorded"))
    result = placebo(scores)
    own, other, p = RECORDED[model]
    assert result.placebo_own.item() == pytest.approx(own, abs=0.001)
    assert result.placebo_other.item() == pytest.approx(other, abs=0.001)
    assert result.placebo_p.item() == pytest.approx(p, abs=0.03)
    assert result.placebo_p.item() > 0.05
    assert result.placebo_top1.item() <= result.placebo_chance.item() == pytest.approx(0.05)
