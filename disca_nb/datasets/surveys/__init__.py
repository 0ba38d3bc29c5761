"""Survey answers by country: one form for every source, each checked as it is read."""

from disca_nb.datasets.surveys.global_opinions import read_global_opinions
from disca_nb.datasets.surveys.mapping import read_mapped
from disca_nb.datasets.surveys.microdata import from_respondents
from disca_nb.datasets.surveys.missing import MISSING, drop_options, is_missing
from disca_nb.datasets.surveys.opening import read_survey
from disca_nb.datasets.surveys.report import Finding, Report, report
from disca_nb.datasets.surveys.sample import demo_answers, sample
from disca_nb.datasets.surveys.schema import from_tidy, to_tidy
from disca_nb.datasets.surveys.statistical import read_spss, read_stata
from disca_nb.datasets.surveys.unify import unify
from disca_nb.datasets.surveys.wvs7 import read_wvs7

__all__ = [
    "MISSING",
    "Finding",
    "Report",
    "demo_answers",
    "drop_options",
    "from_respondents",
    "from_tidy",
    "is_missing",
    "read_global_opinions",
    "read_mapped",
    "read_spss",
    "read_stata",
    "read_survey",
    "read_wvs7",
    "report",
    "sample",
    "to_tidy",
    "unify",
]
