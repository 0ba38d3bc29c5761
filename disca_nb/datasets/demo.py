"""The recorded answers of the embedded synthetic model, for trying things out without a model."""

from __future__ import annotations

from collections.abc import Iterable

import xarray as xr

from disca_nb._data import data_path
from disca_nb.datasets._table import select_countries
from disca_nb.results import open_results
from disca_nb.variables import annotate

__all__ = ["demo_panel"]


def demo_panel(countries: Iterable[str] | None = None) -> xr.Dataset:
    """Return what `disca-nb demo` elicits: 12 countries, 96 scenarios, 4 personas, 1 model.

    The model is the small language model that ships with the package. It is synthetic, trained on
    made-up text, and says nothing about any real model or country; no human preference went into
    it.

    Parameters
    ----------
    countries : str or iterable of str, optional
        Which countries to keep, in this order; all by default.

    Returns
    -------
    xarray.Dataset
        As `disca_nb.elicit` returns.

    Raises
    ------
    UnknownNameError
        For a country that the panel does not have.

    Examples
    --------
    >>> panel = demo_panel(["JPN", "BRA"])
    >>> panel.sizes["scenario"], panel.country.values.tolist()
    (96, ['JPN', 'BRA'])
    """
    panel = open_results(data_path("demo_results.zarr"))
    if countries is not None:
        panel = panel.sel(country=select_countries(countries, panel.country.values))
    return annotate(panel)
