"""Category temperatures: the divisors of the gaps in the released code of arXiv 2605.10843."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from disca_nb.datasets._table import number_column, row_name
from disca_nb.errors import DataFileError

__all__ = ["CATEGORY_TEMPERATURES", "published_temperature", "stated_temperatures"]

CATEGORY_TEMPERATURES = {
    "Species": 4.0,
    "Gender": 3.5,
    "Age": 1.5,
    "Fitness": 1.5,
    "SocialValue": 1.5,
    "Utilitarianism": 1.5,
}
"""Divisors of the gaps by attribute."""

_OTHER_TEMPERATURE = 3.0


def published_temperature(category: str) -> float:
    """Return the released code's divisor of the gaps of a category.

    Parameters
    ----------
    category : str
        The attribute that a scenario contrasts; those that the code does not name share one.

    Returns
    -------
    float
        The divisor, a pure number.

    References
    ----------
    The released code of arXiv 2605.10843.

    Examples
    --------
    >>> published_temperature("Species"), published_temperature("Honour")
    (4.0, 3.0)
    """
    return CATEGORY_TEMPERATURES.get(category, _OTHER_TEMPERATURE)


def stated_temperatures(
    table: pd.DataFrame, source: str
) -> tuple[npt.NDArray[np.float64] | None, str]:
    """Return what a table's gaps were divided by, if by anything, and whose divisors those are.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows as text, with the column ``category``; ``category_temperature`` may be there.
    source : str
        Where the rows come from; errors name it.

    Returns
    -------
    divisor : numpy.ndarray of shape (rows,), or None
        The column, or None where it is absent or holds ones throughout.
    kind : {"none", "disca", "own"}
        Nothing; in every row the released code's divisor of its category; or others.

    Raises
    ------
    DataFileError
        Naming the first row whose divisor is no number above 0.

    Examples
    --------
    >>> row = {"category": "Age", "category_temperature": "1.5"}
    >>> stated_temperatures(pd.DataFrame([row]), "a table")
    (array([1.5]), 'disca')
    """
    if "category_temperature" not in table.columns:
        return None, "none"
    divisor = number_column(table, "category_temperature", source)
    if (bad := np.flatnonzero(divisor <= 0.0)).size:
        found = f"category_temperature is {table['category_temperature'].iloc[bad[0]]}"
        row = row_name(table, bad[0])
        raise DataFileError(f"{source}, {row}: {found}; a divisor of gaps must be above 0.")
    if (divisor == 1.0).all():
        return None, "none"
    published = [published_temperature(category) for category in table["category"]]
    return divisor, "disca" if np.array_equal(divisor, published) else "own"
