"""Which rivals a dataset can be compared with."""

from __future__ import annotations

import xarray as xr

from disca_nb.steering.rivals import (
    AffinePerAttribute,
    Constant,
    Deviation,
    LogitOffset,
    Margin,
    OffsetPerAttribute,
    OracleMargin,
    OracleTemperature,
    PushAlone,
    RegionMean,
    Shrinkage,
    Steerer,
    Temperature,
    TemperatureMargin,
    TemperatureWeight,
    Variant,
    WorldMean,
)

__all__ = ["MODEL_FREE", "default_rivals", "passes_of"]

MODEL_FREE = frozenset(
    {
        *("coin-flip", "push-alone", "constant", "world-mean", "world-mean-all"),
        *("region-mean", "region-mean-all"),
    }
)
"""Methods that use nothing of the model."""


def default_rivals(dataset: xr.Dataset) -> list[Steerer]:
    """Return every rival for which a dataset has what it needs.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps, with or without logged passes.

    Returns
    -------
    list of Steerer
        From gaps alone, fitted on other countries, and oracles.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> [rival.name for rival in default_rivals(demo_panel())][:3]
    ['vanilla', 'debiased', 'consensus']
    """
    have = {name for name in ("vanilla_gap", "base_gap", "persona_gap") if name in dataset}
    return [rival for rival, needs in _offered(dataset) if needs <= have]


def _offered(dataset: xr.Dataset) -> list[tuple[Steerer, set[str]]]:
    """Return all rivals with the gaps that each needs."""
    passes = passes_of(dataset)
    vanilla = {"method": "recorded"} if "recorded_vanilla_p_spare" in dataset else {}
    reported = [(Variant("reported", {"method": "recorded"}), {"base_gap"})]
    unsteered, base, both = {"vanilla_gap"}, {"base_gap"}, {"base_gap", "persona_gap"}
    variants = ("correction-only", "paper", "released", "released+ema")
    return [
        (Variant("vanilla", vanilla), unsteered),
        (Variant("debiased"), base),
        (Variant("consensus"), {"persona_gap"}),
        *((Variant(name, passes), both) for name in variants),
        *(reported if "recorded_p_spare" in dataset else []),
        (Shrinkage(), both),
        (LogitOffset(), base),
        (PushAlone(), set()),
        (Temperature("vanilla"), unsteered),
        (Temperature("debiased"), base),
        (Temperature("consensus"), {"persona_gap"}),
        (TemperatureWeight(), both),
        (Margin(), base),
        (TemperatureMargin(), {"persona_gap"}),
        (OffsetPerAttribute(), {"persona_gap"}),
        (AffinePerAttribute(), {"persona_gap"}),
        (Constant(), set()),
        (WorldMean(), set()),
        (WorldMean("all"), set()),
        (RegionMean(), set()),
        (RegionMean("all"), set()),
        (Deviation("world"), {"persona_gap"}),
        (Deviation("region"), {"persona_gap"}),
        (OracleTemperature(), unsteered),
        (OracleMargin(), unsteered),
    ]


def passes_of(dataset: xr.Dataset) -> dict[str, str]:
    """Return how DISCA is audited: on logged passes, which were published, or in their limit.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps, with or without logged passes.

    Returns
    -------
    dict
        Options of `disca_nb.steer`. The limit of many samples has no sampling noise.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> passes_of(demo_panel(["JPN"]))
    {'method': 'quadrature'}
    """
    logged = "recorded_correction" in dataset and "recorded_ess" in dataset
    return {"method": "recorded" if logged else "quadrature"}
