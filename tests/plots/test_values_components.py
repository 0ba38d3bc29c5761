"""The figure of variance components."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from drawn import ticks
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from panels import Floats

from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.plots import describe, describe_variance, plot_variance

mpl.use("agg")


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(10.0, 5.0)).subplots()


def hand() -> xr.Dataset:
    """Return three components, one of them estimated below 0."""
    values = {
        "variance": [0.03, -0.002, 0.01],
        "variance_low": [0.02, -0.004, np.nan],
        "variance_high": [0.05, 0.001, np.nan],
        "variance_share": [0.75, 0.0, 0.25],
    }
    return xr.Dataset(
        {name: ("component", each) for name, each in values.items()},
        {"component": ["topic", "order", "residual"]},
        {"level": 0.9},
    )


def widths(ax: Axes) -> Floats:
    """Return how far the bars reach, those below 0 to the left."""
    bars = [bar for bar in ax.patches if isinstance(bar, Rectangle)]
    return np.array([bar.get_width() for bar in bars])


def test_bars_are_components_in_their_own_order(ax: Axes) -> None:
    assert plot_variance(hand(), ax=ax) is ax
    assert ticks(ax.get_yticklabels()) == ["topic", "order", "residual"]
    np.testing.assert_allclose(widths(ax), [0.03, -0.002, 0.01])
    assert ax.yaxis_inverted()


def test_intervals_lie_over_the_bars(ax: Axes) -> None:
    plot_variance(hand(), ax=ax)
    (whiskers,) = ax.collections
    segments = whiskers.get_segments()  # type: ignore[attr-defined]
    np.testing.assert_allclose(segments[0], [(0.02, 0.0), (0.05, 0.0)])
    np.testing.assert_allclose(segments[1], [(-0.004, 1.0), (0.001, 1.0)])
    assert "[90 % interval]" in ax.get_xlabel()


def test_an_estimate_below_0_is_hatched_and_told(ax: Axes) -> None:
    plot_variance(hand(), ax=ax)
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [False, True, False]
    assert "hatched: estimate below 0" in ax.get_xlabel()
    above = plot_variance(hand().isel(component=[0, 2]), ax=Figure().subplots())
    assert "hatched" not in above.get_xlabel()


def test_estimates_and_shares_stand_at_the_right(ax: Axes) -> None:
    plot_variance(hand(), ax=ax)
    assert [text.get_text() for text in ax.texts] == [
        *("0.0300 [0.0200, 0.0500]", "−0.0020 [−0.0040, 0.0010]", "0.0100", "variance"),
        *("75 %", "", "25 %", "share"),
    ]
    narrow = plot_variance(hand(), ax=Figure(figsize=(4.0, 4.0)).subplots())
    assert narrow.texts[0].get_text() == "0.0300"


def test_the_text_has_the_figures(ax: Axes) -> None:
    plot_variance(hand(), ax=ax)
    assert describe(ax) == (
        "Variance components of answers: topic 0.0300 [0.0200, 0.0500], 75 %; order −0.0020 "
        "[−0.0040, 0.0010] (below 0); residual 0.0100, 25 %."
    )


def test_a_small_share_is_not_none(ax: Axes) -> None:
    plot_variance(hand().assign(variance_share=("component", [0.9, 0.0, 0.004])), ax=ax)
    assert [text.get_text() for text in ax.texts][4:7] == ["90 %", "", "< 1 %"]


def test_components_of_no_one_model_say_that_they_are_synthetic() -> None:
    assert describe_variance(hand().assign_attrs(source="synthetic: x")).startswith(
        "Variance components of answers (synthetic): "
    )
    assert "answers (synthetic data): " in describe_variance(hand().assign_attrs(synthetic=1))


def test_components_without_an_estimate_and_beyond_the_top_are_told(ax: Axes) -> None:
    holed = hand().assign(variance=("component", [np.nan, -0.002, 0.01]))
    plot_variance(holed, top=1, ax=ax)
    assert ticks(ax.get_yticklabels()) == ["order"]
    assert ax.get_ylabel() == "first 1 of 2 components"
    assert describe(ax).endswith("Drawn are the first 1; 1 are left out. No estimate: topic.")


def test_a_model_is_named_where_there_are_several(ax: Axes) -> None:
    several = xr.concat([hand(), 2 * hand()], "model").assign_coords(model=["a", "b"])
    with pytest.raises(InputError, match=r"several models \(a, b\); name one with model=…"):
        plot_variance(several)
    with pytest.raises(UnknownNameError, match="Unknown model 'c'; known: a, b"):
        plot_variance(several, model="c")
    plot_variance(several, model="b", ax=ax)
    np.testing.assert_allclose(widths(ax), [0.06, -0.004, 0.02])
    assert ax.get_title(loc="left") == "Variance components of answers of b"


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(InputError, match="None of 3 components has an estimate; ask more questio"):
        plot_variance(hand() * np.nan)
    with pytest.raises(InputError, match="lacks 'variance'"):
        describe_variance(hand().drop_vars("variance"))
    with pytest.raises(ParameterError, match=r"top is 1\.5; it must be a whole number"):
        plot_variance(hand(), top=1.5)  # type: ignore[arg-type]
