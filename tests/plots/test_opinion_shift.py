"""The figure of shifts under promptings."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from drawn import HOSTILE, legend, picture, ticks, xs
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from opinion_results import shift_of
from pictures import inside

from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.plots import describe, describe_shift, plot_shift

mpl.use("agg")


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(9.0, 5.0), layout="constrained").subplots()


def hand() -> xr.Dataset:
    """Return three promptings: toward with certainty, in doubt, and away with certainty."""
    values = {
        "shift": [0.01, 0.05, -0.04],
        "shift_low": [-0.01, 0.03, -0.06],
        "shift_high": [0.03, 0.07, -0.02],
        "shift_toward": [0.02, 0.06, -0.03],
        "shift_elsewhere": [0.01, 0.01, 0.01],
        "shift_uniform": [0.0, -0.02, 0.005],
    }
    return xr.Dataset(
        {name: ("prompting", each) for name, each in values.items()},
        {
            "prompting": ["as JPN", "in ko", "as USA"],
            "prompting_kind": ("prompting", ["cross-national", "linguistic", "cross-national"]),
            "prompted_country": ("prompting", ["JPN", "KOR", "USA"]),
            "model": "m",
        },
        {"measure": "jensen-shannon", "base": 2.0},
    )


def drawn(ax: Axes) -> dict[float, tuple[str, bool]]:
    """Return marker and whether it is filled, by shift."""
    found = {}
    for line in ax.get_lines():
        if line.get_label() == "_":
            filled = line.get_markerfacecolor() == line.get_color()
            for x in np.ravel(line.get_xdata()):
                found[float(x)] = (str(line.get_marker()), filled)
    return found


def test_rows_are_promptings_from_the_largest_shift(ax: Axes) -> None:
    assert plot_shift(hand(), ax=ax) is ax
    assert ticks(ax.get_yticklabels()) == ["in ko (KOR)", "as JPN", "as USA"]
    segments = [each.get_segments() for each in ax.collections]  # type: ignore[attr-defined]
    national, linguistic = segments
    np.testing.assert_allclose(linguistic, [[(0.03, 0.0), (0.07, 0.0)]])
    np.testing.assert_allclose(
        national, [[(-0.01, 1.0), (0.03, 1.0)], [(-0.06, 2.0), (-0.02, 2.0)]]
    )
    assert ax.yaxis_inverted()


def test_kinds_differ_in_marker_and_doubt_is_hollow(ax: Axes) -> None:
    plot_shift(hand(), ax=ax)
    assert drawn(ax) == {0.05: ("s", True), 0.01: ("o", False), -0.04: ("o", True)}


def test_the_zero_line_and_the_two_gains_are_there(ax: Axes) -> None:
    plot_shift(hand(), ax=ax)
    zero = ax.get_lines()[0]
    assert list(np.ravel(zero.get_xdata())) == [0.0, 0.0]
    assert xs(ax, "toward the country").tolist() == [0.06, 0.02, -0.03]
    assert xs(ax, "toward the others, mean").tolist() == [0.01, 0.01, 0.01]
    assert xs(ax, "shift of answers that become uniform").tolist() == [-0.02, 0.0, 0.005]
    assert set(legend(ax)) == {
        *("asked as someone of the country", "asked in its language", "toward the country"),
        *("toward the others, mean", "shift of answers that become uniform"),
    }


def test_the_text_has_the_figures(ax: Axes) -> None:
    plot_shift(hand(), ax=ax)
    assert describe(ax) == describe_shift(hand())
    assert describe(ax) == (
        "Shift of m under 3 promptings, toward the prompted country less toward the others: "
        "in ko (KOR) +0.050 [+0.030, +0.070]; as JPN +0.010 [−0.010, +0.030]; as USA −0.040 "
        "[−0.060, −0.020]. The interval is above 0 in 1 and below in 1 of 3; mean shift +0.007, "
        "mean gain toward the country +0.017, mean gain toward the others +0.010, mean shift of "
        "answers that become uniform −0.005."
    )
    assert [text.get_text() for text in ax.texts][:2] == [
        "+0.050 [+0.030, +0.070]",
        "+0.010 [−0.010, +0.030]",
    ]


def test_promptings_beyond_the_top_are_counted(ax: Axes) -> None:
    many = shift_of([f"Country {i} (Non-national sample)" for i in range(138)])
    plot_shift(many, model="beta-0.5b", ax=ax, top=10)
    assert len(ax.get_yticklabels()) == 10
    assert ax.get_ylabel() == "the 10 largest of 139 shifts"
    assert "Drawn are the 10 largest; 129 are left out." in describe(ax)
    own = plot_shift(many, model="beta-0.5b")
    assert len(own.get_yticklabels()) == 40
    assert inside(own)
    plt.close("all")


def test_a_shift_without_an_interval_is_in_doubt(ax: Axes) -> None:
    bare = hand().drop_vars(["shift_low", "shift_high", "shift_uniform", "prompted_country"])
    plot_shift(bare, ax=ax)
    assert not any(filled for _, filled in drawn(ax).values())
    assert ticks(ax.get_yticklabels())[0] == "in ko"
    assert "nan" not in describe(ax)
    assert "The interval is above 0 in 0 and below in 0 of 3" in describe(ax)


def test_promptings_without_a_shift_are_named(ax: Axes) -> None:
    holed = hand().where(hand().prompting != "as JPN")
    plot_shift(holed, ax=ax)
    assert ticks(ax.get_yticklabels()) == ["in ko (KOR)", "as USA"]
    assert describe(ax).endswith("No shift: as JPN.")


@pytest.mark.parametrize(("style", "ink"), [("default", 0.0), ("dark_background", 1.0)])
def test_a_figure_of_its_own_holds_all_in_the_ink_of_the_page(style: str, ink: float) -> None:
    with plt.style.context(style):
        ax = plot_shift(shift_of(), model="alpha-7b")
    assert mpl.colors.to_rgb(ax.get_lines()[0].get_color()) == (ink, ink, ink)
    assert inside(ax)
    plt.close("all")


def test_labels_are_text_whatever_they_hold() -> None:
    names = [HOSTILE, "in ko", "as USA"]
    strange = hand().assign_coords(prompting=names, model=HOSTILE)
    ax = plot_shift(strange, ax=Figure().subplots())
    assert picture(ax)
    assert HOSTILE in describe(ax)


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(InputError, match=r"several models \(alpha-7b, beta-0.5b\); name one with"):
        plot_shift(shift_of())
    with pytest.raises(UnknownNameError, match=r"Unknown model 'beta'; did you mean 'beta-0\.5b'"):
        plot_shift(shift_of(), model="beta")
    for name in ("shift", "prompting_kind"):
        with pytest.raises(InputError, match=f"lacks '{name}'"):
            plot_shift(hand().drop_vars(name))
    with pytest.raises(InputError, match=r"m has no shift under any of 3 promptings; ask with cro"):
        plot_shift(hand() * np.nan)
    with pytest.raises(InputError, match=r"The shift is by group too; select one with \.sel\(gro"):
        plot_shift(hand().expand_dims(group=["young", "old"]))
    with pytest.raises(ParameterError, match="top is -1; it must be a whole number of at least 1"):
        plot_shift(hand(), top=-1)
