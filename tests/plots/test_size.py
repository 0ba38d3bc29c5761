"""Misalignment against the number of parameters."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from drawn import HOSTILE, container, dots, legend, scores_of, ticks
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import disca_nb
from disca_nb.errors import InputError
from disca_nb.plots import describe_size, plot_size
from disca_nb.plots.size import size_in_name

mpl.use("agg")
FLOORS = ("mis_coin_flip", "mis_leave_one_out", "noise_ceiling")


@pytest.fixture(scope="module")
def scores() -> xr.Dataset:
    return scores_of()


@pytest.fixture
def ax() -> Axes:
    return Figure().subplots()


def test_dots_are_means_over_countries_and_bars_their_intervals(
    scores: xr.Dataset, ax: Axes
) -> None:
    plot_size(scores, {"gamma": 14}, ax=ax, n_boot=50, seed=4)
    means = disca_nb.macro(scores, n_boot=50, seed=4)
    for variant in ("vanilla", "consensus"):
        one = means.sel(variant=variant)
        np.testing.assert_allclose(dots(ax, variant).get_ydata(), one.mis)
        (bars,) = container(ax, variant).lines[2]
        ends = np.array([segment[:, 1] for segment in bars.get_segments()])
        np.testing.assert_allclose(ends, np.stack([one.mis_low, one.mis_high], axis=1))
        # Variants stand aside by a few per cent.
        np.testing.assert_allclose(dots(ax, variant).get_xdata(), [7.0, 0.5, 14.0], rtol=0.031)
    assert ax.get_xscale() == "log"
    assert ax.get_ylim()[0] == 0.0


def test_floors_are_lines_with_their_values(scores: xr.Dataset, ax: Axes) -> None:
    plot_size(scores, ax=ax, n_boot=20)
    names = ("coin flip", "other countries' mean", "noise ceiling")
    floors = [scores[name].isel(model=0).mean().item() for name in FLOORS]
    labels = [f"{name} {value:.3f}" for name, value in zip(names, floors, strict=True)]
    assert set(labels) <= set(legend(ax))
    shown = {str(line.get_label()): line for line in ax.get_lines()}
    heights = [np.asarray(shown[label].get_ydata()) for label in labels]
    np.testing.assert_allclose(heights, np.column_stack([floors, floors]))
    assert len({shown[label].get_linestyle() for label in labels}) == 3


def test_unknown_sizes_stand_apart_and_are_told(scores: xr.Dataset, ax: Axes) -> None:
    plot_size(scores.sel(variant="vanilla"), ax=ax, n_boot=20)
    x = dots(ax, "vanilla").get_xdata()
    assert x[2] > 2.0 * x[:2].max()
    assert ticks(ax.get_xticklabels())[-1] == "unknown"
    text = describe_size(scores.sel(variant="vanilla"), n_boot=20)
    mean = scores.mis.sel(model="gamma", variant="vanilla").mean().item()
    assert f"Size unknown, drawn apart at the right edge: gamma (vanilla {mean:.3f} [0." in text


def test_the_text_has_sizes_and_means_from_the_smallest(scores: xr.Dataset) -> None:
    text = describe_size(scores, {"gamma": 1}, n_boot=20)
    assert text.startswith("Mean misalignment score by number of parameters, for 3 models over 7")
    mean = scores.mis.sel(model="beta-0.5b", variant="vanilla").mean().item()
    assert f"7 countries: beta-0.5b (0.5 billion) vanilla {mean:.3f} [" in text
    assert text.index("beta-0.5b") < text.index("gamma (1 billion)") < text.index("alpha-7b (7 bil")
    coin = scores.isel(model=0).mis_coin_flip.mean().item()
    assert f"Floors: coin flip {coin:.3f}, other countries' mean 0." in text
    assert "95% intervals of a bootstrap over countries" in text


def test_models_are_compared_over_the_countries_that_all_have(scores: xr.Dataset, ax: Axes) -> None:
    holed = scores.assign(
        mis=scores.mis.where((scores.country != "JPN") | (scores.model != "gamma"))
    )
    one = holed.sel(variant="vanilla")
    plot_size(one, ax=ax, n_boot=20)
    without = scores.sel(variant="vanilla").drop_sel(country="JPN")
    np.testing.assert_allclose(dots(ax, "vanilla").get_ydata(), without.mis.mean("country"))
    text = describe_size(one, n_boot=20)
    assert "over 6 countries" in text
    assert "Countries that some model lacks: JPN." in text
    coin = without.isel(model=0).mis_coin_flip.mean().item()
    assert f"coin flip {coin:.3f}" in text


def test_models_without_scores_are_told(scores: xr.Dataset) -> None:
    holed = scores.assign(mis=scores.mis.where(scores.model != "gamma"))
    text = describe_size(holed, n_boot=20)
    assert text.startswith("Mean misalignment score by number of parameters, for 2 models over 7")
    assert "Models without a score: gamma." in text


def test_one_country_has_neither_interval_nor_others(ax: Axes) -> None:
    alone = scores_of(["alpha-7b"], ["JPN"])
    plot_size(alone, ax=ax, n_boot=20)
    assert not any("other countries" in label for label in legend(ax))
    text = describe_size(alone, n_boot=20)
    assert "[" not in text
    assert "bootstrap" not in text


@pytest.mark.parametrize(
    ("name", "billions"),
    [
        ("qwen2.5-7b-instruct-4bit", 7.0),
        ("Qwen2.5-0.5B", 0.5),
        ("llama-3.3-70b-instruct", 70.0),
        ("SmolLM2-135M-Instruct", 0.135),
        ("Qwen3-30B-A3B", 30.0),
        ("phi-4", np.nan),
        ("mixtral-8x7b", np.nan),
        ("distilled-7b-from-70b", np.nan),
        ("v0b", np.nan),
        ("", np.nan),
        (HOSTILE, np.nan),
    ],
)
def test_sizes_are_read_from_names(name: str, billions: float) -> None:
    np.testing.assert_equal(size_in_name(name), billions)


@pytest.mark.parametrize("size", [0, -1.0, np.nan, np.inf, "7b"])
def test_sizes_that_are_none_are_refused(scores: xr.Dataset, size: Any) -> None:  # noqa: ANN401
    with pytest.raises(InputError, match=r"The size of gamma is .*; give billions"):
        plot_size(scores, {"gamma": size}, n_boot=20)


def test_sizes_of_no_model_are_refused(scores: xr.Dataset) -> None:
    with pytest.raises(InputError, match="The sizes of gamma are not known; give sizes="):
        plot_size(scores.sel(model=["gamma"]), {"delta": 7}, n_boot=20)
    with pytest.raises(InputError, match=r"sizes is \[7\]; give a mapping"):
        plot_size(scores, [7], n_boot=20)  # type: ignore[arg-type]


def test_countries_that_no_two_models_share_are_refused(scores: xr.Dataset) -> None:
    first = scores.country.isin(["JPN", "CHN", "KOR"])
    apart = scores.mis.where(first == (scores.model == "gamma"))
    with pytest.raises(InputError, match=r"No country has a score by all of alpha-7b, beta-0\.5b"):
        plot_size(scores.assign(mis=apart), n_boot=20)
