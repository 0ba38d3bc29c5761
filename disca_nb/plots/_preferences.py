"""What figures of one country's preferences share: picking them, and saying them in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, unknown_name
from disca_nb.metrics.floors import leave_one_out_mean
from disca_nb.plots._look import ROLES, Role
from disca_nb.plots._phrases import figure, sentence
from disca_nb.plots._scores import looks, one_model, without_unscored

__all__ = ["Preferences", "preferences_of"]

_OTHERS = ROLES["mis_leave_one_out"].label


class Preferences(NamedTuple):
    """Preferences of one country: of its humans, of a model's variants, and of other countries.

    Attributes
    ----------
    one : xarray.Dataset
        ``human_preference`` (attribute), ``preference`` (attribute, variant) of variants that
        have any and, where several countries were scored, ``others`` (attribute), the mean human
        preference of the other countries.
    roles : mapping
        How each variant looks, by its name.
    unscored : list of str
        Variants without any preference.
    """

    one: xr.Dataset
    roles: Mapping[str, Role]
    unscored: list[str]

    @property
    def country(self) -> str:
        """Its code."""
        return str(self.one["country"].values)

    def told(self) -> str:
        """Return the preferences of all attributes in words."""
        by_attribute = "; ".join(
            f"{name} {self._cell(self.one.sel(attribute=name))}"
            for name in self.one["attribute"].values
        )
        return " ".join(
            [f"{by_attribute}.", self._farthest(), *sentence("No score", self.unscored)]
        )

    def _cell(self, cell: xr.Dataset) -> str:
        """Return the preferences of one attribute in words."""
        values = {"humans": cell["human_preference"].item()}
        for name, role in self.roles.items():
            values[role.label] = cell["preference"].sel(variant=name).item()
        if "others" in cell:
            values[_OTHERS] = cell["others"].item()
        return ", ".join(f"{label} {figure(value)}" for label, value in values.items())

    def _farthest(self) -> str:
        """Return where each variant is farthest from the humans, as one sentence."""
        told = []
        for name, role in self.roles.items():
            apart = self.one["preference"].sel(variant=name) - self.one["human_preference"]
            if apart.notnull().any():
                worst = apart.isel(attribute=int(np.nanargmax(np.abs(apart.values))))
                side = "above" if worst.item() > 0.0 else "below"
                where = str(worst["attribute"].values)
                told.append(f"{role.label} at {where} ({abs(worst.item()):.3f} {side})")
        return f"Farthest from the humans: {', '.join(told) or 'not known'}."


def preferences_of(scores: xr.Dataset, country: str | None) -> Preferences:
    """Return the preferences of a country, which need not be named where there is only one.

    Raises
    ------
    InputError
        When a variable is missing, several countries or models would fit, or nothing is scored.
    UnknownNameError
        For a country that is not among the scores.
    """
    known = one_model(scores, "preference", "human_preference")
    names = [str(name) for name in known["country"].values]
    if country is None and len(names) > 1:
        raise InputError(
            f"The scores are of {len(names)} countries; name one, such as country={names[0]!r}."
        )
    chosen = names[0] if country is None else str(country)
    if chosen not in names:
        raise unknown_name("country", chosen, names)
    one, unscored = without_unscored(_with_others(known).sel(country=chosen))
    return Preferences(one, looks(one), unscored)


def _with_others(known: xr.Dataset) -> xr.Dataset:
    """Return scores with the mean human preference of the other countries, where there are any."""
    human = known["human_preference"].dropna("country")
    if human.sizes["country"] < 2:
        return known
    return known.assign(others=leave_one_out_mean(human).reindex(country=known["country"]))
