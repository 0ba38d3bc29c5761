"""On which topics a model is unsteady: topics ranked, controversial ones told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.plots._alt import told
from disca_nb.plots._look import LINES, Role, canvas, colour_of, dots, fitted_legend
from disca_nb.plots._opinion_parts import pick, values_of, whose
from disca_nb.plots._phrases import counted, sentence
from disca_nb.plots._rows import lay_rows, rows_of, size_of_marks
from disca_nb.plots._values_parts import (
    FLOORS,
    SHORT,
    apart,
    fitting,
    is_narrow,
    letters_of,
    measure_text,
    scale_of,
    title_over,
    wrap_label,
)
from disca_nb.variables import validate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_topic_consistency", "plot_topic_consistency"]

_KINDS = {True: Role(1, "o", "controversial"), False: Role(0, "s", "not controversial")}
_STYLES = {True: LINES["mis_coin_flip"], False: LINES["mis_leave_one_out"]}
_ALL = Role(0, "o", "topic")
# Lines of text above and below the rows.
_LINES = 11.0


class _Topics(NamedTuple):
    """Topics with a number, the least steady first.

    Attributes
    ----------
    one : xarray.Dataset
        (topic,) of one model and measure.
    unknown : list of str
        Topics without a number.
    """

    one: xr.Dataset
    unknown: list[str]


def plot_topic_consistency(
    result: xr.Dataset,
    *,
    measure: str | None = None,
    model: str | None = None,
    top: int | None = None,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw how far apart a model's answers lie on each topic, the least steady on top.

    Parameters
    ----------
    result : xarray.Dataset
        What `disca_nb.consistency` returned.
    measure : str, optional
        Which measure, such as ``"topic"``; of several one must be named.
    model : str, optional
        Which model; of several one must be named.
    top : int, optional
        How many topics are drawn at most, the least steady; by default 40, and no more than can
        be read in the axes given. The axis says how many there are.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; model and measure by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. A line marks the mean of each kind of topics, over all of
        them and not only those drawn. The axis' name has what coin flips and others score, over
        all topics.

    Raises
    ------
    InputError
        For a result without topics, of several models or measures, or without any number.
    ParameterError
        For ``top`` below 1.
    UnknownNameError
        For a model or measure that is not there.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import xarray as xr
    >>> result = xr.Dataset(
    ...     {"topic_inconsistency": ("topic", [0.1, 0.3])},
    ...     {"topic": ["tea", "taxes"], "measure": "topic", "model": "m"},
    ... )
    >>> [label.get_text() for label in plot_topic_consistency(result).get_yticklabels()]
    ['taxes', 'tea']
    """
    found = _known(result, measure, model)
    number = found.one.sizes["topic"]
    shown = fitting(ax, number, top, _LINES)
    one = found.one.isel(topic=slice(shown))
    target = canvas(ax, 9.0, 2.8 + 0.26 * shown)
    size = letters_of(target, shown, _LINES)
    _draw(target, one, found.one, size_of_marks(size, 7.0))
    texts = [f"{value:.3f}" for value in one["topic_inconsistency"].values]
    names = apart([str(name) for name in one["topic"].values], target)
    lay_rows(target, names, {"inconsistency": texts}, size)
    target.set_xlim(left=0.0)
    narrow = is_narrow(target)
    beside = [f"over all topics: {each}" for each in _floors(one, short=narrow)]
    height = wrap_label(target, [f"inconsistency: {scale_of(one)}", _ends_told(one), *beside])
    if shown < number:
        wide = f"the {shown} least steady of {number} topics"
        target.set_ylabel(f"{shown} of {number} topics" if narrow else wide)
    default = [whose(one), _measure(one)]
    title_over(target, [text for text in default if text] if title is None else [title], size)
    fitted_legend(target, pad=height)
    text = describe_topic_consistency(result, measure=measure, model=model, top=shown)
    return told(target, text)


def describe_topic_consistency(
    result: xr.Dataset,
    *,
    measure: str | None = None,
    model: str | None = None,
    top: int | None = None,
) -> str:
    """Say in words what `plot_topic_consistency` draws, as alternative text.

    Parameters
    ----------
    result, measure, model, top
        As for `plot_topic_consistency`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError, ParameterError, UnknownNameError
        As `plot_topic_consistency`.

    Examples
    --------
    >>> import xarray as xr
    >>> result = xr.Dataset(
    ...     {"topic_inconsistency": ("topic", [0.1, 0.3])},
    ...     {"topic": ["tea", "taxes"], "measure": "topic", "model": "m"},
    ... )
    >>> describe_topic_consistency(result).split(": ")[-1]
    'taxes 0.300; tea 0.100.'
    """
    one, unknown = _known(result, measure, model)
    number = one.sizes["topic"]
    shown = rows_of(None, number, top)
    rows = [
        f"{name} {value:.3f}{_mark(one, i)}"
        for i, (name, value) in enumerate(
            zip(one["topic"].values, one["topic_inconsistency"].values, strict=True)
        )
    ]
    ends = f"first {'; '.join(rows[:3])}; last {'; '.join(rows[-3:])}"
    listed = ends if number > 6 else "; ".join(rows)
    what = f", {_measure(one)}" if _measure(one) else ""
    parts = [
        f"Inconsistency of {whose(one)} by topic{what}, {scale_of(one)}.",
        f"{counted(number, 'topic')} from the least steady on: {listed}.",
    ]
    means = [f"{text} {mean:.3f}" for text, mean in _means(one).values()]
    parts += [f"Means: {'; '.join(means)}."] if means else []
    parts += [f"Beside, over all topics: {each}." for each in _floors(one)]
    if shown < number:
        parts.append(f"Drawn are the first {shown}; {number - shown} are left out.")
    return " ".join([*parts, *sentence("No number", unknown)])


