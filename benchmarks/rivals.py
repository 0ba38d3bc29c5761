"""Three rivals in NumPy: a loop over cells, plain broadcasting, and the same with reused buffers.

All take standard normals from a function, so that tests can give them the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from benchmarks.panels import Floats, Panel

__all__ = ["SAMPLES", "Outcome", "broadcast_numpy", "gate", "loop", "tuned_numpy"]

SAMPLES = 64
_PASSES = 2
SIGMA_FLOOR, LAM, ETA, ALPHA, KAPPA, RHO, GATE_SCALE = 0.3, 0.7, 0.5, 0.88, 2.25, 0.1, 0.04
# Cells at a time, the quickest of eight powers of two tried from 16 to 4,096.
_BROADCAST_CELLS = 64
_TUNED_CELLS = 128

Draw = Callable[[tuple[int, ...]], Floats]


class Outcome(NamedTuple):
    """What a contestant returns: (n,), (n,), (n, 2), (n,) and (n, 2), as `Correction` has them."""

    correction: Floats
    reliability: Floats
    ess: Floats
    sigma: Floats
    pass_correction: Floats


def gate(passes: Floats, ess: Floats, sigma: Floats) -> Outcome:
    """Shrink the mean of two passes by how far they disagree."""
    reliability = np.exp(-((passes[:, 0] - passes[:, 1]) ** 2) / GATE_SCALE)
    correction = reliability * (passes[:, 0] + passes[:, 1]) / 2.0
    return Outcome(correction, reliability, ess, sigma, passes)


def _value(gains: Floats) -> Floats:
    """Return the prospect value of gains and losses."""
    sizes = np.abs(gains) ** ALPHA
    return np.where(gains >= 0.0, sizes, -KAPPA * sizes)


def loop(panel: Panel, draw: Draw) -> Outcome:
    """Take one cell and one pass at a time, as published research code does."""
    n_cells = panel.base.size
    passes, ess = np.empty((n_cells, _PASSES)), np.empty((n_cells, _PASSES))
    sigma = np.empty(n_cells)
    for cell in range(n_cells):
        base, personas = panel.base[cell], panel.personas[cell]
        consensus = personas.mean()
        sigma[cell] = width = max(personas.std(ddof=1), SIGMA_FLOOR)
        for i in range(_PASSES):
            noise = width * draw((SAMPLES,))
            candidates = consensus + noise
            gains = np.abs(base - personas) - np.abs(candidates[:, None] - personas)
            shared = np.abs(base - consensus) - np.abs(candidates - consensus)
            own = _value(gains / width).mean(axis=1)
            tilt = ((1.0 - LAM) * own + LAM * _value(shared / width)) / ETA
            weights = np.exp(tilt - tilt.max())
            weights /= weights.sum()
            ess[cell, i] = 1.0 / (SAMPLES * np.sum(weights**2))
            passes[cell, i] = np.sum(weights * noise) if ess[cell, i] >= RHO else 0.0
    return gate(passes, ess, sigma)


def broadcast_numpy(panel: Panel, draw: Draw, chunk: int = _BROADCAST_CELLS) -> Outcome:
    """Write the method's equations over arrays (cells, passes, samples, personas)."""
    n_cells = panel.base.size
    passes, ess = np.empty((n_cells, _PASSES)), np.empty((n_cells, _PASSES))
    consensus = panel.personas.mean(axis=1)
    sigma = np.maximum(panel.personas.std(axis=1, ddof=1), SIGMA_FLOOR)
    for start in range(0, n_cells, chunk):
        part = slice(start, start + chunk)
        width, middle = sigma[part, None, None], consensus[part, None, None]
        base, personas = panel.base[part, None, None], panel.personas[part, None, None, :]
        noise = width * draw((len(width), _PASSES, SAMPLES))
        candidates = middle + noise
        gains = np.abs(base[..., None] - personas) - np.abs(candidates[..., None] - personas)
        shared = np.abs(base - middle) - np.abs(candidates - middle)
        own = _value(gains / width[..., None]).mean(axis=-1)
        tilt = ((1.0 - LAM) * own + LAM * _value(shared / width)) / ETA
        weights = np.exp(tilt - tilt.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        ratio = 1.0 / (SAMPLES * np.sum(weights**2, axis=-1))
        ess[part] = ratio
        passes[part] = np.where(ratio >= RHO, np.sum(weights * noise, axis=-1), 0.0)
    return gate(passes, ess, sigma)


def tuned_numpy(panel: Panel, draw: Draw, chunk: int = _TUNED_CELLS) -> Outcome:
    """Do the same persona by persona in buffers that fit the cache, and powers by exp and log."""
    n_cells = panel.base.size
    passes, ess = np.empty((n_cells, _PASSES)), np.empty((n_cells, _PASSES))
    consensus = panel.personas.mean(axis=1)
    sigma = np.maximum(panel.personas.std(axis=1, ddof=1), SIGMA_FLOOR)
    base = (panel.base - consensus) / sigma
    personas = (panel.personas - consensus[:, None]) / sigma[:, None]
    places = np.concatenate([np.zeros((n_cells, 1)), personas], axis=1)
    reaches = np.abs(base[:, None] - places)
    own = (1.0 - LAM) / personas.shape[1] / ETA
    shares = [LAM / ETA, *([own] * personas.shape[1])]
    gain, size, tilt = (np.empty((chunk, _PASSES, SAMPLES)) for _ in range(3))
    with np.errstate(divide="ignore"):
        for start in range(0, n_cells, chunk):
            part = slice(start, min(start + chunk, n_cells))
            rows = part.stop - start
            g, s, u = gain[:rows], size[:rows], tilt[:rows]
            x = draw((rows, _PASSES, SAMPLES))
            u[:] = 0.0
            for i, share in enumerate(shares):
                np.subtract(x, places[part, i, None, None], out=g)
                np.abs(g, out=g)
                np.subtract(reaches[part, i, None, None], g, out=g)
                np.abs(g, out=s)
                np.log(s, out=s)
                s *= ALPHA
                np.exp(s, out=s)
                s *= np.where(g >= 0.0, share, -KAPPA * share)
                u += s
            u -= u.max(axis=-1, keepdims=True)
            np.exp(u, out=u)
            total = u.sum(axis=-1)
            ratio = total**2 / (SAMPLES * np.einsum("cik,cik->ci", u, u))
            mean = np.einsum("cik,cik->ci", u, x) / total
            ess[part] = ratio
            passes[part] = np.where(ratio >= RHO, sigma[part, None] * mean, 0.0)
    return gate(passes, ess, sigma)
