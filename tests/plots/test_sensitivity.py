"""The figure of scores over a grid."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from pictures import inside

import disca_nb
from disca_nb.datasets import demo_panel
from disca_nb.errors import InputError, UnknownNameError
from disca_nb.plots import describe, describe_sensitivity, plot_sensitivity

mpl.use("agg")
ETAS = [1.0, 0.25, 0.5]


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    return demo_panel(["BRA", "JPN", "USA"]).isel(scenario=slice(None, None, 8))


@pytest.fixture(scope="module")
def grid(panel: xr.Dataset) -> xr.Dataset:
    return disca_nb.sensitivity(panel, {"eta": ETAS, "lam": [0.2, 0.7]})


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(8.0, 5.0), layout="constrained").subplots()


def lines(ax: Axes) -> dict[str, Any]:
    return {str(line.get_label()): line for line in ax.get_lines()}


def test_lines_are_means_over_countries_in_rising_order(grid: xr.Dataset, ax: Axes) -> None:
    assert plot_sensitivity(grid, over="eta_grid", ax=ax) is ax
    for lam in (0.2, 0.7):
        line = lines(ax)[f"λ {lam}"]
        np.testing.assert_array_equal(line.get_xdata(), sorted(ETAS))
        expected = grid.mis.squeeze("model").sel(lam_grid=lam, eta_grid=sorted(ETAS))
        np.testing.assert_allclose(line.get_ydata(), expected.mean("country"), rtol=1e-14)
    drawn = [lines(ax)[f"λ {lam}"] for lam in (0.2, 0.7)]
    assert len({line.get_marker() for line in drawn}) == 2
    assert len({line.get_linestyle() for line in drawn}) == 2
    assert ax.get_xlabel() == "η (eta)"
    assert ax.get_ylabel() == "mean MIS of 3 countries (0 is best)"


def test_floors_and_the_unsteered_model_are_lines(grid: xr.Dataset, ax: Axes) -> None:
    plot_sensitivity(grid, ax=ax)
    styles = set()
    for name, label in (
        ("mis_coin_flip", "coin flip"),
        ("mis_vanilla", "vanilla"),
        ("mis_leave_one_out", "other countries' mean"),
        ("noise_ceiling", "noise ceiling"),
    ):
        line = lines(ax)[label]
        assert line.get_ydata()[0] == pytest.approx(grid[name].mean().item())
        styles.add(str(line.get_linestyle()) + str(line._dash_pattern))
    assert len(styles) == 4
    assert ax.get_ylim()[0] == 0.0


def test_the_default_is_marked(grid: xr.Dataset, ax: Axes) -> None:
    plot_sensitivity(grid, ax=ax)
    assert lines(ax)["default η"].get_xdata()[0] == 0.5
    star = lines(ax)["at the default"]
    expected = grid.mis.sel(eta_grid=0.5, lam_grid=0.7).mean().item()
    assert star.get_xdata()[0] == 0.5
    assert star.get_ydata()[0] == pytest.approx(expected)
    assert f"At the default it is {expected:.3f}." in describe(ax)


def test_a_default_outside_of_the_grid_is_not_marked(grid: xr.Dataset) -> None:
    ax = plot_sensitivity(grid.sel(eta_grid=[1.0]), ax=Figure().subplots())
    assert not {"default η", "at the default"} & set(lines(ax))
    between = plot_sensitivity(grid.sel(eta_grid=[0.25, 1.0]), ax=Figure().subplots())
    assert "default η" in lines(between)
    assert "at the default" not in lines(between)
    assert "At the default" not in describe(between)


def test_many_other_settings_are_a_band(panel: xr.Dataset, ax: Axes) -> None:
    many: dict[str, Any] = {
        "lam": [0.1, 0.4, 0.7],
        "eta": [0.3, 0.4, 0.5],
        "kappa": [1.0, 2.25, 4.0],
    }
    grid = disca_nb.sensitivity(panel, many)
    plot_sensitivity(grid, over="lam", ax=ax)
    mean = grid.mis.squeeze("model").mean("country")
    (band,) = [each for each in ax.collections if isinstance(each, PolyCollection)]
    corners = np.asarray(band.get_paths()[0].vertices)
    for lam in many["lam"]:
        found = corners[corners[:, 0] == lam, 1]
        at = mean.sel(lam_grid=lam)
        assert (found.min(), found.max()) == pytest.approx((at.min().item(), at.max().item()))
    usual = lines(ax)["the others at their defaults"]
    expected = mean.sel(eta_grid=0.5, kappa_grid=2.25)
    np.testing.assert_allclose(usual.get_ydata(), expected, rtol=1e-14)
    assert "and 9 settings of others" in describe(ax)


def test_a_band_without_defaults_has_its_median(panel: xr.Dataset, ax: Axes) -> None:
    many: dict[str, Any] = {"lam": [0.1, 0.4], "eta": [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8]}
    grid = disca_nb.sensitivity(panel, many)
    plot_sensitivity(grid, ax=ax)
    expected = grid.mis.squeeze("model").mean("country").median("eta_grid")
    np.testing.assert_allclose(lines(ax)["their median"].get_ydata(), expected, rtol=1e-14)


def test_words_and_infinity_stand_in_a_row(panel: xr.Dataset) -> None:
    widths = disca_nb.sensitivity(panel, {"sigma": [0.3, "adaptive", 1.0]})
    ax = plot_sensitivity(widths, ax=Figure().subplots())
    assert [text.get_text() for text in ax.get_xticklabels()] == ["0.3", "adaptive", "1.0"]
    assert lines(ax)["at the default"].get_xdata()[0] == 1.0
    gates = disca_nb.sensitivity(panel, {"gate_scale": [0.04, np.inf]})
    ax = plot_sensitivity(gates, ax=Figure().subplots())
    assert [text.get_text() for text in ax.get_xticklabels()] == ["0.04", "inf"]
    assert lines(ax)["at the default"].get_xdata()[0] == 0.0


def test_temperatures_have_their_own_defaults(panel: xr.Dataset) -> None:
    scores = disca_nb.sensitivity(
        panel, {"decision_temperature": [0.5, 1.0], "category_temperature": ["stored", "disca"]}
    )
    ax = plot_sensitivity(scores, ax=Figure().subplots())
    assert ax.get_xlabel() == "decision temperature"
    assert "at the default" in lines(ax)
    assert "vanilla" not in lines(ax)
    assert "category temperature disca" in lines(ax)


def test_values_far_apart_stand_on_a_logarithmic_axis(panel: xr.Dataset, grid: xr.Dataset) -> None:
    wide = disca_nb.sensitivity(panel, {"eta": [0.05, 5.0]})
    assert plot_sensitivity(wide, ax=Figure().subplots()).get_xscale() == "log"
    assert plot_sensitivity(grid, ax=Figure().subplots()).get_xscale() == "linear"
    zero = disca_nb.sensitivity(panel, {"rho": [0.0, 0.01, 0.9]})
    assert plot_sensitivity(zero, ax=Figure().subplots()).get_xscale() == "linear"


def test_countries_without_all_scores_are_left_out(grid: xr.Dataset, ax: Axes) -> None:
    holed = grid.assign(mis=grid.mis.where((grid.country != "JPN") | (grid.eta_grid != 1.0)))
    plot_sensitivity(holed, ax=ax)
    expected = grid.mis.squeeze("model").sel(country=["BRA", "USA"]).mean("country")
    found = lines(ax)["λ 0.7"].get_ydata()
    np.testing.assert_allclose(found, expected.sel(lam_grid=0.7, eta_grid=sorted(ETAS)), rtol=1e-14)
    coin = grid.mis_coin_flip.sel(country=["BRA", "USA"]).mean().item()
    assert lines(ax)["coin flip"].get_ydata()[0] == pytest.approx(coin)
    assert describe(ax).startswith("Mean misalignment score of 2 countries, synthetic-demo (synth")
    assert describe(ax).endswith("Left out: JPN.")


def test_a_single_country_is_drawn(grid: xr.Dataset) -> None:
    for one in (grid.sel(country="JPN"), grid.sel(country=["JPN"])):
        ax = plot_sensitivity(one, ax=Figure().subplots())
        assert ax.get_ylabel() == "mean MIS of 1 country (0 is best)"
        assert "coin flip" in lines(ax)


def test_the_text_has_the_figures(grid: xr.Dataset) -> None:
    text = describe_sensitivity(grid)
    mean = grid.mis.squeeze("model").mean("country")
    for name in ("argmin", "argmax"):
        at = mean[getattr(mean, name)(...)]
        setting = f"η {at.eta_grid.item():g}, λ {at.lam_grid.item():g}"
        assert f"{at.item():.3f} at {setting}" in text
    assert "over 3 values of η (eta) and 2 settings of others: from " in text
    assert f"coin flip {grid.mis_coin_flip.mean().item():.3f}" in text
    assert "chosen on the targets" in text


def test_the_title_says_how_it_was_steered(grid: xr.Dataset, ax: Axes) -> None:
    title = plot_sensitivity(grid, ax=ax).get_title(loc="left").replace("\n", " ")
    assert title.startswith("synthetic-demo (synthetic) DISCA paper, σ adaptive ≥ 0.3, ρ 0.1")
    assert plot_sensitivity(grid, ax=Figure().subplots(), title="my").get_title(loc="left") == "my"


def test_a_figure_of_its_own_is_made_in_the_ink_of_the_page(grid: xr.Dataset) -> None:
    before = len(plt.get_fignums())
    with plt.style.context("dark_background"):
        ax = plot_sensitivity(grid)
    assert len(plt.get_fignums()) == before + 1
    assert mpl.colors.to_rgb(lines(ax)["coin flip"].get_color()) == (1.0, 1.0, 1.0)
    assert inside(ax)
    plt.close("all")


def test_hostile_labels_are_shown_as_they_are(grid: xr.Dataset) -> None:
    odd = grid.assign_coords(model=["$\\frac{<script>$"])
    ax = plot_sensitivity(odd)
    ax.figure.canvas.draw()
    assert ax.get_title(loc="left").startswith("$\\frac{<script>$ (synthetic)")
    plt.close("all")


def test_what_cannot_be_drawn_is_refused(grid: xr.Dataset) -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown grid 'kappa'; .*eta_grid"):
        plot_sensitivity(grid, over="kappa")
    with pytest.raises(InputError, match="have no grid; give what"):
        plot_sensitivity(grid.isel(eta_grid=0, lam_grid=0))
    with pytest.raises(InputError, match="lacks 'mis'"):
        plot_sensitivity(grid.drop_vars("mis"))
    with pytest.raises(InputError, match="No country has a score at every setting"):
        describe_sensitivity(grid.assign(mis=grid.mis * np.nan))
    two = xr.concat([grid, grid.assign_coords(model=["other"])], dim="model", data_vars="all")
    with pytest.raises(InputError, match=r"several models \(synthetic-demo, other\)"):
        plot_sensitivity(two)
