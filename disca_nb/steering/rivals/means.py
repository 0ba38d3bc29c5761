"""Rivals that need no model: means of other countries' human preferences."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal, TypeAlias

import numpy as np
import xarray as xr

from disca_nb.datasets.regions import LEVELS, Level, neighbours
from disca_nb.errors import InputError, unknown_name
from disca_nb.kernels._types import FloatArray
from disca_nb.steering.rivals.panel import attributes_of
from disca_nb.steering.rivals.steerer import (
    Learns,
    Steerer,
    Training,
    by_attribute,
    chances,
)

__all__ = ["Constant", "Pool", "RegionMean", "WorldMean", "region_means", "weights_of"]

Pool: TypeAlias = Literal["panel", "all"]
_POOLS = ("panel", "all")
# The world mean counts as much as one neighbour; fixed beforehand and not fitted.
_WORLD_COUNTS = 1.0
_PROBABILITIES = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True)
class Constant:
    """One probability for every country, attribute and scenario, without any model.

    What one number learnt from other countries is worth: a rival with a temperature and a push
    has this one among its settings.

    Parameters
    ----------
    probability : float, optional
        The fitted value, of a grid of 101 from 0 to 1, with the lowest mean misalignment over
        the training countries.

    Examples
    --------
    >>> Constant().name
    'constant'
    """

    probability: float | None = None
    name: ClassVar[str] = "constant"
    learns: ClassVar[Learns] = "other countries"

    def fit(self, train: Training) -> Steerer:
        """Choose the probability."""
        apart = train.human() - _PROBABILITIES[:, None, None]
        means = np.sqrt((apart**2).sum(axis=-1)).mean(axis=-1)
        return replace(self, probability=float(_PROBABILITIES[int(np.argmin(means))]))

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        """Answer every scenario with it."""
        if self.probability is None:
            raise InputError(f"The rival {self.name!r} was not fitted; call its fit first.")
        everywhere = np.array([self.probability])
        attributes = attributes_of(dataset)
        p = by_attribute(dataset, attributes, np.repeat(everywhere, len(attributes)))
        return chances(dataset, p, self.name)


@dataclass(frozen=True)
class WorldMean:
    """The mean of the other countries' human preferences, for every scenario of an attribute.

    Parameters
    ----------
    pool : {"panel", "all"}
        Learn from the panel's other countries, equally weighted, or from all other countries with
        human figures, weighted by their precision.
    attributes : tuple of str
        Attributes of the means.
    values : tuple of float
        Means by attribute, once fitted.

    Examples
    --------
    >>> WorldMean().name
    'world-mean'
    """

    pool: Pool = "panel"
    attributes: tuple[str, ...] = ()
    values: tuple[float, ...] = ()
    learns: ClassVar[Learns] = "other countries"

    def __post_init__(self) -> None:
        if self.pool not in _POOLS:
            raise unknown_name("pool", self.pool, _POOLS)

    @property
    def name(self) -> str:
        """Key of the rival in reports."""
        return "world-mean" if self.pool == "panel" else "world-mean-all"

    def fit(self, train: Training) -> Steerer:
        """Average."""
        _, human, weights = _figures(train, self.pool)
        means = (weights * human).sum(axis=0) / weights.sum(axis=0)
        return replace(self, attributes=tuple(train.attributes), values=tuple(map(float, means)))

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        """Answer every scenario with the mean of its attribute."""
        if not self.values:
            raise InputError(f"The rival {self.name!r} was not fitted; call its fit first.")
        p = by_attribute(dataset, self.attributes, np.array(self.values))
        return chances(dataset, p, self.name)


@dataclass(frozen=True)
class RegionMean:
    """The mean of a country's neighbours, shrunk toward the world mean.

    With n neighbours the world mean counts as one more: ``(n region + world) / (n + 1)``. A
    country without neighbours gets the world mean. Regions are M49's; no cluster that is made
    from the target's own answers would be honest here.

    Parameters
    ----------
    pool : {"panel", "all"}
        As for `WorldMean`.
    level : {"region", "subregion", "finest"}
        As for `disca_nb.datasets.regions.of_countries`.
    attributes : tuple of str
        Attributes of the means.
    figures : tuple, optional
        Countries, figures and weights, kept by `fit`; the means are taken when it is known for
        which country.

    Examples
    --------
    >>> RegionMean("all").name
    'region-mean-all'
    """

    pool: Pool = "panel"
    level: Level = "subregion"
    attributes: tuple[str, ...] = ()
    figures: tuple[tuple[str, ...], FloatArray, FloatArray] | None = None
    learns: ClassVar[Learns] = "other countries"

    def __post_init__(self) -> None:
        if self.pool not in _POOLS:
            raise unknown_name("pool", self.pool, _POOLS)
        if self.level not in LEVELS:
            raise unknown_name("level", self.level, LEVELS)

    @property
    def name(self) -> str:
        """Key of the rival in reports."""
        return "region-mean" if self.pool == "panel" else "region-mean-all"

    def fit(self, train: Training) -> Steerer:
        """Keep the other countries' figures."""
        return replace(self, attributes=tuple(train.attributes), figures=_figures(train, self.pool))

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        """Answer every scenario with the shrunk mean of its attribute."""
        if self.figures is None:
            raise InputError(f"The rival {self.name!r} was not fitted; call its fit first.")
        names = [str(name) for name in dataset["country"].values]
        values = region_means(names, *self.figures, level=self.level)
        return chances(dataset, by_attribute(dataset, self.attributes, values), self.name)


