"""The released code's moving average over scenarios, which produced the headline figures."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from disca_nb._accelerate import kernel
from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray

__all__ = ["MovingAverage", "moving_average"]

_WARM_UP = 50
_TIME_CONSTANT = 100.0
_RATE = 0.1


class MovingAverage(NamedTuple):
    """Result of `moving_average`; every field has the shape of the gaps that went in."""

    final: FloatArray
    average: FloatArray
    weight: FloatArray
    step: FloatArray


@kernel
def _average_rows(
    gaps: FloatArray,
    averages: FloatArray,
    steps: FloatArray,
    final: FloatArray,
    average: FloatArray,
    weight: FloatArray,
    step: FloatArray,
) -> None:
    """Run the recursion along every row of ``gaps`` and write the state after each scenario."""
    for row in range(gaps.shape[0]):
        mean = averages[row]
        count = steps[row]
        for t in range(gaps.shape[1]):
            gap = gaps[row, t]
            share = 0.0
            if count >= _WARM_UP:
                share = 1.0 - math.exp(-(count - _WARM_UP) / _TIME_CONSTANT)
            weight[row, t] = share
            # A scenario that was never scored leaves the state as it was.
            final[row, t] = gap if math.isnan(gap) else share * mean + (1.0 - share) * gap
            if not math.isnan(gap):
                mean = (1.0 - _RATE) * mean + _RATE * gap
                count += 1.0
            average[row, t] = mean
            step[row, t] = count


def moving_average(
    gaps: npt.ArrayLike,
    *,
    average: npt.ArrayLike = 0.0,
    step: npt.ArrayLike = 0.0,
) -> MovingAverage:
    """Pull each scenario's gap toward a moving average of the scenarios before it.

    ``final = h m + (1 - h) gap`` with h = 0 while step < 50, else
    ``1 - exp(-(step - 50) / 100)``; then ``m = 0.9 m + 0.1 gap`` and ``step = step + 1``. The
    result depends on the order of the scenarios and draws decisions toward one half.

    Parameters
    ----------
    gaps : array_like, shape (..., T)
        Gaps of T scenarios in their order, in logits. A NaN gives NaN and leaves the state.
    average, step : array_like, shape (...)
        State before the first scenario.

    Returns
    -------
    MovingAverage
        ``final`` gaps; ``average`` and ``step`` after each scenario; the ``weight`` h used.

    Raises
    ------
    InputError
        When the gaps have no scenario axis.

    References
    ----------
    The released code of arXiv 2605.10843.

    Examples
    --------
    >>> result = moving_average([1.0, 1.0, -1.0], average=0.5, step=150)
    >>> result.final.round(3)
    array([0.684, 0.714, 0.02 ])
    """
    values = np.asarray(gaps, dtype=np.float64)
    if values.ndim == 0:
        message = "The moving average got a single gap; it needs an array with a scenario axis."
        raise InputError(message)
    outer = values.shape[:-1]
    rows = np.ascontiguousarray(values.reshape(math.prod(outer), values.shape[-1]))
    averages = np.broadcast_to(np.asarray(average, dtype=np.float64), outer).ravel()
    steps = np.broadcast_to(np.asarray(step, dtype=np.float64), outer).ravel()
    outputs = [np.empty_like(rows) for _ in range(4)]
    _average_rows(rows, averages, steps, *outputs)
    final, after, weight, count = (output.reshape(values.shape) for output in outputs)
    return MovingAverage(final, after, weight, count)
