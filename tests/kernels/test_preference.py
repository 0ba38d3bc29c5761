"""Mean probabilities by code: by hand, against the twin, and whatever the threads."""

from __future__ import annotations

import math

import numpy as np
import pytest
from reference import mean_sigmoid_twin

from disca_nb import _accelerate
from disca_nb.errors import InputError
from disca_nb.kernels import mean_by_code, mean_sigmoid


def test_means_by_hand() -> None:
    # 1 / (1 + exp(-log 3)) is three quarters.
    logits = [[0.0, math.log(3.0), -math.log(3.0)], [math.log(3.0)] * 3]
    means = mean_sigmoid(logits, [0, 1, 0], 2)
    np.testing.assert_allclose(means, [[0.375, 0.75], [0.75, 0.75]], rtol=1e-15)


def test_cells_without_a_code_are_left_out_and_codes_without_cells_are_nan() -> None:
    means = mean_sigmoid([0.0, np.nan, 700.0], [1, -1, -2], 3)
    np.testing.assert_array_equal(means, [np.nan, 0.5, np.nan])


def test_nan_stays_and_infinity_is_certain() -> None:
    means = mean_sigmoid([np.nan, 0.0, np.inf, -np.inf, 1e300], [0, 0, 1, 2, 3], 4)
    np.testing.assert_allclose(means, [np.nan, 1.0, 0.0, 1.0], atol=1e-300)


def test_no_cells_and_no_rows() -> None:
    assert np.isnan(mean_sigmoid([], [], 2)).all()
    assert mean_sigmoid(np.empty((0, 3)), [0, 0, 1], 2).shape == (0, 2)


def test_random_logits_are_the_twin_s() -> None:
    rng = np.random.default_rng(3)
    # More than fit the buffer.
    logits, codes = rng.normal(0.0, 8.0, (2, 2500)), rng.integers(-1, 5, 2500)
    means = mean_sigmoid(logits, codes, 6)
    for row, found in zip(logits, means, strict=True):
        expected = mean_sigmoid_twin(row.tolist(), codes.tolist(), 6)
        np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_plain_means_by_hand() -> None:
    values = np.array([[1.0, 2.0, 4.0], [np.nan, -1.0, 3.0]])
    np.testing.assert_array_equal(mean_by_code(values, [0, 1, 1], 2), [[1.0, 3.0], [np.nan, 1.0]])


@pytest.mark.parametrize("cells", [1, 7, 700])
def test_threads_change_no_bit(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    logits, codes = rng.normal(0.0, 2.0, (2100 // cells, cells)), rng.integers(0, 3, cells)
    monkeypatch.setattr(_accelerate, "thread_count", lambda: 1)
    alone = mean_sigmoid(logits, codes, 3)
    monkeypatch.setattr(_accelerate, "thread_count", lambda: 2)
    np.testing.assert_array_equal(mean_sigmoid(logits, codes, 3), alone)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ([0, 1], r"code has the shape \(2,\) and the values \(3,\); give one code"),
        ([0, 1, 2], "code holds int64 up to 2; give whole numbers below 2"),
        ([0.0, 1.0, 1.0], r"code holds float64 up to 1\.0; give whole numbers"),
    ],
)
def test_codes_that_do_not_fit_are_refused(code: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        mean_sigmoid([0.0, 1.0, 2.0], code, 2)
