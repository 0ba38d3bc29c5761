"""Rivals of a steering method under one interface, from gaps alone or fitted on other countries."""

from disca_nb.steering.rivals.calibration import AffinePerAttribute, OffsetPerAttribute
from disca_nb.steering.rivals.deviation import Deviation
from disca_nb.steering.rivals.fixed import LogitOffset, PushAlone, Shrinkage, Variant
from disca_nb.steering.rivals.means import Constant, RegionMean, WorldMean
from disca_nb.steering.rivals.nested import BestOf
from disca_nb.steering.rivals.oracle import OracleMargin, OracleTemperature
from disca_nb.steering.rivals.panel import Panel, gap_toward_counted
from disca_nb.steering.rivals.steerer import (
    Learns,
    Steerer,
    Training,
    by_attribute,
    chances,
    decided,
)
from disca_nb.steering.rivals.temperature import (
    Margin,
    Temperature,
    TemperatureMargin,
    TemperatureWeight,
)

__all__ = [
    "AffinePerAttribute",
    "BestOf",
    "Constant",
    "Deviation",
    "Learns",
    "LogitOffset",
    "Margin",
    "OffsetPerAttribute",
    "OracleMargin",
    "OracleTemperature",
    "Panel",
    "PushAlone",
    "RegionMean",
    "Shrinkage",
    "Steerer",
    "Temperature",
    "TemperatureMargin",
    "TemperatureWeight",
    "Training",
    "Variant",
    "WorldMean",
    "by_attribute",
    "chances",
    "decided",
    "gap_toward_counted",
]
