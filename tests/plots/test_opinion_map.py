"""The tile map of opinion similarity."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from drawn import legend
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection, PathCollection
from matplotlib.figure import Figure
from opinion_results import COUNTRIES, representation_of
from pictures import inside

from disca_nb.datasets import tiles
from disca_nb.errors import InputError, UnknownNameError
from disca_nb.plots import describe, describe_representation_map, plot_representation_map
from disca_nb.plots._cells import number

mpl.use("agg")

PLACED = [name for name in COUNTRIES if len(name) == 3]


@pytest.fixture(scope="module")
def result() -> xr.Dataset:
    return representation_of()


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(12.0, 7.0)).subplots()


def hand() -> xr.Dataset:
    """Return three countries: below both floors, between them, and above both."""
    similarity, uniform, others = [0.5, 0.65, 0.75], [0.6, 0.6, 0.6], [0.7, 0.7, 0.7]
    return xr.Dataset(
        {
            "similarity": ("country", similarity),
            "excess": ("country", np.subtract(similarity, uniform)),
            "similarity_uniform": ("country", uniform),
            "similarity_others": ("country", others),
        },
        {"country": ["JPN", "USA", "BRA"], "model": "m", "prompting": "default"},
        {"mode": "common", "n_common": 9, "measure": "jensen-shannon", "base": 2.0},
    )


def valued(ax: Axes) -> PatchCollection:
    """Return the squares with a value."""
    return [each for each in ax.collections if isinstance(each, PatchCollection)][1]


def marked(ax: Axes, gid: str) -> set[tuple[int, int]]:
    """Return the tiles that have a mark."""
    (marks,) = [
        each
        for each in ax.collections
        if isinstance(each, PathCollection) and each.get_gid() == gid
    ]
    return {(round(x - 0.34), round(y + 0.34)) for x, y in np.asarray(marks.get_offsets())}


def test_excess_stands_on_a_scale_around_zero(ax: Axes) -> None:
    assert plot_representation_map(hand(), ax=ax) is ax
    np.testing.assert_allclose(np.asarray(valued(ax).get_array()), [-0.1, 0.05, 0.15])
    low, high = valued(ax).get_clim()
    assert (low, high) == pytest.approx((-0.15, 0.15))
    assert [text.get_text() for text in ax.texts][3:] == ["−.10", ".05", ".15"]
    # Of the two colours of the scale neither is the other one's for any kind of colour vision.
    assert valued(ax).get_cmap().name == "PuOr"


def test_similarity_stands_on_its_own_scale(ax: Axes) -> None:
    plot_representation_map(hand(), value="similarity", ax=ax)
    assert valued(ax).get_clim() == (0.5, 0.75)
    given = plot_representation_map(hand(), ax=Figure().subplots(), limits=(-0.5, 0.2))
    assert valued(given).get_clim() == (-0.5, 0.2)
    with pytest.raises(InputError, match=r"limits is \(1, 0\); give a lower and an upper end"):
        plot_representation_map(hand(), limits=(1, 0))


@pytest.mark.parametrize("value", ["excess", "similarity"])
def test_countries_below_and_above_the_floors_are_marked(value: str, ax: Axes) -> None:
    plot_representation_map(hand(), value=value, ax=ax)
    world = tiles.world()
    assert marked(ax, "worse") == {tuple(world["JPN"])}
    assert marked(ax, "better") == {tuple(world["BRA"])}
    assert legend(ax) == [
        *("no value", "less similar than the uniform responder"),
        "more similar than the other countries' mean",
    ]


def test_scores_on_other_questions_are_not_compared(ax: Axes) -> None:
    counts = {"n_questions": ("country", [9, 9, 9]), "n_questions_others": ("country", [9, 9, 8])}
    plot_representation_map(hand().assign(counts), ax=ax)
    assert not [each for each in ax.collections if each.get_gid() == "better"]
    assert "more similar than the other countries' mean in 0 of 3" in describe(ax)


def test_the_text_has_the_figures(ax: Axes) -> None:
    plot_representation_map(hand(), ax=ax)
    assert describe(ax) == describe_representation_map(hand())
    assert describe(ax) == (
        "World tile map of 3 countries, m, default prompting, mode common: the 9 questions that "
        "every country answered. Similarity less that of the uniform responder (1 − "
        "Jensen–Shannon distance, base 2): mean +0.033, JPN −0.100, USA +0.050, BRA +0.150. Marked "
        "are countries less similar than the uniform responder in 1 and more similar than the "
        "other countries' mean in 1 of 3."
    )
    plain = describe_representation_map(hand(), value="similarity")
    assert "Similarity (1 − Jensen–Shannon distance, base 2): mean 0.633, JPN 0.500" in plain


def test_sub_samples_have_no_tile_and_are_named(result: xr.Dataset, ax: Axes) -> None:
    holed = result.assign(similarity=result.similarity.where(result.country != "BRA"))
    holed = holed.assign(excess=holed.excess.where(holed.country != "BRA"))
    plot_representation_map(holed, model="alpha-7b", prompting="as JPN", ax=ax)
    assert valued(ax).get_array().size == len(PLACED) - 1  # type: ignore[union-attr]
    assert "No tile: IND (Current national sample). No value: BRA." in describe(ax)
    assert ax.get_title(loc="left").startswith("alpha-7b, asked as JPN\nmode all")


@pytest.mark.parametrize(("style", "ink"), [("default", 0.0), ("dark_background", 1.0)])
def test_a_figure_of_its_own_holds_all_in_the_ink_of_the_page(
    result: xr.Dataset, style: str, ink: float
) -> None:
    with plt.style.context(style):
        ax = plot_representation_map(result, model="alpha-7b")
        colours = {mpl.colors.to_rgb(text.get_color()) for text in ax.get_legend().get_texts()}  # type: ignore[union-attr]
    assert colours == {(ink, ink, ink)}
    assert inside(ax)
    plt.close("all")


def test_values_stand_out_from_their_squares(result: xr.Dataset, ax: Axes) -> None:
    plot_representation_map(result, model="alpha-7b", ax=ax)
    squares = valued(ax)
    values = np.asarray(squares.get_array())
    for text, value in zip(ax.texts, [*values, *values], strict=True):
        red, green, blue, _ = squares.to_rgba(value)
        light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        assert abs(light - np.mean(mpl.colors.to_rgb(text.get_color()))) > 0.35


def test_what_is_zero_when_rounded_has_no_sign() -> None:
    assert (number(-0.001), number(0.001), number(-0.006)) == (".00", ".00", "−.01")


def test_what_cannot_be_drawn_is_refused(result: xr.Dataset) -> None:
    with pytest.raises(UnknownNameError, match="Unknown value 'exces'; did you mean 'excess'"):
        plot_representation_map(result, value="exces", model="alpha-7b")
    with pytest.raises(InputError, match="lacks 'excess'"):
        plot_representation_map(result.drop_vars("excess"), model="alpha-7b")
    with pytest.raises(InputError, match=r"several models \(alpha-7b, beta-0.5b\); name one"):
        plot_representation_map(result)
    with pytest.raises(UnknownNameError, match="Unknown prompting 'in kp'; did you mean 'in ko'"):
        plot_representation_map(result, model="alpha-7b", prompting="in kp")
    names = ["Japan", "South Korea", "United States"]
    with pytest.raises(
        InputError, match=r"None of .* has a value and a tile; .*surveys\.unify giv"
    ):
        plot_representation_map(hand().assign_coords(country=names))
    with pytest.raises(
        InputError, match="m, default prompting has no score for any of 3 countries"
    ):
        plot_representation_map(hand() * np.nan)
