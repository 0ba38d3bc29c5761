"""Threads, order and chunks: nothing but time may depend on them."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import numpy as np
import pytest
from reference import Floats

from disca_nb import _accelerate
from disca_nb._accelerate import JIT_DISABLED, run_in_slices, thread_count
from disca_nb.kernels import Correction, disca_correction
from disca_nb.kernels.correction import METHODS, Method

# Two threads start at 1,024 cells.
N = 1100 if JIT_DISABLED else 3000
each_method = pytest.mark.parametrize("method", METHODS)


def run(base: Floats, personas: Floats, method: Method, alpha: Floats) -> Correction:
    return disca_correction(base, personas, method=method, tol=1e-3, n_samples=10, alpha=alpha)


@pytest.fixture(scope="module")
def cells() -> tuple[Floats, Floats, Floats]:
    rng = np.random.default_rng(7)
    return rng.normal(0.0, 2.0, N), rng.normal(0.0, 1.0, (N, 2)), rng.choice([0.5, 0.88, 1.0], N)


@pytest.fixture(scope="module")
def alone(cells: tuple[Floats, Floats, Floats]) -> dict[Method, Correction]:
    base, personas, alpha = cells
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_accelerate, "thread_count", lambda: 1)
        return {method: run(base, personas, method, alpha) for method in METHODS}


def same(one: Correction, other: Correction) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@each_method
@pytest.mark.parametrize("threads", [2, 5])
def test_threads_do_not_change_a_bit(
    cells: tuple[Floats, Floats, Floats],
    alone: dict[Method, Correction],
    method: Method,
    threads: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    base, personas, alpha = cells
    monkeypatch.setattr(_accelerate, "thread_count", lambda: threads)
    assert same(run(base, personas, method, alpha), alone[method])


@each_method
def test_order_does_not_change_a_bit(
    cells: tuple[Floats, Floats, Floats], alone: dict[Method, Correction], method: Method
) -> None:
    base, personas, alpha = cells
    order = np.random.default_rng(1).permutation(N)
    shuffled = run(base[order], personas[order], method, alpha[order])
    assert same(shuffled, Correction(*(field[order] for field in alone[method])))


@each_method
def test_personas_in_another_order_differ_by_rounding_alone(
    cells: tuple[Floats, Floats, Floats], method: Method
) -> None:
    base, _, _ = cells
    personas = np.random.default_rng(3).normal(0.0, 1.0, (200, 4))
    options: dict[str, Any] = {"method": method, "keys": np.arange(200), "tol": 1e-9}
    here = disca_correction(base[:200], personas, **options)
    there = disca_correction(base[:200], personas[:, ::-1], **options)
    for one, other in zip(here, there, strict=True):
        np.testing.assert_allclose(one, other, rtol=0.0, atol=1e-9)


@each_method
def test_chunks_do_not_change_a_bit(
    cells: tuple[Floats, Floats, Floats], alone: dict[Method, Correction], method: Method
) -> None:
    base, personas, alpha = cells
    edges = [0, 1, 8, 700, N]
    parts = [
        run(base[a:b], personas[a:b], method, alpha[a:b]) for a, b in itertools.pairwise(edges)
    ]
    joined = Correction(*(np.concatenate(fields) for fields in zip(*parts, strict=True)))
    assert same(joined, alone[method])


@each_method
def test_python_threads_may_call_at_once(
    cells: tuple[Floats, Floats, Floats], alone: dict[Method, Correction], method: Method
) -> None:
    base, personas, alpha = cells
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(run, base, personas, method, alpha) for _ in range(4)]
        assert all(same(call.result(), alone[method]) for call in calls)


@pytest.mark.parametrize("n_cells", [0, 1, 1023, 1024, 5000])
def test_slices_cover_every_cell_once(n_cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_accelerate, "thread_count", lambda: 3)
    visits, slices = np.zeros(n_cells), []

    def visit(start: int, stop: int) -> None:
        visits[start:stop] += 1.0
        slices.append((start, stop))

    run_in_slices(visit, n_cells)
    assert (visits == 1.0).all()
    assert (len(slices) > 1) == (n_cells >= 1024)


def test_an_error_in_a_slice_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_accelerate, "thread_count", lambda: 2)

    def fail(start: int, _: int) -> None:
        if start:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_in_slices(fail, 5000)


def test_after_an_error_no_slice_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_accelerate, "thread_count", lambda: 2)
    begun: list[int] = []
    failed = threading.Event()

    def fail(start: int, _: int) -> None:
        begun.append(start)
        if start == 0:
            failed.set()
            raise KeyboardInterrupt
        failed.wait(10)
        time.sleep(0.05)  # the other has cleared what is left by then

    with pytest.raises(KeyboardInterrupt):
        run_in_slices(fail, 5000)
    assert len(begun) <= 2


def test_the_number_of_threads_is_numba_s_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for threads in (1, 3):
        monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", threads)
        assert thread_count() == threads


def test_numba_s_own_threads_are_not_launched() -> None:
    code = (
        "from disca_nb._accelerate import run_in_slices; import numba; "
        "run_in_slices(lambda start, stop: None, 5000)\n"
        "try: print(numba.threading_layer())\n"
        "except ValueError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "Threading layer is not initialized.\n"
