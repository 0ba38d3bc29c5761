"""Results with their labels: countries as in the bank, models and promptings as in the answers."""

from __future__ import annotations

from typing import Any, TypeAlias

import xarray as xr

from disca_nb.kernels._types import FloatArray
from disca_nb.metrics.opinions._cells import Cells, IntArray

__all__ = ["Variables", "labelled", "provenance"]

Variables: TypeAlias = dict[str, tuple[tuple[str, ...], FloatArray | IntArray]]
"""Dimensions and numbers by name."""

_COUNTRY = ("country_name",)
_PROMPTING = (
    *("prompting_kind", "prompted_country", "prompting_language"),
    "question_language",
)
_QUESTION = ("question_text", "question_topic", "survey", "wave")


def labelled(
    variables: Variables,
    cells: Cells,
    bank: xr.Dataset,
    *,
    questions: bool = False,
) -> xr.Dataset:
    """Return a dataset of arrays over sorted labels, in the order that the caller knows.

    Parameters
    ----------
    variables : mapping
        Dimensions and numbers of each variable, countries and questions in the cells' order.
    cells : Cells
        What was compared.
    bank : xarray.Dataset
        The caller's bank, which says the order.
    questions : bool
        Whether there are numbers by question.

    Returns
    -------
    xarray.Dataset
        With the coordinates of both sides that say what the labels are.
    """
    coords = {name: cells.bank[name] for name in ("country", *_COUNTRY) if name in cells.bank}
    known: tuple[str, ...] = ("model", "prompting", *_PROMPTING)
    coords |= {name: cells.answers[name] for name in known if name in cells.answers}
    if questions:
        known = ("question", *_QUESTION)
        coords |= {name: cells.bank[name] for name in known if name in cells.bank}
    used = {dim for dims, _ in variables.values() for dim in dims}
    coords = {name: each for name, each in coords.items() if set(each.dims) <= used}
    result = xr.Dataset(
        dict(variables), coords={name: each.variable for name, each in coords.items()}
    )
    for dim in ("country", "question"):
        if dim in result.dims:
            there = set(result[dim].values.tolist())
            result = result.sel({dim: [x for x in bank[dim].values.tolist() if x in there]})
    return result


def provenance(cells: Cells) -> dict[str, Any]:
    """Return what a result says of where its two sides come from."""
    attrs: dict[str, Any] = {}
    for name, key in (("bank", "name"), ("bank_source", "source"), ("weight", "weight")):
        if key in cells.bank.attrs:
            attrs[name] = cells.bank.attrs[key]
    if "source" in cells.answers.attrs:
        attrs["source"] = cells.answers.attrs["source"]
    notices = [data.attrs.get("notice") for data in (cells.bank, cells.answers)]
    told = list(dict.fromkeys(str(notice) for notice in notices if notice))
    if told:
        attrs["notice"] = " ".join(told)
    attrs["synthetic"] = int(any(_is_synthetic(data) for data in (cells.bank, cells.answers)))
    return attrs


def _is_synthetic(data: xr.Dataset) -> bool:
    """Return whether a side says that it is made up, by a mark or by its source."""
    marked = bool(data.attrs.get("synthetic", 0))
    return marked or str(data.attrs.get("source", "")).startswith("synthetic")
