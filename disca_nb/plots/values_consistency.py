"""How steady a model's opinions are: every measure on one scale, with its floors beside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.plots._alt import told
from disca_nb.plots._look import MARKERS, Role, canvas, colour_of, dots, fitted_legend
from disca_nb.plots._opinion_parts import interval, level_of
from disca_nb.plots._phrases import counted, sentence
from disca_nb.plots._rows import lay_rows, rows_of, size_of_marks
from disca_nb.plots._values_parts import (
    FLOORS,
    SHORT,
    apart,
    fitting,
    in_rows,
    is_narrow,
    letters_of,
    measure_text,
    models_of,
    named,
    on_shares,
    scale_of,
    span,
    title_over,
    wrap_label,
)
from disca_nb.variables import validate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_consistency_plot", "plot_consistency"]

# Models that are drawn where nothing else is said; there are markers for no more than ten.
_MOST = 8
# Stars are people.
_MARKERS = MARKERS.replace("*", "")
# Lines of text above and below the rows.
_LINES = 9.0
_DIMS = ("measure", "model")


class _Shares(NamedTuple):
    """Inconsistencies as shares of the largest possible.

    Attributes
    ----------
    several : xarray.Dataset
        (model, measure) with measures that some model has.
    share, low, high : ndarray, shape (measures, models)
        Shares and their intervals.
    floors : dict
        Shares of each floor by its variable, of the same shape.
    unknown : list of str
        Measures, or measures of models, without a number.
    """

    several: xr.Dataset
    share: FloatArray
    low: FloatArray
    high: FloatArray
    floors: dict[str, FloatArray]
    unknown: list[str]

    @property
    def models(self) -> list[str]:
        """Labels of the models."""
        return [str(name) for name in self.several["model"].values]

    @property
    def measures(self) -> list[str]:
        """Labels of the measures."""
        return [str(name) for name in self.several["measure"].values]


class _Row(NamedTuple):
    """A line of the figure: its name, and the places in the arrays; none for a heading."""

    name: str
    measure: int = -1
    model: int = -1


def plot_consistency(
    result: xr.Dataset,
    *,
    model: str | Sequence[str] | None = None,
    top: int | None = None,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw how far apart answers lie that should agree, by measure, with floors beside.

    Parameters
    ----------
    result : xarray.Dataset
        What `disca_nb.consistency` returned.
    model : str or sequence of str, optional
        Which models; all by default. Several stand one below the other within each measure.
    top : int, optional
        How many models are drawn at most, from the first on; by default 8, and no more than can
        be read in the axes given, though two.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; the model and the kind of distance by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. All is a share of the largest possible inconsistency. Light
        marks are coin flips in groups of the same sizes, the model's own answers dealt anew, a
        responder that always takes the first option, and people as published, each divided by
        ``inconsistency_largest``. At the right stand the share with its interval and the number
        of groups; of several models also the mean entropy of each one's answers, which for one
        stands in the title, as answers that hedge agree with each other, too.

    Raises
    ------
    InputError
        For a result without inconsistencies, or where nothing is known.
    ParameterError
        For ``top`` below 1 or above 10.
    UnknownNameError
        For a model that is not there.

    References
    ----------
    Moore et al. 2024, https://arxiv.org/abs/2407.02996

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import xarray as xr
    >>> result = xr.Dataset(
    ...     {
    ...         "inconsistency": ("measure", [0.1, 0.3]),
    ...         "inconsistency_largest": ("measure", [0.56, 0.56]),
    ...     },
    ...     {"measure": ["paraphrase", "topic"], "model": "m"},
    ... )
    >>> [label.get_text() for label in plot_consistency(result).get_yticklabels()]
    ['paraphrase (wordings of a question)', 'topic (answers on a topic)']
    """
    whole = _known(result, model)
    shown = _fitting(ax, whole, top)
    found = _known(result, whole.models[:shown])
    target = canvas(ax, 10.0, 2.9 + 0.27 * len(_rows(found)))
    rows = _rows(found, target)
    size = letters_of(target, len(rows), _LINES)
    _draw(target, found, rows, size_of_marks(size, 7.0))
    lay_rows(target, [row.name for row in rows], _columns(found, rows, target), size)
    _embolden(target, rows)
    label = f"share of the largest possible inconsistency [{level_of(result)} interval]"
    height = wrap_label(target, [label, *on_shares(target)])
    if shown < len(whole.models):
        target.set_ylabel(f"first {shown} of {len(whole.models)} models")
    title_over(target, _title(found) if title is None else [title], size)
    fitted_legend(target, pad=height + (0.0 if is_narrow(target) else 1.4))
    return told(target, describe_consistency_plot(result, model=model, top=shown))


