"""Gaps as a table of speakers and cells, turned toward the side that an attribute counts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from disca_nb._debias import debias
from disca_nb.errors import InputError, unknown_name
from disca_nb.metrics.decisions import scored
from disca_nb.plots._phrases import counted
from disca_nb.plots._single import heading, single
from disca_nb.variables import ATTRIBUTES, validate

__all__ = ["GapTable", "gap_table"]


class GapTable(NamedTuple):
    """Gaps of one model.

    Attributes
    ----------
    table : pandas.DataFrame
        A row for each gap that is left: ``speaker`` (its number), ``country``, ``category`` and
        ``gap`` in logits, above 0 where it spares the counted side.
    speakers : list of str
        The base prompt, then the personas.
    model, where, temperature : str
        Name of the model, whose cells these are, and what the gaps were divided by.
    left_out : int
        Gaps that are not finite, or of cells that were not scored.
    """

    table: pd.DataFrame
    speakers: list[str]
    model: str
    where: str
    temperature: str
    left_out: int

    @property
    def attributes(self) -> list[str]:
        """Attributes in their usual order, others behind."""
        here = self.table["category"].unique().tolist()
        return [name for name in ATTRIBUTES if name in here] + sorted(set(here) - set(ATTRIBUTES))

    @property
    def several(self) -> bool:
        """Whether there are several countries."""
        return len(self.table["country"].unique()) > 1

    def of(self, speaker: int, attribute: str | None = None) -> pd.Series[float]:
        """Return the gaps of one speaker, of one attribute alone if it is named."""
        chosen = self.table["speaker"] == speaker
        if attribute is not None:
            chosen &= self.table["category"] == attribute
        return self.table.loc[chosen, "gap"]

    def medians(self, attribute: str | None = None) -> list[float]:
        """Return the median of every speaker, NaN for one without gaps."""
        return [float(self.of(i, attribute).median()) for i in range(len(self.speakers))]


def gap_table(dataset: xr.Dataset, country: str | None = None) -> GapTable:
    """Return the gaps of one model as a table.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps that `disca_nb.steer` takes.
    country : str, optional
        Which country; all together by default.

    Returns
    -------
    GapTable
        Every finite gap of a scored cell.

    Raises
    ------
    InputError
        For gaps of several models, or without any that is finite.
    UnknownNameError
        For a country that is not there.
    """
    validate(dataset, "preferred_on_right", "category")
    if "base_gap" not in dataset and "base_order_gap" in dataset:
        dataset = debias(dataset)
    validate(dataset, "base_gap", "persona_gap")
    one = single(dataset, "model", "language")
    one, where = _chosen(one, country)
    base = one["base_gap"]
    personas = one["persona_gap"].transpose("persona", *base.dims)
    # One array for all, as there may be a million of them.
    gaps = np.concatenate([base.values[None], personas.values])
    right = _like(one["preferred_on_right"], base)
    columns = {
        "speaker": np.arange(len(gaps)).reshape(-1, *[1] * base.ndim),
        "country": _like(one["country"], base) if "country" in base.dims else where,
        "category": _like(one["category"], base),
        "gap": np.where(right, gaps, -gaps),
    }
    table = pd.DataFrame(
        {name: np.broadcast_to(values, gaps.shape).ravel() for name, values in columns.items()}
    )
    counted_in = np.broadcast_to(_like(scored(one), base), gaps.shape).ravel()
    kept = np.isfinite(table["gap"]) & counted_in
    if not kept.any():
        raise InputError(f"The gaps of {where} have no scored cell; choose others.")
    return GapTable(
        table[kept],
        ["base", *map(str, one["persona"].values)],
        heading(one)[0],
        where,
        str(dataset.attrs.get("category_temperature", "none")),
        int((~kept).sum()),
    )


def _chosen(one: xr.Dataset, country: str | None) -> tuple[xr.Dataset, str]:
    """Return the cells of a country, or of all, and whose they are."""
    labels = (
        [str(name) for name in np.atleast_1d(one["country"].values)] if "country" in one else []
    )
    if not labels and country is None:
        return one, "all cells"
    if country is not None:
        if country not in labels:
            raise unknown_name("country", country, labels)
        one = one.isel(country=labels.index(country)) if "country" in one.dims else one
        return one, country
    return one, labels[0] if len(labels) == 1 else counted(len(labels), "country", "countries")


def _like(values: xr.DataArray, cells: xr.DataArray) -> npt.NDArray[np.generic]:
    """Return values of countries or scenarios for every cell."""
    return values.broadcast_like(cells).transpose(*cells.dims).values
