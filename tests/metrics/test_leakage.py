"""No method sees the country that it is scored on: by perturbation, and by planted leaks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
import xarray as xr
from panels import COUNTRIES, figures, made_up

from disca_nb.datasets import targets as shipped
from disca_nb.datasets.ledger import note_reads
from disca_nb.errors import LeakageError
from disca_nb.metrics import alignment, cross_validate, hold_out
from disca_nb.metrics.held_out import Folds, HeldOut
from disca_nb.steering.rivals import (
    AffinePerAttribute,
    BestOf,
    Deviation,
    Learns,
    Margin,
    OffsetPerAttribute,
    OracleMargin,
    OracleTemperature,
    RegionMean,
    Shrinkage,
    Steerer,
    Temperature,
    TemperatureMargin,
    TemperatureWeight,
    Training,
    WorldMean,
    chances,
    gap_toward_counted,
)

LEARNING: list[Steerer] = [
    *(Temperature("vanilla"), Temperature("debiased"), Temperature("consensus")),
    *(TemperatureWeight(), Margin(), TemperatureMargin()),
    *(OffsetPerAttribute(), AffinePerAttribute(), Deviation("world"), Deviation("region")),
    *(WorldMean(), WorldMean("all"), RegionMean(), RegionMean("all")),
    BestOf((Temperature("vanilla"), RegionMean("all"))),
]
# Also a country that nobody was asked about, of the region of three that were.
KNOWN = (*COUNTRIES, "MNG")
EASTERN_ASIA = ["JPN", "CHN", "KOR"]


def held_out(rival: Steerer, targets: xr.Dataset, folds: Folds) -> xr.DataArray:
    """Return the decisions for countries held out, which no figure of their own may move."""
    return HeldOut(made_up(), targets, folds=folds)(rival)["p_spare"]


def moved(country: str) -> xr.Dataset:
    """Return the figures with those of one country far from where they were."""
    targets = figures(KNOWN)
    before = targets.human_preference
    after = before.where(targets.country != country, 1.0 - 0.1 * before)
    return targets.assign(human_preference=after.transpose("country", "attribute"))


@pytest.mark.parametrize("folds", ["country", "region"])
@pytest.mark.parametrize("rival", LEARNING, ids=lambda rival: rival.name)
def test_ones_own_figures_change_no_bit_of_ones_decisions(rival: Steerer, folds: Folds) -> None:
    before = held_out(rival, figures(KNOWN), folds)
    after = held_out(rival, moved("JPN"), folds)
    closed = EASTERN_ASIA if folds == "region" else ["JPN"]
    np.testing.assert_array_equal(after.sel(country=closed), before.sel(country=closed))
    others = [name for name in COUNTRIES if name not in closed]
    assert not np.array_equal(after.sel(country=others), before.sel(country=others))


@pytest.mark.parametrize("rival", [WorldMean("all"), RegionMean("all")], ids=lambda x: x.name)
def test_a_neighbour_that_was_not_asked_is_left_out_with_its_region(rival: Steerer) -> None:
    for folds, same in (("region", True), ("country", False)):
        before, after = (
            held_out(rival, each, folds).sel(country=EASTERN_ASIA)  # type: ignore[arg-type]
            for each in (figures(KNOWN), moved("MNG"))
        )
        assert np.array_equal(before, after) is same


@pytest.mark.parametrize("oracle", [OracleTemperature(), OracleMargin()], ids=lambda x: x.name)
def test_an_oracle_sees_its_own_country_and_no_other(oracle: Steerer) -> None:
    before, after = (held_out(oracle, each, "country") for each in (figures(KNOWN), moved("JPN")))
    others = list(COUNTRIES[1:])
    assert not np.array_equal(before.sel(country="JPN"), after.sel(country="JPN"))
    np.testing.assert_array_equal(before.sel(country=others), after.sel(country=others))


def test_what_learns_nothing_is_given_nothing() -> None:
    seen: list[Training] = []
    cross_validate(Planted(fits=seen.append, learns="nothing"), made_up(), figures())
    assert [each.countries for each in seen] == [[]]
    assert [each.targets.sizes["country"] for each in seen] == [0]


@pytest.mark.parametrize("folds", ["country", "region"])
def test_a_fit_is_given_neither_gaps_nor_figures_of_the_fold(folds: Folds) -> None:
    dataset = made_up().assign(human_preference=figures().human_preference)
    seen: list[Training] = []
    tested: list[xr.Dataset] = []
    planted = Planted(fits=seen.append, applies=tested.append)
    cross_validate(planted, dataset.drop_dims("attribute"), figures(KNOWN), folds=folds)
    assert len(seen) == len(tested) == (7 if folds == "country" else 4)
    for train, test in zip(seen, tested, strict=True):
        names = set(test.country.values.tolist())
        closed = {*EASTERN_ASIA, "MNG"} if folds == "region" and "JPN" in names else names
        assert set(train.countries) == set(COUNTRIES) - names
        assert set(train.targets.country.values.tolist()) == set(KNOWN) - closed


def test_human_figures_in_a_dataset_reach_no_method() -> None:
    dataset = made_up()
    scores = alignment(Shrinkage().apply(dataset), figures())
    both = dataset.assign(human_preference=scores.human_preference)
    both["human_preference_se"] = scores.human_preference_se
    seen: list[xr.Dataset] = []
    cross_validate(Planted(applies=seen.append), both, figures())
    assert not any("human" in str(name) for each in seen for name in each.variables)


@dataclass(frozen=True)
class Planted:
    """A method that does what it is told while it is fitted and while it is applied."""

    fits: Callable[[Training], object] = lambda _: None
    applies: Callable[[xr.Dataset], object] = lambda _: None
    learns: Learns = "other countries"
    name: str = "planted"

    def __deepcopy__(self, memo: object) -> Planted:
        return self  # the lists of what was seen are the test's

    def fit(self, train: Training) -> Steerer:
        self.fits(train)
        return self

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        self.applies(dataset)
        return chances(dataset, 0.5 + 0.0 * dataset.base_gap, self.name)


def read_all(_: object) -> None:
    shipped.moral_machine()


def read_neighbour(_: object) -> None:
    shipped.moral_machine("MNG")


def read_tested(dataset: xr.Dataset) -> None:
    shipped.moral_machine(dataset.country.values.tolist())


def score(dataset: xr.Dataset) -> None:
    alignment(dataset.assign(p_spare=0.5 + 0.0 * dataset.base_gap))


def refused(rival: Steerer, named: str, folds: Folds = "country") -> None:
    sentence = re.compile(
        rf"The method 'planted' read the human figures of ({named}), which were closed to it "
        r"until it was scored; let it read `train` alone and say what it learns\."
    )
    with pytest.raises(LeakageError) as caught:
        cross_validate(rival, made_up(), figures(), folds=folds)
    assert sentence.fullmatch(str(caught.value))


def test_reading_the_shipped_figures_in_a_fit_is_refused() -> None:
    refused(Planted(fits=read_all), "JPN")


@pytest.mark.parametrize("leak", [read_all, read_tested, score])
def test_reading_figures_where_decisions_are_made_is_refused(
    leak: Callable[[xr.Dataset], None],
) -> None:
    refused(Planted(applies=leak), "JPN")


@pytest.mark.parametrize("leak", ["fits", "applies"])
def test_reading_anything_is_refused_to_what_learns_nothing(leak: str) -> None:
    """Also figures of a country that is neither scored nor among the targets given."""
    refused(Planted(learns="nothing", **{leak: read_all}), "[A-Z]{3}")  # type: ignore[arg-type]
    refused(Planted(learns="nothing", **{leak: read_neighbour}), "MNG")  # type: ignore[arg-type]


def test_a_neighbour_is_closed_where_regions_are_left_out() -> None:
    refused(Planted(fits=read_neighbour), "MNG", "region")
    cross_validate(Planted(fits=read_neighbour), made_up(), figures())  # not to single countries


def test_the_pool_is_open_but_for_the_fold() -> None:
    """A table of one's own beside it is noted, if it says so."""
    planted = Planted(fits=lambda train: train.pool())
    cross_validate(planted, made_up(), figures(KNOWN))
    cross_validate(planted, made_up(), figures(KNOWN), folds="region")

    def beside(train: Training) -> None:
        train.pool()
        note_reads({*COUNTRIES} - {*train.countries})

    refused(Planted(fits=beside), "CHN", "region")


