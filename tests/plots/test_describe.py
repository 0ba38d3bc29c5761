"""The text of a figure is kept beside its axes."""

from __future__ import annotations

import gc

import matplotlib as mpl
import pytest
import xarray as xr
from matplotlib.figure import Figure

import disca_nb
from disca_nb.datasets import demo_panel
from disca_nb.errors import InputError
from disca_nb.metrics import placebo, waterfall
from disca_nb.plots import (
    _alt,
    describe,
    describe_mis,
    describe_placebo,
    describe_waterfall,
    plot_mis,
    plot_placebo,
    plot_waterfall,
)

mpl.use("agg")


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    return demo_panel(["BRA", "JPN", "USA"]).isel(scenario=slice(None, None, 8))


@pytest.fixture(scope="module")
def scores(panel: xr.Dataset) -> xr.Dataset:
    return disca_nb.alignment(disca_nb.steer(panel, variant="consensus"))


def test_mis_tells_its_text(scores: xr.Dataset) -> None:
    assert describe(plot_mis(scores, ax=Figure().subplots())) == describe_mis(scores)


def test_the_waterfall_tells_its_text(panel: xr.Dataset) -> None:
    steps = waterfall(panel, n_boot=5)
    assert describe(plot_waterfall(steps, ax=Figure().subplots())) == describe_waterfall(steps)


def test_the_placebo_tells_its_text_and_its_colour_bar_none(scores: xr.Dataset) -> None:
    matrix = placebo(scores, n_permutations=5)
    figure = Figure()
    ax = plot_placebo(matrix, ax=figure.subplots())
    assert describe(ax) == describe_placebo(matrix)
    (bar,) = [other for other in figure.axes if other is not ax]
    with pytest.raises(InputError, match="These axes have no text; give what a function of"):
        describe(bar)


def test_the_last_figure_drawn_is_told(scores: xr.Dataset) -> None:
    ax = plot_mis(scores, ax=Figure().subplots())
    ax.clear()
    other = scores.isel(country=[0])
    assert describe(plot_mis(other, ax=ax)) == describe_mis(other)


def test_axes_that_are_gone_leave_no_text_behind(scores: xr.Dataset) -> None:
    gc.collect()
    before = len(_alt._TEXTS)
    plot_mis(scores, ax=Figure().subplots())
    gc.collect()
    assert len(_alt._TEXTS) == before