def _known(result: xr.Dataset, measure: str | None, model: str | None) -> _Topics:
    """Return the topics that have a number."""
    validate(result, "topic_inconsistency", "topic")
    one = pick(pick(result, "model", model), "measure", measure)
    one = one if "topic" in one.dims else one.expand_dims("topic")
    if one["topic_inconsistency"].dims != ("topic",):
        extra = next(str(dim) for dim in one["topic_inconsistency"].dims if dim != "topic")
        raise InputError(f"The inconsistency is by {extra} too; select one with .sel({extra}=…).")
    values = one["topic_inconsistency"].values
    known = np.isfinite(values)
    names = [str(name) for name in one["topic"].values]
    if not known.any():
        raise InputError(
            f"{whose(one)} has no inconsistency on any of {counted(len(names), 'topic')}; "
            "choose another measure, or check that they were answered."
        )
    order = [i for i in np.argsort(-values, kind="stable") if known[i]]
    unknown = [name for name, there in zip(names, known, strict=True) if not there]
    return _Topics(one.isel(topic=order), unknown)


def _draw(ax: Axes, one: xr.Dataset, every: xr.Dataset, size: float) -> None:
    """Draw the topics by kind, and the mean of each kind as a line."""
    values, rows = one["topic_inconsistency"].values, np.arange(one.sizes["topic"])
    ax.hlines(rows, 0.0, values, color="gray", alpha=0.3, linewidth=1.0, zorder=1)
    kinds = _kinds(one)
    if kinds is None:
        ax.plot(values, rows, **dots(_ALL, size), zorder=4)
    else:
        for kind, role in _KINDS.items():
            if (kinds == kind).any():
                ax.plot(values[kinds == kind], rows[kinds == kind], **dots(role, size), zorder=4)
    for kind, (text, mean) in _means(every).items():
        line = ax.axvline(mean, linewidth=1.6, zorder=2, label=f"mean, {text}: {mean:.3f}")
        line.set(color=colour_of(_KINDS[kind]), linestyle=_STYLES[kind])


def _ends_told(one: xr.Dataset) -> str:
    """Return what the ends of the scale are."""
    largest = float(one["inconsistency_largest"]) if "inconsistency_largest" in one else np.nan
    most = f", {largest:.3f}: as far apart as they can be" if np.isfinite(largest) else ""
    return f"0: all answers are the same{most}"


def _floors(one: xr.Dataset, *, short: bool = False) -> list[str]:
    """Return what others score over all topics in one text, nothing where that is not known."""
    known = {name: float(one[name]) for name in FLOORS if name in one and not one[name].dims}
    names = {name: role.label for name, role in FLOORS.items()}
    if short:  # there is room for two
        names = {name: SHORT[name] for name in list(FLOORS)[:2]}
    texts = [
        f"{text} {known[name]:.3f}"
        for name, text in names.items()
        if np.isfinite(known.get(name, np.nan))
    ]
    return ["; ".join(texts)] if texts else []


def _kinds(one: xr.Dataset) -> npt.NDArray[np.bool_] | None:
    """Return whether each topic is controversial; None where that is not known."""
    if "topic_controversial" not in one.variables:
        return None
    return values_of(one, "topic_controversial", "topic").astype(bool)


def _means(one: xr.Dataset) -> dict[bool, tuple[str, float]]:
    """Return how many topics are of each kind, in words, and their mean."""
    kinds = _kinds(one)
    values = one["topic_inconsistency"].values
    if kinds is None:
        return {}
    return {
        kind: (f"{int((kinds == kind).sum())} {role.label}", float(values[kinds == kind].mean()))
        for kind, role in _KINDS.items()
        if (kinds == kind).any()
    }


def _mark(one: xr.Dataset, place: int) -> str:
    """Return a word in brackets for a controversial topic."""
    kinds = _kinds(one)
    return " (controversial)" if kinds is not None and kinds[place] else ""


def _measure(one: xr.Dataset) -> str:
    """Return the measure in words, empty where it is not known."""
    if "measure" not in one.coords:
        return ""
    return f"measure {measure_text(str(one['measure'].values))}"
