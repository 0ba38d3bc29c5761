"""The rival in PyTorch: float64 on the processor, chunk by chunk, in place.

Chunks are shared out to Python threads, as PyTorch's own threads, which meet after every
operation, come to a standstill as soon as another program wants one of the cores.

Not `torch.compile`, which needs a compiler of its own at run time and more than a second of it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import torch

from benchmarks import rivals
from benchmarks.panels import Panel

__all__ = ["run_torch"]

# Cells at a time, the quickest of eight powers of two tried from 16 to 4,096.
_CELLS = 512

Draw = Callable[[tuple[int, ...], int], torch.Tensor]


def run_torch(panel: Panel, draw: Draw, threads: int = 1, chunk: int = _CELLS) -> rivals.Outcome:
    """Run two passes and the gate.

    ``draw(shape, start)`` makes float64 standard normals for the cells from ``start`` on.
    """
    gaps, panels = torch.from_numpy(panel.base), torch.from_numpy(panel.personas)
    consensus = panels.mean(dim=1)
    sigma = panels.std(dim=1, correction=1).clamp(min=rivals.SIGMA_FLOOR)
    base = (gaps - consensus) / sigma
    personas = (panels - consensus[:, None]) / sigma[:, None]
    places = torch.cat([torch.zeros_like(personas[:, :1]), personas], dim=1)
    reaches = (base[:, None] - places).abs()
    own = (1.0 - rivals.LAM) / personas.shape[1] / rivals.ETA
    shares = [rivals.LAM / rivals.ETA, *([own] * personas.shape[1])]

    def run(start: int) -> tuple[torch.Tensor, torch.Tensor]:
        part = slice(start, start + chunk)
        x = draw((len(places[part]), 2, rivals.SAMPLES), start)
        return _run_chunk(places[part], reaches[part], shares, x)

    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(run, range(0, len(base), chunk)))
    ess = torch.cat([ratio for ratio, _ in parts])
    passes = sigma[:, None] * torch.cat([mean for _, mean in parts])
    return rivals.gate(passes.numpy(), ess.numpy(), sigma.numpy())


def _run_chunk(
    places: torch.Tensor, reaches: torch.Tensor, shares: list[float], x: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ESS ratios and mean candidates, in search widths, of some cells."""
    tilt = torch.zeros_like(x)
    for i, share in enumerate(shares):
        gain = reaches[:, i, None, None] - (x - places[:, i, None, None]).abs_()
        # Quicker than pow: both functions run on whole vector registers.
        size = gain.abs().log_().mul_(rivals.ALPHA).exp_()
        # Of two plain numbers `where` would make float32.
        tilt += size.mul_(torch.where(gain >= 0.0, share, x.new_tensor(-rivals.KAPPA * share)))
    tilt -= tilt.amax(dim=-1, keepdim=True)
    weights = tilt.exp_()
    total = weights.sum(dim=-1)
    ratio = total.square() / (rivals.SAMPLES * weights.square().sum(dim=-1))
    mean = (weights * x).sum(dim=-1) / total
    return ratio, torch.where(ratio >= rivals.RHO, mean, 0.0)
