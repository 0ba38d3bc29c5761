"""The compiled table of similarities against the single distances, the twin, and bad input."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_opinions import Floats, random_weights, similarity_twin

from disca_nb import _accelerate
from disca_nb._accelerate import JIT_DISABLED
from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.kernels import MEASURES, option_distance, similarity_table

NAN = math.nan
each = pytest.mark.parametrize("measure", MEASURES)
Table = tuple[Floats, Floats, npt.NDArray[np.int64]]


def ragged(seed: int, countries: int, models: int, questions: int, longest: int) -> Table:
    """Return shares, answers and numbers of options, with cells that nobody was asked."""
    rng = np.random.default_rng(seed)
    n_options = rng.integers(1, longest + 1, questions)
    past = np.arange(longest) >= n_options[:, None]
    shares = random_weights(rng, countries, questions, longest)
    answers = random_weights(rng, models, questions, longest)
    shares, answers = (np.where(past, NAN, values) for values in (shares, answers))
    shares[rng.random((countries, questions)) < 0.5] = NAN
    answers[rng.random((models, questions)) < 0.1] = NAN
    return shares, answers, n_options


def test_a_table_by_hand() -> None:
    shares = [[[0.5, 0.5, NAN], [1.0, 0.0, 0.0]], [[NAN] * 3, [0.25, 0.25, 0.5]]]
    answers = [[[1.0, 0.0, NAN], [0.0, 0.5, 0.5]], [[1.0, 1.0, NAN], [1.0, 1.0, 2.0]]]
    table = similarity_table(shares, answers, n_options=[2, 3])
    bits = (math.log2(4.0 / 3.0) + 0.5 * math.log2(2.0 / 3.0) + 0.5) / 2.0
    assert table.shape == (2, 2, 2)
    assert table[0, 0].tolist() == pytest.approx([1.0 - math.sqrt(bits), 0.0], rel=1e-15)
    assert table[0, 1, 0] == 1.0
    assert np.isnan(table[1, :, 0]).all()
    assert table[1, 1, 1] == 1.0


@each
@pytest.mark.parametrize("base", [2.0, math.e])
def test_cells_are_one_minus_the_single_distances(measure: str, base: float) -> None:
    shares, answers, n_options = ragged(1, 6, 3, 40, 7)
    table = similarity_table(shares, answers, n_options=n_options, measure=measure, base=base)
    single = option_distance(shares[:, None], answers, measure=measure, base=base)
    np.testing.assert_allclose(table, 1.0 - single, rtol=0.0, atol=1e-14)
    assert np.isnan(table).sum() > 0


@each
@given(st.integers(0, 2**32), st.integers(1, 4), st.integers(1, 3), st.integers(1, 6))
def test_ragged_tables_are_the_twin_s(
    measure: str, seed: int, countries: int, models: int, questions: int
) -> None:
    shares, answers, n_options = ragged(seed, countries, models, questions, 5)
    table = similarity_table(shares, answers, n_options=n_options, measure=measure)
    twin = similarity_twin(shares, answers, n_options.tolist(), measure)
    # As squared distances, which the twin's rounding moves by as much wherever they lie.
    np.testing.assert_allclose((1.0 - table) ** 2, (1.0 - twin) ** 2, rtol=1e-12, atol=1e-14)


@each
def test_ends_are_exact(measure: str) -> None:
    shares = random_weights(np.random.default_rng(2), 5, 30, 6)
    same = similarity_table(shares, 10.0 * shares, n_options=[6] * 30, measure=measure)
    np.testing.assert_allclose(np.diagonal(same, axis1=0, axis2=1), 1.0, atol=1e-15)
    ends = np.zeros((2, 30, 6))
    ends[0, :, 0], ends[1, :, -1] = 1.0, 1.0
    apart = similarity_table(ends[:1], ends[1:], n_options=[6] * 30, measure=measure)
    assert (apart == 0.0).all()


def test_disjoint_answers_share_nothing_to_the_bit() -> None:
    rng = np.random.default_rng(3)
    left = np.where(np.arange(37) < 24, rng.random((5, 50, 37)), 0.0)
    right = np.where(np.arange(37) < 24, 0.0, rng.random((2, 50, 37)))
    for measure in ("jensen-shannon", "total-variation", "hellinger"):
        assert (similarity_table(left, right, n_options=[37] * 50, measure=measure) == 0.0).all()
    nats = similarity_table(left, right, n_options=[37] * 50, base=math.e)
    np.testing.assert_allclose(nats, 1.0 - math.sqrt(math.log(2.0)), rtol=1e-15)


def test_rounding_makes_no_nan() -> None:
    p = np.array([0.49999999999999994, 0.5])
    for measure in MEASURES:
        found = similarity_table([[p]], [[p[::-1]]], n_options=[2], measure=measure)
        assert 1.0 - 2e-16 <= found.item() <= 1.0


@each
def test_what_is_no_distribution_is_nan_and_nothing_else_is(measure: str) -> None:
    bad = [[0.0, 0.0], [-1.0, 2.0], [NAN, 1.0], [1.0, NAN], [math.inf, 1.0], [NAN, NAN]]
    good = [[1.0, 0.0], [0.3, 0.7]]
    rows = np.array([bad + good])
    found = similarity_table(rows, np.ones((1, 8, 2)), n_options=[2] * 8, measure=measure)
    assert np.isnan(found[0, 0]).tolist() == [True] * 6 + [False] * 2
    found = similarity_table(np.ones((1, 8, 2)), rows, n_options=[2] * 8, measure=measure)
    assert np.isnan(found[0, 0]).tolist() == [True] * 6 + [False] * 2


def test_zeros_past_the_last_option_are_padding_too() -> None:
    shares, answers, n_options = ragged(4, 3, 2, 20, 6)
    past = np.arange(6) >= n_options[:, None]
    zeros = similarity_table(
        np.where(past & ~np.isnan(shares[..., :1]), 0.0, shares),
        np.where(past, 0.0, answers),
        n_options=n_options,
    )
    np.testing.assert_array_equal(zeros, similarity_table(shares, answers, n_options=n_options))


def test_order_changes_no_bit() -> None:
    shares, answers, n_options = ragged(5, 9, 4, 30, 5)
    table = similarity_table(shares, answers, n_options=n_options)
    rng = np.random.default_rng(0)
    c, m, q = (rng.permutation(n) for n in table.shape)
    turned = similarity_table(
        np.asfortranarray(shares[c][:, q]), answers[m][:, q], n_options=n_options[q]
    )
    np.testing.assert_array_equal(turned, table[c][:, m][:, :, q])
    # Options in another order add up in another order.
    whole, other = shares[:, n_options == 5], answers[:, n_options == 5]
    n = whole.shape[1]
    options = rng.permutation(5)
    np.testing.assert_allclose(
        similarity_table(whole[..., options], other[..., options], n_options=[5] * n),
        similarity_table(whole, other, n_options=[5] * n),
        atol=1e-14,
    )


@pytest.mark.parametrize("threads", [2, 5])
def test_threads_change_no_bit(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    shares, answers, n_options = ragged(6, 8, 1 if JIT_DISABLED else 3, 700, 4)
    assert (~np.isnan(shares[..., 0])).sum() >= 1024  # of which two threads would start
    monkeypatch.setattr(_accelerate, "thread_count", lambda: 1)
    alone = similarity_table(shares, answers, n_options=n_options)
    monkeypatch.setattr(_accelerate, "thread_count", lambda: threads)
    found = similarity_table(shares, answers, n_options=n_options)
    np.testing.assert_array_equal(found, alone)


@pytest.mark.parametrize("sizes", [(0, 2, 3), (2, 0, 3), (2, 3, 0)])
def test_nothing_is_a_table_of_nothing(sizes: tuple[int, int, int]) -> None:
    countries, models, questions = sizes
    found = similarity_table(
        np.ones((countries, questions, 4)),
        np.ones((models, questions, 4)),
        n_options=[4] * questions,
    )
    assert found.shape == sizes


@pytest.mark.parametrize(
    ("shares", "answers", "n_options"),
    [
        ((2, 3, 4), (2, 2, 4), 3),
        ((2, 3, 4), (2, 3, 5), 3),
        ((2, 3, 4), (3, 4), 3),
        ((2, 3, 4), (2, 3, 4), 2),
    ],
)
def test_shapes_that_do_not_fit_are_refused(
    shares: tuple[int, ...], answers: tuple[int, ...], n_options: int
) -> None:
    with pytest.raises(InputError, match=r"shares \(2, 3, 4\), answers .* do not fit; give \(coun"):
        similarity_table(np.ones(shares), np.ones(answers), n_options=[2] * n_options)


@pytest.mark.parametrize(
    ("n_options", "message"),
    [
        ([0, 2], "n_options holds int64 from 0 to 2; give whole numbers from 1 to 3"),
        ([2, 4], "n_options holds int64 from 2 to 4; give whole numbers from 1 to 3"),
        ([2.0, 2.0], r"n_options holds float64 from 2\.0 to 2\.0; give whole numbers from 1 to 3"),
    ],
)
def test_numbers_of_options_that_are_none_are_refused(n_options: list[int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        similarity_table(np.ones((1, 2, 3)), np.ones((1, 2, 3)), n_options=n_options)


@pytest.mark.parametrize("stray", [0.1, -0.1, math.inf])
def test_weight_past_the_last_option_is_refused(stray: float) -> None:
    clean = np.array([[[0.5, 0.5, 0.0], [0.5, 0.5, 0.0]]])
    dirty = clean.copy()
    dirty[0, 1, 2] = stray
    with pytest.raises(
        InputError, match=r"shares holds .* the 2 options of the question at pl.* 1;"
    ):
        similarity_table(dirty, clean, n_options=[2, 2])
    with pytest.raises(InputError, match=r"answers holds .* 2 options of the question at place 1;"):
        similarity_table(clean, dirty, n_options=[2, 2])


def test_names_and_bases_that_are_none_are_refused() -> None:
    one = np.ones((1, 1, 2))
    with pytest.raises(
        UnknownNameError, match="Unknown measure 'earth-mover'; did you mean 'earth-"
    ):
        similarity_table(one, one, n_options=[2], measure="earth-mover")
    with pytest.raises(ParameterError, match="base is 0; give a number above 1"):
        similarity_table(one, one, n_options=[2], base=0)
