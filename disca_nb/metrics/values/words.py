"""Consistency as a table and as sentences, floors beside every number."""

from __future__ import annotations

import json
import math

import pandas as pd
import xarray as xr

from disca_nb.errors import InputError, shorten
from disca_nb.metrics.opinions.joint import fewest_questions
from disca_nb.metrics.values._answers import with_dims
from disca_nb.metrics.values._origin import HUMANS
from disca_nb.metrics.values._phrases import figure, numbers, percent, plural, shown
from disca_nb.variables import validate

__all__ = ["consistency_table", "describe_consistency"]

_COLUMNS = (
    *("inconsistency", "inconsistency_low", "inconsistency_high"),
    *("inconsistency_share", "inconsistency_share_low", "inconsistency_share_high"),
    *("inconsistency_random", "inconsistency_shuffled", "inconsistency_yes"),
    *("inconsistency_human", "inconsistency_largest"),
    *("inconsistency_difference", "inconsistency_difference_low", "inconsistency_difference_high"),
    "inconsistency_random_difference",
    *("n_groups", "n_topics", "n_wordings", "n_left_out"),
)
_COMPARES = {
    "paraphrase": "phrasings of a question",
    "topic": "all wordings of a topic",
    "topic-between": "questions of a topic, each by the centroid of its phrasings",
    "use-case": "a wording answered by choice and in words",
    "multilingual": "a question in several languages",
}
_HEDGING = 0.8


def consistency_table(result: xr.Dataset) -> pd.DataFrame:
    """Arrange consistencies as a table, one row per model and measure.

    Parameters
    ----------
    result : xarray.Dataset
        What `consistency` or `consistency_difference` returned.

    Returns
    -------
    pandas.DataFrame
        ``model`` and ``measure`` as in the result (``measure`` alone for the difference of two
        models), then the figure with its interval, its share of the largest with its interval,
        the floors, and the counts. ``attrs["notes"]`` holds the sentences of
        `describe_consistency`.

    Raises
    ------
    InputError
        When it is another dataset.

    Examples
    --------
    >>> result = xr.Dataset(
    ...     {"inconsistency_difference": ("measure", [0.1]),
    ...      "inconsistency_difference_low": ("measure", [0.0]),
    ...      "inconsistency_difference_high": ("measure", [0.2]),
    ...      "inconsistency_random_difference": ("measure", [0.0]),
    ...      "n_topics": ("measure", [9]), "n_groups": ("measure", [9])},
    ...     {"measure": ["topic"]},
    ...     {"kind": "distance", "base": 2.0, "level": 0.95, "n_boot": 100, "compat": "",
    ...      "weigh": "groups", "first": "a", "second": "b"},
    ... )
    >>> consistency_table(result)["inconsistency_difference"].item()
    0.1
    """
    notes = describe_consistency(result)
    result = with_dims(result)
    by = [dim for dim in ("model", "measure") if dim in result[_figure_of(result)].dims]
    wanted = [name for name in _COLUMNS if name in result and set(result[name].dims) <= set(by)]
    one = result[wanted].reset_coords(drop=True)
    table = one.to_dataframe(dim_order=by).reset_index()[[*by, *wanted]]
    table.attrs["notes"] = notes
    return table


def describe_consistency(result: xr.Dataset) -> str:
    """Say in plain sentences how steady models are, with floors and intervals.

    Parameters
    ----------
    result : xarray.Dataset
        What `consistency` or `consistency_difference` returned.

    Returns
    -------
    str
        A sentence or more a line.

    Raises
    ------
    InputError
        When it is another dataset.

    Examples
    --------
    >>> describe_consistency(xr.Dataset())
    Traceback (most recent call last):
        ...
    disca_nb.errors.InputError: The dataset holds none; give what consistency or ...
    """
    result = with_dims(validate(result))
    if _figure_of(result) == "inconsistency_difference":
        lines = [*_head(result), *_differences(result)]
    else:
        lines = [*_head(result), *_models(result)]
    return "\n".join(lines)


def _figure_of(result: xr.Dataset) -> str:
    """Return the figure that a result is of."""
    for name, other in (
        ("inconsistency_difference", "inconsistency_random_difference"),
        ("inconsistency", "inconsistency_share"),
    ):
        if name in result and other in result:
            return name
    raise InputError(
        f"The dataset holds {shorten(map(str, result.data_vars))}; give what consistency or "
        "consistency_difference returned."
    )


def _head(result: xr.Dataset) -> list[str]:
    """Return what is measured, how, and whether it is synthetic."""
    attrs = result.attrs
    lines = []
    notice = str(attrs.get("notice") or "")
    if attrs.get("synthetic") and "synthetic" not in notice.lower():
        lines.append("These answers or questions are synthetic.")
    lines += [notice] if notice else []
    base = "natural logarithms" if attrs["base"] == math.e else f"base {attrs['base']:.4g}"
    lines.append(
        f"Inconsistency is the mean Jensen–Shannon {attrs['kind']} ({base}) of answers that should "
        f"agree from their centroid; 0 is full agreement. Each "
        f"{'answer' if attrs['weigh'] == 'answers' else 'group of answers'} counts once."
    )
    if attrs.get("compat") == "moore2024":
        lines.append(
            "It follows the published code of Moore et al. 2024, by which a single answer counts 0."
        )
    lines.append(
        f"Brackets are {100.0 * attrs['level']:g} % intervals from {attrs['n_boot']} draws of "
        f"topics, and need {fewest_questions(float(attrs['level']))} topics."
    )
    for entry in json.loads(str(attrs.get("filters") or "[]")):
        lines.append(
            f"Filter {entry['filter']}: {entry['kept']} wordings kept, {entry['removed']} removed."
        )
    return lines


