"""Skill, paired differences and Holm's correction, by hand and against full enumeration."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import xarray as xr

from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.metrics import holm, paired_differences, skill


def scores(**rivals: list[float]) -> xr.DataArray:
    names = ["JPN", "USA", "BRA", "DEU", "KOR", "MEX", "CHN"]
    values = np.array(list(rivals.values()), dtype=np.float64)
    coords = {"rival": list(rivals), "country": names[: values.shape[1]]}
    return xr.DataArray(values, coords, ("rival", "country"))


def random(n_rivals: int, n_countries: int = 7, seed: int = 3) -> xr.DataArray:
    values = np.random.default_rng(seed).uniform(0.1, 0.9, (n_rivals, n_countries))
    return scores(**{f"r{i}": row.tolist() for i, row in enumerate(values)})


def test_skill_by_hand() -> None:
    mis = scores(a=[0.1, 0.3], b=[0.4, 0.4], c=[0.9, 0.7])
    found = skill(mis, ["b", "a"])
    assert found.skill.dims == ("rival", "reference")
    np.testing.assert_allclose(found.skill, [[0.5, 0.0], [0.0, -1.0], [-1.0, -3.0]], atol=1e-15)
    own = found.sel(rival="b", reference="b")
    assert (own.skill_low.item(), own.skill_high.item()) == (0.0, 0.0)
    one = skill(mis, "b")
    xr.testing.assert_equal(one, found.sel(reference=["b"]))


def test_skill_intervals_are_paired() -> None:
    """A method that is always half as far is so in every draw."""
    mis = random(1)
    both = xr.concat([mis, 0.5 * mis.assign_coords(rival=["half"])], dim="rival")
    found = skill(both, "r0").sel(rival="half")
    for name in ("skill", "skill_low", "skill_high"):
        np.testing.assert_allclose(found[name], 0.5, rtol=1e-12)


def test_skill_without_references_and_beside_perfection() -> None:
    mis = scores(perfect=[0.0, 0.0], other=[0.1, 0.2])
    assert skill(mis, []).skill.shape == (2, 0)
    found = skill(mis, ["perfect", "other"])
    assert found.sel(reference="perfect").skill.isnull().all()
    assert found.sel(reference="perfect").skill_high.isnull().all()
    assert found.sel(rival="perfect", reference="other").skill.item() == 1.0


def test_a_country_without_a_figure_leaves_no_interval() -> None:
    """Draws would leave it out of one method's mean and not of the other's."""
    mis = scores(a=[0.1, np.nan, 0.2], b=[0.4, 0.4, 0.3], c=[0.2, 0.3, 0.3])
    found = skill(mis, ["b"])
    assert found.sel(rival="a").to_array().isnull().all()
    assert found.sel(rival="c").to_array().notnull().all()
    against = paired_differences(mis, "b", n_permutations=99)
    assert against.sel(rival="a").to_array().isnull().all()
    known = against.sel(rival="c")
    assert known.p_holm.item() == known.p.item()  # the only one that is compared
    assert paired_differences(mis, "a", n_permutations=99).difference.isnull().all()


def test_differences_by_hand() -> None:
    mis = scores(a=[0.2, 0.3, 0.5], b=[0.4, 0.4, 0.4], c=[0.4, 0.3, 0.3])
    found = paired_differences(mis, "b", n_permutations=200)
    np.testing.assert_allclose(found.difference, [-0.2 / 3, 0.0, -0.2 / 3], atol=1e-15)
    np.testing.assert_array_equal(found.wins, [2, 0, 2])
    assert (found.difference_low <= found.difference + 1e-15).all()
    assert (found.difference_high >= found.difference - 1e-15).all()
    reference = found.sel(rival="b")
    assert np.isnan([reference.p.item(), reference.p_holm.item()]).all()


@pytest.mark.parametrize("n_countries", [2, 3, 5, 7])
def test_p_values_approach_full_enumeration(n_countries: int) -> None:
    mis = random(4, n_countries)
    n = 40_000
    found = paired_differences(mis, "r0", n_permutations=n, n_boot=1)
    for rival in ("r1", "r2", "r3"):
        apart = (mis.sel(rival=rival) - mis.sel(rival="r0")).values
        sums = [
            abs(float(np.dot(signs, apart)))
            for signs in itertools.product([-1.0, 1.0], repeat=n_countries)
        ]
        exact = np.mean([each >= abs(apart.sum()) - 1e-12 for each in sums])
        error = np.sqrt(exact * (1.0 - exact) / n)
        assert abs(found.p.sel(rival=rival).item() - exact) < 5.0 * error + 1e-4


def test_ties_count_as_large_whatever_the_rounding() -> None:
    """Differences that cancel: whatever the signs, no sum is smaller, and p is 1."""
    mis = scores(a=[0.1, 0.2, 0.0, 0.1, 0.2, 0.0], b=[0.0, 0.0, 0.3, 0.0, 0.0, 0.3])
    assert 0.1 + 0.2 - 0.3 + 0.1 + 0.2 - 0.3 != 0.0  # but 0.1 + 0.2 - 0.3 - 0.1 - 0.2 + 0.3 is
    assert paired_differences(mis, "b", n_permutations=999).p.sel(rival="a").item() == 1.0
    same = paired_differences(mis.sel(rival=["a", "a"]).assign_coords(rival=["a", "b"]), "b")
    assert same.p.sel(rival="a").item() == 1.0
    assert same.wins.sel(rival="a").item() == 0


def test_one_sign_in_many_countries_is_as_rare_as_it_can_be() -> None:
    """Only both of 2^7 assignments of signs are as large: p = 1/64."""
    mis = scores(a=[0.1] * 7, b=[0.4] * 7)
    found = paired_differences(mis, "b", n_permutations=60_000, n_boot=1)
    assert found.p.sel(rival="a").item() == pytest.approx(1 / 64, abs=0.003)


def test_the_order_of_countries_and_methods_changes_nothing() -> None:
    mis = random(5)
    rng = np.random.default_rng(0)
    other = mis.isel(country=rng.permutation(7), rival=rng.permutation(5))
    one = paired_differences(mis, "r1", n_permutations=500, n_boot=100)
    again = paired_differences(other, "r1", n_permutations=500, n_boot=100).sel(rival=one.rival)
    for name in ("p", "p_holm", "wins", "difference_low", "difference_high"):
        np.testing.assert_array_equal(one[name], again[name])
    np.testing.assert_allclose(one.difference, again.difference, rtol=1e-13)
    turned = skill(other.transpose(), ["r0", "r2"], n_boot=100).sel(rival=mis.rival)
    xr.testing.assert_allclose(turned, skill(mis, ["r0", "r2"], n_boot=100), rtol=1e-13)


def test_seeds_change_the_draws() -> None:
    mis = random(3)
    one, two = (paired_differences(mis, "r0", n_permutations=300, seed=seed) for seed in (0, 1))
    assert not one.p.equals(two.p)
    assert not one.difference_low.equals(two.difference_low)


def test_holm_by_hand() -> None:
    """Sorted .005, .01, .03, .04 times 4, 3, 2, 1 is .02, .03, .06, .04; none falls again."""
    np.testing.assert_allclose(holm(np.array([0.01, 0.04, 0.03, 0.005])), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_array_equal(holm(np.array([0.6, 0.7])), [1.0, 1.0])
    np.testing.assert_array_equal(holm(np.array([0.2, 0.2])), [0.4, 0.4])
    assert holm(np.array([])).shape == (0,)


def test_holm_passes_over_what_is_not_known() -> None:
    found = holm(np.array([0.02, np.nan, 0.03]))
    np.testing.assert_allclose(found, [0.04, np.nan, 0.04])
    assert np.isnan(holm(np.array([np.nan, np.nan]))).all()


def test_holm_is_its_definition() -> None:
    p = np.random.default_rng(6).uniform(0.0, 0.2, 12)
    expected = [
        max(min(1.0, q * int((p >= q).sum())) for q in p if q <= own)  # all as small or smaller
        for own in p
    ]
    np.testing.assert_allclose(holm(p), expected)


def test_corrected_values_count_the_methods_compared() -> None:
    found = paired_differences(random(4), "r0", n_permutations=400)
    others = found.sel(rival=["r1", "r2", "r3"])
    np.testing.assert_array_equal(others.p_holm, holm(others.p.values))


def test_what_cannot_be_compared_is_refused() -> None:
    mis = random(3)
    with pytest.raises(UnknownNameError, match="Unknown reference 'r9'; did you mean 'r"):
        skill(mis, ["r0", "r9"])
    with pytest.raises(UnknownNameError, match="Unknown reference 'vanilla'; known: r0, r1, r2"):
        paired_differences(mis, "vanilla")
    for wrong in (0, -1, 2.5, True, None):
        with pytest.raises(ParameterError, match=f"n_permutations is {wrong}; it must be a whole"):
            paired_differences(mis, "r0", n_permutations=wrong)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="n_boot is 0"):
        skill(mis, "r0", n_boot=0)
    with pytest.raises(ParameterError, match="level is 1"):
        paired_differences(mis, "r0", n_permutations=9, level=1.0)
    with pytest.raises(ParameterError, match="seed"):
        paired_differences(mis, "r0", seed=-1)
    with pytest.raises(InputError, match=r"has dimensions .*'model'.*; give rival and country"):
        paired_differences(mis.expand_dims("model"), "r0")
    with pytest.raises(InputError, match="give rival and country"):
        skill(mis.rename(rival="variant"), "r0")
    with pytest.raises(InputError, match=r"p has the shape \(1, 2\); give one row"):
        holm(np.array([[0.1, 0.2]]))


def test_whole_numbers_of_numpy_are_numbers() -> None:
    found = paired_differences(random(2), "r0", n_permutations=np.int64(99))  # type: ignore[arg-type]
    assert found.p.sel(rival="r1").item() >= 0.01
