"""Figures: functions that take ``ax=``, or of several panels ``figure=``, and return Axes.

None shows anything by itself.
"""

from disca_nb.plots._alt import describe
from disca_nb.plots.attributes import describe_attributes, plot_attributes
from disca_nb.plots.audit_page import audit_page
from disca_nb.plots.dumbbell import describe_dumbbell, plot_dumbbell
from disca_nb.plots.forest import describe_forest, plot_forest
from disca_nb.plots.gaps import describe_gaps, plot_gaps
from disca_nb.plots.gate import describe_gate, plot_gate
from disca_nb.plots.heatmap import describe_heatmap, plot_heatmap
from disca_nb.plots.landscape import describe_landscape, plot_landscape
from disca_nb.plots.latency import describe_latency, plot_latency
from disca_nb.plots.mis import describe_mis, plot_mis
from disca_nb.plots.opinion_map import describe_representation_map, plot_representation_map
from disca_nb.plots.opinion_question import describe_question, plot_question
from disca_nb.plots.opinion_ranking import describe_representation, plot_representation
from disca_nb.plots.opinion_shift import describe_shift, plot_shift
from disca_nb.plots.pca import describe_pca, plot_pca
from disca_nb.plots.placebo import describe_placebo, plot_placebo
from disca_nb.plots.radar import describe_radar, plot_radar
from disca_nb.plots.sensitivity import describe_sensitivity, plot_sensitivity
from disca_nb.plots.size import describe_size, plot_size
from disca_nb.plots.speakers import describe_speakers, plot_speakers
from disca_nb.plots.tile_map import describe_tile_map, plot_tile_map
from disca_nb.plots.values_components import describe_variance, plot_variance
from disca_nb.plots.values_consistency import describe_consistency_plot, plot_consistency
from disca_nb.plots.values_steerability import describe_steerability, plot_steerability
from disca_nb.plots.values_topics import describe_topic_consistency, plot_topic_consistency
from disca_nb.plots.waterfall import describe_waterfall, plot_waterfall

__all__ = [
    "audit_page",
    "describe",
    "describe_attributes",
    "describe_consistency_plot",
    "describe_dumbbell",
    "describe_forest",
    "describe_gaps",
    "describe_gate",
    "describe_heatmap",
    "describe_landscape",
    "describe_latency",
    "describe_mis",
    "describe_pca",
    "describe_placebo",
    "describe_question",
    "describe_radar",
    "describe_representation",
    "describe_representation_map",
    "describe_sensitivity",
    "describe_shift",
    "describe_size",
    "describe_speakers",
    "describe_steerability",
    "describe_tile_map",
    "describe_topic_consistency",
    "describe_variance",
    "describe_waterfall",
    "plot_attributes",
    "plot_consistency",
    "plot_dumbbell",
    "plot_forest",
    "plot_gaps",
    "plot_gate",
    "plot_heatmap",
    "plot_landscape",
    "plot_latency",
    "plot_mis",
    "plot_pca",
    "plot_placebo",
    "plot_question",
    "plot_radar",
    "plot_representation",
    "plot_representation_map",
    "plot_sensitivity",
    "plot_shift",
    "plot_size",
    "plot_speakers",
    "plot_steerability",
    "plot_tile_map",
    "plot_topic_consistency",
    "plot_variance",
    "plot_waterfall",
]
