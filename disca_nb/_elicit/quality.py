"""How well a run went: answer mass, positional bias and time by model, and cells not scored."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from disca_nb.errors import shorten
from disca_nb.models.protocol import FAILED, LOW_MASS, SCORED
from disca_nb.variables import validate

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["models_unscored", "quality", "unscored", "warn_of_unscored"]

_COUNTS = {"scored": SCORED, "low_mass": LOW_MASS, "failed": FAILED}
_STATES = {LOW_MASS: "low mass", FAILED: "failed"}
_CELL = ("country", "scenario", "model")


def quality(results: xr.Dataset) -> pd.DataFrame:
    """Return how well models were elicited.

    Parameters
    ----------
    results : xarray.Dataset
        What `disca_nb.elicit` returned, or a part of it.

    Returns
    -------
    pandas.DataFrame
        A row for each model. ``scored``, ``low_mass`` and ``failed`` count cells (country ×
        scenario). ``base_mass`` and ``persona_mass`` are medians of the probability that both
        options have together. ``bias`` and ``bias_sd`` are mean and standard deviation of the base
        prompt's positional bias in logits, positive toward the second option. ``latency`` is the
        median time of a cell in seconds.

    Raises
    ------
    InputError
        When the dataset lacks one of these.

    Examples
    --------
    >>> import disca_nb
    >>> table = quality(disca_nb.datasets.demo_panel(["JPN"]))
    >>> table.loc["synthetic-demo", ["scored", "low_mass", "failed"]].tolist()
    [96, 0, 0]
    """
    import pandas as pd

    validate(results, "status", "positional_bias", "base_answer_mass", "persona_answer_mass")
    rows = {}
    for name in results["model"].values.tolist():
        one = results.sel(model=name)
        bias = one["positional_bias"]
        rows[name] = {
            **{text: int((one["status"] == code).sum()) for text, code in _COUNTS.items()},
            "base_mass": float(one["base_answer_mass"].median()),
            "persona_mass": float(one["persona_answer_mass"].median()),
            "bias": float(bias.mean()),
            "bias_sd": float(bias.std()),
            "latency": float(one["latency"].median()) if "latency" in one else float("nan"),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")


def unscored(results: xr.Dataset) -> pd.DataFrame:
    """Return which cells of a run are not scored, and for how many of their prompts.

    Parameters
    ----------
    results : xarray.Dataset
        What `disca_nb.elicit` returned, or a part of it.

    Returns
    -------
    pandas.DataFrame
        A row for each such cell with its ``country``, ``scenario`` and ``model``; ``state`` is
        "failed" or "low mass", ``prompts`` how many of its prompts are not scored, ``of`` how many
        it has.

    Raises
    ------
    InputError
        When the dataset lacks what this is told from.

    Examples
    --------
    >>> import disca_nb
    >>> len(unscored(disca_nb.datasets.demo_panel(["JPN"])))
    0
    """
    import pandas as pd

    both = [f"{who}_{what}" for who in ("base", "persona") for what in ("order_gap", "answer_mass")]
    validate(results, "status", *both)
    least = float(results.attrs.get("min_mass", 0.0))

    def missed(who: str) -> xr.DataArray:
        none = results[f"{who}_order_gap"].isnull()  # noqa: PD003 - the only name in xarray
        return none | ~(results[f"{who}_answer_mass"] >= least)

    prompts = missed("base").sum("order") + missed("persona").sum(["order", "persona"])
    status = results["status"].transpose(*_CELL).values
    at = np.nonzero(np.isin(status, list(_STATES)))
    columns = {dim: results[dim].values[i] for dim, i in zip(_CELL, at, strict=True)}
    columns["state"] = np.array([_STATES[code] for code in status[at].tolist()], dtype=str)
    columns["prompts"] = prompts.transpose(*_CELL).values[at]
    size = results.sizes["order"] * (1 + results.sizes["persona"])
    return pd.DataFrame(columns).assign(of=size)


def models_unscored(results: xr.Dataset) -> list[str]:
    """Return the models of which not everything is scored, each with how much.

    Parameters
    ----------
    results : xarray.Dataset
        With ``status`` (model, ...).

    Examples
    --------
    >>> status = xr.DataArray([[1, 3], [1, 1]], {"model": ["a", "b"]}, ("model", "question"))
    >>> models_unscored(xr.Dataset({"status": status}))
    ['a (1 low mass, 0 failed)']
    """
    said = []
    for name in results["model"].values.tolist():
        status = results["status"].sel(model=name)
        low, failed = (int((status == code).sum()) for code in (LOW_MASS, FAILED))
        if low or failed:
            said.append(f"{name} ({low} low mass, {failed} failed)")
    return said


def warn_of_unscored(results: xr.Dataset) -> None:
    """Warn where cells have no score that later steps could use.

    Parameters
    ----------
    results : xarray.Dataset
        With ``status`` and ``min_mass`` among the attributes.

    Warns
    -----
    UserWarning
        One sentence for all models.
    """
    if said := models_unscored(results):
        number = results["status"].isel(model=0).size
        warnings.warn(
            f"Not all {number} cells are scored: {shorten(said, 5)}. Low mass means that both "
            f"options together are less probable than {results.attrs['min_mass']:g}, or that the "
            "model's template leads to no answer; such cells are left out of all scores.",
            stacklevel=3,
        )