def test_an_own_pool_of_everyone_is_refused() -> None:
    everyone = figures(KNOWN)
    planted = Planted(fits=lambda train: Training(train.dataset, everyone).pool())
    refused(planted, "JPN")
    refused(planted, "CHN", "region")


def test_an_oracle_may_read_what_it_says() -> None:
    scores = cross_validate(Planted(applies=read_tested, learns="own country"), made_up())
    assert scores.attrs["targets_touched"] == "own country (oracle)"


@dataclass
class Hoarder:
    """A method that changes itself: every fit keeps the figures of all fits before it."""

    kept: dict[str, float] = field(default_factory=dict)
    name: str = "hoarder"
    learns: Learns = "other countries"

    def fit(self, train: Training) -> Steerer:
        self.kept |= dict(zip(train.countries, train.human()[:, 0], strict=True))
        return self

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        own = float(np.mean([self.kept.get(str(x), 0.0) for x in dataset.country.values]))
        return chances(dataset, own + 0.0 * dataset.base_gap, self.name)


def test_a_method_that_changes_itself_forgets_between_folds() -> None:
    hoarder = Hoarder()
    scores = cross_validate(hoarder, made_up(), figures())
    assert (scores.preference == 0.0).all()
    assert hoarder.kept == {}


def test_a_country_cannot_be_fitted_on_and_scored() -> None:
    for rival in (WorldMean(), Temperature("vanilla"), Planted(learns="nothing")):
        with pytest.raises(LeakageError, match=r"^USA is among the countries to fit on and the on"):
            hold_out(rival, made_up(), figures(), train=["JPN", "USA"], test=["USA", "BRA"])
    oracle = hold_out(OracleMargin(), made_up(), figures(), train="USA", test="USA")
    gap = gap_toward_counted(made_up(["USA"]), "vanilla")
    assert oracle.p_spare.shape == gap.shape


