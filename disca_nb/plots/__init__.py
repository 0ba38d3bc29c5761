"""Figures: functions that take ``ax=``, return Axes and never show."""

from disca_nb.plots.mis import describe_mis, plot_mis

__all__ = ["describe_mis", "plot_mis"]
