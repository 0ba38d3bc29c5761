"""A choice among rivals inside the training countries."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
import xarray as xr
from panels import averaged, figures, human, made_up

from disca_nb.errors import InputError
from disca_nb.steering.rivals import (
    BestOf,
    Learns,
    OracleMargin,
    PushAlone,
    Steerer,
    Temperature,
    Training,
    WorldMean,
    chances,
)

TRAIN = ["BRA", "CHN", "DEU", "USA"]


@pytest.fixture(scope="module")
def train() -> Training:
    return Training(made_up().sel(country=TRAIN), figures())


def test_the_choice_is_a_loop(train: Training) -> None:
    rivals: tuple[Steerer, ...] = (PushAlone(), Temperature("vanilla"), WorldMean("all"))
    losses = []
    for rival in rivals:
        found = []
        for own in TRAIN:
            rest = [name for name in TRAIN if name != own]
            others = figures().drop_sel(country=own)
            fitted = rival.fit(Training(made_up().sel(country=rest), others))
            decided = fitted.apply(made_up().sel(country=[own]))
            p = decided.p_spare.transpose("country", "scenario").values
            found.append(np.linalg.norm(averaged(decided, p) - human(figures(), [own])))
        losses.append(np.mean(found))
    best = rivals[int(np.argmin(losses))]
    chosen = BestOf(rivals).fit(train)
    assert isinstance(chosen, BestOf)
    assert chosen.chosen == best.fit(train)
    last = BestOf(rivals[:2]).fit(train)
    assert isinstance(last, BestOf)
    assert last.chosen == rivals[int(np.argmin(losses[:2]))].fit(train)
    scored = made_up(["JPN"])
    expected = best.fit(train).apply(scored).p_spare
    np.testing.assert_array_equal(chosen.apply(scored).p_spare, expected)


@dataclass
class Hoarder:
    """A method that changes itself, and knows every country that it was ever fitted on."""

    kept: dict[str, float] = field(default_factory=dict)
    name: str = "hoarder"
    learns: Learns = "other countries"

    def fit(self, train: Training) -> Steerer:
        self.kept |= dict(zip(train.countries, train.human().mean(axis=1), strict=True))
        return self

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        own = self.kept.get(str(dataset.country.values[0]), 0.0)
        return chances(dataset, own + 0.0 * dataset.base_gap, self.name)


def test_what_a_rival_keeps_of_one_country_does_not_help_it_on_the_next(train: Training) -> None:
    hoarder = Hoarder()
    chosen = BestOf((hoarder, PushAlone())).fit(train)
    assert isinstance(chosen, BestOf)
    assert chosen.chosen == PushAlone()
    assert hoarder.kept == {}


def test_the_first_of_equals_is_chosen(train: Training) -> None:
    chosen = BestOf((PushAlone(0.3), PushAlone(0.3 + 1e-300))).fit(train)
    assert isinstance(chosen, BestOf)
    assert chosen.chosen == PushAlone(0.3)


def test_what_cannot_be_chosen_from_is_refused(train: Training) -> None:
    with pytest.raises(InputError, match="There is no rival to choose from"):
        BestOf(())
    with pytest.raises(InputError, match="'oracle-margin' is an oracle and would always be chosen"):
        BestOf((WorldMean(), OracleMargin()))
    with pytest.raises(InputError, match="There are 2 countries to choose on; at least 3"):
        BestOf((WorldMean(),)).fit(Training(train.dataset.isel(country=slice(2)), train.targets))
    with pytest.raises(InputError, match="The rival 'best-of' was not fitted"):
        BestOf((WorldMean(),)).apply(train.dataset)
