"""The questions and options of a tidy table, and the codes of its rows; each thing checked once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from disca_nb.datasets.surveys._tidy import ONE_PER_QUESTION, as_text, folded
from disca_nb.errors import DataFileError

__all__ = ["Options", "arrange_options", "check_questions"]

_Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Options:
    """The options of every question.

    Attributes
    ----------
    texts : list of list of str
        By question, in the order of the options.
    index : numpy.ndarray, shape (row,)
        Which of its question's options a row of the table is.
    counts : numpy.ndarray, shape (question,)
        Number of options.
    """

    texts: list[list[str]]
    index: _Codes
    counts: _Codes


def check_questions(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return one row per question, in the order of the table.

    Raises
    ------
    DataFileError
        When two rows of a question differ in what they say of it.
    """
    about = [column for column in ONE_PER_QUESTION if column in table.columns]
    for column in about:
        pairs = table[["question", column]].drop_duplicates()
        twice = pairs["question"].duplicated()
        if twice.any():
            question = pairs["question"][twice].iloc[0]
            values = pairs[column][pairs["question"] == question]
            raise DataFileError(
                f"{name} has two questions with the id {question!r}: {column} is "
                f"{as_text(values.iloc[0])!r} and {as_text(values.iloc[1])!r}; give each an id of "
                "its own."
            )
    return table[["question", *about]].drop_duplicates("question").reset_index(drop=True)


def arrange_options(table: pd.DataFrame, codes: _Codes, name: str) -> Options:
    """Return the options of every question, in the order of ``position`` or of the table.

    Parameters
    ----------
    table : pandas.DataFrame
        Cleaned rows.
    codes : numpy.ndarray, shape (row,)
        Number of the question of each row, from 0 in the order of the table.
    name : str
        What the table is called in errors.

    Raises
    ------
    DataFileError
        When options of a question repeat, or two stand at one position.
    """
    rows = pd.DataFrame({"code": codes, "option": table["option"].cat.codes.to_numpy(np.int64)})
    spelled = table["option"].cat.categories.to_numpy(dtype=object)
    if "position" in table.columns:
        rows["position"] = _positions(table, name)
    keys = rows.drop_duplicates()
    folds = pd.factorize(np.array([folded(text) for text in spelled], dtype=object))[0]
    keys = keys.assign(fold=folds[keys["option"]], text=spelled[keys["option"]])
    _check_repeats(keys, table, codes, name)
    by = ["code", "position"] if "position" in keys.columns else ["code"]
    keys = keys.sort_values(by, kind="stable")
    counts = np.bincount(keys["code"])
    place = np.arange(len(keys)) - np.repeat(np.cumsum(counts) - counts, counts)
    # A question and an option are one number, which is looked up among those there are.
    pair = (keys["code"] * spelled.size + keys["option"]).to_numpy()
    wanted = (rows["code"] * spelled.size + rows["option"]).to_numpy()
    order = np.argsort(pair)
    index = place[order][np.searchsorted(pair, wanted, sorter=order)]
    texts = np.split(keys["text"].to_numpy(dtype=object), np.cumsum(counts)[:-1])
    return Options([each.tolist() for each in texts], index, counts)


def _positions(table: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    """Return the positions as numbers."""
    numbers = pd.to_numeric(table["position"], errors="coerce").to_numpy(dtype=np.float64)
    bad = np.flatnonzero(~np.isfinite(numbers))
    if bad.size:
        found = as_text(table["position"].iloc[int(bad[0])])
        raise DataFileError(
            f"{name}, row {int(bad[0]) + 1}: position is {found!r}; number the options from 1."
        )
    return numbers


def _check_repeats(keys: pd.DataFrame, table: pd.DataFrame, codes: _Codes, name: str) -> None:
    """Raise when an option repeats after cleaning, or two share a position."""
    for column in ("fold", "position"):
        if column not in keys.columns:
            continue
        twice = keys.duplicated(["code", column])
        if not twice.any():
            continue
        row = keys[twice].iloc[0]
        question = table["question"].to_numpy()[np.flatnonzero(codes == row["code"])[0]]
        both = keys[(keys["code"] == row["code"]) & (keys[column] == row[column])]["text"]
        first, second = both.iloc[0], both.iloc[1]
        if column == "position":
            where = f"has {first!r} and {second!r} at position {as_text(row['position'])}"
            raise DataFileError(
                f"{name}, question {question!r} {where}; give each option a position of its own."
            )
        pair = repr(first) if first == second else f"{first!r} and {second!r}"
        raise DataFileError(
            f"{name}, question {question!r} repeats the option {pair}; options must differ by more "
            "than blanks and case, and stand at one position."
        )
