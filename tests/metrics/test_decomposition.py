"""The split of misalignment: by hand, exact, and from the published logs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from disca_nb.datasets import recorded
from disca_nb.errors import InputError
from disca_nb.metrics import alignment, decompose
from disca_nb.steering import steer

PARTS = ("offset", "attribute", "country")


def score(error: list[list[float]], se: float = 0.01) -> xr.Dataset:
    """Return scores of countries by attributes whose humans all say one half."""
    errors = np.array(error)
    dims = ("country", "attribute")
    return xr.Dataset(
        {
            "preference": (dims, 0.5 + errors),
            "human_preference": (dims, np.full(errors.shape, 0.5)),
            "human_preference_se": (dims, np.full(errors.shape, se)),
        },
        {"country": list("abcdef")[: len(errors)], "attribute": ["Age", "Law"][: errors.shape[1]]},
    )


def test_two_countries_and_two_attributes_by_hand() -> None:
    # Means of attributes .2 and .0, of everything .1; countries are .1 and .2 off them.
    result = decompose(score([[0.3, 0.2], [0.1, -0.2]]))
    assert result.offset.item() == pytest.approx(0.1)
    np.testing.assert_allclose(result.mean_error, [0.2, 0.0], atol=1e-15)
    assert result.mis_squared.item() == pytest.approx((0.13 + 0.05) / 2)
    assert result.offset_part.item() == pytest.approx(2 * 0.01)
    assert result.attribute_part.item() == pytest.approx(2 * 0.01)
    assert result.country_part.item() == pytest.approx(0.05)
    shares = [result[f"{name}_share"].item() for name in PARTS]
    assert shares == pytest.approx([2 / 9, 2 / 9, 5 / 9])
    assert result.target_noise.item() == pytest.approx(2 * 0.01**2)
    assert result.n_countries.item() == 2


@pytest.mark.parametrize(
    ("error", "name"),
    [
        ([[0.1, 0.1], [0.1, 0.1]], "offset"),
        ([[0.1, -0.1], [0.1, -0.1]], "attribute"),
        ([[0.1, -0.1], [-0.1, 0.1]], "country"),
    ],
)
def test_each_kind_of_error_has_its_own_part(error: list[list[float]], name: str) -> None:
    result = decompose(score(error))
    for other in PARTS:
        assert result[f"{other}_share"].item() == pytest.approx(float(other == name), abs=1e-14)


def test_parts_add_up_to_the_mean_square_and_shares_to_one() -> None:
    rng = np.random.default_rng(5)
    shape = (9, 4, 3)
    dims = ("country", "attribute", "model")
    scores = xr.Dataset(
        {
            "preference": (dims, rng.uniform(0.0, 1.0, shape)),
            "human_preference": (dims[:2], rng.uniform(0.0, 1.0, shape[:2])),
        },
        {"country": list("abcdefghi"), "attribute": list("wxyz"), "model": list("mno")},
    )
    result = decompose(scores)
    mis = ((scores.preference - scores.human_preference) ** 2).sum("attribute")
    np.testing.assert_allclose(result.mis_squared, mis.mean("country"), rtol=1e-14)
    parts = sum(result[f"{name}_part"] for name in PARTS)
    np.testing.assert_allclose(parts, result.mis_squared, rtol=1e-13)
    np.testing.assert_allclose(sum(result[f"{name}_share"] for name in PARTS), 1.0, rtol=1e-13)
    assert "target_noise" not in result


def test_countries_without_preferences_are_left_out() -> None:
    scores = score([[0.3, 0.2], [np.nan, np.nan], [0.1, -0.2]])
    result, without = decompose(scores), decompose(scores.isel(country=[0, 2]))
    assert result.n_countries.item() == 2
    xr.testing.assert_allclose(result, without)


def test_no_misalignment_has_no_shares() -> None:
    result = decompose(score([[0.0, 0.0], [0.0, 0.0]]))
    assert result.mis_squared.item() == 0.0
    assert np.isnan(result.country_share)


def test_an_unknown_standard_error_makes_the_noise_unknown() -> None:
    scores = score([[0.3, 0.2], [0.1, -0.2]])
    scores.human_preference_se[0, 1] = np.nan
    assert np.isnan(decompose(scores).target_noise)


def test_a_single_country_cannot_be_split() -> None:
    with pytest.raises(InputError, match=r"of 1 country \(a\); the split needs at least 2"):
        decompose(score([[0.1, 0.2]]))


def test_what_is_missing_is_named() -> None:
    with pytest.raises(InputError, match="lacks 'human_preference'"):
        decompose(score([[0.1], [0.2]]).drop_vars("human_preference"))


def test_a_comparison_is_split_by_variant(
    decide: Callable[..., xr.Dataset], target: Callable[..., xr.Dataset]
) -> None:
    countries = ["BRA", "JPN"]
    parts = [
        alignment(
            decide(np.full((2, 6), value), countries), target(np.full((2, 6), 0.5), countries)
        )
        for value in (0.5, 0.7)
    ]
    joined = xr.concat(parts, dim=xr.DataArray(["a", "b"], dims="variant", name="variant"))
    result = decompose(joined.assign(human_preference=parts[0].human_preference))
    np.testing.assert_allclose(result.mis_squared, [0.0, 6 * 0.04], atol=1e-15)


@pytest.mark.parametrize(
    ("model", "shares"),
    [("phi-4", (0.558, 0.195, 0.248)), ("llama-3.3-70b-instruct", (0.547, 0.330, 0.123))],
)
def test_published_runs_are_mostly_off_by_the_same_everywhere(
    reference_data: Path, model: str, shares: tuple[float, ...]
) -> None:
    logged = recorded.load(reference_data / "disca_recorded" / f"{model}.csv.gz")
    scores = alignment(steer(logged, variant="reported", method="recorded"))
    result = decompose(scores)
    assert [result[f"{name}_share"].item() for name in PARTS] == pytest.approx(shares, abs=0.001)
    assert result.mis_squared.item() == pytest.approx((scores.mis**2).mean().item(), rel=1e-12)
    assert result.target_noise.item() == pytest.approx(0.0036, abs=0.0001)