def test_holding_out_refuses_the_same_leaks() -> None:
    options = {"train": ["JPN", "USA"], "test": ["BRA"]}
    for leak in (Planted(fits=read_all), Planted(applies=read_tested)):
        with pytest.raises(LeakageError, match="read the human figures of BRA"):
            hold_out(leak, made_up(), figures(), **options)  # type: ignore[arg-type]
    planted = Planted(fits=read_neighbour, learns="nothing")
    with pytest.raises(LeakageError, match="read the human figures of MNG"):
        hold_out(planted, made_up(), figures(), **options)  # type: ignore[arg-type]


def test_figures_of_countries_that_are_neither_may_be_missing() -> None:
    targets = figures().drop_sel(country=["DEU", "MEX"])
    found = hold_out(WorldMean(), made_up(), targets, train=["USA", "BRA"], test=["JPN"])
    assert found.country.values.tolist() == ["JPN"]


def test_a_fit_may_cross_validate_on_what_it_is_given() -> None:
    """Ledgers nest, so that choosing by an inner cross-validation is no leak."""

    def choose(train: Training) -> None:
        cross_validate(WorldMean("all"), train.dataset, train.targets)

    cross_validate(Planted(fits=choose), made_up(), figures(KNOWN), folds="region")
    with pytest.raises(LeakageError, match="'planted' read the human figures of JPN"):
        cross_validate(
            Planted(fits=lambda train: cross_validate(WorldMean(), train.dataset)),
            made_up(),
            figures(KNOWN),
        )
