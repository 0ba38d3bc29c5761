"""MultiTP's aggregation, each policy by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from disca_nb.errors import InputError, UnknownNameError
from disca_nb.metrics import choice_preferences, multitp_alignment, multitp_preferences

Make = Callable[..., xr.Dataset]
NAN = math.nan


@pytest.fixture
def asked() -> xr.DataArray:
    """Two languages and two attributes; French was never answered on Gender."""
    return xr.DataArray(
        [[0.8, 0.6], [0.4, NAN]],
        {"language": ["nl", "fr"], "attribute": ["Age", "Gender"]},
        ("language", "attribute"),
    )


@pytest.fixture
def shares() -> xr.Dataset:
    """BEL speaks nl and fr and a language that was not asked; FRA speaks fr; JPN neither."""
    return xr.Dataset(
        {
            "share": (
                ("country", "language"),
                [[0.5, 0.3, 0.1, NAN], [NAN, 0.9, NAN, NAN], [NAN, NAN, NAN, 1.0]],
            ),
            "population": ("country", [10.0, 60.0, 125.0]),
            "n_languages": ("country", [3, 1, 1]),
        },
        {"country": ["BEL", "FRA", "JPN"], "language": ["nl", "fr", "de", "ja"]},
    )


POLICIES: list[tuple[dict[str, Any], list[list[float]]]] = [
    ({}, [[0.52, 0.30], [0.36, 0.0]]),
    ({"renormalize": True}, [[0.52 / 0.8, 0.3 / 0.8], [0.4, 0.0]]),
    ({"unanswered": "omit"}, [[0.52, 0.6 * 0.8], [0.36, NAN]]),
    ({"unanswered": "omit", "renormalize": True}, [[0.65, 0.6], [0.4, NAN]]),
]


@pytest.mark.parametrize(("policy", "expected"), POLICIES, ids=[str(p) for p, _ in POLICIES])
def test_languages_are_averaged_by_the_policies(
    asked: xr.DataArray, shares: xr.Dataset, policy: dict[str, Any], expected: list[list[float]]
) -> None:
    result = multitp_preferences(asked, shares, **policy)
    assert result.country.values.tolist() == ["BEL", "FRA"]
    np.testing.assert_allclose(result.preference.transpose("country", "attribute"), expected)
    np.testing.assert_allclose(result.total_share, [0.8, 0.9])
    np.testing.assert_allclose(result.weight, [30.0, 60.0])


def test_policies_are_written_down(asked: xr.DataArray, shares: xr.Dataset) -> None:
    attrs = multitp_preferences(asked, shares, unanswered="omit").attrs
    assert attrs == {"unanswered": "omit", "renormalize": "false"}


def length(*values: float) -> float:
    return math.sqrt(sum(value**2 for value in values))


HUMAN = [[0.7, 0.5], [0.6, 0.5]]
DISTANCES: list[tuple[dict[str, Any], list[float]]] = [
    ({}, [length(0.52 - 0.7, 0.3 - 0.5), length(0.36 - 0.6, -0.5)]),
    (
        {"unanswered": "omit", "renormalize": True},
        [length(0.65 - 0.7, 0.6 - 0.5), length(0.4 - 0.6)],
    ),
    (
        {"distance": "average-of"},
        [0.5 * length(0.1, 0.1) + 0.3 * length(-0.3, -0.5), 0.9 * length(-0.2, -0.5)],
    ),
    (
        {"distance": "average-of", "renormalize": True, "unanswered": "omit"},
        [(0.5 * length(0.1, 0.1) + 0.3 * length(-0.3)) / 0.8, length(-0.2)],
    ),
]


@pytest.mark.parametrize(("policy", "expected"), DISTANCES, ids=[str(p) for p, _ in DISTANCES])
def test_distances_follow_the_policies(
    asked: xr.DataArray,
    shares: xr.Dataset,
    target: Make,
    policy: dict[str, Any],
    expected: list[float],
) -> None:
    human = target(HUMAN, ["BEL", "FRA"], ("Age", "Gender"))
    result = multitp_alignment(asked, human, shares, **policy)
    np.testing.assert_allclose(result.mis, expected)
    weighted = (30.0 * expected[0] + 60.0 * expected[1]) / 90.0
    assert result.mis_weighted.item() == pytest.approx(weighted)


def test_countries_without_targets_are_left_out(
    asked: xr.DataArray, shares: xr.Dataset, target: Make
) -> None:
    human = target(HUMAN[1:], ["FRA"], ("Age", "Gender"))
    assert multitp_alignment(asked, human, shares).country.values.tolist() == ["FRA"]
    with pytest.raises(InputError, match="None of the countries has human preferences"):
        multitp_alignment(asked, target(HUMAN[1:], ["KOR"], ("Age", "Gender")), shares)


def test_a_country_of_unknown_weight_has_a_score_and_no_say(
    asked: xr.DataArray, shares: xr.Dataset, target: Make
) -> None:
    human = target(HUMAN, ["BEL", "FRA"], ("Age", "Gender"))
    shares["population"].loc[{"country": "BEL"}] = NAN
    result = multitp_alignment(asked, human, shares)
    assert result.mis.notnull().all()
    assert result.mis_weighted.item() == pytest.approx(result.mis.sel(country="FRA").item())


def test_other_dimensions_pass_through(
    asked: xr.DataArray, shares: xr.Dataset, target: Make
) -> None:
    human = target(HUMAN, ["BEL", "FRA"], ("Age", "Gender"))
    models = xr.concat(
        [asked, asked / 2.0], dim=xr.DataArray(["m", "n"], dims="model", name="model")
    )
    result = multitp_alignment(models, human, shares)
    one = multitp_alignment(asked, human, shares)
    np.testing.assert_allclose(result.mis.sel(model="m"), one.mis)
    assert result.mis_weighted.dims == ("model",)


@pytest.mark.parametrize(
    ("policy", "hint"),
    [
        ({"unanswered": "zeros"}, "'zero'"),
        ({"distance": "of-averages"}, "'of-average'"),
    ],
)
def test_another_policy_is_refused_with_the_closest(
    asked: xr.DataArray, policy: dict[str, Any], hint: str
) -> None:
    with pytest.raises(UnknownNameError, match=f"did you mean {hint}"):
        multitp_alignment(asked, **policy)


def test_languages_that_nobody_speaks_are_refused(asked: xr.DataArray) -> None:
    with pytest.raises(InputError, match="No country has a share of speakers of dutch, french"):
        multitp_preferences(asked.assign_coords(language=["dutch", "french"]))


def test_choices_count_and_refusals_do_not() -> None:
    chosen = xr.DataArray([1.0, 0.0, NAN, 0.0, NAN], dims="scenario")
    right = xr.DataArray([True, True, True, False, True], dims="scenario")
    category = xr.DataArray(["Age", "Age", "Age", "Age", "Gender"], dims="scenario")
    result = choice_preferences(chosen, right, category)
    np.testing.assert_allclose(result.sel(attribute=["Age", "Gender"]), [2 / 3, NAN])


@pytest.mark.parametrize(
    ("labels", "place"),
    [
        ({}, "model 0, scenario 2"),
        ({"model": ["m"], "scenario": list("abc")}, "model m, scenario c"),
    ],
)
def test_a_choice_that_is_none_is_named_with_its_place(labels: dict[str, Any], place: str) -> None:
    chosen = xr.DataArray([[1.0, NAN, 2.0]], labels, ("model", "scenario"))
    coords = {name: labels[name] for name in ("scenario",) if name in labels}
    side = xr.DataArray([True, True, False], coords, "scenario")
    category = xr.DataArray(["Age"] * 3, coords, "scenario")
    with pytest.raises(InputError, match=f"The choice is 2 in {place}; it must be 0, 1 or NaN"):
        choice_preferences(chosen, side, category)
    with pytest.raises(InputError, match="The choices hold <U"):
        choice_preferences(chosen.astype(str), side, category)
    assert choice_preferences(chosen == 1.0, side, category).shape == (1, 1)


def test_choices_without_scenarios_are_refused() -> None:
    chosen, side = xr.DataArray([0.0], dims="scenario"), xr.DataArray([True], dims="scenario")
    category = xr.DataArray(["Age"], dims="scenario")
    none = {"scenario": slice(0)}
    for given in (chosen[none], chosen[0]):
        with pytest.raises(InputError, match="The choices have no scenarios"):
            choice_preferences(given, side, category)
    with pytest.raises(InputError, match="The choices have no scenarios"):
        choice_preferences(chosen[none], side[none], category[none])


def test_published_choices_give_the_published_figures(reference_data: Path) -> None:
    folder = reference_data / "multitp"
    rows = pd.read_csv(folder / "vignette_gpt3.01_default_en.csv")
    # Two rows a prompt, the left option and the right one.
    left, right = rows.iloc[::2], rows.iloc[1::2]
    assert (left["Prompt"].to_numpy() == right["Prompt"].to_numpy()).all()
    saved = {"left": left["this_saving_prob"] == 1.0, "right": right["this_saving_prob"] == 1.0}
    chosen = np.where(saved["right"], 1.0, np.where(saved["left"], 0.0, NAN))
    counted = right["this_group_name"].isin(["Humans", "Female", "Young", "Fit", "High", "More"])
    shares = choice_preferences(
        xr.DataArray(chosen, dims="scenario"),
        xr.DataArray(counted.to_numpy(), dims="scenario"),
        xr.DataArray(right["phenomenon_category"].to_numpy(dtype=str), dims="scenario"),
    )
    published = pd.read_csv(folder / "performance.csv").set_index("criterion")["percentage"]
    for attribute, criterion in (
        ("Age", "Age_Young"),
        ("Fitness", "Fitness_Fit"),
        ("SocialValue", "SocialValue_High"),
    ):
        assert 100.0 * shares.sel(attribute=attribute).item() == pytest.approx(
            published[criterion], abs=0.005
        )


def test_what_nobody_answered_has_no_score(asked: xr.DataArray, shares: xr.Dataset) -> None:
    silent = asked.copy()
    silent.loc[{"language": "fr"}] = NAN
    targets = _targets()
    for distance in ("of-average", "average-of"):
        result = multitp_alignment(silent, targets, shares, unanswered="omit", distance=distance)
        assert math.isnan(result.mis.sel(country="FRA").item())
        assert result.n_attributes.sel(country=["BEL", "FRA"]).values.tolist() == [2, 0]
        # The only country with a score has all the weight.
        known = result.mis.sel(country="BEL").item()
        assert result.mis_weighted.item() == pytest.approx(known)


def test_a_score_says_how_many_attributes_are_behind_it(
    asked: xr.DataArray, shares: xr.Dataset
) -> None:
    result = multitp_alignment(asked, _targets(), shares, unanswered="omit")
    assert result.n_attributes.sel(country=["BEL", "FRA"]).values.tolist() == [2, 1]
    counted_as_zero = multitp_alignment(asked, _targets(), shares)
    assert (counted_as_zero.n_attributes == 2).all()


def test_a_silent_language_leaves_its_share_to_the_others(
    asked: xr.DataArray, shares: xr.Dataset
) -> None:
    silent = asked.copy()
    silent.loc[{"language": "fr"}] = NAN
    human = _targets().human_preference.sel(country="BEL").values
    result = multitp_alignment(silent, _targets(), shares, unanswered="omit", distance="average-of")
    apart = float(np.linalg.norm(np.array([0.8, 0.6]) - human))
    assert result.mis.sel(country="BEL").item() == pytest.approx(0.8 * apart)


def _targets() -> xr.Dataset:
    dims = ("country", "attribute")
    return xr.Dataset(
        {"human_preference": (dims, [[0.6, 0.5], [0.7, 0.4]])},
        {"country": ["BEL", "FRA"], "attribute": ["Age", "Gender"]},
    )
