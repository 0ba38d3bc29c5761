"""Numerical kernels: NumPy arrays in, NumPy arrays out, and nothing else.

Steering and metrics are written on top of these; use them directly when there are no labels.
"""

from disca_nb.kernels.blend import anchor_weight, blend
from disca_nb.kernels.centroid import Centroid, jensen_shannon_centroid
from disca_nb.kernels.correction import METHODS, Correction, disca_correction, ptis_pass
from disca_nb.kernels.distances import (
    MEASURES,
    earth_movers,
    hellinger,
    option_distance,
    total_variation,
)
from disca_nb.kernels.divergence import (
    divergence_unit,
    jensen_shannon_distance,
    jensen_shannon_divergence,
)
from disca_nb.kernels.gate import expected_gate, reliability_gate
from disca_nb.kernels.keys import label_key, mix_keys
from disca_nb.kernels.landscape import Landscape, cell_landscape
from disca_nb.kernels.limit_grid import Limits, limit_grid
from disca_nb.kernels.moving_average import MovingAverage, moving_average
from disca_nb.kernels.opinion_cells import similarity_table
from disca_nb.kernels.opinions import average_ranks, joint_means
from disca_nb.kernels.parameters import (
    PARAMETERS,
    Parameter,
    check_parameters,
    check_seed,
    check_tol,
)
from disca_nb.kernels.preference import mean_by_code, mean_sigmoid
from disca_nb.kernels.set_baselines import coin_flip_divergence, largest_set_divergence
from disca_nb.kernels.set_divergence import grouped_divergence, set_divergence
from disca_nb.kernels.two_way import two_way_effects

__all__ = [
    "MEASURES",
    "METHODS",
    "PARAMETERS",
    "Centroid",
    "Correction",
    "Landscape",
    "Limits",
    "MovingAverage",
    "Parameter",
    "anchor_weight",
    "average_ranks",
    "blend",
    "cell_landscape",
    "check_parameters",
    "check_seed",
    "check_tol",
    "coin_flip_divergence",
    "disca_correction",
    "divergence_unit",
    "earth_movers",
    "expected_gate",
    "grouped_divergence",
    "hellinger",
    "jensen_shannon_centroid",
    "jensen_shannon_distance",
    "jensen_shannon_divergence",
    "joint_means",
    "label_key",
    "largest_set_divergence",
    "limit_grid",
    "mean_by_code",
    "mean_sigmoid",
    "mix_keys",
    "moving_average",
    "option_distance",
    "ptis_pass",
    "reliability_gate",
    "set_divergence",
    "similarity_table",
    "total_variation",
    "two_way_effects",
]
