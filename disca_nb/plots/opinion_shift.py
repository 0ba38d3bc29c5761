"""What naming a country or its language does: toward it, less what it does toward the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.plots._alt import told
from disca_nb.plots._look import Role, canvas, colour_of, dots, fitted_legend, ink
from disca_nb.plots._opinion_parts import (
    level_of,
    measure_of,
    pick,
    values_of,
    whose,
)
from disca_nb.plots._phrases import counted, sentence, signed
from disca_nb.plots._rows import lay_rows, letters_for, rows_of, size_of_marks
from disca_nb.plots._single import set_title
from disca_nb.variables import validate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_shift", "plot_shift"]

_KINDS = {
    "cross-national": Role(0, "o", "asked as someone of the country"),
    "linguistic": Role(1, "s", "asked in its language"),
}
_PARTS = {
    "shift_toward": Role(None, ">", "toward the country"),
    "shift_elsewhere": Role(None, "<", "toward the others, mean"),
    "shift_uniform": Role(None, "|", "shift of answers that become uniform"),
}
_TOLD = {
    "shift_toward": "mean gain toward the country",
    "shift_elsewhere": "mean gain toward the others",
    "shift_uniform": "mean shift of answers that become uniform",
}


class _Shifts(NamedTuple):
    """Promptings with a shift, the largest first.

    Attributes
    ----------
    one : xarray.Dataset
        (prompting,) of one model.
    unknown : list of str
        Promptings without a shift.
    """

    one: xr.Dataset
    unknown: list[str]


def plot_shift(
    result: xr.Dataset,
    *,
    model: str | None = None,
    top: int | None = None,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw for each prompted country how much closer the model comes to it than to the others.

    Parameters
    ----------
    result : xarray.Dataset
        What `disca_nb.steering_shift` returned.
    model : str, optional
        Which model; of several one must be named.
    top : int, optional
        How many promptings are drawn at most, those with the largest shifts; by default 40, and no
        more than can be read in the axes given.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; the model by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. Marks are filled where the interval leaves out 0; light
        triangles are the two gains of which the shift is the difference, and a light bar is
        the shift of answers that become uniform.

    Raises
    ------
    InputError
        For a result without shifts, of several models, or without any finite shift.
    ParameterError
        For ``top`` below 1.
    UnknownNameError
        For a model that is not there.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import xarray as xr
    >>> result = xr.Dataset(
    ...     {"shift": ("prompting", [0.01, 0.04])},
    ...     {
    ...         "prompting": ["as JPN", "as USA"],
    ...         "prompting_kind": ("prompting", ["cross-national", "cross-national"]),
    ...         "model": "m",
    ...     },
    ... )
    >>> [label.get_text() for label in plot_shift(result).get_yticklabels()]
    ['as USA', 'as JPN']
    """
    found = _known(result, model)
    number = found.one.sizes["prompting"]
    shown = rows_of(ax, number, top)
    one = found.one.isel(prompting=slice(shown))
    target = canvas(ax, 9.0, 2.8 + 0.28 * shown)
    target.axvline(0.0, color=ink(), linewidth=1.0, alpha=0.6)
    size = letters_for(target, shown)
    _draw(target, one, size_of_marks(size, 7.0))
    lay_rows(target, _labels(one), {"shift": [_text(one, i) for i in range(shown)]}, size)
    target.set_xlabel(
        f"gain in similarity ({measure_of(one)})\ntoward the prompted country less the mean gain "
        f"toward the others [{level_of(one)} interval]"
    )
    if shown < number:
        target.set_ylabel(f"the {shown} largest of {number} shifts")
    default = [whose(one), "shift under each prompting; filled: the interval leaves out 0"]
    set_title(target, default if title is None else [title])
    fitted_legend(target, pad=5.0)
    return told(target, describe_shift(result, model=model, top=shown))


def describe_shift(result: xr.Dataset, *, model: str | None = None, top: int | None = None) -> str:
    """Say in words what `plot_shift` draws, as alternative text.

    Parameters
    ----------
    result, model, top
        As for `plot_shift`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError, ParameterError, UnknownNameError
        As `plot_shift`.

    Examples
    --------
    >>> import xarray as xr
    >>> result = xr.Dataset(
    ...     {"shift": ("prompting", [0.01, 0.04])},
    ...     {
    ...         "prompting": ["as JPN", "as USA"],
    ...         "prompting_kind": ("prompting", ["cross-national", "cross-national"]),
    ...         "model": "m",
    ...     },
    ... )
    >>> describe_shift(result).split(": ")[0]
    'Shift of m under 2 promptings, toward the prompted country less toward the others'
    """
    one, unknown = _known(result, model)
    number = one.sizes["prompting"]
    shown = rows_of(None, number, top)
    rows = [f"{label} {_text(one, i)}" for i, label in enumerate(_labels(one))]
    ends = f"largest {'; '.join(rows[:3])}; smallest {'; '.join(rows[-3:])}"
    sure = _sure(one)
    shift = one["shift"].values
    means = [
        f"{text} {signed(float(np.nanmean(values)), 3)}"
        for name, text in _TOLD.items()
        if np.isfinite(values := values_of(one, name, "prompting")).any()
    ]
    above, below = (sure & (shift > 0.0)).sum(), (sure & (shift < 0.0)).sum()
    parts = [
        f"Shift of {whose(one)} under {counted(number, 'prompting')}, toward the prompted country",
        f"less toward the others: {ends if number > 6 else '; '.join(rows)}.",
        f"The interval is above 0 in {above} and below in {below} of {number};",
        f"{', '.join([f'mean shift {signed(shift.mean(), 3)}', *means])}.",
    ]
    if shown < number:
        parts.append(f"Drawn are the {shown} largest; {number - shown} are left out.")
    return " ".join([*parts, *sentence("No shift", unknown)])


