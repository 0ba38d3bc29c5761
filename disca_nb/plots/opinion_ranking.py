"""Opinion similarity by country: intervals in the order of their ranks, with floors beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.plots._alt import told
from disca_nb.plots._look import Role, canvas, colour_of, dots, fitted_legend
from disca_nb.plots._opinion_parts import (
    MODEL,
    OTHERS,
    UNIFORM,
    interval,
    level_of,
    measure_of,
    mode_of,
    others_of,
    pick,
    spearman_of,
    title_of,
    values_of,
)
from disca_nb.plots._phrases import counted, sentence, signed
from disca_nb.plots._rows import lay_rows, letters_for, rows_of, size_of_marks
from disca_nb.plots._single import set_title
from disca_nb.variables import validate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_representation", "plot_representation", "ranked"]

_REFERENCE = Role(None, "s", "reference")
_FLOORS = {"similarity_uniform": UNIFORM, "similarity_others": OTHERS}


class _Ranking(NamedTuple):
    """Countries with a score, the most similar first.

    Attributes
    ----------
    one : xarray.Dataset
        (country,) of one model and prompting.
    unknown : list of str
        Countries without a score.
    """

    one: xr.Dataset
    unknown: list[str]


def plot_representation(
    result: xr.Dataset,
    *,
    model: str | None = None,
    prompting: str | None = None,
    top: int | None = None,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw how similar a model's answers are to those of each country, the most similar on top.

    Parameters
    ----------
    result : xarray.Dataset
        What `disca_nb.representation` returned.
    model : str, optional
        Which model; of several one must be named.
    prompting : str, optional
        How the model was asked; ``"default"`` where it was asked in several ways.
    top : int, optional
        How many countries are drawn at most; by default 40, and no more than can be read in the
        axes given. The axis says how many there are.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; by default model, prompting and mode, and in mode ``all`` the rank correlation with
        the uniform responder.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. At the right stand the interval of the rank and the number
        of questions.

    Raises
    ------
    InputError
        For a result without similarities, of several models, or where no country has a score.
    ParameterError
        For ``top`` below 1.
    UnknownNameError
        For a model or prompting that is not there.

    References
    ----------
    Durmus et al. 2023, https://arxiv.org/abs/2306.16388

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import xarray as xr
    >>> result = xr.Dataset(
    ...     {"similarity": ("country", [0.6, 0.7]), "similarity_uniform": ("country", [0.5, 0.6])},
    ...     {"country": ["JPN", "USA"], "model": "m", "prompting": "default"},
    ...     {"mode": "common", "n_common": 12, "measure": "jensen-shannon", "base": 2.0},
    ... )
    >>> axes = plot_representation(result)
    >>> [label.get_text() for label in axes.get_yticklabels()]
    ['USA', 'JPN']
    """
    found = ranked(result, model=model, prompting=prompting)
    number = found.one.sizes["country"]
    shown = rows_of(ax, number, top)
    one = found.one.isel(country=slice(shown))
    target = canvas(ax, 9.0, 2.6 + 0.26 * shown)
    size = letters_for(target, shown)
    _draw(target, one, size_of_marks(size))
    lay_rows(target, [str(name) for name in one["country"].values], _columns(one), size)
    target.set_xlabel(f"similarity: {measure_of(one)} (1 is the same)")
    by = f"difference from {_reference(one)}" if _is(one, "paired") else "similarity"
    limited = f"the {shown} first of {number} countries, by {by}"
    target.set_ylabel(f"country, by {by}" if shown == number else limited)
    set_title(target, _title(one) if title is None else [title])
    fitted_legend(target)
    text = describe_representation(result, model=model, prompting=prompting, top=shown)
    return told(target, text)


def describe_representation(
    result: xr.Dataset,
    *,
    model: str | None = None,
    prompting: str | None = None,
    top: int | None = None,
) -> str:
    """Say in words what `plot_representation` draws, as alternative text.

    Parameters
    ----------
    result, model, prompting, top
        As for `plot_representation`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError, ParameterError, UnknownNameError
        As `plot_representation`.

    Examples
    --------
    >>> import xarray as xr
    >>> result = xr.Dataset(
    ...     {"similarity": ("country", [0.6, 0.7]), "similarity_uniform": ("country", [0.5, 0.6])},
    ...     {"country": ["JPN", "USA"], "model": "m", "prompting": "default"},
    ... )
    >>> describe_representation(result).split(". ")[0]
    'Similarity of m, default prompting, to 2 countries, mode all: every question that the ...'
    """
    one, unknown = ranked(result, model=model, prompting=prompting)
    number = one.sizes["country"]
    shown = rows_of(None, number, top)
    rows = [_row(one.isel(country=i), i + 1) for i in range(number)]
    ends = f"first {'; '.join(rows[:3])}; last {'; '.join(rows[-3:])}"
    start = f"Similarity of {title_of(one)}, to {counted(number, 'country', 'countries')}, "
    by_rank = f"{mode_of(one)}. By rank: {ends if number > 6 else '; '.join(rows)}."
    parts = [start + by_rank, _told_floors(one)]
    spearman = spearman_of(one)
    parts += [f"{spearman.text}."] if spearman and _is(one, "all") else []
    if shown < number:
        parts.append(f"Drawn are the first {shown}; {number - shown} are left out.")
    return " ".join(part for part in [*parts, *sentence("No score", unknown)] if part)


