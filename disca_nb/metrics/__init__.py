"""Metrics: preferences, alignment with human targets, floors and intervals."""

from disca_nb.metrics.bootstrap import cluster_bootstrap, interval
from disca_nb.metrics.decisions import flip_rates, preferences
from disca_nb.metrics.floors import floors, leave_one_out_mean, noise_ceiling
from disca_nb.metrics.human import select_targets
from disca_nb.metrics.means import macro, macro_table
from disca_nb.metrics.multitp import (
    choice_preferences,
    multitp_alignment,
    multitp_preferences,
)
from disca_nb.metrics.orders import scenario_orders
from disca_nb.metrics.scores import alignment, compare, join_variants
from disca_nb.metrics.sensitivity import sensitivity
from disca_nb.metrics.subsets import persona_subsets

__all__ = [
    "alignment",
    "choice_preferences",
    "cluster_bootstrap",
    "compare",
    "flip_rates",
    "floors",
    "interval",
    "join_variants",
    "leave_one_out_mean",
    "macro",
    "macro_table",
    "multitp_alignment",
    "multitp_preferences",
    "noise_ceiling",
    "persona_subsets",
    "preferences",
    "scenario_orders",
    "select_targets",
    "sensitivity",
]
