"""Decisions small enough to average by hand, and decisions with any preferences that one likes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
import xarray as xr

from disca_nb.variables import ATTRIBUTES


@pytest.fixture
def decisions() -> xr.Dataset:
    """Two countries, three scenarios of Age and one of Gender; one model."""
    p_spare = [[0.9, 0.7, 0.2, 0.6], [0.5, 0.4, 0.3, 1.0]]
    return xr.Dataset(
        {
            "p_spare": (("country", "scenario", "model"), np.array(p_spare)[..., None]),
            "status": (("country", "scenario", "model"), np.ones((2, 4, 1), dtype=np.int8)),
        },
        {
            "country": ["JPN", "USA"],
            "scenario": list("abcd"),
            "model": ["m"],
            "category": ("scenario", ["Age", "Age", "Age", "Gender"]),
        },
    )


def _decide(
    preference: npt.ArrayLike,
    countries: list[str],
    attributes: tuple[str, ...] = ATTRIBUTES,
) -> xr.Dataset:
    values = np.asarray(preference, dtype=np.float64)
    coords = {
        "country": countries,
        "scenario": [f"only-{name}" for name in attributes],
        "category": ("scenario", list(attributes)),
    }
    return xr.Dataset({"p_spare": (("country", "scenario"), values)}, coords)


@pytest.fixture
def decide() -> Callable[..., xr.Dataset]:
    """Return a function that makes decisions with the preferences (country, attribute) given."""
    return _decide


def _target(
    preference: npt.ArrayLike,
    countries: list[str],
    attributes: tuple[str, ...] = ATTRIBUTES,
    se: float = 0.01,
) -> xr.Dataset:
    values = np.asarray(preference, dtype=np.float64)
    dims = ("country", "attribute")
    data = {
        "human_preference": (dims, values),
        "human_preference_se": (dims, np.full_like(values, se)),
    }
    return xr.Dataset(data, {"country": countries, "attribute": list(attributes)})


@pytest.fixture
def target() -> Callable[..., xr.Dataset]:
    """Return a function that makes human targets with the preferences given."""
    return _target
