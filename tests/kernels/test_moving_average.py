"""The released code's moving average."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st

from disca_nb.errors import InputError
from disca_nb.kernels import moving_average

gaps_and_missing = st.lists(st.floats(-20.0, 20.0) | st.just(math.nan), min_size=1, max_size=80)


@given(gaps_and_missing, st.floats(-20.0, 20.0), st.integers(0, 400))
def test_it_equals_the_twin(gaps: list[float], average: float, step: int) -> None:
    final, after, count = reference.moving_average_twin(gaps, average, step)
    got = moving_average(gaps, average=average, step=step)
    np.testing.assert_allclose(got.final, final, rtol=0.0, atol=1e-13)
    assert got.average[-1] == pytest.approx(after, abs=1e-13)
    assert got.step[-1] == count


def test_two_scenarios_by_hand() -> None:
    got = moving_average([2.0, 4.0], average=1.0, step=150)
    first, second = 1.0 - math.exp(-1.0), 1.0 - math.exp(-1.01)
    assert got.weight == pytest.approx([first, second])
    assert got.average == pytest.approx([1.1, 1.39])
    assert got.final == pytest.approx([2.0 - first, 4.0 - second * 2.9])
    assert got.step.tolist() == [151.0, 152.0]


def test_nothing_is_averaged_before_step_fifty() -> None:
    got = moving_average(np.arange(52.0))
    assert (got.final[:51] == np.arange(51.0)).all()
    assert got.final[51] != 51.0


def test_a_series_may_be_cut_in_two() -> None:
    gaps = np.random.default_rng(1).normal(0.0, 1.0, (3, 120))
    whole = moving_average(gaps, average=0.1, step=40)
    first = moving_average(gaps[:, :70], average=0.1, step=40)
    second = moving_average(gaps[:, 70:], average=first.average[:, -1], step=first.step[:, -1])
    assert (np.concatenate([first.final, second.final], axis=1) == whole.final).all()


def test_a_missing_scenario_is_as_if_it_were_not_there() -> None:
    gaps = np.random.default_rng(2).normal(0.0, 1.0, 80)
    missing = np.insert(gaps, 60, np.nan)
    got, plain = moving_average(missing, step=30), moving_average(gaps, step=30)
    assert np.isnan(got.final[60])
    assert (np.delete(got.final, 60) == plain.final).all()


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_a_gap_that_is_not_finite_leaves_the_state(bad: float) -> None:
    gaps = np.random.default_rng(2).normal(0.0, 1.0, 80)
    got, plain = moving_average(np.insert(gaps, 60, bad), step=30), moving_average(gaps, step=30)
    assert np.isnan(got.final[60])
    assert got.average[60] == got.average[59]
    assert got.step[60] == got.step[59]
    for one, other in zip(got, plain, strict=True):
        assert (np.delete(one, 60) == other).all()


def test_every_series_has_its_own_state() -> None:
    gaps = np.ones((2, 3, 4))
    got = moving_average(gaps, average=np.array([[0.0, 1.0, 2.0]]), step=150)
    assert got.final.shape == (2, 3, 4)
    one = moving_average(np.ones(4), average=2.0, step=150)
    assert (got.final[1, 2] == one.final).all()


def test_no_scenarios_and_no_series() -> None:
    assert moving_average(np.empty((3, 0))).final.shape == (3, 0)
    assert moving_average(np.empty((0, 3))).final.shape == (0, 3)


@pytest.mark.parametrize("name", ["average", "step"])
@pytest.mark.parametrize("shape", [(3,), (2, 4), (1, 2, 1)])
def test_a_state_that_does_not_fit_is_refused_with_both_shapes(
    name: str, shape: tuple[int, ...]
) -> None:
    with pytest.raises(InputError) as caught:
        moving_average(np.zeros((2, 4)), **{name: np.zeros(shape)})
    assert f"{name} has the shape {shape} and the gaps (2, 4)" in str(caught.value)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"gaps": ["a", "b"]}, "gaps holds <U1"),
        ({"gaps": [1.0, None]}, "gaps holds object"),
        ({"gaps": [[1.0], [1.0, 2.0]]}, "gaps holds rows of unequal length"),
        ({"average": "a"}, "average holds <U1"),
        ({"step": None}, "step holds object"),
    ],
)
def test_what_is_no_number_is_refused(given: dict[str, Any], found: str) -> None:
    with pytest.raises(InputError, match=f"{found}; it must be an array of numbers"):
        moving_average(**{"gaps": [1.0, 2.0], **given})


def test_a_single_number_is_refused() -> None:
    with pytest.raises(InputError, match="scenario axis"):
        moving_average(1.0)
