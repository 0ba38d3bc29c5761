"""Who is timed: the package's two methods and its rivals, each behind the same call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from typing import Literal

import numba
import numpy as np

from benchmarks import rivals, twin
from benchmarks.panels import Panel
from disca_nb.kernels import disca_correction

__all__ = ["LABELS", "TOL", "available", "limited_to", "runner"]

TOL = 1e-7
_SEED = 7
LABELS = {
    "monte-carlo": "disca_nb, Monte Carlo",
    "quadrature": "disca_nb, quadrature at tol=1e-7",
    "c-twin": "C twin, powers as exp of log",
    "c-twin-pow": "C twin, powers by pow",
    "torch": "PyTorch, vectorised",
    "numpy-tuned": "NumPy, vectorised, buffers reused",
    "numpy-chunks": "NumPy, vectorised, 64 cells at a time",
    "numpy": "NumPy, vectorised, all cells at once",
    "loop": "NumPy, loop over cells",
}


def available(name: str) -> str | None:
    """Return why a contestant is absent, or None when it is there."""
    if name in {"c-twin", "c-twin-pow"}:
        return twin.why_not()
    if name == "torch" and find_spec("torch") is None:
        return "PyTorch is not installed"
    return None


def runner(name: str, panel: Panel, threads: int) -> Callable[[], rivals.Outcome]:
    """Return a call that runs a contestant on a panel, all of it, with so many threads."""
    if name in {"numpy", "numpy-chunks", "numpy-tuned", "loop"}:
        if threads != 1:
            raise ValueError(f"{name} with {threads} threads: NumPy's functions here use one.")
        functions: dict[str, Callable[..., rivals.Outcome]] = {
            "numpy": partial(rivals.broadcast_numpy, chunk=panel.base.size),
            "numpy-chunks": rivals.broadcast_numpy,
            "numpy-tuned": rivals.tuned_numpy,
            "loop": rivals.loop,
        }
        return partial(functions[name], panel, np.random.default_rng(_SEED).standard_normal)
    if name in {"c-twin", "c-twin-pow"}:
        power: twin.Power = "pow" if name == "c-twin-pow" else "exp-log"
        return partial(twin.run_twin, panel, _SEED, threads, power)
    if name == "torch":
        return _torch_runner(panel, threads)
    if name == "monte-carlo":
        return partial(_ours, panel, "monte-carlo")
    return partial(_ours, panel, "quadrature")


def _ours(panel: Panel, method: Literal["monte-carlo", "quadrature"]) -> rivals.Outcome:
    """Run a method of the package, checks of its input included."""
    result = disca_correction(
        panel.base, panel.personas, method=method, keys=panel.keys, seed=_SEED, tol=TOL
    )
    return rivals.Outcome(
        result.correction, result.reliability, result.ess, result.sigma, result.pass_correction
    )


def _torch_runner(panel: Panel, threads: int) -> Callable[[], rivals.Outcome]:
    """Return a call of the rival in PyTorch."""
    import torch

    from benchmarks.rival_torch import run_torch

    # Threads are the rival's own.
    torch.set_num_threads(1)

    def draw(shape: tuple[int, ...], start: int) -> torch.Tensor:
        generator = torch.Generator().manual_seed(_SEED + start)
        return torch.randn(shape, dtype=torch.float64, generator=generator)

    return partial(run_torch, panel, draw, threads)


@contextmanager
def limited_to(threads: int) -> Iterator[None]:
    """Restrict the package to so many threads; rivals are told at their calls."""
    settings = vars(numba.config)
    before = settings["NUMBA_NUM_THREADS"]
    settings["NUMBA_NUM_THREADS"] = threads
    try:
        yield
    finally:
        settings["NUMBA_NUM_THREADS"] = before
