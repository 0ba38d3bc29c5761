"""The figure of misalignment by country."""

from __future__ import annotations

import matplotlib as mpl
import pytest
import xarray as xr
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import disca_nb
from disca_nb.errors import InputError
from disca_nb.plots import describe_mis, plot_mis

mpl.use("agg")


@pytest.fixture(scope="module")
def scores() -> xr.Dataset:
    panel = disca_nb.datasets.demo_panel(["JPN", "USA", "BRA"])
    return disca_nb.compare(panel, ["vanilla", "consensus"])


def _labels(ax: Axes) -> list[str]:
    legend = ax.get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


def test_it_draws_on_the_axes_it_is_given(scores: xr.Dataset) -> None:
    ax = Figure().subplots()
    assert plot_mis(scores, ax=ax) is ax
    names = ["vanilla", "consensus", "coin flip", "other countries' mean", "noise ceiling"]
    assert _labels(ax) == names
    assert {label.get_text() for label in ax.get_yticklabels()} == {"JPN", "USA", "BRA"}


def test_dots_stand_at_the_scores(scores: xr.Dataset) -> None:
    ax = plot_mis(scores, ax=Figure().subplots())
    lines = {str(line.get_label()): line for line in ax.get_lines()}
    rows = [label.get_text() for label in ax.get_yticklabels()]
    drawn = dict(zip(rows, lines["consensus"].get_xdata(), strict=True))  # type: ignore[arg-type]
    for country in rows:
        assert drawn[country] == scores.mis.sel(country=country, variant="consensus").item()


def test_the_title_says_how_it_was_steered_and_that_it_is_made_up() -> None:
    panel = disca_nb.datasets.demo_panel(["JPN"])
    scores = disca_nb.alignment(disca_nb.steer(panel, method="quadrature"))
    title = plot_mis(scores, ax=Figure().subplots()).get_title(loc="left")
    assert "(synthetic)" in title
    told = " ".join(title.split())
    assert "DISCA paper, σ adaptive ≥ 0.3, ρ 0.1, category temperature none, quadrature" in told


def test_a_figure_of_its_own_is_made_and_not_shown(scores: xr.Dataset) -> None:
    before = plt.get_fignums()
    ax = plot_mis(scores)
    figure = ax.get_figure()
    assert figure is not None
    assert len(plt.get_fignums()) == len(before) + 1
    plt.close("all")


def test_floors_are_drawn_in_the_ink_of_the_page(scores: xr.Dataset) -> None:
    with plt.style.context("dark_background"):
        ax = plot_mis(scores, ax=Figure().subplots())
    floor = next(line for line in ax.get_lines() if line.get_label() == "coin flip")
    assert mpl.colors.to_rgb(floor.get_color()) == (1.0, 1.0, 1.0)


def test_no_two_variants_share_colour_or_marker() -> None:
    panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    scores = disca_nb.compare(panel, ["vanilla", "debiased", "consensus", "paper", "released"])
    lines = plot_mis(scores, ax=Figure().subplots()).get_lines()[:5]
    assert len({line.get_marker() for line in lines}) == 5
    assert len({line.get_color() for line in lines}) == 5


def test_the_alternative_text_counts_the_countries_that_a_coin_wins(scores: xr.Dataset) -> None:
    text = describe_mis(scores)
    beaten = int((scores.mis_coin_flip < scores.mis.min("variant")).sum())
    assert f"better than every variant in {beaten} of 3 countries" in text
    assert f"vanilla {scores.mis.sel(variant='vanilla').mean().item():.3f}" in text


def test_several_models_are_refused(scores: xr.Dataset) -> None:
    two = xr.concat([scores, scores.assign_coords(model=["other"])], dim="model", data_vars="all")
    with pytest.raises(InputError, match=r"synthetic-demo, other.*\.sel\(model="):
        plot_mis(two)
