"""The figure of one cell."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from pictures import inside

from disca_nb.errors import InputError
from disca_nb.plots import describe, describe_landscape, plot_landscape
from disca_nb.steering import landscape

mpl.use("agg")
NAMES = ("young", "middle", "older", "all")
HOSTILE = ("$x_1$", "_hidden", "<script>alert(1)</script>", "a very long name " * 8)


def cell(names: tuple[str, ...] = NAMES, **options: Any) -> xr.Dataset:  # noqa: ANN401
    gaps = xr.Dataset(
        {
            "base_gap": (("country", "scenario"), [[options.pop("base", 1.0)]]),
            "persona_gap": (("country", "scenario", "persona"), [[[-0.5, 0.0, 0.25, 0.75]]]),
        },
        {
            "country": ["JPN"],
            "scenario": [options.pop("scenario", "s")],
            "persona": list(names),
            "preferred_on_right": ("scenario", [True]),
            "category": ("scenario", ["Age"]),
        },
        {"source": "synthetic, made up"},
    )
    scenario = gaps.scenario.values[0]
    return landscape(gaps, country="JPN", scenario=scenario, **options)


@pytest.fixture(scope="module")
def one() -> xr.Dataset:
    return cell()


@pytest.fixture
def panels(one: xr.Dataset) -> tuple[Axes, Axes, Axes]:
    utility, weights, voices = plot_landscape(one, figure=Figure())
    return utility, weights, voices


def lines(ax: Axes) -> dict[str, Any]:
    return {str(line.get_label()): line for line in ax.get_lines()}


def test_curves_are_those_of_the_landscape(
    one: xr.Dataset, panels: tuple[Axes, Axes, Axes]
) -> None:
    gap = one.consensus_gap.item() + one.candidate.values
    for ax, label, name in (
        (panels[0], "utility of the panel", "utility"),
        (panels[1], "weighted candidates", "weight_density"),
        (panels[1], "drawn: N(0, σ²)", "proposal_density"),
    ):
        line = lines(ax)[label]
        np.testing.assert_array_equal(line.get_xdata(), gap)
        np.testing.assert_array_equal(line.get_ydata(), one[name])
    drawn = [line.get_ydata() for line in panels[0].get_lines()]
    for persona in one.persona.values:
        value = one.persona_value.sel(persona=persona).values
        assert any(np.array_equal(each, value) for each in drawn)


def test_kinks_lie_on_the_utility(one: xr.Dataset, panels: tuple[Axes, Axes, Axes]) -> None:
    curve = lines(panels[0])["utility of the panel"]
    marks = [lines(panels[0])[name] for name in ("a gain is zero", "a voice, or its floor")]
    for line, chosen in zip(marks, (one.kink_of_gain, ~one.kink_of_gain), strict=True):
        at = one.consensus_gap.item() + one.kink_at.values[chosen.values]
        np.testing.assert_array_equal(line.get_xdata(), at)
        on_curve = np.interp(at, curve.get_xdata(), curve.get_ydata())
        np.testing.assert_allclose(line.get_ydata(), on_curve)
    # Of 11 points one lies out of view, and one persona stands where another gains nothing.
    assert sum(line.get_xdata().size for line in marks) == 9
    assert marks[0].get_marker() != marks[1].get_marker()


def test_nodes_are_a_rug_below_the_weights(
    one: xr.Dataset, panels: tuple[Axes, Axes, Axes]
) -> None:
    rug = lines(panels[1])[f"{one.sizes['node']} nodes"]
    low, high = panels[1].get_xlim()
    nodes = one.consensus_gap.item() + one.node_at.values
    np.testing.assert_array_equal(rug.get_xdata(), nodes[(nodes >= low) & (nodes <= high)])
    assert (rug.get_ydata() < 0.0).all()
    mean = lines(panels[1])["their weighted mean"].get_xdata()[0]
    assert mean == pytest.approx(one.consensus_gap.item() + one.weight_mean.item())


def test_every_voice_has_a_row_with_its_gap(
    one: xr.Dataset, panels: tuple[Axes, Axes, Axes]
) -> None:
    rows = [label.get_text() for label in panels[2].get_yticklabels()]
    final = f"final gap  {one.final_gap.item():+.2f}"
    known = ["base  +1.00", "young  −0.50", "middle  +0.00", "older  +0.25", "all  +0.75"]
    assert rows == [*known, "consensus  +0.12", final]
    marked = [line for line in panels[2].get_lines() if line.get_marker() != "None"]
    dots: dict[int, Any] = {int(np.ravel(line.get_ydata())[0]): line for line in marked}
    expected = [1.0, -0.5, 0.0, 0.25, 0.75, 0.125, one.final_gap.item()]
    assert [dots[row].get_xdata()[0] for row in range(7)] == pytest.approx(expected)
    assert len({dots[row].get_marker() for row in range(7)}) == 7
    assert panels[2].yaxis_inverted()


def test_bars_reach_from_the_base_to_its_mirror(panels: tuple[Axes, Axes, Axes]) -> None:
    bars = [each for each in panels[2].collections if isinstance(each, LineCollection)]
    ends = [tuple(bar.get_segments()[0][:, 0]) for bar in bars]
    expected = [(-2.0, 1.0), (-1.0, 1.0), (-0.5, 1.0), (0.5, 1.0), (-0.75, 1.0)]
    np.testing.assert_allclose(ends, expected)


def test_voices_out_of_view_are_arrows_at_the_edge() -> None:
    far = cell(base=50.0, sigma=0.3)
    ax = plot_landscape(far, figure=Figure())[2]
    (arrow,) = [line for line in ax.get_lines() if line.get_marker() == 5]
    assert arrow.get_xdata()[0] == pytest.approx(ax.get_xlim()[1])
    assert ax.get_yticklabels()[0].get_text() == "base  +50.00"


def test_all_panels_share_the_axis_and_have_the_text(one: xr.Dataset) -> None:
    figure = plt.figure()
    found = plot_landscape(one, figure=figure)
    assert found.shape == (3,)
    assert list(found) == figure.axes
    assert len({ax.get_xlim() for ax in found}) == 1
    assert {describe(ax) for ax in found} == {describe_landscape(one)}
    plt.close(figure)


def test_a_part_of_a_figure_will_do(one: xr.Dataset) -> None:
    left, right = Figure().subfigures(1, 2).flat  # type: ignore[union-attr]
    assert all(ax.figure is right for ax in plot_landscape(one, figure=right))
    assert not left.axes


def test_the_text_has_the_figures(one: xr.Dataset) -> None:
    text = describe_landscape(one)
    assert text.startswith("Landscape of JPN, scenario s, model (synthetic): gaps are base +1.00, ")
    assert f"search width {one.sigma.item():.2f}" in text
    assert f"ratio of {one.ess_ratio.item():.2f}. With reliability" in text
    assert f"reliability {one.reliability.item():.2f} the correction is " in text
    assert f"final gap is {one.final_gap.item():+.2f}" in text
    assert f"probability {one.p_spare.item():.2f}" in text
    assert "not smooth at 9 places in view: −1.00 (zero gain of middle)" in text
    assert f"{one.sizes['node']} nodes" in text
    best = one.candidate.values[one.utility.argmax().item()] + one.consensus_gap.item()
    assert f"highest at {best:+.2f}" in text
    assert "below the threshold" not in text


def test_the_text_says_where_passes_are_silent() -> None:
    assert "below the threshold 0.9, so that a pass gives 0" in describe_landscape(
        cell(eta=0.02, rho=0.9)
    )


def test_the_title_says_cell_and_steering(one: xr.Dataset) -> None:
    title = plot_landscape(one, figure=Figure())[0].get_title(loc="left").replace("\n", " ")
    assert title.startswith("JPN, scenario s, model (synthetic) DISCA paper, σ adaptive ≥ 0.3")
    assert plot_landscape(one, figure=Figure(), title="my")[0].get_title(loc="left") == "my"


def test_a_figure_of_its_own_is_made_in_the_ink_of_the_page(one: xr.Dataset) -> None:
    before = len(plt.get_fignums())
    with plt.style.context("dark_background"):
        found = plot_landscape(one)
    assert len(plt.get_fignums()) == before + 1
    utility = lines(found[0])["utility of the panel"]
    assert mpl.colors.to_rgb(utility.get_color()) == (1.0, 1.0, 1.0)
    plt.close("all")


@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_hostile_labels_are_shown_as_they_are(style: str) -> None:
    odd = cell(HOSTILE, scenario="$\\frac{$")
    with plt.style.context(style):
        found = plot_landscape(odd)
        found[0].figure.canvas.draw()
    rows = [label.get_text() for label in found[2].get_yticklabels()]
    assert rows[1] == r"\$x_1\$  −0.50"
    assert rows[3].startswith("<script>alert(1)</scrip…")
    assert max(map(len, rows)) < 40
    assert "$x_1$ −0.50" in describe(found[0])
    plt.close("all")


def test_no_text_lies_outside_the_figure(one: xr.Dataset) -> None:
    found = plot_landscape(one)
    assert all(inside(ax) for ax in found)
    plt.close("all")


@pytest.mark.parametrize("count", [1, 16])
def test_panels_of_one_and_of_sixteen_are_drawn(count: int) -> None:
    gaps = xr.Dataset(
        {
            "base_gap": (("country", "scenario"), [[0.5]]),
            "persona_gap": (
                ("country", "scenario", "persona"),
                np.linspace(-1.0, 1.0, count).reshape(1, 1, count),
            ),
        },
        {
            "country": ["JPN"],
            "scenario": ["s"],
            "persona": [f"p{i}" for i in range(count)],
            "preferred_on_right": ("scenario", [True]),
            "category": ("scenario", ["Age"]),
        },
    )
    found = plot_landscape(landscape(gaps, country="JPN", scenario="s"), figure=Figure())
    assert len(found[2].get_yticks()) == count + 3


def test_other_datasets_are_refused(one: xr.Dataset) -> None:
    with pytest.raises(InputError, match="lacks 'kink_text'"):
        plot_landscape(one.drop_vars("kink_text"))
    two = one.utility.drop_vars("scenario").expand_dims(scenario=["s", "t"])
    with pytest.raises(InputError, match=r"several scenarios \(s, t\); select one with \.sel"):
        describe_landscape(one.drop_vars("scenario").assign(utility=two))
