"""Widgets for notebooks: stock ipywidgets that work in JupyterLab, Notebook, VS Code and Voilà.

Importing this loads no ipywidgets until one of the names is used. The modules are private, as one
named like its function would take the function's place here.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from disca_nb.widgets._run_panel import RunPanel, run_panel

_HOMES = {"RunPanel": "_run_panel", "run_panel": "_run_panel"}

__all__ = ["RunPanel", "run_panel"]


def __getattr__(name: str) -> object:
    """Load a public name when it is first used (PEP 562)."""
    if name in _HOMES:
        value = getattr(importlib.import_module(f"disca_nb.widgets.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'disca_nb.widgets' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
