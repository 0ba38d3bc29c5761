"""The figure of topics from the least steady on."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from drawn import legend, lines, ticks, xs, ys
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from value_results import consistency_of

from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.plots import describe, describe_topic_consistency, plot_topic_consistency

mpl.use("agg")


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(10.0, 5.0)).subplots()


def hand() -> xr.Dataset:
    """Return four topics, two of them controversial."""
    return xr.Dataset(
        {
            "topic_inconsistency": ("topic", [0.1, 0.5, 0.3, 0.2]),
            "inconsistency_largest": 0.558,
        },
        {
            "topic": ["tea", "guns", "taxes", "zoos"],
            "topic_controversial": ("topic", [False, True, True, False]),
            "measure": "topic",
            "model": "m",
        },
        {"kind": "distance", "base": 2.0},
    )


def test_topics_stand_from_the_least_steady_on(ax: Axes) -> None:
    assert plot_topic_consistency(hand(), ax=ax) is ax
    assert ticks(ax.get_yticklabels()) == ["guns", "taxes", "zoos", "tea"]
    assert xs(ax, "controversial").tolist() == [0.5, 0.3]
    assert ys(ax, "not controversial").tolist() == [2, 3]
    assert ax.yaxis_inverted()
    assert ax.get_xlim()[0] == 0.0
    texts = [text.get_text() for text in ax.texts]
    assert texts == ["0.500", "0.300", "0.200", "0.100", "inconsistency"]


def test_kinds_differ_in_marker_and_colour_and_have_a_line_at_their_mean(ax: Axes) -> None:
    plot_topic_consistency(hand(), ax=ax)
    drawn = lines(ax)
    kinds = [drawn[name] for name in ("controversial", "not controversial")]
    means = [
        drawn[name] for name in ("mean, 2 controversial: 0.400", "mean, 2 not controversial: 0.150")
    ]
    assert kinds[0].get_marker() != kinds[1].get_marker()
    assert [each.get_color() for each in means] == [each.get_color() for each in kinds]
    assert means[0].get_linestyle() != means[1].get_linestyle()
    np.testing.assert_allclose([each.get_xdata()[0] for each in means], [0.4, 0.15])
    assert len(legend(ax)) == 4


def test_the_axis_says_what_is_measured(ax: Axes) -> None:
    plot_topic_consistency(hand(), ax=ax)
    assert ax.get_xlabel().splitlines() == [
        "inconsistency: mean Jensen–Shannon distance from the centroid, base 2",
        "0: all answers are the same, 0.558: as far apart as they can be",
    ]
    assert ax.get_title(loc="left").splitlines() == ["m", "measure topic (answers on a topic)"]


def test_means_are_of_all_topics_and_not_only_of_those_drawn(ax: Axes) -> None:
    plot_topic_consistency(hand(), top=1, ax=ax)
    assert ticks(ax.get_yticklabels()) == ["guns"]
    assert ax.get_ylabel() == "the 1 least steady of 4 topics"
    assert legend(ax) == [
        *("controversial", "mean, 2 controversial: 0.400", "mean, 2 not controversial: 0.150"),
    ]
    assert "Drawn are the first 1; 3 are left out." in describe(ax)


def test_no_more_topics_than_can_be_read_are_drawn(ax: Axes) -> None:
    many = consistency_of(["a"], ["topic"], [f"topic {i}" for i in range(60)])
    plot_topic_consistency(many, ax=ax)
    assert 10 < len(ax.get_yticklabels()) < 40
    whole = plot_topic_consistency(many, top=60, ax=Figure(figsize=(9.0, 20.0)).subplots())
    assert len(whole.get_yticklabels()) == 60


def test_the_text_has_the_figures(ax: Axes) -> None:
    plot_topic_consistency(hand(), ax=ax)
    assert describe(ax) == (
        "Inconsistency of m by topic, measure topic (answers on a topic), mean Jensen–Shannon "
        "distance from the centroid, base 2. 4 topics from the least steady on: guns 0.500 "
        "(controversial); taxes 0.300 (controversial); zoos 0.200; tea 0.100. Means: 2 "
        "controversial 0.400; 2 not "
        "controversial 0.150."
    )


def test_topics_of_an_unknown_kind_are_drawn_alike(ax: Axes) -> None:
    bare = hand().drop_vars("topic_controversial")
    plot_topic_consistency(bare, ax=ax)
    assert legend(ax) == ["topic"]
    assert "Means" not in describe_topic_consistency(bare)


def test_topics_without_a_number_are_named_and_count_in_no_mean(ax: Axes) -> None:
    holed = hand().assign(topic_inconsistency=("topic", [0.1, np.nan, 0.3, 0.2]))
    plot_topic_consistency(holed, ax=ax)
    assert ticks(ax.get_yticklabels()) == ["taxes", "zoos", "tea"]
    assert "mean, 1 controversial: 0.300" in legend(ax)
    assert describe(ax).endswith("No number: guns.")


def test_a_measure_and_a_model_are_named_where_there_are_several(ax: Axes) -> None:
    result = consistency_of()
    with pytest.raises(InputError, match=r"several models \(alpha-7b, beta-0.5b\); name one with"):
        plot_topic_consistency(result)
    with pytest.raises(InputError, match=r"several measures \(paraphrase, .*\); name one with mea"):
        plot_topic_consistency(result, model="alpha-7b")
    with pytest.raises(UnknownNameError, match="Unknown measure 'topics'; did you mean 'topic'"):
        plot_topic_consistency(result, model="alpha-7b", measure="topics")
    plot_topic_consistency(result, model="beta-0.5b", measure="multilingual", ax=ax)
    values = result.topic_inconsistency.sel(model="beta-0.5b", measure="multilingual").values
    assert ax.texts[0].get_text() == f"{values.max():.3f}"


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(InputError, match=r"m has no inconsistency on any of 4 topics; choose anot"):
        plot_topic_consistency(
            hand().assign(topic_inconsistency=hand().topic_inconsistency * np.nan)
        )
    with pytest.raises(InputError, match="lacks 'topic_inconsistency'"):
        plot_topic_consistency(hand().drop_vars("topic_inconsistency"))
    with pytest.raises(ParameterError, match="top is -1; it must be a whole number of at least 1"):
        plot_topic_consistency(hand(), top=-1)


def test_what_others_score_over_all_topics_stands_beside(ax: Axes) -> None:
    result = consistency_of(["alpha-7b"], ["topic"])
    plot_topic_consistency(result, ax=ax)
    coins, people = (
        f"{result[f'inconsistency_{name}'].item():.3f}" for name in ("random", "human")
    )
    label = " ".join(ax.get_xlabel().split())
    assert f"over all topics: coin flips {coins}; own answers, shuffled" in label
    assert label.endswith(f"people, published {people}")
    assert f"Beside, over all topics: coin flips {coins}; own" in describe(ax)
    small = Figure(figsize=(4.2, 4.0)).subplots()
    plot_topic_consistency(result, ax=small)
    assert f"coin flips {coins}; shuffled" in " ".join(small.get_xlabel().split())
