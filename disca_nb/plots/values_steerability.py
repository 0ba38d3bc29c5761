"""Whether a model takes on the values that it is asked to hold: shift and selectivity by value."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.plots._alt import told
from disca_nb.plots._look import Role, canvas, colour_of, dots, fitted_legend, ink
from disca_nb.plots._opinion_parts import level_of, pick, values_of, whose
from disca_nb.plots._phrases import counted, sentence, signed
from disca_nb.plots._rows import lay_rows, size_of_marks
from disca_nb.plots._values_parts import apart, is_narrow, letters_of, title_over, wrap_label
from disca_nb.variables import validate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_steerability", "plot_steerability"]

_ROLES = {
    "value_shift": Role(0, "o", "shift: gain where the value is asked for"),
    "selectivity": Role(1, "s", "selectivity: less the mean gain under other values"),
}
# How far the two stand above and below the middle of their row.
_APART = 0.17
# Lines of text above and below the rows.
_LINES = 10.0
_POOLED = "all"
_NONE = "none"


class _Values(NamedTuple):
    """Values with a shift, the largest first, and all of them together last where known.

    Attributes
    ----------
    one : xarray.Dataset
        (condition,) of one model.
    pooled : bool
        Whether the last row is that of all values together.
    unknown : list of str
        Values without a shift.
    """

    one: xr.Dataset
    pooled: bool
    unknown: list[str]


def plot_steerability(
    result: xr.Dataset,
    *,
    model: str | None = None,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw for each value how far asking for it moves a model, and how much of that is its own.

    Parameters
    ----------
    result : xarray.Dataset
        What `disca_nb.steerability` returned.
    model : str, optional
        Which model; of several one must be named.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; by default the model, and its rank against that of chance.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. Values stand in the order of their shifts, and below a line
        all of them together. Marks are filled where the interval leaves out 0. At the right
        stands the mean rank of the gain under the value among that under all values, 1 the
        largest.

    Raises
    ------
    InputError
        For a result without shifts, of several models, or without any finite shift.
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
    ...     {"value_shift": ("condition", [0.1, 0.3, 0.2])},
    ...     {"condition": ["power", "security", "all"], "model": "m"},
    ... )
    >>> [label.get_text() for label in plot_steerability(result).get_yticklabels()]
    ['security', 'power', 'all values']
    """
    found = _known(result, model)
    rows = found.one.sizes["condition"]
    target = canvas(ax, 9.0, 2.8 + 0.38 * rows)
    target.axvline(0.0, color=ink(), linewidth=1.0, alpha=0.6)
    size = letters_of(target, rows, _LINES)
    for name, offset in zip(_ROLES, (-_APART, _APART), strict=True):
        _draw(target, found.one, name, offset, size_of_marks(0.85 * size))
    columns = _columns(found.one)
    if is_narrow(target):
        columns.pop("selectivity", None)
    lay_rows(target, apart(_labels(found)), columns, size)
    if found.pooled:
        target.axhline(rows - 1.5, color=ink(), linewidth=0.8, alpha=0.4)
        target.get_yticklabels()[-1].set_fontweight("bold")
    height = wrap_label(
        target,
        [
            f"gain in agreement with portraits of the value [{level_of(found.one)} interval]",
            _filled_told(found.one),
        ],
    )
    default = [whose(found.one), *_rank_told(found)]
    title_over(target, default if title is None else [title], size)
    fitted_legend(target, pad=height)
    return told(target, describe_steerability(result, model=model))


def describe_steerability(result: xr.Dataset, *, model: str | None = None) -> str:
    """Say in words what `plot_steerability` draws, as alternative text.

    Parameters
    ----------
    result, model
        As for `plot_steerability`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError, UnknownNameError
        As `plot_steerability`.

    Examples
    --------
    >>> import xarray as xr
    >>> result = xr.Dataset(
    ...     {"value_shift": ("condition", [0.1, 0.3])},
    ...     {"condition": ["power", "security"], "model": "m"},
    ... )
    >>> describe_steerability(result)
    'Steerability of m toward 2 values, by shift: security shift +0.300; power shift +0.100.'
    """
    found = _known(result, model)
    number = found.one.sizes["condition"] - found.pooled
    ranks = _columns(found.one).get("rank", [""] * found.one.sizes["condition"])
    rows = [
        f"{label} {_told(found.one, i)}{f', rank {rank}' if rank else ''}"
        for i, (label, rank) in enumerate(zip(_labels(found), ranks, strict=True))
    ]
    toward = f"{whose(found.one)} toward {counted(number, 'value')}"
    parts = [
        f"Steerability of {toward}, by shift: {'; '.join(rows)}.",
        *(f"{text[0].upper()}{text[1:]}." for text in _rank_told(found)),
    ]
    return " ".join([*parts, *sentence("No shift", found.unknown)])


