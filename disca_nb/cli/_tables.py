"""What the commands share: lists of names, numbers for terminals and numbers for JSON."""

from __future__ import annotations

import math

import pandas as pd

__all__ = ["LEGEND", "json_number", "plain", "print_table", "split_names"]

LEGEND = """\
mis: misalignment score, the Euclidean distance to human preferences over the attributes (0 best);
jsd: Jensen-Shannon distance, base 2 (0 best); mae, rmse: percentage points; flip_rate: share of
scenarios that prefer another option than the consensus or vanilla. Beside them the same score of
vanilla (unsteered), a coin flip and the other countries' mean; noise_ceiling: what a perfect
model is expected to score. low, high: 95 % bootstrap interval over countries. –: not known."""


def split_names(text: str) -> list[str]:
    """Return the names of a comma-separated list, upper case as country codes are."""
    return [name.strip().upper() for name in text.split(",") if name.strip()]


def json_number(value: float) -> float | None:
    """Return a number for JSON, which has no NaN: that becomes null."""
    number = float(value)
    return number if math.isfinite(number) else None


def plain(value: object) -> object:
    """Return an attribute as JSON has it; what was read from a file is NumPy's.

    Examples
    --------
    >>> import numpy as np
    >>> plain(np.int64(1)), plain("a")
    (1, 'a')
    """
    return value.item() if hasattr(value, "item") else value


def print_table(table: pd.DataFrame) -> None:
    """Print a table with three decimals; what is not known shows as a dash."""
    shown = table.apply(lambda column: column.map(lambda x: f"{x:.3f}" if pd.notna(x) else "–"))
    print(shown.to_string())
