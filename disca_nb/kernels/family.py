"""The integrals of a family: settings of one panel that share nodes and powers.

Of a panel's parameters only search width, power and floor move the nodes, next to how steep the
utility may get. The powers of gains and losses at the nodes, which are most of the work, are taken
once a family; a setting then weighs four numbers a node. Nodes are those of
`disca_nb.kernels.quadrature`, so that results differ from its own by rounding alone.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from disca_nb._accelerate import bit_kernel, inner_kernel, kernel, sum_kernel
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.extent import ENDS, bound, peaks_and_ends
from disca_nb.kernels.parameters import ALPHA, ETA, KAPPA, LAM
from disca_nb.kernels.quadrature import FAR, ROOM, order, points_of, steepness_and_decay
from disca_nb.kernels.rules import Rules, divide, lay
from disca_nb.kernels.utility import LEAST, PLACE, REACH, WEIGHT, fill_panel
from disca_nb.kernels.vector_math import exp2, power

__all__ = ["LEFT", "family_room", "integrate_families"]

_LOG2_E = 1.0 / math.log(2.0)
_SQRT_TWO_PI = math.sqrt(2.0 * math.pi)
# Rows of the nodes: place, weight times density, and the four parts of the utility there: gains
# and losses of the personas, and of the consensus.
_X, _MASS, _GAIN, _LOSS, _OWN_GAIN, _OWN_LOSS = range(6)
# Columns: points that are tried as ends, nodes between the outermost break points, and tails of
# both sides, as many as are kept. What does not fit is integrated setting by setting.
_INNER, _TAILS_FROM, _TAILS, _TAIL = 32, 2016, 8, 256
_COLUMNS = _TAILS_FROM + 2 * _TAILS * _TAIL + 4
# Stands for an effective sample size ratio that is still to be found.
LEFT = -1.0
# What one thread works in: points; ends of each setting; nodes; ends of the tails that are kept;
# and columns, those of the break points first, then where each tail stops.
Room: TypeAlias = tuple[FloatArray, FloatArray, FloatArray, FloatArray, npt.NDArray[np.int64]]


def family_room(largest: int) -> Room:
    """Return what a thread works in, for families of up to ``largest`` settings."""
    return (
        np.empty((3, ROOM[1])),
        np.empty((3, largest)),
        np.zeros((6, _COLUMNS)),
        np.empty((2, _TAILS)),
        np.empty(ROOM[1], np.int64),
    )


@bit_kernel
def _add_parts(
    nodes: FloatArray, first: int, last: int, panel: FloatArray, row: FloatArray
) -> None:
    """Write the parts of the utility of nodes ``first`` to ``last``, and apply the density."""
    alpha, kappa = row[ALPHA], row[KAPPA]
    x, mass = nodes[_X, first:last], nodes[_MASS, first:last]
    nodes[_GAIN:, first:last] = 0.0
    for k in range(x.size):
        mass[k] *= exp2(max((-0.5 * _LOG2_E) * x[k] * x[k], -1000.0))
    for i in range(panel.shape[0]):
        place, reach, least = panel[i, PLACE], panel[i, REACH], -panel[i, LEAST]
        share = 1.0 / (panel.shape[0] - 1) if i > 0 else 1.0
        part = _GAIN if i > 0 else _OWN_GAIN
        gains, losses = nodes[part, first:last], nodes[part + 1, first:last]
        # With a floor the values of gains and losses are summed as one.
        floored = least > -np.inf
        for k in range(x.size):
            gain = reach - abs(x[k] - place)
            size = power(abs(gain), alpha)
            won, lost = size if gain >= 0.0 else 0.0, 0.0 if gain >= 0.0 else size
            if floored:
                won, lost = max(won - kappa * lost, least), 0.0
            gains[k] += share * won
            losses[k] += share * lost


@bit_kernel
def _weigh(nodes: FloatArray, row: FloatArray, values: FloatArray) -> None:
    """Write the utility of the first nodes under a setting."""
    lam, kappa = row[LAM], row[KAPPA]
    for k in range(values.size):
        others = nodes[_GAIN, k] - kappa * nodes[_LOSS, k]
        own = nodes[_OWN_GAIN, k] - kappa * nodes[_OWN_LOSS, k]
        values[k] = (1.0 - lam) * others + lam * own


@sum_kernel
def _add_moments(
    nodes: FloatArray, first: int, last: int, row: FloatArray, top: float, sums: FloatArray
) -> None:
    """Add the integrals of w and w x, and of w^2, w^2 x and w^2 x^2, to ``sums``.

    The largest w is about one: w = exp((utility - top) / eta). Where it is so much larger that
    its square exceeds any float, sums are infinite.
    """
    scale, kappa = _LOG2_E / row[ETA], row[KAPPA]
    others, own, least = (1.0 - row[LAM]) * scale, row[LAM] * scale, top * scale
    x, density = nodes[_X, first:last], nodes[_MASS, first:last]
    gain, loss = nodes[_GAIN, first:last], nodes[_LOSS, first:last]
    own_gain, own_loss = nodes[_OWN_GAIN, first:last], nodes[_OWN_LOSS, first:last]
    mass, moment, mass_squared, moment_squared, second_squared = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(x.size):
        tilt = others * (gain[k] - kappa * loss[k]) + own * (own_gain[k] - kappa * own_loss[k])
        weight = exp2(min(max(tilt - least, -1000.0), 1000.0))
        once = density[k] * weight
        twice = once * weight
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
def _lay_interval(
    start: float,
    stop: float,
    kind: int,
    steepness: float,
    alpha: float,
    rules: Rules,
    nodes: FloatArray,
    columns: tuple[int, int],
) -> int:
    """Lay nodes from ``start`` toward ``stop``; return the column after them, or -1 for no room."""
    first, end = columns
    pieces, piece, extent = divide(abs(stop - start), steepness, alpha)
    n = int(rules[2][kind, 0] + rules[2][kind, 1] * extent)
    # The last register may be half empty.
    if first + pieces * n + 6 > end:
        return -1
    step = piece if stop > start else -piece
    for part in range(pieces):
        left = start + part * step
        lay(left, step, rules[0], rules[1], (kind, n), first, nodes[_X], nodes[_MASS])
        first += n
    return first


@inner_kernel
def _fill_up(nodes: FloatArray, first: int, last: int) -> int:
    """Add nodes without weight, so that no register is half empty; return the column after."""
    while (last - first) % 4:
        nodes[_X, last], nodes[_MASS, last] = nodes[_X, last - 1], 0.0
        last += 1
    return last


@inner_kernel
def _find_ends(
    table: FloatArray,
    starts: tuple[int, int],
    panel: FloatArray,
    evaluated: int,
    rules: Rules,
    room: Room,
) -> tuple[float, float]:
    """Write where integrals of a family's settings end, and the largest utility there."""
    values, ends, nodes = room[0][0, :evaluated], room[1], room[2]
    x = nodes[_X, :evaluated]
    lowest, highest = 0.0, 0.0
    for at in range(starts[0], starts[1]):
        row = table[at]
        _weigh(nodes, row, values)
        decay = steepness_and_decay(row, rules)[1]
        peaks, low, high = peaks_and_ends(x, values, row, decay)
        if low < -6.0 or high > 6.0:
            panel[0, WEIGHT] = row[LAM]
            for i in range(1, panel.shape[0]):
                panel[i, WEIGHT] = (1.0 - row[LAM]) / (panel.shape[0] - 1)
            most = bound(panel, row, peaks, decay)
            low, high = max(low, -most), min(high, most)
        top = -np.inf
        for k in range(evaluated):
            if low < x[k] < high:
                top = max(top, values[k])
        setting = at - starts[0]
        ends[0, setting], ends[1, setting], ends[2, setting] = low, high, top
        lowest, highest = min(lowest, low), max(highest, high)
    return lowest, highest


