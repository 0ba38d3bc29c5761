"""Warnings that point at the line of the user that led to them."""

from __future__ import annotations

import sys
import warnings

__all__ = ["tell"]

_PACKAGE = __name__.partition(".")[0]


def tell(text: str) -> None:
    """Warn of something, at the first line outside the package on the way here."""
    level = 1
    # Metrics run by group and in parts, so that the way out is not equally long everywhere.
    frame = sys._getframe()  # noqa: SLF001 - the standard way before Python 3.12's skip_file_prefixes
    while frame.f_back is not None and _inside(frame.f_globals.get("__name__", "")):
        frame, level = frame.f_back, level + 1
    warnings.warn(text, UserWarning, stacklevel=level)


def _inside(module: str) -> bool:
    """Return whether a module is the package's."""
    return module == _PACKAGE or module.startswith(f"{_PACKAGE}.")
