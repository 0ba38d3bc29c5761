"""The released code's moving average."""

from __future__ import annotations

import numpy as np
import pytest
import reference

from disca_nb.errors import InputError
from disca_nb.kernels import moving_average


def test_it_equals_the_twin_past_the_warm_up() -> None:
    gaps = np.random.default_rng(0).normal(0.0, 1.0, 200).tolist()
    final, average, step = reference.moving_average_twin(gaps, 0.3, 3)
    got = moving_average(gaps, average=0.3, step=3)
    assert got.final == pytest.approx(final, abs=1e-14)
    assert got.average[-1] == pytest.approx(average, abs=1e-14)
    assert got.step[-1] == step


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


def test_every_series_has_its_own_state() -> None:
    gaps = np.ones((2, 3, 4))
    got = moving_average(gaps, average=np.array([[0.0, 1.0, 2.0]]), step=150)
    assert got.final.shape == (2, 3, 4)
    one = moving_average(np.ones(4), average=2.0, step=150)
    assert (got.final[1, 2] == one.final).all()


def test_no_scenarios_and_no_series() -> None:
    assert moving_average(np.empty((3, 0))).final.shape == (3, 0)
    assert moving_average(np.empty((0, 3))).final.shape == (0, 3)


def test_a_single_number_is_refused() -> None:
    with pytest.raises(InputError, match="scenario axis"):
        moving_average(1.0)
