"""Steps towards the Jensen-Shannon centroid of one set, compiled: by Newton, and as published.

A set is ``rows`` (n, k) of shares and ``times`` (n,), how often each of them stands in the set,
``total`` times together. Loops are written out, as they compile faster than sums of arrays.
"""

from __future__ import annotations

import math

import numpy as np

from disca_nb._accelerate import inner_kernel
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.divergence import NEAR

__all__ = ["all_equal", "cccp_centroid", "nats_apart", "newton_centroid"]

_LOG_2 = math.log(2.0)


@inner_kernel
def all_equal(rows: FloatArray) -> bool:
    """Return whether all rows are the same to the bit."""
    for i in range(1, rows.shape[0]):
        for k in range(rows.shape[1]):
            if rows[i, k] != rows[0, k]:
                return False
    return True


@inner_kernel
def nats_apart(p: FloatArray, q: FloatArray) -> float:
    """Return the Jensen-Shannon divergence of two rows of shares in nats, 0 to log 2."""
    nats = 0.0
    for k in range(p.size):
        both = p[k] + q[k]
        ratio = abs(p[k] - q[k]) / both if both > 0.0 else 0.0
        if ratio < NEAR:  # where logarithms nearly cancel, see `disca_nb.kernels.divergence`
            nats += 0.5 * both * (math.log1p(-ratio * ratio) + 2.0 * ratio * math.atanh(ratio))
        else:
            nats += p[k] * math.log(2.0 * p[k] / both) if p[k] > 0.0 else 0.0
            nats += q[k] * math.log(2.0 * q[k] / both) if q[k] > 0.0 else 0.0
    return min(max(0.5 * nats, 0.0), _LOG_2)


@inner_kernel
def _mass(rows: FloatArray, times: FloatArray, k: int) -> float:
    """Return the sum of the shares of stance k."""
    mass = 0.0
    for i in range(times.size):
        mass += times[i] * rows[i, k]
    return mass


@inner_kernel
def newton_centroid(
    rows: FloatArray,
    times: FloatArray,
    total: float,
    max_steps: int,
    tolerance: float,
    centroid: FloatArray,
) -> tuple[int, bool]:
    """Write the centroid (k,) of a set; return the steps taken, and whether they got there.

    With c the centroid, the mean over members of log(1 + p_k / c_k) is the same for all stances
    that anyone takes, and the c_k sum to 1. Both are convex in log c, so that Newton's steps rise
    to the solution from the second on, wherever they start, and their error is squared each time.
    """
    n_stances = rows.shape[1]
    logs, height, slope = np.empty(n_stances), np.zeros(n_stances), np.ones(n_stances)
    for k in range(n_stances):
        mass = _mass(rows, times, k)
        logs[k] = math.log(mass) - math.log(total) if mass > 0.0 else -math.inf
    steps, there = 0, False
    while steps < max_steps and not there:
        level = _equations(rows, times, total, logs, height, slope)
        largest = 0.0
        for k in range(n_stances):
            if logs[k] > -math.inf:
                # Without the slope this is a step of CCCP.
                step = (height[k] - level) / slope[k]
                logs[k] += step
                largest = max(largest, abs(step))
        steps += 1
        # What is left after a step is about its square.
        there = largest * largest <= tolerance
    _normalised_exp(logs, centroid)
    return steps, there


@inner_kernel
def _equations(
    rows: FloatArray,
    times: FloatArray,
    total: float,
    logs: FloatArray,
    height: FloatArray,
    slope: FloatArray,
) -> float:
    """Write mean log(1 + p / c) and minus its derivative by log c; return their next level.

    Members that do not take a stance add 0 to both, and a stance that nobody takes is left out.
    """
    mass, weight, moment = 0.0, 0.0, 0.0
    for k in range(logs.size):
        if logs[k] == -math.inf:
            continue
        c, high, steep = math.exp(logs[k]), 0.0, 0.0
        for i in range(times.size):
            p = rows[i, k]
            if p > 0.0:
                # A centroid too small for floats still has its logarithm.
                high += times[i] * (math.log1p(p / c) if p <= c else math.log(p + c) - logs[k])
                steep += times[i] * (p / (p + c))
        height[k], slope[k] = high / total, steep / total
        mass += c
        weight += c / slope[k]
        moment += c * (height[k] / slope[k])
    return (mass * math.log(mass) + moment) / weight


@inner_kernel
def _normalised_exp(logs: FloatArray, shares: FloatArray) -> None:
    """Write shares proportional to the exponentials of ``logs``."""
    mass = 0.0
    for k in range(logs.size):
        shares[k] = math.exp(logs[k]) if logs[k] > -math.inf else 0.0
        mass += shares[k]
    for k in range(logs.size):
        shares[k] /= mass


@inner_kernel
def cccp_centroid(
    rows: FloatArray,
    times: FloatArray,
    total: float,
    max_steps: int,
    tolerance: float,
    centroid: FloatArray,
) -> tuple[int, bool]:
    """Write the centroid (k,) by the concave-convex procedure alone, for shares that are above 0.

    It starts at the mean, and stops before a step that moves the shares, the last aside, by less
    than the tolerance together. Each step takes the geometric mean of the members' middles with
    the centroid: the mean in the natural parameters of the categorical family.
    """
    n_stances = rows.shape[1]
    logs, after = np.empty(n_stances), np.empty(n_stances)
    for k in range(n_stances):
        centroid[k] = _mass(rows, times, k) / total
    steps, there = 0, False
    while steps < max_steps and not there:
        for k in range(n_stances):
            sum_ = 0.0
            for i in range(times.size):
                sum_ += times[i] * math.log(0.5 * (rows[i, k] + centroid[k]))
            logs[k] = sum_ / total
        _normalised_exp(logs, after)
        moved = 0.0
        for k in range(n_stances - 1):
            moved += abs(after[k] - centroid[k])
        steps += 1
        there = moved < tolerance
        for k in range(n_stances if not there else 0):
            centroid[k] = after[k]
    return steps, there
