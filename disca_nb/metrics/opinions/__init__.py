"""Whose opinions a model holds: similarity with survey answers, floors, intervals, shifts."""

from disca_nb.metrics.opinions.ceiling import ceiling
from disca_nb.metrics.opinions.dispersion import dispersion_ratio
from disca_nb.metrics.opinions.people import as_answers
from disca_nb.metrics.opinions.representation import representation
from disca_nb.metrics.opinions.shift import steering_shift
from disca_nb.metrics.opinions.similarity import similarity
from disca_nb.metrics.opinions.views import question_view, topic_view
from disca_nb.metrics.opinions.words import describe, representation_table

__all__ = [
    "as_answers",
    "ceiling",
    "describe",
    "dispersion_ratio",
    "question_view",
    "representation",
    "representation_table",
    "similarity",
    "steering_shift",
    "topic_view",
]
