"""The rival in PyTorch: float64 on the processor, chunk by chunk, in place.

Not `torch.compile`, which needs a compiler of its own at run time and more than a second of it.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from benchmarks import rivals
from benchmarks.panels import Panel

__all__ = ["run_torch"]

# Cells at a time, the quickest of the powers of two from 16 to 16,384.
_CELLS = 512

Draw = Callable[[tuple[int, ...]], torch.Tensor]


def run_torch(panel: Panel, draw: Draw, chunk: int = _CELLS) -> rivals.Outcome:
    """Run two passes and the gate; ``draw`` makes standard normals of a shape, float64."""
    gaps, panels = torch.from_numpy(panel.base), torch.from_numpy(panel.personas)
    consensus = panels.mean(dim=1)
    sigma = panels.std(dim=1, correction=1).clamp(min=rivals.SIGMA_FLOOR)
    base = (gaps - consensus) / sigma
    personas = (panels - consensus[:, None]) / sigma[:, None]
    places = torch.cat([torch.zeros_like(personas[:, :1]), personas], dim=1)
    reaches = (base[:, None] - places).abs()
    own = (1.0 - rivals.LAM) / personas.shape[1] / rivals.ETA
    shares = [rivals.LAM / rivals.ETA, *([own] * personas.shape[1])]
    parts = [
        _run_chunk(places[start : start + chunk], reaches[start : start + chunk], shares, draw)
        for start in range(0, len(base), chunk)
    ]
    ess = torch.cat([ratio for ratio, _ in parts])
    passes = sigma[:, None] * torch.cat([mean for _, mean in parts])
    return rivals.gate(passes.numpy(), ess.numpy(), sigma.numpy())


def _run_chunk(
    places: torch.Tensor, reaches: torch.Tensor, shares: list[float], draw: Draw
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ESS ratios and mean candidates, in search widths, of some cells."""
    x = draw((len(places), 2, rivals.SAMPLES))
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
