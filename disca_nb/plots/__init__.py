"""Figures: functions that take ``ax=``, return Axes and never show."""

from disca_nb.plots._alt import describe
from disca_nb.plots.attributes import describe_attributes, plot_attributes
from disca_nb.plots.audit_page import audit_page
from disca_nb.plots.dumbbell import describe_dumbbell, plot_dumbbell
from disca_nb.plots.heatmap import describe_heatmap, plot_heatmap
from disca_nb.plots.latency import describe_latency, plot_latency
from disca_nb.plots.mis import describe_mis, plot_mis
from disca_nb.plots.pca import describe_pca, plot_pca
from disca_nb.plots.placebo import describe_placebo, plot_placebo
from disca_nb.plots.radar import describe_radar, plot_radar
from disca_nb.plots.size import describe_size, plot_size
from disca_nb.plots.tile_map import describe_tile_map, plot_tile_map
from disca_nb.plots.waterfall import describe_waterfall, plot_waterfall

__all__ = [
    "audit_page",
    "describe",
    "describe_attributes",
    "describe_dumbbell",
    "describe_heatmap",
    "describe_latency",
    "describe_mis",
    "describe_pca",
    "describe_placebo",
    "describe_radar",
    "describe_size",
    "describe_tile_map",
    "describe_waterfall",
    "plot_attributes",
    "plot_dumbbell",
    "plot_heatmap",
    "plot_latency",
    "plot_mis",
    "plot_pca",
    "plot_placebo",
    "plot_radar",
    "plot_size",
    "plot_tile_map",
    "plot_waterfall",
]
