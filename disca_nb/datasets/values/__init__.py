"""Value questions: wordings of questions on topics, in several languages, with stances."""

from disca_nb.datasets.values._alignment import aligned_questions
from disca_nb.datasets.values._lines import STANCES
from disca_nb.datasets.values.fetching import fetch_value_questions, value_files
from disca_nb.datasets.values.filters import filters_table, keep_validated, kept_wordings
from disca_nb.datasets.values.joining import join_value_questions
from disca_nb.datasets.values.portraits import (
    VALUES,
    checked_portraits,
    portraits_dataset,
    read_portraits,
)
from disca_nb.datasets.values.reading import read_value_questions
from disca_nb.datasets.values.report import ValueReport, value_report
from disca_nb.datasets.values.schema import checked_questions, questions_hash
from disca_nb.datasets.values.shipped import (
    embedded_questions,
    recorded_responses,
    sample_portraits,
    sample_questions,
)

__all__ = [
    "STANCES",
    "VALUES",
    "ValueReport",
    "aligned_questions",
    "checked_portraits",
    "checked_questions",
    "embedded_questions",
    "fetch_value_questions",
    "filters_table",
    "join_value_questions",
    "keep_validated",
    "kept_wordings",
    "portraits_dataset",
    "questions_hash",
    "read_portraits",
    "read_value_questions",
    "recorded_responses",
    "sample_portraits",
    "sample_questions",
    "value_files",
    "value_report",
]
