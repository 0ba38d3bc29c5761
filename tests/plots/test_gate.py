"""The figure of the gate."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.figure import Figure
from pictures import inside, legend_texts

import disca_nb
from disca_nb.datasets import demo_panel
from disca_nb.errors import InputError
from disca_nb.plots import describe, describe_gate, plot_gate
from disca_nb.plots._phrases import counted
from disca_nb.variables import ATTRIBUTES

mpl.use("agg")


@pytest.fixture(scope="module")
def steered() -> xr.Dataset:
    return disca_nb.steer(demo_panel(["JPN", "USA"]), rho=0.3)


@pytest.fixture(scope="module")
def many() -> xr.Dataset:
    """More cells than dots can show, made up."""
    rng = np.random.default_rng(20261121)
    dims, shape = ("country", "scenario"), (20, 300)
    category = [ATTRIBUTES[i % 6] for i in range(300)]
    return xr.Dataset(
        {
            "reliability": (dims, rng.uniform(0.2, 1.0, shape)),
            "ess": ((*dims, "pass_id"), rng.uniform(0.3, 0.9, (*shape, 2))),
            "correction": (dims, rng.normal(0.0, 0.1, shape)),
        },
        {
            "country": [f"C{i}" for i in range(20)],
            "scenario": [f"s{i}" for i in range(300)],
            "pass_id": [0, 1],
            "category": ("scenario", category),
        },
        {"variant": "paper", "rho": 0.1, "steering": "DISCA paper, ρ 0.1", "source": "made up"},
    )


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(8.0, 6.0), layout="constrained").subplots()


def dots(ax: Axes) -> list[PathCollection]:
    return [each for each in ax.collections if isinstance(each, PathCollection)]


def test_dots_are_cells_and_markers_attributes(steered: xr.Dataset, ax: Axes) -> None:
    assert plot_gate(steered, ax=ax) is ax
    for found, attribute in zip(dots(ax), ATTRIBUTES, strict=True):
        own = steered.isel(scenario=(steered.category == attribute).values)
        expected = [own.ess.mean("pass_id").values.ravel(), own.reliability.values.ravel()]
        np.testing.assert_array_equal(np.asarray(found.get_offsets()), np.column_stack(expected))
    shapes = {np.asarray(found.get_paths()[0].vertices).tobytes() for found in dots(ax)}
    assert len(shapes) == len(ATTRIBUTES)
    assert legend_texts(ax)[:6] == [f"{name} (32 cells)" for name in ATTRIBUTES]


def test_larger_corrections_are_larger_dots(steered: xr.Dataset, ax: Axes) -> None:
    plot_gate(steered, ax=ax)
    areas = np.concatenate([found.get_sizes() for found in dots(ax)])
    correction = np.abs(steered.correction)
    own = [correction.isel(scenario=(steered.category == name).values) for name in ATTRIBUTES]
    sizes = np.concatenate([each.values.ravel() for each in own])
    assert (np.diff(areas[np.argsort(sizes)]) >= 0.0).all()
    assert areas.min() < 0.2 * areas.max()
    assert f"correction {sizes.max():.2g} logit in size" in legend_texts(ax)


def test_the_threshold_is_a_line(steered: xr.Dataset, ax: Axes) -> None:
    plot_gate(steered, ax=ax)
    (line,) = [each for each in ax.get_lines() if each.get_linestyle() == "--"]
    assert line.get_xdata()[0] == 0.3  # type: ignore[index]
    assert "ρ 0.3" in [text.get_text() for text in ax.texts]
    unknown = plot_gate(steered.assign_attrs(rho="varies over country"), ax=Figure().subplots())
    assert not unknown.texts
    assert "threshold" not in describe(unknown)


def test_many_cells_are_hexagons_with_medians(many: xr.Dataset, ax: Axes) -> None:
    plot_gate(many, ax=ax)
    (hexagons,) = [each for each in ax.collections if isinstance(each, PolyCollection)]
    shown = np.asarray(hexagons.get_array())
    size = np.abs(many.correction.values)
    assert size.min() <= shown.min() < shown.max() <= size.max()
    for line, attribute in zip(ax.get_lines()[:6], ATTRIBUTES, strict=True):
        own = many.isel(scenario=(many.category == attribute).values)
        at = np.median(own.ess.mean("pass_id")), np.median(own.reliability)
        assert (line.get_xdata()[0], line.get_ydata()[0]) == pytest.approx(at)  # type: ignore[index]
    assert len({line.get_marker() for line in ax.get_lines()[:6]}) == 6
    assert legend_texts(ax) == [f"median of {name} (1,000 cells)" for name in ATTRIBUTES]
    assert describe(ax) == describe_gate(many)


def test_the_colour_bar_has_no_text_of_its_own(many: xr.Dataset) -> None:
    figure = Figure()
    plot_gate(many, ax=figure.subplots())
    assert [bar.get_ylabel() for bar in figure.axes[1:]] == ["mean size of the correction (logit)"]
    with pytest.raises(InputError, match="These axes have no text"):
        describe(figure.axes[1])


def test_the_text_has_the_figures(steered: xr.Dataset) -> None:
    text = describe_gate(steered)
    assert text.startswith("Gate of synthetic-demo (synthetic) in 192 cells: reliability has the ")
    ratio = steered.ess.mean("pass_id").values
    reliability = steered.reliability.values
    assert f"median {np.median(reliability):.2f} (5 to 95 %: " in text
    assert f"median {np.median(ratio):.2f} and is {ratio.min():.2f} at least" in text
    below = int((steered.ess < 0.3).any("pass_id").sum())
    assert f"in {counted(below, 'cell')} a pass is below the threshold ρ 0.3" in text
    assert f"up to {np.abs(steered.correction).max().item():.2f} logits" in text
    assert f"below 0.5 in {int((reliability < 0.5).sum())} cell" in text
    assert "Left out" not in text


def test_cells_that_were_not_scored_are_left_out(steered: xr.Dataset) -> None:
    first = steered.country == "JPN"
    for holed in (
        steered.assign(status=steered.status.where(~first, 0).astype(np.int8)),
        steered.assign(reliability=steered.reliability.where(~first)),
        steered.assign(ess=steered.ess.where(~first)),
    ):
        text = describe_gate(holed)
        assert "in 96 cells: " in text
        assert text.endswith("Left out: 96 cells that were not scored.")


def test_passes_that_were_logged_are_drawn(many: xr.Dataset) -> None:
    gaps = demo_panel(["JPN"])
    half = gaps.base_gap * 0.0 + 0.5
    logged = gaps.assign(
        recorded_correction=half.expand_dims(pass_id=[0, 1]),
        recorded_ess=half.expand_dims(pass_id=[0, 1]),
    )
    text = describe_gate(disca_nb.steer(logged, method="recorded"))
    assert "median 1.00" in text
    assert "up to 0.50 logits" in text
    assert describe_gate(many.chunk(country=3)) == describe_gate(many)


def test_corrections_of_zero_are_drawn(many: xr.Dataset) -> None:
    still = many.isel(country=[0]).assign(correction=many.correction.isel(country=[0]) * 0.0)
    ax = plot_gate(still, ax=Figure().subplots())
    assert {area for found in dots(ax) for area in found.get_sizes()} == {8.0}


def test_the_title_says_how_it_was_steered(steered: xr.Dataset, ax: Axes) -> None:
    title = plot_gate(steered, ax=ax).get_title(loc="left").replace("\n", " ")
    assert title.startswith("synthetic-demo (synthetic) DISCA paper, σ adaptive ≥ 0.3, ρ 0.3")
    assert plot_gate(steered, ax=Figure().subplots(), title="my").get_title(loc="left") == "my"


@pytest.mark.parametrize("which", ["steered", "many"])
def test_a_figure_of_its_own_is_made_in_the_ink_of_the_page(
    which: str, request: pytest.FixtureRequest
) -> None:
    before = len(plt.get_fignums())
    with plt.style.context("dark_background"):
        ax = plot_gate(request.getfixturevalue(which))
    assert len(plt.get_fignums()) == before + 1
    (line,) = [each for each in ax.get_lines() if each.get_linestyle() == "--"]
    assert mpl.colors.to_rgb(line.get_color()) == (1.0, 1.0, 1.0)
    assert inside(ax)
    plt.close("all")


def test_hostile_labels_are_shown_as_they_are(many: xr.Dataset) -> None:
    for count in (1, 20):
        odd = many.isel(country=slice(count)).assign_coords(
            category=many.category.str.replace("Age", "$_<script>$"), model="$\\frac{$"
        )
        ax = plot_gate(odd)
        ax.figure.canvas.draw()
        assert any(r"\$_<script>\$ (" in text for text in legend_texts(ax))
        assert r"$_<script>$ 0." in describe(ax)
    plt.close("all")


def test_what_cannot_be_drawn_is_refused(steered: xr.Dataset) -> None:
    panel = demo_panel(["JPN"])
    with pytest.raises(InputError, match=r"'consensus' makes no passes.*steer with one of corr"):
        plot_gate(disca_nb.steer(panel, variant="consensus"))
    with pytest.raises(InputError, match="lacks 'reliability'"):
        plot_gate(panel)
    two = steered.drop_vars("model").squeeze("model").expand_dims(model=["m", "n"])
    with pytest.raises(InputError, match=r"several models \(m, n\)"):
        plot_gate(two)
    etas = xr.DataArray([0.2, 0.5], {"eta_grid": [0.2, 0.5]}, "eta_grid")
    with pytest.raises(InputError, match=r"several eta_grids \(0.2, 0.5\)"):
        plot_gate(disca_nb.steer(panel, eta=etas, method="quadrature"))
    with pytest.raises(InputError, match="no scored cell with passes; check status and gaps"):
        describe_gate(steered.assign(status=steered.status * 0))
