"""Metrics: preferences, alignment with human targets, similarity of opinions, floors, intervals."""

from disca_nb.metrics import opinions, values
from disca_nb.metrics.audit import audit
from disca_nb.metrics.audit_report import Audit, ModelAudit
from disca_nb.metrics.between import between_countries
from disca_nb.metrics.bootstrap import cluster_bootstrap, interval
from disca_nb.metrics.comparison import holm, paired_differences, skill
from disca_nb.metrics.cross_validation import cross_validate, hold_out
from disca_nb.metrics.decisions import flip_rates, preferences
from disca_nb.metrics.decomposition import decompose
from disca_nb.metrics.default_rivals import default_rivals
from disca_nb.metrics.disagreement import disagreement_check
from disca_nb.metrics.floors import floors, leave_one_out_mean, noise_ceiling
from disca_nb.metrics.headroom import headroom
from disca_nb.metrics.human import select_targets
from disca_nb.metrics.means import macro, macro_table
from disca_nb.metrics.multitp import (
    choice_preferences,
    multitp_alignment,
    multitp_preferences,
)
from disca_nb.metrics.multitp_summary import multitp_performance, multitp_policies
from disca_nb.metrics.opinions import (
    as_answers,
    ceiling,
    dispersion_ratio,
    question_view,
    representation,
    representation_table,
    similarity,
    steering_shift,
    topic_view,
)
from disca_nb.metrics.orders import scenario_orders
from disca_nb.metrics.placebo import placebo
from disca_nb.metrics.scores import alignment, compare, join_variants
from disca_nb.metrics.seeds import across_seeds
from disca_nb.metrics.sensitivity import sensitivity
from disca_nb.metrics.subsets import persona_subsets
from disca_nb.metrics.values import (
    components_table,
    consistency,
    consistency_difference,
    consistency_table,
    judge_agreement,
    keep_decided,
    plan_study,
    reliability,
    steerability,
    variance_components,
)
from disca_nb.metrics.waterfall import waterfall

__all__ = [
    "Audit",
    "ModelAudit",
    "across_seeds",
    "alignment",
    "as_answers",
    "audit",
    "between_countries",
    "ceiling",
    "choice_preferences",
    "cluster_bootstrap",
    "compare",
    "components_table",
    "consistency",
    "consistency_difference",
    "consistency_table",
    "cross_validate",
    "decompose",
    "default_rivals",
    "disagreement_check",
    "dispersion_ratio",
    "flip_rates",
    "floors",
    "headroom",
    "hold_out",
    "holm",
    "interval",
    "join_variants",
    "judge_agreement",
    "keep_decided",
    "leave_one_out_mean",
    "macro",
    "macro_table",
    "multitp_alignment",
    "multitp_performance",
    "multitp_policies",
    "multitp_preferences",
    "noise_ceiling",
    "opinions",
    "paired_differences",
    "persona_subsets",
    "placebo",
    "plan_study",
    "preferences",
    "question_view",
    "reliability",
    "representation",
    "representation_table",
    "scenario_orders",
    "select_targets",
    "sensitivity",
    "similarity",
    "skill",
    "steerability",
    "steering_shift",
    "topic_view",
    "values",
    "variance_components",
    "waterfall",
]
