"""The released logs of arXiv 2605.10843: raw files by country, turned into the tidy format.

The logs are two CSV files per model and country. ``swa_results_XXX.csv`` holds the steered run;
the personas' gaps are not in it, but their mean, minimum, maximum and standard deviation are,
which determine the four of them up to order. ``vanilla_results_XXX.csv`` holds the base prompt.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from disca_nb.datasets._table import (
    number_column,
    read_table,
    require_columns,
    select_countries,
)
from disca_nb.datasets.recorded import column_bounds, from_table
from disca_nb.errors import DataFileError

__all__ = ["four_gaps", "load_folder", "to_table"]

_DECISION_TEMPERATURE = 0.5
# Tidy column: upstream column of the steered run.
_LOGGED = {
    "n_left": "n_left",
    "n_right": "n_right",
    "preferred_on_right": "preferred_on_right",
    "category_temperature": "logit_temp_used",
    "consensus_gap": "delta_consensus",
    "positional_bias": "positional_bias",
    "correction_1": "delta_star_1",
    "correction_2": "delta_star_2",
    "ess_1": "ess_pass1",
    "ess_2": "ess_pass2",
    "reliability": "reliability_r",
    "anchor_weight": "ess_anchor_alpha",
    "micro_gap": "delta_opt_micro",
    "ema_gap": "delta_country",
    "ema_step": "prior_step",
    "disca_p_right": "p_right",
    "disca_p_spare": "p_spare_preferred",
}
_TEXT = {"country": "country", "scenario": "scenario_idx", "category": "phenomenon_category"}
_REWARDS = ("agent_reward_mean", "agent_reward_min", "agent_reward_max", "agent_reward_std")
_VANILLA = ("country", "phenomenon_category", "p_left", "p_right", "p_spare_preferred")


def load_folder(
    folder: str | os.PathLike[str],
    *,
    model: str | None = None,
    countries: Iterable[str] | None = None,
) -> xr.Dataset:
    """Read a folder of released logs, one pair of files per country.

    Parameters
    ----------
    folder : path
        Holds ``swa_results_XXX.csv`` and ``vanilla_results_XXX.csv`` with XXX the country.
    model : str, optional
        The model's name; the folder's by default.
    countries : str or iterable of str, optional
        Which countries to read, in this order; all that the folder has, by default.

    Returns
    -------
    xarray.Dataset
        As `disca_nb.datasets.recorded.load` returns.

    Raises
    ------
    DataFileError
        When a file is missing or cannot be used.
    UnknownNameError
        For a country that the folder does not have.

    References
    ----------
    GitHub trungkiet2005/cultural_alignment (MIT), the logs of arXiv 2605.10843.

    Examples
    --------
    >>> load_folder("no-such-folder")
    Traceback (most recent call last):
        ...
    disca_nb.errors.DataFileError: no-such-folder has no swa_results_XXX.csv; name a folder ...
    """
    source = Path(folder)
    found = sorted(
        match[1]
        for path in source.glob("swa_results_*.csv")
        if (match := re.fullmatch(r"swa_results_(\w+)\.csv", path.name))
    )
    if not found:
        message = (
            f"{source} has no swa_results_XXX.csv; name a folder that holds the released logs."
        )
        raise DataFileError(message)
    chosen = found if countries is None else select_countries(countries, found)
    tables = [
        to_table(source / f"swa_results_{code}.csv", source / f"vanilla_results_{code}.csv")
        for code in chosen
    ]
    name = model or source.resolve().name
    return from_table(pd.concat(tables, ignore_index=True), model=name, source=source.name)


def to_table(
    steered_path: str | os.PathLike[str], vanilla_path: str | os.PathLike[str]
) -> pd.DataFrame:
    """Turn one country's two raw files into tidy rows, every cell a text.

    Parameters
    ----------
    steered_path, vanilla_path : path
        ``swa_results_XXX.csv`` and ``vanilla_results_XXX.csv``.

    Returns
    -------
    pandas.DataFrame
        Columns as `disca_nb.datasets.recorded.load` describes; personas are sorted by gap.

    Raises
    ------
    DataFileError
        For missing columns or files whose rows do not match.

    References
    ----------
    GitHub trungkiet2005/cultural_alignment (MIT), the logs of arXiv 2605.10843.

    Examples
    --------
    >>> to_table("swa_results_XXX.csv", "vanilla_results_XXX.csv")
    Traceback (most recent call last):
        ...
    disca_nb.errors.DataFileError: There is no file swa_results_XXX.csv; check the path.
    """
    steered, vanilla = read_table(steered_path), read_table(vanilla_path)
    name, vanilla_name = Path(steered_path).name, Path(vanilla_path).name
    require_columns(steered, [*_TEXT.values(), *_LOGGED.values(), *_REWARDS], name)
    require_columns(vanilla, _VANILLA, vanilla_name)
    _check_rows_match(steered, vanilla, name, vanilla_name)
    # Checked here, where the columns still have the files' own names.
    for column, old in _LOGGED.items():
        number_column(steered, old, name, within=column_bounds(column))
    number_column(vanilla, "p_spare_preferred", vanilla_name, within=(0.0, 1.0))
    consensus = number_column(steered, "delta_consensus", name)
    mean, low, high, spread = (number_column(steered, column, name) for column in _REWARDS)
    # A persona's logged reward is its gap minus the base gap. Rewards are multiples of a power of
    # two, so their sums are exact, and two equal ones come out equal.
    base = consensus - mean
    gaps = four_gaps(mean, low, high, spread) + base[:, None]
    tidy = {
        **{column: steered[old] for column, old in _TEXT.items()},
        **{column: steered[old] for column, old in _LOGGED.items()},
        "vanilla_gap": _as_text(_vanilla_gap(vanilla, vanilla_name)),
        "vanilla_p_right": vanilla["p_right"],
        "vanilla_p_spare": vanilla["p_spare_preferred"],
        "base_gap": _as_text(base),
        **{f"persona_gap_{i}": _as_text(gaps[:, i]) for i in range(4)},
    }
    return pd.DataFrame(tidy)


def four_gaps(
    mean: npt.NDArray[np.float64],
    low: npt.NDArray[np.float64],
    high: npt.NDArray[np.float64],
    spread: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Recover four numbers, sorted, from their mean, extremes and standard deviation (ddof 0).

    The two in the middle have a known sum and a known sum of squares.

    Parameters
    ----------
    mean, low, high, spread : numpy.ndarray, shape (n,)
        Mean, minimum, maximum and standard deviation.

    Returns
    -------
    numpy.ndarray, shape (n, 4)
        The numbers, ascending.

    Examples
    --------
    >>> gaps = np.array([[-1.0, 0.25, 0.5, 2.0]])
    >>> four_gaps(gaps.mean(-1), gaps.min(-1), gaps.max(-1), gaps.std(-1)).round(12)
    array([[-1.  ,  0.25,  0.5 ,  2.  ]])
    """
    total = 4.0 * mean - low - high
    squares = 4.0 * (spread**2 + mean**2) - low**2 - high**2
    half_distance = np.sqrt(np.maximum(squares / 2.0 - total**2 / 4.0, 0.0))
    middle = total / 2.0
    return np.stack([low, middle - half_distance, middle + half_distance, high], axis=-1)


