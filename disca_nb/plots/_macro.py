"""What figures of means over countries share: models compared over the same countries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, shorten
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics.means import macro
from disca_nb.plots._floors import FLOORS, floors_by_country, told_floors
from disca_nb.plots._labels import label_points
from disca_nb.plots._look import LINES, ROLES, Role, brief, dots, ink
from disca_nb.plots._phrases import counted, figure, sentence
from disca_nb.plots._scores import by_variant, looks, title_of, with_country, with_model
from disca_nb.plots._single import made_up, single

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Compared", "compared", "draw", "floor_lines", "name_models", "shift_of"]

_DIMS = ("country", "model", "variant")
# Shares of an interval at which names keep clear of it; the mean itself is last.
_ALONG = (-1.0, -0.75, -0.5, -0.25, 0.25, 0.5, 0.75, 1.0, 0.0)


class Compared(NamedTuple):
    """Means over the countries in which every model has a score.

    Attributes
    ----------
    means : xarray.Dataset
        ``mis``, ``mis_low`` and ``mis_high`` (model, variant).
    floors : xarray.Dataset
        The floors of the same countries.
    notes : list of str
        Sentences on models and countries that are left out.
    """

    means: xr.Dataset
    floors: xr.Dataset
    notes: list[str]

    @property
    def models(self) -> list[str]:
        """Names of the models."""
        return [str(name) for name in self.means["model"].values]

    @property
    def roles(self) -> Mapping[str, Role]:
        """How each variant looks."""
        return looks(self.means)

    def told(self, model: str) -> str:
        """Return a model's means with their intervals in words."""
        one = self.means.sel(model=model)
        parts = []
        for name, role in self.roles.items():
            mean, low, high = (
                one[each].sel(variant=name).item() for each in ("mis", "mis_low", "mis_high")
            )
            interval = f" [{low:.3f}, {high:.3f}]" if np.isfinite(low) else ""
            parts.append(f"{role.label} {figure(mean)}{interval}")
        return ", ".join(parts)

    def told_floors(self) -> str:
        """Return the floors in words, and what the intervals are."""
        several = self.floors.sizes["country"] > 1
        level = self.means.attrs["level"]
        what = f" In brackets: {level:.0%} intervals of a bootstrap over countries."
        return f"Floors: {told_floors(self.floors)}.{what if several else ''}"

    def where(self) -> str:
        """Return over how many countries the means are."""
        return counted(self.floors.sizes["country"], "country", "countries")

    def who(self) -> str:
        """Return the model or how many there are, and whether they are made up."""
        if len(self.models) == 1:
            return title_of(self.means.isel(model=0))[0]
        return f"{len(self.models)} models{made_up(self.means)}"

    def title(self) -> list[str]:
        """Return the lines of a title."""
        return [f"{self.who()}, {self.where()}", *title_of(self.means.isel(model=0))[1:]]


def compared(scores: xr.Dataset, *, n_boot: int, seed: int) -> Compared:
    """Return means over the countries in which every model that has any score has one.

    Raises
    ------
    InputError
        When a variable is missing, floors differ, or no country is left.
    """
    known = with_model(with_country(scores, "mis", *FLOORS))[["mis", *FLOORS]]
    known = by_variant(single(known, *(str(dim) for dim in known.dims if dim not in _DIMS)))
    floors = floors_by_country(known)
    scored = known["mis"].notnull().all("variant").transpose("model", "country").values
    some = scored.any(axis=1)
    everywhere = scored[some].all(axis=0)
    if not (some.any() and everywhere.any()):
        names = shorten(known["model"].values)
        raise InputError(f"No country has a score by all of {names}; select fewer models.")
    notes = sentence("Models without a score", known["model"].values[~some])
    notes += sentence("Countries that some model lacks", known["country"].values[~everywhere])
    chosen = {"country": np.flatnonzero(everywhere)}
    chosen_scores = known[["mis"]].isel({**chosen, "model": np.flatnonzero(some)})
    means = macro(chosen_scores, n_boot=n_boot, seed=seed)
    return Compared(means, floors.isel(chosen), notes)


def floor_lines(ax: Axes, found: Compared) -> None:
    """Draw the floors as lines across, with their values in the legend."""
    for name in FLOORS:
        values = found.floors[name]
        # A floor that one of the countries lacks has no mean to compare with.
        if values.notnull().all():
            mean = values.mean().item()
            label = f"{ROLES[name].label} {mean:.3f}"
            ax.axhline(mean, color=ink(), linestyle=LINES[name], linewidth=1.0, label=label)


def draw(ax: Axes, found: Compared, x: FloatArray, shift: FloatArray) -> FloatArray:
    """Draw means with intervals, and return points along all that was drawn.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where.
    found : Compared
        The means.
    x : ndarray, shape (model,)
        Place of each model across.
    shift : ndarray, shape (variant,)
        Factor by which each variant stands aside, so that none hides another.

    Returns
    -------
    ndarray, shape (marks, 2)
        In data units; the last rows are the means of the last variant.
    """
    marks = []
    for (name, role), factor in zip(found.roles.items(), shift, strict=True):
        one = found.means.sel(variant=name)
        mean, low, high = (one[each].values for each in ("mis", "mis_low", "mis_high"))
        reach = np.maximum([mean - low, high - mean], 0.0)
        # One country alone has no interval.
        bars = reach if np.isfinite(reach).any() else None
        ax.errorbar(x * factor, mean, yerr=bars, capsize=2.5, **dots(role))
        down, up = np.nan_to_num(reach)
        along = [mean + share * (up if share > 0.0 else down) for share in _ALONG]
        marks += [np.column_stack([x * factor, each]) for each in along]
    return np.concatenate(marks)


def name_models(ax: Axes, found: Compared, marks: FloatArray) -> None:
    """Set the limits, with 0 at the foot, and write the models' names beside their means."""
    ax.margins(x=0.14, y=0.12)
    ax.set_ylim(bottom=0.0)
    names = [brief(name) for name in found.models]
    label_points(ax, marks[-len(names) :], names, avoid=marks)


def shift_of(variants: int) -> FloatArray:
    """Return factors by which variants stand aside."""
    return np.geomspace(0.97, 1.03, variants) if variants > 1 else np.ones(1)
