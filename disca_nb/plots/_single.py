"""What figures of one model share: picking it, and the line that says how it was steered."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.plots._look import LETTER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["heading", "made_up", "set_title", "single"]

# A symbol and its number stay on one line; no-break spaces are for breaking lines alone.
_WITH_NUMBER = re.compile(r"(?<=\b\w) (?=[\d≥])|(?<=≥) |(?<=\btol) ")
_STICKY = "\N{NO-BREAK SPACE}"


def single(result: xr.Dataset, *dims: str) -> xr.Dataset:
    """Return the result without the dimensions named, each of which has one label.

    Parameters
    ----------
    result : xarray.Dataset
        What a function of `disca_nb.metrics` returned.
    *dims : str
        ``"model"`` and others that a figure has no room for.

    Returns
    -------
    xarray.Dataset
        The same figures, with the labels as coordinates.

    Raises
    ------
    InputError
        Naming the labels, when there are several.
    """
    for dim in dims:
        if result.sizes.get(dim, 1) > 1:
            names = ", ".join(map(str, result[dim].values))
            raise InputError(
                f"The scores are of several {dim}s ({names}); select one with .sel({dim}=…)."
            )
    return result.squeeze([dim for dim in dims if dim in result.dims])


def heading(one: xr.Dataset) -> list[str]:
    """Return the model, whether it is made up, and how its decisions were made.

    Parameters
    ----------
    one : xarray.Dataset
        Figures of one model; the attribute ``steering`` has one line per variant.

    Returns
    -------
    list of str
        Lines of a title: of several variants those of DISCA, as the names of baselines tell all.
    """
    model = str(one["model"].values) if "model" in one.coords else "model"
    lines = str(one.attrs.get("steering", "")).splitlines()
    if "variant" in one.coords and one["variant"].ndim == 0:
        name = str(one["variant"].values)
        lines = [line for line in lines if line.startswith((f"{name},", f"DISCA {name},"))]
    disca = [line for line in lines if line.startswith("DISCA")]
    return [model + made_up(one), *(disca or lines[:1])]


def made_up(scores: xr.Dataset) -> str:
    """Return a word in brackets for models that are made up, nothing for others.

    Of models joined from several runs the attributes are the first one's: there only those count
    whose labels say it.

    Parameters
    ----------
    scores : xarray.Dataset
        Gaps or figures of one model or of several.

    Returns
    -------
    str
        With a blank in front.

    Examples
    --------
    >>> made_up(xr.Dataset(coords={"model": ["synthetic-demo", "phi-4"]}))
    ' (1 of them synthetic)'
    """
    known = str(scores.attrs.get("source", "")).startswith("synthetic")
    found = np.atleast_1d(scores["model"].values) if "model" in scores.coords else ()
    labels = [str(label) for label in found]
    named = sum(label.startswith("synthetic") for label in labels)
    if (known and (len(labels) < 2 or not named)) or (named and named == len(labels)):
        return " (synthetic)"
    return f" ({named} of them synthetic)" if named else ""


def set_title(ax: Axes, lines: Iterable[str]) -> None:
    """Put a title above the axes, its lines broken to be no wider than they are.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where the title goes.
    lines : iterable of str
        Lines of the title.
    """
    import matplotlib.pyplot as plt

    inches = ax.bbox.width / ax.figure.dpi
    letters = int(72.0 * inches / (LETTER * plt.rcParams["font.size"]))
    whole = [_WITH_NUMBER.sub(_STICKY, line) for line in lines]
    broken = [part for line in whole for part in textwrap.wrap(line, max(24, letters))]
    # Labels are text, whatever dollar signs they hold.
    text = "\n".join(broken).replace(_STICKY, " ")
    ax.set_title(text, fontsize="medium", loc="left", parse_math=False)
