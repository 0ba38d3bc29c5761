"""On which scale answers are compared, and the divergence of many groups on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from disca_nb.errors import ParameterError
from disca_nb.kernels import divergence_unit, grouped_divergence
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.set_divergence import base_of
from disca_nb.metrics.opinions._cells import BoolArray, IntArray

__all__ = ["Compat", "Kind", "Scale", "Weigh", "any_offered", "scale_of", "set_values"]

Kind: TypeAlias = Literal["distance", "divergence"]
Compat: TypeAlias = Literal["moore2024"]
Weigh: TypeAlias = Literal["groups", "answers"]


@dataclass(frozen=True)
class Scale:
    """How a set of answers becomes a number, and how numbers become a mean.

    Attributes
    ----------
    kind : {"distance", "divergence"}
        Jensen-Shannon distance or divergence from the centroid.
    base : float
        Base of the logarithm.
    compat : {None, "moore2024"}
        The published rules, or the exact ones.
    weigh : {"groups", "answers"}
        What counts as one in a mean.
    """

    kind: Kind
    base: float
    compat: Compat | None
    weigh: Weigh

    @property
    def fewest(self) -> int:
        """Answers that a group needs; by the published rules one agrees with itself."""
        return 2 if self.compat is None else 1

    @property
    def unit(self) -> str:
        """Unit of the numbers."""
        unit = divergence_unit(self.base)
        return unit if self.kind == "divergence" else f"square root of {unit}"

    @property
    def attrs(self) -> dict[str, Any]:
        """What a result says of its scale."""
        return {
            "kind": self.kind,
            "base": self.base,
            "unit": self.unit,
            "compat": self.compat or "",
            "weigh": self.weigh,
        }


def scale_of(kind: str, base: float | None, compat: str | None, weigh: str | None) -> Scale:
    """Return the scale, or say what is wrong with it.

    The published rules know distances in nats alone, and weigh answers unless told otherwise.

    Raises
    ------
    ParameterError
        For other words, a base not above 1, or a divergence or another base by the published
        rules.
    """
    if kind not in {"distance", "divergence"}:
        raise ParameterError(f"kind is {kind!r}; use 'distance' or 'divergence'.")
    if compat not in {None, "moore2024"}:
        raise ParameterError(f"compat is {compat!r}; use 'moore2024' or None.")
    if weigh not in {None, "groups", "answers"}:
        raise ParameterError(f"weigh is {weigh!r}; use 'groups' or 'answers'.")
    own = base_of(base, compat)
    if compat is None:
        return Scale(_kind(kind), own, None, "answers" if weigh == "answers" else "groups")
    if kind == "divergence":
        raise ParameterError("compat is 'moore2024', which has distances alone; drop kind.")
    return Scale("distance", own, "moore2024", "groups" if weigh == "groups" else "answers")


def _kind(kind: str) -> Kind:
    """Return a kind as its type."""
    return "distance" if kind == "distance" else "divergence"


def set_values(
    probs: FloatArray, group: IntArray, offered: BoolArray, n_groups: int, scale: Scale
) -> FloatArray:
    """Return the value of each group of distributions, (groups,); NaN where it has none.

    Groups are compared on the stances that any of their members offers, ``offered`` (groups,
    stances).
    """
    values = np.full(n_groups, np.nan)
    pattern = offered @ (1 << np.arange(offered.shape[1]))
    for code in np.unique(pattern[pattern > 0]):
        of_code = pattern == code
        columns = offered[np.argmax(of_code)]
        here = of_code[group]
        found = grouped_divergence(
            np.ascontiguousarray(probs[here][:, columns]),
            group[here],
            n_groups=n_groups,
            kind=scale.kind,
            base=scale.base,
            compat=scale.compat,
        )
        values[of_code] = found[of_code]
    return values


def any_offered(offered: BoolArray, group: IntArray, n_groups: int) -> BoolArray:
    """Return the stances that any member of each group offers, (groups, stances)."""
    result = np.zeros((n_groups, offered.shape[1]), dtype=np.bool_)
    np.logical_or.at(result, group, offered)
    return result
