"""Made-up results of value consistency for figures, built by hand and in the usual form."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

MEASURES = ("paraphrase", "topic", "topic-between", "use-case", "multilingual")
MODELS = ("alpha-7b", "beta-0.5b")
TOPICS = ("abortion", "school uniforms", "the four-day week", "tea", "zoos", "gun control")
VALUES = (
    *("self-direction", "stimulation", "hedonism", "achievement", "power"),
    *("security", "conformity", "tradition", "benevolence", "universalism"),
)
PARTS = ("topic", "question", "phrasing", "order", "topic:order", "residual")
LARGEST = 0.5579


def consistency_of(
    models: Sequence[str] = MODELS,
    measures: Sequence[str] = MEASURES,
    topics: Sequence[str] = TOPICS,
    *,
    seed: int = 1,
) -> xr.Dataset:
    """Return inconsistencies of models with all that stands beside them."""
    rng = np.random.default_rng(seed)
    by = ("model", "measure")
    shape = (len(models), len(measures))
    value = rng.uniform(0.05, 0.4, shape)
    names = {
        "inconsistency": value,
        "inconsistency_low": value * 0.8,
        "inconsistency_high": np.minimum(value * 1.25, LARGEST),
        "inconsistency_random": np.full(shape, 0.8 * LARGEST),
        "inconsistency_shuffled": np.minimum(value * 1.6, LARGEST),
        "inconsistency_yes": np.full(shape, 0.12),
        "inconsistency_largest": np.full(shape, LARGEST),
    }
    names |= {
        name.replace("inconsistency", "inconsistency_share"): names[name] / LARGEST
        for name in ("inconsistency", "inconsistency_low", "inconsistency_high")
    }
    human = {"paraphrase": 0.118, "topic": 0.358}
    by_topic = np.clip(value[..., None] + rng.normal(0.0, 0.1, (*shape, len(topics))), 0, LARGEST)
    return xr.Dataset(
        {
            **{name: (by, values) for name, values in names.items()},
            "inconsistency_human": ("measure", [human.get(name, np.nan) for name in measures]),
            "stance_entropy": ("model", rng.uniform(0.2, 0.9, len(models))),
            "n_groups": (by, rng.integers(12, 400, shape)),
            "topic_inconsistency": ((*by, "topic"), by_topic),
        },
        {
            "model": list(models),
            "measure": list(measures),
            "topic": list(topics),
            "topic_controversial": ("topic", np.arange(len(topics)) % 2 == 0),
        },
        {"kind": "distance", "base": 2.0, "level": 0.95, "n_boot": 2000, "seed": 0},
    )


def components_of(*, seed: int = 2) -> xr.Dataset:
    """Return variance components of which one is estimated below 0."""
    variance = np.array([0.031, 0.012, 0.004, 0.0005, -0.0015, 0.009])
    spread = np.random.default_rng(seed).uniform(0.001, 0.004, variance.size)
    above = np.clip(variance, 0.0, None)
    values = {
        "variance": variance,
        "variance_low": variance - spread,
        "variance_high": variance + 1.5 * spread,
        "variance_share": above / above.sum(),
    }
    return xr.Dataset(
        {name: ("component", each) for name, each in values.items()},
        {"component": list(PARTS)},
        {"level": 0.95},
    )


def steerability_of(models: Sequence[str] = MODELS, *, seed: int = 3) -> xr.Dataset:
    """Return shifts and selectivities toward ten values, and of all of them together."""
    rng = np.random.default_rng(seed)
    by = ("model", "condition")
    shape = (len(models), len(VALUES))
    shift = rng.normal(0.15, 0.12, shape)
    values = {"value_shift": shift, "selectivity": shift - rng.normal(0.05, 0.03, shape)}
    values |= {"value_rank": rng.uniform(1.0, 9.0, shape)}
    whole = {name: np.c_[each, each.mean(axis=1)] for name, each in values.items()}
    half = np.r_[np.full(len(VALUES), 0.09), 0.03]
    for name in ("value_shift", "selectivity"):
        whole |= {f"{name}_low": whole[name] - half, f"{name}_high": whole[name] + half}
    return xr.Dataset(
        {
            **{name: (by, each) for name, each in whole.items()},
            "chance_rank": 5.5,
            "rank_p_value": (by, np.full(whole["value_shift"].shape, 0.012)),
            "compat_rank": (by, np.full(whole["value_shift"].shape, 4.25)),
        },
        {"model": list(models), "condition": [*VALUES, "all"]},
        {"level": 0.95, "n_conditions": 10, "chance_compat_rank": 5.0},
    )
