"""A choice among rivals, made by cross-validation inside the training countries."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.steering.rivals.panel import Panel
from disca_nb.steering.rivals.steerer import Learns, Steerer, Training
from disca_nb.variables import validate

__all__ = ["BestOf"]

_FEWEST = 3


@dataclass(frozen=True)
class BestOf:
    """Whichever of several rivals does best on held-out training countries, then fitted on all.

    Choosing the best of several by the score that is reported would flatter it. Here every
    training country is held out in turn, each rival is fitted on the others, and the one with the
    lowest mean misalignment is kept: nested cross-validation, when this is cross-validated.

    Parameters
    ----------
    rivals : tuple of Steerer
        What to choose from; no oracles.
    chosen : Steerer, optional
        The fitted choice.

    Raises
    ------
    InputError
        For no rival, an oracle, or fewer than three training countries.

    References
    ----------
    Varma and Simon 2006, https://doi.org/10.1186/1471-2105-7-91

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.metrics import cross_validate
    >>> from disca_nb.steering.rivals import Temperature
    >>> best = BestOf((Temperature("vanilla"), Temperature("consensus")))
    >>> scores = cross_validate(best, demo_panel(["BRA", "DEU", "JPN", "USA"]))
    >>> scores.mis.sizes["country"]
    4
    """

    rivals: tuple[Steerer, ...]
    chosen: Steerer | None = None
    name: ClassVar[str] = "best-of"
    learns: ClassVar[Learns] = "other countries"

    def __post_init__(self) -> None:
        if not self.rivals:
            raise InputError("There is no rival to choose from; give at least one.")
        for rival in self.rivals:
            if rival.learns == "own country":
                message = f"{rival.name!r} is an oracle and would always be chosen; leave it out."
                raise InputError(message)

    def fit(self, train: Training) -> Steerer:
        """Choose, and fit the choice on all training countries."""
        if len(train.countries) < _FEWEST:
            message = (
                f"There are {len(train.countries)} countries to choose on; at least {_FEWEST} are "
                "needed to hold one out."
            )
            raise InputError(message)
        losses = [
            np.mean([_loss(rival, train, c) for c in train.countries]) for rival in self.rivals
        ]
        return replace(self, chosen=self.rivals[int(np.argmin(losses))].fit(train))

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        """Decide by the choice."""
        if self.chosen is None:
            raise InputError(f"The rival {self.name!r} was not fitted; call its fit first.")
        return self.chosen.apply(dataset)


def _loss(rival: Steerer, train: Training, country: str) -> float:
    """Return the misalignment of a rival on one training country, fitted on the others."""
    # A copy, as what a fit left in the rival would be known to the next one.
    fitted = copy.deepcopy(rival).fit(train.without(country))
    result = validate(fitted.apply(train.dataset.sel(country=[country])), "p_spare")
    panel = Panel(result)
    own = panel.means(panel.cells(result["p_spare"]))[0]
    human = train.human()[train.countries.index(country)]
    return float(np.sqrt(((own - human) ** 2).sum()))
