"""How well a run went: cells scored, answer mass, positional bias and time, model by model."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import xarray as xr

from disca_nb.errors import shorten
from disca_nb.models.protocol import FAILED, LOW_MASS, SCORED
from disca_nb.variables import validate

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["quality", "warn_of_unscored"]

_COUNTS = {"scored": SCORED, "low_mass": LOW_MASS, "failed": FAILED}


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
    said = []
    for name in results["model"].values.tolist():
        status = results["status"].sel(model=name)
        low, failed = (int((status == code).sum()) for code in (LOW_MASS, FAILED))
        if low or failed:
            said.append(f"{name} ({low} low mass, {failed} failed)")
    if said:
        warnings.warn(
            f"Not all {status.size} cells are scored: {shorten(said, 5)}. Low mass means that both "
            f"options together are less probable than {results.attrs['min_mass']:g}, or that the "
            "model's template leads to no answer; such cells are left out of all scores.",
            stacklevel=3,
        )
