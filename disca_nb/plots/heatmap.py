"""Misalignment of every model in every country, with the floors set apart beside the models."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.plots import _cells
from disca_nb.plots._alt import told
from disca_nb.plots._floors import FLOORS, floors_by_country, told_floors
from disca_nb.plots._look import ROLES, brief, canvas, fitted_legend
from disca_nb.plots._phrases import counted, figure
from disca_nb.plots._scores import with_country, with_model
from disca_nb.plots._single import heading, made_up, set_title, single

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh

__all__ = ["describe_heatmap", "plot_heatmap"]

# Columns between the models and the floors.
_APART = 0.4


class _Matrix(NamedTuple):
    """Misalignment (country, model), both from the best to the worst, and floors (country)."""

    mis: xr.DataArray
    floors: xr.Dataset
    title: list[str]

    @property
    def shared(self) -> npt.NDArray[np.bool_]:
        """Which countries all models have a score in, over which alone means compare."""
        return np.asarray(self.mis.notnull().all("model").values)

    @property
    def over(self) -> str:
        """Over which countries means are."""
        count = int(self.shared.sum())
        if count == self.mis.sizes["country"]:
            return "countries"
        return f"the {counted(count, 'country', 'countries')} that all models have"

    @property
    def columns(self) -> list[str]:
        """Names of the floors that are known of some country."""
        return [name for name in FLOORS if self.floors[name].notnull().any()]


def plot_heatmap(scores: xr.Dataset, *, ax: Axes | None = None, title: str | None = None) -> Axes:
    """Draw the misalignment of models in countries as a matrix, beside the floors.

    Parameters
    ----------
    scores : xarray.Dataset
        What `disca_nb.alignment` or `disca_nb.compare` returned, for any number of models and one
        variant; results of several runs joined by ``xarray.concat(…, dim="model")`` as well.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; the models and their steering by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. Countries and models stand from the best mean to the worst,
        and columns to the right of a gap are the floors. A cross marks what is worse than a coin
        flip, a dot what is better than the other countries' mean. Values are written where they
        fit; an empty cell has no score.

    Raises
    ------
    InputError
        For scores of several variants, without any figure, or whose floors differ between models.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> axes = plot_heatmap(disca_nb.alignment(disca_nb.steer(panel, variant="consensus")))
    >>> [label.get_text() for label in axes.get_xticklabels()][:2]
    ['synthetic-demo', 'coin flip']
    """
    known = _matrix(scores)
    countries, models = known.mis.shape
    wide = models + _APART + len(known.columns)
    tall = countries * (0.26 if countries <= 40 else 0.16)
    target = canvas(ax, 2.6 + 0.58 * wide, 2.6 + max(tall, 1.2))
    values, x = _values(known)
    meshes = _colour(target, values, models)
    marks = _cells.marks_of(known.mis, known.floors)
    _label(target, known, x)
    bar = target.figure.colorbar(meshes[0], ax=target, shrink=0.8 if countries > 9 else 1.0)
    # Beside few rows there is no room for more.
    bar.set_label("misalignment score, MIS (0 is best)" if countries > 9 else "MIS (0 is best)")
    set_title(target, known.title if title is None else [title])
    fitted_legend(target, _cells.mark_handles(marks), pad=0.8)
    inks = _cells.inks_on(meshes[0], values)
    size = _settled_size(target, wide, countries)
    spots_x, spots_y = np.broadcast_arrays(x, np.arange(countries)[:, None])
    places = zip(spots_x.flat, spots_y.flat, strict=True)
    _cells.write(target, places, [_cells.number(v) for v in values.flat], inks.flat, size)
    # Beside the number, or where it would be.
    aside = 0.36 if size else 0.0
    spots = (spots_x[:, :models] + aside, spots_y[:, :models].astype(float))
    _cells.mark(target, marks, *spots, inks[:, :models], 4.0 if size else 3.0)
    return told(target, describe_heatmap(scores))


def describe_heatmap(scores: xr.Dataset) -> str:
    """Say in words what `plot_heatmap` draws, as alternative text.

    Parameters
    ----------
    scores : xarray.Dataset
        As for `plot_heatmap`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError
        As `plot_heatmap`.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> scores = disca_nb.alignment(disca_nb.steer(panel, variant="consensus"))
    >>> describe_heatmap(scores).split(":")[0]
    'Misalignment score of synthetic-demo (synthetic) in 2 countries'
    """
    known = _matrix(scores)
    countries, cells = known.mis.sizes["country"], int(known.mis.notnull().sum())
    shared = known.shared
    means = known.mis.isel(country=shared).mean("country").values
    by_model = [
        f"{name} {figure(mean)}"
        for name, mean in zip(known.mis["model"].values, means, strict=True)
    ]
    where = counted(countries, "country", "countries")
    blank = known.mis.size - cells
    parts = [
        f"Misalignment score of {known.title[0]} in {where}: means over {known.over} are",
        f"{', '.join(by_model)}; of the floors {told_floors(known.floors.isel(country=shared))}.",
        f"Lowest is {_extreme(known.mis, 'min')}, highest {_extreme(known.mis, 'max')}.",
        _cells.told_marks(_cells.marks_of(known.mis, known.floors), cells),
        f"Without a score and left empty: {counted(blank, 'cell')}." if blank else "",
    ]
    return " ".join(part for part in parts if part)


def _matrix(scores: xr.Dataset) -> _Matrix:
    """Return what is drawn, sorted."""
    known = with_model(with_country(scores, "mis", *FLOORS))
    dims = [str(dim) for dim in known["mis"].dims if dim not in {"country", "model"}]
    known = single(known[["mis", *FLOORS]], *dims)
    mis = known["mis"].transpose("country", "model")
    if mis.isnull().all():
        raise InputError(
            f"None of {counted(mis.size, 'cell')} has a score; check their status, or select "
            "others."
        )
    # Models are compared over the same countries, where there are any.
    shared = mis.notnull().all("model").values
    compared = mis.isel(country=shared) if shared.any() else mis
    order = {
        "country": np.argsort(mis.mean("model").values, kind="stable"),
        "model": np.argsort(compared.mean("country").values, kind="stable"),
    }
    floors = floors_by_country(known).isel(country=order["country"])
    return _Matrix(mis.isel(order), floors, _title(known))


def _title(known: xr.Dataset) -> list[str]:
    """Return the lines of a title: the model or how many there are, and the steering."""
    first, *rest = heading(known.isel(model=0))
    models = known.sizes["model"]
    return [first if models == 1 else f"{models} models{made_up(known)}", *rest]


def _values(known: _Matrix) -> tuple[FloatArray, FloatArray]:
    """Return all numbers, models and then floors, and where their columns are."""
    floors = [known.floors[name].values[:, None] for name in known.columns]
    values = np.concatenate([known.mis.values, *floors], axis=1)
    x = np.arange(values.shape[1], dtype=np.float64)
    return values, np.where(x < known.mis.shape[1], x, x + _APART)


def _colour(ax: Axes, values: FloatArray, models: int) -> list[QuadMesh]:
    """Draw the cells of models and of floors on one scale, from 0."""
    from matplotlib.colors import Normalize

    norm = Normalize(0.0, float(np.nanmax(values)) or 1.0)
    edges_y = np.arange(len(values) + 1) - 0.5
    meshes = []
    for start, stop, shift in ((0, models, 0.0), (models, values.shape[1], _APART)):
        if stop > start:
            edges_x = np.arange(start, stop + 1) - 0.5 + shift
            block = values[:, start:stop]
            meshes.append(ax.pcolormesh(edges_x, edges_y, block, cmap="cividis", norm=norm))
    return meshes


def _settled_size(ax: Axes, columns: float, rows: int) -> float:
    """Lay out what is beside the cells, fit the countries' names, and return the numbers' size."""
    import matplotlib.pyplot as plt

    whole = ax.get_figure(root=True)
    if whole is not None:
        whole.draw_without_rendering()
    room = 0.8 * 72.0 * ax.bbox.height / ax.figure.dpi / rows
    if room < plt.rcParams["font.size"]:
        ax.tick_params(axis="y", labelsize=max(room, 3.0))
    return _cells.readable_size(ax, columns, rows, 5.0, 1.0, room=0.92)


def _label(ax: Axes, known: _Matrix, x: FloatArray) -> None:
    """Name rows and columns, these above, where long names have room."""
    names = [brief(name) for name in known.mis["model"].values]
    names += [ROLES[name].label for name in known.columns]
    ax.xaxis.tick_top()
    ax.set_xticks(x, names, rotation=40, ha="left", rotation_mode="anchor", parse_math=False)
    countries = [brief(name, 18) for name in known.mis["country"].values]
    ax.set_yticks(range(len(countries)), countries, parse_math=False)
    ax.set_ylim(len(countries) - 0.5, -0.5)
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)


def _extreme(mis: xr.DataArray, which: str) -> str:
    """Return the lowest or the highest score with its model and country."""
    values = mis.values
    place = np.nanargmin(values) if which == "min" else np.nanargmax(values)
    row, column = np.unravel_index(place, values.shape)
    where = f"{mis['model'].values[column]} in {mis['country'].values[row]}"
    return f"{where} ({values[row, column]:.3f})"
