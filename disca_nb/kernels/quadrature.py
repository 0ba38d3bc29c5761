"""The limit of a PT-IS pass with infinitely many samples, by Gauss quadrature over break points.

In units of the search width the limit is a ratio of integrals over a normal density, and the
integrand is smooth except at the points where a gain vanishes (a cusp, since the value function
is a power below one), where a candidate meets a persona or the consensus (a kink), and where a
floor begins to bite. Between two neighbouring points a Gauss-Legendre rule is graded toward both
ends by the substitution x = a + h I(t), with I the regularised incomplete beta function, which
turns a cusp |x|^alpha into a smooth t^(p alpha).
"""

from __future__ import annotations

import functools
import math

import numpy as np
from scipy import special

from disca_nb._accelerate import kernel
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.utility import center_and_width, utility

__all__ = ["graded_rules", "integrate_cells"]

_SQRT_TWO_PI = math.sqrt(2.0 * math.pi)
# The slope of utility / eta at the default parameters; steeper settings get more nodes.
_DEFAULT_STEEPNESS = 4.5
# An interval longer than this, in units where the default steepness is one, is divided.
_LONGEST = 6.0
# Tolerance down to which a setting holds: (tolerance, grading power, nodes, nodes per length).
# Measured against tanh-sinh on random panels of 1 to 16 personas; the tests measure it again.
_SETTINGS = (
    (1e-5, 2, 6, 3.0),
    (1e-7, 2, 8, 4.0),
    (1e-9, 3, 14, 5.0),
    (0.0, 3, 18, 7.0),
)
_DEFAULT_ALPHA = 0.88


@functools.lru_cache(maxsize=32)
def graded_rules(tol: float, alpha: float) -> tuple[FloatArray, FloatArray, float, float, float]:
    """Return graded Gauss rules on [0, 1] that reach ``tol`` for cusps of power ``alpha``.

    Parameters
    ----------
    tol : float
        Absolute error allowed in the mean, in units of the search width.
    alpha : float
        Smallest power of the value function among the cells.

    Returns
    -------
    nodes, weights : numpy.ndarray, shape (R, n)
        Row r holds a rule of r nodes, padded with zeros.
    first, growth : float
        An interval of length h takes ``first + growth * h`` nodes.
    decay : float
        The integral stops where the integrand has fallen by ``exp(-decay)``.

    Examples
    --------
    >>> nodes, weights, first, growth, decay = graded_rules(1e-7, 0.88)
    >>> round(float(weights[8].sum()), 6)
    1.0
    """
    _, power, first, growth = next(row for row in _SETTINGS if tol >= row[0])
    graded = math.ceil(power * _DEFAULT_ALPHA / alpha - 1e-9)
    first += 3 * (graded - power)
    most = int(first + growth * _LONGEST) + 1
    nodes = np.zeros((most + 1, most))
    weights = np.zeros((most + 1, most))
    for n in range(first, most + 1):
        t, weight = np.polynomial.legendre.leggauss(n)
        t = (t + 1.0) / 2.0
        nodes[n, :n] = special.betainc(graded, graded, t)
        density = (t * (1.0 - t)) ** (graded - 1) / special.beta(graded, graded)
        weights[n, :n] = weight / 2.0 * density
    return nodes, weights, float(first), growth, 6.0 - math.log(tol)


@kernel
def _tilt(x: float, base: float, personas: FloatArray, row: FloatArray) -> float:
    """Return utility / eta at ``x`` for the parameters in ``row``."""
    return float(utility(x, base, personas, row[2], row[4], row[5], row[7]) / row[3])


@kernel
def _break_points(base: float, personas: FloatArray, row: FloatArray, points: FloatArray) -> int:
    """Write the places where the utility is not smooth and return how many there are."""
    alpha, kappa, floor = row[4], row[5], row[7]
    points[0], points[1], points[2] = 0.0, base, -base
    count = 3
    for i in range(personas.size):
        points[count] = personas[i]
        points[count + 1] = 2.0 * personas[i] - base
        count += 2
        # Without loss aversion there are no losses, and without losses the floor never bites.
        if math.isfinite(floor) and kappa > 0.0:
            reach = abs(base - personas[i]) + (floor / kappa) ** (1.0 / alpha)
            points[count] = personas[i] - reach
            points[count + 1] = personas[i] + reach
            count += 2
    return count


@kernel
def _peaks(
    base: float, personas: FloatArray, row: FloatArray, points: FloatArray
) -> tuple[float, float]:
    """Return the largest log value, at ``points``, of the density times w and times w squared."""
    peak, peak_squared = -np.inf, -np.inf
    for point in points:
        tilt = _tilt(point, base, personas, row)
        half = 0.5 * point * point
        peak = max(peak, tilt - half)
        peak_squared = max(peak_squared, 2.0 * tilt - half)
    return peak, peak_squared


@kernel
def _bound(
    base: float,
    personas: FloatArray,
    row: FloatArray,
    peak: float,
    peak_squared: float,
    decay: float,
) -> float:
    """Return a distance past which neither integrand can matter, whatever the utility does."""
    lam, eta, alpha = row[2], row[3], row[4]
    # No candidate gains more than the whole way to every persona and to the consensus.
    most = lam * abs(base) ** alpha
    for i in range(personas.size):
        most += (1.0 - lam) * abs(base - personas[i]) ** alpha / personas.size
    room = max(most / eta - peak, 2.0 * most / eta - peak_squared)
    return math.sqrt(2.0 * (room + decay))


