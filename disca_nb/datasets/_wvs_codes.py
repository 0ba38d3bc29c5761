"""Answers of a survey file as numbers: which codes count, which are missing, and what was left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from disca_nb.datasets.wvs_items import Item
from disca_nb.errors import DataFileError, shorten

__all__ = ["Answers", "numbers", "read_columns"]

REVERSED = "P"
"""Ends the name of a column whose codes were reversed by the source."""


@dataclass
class Answers:
    """Codes by item, NaN where there is no answer, and what was left out.

    Attributes
    ----------
    codes : dict of str to array, shape (row,)
        Codes as the plain file has them, mentions as 1 or 0.
    missing : int
        Answers that are blank or negative.
    strange : dict of str to int
        Answers outside the item's codes, such as ``Q6=99``, and how many.
    """

    codes: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    missing: int = 0
    strange: dict[str, int] = field(default_factory=dict)

    def add(self, table: pd.DataFrame, item: Item, name: str) -> None:
        """Read an item from its plain column, or from the reversed one, where there is one."""
        column = item.name if item.name in table.columns else item.name + REVERSED
        if column not in table.columns:
            return
        turned = column != item.name
        texts = table[column].str.strip().to_numpy(dtype=str)
        codes = numbers(table[column])
        if turned and item.mention and (codes == 2).any():
            raise DataFileError(
                f"{name}: {column} holds 2; a reversed mention is 1, mentioned, or 0, not "
                "mentioned, so recode the column."
            )
        allowed = [0, 1] if item.mention else range(item.low, item.high + 1)
        known = np.isin(codes, [*allowed, 2] if item.mention else [*allowed])
        blank = (texts == "") | (codes < 0)
        self.missing += int(blank.sum())
        found, counts = np.unique(texts[~known & ~blank], return_counts=True)
        pairs = zip(found.tolist(), counts.tolist(), strict=True)
        self.strange |= {f"{column}={text}": int(count) for text, count in pairs}
        codes[~known] = np.nan
        if item.mention:
            codes[codes == 2] = 0.0
        elif turned:
            codes = item.low + item.high - codes
        self.codes[item.name] = codes


def numbers(column: pd.Series[str]) -> npt.NDArray[np.float64]:
    """Return a column of text as numbers, NaN where a text is none."""
    result: npt.NDArray[np.float64] = pd.to_numeric(column, errors="coerce").to_numpy(
        dtype=np.float64, copy=True
    )
    return result


def read_columns(
    path: Path, columns: Iterable[str], items: Iterable[str], optional: Iterable[str]
) -> pd.DataFrame:
    """Read the columns of a survey file that are needed, as text.

    The file has hundreds of columns and 100,000 rows; the others are never held.
    """
    needed, wished = [*columns], [*items]
    wanted = {*needed, *optional, *wished, *(name + REVERSED for name in [*wished, *optional])}
    try:
        header = pd.read_csv(path, nrows=0, encoding="utf-8-sig", encoding_errors="replace")
        table = pd.read_csv(
            path,
            sep=";" if ";" in "".join(header.columns) else ",",
            usecols=lambda name: name in wanted,
            dtype=str,
            keep_default_na=False,
            # Names of regions may be in another encoding; the codes read here never are.
            encoding="utf-8-sig",
            encoding_errors="replace",
        )
    except FileNotFoundError:
        raise DataFileError(f"There is no file {path}; check the path.") from None
    except OSError as error:
        raise DataFileError(f"{path} cannot be read: {error.strerror or error}.") from None
    except ValueError as error:  # pandas' own errors are among these
        line = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        raise DataFileError(f"{path.name} is not a CSV table: {line}.") from None
    held = set(table.columns)
    lacking = [name for name in needed if name not in held]
    lacking += [name for name in wished if not {name, name + REVERSED} & held]
    if lacking:
        raise DataFileError(
            f"{path.name} lacks {shorten(lacking, len(lacking))}; take the survey's CSV file of "
            "wave 7, or another item set."
        )
    return table
