"""Figures: functions that take ``ax=``, return Axes and never show."""

from disca_nb.plots._alt import describe
from disca_nb.plots.audit_page import audit_page
from disca_nb.plots.forest import describe_forest, plot_forest
from disca_nb.plots.gaps import describe_gaps, plot_gaps
from disca_nb.plots.gate import describe_gate, plot_gate
from disca_nb.plots.landscape import describe_landscape, plot_landscape
from disca_nb.plots.mis import describe_mis, plot_mis
from disca_nb.plots.placebo import describe_placebo, plot_placebo
from disca_nb.plots.sensitivity import describe_sensitivity, plot_sensitivity
from disca_nb.plots.waterfall import describe_waterfall, plot_waterfall

__all__ = [
    "audit_page",
    "describe",
    "describe_forest",
    "describe_gaps",
    "describe_gate",
    "describe_landscape",
    "describe_mis",
    "describe_placebo",
    "describe_sensitivity",
    "describe_waterfall",
    "plot_forest",
    "plot_gaps",
    "plot_gate",
    "plot_landscape",
    "plot_mis",
    "plot_placebo",
    "plot_sensitivity",
    "plot_waterfall",
]