@kernel
def _edge(
    sign: float,
    base: float,
    personas: FloatArray,
    row: FloatArray,
    peak: float,
    peak_squared: float,
    bound: float,
    decay: float,
) -> float:
    """Return how far out, on one side, the integrands still matter."""
    # Past the outermost persona every gain falls, so the integrands fall as well.
    reach = 0.0
    for i in range(personas.size):
        reach = max(reach, sign * personas[i])
    while reach < bound:
        reach += 0.5
        tilt = _tilt(sign * reach, base, personas, row)
        half = 0.5 * reach * reach
        if tilt - half < peak - decay and 2.0 * tilt - half < peak_squared - decay:
            break
    return sign * min(reach, bound)


@kernel
def _sums(
    base: float,
    personas: FloatArray,
    row: FloatArray,
    points: FloatArray,
    peak: float,
    peak_squared: float,
    nodes: FloatArray,
    weights: FloatArray,
    first: float,
    growth: float,
) -> tuple[float, float, float, float, float]:
    """Integrate w and w x, then w^2, w^2 x and w^2 x^2, between neighbouring ``points``."""
    eta, kappa = row[3], row[5]
    steepness = max(1.0, max(kappa, 1.0) / (eta * _DEFAULT_STEEPNESS))
    mass, moment, mass_squared, moment_squared, second_squared = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(points.size - 1):
        length = points[i + 1] - points[i]
        if length <= 0.0:
            continue
        pieces = math.ceil(length * steepness / _LONGEST)
        piece = length / pieces
        n = int(first + growth * piece * steepness)
        for k in range(pieces * n):
            x = points[i] + piece * (k // n + nodes[n, k % n])
            tilt = _tilt(x, base, personas, row)
            half = 0.5 * x * x
            value = piece * weights[n, k % n] * math.exp(tilt - half - peak)
            squared = piece * weights[n, k % n] * math.exp(2.0 * tilt - half - peak_squared)
            mass += value
            moment += value * x
            mass_squared += squared
            moment_squared += squared * x
            second_squared += squared * x * x
    return mass, moment, mass_squared, moment_squared, second_squared


@kernel
def _limit(
    base: float,
    personas: FloatArray,
    row: FloatArray,
    nodes: FloatArray,
    weights: FloatArray,
    first: float,
    growth: float,
    decay: float,
) -> tuple[float, float, float]:
    """Return limit, K times the variance of a pass, and ESS ratio, in units of the width."""
    points = np.empty(5 + 4 * personas.size)
    count = _break_points(base, personas, row, points)
    peak, peak_squared = _peaks(base, personas, row, points[:count])
    bound = _bound(base, personas, row, peak, peak_squared, decay)
    low = _edge(-1.0, base, personas, row, peak, peak_squared, bound, decay)
    high = _edge(1.0, base, personas, row, peak, peak_squared, bound, decay)
    inside = 0
    for i in range(count):
        if low < points[i] < high:
            points[inside] = points[i]
            inside += 1
    points[inside], points[inside + 1] = low, high
    ordered = np.sort(points[: inside + 2])
    mass, moment, mass_squared, moment_squared, second_squared = _sums(
        base, personas, row, ordered, peak, peak_squared, nodes, weights, first, growth
    )
    mean = moment / mass
    ess = mass * mass / (mass_squared * _SQRT_TWO_PI) * math.exp(2.0 * peak - peak_squared)
    spread = second_squared - 2.0 * mean * moment_squared + mean * mean * mass_squared
    return mean, spread / (mass_squared * ess), ess


@kernel
def integrate_cells(
    start: int,
    stop: int,
    base: FloatArray,
    personas: FloatArray,
    table: FloatArray,
    nodes: FloatArray,
    weights: FloatArray,
    first: float,
    growth: float,
    decay: float,
    n_samples: int,
    corrections: FloatArray,
    variances: FloatArray,
    ess: FloatArray,
    widths: FloatArray,
) -> None:
    """Write the limit, the variance of a pass, the ESS ratio and the width of every cell.

    Inputs are as for `disca_nb.kernels.ptis.sample_passes`, with the rules of `graded_rules`; the
    four outputs have shape (n,). Where the ESS ratio is below rho, limit and variance are 0.
    """
    scaled = np.empty(personas.shape[1])
    for cell in range(start, stop):
        row = table[cell if table.shape[0] > 1 else 0]
        center, width = center_and_width(base[cell], personas[cell], row[0], row[1], scaled)
        mean, variance, ratio = np.nan, np.nan, np.nan
        if not math.isnan(width):
            mean, variance, ratio = _limit(
                center, scaled, row, nodes, weights, first, growth, decay
            )
        if ratio < row[6]:
            mean, variance = 0.0, 0.0
        widths[cell] = width
        ess[cell] = ratio
        corrections[cell] = width * mean
        variances[cell] = width * width * variance / n_samples
