"""The figure of how steady models are, by measure."""

from __future__ import annotations

import math

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from drawn import legend, lines, ticks, xs, ys
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from value_results import LARGEST, consistency_of

from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.plots import describe, describe_consistency_plot, plot_consistency

mpl.use("agg")


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(10.0, 5.0)).subplots()


def hand() -> xr.Dataset:
    """Return two measures of one model with round numbers, the largest 0.5 and 0.8."""
    values = {
        "inconsistency": [0.1, 0.6],
        "inconsistency_low": [0.05, 0.4],
        "inconsistency_high": [0.2, 0.8],
        "inconsistency_largest": [0.5, 0.8],
        "inconsistency_random": [0.25, 0.72],
        "inconsistency_shuffled": [0.15, 0.64],
        "inconsistency_yes": [0.0, 0.2],
        "inconsistency_human": [0.125, np.nan],
    }
    return xr.Dataset(
        {
            **{name: ("measure", each) for name, each in values.items()},
            "n_groups": ("measure", [12, 3]),
            "stance_entropy": 0.4,
        },
        {"measure": ["paraphrase", "topic"], "model": "m"},
        {"kind": "distance", "base": 2.0, "level": 0.9, "compat": ""},
    )


def test_rows_are_measures_as_shares_of_their_largest(ax: Axes) -> None:
    assert plot_consistency(hand(), ax=ax) is ax
    assert ticks(ax.get_yticklabels()) == [
        "paraphrase (wordings of a question)",
        "topic (answers on a topic)",
    ]
    np.testing.assert_allclose(xs(ax, "model"), [0.2, 0.75])
    (whiskers,) = ax.collections
    ends = [segment[:, 0] for segment in whiskers.get_segments()]  # type: ignore[attr-defined]
    np.testing.assert_allclose(ends, [[0.1, 0.4], [0.5, 1.0]])
    assert ax.yaxis_inverted()


def test_floors_are_shares_too_and_lighter_than_the_model(ax: Axes) -> None:
    plot_consistency(hand(), ax=ax)
    floors = {
        "coin flips": [0.5, 0.9],
        "own answers, shuffled": [0.3, 0.8],
        "always the first option": [0.0, 0.25],
        "people, published": [0.25, np.nan],
    }
    for name, shares in floors.items():
        np.testing.assert_allclose(xs(ax, name), shares)
        line = lines(ax)[name]
        assert line.get_alpha() < 1.0
        assert line.get_zorder() < lines(ax)["model"].get_zorder()
    assert legend(ax) == ["model", *floors]
    assert len({lines(ax)[name].get_marker() for name in legend(ax)}) == 5


def test_the_axis_says_what_its_ends_mean(ax: Axes) -> None:
    plot_consistency(hand(), ax=ax)
    ends = ticks(ax.get_xticklabels())
    assert (ends[0], ends[-1]) == ("0\nall the same", "1\nfarthest apart")
    assert ax.get_xlabel() == "share of the largest possible inconsistency [90 % interval]"
    low, high = ax.get_xlim()
    assert low <= 0.0
    assert high >= 1.0
    narrow = plot_consistency(hand(), ax=Figure(figsize=(4.0, 4.0)).subplots())
    assert narrow.get_xlabel().endswith("0: all the same, 1: farthest apart")
    assert ticks(narrow.get_yticklabels()) == ["paraphrase", "topic"]


def test_shares_and_groups_stand_at_the_right(ax: Axes) -> None:
    plot_consistency(hand(), ax=ax)
    assert [text.get_text() for text in ax.texts] == [
        *("0.20 [0.10, 0.40]", "0.75 [0.50, 1.00]", "share"),
        *("12", "3", "groups"),
    ]


def test_the_shares_given_are_drawn_and_not_ratios_of_means(ax: Axes) -> None:
    given = hand().assign(inconsistency_share=("measure", [0.21, 0.74]))
    plot_consistency(given, ax=ax)
    assert xs(ax, "model").tolist() == [0.21, 0.74]


def test_several_models_stand_under_each_measure(ax: Axes) -> None:
    result = consistency_of(measures=["paraphrase", "topic"])
    plot_consistency(result, ax=ax)
    assert ticks(ax.get_yticklabels()) == [
        *("paraphrase (wordings of a question)", "alpha-7b", "beta-0.5b"),
        *("topic (answers on a topic)", "alpha-7b", "beta-0.5b"),
    ]
    weights = [label.get_fontweight() for label in ax.get_yticklabels()]
    assert weights == ["bold", "normal", "normal"] * 2
    assert ys(ax, "_beta-0.5b").tolist() == [2, 5]
    share = result.inconsistency.sel(model="beta-0.5b").values / LARGEST
    np.testing.assert_allclose(xs(ax, "_beta-0.5b"), share)
    assert ys(ax, "coin flips").tolist() == [1, 2, 4, 5]
    assert "model" not in legend(ax)
    assert "entropy" in [text.get_text() for text in ax.texts]


def test_models_differ_in_colour_and_marker_and_none_is_drawn_as_people(ax: Axes) -> None:
    result = consistency_of([f"m{i}" for i in range(8)], ["topic"])
    plot_consistency(result, ax=ax)
    models = [line for line in ax.get_lines() if str(line.get_label()).startswith("_m")]
    assert len({line.get_marker() for line in models}) == 8
    assert len({str(line.get_color()) for line in models}) == 8
    assert lines(ax)["people, published"].get_marker() not in {each.get_marker() for each in models}


