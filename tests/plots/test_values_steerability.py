"""The figure of steerability toward values."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from drawn import legend, ticks
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from value_results import steerability_of

from disca_nb.errors import InputError
from disca_nb.plots import describe, describe_steerability, plot_steerability

mpl.use("agg")


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(10.0, 5.0)).subplots()


def hand() -> xr.Dataset:
    """Return three values and all together: with certainty, in doubt, and without an interval."""
    values = {
        "value_shift": [0.1, 0.4, -0.2, 0.1],
        "value_shift_low": [-0.1, 0.2, np.nan, 0.05],
        "value_shift_high": [0.3, 0.6, np.nan, 0.15],
        "selectivity": [0.05, 0.3, -0.1, 0.083],
        "selectivity_low": [-0.1, 0.1, np.nan, -0.01],
        "selectivity_high": [0.2, 0.5, np.nan, 0.2],
        "value_rank": [2.0, 1.0, 3.0, 2.0],
        "rank_p_value": [0.6, 0.2, 1.0, 0.041],
        "compat_rank": [1.0, 2.0, 0.0, 1.25],
    }
    return xr.Dataset(
        {**{name: ("condition", each) for name, each in values.items()}, "chance_rank": 2.5},
        {"condition": ["power", "security", "tradition", "all"], "model": "m"},
        {"level": 0.9, "chance_compat_rank": 1.5},
    )


def drawn(ax: Axes) -> dict[float, tuple[str, float, bool]]:
    """Return marker, row and whether it is filled, by place across."""
    found = {}
    for line in ax.get_lines():
        if line.get_label() == "_":
            filled = line.get_markerfacecolor() == line.get_color()
            for x, y in zip(np.ravel(line.get_xdata()), np.ravel(line.get_ydata()), strict=True):
                found[float(x)] = (str(line.get_marker()), round(float(y), 2), filled)
    return found


def test_rows_are_values_by_shift_with_all_of_them_last(ax: Axes) -> None:
    assert plot_steerability(hand().drop_vars("selectivity"), ax=ax) is ax
    assert ticks(ax.get_yticklabels()) == ["security", "power", "tradition", "all values"]
    assert ax.get_yticklabels()[-1].get_fontweight() == "bold"
    assert ax.yaxis_inverted()
    bare = hand().isel(condition=[0, 1, 2])
    values = plot_steerability(bare, ax=Figure().subplots())
    assert ticks(values.get_yticklabels()) == ["security", "power", "tradition"]


def test_marks_are_filled_where_the_interval_leaves_out_0(ax: Axes) -> None:
    # No two of the numbers may be the same here.
    own = hand().assign(value_shift=("condition", [0.11, 0.4, -0.2, 0.1]))
    plot_steerability(own, ax=ax)
    assert drawn(ax) == {
        0.4: ("o", -0.17, True),
        0.11: ("o", 0.83, False),
        -0.2: ("o", 1.83, False),
        0.1: ("o", 2.83, True),
        0.3: ("s", 0.17, True),
        0.05: ("s", 1.17, False),
        -0.1: ("s", 2.17, False),
        0.083: ("s", 3.17, False),
    }
    assert legend(ax) == [
        "shift: gain where the value is asked for",
        "selectivity: less the mean gain under other values",
    ]
    assert "no line: too few portraits for an interval" in ax.get_xlabel()


def test_figures_stand_at_the_right_and_the_rank_in_the_title(ax: Axes) -> None:
    plot_steerability(hand(), ax=ax)
    assert [text.get_text() for text in ax.texts] == [
        *("+0.40", "+0.10", "−0.20", "+0.10", "shift"),
        *("+0.30", "+0.05", "−0.10", "+0.08", "selectivity"),
        *("1.0", "2.0", "3.0", "2.0", "rank"),
    ]
    assert ax.get_title(loc="left").splitlines() == [
        "m",
        "mean rank 2.0 (1 is best) against 2.5 by chance, p 0.041",
        "rank as published 1.2 (0: the smallest drop) against 1.5 by chance",
    ]


def test_the_text_has_the_figures(ax: Axes) -> None:
    plot_steerability(hand(), ax=ax)
    assert describe(ax) == (
        "Steerability of m toward 3 values, by shift: security shift +0.400 [+0.200, +0.600], "
        "selectivity +0.300 [+0.100, +0.500], rank 1.0; power shift +0.100 [−0.100, +0.300], "
        "selectivity +0.050 [−0.100, +0.200], rank 2.0; tradition shift −0.200, selectivity "
        "−0.100, rank 3.0; all values shift +0.100 [+0.050, +0.150], selectivity +0.083 [−0.010, "
        "+0.200], rank 2.0. Mean rank 2.0 (1 is best) against 2.5 by chance, p 0.041. Rank as "
        "published 1.2 (0: the smallest drop) against 1.5 by chance."
    )


def test_what_is_not_there_is_not_drawn(ax: Axes) -> None:
    bare = hand()[["value_shift"]].isel(condition=[0, 1])
    plot_steerability(bare, ax=ax)
    assert legend(ax) == ["shift: gain where the value is asked for"]
    assert ax.get_title(loc="left") == "m"
    assert not any(filled for _, _, filled in drawn(ax).values())


def test_a_p_value_is_not_0(ax: Axes) -> None:
    plot_steerability(hand().assign(rank_p_value=("condition", [1.0, 1.0, 1.0, 0.0004])), ax=ax)
    assert "by chance, p < 0.001" in ax.get_title(loc="left")


def test_values_without_a_shift_are_named(ax: Axes) -> None:
    plot_steerability(hand().where(hand().condition != "power"), ax=ax)
    assert ticks(ax.get_yticklabels()) == ["security", "tradition", "all values"]
    assert describe(ax).endswith("No shift: power.")


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(InputError, match=r"several models \(alpha-7b, beta-0.5b\); name one with"):
        plot_steerability(steerability_of())
    with pytest.raises(InputError, match="lacks 'value_shift'"):
        describe_steerability(hand().drop_vars("value_shift"))
    with pytest.raises(InputError, match=r"m has no shift toward any of 3 values; ask it of portr"):
        plot_steerability(hand() * np.nan)
