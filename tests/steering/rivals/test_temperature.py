"""Rivals with one or two numbers, against loops over the same grids."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr
from panels import Floats, averaged, figures, human, made_up, misalignment, sigmoid, toward_counted

from disca_nb import steering
from disca_nb.errors import InputError, UnknownNameError
from disca_nb.metrics import hold_out
from disca_nb.steering.rivals import (
    Margin,
    Temperature,
    TemperatureMargin,
    TemperatureWeight,
    Training,
)
from disca_nb.steering.rivals.temperature import best, losses, lowest

TRAIN = ["CHN", "KOR", "USA", "DEU"]
T60 = [0.1 * 600.0 ** (i / 59) for i in range(60)]


def setting(dataset: xr.Dataset, logits: dict[Any, Floats], targets: Floats) -> Any:  # noqa: ANN401
    """Return the setting with the lowest mean misalignment."""
    found = {
        key: misalignment(averaged(dataset, sigmoid(logit)), targets)
        for key, logit in logits.items()
    }
    return min(found, key=found.__getitem__)


@pytest.fixture(scope="module")
def train() -> Training:
    return Training(made_up().sel(country=TRAIN), figures())


@pytest.mark.parametrize("source", ["vanilla", "debiased", "consensus"])
def test_a_temperature_is_a_search(train: Training, source: Any) -> None:  # noqa: ANN401
    dataset = train.dataset
    gap = {
        "vanilla": dataset.vanilla_gap.values,
        "debiased": dataset.base_gap.values,
        "consensus": dataset.persona_gap.values.mean(axis=-1),
    }[source]
    logits = {t: toward_counted(dataset, gap) / t for t in T60}
    expected = setting(dataset, logits, human(train.targets, TRAIN))
    found = Temperature(source).fit(train)
    assert isinstance(found, Temperature)
    assert found.temperature == pytest.approx(expected)
    decisions = found.apply(made_up(["JPN"], seed=9))
    gap = steering.rivals.gap_toward_counted(made_up(["JPN"], seed=9), source).values
    np.testing.assert_allclose(decisions.p_spare, sigmoid(gap / expected), rtol=1e-12)


def test_a_temperature_and_a_weight_are_a_search(train: Training) -> None:
    dataset = train.dataset
    base = toward_counted(dataset, dataset.base_gap.values)
    mean = toward_counted(dataset, dataset.persona_gap.values.mean(axis=-1))
    logits = {
        (w, t): (base + w * (mean - base)) / t for w in np.linspace(0.0, 1.5, 16) for t in T60
    }
    expected = setting(dataset, logits, human(train.targets, TRAIN))
    found = TemperatureWeight().fit(train)
    assert isinstance(found, TemperatureWeight)
    assert (found.weight, found.temperature) == pytest.approx(expected)
    own = found.apply(dataset).p_spare
    np.testing.assert_allclose(own, sigmoid(logits[expected]), rtol=1e-12)


def test_a_margin_is_a_search_on_the_gap_as_stored(train: Training) -> None:
    dataset = steering.divide_by_category(train.dataset, "disca")
    gap = toward_counted(dataset, dataset.base_gap.values)
    logits = {m: (gap + m) / 0.5 for m in np.linspace(-4.0, 4.0, 161)}
    expected = setting(dataset, logits, human(train.targets, TRAIN))
    found = Margin().fit(Training(dataset, train.targets))
    assert isinstance(found, Margin)
    assert found.margin == pytest.approx(expected)
    np.testing.assert_allclose(found.apply(dataset).p_spare, sigmoid(logits[expected]), rtol=1e-12)


def test_a_temperature_and_a_margin_are_a_search(train: Training) -> None:
    dataset = train.dataset
    gap = toward_counted(dataset, dataset.persona_gap.values.mean(axis=-1))
    logits = {(t, m): gap / t + m for t in T60 for m in np.linspace(-4.0, 4.0, 33)}
    expected = setting(dataset, logits, human(train.targets, TRAIN))
    found = TemperatureMargin().fit(train)
    assert isinstance(found, TemperatureMargin)
    assert (found.temperature, found.margin) == pytest.approx(expected)
    own = found.apply(dataset).p_spare
    np.testing.assert_allclose(own, sigmoid(logits[expected]), rtol=1e-12)


def test_the_temperature_that_made_the_figures_is_found() -> None:
    """Humans who answer as the model does at a temperature of the grid."""
    dataset, wanted = made_up(), T60[35]
    p = sigmoid(toward_counted(dataset, dataset.base_gap.values) / wanted)
    targets = figures()
    targets["human_preference"] = targets.human_preference.copy(data=averaged(dataset, p))
    found = Temperature("debiased").fit(Training(dataset, targets))
    assert isinstance(found, Temperature)
    assert found.temperature == pytest.approx(wanted)
    perfect = TemperatureWeight().fit(Training(dataset, targets))
    assert isinstance(perfect, TemperatureWeight)
    assert (perfect.weight, perfect.temperature) == pytest.approx((0.0, wanted))


def test_misalignments_by_hand() -> None:
    tables = np.array([[[0.3, 0.4], [0.0, 1.0]], [[0.0, 0.0], [0.6, 0.8]]])
    np.testing.assert_allclose(losses(tables, np.zeros((2, 2))), [0.75, 0.5])
    assert best(tables, np.zeros((2, 2))) == 1
    assert lowest(np.array([[2.0, 1.0], [1.0, np.nan]])) == 1


def test_without_a_misalignment_nothing_is_chosen() -> None:
    with pytest.raises(InputError, match="No setting has a misalignment"):
        lowest(np.array([np.nan, np.nan]))


def test_an_unknown_source_is_refused_at_once() -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown source 'base'; .*Known: vanilla"):
        Temperature("base")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "rival", [Temperature("vanilla"), TemperatureWeight(), Margin(), TemperatureMargin()]
)
def test_a_rival_must_be_fitted_first(rival: Any) -> None:  # noqa: ANN401
    with pytest.raises(InputError, match=f"The rival '{rival.name}' was not fitted; call its fit"):
        rival.apply(made_up())


@pytest.mark.parametrize(
    "rival", [Temperature("consensus"), TemperatureWeight(), TemperatureMargin()]
)
def test_a_gap_that_is_nan_is_named_by_every_fit(rival: Any) -> None:  # noqa: ANN401
    dataset = made_up()
    dataset.persona_gap[2, 5, 0] = np.nan
    with pytest.raises(InputError, match="scenario 's5' in KOR is nan although it counts"):
        hold_out(rival, dataset, figures(), train=TRAIN, test=["JPN"])
    dataset.status[2, 5] = 2
    assert hold_out(rival, dataset, figures(), train=TRAIN, test=["JPN"]).p_spare.notnull().all()
