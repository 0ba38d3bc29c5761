"""Rivals from gaps alone: they read no human figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import xarray as xr

from disca_nb.errors import ParameterError
from disca_nb.steering.gaps import consensus
from disca_nb.steering.rivals.panel import turned
from disca_nb.steering.rivals.steerer import Learns, Steerer, Training, decided
from disca_nb.steering.settings import BASELINES, DECISION_TEMPERATURE
from disca_nb.steering.steer import steer
from disca_nb.variables import validate

__all__ = ["LogitOffset", "PushAlone", "Shrinkage", "Variant"]


@dataclass(frozen=True)
class Variant:
    """A variant of `disca_nb.steer` as it is.

    Parameters
    ----------
    variant : str
        Name of the variant.
    options : mapping
        Options of `disca_nb.steer`.

    References
    ----------
    arXiv 2605.10843.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> Variant("consensus").apply(demo_panel(["JPN"])).attrs["variant"]
    'consensus'
    """

    variant: str
    options: Mapping[str, object] = field(default_factory=dict)
    learns: ClassVar[Learns] = "nothing"

    @property
    def name(self) -> str:
        """Key of the variant in reports."""
        return self.variant if self.variant in BASELINES else f"disca-{self.variant}"

    def fit(self, train: Training) -> Steerer:  # noqa: ARG002 - nothing is learnt
        """Return the variant as it is."""
        return self

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        """Steer."""
        return steer(dataset, variant=self.variant, **self.options)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Shrinkage:
    """Empirical-Bayes shrinkage: move toward the personas as far as they agree.

    With the personas' mean d and variance t (ddof 1), N personas, and D the mean less the base
    gap, the final gap is ``base + g D`` with ``g = D^2 / (D^2 + t / N)``: the plug-in posterior
    mean of a shift of which the personas are N noisy measurements.

    References
    ----------
    Efron and Morris 1973, https://doi.org/10.1080/01621459.1973.10481350

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> Shrinkage().apply(demo_panel(["JPN"])).attrs["variant"]
    'shrinkage'
    """

    name: ClassVar[str] = "shrinkage"
    learns: ClassVar[Learns] = "nothing"

    def fit(self, train: Training) -> Steerer:  # noqa: ARG002 - nothing is learnt
        """Return the rival as it is."""
        return self

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        """Shrink."""
        validate(dataset, "base_gap", "persona_gap", "preferred_on_right")
        personas = dataset["persona_gap"]
        n = personas.sizes["persona"]
        shift = consensus(dataset) - dataset["base_gap"]
        # One persona says nothing of how far personas disagree.
        noise = personas.var("persona", ddof=1, skipna=False) / n if n > 1 else 0.0 * shift
        squares = shift**2
        share = squares / (squares + noise).where(squares + noise > 0.0, 1.0)
        final = dataset["base_gap"] + share * shift
        return decided(dataset, turned(final, dataset) / DECISION_TEMPERATURE, self.name)


@dataclass(frozen=True)
class LogitOffset:
    """A fixed push toward the counted side, the same for every model, country and attribute.

    What a method gains that only pushes: the counted sides are those that people prefer in
    nearly every country.

    Parameters
    ----------
    offset : float
        Log-odds added to the debiased decision. It is fixed beforehand and not fitted.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> LogitOffset().apply(demo_panel(["JPN"])).attrs["variant"]
    'logit-offset'
    """

    offset: float = 1.0
    name: ClassVar[str] = "logit-offset"
    learns: ClassVar[Learns] = "nothing"

    def __post_init__(self) -> None:
        _check_offset(self.offset)

    def fit(self, train: Training) -> Steerer:  # noqa: ARG002 - nothing is learnt
        """Return the rival as it is."""
        return self

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        """Push."""
        validate(dataset, "base_gap", "preferred_on_right")
        gap = turned(dataset["base_gap"], dataset)
        return decided(dataset, gap / DECISION_TEMPERATURE + self.offset, self.name)


@dataclass(frozen=True)
class PushAlone:
    """The same push toward the counted side on every scenario, without any model.

    What `LogitOffset` would score if the model said nothing: it knows which sides are counted and
    that people mostly prefer these, and nothing else.

    Parameters
    ----------
    offset : float
        Log-odds of sparing the counted side. It is fixed beforehand and not fitted.

    Raises
    ------
    ParameterError
        When the offset is not finite.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> round(PushAlone().apply(demo_panel(["JPN"])).p_spare.min().item(), 3)
    0.731
    """

    offset: float = 1.0
    name: ClassVar[str] = "push-alone"
    learns: ClassVar[Learns] = "nothing"

    def __post_init__(self) -> None:
        _check_offset(self.offset)

    def fit(self, train: Training) -> Steerer:  # noqa: ARG002 - nothing is learnt
        """Return the rival as it is."""
        return self

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        """Push, whatever the gaps are."""
        shape = xr.DataArray(
            np.zeros((dataset.sizes["country"], dataset.sizes["scenario"])),
            {name: dataset[name] for name in ("country", "scenario")},
            ("country", "scenario"),
        )
        return decided(dataset, shape + self.offset, self.name)


def _check_offset(offset: float) -> None:
    """Raise unless an offset is finite."""
    if not abs(offset) < float("inf"):
        raise ParameterError(f"offset is {offset!r}; it must be a finite number.")
