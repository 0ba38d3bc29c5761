"""Misalignment against the time of a cell."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from drawn import dots, scores_of, timed
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure

import disca_nb
from disca_nb.errors import InputError
from disca_nb.plots import describe_latency, plot_latency

mpl.use("agg")


@pytest.fixture(scope="module")
def scores() -> xr.Dataset:
    return scores_of()


@pytest.fixture
def ax() -> Axes:
    return Figure().subplots()


def test_dots_stand_at_the_median_time_with_quartiles(scores: xr.Dataset, ax: Axes) -> None:
    one, gaps = scores.sel(variant="vanilla"), timed(scores)
    plot_latency(one, gaps, ax=ax, n_boot=20)
    times = gaps.latency.stack(cell=("country", "scenario"))
    low, median, high = (times.quantile(q, "cell").values for q in (0.25, 0.5, 0.75))
    np.testing.assert_allclose(dots(ax, "vanilla").get_xdata(), median)
    np.testing.assert_allclose(dots(ax, "vanilla").get_ydata(), one.mis.mean("country"))
    across = ax.containers[1]
    assert isinstance(across, ErrorbarContainer)
    (bars,) = across.lines[2]
    ends = np.array([segment[:, 0] for segment in bars.get_segments()])
    np.testing.assert_allclose(ends, np.stack([low, high], axis=1))
    # Nine times slower is worth a logarithmic axis.
    assert ax.get_xscale() == "log"
    text = describe_latency(one, gaps, n_boot=20)
    assert f"alpha-7b {median[0]:.3g} s (quartiles {low[0]:.3g} and {high[0]:.3g}) vanil" in text
    assert text.index("alpha-7b") < text.index("beta-0.5b") < text.index("gamma")


def test_times_that_are_alike_stand_on_a_plain_axis(scores: xr.Dataset, ax: Axes) -> None:
    gaps = timed(scores)
    same = gaps.assign(latency=gaps.latency * 0.0 + 0.25)
    plot_latency(scores.sel(variant="vanilla"), same, ax=ax, n_boot=20)
    assert ax.get_xscale() == "linear"
    np.testing.assert_array_equal(dots(ax, "vanilla").get_xdata(), [0.25] * 3)


def test_models_without_a_time_are_left_out_and_told(scores: xr.Dataset, ax: Axes) -> None:
    gaps = timed(scores).sel(model=["alpha-7b", "gamma"])
    gaps = gaps.assign(latency=gaps.latency.where(gaps.model != "gamma"))
    plot_latency(scores, gaps, ax=ax, n_boot=20)
    assert len(dots(ax, "vanilla").get_xdata()) == 1
    text = describe_latency(scores, gaps, n_boot=20)
    assert "Models without a time: beta-0.5b, gamma." in text
    with pytest.raises(InputError, match="latency is of gamma, the scores are of alpha-7b, beta"):
        plot_latency(scores, gaps.sel(model=["gamma"]))


def test_gaps_that_were_not_timed_are_refused(scores: xr.Dataset) -> None:
    with pytest.raises(InputError, match="lacks 'latency'"):
        plot_latency(
            scores, disca_nb.datasets.demo_panel(["JPN"]).drop_vars("latency", errors="ignore")
        )
