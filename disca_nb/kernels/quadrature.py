"""The limit of a PT-IS pass with infinitely many samples, by Gauss quadrature over break points.

In units of the search width the limit is a ratio of integrals over a normal density, and the
integrand is smooth except at the points where a gain vanishes (a cusp, since the value function
is a power below one), where a candidate meets a persona or the consensus (a kink), and where a
floor begins to bite. Between two neighbouring points a Gauss-Legendre rule is graded toward both
ends by the substitution x = a + h I(t), with I the regularised incomplete beta function, which
turns a cusp |x|^alpha into a smooth t^(p alpha).
"""

from __future__ import annotations

import math

import numpy as np

from disca_nb._accelerate import inner_kernel, kernel, sum_kernel
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.extent import ENDS, bound, narrowed, peaks_and_ends
from disca_nb.kernels.parameters import ALPHA, ETA, KAPPA, RHO
from disca_nb.kernels.rules import Rules, divide, lay
from disca_nb.kernels.utility import LEAST, PLACE, REACH, fill_panel, utilities
from disca_nb.kernels.vector_math import exp2

__all__ = [
    "FAR",
    "ROOM",
    "integrate_cells",
    "order",
    "points_of",
    "steepness_and_decay",
]

_SQRT_TWO_PI = math.sqrt(2.0 * math.pi)
_LOG2_E = 1.0 / math.log(2.0)
# Nodes are gathered here before they are evaluated, so that a vector register is always full.
_BUFFER = 512
ROOM = (6, _BUFFER)
"""Shape of the room that `integrate_cells` works in."""
# The slope of utility / eta at the default parameters; steeper settings get more nodes.
_DEFAULT_STEEPNESS = 4.5
# Farther out than this a maximum between break points can exceed them all beyond any float.
FAR = 35.0


@inner_kernel
def steepness_and_decay(row: FloatArray, rules: Rules) -> tuple[float, float]:
    """Return how much steeper the utility can be than at the defaults, and where tails end."""
    steepness, decay = max(1.0, max(row[KAPPA], 1.0) / (row[ETA] * _DEFAULT_STEEPNESS)), rules[3]
    if steepness > 1.0:
        # A cusp can be a peak so narrow, of width steepness^(-1 / alpha), that far tails still
        # matter.
        decay += math.log(steepness) / row[ALPHA]
    return steepness, decay


@inner_kernel
def points_of(
    center: float, panel: FloatArray, row: FloatArray, points: FloatArray
) -> tuple[int, int]:
    """Write trial ends, and then the points where the utility is not smooth, to ``points``.

    Returns how many must be evaluated (the ends and the voices' places, as a multiple of 4, so
    that no vector register is half empty) and how many there are.
    """
    alpha, kappa = row[ALPHA], row[KAPPA]
    n = panel.shape[0]
    count = 2 * len(ENDS)
    lowest, highest = 0.0, 0.0
    for i in range(n):
        points[count + i] = panel[i, PLACE]
        lowest, highest = min(lowest, panel[i, PLACE]), max(highest, panel[i, PLACE])
    for k in range(len(ENDS)):
        points[k], points[len(ENDS) + k] = lowest - ENDS[k], highest + ENDS[k]
    evaluated = (count + n + 3) // 4 * 4
    count += n
    points[count] = center
    count += 1
    for i in range(n):
        points[count] = 2.0 * panel[i, PLACE] - center
        count += 1
        # Without loss aversion there are no losses, and without losses the floor never bites.
        if panel[i, LEAST] < np.inf and kappa > 0.0:
            reach = panel[i, REACH] + (panel[i, LEAST] / kappa) ** (1.0 / alpha)
            points[count], points[count + 1] = panel[i, PLACE] - reach, panel[i, PLACE] + reach
            count += 2
    return evaluated, count


@inner_kernel
def order(points: FloatArray, low: float, high: float, ordered: FloatArray) -> int:
    """Write ``low``, the different points between, and ``high`` in order; return how many."""
    ordered[0] = low
    last = 0
    for i in range(points.size):
        if low < points[i] < high:
            at = last
            while ordered[at] > points[i]:  # by insertion, as the points are few
                ordered[at + 1] = ordered[at]
                at -= 1
            if ordered[at] < points[i]:
                ordered[at + 1] = points[i]
                last += 1
            else:  # one that is there already
                for j in range(at + 1, last + 1):
                    ordered[j] = ordered[j + 1]
    ordered[last + 1] = high
    return last + 2


@sum_kernel
def _add_moments(
    x: FloatArray,
    weights: FloatArray,
    values: FloatArray,
    eta: float,
    peaks: tuple[float, float],
    sums: FloatArray,
) -> None:
    """Add the integrals of w and w x, and of w^2, w^2 x and w^2 x^2, to ``sums``.

    ``values`` are the utilities at ``x``; w is exp(utility / eta), and the integrals are over the
    normal density.
    """
    scale = _LOG2_E / eta
    first, second = peaks[0] * _LOG2_E, peaks[1] * _LOG2_E
    mass, moment, mass_squared, moment_squared, second_squared = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(x.size):
        tilt = values[k] * scale
        half = (0.5 * _LOG2_E) * x[k] * x[k]
        # What is below 2**-1000 counts for nothing, and would wrap around.
        once = weights[k] * exp2(max(tilt - half - first, -1000.0))
        twice = weights[k] * exp2(max(2.0 * tilt - half - second, -1000.0))
        mass += once
        moment += once * x[k]
        mass_squared += twice
        moment_squared += twice * x[k]
        second_squared += twice * x[k] * x[k]
    sums[0] += mass
    sums[1] += moment
    sums[2] += mass_squared
    sums[3] += moment_squared
    sums[4] += second_squared


