"""The explorer's tables: scenarios of a country, and two results side by side."""

from __future__ import annotations

import numpy as np
import xarray as xr

from disca_nb.plots._floors import FLOORS
from disca_nb.plots._look import ROLES
from disca_nb.widgets._page import shown, table

__all__ = ["PER_PAGE", "difference_table", "pages", "scenario_table"]

PER_PAGE = 12
_COLUMNS = {
    "base_gap": "base gap",
    "consensus_gap": "consensus",
    "final_gap": "final gap",
    "p_spare": "p spare",
}
_STATUS = {0: "never run", 1: "scored", 2: "failed", 3: "low answer mass"}


def pages(cells: xr.Dataset) -> int:
    """Return how many pages the scenarios fill.

    Parameters
    ----------
    cells : xarray.Dataset
        Decisions over ``scenario``.

    Returns
    -------
    int
        At least 1.
    """
    return max(1, -(-cells.sizes["scenario"] // PER_PAGE))


def scenario_table(cells: xr.Dataset, page: int, chosen: str, whose: str) -> str:
    """Return a page of scenarios with their gaps and decisions.

    Parameters
    ----------
    cells : xarray.Dataset
        Decisions of one model and country over ``scenario``.
    page : int
        Which page, from 0.
    chosen : str
        The scenario to set off.
    whose : str
        Model and variant.

    Returns
    -------
    str
        HTML.
    """
    few = cells.isel(scenario=slice(page * PER_PAGE, (page + 1) * PER_PAGE))
    names = [str(name) for name in few["scenario"].values]
    columns = [name for name in _COLUMNS if name in few]
    personas = [str(name) for name in few["persona"].values] if "persona_gap" in few else []
    rows = []
    for at, name in enumerate(names):
        one = few.isel(scenario=at)
        values = [shown(value, 2) for value in one["persona_gap"].values] if personas else []
        values += [shown(one[column].item(), 2) for column in columns]
        status = int(one["status"].item()) if "status" in one else 1
        rows.append([name, str(one["category"].item()), *values, _STATUS[status]])
    head = ["scenario", "attribute", *personas, *(_COLUMNS[name] for name in columns), "status"]
    first, total = page * PER_PAGE + 1, cells.sizes["scenario"]
    caption = (
        f"{cells['country'].item()}: scenarios {first} to {first + len(names) - 1} of {total}; "
        f"{whose}; gaps in logits, above 0 for option B"
    )
    return table(caption, head, rows, names.index(chosen) if chosen in names else None)


def difference_table(names: tuple[str, str], scores: tuple[xr.Dataset, xr.Dataset]) -> str:
    """Return the misalignment of two results by country, and which is closer to the humans.

    Parameters
    ----------
    names : (str, str)
        Model and variant of each.
    scores : (xarray.Dataset, xarray.Dataset)
        What `disca_nb.alignment` returned for them, of one model each, over ``country``.

    Returns
    -------
    str
        HTML.
    """
    one, other = (each["mis"].values for each in scores)
    floors = scores[0]
    rows = [
        [
            str(country),
            *(shown(value) for value in (one[i], other[i])),
            shown(other[i] - one[i], sign="+"),
            *(shown(floors[name].values[i]) for name in FLOORS),
        ]
        for i, country in enumerate(floors["country"].values)
    ]
    closer = int((other < one).sum())
    both = int(np.isfinite(other - one).sum())
    caption = f"Misalignment score; {names[1]} is closer to the humans in {closer} of {both}"
    labels = [ROLES[name].label for name in FLOORS]
    return table(caption, ["country", *names, "difference", *labels], rows)
