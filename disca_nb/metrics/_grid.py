"""A grid of settings: what was asked for, checked, labelled and put in an order to walk along."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from disca_nb.errors import InputError, ParameterError, shorten, unknown_name
from disca_nb.kernels import PARAMETERS
from disca_nb.steering.gaps import CategoryTemperature
from disca_nb.steering.settings import Settings
from disca_nb.variables import GRID_SUFFIX

__all__ = ["GATE", "Axis", "Grid", "check_grid", "labels_of"]

Setting: TypeAlias = dict[str, object]
_TEMPERATURES = ("category_temperature", "decision_temperature")
_NAMES = (*PARAMETERS, *_TEMPERATURES)
GATE = {
    "monte-carlo": ("rho", "gate_scale", "n_passes"),
    "quadrature": ("rho", "gate_scale", "n_passes", "n_samples"),
    "recorded": ("rho", "gate_scale"),
}
"""What acts after the passes, and so costs no new ones, by method."""


@dataclass(frozen=True)
class Axis:
    """The names of some parameters, and every combination of their values with what is fixed."""

    names: tuple[str, ...]
    shape: tuple[int, ...]
    settings: tuple[Setting, ...]

    @classmethod
    def of(cls, values: Mapping[str, Sequence[object]], fixed: Setting) -> Axis:
        """Return the product of the names that have values, the last one fastest."""
        products = itertools.product(*values.values())
        settings = tuple(fixed | dict(zip(values, product, strict=True)) for product in products)
        return cls(tuple(values), tuple(len(each) for each in values.values()), settings)

    def __len__(self) -> int:
        return len(self.settings)


@dataclass(frozen=True)
class Grid:
    """A checked grid, by what its parameters act on.

    Attributes
    ----------
    values : mapping
        Parameter names to values, as given.
    gaps, passes, gate, decisions : Axis
        Parameters that change the gaps, the passes, what becomes of passes, and the decisions.
    """

    values: Mapping[str, Sequence[object]]
    gaps: Axis
    passes: Axis
    gate: Axis
    decisions: Axis

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes along all names, in the order of ``names``."""
        return self.gaps.shape + self.passes.shape + self.gate.shape + self.decisions.shape

    @property
    def names(self) -> tuple[str, ...]:
        """Names from what costs most to what costs least."""
        return self.gaps.names + self.passes.names + self.gate.names + self.decisions.names

    @property
    def coords(self) -> dict[str, npt.NDArray[np.generic]]:
        """Labels by dimension."""
        return {f"{name}{GRID_SUFFIX}": labels_of(each) for name, each in self.values.items()}

    def __len__(self) -> int:
        return math.prod(self.shape)


def check_grid(
    grid: Mapping[str, Sequence[object]],
    settings: Settings,
    category_temperature: CategoryTemperature = "stored",
) -> Grid:
    """Check names and values of a grid against a variant and a method.

    Parameters
    ----------
    grid : mapping
        Parameter names to values.
    settings : Settings
        Variant and method, and the parameters that stay the same.
    category_temperature : str or None
        What stays the same where the grid does not vary it.

    Returns
    -------
    Grid
        The grid.

    Raises
    ------
    UnknownNameError
        For an unknown name or category temperature.
    ParameterError
        For a value outside its range, or a parameter without effect.
    InputError
        For an empty grid, no values, values that are no list, one that is there twice, or a
        parameter that is also given as fixed.

    Examples
    --------
    >>> grid = check_grid({"eta": [0.2, 0.5]}, Settings("paper", "quadrature", 0.5, 0, 1e-7))
    >>> grid.shape, grid.coords["eta_grid"].tolist()
    ((2,), [0.2, 0.5])
    """
    if not grid:
        raise InputError("The grid is empty; name a parameter and its values, as eta=[0.2, 0.5].")
    values = {name: _checked(name, given, settings) for name, given in grid.items()}
    _check_least_width(values, settings)
    after = GATE[settings.method] if settings.uses_passes else ()
    acts = {name: "gate" if name in after else "passes" for name in PARAMETERS}
    acts |= {"category_temperature": "gaps", "decision_temperature": "decisions"}
    fixed = {
        **settings.parameters,
        "category_temperature": category_temperature,
        "decision_temperature": settings.decision_temperature,
    }

    def axis(kind: str) -> Axis:
        return Axis.of(
            {name: each for name, each in values.items() if acts[name] == kind},
            {name: value for name, value in fixed.items() if acts[name] == kind},
        )

    return Grid(values, axis("gaps"), axis("passes"), axis("gate"), axis("decisions"))


def _checked(name: str, given: Sequence[object], settings: Settings) -> list[object]:
    """Return the values of one parameter as a list."""
    if name not in _NAMES:
        raise unknown_name("parameter", name, _NAMES)
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InputError(f"The grid has {name}={given!r}; give a list of values.")
    values = [value.item() if isinstance(value, np.generic) else value for value in given]
    if not values:
        raise InputError(f"The grid has no value of {name}; give one at least or leave it out.")
    if name in settings.parameters:
        raise InputError(f"Parameter {name} is fixed and in the grid; give it only once.")
    for value in values:
        _check_value(name, value, settings)
    labels = labels_of(values).tolist()
    for label in labels:
        if labels.count(label) > 1:
            raise InputError(f"The grid has {name}={label!r} twice; keep one.")
    return values


def _check_value(name: str, value: object, settings: Settings) -> None:
    """Raise for a value that is out of range or without effect."""
    if name == "category_temperature":
        if value not in ("stored", "disca", None):
            raise unknown_name("category_temperature", value, ["stored", "disca", "None"])
        if settings.method == "recorded" and settings.uses_passes and value != "stored":
            raise ParameterError(
                f"category_temperature={value!r} cannot act on passes that were logged; make new "
                "ones with method='monte-carlo' or 'quadrature'."
            )
        if settings.variant == "vanilla":
            raise ParameterError(
                "category_temperature has no effect on the variant 'vanilla', whose gap is never "
                "divided; leave it out."
            )
        return
    if np.ndim(value):  # type: ignore[arg-type]
        raise InputError(f"The grid has an array among the values of {name}; give single numbers.")
    temperature = settings.decision_temperature
    if name == "decision_temperature":
        Settings(settings.variant, settings.method, value, settings.seed, settings.tol)  # type: ignore[arg-type]
        return
    Settings(
        settings.variant, settings.method, temperature, settings.seed, settings.tol, {name: value}
    )


def _check_least_width(values: Mapping[str, Sequence[object]], settings: Settings) -> None:
    """Raise for a grid of least adaptive widths where no width is adaptive."""
    widths = values.get("sigma", [settings.parameters.get("sigma", "adaptive")])
    if "sigma_floor" in values and not any(isinstance(width, str) for width in widths):
        raise ParameterError(
            f"Parameter sigma_floor has no effect where sigma is {shorten(widths)}; "
            "leave one of them out or make sigma 'adaptive'."
        )


def labels_of(values: Sequence[object]) -> npt.NDArray[np.generic]:
    """Return values as labels: numbers, or texts where one is a word.

    Parameters
    ----------
    values : sequence
        Numbers, words and None.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Numbers as they are; among words they are texts, and None is "none".

    Examples
    --------
    >>> labels_of(["adaptive", 0.3]).tolist()
    ['adaptive', '0.3']
    """
    if any(value is None or isinstance(value, str) for value in values):
        return np.array(["none" if value is None else str(value) for value in values])
    return np.array(values)