def ranked(result: xr.Dataset, *, model: str | None, prompting: str | None) -> _Ranking:
    """Return the countries that have a score, the most similar first.

    Raises
    ------
    InputError, UnknownNameError
        As `plot_representation`.
    """
    validate(result, "similarity", "country")
    one = pick(pick(result, "model", model), "prompting", prompting)
    one = one if "country" in one.dims else one.expand_dims("country")
    if one["similarity"].dims != ("country",):
        extra = next(str(dim) for dim in one["similarity"].dims if dim != "country")
        raise InputError(f"The similarity is by {extra} too; select one with .sel({extra}=…).")
    known = np.isfinite(one["similarity"].values)
    names = [str(name) for name in one["country"].values]
    if not known.any():
        raise InputError(
            f"{title_of(one)} has no score for any of {counted(len(names), 'country', 'countries')}"
            "; check which questions both answered, or use another mode."
        )
    order = [i for i in _order(one) if known[i]]
    unknown = [name for name, there in zip(names, known, strict=True) if not there]
    return _Ranking(one.isel(country=order), unknown)


def _draw(ax: Axes, one: xr.Dataset, size: float) -> None:
    """Draw each country's similarity with its interval, and its floors as light marks."""
    rows = np.arange(one.sizes["country"])
    low, high = (values_of(one, f"similarity_{end}", "country") for end in ("low", "high"))
    ax.hlines(rows, low, high, color=colour_of(MODEL), linewidth=0.3 * size)
    style = dots(MODEL._replace(label=f"model [{level_of(one)} interval]"), size)
    ax.plot(one["similarity"].values, rows, **style, zorder=4)
    same = _REFERENCE._replace(label=f"{_reference(one)} on the same questions")
    for name, role in ({**_FLOORS, "similarity_reference": same}).items():
        values = _floor(one, name)
        if np.isfinite(values).any():
            (marks,) = ax.plot(values, rows, **dots(role, (1.5 if role is UNIFORM else 0.9) * size))
            marks.set(alpha=0.65, markeredgewidth=1.4, zorder=3)


def _floor(one: xr.Dataset, name: str) -> FloatArray:
    """Return a floor of each country, NaN where it is not of the same questions."""
    return others_of(one) if name == "similarity_others" else values_of(one, name, "country")


def _order(one: xr.Dataset) -> npt.NDArray[np.intp]:
    """Return the places of countries by rank, which in mode paired is that of the difference."""
    rank = values_of(one, "rank", "country")
    by = rank if np.isfinite(rank).any() else -one["similarity"].values
    return np.argsort(by, kind="stable")


def _columns(one: xr.Dataset) -> dict[str, list[str]]:
    """Return what stands at the right of each row, by its heading."""
    apart = [_difference(one.isel(country=i)) for i in range(one.sizes["country"])]
    low, high = (values_of(one, f"rank_{end}", "country") for end in ("low", "high"))
    number = values_of(one, "n_questions", "country")
    ranks = [
        f"{a:g}–{b:g}" if np.isfinite([a, b]).all() else "" for a, b in zip(low, high, strict=True)
    ]
    questions = [f"{n:.0f}" if np.isfinite(n) else "" for n in number]
    columns = {f"less {_reference(one)}": apart, "rank": ranks, "questions": questions}
    return {heading: texts for heading, texts in columns.items() if any(texts)}


def _title(one: xr.Dataset) -> list[str]:
    """Return the lines of the title."""
    spearman = spearman_of(one)
    last = [spearman.text] if spearman is not None and _is(one, "all") else []
    return [title_of(one), mode_of(one), *last]


def _is(one: xr.Dataset, mode: str) -> bool:
    """Return whether the countries are compared in a mode."""
    return str(one.attrs.get("mode", "all")) == mode


def _reference(one: xr.Dataset) -> str:
    """Return the country that others are paired with."""
    return str(one.attrs.get("reference", "the reference"))


def _difference(row: xr.Dataset) -> str:
    """Return by how much a country is ahead of the reference, empty where there is none."""
    names = [f"similarity_difference{end}" for end in ("", "_low", "_high")]
    value, low, high = (float(row[name].item()) if name in row else np.nan for name in names)
    if not np.isfinite(value):
        return ""
    ends = f" [{signed(low, 3)}, {signed(high, 3)}]" if np.isfinite([low, high]).all() else ""
    return signed(value, 3) + ends


def _row(row: xr.Dataset, rank: int) -> str:
    """Return a country in words."""
    value, low, high, first, last, number = (
        float(row[name].item()) if name in row else np.nan
        for name in (
            *("similarity", "similarity_low", "similarity_high"),
            *("rank_low", "rank_high", "n_questions"),
        )
    )
    ranks = f", rank {first:g}–{last:g}" if np.isfinite([first, last]).all() else ""
    questions = f", {counted(int(number), 'question')}" if np.isfinite(number) else ""
    apart = f", {_difference(row)} from {_reference(row)}" if _difference(row) else ""
    name = row["country"].item()
    return f"{rank} {name} {interval(value, low, high)}{apart}{ranks}{questions}"


def _told_floors(one: xr.Dataset) -> str:
    """Return the means of the floors, and how often the model is below each."""
    parts = []
    for name, role in _FLOORS.items():
        values = _floor(one, name)
        known = np.isfinite(values)
        if known.any():
            below = int((one["similarity"].values[known] < values[known]).sum())
            parts.append(f"{role.label} {values[known].mean():.3f} (model below it in {below})")
    mean = float(one["similarity"].mean())
    return f"Mean over countries {mean:.3f}; floors: {', '.join(parts)}." if parts else ""