@inner_kernel
def _tail(
    side: int,
    end: float,
    start: float,
    steepness: float,
    panel: FloatArray,
    row: FloatArray,
    rules: Rules,
    room: Room,
) -> tuple[int, int]:
    """Return the columns of a tail's nodes, from ``start`` out to ``end``; (0, -1) for no room."""
    nodes, kept, columns = room[2], room[3], room[4]
    # After the columns of break points: where tails stop, and how many there were.
    stops = columns[-2 * _TAILS - 2 :]
    for slot in range(_TAILS):
        if kept[side, slot] == end:
            first = _TAILS_FROM + (side * _TAILS + slot) * _TAIL
            return first, stops[side * _TAILS + slot]
    slot = stops[2 * _TAILS + side] % _TAILS
    stops[2 * _TAILS + side] += 1
    first = _TAILS_FROM + (side * _TAILS + slot) * _TAIL
    last = _lay_interval(start, end, 1, steepness, row[ALPHA], rules, nodes, (first, first + _TAIL))
    if last < 0:
        return 0, -1
    last = _fill_up(nodes, first, last)
    _add_parts(nodes, first, last, panel, row)
    kept[side, slot], stops[side * _TAILS + slot] = end, last
    return first, last


@inner_kernel
def _lay_family(
    n_points: int, steepness: float, panel: FloatArray, row: FloatArray, rules: Rules, room: Room
) -> bool:
    """Lay the nodes between a family's break points; return whether they fit."""
    ordered, nodes, columns = room[0][2], room[2], room[4]
    room[3][:] = np.nan
    columns[-2:] = 0
    columns[1] = _INNER
    for j in range(1, n_points - 2):
        columns[j + 1] = _lay_interval(
            ordered[j],
            ordered[j + 1],
            0,
            steepness,
            row[ALPHA],
            rules,
            nodes,
            (columns[j], _TAILS_FROM),
        )
        if columns[j + 1] < 0:
            return False
    columns[n_points - 2] = _fill_up(nodes, _INNER, columns[n_points - 2])
    _add_parts(nodes, _INNER, columns[n_points - 2], panel, row)
    return True


