"""What every figure of scores has in common: where it draws, its ink, its labels, its text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from drawn import HOSTILE, MODELS, legend, many_countries, picture, scores_of, timed
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from panels import made_up

from disca_nb import plots
from disca_nb.errors import InputError

mpl.use("agg")


def first(scores: xr.Dataset) -> xr.Dataset:
    return scores.isel(model=[0])


def one(scores: xr.Dataset) -> str:
    return str(scores.country.values[0])


def consensus(scores: xr.Dataset) -> xr.Dataset:
    return scores.sel(variant="consensus")


Draw = Callable[..., Any]
FIGURES: dict[str, tuple[Draw, Draw]] = {
    "attributes": (
        lambda s, **o: plots.plot_attributes(first(s), **o),
        lambda s: plots.describe_attributes(first(s)),
    ),
    "dumbbell": (
        lambda s, **o: plots.plot_dumbbell(first(s), country=one(s), **o),
        lambda s: plots.describe_dumbbell(first(s), country=one(s)),
    ),
    "heatmap": (
        lambda s, **o: plots.plot_heatmap(consensus(s), **o),
        lambda s: plots.describe_heatmap(consensus(s)),
    ),
    "latency": (
        lambda s, **o: plots.plot_latency(s, timed(s), n_boot=20, **o),
        lambda s: plots.describe_latency(s, timed(s), n_boot=20),
    ),
    "mis": (
        lambda s, **o: plots.plot_mis(first(s), **o),
        lambda s: plots.describe_mis(first(s)),
    ),
    "pca": (
        lambda s, **o: plots.plot_pca(first(s), **o),
        lambda s: plots.describe_pca(first(s)),
    ),
    "radar": (
        lambda s, **o: plots.plot_radar(first(s), country=one(s), **o),
        lambda s: plots.describe_radar(first(s), country=one(s)),
    ),
    "size": (
        lambda s, **o: plots.plot_size(s, {str(s.model.values[0]): 7}, n_boot=20, **o),
        lambda s: plots.describe_size(s, {str(s.model.values[0]): 7}, n_boot=20),
    ),
    "tile_map": (
        lambda s, **o: plots.plot_tile_map(consensus(first(s)), **o),
        lambda s: plots.describe_tile_map(consensus(first(s))),
    ),
}
NAMES = pytest.mark.parametrize("name", FIGURES)


@pytest.fixture(scope="module")
def scores() -> xr.Dataset:
    return scores_of()


def draw(name: str, scores: xr.Dataset, **options: object) -> list[Axes]:
    return list(np.atleast_1d(FIGURES[name][0](scores, **options)))


def place(name: str, figure: Figure) -> dict[str, object]:
    if name == "attributes":
        return {"figure": figure}
    return {"ax": figure.add_subplot(projection="polar" if name == "radar" else None)}


@NAMES
def test_it_draws_where_it_is_told_to(name: str, scores: xr.Dataset) -> None:
    figure = Figure()
    options = place(name, figure)
    axes = draw(name, scores, **options)
    assert all(ax.figure is figure for ax in axes)
    if "ax" in options:
        assert axes == [options["ax"]]


@NAMES
def test_a_figure_of_its_own_is_made_and_not_shown(
    name: str, scores: xr.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[object] = []
    monkeypatch.setattr(plt, "show", lambda *_: shown.append(plt))
    before = len(plt.get_fignums())
    draw(name, scores)
    assert len(plt.get_fignums()) == before + 1
    assert shown == []
    plt.close("all")


@NAMES
def test_the_text_is_kept_with_the_axes(name: str, scores: xr.Dataset) -> None:
    axes = draw(name, scores, **place(name, Figure()))
    text = FIGURES[name][1](scores)
    assert [plots.describe(ax) for ax in axes] == [text] * len(axes)
    assert "nan" not in text
    assert "\n" not in text
    assert "  " not in text


@NAMES
@pytest.mark.parametrize(("style", "ink"), [("default", 0.0), ("dark_background", 1.0)])
def test_ink_is_that_of_the_page(name: str, scores: xr.Dataset, style: str, ink: float) -> None:
    with plt.style.context(style):
        ax = draw(name, scores, **place(name, Figure()))[0]
    colours = [mpl.colors.to_rgb(line.get_color()) for line in ax.get_lines()]
    colours += [mpl.colors.to_rgb(text.get_color()) for text in legend_of(ax)]
    assert (ink, ink, ink) in colours
    assert (1.0 - ink, 1.0 - ink, 1.0 - ink) not in colours


def legend_of(ax: Axes) -> list[mpl.text.Text]:
    figure = ax.get_figure()
    assert figure is not None
    found = ax.get_legend() or figure.legends[0]
    return list(found.get_texts())


@NAMES
def test_labels_are_text_whatever_they_hold(name: str, scores: xr.Dataset) -> None:
    countries = [HOSTILE, *scores.country.values[1:]]
    attributes = [HOSTILE, *scores.attribute.values[1:]]
    strange = scores.assign_coords(
        model=[HOSTILE, *MODELS[1:]], country=countries, attribute=attributes
    )
    ax = draw(name, strange, **place(name, Figure(figsize=(8.0, 6.0))))[0]
    assert picture(ax)
    assert HOSTILE in plots.describe(ax)


@NAMES
def test_strange_variants_are_text_too(name: str, scores: xr.Dataset) -> None:
    if name in {"heatmap", "tile_map"}:
        pytest.skip("one variant is drawn, and its name is no label")
    ax = draw(name, scores.assign_coords(variant=["vanilla", HOSTILE]), **place(name, Figure()))[0]
    assert HOSTILE in [text.get_text() for text in legend_of(ax)]
    assert picture(ax)


@NAMES
@pytest.mark.parametrize(("models", "countries"), [(1, 1), (1, 20), (10, 2)])
def test_nothing_lies_outside_the_figure(name: str, models: int, countries: int) -> None:
    labels = [f"a-model-with-quite-a-long-name-{i}-{i + 1}b-instruct-4bit" for i in range(models)]
    axes = draw(name, scores_of(labels, many_countries(countries)))
    figure = axes[0].get_figure(root=True)
    assert figure is not None
    figure.canvas.draw()
    for ax in axes:
        box = ax.get_tightbbox()
        assert box is not None
        assert min(box.x0, box.y0) >= -0.5
        assert box.x1 <= figure.bbox.width + 0.5
        assert box.y1 <= figure.bbox.height + 0.5
        # What labels leave to the data is still the larger part.
        assert ax.bbox.width > 0.08 * figure.bbox.width
    plt.close("all")


@NAMES
def test_a_small_figure_can_be_drawn(name: str, scores: xr.Dataset) -> None:
    figure = Figure(figsize=(3.6, 3.2), layout="constrained")
    assert picture(draw(name, scores, **place(name, figure))[0])


@NAMES
def test_a_title_may_be_given_and_else_names_model_or_number(name: str, scores: xr.Dataset) -> None:
    def words(**options: object) -> str:
        figure = Figure()
        ax = draw(name, scores, **place(name, figure), **options)[0]
        return figure.get_suptitle() or ax.get_title(loc="left")

    assert words(title="mine") == "mine"
    assert "alpha-7b" in words() or "3 models" in words()


@NAMES
def test_made_up_models_are_called_synthetic(name: str, scores: xr.Dataset) -> None:
    marked = scores.assign_attrs(source="synthetic: made up")
    ax = draw(name, marked, **place(name, Figure()))[0]
    assert "(synthetic)" in plots.describe(ax)


@NAMES
def test_what_is_no_dataset_is_refused(name: str) -> None:
    draws: dict[str, Draw] = {
        "attributes": plots.plot_attributes,
        "dumbbell": plots.plot_dumbbell,
        "heatmap": plots.plot_heatmap,
        "latency": lambda s: plots.plot_latency(scores_of(), s),
        "mis": plots.plot_mis,
        "pca": plots.plot_pca,
        "radar": plots.plot_radar,
        "size": plots.plot_size,
        "tile_map": plots.plot_tile_map,
    }
    with pytest.raises(InputError, match=r"Expected an xarray.Dataset, got int"):
        draws[name](5)


@NAMES
def test_an_empty_selection_is_refused(name: str, scores: xr.Dataset) -> None:
    dim = "attribute" if name in {"attributes", "dumbbell", "pca", "radar"} else "country"
    with pytest.raises(InputError, match=f"The selection holds no {dim}; select at least one"):
        draw(name, scores.isel({dim: []}))


@NAMES
def test_gaps_that_are_not_scored_are_refused_with_the_remedy(name: str) -> None:
    gaps = made_up(["JPN", "USA"]).expand_dims(model=["m"])
    draw_it = {
        "heatmap": plots.plot_heatmap,
        "latency": lambda s: plots.plot_latency(s, timed(scores_of())),
        "mis": plots.plot_mis,
        "size": lambda s: plots.plot_size(s, {"m": 7}),
        "tile_map": plots.plot_tile_map,
    }.get(name) or getattr(plots, f"plot_{name}")
    with pytest.raises(InputError, match="score them first"):
        draw_it(gaps)


def test_what_is_no_axes_has_no_text(scores: xr.Dataset) -> None:
    axes = plots.plot_attributes(first(scores))
    with pytest.raises(InputError, match=r"got ndarray; of several axes give one, as axes\[0\]"):
        plots.describe(axes)  # type: ignore[arg-type]
    assert plots.describe(axes[0])


@pytest.mark.parametrize("name", ["attributes", "dumbbell", "radar", "pca"])
def test_figures_of_one_model_refuse_several(name: str, scores: xr.Dataset) -> None:
    function = getattr(plots, f"plot_{name}")
    with pytest.raises(InputError, match=r"several models \(alpha-7b, beta-0.5b, gamma\)"):
        function(scores)


@pytest.mark.parametrize("name", ["attributes", "dumbbell", "radar", "pca"])
@pytest.mark.parametrize("missing", ["preference", "human_preference"])
def test_figures_of_preferences_need_them(name: str, missing: str, scores: xr.Dataset) -> None:
    with pytest.raises(InputError, match=f"lacks '{missing}'"):
        draw(name, scores.drop_vars(missing))


@pytest.mark.parametrize("name", ["heatmap", "latency", "size", "tile_map"])
@pytest.mark.parametrize("missing", ["mis_coin_flip", "mis_leave_one_out", "noise_ceiling"])
def test_figures_of_misalignment_need_the_floors(
    name: str, missing: str, scores: xr.Dataset
) -> None:
    with pytest.raises(InputError, match=f"lacks '{missing}'"):
        draw(name, scores.drop_vars(missing))


@pytest.mark.parametrize("name", ["dumbbell", "radar"])
def test_variants_differ_in_colour_and_in_marker(name: str) -> None:
    variants = ["vanilla", "debiased", "consensus", "paper", "released"]
    found = scores_of(["alpha-7b"], ["JPN", "USA"], variants)
    ax = draw(name, found, **place(name, Figure()))[0]
    shown = {str(line.get_label()): line for line in ax.get_lines()}
    names = ["vanilla", "debiased", "consensus", "DISCA (paper)", "DISCA (released)"]
    assert set(names) < set(legend(ax))
    assert len({shown[each].get_marker() for each in names}) == 5
    assert len({str(shown[each].get_color()) for each in names}) == 5
