"""What the commands share: lists of names, numbers for terminals and numbers for JSON."""

from __future__ import annotations

import math

import pandas as pd

__all__ = ["json_number", "print_table", "split_names"]


def split_names(text: str) -> list[str]:
    """Return the names of a comma-separated list, upper case as country codes are."""
    return [name.strip().upper() for name in text.split(",") if name.strip()]


def json_number(value: float) -> float | None:
    """Return a number for JSON, which has no NaN: that becomes null."""
    number = float(value)
    return number if math.isfinite(number) else None


def print_table(table: pd.DataFrame) -> None:
    """Print a table with three decimals; what is not known shows as a dash."""
    shown = table.apply(lambda column: column.map(lambda x: f"{x:.3f}" if pd.notna(x) else "–"))
    print(shown.to_string())
