"""What the labels of a file make of its columns: questions with options, countries and groups."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from disca_nb.datasets.surveys._counting import in_order, kinds, mostly_strange
from disca_nb.datasets.surveys._items import Item, code_text
from disca_nb.datasets.surveys._stat_files import Labelled
from disca_nb.datasets.surveys._tidy import folded
from disca_nb.datasets.surveys.missing import is_missing
from disca_nb.errors import DataFileError, shorten

__all__ = ["check_labels", "is_question", "named", "no_labels", "with_labels"]

_NEVER_ASKED = re.compile(r"not asked|applicab|\binap|\bnap\b|\bnav\b|missing|not available|skip")


def with_labels(item: Item, file: Labelled, missing: frozenset[str]) -> Item:
    """Return an item with what the file says of its column, where the user has not said it.

    Parameters
    ----------
    item : Item
        What the user said.
    file : Labelled
        What the file says.
    missing : frozenset of str
        Codes that the file calls missing.
    """
    labels = file.labels.get(item.column, {})
    own = {code: text for code, text in labels.items() if text and code not in missing}
    refused = frozenset(code for code in missing if _is_refusal(labels.get(code, "")))
    return replace(
        item,
        text=item.text or file.texts[item.column],
        ordinal=item.column in file.ordinal if item.ordinal is None else item.ordinal,
        options=own if item.options is None else item.options,
        missing=refused,
        not_asked=missing - refused,
    )


def is_question(item: Item, column: pd.Series) -> bool:
    """Return whether a labelled column has two options or more, and most answers are of them."""
    codes, values = pd.factorize(column, use_na_sentinel=False)
    kind = kinds(item, [code_text(value) for value in values])[codes]
    return len(item.texts) > 1 and not mostly_strange(kind) and bool((kind >= 0).any())


def named(
    column: pd.Series, labels: Mapping[str, str], missing: frozenset[str], name: str
) -> pd.Series:
    """Return countries or groups by their labels, in the order of the codes.

    Codes without a label stand for themselves, and those that are called missing for nothing.

    Raises
    ------
    DataFileError
        When two codes have one label, which would put two samples together.
    """
    codes, values = pd.factorize(column, use_na_sentinel=False)
    texts = [code_text(value) for value in values]
    found = sorted({text for text in texts if text and text not in missing}, key=in_order)
    shown = {code: labels.get(code) or code for code in found}
    own: dict[str, str] = {}
    for code, label in shown.items():
        first = own.setdefault(folded(label), code)
        if first != code:
            raise DataFileError(
                f"{name} has the label {label!r} in {column.name} for the codes {first} and "
                f"{code}; give each a label of its own."
            )
    names = np.array([shown.get(text) for text in texts], dtype=object)[codes]
    categories = [shown[code] for code in found]
    return pd.Series(pd.Categorical(names, categories=categories), index=column.index)


def check_labels(file: Labelled, asked: Iterable[Item]) -> None:
    """Raise for columns that have no labels, where the user gave no options either."""
    bare = [
        item.column for item in asked if item.options is None and not file.labels.get(item.column)
    ]
    if bare:
        raise no_labels(file, bare)


def no_labels(file: Labelled, columns: Iterable[str]) -> DataFileError:
    """Return the error for a file or columns without labels, with what to give."""
    names = list(columns)
    where = f" for {shorten(names, 6)}" if names else " that make a question of two or more options"
    example = names[0] if names else "q1"
    return DataFileError(
        f"{file.path.name} has no labels of values{where}; give the options' texts, as in "
        f"items={{{example!r}: {{'text': 'the question', 'options': {{1: 'one', 2: 'other'}}}}}}."
    )


def _is_refusal(label: str) -> bool:
    """Return whether a missing code's label is of somebody who was asked."""
    return is_missing(label) and not _NEVER_ASKED.search(folded(label))
