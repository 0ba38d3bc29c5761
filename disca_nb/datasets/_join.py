"""Recorded gaps of several models side by side, where they belong to one panel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from disca_nb.datasets._cells import Cells
from disca_nb.errors import InputError

__all__ = ["join"]

_SCENARIO = ("category", "preferred_on_right", "n_left", "n_right", "category_temperature")
_DIVIDED = {
    "none": "undivided gaps",
    "disca": "gaps divided by the released code's category temperatures",
    "own": "gaps divided by category temperatures of their own",
}


def join(parts: list[xr.Dataset]) -> xr.Dataset:
    """Put models side by side; cells that a model lacks have status 0 and NaN gaps."""
    for part in parts[1:]:
        _check_same_panel(parts[0], part)
    rows = pd.concat([_rows(part) for part in parts], join="inner", ignore_index=True)
    names = [name for name in _SCENARIO if name in rows.columns]
    _check_same_scenarios(rows, names)
    for part in parts[1:]:
        _check_same_division(parts[0], part)
    rows = rows.drop_duplicates(["country", "scenario"], ignore_index=True)
    cells = Cells(rows, "the joined files")
    columns = {
        name: rows[name].to_numpy(dtype=str if name == "category" else None) for name in names
    }
    # xarray's own outer join would sort the labels, and the moving average follows their order.
    axes = {"country": cells.countries, "scenario": cells.scenarios}
    common = sorted(set.intersection(*({str(name) for name in part} for part in parts)))
    joined = xr.concat(
        [
            part[common]
            .drop_vars(_SCENARIO, errors="ignore")
            .reindex(axes, fill_value={"status": np.int8(0)})
            for part in parts
        ],
        dim="model",
        join="exact",
        combine_attrs="override",
    )
    sources = "; ".join(str(part.attrs["source"]) for part in parts)
    return joined.assign_coords(cells.describe(columns)).assign_attrs(source=sources)


def _rows(part: xr.Dataset) -> pd.DataFrame:
    """Return a model's scored cells with what is known about their scenarios."""
    frame = part[["status"]].isel(model=0).to_dataframe().reset_index()
    return frame[frame["status"] == 1].assign(source=part.attrs["source"])


def _check_same_division(first: xr.Dataset, second: xr.Dataset) -> None:
    """Raise when two files hold gaps that were divided by other temperatures."""
    one, two = (_DIVIDED[part.attrs["category_temperature"]] for part in (first, second))
    if one != two:
        sources = second.attrs["source"], first.attrs["source"]
        message = f"{sources[0]} holds {two} and {sources[1]} {one}; load them one by one."
        raise InputError(message)


def _check_same_panel(first: xr.Dataset, second: xr.Dataset) -> None:
    """Raise when two files have other personas, other passes or another order of scenarios."""
    for dim, text in (("persona", "personas"), ("pass_id", "passes")):
        if dim not in first.dims or dim not in second.dims:
            continue
        one, two = (part[dim].values.astype(str).tolist() for part in (first, second))
        if one != two:
            message = (
                f"{second.attrs['source']} has the {text} {', '.join(two)} and "
                f"{first.attrs['source']} has {', '.join(one)}; load them one by one."
            )
            raise InputError(message)
    both = [np.isin(a.scenario, b.scenario) for a, b in ((first, second), (second, first))]
    if (first.scenario.values[both[0]] != second.scenario.values[both[1]]).any():
        message = (
            f"{second.attrs['source']} and {first.attrs['source']} hold the scenarios in another "
            "order, which the moving average follows; load them one by one."
        )
        raise InputError(message)


def _check_same_scenarios(rows: pd.DataFrame, names: list[str]) -> None:
    """Raise when two files describe the same scenario of a country differently."""
    cell = rows.groupby(["country", "scenario"], sort=False)
    for name in names:
        differ = rows[name] != cell[name].transform("first")
        if differ.any():
            row = rows[differ].iloc[0]
            known = cell.get_group((row["country"], row["scenario"])).iloc[0]
            message = (
                f"Scenario {row['scenario']!r} of {row['country']} has another {name} in "
                f"{row['source']} than in {known['source']}; load them one by one."
            )
            raise InputError(message)