def describe_consistency_plot(
    result: xr.Dataset, *, model: str | Sequence[str] | None = None, top: int | None = None
) -> str:
    """Say in words what `plot_consistency` draws, as alternative text.

    Parameters
    ----------
    result, model, top
        As for `plot_consistency`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError, ParameterError, UnknownNameError
        As `plot_consistency`.

    Examples
    --------
    >>> import xarray as xr
    >>> result = xr.Dataset(
    ...     {"inconsistency_share": ("measure", [0.25]), "inconsistency": ("measure", [0.14])},
    ...     {"measure": ["paraphrase"], "model": "m"},
    ... )
    >>> describe_consistency_plot(result).split(": ")[-1]
    'm 0.250.'
    """
    whole = _known(result, model)
    shown = _fitting(None, whole, top)
    found = _known(result, whole.models[:shown])
    start = (
        f"Inconsistency of {named(found.several)} as a share of the largest possible, 0 where "
        f"answers that should agree are the same and 1 where they are farthest apart "
        f"({scale_of(result)})."
    )
    parts = [
        start,
        *(_told(found, i) for i in range(len(found.measures))),
    ]
    hedging = _entropies(found)
    parts += [f"Mean entropy of answers: {hedging}."] if hedging else []
    left = len(whole.models) - shown
    if left:
        parts.append(f"Drawn are the first {counted(shown, 'model')}; {left} are left out.")
    return " ".join([*parts, *sentence("No number", found.unknown)])


def _known(result: xr.Dataset, model: str | Sequence[str] | None) -> _Shares:
    """Return the shares of the models asked for, without measures that none of them has."""
    validate(result, "inconsistency", "measure")
    several = models_of(
        result if "measure" in result.dims else result.expand_dims("measure"), model
    )
    share = _share(several, "inconsistency")
    known = np.isfinite(share)
    measures, models = (several[dim].values.astype(str) for dim in _DIMS)
    if not known.any():
        raise InputError(
            f"{named(several)} has no inconsistency in any of {counted(measures.size, 'measure')}; "
            "check that questions were answered in more than one way."
        )
    kept = np.flatnonzero(known.any(axis=1))
    unknown = [
        measures[i] if not known[i].any() else f"{measures[i]} of {models[j]}"
        for i, j in np.argwhere(~known)
        if known[i].any() or j == 0
    ]
    several = several.isel(measure=kept)
    low, high = (_share(several, "inconsistency", f"_{end}") for end in ("low", "high"))
    floors = {name: _share(several, name) for name in FLOORS}
    floors = {name: values for name, values in floors.items() if np.isfinite(values).any()}
    return _Shares(several, share[kept], low, high, floors, unknown)


def _share(several: xr.Dataset, name: str, end: str = "") -> FloatArray:
    """Return a variable as a share of the largest possible, by measure and model."""
    given = in_rows(several, f"{name}_share{end}", *_DIMS)
    largest = in_rows(several, "inconsistency_largest", *_DIMS)
    return np.where(np.isnan(given), in_rows(several, name + end, *_DIMS) / largest, given)


def _fitting(ax: Axes | None, found: _Shares, top: int | None) -> int:
    """Return how many models are drawn."""
    number = len(found.models)
    if top is not None:
        return rows_of(None, min(number, len(_MARKERS)), top)
    if ax is None:
        return min(number, _MOST)
    # A heading stands above the models of each measure.
    room = fitting(ax, 10**6, None, _LINES) // len(found.measures) - 1
    return min(number, _MOST, max(2, room))


def _rows(found: _Shares, ax: Axes | None = None) -> list[_Row]:
    """Return the lines from the top on: measures, or of several models these under each."""
    texts = [measure_text(name, ax) for name in found.measures]
    if len(found.models) == 1:
        return [_Row(text, i, 0) for i, text in enumerate(texts)]
    names = apart(found.models, ax)
    return [
        row
        for i, text in enumerate(texts)
        for row in (_Row(text), *(_Row(name, i, j) for j, name in enumerate(names)))
    ]


