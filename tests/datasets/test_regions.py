"""Regions of countries by M49."""

from __future__ import annotations

import pytest

from disca_nb.datasets import targets
from disca_nb.datasets.regions import LEVELS, Level, neighbours, of_countries
from disca_nb.errors import UnknownNameError


@pytest.mark.parametrize("level", LEVELS)
def test_every_country_with_a_target_has_a_region(level: Level) -> None:
    names = targets.moral_machine().country.values.tolist()
    assert all(of_countries(names, level=level).values())


def test_levels_are_nested() -> None:
    names = targets.moral_machine().country.values.tolist()
    for wide, narrow in (("region", "subregion"), ("subregion", "finest")):
        outer, inner = (of_countries(names, level=level) for level in (wide, narrow))  # type: ignore[arg-type]
        holders = {(inner[name], outer[name]) for name in names}
        assert len(holders) == len({region for region, _ in holders})


@pytest.mark.parametrize(
    ("country", "region", "subregion", "finest"),
    [
        ("JPN", "Asia", "Eastern Asia", "Eastern Asia"),
        ("BRA", "Americas", "Latin America and the Caribbean", "South America"),
        ("MEX", "Americas", "Latin America and the Caribbean", "Central America"),
        ("ETH", "Africa", "Sub-Saharan Africa", "Eastern Africa"),
        ("DEU", "Europe", "Western Europe", "Western Europe"),
    ],
)
def test_regions_are_those_of_the_standard(
    country: str, region: str, subregion: str, finest: str
) -> None:
    found = [of_countries([country], level=level)[country] for level in LEVELS]
    assert found == [region, subregion, finest]


def test_a_country_that_is_not_known_has_no_region_and_no_neighbours() -> None:
    assert of_countries(["ATL", "JPN"]) == {"ATL": "", "JPN": "Eastern Asia"}
    assert neighbours("ATL", ["JPN", "XYZ"]) == []
    assert neighbours("JPN", ["ATL", "CHN"]) == ["CHN"]


def test_neighbours_stand_in_the_order_given_and_without_oneself() -> None:
    assert neighbours("JPN", ["KOR", "USA", "JPN", "CHN"]) == ["KOR", "CHN"]
    assert neighbours("MEX", ["BRA", "USA"], level="region") == ["BRA", "USA"]
    assert neighbours("MEX", ["BRA", "USA"], level="finest") == []


def test_a_text_is_one_country_and_not_its_letters() -> None:
    assert of_countries("JPN") == {"JPN": "Eastern Asia"}
    assert neighbours("JPN", "CHN") == ["CHN"]


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown level 'continent'; .*region"):
        of_countries(["JPN"], level="continent")  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="continent"):
        neighbours("JPN", ["CHN"], level="continent")  # type: ignore[arg-type]
