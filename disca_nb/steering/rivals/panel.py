"""A panel of cells sorted by country and attribute, on which rivals are fitted."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import xarray as xr
from scipy import special

from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.steering.gaps import divide_by_category
from disca_nb.variables import ATTRIBUTES, validate

__all__ = ["Panel", "attributes_of", "gap_toward_counted", "with_gaps_toward_counted"]

_SCORED = 1
_GAPS = {"vanilla": "vanilla_gap", "debiased": "base_gap", "consensus": "persona_gap"}


class Panel:
    """Scored cells of one model, sorted so that means by country and attribute are sums of runs.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps over ``country`` and ``scenario`` of one model.

    Attributes
    ----------
    countries, attributes : list of str
        Labels of the means.
    """

    def __init__(self, dataset: xr.Dataset) -> None:
        validate(dataset, "country", "scenario", "category")
        self.countries = [str(name) for name in dataset["country"].values]
        self.attributes = attributes_of(dataset)
        category = dataset["category"].reset_coords(drop=True)
        here = category != ""
        if "status" in dataset:
            here = here & (dataset["status"] == _SCORED)
        codes = xr.apply_ufunc(self._code, category)
        template = xr.DataArray(
            np.zeros((len(self.countries), dataset.sizes["scenario"])), dims=("country", "scenario")
        )
        kept, code = (_as_cells(array, template) for array in (here, codes))
        code = code + len(self.attributes) * np.arange(len(self.countries))[:, None]
        cells = np.flatnonzero(kept)
        self._order = cells[np.argsort(code.ravel()[cells], kind="stable")]
        self._template = template
        self._counts = np.bincount(
            code.ravel()[self._order], minlength=len(self.countries) * len(self.attributes)
        )
        self._check_complete()
        self._starts = np.concatenate([[0], np.cumsum(self._counts)[:-1]])

    def _code(self, category: np.ndarray) -> np.ndarray:
        """Return the number of each scenario's attribute."""
        numbers = {name: number for number, name in enumerate(self.attributes)}
        flat = [numbers.get(str(name), 0) for name in category.flat]
        return np.array(flat, dtype=np.int64).reshape(category.shape)

    def _check_complete(self) -> None:
        """Raise when a country has no scored scenario of an attribute."""
        counts = self._counts.reshape(len(self.countries), len(self.attributes))
        missing = np.argwhere(counts == 0)
        if missing.size:
            country, attribute = missing[0]
            message = (
                f"{self.countries[country]} has no scored scenario of {self.attributes[attribute]};"
                " leave out the country or the scenarios of that attribute."
            )
            raise InputError(message)

    def cells(self, values: xr.DataArray) -> FloatArray:
        """Return an array's scored cells in the panel's order.

        Parameters
        ----------
        values : xarray.DataArray
            Over ``country`` and ``scenario``, or one of them.

        Returns
        -------
        ndarray, shape (n_cells,)
            The values.
        """
        return _as_cells(values, self._template).ravel()[self._order]

    def spread(self, values: FloatArray) -> FloatArray:
        """Return one value per country and attribute as one value per cell.

        Parameters
        ----------
        values : ndarray, shape (..., n_countries, n_attributes) or (..., n_attributes)
            What to repeat.

        Returns
        -------
        ndarray, shape (..., n_cells)
            The values of each cell's country and attribute.
        """
        shape = (len(self.countries), len(self.attributes))
        full = np.broadcast_to(values, (*values.shape[:-2], *shape))
        return np.repeat(full.reshape(*full.shape[:-2], -1), self._counts, axis=-1)

    def means(self, values: FloatArray) -> FloatArray:
        """Return means over the scenarios of each country and attribute.

        Parameters
        ----------
        values : ndarray, shape (..., n_cells)
            Values of the cells in the panel's order.

        Returns
        -------
        ndarray, shape (..., n_countries, n_attributes)
            Means.
        """
        sums = np.add.reduceat(values, self._starts, axis=-1)
        shape = (len(self.countries), len(self.attributes))
        return (sums / self._counts).reshape(*values.shape[:-1], *shape)

    def preferences(self, logits: FloatArray) -> FloatArray:
        """Return mean probabilities of sparing the counted side.

        Parameters
        ----------
        logits : ndarray, shape (..., n_cells)
            Log-odds of sparing the counted side.

        Returns
        -------
        ndarray, shape (..., n_countries, n_attributes)
            Preferences on [0, 1].
        """
        return self.means(special.expit(logits))


def attributes_of(dataset: xr.Dataset) -> list[str]:
    """Return the attributes of a dataset's scenarios, the six in their order and then others.

    Parameters
    ----------
    dataset : xarray.Dataset
        With the coordinate ``category``.

    Returns
    -------
    list of str
        Names.
    """
    found: Iterable[str] = dict.fromkeys(str(x) for x in dataset["category"].values.flat if x)
    found = list(found)
    return [a for a in ATTRIBUTES if a in found] + [a for a in found if a not in ATTRIBUTES]


def gap_toward_counted(dataset: xr.Dataset, source: str) -> xr.DataArray:
    """Return a gap before any category temperature, positive where it spares the counted side.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps.
    source : {"vanilla", "debiased", "consensus"}
        The base prompt in one order, the base prompt, or the mean of the personas.

    Returns
    -------
    xarray.DataArray
        Logits over the dataset's cells.

    Raises
    ------
    InputError
        When the gap is missing, or is the same in every cell and so tells nothing.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> gap_toward_counted(demo_panel(["JPN"]).squeeze("model"), "debiased").dims
    ('country', 'scenario')
    """
    if f"{source}_toward_counted" in dataset:
        return dataset[f"{source}_toward_counted"]
    name = _GAPS[source]
    validate(dataset, name, "preferred_on_right")
    # The vanilla gap is never divided, whatever the others are.
    undivided = dataset if source == "vanilla" else divide_by_category(dataset, None)
    gap = (
        undivided[name].mean("persona", skipna=False) if source == "consensus" else undivided[name]
    )
    if gap.size and float(gap.max() - gap.min()) == 0.0:
        value = float(gap.values.flat[0]) + 0.0  # no minus before zero
        message = (
            f"{name!r} is {value:g} in every cell and nothing can be fitted to it; check how the "
            "gaps were made."
        )
        raise InputError(message)
    return gap.where(dataset["preferred_on_right"], -gap).transpose("country", "scenario", ...)


def with_gaps_toward_counted(dataset: xr.Dataset) -> xr.Dataset:
    """Return the dataset with what `gap_toward_counted` returns kept in it, for many fits.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps; a gap that is constant is left for the fit to refuse.

    Returns
    -------
    xarray.Dataset
        With ``vanilla_toward_counted`` and so on, for the gaps that are there.
    """
    kept = {}
    for source, name in _GAPS.items():
        if name in dataset and float(dataset[name].max() - dataset[name].min()) > 0.0:
            gap = gap_toward_counted(dataset, source)
            kept[f"{source}_toward_counted"] = gap.reset_coords(drop=True)
    return dataset.assign(kept)


def _as_cells(values: xr.DataArray, template: xr.DataArray) -> np.ndarray:
    """Return values as an array of countries and scenarios."""
    bare = values.reset_coords(drop=True).drop_vars(list(values.coords), errors="ignore")
    full, _ = xr.broadcast(bare, template)
    return np.asarray(full.transpose("country", "scenario").values)
