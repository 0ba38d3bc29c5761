"""Held-out figures of the recorded models, every one of them on countries not fitted on."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from disca_nb.datasets import recorded
from disca_nb.metrics import cross_validate
from disca_nb.steering.rivals import OffsetPerAttribute, Steerer, Temperature, TemperatureWeight
from disca_nb.steering.rivals.means import WorldMean

MODELS = (
    "phi-4",
    "qwen2.5-7b-instruct",
    "llama-3.3-70b-instruct",
    "qwen3-vl-8b-instruct",
    "phi-3.5-mini-instruct",
    "qwen2.5-7b-instruct-4bit",
)
VANILLA = dict(zip(MODELS, (0.421, 0.416, 0.500, 0.453, 0.480), strict=False))
CONSENSUS = dict(zip(MODELS, (0.340, 0.354, 0.482), strict=False))
WEIGHT = dict(zip(MODELS, (0.330, 0.343, 0.472), strict=False))


@pytest.fixture(scope="session")
def macro(recorded_files: list[Path]) -> Callable[[str, Steerer], float]:
    """Return a function that gives a rival's mean misalignment over a model's 20 countries."""
    paths = {path.name.removesuffix(".csv.gz"): path for path in recorded_files}
    load = cache(lambda name: recorded.load(paths[name]))

    def mean(name: str, rival: Steerer) -> float:
        scores = cross_validate(rival, load(name))
        assert scores.sizes["country"] == 20
        return float(scores.mis.mean())

    return mean


@pytest.mark.parametrize(("name", "figure"), VANILLA.items())
def test_a_temperature_of_vanilla(
    macro: Callable[[str, Steerer], float], name: str, figure: float
) -> None:
    assert macro(name, Temperature("vanilla")) == pytest.approx(figure, abs=0.003)


@pytest.mark.parametrize(("name", "figure"), CONSENSUS.items())
def test_a_temperature_of_the_consensus(
    macro: Callable[[str, Steerer], float], name: str, figure: float
) -> None:
    assert macro(name, Temperature("consensus")) == pytest.approx(figure, abs=0.003)


@pytest.mark.parametrize(("name", "figure"), WEIGHT.items())
def test_a_temperature_and_a_weight(
    macro: Callable[[str, Steerer], float], name: str, figure: float
) -> None:
    assert macro(name, TemperatureWeight()) == pytest.approx(figure, abs=0.003)


@pytest.mark.parametrize("name", MODELS)
def test_an_offset_per_attribute_makes_all_models_alike(
    macro: Callable[[str, Steerer], float], name: str
) -> None:
    assert 0.072 <= macro(name, OffsetPerAttribute()) <= 0.080


def test_the_mean_of_the_other_countries(macro: Callable[[str, Steerer], float]) -> None:
    assert macro("phi-4", WorldMean()) == pytest.approx(0.074, abs=0.0005)
