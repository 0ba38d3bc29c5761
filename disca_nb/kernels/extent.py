"""How far out the integrands of the quadrature matter, and how high they rise.

With w = exp(utility / eta), the integrands are w and w**2 times the normal density. They are
compared by their logarithms, as they exceed any float.
"""

from __future__ import annotations

import math

import numpy as np

from disca_nb._accelerate import inner_kernel
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.parameters import ALPHA, ETA, KAPPA
from disca_nb.kernels.utility import REACH, WEIGHT, utilities

__all__ = ["ENDS", "bound", "narrowed", "peaks_and_ends"]

# Distances past the outermost persona at which the integral may end, in search widths.
ENDS = (1.5, 2.25, 3.0, 3.75, 4.5)


@inner_kernel
def peaks_and_ends(
    points: FloatArray, values: FloatArray, row: FloatArray, decay: float
) -> tuple[tuple[float, float], float, float]:
    """Return the largest values of both integrands' logarithms and how far out they matter.

    The first of ``points`` are the trial ends, and ``values`` the utilities there. An end that is
    too near is infinite.
    """
    n, rate = len(ENDS), 1.0 / row[ETA]
    peak, peak_squared = -np.inf, -np.inf
    for i in range(points.size):
        tilt, half = values[i] * rate, 0.5 * points[i] * points[i]
        peak, peak_squared = max(peak, tilt - half), max(peak_squared, 2.0 * tilt - half)
    # Past the outermost persona every gain falls, so the integrands fall as well.
    low, high = -np.inf, np.inf
    for k in range(2 * n):
        tilt, half = values[k] * rate, 0.5 * points[k] * points[k]
        if tilt - half < peak - decay and 2.0 * tilt - half < peak_squared - decay:
            if k < n:
                low = max(low, points[k])
            else:
                high = min(high, points[k])
    return (peak, peak_squared), low, high


@inner_kernel
def _steepest(row: FloatArray) -> float:
    """Return c such that utility / eta changes by at most c d**alpha over any distance d.

    A gain changes by at most d, and a value most where half of that is gain and half is loss.
    """
    slope: float = max(row[KAPPA], 1.0) * 2.0 ** (1.0 - row[ALPHA]) / row[ETA]
    return slope


@inner_kernel
def bound(panel: FloatArray, row: FloatArray, peaks: tuple[float, float], decay: float) -> float:
    """Return a distance past which neither integrand can matter, whatever the utility does."""
    eta, alpha = row[ETA], row[ALPHA]
    # No candidate gains more than the whole way to every persona and to the consensus.
    most = 0.0
    for i in range(panel.shape[0]):
        most += panel[i, WEIGHT] * panel[i, REACH] ** alpha
    room = max(most / eta - peaks[0], 2.0 * most / eta - peaks[1])
    # Nor more than the utility can rise from the consensus on, however far away the base is:
    # past this distance half of the density's fall makes up for the rise, and half is the decay.
    risen: float = (8.0 * _steepest(row)) ** (1.0 / (2.0 - alpha))
    return min(math.sqrt(2.0 * (room + decay)), max(risen, 2.0 * math.sqrt(decay)))


@inner_kernel
def narrowed(
    low: float,
    high: float,
    panel: FloatArray,
    row: FloatArray,
    peaks: tuple[float, float],
    decay: float,
    x: FloatArray,
    values: FloatArray,
) -> tuple[tuple[float, float], float, float]:
    """Return the peaks, raised to the largest values on a grid of step 1, and nearer ends.

    ``x`` and ``values`` are to work in.
    """
    peak, peak_squared = peaks
    # Between a point of the grid and the next one outward, an integrand rises by no more.
    steep = _steepest(row)
    for _ in range(2):  # the second time with the peaks that the first one found
        first, last, at = high, low, low
        while at < high:
            for k in range(x.size):
                x[k] = min(at + k, high)
            utilities(x, panel, row, values)
            for k in range(x.size):
                tilt, half = values[k] / row[ETA], 0.5 * x[k] * x[k]
                once, twice = tilt - half, 2.0 * tilt - half
                peak, peak_squared = max(peak, once), max(peak_squared, twice)
                # One half for the two points beside zero, where the density rises as well.
                room = decay + steep + 0.5
                if once > peak - room or twice > peak_squared - room - steep:
                    first, last = min(first, x[k] - 1.0), max(last, x[k] + 1.0)
            at += x.size
    return (peak, peak_squared), max(low, first), min(high, last)
