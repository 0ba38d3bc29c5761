"""The largest mean distance and that of coin flips: closed forms, printed figures, simulation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_values import random_sets

from disca_nb._accelerate import JIT_DISABLED
from disca_nb.errors import ParameterError, UnknownNameError
from disca_nb.kernels import coin_flip_divergence, largest_set_divergence, set_divergence

PRINTED = [
    *((2, math.e, 0.46450), (3, math.e, 0.56414), (4, math.e, 0.61676)),
    *((2, 2.0, 0.55792), (3, 2.0, 0.67760), (4, 2.0, 0.74081)),
]

# As plain Python a set takes a thousand times as long.
few = settings(max_examples=25 if JIT_DISABLED else 100)


def closed_form(k: int) -> float:
    """Return the divergence of a one-hot and the even distribution, in nats."""
    middle = (1.0 + 1.0 / k) / 2.0
    from_one = math.log(1.0 / middle)
    from_even = math.log(1.0 / k / middle) / k + (k - 1) / k * math.log(2.0)
    return (from_one + from_even) / 2.0


@pytest.mark.parametrize(("k", "base", "printed"), PRINTED)
def test_largest_values(k: int, base: float, printed: float) -> None:
    expected = math.sqrt(closed_form(k) / math.log(base))
    assert largest_set_divergence(k, base=base) == pytest.approx(expected, rel=1e-14)
    assert round(expected, 5) == printed
    assert set_divergence(np.eye(k), base=base) == pytest.approx(expected, abs=1e-12)
    squared = largest_set_divergence(k, kind="divergence", base=base)
    assert squared == pytest.approx(expected**2, rel=1e-14)
    assert set_divergence(np.eye(k), kind="divergence", base=base) == pytest.approx(squared)


def test_one_stance_has_no_distance() -> None:
    assert largest_set_divergence(1) == 0.0
    assert largest_set_divergence(1, kind="divergence") == 0.0
    assert coin_flip_divergence(5, 1) == 0.0


@few
@given(st.integers(0, 2**32), st.integers(2, 12), st.integers(2, 4))
def test_no_set_is_above_the_largest(seed: int, n: int, k: int) -> None:
    sets = random_sets(np.random.default_rng(seed), 3, n, k)
    for kind in ("distance", "divergence"):
        largest = largest_set_divergence(k, kind=kind)
        assert set_divergence(sets, kind=kind).max() <= largest + 1e-12


@pytest.mark.parametrize(("n", "printed"), [(2, 0.2323), (5, 0.3613), (25, 0.4439)])
def test_coin_flips_as_printed_and_as_simulated(n: int, printed: float) -> None:
    exact = coin_flip_divergence(n, base=math.e)
    assert round(exact, 4) == printed
    heads = np.random.default_rng(n).binomial(1, 0.5, (20_000, n)).sum(axis=1)
    # Members in another order are the same set.
    number, times = np.unique(heads, return_counts=True)
    flips = (np.arange(n) < number[:, None]).astype(np.float64)
    found = set_divergence(np.stack([flips, 1.0 - flips], axis=-1), base=math.e)
    assert float(found @ times) / times.sum() == pytest.approx(exact, abs=0.003)
    assert coin_flip_divergence(n, compat="moore2024") == pytest.approx(exact, abs=1e-8)


@pytest.mark.parametrize(("n", "k"), [(2, 2), (3, 3), (4, 3), (2, 4), (3, 1), (6, 2)])
@pytest.mark.parametrize("kind", ["distance", "divergence"])
def test_coin_flips_are_the_mean_over_all_outcomes(n: int, k: int, kind: str) -> None:
    outcomes = np.array(list(itertools.product(range(k), repeat=n)))
    expected = set_divergence(np.eye(k)[outcomes], kind=kind).mean()
    assert coin_flip_divergence(n, k, kind=kind) == pytest.approx(float(expected), rel=1e-12)


def test_coin_flips_grow_with_the_group() -> None:
    values = [coin_flip_divergence(n, 3) for n in range(2, 30)]
    assert values == sorted(values)
    assert values[-1] < largest_set_divergence(3)
    assert coin_flip_divergence(2) == pytest.approx(largest_set_divergence(2) / 2.0, rel=1e-14)


def test_one_answer() -> None:
    assert math.isnan(coin_flip_divergence(1))
    assert coin_flip_divergence(1, 3, compat="moore2024") == 0.0


def test_large_groups() -> None:
    assert 0.5567 < coin_flip_divergence(500) < largest_set_divergence(2)
    with pytest.raises(ParameterError, match="n 5000 answers over k 4 stances have more than 200,"):
        coin_flip_divergence(5000, 4)
    with pytest.raises(ParameterError, match="n 1000000000 answers over k 2 stances have more"):
        coin_flip_divergence(10**9)
    assert coin_flip_divergence(10**9, 1) == 0.0


def test_far_more_stances_than_answers() -> None:
    # Two answers agree by 1 in 5,000, and else lie at opposite ends.
    apart = coin_flip_divergence(2, 5000)
    assert apart == pytest.approx(largest_set_divergence(2) * (1.0 - 1.0 / 5000.0), rel=1e-9)


@pytest.mark.parametrize("value", [0, -1, 2.0, True, "2", math.nan])
def test_numbers_that_are_none_are_refused(value: int) -> None:
    with pytest.raises(ParameterError, match=f"k is {value!r}; give a whole number of at least 1"):
        largest_set_divergence(value)
    with pytest.raises(ParameterError, match=f"n is {value!r}; give a whole number of at least 1"):
        coin_flip_divergence(value)
    with pytest.raises(ParameterError, match=f"k is {value!r}; give a whole number of at least 1"):
        coin_flip_divergence(2, value)


def test_names_and_bases_that_are_none_are_refused() -> None:
    for call in (largest_set_divergence, coin_flip_divergence):
        with pytest.raises(UnknownNameError, match="Unknown kind 'distanse'; did you mean 'dist"):
            call(2, kind="distanse")
        with pytest.raises(ParameterError, match="base is 0; give a number above 1"):
            call(2, base=0)
    with pytest.raises(UnknownNameError, match="Unknown compat 'moore'"):
        coin_flip_divergence(2, compat="moore")
