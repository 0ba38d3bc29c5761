"""Rivals with one or two numbers: a temperature, a weight of the personas, a margin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal, TypeAlias

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, unknown_name
from disca_nb.kernels._types import FloatArray
from disca_nb.steering.rivals.panel import GAPS, Panel, gap_toward_counted, turned, varying_gap
from disca_nb.steering.rivals.steerer import Learns, Steerer, Training, decided
from disca_nb.steering.settings import DECISION_TEMPERATURE

__all__ = [
    "Margin",
    "Source",
    "Temperature",
    "TemperatureMargin",
    "TemperatureWeight",
    "best",
    "fitted",
    "losses",
    "lowest",
]

Source: TypeAlias = Literal["vanilla", "debiased", "consensus"]

TEMPERATURES = np.geomspace(0.1, 60.0, 60)
WEIGHTS = np.linspace(0.0, 1.5, 16)
MARGINS = np.linspace(-4.0, 4.0, 161)
_COARSE_MARGINS = np.linspace(-4.0, 4.0, 33)


@dataclass(frozen=True)
class Temperature:
    """One temperature for all countries and attributes: ``p = sigmoid(gap / T)``.

    It knows nothing of any country. What a steering method gains beyond it is what counts.

    Parameters
    ----------
    source : {"vanilla", "debiased", "consensus"}
        Which gap is divided, before any category temperature.
    temperature : float, optional
        The fitted value, of a grid of 60 from 0.1 to 60, with the lowest mean misalignment over
        the training countries.

    Examples
    --------
    >>> Temperature("vanilla").name
    'temperature-vanilla'
    """

    source: Source
    temperature: float | None = None
    learns: ClassVar[Learns] = "other countries"

    def __post_init__(self) -> None:
        if self.source not in GAPS:
            raise unknown_name("source", self.source, GAPS)

    @property
    def name(self) -> str:
        """Key of the rival in reports."""
        return f"temperature-{self.source}"

    def fit(self, train: Training) -> Steerer:
        """Choose the temperature."""
        panel = Panel(train.dataset)
        logit = panel.cells(varying_gap(train.dataset, self.source))
        chosen = best(panel.preferences(logit / TEMPERATURES[:, None]), train.human())
        return replace(self, temperature=float(TEMPERATURES[chosen]))

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        """Divide."""
        temperature = fitted(self.temperature, self.name)
        return decided(
            dataset,
            gap_toward_counted(dataset, self.source) / temperature,
            self.name,
        )


@dataclass(frozen=True)
class TemperatureWeight:
    """A temperature and a weight of the personas' mean against the base prompt.

    ``p = sigmoid((base + w (consensus - base)) / T)``, both from a grid, chosen together.

    Parameters
    ----------
    weight, temperature : float, optional
        Fitted values; weights go from 0 to 1.5 in 16 steps.

    Examples
    --------
    >>> from disca_nb.steering.rivals import TemperatureWeight
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.metrics import hold_out
    >>> panel = demo_panel(["JPN", "USA", "BRA"])
    >>> held_out = hold_out(TemperatureWeight(), panel, train=["USA", "BRA"], test="JPN")
    >>> held_out.attrs["variant"]
    'temperature-weight-consensus'
    """

    weight: float | None = None
    temperature: float | None = None
    name: ClassVar[str] = "temperature-weight-consensus"
    learns: ClassVar[Learns] = "other countries"

    def fit(self, train: Training) -> Steerer:
        """Choose both."""
        panel = Panel(train.dataset)
        base, mean = (
            panel.cells(varying_gap(train.dataset, source)) for source in ("debiased", "consensus")
        )
        human, found = train.human(), []
        for weight in WEIGHTS:  # all at once would be a thousand times the panel
            logit = (base + weight * (mean - base)) / TEMPERATURES[:, None]
            found.append(losses(panel.preferences(logit), human))
        i, j = divmod(lowest(np.array(found)), TEMPERATURES.size)
        return replace(self, weight=float(WEIGHTS[i]), temperature=float(TEMPERATURES[j]))

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        """Mix and divide."""
        weight, temperature = fitted(self.weight, self.name), fitted(self.temperature, self.name)
        base = gap_toward_counted(dataset, "debiased")
        mixed = base + weight * (gap_toward_counted(dataset, "consensus") - base)
        return decided(dataset, mixed / temperature, self.name)


@dataclass(frozen=True)
class Margin:
    """One push toward the counted side for all countries and attributes.

    ``p = sigmoid((base + m) / 0.5)`` with the debiased gap as stored.

    Parameters
    ----------
    margin : float, optional
        The fitted value in logits, from -4 to 4 in steps of 0.05.

    Examples
    --------
    >>> from disca_nb.steering.rivals import Margin
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.metrics import hold_out
    >>> panel = demo_panel(["JPN", "USA", "BRA"])
    >>> held_out = hold_out(Margin(), panel, train=["USA", "BRA"], test="JPN")
    >>> held_out.attrs["variant"]
    'margin'
    """

    margin: float | None = None
    name: ClassVar[str] = "margin"
    learns: ClassVar[Learns] = "other countries"

    def fit(self, train: Training) -> Steerer:
        """Choose the margin."""
        panel = Panel(train.dataset)
        varying_gap(train.dataset, "debiased")  # says what is wrong with it, if anything is
        logit = panel.cells(_stored(train.dataset)) + MARGINS[:, None]
        chosen = best(panel.preferences(logit / DECISION_TEMPERATURE), train.human())
        return replace(self, margin=float(MARGINS[chosen]))

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        """Push."""
        pushed = _stored(dataset) + fitted(self.margin, self.name)
        return decided(dataset, pushed / DECISION_TEMPERATURE, self.name)


@dataclass(frozen=True)
class TemperatureMargin:
    """A temperature and a push toward the counted side: ``p = sigmoid(consensus / T + m)``.

    Parameters
    ----------
    temperature, margin : float, optional
        Fitted values; margins go from -4 to 4 in log-odds in 33 steps.

    Examples
    --------
    >>> from disca_nb.steering.rivals import TemperatureMargin
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.metrics import hold_out
    >>> panel = demo_panel(["JPN", "USA", "BRA"])
    >>> held_out = hold_out(TemperatureMargin(), panel, train=["USA", "BRA"], test="JPN")
    >>> held_out.attrs["variant"]
    'temperature-margin-consensus'
    """

    temperature: float | None = None
    margin: float | None = None
    name: ClassVar[str] = "temperature-margin-consensus"
    learns: ClassVar[Learns] = "other countries"

    def fit(self, train: Training) -> Steerer:
        """Choose both."""
        panel = Panel(train.dataset)
        gap = panel.cells(varying_gap(train.dataset, "consensus"))
        human = train.human()
        found = []
        for temperature in TEMPERATURES:
            logit = gap / temperature + _COARSE_MARGINS[:, None]
            found.append(losses(panel.preferences(logit), human))
        i, j = divmod(lowest(np.array(found)), _COARSE_MARGINS.size)
        return replace(self, temperature=float(TEMPERATURES[i]), margin=float(_COARSE_MARGINS[j]))

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        """Divide and push."""
        margin, temperature = fitted(self.margin, self.name), fitted(self.temperature, self.name)
        gap = gap_toward_counted(dataset, "consensus")
        return decided(dataset, gap / temperature + margin, self.name)


def losses(preferences: FloatArray, human: FloatArray) -> FloatArray:
    """Return mean misalignments over countries.

    Parameters
    ----------
    preferences : ndarray, shape (..., n_countries, n_attributes)
        What settings would give.
    human : ndarray, shape (n_countries, n_attributes)
        Targets.

    Returns
    -------
    ndarray, shape (...)
        Means over the countries; one that is NaN makes them NaN.

    Examples
    --------
    >>> losses(np.array([[0.3, 0.4]]), np.array([[0.0, 0.0]])).round(2).item()
    0.5
    """
    apart = np.sqrt(((preferences - human) ** 2).sum(axis=-1))
    return np.asarray(apart.mean(axis=-1))


def best(preferences: FloatArray, human: FloatArray) -> int:
    """Return which of several settings has the lowest mean misalignment; the first of equals.

    Parameters
    ----------
    preferences : ndarray, shape (n_settings, n_countries, n_attributes)
        What the settings would give.
    human : ndarray, shape (n_countries, n_attributes)
        Targets.

    Returns
    -------
    int
        Row of the best.

    Raises
    ------
    InputError
        When no setting has a misalignment.

    Examples
    --------
    >>> best(np.array([[[0.9]], [[0.6]], [[0.1]]]), np.array([[0.5]]))
    1
    """
    return lowest(losses(preferences, human))


def lowest(means: FloatArray) -> int:
    """Return the position of the lowest mean misalignment; the first of equals.

    Parameters
    ----------
    means : ndarray
        By setting; one that is NaN is passed over.

    Returns
    -------
    int
        Position in the flattened array.

    Raises
    ------
    InputError
        When all are NaN.

    Examples
    --------
    >>> lowest(np.array([0.4, 0.3, np.nan, 0.3]))
    1
    """
    if np.isnan(means).all():
        raise InputError("No setting has a misalignment, all are NaN; check gaps and targets.")
    return int(np.nanargmin(means))


def fitted(value: float | None, name: str) -> float:
    """Return a fitted number, or say that there is none yet.

    Parameters
    ----------
    value : float, optional
        The number.
    name : str
        The rival's.

    Returns
    -------
    float
        The same number.

    Raises
    ------
    InputError
        When there is none.

    Examples
    --------
    >>> fitted(None, "margin")
    Traceback (most recent call last):
        ...
    disca_nb.errors.InputError: The rival 'margin' was not fitted; call its fit first.
    """
    if value is None:
        raise InputError(f"The rival {name!r} was not fitted; call its fit first.")
    return value


def _stored(dataset: xr.Dataset) -> xr.DataArray:
    """Return the debiased gap as stored, positive where it spares the counted side."""
    return turned(dataset["base_gap"], dataset)
