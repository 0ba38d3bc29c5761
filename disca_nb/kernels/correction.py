"""DISCA's correction for arrays of panels: checks, broadcasting and the two methods."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from disca_nb._accelerate import run_in_slices
from disca_nb.errors import InputError, ParameterError, shorten, unknown_name
from disca_nb.kernels._types import FloatArray, KeyArray
from disca_nb.kernels.gate import expected_gate, reliability_gate
from disca_nb.kernels.keys import content_keys
from disca_nb.kernels.parameters import (
    ALPHA,
    check_numbers,
    check_parameters,
    check_personas,
    check_seed,
    check_tol,
    check_whole,
    parameter_table,
)
from disca_nb.kernels.ptis import sample_passes
from disca_nb.kernels.quadrature import ROOM, integrate_cells
from disca_nb.kernels.rules import Rules, graded_rules, grading_powers

__all__ = ["METHODS", "Correction", "disca_correction", "ptis_pass"]

Method: TypeAlias = Literal["monte-carlo", "quadrature"]
METHODS: tuple[Method, ...] = ("monte-carlo", "quadrature")


class Correction(NamedTuple):
    """Result of `disca_correction`, all float64.

    Attributes
    ----------
    correction : numpy.ndarray, shape (...)
        Gated correction in logits.
    reliability : numpy.ndarray, shape (...)
        Reliability of the passes, in [0, 1]: 0 where they are so far apart that it underflows.
    ess : numpy.ndarray, shape (..., M)
        Effective sample size ratio of every pass; by quadrature all M are the same.
    sigma : numpy.ndarray, shape (...)
        Search width used, in logits.
    pass_correction : numpy.ndarray, shape (..., M)
        Correction of every pass before the gate, in logits; by quadrature all M are the limit.
    pass_variance : numpy.ndarray, shape (...)
        Variance of a single pass: the sample's (ddof 1), or its expectation by quadrature.
    """

    correction: FloatArray
    reliability: FloatArray
    ess: FloatArray
    sigma: FloatArray
    pass_correction: FloatArray
    pass_variance: FloatArray


class _Cells(NamedTuple):
    """Panels as flat arrays of n cells, base gap first, and the shape they had.

    The scale of the gate has a shape that broadcasts to it.
    """

    gaps: FloatArray
    keys: KeyArray
    table: FloatArray
    gate_scale: FloatArray
    shape: tuple[int, ...]
    n_samples: int
    n_passes: int


def disca_correction(
    base_gap: npt.ArrayLike,
    persona_gaps: npt.ArrayLike,
    *,
    method: Method = "monte-carlo",
    seed: int = 0,
    keys: npt.ArrayLike | None = None,
    tol: float = 1e-7,
    **parameters: object,
) -> Correction:
    """Return DISCA's gated correction of a base gap by a panel of personas.

    Every pass of prospect-theory importance sampling (PT-IS) draws candidates around the
    consensus, weighs them by the personas' gains and losses and returns their weighted mean;
    the gate then shrinks passes that disagree.

    Parameters
    ----------
    base_gap : array_like, shape (...)
        Debiased logit gap of the base prompt.
    persona_gaps : array_like, shape (..., N)
        Debiased logit gaps of N = 1 to 16 personas. Leading axes broadcast against `base_gap`.
    method : {"monte-carlo", "quadrature"}
        Random passes of `n_samples` candidates, or their limit as the number of candidates grows,
        with the gate's expectation.
    seed : int, 0 to 2**64 - 1
        Seed of the Monte-Carlo passes.
    keys : array_like of uint64, shape (...), optional
        Key of each cell's random numbers, such as a hash of its labels. By default the key is a
        hash of the cell's own gaps. The result never depends on a cell's position, on the other
        cells or on threads. Personas in another order have another default key; with given keys
        they differ by rounding alone.
    tol : float
        Absolute error allowed in the limit, in units of the search width; 1e-12 to 1e-2. Gaps
        that lie far apart add rounding of about 1e-17 times their distance in these units: 1e-12
        at 1e5, 1e-7 at 1e10.
    **parameters
        ``sigma``, ``sigma_floor``, ``lam``, ``eta``, ``alpha``, ``kappa``, ``rho``, ``floor`` and
        ``gate_scale``, each one number or an array of shape (...); ``n_samples`` and
        ``n_passes``. `PARAMETERS` states ranges and defaults.

    Returns
    -------
    Correction
        ``correction``, ``reliability``, ``ess``, ``sigma``, ``pass_correction`` and
        ``pass_variance``. A cell is NaN throughout where a gap is not finite, where one is 1e150
        or more in size, and where base and a persona, or base and consensus, are more than 1e12
        search widths apart: float64 would leave little of such a difference. Empty input gives
        empty output.

    Raises
    ------
    InputError
        For gaps that are no numbers, shapes that do not fit or personas outside 1 to 16.
    ParameterError
        For a parameter, seed, key or tolerance outside its range.
    UnknownNameError
        For an unknown method or parameter.

    References
    ----------
    arXiv 2605.10843 for the method; the quadrature is this package's.

    Examples
    --------
    >>> result = disca_correction(1.0, [-0.5, 0.0, 0.25, 0.75], method="quadrature")
    >>> round(float(result.correction), 6), round(float(result.reliability), 4)
    (0.027147, 0.9562)
    """
    if method not in METHODS:
        raise unknown_name("method", method, METHODS)
    # Both are checked whatever the method: a fault would otherwise wait for the other one.
    whole_seed, tolerance = np.uint64(check_seed(seed)), check_tol(tol)
    cells = _prepare(base_gap, persona_gaps, keys, parameters)
    return (
        _monte_carlo(cells, whole_seed)
        if method == "monte-carlo"
        else _quadrature(cells, tolerance)
    )


def ptis_pass(
    base_gap: npt.ArrayLike,
    persona_gaps: npt.ArrayLike,
    *,
    pass_id: int = 0,
    seed: int = 0,
    keys: npt.ArrayLike | None = None,
    **parameters: object,
) -> tuple[FloatArray, FloatArray]:
    """Return the correction and ESS ratio of one random PT-IS pass, before the gate.

    Parameters
    ----------
    base_gap, persona_gaps, seed, keys, **parameters
        As for `disca_correction`; ``gate_scale`` and ``n_passes`` have no effect.
    pass_id : int, 0 to 2**32 - 1
        Number of the pass: `disca_correction` uses 0, 1, ..., M - 1.

    Returns
    -------
    correction, ess : numpy.ndarray, shape (...)
        Correction in logits (0 where the ESS ratio is below rho) and effective sample size ratio.

    Raises
    ------
    InputError, ParameterError, UnknownNameError
        As `disca_correction`.

    References
    ----------
    arXiv 2605.10843, section 3.

    Examples
    --------
    >>> panel = [-0.5, 0.0, 0.25, 0.75]
    >>> one, ess = ptis_pass(1.0, panel, pass_id=1, seed=3)
    >>> bool(one == disca_correction(1.0, panel, seed=3).pass_correction[1])
    True
    """
    first_pass, whole_seed = check_whole("pass_id", pass_id, 32), np.uint64(check_seed(seed))
    cells = _prepare(base_gap, persona_gaps, keys, parameters)
    corrections, ess, _ = _sample(cells._replace(n_passes=1), whole_seed, first_pass)
    return corrections.reshape(cells.shape), ess.reshape(cells.shape)


def _check_keys(keys: npt.ArrayLike) -> KeyArray:
    """Return the keys as uint64 or say what is wrong with them."""
    try:
        with np.errstate(invalid="ignore"):
            whole = np.asarray(keys, dtype=np.uint64)
        if np.array_equal(whole, np.asarray(keys)):
            return whole
    except (OverflowError, TypeError, ValueError):
        pass
    message = (
        f"keys has {shorten(np.ravel(np.asarray(keys)), 3)}; keys are whole numbers from 0 to "
        "2**64 - 1, such as `label_key` makes."
    )
    raise ParameterError(message)


def _prepare(
    base_gap: npt.ArrayLike,
    persona_gaps: npt.ArrayLike,
    keys: npt.ArrayLike | None,
    parameters: dict[str, object],
) -> _Cells:
    """Check shapes and parameters and flatten everything to n cells."""
    base = check_numbers("base_gap", base_gap)
    personas = check_numbers("persona_gaps", persona_gaps)
    check_personas(personas)
    checked = check_parameters(parameters)
    n_samples, n_passes = int(checked.pop("n_samples")), int(checked.pop("n_passes"))
    try:
        shape = np.broadcast_shapes(
            base.shape,
            personas.shape[:-1],
            *(value.shape for value in checked.values()),
            *(() if keys is None else (np.shape(keys),)),
        )
    except ValueError:
        message = (
            f"base_gap {base.shape}, persona_gaps {personas.shape} without its last axis and "
            "the parameters and keys given per cell do not broadcast; give them one common shape."
        )
        raise InputError(message) from None
    n_cells = math.prod(shape)
    gaps = np.empty((n_cells, 1 + personas.shape[-1]))
    gaps[:, 0] = np.broadcast_to(base, shape).ravel()
    wide = np.broadcast_to(personas, (*shape, personas.shape[-1]))
    # An axis of length zero forbids reshape(-1), hence the explicit number of cells.
    gaps[:, 1:] = wide.reshape(n_cells, personas.shape[-1])
    if keys is None:
        flat_keys = content_keys(gaps[:, 0], gaps[:, 1:])
    else:
        flat_keys = np.broadcast_to(_check_keys(keys), shape).flatten()
    return _Cells(
        gaps,
        flat_keys,
        parameter_table(checked, shape),
        checked["gate_scale"],
        shape,
        n_samples,
        n_passes,
    )


def _sample(
    cells: _Cells, seed: np.uint64, first_pass: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Run the random passes and return corrections (n, M), ESS ratios (n, M) and widths (n,)."""
    n_cells, n_voices = cells.gaps.shape
    corrections = np.empty((n_cells, cells.n_passes))
    ess = np.empty((n_cells, cells.n_passes))
    widths = np.empty(n_cells)

    def work(start: int, stop: int) -> None:
        inputs = (cells.gaps, cells.keys, cells.table, seed, first_pass, cells.n_samples)
        # Normals come four at a time.
        room, panel = np.empty((2, -(-cells.n_samples // 4) * 4)), np.empty((n_voices, 4))
        sample_passes(start, stop, *inputs, room, panel, corrections, ess, widths)

    run_in_slices(work, n_cells)
    return corrections, ess, widths


def _monte_carlo(cells: _Cells, seed: np.uint64) -> Correction:
    """Run all passes and the gate."""
    corrections, ess, widths = _sample(cells, seed, 0)
    passes = corrections.reshape(*cells.shape, cells.n_passes)
    correction, reliability, variance = reliability_gate(passes, cells.gate_scale)
    return Correction(
        correction,
        reliability,
        ess.reshape(passes.shape),
        widths.reshape(cells.shape),
        passes,
        variance,
    )


def _quadrature(cells: _Cells, tol: float) -> Correction:
    """Integrate every cell and take the gate's expectation."""
    limit, variance, ess, widths = results = np.empty((4, len(cells.gaps)))
    powers = grading_powers(tol, cells.table[:, ALPHA])
    if np.unique(powers).size == 1:
        _integrate(cells.gaps, cells.table, graded_rules(tol, int(powers[0])), cells, results)
    else:
        # The rules of a cell follow from its own alpha, so that chunks change no bit.
        for power in np.unique(powers):
            chosen = np.flatnonzero(powers == power)
            part = np.empty((4, chosen.size))
            rules = graded_rules(tol, int(power))
            _integrate(cells.gaps[chosen], cells.table[chosen], rules, cells, part)
            results[:, chosen] = part
    limit, variance = limit.reshape(cells.shape), variance.reshape(cells.shape)
    correction, reliability = expected_gate(limit, variance, cells.gate_scale, cells.n_passes)

    def every_pass(values: FloatArray) -> FloatArray:
        repeated = np.broadcast_to(values[..., None], (*cells.shape, cells.n_passes))
        return repeated.copy()

    return Correction(
        correction,
        reliability,
        every_pass(ess.reshape(cells.shape)),
        widths.reshape(cells.shape),
        every_pass(limit),
        variance,
    )


def _integrate(
    gaps: FloatArray, table: FloatArray, rules: Rules, cells: _Cells, results: FloatArray
) -> None:
    """Write limit, variance, ESS ratio and width of all ``gaps`` to the rows of ``results``."""
    inputs = (gaps, table, rules, cells.n_samples)

    def work(start: int, stop: int) -> None:
        room, panel = np.empty(ROOM), np.empty((gaps.shape[1], 4))
        integrate_cells(start, stop, *inputs, room, panel, *results)

    run_in_slices(work, len(gaps))
