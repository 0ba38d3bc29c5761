"""The rivals compute what the package computes: exactly, given the same random numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from reference import correction_twin

from benchmarks import panels, rivals, twin

_CELLS = 200
_PANEL = panels.make_panel(_CELLS, seed=1)
_NORMALS = np.random.default_rng(2).standard_normal((_CELLS, 2, rivals.SAMPLES))


def _expected() -> rivals.Outcome:
    rows = [
        correction_twin(float(base), personas, normals)
        for base, personas, normals in zip(_PANEL.base, _PANEL.personas, _NORMALS, strict=True)
    ]
    correction, reliability, passes, ess = (np.array(column) for column in zip(*rows, strict=True))
    sigma = np.maximum(_PANEL.personas.std(axis=1, ddof=1), 0.3)
    return rivals.Outcome(correction, reliability, ess, sigma, passes)


def _replay() -> Callable[[tuple[int, ...]], panels.Floats]:
    """Return a generator that deals the normals out in order, whatever shape is asked for."""
    flat, at = _NORMALS.ravel(), 0

    def draw(shape: tuple[int, ...]) -> panels.Floats:
        nonlocal at
        at += int(np.prod(shape))
        return flat[at - int(np.prod(shape)) : at].reshape(shape).copy()

    return draw


def _assert_close(outcome: rivals.Outcome) -> None:
    for name, got, expected in zip(rivals.Outcome._fields, outcome, _expected(), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("rival", [rivals.loop, rivals.broadcast_numpy, rivals.tuned_numpy])
def test_numpy_rivals_equal_the_reference_for_the_same_normals(
    rival: Callable[..., rivals.Outcome],
) -> None:
    _assert_close(rival(_PANEL, _replay()))


def test_torch_equals_the_reference_for_the_same_normals() -> None:
    torch = pytest.importorskip("torch")
    from benchmarks.rival_torch import run_torch

    draw = _replay()
    _assert_close(run_torch(_PANEL, lambda shape, _: torch.from_numpy(draw(shape)), chunk=64))


def test_the_c_twin_does_not_depend_on_threads() -> None:
    if reason := twin.why_not():
        pytest.skip(reason)
    one, two = (twin.run_twin(_PANEL, 5, threads) for threads in (1, 2))
    for first, second in zip(one, two, strict=True):
        np.testing.assert_array_equal(first, second)


@pytest.mark.skipif("x86_64" not in __import__("platform").machine(), reason="names of x86-64")
def test_the_c_twin_calls_vector_mathematics() -> None:
    if reason := twin.why_not():
        pytest.skip(reason)
    calls = twin.vector_calls()
    for function in ("exp", "log", "sin", "cos"):
        # Letters c, d and e stand for AVX, AVX2 and AVX-512, the number for doubles at a time.
        assert any(name.endswith(f"v_{function}") and name[4] in "cde" for name in calls), calls
    # What is left over of a block's gates, at the very end, is too few for a register.
    assert calls.keys() & {"log", "sin", "cos", "pow"} == set()
