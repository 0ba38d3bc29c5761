"""A laboratory for how language models treat the world's cultures.

Steer a model's decisions by the disagreement of its personas (DISCA), compare them with human
preferences, and see beside every number its floor, its rivals and its interval.

>>> import disca_nb
>>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
>>> scores = disca_nb.alignment(disca_nb.steer(panel))
>>> scores.mis.dims
('country', 'model')
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from disca_nb import accessor as _accessor  # noqa: F401 - registers Dataset.disca
from disca_nb._version import __version__

if TYPE_CHECKING:
    from disca_nb import datasets, kernels, metrics, models, plots, prompts, steering, widgets
    from disca_nb._debias import debias
    from disca_nb._elicit import elicit
    from disca_nb._elicit.planning import plan
    from disca_nb._elicit.quality import quality
    from disca_nb._methods import methods
    from disca_nb._opinions import ask_survey, read_responses, read_translation, translate_survey
    from disca_nb._summary import summary
    from disca_nb._values import ask_portraits, ask_values, read_value_responses
    from disca_nb.metrics.audit import audit
    from disca_nb.metrics.decisions import preferences
    from disca_nb.metrics.means import macro, macro_table
    from disca_nb.metrics.opinions import representation, steering_shift
    from disca_nb.metrics.scores import alignment, compare
    from disca_nb.metrics.sensitivity import sensitivity
    from disca_nb.metrics.values import (
        consistency,
        consistency_difference,
        plan_study,
        steerability,
        variance_components,
    )
    from disca_nb.results import open_results, save_results
    from disca_nb.steering.settings import VARIANTS
    from disca_nb.steering.steer import steer
    from disca_nb.variables import validate
    from disca_nb.widgets import explore, run_panel, steering_lab

# Where each public name lives. Importing the package loads none of these until one is used.
_MODULES = ("datasets", "kernels", "metrics", "models", "plots", "prompts", "steering", "widgets")
_HOMES = {
    "VARIANTS": "steering",
    "alignment": "metrics",
    "ask_portraits": "_values",
    "ask_survey": "_opinions",
    "ask_values": "_values",
    "audit": "metrics",
    "compare": "metrics",
    "consistency": "metrics",
    "consistency_difference": "metrics",
    "debias": "_debias",
    "elicit": "_elicit",
    "explore": "widgets",
    "macro": "metrics",
    "macro_table": "metrics",
    "methods": "_methods",
    "open_results": "results",
    "plan": "_elicit.planning",
    "plan_study": "metrics",
    "preferences": "metrics",
    "quality": "_elicit.quality",
    "read_responses": "_opinions",
    "read_translation": "_opinions",
    "read_value_responses": "_values",
    "representation": "metrics",
    "run_panel": "widgets",
    "save_results": "results",
    "sensitivity": "metrics",
    "steer": "steering",
    "steerability": "metrics",
    "steering_lab": "widgets",
    "steering_shift": "metrics",
    "summary": "_summary",
    "translate_survey": "_opinions",
    "validate": "variables",
    "variance_components": "metrics",
}

__all__ = [
    "VARIANTS",
    "__version__",
    "alignment",
    "ask_portraits",
    "ask_survey",
    "ask_values",
    "audit",
    "compare",
    "consistency",
    "consistency_difference",
    "datasets",
    "debias",
    "elicit",
    "explore",
    "kernels",
    "macro",
    "macro_table",
    "methods",
    "metrics",
    "models",
    "open_results",
    "plan",
    "plan_study",
    "plots",
    "preferences",
    "prompts",
    "quality",
    "read_responses",
    "read_translation",
    "read_value_responses",
    "representation",
    "run_panel",
    "save_results",
    "sensitivity",
    "steer",
    "steerability",
    "steering",
    "steering_lab",
    "steering_shift",
    "summary",
    "translate_survey",
    "validate",
    "variance_components",
    "widgets",
]


def __getattr__(name: str) -> object:
    """Load a public name when it is first used (PEP 562)."""
    if name in _MODULES:
        return importlib.import_module(f"disca_nb.{name}")
    if name in _HOMES:
        value = getattr(importlib.import_module(f"disca_nb.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'disca_nb' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
