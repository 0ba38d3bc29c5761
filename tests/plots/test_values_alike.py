"""What every figure of value consistency has in common: where it draws, ink, labels, text."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from drawn import HOSTILE, picture
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pictures import inside
from value_results import components_of, consistency_of, steerability_of

from disca_nb import plots
from disca_nb.errors import InputError, UnknownNameError

mpl.use("agg")

Draw = Callable[..., Any]
LONG = [f"organisation/a-model-with-a-long-name-{i}b-instruct-4bit" for i in range(8)]
TOPICS = [f"topic {i} with quite a long name of its own, and more" for i in range(60)]


def components() -> xr.Dataset:
    return components_of().assign_coords(model="alpha-7b")


FIGURES: dict[str, tuple[Draw, Draw, xr.Dataset]] = {
    "consistency": (
        plots.plot_consistency,
        plots.describe_consistency_plot,
        consistency_of(["alpha-7b"]),
    ),
    "topic_consistency": (
        plots.plot_topic_consistency,
        plots.describe_topic_consistency,
        consistency_of(["alpha-7b"], ["topic"]),
    ),
    "variance": (plots.plot_variance, plots.describe_variance, components()),
    "steerability": (
        plots.plot_steerability,
        plots.describe_steerability,
        steerability_of(["alpha-7b"]),
    ),
}
LABELS = {
    "consistency": "measure",
    "topic_consistency": "topic",
    "variance": "component",
    "steerability": "condition",
}
MAIN = {
    "consistency": "inconsistency",
    "topic_consistency": "topic_inconsistency",
    "variance": "variance",
    "steerability": "value_shift",
}
SHARE = "inconsistency_share"
CROWDS: dict[str, Callable[..., Axes]] = {
    "eight models": lambda **o: plots.plot_consistency(consistency_of(LONG), **o),
    "two models": lambda **o: plots.plot_consistency(consistency_of(), **o),
    "one measure": lambda **o: plots.plot_consistency(consistency_of(["a"], ["topic"]), **o),
    "sixty topics": lambda **o: plots.plot_topic_consistency(
        consistency_of(["a"], ["topic"], TOPICS), **o
    ),
    "six topics": lambda **o: plots.plot_topic_consistency(consistency_of(["a"], ["topic"]), **o),
    "components": lambda **o: plots.plot_variance(components(), **o),
    "values": lambda **o: plots.plot_steerability(steerability_of(["a"]), **o),
}
NAMES = pytest.mark.parametrize("name", FIGURES)


@NAMES
def test_it_draws_where_it_is_told_to_and_keeps_its_text(name: str) -> None:
    draw, tell, result = FIGURES[name]
    given = Figure(figsize=(9.0, 6.0)).subplots()
    before = plt.get_fignums()
    ax = draw(result, ax=given)
    assert ax is given
    assert plt.get_fignums() == before
    text = tell(result)
    assert plots.describe(ax) == text
    assert not any(bad in text for bad in ("nan", "\n", "  "))


@NAMES
def test_a_figure_of_its_own_is_made_and_not_shown(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[object] = []
    monkeypatch.setattr(plt, "show", lambda *_: shown.append(plt))
    before = len(plt.get_fignums())
    draw, _, result = FIGURES[name]
    draw(result)
    assert len(plt.get_fignums()) == before + 1
    assert shown == []
    plt.close("all")


@NAMES
@pytest.mark.parametrize(("style", "ink"), [("default", 0.0), ("dark_background", 1.0)])
def test_ink_is_that_of_the_page(name: str, style: str, ink: float) -> None:
    draw, _, result = FIGURES[name]
    with plt.style.context(style):
        ax = draw(result, ax=Figure().subplots())
    colours = [mpl.colors.to_rgb(line.get_color()) for line in ax.get_lines()]
    colours += [mpl.colors.to_rgb(text.get_color()) for text in (*ax.texts, ax.xaxis.label)]
    assert (ink, ink, ink) in colours
    assert (1.0 - ink, 1.0 - ink, 1.0 - ink) not in colours


@NAMES
def test_labels_are_text_whatever_they_hold(name: str) -> None:
    draw, tell, result = FIGURES[name]
    dim = LABELS[name]
    names = [HOSTILE, *result[dim].values[1:]]
    single = result.squeeze("model") if "model" in result.dims else result
    strange = single.assign_coords({dim: names, "model": HOSTILE})
    assert picture(draw(strange, ax=Figure(figsize=(8.0, 6.0)).subplots()))
    assert tell(strange).count(HOSTILE) >= 2


@pytest.mark.parametrize("crowd", CROWDS)
@pytest.mark.parametrize("size", [None, (4.2, 4.0)])
def test_all_lies_inside_and_rows_do_not_overlap(
    crowd: str, size: tuple[float, float] | None
) -> None:
    # A figure without a window lays nothing out before it is saved.
    given = (
        {} if size is None else {"ax": plt.figure(figsize=size, layout="constrained").subplots()}
    )
    ax = CROWDS[crowd](**given)
    assert inside(ax)
    labels = ax.get_yticklabels()
    boxes = [label.get_window_extent() for label in labels]
    # Less than a pixel is rounding.
    assert all(a.y0 > b.y1 - 1.0 for a, b in pairwise(boxes))
    title, headings = ax.title, ax.texts
    assert title.get_text() == ""
    over = ax._left_title.get_window_extent()  # type: ignore[attr-defined]
    assert not any(over.overlaps(text.get_window_extent()) for text in headings)
    assert ax.bbox.width > 0.2 * ax.figure.bbox.width
    plt.close("all")


@NAMES
def test_a_title_may_be_given_and_else_names_the_model(name: str) -> None:
    draw, _, result = FIGURES[name]
    assert draw(result, title="mine", ax=Figure().subplots()).get_title(loc="left") == "mine"
    assert "alpha-7b" in draw(result, ax=Figure().subplots()).get_title(loc="left")


@NAMES
def test_what_is_synthetic_is_called_so(name: str) -> None:
    draw, tell, result = FIGURES[name]
    marked = result.assign_attrs(source="synthetic: made up")
    assert "alpha-7b (synthetic)" in tell(marked)
    assert "(synthetic)" in draw(marked, ax=Figure().subplots()).get_title(loc="left")
    assert "synthetic data" in tell(result.assign_attrs(synthetic=np.int64(1)))


@NAMES
def test_what_cannot_be_drawn_is_refused(name: str) -> None:
    draw, _, result = FIGURES[name]
    several = result if "model" in result.dims else result.expand_dims("model")
    with pytest.raises(InputError, match=r"Expected an xarray.Dataset, got int"):
        draw(5)
    with pytest.raises(UnknownNameError, match="Unknown model 'alpha-7'; did you mean 'alpha-7b'"):
        draw(several, model="alpha-7")
    with pytest.raises(InputError, match="The selection holds no model; select at least one"):
        draw(several.isel(model=[]))
    with pytest.raises(InputError, match=r"lacks '\w+'"):
        draw(result.drop_vars([key for key in result.data_vars if not str(key).endswith("_low")]))
    with pytest.raises(InputError, match=r" is by group too; select one with \.sel\(group=…\)"):
        draw(result.expand_dims(group=["young", "old"]))
    with pytest.raises(InputError, match=r"has no |None of 6 components has an estimate"):
        draw(
            result.assign({MAIN[name]: result[MAIN[name]] * np.nan}).drop_vars(
                SHARE, errors="ignore"
            )
        )
