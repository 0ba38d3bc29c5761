"""Dumbbells of one country's preferences."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from drawn import legend, lines, scores_of, ticks, xs, ys
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from disca_nb.plots import describe_dumbbell, plot_dumbbell

mpl.use("agg")


@pytest.fixture(scope="module")
def scores() -> xr.Dataset:
    return scores_of(["alpha-7b"])


@pytest.fixture
def ax() -> Axes:
    return Figure().subplots()


def test_dots_stand_at_the_preferences(scores: xr.Dataset, ax: Axes) -> None:
    plot_dumbbell(scores, country="KOR", ax=ax)
    one = scores.sel(country="KOR").squeeze("model")
    assert ticks(ax.get_yticklabels()) == scores.attribute.values.tolist()
    assert ax.yaxis_inverted()
    for label in ("vanilla", "consensus"):
        np.testing.assert_array_equal(xs(ax, label), one.preference.sel(variant=label))
    np.testing.assert_array_equal(xs(ax, "humans ± standard error"), one.human_preference)
    others = scores.human_preference.squeeze("model").drop_sel(country="KOR").mean("country")
    np.testing.assert_allclose(xs(ax, "other countries' mean"), others)


def test_lines_lead_from_the_humans_to_each_variant(scores: xr.Dataset, ax: Axes) -> None:
    plot_dumbbell(scores, country="KOR", ax=ax)
    one = scores.sel(country="KOR").squeeze("model")
    joins = [each for each in ax.collections if isinstance(each, LineCollection)][:2]
    for join, label in zip(joins, ("vanilla", "consensus"), strict=True):
        ends = np.array([segment[:, 0] for segment in join.get_segments()])
        np.testing.assert_array_equal(ends[:, 0], one.human_preference)
        np.testing.assert_array_equal(ends[:, 1], one.preference.sel(variant=label))
        heights = np.array([segment[0, 1] for segment in join.get_segments()])
        np.testing.assert_array_equal(heights, ys(ax, label))
    assert not np.isclose(ys(ax, "vanilla"), ys(ax, "consensus")).any()


def test_bars_are_a_standard_error_to_either_side(scores: xr.Dataset, ax: Axes) -> None:
    plot_dumbbell(scores, country="KOR", ax=ax)
    one = scores.sel(country="KOR").squeeze("model")
    (container,) = ax.containers
    (bars,) = container.lines[2]  # type: ignore[attr-defined]
    ends = np.array([segment[:, 0] for segment in bars.get_segments()])
    se = one.human_preference_se.values
    np.testing.assert_allclose(ends[:, 1] - ends[:, 0], 2 * se)
    text = describe_dumbbell(scores, country="KOR")
    assert f"standard errors are {se.min():.3f} to {se.max():.3f}." in text


def test_figures_without_errors_or_neighbours_have_neither(scores: xr.Dataset, ax: Axes) -> None:
    alone = scores.sel(country=["JPN"]).drop_vars("human_preference_se")
    plot_dumbbell(alone, ax=ax)
    assert legend(ax) == ["coin flip", "vanilla", "consensus", "humans"]
    assert not ax.containers
    text = describe_dumbbell(alone)
    assert "standard error" not in text
    assert "other countries" not in text


def test_unknown_errors_are_not_drawn(scores: xr.Dataset, ax: Axes) -> None:
    unknown = scores.assign(human_preference_se=scores.human_preference_se * np.nan)
    plot_dumbbell(unknown, country="JPN", ax=ax)
    assert "standard error" not in describe_dumbbell(unknown, country="JPN")
    assert "humans" in legend(ax)


def test_the_text_counts_where_steering_is_closer(scores: xr.Dataset) -> None:
    one = scores.sel(country="KOR").squeeze("model")
    apart = abs(one.preference - one.human_preference)
    closer = (apart.sel(variant="consensus") < apart.sel(variant="vanilla")).sum().item()
    text = describe_dumbbell(scores, country="KOR")
    assert text.startswith("How far alpha-7b is from the humans of KOR: Species humans 0.")
    assert f"Closer than vanilla: consensus on {closer} of 6 attributes." in text
    bare = describe_dumbbell(scores.sel(variant="consensus"), country="KOR")
    assert "Closer" not in bare


def test_unnamed_scores_are_drawn_as_scores(scores: xr.Dataset, ax: Axes) -> None:
    plot_dumbbell(scores.sel(variant="consensus", drop=True), country="JPN", ax=ax)
    values = scores.preference.sel(variant="consensus", country="JPN").squeeze("model")
    np.testing.assert_array_equal(xs(ax, "scores"), values)


def test_the_coin_flip_is_a_line_at_one_half(scores: xr.Dataset, ax: Axes) -> None:
    plot_dumbbell(scores, country="JPN", ax=ax)
    assert set(np.asarray(lines(ax)["coin flip"].get_xdata())) == {0.5}
