"""The radar of one country's preferences."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from drawn import legend, scores_of, ticks, ys
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from disca_nb.errors import InputError, UnknownNameError
from disca_nb.plots import describe_radar, plot_radar

mpl.use("agg")


@pytest.fixture(scope="module")
def scores() -> xr.Dataset:
    return scores_of(["alpha-7b"])


@pytest.fixture
def ax() -> Axes:
    return Figure().add_subplot(projection="polar")


def test_every_ring_is_closed_and_has_the_preferences(scores: xr.Dataset, ax: Axes) -> None:
    plot_radar(scores, country="KOR", ax=ax)
    one = scores.sel(country="KOR").squeeze("model")
    assert legend(ax) == ["humans", "vanilla", "consensus", "coin flip"]
    for label in ("vanilla", "consensus"):
        values = one.preference.sel(variant=label).values
        np.testing.assert_array_equal(ys(ax, label), [*values, values[0]])
    np.testing.assert_array_equal(ys(ax, "humans")[:-1], one.human_preference)
    assert set(ys(ax, "coin flip")) == {0.5}
    assert ticks(ax.get_xticklabels()) == scores.attribute.values.tolist()
    assert ax.get_ylim() == (0.0, 1.0)


def test_the_text_has_every_number(scores: xr.Dataset) -> None:
    text = describe_radar(scores, country="KOR")
    one = scores.sel(country="KOR").squeeze("model")
    for attribute in scores.attribute.values:
        cell = one.sel(attribute=attribute)
        others = scores.human_preference.sel(attribute=attribute).squeeze("model")
        others = others.drop_sel(country="KOR").mean().item()
        told = [f"{cell.preference.sel(variant=name).item():.3f}" for name in one.variant.values]
        assert (
            f"{attribute} humans {cell.human_preference.item():.3f}, vanilla {told[0]}, "
            f"consensus {told[1]}, other countries' mean {others:.3f}"
        ) in text
    apart = one.preference.sel(variant="vanilla") - one.human_preference
    worst = int(abs(apart).argmax())
    side = "above" if apart[worst] > 0 else "below"
    where = f"{apart.attribute[worst].item()} ({abs(apart[worst].item()):.3f} {side})"
    assert f"Farthest from the humans: vanilla at {where}, consensus at " in text


def test_the_only_country_needs_no_name(scores: xr.Dataset, ax: Axes) -> None:
    plot_radar(scores.sel(country="JPN"), ax=ax)
    np.testing.assert_array_equal(
        ys(ax, "humans")[:-1], scores.human_preference.sel(country="JPN").squeeze("model")
    )
    text = describe_radar(scores.sel(country=["JPN"]))
    assert text.startswith("Preferences of JPN and of alpha-7b for it: ")
    assert "other countries" not in text


def test_a_variant_without_scores_is_left_out_and_told(scores: xr.Dataset, ax: Axes) -> None:
    holed = scores.assign(preference=scores.preference.where(scores.variant != "consensus"))
    plot_radar(holed, country="JPN", ax=ax)
    assert legend(ax) == ["humans", "vanilla", "coin flip"]
    assert "No score: consensus." in describe_radar(holed, country="JPN")


def test_a_missing_preference_is_told(scores: xr.Dataset, ax: Axes) -> None:
    holed = scores.assign(preference=scores.preference.where(scores.attribute != "Age"))
    plot_radar(holed, country="JPN", ax=ax)
    assert np.isnan(ys(ax, "vanilla")[2])
    assert "vanilla no score, consensus no score" in describe_radar(holed, country="JPN")


def test_wrong_countries_are_refused(scores: xr.Dataset) -> None:
    with pytest.raises(InputError, match=r"scores are of 7 countries; name one, such as .*'JPN'"):
        plot_radar(scores)
    with pytest.raises(UnknownNameError, match="Unknown country 'JPM'; did you mean 'JPN'"):
        plot_radar(scores, country="JPM")
    none = scores.assign(preference=scores.preference.where(scores.country != "JPN"))
    with pytest.raises(InputError, match="JPN has no score by any variant; check the status"):
        plot_radar(none, country="JPN")


def test_a_radar_needs_three_spokes_and_polar_axes(scores: xr.Dataset) -> None:
    with pytest.raises(InputError, match="needs 3 attributes, not 2; use plot_dumbbell"):
        plot_radar(scores.isel(attribute=[0, 1]), country="JPN")
    with pytest.raises(InputError, match="axes are rectilinear; make them with subplot_kw"):
        plot_radar(scores, country="JPN", ax=Figure().subplots())


def test_settings_of_a_grid_are_refused(scores: xr.Dataset) -> None:
    grid = scores.expand_dims(eta_grid=[0.1, 0.5])
    with pytest.raises(InputError, match=r"several eta_grids \(0.1, 0.5\); select one with .sel\("):
        plot_radar(grid, country="JPN")
