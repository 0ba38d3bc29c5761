"""The Jensen-Shannon divergence and distance by hand, at their ends and where there are none."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_opinions import distance_twin, random_weights

from disca_nb.errors import InputError, ParameterError
from disca_nb.kernels import (
    divergence_unit,
    jensen_shannon_distance,
    jensen_shannon_divergence,
)

NAN = math.nan
weights = st.lists(st.floats(0.0, 1e6, allow_subnormal=True), min_size=1, max_size=8)


def exact_bits(p: list[float], q: list[float]) -> mpmath.mpf:
    """Return the divergence in bits with 60 digits."""
    with mpmath.workdps(60):
        left, right = ([mpmath.mpf(w) / mpmath.fsum(map(mpmath.mpf, s)) for w in s] for s in (p, q))
        sides = [
            share * mpmath.log(2 * share / (a + b), 2)
            for a, b in zip(left, right, strict=True)
            for share in (a, b)
            if share > 0
        ]
        return mpmath.fsum(sides) / 2


def test_a_pair_by_hand() -> None:
    # Half of the two relative entropies to (3/4, 1/4), in bits.
    bits = (math.log2(4.0 / 3.0) + 0.5 * math.log2(2.0 / 3.0) + 0.5 * math.log2(2.0)) / 2.0
    assert jensen_shannon_divergence([1.0, 0.0], [0.5, 0.5]) == pytest.approx(bits, rel=1e-15)
    assert jensen_shannon_distance([1.0, 0.0], [0.5, 0.5]) == pytest.approx(math.sqrt(bits))
    assert jensen_shannon_distance([7.0, 0.0], [2.0, 2.0]) == pytest.approx(math.sqrt(bits))


def test_bases_by_hand() -> None:
    p, q = [1.0, 0.0, 1.0], [0.0, 1.0, 1.0]  # half of each is shared, so the divergence is 1/2 bit
    for base in (2.0, math.e, 3.0, 10.0):
        half = 0.5 * math.log(2.0) / math.log(base)
        assert jensen_shannon_divergence(p, q, base=base) == pytest.approx(half, rel=1e-15)
        found = jensen_shannon_distance(p, q, base=base)
        assert found == pytest.approx(math.sqrt(half), rel=1e-15)


@pytest.mark.parametrize("base", [2.0, math.e, 3.0, 10.0])
def test_rounding_never_leaves_the_range(base: float) -> None:
    greatest = math.sqrt(math.log(2.0) / math.log(base))
    rng = np.random.default_rng(0)
    for n in range(2, 40):
        rows = rng.random((500, n))
        left = np.where(np.arange(n) < n // 2, rows, 0.0)
        apart = jensen_shannon_distance(left, rows - left, base=base)
        assert apart.max() <= greatest
        assert apart == pytest.approx(greatest, abs=1e-15)
        near = jensen_shannon_distance(rows, 3.0 * rows, base=base)
        assert near.min() >= 0.0
        assert near.max() <= 1e-15


def test_disjoint_distributions_are_exactly_one_apart() -> None:
    rng = np.random.default_rng(0)
    rows = rng.random((2000, 37))
    left = np.where(np.arange(37) < 24, rows, 0.0)
    for function in (jensen_shannon_distance, jensen_shannon_divergence):
        assert (function(left, rows - left) == 1.0).all()


def test_nearly_disjoint_distributions_are_at_most_one_apart() -> None:
    rng = np.random.default_rng(0)
    rows = rng.random((2000, 37))
    left = np.where(np.arange(37) < 24, rows, 1e-30)
    right = np.where(np.arange(37) < 24, 0.0, rows)
    for function in (jensen_shannon_distance, jensen_shannon_divergence):
        found = function(left, right)
        assert found.max() <= 1.0
        assert found.min() > 1.0 - 1e-14


def test_the_same_distribution_is_exactly_no_distance_away() -> None:
    rows = random_weights(np.random.default_rng(1), 2000, 11)
    for function in (jensen_shannon_distance, jensen_shannon_divergence):
        assert (function(rows, rows) == 0.0).all()
    # Counts and their multiples are the same shares, to the bit.
    counts = np.random.default_rng(2).integers(1, 1000, (500, 7))
    assert (jensen_shannon_distance(counts, 10 * counts) == 0.0).all()


def test_places_may_be_changed_to_the_bit() -> None:
    rng = np.random.default_rng(3)
    p, q = random_weights(rng, 5000, 9), random_weights(rng, 5000, 9)
    for base in (2.0, math.e):
        there = jensen_shannon_divergence(p, q, base=base)
        np.testing.assert_array_equal(there, jensen_shannon_divergence(q, p, base=base))


def test_weights_that_differ_in_their_last_bit_alone() -> None:
    p = [0.49999999999999994, 0.5]
    # 1 / ln 2 times the squared half difference of 2**-54, over shares of 1/2, for two options.
    by_hand = (2.0**-54) ** 2 / 2.0 / math.log(2.0)
    found = float(jensen_shannon_divergence(p, p[::-1]))
    assert found == pytest.approx(by_hand, rel=0.1)
    assert 0.0 < float(jensen_shannon_distance(p, p[::-1])) < 1e-16


@pytest.mark.parametrize("step", [1e-3, 1e-6, 1e-9, 1e-12])
def test_near_distributions_keep_their_digits(step: float) -> None:
    # The steps are those of exact numbers, so that the shares are what they seem.
    step = 2.0 ** round(math.log2(step))
    p, q = [0.25 + step, 0.25, 0.5 - step], [0.25, 0.25, 0.5]
    found = float(jensen_shannon_divergence(p, q))
    assert abs(found / float(exact_bits(p, q)) - 1.0) <= 1e-13


def test_all_ratios_keep_their_digits() -> None:
    # Through the place where one form of the sum takes over from the other.
    for power in np.linspace(-40.0, 40.0, 161).tolist():
        p, q = [2.0**power, 1.0, 3.0], [1.0, 2.0, 3.0]
        found = float(jensen_shannon_divergence(p, q))
        assert abs(found / float(exact_bits(p, q)) - 1.0) <= 4e-15


def test_random_rows_are_the_twin_s() -> None:
    rng = np.random.default_rng(4)
    p, q = random_weights(rng, 300, 6), random_weights(rng, 300, 6)
    for base in (2.0, math.e):
        found = jensen_shannon_distance(p, q, base=base)
        twin = [distance_twin(a, b, base=base) for a, b in zip(p.tolist(), q.tolist(), strict=True)]
        np.testing.assert_allclose(found**2, np.square(twin), rtol=1e-13, atol=1e-15)


@given(weights, weights)
def test_any_weights_give_a_number_in_range_or_are_no_distribution(
    p: list[float], q: list[float]
) -> None:
    n = min(len(p), len(q))
    found = float(jensen_shannon_distance(p[:n], q[:n]))
    if any(p[:n]) and any(q[:n]):
        assert 0.0 <= found <= 1.0
    else:
        assert math.isnan(found)


@given(weights, st.integers(0, 3))
def test_padding_changes_nothing(p: list[float], extra: int) -> None:
    q = [*p[1:], 1.0]
    pad = [NAN] * extra
    whole = float(jensen_shannon_divergence(p, q))
    padded = float(jensen_shannon_divergence(p + pad, q + pad))
    np.testing.assert_allclose(padded, whole, rtol=1e-14)


def test_padding_is_at_the_end_and_of_both() -> None:
    p = [[1.0, 1.0, NAN], [1.0, 1.0, NAN], [1.0, NAN, 1.0], [NAN, 1.0, 1.0], [NAN, NAN, NAN]]
    q = [[1.0, 3.0, NAN], [1.0, 3.0, 0.0], [1.0, NAN, 1.0], [NAN, 1.0, 1.0], [NAN, NAN, NAN]]
    found = jensen_shannon_distance(p, q)
    assert np.isnan(found).tolist() == [False, True, True, True, True]
    assert found[0] == jensen_shannon_distance([1.0, 1.0], [1.0, 3.0])


def test_options_in_another_order_are_as_far_apart() -> None:
    rng = np.random.default_rng(5)
    p, q, order = random_weights(rng, 200, 9), random_weights(rng, 200, 9), rng.permutation(9)
    np.testing.assert_allclose(
        jensen_shannon_divergence(p[:, order], q[:, order]),
        jensen_shannon_divergence(p, q),
        rtol=1e-13,
        atol=1e-16,
    )


def test_leading_axes_broadcast_and_rows_do_not_touch_each_other() -> None:
    rng = np.random.default_rng(6)
    p, q = random_weights(rng, 4, 1, 7), random_weights(rng, 3, 7)
    table = jensen_shannon_divergence(p, q)
    assert table.shape == (4, 3)
    for i, j in np.ndindex(4, 3):
        assert table[i, j] == jensen_shannon_divergence(p[i, 0], q[j])


def test_the_layout_in_memory_changes_no_bit() -> None:
    rng = np.random.default_rng(7)
    p, q = random_weights(rng, 300, 40), random_weights(rng, 300, 40)
    found = jensen_shannon_divergence(np.asfortranarray(p), np.asfortranarray(q))
    np.testing.assert_array_equal(found, jensen_shannon_divergence(p, q))


def test_weights_at_the_ends_of_what_floats_hold() -> None:
    assert jensen_shannon_distance([1e308, 1e308, 1e308], [1.0, 1.0, 1.0]) == 0.0
    assert jensen_shannon_distance([5e-324, 5e-324], [1.0, 1.0]) == 0.0
    assert jensen_shannon_distance([5e-324, 0.0], [0.0, 1e308]) == 1.0
    # A share too small to halve is no reason for an infinity.
    assert jensen_shannon_distance([5e-324, 1.0], [0.0, 1.0]) == 0.0


@pytest.mark.parametrize(
    "bad", [[0.0, 0.0], [-0.0, 0.0], [-1.0, 2.0], [NAN, 1.0], [1.0, NAN], [math.inf, 1.0]]
)
def test_what_is_no_distribution_has_no_distance(bad: list[float]) -> None:
    found = jensen_shannon_distance([bad, [1.0, 1.0]], [1.0, 1.0])
    assert np.isnan(found).tolist() == [True, False]
    found = jensen_shannon_divergence([1.0, 1.0], [bad, [1.0, 1.0]])
    assert np.isnan(found).tolist() == [True, False]


@pytest.mark.parametrize(
    ("p", "q"),
    [([1.0, 2.0], [1.0]), ([1.0], [1.0, 2.0]), ([], []), (1.0, [1.0]), ([[1.0]] * 2, [[1.0]] * 3)],
)
def test_options_that_do_not_fit_are_refused(p: list[float], q: list[float]) -> None:
    with pytest.raises(InputError, match="give the same options along the last axis"):
        jensen_shannon_divergence(p, q)


def test_text_is_refused() -> None:
    with pytest.raises(InputError, match="p holds <U1; it must be an array of numbers"):
        jensen_shannon_divergence(["a"], [1.0])


@pytest.mark.parametrize("base", [1.0, 0.5, 0.0, -2.0, math.inf, NAN, True, "2"])
def test_other_bases_are_refused(base: float) -> None:
    for call in (
        lambda: jensen_shannon_distance([1.0], [1.0], base=base),
        lambda: jensen_shannon_divergence([1.0], [1.0], base=base),
        lambda: divergence_unit(base),
    ):
        with pytest.raises(ParameterError, match=f"base is {base!r}; give a number above 1"):
            call()


def test_units_have_names() -> None:
    assert divergence_unit() == "bits"
    assert [divergence_unit(base) for base in (2, np.float64(2.0), math.e, 10, 2.5)] == [
        *("bits", "bits", "nats", "base 10", "base 2.5")
    ]
