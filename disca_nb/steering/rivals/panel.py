"""A panel of cells sorted by country and attribute, on which rivals are fitted."""

from __future__ import annotations

import numpy as np
import xarray as xr
from scipy import special

from disca_nb.errors import InputError, unknown_name
from disca_nb.kernels._types import FloatArray
from disca_nb.steering.gaps import consensus, divided_by
from disca_nb.variables import ATTRIBUTES, validate

__all__ = ["GAPS", "Panel", "attributes_of", "gap_toward_counted", "turned", "varying_gap"]

GAPS = {"vanilla": "vanilla_gap", "debiased": "base_gap", "consensus": "persona_gap"}
"""Names of the gaps that rivals start from, and the variable that each is made of."""

_SCORED = 1
_DIMS = ("country", "scenario")


class Panel:
    """Scored cells of one model, sorted so that means by country and attribute are sums of runs.

    Within a run cells stand in the order of their scenarios' labels, so that no bit depends on
    the order of the dataset.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps over ``country`` and ``scenario`` of one model.

    Attributes
    ----------
    countries, attributes : list of str
        Labels of the means.

    Raises
    ------
    InputError
        Without a country, or for a country that has no scored scenario of an attribute.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> dataset = demo_panel(["JPN", "USA"]).squeeze("model")
    >>> panel = Panel(dataset)
    >>> gap = panel.cells(gap_toward_counted(dataset, "consensus"))
    >>> panel.preferences(gap / 0.5).shape, panel.preferences(gap / [[0.5], [1.0]]).shape
    ((2, 6), (2, 2, 6))
    """

    def __init__(self, dataset: xr.Dataset) -> None:
        validate(dataset, "country", "scenario", "category")
        self.countries = [str(name) for name in dataset["country"].values]
        self.attributes = attributes_of(dataset)
        self._scenarios = dataset["scenario"].values
        category = dataset["category"]
        kept = self._grid(category) != ""
        if "status" in dataset:
            kept &= self._grid(dataset["status"]) == _SCORED
        starts = len(self.attributes) * np.arange(len(self.countries))
        runs = self._grid(self._codes(category)) + starts[:, None]
        labels = np.broadcast_to(np.argsort(np.argsort(self._scenarios)), runs.shape)
        cells = np.flatnonzero(kept)
        self._order = cells[np.lexsort((labels.ravel()[cells], runs.ravel()[cells]))]
        size = len(self.countries) * len(self.attributes)
        self._counts = np.bincount(runs.ravel()[self._order], minlength=size)
        self._check_complete()
        self._starts = np.concatenate([[0], np.cumsum(self._counts)[:-1]])

    def _grid(self, values: xr.DataArray) -> np.ndarray:
        """Return values as an array of countries and scenarios."""
        found = [dim for dim in _DIMS if dim in values.dims]
        extra = [dim for dim in values.dims if dim not in _DIMS]
        if extra:
            name = values.name or "An array"
            raise InputError(f"{name!r} has the dimension {extra[0]!r}; select one label of it.")
        missing = [axis for axis, dim in enumerate(_DIMS) if dim not in found]
        array = np.expand_dims(values.transpose(*found).values, missing)
        return np.broadcast_to(array, (len(self.countries), len(self._scenarios)))

    def _codes(self, category: xr.DataArray) -> xr.DataArray:
        """Return the number of each scenario's attribute."""
        numbers = {name: number for number, name in enumerate(self.attributes)}
        codes = [numbers.get(str(name), 0) for name in category.values.ravel().tolist()]
        return category.copy(data=np.reshape(codes, category.shape).astype(np.int64))

    def _check_complete(self) -> None:
        """Raise without a country, or when one has no scored scenario of an attribute."""
        if not self.countries:
            raise InputError("There is no country to fit on; name at least one.")
        if not self.attributes:
            raise InputError("No scenario has a category; it names the attribute it contrasts.")
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
            Over ``country`` and ``scenario``, or one of them, in the order of the dataset.

        Returns
        -------
        ndarray, shape (n_cells,)
            The values.

        Raises
        ------
        InputError
            When one is NaN or infinite, as nothing can be fitted to it, or for a dimension more.
        """
        found = self._grid(values).ravel()[self._order]
        wrong = np.flatnonzero(~np.isfinite(found))
        if wrong.size:
            country, scenario = divmod(int(self._order[wrong[0]]), len(self._scenarios))
            message = (
                f"The gap of scenario {str(self._scenarios[scenario])!r} in "
                f"{self.countries[country]} is {found[wrong[0]]:g} although it counts as scored; "
                "leave the scenario or the country out to fit."
            )
            raise InputError(message)
        return found

    def spread(self, values: FloatArray) -> FloatArray:
        """Return one value per country and attribute as one value per cell.

        Parameters
        ----------
        values : ndarray, shape (..., n_countries, n_attributes) or (..., 1, n_attributes)
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

    Examples
    --------
    >>> attributes_of(xr.Dataset(coords={"category": ("scenario", ["Law", "Age", "", "Law"])}))
    ['Age', 'Law']
    """
    found = [str(x) for x in dict.fromkeys(dataset["category"].values.ravel().tolist()) if x]
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
        When the gap is missing.
    UnknownNameError
        For another source.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> gap_toward_counted(demo_panel(["JPN"]).squeeze("model"), "debiased").dims
    ('country', 'scenario')
    """
    if source not in GAPS:
        raise unknown_name("source", source, GAPS)
    name = GAPS[source]
    validate(dataset, name, "preferred_on_right")
    # The vanilla gap is never divided, whatever the others are.
    gap = (consensus(dataset) if source == "consensus" else dataset[name]).reset_coords(drop=True)
    divisor = None if source == "vanilla" else divided_by(dataset)
    gap = gap if divisor is None else gap * divisor.reset_coords(drop=True)
    return turned(gap, dataset).rename(name)


