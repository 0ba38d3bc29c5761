"""Error variances of a design, from variance components."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import xarray as xr

from disca_nb.errors import InputError, ParameterError
from disca_nb.metrics.bootstrap import check_draws
from disca_nb.variables import validate

__all__ = ["Design", "Spread", "spread"]


class Design(NamedTuple):
    """Numbers of what each model is asked."""

    topics: int
    questions: int
    phrasings: int
    orders: int
    languages: int

    @property
    def answers(self) -> int:
        """Answers of each model."""
        return math.prod(self)


_AVERAGED = {
    "model × topic": ("topics",),
    "model × question": ("topics", "questions"),
    "model × phrasing": ("topics", "questions", "phrasings", "languages"),
    "residual": ("topics", "questions", "phrasings", "languages", "orders"),
}
"""Components that are error of a model's mean over topics, and what averages them."""


@dataclass(frozen=True)
class Spread:
    """Components of models' means, none of them below 0.

    Attributes
    ----------
    variance : dict
        By component.
    averaged : dict
        By component that is error within topics, the numbers that it is divided by.
    n_orders, n_languages : int
        Of the study.
    over_languages : bool
        Whether languages are a sample of others.
    """

    variance: dict[str, float]
    averaged: dict[str, tuple[str, ...]]
    n_orders: int
    n_languages: int
    over_languages: bool

    def check(self, design: Design) -> None:
        """Raise for a design that the components say nothing of."""
        for name, value in design._asdict().items():
            check_draws(f"n_{name}", value)
        for name, known in (("orders", self.n_orders), ("languages", self.n_languages)):
            asked = design._asdict()[name]
            if asked > known and (name == "orders" or known == 1):
                raise ParameterError(
                    f"n_{name} is {asked}, and the components come from {known} {name}; ask for "
                    "more of them, or plan with fewer."
                )

    def error(self, design: Design) -> float:
        """Return the error variance of a model's mean that more topics take off."""
        numbers = design._asdict()
        parts = [
            self.variance.get(name, 0.0) / math.prod(numbers[key] for key in keys)
            for name, keys in self.averaged.items()
        ]
        return float(sum(parts))

    def common(self, design: Design) -> float:
        """Return the error variance that is the same in all topics."""
        orders = self.variance.get("model × order", 0.0)
        languages = self.variance.get("model × language", 0.0) if self.over_languages else 0.0
        left = 1.0 / design.orders - 1.0 / self.n_orders
        return orders * left + languages / design.languages

    def true(self, design: Design) -> float:
        """Return the variance of models' means without error."""
        languages = 0.0 if self.over_languages else self.variance.get("model × language", 0.0)
        orders = self.variance.get("model × order", 0.0)
        own = self.variance.get("model", 0.0)
        return own + orders / self.n_orders + languages / design.languages

    def standard_error(self, design: Design) -> float:
        """Return the standard error of the difference of two models' means."""
        return math.sqrt(2.0 * (self.error(design) + self.common(design)))


def spread(components: xr.Dataset, *, over_languages: bool) -> Spread:
    """Return the components of models' means.

    Parameters
    ----------
    components : xarray.Dataset
        What `variance_components` returned.
    over_languages : bool
        Whether languages are a sample of others.

    Returns
    -------
    Spread
        With components below 0 as 0.

    Raises
    ------
    InputError
        For another dataset, or components of one model or one topic.
    """
    validate(components, "variance", "component")
    if "levels" not in components.attrs:
        raise InputError(
            "The components lack the attribute 'levels'; give what variance_components returned."
        )
    levels = json.loads(components.attrs["levels"])
    for facet in ("model", "topic"):
        if levels.get(facet, 1) < 2:
            raise InputError(
                f"The components come from one {facet}; a difference of models is judged from "
                f"answers of at least two {facet}s."
            )
    variance = components["variance"].to_series().clip(lower=0.0).to_dict()
    merged: dict[str, list[str]] = json.loads(components.attrs.get("merged", "{}"))
    _check_shared(merged)
    return Spread(
        {str(name): float(value) for name, value in variance.items()},
        {name: _averaged(name, merged.get(name, [])) for name in _AVERAGED if name in variance},
        int(levels.get("order", 1)),
        int(levels.get("language", 1)),
        over_languages,
    )


def _check_shared(merged: Mapping[str, list[str]]) -> None:
    """Raise where what models have in common cannot be told from what they do not."""
    for holder, held in merged.items():
        if "model" not in holder and holder != "residual":
            for name in held:
                if name.startswith("model"):
                    raise InputError(
                        f"The component {holder!r} also holds {name!r}; put the same questions "
                        "to at least two models to judge a difference of models."
                    )


def _averaged(name: str, held: list[str]) -> tuple[str, ...]:
    """Return what averages a component, of those that it holds the one averaged least."""
    keys = [_AVERAGED[other] for other in (name, *held) if other in _AVERAGED]
    return min(keys, key=len)
