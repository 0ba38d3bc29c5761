"""A rival that adds the model's own differences between countries to a mean of humans."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, unknown_name
from disca_nb.kernels._types import FloatArray
from disca_nb.steering.rivals.means import region_means
from disca_nb.steering.rivals.panel import Panel, gap_toward_counted, varying_gap
from disca_nb.steering.rivals.steerer import (
    Learns,
    Steerer,
    Training,
    by_attribute,
    chances,
)
from disca_nb.steering.rivals.temperature import TEMPERATURES, best

__all__ = ["Deviation"]

_AROUND = ("world", "region")


@dataclass(frozen=True)
class Deviation:
    """A mean of the other countries' humans plus a share of the model's deviation.

    ``h + b (m - mean m)``: m is the model's preference for the country at the best temperature,
    and b one number for all countries and attributes, by least squares on the training
    countries, for each of which h is the mean of the others. It asks whether the model knows
    anything about a country beyond what its neighbours or the world say.

    Parameters
    ----------
    around : {"world", "region"}
        The mean to which the deviation is added.
    countries, attributes, human
        Training countries, attributes and their figures (country, attribute), once fitted.
    temperature, model_mean, slope
        The best temperature, the model's mean preferences at it (attribute), and the share of the
        deviation: 0 where a single country says nothing of it.

    Examples
    --------
    >>> Deviation("region").name
    'region-mean-deviation'
    """

    around: Literal["world", "region"] = "world"
    countries: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    human: FloatArray | None = None
    temperature: float = 1.0
    model_mean: FloatArray | None = None
    slope: float = 0.0
    learns: ClassVar[Learns] = "other countries"

    def __post_init__(self) -> None:
        if self.around not in _AROUND:
            raise unknown_name("mean", self.around, _AROUND)

    @property
    def name(self) -> str:
        """Key of the rival in reports."""
        return f"{self.around}-mean-deviation"

    def fit(self, train: Training) -> Steerer:
        """Choose the temperature and the share."""
        panel = Panel(train.dataset)
        gap = panel.cells(varying_gap(train.dataset, "consensus"))
        human = train.human()
        tables = panel.preferences(gap / TEMPERATURES[:, None])
        chosen = best(tables, human)
        found = replace(
            self,
            countries=tuple(train.countries),
            attributes=tuple(train.attributes),
            human=human,
            temperature=float(TEMPERATURES[chosen]),
            model_mean=tables[chosen].mean(axis=0),
        )
        return replace(found, slope=found.slope_of(tables[chosen]))

    def slope_of(self, model: FloatArray) -> float:
        """Return the share by least squares from the model's table (country, attribute)."""
        human, n = np.asarray(self.human), len(model)
        if n < 2:  # a single country has no others to deviate from
            return 0.0
        # Every country's deviation is from the mean of the others, as it will be used.
        apart = (model - model.mean(axis=0)) * n / (n - 1)
        left = human - self.mean_of_others(list(self.countries))
        squares = float((apart**2).sum())
        return float((apart * left).sum()) / squares if squares > 1e-18 else 0.0

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        """Answer every scenario with the mean and the share of the deviation."""
        if self.human is None or self.model_mean is None:
            raise InputError(f"The rival {self.name!r} was not fitted; call its fit first.")
        panel = Panel(dataset)
        gap = panel.cells(gap_toward_counted(dataset, "consensus"))
        own = panel.preferences(gap / self.temperature)
        found = [name for name in panel.attributes if name in self.attributes]
        rows, columns = (
            [names.index(name) for name in found] for names in (panel.attributes, self.attributes)
        )
        apart = own[:, rows] - self.model_mean[columns]
        values = self.mean_of_others(panel.countries)[:, columns] + self.slope * apart
        p = by_attribute(dataset, found, np.clip(values, 0.0, 1.0))
        return chances(dataset, p, self.name)

    def mean_of_others(self, countries: list[str]) -> FloatArray:
        """Return the mean of other countries' humans, shape (n_countries, n_attributes)."""
        human = np.asarray(self.human)
        if self.around == "region":
            return region_means(countries, self.countries, human, np.ones_like(human))
        others = np.array([[name != own for name in self.countries] for own in countries], float)
        return np.asarray(others @ human / others.sum(axis=1, keepdims=True))