@inner_kernel
def _evaluate(
    filled: int,
    panel: FloatArray,
    row: FloatArray,
    peaks: tuple[float, float],
    buffers: FloatArray,
    sums: FloatArray,
) -> None:
    """Add what the nodes gathered so far contribute to ``sums``."""
    x, weights, values = buffers[0], buffers[1], buffers[2]
    while filled % 4:  # nodes without weight, so that no register is half empty
        x[filled], weights[filled] = x[filled - 1], 0.0
        filled += 1
    utilities(x[:filled], panel, row, values[:filled])
    _add_moments(x[:filled], weights[:filled], values[:filled], row[ETA], peaks, sums)


@inner_kernel
def _integrate(
    panel: FloatArray,
    row: FloatArray,
    ordered: FloatArray,
    peaks: tuple[float, float],
    steepness: float,
    rules: Rules,
    buffers: FloatArray,
    sums: FloatArray,
) -> None:
    """Write the five integrals of `_add_moments` between neighbouring points to ``sums``."""
    nodes, node_weights, sizes, _ = rules
    x, weights = buffers[0], buffers[1]
    for k in range(sums.size):
        sums[k] = 0.0
    filled = 0
    last = ordered.size - 2
    for i in range(last + 1):
        pieces, piece, extent = divide(ordered[i + 1] - ordered[i], steepness, row[ALPHA])
        # Tails are graded toward the break point: the lower one from its right end to the left.
        rule = 0 if 0 < i < last or last == 0 else 1
        start, step = ordered[i], piece
        if i == 0 and rule == 1:
            start, step = ordered[1], -piece
        n = int(sizes[rule, 0] + sizes[rule, 1] * extent)
        for part in range(pieces):
            if filled + n + 4 > _BUFFER:
                _evaluate(filled, panel, row, peaks, buffers, sums)
                filled = 0
            lay(start + part * step, step, nodes, node_weights, (rule, n), filled, x, weights)
            filled += n
    _evaluate(filled, panel, row, peaks, buffers, sums)


@kernel
def integrate_cells(
    start: int,
    stop: int,
    gaps: FloatArray,
    table: FloatArray,
    rules: Rules,
    n_samples: int,
    room: FloatArray,
    panel: FloatArray,
    corrections: FloatArray,
    variances: FloatArray,
    ess: FloatArray,
    widths: FloatArray,
) -> None:
    """Write the limit, the variance of a pass, the ESS ratio and the width of every cell.

    Inputs are as for `disca_nb.kernels.ptis.sample_passes`, with the rules of `graded_rules` and
    more ``room``, as `ROOM` says; the four outputs have shape (n,). Where the ESS ratio is below
    rho, limit and variance are 0.
    """
    buffers, points, ordered, sums = room[:3], room[3], room[4], room[5, :5]
    for cell in range(start, stop):
        row = table[cell if table.shape[0] > 1 else 0]
        center, width = fill_panel(gaps[cell], row, panel)
        widths[cell] = width
        if math.isnan(width):
            corrections[cell], variances[cell], ess[cell] = np.nan, np.nan, np.nan
            continue
        evaluated, count = points_of(center, panel, row, points)
        utilities(points[:evaluated], panel, row, buffers[0, :evaluated])
        steepness, decay = steepness_and_decay(row, rules)
        # Both integrands are scaled by their largest value at a voice's place.
        peaks, low, high = peaks_and_ends(points[:evaluated], buffers[0, :evaluated], row, decay)
        if low < -6.0 or high > 6.0:
            most = bound(panel, row, peaks, decay)
            low, high = max(low, -most), min(high, most)
        if max(-low, high) > FAR:
            peaks, low, high = narrowed(low, high, panel, row, peaks, decay, buffers[0], buffers[1])
        n_points = order(points[2 * len(ENDS) : count], low, high, ordered)
        _integrate(panel, row, ordered[:n_points], peaks, steepness, rules, buffers, sums)
        mass, moment, mass_squared, moment_squared, second_squared = sums
        mean = moment / mass
        ratio = mass * mass / (mass_squared * _SQRT_TWO_PI)
        ratio *= math.exp(2.0 * peaks[0] - peaks[1])
        spread = second_squared - 2.0 * mean * moment_squared + mean * mean * mass_squared
        # Rounding and the tolerance can leave the ratio just above one. In this order NaN stays.
        ess[cell] = min(ratio, 1.0)
        if ratio < row[RHO]:
            corrections[cell], variances[cell] = 0.0, 0.0
            continue
        corrections[cell] = width * mean
        # A ratio that underflows means that no number of samples is enough.
        variances[cell] = np.inf
        if ratio > 0.0:
            variances[cell] = width * width * spread / (mass_squared * ratio * n_samples)
