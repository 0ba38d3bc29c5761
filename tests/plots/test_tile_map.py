"""The tile map of the world."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from drawn import legend, scores_of
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection, PathCollection
from matplotlib.figure import Figure

from disca_nb.datasets import targets, tiles
from disca_nb.errors import InputError, UnknownNameError
from disca_nb.plots import describe_tile_map, plot_tile_map
from disca_nb.plots._cells import number

mpl.use("agg")


@pytest.fixture(scope="module")
def scores() -> xr.Dataset:
    return scores_of(["alpha-7b"]).sel(variant="consensus")


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(12.0, 7.0)).subplots()


def squares(ax: Axes) -> list[PatchCollection]:
    """Return outlines, and squares with a value."""
    return [each for each in ax.collections if isinstance(each, PatchCollection)]


def middles(collection: PatchCollection) -> list[tuple[int, int]]:
    boxes = [path.get_extents() for path in collection.get_paths()]
    return [(round((b.x0 + b.x1) / 2), round((b.y0 + b.y1) / 2)) for b in boxes]


def test_every_country_stands_on_its_tile_with_its_value(scores: xr.Dataset, ax: Axes) -> None:
    plot_tile_map(scores, ax=ax)
    outlined, valued = squares(ax)
    order = scores.mis.squeeze("model")
    order = order.isel(country=np.argsort(order.values))
    np.testing.assert_array_equal(np.asarray(valued.get_array()), order)
    world = tiles.world()
    assert middles(valued) == [tuple(world[name]) for name in order.country.values]
    assert len(middles(outlined)) == 197 - 7
    assert not set(middles(outlined)) & set(middles(valued))
    texts = {text.get_text(): text for text in ax.texts}
    for country in order.country.values:
        x, y = texts[country].get_position()
        assert (round(x), round(y)) == tuple(world[country])
    values = [number(value) for value in order.values]
    assert [text.get_text() for text in ax.texts][7:] == values
    assert ax.yaxis_inverted()


def test_values_stand_out_from_their_squares(scores: xr.Dataset, ax: Axes) -> None:
    plot_tile_map(scores, ax=ax)
    _, valued = squares(ax)
    values = np.asarray(valued.get_array())
    for text, value in zip(ax.texts, [*values, *values], strict=True):
        colour = np.mean(valued.to_rgba(value)[:3])
        assert abs(colour - np.mean(mpl.colors.to_rgb(text.get_color()))) > 0.35


def test_small_maps_have_no_letters(scores: xr.Dataset) -> None:
    small = plot_tile_map(scores, ax=Figure(figsize=(4.0, 2.5)).subplots())
    assert not small.texts
    assert len(squares(small)) == 2


def test_misalignment_is_marked_against_its_floors(scores: xr.Dataset, ax: Axes) -> None:
    plot_tile_map(scores, ax=ax)
    worse = scores.mis.squeeze("model") > scores.mis_coin_flip.squeeze("model")
    (crosses,) = [
        each
        for each in ax.collections
        if isinstance(each, PathCollection) and each.get_gid() == "worse"
    ]
    world = tiles.world()
    expected = {world[name] for name in scores.country.values[worse.values]}
    offsets = np.asarray(crosses.get_offsets())
    assert {(round(x - 0.34), round(y + 0.34)) for x, y in offsets} == expected
    text = describe_tile_map(scores)
    assert f"worse than a coin flip in {int(worse.sum())} and" in text
    assert f"coin flip {scores.mis_coin_flip.mean().item():.3f}" in text
    assert "no value" in legend(ax)
    assert "worse than a coin flip" in legend(ax)


def test_any_values_by_country_can_be_drawn(ax: Axes) -> None:
    human = targets.moral_machine().human_preference.sel(attribute="Age")
    plot_tile_map(human, ax=ax)
    outlined, valued = squares(ax)
    assert len(middles(valued)) == 196
    assert len(middles(outlined)) == 1
    assert legend(ax) == ["no value"]
    text = describe_tile_map(human)
    low = human.isel(country=int(human.argmin()))
    assert text.startswith(
        "World tile map of 196 countries, values by country, Age: share of human"
    )
    assert f"lowest {low.country.item()} {low.item():.3f}, " in text
    assert "Floors" not in text


def test_another_variable_of_scores_can_be_drawn(scores: xr.Dataset, ax: Axes) -> None:
    plot_tile_map(scores, variable="mis_coin_flip", ax=ax)
    np.testing.assert_array_equal(
        np.asarray(squares(ax)[1].get_array()), np.sort(scores.mis_coin_flip.values.ravel())
    )
    age = scores.sel(attribute="Age")
    text = describe_tile_map(age, variable="preference")
    assert "alpha-7b, Age: mean probability of sparing the counted side, mean 0." in text


def test_scales_can_be_set(scores: xr.Dataset, ax: Axes) -> None:
    plot_tile_map(scores, ax=ax, limits=(0.0, 2.0))
    assert squares(ax)[1].get_clim() == (0.0, 2.0)
    own = plot_tile_map(scores, ax=Figure().subplots())
    assert squares(own)[1].get_clim() == (scores.mis.min(), scores.mis.max())
    one = plot_tile_map(scores.sel(country="JPN"), ax=Figure().subplots())
    low, high = squares(one)[1].get_clim()
    assert low < scores.mis.sel(country="JPN").item() < high
    with pytest.raises(InputError, match=r"limits is \(1, 0\); give a lower and an upper end"):
        plot_tile_map(scores, limits=(1, 0))


def test_what_has_no_tile_or_value_is_told(scores: xr.Dataset, ax: Axes) -> None:
    names = ["ATL", *scores.country.values[1:]]
    strange = scores.assign_coords(country=names)
    strange = strange.assign(mis=strange.mis.where(strange.country != "CHN"))
    plot_tile_map(strange, ax=ax)
    assert len(middles(squares(ax)[1])) == 5
    text = describe_tile_map(strange)
    assert "No tile: ATL." in text
    assert "No value: CHN." in text


def test_what_cannot_be_drawn_is_refused(scores: xr.Dataset) -> None:
    with pytest.raises(InputError, match=r"None of ATL has a value and a tile; tiles are of ISO"):
        plot_tile_map(scores.isel(country=[0]).assign_coords(country=["ATL"]))
    with pytest.raises(InputError, match=r"several attributes \(Species, .*\.sel\(attribute=…\)"):
        plot_tile_map(scores, variable="preference")
    with pytest.raises(UnknownNameError, match="Unknown variable 'miss'; did you mean 'mis'"):
        plot_tile_map(scores, variable="miss")
    with pytest.raises(InputError, match="lacks 'country'"):
        plot_tile_map(xr.DataArray(1.0))
    with pytest.raises(InputError, match=r"'word' holds .*; a map needs numbers"):
        plot_tile_map(xr.DataArray(["a"], {"country": ["JPN"]}, "country", name="word"))
