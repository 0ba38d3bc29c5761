"""Figures: functions that take ``ax=``, return Axes and never show."""

from disca_nb.plots._alt import describe
from disca_nb.plots.audit_page import audit_page
from disca_nb.plots.mis import describe_mis, plot_mis
from disca_nb.plots.placebo import describe_placebo, plot_placebo
from disca_nb.plots.waterfall import describe_waterfall, plot_waterfall

__all__ = [
    "audit_page",
    "describe",
    "describe_mis",
    "describe_placebo",
    "describe_waterfall",
    "plot_mis",
    "plot_placebo",
    "plot_waterfall",
]
