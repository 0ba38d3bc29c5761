"""Small multiples by attribute."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from drawn import picture, scores_of, ticks, xs
from matplotlib.figure import Figure

from disca_nb.errors import InputError
from disca_nb.plots import describe_attributes, plot_attributes

mpl.use("agg")


@pytest.fixture(scope="module")
def scores() -> xr.Dataset:
    return scores_of(["alpha-7b"])


def test_countries_stand_by_their_humans_and_dots_at_the_preferences(scores: xr.Dataset) -> None:
    axes = plot_attributes(scores, figure=Figure())
    assert axes.shape == (6,)
    for ax, attribute in zip(axes, scores.attribute.values, strict=True):
        assert ax.get_title(loc="left") == attribute
        one = scores.sel(attribute=attribute).squeeze("model").sortby("human_preference")
        assert ticks(ax.get_yticklabels())[::-1] == one.country.values.tolist()
        assert ax.yaxis_inverted()
        np.testing.assert_array_equal(xs(ax, "humans")[::-1], one.human_preference)
        for label in ("vanilla", "consensus"):
            np.testing.assert_array_equal(xs(ax, label)[::-1], one.preference.sel(variant=label))
        assert set(xs(ax, "coin flip")) == {0.5}


def test_the_legend_is_that_of_the_whole_figure(scores: xr.Dataset) -> None:
    figure = Figure()
    plot_attributes(scores, figure=figure)
    assert all(ax.get_legend() is None for ax in figure.axes)
    (legend,) = figure.legends
    assert ticks(legend.get_texts()) == ["coin flip", "vanilla", "consensus", "humans"]


def test_the_text_has_ends_and_distances(scores: xr.Dataset) -> None:
    text = describe_attributes(scores)
    one = scores.squeeze("model")
    assert text.startswith("Preferences of alpha-7b and of the humans of 7 countries: Species ")
    for attribute in scores.attribute.values:
        cell = one.sel(attribute=attribute)
        human = cell.human_preference
        places = (human.values.argmin(), human.values.argmax())
        low, high = (human.isel(country=int(place)) for place in places)
        apart = abs(cell.preference - human).mean("country")
        assert (
            f"{attribute} humans {low.item():.3f} ({low.country.item()}) to {high.item():.3f} "
            f"({high.country.item()}), mean distance from them vanilla "
            f"{apart.sel(variant='vanilla').item():.3f}, consensus "
            f"{apart.sel(variant='consensus').item():.3f}, "
            f"coin flip {abs(human - 0.5).mean().item():.3f}"
        ) in text


@pytest.mark.parametrize("count", [1, 2, 4])
def test_any_number_of_attributes_has_its_panels(scores: xr.Dataset, count: int) -> None:
    figure = Figure()
    axes = plot_attributes(scores.isel(attribute=slice(count)), figure=figure)
    assert axes.shape == (count,)
    assert len(figure.axes) == count
    # The lowest of every column names its axis.
    assert sum(bool(ax.get_xlabel()) for ax in axes) == min(count, 3)
    assert picture(axes[0])


def test_a_part_of_a_figure_will_do(scores: xr.Dataset) -> None:
    figure = Figure(figsize=(12.0, 5.0), layout="constrained")
    left, right = figure.subfigures(1, 2, squeeze=False)[0]
    axes = plot_attributes(scores, figure=right)
    assert all(ax.figure is right for ax in axes)
    assert left.axes == []
    assert picture(axes[0])


def test_a_figure_without_a_layout_gets_one(scores: xr.Dataset) -> None:
    figure = Figure()
    plot_attributes(scores, figure=figure)
    assert figure.get_layout_engine() is not None
    own = Figure(layout="tight")
    engine = own.get_layout_engine()
    plot_attributes(scores, figure=own)
    assert own.get_layout_engine() is engine


def test_missing_scores_are_told(scores: xr.Dataset) -> None:
    holed = scores.assign(preference=scores.preference.where(scores.country != "JPN"))
    axes = plot_attributes(holed, figure=Figure())
    assert np.isnan(xs(axes[0], "vanilla")).sum() == 1
    assert "Some score is missing: JPN." in describe_attributes(holed)
    unmeasured = scores.assign(
        human_preference=scores.human_preference.where(scores.country != "USA")
    )
    assert "No human preferences: USA." in describe_attributes(unmeasured)
    assert "USA" not in ticks(plot_attributes(unmeasured, figure=Figure())[0].get_yticklabels())


def test_nothing_to_draw_is_refused(scores: xr.Dataset) -> None:
    with pytest.raises(InputError, match="7 countries have no score by any variant"):
        plot_attributes(scores.assign(preference=scores.preference * np.nan))
    with pytest.raises(InputError, match="7 countries without human preferences for all"):
        plot_attributes(scores.assign(human_preference=scores.human_preference * np.nan))