def _known(result: xr.Dataset, model: str | None) -> _Shifts:
    """Return the promptings that have a shift."""
    validate(result, "shift", "prompting", "prompting_kind")
    one = pick(result, "model", model)
    one = one if "prompting" in one.dims else one.expand_dims("prompting")
    if one["shift"].dims != ("prompting",):
        extra = next(str(dim) for dim in one["shift"].dims if dim != "prompting")
        raise InputError(f"The shift is by {extra} too; select one with .sel({extra}=…).")
    values = one["shift"].values
    known = np.isfinite(values)
    names = [str(name) for name in one["prompting"].values]
    if not known.any():
        raise InputError(
            f"{whose(one)} has no shift under any of {counted(len(names), 'prompting')}; ask with "
            "cross-national prompting, and of questions that several countries answered."
        )
    order = [i for i in np.argsort(-values, kind="stable") if known[i]]
    unknown = [name for name, there in zip(names, known, strict=True) if not there]
    return _Shifts(one.isel(prompting=order), unknown)


def _draw(ax: Axes, one: xr.Dataset, size: float) -> None:
    """Draw the shifts, and as light marks the two gains of which each is the difference."""
    for kind, role in _KINDS.items():
        rows = np.flatnonzero(_kinds(one) == kind)
        if rows.size:
            _draw_kind(ax, one.isel(prompting=rows), rows, role, size)
    for name, role in _PARTS.items():
        values = values_of(one, name, "prompting")
        if np.isfinite(values).any():
            times = 1.4 if role.marker == "|" else 0.75
            (marks,) = ax.plot(values, np.arange(values.size), **dots(role, times * size))
            marks.set(alpha=0.65, zorder=3)


def _draw_kind(
    ax: Axes, one: xr.Dataset, rows: npt.NDArray[np.intp], role: Role, size: float
) -> None:
    """Draw the shifts of one kind of prompting, filled where the interval leaves out 0."""
    low, high = (values_of(one, f"shift_{end}", "prompting") for end in ("low", "high"))
    ax.hlines(rows, low, high, color=colour_of(role), linewidth=0.25 * size)
    style = dots(role, size)
    # The legend shows the mark filled, whether or not a row has it so.
    ax.plot([], [], **style)
    values, sure = one["shift"].values, _sure(one)
    for chosen, face in ((sure, colour_of(role)), (~sure, ax.get_facecolor())):
        bare = style | {"label": "_", "markerfacecolor": face}
        ax.plot(values[chosen], rows[chosen], **bare, zorder=4)


def _kinds(one: xr.Dataset) -> npt.NDArray[np.str_]:
    """Return how each row was prompted."""
    kinds: npt.NDArray[np.str_] = np.atleast_1d(one["prompting_kind"].values)
    return kinds


def _sure(one: xr.Dataset) -> npt.NDArray[np.bool_]:
    """Return where the interval is known and leaves out 0."""
    low, high = (values_of(one, f"shift_{end}", "prompting") for end in ("low", "high"))
    found: npt.NDArray[np.bool_] = (low > 0.0) | (high < 0.0)
    return found


def _labels(one: xr.Dataset) -> list[str]:
    """Return the promptings, of a language with the country whose it is taken to be."""
    names = [str(name) for name in one["prompting"].values]
    if "prompted_country" not in one.variables:
        return names
    countries = [str(name) for name in np.atleast_1d(one["prompted_country"].values)]
    linguistic = _kinds(one) == "linguistic"
    return [
        f"{name} ({country})" if there and country else name
        for name, country, there in zip(names, countries, linguistic, strict=True)
    ]


def _text(one: xr.Dataset, row: int) -> str:
    """Return a shift and its interval."""
    value, low, high = (
        values_of(one, name, "prompting")[row] for name in ("shift", "shift_low", "shift_high")
    )
    ends = f" [{signed(low, 3)}, {signed(high, 3)}]" if np.isfinite([low, high]).all() else ""
    return signed(value, 3) + ends
