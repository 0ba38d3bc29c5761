"""One cell's landscape: what candidates are worth to the panel, and how much weight they get.

The kernels need none of this to steer; it is for figures, which redraw one cell many times.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from disca_nb.errors import InputError, ParameterError
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.correction import Correction, disca_correction
from disca_nb.kernels.nodes import lay_cell
from disca_nb.kernels.parameters import (
    ALPHA,
    ETA,
    KAPPA,
    check_numbers,
    check_parameters,
    check_personas,
    check_tol,
    parameter_table,
)
from disca_nb.kernels.rules import graded_rules, grading_powers
from disca_nb.kernels.utility import LEAST, PLACE, REACH, WEIGHT, fill_panel

__all__ = ["AT_VOICE", "CLOSE", "FLOORED", "ZERO_GAIN", "Kinks", "Landscape", "cell_landscape"]

AT_VOICE, ZERO_GAIN, FLOORED = range(3)
"""Why the utility is not smooth: a candidate is a voice, gains nothing, or meets the floor."""
CLOSE = 1e-9
"""Places nearer to each other than this, in search widths, are one."""
_FEWEST, _MOST = 3, 100_001
# In search widths: what is drawn at least, and how far voices alone can stretch it.
_LEAST_DRAWN, _MOST_DRAWN, _MARGIN = 4.0, 10.0, 0.5
# Weights below this share of the largest need not be drawn.
_FAINT = 1e-4
_ROOT_TWO_PI = math.sqrt(2.0 * math.pi)


class Kinks(NamedTuple):
    """Places where the utility is not smooth, from left to right; several may coincide.

    Attributes
    ----------
    place : numpy.ndarray, shape (k,)
        Correction in logits.
    kind : numpy.ndarray of int, shape (k,)
        `AT_VOICE`, `ZERO_GAIN` or `FLOORED`.
    voice : numpy.ndarray of int, shape (k,)
        0 for the consensus, 1 to N for personas, -1 for all of them at the base.
    """

    place: FloatArray
    kind: npt.NDArray[np.int64]
    voice: npt.NDArray[np.int64]


class Landscape(NamedTuple):
    """Result of `cell_landscape`; places are corrections of the consensus, in logits.

    Attributes
    ----------
    candidate : numpy.ndarray, shape (n,)
        Candidates, in rising order.
    utility : numpy.ndarray, shape (n,)
        What each is worth to the panel.
    consensus_value : numpy.ndarray, shape (n,)
        Value of the consensus' own gain.
    persona_value : numpy.ndarray, shape (N, n)
        Value of each persona's gain.
    proposal : numpy.ndarray, shape (n,)
        Density that candidates are drawn from, in 1/logit.
    weight : numpy.ndarray, shape (n,)
        Density of the weighted candidates, in 1/logit; its integral over all candidates is 1.
    node, node_weight, node_density : numpy.ndarray, shape (m,)
        Nodes of the quadrature in rising order, their weights in logits and ``weight`` there:
        ``sum(node_weight * node_density)`` is 1.
    kinks : Kinks
        Where the utility is not smooth, also outside of what is drawn.
    mean : float
        Mean of the weighted candidates, which is the limit of a pass whose ratio is not below rho.
    result : Correction
        What `disca_correction` makes of the cell by quadrature.
    """

    candidate: FloatArray
    utility: FloatArray
    consensus_value: FloatArray
    persona_value: FloatArray
    proposal: FloatArray
    weight: FloatArray
    node: FloatArray
    node_weight: FloatArray
    node_density: FloatArray
    kinks: Kinks
    mean: float
    result: Correction


def cell_landscape(
    base_gap: float,
    persona_gaps: npt.ArrayLike,
    *,
    n_points: int = 401,
    tol: float = 1e-7,
    **parameters: object,
) -> Landscape:
    """Return what the candidates of one cell are worth, and how they are weighed.

    Parameters
    ----------
    base_gap : float
        Debiased logit gap of the base prompt.
    persona_gaps : array_like, shape (N,)
        Debiased logit gaps of N = 1 to 16 personas.
    n_points : int, 3 to 100001
        Candidates, equally spaced but for those nearest to a kink, which are moved onto it. They
        span 4 search widths on both sides of the consensus, all that has weight, and base and
        personas within 9.5 search widths.
    tol : float
        As for `disca_correction`.
    **parameters
        As for `disca_correction`, each a single value.

    Returns
    -------
    Landscape
        Arrays over candidates, nodes and kinks, and the correction.

    Raises
    ------
    InputError
        For other shapes, or gaps that are not finite or too far apart (see `disca_correction`).
    ParameterError
        For a parameter, a tolerance or a number of points outside its range.
    UnknownNameError
        For an unknown parameter.

    References
    ----------
    arXiv 2605.10843, section 3, for utility and weights.

    Examples
    --------
    >>> drawn = cell_landscape(1.0, [-0.5, 0.0, 0.25, 0.75])
    >>> round(drawn.mean, 6) == round(float(drawn.result.pass_correction[0]), 6)
    True
    """
    gaps = _gaps(base_gap, persona_gaps)
    tolerance, n = check_tol(tol), _check_points(n_points)
    row = _row(parameters)
    panel = np.empty((gaps.size, 4))
    center, width = fill_panel(gaps, row, panel)
    if math.isnan(width):
        raise InputError(
            f"The cell has the gaps {gaps.tolist()}, which are not finite or too far apart; "
            "give another cell."
        )
    node, node_weight = _nodes(gaps, row, tolerance)
    at_nodes = _log_weight(_values(node, panel, row), node, panel, row)
    heavy = node[at_nodes > at_nodes.max() + math.log(_FAINT)]
    kinks = _kinks(center, panel, row)
    x = _candidates(heavy, np.append(panel[:, PLACE], center), kinks.place, n)
    values = _values(x, panel, row)
    on_grid = _log_weight(values, x, panel, row)
    # One scale for both, as the weights exceed any float.
    top = max(at_nodes.max(), on_grid.max())
    density = np.exp(at_nodes - top)
    mass = float(np.sum(node_weight * density))
    return Landscape(
        candidate=width * x,
        utility=panel[:, WEIGHT] @ values,
        consensus_value=values[0],
        persona_value=values[1:],
        proposal=np.exp(-0.5 * x * x) / (_ROOT_TWO_PI * width),
        weight=np.exp(on_grid - top) / (mass * width),
        node=width * node,
        node_weight=width * node_weight,
        node_density=density / (mass * width),
        kinks=kinks._replace(place=width * kinks.place),
        mean=width * float(np.sum(node_weight * density * node)) / mass,
        result=disca_correction(gaps[0], gaps[1:], method="quadrature", tol=tol, **parameters),  # type: ignore[arg-type]
    )


def _gaps(base_gap: float, persona_gaps: npt.ArrayLike) -> FloatArray:
    """Return base gap and persona gaps as one row."""
    base, personas = (
        check_numbers("base_gap", base_gap),
        check_numbers("persona_gaps", persona_gaps),
    )
    check_personas(personas)
    if base.ndim or personas.ndim != 1:
        raise InputError(
            f"base_gap {base.shape} and persona_gaps {personas.shape} are of several cells; "
            "give one number and one row."
        )
    return np.append(base, personas)


def _check_points(n_points: int) -> int:
    """Return the number of candidates, or say what is wrong with it."""
    whole = isinstance(n_points, int | np.integer) and not isinstance(n_points, bool)
    if not whole or not _FEWEST <= n_points <= _MOST:
        raise ParameterError(
            f"n_points is {n_points!r}; it must be a whole number from {_FEWEST} to {_MOST}."
        )
    return int(n_points)


def _row(parameters: dict[str, object]) -> FloatArray:
    """Return parameters as a row of `parameter_table`."""
    checked = check_parameters(parameters)
    for name, value in checked.items():
        if value.ndim:
            raise ParameterError(f"Parameter {name} is an array; one cell takes a single value.")
    row: FloatArray = parameter_table(checked, ())[0]
    return row


def _nodes(gaps: FloatArray, row: FloatArray, tol: float) -> tuple[FloatArray, FloatArray]:
    """Return the nodes of the quadrature in rising order, and their weights, in search widths."""
    power = int(grading_powers(tol, row[ALPHA : ALPHA + 1])[0])
    nodes, weights = lay_cell(gaps, row, graded_rules(tol, power))
    order = np.argsort(nodes)
    return nodes[order], weights[order]


def _values(x: FloatArray, panel: FloatArray, row: FloatArray) -> FloatArray:
    """Return the value of every candidate (n,) to every voice, (1 + N, n)."""
    gain = panel[:, REACH, None] - np.abs(x - panel[:, PLACE, None])
    size = np.abs(gain) ** row[ALPHA]
    values = np.where(gain >= 0.0, size, -row[KAPPA] * size)
    return np.asarray(np.maximum(values, -panel[:, LEAST, None]))


def _log_weight(
    values: FloatArray, x: FloatArray, panel: FloatArray, row: FloatArray
) -> FloatArray:
    """Return the logarithm of weight times proposal, but for a constant."""
    return np.asarray(panel[:, WEIGHT] @ values / row[ETA] - 0.5 * x * x)


def _kinks(center: float, panel: FloatArray, row: FloatArray) -> Kinks:
    """Return where the utility is not smooth, in search widths."""
    # A voice without weight has no say, and without loss aversion a line crosses zero unbent.
    voices = [i for i in range(len(panel)) if panel[i, WEIGHT] > 0.0]
    bent = row[ALPHA] < 1.0 or row[KAPPA] != 1.0
    found: list[tuple[float, int, int]] = [(panel[i, PLACE], AT_VOICE, i) for i in voices]
    if bent:
        found.append((center, ZERO_GAIN, -1))
        found += [(2.0 * panel[i, PLACE] - center, ZERO_GAIN, i) for i in voices]
    with np.errstate(all="ignore"):
        # Without losses no floor is met, and a low one is met beyond any float.
        reach = panel[:, REACH] + (panel[:, LEAST] / row[KAPPA]) ** (1.0 / row[ALPHA])
    for i in voices:
        if row[KAPPA] > 0.0 and reach[i] < np.inf:
            found += [(panel[i, PLACE] + side * reach[i], FLOORED, i) for side in (-1.0, 1.0)]
    found.sort()
    place, kind, voice = zip(*found, strict=True)
    return Kinks(np.array(place), np.array(kind), np.array(voice))


def _candidates(heavy: FloatArray, places: FloatArray, kinks: FloatArray, n: int) -> FloatArray:
    """Return candidates in search widths, in rising order, the nearest ones moved onto kinks."""
    near = places[np.abs(places) <= _MOST_DRAWN - _MARGIN]
    low = min(-_LEAST_DRAWN, heavy[0], near.min() - _MARGIN)
    high = max(_LEAST_DRAWN, heavy[-1], near.max() + _MARGIN)
    x = np.linspace(low, high, n)
    inside = kinks[(kinks > low) & (kinks < high)]
    apart = inside[np.diff(inside, prepend=-np.inf) > CLOSE]
    x[np.rint((apart - low) * ((n - 1) / (high - low))).astype(np.int64)] = apart
    return x
