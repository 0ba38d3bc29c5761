"""What the steering lab says in words beside its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr

from disca_nb.kernels._types import FloatArray
from disca_nb.plots._floors import FLOORS
from disca_nb.plots._look import ROLES
from disca_nb.widgets._page import shown, table

__all__ = ["Board", "joined", "macro_rows", "told"]

_FLOORS = {name: ROLES[name].label for name in FLOORS}


class Board(NamedTuple):
    """Scores of some models under one setting.

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


def joined(boards: Sequence[Board]) -> Board:
    """Return the scores of all models on one board.

    Parameters
    ----------
    boards : sequence of Board
        Those of single models, on the same countries.

    Returns
    -------
    Board
    """
    models = [model for board in boards for model in board.models]
    mis, vanilla = (
        np.concatenate([getattr(board, name) for board in boards], axis=1)
        for name in ("mis", "vanilla")
    )
    return Board(models, mis, vanilla, boards[0].floors)


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
    floors = [board.floors[name].values for name in _FLOORS]
    rows = []
    for i, name in enumerate(board.models):
        known = np.isfinite(board.mis[:, i])
        values = [board.mis[:, i], board.vanilla[:, i], *floors]
        means = [shown(_mean(each[known])) for each in values]
        rows.append([name, *means, str(int(known.sum()))])
    columns = ["model", "as set", "vanilla", *_FLOORS.values(), "countries"]
    return table("Misalignment score, mean over countries", columns, rows, chosen)


def told(board: Board, chosen: int, steering: str, name: str) -> str:
    """Say what the picture of misalignment shows.

    Parameters
    ----------
    board : Board
        The scores.
    chosen : int
        The model that is shown.
    steering : str
        How it is steered.
    name : str
        What the model is called, with that it is made up where it is.

    Returns
    -------
    str
        A few sentences.
    """
    # Means and counts are over the same countries, floors included.
    known = np.isfinite(board.mis[:, chosen])
    mis, vanilla = board.mis[known, chosen], board.vanilla[known, chosen]
    floors = {label: board.floors[each].values[known] for each, label in _FLOORS.items()}
    n, without = mis.size, known.size - mis.size
    text = f"{name}, {steering}: mean misalignment {shown(_mean(mis))}"
    if without:
        text += f" over the {n} of {known.size} countries that have a score"
    if not np.isnan(vanilla).all():
        text += f", without steering {shown(_mean(vanilla))}"
        text += f"; closer to the humans than without in {int((mis < vanilla).sum())} of {n}"
    beside = [
        f"{label} {shown(_mean(values))} (closer in {int((values < mis).sum())} of {n})"
        for label, values in floors.items()
        if not np.isnan(values).all()
    ]
    return f"{text}. Floors: {', '.join(beside)}." if n else f"{text}."


def _mean(values: FloatArray) -> float:
    """Return the mean, NaN where one is unknown or there is none."""
    return float(np.mean(values)) if values.size else np.nan
