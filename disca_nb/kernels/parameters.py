"""The method's parameters: symbol, default, allowed range and meaning of each, stated once.

Kernels, ``steer``, the command line and captions all read this table, so that a default or a
range has one home.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from disca_nb.errors import ParameterError, unknown_name
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.vector_math import split

__all__ = ["PARAMETERS", "Parameter", "check_parameters", "parameter_table"]

Value: TypeAlias = float | str | npt.NDArray[np.float64] | None


@dataclass(frozen=True)
class Parameter:
    """One parameter of DISCA: its symbol in the papers, default, range and meaning.

    ``words`` maps the accepted words (and None) to the number that a kernel sees for them.
    """

    symbol: str
    default: float | str | None
    low: float
    high: float
    text: str
    low_open: bool = False
    integer: bool = False
    words: tuple[tuple[str | None, float], ...] = ()

    @property
    def range_text(self) -> str:
        """The allowed range in words, as error messages print it."""
        kind = "a whole number" if self.integer else "a number"
        low = f"above {self.low:g}" if self.low_open else f"from {self.low:g}"
        if np.isinf(self.high):
            high = "" if self.low_open else " up"
        else:
            high = f"{' and up' if self.low_open else ''} to {self.high:g}"
        words = "".join(f", or {word!r}" for word, _ in self.words)
        return f"{kind} {low}{high}{words}"

    def contains(self, number: FloatArray) -> bool:
        """Return whether every element is in the range (NaN is in none)."""
        above = number > self.low if self.low_open else number >= self.low
        whole = np.equal(np.round(number), number) if self.integer else True
        return bool(np.all(above & (number <= self.high) & whole))


PARAMETERS: Mapping[str, Parameter] = {
    "sigma": Parameter(
        "σ",
        "adaptive",
        0.001,
        1e6,
        "search width in logits; 'adaptive' is the personas' standard deviation (ddof 1)",
        low_open=True,
        words=(("adaptive", np.nan),),
    ),
    "sigma_floor": Parameter(
        "σ_min", 0.3, 0.001, 1e6, "smallest adaptive search width in logits", low_open=True
    ),
    "lam": Parameter("λ", 0.7, 0.0, 1.0, "weight of the consensus' own gain in the utility"),
    "eta": Parameter("η", 0.5, 0.01, 1e6, "temperature of the importance weights"),
    "alpha": Parameter("α", 0.88, 0.2, 1.0, "power of the value function"),
    "kappa": Parameter("κ", 2.25, 0.0, 100.0, "loss aversion of the value function"),
    "rho": Parameter(
        "ρ", 0.1, 0.0, 1.0, "effective sample size ratio below which a pass gives no correction"
    ),
    "floor": Parameter(
        "f",
        None,
        0.0,
        np.inf,
        "no persona's value falls below minus this; None for no floor",
        words=((None, np.inf),),
    ),
    "gate_scale": Parameter(
        "s",
        0.04,
        0.0,
        np.inf,
        "scale of the reliability gate in squared logits; infinity switches the gate off",
        low_open=True,
    ),
    "n_samples": Parameter("K", 64, 2, 65536, "candidates of one pass", integer=True),
    "n_passes": Parameter(
        "M", 2, 2, 256, "independent passes that the gate compares", integer=True
    ),
}


# Columns of `parameter_table`, which kernels read by number.
SIGMA, SIGMA_FLOOR, LAM, ETA, ALPHA, KAPPA, RHO, FLOOR, ALPHA_HIGH, ALPHA_LOW = range(10)
_COLUMNS = ("sigma", "sigma_floor", "lam", "eta", "alpha", "kappa", "rho", "floor")


def parameter_table(checked: Mapping[str, FloatArray], shape: tuple[int, ...]) -> FloatArray:
    """Arrange parameters for kernels: one row for all cells, or one per cell where any varies.

    Parameters
    ----------
    checked : mapping
        What `check_parameters` returned.
    shape : tuple of int
        Shape of the cells.

    Returns
    -------
    numpy.ndarray, shape (1 or n, 10)
        Columns are numbered by the constants above.

    Examples
    --------
    >>> parameter_table(check_parameters({}), (3,)).shape
    (1, 10)
    """
    columns = [checked[name] for name in _COLUMNS]
    columns += split(columns[ALPHA])
    if any(column.ndim for column in columns):
        columns = [np.broadcast_to(column, shape).ravel() for column in columns]
    return np.atleast_2d(np.stack(columns, axis=-1))


def check_parameters(given: Mapping[str, object]) -> dict[str, FloatArray]:
    """Fill in defaults and return every parameter as a float64 array, words as numbers.

    Parameters
    ----------
    given : mapping
        Parameter names to values: numbers, arrays (one value a cell) or the accepted words.

    Returns
    -------
    dict
        Every name of `PARAMETERS` to a float64 array, of shape () for a single value.

    Raises
    ------
    UnknownNameError
        For a name that is not a parameter.
    ParameterError
        For a value outside the range, which the message states.

    Examples
    --------
    >>> float(check_parameters({"rho": 0.2})["rho"])
    0.2
    >>> check_parameters({"lam": 2})
    Traceback (most recent call last):
        ...
    disca_nb.errors.ParameterError: Parameter lam (λ) is 2; it must be a number from 0 to 1.
    """
    for name in given:
        if name not in PARAMETERS:
            raise unknown_name("parameter", name, PARAMETERS)
    return {
        name: _to_number(name, parameter, given.get(name, parameter.default))
        for name, parameter in PARAMETERS.items()
    }


def _to_number(name: str, parameter: Parameter, value: object) -> FloatArray:
    """Return ``value`` as a checked float64 array."""
    for word, number in parameter.words:
        if value is word or (isinstance(value, str) and value == word):
            return np.asarray(number, dtype=np.float64)
    try:
        numbers = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        numbers = np.asarray(np.nan)
    if parameter.integer and numbers.ndim:
        message = f"Parameter {name} ({parameter.symbol}) is an array; it must be one whole number."
        raise ParameterError(message)
    if not parameter.contains(numbers):
        shown = value if numbers.ndim == 0 else f"{np.nanmin(numbers):g} to {np.nanmax(numbers):g}"
        message = (
            f"Parameter {name} ({parameter.symbol}) is {shown!s}; "
            f"it must be {parameter.range_text}."
        )
        raise ParameterError(message)
    return numbers
