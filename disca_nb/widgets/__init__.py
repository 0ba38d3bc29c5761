"""Panels for notebooks: explore results, try settings of DISCA, run models.

They are tested in JupyterLab, and made for whatever shows ipywidgets. Importing this loads no
ipywidgets until one of the names is used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from disca_nb.widgets._run_panel import RunPanel, run_panel
    from disca_nb.widgets.explorer import Explorer, explore
    from disca_nb.widgets.lab import SteeringLab, steering_lab
    from disca_nb.widgets.slider import Slider

# No module is named like a function, which would then take its place here.
_HOMES = {
    "Explorer": "explorer",
    "RunPanel": "_run_panel",
    "Slider": "slider",
    "SteeringLab": "lab",
    "explore": "explorer",
    "run_panel": "_run_panel",
    "steering_lab": "lab",
}

__all__ = [
    "Explorer",
    "RunPanel",
    "Slider",
    "SteeringLab",
    "explore",
    "run_panel",
    "steering_lab",
]


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