def _draw(ax: Axes, found: _Shares, rows: list[_Row], size: float) -> None:
    """Draw the shares with their intervals, and their floors as light marks."""
    several = len(found.models) > 1
    for j, name in enumerate(found.models):
        role = Role(j, _MARKERS[j], name)
        at = [place for place, row in enumerate(rows) if row.model == j]
        ax.hlines(
            at, found.low[:, j], found.high[:, j], color=colour_of(role), linewidth=0.3 * size
        )
        # Rows have the names of several models; the legend need not repeat them.
        style = dots(role, size) | {"label": f"_{name}" if several else "model"}
        ax.plot(found.share[:, j], at, **style, zorder=4)
    places = [place for place, row in enumerate(rows) if row.measure >= 0]
    for name, values in found.floors.items():
        role = FLOORS[name]._replace(label=SHORT[name] if is_narrow(ax) else FLOORS[name].label)
        drawn = [values[rows[place].measure, rows[place].model] for place in places]
        times = 1.5 if role.marker in "|1" else 0.85
        (marks,) = ax.plot(drawn, places, **dots(role, times * size))
        marks.set(alpha=0.65, markeredgewidth=1.4 if role.marker in "|1" else 1.0, zorder=3)


def _columns(found: _Shares, rows: list[_Row], ax: Axes) -> dict[str, list[str]]:
    """Return what stands at the right of each line, by its heading."""
    ends = [_ends(found, row) if row.measure >= 0 else (np.nan,) * 3 for row in rows]
    if is_narrow(ax):
        return {"share": ["" if np.isnan(share) else f"{share:.2f}" for share, _, _ in ends]}
    texts = ["" if np.isnan(each[0]) else interval(*each, digits=2) for each in ends]
    columns = {"share": texts}
    if len(found.models) > 1:
        columns["entropy"] = _texts(in_rows(found.several, "stance_entropy", *_DIMS), rows, 2)
    columns["groups"] = _texts(in_rows(found.several, "n_groups", *_DIMS), rows, 0)
    return {heading: column for heading, column in columns.items() if any(column)}


def _texts(values: FloatArray, rows: list[_Row], digits: int) -> list[str]:
    """Return a number for each line, empty for headings and where there is none."""
    numbers = [values[row.measure, row.model] if row.measure >= 0 else np.nan for row in rows]
    return [f"{number:.{digits}f}" if np.isfinite(number) else "" for number in numbers]


def _hedging(found: _Shares) -> str:
    """Return the mean entropy of one model's answers in words, empty where it is not known."""
    entropy = in_rows(found.several, "stance_entropy", *_DIMS)
    base = found.several.attrs.get("base", 2.0)
    units = {2.0: "bits", math.e: "nats"}
    unit = next((text for number, text in units.items() if math.isclose(base, number)), "")
    known = entropy[np.isfinite(entropy)]
    if not known.size:
        return ""
    if len(found.models) > 1:
        return f"entropy of answers in {unit or f'base {base:g}'}: high where they hedge"
    return f"mean entropy of its answers {span(known, 2)} {unit}".strip()


def _embolden(ax: Axes, rows: list[_Row]) -> None:
    """Set headings in bold type."""
    for label, row in zip(ax.get_yticklabels(), rows, strict=True):
        if row.measure < 0:
            label.set_fontweight("bold")


def _title(found: _Shares) -> list[str]:
    """Return the lines of the title."""
    lines = [named(found.several), scale_of(found.several), _hedging(found)]
    return [line for line in lines if line]


def _ends(found: _Shares, row: _Row) -> tuple[float, float, float]:
    """Return a share and its interval."""
    at = (row.measure, row.model)
    return float(found.share[at]), float(found.low[at]), float(found.high[at])


def _told(found: _Shares, measure: int) -> str:
    """Return a measure in words."""
    each = [
        f"{name} {interval(*_ends(found, _Row('', measure, j)))}"
        for j, name in enumerate(found.models)
        if np.isfinite(found.share[measure, j])
    ]
    floors = [
        f"{FLOORS[name].label} {span(values[measure])}"
        for name, values in found.floors.items()
        if np.isfinite(values[measure]).any()
    ]
    beside = f"; beside: {'; '.join(floors)}" if floors else ""
    return f"{measure_text(found.measures[measure])}: {', '.join(each)}{beside}."


def _entropies(found: _Shares) -> str:
    """Return the mean entropy of each model's answers, empty where it is not known."""
    entropy = in_rows(found.several, "stance_entropy", *_DIMS)
    known = [i for i in range(len(found.models)) if np.isfinite(entropy[:, i]).any()]
    return ", ".join(f"{found.models[i]} {span(entropy[:, i])}" for i in known)
