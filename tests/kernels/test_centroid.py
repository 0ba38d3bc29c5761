"""The Jensen-Shannon centroid against its twins, at the boundary, and bad input."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_values import Floats, cccp_twin, centroid_twin, members_twin, random_sets

from disca_nb._accelerate import JIT_DISABLED
from disca_nb.errors import InputError, ParameterError
from disca_nb.kernels import jensen_shannon_centroid, jensen_shannon_divergence

NAN = math.nan

# As plain Python a set takes a thousand times as long.
few = settings(max_examples=25 if JIT_DISABLED else 100)


def residual(members: Floats, centroid: Floats) -> float:
    """Return by how much one more step of Nielsen's procedure moves a centroid."""
    rows = members_twin(members.tolist())
    assert rows is not None
    with np.errstate(divide="ignore"):  # a stance that nobody takes
        moved = np.exp(np.log((rows + centroid) / 2.0).mean(axis=0))
    return float(np.abs(moved / moved.sum() - centroid).max())


def test_three_by_hand() -> None:
    # Two take the first stance and one the second: with x the share of the first,
    # (1 + 1/x)^2 = 1 + 1/(1 - x), which is 3 x^2 - x - 1 = 0.
    found = jensen_shannon_centroid([[1, 0], [1, 0], [0, 1]])
    first = (1.0 + math.sqrt(13.0)) / 6.0
    assert found.centroid.tolist() == pytest.approx([first, 1.0 - first], rel=1e-15)
    assert found.converged
    assert 2 <= found.steps <= 8


def test_even_sets_have_the_even_centroid() -> None:
    found = jensen_shannon_centroid(np.eye(5))
    np.testing.assert_allclose(found.centroid, 0.2, rtol=1e-15)


