"""The released code's moving average over scenarios, which produced the headline figures."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from disca_nb._accelerate import kernel
from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.parameters import check_numbers

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
            # A scenario without a gap leaves the state as it was: one NaN or infinity in it
            # would stay for all later scenarios.
            final[row, t] = np.nan
            if math.isfinite(gap):
                final[row, t] = share * mean + (1.0 - share) * gap
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
        Gaps of T scenarios in their order, in logits. One that is not finite gives NaN and
        leaves the state.
    average, step : array_like, shape (...)
        State before the first scenario, broadcast to the gaps without their last axis.

    Returns
    -------
    MovingAverage
        ``final`` gaps; ``average`` and ``step`` after each scenario; the ``weight`` h used.

    Raises
    ------
    InputError
        When the gaps have no scenario axis, the state does not fit them, or something holds
        other things than numbers.

    References
    ----------
    The released code of arXiv 2605.10843.

    Examples
    --------
    >>> result = moving_average([1.0, 1.0, -1.0], average=0.5, step=150)
    >>> result.final.round(3)
    array([0.684, 0.714, 0.02 ])
    """
    values = check_numbers("gaps", gaps)
    if values.ndim == 0:
        message = "The moving average got a single gap; it needs an array with a scenario axis."
        raise InputError(message)
    outer = values.shape[:-1]
    rows = np.ascontiguousarray(values.reshape(math.prod(outer), values.shape[-1]))
    averages, steps = _state("average", average, values), _state("step", step, values)
    outputs = [np.empty_like(rows) for _ in range(4)]
    _average_rows(rows, averages, steps, *outputs)
    final, after, weight, count = (output.reshape(values.shape) for output in outputs)
    return MovingAverage(final, after, weight, count)


def _state(name: str, values: npt.ArrayLike, gaps: FloatArray) -> FloatArray:
    """Return the state before the first scenario, one number a row of the gaps."""
    state = check_numbers(name, values)
    try:
        return np.broadcast_to(state, gaps.shape[:-1]).ravel()
    except ValueError:
        raise InputError(
            f"{name} has the shape {state.shape} and the gaps {gaps.shape}; without its last axis "
            "the latter must be what the former broadcasts to."
        ) from None
