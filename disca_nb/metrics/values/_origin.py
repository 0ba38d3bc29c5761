"""What stands beside figures: where they come from, the human line, answers without a side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from disca_nb.kernels._types import FloatArray
from disca_nb.metrics.opinions._cells import BoolArray
from disca_nb.metrics.values._answers import Answers
from disca_nb.metrics.values._groups import Grouping
from disca_nb.metrics.values._scale import Scale

__all__ = ["HUMANS", "beside_answers", "human_line", "provenance"]

HUMANS = {"paraphrase": 0.098, "topic": 0.296}
"""Inconsistency of people in English, mean distance in nats (Moore et al. 2024)."""

_FAILED, _LOW_MASS = 2, 3


def human_line(answers: Answers, found: Sequence[Grouping], scale: Scale) -> FloatArray:
    """Return the published inconsistency of people for each measure, in the scale's base.

    It is of distances and of English questions; NaN for others.
    """
    languages = set(answers.rows["language"])
    alike = scale.kind == "distance" and all(name.split("-")[0] == "en" for name in languages)
    # A distance is the root of a divergence, which is divided by the logarithm of the base.
    factor = 1.0 / math.sqrt(math.log(scale.base)) if alike else math.nan
    return np.array([HUMANS.get(one.measure, math.nan) * factor for one in found])


def provenance(responses: xr.Dataset) -> dict[str, Any]:
    """Return what a result says of the responses that it comes from."""
    attrs = responses.attrs
    kept = {name: attrs[name] for name in ("source", "notice") if attrs.get(name)}
    kept["filters"] = str(attrs.get("filters", "[]"))
    marked = bool(attrs.get("synthetic", 0))
    made_up = marked or str(attrs.get("source", "")).startswith("synthetic")
    return {**kept, "synthetic": int(made_up)}


def beside_answers(responses: xr.Dataset) -> dict[str, Any]:
    """Return by model what an average does not say: answers without a side, and of low mass."""
    result: dict[str, Any] = {}
    if "status" not in responses:
        return result
    status = responses["status"].transpose("model", "form", "wording")
    if "choice" in status["form"].values:
        low = (status.sel(form="choice") == _LOW_MASS).to_numpy() & _known(responses, "choice")
        result["n_low_mass"] = ("model", low.sum(axis=1))
    if "open" in status["form"].values and "abstained" in responses:
        spoken = status.sel(form="open").to_numpy()
        asked = (spoken > 0).sum(axis=1)
        silent = responses["abstained"].sel(form="open").transpose("model", "wording").to_numpy()
        for name, which in (("abstained_share", silent), ("unread_share", spoken == _FAILED)):
            share = which.sum(axis=1) / np.where(asked > 0, asked, np.nan)
            result[name] = ("model", share)
    return result


def _known(responses: xr.Dataset, form: str) -> BoolArray:
    """Return which answers of a form are there, (models, wordings)."""
    known = responses["stance_prob"].sel(form=form).notnull().any("stance")
    return np.asarray(known.transpose("model", "wording").to_numpy())