def _models(result: xr.Dataset) -> list[str]:
    """Return a paragraph for each model."""
    lines = [
        (
            "Coin flips take a stance at random for every answer, in groups of the same sizes; "
            "dealt anew are the model's own answers, over all groups; the last floor always takes "
            "the first option. Measures have "
            "groups of different sizes: compare each with its floors, not with another measure."
        ),
    ]
    for model in result["model"].values.tolist():
        one = result.sel(model=model)
        lines += [f"{model}: {_entropy(one)}", *_open_answers(one)]
        lines += [f"  {_measure(one.sel(measure=m))}" for m in one["measure"].values.tolist()]
    return lines + _human_source(result)


def _measure(one: xr.Dataset) -> str:
    """Return a measure beside its floors."""
    name, number = str(one["measure"].item()), numbers(one)
    compares = _COMPARES.get(name, name)
    n_groups, left = int(number("n_groups")), int(number("n_left_out"))
    out = f"; {left} left out, with too few answers" if left else ""
    if not n_groups:
        return f"{name} ({compares}): no group to compare{out}."
    human = number("inconsistency_human")
    people = f", people {human:.3f}" if math.isfinite(human) else ""
    groups, topics = (plural(number(key), key[2:-1]) for key in ("n_groups", "n_topics"))
    return (
        f"{name} ({compares}): {figure(one, 'inconsistency')}, "
        f"{percent(one, 'inconsistency_share')} of the largest possible. Coin flips "
        f"{shown(number('inconsistency_random'))}, dealt anew "
        f"{shown(number('inconsistency_shuffled'))}, first option "
        f"{shown(number('inconsistency_yes'))}{people}. {_told(one)} {groups} in {topics}{out}."
    )


def _told(one: xr.Dataset) -> str:
    """Return whether a model is told from its own answers dealt anew."""
    number = numbers(one)
    floor, low, high = (number(f"inconsistency_{name}") for name in ("shuffled", "low", "high"))
    if not math.isfinite(low) or not math.isfinite(floor):
        return "Too few topics for an interval."
    if high < floor:
        return "Steadier than its answers dealt anew."
    if low > floor:
        return "Less steady than its answers dealt anew."
    return "Not told from its answers dealt anew."


def _entropy(one: xr.Dataset) -> str:
    """Return how undecided a model is, and what that means for the rest."""
    value = float(one["stance_entropy"].item())
    if not math.isfinite(value):
        return "no answer by choice."
    even = 1.0 / math.log2(float(one.attrs["base"]))
    text = f"mean entropy of its answers by choice {value:.3f} (an even split of two: {even:.3f})"
    if value > _HEDGING * even:
        return f"{text}. It hedges, and a model that hedges on everything looks steady."
    return f"{text}; a model that hedges on everything would look steady."


def _open_answers(one: xr.Dataset) -> list[str]:
    """Return what became of answers in words, and how many answers are of low mass."""
    lines = []
    number = numbers(one)
    silent, unread = number("abstained_share"), number("unread_share")
    if math.isfinite(silent):
        counts = "neutral" if one.attrs.get("abstention") == "neutral" else "left out"
        lines.append(
            f"  Answers in words: {100.0 * silent:.0f} % took no side ({counts}); of "
            f"{100.0 * unread:.0f} % the verdict was off the format (left out)."
        )
    low = number("n_low_mass")
    if math.isfinite(low) and low:
        lines.append(f"  Answers of low mass, counted as they are: {int(low)}.")
    return lines


def _human_source(result: xr.Dataset) -> list[str]:
    """Return where the line of people comes from, if it stands anywhere."""
    if "inconsistency_human" not in result or not result["inconsistency_human"].notnull().any():
        return []
    values = " and ".join(f"{value:g} for {name}" for name, value in HUMANS.items())
    return [
        (
            f"People: Moore et al. 2024 (arXiv 2407.02996), {values}, distances in nats on "
            "their own English questions with every answer weighing the same; here in the base "
            "above, and of other people and questions than yours."
        ),
    ]


def _differences(result: xr.Dataset) -> list[str]:
    """Return a sentence for each difference."""
    first, second = (str(result.attrs[name]) for name in ("first", "second"))
    lines = [f"Differences are {first} less {second}; below 0 {first} is steadier."]
    has_model = "model" in result["inconsistency_difference"].dims
    for model in result["model"].values.tolist() if has_model else [None]:
        some = result if model is None else result.sel(model=model)
        lead = "" if model is None else f"{model}, "
        lines += [f"{lead}{_difference(some.sel(measure=m))}" for m in some["measure"].values]
    return lines


def _difference(one: xr.Dataset) -> str:
    """Return a difference with its interval and what group sizes make alone."""
    number = numbers(one)
    value, low, high = (number(f"inconsistency_difference{end}") for end in ("", "_low", "_high"))
    name = str(one["measure"].item())
    if not math.isfinite(value):
        return f"{name}: nothing to compare."
    told = "its interval leaves out 0" if low > 0.0 or high < 0.0 else "not told from 0"
    told = told if math.isfinite(low) else "too few topics for an interval"
    brackets = f" [{low:+.3f}, {high:+.3f}]" if math.isfinite(low) else ""
    return (
        f"{name}: {value:+.3f}{brackets}, {told} ({plural(number('n_groups'), 'group')} in "
        f"{plural(number('n_topics'), 'topic')}); the same of coin flips, by the sizes of groups "
        f"alone: {number('inconsistency_random_difference'):+.3f}."
    )
