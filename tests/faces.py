"""Python faces for kernels that only other kernels call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba

from disca_nb._accelerate import JIT_DISABLED


def face(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that Python can call and that calls the compiled ``kernel``."""
    if JIT_DISABLED:
        return kernel

    @numba.njit(error_model="numpy")
    def called(*arguments: Any) -> Any:  # noqa: ANN401 - passed on as they are
        return kernel(*arguments)

    result: Callable[..., Any] = called
    return result
