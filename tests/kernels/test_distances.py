"""Total variation, Hellinger and earth mover's distance: by hand, against twins, at their ends."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_opinions import Floats, distance_twin, random_weights
from scipy import stats

from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.kernels import (
    MEASURES,
    earth_movers,
    hellinger,
    jensen_shannon_distance,
    option_distance,
    total_variation,
)

NAN = math.nan
weights = st.lists(st.floats(0.0, 1e6, allow_subnormal=True), min_size=1, max_size=8)
each = pytest.mark.parametrize("function", [total_variation, hellinger, earth_movers])
Distance = Callable[[object, object], Floats]


def test_by_hand() -> None:
    p, q = [0.5, 0.25, 0.25], [0.25, 0.25, 0.5]
    assert total_variation(p, q) == 0.25
    # The roots of 1/2 and 1/4 are .2071 apart, in two places.
    assert hellinger(p, q) == pytest.approx(math.sqrt(0.5) - 0.5, rel=1e-15)
    # A quarter of the answers moves over the whole range.
    assert earth_movers(p, q) == 0.25


def test_order_counts_for_the_earth_mover_alone() -> None:
    first, second, last = [1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 0, 0, 1]
    assert earth_movers(first, [second, last]).tolist() == [0.25, 1.0]
    for name in ("jensen-shannon", "total-variation", "hellinger"):
        assert option_distance(first, [second, last], measure=name).tolist() == [1.0, 1.0]


def test_positions_by_hand() -> None:
    # Half of the answers moves from 0 to 1, of a range of 4; then from 1 to 4.
    p, q = [1.0, 1.0, 0.0], [[0.0, 2.0, 0.0], [1.0, 0.0, 1.0]]
    assert earth_movers(p, q, positions=[0, 1, 4]).tolist() == [0.125, 0.375]
    assert earth_movers(p, q, positions=[-7.0, -6.0, -3.0]).tolist() == [0.125, 0.375]
    rows = [[0, 1, 4], [0, 3, 4]]
    assert earth_movers(p, q, positions=rows).tolist() == [0.125, 0.125]


def test_the_range_is_that_of_the_row_s_own_options() -> None:
    p, q = [[1.0, 0.0, NAN, NAN], [1.0, 0.0, 0.0, 0.0]], [[0.0, 1.0, NAN, NAN], [0.0, 1.0, 0, 0]]
    assert earth_movers(p, q) == pytest.approx([1.0, 1.0 / 3.0], rel=1e-15)
    assert earth_movers(p, q, positions=[[2.0, 3.0, NAN, NAN], [0.0, 3.0, 4.0, 6.0]]).tolist() == [
        1.0,
        0.5,
    ]


def test_one_option_is_no_distance() -> None:
    assert earth_movers([[3.0], [0.0]], [1.0]).tolist() == pytest.approx([0.0, NAN], nan_ok=True)
    assert earth_movers([3.0, NAN], [1.0, NAN]) == 0.0
    assert total_variation([3.0], [1.0]) == hellinger([3.0], [1.0]) == 0.0


@pytest.mark.parametrize("name", MEASURES)
def test_random_rows_are_the_twin_s(name: str) -> None:
    rng = np.random.default_rng(4)
    p, q = random_weights(rng, 400, 6), random_weights(rng, 400, 6)
    for row, n in enumerate(rng.integers(1, 7, 400)):
        p[row, n:] = q[row, n:] = NAN
    found = option_distance(p, q, measure=name)
    twin = [distance_twin(a, b, name) for a, b in zip(p.tolist(), q.tolist(), strict=True)]
    np.testing.assert_allclose(found**2, np.square(twin), rtol=1e-12, atol=1e-15)


def test_the_earth_mover_s_distance_is_wasserstein_s_over_the_range() -> None:
    rng = np.random.default_rng(5)
    for _ in range(100):
        n = int(rng.integers(2, 9))
        places = np.cumsum(rng.random(n) + 0.01)
        p, q = random_weights(rng, 1, n)[0], random_weights(rng, 1, n)[0]
        whole = stats.wasserstein_distance(places, places, p, q) / (places[-1] - places[0])
        assert earth_movers(p, q, positions=places) == pytest.approx(whole, abs=1e-12)


def test_near_distributions_keep_their_digits() -> None:
    step = 2.0**-40
    p, q = [0.25 + step, 0.25, 0.5 - step], [0.25, 0.25, 0.5]
    # To first order half the sum of squared differences over four times the share.
    assert hellinger(p, q) == pytest.approx(step * math.sqrt((1 / 1 + 1 / 2) / 2.0), rel=1e-11)
    assert total_variation(p, q) == step
    assert earth_movers(p, q) == step


@each
def test_ends_are_exact_and_places_may_be_changed(function: Distance) -> None:
    rng = np.random.default_rng(6)
    p, q = random_weights(rng, 3000, 9), random_weights(rng, 3000, 9)
    np.testing.assert_array_equal(function(p, q), function(q, p))
    assert (function(p, p) == 0.0).all()
    assert function(p, q).max() <= 1.0
    ends = np.zeros((2, 9))
    ends[0, 0], ends[1, -1] = 1.0, 3.0
    assert function(ends[0], ends[1]) == 1.0
    if function is not earth_movers:
        left = np.where(np.arange(9) < 5, rng.random((3000, 9)), 0.0)
        right = np.where(np.arange(9) < 5, 0.0, rng.random((3000, 9)))
        assert (function(left, right) == 1.0).all()
        nearly = function(np.maximum(left, 1e-30), right)
        assert nearly.max() <= 1.0
        assert nearly.min() > 1.0 - 1e-14


@given(weights, weights)
def test_any_weights_give_numbers_in_range_or_are_no_distribution(
    p: list[float], q: list[float]
) -> None:
    n = min(len(p), len(q))
    for function in (total_variation, hellinger, earth_movers):
        found = float(function(p[:n], q[:n]))
        if any(p[:n]) and any(q[:n]):
            assert 0.0 <= found <= 1.0
        else:
            assert math.isnan(found)


@given(weights, st.integers(0, 2**32))
def test_known_inequalities_hold(p: list[float], seed: int) -> None:
    # Gibbs and Su 2002: H^2 <= TV <= sqrt(2) H; Lin 1991: the divergence in bits is below TV.
    q = np.random.default_rng(seed).random(len(p))
    if not any(p):
        return
    tv, h = float(total_variation(p, q)), float(hellinger(p, q))
    assert h * h <= tv + 1e-15
    assert tv <= math.sqrt(2.0) * h + 1e-15
    assert float(jensen_shannon_distance(p, q)) ** 2 <= tv + 1e-15
    assert float(earth_movers(p, q)) <= tv + 1e-15


@each
def test_padding_and_what_is_no_distribution(function: Distance) -> None:
    p = [
        [1.0, 2.0, NAN],
        [1.0, 2.0, NAN],
        [1.0, NAN, 2.0],
        [0.0, 0.0, NAN],
        [NAN] * 3,
        [-1.0, 2, 1],
    ]
    q = [[2.0, 1.0, NAN], [2.0, 1.0, 0.0], [2.0, NAN, 1.0], [2.0, 1.0, NAN], [NAN] * 3, [1, 1, 1]]
    found = function(p, q)
    assert np.isnan(found).tolist() == [False, True, True, True, True, True]
    assert found[0] == function([1.0, 2.0], [2.0, 1.0])


@each
def test_leading_axes_broadcast(function: Distance) -> None:
    rng = np.random.default_rng(7)
    p, q = random_weights(rng, 4, 1, 7), random_weights(rng, 3, 7)
    table = function(p, q)
    assert table.shape == (4, 3)
    for i, j in np.ndindex(4, 3):
        assert table[i, j] == function(p[i, 0], q[j])


@each
def test_the_layout_in_memory_changes_no_bit(function: Distance) -> None:
    rng = np.random.default_rng(8)
    p, q = random_weights(rng, 300, 40), random_weights(rng, 300, 40)
    found = function(np.asfortranarray(p), np.asfortranarray(q))
    np.testing.assert_array_equal(found, function(p, q))


def test_measures_have_names_and_a_base() -> None:
    p, q = [1, 2, 3], [3, 1, 1]
    by_name = {name: float(option_distance(p, q, measure=name)) for name in MEASURES}
    assert by_name == {
        "jensen-shannon": float(jensen_shannon_distance(p, q)),
        "total-variation": float(total_variation(p, q)),
        "hellinger": float(hellinger(p, q)),
        "earth-movers": float(earth_movers(p, q)),
    }
    assert option_distance(p, q, base=math.e) == jensen_shannon_distance(p, q, base=math.e)
    with pytest.raises(UnknownNameError, match="Unknown measure 'helinger'; did you mean 'hell"):
        option_distance(p, q, measure="helinger")
    with pytest.raises(ParameterError, match="base is 1; give a number above 1"):
        option_distance(p, q, base=1)


@pytest.mark.parametrize("positions", [[0, 2, 1], [0, 1, 1], [0, 1, NAN], [0, 1, math.inf]])
def test_positions_that_do_not_rise_are_refused(positions: list[float]) -> None:
    with pytest.raises(InputError, match=r"positions are \[0\.0, .*\] in a row; give finite"):
        earth_movers([1, 1, 1], [1, 0, 0], positions=positions)


def test_positions_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match=r"shape \(2,\) and the options \(3,\); give one position"):
        earth_movers([1, 1, 1], [1, 0, 0], positions=[0, 1])


@each
def test_options_that_do_not_fit_are_refused(function: Distance) -> None:
    with pytest.raises(InputError, match="give the same options along the last axis"):
        function([1, 1, 1], [1, 0])
