"""Passes for blocks of settings, and what becomes of them after the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from disca_nb import kernels
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.parameters import check_parameters, parameter_table
from disca_nb.metrics._cells import Cells
from disca_nb.steering.settings import Settings

__all__ = ["Gated", "Passes", "gate_numbers", "gated", "make_passes", "table_of"]


class Passes(NamedTuple):
    """Passes before the threshold of the effective sample size, for B settings and n cells.

    Attributes
    ----------
    corrections, ess : numpy.ndarray, shape (B, n, M)
        Corrections and ratios; by quadrature the limit, of which one stands for all.
    variance : numpy.ndarray, shape (B, n), or None
        By quadrature, the variance of a pass of one candidate.
    """

    corrections: FloatArray
    ess: FloatArray
    variance: FloatArray | None


class Gated(NamedTuple):
    """What the gate leaves: correction and reliability (B, n), and ratios (B, n, M)."""

    correction: FloatArray
    reliability: FloatArray
    ess: FloatArray


def table_of(settings: Sequence[Mapping[str, object]]) -> FloatArray:
    """Return settings as rows for kernels.

    Parameters
    ----------
    settings : sequence of mapping
        Parameter names to numbers or words.

    Returns
    -------
    numpy.ndarray, shape (S, 8)
        Rows of `disca_nb.kernels.parameters.parameter_table`.

    Examples
    --------
    >>> table_of([{"eta": 0.2}, {}]).shape
    (2, 8)
    """
    rows = [parameter_table(check_parameters(setting), ()) for setting in settings]
    return np.concatenate(rows)


def make_passes(
    cells: Cells, block: Sequence[Mapping[str, object]], settings: Settings, n_passes: int = 2
) -> Passes:
    """Make the passes of a block of settings, in one call by quadrature.

    Parameters
    ----------
    cells : Cells
        The gaps.
    block : sequence of mapping
        Parameters of the passes, the fixed ones included.
    settings : Settings
        Method, seed and tolerance.
    n_passes : int
        How many random passes.

    Returns
    -------
    Passes
        The passes.
    """
    if settings.method == "recorded":
        return Passes(cells.passes[None], cells.ess[None], None)
    if settings.method == "quadrature":
        limits = kernels.limit_grid(cells.base, cells.personas, table_of(block), tol=settings.tol)
        return Passes(limits.limit[..., None], limits.ess[..., None], limits.variance)
    passes = [
        kernels.disca_correction(
            cells.base,
            cells.personas,
            keys=cells.keys,
            seed=settings.seed,
            n_passes=n_passes,
            rho=0.0,
            **setting,  # type: ignore[arg-type]
        )
        for setting in block
    ]
    return Passes(
        np.stack([each.pass_correction for each in passes]),
        np.stack([each.ess for each in passes]),
        None,
    )


def gate_numbers(gate: Mapping[str, object]) -> dict[str, float]:
    """Return what acts on passes as numbers, defaults included.

    Parameters
    ----------
    gate : mapping
        Parameter names to values.

    Returns
    -------
    dict
        ``rho``, ``gate_scale``, ``n_samples`` and ``n_passes``.

    Examples
    --------
    >>> gate_numbers({"rho": 0})["rho"]
    0.0
    """
    checked = check_parameters(gate)
    return {name: float(checked[name]) for name in ("rho", "gate_scale", "n_samples", "n_passes")}


def gated(passes: Passes, gate: Mapping[str, float]) -> Gated:
    """Silence passes below the threshold and gate the rest.

    Parameters
    ----------
    passes : Passes
        The passes.
    gate : mapping
        As `gate_numbers` returns it.

    Returns
    -------
    Gated
        Correction, reliability and ratios.
    """
    n_passes = int(gate["n_passes"])
    # A ratio of NaN is not below rho, and stays visible.
    if passes.variance is None:
        ess = passes.ess[..., :n_passes]
        left = np.where(ess < gate["rho"], 0.0, passes.corrections[..., :n_passes])
        correction, reliability, _ = kernels.reliability_gate(left, gate["gate_scale"])
        return Gated(correction, reliability, ess)
    collapsed = passes.ess[..., 0] < gate["rho"]
    limit = np.where(collapsed, 0.0, passes.corrections[..., 0])
    variance = np.where(collapsed, 0.0, passes.variance / gate["n_samples"])
    expected = kernels.expected_gate(limit, variance, gate["gate_scale"], n_passes)
    return Gated(*expected, passes.ess)
