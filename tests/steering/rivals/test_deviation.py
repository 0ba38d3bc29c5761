"""A mean of humans and a share of the model's deviation, against a loop."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from panels import averaged, figures, human, made_up, sigmoid, toward_counted

from disca_nb.errors import InputError, UnknownNameError
from disca_nb.metrics import cross_validate, hold_out
from disca_nb.steering.rivals import Deviation, RegionMean, Temperature, Training, WorldMean
from disca_nb.steering.rivals.means import region_means

TRAIN = ["CHN", "KOR", "USA", "DEU", "BRA"]


@pytest.mark.parametrize("around", ["world", "region"])
def test_the_share_is_least_squares_over_leave_one_out_deviations(
    around: Literal["world", "region"],
) -> None:
    dataset, targets = made_up(), figures()
    train = Training(dataset.sel(country=TRAIN), targets)
    found = Deviation(around).fit(train)
    assert isinstance(found, Deviation)
    temperature = Temperature("consensus").fit(train)
    assert isinstance(temperature, Temperature)
    assert found.temperature == temperature.temperature

    def model(names: list[str]) -> np.ndarray:
        own = dataset.sel(country=names)
        gap = toward_counted(own, own.persona_gap.values.mean(axis=-1))
        return averaged(own, sigmoid(gap / found.temperature))

    table, values = model(TRAIN), human(targets, TRAIN)
    x, y = [], []
    for i in range(len(TRAIN)):
        rest = [j for j in range(len(TRAIN)) if j != i]
        mean = values[rest].mean(axis=0)
        if around == "region":
            others = tuple(TRAIN[j] for j in rest)
            mean = region_means([TRAIN[i]], others, values[rest], np.ones((4, 6)))[0]
        x.append(table[i] - table[rest].mean(axis=0))
        y.append(values[i] - mean)
    slope = np.sum(np.multiply(x, y)) / np.sum(np.square(x))
    assert found.slope == pytest.approx(slope, rel=1e-9)

    rival = WorldMean() if around == "world" else RegionMean()
    mean = averaged(
        dataset.sel(country=["JPN"]),
        rival.fit(train).apply(dataset.sel(country=["JPN"])).p_spare.values,
    )
    expected = np.clip(mean + slope * (model(["JPN"]) - table.mean(axis=0)), 0.0, 1.0)
    decided = found.apply(dataset.sel(country=["JPN"]))
    p = decided.p_spare.transpose("country", "scenario").values
    np.testing.assert_allclose(averaged(decided, p), expected, rtol=1e-9)


def test_a_model_that_deviates_as_humans_do_is_followed() -> None:
    """Humans who answer as the consensus does at a temperature of the grid: share 1, error 0."""
    dataset, targets = made_up(), figures()
    gap = toward_counted(dataset, dataset.persona_gap.values.mean(axis=-1))
    p = averaged(dataset, sigmoid(gap / (0.1 * 600.0 ** (35 / 59))))
    targets["human_preference"] = targets.human_preference.copy(data=p)
    assert cross_validate(Deviation(), dataset, targets).mis.max() < 1e-12


def test_a_single_country_teaches_no_share() -> None:
    dataset, targets = made_up(), figures()
    for around, mean in (("world", WorldMean()), ("region", RegionMean())):
        rival = Deviation(around)  # type: ignore[arg-type]
        found, expected = (
            hold_out(each, dataset, targets, train="USA", test="JPN") for each in (rival, mean)
        )
        np.testing.assert_allclose(found.p_spare, expected.p_spare)


def test_a_lone_region_can_be_learnt_from() -> None:
    """With regions left out, the fold of Eastern Asia has one country to learn from."""
    dataset, targets = made_up(["JPN", "CHN", "USA"]), figures()
    scores = cross_validate(Deviation("region"), dataset, targets, folds="region")
    assert scores.mis.notnull().all()


def test_attributes_are_matched_by_name() -> None:
    dataset, targets = made_up(), figures()
    fitted = Deviation().fit(Training(dataset.sel(country=TRAIN), targets))
    fewer = dataset.sel(country=["JPN"])
    fewer = fewer.isel(scenario=np.isin(fewer.category.values, ["Fitness", "Gender"]))
    whole = fitted.apply(dataset.sel(country=["JPN"])).p_spare.sel(scenario=fewer.scenario.values)
    np.testing.assert_array_equal(fitted.apply(fewer).p_spare, whole)
    other = fewer.assign_coords(category=fewer.category.str.replace("Gender", "Law"))
    with pytest.raises(InputError, match="Nothing was learnt of the attribute 'Law'"):
        fitted.apply(other)


def test_it_must_be_fitted_first_and_around_something() -> None:
    with pytest.raises(InputError, match="'region-mean-deviation' was not fitted"):
        Deviation("region").apply(made_up())
    with pytest.raises(UnknownNameError, match=r"Unknown mean 'continent'; .*world, region"):
        Deviation("continent")  # type: ignore[arg-type]
