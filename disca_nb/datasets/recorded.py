"""Recorded logit gaps of a model on a panel: the tidy CSV format, checked and arranged.

One row per country and scenario, with the gap of the base prompt and of every persona, debiased.
What a published run logged, its passes, gates, moving averages and decisions, is kept under
``recorded_`` names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from disca_nb.datasets._cells import Cells
from disca_nb.datasets._join import join
from disca_nb.datasets._table import (
    bounds,
    integer_column,
    number_column,
    read_table,
    require_columns,
    require_text,
    require_unique,
    select_countries,
)
from disca_nb.datasets._temperatures import stated_temperatures
from disca_nb.errors import DataFileError, InputError
from disca_nb.variables import annotate, validate

__all__ = ["column_bounds", "from_table", "load"]

_REQUIRED = ("country", "scenario", "category", "preferred_on_right", "base_gap")
_PERSONA = "persona_gap_"
_NUMBERS = {
    "base_gap": "base_gap",
    "vanilla_gap": "vanilla_gap",
    "positional_bias": "positional_bias",
    "reliability": "recorded_reliability",
    "anchor_weight": "recorded_anchor_weight",
    "micro_gap": "recorded_micro_gap",
    "ema_gap": "recorded_average_gap",
    "vanilla_p_right": "recorded_vanilla_p_right",
    "vanilla_p_spare": "recorded_vanilla_p_spare",
    "disca_p_right": "recorded_p_right",
    "disca_p_spare": "recorded_p_spare",
}
_PASSES = {"correction": "recorded_correction", "ess": "recorded_ess"}
_MOST_PERSONAS = 16
# The logs are in 16-bit arithmetic, but the consensus was stored from the same numbers.
_CONSENSUS_TOLERANCE = 1e-6


def load(*paths: str | os.PathLike[str], countries: Iterable[str] | None = None) -> xr.Dataset:
    r"""Read recorded gaps, one CSV file (plain or gzip) per model.

    Required columns are ``country, scenario, category, preferred_on_right, base_gap`` and one
    ``persona_gap_NAME`` per persona; when every NAME is a number the personas are anonymous and
    become ``rank_1..N``. Understood besides: ``vanilla_gap, n_left, n_right,
    category_temperature, consensus_gap, positional_bias`` and the logged ``correction_1..M,
    ess_1..M, reliability, anchor_weight, micro_gap, ema_gap, ema_step, disca_p_right,
    disca_p_spare, vanilla_p_right, vanilla_p_spare``.

    ``category_temperature`` is what the base and persona gaps of a row *were divided by* before
    they were written; the vanilla gap is never divided. Leave it out, or write 1 throughout, for
    gaps as they are. The dataset's attribute of that name says "none" for those, "disca" where
    every row has the released code's divisor of its category (4 for Species, 3.5 for Gender,
    1.5 for Age, Fitness, SocialValue and Utilitarianism, 3 for others), and "own" for any other
    divisors; the last two become a coordinate.

    Parameters
    ----------
    *paths : path
        The files; a model is named as its file, without ``.csv`` or ``.csv.gz``.
    countries : str or iterable of str, optional
        Which countries to keep, in this order; all by default.

    Returns
    -------
    xarray.Dataset
        ``base_gap`` (country, scenario, model), ``persona_gap`` (country, scenario, persona,
        model), ``status`` and what else the files hold. Where the countries of a file, or the
        files, do not have the same scenarios the missing cells have status 0.

    Raises
    ------
    DataFileError
        Naming file and row or column.
    UnknownNameError
        For a country that no file has.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> text = "country,scenario,category,preferred_on_right,base_gap,persona_gap_young\n"
    >>> text += "JPN,well,Species,1,0.5,0.25\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "mine.csv"
    ...     _ = path.write_text(text)
    ...     panel = load(path)
    >>> list(panel.persona_gap.dims), panel.model.item()
    (['country', 'scenario', 'persona', 'model'], 'mine')
    """
    if not paths:
        raise InputError("No file was named; give at least one CSV file of recorded gaps.")
    names = [_model_name(path) for path in paths]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"Two files are named {twice!r}; rename one, as the name is the model's.")
    parts = [
        from_table(read_table(path), model=name, source=Path(path).name)
        for path, name in zip(paths, names, strict=True)
    ]
    dataset = parts[0] if len(parts) == 1 else join(parts)
    if countries is not None:
        chosen = select_countries(countries, dataset.country.values)
        dataset = dataset.sel(country=chosen)
    return annotate(validate(dataset))


def from_table(table: pd.DataFrame, *, model: str, source: str) -> xr.Dataset:
    """Arrange one model's rows, given as text, as a dataset.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns as for `load`, every cell a text.
    model : str
        The model's name.
    source : str
        Where the rows come from; errors and attributes name it.

    Returns
    -------
    xarray.Dataset
        As `load` returns.

    Raises
    ------
    DataFileError
        Naming source and row or column.

    Examples
    --------
    >>> row = dict(country="JPN", scenario="0", category="Age", preferred_on_right="1",
    ...            base_gap="0.5", persona_gap_young="1.0", persona_gap_older="0.25")
    >>> from_table(pd.DataFrame([row]), model="mine", source="a table").persona.values
    array(['young', 'older'], dtype='<U5')
    """
    table = table.reset_index(drop=True)
    require_columns(table, _REQUIRED, source)
    personas = _persona_columns(table, source)
    require_text(table, _REQUIRED[:3], source)
    require_unique(table, ["country", "scenario"], source)
    cells = Cells(table, source)
    data: dict[str, tuple[tuple[str, ...], npt.NDArray[np.generic]]] = {
        target: (_CELL, cells.place(number_column(table, column, source, within=bounds(target))))
        for column, target in _NUMBERS.items()
        if column in table.columns
    }
    gaps = np.stack([number_column(table, column, source) for column in personas], axis=-1)
    _check_consensus(table, gaps, source)
    data["persona_gap"] = ((*_CELL, "persona"), cells.place(gaps))
    data["status"] = (_CELL, cells.place(np.ones(len(table), np.int8)))
    divisor, divided = stated_temperatures(table, source)
    coords: dict[str, object] = {
        "country": cells.countries,
        "scenario": cells.scenarios,
        "persona": _persona_names(personas),
        **_scenario_coords(table, cells, divisor, source),
    }
    for target, columns in _pass_columns(table, source).items():
        each = [number_column(table, name, source, within=column_bounds(name)) for name in columns]
        data[target] = ((*_CELL, "pass_id"), cells.place(np.stack(each, axis=-1)))
        coords["pass_id"] = np.arange(len(columns))
    if {"ema_gap", "ema_step", "micro_gap"} <= set(table.columns):
        data |= _initial_state(table, cells, source)
    attrs = {"source": source, "category_temperature": divided}
    dataset = xr.Dataset(data, coords, attrs).expand_dims(model=np.array([model]))
    return annotate(validate(dataset))


_CELL = ("country", "scenario")


def column_bounds(column: str) -> tuple[float, float]:
    """Return the least and the greatest value that a column of the tidy format may hold.

    Parameters
    ----------
    column : str
        A column that `load` describes, other than those of labels and personas.

    Returns
    -------
    low, high : float
        Both ends are allowed.

    Examples
    --------
    >>> column_bounds("ess_2")
    (0.0, 1.0)
    """
    if column == "ema_step":
        # Logged after its scenario, it is never below 1.
        return 1.0, np.inf
    quantity = re.sub(r"_\d+$", "", column)
    return bounds(_NUMBERS.get(column) or _PASSES.get(quantity) or column)


def _model_name(path: str | os.PathLike[str]) -> str:
    """Return the file's name without its endings."""
    return Path(path).name.removesuffix(".gz").removesuffix(".csv")


