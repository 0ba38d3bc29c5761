"""The quadrature's limit on many settings at once, sharing what settings have in common.

Settings are arranged in families that `disca_nb.kernels.family` integrates together, and what it
leaves, because it is too far out or too steep, is integrated as ever.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from disca_nb._accelerate import run_in_slices
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.family import LEFT, family_room, integrate_families
from disca_nb.kernels.parameters import (
    ALPHA,
    FLOOR,
    KAPPA,
    RHO,
    SIGMA,
    SIGMA_FLOOR,
    check_personas,
    check_tol,
)
from disca_nb.kernels.quadrature import ROOM, integrate_cells, steepness_and_decay
from disca_nb.kernels.rules import Rules, graded_rules, grading_powers

__all__ = ["Limits", "families", "limit_grid"]

_NO_RULES: Rules = (np.empty((0, 0, 0)), np.empty((0, 0, 0)), np.empty((0, 0)), 0.0)
# What families leave is integrated so many at a time, to bound the memory that it takes.
_AT_ONCE = 65_536


class Limits(NamedTuple):
    """Result of `limit_grid`, all float64 of shape (S, n).

    Attributes
    ----------
    limit : numpy.ndarray
        Limit of a pass in logits, whatever its effective sample size.
    variance : numpy.ndarray
        Variance of a pass of one candidate; that of K candidates is a K-th of it.
    ess : numpy.ndarray
        Effective sample size ratio.
    """

    limit: FloatArray
    variance: FloatArray
    ess: FloatArray


def limit_grid(
    base_gap: FloatArray, persona_gaps: FloatArray, settings: FloatArray, *, tol: float = 1e-7
) -> Limits:
    """Return the limit of a pass for every setting and every cell.

    Parameters
    ----------
    base_gap : numpy.ndarray, shape (n,)
        Debiased logit gap of the base prompt.
    persona_gaps : numpy.ndarray, shape (n, N)
        Debiased logit gaps of N = 1 to 16 personas.
    settings : numpy.ndarray, shape (S, 8)
        Rows of `disca_nb.kernels.parameters.parameter_table`. The threshold rho is left to the
        caller, as it changes neither limit nor ratio.
    tol : float
        Absolute error allowed in the limit, in units of the search width.

    Returns
    -------
    Limits
        ``limit``, ``variance`` and ``ess``, each of shape (S, n). A cell with a gap that is not
        finite is NaN.

    Raises
    ------
    InputError
        For personas outside 1 to 16.
    ParameterError
        For a tolerance outside its range.

    References
    ----------
    arXiv 2605.10843 for the method; the quadrature is this package's.

    Examples
    --------
    >>> from disca_nb.kernels.parameters import check_parameters, parameter_table
    >>> etas = parameter_table(check_parameters({"eta": [0.25, 0.5]}), (2,))
    >>> limits = limit_grid(np.array([1.0]), np.array([[-0.5, 0.0, 0.25, 0.75]]), etas)
    >>> limits.limit.round(3).tolist()
    [[0.03], [0.028]]
    """
    tolerance = check_tol(tol)
    check_personas(persona_gaps)
    gaps = np.column_stack([base_gap, persona_gaps])
    table = settings.copy()
    table[:, RHO] = 0.0
    results = np.zeros((3, len(table), len(gaps)))
    powers = grading_powers(tolerance, table[:, ALPHA])
    for grading in np.unique(powers):
        members = np.flatnonzero(powers == grading)
        arrangement, starts = families(table[members])
        rows = members[arrangement]
        rules = graded_rules(tolerance, int(grading))
        if len(starts) > members.size:
            # Alone, a setting is sooner done without what families share.
            results[2, members] = LEFT
        else:
            _run(gaps, table[rows], rows, starts, rules, results)
        _finish(gaps, table, rules, results)
    return Limits(*results)


def families(table: FloatArray) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return an order of settings that keeps families together, and where each begins.

    Parameters
    ----------
    table : numpy.ndarray, shape (S, 8)
        Settings of one grading power.

    Returns
    -------
    arrangement : numpy.ndarray, shape (S,)
        Indices of the settings, family by family.
    starts : numpy.ndarray, shape (F + 1,)
        Where in ``arrangement`` each family begins, and its length.

    Examples
    --------
    >>> from disca_nb.kernels.parameters import check_parameters, parameter_table
    >>> table = parameter_table(check_parameters({"alpha": [0.5, 1.0, 0.5]}), (3,))
    >>> [part.tolist() for part in families(table)]
    [[0, 2, 1], [0, 2, 3]]
    """
    steepness = np.array([steepness_and_decay(row, _NO_RULES)[0] for row in table])
    # Without a floor on values, losses count in proportion to kappa, and move no node.
    kappa = np.where(np.isfinite(table[:, FLOOR]), table[:, KAPPA], 0.0)
    least = np.where(np.isnan(table[:, SIGMA]), table[:, SIGMA_FLOOR], 0.0)
    columns = [table[:, SIGMA], least, table[:, ALPHA], table[:, FLOOR], kappa, steepness]
    # No two NaN are equal.
    keys = np.nan_to_num(np.column_stack(columns), nan=-1.0, posinf=-1.0)
    _, family = np.unique(keys, axis=0, return_inverse=True)
    arrangement = np.argsort(family.ravel(), kind="stable")
    starts = np.searchsorted(family.ravel()[arrangement], np.arange(family.max() + 2))
    return arrangement, starts


def _run(
    gaps: FloatArray,
    table: FloatArray,
    rows: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    rules: Rules,
    results: FloatArray,
) -> None:
    """Write the results of families of settings, in threads by size."""
    largest = int(np.diff(starts).max())

    def work(start: int, stop: int) -> None:
        room, panel = family_room(largest), np.empty((gaps.shape[1], 4))
        inputs = (gaps, table, rows, starts, rules)
        integrate_families(start, stop, *inputs, room, panel, *results)

    run_in_slices(work, (len(starts) - 1) * len(gaps))


def _finish(gaps: FloatArray, table: FloatArray, rules: Rules, results: FloatArray) -> None:
    """Integrate one by one what families left."""
    settings, cells = np.nonzero(results[2] == LEFT)
    for first in range(0, settings.size, _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        rows, columns = settings[some], cells[some]
        part = np.empty((4, rows.size))
        inputs = (gaps[columns], table[rows], rules, 1)

        def work(
            start: int,
            stop: int,
            inputs: tuple[FloatArray, FloatArray, Rules, int] = inputs,
            part: FloatArray = part,
        ) -> None:
            room, panel = np.empty(ROOM), np.empty((gaps.shape[1], 4))
            integrate_cells(start, stop, *inputs, room, panel, *part)

        run_in_slices(work, rows.size)
        results[:, rows, columns] = part[:3]
