"""The made-up panel that ships with the package, for trying things out without a model."""

from __future__ import annotations

from collections.abc import Iterable

import xarray as xr

from disca_nb._data import data_path
from disca_nb.datasets._table import read_table, select_countries
from disca_nb.datasets.recorded import from_table
from disca_nb.variables import annotate

__all__ = ["SYNTHETIC", "demo_panel"]

SYNTHETIC = "synthetic: drawn from a random generator; says nothing about any real model"


def demo_panel(countries: Iterable[str] | None = None) -> xr.Dataset:
    """Return a small synthetic panel: 12 countries, 96 scenarios, 4 personas, 1 made-up model.

    The gaps come from a random generator and say nothing about any real model or country. They
    were not fitted to human preferences.

    Parameters
    ----------
    countries : str or iterable of str, optional
        Which countries to keep, in this order; all by default.

    Returns
    -------
    xarray.Dataset
        As `disca_nb.datasets.recorded.load` returns.

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
    table = read_table(data_path("demo_panel.csv.gz"))
    panel = from_table(table, model="synthetic-demo", source=SYNTHETIC)
    if countries is not None:
        panel = panel.sel(country=select_countries(countries, panel.country.values))
    return annotate(panel)