def _vanilla_gap(table: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    """Return the base prompt's gap from the two logged probabilities.

    The larger one saturates at 1 in 16-bit arithmetic, so that their ratio says more than
    either. A logged 0 would make the gap infinite and is an error.
    """
    left, right = (
        number_column(table, column, name, within=(0.0, 1.0)) for column in ("p_left", "p_right")
    )
    bad = (left <= 0.0) | (right <= 0.0)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        values = f"p_left {left[row]:g} and p_right {right[row]:g}"
        message = f"{name}, row {row + 1}: {values} give no finite gap; leave the country out."
        raise DataFileError(message)
    return _DECISION_TEMPERATURE * np.log(right / left)


def _check_rows_match(
    steered: pd.DataFrame, vanilla: pd.DataFrame, name: str, vanilla_name: str
) -> None:
    """Raise unless both files hold the same scenarios in the same order."""
    columns = ["country", "phenomenon_category", "preferred_on_right", "Prompt"]
    shared = [c for c in columns if c in steered.columns and c in vanilla.columns]
    if len(steered) != len(vanilla):
        message = (
            f"{name} has {len(steered)} rows and {vanilla_name} {len(vanilla)}; fetch them again."
        )
        raise DataFileError(message)
    differ = (steered[shared].to_numpy() != vanilla[shared].to_numpy()).any(axis=1)
    if differ.any():
        row = int(np.flatnonzero(differ)[0]) + 1
        message = (
            f"{name} and {vanilla_name} hold different scenarios in row {row}; fetch them again."
        )
        raise DataFileError(message)


def _as_text(numbers: npt.NDArray[np.float64]) -> list[str]:
    """Return every number as the shortest text that reads back as the same float."""
    return [repr(float(number)) for number in numbers]
