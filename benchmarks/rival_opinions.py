"""The rival of the opinion table: a loop over cells with SciPy, and pandas for every draw."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from scipy.spatial.distance import jensenshannon

__all__ = ["Loop", "loop"]


class Loop(NamedTuple):
    """What a loop makes of a table: frames of country × model, and draws × country × model."""

    similarity: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame
    rank_low: pd.DataFrame
    rank_high: pd.DataFrame
    draws: np.ndarray
    ranks: np.ndarray


def loop(bank: xr.Dataset, answers: xr.Dataset, counts: np.ndarray) -> Loop:
    """Return similarities, and their intervals and ranks' over draws.

    Parameters
    ----------
    bank, answers : xarray.Dataset
        As `disca_nb.metrics.opinions.representation` takes them, with one prompting.
    counts : numpy.ndarray
        How often each question was drawn, shape (draws, questions).

    Returns
    -------
    Loop
    """
    cells = _cells(bank, answers)
    mean = cells.groupby(["country", "model"], sort=True)["similarity"].mean().unstack()  # noqa: PD010 - sums are made
    draws, ranks = [], []
    place = cells["question"].to_numpy()
    for count in counts:
        weight = count[place]
        sums = (
            cells.assign(weight=weight, weighted=cells["similarity"] * weight)
            .groupby(["country", "model"], sort=True)[["weighted", "weight"]]
            .sum()
        )
        table = (sums["weighted"] / sums["weight"]).unstack()  # noqa: PD010 - sums are made
        draws.append(table.to_numpy())
        ranks.append(table.rank(ascending=False).to_numpy())

    def quantile(values: list[np.ndarray], share: float) -> pd.DataFrame:
        found = np.nanquantile(np.array(values), share, axis=0)
        return pd.DataFrame(found, mean.index, mean.columns)

    return Loop(
        mean,
        quantile(draws, 0.025),
        quantile(draws, 0.975),
        quantile(ranks, 0.025),
        quantile(ranks, 0.975),
        np.array(draws),
        np.array(ranks),
    )


def _cells(bank: xr.Dataset, answers: xr.Dataset) -> pd.DataFrame:
    """Return a row for each model and cell that was asked."""
    shares = bank["survey_share"].transpose("country", "question", "option").to_numpy()
    probs = answers["answer_prob"].isel(prompting=0).transpose("model", "question", "option")
    rows = []
    for c, country in enumerate(bank["country"].values.tolist()):
        for q, options in enumerate(bank["n_options"].values.tolist()):
            share = shares[c, q, :options]
            if np.isnan(share).any():
                continue
            for m, model in enumerate(answers["model"].values.tolist()):
                distance = jensenshannon(share, probs.values[m, q, :options], base=2)
                rows.append((country, model, q, 1.0 - distance))
    return pd.DataFrame(rows, columns=["country", "model", "question", "similarity"])