@inner_kernel
def _sum_up(
    setting: int,
    n_points: int,
    steepness: float,
    panel: FloatArray,
    row: FloatArray,
    rules: Rules,
    room: Room,
    sums: FloatArray,
) -> bool:
    """Write the integrals of a setting; return whether they are to be trusted."""
    ordered, ends, nodes, columns = room[0][2], room[1], room[2], room[4]
    low, high, top = ends[0, setting], ends[1, setting], ends[2, setting]
    first, last = 1, n_points - 2
    while ordered[first] <= low:
        first += 1
    while ordered[last] >= high:
        last -= 1
    sums[:] = 0.0
    _add_moments(nodes, columns[first], columns[last], row, top, sums)
    for side in range(2):
        end, point = (low, ordered[first]) if side == 0 else (high, ordered[last])
        start, stop = _tail(side, end, point, steepness, panel, row, rules, room)
        if stop < 0:
            return False
        _add_moments(nodes, start, stop, row, top, sums)
    return bool(sums[4] < np.inf)


@kernel
def integrate_families(
    start: int,
    stop: int,
    gaps: FloatArray,
    table: FloatArray,
    rows: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    rules: Rules,
    room: Room,
    panel: FloatArray,
    limits: FloatArray,
    variances: FloatArray,
    ess: FloatArray,
) -> None:
    """Write limit, variance for one candidate and ESS ratio of every setting of some families.

    ``start`` to ``stop`` count families and in them cells. Row ``i`` of ``table`` is the setting
    whose results stand in row ``rows[i]`` of the outputs (S, n); family ``f`` has those from
    ``starts[f]`` on. ``room`` and ``panel`` are to work in. What is left to others, as it is too
    far out or takes too many nodes, gets the ratio `LEFT`.
    """
    points, ordered, nodes, sums = room[0][1], room[0][2], room[2], np.empty(5)
    n_cells = gaps.shape[0]
    for unit in range(start, stop):
        family, cell = unit // n_cells, unit % n_cells
        settings = (starts[family], starts[family + 1])
        row = table[settings[0]]
        center, width = fill_panel(gaps[cell], row, panel)
        if math.isnan(width):
            for at in range(settings[0], settings[1]):
                to = rows[at]
                limits[to, cell], variances[to, cell], ess[to, cell] = np.nan, np.nan, np.nan
            continue
        evaluated, count = points_of(center, panel, row, points)
        nodes[_X, :evaluated] = points[:evaluated]
        _add_parts(nodes, 0, evaluated, panel, row)
        lowest, highest = _find_ends(table, settings, panel, evaluated, rules, room)
        shared = max(-lowest, highest) <= FAR
        n_points, steepness = 0, steepness_and_decay(row, rules)[0]
        if shared:
            n_points = order(points[2 * len(ENDS) : count], lowest, highest, ordered)
            shared = _lay_family(n_points, steepness, panel, row, rules, room)
        for at in range(settings[0], settings[1]):
            row, to = table[at], rows[at]
            if not (
                shared
                and _sum_up(at - settings[0], n_points, steepness, panel, row, rules, room, sums)
            ):
                ess[to, cell] = LEFT
                continue
            mass, moment, mass_squared, moment_squared, second_squared = sums
            mean = moment / mass
            ratio = mass * mass / (mass_squared * _SQRT_TWO_PI)
            spread = second_squared - 2.0 * mean * moment_squared + mean * mean * mass_squared
            limits[to, cell], ess[to, cell] = width * mean, min(ratio, 1.0)
            variances[to, cell] = np.inf
            if ratio > 0.0:
                variances[to, cell] = width * width * spread / (mass_squared * ratio)
