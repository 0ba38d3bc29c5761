"""Interactive panels for notebooks: explore results, try settings, run models."""

from disca_nb.widgets.explorer import Explorer, explore
from disca_nb.widgets.lab import SteeringLab, steering_lab
from disca_nb.widgets.slider import Slider

__all__ = ["Explorer", "Slider", "SteeringLab", "explore", "steering_lab"]
