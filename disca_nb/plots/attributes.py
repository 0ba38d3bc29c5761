"""Small multiples by attribute: every country's humans beside what a model says for it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.plots._alt import told
from disca_nb.plots._look import LINES, ROLES, Role, brief, dots, ink, tidy
from disca_nb.plots._phrases import counted, figure, sentence
from disca_nb.plots._scores import looks, one_model, title_of, without_unscored

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

__all__ = ["describe_attributes", "plot_attributes"]

_COLUMNS = 3


def plot_attributes(
    scores: xr.Dataset, *, figure: Figure | SubFigure | None = None, title: str | None = None
) -> npt.NDArray[np.object_]:
    """Draw humans and a model in every country, a panel for each attribute.

    Parameters
    ----------
    scores : xarray.Dataset
        What `disca_nb.alignment` or `disca_nb.compare` returned, for one model.
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw; a new figure by default. One without a layout gets the constrained one.
    title : str, optional
        Title; model and steering by default.

    Returns
    -------
    numpy.ndarray, shape (attribute,)
        The axes, which are not shown. In each panel the countries stand by their human
        preference, the highest on top; the dashed line is a coin flip.

    Raises
    ------
    InputError
        For scores of several models, or without any figure.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> axes = plot_attributes(disca_nb.compare(panel, ["vanilla", "consensus"]))
    >>> [each.get_title(loc="left") for each in axes][:3]
    ['Species', 'Gender', 'Age']
    """
    one, _ = _known(scores)
    roles = looks(one)
    count = one.sizes["attribute"]
    whole = _figure(figure, count, one.sizes["country"])
    columns = min(_COLUMNS, count)
    grid = whole.subplots(-(-count // columns), columns, squeeze=False, sharex=True)
    panels = np.array(grid).ravel()
    for spare in panels[count:]:
        spare.remove()
    for panel, attribute in zip(panels, one["attribute"].values, strict=False):
        _panel(panel, one.sel(attribute=attribute), roles, str(attribute))
    # Shared axes name their ticks in the last row only, which may be short.
    for panel in panels[max(0, count - columns) : count]:
        panel.tick_params(labelbottom=True)
        panel.set_xlabel("share sparing the counted side", fontsize="small")
    lines = title_of(one) if title is None else [title]
    _frame(whole, lines, panels[0])
    text = describe_attributes(scores)
    return np.array([told(panel, text) for panel in panels[:count]], dtype=np.object_)


def describe_attributes(scores: xr.Dataset) -> str:
    """Say in words what `plot_attributes` draws, as alternative text.

    Parameters
    ----------
    scores : xarray.Dataset
        As for `plot_attributes`.

    Returns
    -------
    str
        One paragraph for all panels.

    Raises
    ------
    InputError
        As `plot_attributes`.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> describe_attributes(disca_nb.compare(panel, ["consensus"])).split(":")[0]
    'Preferences of synthetic-demo (synthetic) and of the humans of 2 countries'
    """
    one, notes = _known(scores)
    roles = looks(one)
    where = counted(one.sizes["country"], "country", "countries")
    by_attribute = "; ".join(
        f"{name} {_told(one.sel(attribute=name), roles)}" for name in one["attribute"].values
    )
    holes = one["preference"].isnull().any(["attribute", "variant"])
    parts = [f"Preferences of {title_of(one)[0]} and of the humans of {where}: {by_attribute}."]
    notes += sentence("Some score is missing", one["country"].values[holes.values])
    return " ".join([*parts, *notes, "A coin flip is 0.5 throughout."])


def _known(scores: xr.Dataset) -> tuple[xr.Dataset, list[str]]:
    """Return what is drawn, and sentences on what is left out."""
    known = one_model(scores, "preference", "human_preference")
    measured = known["human_preference"].notnull().all("attribute").values
    if not measured.any():
        raise InputError(
            f"{counted(measured.size, 'country', 'countries')} without human preferences for all "
            "attributes; give scores that hold them."
        )
    one, unscored = without_unscored(known.isel(country=np.flatnonzero(measured)))
    notes = sentence("No score", unscored)
    return one, notes + sentence("No human preferences", known["country"].values[~measured])


def _figure(figure: Figure | SubFigure | None, panels: int, countries: int) -> Figure | SubFigure:
    """Return the figure given, with a layout, or a new one with room for the countries."""
    import matplotlib.pyplot as plt

    if figure is None:
        rows, columns = -(-panels // _COLUMNS), min(panels, _COLUMNS)
        size = (1.2 + 3.2 * columns, 1.4 + rows * (0.9 + 0.19 * countries))
        return plt.figure(figsize=size, layout="constrained")
    root = figure.get_figure(root=True)
    if root is not None and root.get_layout_engine() is None:
        root.set_layout_engine("constrained")
    return figure


def _panel(ax: Axes, cell: xr.Dataset, roles: Mapping[str, Role], name: str) -> None:
    """Draw one attribute: countries as rows by human preference, the highest on top."""
    order = np.argsort(-cell["human_preference"].values, kind="stable")
    cell = cell.isel(country=order)
    rows = np.arange(order.size)
    coin = ROLES["mis_coin_flip"].label
    ax.axvline(0.5, color=ink(), linestyle=LINES["mis_coin_flip"], linewidth=1.0, label=coin)
    human = cell["human_preference"].values
    every = np.vstack([cell["preference"].transpose("variant", "country").values, human])
    ends = (np.nanmin(every, axis=0), np.nanmax(every, axis=0))
    ax.hlines(rows, *ends, colors=ink(), alpha=0.25, linewidth=1.0)
    for variant, role in roles.items():
        values = cell["preference"].sel(variant=variant).values
        ax.plot(values, rows, **dots(role, 4.5), clip_on=False, zorder=3)
    ax.plot(human, rows, **dots(ROLES["human"], 4.5), clip_on=False, zorder=4)
    labels = [brief(country, 18) for country in cell["country"].values]
    ax.set_yticks(rows, labels, fontsize="x-small", parse_math=False)
    ax.set_ylim(order.size - 0.5, -0.5)
    ax.set_xlim(0.0, 1.0)
    ax.set_title(brief(name), fontsize="medium", loc="left", parse_math=False)
    tidy(ax)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)


def _frame(whole: Figure | SubFigure, lines: list[str], first: Axes) -> None:
    """Put the title above all panels and their legend below."""
    import matplotlib.pyplot as plt

    inches = whole.bbox.width / whole.dpi
    letters = max(24, int(72.0 * inches / (0.6 * plt.rcParams["font.size"])))
    broken = [part for line in lines for part in textwrap.wrap(line, letters)]
    head = whole.suptitle("\n".join(broken), fontsize="medium", x=0.01, ha="left")
    head.set_parse_math(False)
    handles, labels = first.get_legend_handles_labels()
    columns = max(1, min(len(labels), letters // (max(map(len, labels)) + 8)))
    legend = whole.legend(handles, labels, loc="outside lower center", ncols=columns, frameon=False)
    for text in legend.get_texts():
        text.set_parse_math(False)


def _told(cell: xr.Dataset, roles: Mapping[str, Role]) -> str:
    """Say of one attribute how far the humans reach, and how far from them the variants are."""
    human = cell["human_preference"]
    ends = [
        f"{human.values[place]:.3f} ({human['country'].values[place]})"
        for place in (human.values.argmin(), human.values.argmax())
    ]
    means = [
        f"{role.label} {figure(abs(cell['preference'].sel(variant=name) - human).mean().item())}"
        for name, role in roles.items()
    ]
    return f"humans {ends[0]} to {ends[1]}, mean distance from them {', '.join(means)}"