def turned(gap: xr.DataArray, dataset: xr.Dataset) -> xr.DataArray:
    """Return a gap with the sign of the counted side.

    Parameters
    ----------
    gap : xarray.DataArray
        Logits of option B over the dataset's cells.
    dataset : xarray.Dataset
        Says with ``preferred_on_right`` which option is the counted side.

    Returns
    -------
    xarray.DataArray
        Logits of sparing the counted side, over country, scenario and what else there is.

    Examples
    --------
    >>> side = ("scenario", [True, False])
    >>> cells = xr.Dataset(coords={"country": ["JPN"], "preferred_on_right": side})
    >>> turned(xr.DataArray([[1.0, 2.0]], dims=("country", "scenario")), cells).values
    array([[ 1., -2.]])
    """
    right = dataset["preferred_on_right"].reset_coords(drop=True)
    return gap.where(right, -gap).transpose("country", "scenario", ...)


def varying_gap(dataset: xr.Dataset, source: str) -> xr.DataArray:
    """Return what `gap_toward_counted` does, to fit something to it.

    Parameters
    ----------
    dataset, source
        As for `gap_toward_counted`.

    Returns
    -------
    xarray.DataArray
        Logits over the dataset's cells.

    Raises
    ------
    InputError
        When the gap is missing, or is the same in every cell and so tells nothing.
    UnknownNameError
        For another source.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> varying_gap(demo_panel(["JPN"]).squeeze("model"), "vanilla").sizes["country"]
    1
    """
    gap = gap_toward_counted(dataset, source)
    stored = dataset[GAPS[source]].values
    known = stored[~np.isnan(stored)]
    if known.size and known.min() == known.max():
        value = float(known[0]) + 0.0  # no minus before zero
        message = (
            f"{GAPS[source]!r} is {value:g} in every cell and nothing can be fitted to it; check "
            "how the gaps were made."
        )
        raise InputError(message)
    return gap
