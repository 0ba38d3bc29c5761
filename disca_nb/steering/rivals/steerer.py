"""The interface of rivals: fit on some countries, apply to others, never on the one scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import numpy as np
import xarray as xr
from scipy import special

from disca_nb.datasets.ledger import note_reads
from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.steering.rivals.panel import attributes_of
from disca_nb.steering.settings import DECISION_TEMPERATURE
from disca_nb.steering.steer import without_steering

__all__ = ["Learns", "Steerer", "Training", "by_attribute", "chances", "decided"]

Learns: TypeAlias = Literal["nothing", "other countries", "own country"]


@dataclass(frozen=True)
class Training:
    """What a method is fitted on: gaps of some countries, and human preferences.

    Every read of a human figure goes to the ledger of targets.

    Attributes
    ----------
    dataset : xarray.Dataset
        Gaps of one model in the training countries.
    targets : xarray.Dataset
        ``human_preference`` and ``human_preference_se`` (country, attribute); of the training
        countries and, where the rules allow, of countries that the model was not asked about.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel, targets
    >>> panel = demo_panel(["JPN", "USA"]).squeeze("model")
    >>> Training(panel, targets.moral_machine(["JPN", "USA", "BRA"])).human().shape
    (2, 6)
    """

    dataset: xr.Dataset
    targets: xr.Dataset

    @property
    def countries(self) -> list[str]:
        """The training countries."""
        return [str(name) for name in self.dataset["country"].values]

    @property
    def attributes(self) -> list[str]:
        """The attributes of the dataset's scenarios."""
        return attributes_of(self.dataset)

    def without(self, country: str) -> Training:
        """Return the same without a country, for a choice made inside the training countries."""
        rest = [name for name in self.countries if name != country]
        known = self.targets["country"].values
        return Training(self.dataset.sel(country=rest), self.targets.isel(country=known != country))

    def human(self) -> FloatArray:
        """Return the training countries' preferences, shape (n_countries, n_attributes)."""
        note_reads(self.countries)
        chosen = self.targets["human_preference"].sel(
            country=self.countries, attribute=self.attributes
        )
        return np.asarray(chosen.transpose("country", "attribute").values)

    def pool(self) -> xr.Dataset:
        """Return the targets of all countries that may be learnt from."""
        note_reads(self.targets["country"].values)
        return self.targets.sel(attribute=self.attributes)


class Steerer(Protocol):
    """A method of steering or a rival of one.

    A frozen dataclass is the simplest way to write one: `fit` returns a copy with what it found.

    Attributes
    ----------
    name : str
        Its key in reports.
    learns : {"nothing", "other countries", "own country"}
        Whose human figures `fit` reads. A method that reads those of the country that it is
        scored on is an oracle and marked as such wherever it appears.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Half:
    ...     name: str = "half"
    ...     learns: Learns = "nothing"
    ...
    ...     def fit(self, train):
    ...         return self
    ...
    ...     def apply(self, dataset):
    ...         return chances(dataset, 0.5 + 0.0 * dataset.base_gap, self.name)
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.metrics import cross_validate
    >>> scores = cross_validate(Half(), demo_panel())
    >>> bool(abs(scores.mis - scores.mis_coin_flip).max() < 1e-12)
    True
    """

    @property
    def name(self) -> str:
        """Key of the method in reports."""

    @property
    def learns(self) -> Learns:
        """Whose human figures `fit` reads."""

    def fit(self, train: Training) -> Steerer:
        """Return a fitted copy."""

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        """Return decisions: the dataset with ``p_spare`` over country and scenario."""


def decided(dataset: xr.Dataset, logit: xr.DataArray, name: str) -> xr.Dataset:
    """Return a dataset with decisions from log-odds of sparing the counted side.

    Parameters
    ----------
    dataset : xarray.Dataset
        Cells, with ``preferred_on_right``.
    logit : xarray.DataArray
        Log-odds over the cells.
    name : str
        What steered; becomes the coordinate ``variant`` and the caption.

    Returns
    -------
    xarray.Dataset
        The same with ``final_gap``, ``p_right`` and ``p_spare``, and without what another method
        left. The final gap is on the scale of `disca_nb.decide`, as vanilla's stands beside it.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> panel = demo_panel(["JPN"])
    >>> decided(panel, 0.0 * panel.base_gap, "coin").p_spare.mean().item()
    0.5
    """
    odds = logit.where(dataset["preferred_on_right"], -logit)
    result = without_steering(dataset).assign(
        final_gap=odds * DECISION_TEMPERATURE,
        p_right=xr.apply_ufunc(special.expit, odds),
        p_spare=xr.apply_ufunc(special.expit, logit),
    )
    attrs = {"variant": name, "steering": name, "decision_temperature": DECISION_TEMPERATURE}
    return result.assign_coords(variant=name).assign_attrs(attrs)


def chances(dataset: xr.Dataset, p_spare: xr.DataArray, name: str) -> xr.Dataset:
    """Return a dataset with decisions from probabilities of sparing the counted side.

    Parameters
    ----------
    dataset : xarray.Dataset
        Cells, with ``preferred_on_right``.
    p_spare : xarray.DataArray
        Probabilities over the cells.
    name : str
        What decided; becomes the coordinate ``variant`` and the caption.

    Returns
    -------
    xarray.Dataset
        The same with ``p_right`` and ``p_spare``, without a final gap and without what another
        method left.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> panel = demo_panel(["JPN"])
    >>> chances(panel, 0.5 + 0.0 * panel.base_gap, "coin").attrs["variant"]
    'coin'
    """
    p_right = p_spare.where(dataset["preferred_on_right"], 1.0 - p_spare)
    result = without_steering(dataset).assign(p_right=p_right, p_spare=p_spare)
    result.attrs |= {"variant": name, "steering": name}
    return result.assign_coords(variant=name)


def by_attribute(
    dataset: xr.Dataset, attributes: Sequence[str], values: FloatArray
) -> xr.DataArray:
    """Return one number per attribute, repeated over the scenarios of that attribute.

    Parameters
    ----------
    dataset : xarray.Dataset
        Cells, with the coordinate ``category``.
    attributes : sequence of str
        Names.
    values : ndarray, shape (n_attributes,) or (n_countries, n_attributes)
        Numbers, by country of the dataset where they have two axes.

    Returns
    -------
    xarray.DataArray
        Numbers over ``country`` and ``scenario``, NaN where a country lacks the scenario.

    Raises
    ------
    InputError
        For a scenario of an attribute without a number.

    Examples
    --------
    >>> category = ("scenario", ["Age", "Gender", "Age"])
    >>> cells = xr.Dataset(coords={"country": ["JPN"], "category": category})
    >>> by_attribute(cells, ["Gender", "Age"], np.array([0.6, 0.7])).values
    array([[0.7, 0.6, 0.7]])
    """
    category = dataset["category"].reset_coords(drop=True)
    number = {name: position for position, name in enumerate(attributes)}
    unknown = [str(name) for name in attributes_of(dataset) if name not in number]
    if unknown:
        message = (
            f"Nothing was learnt of the attribute {unknown[0]!r}; fit on scenarios that have it, "
            "or leave it out."
        )
        raise InputError(message)
    codes = np.reshape([number.get(str(name), 0) for name in category.values.flat], category.shape)
    table = xr.DataArray(
        np.broadcast_to(values, (dataset.sizes["country"], len(attributes))),
        {"country": dataset["country"]},
        ("country", "attribute"),
    )
    picked: xr.DataArray = table.isel(attribute=category.copy(data=codes))
    return picked.drop_vars("attribute", errors="ignore").where(category != "")
