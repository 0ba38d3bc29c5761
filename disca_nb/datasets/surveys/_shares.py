"""The cells of a tidy table: which there are, whether each is whole, and their shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from disca_nb.datasets.surveys._options import Options
from disca_nb.datasets.surveys._tidy import as_text
from disca_nb.errors import DataFileError, shorten

__all__ = ["Cells", "arrange_cells", "check_size"]

_Floats = npt.NDArray[np.float64]
_TOLERANCE, _SUSPICIOUS = 1e-6, 0.02
# A bank has a place for every country, group and question, asked or not: so many take gigabytes.
_MOST_CELLS = 20_000_000


@dataclass(frozen=True)
class Cells:
    """Shares by cell, a cell being a question and a country (and a group).

    Attributes
    ----------
    shares : numpy.ndarray, shape (country, group, question, option)
        Shares that sum to 1; NaN where a cell was not asked or past its last option.
    respondents : numpy.ndarray, shape (country, group, question)
        NaN where not known.
    removed : numpy.ndarray, shape (country, group, question), or None
        Share of the answers that was removed before; None where the table says nothing of it.
    asked : numpy.ndarray of bool, shape (country, group, question)
        Cells with shares in the table, those that are all zero included.
    zero : numpy.ndarray of bool
        Those that are all zero.
    renormalised : int
        Cells off the sum 1 by more than 1e-6.
    far : list of str
        Names of the cells off by more than .02.
    """

    shares: _Floats
    respondents: _Floats
    removed: _Floats | None
    asked: npt.NDArray[np.bool_]
    zero: npt.NDArray[np.bool_]
    renormalised: int
    far: list[str]


def arrange_cells(
    table: pd.DataFrame, codes: tuple[npt.NDArray[np.int64], ...], options: Options, name: str
) -> Cells:
    """Return the cells of a cleaned table.

    Parameters
    ----------
    table : pandas.DataFrame
        Cleaned rows.
    codes : tuple of numpy.ndarray, shape (row,)
        Numbers of country, group and question of each row.
    options : Options
        The options of every question.
    name : str
        What the table is called in errors.

    Raises
    ------
    DataFileError
        For a cell that is there twice, lacks options, or has shares beside ones that are missing,
        and for more cells than memory holds.
    """
    shape = tuple(int(code.max()) + 1 for code in codes)
    check_size(shape[0], shape[1], shape[2], name)
    cell = np.ravel_multi_index(codes, shape)
    share = table["share"].to_numpy()
    size = int(np.prod(shape))
    _check_twice(table, cell, options, name)
    listed = np.bincount(cell, minlength=size)
    known = np.bincount(cell, weights=~np.isnan(share), minlength=size)
    wanted = np.broadcast_to(options.counts, shape).ravel()
    _check_whole(table, cell, (listed, known, wanted), name)
    total: _Floats = np.bincount(cell, weights=np.nan_to_num(share), minlength=size).astype(float)
    asked, zero = known > 0, (known > 0) & (total == 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        rows = share / np.where(zero, np.nan, total)[cell]
    values = np.full((size, int(options.counts.max())), np.nan)
    values[cell, options.index] = rows
    removed = None
    if "removed_share" in table.columns:
        removed = _one_per_cell(table, "removed_share", cell, size, name).reshape(shape)
    off = np.where(asked & ~zero, np.abs(total - 1.0), 0.0)
    return Cells(
        values.reshape(*shape, -1),
        _one_per_cell(table, "respondents", cell, size, name).reshape(shape),
        removed,
        asked.reshape(shape),
        zero.reshape(shape),
        int((off > _TOLERANCE).sum()),
        _names(table, cell, np.flatnonzero(off > _SUSPICIOUS), total),
    )


def check_size(countries: int, groups: int, questions: int, name: str) -> None:
    """Raise where a bank would have more cells than memory holds.

    Examples
    --------
    >>> check_size(138, 1, 2556, "GlobalOpinionQA")
    """
    if (cells := countries * groups * questions) > _MOST_CELLS:
        raise DataFileError(
            f"{name} has {countries} countries, {groups} groups and {questions} questions, which "
            f"are {cells:,} cells of a bank that may have {_MOST_CELLS:,}; read fewer countries or "
            "questions at a time, or coarser groups."
        )


def _check_twice(
    table: pd.DataFrame, cell: npt.NDArray[np.int64], options: Options, name: str
) -> None:
    """Raise when an option of a cell is there twice."""
    key = cell * (int(options.counts.max()) + 1) + options.index
    twice = np.flatnonzero(pd.Series(key).duplicated().to_numpy())
    if twice.size:
        option = table["option"].iloc[int(twice[0])]
        where = _cell_name(table, int(twice[0]))
        raise DataFileError(
            f"{name}, {where}: option {option!r} is there twice; keep one of the two."
        )


def _check_whole(
    table: pd.DataFrame,
    cell: npt.NDArray[np.int64],
    counts: tuple[npt.NDArray[np.int64 | np.float64], ...],
    name: str,
) -> None:
    """Raise unless every cell has a share for each option, or none at all."""
    listed, known, wanted = counts
    short = (listed > 0) & (listed != wanted)
    holes = (known > 0) & (known != listed)
    for bad, found, remedy in (
        (short, listed, "give 0 for an option that nobody chose"),
        (holes, known, "a share is missing among the others, so fill it or leave out the cell"),
    ):
        rows = np.flatnonzero(bad[cell])
        if rows.size:
            row = int(rows[0])
            where = _cell_name(table, row)
            have, need = int(found[cell[row]]), int(wanted[cell[row]])
            raise DataFileError(f"{name}, {where}: {have} of {need} options have shares; {remedy}.")


def _one_per_cell(
    table: pd.DataFrame, column: str, cell: npt.NDArray[np.int64], size: int, name: str
) -> _Floats:
    """Return a number by cell, which its rows must agree on."""
    numbers = table[column].to_numpy()
    result = np.full(size, np.nan)
    result[cell] = numbers
    differ = np.flatnonzero(~((result[cell] == numbers) | (np.isnan(numbers))))
    holes = np.flatnonzero(np.isnan(numbers) != np.isnan(result[cell]))
    rows = np.sort(np.concatenate([differ, holes]))
    if rows.size:
        row = int(rows[0])
        pair = shorten(
            [as_text(numbers[row]) or "nothing", as_text(result[cell[row]]) or "nothing"]
        )
        raise DataFileError(
            f"{name}, {_cell_name(table, row)}: {column} is {pair}; give one number per cell."
        )
    return result


def _names(
    table: pd.DataFrame, cell: npt.NDArray[np.int64], cells: npt.NDArray[np.intp], total: _Floats
) -> list[str]:
    """Return the names of some cells, with the sums of their shares."""
    first = pd.Series(np.arange(cell.size)).groupby(cell).first()
    return [f"{_cell_name(table, int(first[one]))}: sum {total[one]:.3g}" for one in cells]


def _cell_name(table: pd.DataFrame, row: int) -> str:
    """Return which cell a row belongs to."""
    group = f", group {table['group'].iloc[row]!r}" if "group" in table.columns else ""
    return (
        f"question {table['question'].iloc[row]!r}, country {table['country'].iloc[row]!r}{group}"
    )