def _persona_columns(table: pd.DataFrame, source: str) -> list[str]:
    """Return the persona columns in the order of the file, numbered ones by number."""
    found = [name for name in table.columns if name.startswith(_PERSONA)]
    numbers = [name.removeprefix(_PERSONA) for name in found]
    if numbers and all(number.isdecimal() for number in numbers):
        found.sort(key=lambda name: int(name.removeprefix(_PERSONA)))
        expected = {str(i) for i in range(len(found))}
        if set(numbers) != expected:
            lacking = _first_missing(numbers)
            message = f"{source} lacks the column {lacking}; personas are numbered from 0 on."
            raise DataFileError(message)
    if not 1 <= len(found) <= _MOST_PERSONAS:
        message = (
            f"{source} has {len(found)} persona columns; "
            f"it needs 1 to {_MOST_PERSONAS}, named {_PERSONA}NAME."
        )
        raise DataFileError(message)
    return found


def _first_missing(numbers: list[str]) -> str:
    """Return the first persona column that a numbered series lacks."""
    missing = next(i for i in range(len(numbers) + 1) if str(i) not in numbers)
    return f"{_PERSONA}{missing}"


def _persona_names(columns: list[str]) -> npt.NDArray[np.str_]:
    """Return persona labels: the columns' own names, or ranks where those are numbers."""
    names = [column.removeprefix(_PERSONA) for column in columns]
    if all(name.isdecimal() for name in names):
        names = [f"rank_{i + 1}" for i in range(len(names))]
    return np.array(names, dtype=str)


