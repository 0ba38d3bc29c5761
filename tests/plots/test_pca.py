"""Principal components of preference vectors."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from drawn import legend, scores_of, xs, ys
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from panels import Floats

from disca_nb.errors import InputError, UnknownNameError
from disca_nb.plots import describe_pca, plot_pca
from disca_nb.plots.pca import components

mpl.use("agg")


@pytest.fixture(scope="module")
def scores() -> xr.Dataset:
    return scores_of(["alpha-7b"])


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(7.0, 6.0)).subplots()


def vectors(scores: xr.Dataset) -> list[Floats]:
    """Return the points by stage: vanilla, consensus, humans."""
    one = scores.squeeze("model").transpose("country", "attribute", ...)
    return [
        *(one.preference.sel(variant=name).values for name in ("vanilla", "consensus")),
        one.human_preference.values,
    ]


def test_distances_drawn_are_those_on_the_two_components(scores: xr.Dataset, ax: Axes) -> None:
    plot_pca(scores, ax=ax)
    stacked = np.concatenate(vectors(scores))
    values, directions = np.linalg.eigh(np.cov(stacked.T, bias=True))
    plane = directions[:, np.argsort(values)[:-3:-1]]
    expected = (stacked - stacked.mean(axis=0)) @ plane
    labels = ("vanilla", "consensus", "humans")
    drawn = np.concatenate([np.column_stack([xs(ax, each), ys(ax, each)]) for each in labels])
    for axis in (0, 1):
        # A component may point either way.
        sign = np.sign(drawn[:, axis] @ expected[:, axis])
        np.testing.assert_allclose(drawn[:, axis], sign * expected[:, axis], atol=1e-9)
    share = values[-1] / values.sum()
    assert ax.get_xlabel().startswith(f"component 1: {share:.0%} of the variance\n(mostly ")
    assert f"component 2: {values[-2] / values.sum():.0%} of" in describe_pca(scores)


def test_arrows_lead_from_vanilla_to_steered_to_humans(scores: xr.Dataset, ax: Axes) -> None:
    plot_pca(scores, ax=ax)
    arrows = [each for each in ax.texts if isinstance(each, Annotation) and not each.get_text()]
    tails = np.array([arrow.xyann for arrow in arrows])
    heads = np.array([arrow.xy for arrow in arrows])
    points = {
        label: np.column_stack([xs(ax, label), ys(ax, label)])
        for label in ("vanilla", "consensus", "humans")
    }
    np.testing.assert_array_equal(tails, np.concatenate([points["vanilla"], points["consensus"]]))
    np.testing.assert_array_equal(heads, np.concatenate([points["consensus"], points["humans"]]))
    styles = {arrow.arrow_patch.get_linestyle() for arrow in arrows if arrow.arrow_patch}
    assert len(styles) == 2


def test_the_text_has_distances_over_all_attributes(scores: xr.Dataset) -> None:
    vanilla, consensus, human = vectors(scores)
    text = describe_pca(scores)
    apart = [np.linalg.norm(each - human, axis=1) for each in (vanilla, consensus)]
    coin = np.linalg.norm(human - 0.5, axis=1).mean()
    assert (
        f"vanilla {apart[0].mean():.3f}, consensus {apart[1].mean():.3f}; of the floors coin flip "
        f"{coin:.3f}, other countries' mean {scores.mis_leave_one_out.mean().item():.3f}, noise"
        in text
    )
    np.testing.assert_allclose(apart[0], scores.mis.sel(variant="vanilla").squeeze("model"))
    spread = np.sqrt(((human - human.mean(axis=0)) ** 2).sum(axis=1).mean())
    assert f"humans {spread:.3f}." in text
    closer = (apart[1] < apart[0]).sum()
    assert f"consensus is closer than vanilla in {closer} of 7 countries." in text


def test_one_country_with_two_points_is_enough(scores: xr.Dataset, ax: Axes) -> None:
    alone = scores.sel(country=["JPN"], variant="consensus")
    plot_pca(alone, ax=ax)
    assert legend(ax) == ["consensus", "humans", "coin flip"]
    np.testing.assert_array_equal(ys(ax, "humans"), [0.0])
    np.testing.assert_allclose(xs(ax, "humans"), -xs(ax, "consensus"))
    assert ax.get_ylabel() == "component 2: 0% of the variance"


def test_one_attribute_has_one_component(scores: xr.Dataset, ax: Axes) -> None:
    plot_pca(scores.isel(attribute=[2]), ax=ax)
    assert set(ys(ax, "vanilla")) == {0.0}
    assert ax.get_xlabel() == "component 1: 100% of the variance\n(mostly Age +1.00)"


def test_components_do_not_turn_with_the_solver() -> None:
    points = np.random.default_rng(5).normal(size=(9, 4))
    _, directions, shares = components(points)
    _, mirrored, _ = components(-points)
    np.testing.assert_allclose(directions, mirrored)
    np.testing.assert_allclose(directions @ directions.T, np.eye(2), atol=1e-12)
    assert shares[0] >= shares[1] > 0.0


def test_the_steered_variant_is_discas_or_the_one_named(ax: Axes) -> None:
    found = scores_of(["alpha-7b"], ["JPN", "USA"], ["paper", "vanilla", "consensus"])
    plot_pca(found, ax=ax)
    assert legend(ax) == ["vanilla", "DISCA (paper)", "humans", "coin flip"]
    named = plot_pca(found, variant="consensus", ax=Figure().subplots())
    assert legend(named) == ["vanilla", "consensus", "humans", "coin flip"]
    only = plot_pca(found, variant="vanilla", ax=Figure().subplots())
    assert legend(only) == ["vanilla", "humans", "coin flip"]
    with pytest.raises(UnknownNameError, match="Unknown variant 'papre'; did you mean 'paper'"):
        plot_pca(found, variant="papre")


def test_countries_without_all_preferences_are_left_out_and_told(
    scores: xr.Dataset, ax: Axes
) -> None:
    holed = scores.assign(
        preference=scores.preference.where((scores.country != "JPN") | (scores.attribute != "Age"))
    )
    plot_pca(holed, ax=ax)
    assert xs(ax, "humans").size == 6
    assert "Left out, as some preference is not known: JPN." in describe_pca(holed)


def test_nothing_to_analyse_is_refused(scores: xr.Dataset) -> None:
    none = scores.assign(preference=scores.preference * np.nan)
    with pytest.raises(InputError, match="None of 7 countries has all preferences of vanilla and"):
        plot_pca(none)
    same = scores.assign(
        preference=scores.preference * 0.0 + 0.5, human_preference=scores.human_preference * 0 + 0.5
    )
    with pytest.raises(InputError, match="All 21 preference vectors are the same"):
        plot_pca(same)


def test_countries_are_named_where_there_is_room(scores: xr.Dataset, ax: Axes) -> None:
    plot_pca(scores, ax=ax)
    named = {text.get_text() for text in ax.texts} - {""}
    assert named <= set(scores.country.values)
    assert len(named) >= 4
