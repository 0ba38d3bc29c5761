"""How steady a model's opinions are: consistency, floors, variance components, steerability."""

from disca_nb.metrics.values.agreement import judge_agreement
from disca_nb.metrics.values.component_words import components_table, describe_components
from disca_nb.metrics.values.components import variance_components
from disca_nb.metrics.values.consistency import consistency
from disca_nb.metrics.values.decided import keep_decided
from disca_nb.metrics.values.difference import consistency_difference
from disca_nb.metrics.values.reliability import plan_study, reliability
from disca_nb.metrics.values.steerability import steerability
from disca_nb.metrics.values.words import consistency_table, describe_consistency

__all__ = [
    "components_table",
    "consistency",
    "consistency_difference",
    "consistency_table",
    "describe_components",
    "describe_consistency",
    "judge_agreement",
    "keep_decided",
    "plan_study",
    "reliability",
    "steerability",
    "variance_components",
]
