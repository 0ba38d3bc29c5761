"""Rows of MultiTP's files: options, groups and labels; literals are read and never run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from disca_nb.datasets._table import bounds, integer_column, row_name
from disca_nb.errors import DataFileError, shorten

__all__ = ["GROUPS", "describe", "list_sizes", "require", "require_groups", "with_labels"]

GROUPS: Mapping[str, tuple[str, str]] = {
    "Species": ("Humans", "Animals"),
    "Gender": ("Female", "Male"),
    "Age": ("Young", "Old"),
    "Fitness": ("Fit", "Unfit"),
    "SocialValue": ("High", "Low"),
    "Utilitarianism": ("More", "Less"),
}
"""The two groups of each attribute in MultiTP's words; the first is the side that is counted."""

_LONGEST = 60


def with_labels(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the table with the two options and the label of each row's scenario."""
    category, choices = table["phenomenon_category"], table["two_choices"]
    require(category.isin(GROUPS), table, "phenomenon_category", f"one of {shorten(GROUPS)}", name)
    paraphrase = integer_column(table, "which_paraphrase", name, within=bounds("paraphrase"))
    pairs = [_options(cell) for cell in choices]
    # A set of two texts has no left and right.
    two = [
        len(pair) == 2 and not cell.strip().startswith("{")
        for pair, cell in zip(pairs, choices, strict=True)
    ]
    require(two, table, "two_choices", "two texts, as 'a dog; a person' or a Python list", name)
    if "two_choices_unordered_set" in table.columns:
        column = "two_choices_unordered_set"
        both = zip(table[column], pairs, strict=True)
        same = [sorted(_options(cell)) == sorted(pair) for cell, pair in both]
        require(same, table, column, "the two texts of two_choices", name)
    labels = [
        f"{attribute} {number}: {left}; {right}"
        for attribute, number, (left, right) in zip(category, paraphrase, pairs, strict=True)
    ]
    left, right = zip(*pairs, strict=True)
    return table.assign(scenario=labels, option_a=left, option_b=right, paraphrase=paraphrase)


def _options(cell: str) -> tuple[str, ...]:
    """Return the options in a cell, written as a Python literal or with semicolons."""
    if cell.strip()[:1] in {"[", "(", "{"}:
        return _literal(cell)
    parts = tuple(part.strip() for part in cell.split(";"))
    return parts if all(parts) else ()


def _literal(cell: str) -> tuple[str, ...]:
    """Return the texts of a Python list, tuple or set; nothing for any other cell."""
    try:
        found = ast.literal_eval(cell.strip())
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return ()
    texts = isinstance(found, list | tuple | set) and all(
        isinstance(each, str) and each.strip() for each in found
    )
    return tuple(found) if texts else ()


def list_sizes(table: pd.DataFrame, column: str, name: str) -> list[int]:
    """Return how many roles each cell of a column lists."""
    sizes = [len(_literal(cell)) for cell in table[column]]
    require((size > 0 for size in sizes), table, column, "a Python list of roles", name)
    return sizes


def require_groups(table: pd.DataFrame, column: str, name: str) -> None:
    """Raise unless every cell names one of the two groups of its row's attribute."""
    groups = [GROUPS[attribute] for attribute in table["phenomenon_category"]]
    known = [cell in pair for cell, pair in zip(table[column], groups, strict=True)]
    if not all(known):
        wanted = " or ".join(groups[known.index(False)])
        require(known, table, column, wanted, name)


def describe(table: pd.DataFrame, right: pd.Series[str]) -> dict[str, object]:
    """Return what labelled rows say of their scenarios, given the groups of their right sides."""
    counted = np.array([GROUPS[attribute][0] for attribute in table["phenomenon_category"]])
    texts = {"category": "phenomenon_category", "option_a": "option_a", "option_b": "option_b"}
    # The question as asked, before its English original.
    for column in ("prompt_en", "Prompt"):
        if column in table.columns:
            texts["prompt"] = column
    return {
        "scenario": table["scenario"].to_numpy(dtype=str),
        "preferred_on_right": ("scenario", right.to_numpy() == counted),
        "paraphrase": ("scenario", table["paraphrase"].to_numpy()),
        **{
            coordinate: ("scenario", table[column].to_numpy(dtype=str))
            for coordinate, column in texts.items()
        },
    }


def require(good: Iterable[bool], table: pd.DataFrame, column: str, wanted: str, name: str) -> None:
    """Raise for the first row whose cell in ``column`` is not ``good``."""
    bad = np.flatnonzero(~np.fromiter(good, dtype=bool))
    if bad.size:
        cell = str(table[column].iloc[bad[0]])
        found = repr(cell if len(cell) <= _LONGEST else f"{cell[:_LONGEST]}…")
        row = row_name(table, bad[0])
        raise DataFileError(f"{name}, {row}: {column} is {found}; it must be {wanted}.")