def test_models_are_chosen_by_name_in_the_order_asked_for(ax: Axes) -> None:
    result = consistency_of(["a", "b", "c"], ["topic"])
    plot_consistency(result, model=["c", "a"], ax=ax)
    assert ticks(ax.get_yticklabels())[1:] == ["c", "a"]
    one = plot_consistency(result, model="b", ax=Figure(figsize=(10.0, 5.0)).subplots())
    assert one.get_title(loc="left").startswith("b\n")


def test_several_models_of_a_synthetic_file_are_called_so(ax: Axes) -> None:
    made_up = consistency_of(["synthetic-demo", "made-up: steady"]).assign_attrs(synthetic=1)
    plot_consistency(made_up, ax=ax)
    assert ax.get_title(loc="left").startswith("2 models, synthetic data\n")
    assert "Inconsistency of 2 models, synthetic data as" in describe(ax)


def test_models_beyond_the_top_are_counted(ax: Axes) -> None:
    many = consistency_of([f"m{i}" for i in range(20)], ["topic"])
    plot_consistency(many, ax=ax)
    assert len(ax.get_yticklabels()) == 9
    assert ax.get_ylabel() == "first 8 of 20 models"
    assert "Drawn are the first 8 models; 12 are left out." in describe(ax)
    few = plot_consistency(many, top=3, ax=Figure(figsize=(10.0, 5.0)).subplots())
    assert len(few.get_yticklabels()) == 4


def test_names_that_would_look_alike_are_told_apart(ax: Axes) -> None:
    names = [f"organisation/a-model-with-a-long-name-{i}b-instruct-4bit" for i in (1, 7)]
    plot_consistency(consistency_of(names, ["topic"]), ax=ax)
    assert ticks(ax.get_yticklabels())[1:] == ["…1b-instruct-4bit", "…7b-instruct-4bit"]
    assert names[1] in describe(ax)


def test_the_text_has_the_figures(ax: Axes) -> None:
    plot_consistency(hand(), ax=ax)
    assert describe(ax) == (
        "Inconsistency of m as a share of the largest possible, 0 where answers that should agree "
        "are the same and 1 where they are farthest apart (mean Jensen–Shannon distance from the "
        "centroid, base 2). paraphrase (wordings of a question): m 0.200 [0.100, 0.400]; beside: "
        "coin flips 0.500; own answers, shuffled 0.300; always the first option 0.000; people, "
        "published 0.250. topic (answers on a topic): m 0.750 [0.500, 1.000]; beside: coin flips "
        "0.900; own answers, shuffled 0.800; always the first option 0.250. Mean entropy of "
        "answers: m 0.400."
    )


def test_the_title_names_the_scale_and_the_entropy(ax: Axes) -> None:
    plot_consistency(hand(), ax=ax)
    assert ax.get_title(loc="left").splitlines() == [
        "m",
        "mean Jensen–Shannon distance from the centroid, base 2",
        "mean entropy of its answers 0.40 bits",
    ]
    published = hand().assign_attrs(compat="moore2024", base=math.e)
    wide = plot_consistency(published, ax=Figure(figsize=(14.0, 5.0)).subplots())
    scale = "mean Jensen–Shannon distance from the centroid, natural logarithm"
    assert wide.get_title(loc="left").splitlines()[1:] == [
        f"{scale}, as in Moore et al. 2024",
        "mean entropy of its answers 0.40 nats",
    ]


def test_measures_without_a_number_are_named(ax: Axes) -> None:
    result = consistency_of(measures=["paraphrase", "topic", "use-case"])
    names = [name for name in result.data_vars if str(name).startswith("inconsistency")]
    holed = result.copy()
    for name in names:
        if "model" in holed[name].dims:
            gone = (holed.measure == "use-case") & (holed.model == "alpha-7b")
            holed[name] = holed[name].where((holed.measure != "topic") & ~gone)
    plot_consistency(holed, ax=ax)
    rows = ticks(ax.get_yticklabels())
    assert "topic (answers on a topic)" not in rows
    assert rows[3:] == ["use-case (choice and own words)", "alpha-7b", "beta-0.5b"]
    assert np.isnan(xs(ax, "_alpha-7b")).tolist() == [False, True]
    assert describe(ax).endswith("No number: topic, use-case of alpha-7b.")
    assert "nan" not in "".join(text.get_text() for text in ax.texts)


def test_what_is_not_there_is_not_drawn(ax: Axes) -> None:
    bare = hand()[["inconsistency", "inconsistency_largest"]].drop_attrs()
    plot_consistency(bare, ax=ax)
    assert legend(ax) == ["model"]
    assert [text.get_text() for text in ax.texts] == ["0.20", "0.75", "share"]
    assert "beside" not in describe_consistency_plot(bare)


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown model 'x'; known: alpha-7b, beta-0\.5b"):
        plot_consistency(consistency_of(), model=["alpha-7b", "x"])
    with pytest.raises(InputError, match="lacks 'inconsistency'"):
        plot_consistency(hand().drop_vars("inconsistency"))
    with pytest.raises(InputError, match=r"m has no inconsistency in any of 2 measures; check tha"):
        plot_consistency(hand().assign(inconsistency=hand().inconsistency * np.nan))
    with pytest.raises(ParameterError, match="top is 0; it must be a whole number of at least 1"):
        plot_consistency(consistency_of(), top=0)