def _pass_columns(table: pd.DataFrame, source: str) -> dict[str, list[str]]:
    """Return the columns of each quantity that was logged by pass, in the order of the passes."""
    counts = {
        quantity: sum(bool(re.fullmatch(rf"{quantity}_\d+", name)) for name in table.columns)
        for quantity in _PASSES
    }
    # Every quantity has all passes, numbered from 1 on.
    found = {
        _PASSES[quantity]: [f"{quantity}_{i + 1}" for i in range(max(counts.values()))]
        for quantity, count in counts.items()
        if count
    }
    require_columns(table, chain.from_iterable(found.values()), source)
    return found


def _check_consensus(table: pd.DataFrame, gaps: npt.NDArray[np.float64], source: str) -> None:
    """Raise when the stored consensus is not the mean of the personas that are there."""
    if "consensus_gap" not in table.columns:
        return
    stored = number_column(table, "consensus_gap", source)
    scale = np.maximum(1.0, np.abs(stored))
    bad = np.abs(gaps.mean(axis=-1) - stored) > _CONSENSUS_TOLERANCE * scale
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        message = (
            f"{source}, row {row + 1}: the mean of the {gaps.shape[-1]} persona gaps is "
            f"{gaps[row].mean():g} but consensus_gap is {stored[row]:g}; "
            "the file has the wrong number of personas or a damaged row."
        )
        raise DataFileError(message)


def _scenario_coords(
    table: pd.DataFrame, cells: Cells, divisor: npt.NDArray[np.float64] | None, source: str
) -> dict[str, object]:
    """Return what the table says about the scenarios."""
    columns: dict[str, npt.NDArray[np.generic]] = {
        "category": table["category"].to_numpy(dtype=str),
        "preferred_on_right": integer_column(
            table, "preferred_on_right", source, allowed=(0, 1)
        ).astype(bool),
    }
    for name in ("n_left", "n_right"):
        if name in table.columns:
            columns[name] = integer_column(table, name, source, within=column_bounds(name))
    if divisor is not None:
        columns["category_temperature"] = divisor
    return cells.describe(columns)


def _initial_state(
    table: pd.DataFrame, cells: Cells, source: str
) -> dict[str, tuple[tuple[str, ...], npt.NDArray[np.generic]]]:
    """Return the moving average's state before each country's first recorded scenario."""
    first = cells.first_rows()
    after = number_column(table, "ema_gap", source)[first]
    gap = number_column(table, "micro_gap", source)[first]
    step = number_column(table, "ema_step", source, within=column_bounds("ema_step"))[first]
    # One update is undone: after = 0.9 before + 0.1 gap.
    before = (after - 0.1 * gap) / 0.9
    return {"initial_average": (("country",), before), "initial_step": (("country",), step - 1.0)}
