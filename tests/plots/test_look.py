"""How figures look: inks, roles, short labels, legends, and names beside points."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from drawn import HOSTILE, legend, picture
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.typing import ColorType
from panels import Floats

from disca_nb.plots._cells import number
from disca_nb.plots._labels import label_points
from disca_nb.plots._look import ROLES, brief, colour_of, dots, fitted_legend, ink_on
from disca_nb.plots._phrases import figure, sentence

mpl.use("agg")


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(6.0, 4.0)).subplots()


def luminance(colour: ColorType) -> float:
    """Return the relative luminance of a colour by WCAG 2."""
    rgb = np.array(mpl.colors.to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("share", np.linspace(0.0, 1.0, 21))
def test_ink_on_any_cell_has_enough_contrast(share: float) -> None:
    cell = mpl.colormaps["cividis"](share)
    light, dark = sorted((luminance(cell), luminance(ink_on(cell))))[::-1]
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_no_two_roles_look_the_same() -> None:
    assert len({(role.colour, role.marker) for role in ROLES.values()}) == len(ROLES)
    measured = [ROLES[name] for name in ("human", "vanilla", "steered")]
    assert len({role.marker for role in measured}) == 3
    assert len({str(colour_of(role)) for role in measured}) == 3


def test_floors_are_hollow_and_what_was_measured_is_filled() -> None:
    assert dots(ROLES["mis_leave_one_out"])["markerfacecolor"] == "none"
    for name in ("human", "vanilla", "steered"):
        assert dots(ROLES[name])["markerfacecolor"] == colour_of(ROLES[name])


def test_no_name_is_left_out_of_a_legend(ax: Axes) -> None:
    ax.plot([0.0], [1.0], **dots(ROLES["steered"]._replace(label="_hidden")))
    fitted_legend(ax)
    assert legend(ax) == [" _hidden"]


@pytest.mark.parametrize("text", ["", "short", "a" * 30, "two\nlines"])
def test_short_labels_stay_whole_in_one_line(text: str) -> None:
    assert brief(text) == text.replace("\n", " ")


def test_long_labels_keep_both_ends() -> None:
    text = brief("qwen2.5-72b-instruct-of-a-very-long-kind-4bit")
    assert len(text) == 30
    assert text.startswith("qwen2.5-72b")
    assert text.endswith("kind-4bit")


@pytest.mark.parametrize(("width", "columns"), [(12.0, 4), (5.0, 2), (1.0, 1)])
def test_legends_have_as_many_columns_as_fit(width: float, columns: int) -> None:
    ax = Figure(figsize=(width, 3.0)).subplots()
    for i in range(4):
        ax.plot([0.0], [i], "o", label=f"a label of {i}")
    fitted_legend(ax)
    assert ax.get_legend()._ncols == columns  # type: ignore[union-attr]


def test_legends_take_labels_as_text_and_need_some(ax: Axes) -> None:
    fitted_legend(ax)
    assert ax.get_legend() is None
    ax.plot([0.0], [1.0], "o", label=HOSTILE)
    fitted_legend(ax)
    assert legend(ax) == [HOSTILE]
    assert picture(ax)


def boxes(ax: Axes) -> Floats:
    """Return left, bottom, right and top of the names written, in pixels."""
    renderer = ax.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    return np.array([text.get_window_extent(renderer).extents for text in ax.texts])


def test_names_beside_points_cover_neither_each_other_nor_the_axes_edge() -> None:
    figure_ = Figure(figsize=(6.0, 4.0))
    mpl.backends.backend_agg.FigureCanvasAgg(figure_)
    ax = figure_.subplots()
    points = np.array([[0.0, 0.0], [0.02, 0.01], [1.0, 1.0], [0.98, 0.02], [0.5, 0.5]])
    ax.plot(*points.T, "o")
    names = ["alpha-7b", "beta-7b", "gamma-70b", "delta-70b", "epsilon"]
    assert label_points(ax, points, names, avoid=points) == []
    found = boxes(ax)
    assert [text.get_text() for text in ax.texts] == names
    for i, one in enumerate(found):
        for other in found[:i]:
            apart = (one[:2] >= other[2:] - 1.0).any() or (other[:2] >= one[2:] - 1.0).any()
            assert apart
    assert (found[:, :2] >= ax.bbox.extents[:2]).all()
    assert (found[:, 2:] <= ax.bbox.extents[2:]).all()


def test_names_without_room_are_left_out_unless_all_must_be_there(ax: Axes) -> None:
    points = np.full((40, 2), 0.5)
    names = [f"country {i}" for i in range(40)]
    left_out = label_points(ax, points, names, avoid=points, every=False)
    assert 0 < len(left_out) < 40
    assert len(ax.texts) == 40 - len(left_out)
    crowded = Figure().subplots()
    assert label_points(crowded, points, names, avoid=points) == []
    assert len(crowded.texts) == 40


def test_words_of_numbers() -> None:
    assert (figure(0.12345), figure(np.nan), figure(np.inf)) == ("0.123", "no score", "no score")
    assert sentence("Left out", []) == []
    assert sentence("Left out", range(20), limit=2) == ["Left out: 0, 1 and 18 more."]
    assert [number(x) for x in (0.999, -0.25, 12.0, 123.4, np.nan)] == [
        *("1.00", "−.25", "12.00", "123", "")
    ]
