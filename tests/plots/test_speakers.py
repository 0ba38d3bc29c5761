"""The figure of one cell: who leans which way."""

from __future__ import annotations

from collections.abc import Callable

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import disca_nb
from disca_nb.errors import InputError
from disca_nb.plots import describe, describe_speakers, plot_speakers

mpl.use("agg")

HOSTILE = "<script>$\\frac{$</script>"


@pytest.fixture(scope="module")
def cell() -> xr.Dataset:
    panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    steered = disca_nb.steer(panel, method="quadrature")
    return steered.isel(country=1, scenario=5, model=0)


def _axes() -> Axes:
    return Figure().subplots()


def _rows(ax: Axes) -> dict[str, float]:
    """Return the dots that are drawn, by the name of their row."""
    labels = [label.get_text() for label in ax.get_yticklabels()]
    names = dict(zip(ax.get_yticks(), labels, strict=True))
    dots = [line for line in ax.get_lines() if line.get_marker() in {"o", "s"}]
    return {
        names[y]: float(x)
        for line in dots
        for x, y in zip(np.asarray(line.get_xdata()), np.asarray(line.get_ydata()), strict=True)
    }


def test_every_speaker_has_a_dot_at_its_gap(cell: xr.Dataset) -> None:
    drawn = _rows(plot_speakers(cell, ax=_axes()))
    expected = {
        "vanilla": cell.vanilla_gap,
        "base prompt": cell.base_gap,
        **{str(name): cell.persona_gap.sel(persona=name) for name in cell.persona.values},
        "consensus": cell.consensus_gap,
        "as steered": cell.final_gap,
    }
    assert drawn == {name: gap.item() for name, gap in expected.items()}


def test_it_draws_where_it_is_told_and_keeps_its_text(cell: xr.Dataset) -> None:
    ax = _axes()
    assert plot_speakers(cell, ax=ax) is ax
    assert describe(ax) == describe_speakers(cell)


def test_the_text_has_the_numbers_and_whose_they_are(cell: xr.Dataset) -> None:
    text = describe_speakers(cell)
    assert text.startswith(f"Gaps of USA, {cell.scenario.item()}, synthetic-demo (synthetic) in")
    shown = f"{cell.final_gap.item():+.2f}".replace("-", "−")
    assert f"as steered {shown}" in text
    assert f"counted side: {cell.p_spare.item():.2f}" in text
    assert "divided" not in text


def test_a_category_temperature_is_said_as_vanilla_has_none(cell: xr.Dataset) -> None:
    divided = cell.assign_attrs(category_temperature="disca")
    assert "All but vanilla are divided" in describe_speakers(divided)


def test_a_persona_of_any_name_has_its_own_row(cell: xr.Dataset) -> None:
    names = ["consensus", "vanilla", HOSTILE, "as steered"]
    other = cell.assign_coords(persona=names)
    ax = plot_speakers(other, ax=_axes())
    assert len(ax.get_yticks()) == 8
    ax.figure.canvas.draw()
    assert HOSTILE[:20] in describe_speakers(other)


def test_an_unknown_gap_is_said(cell: xr.Dataset) -> None:
    unknown = cell.assign(base_gap=cell.base_gap * np.nan)
    assert "base prompt unknown" in describe_speakers(unknown)
    plot_speakers(unknown, ax=_axes()).figure.canvas.draw()


def test_it_is_drawn_in_the_ink_of_the_page(cell: xr.Dataset) -> None:
    with plt.style.context("dark_background"):
        ax = plot_speakers(cell, ax=_axes())
    zero = next(line for line in ax.get_lines() if list(np.asarray(line.get_xdata())) == [0, 0])
    assert mpl.colors.to_rgb(zero.get_color()) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.expand_dims("model"), "a dimension model"),
        (lambda c: c[["p_spare"]], "no gap"),
    ],
)
def test_what_is_no_cell_is_refused(
    cell: xr.Dataset, change: Callable[[xr.Dataset], xr.Dataset], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        plot_speakers(change(cell), ax=_axes())


def test_the_accessor_draws_the_same(cell: xr.Dataset) -> None:
    ax = _axes()
    assert cell.disca.plot.speakers(ax=ax) is ax