def region_means(
    countries: list[str],
    known: tuple[str, ...],
    human: FloatArray,
    weights: FloatArray,
    *,
    level: Level = "subregion",
) -> FloatArray:
    """Return the shrunk mean of each country's neighbours, never counting the country itself.

    Parameters
    ----------
    countries : list of str
        For whom.
    known : tuple of str
        Countries with figures.
    human, weights : ndarray, shape (n_known, n_attributes)
        Figures, and how much each counts, at most 1.
    level : {"region", "subregion", "finest"}
        As for `disca_nb.datasets.regions.of_countries`.

    Returns
    -------
    ndarray, shape (n_countries, n_attributes)
        Means.

    Raises
    ------
    InputError
        For a country when no other has figures.

    Examples
    --------
    >>> human, weights = np.array([[0.6], [0.9]]), np.ones((2, 1))
    >>> region_means(["JPN"], ("CHN", "USA"), human, weights).round(3)  # (0.6 + 0.75) / 2
    array([[0.675]])
    """
    result = np.empty((len(countries), human.shape[1]))
    for row, country in enumerate(countries):
        others = np.array([name != country for name in known], dtype=bool)
        if not others.any():
            raise InputError(f"No country but {country} has figures to learn from; add others.")
        near = set(neighbours(country, known, level=level))
        mine = np.array([name in near for name in known], dtype=bool)
        world = (weights[others] * human[others]).sum(axis=0) / weights[others].sum(axis=0)
        total = _WORLD_COUNTS * world + (weights[mine] * human[mine]).sum(axis=0)
        result[row] = total / (_WORLD_COUNTS + weights[mine].sum(axis=0))
    return result


def weights_of(human: FloatArray, se: FloatArray) -> FloatArray:
    """Return how much each country's figure counts: the share of its variance that is real.

    ``t / (t + se^2)`` with t the variance between countries, by the method of moments.

    Parameters
    ----------
    human, se : ndarray, shape (n_countries, n_attributes)
        Figures and their standard errors; one that is NaN counts as the median of the others.

    Returns
    -------
    ndarray, shape (n_countries, n_attributes)
        Weights in (0, 1].

    References
    ----------
    DerSimonian and Laird 1986, https://doi.org/10.1016/0197-2456(86)90046-2

    Examples
    --------
    >>> weights_of(np.array([[0.5], [0.7]]), np.array([[0.1], [0.1]])).round(3)  # t = .02 - .01
    array([[0.5],
           [0.5]])
    """
    if np.isnan(se).all():
        return np.ones_like(human)
    noise = np.where(np.isnan(se), np.nanmedian(se), se) ** 2
    precision = 1.0 / np.maximum(noise, 1e-12)
    mean = (precision * human).sum(axis=0) / precision.sum(axis=0)
    excess = (precision * (human - mean) ** 2).sum(axis=0) - (len(human) - 1)
    scale = precision.sum(axis=0) - (precision**2).sum(axis=0) / precision.sum(axis=0)
    between = np.maximum(excess / np.maximum(scale, 1e-300), 1e-6)
    return np.asarray(between / (between + noise))


def _figures(train: Training, pool: Pool) -> tuple[tuple[str, ...], FloatArray, FloatArray]:
    """Return countries, their figures, and their weights."""
    if pool == "panel":
        human = train.human()
        return tuple(train.countries), human, np.ones_like(human)
    known = train.pool()
    known = known.isel(country=known["human_preference"].notnull().all("attribute").values)
    human, se = (
        known[name].transpose("country", "attribute").values
        for name in ("human_preference", "human_preference_se")
    )
    return tuple(map(str, known["country"].values)), human, weights_of(human, se)
