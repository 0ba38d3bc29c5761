"""Tiles of countries on a map of the world."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest
from make_tiles import dealt, spread

from disca_nb._data import data_path
from disca_nb.datasets import targets, tiles
from disca_nb.errors import InputError


def test_every_country_of_the_pack_has_one_tile() -> None:
    pack = json.loads(data_path("packs/en.json").read_text(encoding="utf-8"))
    assert sorted(tiles.world()) == sorted(pack["countries"])
    assert set(targets.moral_machine().country.values) <= set(tiles.world())


def test_no_two_countries_share_a_tile() -> None:
    assert Counter(tiles.world().values()).most_common(1)[0][1] == 1
    assert min(tile.column for tile in tiles.world().values()) >= 0
    assert min(tile.row for tile in tiles.world().values()) >= 0


@pytest.mark.parametrize(
    ("west", "east"),
    [
        *(("PRT", "ESP"), ("IRL", "GBR"), ("FRA", "DEU"), ("DEU", "POL"), ("POL", "UKR")),
        *(("USA", "PRT"), ("MEX", "CUB"), ("CHL", "BRA"), ("BRA", "NGA"), ("SEN", "ETH")),
        *(("MAR", "EGY"), ("EGY", "IRN"), ("PAK", "IND"), ("IND", "CHN"), ("CHN", "JPN")),
        *(("THA", "PHL"), ("AUS", "NZL"), ("TUR", "IRN"), ("KOR", "JPN"), ("NAM", "MOZ")),
    ],
)
def test_countries_in_the_west_stand_to_the_left(west: str, east: str) -> None:
    assert tiles.world()[west].column < tiles.world()[east].column


@pytest.mark.parametrize(
    ("north", "south"),
    [
        *(("CAN", "USA"), ("USA", "MEX"), ("MEX", "PER"), ("COL", "CHL"), ("NOR", "DNK")),
        *(("SWE", "ITA"), ("DEU", "ITA"), ("ITA", "TUN"), ("DZA", "NGA"), ("EGY", "KEN")),
        *(("KEN", "ZAF"), ("RUS", "CHN"), ("CHN", "VNM"), ("IND", "LKA"), ("JPN", "AUS")),
    ],
)
def test_countries_in_the_north_stand_higher(north: str, south: str) -> None:
    assert tiles.world()[north].row < tiles.world()[south].row


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("KOR", "JPN"),
        ("DEU", "AUT"),
        ("ARG", "URY"),
        ("USA", "CAN"),
        ("KEN", "UGA"),
        ("IND", "NPL"),
    ],
)
def test_neighbours_stand_near_each_other(one: str, other: str) -> None:
    here, there = tiles.world()[one], tiles.world()[other]
    assert max(abs(here.column - there.column), abs(here.row - there.row)) <= 3


def test_countries_without_a_tile_are_left_out() -> None:
    found = tiles.of_countries(["ATL", "JPN"])
    assert found == {"JPN": tiles.world()["JPN"]}
    assert tiles.of_countries("JPN") == found
    with pytest.raises(InputError, match="countries is 5; give a name"):
        tiles.of_countries(5)  # type: ignore[arg-type]


def test_the_shipped_map_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        tiles.world()["JPN"] = tiles.Tile(0, 0)  # type: ignore[index]


def test_places_are_dealt_out_with_the_least_moves() -> None:
    x, y = np.array([3.0, 3.0, 9.0]), np.array([4.0, 4.0, 2.0])
    columns, rows = dealt(x, y)
    assert (columns[2], rows[2]) == (9, 2)
    moved = np.abs(columns - x) + np.abs(rows - y)
    assert sorted(moved) == [0.0, 0.0, 1.0]


def test_degrees_are_moved_towards_their_ranks() -> None:
    degrees = np.array([0.0, 1.0, 10.0])
    np.testing.assert_allclose(spread(degrees, 0.0), [0.0, 0.1, 1.0])
    np.testing.assert_allclose(spread(degrees, 1.0), [0.0, 0.5, 1.0])
    np.testing.assert_allclose(spread(degrees, 0.5), [0.0, 0.3, 1.0])
