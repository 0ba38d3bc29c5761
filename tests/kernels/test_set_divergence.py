"""Mean distances of sets to their centroid: values by hand, symmetries, twins, and bad input."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_values import Floats, moore_twin, random_sets, set_divergence_twin

from disca_nb import _accelerate
from disca_nb._accelerate import JIT_DISABLED
from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.kernels import (
    grouped_divergence,
    jensen_shannon_centroid,
    jensen_shannon_distance,
    set_divergence,
)

NAN = math.nan
SEEDS = st.integers(0, 2**32)
KINDS = [("distance", 2.0), ("divergence", 2.0), ("distance", math.e), ("divergence", 10.0)]
COMPATS = pytest.mark.parametrize("compat", [None, "moore2024"])

# As plain Python a set takes a thousand times as long.
few = settings(max_examples=25 if JIT_DISABLED else 100)


def one_set(seed: int, n: int, k: int) -> Floats:
    return np.asarray(random_sets(np.random.default_rng(seed), 1, n, k)[0])


def test_opposite_answers_by_hand() -> None:
    # The centroid is (1/2, 1/2), and each member is JSD((1, 0), (1/2, 1/2)) from it.
    bits = (math.log2(4.0 / 3.0) + 0.5 * math.log2(2.0 / 3.0) + 0.5) / 2.0
    opposite = [[1.0, 0.0], [0.0, 1.0]]
    assert set_divergence(opposite) == pytest.approx(math.sqrt(bits), rel=1e-14)
    assert set_divergence(opposite, kind="divergence") == pytest.approx(bits, rel=1e-14)
    nats = set_divergence(opposite, base=math.e)
    assert nats == pytest.approx(math.sqrt(bits * math.log(2.0)), rel=1e-14)
    assert round(float(nats), 5) == 0.4645


def test_two_near_answers_by_hand() -> None:
    # With p = 1/2 -+ e the divergence to the middle is e^2 / 2 nats up to e^4.
    e = 1e-7
    found = set_divergence([[0.5 - e, 0.5 + e], [0.5 + e, 0.5 - e]], base=math.e)
    assert found == pytest.approx(e * math.sqrt(0.5), rel=1e-8)


@pytest.mark.parametrize(("kind", "base"), KINDS)
def test_it_is_the_mean_of_the_distances_to_the_centroid(kind: str, base: float) -> None:
    sets = random_sets(np.random.default_rng(1), 40, 6, 3)
    centroid = jensen_shannon_centroid(sets).centroid
    distances = jensen_shannon_distance(sets, centroid[:, None], base=base)
    power = 1 if kind == "distance" else 2
    found = set_divergence(sets, kind=kind, base=base)
    np.testing.assert_allclose(found, (distances**power).mean(axis=-1), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("kind", "base"), KINDS)
@pytest.mark.parametrize(("n", "k"), [(2, 2), (5, 3), (16, 4)])
def test_twin(n: int, k: int, kind: str, base: float) -> None:
    sets = random_sets(np.random.default_rng(10 * n + k), 10, n, k)
    twin = [set_divergence_twin(members, kind, base) for members in sets.tolist()]
    # The twin's distances of near shares are rounded to about the root of a float's.
    atol = 2e-8 if kind == "distance" else 1e-14
    np.testing.assert_allclose(set_divergence(sets, kind=kind, base=base), twin, 1e-9, atol)


@few
@given(SEEDS, st.integers(2, 7), st.integers(1, 5))
def test_identical_members_are_exactly_0(seed: int, n: int, k: int) -> None:
    member = one_set(seed, 1, k)
    same = np.repeat(member, n, axis=0)
    assert set_divergence(same) == 0.0
    assert set_divergence(same, kind="divergence", base=math.e) == 0.0
    assert set_divergence(same, compat="moore2024") == 0.0
    # Other weights of the same shares, but for rounding.
    scaled = same * np.exp2(np.arange(n) - 3.0)[:, None]
    assert set_divergence(scaled) == 0.0
    assert set_divergence(same * np.arange(1.0, n + 1.0)[:, None]) < 1e-15


@few
@given(SEEDS, st.integers(2, 7), st.integers(1, 5))
def test_order_of_members_and_stances_does_not_matter(seed: int, n: int, k: int) -> None:
    members = one_set(seed, n, k)
    found = set_divergence(members)
    rng = np.random.default_rng(seed)
    for other in (members[::-1], members[rng.permutation(n)][:, rng.permutation(k)]):
        assert set_divergence(other) == pytest.approx(float(found), rel=1e-12, abs=1e-15)


@few
@given(SEEDS, st.integers(2, 6), st.integers(1, 4), st.integers(0, 4))
def test_a_stance_that_nobody_takes_does_not_matter(seed: int, n: int, k: int, at: int) -> None:
    members = one_set(seed, n, k)
    more = np.insert(members, min(at, k), 0.0, axis=1)
    assert set_divergence(more) == pytest.approx(
        float(set_divergence(members)), rel=1e-12, abs=1e-15
    )
    assert jensen_shannon_centroid(more).centroid[min(at, k)] == 0.0


@few
@given(SEEDS, st.integers(2, 6), st.integers(1, 4), st.integers(2, 4))
def test_the_set_repeated_is_the_set(seed: int, n: int, k: int, times: int) -> None:
    members = one_set(seed, n, k)
    found = float(set_divergence(members))
    repeated = np.tile(members, (times, 1))
    assert set_divergence(repeated) == pytest.approx(found, rel=1e-12, abs=1e-15)


@few
@given(SEEDS, st.integers(2, 6), st.integers(1, 4))
def test_padding_and_the_size_of_weights_do_not_matter(seed: int, n: int, k: int) -> None:
    members = one_set(seed, n, k)
    padded = np.insert(members, [0, n // 2, n], NAN, axis=0)
    assert set_divergence(padded) == set_divergence(members)
    sizes = np.exp2(np.random.default_rng(seed).integers(-200, 200, (n, 1)))
    assert set_divergence(members * sizes) == set_divergence(members)


@few
@given(SEEDS, st.integers(2, 5), st.integers(2, 4))
def test_from_0_to_1_and_0_for_equals_alone(seed: int, n: int, k: int) -> None:
    members = one_set(seed, n, k)
    found = float(set_divergence(members))
    assert 0.0 <= found <= 1.0
    pairs = jensen_shannon_distance(members[:, None], members)
    assert (found == 0.0) == (pairs.max() == 0.0) or pairs.max() < 1e-15
    # Nobody is farther from somebody than by way of the centroid.
    assert pairs.max() <= n * found + 1e-12


def test_hugely_different_weights_of_floats_end_in_no_nan() -> None:
    small = [0.0, 5e-324, 1e-310, 1e-299, 1e-200, 1e-17, 1e-9]
    sets = [[[1.0, a], [b, 1.0], [1.0, 1.0]] for a in small for b in small]
    found = set_divergence(sets)
    np.testing.assert_allclose(found[:-15], found[0], atol=1e-8)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(set_divergence(sets, compat="moore2024")[0], moore_twin(sets[0]))


def test_one_against_many() -> None:
    members = np.zeros((300, 3))
    members[:, 1] = 1.0
    members[7] = [1.0, 0.0, 0.0]
    # The centroid is all but with the many, and the one is as far from it as can be.
    assert set_divergence(members) == pytest.approx(1.0 / 300.0, rel=1e-12)


SPECIAL = {
    "identical": [[0.2, 0.8], [0.2, 0.8], [0.2, 0.8]],
    "disjoint": [[0.3, 0.7, 0.0, 0.0], [0.0, 0.0, 0.6, 0.4]],
    "one-hot": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    "last stance never taken": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.5, 0.0]],
    "single": [[0.2, 0.8]],
    "single with padding": [[NAN, NAN], [0.2, 0.8]],
    "nearly identical, equal": [[0.2, 0.8], [0.20005, 0.79995]],
    "nearly identical, not equal": [[0.2, 0.8], [0.20013, 0.79987]],
    "one agrees with the others, which do not agree": [[0.2, 0.8], [0.20007, 0.79993], [0.19993]],
    "zero entries": [[0.5, 0.0, 0.5], [0.0, 0.5, 0.5], [0.25, 0.75, 0.0]],
    "zero entries, near": [[0.7, 0.3, 0.0], [0.698, 0.302, 0.0]],
    "at the centroid": [[0.4, 0.6], [0.6, 0.4], [0.5, 0.5]],
    "unnormalised": [[3.0, 1.0], [1.0, 8.0], [50.0, 50.0]],
    "one against many": [[1.0, 0.0]] * 20 + [[0.0, 1.0]],
    "never answered": [[NAN, NAN]],
    "of zeros": [[0.5, 0.5], [0.0, 0.0]],
    "one stance": [[1.0], [3.0]],
}
SPECIAL["one agrees with the others, which do not agree"][2] = [0.19993, 0.80007]


@pytest.mark.parametrize("name", SPECIAL)
def test_compat_is_the_published_computation(name: str) -> None:
    members = SPECIAL[name]
    found, twin = float(set_divergence(members, compat="moore2024")), moore_twin(members)
    assert found == pytest.approx(twin, abs=1e-9, nan_ok=True)
    zero = {"identical", "single", "single with padding", "nearly identical, equal", "one stance"}
    assert (found == 0.0) == (name in zero)
    assert math.isnan(found) == (name in {"never answered", "of zeros"})


@few
@given(SEEDS, st.integers(1, 8), st.integers(1, 4))
def test_compat_is_the_published_computation_for_any_set(seed: int, n: int, k: int) -> None:
    members = one_set(seed, n, k)
    found = float(set_divergence(members, compat="moore2024"))
    assert found == pytest.approx(moore_twin(members.tolist()), abs=1e-7)


def test_compat_counts_a_member_at_the_centroid_as_0() -> None:
    members = np.array([[0.4, 0.6], [0.6, 0.4], [0.5 + 1e-6, 0.5 - 1e-6]])
    found = set_divergence(members, compat="moore2024")
    centroid = jensen_shannon_centroid(members).centroid
    apart = jensen_shannon_distance(members, centroid, base=math.e)
    assert apart[2] > 1e-8
    assert found == pytest.approx(apart[:2].sum() / 3.0, abs=1e-9)


def test_compat_is_in_nats() -> None:
    members = [[0.1, 0.9], [0.7, 0.3], [0.5, 0.5]]
    published = set_divergence(members, compat="moore2024")
    assert published == pytest.approx(float(set_divergence(members, base=math.e)), abs=1e-8)
    assert set_divergence(members, base=math.e, compat="moore2024") == published
    with pytest.raises(ParameterError, match="base is 2, and compat 'moore2024' is in nats"):
        set_divergence(members, base=2, compat="moore2024")


def test_leading_axes_and_one_member() -> None:
    sets = random_sets(np.random.default_rng(2), 24, 3, 2)
    flat = set_divergence(sets)
    np.testing.assert_array_equal(set_divergence(sets.reshape(2, 3, 4, 3, 2)).ravel(), flat)
    assert set_divergence(sets.reshape(2, 3, 4, 3, 2)).shape == (2, 3, 4)
    assert np.isnan(set_divergence([[[0.5, 0.5], [NAN, NAN]]])).tolist() == [True]
    assert np.isnan(set_divergence(np.full((3, 2), NAN)))
    assert set_divergence(np.ones((4, 0, 3))).shape == (4,)
    assert np.isnan(set_divergence(np.ones((4, 0, 3)), compat="moore2024")).all()
    assert set_divergence(np.ones((0, 2, 3))).shape == (0,)


@COMPATS
@pytest.mark.parametrize("bad", [[0.0, 0.0], [-1.0, 2.0], [NAN, 1.0], [1.0, NAN], [math.inf, 1.0]])
def test_what_is_no_distribution_makes_its_set_nan(bad: list[float], compat: str | None) -> None:
    good = [1.0, 3.0]
    found = set_divergence([[good, good, bad], [good, [2.0, 1.0], good]], compat=compat)
    assert np.isnan(found).tolist() == [True, False]
    found = grouped_divergence([good, good, bad, good, [2.0, 1.0]], [0, 0, 0, 1, 1], compat=compat)
    assert np.isnan(found).tolist() == [True, False]


@COMPATS
def test_groups_are_sets(compat: str | None) -> None:
    rng = np.random.default_rng(5)
    sets = random_sets(rng, 20, 5, 3)
    sets[rng.random((20, 5)) < 0.3] = NAN
    rows, groups = sets.reshape(100, 3), np.repeat(np.arange(20), 5)
    expected = set_divergence(sets, compat=compat)
    np.testing.assert_array_equal(grouped_divergence(rows, groups, compat=compat), expected)
    # Rows may come in any order, and some are in no group.
    order = rng.permutation(100)
    mixed = grouped_divergence(rows[order], groups[order], compat=compat)
    np.testing.assert_allclose(mixed, expected, rtol=1e-12, atol=1e-9 if compat else 1e-15)
    kept = np.where(groups == 3, -1, groups)
    without = grouped_divergence(rows, kept, n_groups=22, compat=compat)
    np.testing.assert_array_equal(without[:20], np.where(np.arange(20) == 3, NAN, expected))
    assert np.isnan(without[20:]).all()


def test_no_groups() -> None:
    assert grouped_divergence(np.ones((0, 2)), []).shape == (0,)
    assert grouped_divergence(np.ones((2, 2)), [-1, -1]).shape == (0,)
    assert np.isnan(grouped_divergence(np.ones((0, 2)), [], n_groups=2)).tolist() == [True, True]


@pytest.mark.parametrize("threads", [2, 5])
def test_threads_change_no_bit(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sets = random_sets(np.random.default_rng(6), 1100, 2 if JIT_DISABLED else 5, 3)
    monkeypatch.setattr(_accelerate, "thread_count", lambda: 1)
    alone = set_divergence(sets)
    monkeypatch.setattr(_accelerate, "thread_count", lambda: threads)
    np.testing.assert_array_equal(set_divergence(sets), alone)


def test_names_that_are_none_are_refused() -> None:
    pair = [[1.0, 0.0], [0.0, 1.0]]
    with pytest.raises(UnknownNameError, match="Unknown kind 'distances'; did you mean 'distance'"):
        set_divergence(pair, kind="distances")
    with pytest.raises(UnknownNameError, match=r"Unknown compat 'moore'; .*moore2024"):
        set_divergence(pair, compat="moore")
    with pytest.raises(ParameterError, match="base is 1; give a number above 1"):
        set_divergence(pair, base=1)
    with pytest.raises(ParameterError, match="'moore2024' is a distance, and kind 'divergence'; l"):
        set_divergence(pair, kind="divergence", compat="moore2024")


@pytest.mark.parametrize(
    ("rows", "groups"), [((2, 2), 3), ((2,), 2), ((2, 0), 2), ((1, 2, 2), 1), ((0, 0), 0)]
)
def test_shapes_that_do_not_fit_are_refused(rows: tuple[int, ...], groups: int) -> None:
    with pytest.raises(InputError, match=r"rows \(.*\) and groups \(\d,\) do not fit; give \(rows"):
        grouped_divergence(np.ones(rows), np.zeros(groups, dtype=int))


@pytest.mark.parametrize(
    ("groups", "n_groups", "message"),
    [
        ([0, -2], None, "groups holds int64 from -2 to 0; give whole numbers from 0, or -1"),
        ([0, 3], 3, "groups holds int64 from 0 to 3; give whole numbers from 0 to 2, or -1"),
        ([0.0, 1.0], None, r"groups holds float64 from 0\.0 to 1\.0; give whole numbers"),
    ],
)
def test_groups_that_are_none_are_refused(
    groups: list[int], n_groups: int | None, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        grouped_divergence(np.ones((2, 2)), groups, n_groups=n_groups)
