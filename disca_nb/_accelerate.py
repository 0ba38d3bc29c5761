"""How kernels are compiled and run: the one place that says flags, cache and threads.

Kernels are compiled lazily, at their first call, with ``error_model="numpy"`` and without
``fastmath``, which would break NaN. They release the GIL and are run on slices of the cells by
plain Python threads. Numba's own parallel back ends are not used: its ``workqueue`` layer aborts
the process when two Python threads enter it and its OpenMP layer does so after a fork, while a
kernel that sees one cell at a time gives the same bits however the cells are divided.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.extending import register_jitable

__all__ = [
    "JIT_DISABLED",
    "bit_function",
    "bit_kernel",
    "inner_kernel",
    "kernel",
    "run_in_slices",
    "sum_kernel",
    "thread_count",
]

F = TypeVar("F", bound=Callable[..., object])

JIT_DISABLED: bool = bool(vars(numba.config)["DISABLE_JIT"])
# Off by default: a cache directory in a shared or read-only installation fails in odd ways.
_CACHE = os.environ.get("DISCA_NB_JIT_CACHE", "0") == "1"
# Below this many cells a thread costs more than it saves.
_CELLS_PER_THREAD = 512


@functools.cache
def _source_hash() -> str:
    """Return a hash of everything that is compiled into kernels, and of how."""
    here = Path(__file__)
    hashed = hashlib.sha256()
    for path in [here, *sorted(here.with_name("kernels").glob("*.py"))]:
        hashed.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return hashed.hexdigest()


def kernel(function: F) -> F:
    """Compile ``function``, which Python calls, to machine code at its first call.

    The on-disk cache is off unless the environment variable ``DISCA_NB_JIT_CACHE`` is 1;
    ``NUMBA_CACHE_DIR`` then says where it lies. Any change of the kernels' source compiles anew.
    """
    compiled: Any = numba.njit(cache=_CACHE, nogil=True, error_model="numpy")(function)
    if _CACHE and not JIT_DISABLED:
        # By itself Numba looks at the file of a kernel, but not at those that it calls.
        cache = compiled._cache  # noqa: SLF001
        index_key = cache._index_key  # noqa: SLF001
        cache._index_key = lambda *given: (*index_key(*given), _source_hash())  # noqa: SLF001
    # Typed as the Python function it was: callers see arrays and numbers, never a dispatcher.
    return cast("F", compiled)


def inner_kernel(function: F) -> F:
    """Let kernels call ``function``, compiled with them.

    In Python it stays what it was. Without an entry for Python it is compiled in half the time.
    """
    return _inner(function)


def bit_function(function: F) -> F:
    """Compile as `bit_kernel`, into the very loop that calls it.

    A call left standing keeps the loop from running on whole vector registers, and the compiler
    leaves long functions standing when it is not told.
    """
    return _inner(function, fastmath={"nsz", "contract"}, forceinline=True)


def bit_kernel(function: F) -> F:
    """Compile as `inner_kernel`, and let the compiler fuse a product and a sum into one operation.

    No other liberty is taken: reordering sums would fold away the rounding tricks of code that
    works on bit patterns, and assuming finite numbers would break NaN.
    """
    return _inner(function, fastmath={"nsz", "contract"})


def sum_kernel(function: F) -> F:
    """Compile as `bit_kernel`, and let the compiler reorder sums, for plain reductions alone."""
    return _inner(function, fastmath={"nsz", "contract", "reassoc"})


def _inner(function: F, **options: object) -> F:
    """Register a function to be compiled with the kernels that call it."""
    register = register_jitable(
        error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True, **options
    )
    registered: F = register(function)
    return registered


def thread_count() -> int:
    """Return how many threads kernels use: ``NUMBA_NUM_THREADS``, by default one per core.

    ``numba.get_num_threads`` would launch Numba's own threads, which are not used here and do not
    survive a fork; so ``numba.set_num_threads`` has no effect either.
    """
    return int(vars(numba.config)["NUMBA_NUM_THREADS"])


def run_in_slices(work: Callable[[int, int], None], n_cells: int) -> None:
    """Call ``work(start, stop)`` on slices that cover ``range(n_cells)``, in threads by size.

    Parameters
    ----------
    work : callable
        Called with the first cell and one past the last; it must only write to those cells.
    n_cells : int
        Number of cells.

    Examples
    --------
    >>> done = []
    >>> run_in_slices(lambda start, stop: done.append((start, stop)), 3)
    >>> done
    [(0, 3)]
    """
    threads = min(thread_count(), n_cells // _CELLS_PER_THREAD)
    if threads <= 1:
        if n_cells:
            work(0, n_cells)
        return
    # More slices than threads, so that one slow slice does not hold the others up.
    n_slices = 4 * threads
    edges = [n_cells * i // n_slices for i in range(n_slices + 1)]
    left = deque(itertools.pairwise(edges))

    def work_off() -> None:
        while True:
            try:
                start, stop = left.popleft()
            except IndexError:  # another thread took the last
                return
            try:
                work(start, stop)
            except BaseException:
                left.clear()  # nobody waits for the others
                raise

    # This thread works too: to start one takes as long as a thousand cells.
    with ThreadPoolExecutor(threads - 1) as pool:
        others = [pool.submit(work_off) for _ in range(threads - 1)]
        work_off()
    for other in others:
        other.result()
