"""The figures of the placebo and the waterfall."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import disca_nb
from disca_nb.datasets import demo_panel
from disca_nb.errors import InputError
from disca_nb.metrics import placebo, waterfall
from disca_nb.plots import describe_placebo, describe_waterfall, plot_placebo, plot_waterfall

mpl.use("agg")
COUNTRIES = ["USA", "JPN", "BRA", "DEU"]


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    return demo_panel(COUNTRIES).isel(scenario=slice(None, None, 16))


@pytest.fixture(scope="module")
def matrix(panel: xr.Dataset) -> xr.Dataset:
    return placebo(disca_nb.compare(panel, ["vanilla", "consensus"]), n_permutations=50)


@pytest.fixture(scope="module")
def steps(panel: xr.Dataset) -> xr.Dataset:
    return waterfall(panel, n_boot=20)


@pytest.fixture
def ax() -> Axes:
    return Figure().subplots()


def ticks(labels: list[mpl.text.Text]) -> list[str]:
    return [label.get_text() for label in labels]


def test_cells_are_humans_by_outputs_in_alphabetical_order(matrix: xr.Dataset, ax: Axes) -> None:
    one = matrix.sel(variant="consensus")
    assert plot_placebo(one, ax=ax) is ax
    names = sorted(COUNTRIES)
    assert ticks(ax.get_xticklabels()) == ticks(ax.get_yticklabels()) == names
    drawn = np.asarray(ax.get_images()[0].get_array())
    for row, country in enumerate(names):
        for column, made_for in enumerate(names):
            cell = one.placebo_mis.sel(country=country, made_for=made_for).item()
            assert drawn[row, column] == cell


def test_own_cells_are_outlined_and_the_closest_dotted(matrix: xr.Dataset, ax: Axes) -> None:
    plot_placebo(matrix.sel(variant="consensus"), ax=ax)
    squares = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    centres = [patch.get_center() for patch in squares]
    np.testing.assert_allclose(centres, [(i, i) for i in range(4)], atol=1e-12)
    apart = np.asarray(ax.get_images()[0].get_array())
    dots = {(line.get_ydata()[0], line.get_xdata()[0]) for line in ax.get_lines()}  # type: ignore[index]
    assert dots == {(row, apart[row].argmin()) for row in range(4)}


def test_all_outputs_that_are_equally_close_are_dotted(matrix: xr.Dataset, ax: Axes) -> None:
    one = matrix.sel(variant="consensus")
    plot_placebo(one.assign(placebo_mis=one.placebo_mis * 0.0 + 0.3), ax=ax)
    assert len(ax.get_lines()) == 16


def test_marks_stand_out_from_their_cells(matrix: xr.Dataset, ax: Axes) -> None:
    plot_placebo(matrix.sel(variant="consensus"), ax=ax)
    image = ax.get_images()[0]
    assert image.cmap.name == "cividis"
    for place, patch in enumerate(ax.patches):
        cell = image.cmap(image.norm(np.asarray(image.get_array())[place, place]))
        ink = mpl.colors.to_rgb(patch.get_edgecolor())
        assert abs(np.mean(cell[:3]) - np.mean(ink)) > 0.4


def test_the_title_has_model_steering_and_test(matrix: xr.Dataset, ax: Axes) -> None:
    one = matrix.sel(variant="vanilla")
    title = plot_placebo(one, ax=ax).get_title(loc="left")
    words = title.replace("\n", " ")
    assert words.startswith("synthetic-demo (synthetic) vanilla, category temperature none own 0.")
    assert f"(p {one.placebo_p.item():.2g})" in words
    assert max(map(len, title.splitlines())) < 70
    assert plot_placebo(one, ax=Figure().subplots(), title="mine").get_title(loc="left") == "mine"


def test_countries_without_outputs_are_not_drawn(panel: xr.Dataset, ax: Axes) -> None:
    holed = panel.assign(vanilla_gap=panel.vanilla_gap.where(panel.country != "JPN"))
    scores = disca_nb.alignment(disca_nb.steer(holed, variant="vanilla"))
    plot_placebo(placebo(scores, n_permutations=5), ax=ax)
    assert ticks(ax.get_xticklabels()) == ["BRA", "DEU", "USA"]


def test_too_much_and_too_little_are_refused(matrix: xr.Dataset, steps: xr.Dataset) -> None:
    with pytest.raises(InputError, match=r"several variants \(vanilla, consensus\).*\.sel\(var"):
        plot_placebo(matrix)
    with pytest.raises(InputError, match="lacks 'placebo_p'"):
        describe_placebo(matrix.drop_vars("placebo_p"))
    none = matrix.sel(variant="vanilla").map(lambda values: values.astype(float) * np.nan)
    none = none.drop_vars("n_countries")
    with pytest.raises(InputError, match="has 0 countries with scores; a figure needs at least 3"):
        plot_placebo(none)
    two = xr.concat([steps, steps.assign_coords(model=["other"])], dim="model", data_vars="all")
    with pytest.raises(InputError, match=r"several models \(synthetic-demo, other\)"):
        plot_waterfall(two)
    with pytest.raises(InputError, match="has 0 countries with a score at every step"):
        describe_waterfall(steps.drop_vars("n_countries") * np.nan)


def test_bars_reach_from_step_to_step(steps: xr.Dataset, ax: Axes) -> None:
    assert plot_waterfall(steps, ax=ax) is ax
    mis = steps.mis.squeeze("model").values
    assert ticks(ax.get_yticklabels()) == steps.step.values.tolist()
    bars = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    for i, bar in enumerate(bars, start=1):
        ends = (bar.get_x(), bar.get_x() + bar.get_width())
        np.testing.assert_allclose(ends, (mis[i - 1], mis[i]))
        # What harms is told by hatching as well as by colour.
        assert (bar.get_hatch() is not None) == (mis[i] > mis[i - 1])
    assert len(bars) == len(mis) - 1
    assert ax.yaxis_inverted()
    low, high = ax.get_xlim()
    assert low < mis.min() <= mis.max() < high


def test_changes_are_written_beside_the_bars_with_their_intervals(
    steps: xr.Dataset, ax: Axes
) -> None:
    plot_waterfall(steps, ax=ax)
    texts = [text.get_text() for text in ax.texts]
    gain, low, high = (
        f"{steps[name].isel(step=1).item():+.3f}".replace("-", "−")
        for name in ("gain", "gain_low", "gain_high")
    )
    assert any(text.endswith(f"{gain}  [{low}, {high}]") for text in texts)
    assert "MIS  change  [95% interval]" in texts
    legend = ax.get_legend()
    assert legend is not None
    assert ticks(legend.get_texts()) == ["coin flip", "other countries' mean"]


def test_a_single_country_has_neither_interval_nor_others(panel: xr.Dataset, ax: Axes) -> None:
    one = waterfall(panel.isel(country=[0]).drop_vars("persona_gap"), n_boot=5)
    plot_waterfall(one, ax=ax)
    assert not any("nan" in text.get_text() for text in ax.texts)
    text = describe_waterfall(one)
    assert text.startswith(
        "Mean misalignment score of 1 country, synthetic-demo (synthetic), step by "
    )
    assert "nan" not in text
    assert "others" not in text


def test_figures_of_their_own_are_made_in_the_ink_of_the_page_and_not_shown(
    matrix: xr.Dataset, steps: xr.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[object] = []
    monkeypatch.setattr(plt, "show", lambda *_: shown.append(plt))
    before = len(plt.get_fignums())
    with plt.style.context("dark_background"):
        plot_placebo(matrix.sel(variant="vanilla"))
        lines = plot_waterfall(steps).get_lines()
    assert mpl.colors.to_rgb(lines[-1].get_color()) == (1.0, 1.0, 1.0)
    assert len(plt.get_fignums()) == before + 2
    assert shown == []
    plt.close("all")


@pytest.mark.parametrize("which", ["placebo", "waterfall"])
def test_no_text_lies_outside_the_figure(matrix: xr.Dataset, steps: xr.Dataset, which: str) -> None:
    one = matrix.sel(variant="consensus")
    ax = plot_placebo(one) if which == "placebo" else plot_waterfall(steps)
    ax.figure.canvas.draw()
    box = ax.get_tightbbox()
    assert box is not None
    assert min(box.x0, box.y0) >= 0.0
    assert box.x1 <= ax.figure.bbox.width
    assert box.y1 <= ax.figure.bbox.height
    plt.close("all")


def test_alternative_texts_give_the_figures(matrix: xr.Dataset, steps: xr.Dataset) -> None:
    one = matrix.sel(variant="consensus")
    assert f"own {one.placebo_own.item():.3f}, other" in describe_placebo(one)
    assert "(chance 25%)" in describe_placebo(one)
    text = describe_waterfall(steps)
    for step, mis in zip(steps.step.values, steps.mis.values.ravel(), strict=True):
        assert f"{step} {mis:.3f}" in text
    # One of the steps has a comma in its name.
    told = text.split("step by step: ")[1].split(". Beside it")[0].split("; ")
    assert all(each.startswith(step) for each, step in zip(told, steps.step.values, strict=True))
    assert f"coin flip {steps.mis_coin_flip.item():.3f}" in text
