"""The figure of how gaps are spread."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from pictures import inside, legend_texts

from disca_nb.datasets import demo_panel
from disca_nb.errors import InputError, UnknownNameError
from disca_nb.plots import describe, describe_gaps, plot_gaps
from disca_nb.variables import ATTRIBUTES

mpl.use("agg")
COUNTRIES = ["JPN", "USA", "BRA"]
HOSTILE = ("$x_1$", "_hidden", "<script>alert(1)</script>", "a very long name " * 8)


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    return demo_panel(COUNTRIES)


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(8.0, 6.0), layout="constrained").subplots()


def turned(panel: xr.Dataset, speaker: str, **chosen: Any) -> np.ndarray:  # noqa: ANN401
    """Return the gaps of a speaker toward the counted side."""
    gap = panel.base_gap if speaker == "base" else panel.persona_gap.sel(persona=speaker)
    values = gap.where(panel.preferred_on_right, -gap)
    if "attribute" in chosen:
        values = values.isel(scenario=(panel.category == chosen["attribute"]).values)
    if "country" in chosen:
        values = values.sel(country=chosen["country"])
    return np.asarray(values.values.ravel())


def boxes(ax: Axes) -> list[tuple[float, float]]:
    found = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    return [(box.get_x(), box.get_x() + box.get_width()) for box in found]


def rows(ax: Axes) -> list[str]:
    return [label.get_text() for label in ax.get_yticklabels()]


def test_boxes_are_quartiles_and_marks_medians(panel: xr.Dataset, ax: Axes) -> None:
    assert plot_gaps(panel, ax=ax) is ax
    speakers = ["base", *panel.persona.values]
    assert rows(ax) == [f"{name} (288 cells)" for name in speakers]
    marks = [line for line in ax.get_lines() if line.get_marker() not in {"None", "."}]
    for i, name in enumerate(speakers):
        low, first, middle, third, high = np.percentile(turned(panel, name), (5, 25, 50, 75, 95))
        assert boxes(ax)[i] == pytest.approx((first, third))
        assert marks[i].get_xdata()[0] == pytest.approx(middle)  # type: ignore[index]
        (segment,) = ax.collections[i].get_segments()  # type: ignore[attr-defined]
        np.testing.assert_allclose(segment, [(low, i), (high, i)])
    assert len({mark.get_marker() for mark in marks}) == len(speakers)
    assert ax.yaxis_inverted()


def test_dots_are_the_medians_of_countries(panel: xr.Dataset, ax: Axes) -> None:
    plot_gaps(panel, ax=ax)
    dots = [line for line in ax.get_lines() if line.get_marker() == "."]
    for line, name in zip(dots, ["base", *panel.persona.values], strict=True):
        medians = [np.median(turned(panel, name, country=country)) for country in COUNTRIES]
        np.testing.assert_allclose(np.sort(line.get_xdata()), np.sort(medians))
    assert "dots: medians of countries" in ax.get_xlabel()


def test_one_country_has_no_dots(panel: xr.Dataset, ax: Axes) -> None:
    plot_gaps(panel, country="USA", ax=ax)
    assert not [line for line in ax.get_lines() if line.get_marker() == "."]
    assert "dots" not in ax.get_xlabel()
    middle = np.median(turned(panel, "base", country="USA"))
    assert f"base median {middle:+.2f}".replace("-", "−") in describe(ax)
    assert rows(ax)[0] == "base (96 cells)"
    expected = plot_gaps(panel.sel(country="USA"), ax=Figure().subplots())
    assert boxes(expected) == boxes(ax)


def test_every_attribute_has_a_row_with_all_speakers(panel: xr.Dataset, ax: Axes) -> None:
    plot_gaps(panel, by_attribute=True, ax=ax)
    assert rows(ax) == [f"{name} (48 cells)" for name in ATTRIBUTES]
    speakers = ["base", *panel.persona.values]
    found = iter(boxes(ax))
    for name in speakers:
        for attribute in ATTRIBUTES:
            quartiles = np.percentile(turned(panel, name, attribute=attribute), (25, 75))
            assert next(found) == pytest.approx(tuple(quartiles))
    assert legend_texts(ax) == speakers
    drawn = [np.ravel(line.get_ydata()) for line in ax.get_lines()]
    heights = [round(float(each[0]), 6) for each in drawn if each.size == 1]
    assert len(set(heights)) == len(heights) == 30


def test_gaps_that_were_not_scored_are_left_out(panel: xr.Dataset) -> None:
    expected = plot_gaps(panel.isel(scenario=slice(1, None)), ax=Figure().subplots())
    first = panel.scenario == panel.scenario.values[0]
    unscored = panel.assign(status=panel.status.where(~first, 0).astype(np.int8))
    unknown = panel.assign(
        base_gap=panel.base_gap.where(~first), persona_gap=panel.persona_gap.where(~first)
    )
    for holed in (unscored, unknown):
        ax = plot_gaps(holed, ax=Figure().subplots())
        assert boxes(ax) == boxes(expected)
        assert "Left out: 15 gaps that were not scored." in describe(ax)
    assert "Left out" not in describe(expected)


def test_a_persona_without_gaps_has_an_empty_row(panel: xr.Dataset, ax: Axes) -> None:
    silent = panel.assign(persona_gap=panel.persona_gap.where(panel.persona != "young"))
    plot_gaps(silent, ax=ax)
    assert rows(ax)[1] == "young (0 cells)"
    assert len(boxes(ax)) == 4
    assert "young without a number" in describe(ax)
    assert "nan" not in describe_gaps(silent, by_attribute=True)


def test_two_orders_are_debiased(panel: xr.Dataset) -> None:
    orders = panel.drop_vars(["base_gap", "persona_gap"])
    ours, theirs = (plot_gaps(each, ax=Figure().subplots()) for each in (orders, panel))
    np.testing.assert_allclose(boxes(ours), boxes(theirs))


def test_the_text_has_the_figures(panel: xr.Dataset) -> None:
    text = describe_gaps(panel, by_attribute=True)
    assert text.startswith("Debiased gaps of synthetic-demo (synthetic), 3 countries, toward the ")
    for name in ("base", "young"):
        low, middle, high = (
            f"{x:+.2f}".replace("-", "−") for x in np.percentile(turned(panel, name), (25, 50, 75))
        )
        assert f"{name} median {middle} (quartiles {low} to {high}, 288 cells)" in text
    medians = {name: np.median(turned(panel, name)) for name in panel.persona.values}
    low, high = min(medians, key=medians.__getitem__), max(medians, key=medians.__getitem__)
    assert f"lie {medians[high] - medians[low]:.2f} apart, from {low} to {high}" in text
    species = np.median(turned(panel, "base", attribute="Species"))
    assert f"Species {species:+.2f}".replace("-", "−") in text
    assert "Category temperature none" in text


def test_the_title_says_model_countries_and_temperature(panel: xr.Dataset, ax: Axes) -> None:
    title = plot_gaps(panel, ax=ax).get_title(loc="left")
    assert title.splitlines() == [
        "synthetic-demo (synthetic), 3 countries",
        "category temperature none",
    ]
    assert plot_gaps(panel, ax=Figure().subplots(), title="my").get_title(loc="left") == "my"


@pytest.mark.parametrize("by_attribute", [False, True])
def test_a_figure_of_its_own_is_made_in_the_ink_of_the_page(
    panel: xr.Dataset, *, by_attribute: bool
) -> None:
    before = len(plt.get_fignums())
    with plt.style.context("dark_background"):
        ax = plot_gaps(panel, by_attribute=by_attribute)
    assert len(plt.get_fignums()) == before + 1
    assert mpl.colors.to_rgb(ax.get_lines()[0].get_color()) == (1.0, 1.0, 1.0)
    edge = ax.patches[0].get_edgecolor()
    assert mpl.colors.to_rgb(edge) == (1.0, 1.0, 1.0)
    assert inside(ax)
    plt.close("all")


@pytest.mark.parametrize("by_attribute", [False, True])
def test_hostile_labels_are_shown_as_they_are(panel: xr.Dataset, *, by_attribute: bool) -> None:
    odd = panel.assign_coords(
        persona=list(HOSTILE), model=["$m$"], category=panel.category.str.replace("Age", "$a")
    )
    ax = plot_gaps(odd, by_attribute=by_attribute)
    ax.figure.canvas.draw()
    shown = legend_texts(ax) if by_attribute else rows(ax)
    assert any(text.startswith(r"\$x_1\$") for text in shown)
    assert any(text.startswith(" _hidden") for text in shown)
    assert len(shown) == 5
    assert "$x_1$ median" in describe(ax)
    plt.close("all")


def test_what_cannot_be_drawn_is_refused(panel: xr.Dataset) -> None:
    with pytest.raises(UnknownNameError, match="Unknown country 'JPM'; did you mean 'JPN'"):
        plot_gaps(panel, country="JPM")
    two = xr.concat([panel, panel.assign_coords(model=["other"])], dim="model", data_vars="minimal")
    with pytest.raises(InputError, match=r"several models \(synthetic-demo, other\)"):
        plot_gaps(two)
    with pytest.raises(InputError, match="lacks 'persona_gap'"):
        plot_gaps(panel.drop_vars("persona_gap"))
    empty = panel.assign(status=panel.status * 0)
    with pytest.raises(InputError, match="The gaps of 3 countries have no scored cell"):
        describe_gaps(empty)
    with pytest.raises(InputError, match="The gaps of JPN have no scored cell; choose others"):
        describe_gaps(empty, country="JPN")