@pytest.mark.parametrize(("n", "k"), [(2, 2), (3, 3), (7, 2), (25, 4)])
def test_the_nested_search_finds_the_same(n: int, k: int) -> None:
    sets = random_sets(np.random.default_rng(n), 10, n, k)
    found = jensen_shannon_centroid(sets)
    assert found.converged.all()
    twin = np.array([centroid_twin(members) for members in sets.tolist()])
    np.testing.assert_allclose(found.centroid, twin, rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(found.centroid.sum(axis=-1), 1.0, rtol=1e-15)


def test_plain_cccp_goes_to_the_same_point() -> None:
    sets = np.random.default_rng(3).random((20, 4, 3)) + 0.01
    shares = sets / sets.sum(axis=-1, keepdims=True)
    plain = np.array([cccp_twin(rows, max_steps=100_000, tolerance=1e-15) for rows in shares])
    np.testing.assert_allclose(jensen_shannon_centroid(sets).centroid, plain, atol=1e-13)


@few
@given(st.integers(0, 2**32), st.integers(2, 9), st.integers(1, 5))
def test_it_is_the_fixed_point_and_no_neighbour_is_nearer(seed: int, n: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    sets = random_sets(rng, 3, n, k)
    found = jensen_shannon_centroid(sets)
    assert found.converged.all()
    assert found.steps.max() <= 30
    for members, centroid in zip(sets, found.centroid, strict=True):
        assert residual(members, centroid) < 1e-14
        other = centroid * np.exp(rng.normal(0.0, 0.01, k))
        near = jensen_shannon_divergence(members, centroid).mean()
        assert near <= jensen_shannon_divergence(members, other).mean() + 1e-15


@pytest.mark.parametrize("n", [10, 300, 2000])
def test_one_against_many_needs_few_steps(n: int) -> None:
    members = np.zeros((n, 2))
    members[1:, 0], members[0, 1] = 1.0, 1.0
    found = jensen_shannon_centroid(members)
    assert found.converged
    assert found.steps <= 10
    # log(1 + 1 / c_2) is n - 1 times log(1 + 1 / c_1), and c_1 is all but 1: about 2^-(n - 1).
    assert found.centroid[1] == pytest.approx(2.0 ** -(n - 1) if n < 1000 else 0.0, rel=0.02)


def test_weights_of_all_sizes() -> None:
    for small in (1e-5, 1e-30, 1e-299, 1e-307, 5e-324):
        sets = [[[1.0, small], [small, 1.0], [1.0, 1.0]], [[1.0, small]] * 2 + [[small, 1.0]]]
        found = jensen_shannon_centroid(sets)
        assert found.converged.all()
        np.testing.assert_allclose(found.centroid[0], 0.5, rtol=1e-14)
    huge = jensen_shannon_centroid([[1e308, 1e308], [1.0, 1.0]])
    assert huge.centroid.tolist() == [0.5, 0.5]


def test_equal_members_and_single_ones_are_their_own_centroid() -> None:
    row = [0.1, 0.7, 0.2]
    share = np.array(row) / sum(row)
    padding = [NAN] * 3
    found = jensen_shannon_centroid([[row] * 3, [padding, row, padding]])
    np.testing.assert_allclose(found.centroid, [share, share], rtol=1e-15)
    assert found.converged.tolist() == [True, True]
    assert found.steps.tolist() == [0, 0]


@pytest.mark.parametrize("bad", [[0.0, 0.0], [-1.0, 2.0], [NAN, 1.0], [1.0, NAN], [math.inf, 1.0]])
def test_a_member_that_is_no_distribution_undoes_its_set_alone(bad: list[float]) -> None:
    good = [1.0, 3.0]
    found = jensen_shannon_centroid([[good, bad], [good, good], [bad, bad]])
    assert np.isnan(found.centroid).all(axis=-1).tolist() == [True, False, True]
    assert found.converged.tolist() == [False, True, False]


def test_nobody_has_no_centroid() -> None:
    found = jensen_shannon_centroid(np.full((2, 3, 2), NAN))
    assert np.isnan(found.centroid).all()
    assert found.centroid.shape == (2, 2)
    assert not found.converged.any()
    assert jensen_shannon_centroid(np.ones((0, 3, 2))).centroid.shape == (0, 2)
    assert np.isnan(jensen_shannon_centroid(np.ones((3, 0, 2))).centroid).all()


def test_too_few_steps_are_said() -> None:
    members = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    found = jensen_shannon_centroid(members, max_steps=1)
    assert (bool(found.converged), int(found.steps)) == (False, 1)
    loose = jensen_shannon_centroid(members, tolerance=1.0)
    assert (bool(loose.converged), int(loose.steps)) == (True, 1)


@pytest.mark.parametrize("shape", [(), (2,), (2, 0), (1, 2, 0)])
def test_shapes_that_are_no_sets_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"sets has the shape .*; give sets of distributions as"):
        jensen_shannon_centroid(np.ones(shape))


def test_text_and_ragged_rows_are_refused() -> None:
    with pytest.raises(InputError, match="sets holds <U1; it must be an array of numbers"):
        jensen_shannon_centroid([["a"]])
    with pytest.raises(InputError, match="sets holds rows of unequal length"):
        jensen_shannon_centroid([[[1.0, 0.0]], [[1.0]]])


@pytest.mark.parametrize("steps", [0, -1, 1.5, True])
def test_other_numbers_of_steps_are_refused(steps: int) -> None:
    with pytest.raises(ParameterError, match=f"max_steps is {steps}; give a whole number of at le"):
        jensen_shannon_centroid([[1.0]], max_steps=steps)


@pytest.mark.parametrize("tolerance", [0.0, -1.0, NAN, math.inf, True, "1"])
def test_other_tolerances_are_refused(tolerance: float) -> None:
    with pytest.raises(ParameterError, match=f"tolerance is {tolerance!r}; give a number above 0"):
        jensen_shannon_centroid([[1.0]], tolerance=tolerance)
