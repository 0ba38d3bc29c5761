"""What the steering lab says in words beside its pictures."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import xarray as xr

from disca_nb.kernels._types import FloatArray
from disca_nb.widgets._page import table

__all__ = ["Board", "macro_rows", "told"]

_FLOORS = {
    "mis_coin_flip": "coin flip",
    "mis_leave_one_out": "others' mean",
    "noise_ceiling": "noise ceiling",
}


class Board(NamedTuple):
    """Scores of all models under one setting.

    Attributes
    ----------
    models : list of str
        Their names.
    mis, vanilla : numpy.ndarray, shape (countries, models)
        Misalignment as steered, and without steering (NaN where it is not known).
    floors : xarray.Dataset
        Floors over ``country``.
    """

    models: list[str]
    mis: FloatArray
    vanilla: FloatArray
    floors: xr.Dataset


def macro_rows(board: Board, chosen: int) -> str:
    """Return the table of means over countries, floors in every row.

    Parameters
    ----------
    board : Board
        The scores.
    chosen : int
        The model to set off.

    Returns
    -------
    str
        HTML.
    """
    floors = [_shown(board.floors[name].mean().item()) for name in _FLOORS]
    rows = [
        [name, _shown(_mean(board.mis[:, i])), _shown(_mean(board.vanilla[:, i])), *floors]
        for i, name in enumerate(board.models)
    ]
    columns = ["model", "as set", "vanilla", *_FLOORS.values()]
    n = board.mis.shape[0]
    caption = f"Misalignment score, mean over {n} {'country' if n == 1 else 'countries'}"
    return table(caption, columns, rows, chosen)


def told(board: Board, chosen: int, steering: str) -> str:
    """Say what the picture of misalignment shows.

    Parameters
    ----------
    board : Board
        The scores.
    chosen : int
        The model that is shown.
    steering : str
        How it is steered.

    Returns
    -------
    str
        A few sentences.
    """
    mis, vanilla = board.mis[:, chosen], board.vanilla[:, chosen]
    coin = board.floors["mis_coin_flip"].values
    others = board.floors["mis_leave_one_out"].values
    n = mis.size
    text = f"{board.models[chosen]}, {steering}: mean misalignment {_shown(_mean(mis))}"
    if not np.isnan(vanilla).all():
        text += f", without steering {_shown(_mean(vanilla))}"
        text += f"; closer to the humans than without in {int((mis < vanilla).sum())} of {n}"
    text += f". A coin flip is closer in {int((coin < mis).sum())} of {n} countries"
    if not np.isnan(others).all():
        text += f", the mean of the other countries' people in {int((others < mis).sum())}"
    return f"{text}."


def _mean(values: FloatArray) -> float:
    """Return the mean, NaN where one is unknown."""
    return float(np.mean(values))


def _shown(value: float) -> str:
    """Return a score with three digits."""
    return "–" if np.isnan(value) else f"{value:.3f}"