def _known(result: xr.Dataset, model: str | None) -> _Values:
    """Return the values that have a shift."""
    validate(result, "value_shift", "condition")
    one = pick(result, "model", model)
    one = one if "condition" in one.dims else one.expand_dims("condition")
    if one["value_shift"].dims != ("condition",):
        extra = next(str(dim) for dim in one["value_shift"].dims if dim != "condition")
        raise InputError(f"The shift is by {extra} too; select one with .sel({extra}=…).")
    names = one["condition"].values.astype(str)
    shift = one["value_shift"].values
    known = np.isfinite(shift)
    values = [name for name in names if name not in (_POOLED, _NONE)]
    if not known.any():
        raise InputError(
            f"{whose(one)} has no shift toward any of {counted(len(values), 'value')}; ask it of "
            "portraits under the condition 'none' and under values."
        )
    own = [int(i) for i in np.argsort(-shift, kind="stable") if known[i] and names[i] != _POOLED]
    together = [int(i) for i in np.flatnonzero(known & (names == _POOLED))]
    unknown = [str(name) for name in names[~known] if name in values]
    return _Values(one.isel(condition=own + together), bool(together), unknown)


def _draw(ax: Axes, one: xr.Dataset, name: str, offset: float, size: float) -> None:
    """Draw one of the two with its intervals, filled where these leave out 0."""
    value, low, high = _ends(one, name)
    if not np.isfinite(value).any():
        return
    rows = np.arange(value.size) + offset
    role = _ROLES[name]
    ax.hlines(rows, low, high, color=colour_of(role), linewidth=0.3 * size)
    style = dots(role, size)
    # The legend shows the mark filled, whether or not a row has it so.
    ax.plot([], [], **style)
    sure = (low > 0.0) | (high < 0.0)
    for chosen, face in ((sure, colour_of(role)), (~sure, ax.get_facecolor())):
        bare = style | {"label": "_", "markerfacecolor": face}
        ax.plot(value[chosen], rows[chosen], **bare, zorder=4)


def _filled_told(one: xr.Dataset) -> str:
    """Return what it means that a mark is filled or has no line."""
    _, low, _ = _ends(one, "value_shift")
    if np.isfinite(low).all():
        return "filled: the interval leaves out 0"
    return "filled: the interval leaves out 0; no line: too few portraits for an interval"


def _ends(one: xr.Dataset, name: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return a number of each value, with the ends of its interval."""
    value, low, high = (
        values_of(one, f"{name}{end}", "condition") for end in ("", "_low", "_high")
    )
    return value, low, high


def _labels(found: _Values) -> list[str]:
    """Return the names of the rows."""
    names = [str(name) for name in found.one["condition"].values]
    return [*names[:-1], "all values"] if found.pooled else names


def _columns(one: xr.Dataset) -> dict[str, list[str]]:
    """Return what stands at the right of each row, by its heading."""
    columns = {
        "shift": [signed(value) for value in _ends(one, "value_shift")[0]],
        "selectivity": [_number(value) for value in _ends(one, "selectivity")[0]],
        "rank": [
            f"{n:.1f}" if np.isfinite(n) else "" for n in values_of(one, "value_rank", "condition")
        ],
    }
    return {heading: texts for heading, texts in columns.items() if any(texts)}


def _number(value: float) -> str:
    """Return a number with its sign, nothing where there is none."""
    return signed(value) if np.isfinite(value) else ""


def _told(one: xr.Dataset, row: int) -> str:
    """Return a value's shift and selectivity in words."""
    parts = []
    for name, word in (("value_shift", "shift"), ("selectivity", "selectivity")):
        value, low, high = (each[row] for each in _ends(one, name))
        ends = f" [{signed(low, 3)}, {signed(high, 3)}]" if np.isfinite([low, high]).all() else ""
        parts += [f"{word} {signed(value, 3)}{ends}"] if np.isfinite(value) else []
    return ", ".join(parts)


def _odds(p: float) -> str:
    """Return a p value, of which no more than three digits are told."""
    return f"p {p:.3f}" if p >= 0.001 else "p < 0.001"


def _rank_told(found: _Values) -> list[str]:
    """Return the mean rank over all values against that of chance, nothing where not known."""
    last = found.one.isel(condition=-1) if found.pooled else found.one
    rank, chance, p, published = (
        float(last[name].item()) if name in last and last[name].size == 1 else np.nan
        for name in ("value_rank", "chance_rank", "rank_p_value", "compat_rank")
    )
    texts = []
    if np.isfinite(rank):
        beside = f" against {chance:.1f} by chance" if np.isfinite(chance) else ""
        odds = f", {_odds(p)}" if np.isfinite(p) else ""
        texts.append(f"mean rank {rank:.1f} (1 is best){beside}{odds}")
    if np.isfinite(published):
        chance = float(found.one.attrs.get("chance_compat_rank", np.nan))
        beside = f" against {chance:.1f} by chance" if np.isfinite(chance) else ""
        texts.append(f"rank as published {published:.1f} (0: the smallest drop){beside}")
    return texts
