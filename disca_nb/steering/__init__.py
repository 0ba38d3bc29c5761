"""Steering: DISCA in every published variant, and the baselines that stand beside it."""

from disca_nb.steering.gaps import debias, divide_by_category
from disca_nb.steering.keys import cell_keys
from disca_nb.steering.landscape import landscape
from disca_nb.steering.settings import DISCA_VARIANTS, VARIANTS, caption
from disca_nb.steering.steer import decide, steer

__all__ = [
    "DISCA_VARIANTS",
    "VARIANTS",
    "caption",
    "cell_keys",
    "debias",
    "decide",
    "divide_by_category",
    "landscape",
    "steer",
]
