"""The user's own dilemmas: two options, the attribute they contrast and the side it counts."""

from __future__ import annotations

import os

import numpy as np
import xarray as xr

from disca_nb.datasets._table import (
    as_path,
    bounds,
    integer_column,
    read_table,
    require_columns,
    require_text,
    require_unique,
)
from disca_nb.errors import DataFileError
from disca_nb.variables import annotate, validate

__all__ = ["from_csv"]

_COLUMNS = ("id", "option_a", "option_b", "attribute", "preferred")


def from_csv(path: str | os.PathLike[str]) -> xr.Dataset:
    r"""Read dilemmas from a CSV file.

    Parameters
    ----------
    path : path
        A file with the columns ``id, option_a, option_b, attribute, preferred``; ``preferred`` is
        ``a`` or ``b``, the side that the attribute counts. ``n_left`` and ``n_right``, the
        numbers of characters in a and b, may follow.

    Returns
    -------
    xarray.Dataset
        Dimension ``scenario`` (the ids) with the coordinates ``option_a``, ``option_b``,
        ``category`` (the attribute), ``preferred_on_right`` and, where given, the numbers.

    Raises
    ------
    DataFileError
        Naming the column or row that cannot be used.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> text = "id,option_a,option_b,attribute,preferred\nwell,ten goats,a child,Species,b\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "mine.csv"
    ...     _ = path.write_text(text)
    ...     dilemmas = from_csv(path)
    >>> dilemmas.preferred_on_right.item(), dilemmas.category.item()
    (True, 'Species')
    """
    name = as_path(path).name
    table = read_table(path)
    require_columns(table, _COLUMNS, name)
    require_text(table, _COLUMNS[:4], name)
    require_unique(table, ["id"], name)
    side = table["preferred"].str.strip().str.lower()
    neither = np.flatnonzero(~side.isin(["a", "b"]).to_numpy())
    if neither.size:
        row = int(neither[0])
        found = repr(table["preferred"].iloc[row])
        raise DataFileError(f"{name}, row {row + 1}: preferred is {found}; it must be a or b.")
    coords: dict[str, object] = {
        "scenario": table["id"].to_numpy(dtype=str),
        "option_a": ("scenario", table["option_a"].to_numpy(dtype=str)),
        "option_b": ("scenario", table["option_b"].to_numpy(dtype=str)),
        "category": ("scenario", table["attribute"].to_numpy(dtype=str)),
        "preferred_on_right": ("scenario", (side == "b").to_numpy()),
    }
    for count in ("n_left", "n_right"):
        if count in table.columns:
            coords[count] = ("scenario", integer_column(table, count, name, within=bounds(count)))
    return annotate(validate(xr.Dataset(coords=coords, attrs={"source": name})))
