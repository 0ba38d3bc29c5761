"""Made-up gaps and human figures for rivals, and the slow, obvious way to average decisions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.variables import ATTRIBUTES

Floats = npt.NDArray[np.float64]

# Three of Eastern Asia, two of Latin America, and two that are alone in their regions.
COUNTRIES = ("JPN", "CHN", "KOR", "BRA", "MEX", "USA", "DEU")


def made_up(
    countries: Sequence[str] = COUNTRIES,
    attributes: Sequence[str] = ATTRIBUTES,
    *,
    each: int = 3,
    seed: int = 1,
) -> xr.Dataset:
    """Return gaps of one model, with ``each`` scenarios of every attribute, all scored."""
    rng = np.random.default_rng(seed)
    dims = ("country", "scenario")
    category = list(attributes) * each
    shape = (len(countries), len(category))
    right = rng.uniform(size=shape[1]) < 0.5
    # On the whole the counted side is spared, so that a moderate temperature is best.
    side = np.where(right, 1.0, -1.0)
    base = side * rng.normal(0.5, 1.0, shape)
    personas = base[..., None] + side[:, None] * rng.normal(0.3, 0.7, (*shape, 4))
    return xr.Dataset(
        {
            "vanilla_gap": (dims, base + rng.normal(0.0, 0.5, shape)),
            "base_gap": (dims, base),
            "persona_gap": ((*dims, "persona"), personas),
            "status": (dims, np.ones(shape, dtype=np.int8)),
        },
        {
            "country": list(countries),
            "scenario": [f"s{i}" for i in range(shape[1])],
            "persona": ["young", "middle", "older", "all"],
            "category": ("scenario", category),
            "preferred_on_right": ("scenario", right),
        },
    )


def figures(
    countries: Sequence[str] = COUNTRIES, attributes: Sequence[str] = ATTRIBUTES, *, seed: int = 2
) -> xr.Dataset:
    """Return human preferences that share a level by attribute, with standard errors."""
    rng = np.random.default_rng(seed)
    shape = (len(countries), len(attributes))
    level = rng.uniform(0.5, 0.8, len(attributes))
    dims = ("country", "attribute")
    return xr.Dataset(
        {
            "human_preference": (dims, level + rng.uniform(-0.1, 0.1, shape)),
            "human_preference_se": (dims, rng.uniform(0.005, 0.05, shape)),
        },
        {"country": list(countries), "attribute": list(attributes)},
    )


def human(targets: xr.Dataset, countries: Sequence[str]) -> Floats:
    """Return the six figures of countries, in this order."""
    chosen = targets.human_preference.sel(country=list(countries), attribute=list(ATTRIBUTES))
    return np.asarray(chosen.transpose("country", "attribute").values)


def toward_counted(dataset: xr.Dataset, gap: Floats) -> Floats:
    """Turn gaps (country, scenario) so that positive spares the counted side."""
    return np.where(dataset.preferred_on_right.values, gap, -gap)


def averaged(dataset: xr.Dataset, p_spare: Floats) -> Floats:
    """Average decisions (country, scenario) by country and attribute, one by one."""
    category, status = dataset.category.values, dataset.status.values
    result = np.empty((len(p_spare), len(ATTRIBUTES)))
    for j, attribute in enumerate(ATTRIBUTES):
        own = category == attribute
        for i, row in enumerate(p_spare):
            result[i, j] = row[own & (status[i] == 1)].mean()
    return result


def sigmoid(logit: npt.ArrayLike) -> Floats:
    """Return 1 / (1 + exp(-x))."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.asarray(logit, dtype=np.float64))))


def misalignment(preference: Floats, targets: Floats) -> float:
    """Return the mean Euclidean distance over countries."""
    return float(np.mean([np.linalg.norm(a - b) for a, b in zip(preference, targets, strict=True)]))
