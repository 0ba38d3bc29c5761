"""Which row of the common country axis a survey's label belongs to."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from disca_nb.datasets.country_names import closest, display_name, identify, unknown_country
from disca_nb.errors import InputError

__all__ = ["Axis", "common_axis"]

_LEVELS = 4


@dataclass(frozen=True)
class Axis:
    """The labels of the common axis.

    Attributes
    ----------
    new : list of dict
        For each bank, from its own labels to those of the axis.
    order : list of dict
        For each bank, which of several labels that become one comes first: own label to rank.
    names : dict
        Name to show of each new label, in the order of the axis.
    unknown : list of str
        Own labels that no country is known for.
    """

    new: list[dict[str, str]]
    order: list[dict[str, int]]
    names: dict[str, str]
    unknown: list[str]


def common_axis(banks: Sequence[xr.Dataset], merge: Mapping[str, Iterable[str]] | None) -> Axis:
    """Return the axis of several banks: codes of countries, samples apart unless merged by name.

    Raises
    ------
    UnknownNameError
        When `merge` names a label that no bank has.
    InputError
        When it names one twice, or its value is no list.
    """
    own = [[str(label) for label in bank["country"].values] for bank in banks]
    shown = [dict(zip(labels, map(_coded, labels), strict=True)) for labels in own]
    targets, ranks = _merged(shown, merge or {})
    new, order = [], []
    for labels in shown:
        pick = {label: label if label in targets else code for label, code in labels.items()}
        new.append({label: targets.get(key, labels[label]) for label, key in pick.items()})
        # A label that nobody listed stands before those that are merged into it.
        order.append({label: ranks.get(key, -1) for label, key in pick.items()})
    names = {code: _name(code, labels) for labels in new for code in labels.values()}
    unknown = list(dict.fromkeys(x for labels in own for x in labels if identify(x) is None))
    if unknown:
        _warn(unknown)
    return Axis(new, order, names, unknown)


def _coded(label: str) -> str:
    """Return the code of a label, with its sample, or the label itself."""
    found = identify(label)
    return found.label if found else " ".join(label.split())


def _name(code: str, labels: Mapping[str, str]) -> str:
    """Return the name to show for a new label."""
    own = next(label for label, new in labels.items() if new == code)
    return display_name(code) if identify(code) else display_name(own) if own == code else code


def _merged(
    shown: Sequence[Mapping[str, str]], merge: Mapping[str, Iterable[str]]
) -> tuple[dict[str, str], dict[str, int]]:
    """Return the target of each label that `merge` names, and its rank in the list."""
    known = [*dict.fromkeys(x for labels in shown for pair in labels.items() for x in pair)]
    targets: dict[str, str] = {}
    ranks: dict[str, int] = {}
    for target, labels in merge.items():
        if isinstance(labels, str):
            raise InputError(f"merge gives {labels!r} for {target!r}; give a list of labels.")
        for label in labels:
            if label not in known:
                raise unknown_country(label, known)
            if label in targets:
                raise InputError(f"merge names {label!r} twice; a sample goes to one place.")
            # A name stands for its country's row, and two names of one country for the same.
            targets[label], ranks[label] = _coded(str(target)), len(ranks)
    return targets, ranks


def _warn(unknown: Sequence[str]) -> None:
    """Say which labels no country is known for."""
    hints = [
        f"{label!r} (did you mean {close!r}?)" if (close := closest(label)) else repr(label)
        for label in unknown
    ]
    some = ", ".join(hints[:5]) + (f" and {len(hints) - 5} more" if len(hints) > 5 else "")
    warnings.warn(
        f"No country is known for the label {some}; it stays as it is, so rename it in the bank "
        "where it should stand with a country.",
        UserWarning,
        stacklevel=_LEVELS,
    )


def rows_by_label(
    bank: xr.Dataset, new: Mapping[str, str], order: Mapping[str, int]
) -> dict[str, list[int]]:
    """Return the rows of a bank that become each new label, the first to count first."""
    result: dict[str, list[int]] = {}
    labels = [str(label) for label in bank["country"].values]
    for row in np.argsort([order[label] for label in labels], kind="stable"):
        result.setdefault(new[labels[row]], []).append(int(row))
    return result
