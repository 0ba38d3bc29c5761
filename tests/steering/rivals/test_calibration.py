"""Offsets and lines by attribute."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from panels import Floats, averaged, figures, human, made_up, misalignment, sigmoid, toward_counted

from disca_nb.errors import InputError
from disca_nb.steering.rivals import AffinePerAttribute, OffsetPerAttribute, Training
from disca_nb.steering.rivals.calibration import _line

TRAIN = ["CHN", "KOR", "USA", "DEU", "BRA"]


def train_on(dataset: xr.Dataset, targets: xr.Dataset | None = None) -> Training:
    known = figures() if targets is None else targets
    return Training(dataset.sel(country=TRAIN), known)


def consensus(dataset: xr.Dataset) -> Floats:
    return toward_counted(dataset, dataset.persona_gap.values.mean(axis=-1))


def offset(dataset: xr.Dataset, logit: Floats, target: Floats) -> Floats:
    """Return, by bisection, the offsets by attribute that give the mean preferences."""
    low, high = np.full(6, -100.0), np.full(6, 100.0)
    for _ in range(80):
        middle = (low + high) / 2.0
        moved = logit + middle[[list(dict.fromkeys(NAMES)).index(x) for x in NAMES]]
        above = averaged(dataset, sigmoid(moved)).mean(axis=0) > target
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.asarray((low + high) / 2.0)


NAMES = made_up().category.values.tolist()


@pytest.mark.parametrize("scale", [1.0, 30.0, 0.01])
def test_mean_preferences_of_the_training_countries_equal_the_humans(scale: float) -> None:
    """Also where gaps saturate, so that the slope vanishes over wide ranges of an offset."""
    train = train_on(made_up())
    data = train.dataset.assign(persona_gap=train.dataset.persona_gap * scale)
    found = OffsetPerAttribute().fit(Training(data, train.targets))
    p = found.apply(data).p_spare.transpose("country", "scenario").values
    expected = human(train.targets, TRAIN).mean(axis=0)
    np.testing.assert_allclose(averaged(data, p).mean(axis=0), expected, atol=1e-8)


def test_offsets_are_those_of_bisection_and_the_temperature_is_a_search() -> None:
    train = train_on(made_up())
    targets = human(train.targets, TRAIN)
    found = OffsetPerAttribute().fit(train)
    assert isinstance(found, OffsetPerAttribute)
    gap, losses, offsets = consensus(train.dataset), [], []
    temperatures = 0.1 * 60000.0 ** (np.arange(60) / 59)
    for temperature in temperatures[::4]:
        offsets.append(offset(train.dataset, gap / temperature, targets.mean(axis=0)))
        moved = gap / temperature + np.tile(offsets[-1], 3)
        losses.append(misalignment(averaged(train.dataset, sigmoid(moved)), targets))
    assert found.temperature is not None
    own = np.tile(found.offsets, 3)
    p = sigmoid(gap / found.temperature + own)
    assert misalignment(averaged(train.dataset, p), targets) <= min(losses) + 1e-9
    near = offset(train.dataset, gap / found.temperature, targets.mean(axis=0))
    np.testing.assert_allclose(found.offsets, near, atol=1e-7)
    np.testing.assert_allclose(found.apply(train.dataset).p_spare, p, rtol=1e-12)


@pytest.mark.parametrize("extreme", [0.0, 1.0])
def test_humans_who_all_agree_can_be_followed(extreme: float) -> None:
    targets = figures()
    targets.human_preference.loc[{"attribute": "Age"}] = extreme
    found = OffsetPerAttribute().fit(train_on(made_up(), targets))
    p = found.apply(made_up()).p_spare.where(made_up().category == "Age")
    np.testing.assert_allclose(p.mean("scenario"), extreme, atol=1e-8)


def test_lines_are_least_squares() -> None:
    train = train_on(made_up())
    targets = human(train.targets, TRAIN)
    found = AffinePerAttribute().fit(train)
    assert isinstance(found, AffinePerAttribute)
    assert found.temperature is not None
    p = sigmoid(consensus(train.dataset) / found.temperature)
    model = averaged(train.dataset, p)
    for j, (intercept, slope) in enumerate(found.lines):
        expected = np.polyfit(model[:, j], targets[:, j], 1)
        np.testing.assert_allclose((slope, intercept), expected, rtol=1e-7)
    starts, slopes = (np.tile(row, 3) for row in np.array(found.lines).T)
    moved = np.clip(starts + slopes * p, 0.0, 1.0)
    np.testing.assert_allclose(found.apply(train.dataset).p_spare, moved, atol=1e-12)


def test_a_line_without_spread_is_flat() -> None:
    assert _line(np.array([0.5, 0.5]), np.array([0.2, 0.6])) == (0.4, 0.0)
    assert _line(np.array([0.5]), np.array([0.2])) == (0.2, 0.0)


def test_lines_never_leave_probabilities() -> None:
    train = train_on(made_up())
    steep = AffinePerAttribute(1.0, tuple(train.attributes), ((-5.0, 11.0),) * 6)
    p = steep.apply(made_up()).p_spare
    assert (p.min().item(), p.max().item()) == (0.0, 1.0)


def test_attributes_of_ones_own_are_fitted_too() -> None:
    names = ["Law", "Age", "Art"]
    dataset, targets = made_up(attributes=names), figures(attributes=names)
    for rival in (OffsetPerAttribute(), AffinePerAttribute()):
        found = rival.fit(train_on(dataset, targets))
        assert found.attributes == ("Age", "Law", "Art")  # type: ignore[attr-defined]
        assert found.apply(dataset).p_spare.notnull().all()


@pytest.mark.parametrize("rival", [OffsetPerAttribute(), AffinePerAttribute()])
def test_a_rival_must_be_fitted_first(rival: OffsetPerAttribute | AffinePerAttribute) -> None:
    with pytest.raises(InputError, match=f"The rival '{rival.name}' was not fitted"):
        rival.apply(made_up())


@pytest.mark.parametrize("rival", [OffsetPerAttribute(), AffinePerAttribute()])
def test_an_attribute_that_was_not_fitted_is_named(
    rival: OffsetPerAttribute | AffinePerAttribute,
) -> None:
    dataset = made_up()
    fitted = rival.fit(train_on(dataset.isel(scenario=dataset.category.values != "Age")))
    with pytest.raises(InputError, match="Nothing was learnt of the attribute 'Age'"):
        fitted.apply(dataset)
