"""The nodes that the quadrature lays for one cell, for looking at them."""

from __future__ import annotations

import numpy as np

from disca_nb._accelerate import inner_kernel, kernel
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.extent import ENDS, bound, narrowed, peaks_and_ends
from disca_nb.kernels.parameters import ALPHA
from disca_nb.kernels.quadrature import FAR, ROOM, order, points_of, steepness_and_decay
from disca_nb.kernels.rules import Rules, divide, lay
from disca_nb.kernels.utility import fill_panel, utilities

__all__ = ["lay_cell"]


@inner_kernel
def _ends_and_points(
    gaps: FloatArray, row: FloatArray, rules: Rules, room: FloatArray, panel: FloatArray
) -> int:
    """Write the ends of the integral and what lies between to ``room[4]``; return how many."""
    values, points = room[0], room[3]
    center, _ = fill_panel(gaps, row, panel)
    evaluated, count = points_of(center, panel, row, points)
    utilities(points[:evaluated], panel, row, values[:evaluated])
    _, decay = steepness_and_decay(row, rules)
    peaks, low, high = peaks_and_ends(points[:evaluated], values[:evaluated], row, decay)
    if low < -6.0 or high > 6.0:
        most = bound(panel, row, peaks, decay)
        low, high = max(low, -most), min(high, most)
    if max(-low, high) > FAR:
        peaks, low, high = narrowed(low, high, panel, row, peaks, decay, room[0], room[1])
    return order(points[2 * len(ENDS) : count], low, high, room[4])


@inner_kernel
def _interval(
    i: int, ordered: FloatArray, steepness: float, row: FloatArray, rules: Rules
) -> tuple[int, int, int, float, float]:
    """Return pieces, kind of rule and nodes each of an interval, where it starts and its step."""
    sizes, last = rules[2], ordered.size - 2
    pieces, piece, extent = divide(ordered[i + 1] - ordered[i], steepness, row[ALPHA])
    # Tails are graded toward the break point: the lower one from its right end to the left.
    kind = 0 if 0 < i < last or last == 0 else 1
    n = int(sizes[kind, 0] + sizes[kind, 1] * extent)
    if i == 0 and kind == 1:
        return pieces, kind, n, ordered[1], -piece
    return pieces, kind, n, ordered[i], piece


@kernel
def lay_cell(gaps: FloatArray, row: FloatArray, rules: Rules) -> tuple[FloatArray, FloatArray]:
    """Return the nodes of a cell's quadrature and their weights, in units of the search width.

    Step by step as `disca_nb.kernels.quadrature.integrate_cells`, which sums at once what is kept
    here. ``gaps`` (1 + N,) are finite and within reach of each other.
    """
    room, panel = np.zeros(ROOM), np.empty((gaps.size, 4))
    count = _ends_and_points(gaps, row, rules, room, panel)
    ordered = room[4, :count]
    steepness, _ = steepness_and_decay(row, rules)
    total = 0
    for i in range(count - 1):
        pieces, _, n, _, _ = _interval(i, ordered, steepness, row, rules)
        total += pieces * n
    # Up to three numbers past the last node are written over.
    x, weights = np.empty(total + 4), np.empty(total + 4)
    filled = 0
    for i in range(count - 1):
        pieces, kind, n, start, step = _interval(i, ordered, steepness, row, rules)
        for part in range(pieces):
            lay(start + part * step, step, rules[0], rules[1], (kind, n), filled, x, weights)
            filled += n
    return x[:total], weights[:total]
