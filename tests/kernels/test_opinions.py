"""Means and ranks under every draw of a bootstrap: by hand, against twins, whatever the threads."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_opinions import joint_means_twin, random_table, ranks_twin

from disca_nb import _accelerate
from disca_nb._accelerate import JIT_DISABLED
from disca_nb.errors import InputError
from disca_nb.kernels import average_ranks, joint_means

NAN = math.nan


def draws(rng: np.random.Generator, n_draws: int, questions: int) -> npt.NDArray[np.int64]:
    """Return how often each question is drawn, of as many draws as there are questions."""
    return rng.multinomial(questions, np.full(questions, 1.0 / questions), n_draws)


def test_means_by_hand() -> None:
    values = [[[0.25, 0.5, NAN], [0.5, NAN, NAN]], [[NAN, 0.75, 0.25], [NAN, NAN, NAN]]]
    means = joint_means(values, [[1, 1, 1], [3, 0, 0], [1, 3, 2]])
    expected = [
        [[0.375, 0.5], [0.5, NAN]],
        [[0.25, 0.5], [NAN, NAN]],
        [[1.75 / 4.0, 0.5], [2.75 / 5.0, NAN]],
    ]
    np.testing.assert_allclose(means, expected, rtol=1e-15)


@given(st.integers(0, 2**32), st.integers(1, 5), st.integers(1, 4), st.integers(1, 12))
def test_random_ragged_tables_are_the_twin_s(
    seed: int, countries: int, models: int, questions: int
) -> None:
    rng = np.random.default_rng(seed)
    values, counts = random_table(rng, countries, models, questions), draws(rng, 3, questions)
    means = joint_means(values, counts)
    twin = joint_means_twin(values.reshape(-1, questions), counts)
    assert means.shape == (3, countries, models)
    np.testing.assert_allclose(means.reshape(3, -1), twin, rtol=1e-13)


def test_more_draws_than_are_added_up_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_accelerate, "thread_count", lambda: 1)  # which gets all of them
    rng = np.random.default_rng(1)
    values, counts = random_table(rng, 3, 3, 20), draws(rng, 600, 20)
    means = joint_means(values, counts)
    np.testing.assert_allclose(
        means.reshape(600, -1), joint_means_twin(values.reshape(9, 20), counts)
    )
    for draw in (0, 255, 256, 511, 512, 599):
        np.testing.assert_array_equal(joint_means(values, counts[draw : draw + 1])[0], means[draw])


def test_one_of_each_is_the_plain_mean() -> None:
    values = random_table(np.random.default_rng(2), 30, 5, 200)
    ones = np.ones((1, 200), dtype=np.int8)
    np.testing.assert_allclose(joint_means(values, ones)[0], np.nanmean(values, axis=2), rtol=1e-14)


def test_order_of_rows_changes_no_bit_and_that_of_questions_rounding_alone() -> None:
    rng = np.random.default_rng(3)
    values, counts = random_table(rng, 12, 4, 60), draws(rng, 40, 60)
    means = joint_means(values, counts)
    c, m, q, b = (rng.permutation(n) for n in (12, 4, 60, 40))
    turned = joint_means(np.asfortranarray(values[c][:, m]), counts[b])
    np.testing.assert_array_equal(turned, means[b][:, c][:, :, m])
    others = joint_means(values[..., q], counts[:, q])
    np.testing.assert_allclose(others, means, rtol=1e-13)
    # A country alone is what it is among others.
    np.testing.assert_array_equal(joint_means(values[5], counts), means[:, 5])


@pytest.mark.parametrize("threads", [2, 5])
def test_threads_change_no_bit(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    n_draws = 60 if JIT_DISABLED else 700
    values, counts = random_table(rng, 10, 3, 80), draws(rng, n_draws, 80)
    monkeypatch.setattr(_accelerate, "thread_count", lambda: 1)
    means, ranks = joint_means(values, counts), average_ranks(values, axis=0)
    monkeypatch.setattr(_accelerate, "thread_count", lambda: threads)
    np.testing.assert_array_equal(joint_means(values, counts), means)
    np.testing.assert_array_equal(average_ranks(values, axis=0), ranks)


def test_means_of_nothing_known_are_nan_and_nothing_else_is() -> None:
    values = np.array([[0.5, NAN], [NAN, NAN]])
    means = joint_means(values, [[1, 0], [0, 1], [0, 0]])
    assert np.isnan(means).tolist() == [[False, True], [True, True], [True, True]]
    # A question that was not drawn is no reason, whatever it holds.
    assert joint_means([[0.5, 1e308, -1e308]], [[2, 0, 0]]).item() == 0.5


@pytest.mark.parametrize("shape", [(0, 2, 3), (2, 0, 3), (2, 3, 0)])
def test_nothing_has_means_of_nothing(shape: tuple[int, ...]) -> None:
    values = np.ones(shape)
    assert joint_means(values, np.ones((4, shape[-1]), dtype=int)).shape == (4, *shape[:-1])
    assert joint_means(values, np.ones((0, shape[-1]), dtype=int)).shape == (0, *shape[:-1])


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([1, 1, 1], r"counts has the shape \(3,\); give one row for each draw and one column for"),
        ([[1, 1]], r"counts has the shape \(1, 2\); give .* each of the 3 questions"),
        ([[1.0, 1.0, 1.0]], r"counts holds float64 from 1\.0 to 1\.0; give whole numbers"),
        ([[1, -1, 1]], "counts holds int64 from -1 to 1; give whole numbers from 0 to 2147483647"),
        ([[1, 2**31, 1]], "counts holds int64 from 1 to 2147483648; give whole numbers"),
        ([[True, True, False]], "counts holds bool from False to True; give whole numbers"),
    ],
)
def test_counts_that_are_none_are_refused(counts: list[list[int]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        joint_means([[0.5, 0.5, 0.5]], counts)


def test_values_that_are_none_are_refused() -> None:
    with pytest.raises(InputError, match="values holds infinity; give finite numbers, or NaN"):
        joint_means([[0.5, math.inf]], [[1, 1]])
    with pytest.raises(InputError, match="values is a single number; give one for each question"):
        joint_means(0.5, [[1]])
    with pytest.raises(InputError, match="values holds <U1; it must be an array of numbers"):
        joint_means(["a"], [[1]])


def test_ranks_by_hand() -> None:
    assert average_ranks([0.1, 0.9, 0.5]).tolist() == [3.0, 1.0, 2.0]
    assert average_ranks([0.5, 0.9, 0.5, 0.5, 0.1]).tolist() == [3.0, 1.0, 3.0, 3.0, 5.0]
    np.testing.assert_array_equal(average_ranks([NAN, 0.9, NAN, 0.95]), [NAN, 2.0, NAN, 1.0])
    np.testing.assert_array_equal(average_ranks([NAN, NAN]), [NAN, NAN])
    assert average_ranks([-math.inf, math.inf, 0.0, -0.0]).tolist() == [4.0, 1.0, 2.5, 2.5]


def test_ranks_are_along_the_axis_and_the_twin_s() -> None:
    rng = np.random.default_rng(5)
    values = rng.integers(0, 6, (7, 11, 4)) / 6.0
    values[rng.random(values.shape) < 0.2] = NAN
    for axis in (0, 1, 2, -1, -3):
        found = average_ranks(values, axis=axis)
        assert found.shape == values.shape
        twin = np.apply_along_axis(ranks_twin, axis, values)
        np.testing.assert_array_equal(found, twin)
    np.testing.assert_array_equal(average_ranks(values), average_ranks(values, axis=0))


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30), st.randoms())
def test_ranks_go_with_their_countries(values: list[float], random: object) -> None:
    order = list(range(len(values)))
    random.shuffle(order)  # type: ignore[attr-defined]
    ranks = average_ranks(values)
    np.testing.assert_array_equal(average_ranks(np.array(values)[order]), ranks[order])
    assert ranks.sum() == len(values) * (len(values) + 1) / 2


@pytest.mark.parametrize(("values", "axis"), [(0.5, 0), ([0.5], 1), ([[0.5]], -3)])
def test_an_axis_that_is_not_there_is_refused(values: float, axis: int) -> None:
    with pytest.raises(InputError, match=rf"and no axis {axis}; name another"):
        average_ranks(values, axis=axis)
