"""The method's parameters: symbol, default, allowed range and meaning of each, stated once.

Kernels, ``steer``, the command line and captions all read this table, so that a default or a
range has one home.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from disca_nb.errors import InputError, ParameterError, unknown_name
from disca_nb.kernels._types import FloatArray

__all__ = [
    "PARAMETERS",
    "Parameter",
    "check_numbers",
    "check_parameter",
    "check_parameters",
    "check_personas",
    "check_seed",
    "check_tol",
    "check_whole",
    "parameter_table",
]

_TIGHTEST, _LOOSEST = 1e-12, 1e-2
_LONGEST = 60
_MOST_PERSONAS = 16


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
        return bool((above & (number <= self.high) & whole).all())


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
SIGMA, SIGMA_FLOOR, LAM, ETA, ALPHA, KAPPA, RHO, FLOOR = range(8)
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
    numpy.ndarray, shape (1 or n, 8)
        Columns are numbered by the constants above.

    Examples
    --------
    >>> parameter_table(check_parameters({}), (3,)).shape
    (1, 8)
    """
    columns = [checked[name] for name in _COLUMNS]
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
        name: check_parameter(name, given.get(name, parameter.default))
        for name, parameter in PARAMETERS.items()
    }


def check_parameter(name: str, value: object) -> FloatArray:
    """Return the value of one parameter as a checked float64 array.

    Parameters
    ----------
    name : str
        One of `PARAMETERS`.
    value : object
        Number, array (one value a cell) or accepted word.

    Returns
    -------
    numpy.ndarray
        The value or values, words as numbers.

    Raises
    ------
    ParameterError
        For a value outside the range, which the message states.

    Examples
    --------
    >>> float(check_parameter("gate_scale", 0.04))
    0.04
    """
    parameter = PARAMETERS[name]
    for word, number in parameter.words:
        if value is word or (isinstance(value, str) and value == word):
            return np.asarray(number, dtype=np.float64)
    numbers = np.asarray(np.nan) if (found := _numbers(value)) is None else found
    if parameter.integer and numbers.ndim:
        message = f"Parameter {name} ({parameter.symbol}) is an array; it must be one whole number."
        raise ParameterError(message)
    if not parameter.contains(numbers):
        shown = _shown(value)
        if numbers.ndim:
            unknown = np.isnan(numbers).any()
            shown = "partly NaN" if unknown else f"{numbers.min():g} to {numbers.max():g}"
        message = (
            f"Parameter {name} ({parameter.symbol}) is {shown}; it must be {parameter.range_text}."
        )
        raise ParameterError(message)
    return numbers


def _numbers(values: object) -> FloatArray | None:
    """Return numbers as float64, or None for anything else: booleans, text, objects, ragged."""
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):
        return None
    return array.astype(np.float64, copy=False) if array.dtype.kind in "fiu" else None


def check_numbers(name: str, values: npt.ArrayLike) -> FloatArray:
    """Return an array of numbers as float64, or say that it holds something else.

    Parameters
    ----------
    name : str
        What the values are; errors say it.
    values : array_like
        Whole numbers or floats.

    Returns
    -------
    numpy.ndarray
        The numbers.

    Raises
    ------
    InputError
        For text, booleans, objects, or rows of unequal length.

    Examples
    --------
    >>> check_numbers("base_gap", [1, 2])
    array([1., 2.])
    """
    if (numbers := _numbers(values)) is None:
        try:
            found = str(np.asarray(values).dtype)
        except (TypeError, ValueError):
            found = "rows of unequal length"
        raise InputError(f"{name} holds {found}; it must be an array of numbers.")
    return numbers


def check_personas(personas: FloatArray) -> None:
    """Raise unless the last axis of gaps holds 1 to 16 personas.

    Parameters
    ----------
    personas : numpy.ndarray, shape (..., N)
        Gaps of the personas.

    Raises
    ------
    InputError
        For a single number, or another number of personas.

    Examples
    --------
    >>> check_personas(np.zeros((3, 4)))
    """
    if personas.ndim == 0 or not 1 <= personas.shape[-1] <= _MOST_PERSONAS:
        found = "a single number" if personas.ndim == 0 else f"{personas.shape[-1]} personas"
        message = (
            f"persona_gaps has {found}; its last axis must hold 1 to {_MOST_PERSONAS} personas."
        )
        raise InputError(message)


def check_whole(name: str, value: object, bits: int) -> int:
    """Return a whole number of at most so many bits, or say what is wrong with it.

    Parameters
    ----------
    name : str
        What the value is; errors say it.
    value : int
        From 0 to 2**bits - 1; a boolean is none.
    bits : int
        Number of bits.

    Returns
    -------
    int
        The value.

    Raises
    ------
    ParameterError
        For anything else.

    Examples
    --------
    >>> check_whole("pass_id", 3, 32)
    3
    """
    whole = -1 if isinstance(value, bool) or not isinstance(value, int | np.integer) else int(value)
    if 0 <= whole < 2**bits:
        return whole
    raise ParameterError(
        f"{name} is {_shown(value)}; it must be a whole number from 0 to 2**{bits} - 1."
    )


def check_seed(value: object) -> int:
    """Return the seed of the Monte-Carlo passes, or say what is wrong with it.

    Parameters
    ----------
    value : int
        From 0 to 2**64 - 1.

    Returns
    -------
    int
        The seed.

    Raises
    ------
    ParameterError
        For anything else.

    Examples
    --------
    >>> check_seed(-1)
    Traceback (most recent call last):
        ...
    disca_nb.errors.ParameterError: seed is -1; it must be a whole number from 0 to 2**64 - 1.
    """
    return check_whole("seed", value, 64)


def check_tol(value: object) -> float:
    """Return the tolerance of the quadrature, or say what is wrong with it.

    Parameters
    ----------
    value : float
        From 1e-12 to 1e-2, in units of the search width.

    Returns
    -------
    float
        The tolerance.

    Raises
    ------
    ParameterError
        For anything else.

    Examples
    --------
    >>> check_tol("tight")
    Traceback (most recent call last):
        ...
    disca_nb.errors.ParameterError: tol is 'tight'; it must be a number from 1e-12 to 0.01.
    """
    # Whole numbers and booleans are none that the range holds.
    if isinstance(value, float | np.floating) and _TIGHTEST <= value <= _LOOSEST:
        return float(value)
    raise ParameterError(
        f"tol is {_shown(value)}; it must be a number from {_TIGHTEST:g} to {_LOOSEST:g}."
    )


def _shown(value: object) -> str:
    """Return a value as an error message shows it: Python's numbers, and on one short line."""
    text = " ".join(repr(value.item() if isinstance(value, np.generic) else value).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
