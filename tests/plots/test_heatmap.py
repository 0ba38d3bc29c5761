"""The matrix of countries and models."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from drawn import legend, many_countries, scores_of, ticks
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.figure import Figure

from disca_nb.errors import InputError
from disca_nb.plots import describe_heatmap, plot_heatmap
from disca_nb.plots._cells import number

mpl.use("agg")


@pytest.fixture(scope="module")
def scores() -> xr.Dataset:
    return scores_of().sel(variant="consensus")


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(8.0, 6.0)).subplots()


def meshes(ax: Axes) -> list[np.ma.MaskedArray]:
    found = [each for each in ax.collections if isinstance(each, QuadMesh)]
    return [np.ma.asarray(each.get_array()) for each in found]


def marks(ax: Axes, name: str) -> set[tuple[int, int]]:
    """Return rows and columns of the cells that are marked."""
    found = [each for each in ax.collections if isinstance(each, PathCollection)]
    spots = [each.get_offsets() for each in found if each.get_gid() == name]
    return {(round(y), round(x - 0.36)) for each in spots for x, y in np.asarray(each)}


def test_cells_are_the_scores_from_the_best_mean(scores: xr.Dataset, ax: Axes) -> None:
    plot_heatmap(scores, ax=ax)
    models = scores.model.values[np.argsort(scores.mis.mean("country"))].tolist()
    countries = scores.country.values[np.argsort(scores.mis.mean("model"))].tolist()
    floors = ["coin flip", "other countries' mean", "noise ceiling"]
    assert ticks(ax.get_xticklabels()) == [*models, *floors]
    assert ticks(ax.get_yticklabels()) == countries
    cells, beside = meshes(ax)
    chosen = scores.sel(country=countries, model=models)
    np.testing.assert_array_equal(cells, chosen.mis.transpose("country", "model"))
    for column, name in enumerate(("mis_coin_flip", "mis_leave_one_out", "noise_ceiling")):
        np.testing.assert_array_equal(beside[:, column], chosen[name].isel(model=0))
    assert ax.get_xticks()[3] - ax.get_xticks()[2] > 1.0


def test_values_are_written_in_an_ink_that_stands_out(scores: xr.Dataset, ax: Axes) -> None:
    plot_heatmap(scores, ax=ax)
    cells = np.concatenate([mesh.filled(np.nan) for mesh in meshes(ax)], axis=1)
    assert [text.get_text() for text in ax.texts] == [number(value) for value in cells.flat]
    mesh = ax.collections[0]
    for text, value in zip(ax.texts, cells.flat, strict=True):
        colour = np.mean(mesh.to_rgba(value)[:3])
        ink = np.mean(mpl.colors.to_rgb(text.get_color()))
        assert abs(colour - ink) > 0.35


def test_small_cells_have_marks_but_no_values(scores: xr.Dataset) -> None:
    small = Figure(figsize=(1.6, 1.2)).subplots()
    plot_heatmap(scores, ax=small)
    assert not small.texts
    assert any(isinstance(each, PathCollection) for each in small.collections)


def test_cells_are_marked_against_the_floors(scores: xr.Dataset, ax: Axes) -> None:
    plot_heatmap(scores, ax=ax)
    cells, beside = (np.asarray(each) for each in meshes(ax))
    worse = {(r, c) for r, c in np.argwhere(cells > beside[:, :1])}
    better = {(r, c) for r, c in np.argwhere(cells < beside[:, 1:2])}
    assert marks(ax, "worse") == worse
    assert marks(ax, "better") == better
    assert worse | better
    text = describe_heatmap(scores)
    assert (
        f"worse than a coin flip in {len(worse)} and better than the other countries' mean in "
        f"{len(better)} of 21 cells." in text
    )


def test_marks_are_explained_where_they_occur(scores: xr.Dataset, ax: Axes) -> None:
    everywhere = scores.assign(mis=scores.mis_coin_flip + 0.1)
    plot_heatmap(everywhere, ax=ax)
    assert legend(ax)[0] == "worse than a coin flip"
    assert len(marks(ax, "worse")) == 21
    between = scores.assign(mis=scores.mis_coin_flip * 1.0, mis_leave_one_out=scores.mis * 0.0)
    bare = plot_heatmap(between, ax=Figure().subplots())
    assert bare.get_legend() is None


def test_the_text_has_means_and_extremes(scores: xr.Dataset) -> None:
    text = describe_heatmap(scores)
    assert text.startswith("Misalignment score of 3 models in 7 countries: means over countries")
    for name in scores.model.values:
        assert f"{name} {scores.mis.sel(model=name).mean().item():.3f}" in text
    floor = scores.isel(model=0).mis_coin_flip.mean().item()
    assert f"of the floors coin flip {floor:.3f}, other countries' mean 0." in text
    stacked = scores.mis.stack(cell=("country", "model"))
    worst = stacked[int(stacked.values.argmax())]
    where = f"{worst.model.item()} in {worst.country.item()} ({worst.item():.3f})"
    assert f"highest {where}." in text


def test_cells_without_a_score_are_left_empty(scores: xr.Dataset, ax: Axes) -> None:
    holed = scores.assign(
        mis=scores.mis.where((scores.country != "JPN") | (scores.model != "gamma"))
    )
    plot_heatmap(holed, ax=ax)
    cells, _ = meshes(ax)
    assert np.ma.getmaskarray(cells).sum() == 1
    assert [text.get_text() for text in ax.texts].count("") == 1
    text = describe_heatmap(holed)
    assert "Without a score and left empty: 1 cell." in text
    assert "of 20 cells" in text


def test_a_model_and_a_country_without_any_score_come_last(scores: xr.Dataset, ax: Axes) -> None:
    known = (scores.country != "JPN") & (scores.model != "alpha-7b")
    plot_heatmap(scores.assign(mis=scores.mis.where(known)), ax=ax)
    assert ticks(ax.get_xticklabels())[2] == "alpha-7b"
    assert ticks(ax.get_yticklabels())[-1] == "JPN"
    assert "alpha-7b no score" in describe_heatmap(scores.assign(mis=scores.mis.where(known)))


def test_one_model_and_one_country_are_a_matrix_too(ax: Axes) -> None:
    alone = scores_of(["alpha-7b"], ["JPN"]).sel(variant="vanilla").isel(model=0)
    plot_heatmap(alone, ax=ax)
    # There are no other countries to compare with.
    assert ticks(ax.get_xticklabels()) == ["alpha-7b", "coin flip", "noise ceiling"]
    assert meshes(ax)[0].shape == (1, 1)


def test_twenty_countries_and_ten_models_have_their_values_written() -> None:
    many = scores_of([f"m{i}-7b" for i in range(10)], many_countries(20)).sel(variant="vanilla")
    ax = plot_heatmap(many)
    assert len(ax.texts) == 20 * 13
    mpl.pyplot.close("all")


def test_scores_that_cannot_be_compared_are_refused(scores: xr.Dataset) -> None:
    with pytest.raises(InputError, match=r"several variants \(vanilla, consensus\); select one"):
        plot_heatmap(scores_of())
    with pytest.raises(InputError, match="None of 21 cells has a score; check their status"):
        plot_heatmap(scores.assign(mis=scores.mis * np.nan))
    other = scores.mis_leave_one_out.where(scores.model != "gamma", 0.3)
    with pytest.raises(InputError, match="mis_leave_one_out differs between the models; score"):
        plot_heatmap(scores.assign(mis_leave_one_out=other))
