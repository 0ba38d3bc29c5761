"""Country effects of the additive fit: by hand, against least squares on dummies, in any order."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_opinions import Floats, random_table, two_way_twin

from disca_nb import _accelerate
from disca_nb._accelerate import JIT_DISABLED
from disca_nb.errors import InputError
from disca_nb.kernels import joint_means, two_way_effects

NAN = math.nan


def draws(rng: np.random.Generator, n_draws: int, questions: int) -> npt.NDArray[np.int64]:
    """Return how often each question is drawn, of as many draws as there are questions."""
    return rng.multinomial(questions, np.full(questions, 1.0 / questions), n_draws)


def one_model(rows: list[list[float]], counts: list[list[int]]) -> Floats:
    """Return the effects (B, C) of one model whose similarities are rows of countries."""
    return two_way_effects(np.array(rows)[:, None], counts)[..., 0]


def test_two_countries_by_hand() -> None:
    # The second country is .3 below the first on the question that both have. The questions' own
    # effects, with the first country as zero, are .8, .9 and .4: their mean is .7.
    rows = [[0.8, 0.9, NAN], [NAN, 0.6, 0.1]]
    np.testing.assert_allclose(one_model(rows, [[1, 1, 1]]), [[0.7, 0.4]], rtol=1e-14)
    # Drawn 2, 1 and 0 times: (2 * .8 + .9) / 3, and .3 less.
    found = one_model(rows, [[2, 1, 0]])
    np.testing.assert_allclose(found, [[2.5 / 3.0, 2.5 / 3.0 - 0.3]], rtol=1e-14)


def test_weights_by_hand() -> None:
    # The differences of the countries are .1 and .4; drawn thrice and once they average to .175,
    # and so do the questions' means, .75 and .4, to .6625.
    rows = [[0.8, 0.6], [0.7, 0.2]]
    found = one_model(rows, [[3, 1]])
    np.testing.assert_allclose(found, [[0.6625 + 0.0875, 0.6625 - 0.0875]], rtol=1e-14)


def test_where_all_is_known_effects_are_means() -> None:
    rng = np.random.default_rng(1)
    values, counts = rng.random((9, 3, 20)), draws(rng, 15, 20)
    np.testing.assert_allclose(
        two_way_effects(values, counts), joint_means(values, counts), rtol=1e-12
    )


def test_an_additive_table_gives_its_countries_back_whatever_is_known() -> None:
    rng = np.random.default_rng(2)
    country, question = np.linspace(0.3, 0.7, 12), rng.normal(0.0, 0.2, 300)
    values = random_table(rng, 12, 2, 300, known=0.4)
    table = np.where(np.isnan(values), NAN, country[:, None, None] + question)
    counts = draws(rng, 20, 300)
    effects = two_way_effects(table, counts)
    expected = country[:, None] + (counts @ question / counts.sum(axis=1))[:, None, None]
    np.testing.assert_allclose(effects, np.broadcast_to(expected, effects.shape), rtol=1e-9)
    # Which plain means do not, as countries have other questions.
    assert np.abs(joint_means(table, counts) - expected).max() > 0.01


@given(
    st.integers(0, 2**32),
    st.integers(1, 6),
    st.integers(1, 3),
    st.integers(1, 10),
    st.sampled_from([0.1, 0.3, 0.6, 1.0]),
)
def test_random_ragged_tables_are_the_twin_s(
    seed: int, countries: int, models: int, questions: int, known: float
) -> None:
    rng = np.random.default_rng(seed)
    values = random_table(rng, countries, models, questions, known=known)
    counts = draws(rng, 2, questions)
    effects = two_way_effects(values, counts)
    for draw, model in np.ndindex(2, models):
        twin = two_way_twin(values[:, model], counts[draw])
        np.testing.assert_allclose(effects[draw, :, model], twin, atol=1e-11)


def test_a_larger_table_is_the_twin_s() -> None:
    rng = np.random.default_rng(3)
    size = (8, 2, 30) if JIT_DISABLED else (40, 3, 150)
    values, counts = random_table(rng, *size, known=0.15), draws(rng, 2, size[2])
    effects = two_way_effects(values, counts)
    for draw, model in np.ndindex(2, size[1]):
        twin = two_way_twin(values[:, model], counts[draw])
        np.testing.assert_allclose(effects[draw, :, model], twin, atol=1e-11)


def test_countries_that_nothing_links_with_the_largest_group_are_nan() -> None:
    rows = [
        [0.5, NAN, NAN, NAN],
        [NAN, 0.5, 0.6, NAN],
        [0.7, NAN, NAN, NAN],
        [NAN, 0.4, NAN, NAN],
        [NAN, NAN, 0.8, NAN],
        [NAN, NAN, NAN, 0.9],
        [NAN, NAN, NAN, NAN],
    ]
    effects = one_model(rows, [[1, 1, 1, 1]])[0]
    # The questions of the others do not enter: those of the group are .5 and .6 to the country
    # that has both, and the other two are .1 below and .2 above it.
    np.testing.assert_allclose(effects, [NAN, 0.55, NAN, 0.45, 0.75, NAN, NAN], rtol=1e-14)
    # Not drawn, the second question links no more; then two are as many as two, and have more
    # cells where more often drawn, or else a country that is before the others.
    found = one_model(rows, [[1, 0, 2, 1], [1, 0, 1, 1], [0, 0, 0, 0], [0, 0, 0, 3]])
    expected = [
        [NAN, 0.6, NAN, NAN, 0.8, NAN, NAN],
        [0.5, NAN, 0.7, NAN, NAN, NAN, NAN],
        [NAN] * 7,
        [NAN, NAN, NAN, NAN, NAN, 0.9, NAN],
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_models_with_other_known_cells_do_not_touch_each_other() -> None:
    rng = np.random.default_rng(4)
    values, counts = random_table(rng, 8, 5, 40), draws(rng, 6, 40)
    values[2, 1] = NAN
    effects = two_way_effects(values, counts)
    for model in range(5):
        alone = two_way_effects(values[:, model : model + 1], counts)
        np.testing.assert_array_equal(effects[..., model : model + 1], alone)
    assert np.isnan(effects).any(axis=(0, 1)).tolist() == [False, True, False, False, False]


def test_order_leaves_effects() -> None:
    rng = np.random.default_rng(5)
    values, counts = random_table(rng, 15, 3, 60, known=0.3), draws(rng, 10, 60)
    effects = two_way_effects(values, counts)
    c, q, b = (rng.permutation(n) for n in (15, 60, 10))
    turned = two_way_effects(np.asfortranarray(values[c][..., q]), counts[b][:, q])
    np.testing.assert_allclose(turned, effects[b][:, c], rtol=1e-11)
    # Draws in another order are the same draws.
    np.testing.assert_array_equal(two_way_effects(values, counts[b]), effects[b])


def test_a_shift_of_the_scale_or_of_a_question_is_a_shift_of_all() -> None:
    rng = np.random.default_rng(6)
    values, counts = random_table(rng, 10, 2, 50, known=0.6), draws(rng, 5, 50)
    effects = two_way_effects(values, counts)
    np.testing.assert_allclose(two_way_effects(values + 2.0, counts), effects + 2.0, rtol=1e-11)
    harder = values.copy()
    harder[..., 7] -= 0.25
    moved = two_way_effects(harder, counts) - effects
    entered = (~np.isnan(values).all(axis=0)).sum()
    assert entered == 100
    expected = -0.25 * counts[:, 7] / counts.sum(axis=1)
    np.testing.assert_allclose(
        moved, np.broadcast_to(expected[:, None, None], moved.shape), atol=1e-11
    )


def test_a_chain_of_countries_under_very_unequal_weights_is_no_nan() -> None:
    # Each is linked with the next alone; sums of squares would lose the small weights.
    n = 30
    table = np.full((n, 1, n - 1), NAN)
    for q in range(n - 1):
        table[q, 0, q], table[q + 1, 0, q] = 0.5, 0.5 + 0.01
    counts = np.ones((2, n - 1), dtype=np.int64)
    counts[1, ::2] = 2**31 - 1
    effects = two_way_effects(table, counts)[..., 0]
    np.testing.assert_allclose(np.diff(effects, axis=1), 0.01, rtol=1e-6)


@pytest.mark.parametrize("threads", [2, 5])
def test_threads_change_no_bit(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    n_draws = 12 if JIT_DISABLED else 300
    values, counts = random_table(rng, 12, 3, 40, known=0.3), draws(rng, n_draws, 40)
    monkeypatch.setattr(_accelerate, "thread_count", lambda: 1)
    alone = two_way_effects(values, counts)
    monkeypatch.setattr(_accelerate, "thread_count", lambda: threads)
    np.testing.assert_array_equal(two_way_effects(values, counts), alone)


@pytest.mark.parametrize("shape", [(0, 2, 3), (2, 0, 3), (2, 3, 0)])
def test_nothing_has_effects_of_nothing(shape: tuple[int, int, int]) -> None:
    effects = two_way_effects(np.ones(shape), np.ones((4, shape[2]), dtype=int))
    assert effects.shape == (4, *shape[:2])
    assert np.isnan(effects).all()


def test_bad_input_is_refused() -> None:
    with pytest.raises(
        InputError, match=r"values has the shape \(2, 3\); give \(countries, models"
    ):
        two_way_effects(np.ones((2, 3)), [[1, 1, 1]])
    with pytest.raises(InputError, match="values holds infinity; give finite numbers, or NaN"):
        two_way_effects([[[math.inf]]], [[1]])
    with pytest.raises(InputError, match="counts holds int64 from -1 to -1; give whole numbers"):
        two_way_effects([[[1.0]]], [[-1]])
