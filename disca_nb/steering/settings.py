"""What a steering run was asked to do, in one checked object that captions and files repeat.

Two people's "DISCA" can differ by .12 of misalignment: the variant, the search width, the
threshold of the effective sample size, the category temperature and the method travel with every
result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import xarray as xr

from disca_nb.errors import ParameterError, unknown_name
from disca_nb.kernels import PARAMETERS, check_parameters, check_seed, check_tol
from disca_nb.kernels.correction import METHODS as KERNEL_METHODS
from disca_nb.variables import GRID_SUFFIX

__all__ = [
    "AS_LOGGED",
    "DECISION_TEMPERATURE",
    "DISCA_VARIANTS",
    "METHODS",
    "VARIANTS",
    "Settings",
    "caption",
    "check_arrays",
    "check_decision_temperature",
    "settings_first",
]

BASELINES: Mapping[str, str] = {
    "vanilla": "the base prompt in the order shown, unsteered",
    "debiased": "the base prompt, both orders averaged",
    "consensus": "the mean of the personas",
}
DISCA_VARIANTS: Mapping[str, str] = {
    "correction-only": "base + correction (the paper's section 3)",
    "paper": "consensus and base blended by ESS, plus correction (the paper's Algorithm 1)",
    "released": "the same with the released code's blend",
    "released+ema": "the released blend and its moving average over scenarios",
}
REPORTED: Mapping[str, str] = {"reported": "the decisions that the authors' run logged"}
VARIANTS: Mapping[str, str] = {**BASELINES, **DISCA_VARIANTS, **REPORTED}
"""Every variant that `steer` knows, and what it is."""

T = TypeVar("T")

_SHOWN = ("variant", "method", "category_temperature", "sigma", "rho", "steering")

METHODS = (*KERNEL_METHODS, "recorded")
AS_LOGGED = "as logged"
DECISION_TEMPERATURE = 0.5
# What still acts on passes that were logged.
_AFTER_PASSES = ("rho", "gate_scale")


@dataclass(frozen=True)
class Settings:
    """Checked settings of a steering run.

    Attributes
    ----------
    variant, method : str
        Names from `VARIANTS` and `METHODS`.
    parameters : mapping
        Hyper-parameters that were given: numbers, words or arrays with grid dimensions.
    decision_temperature : float
        Divisor of the final gap in the logistic function.
    seed : int
        Seed of the Monte-Carlo passes.
    tol : float
        Tolerance of the quadrature.
    """

    variant: str
    method: str
    decision_temperature: float
    seed: int
    tol: float
    parameters: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.variant not in list(VARIANTS):
            raise unknown_name("variant", self.variant, VARIANTS)
        if self.method not in METHODS:
            raise unknown_name("method", self.method, METHODS)
        check_decision_temperature(self.decision_temperature)
        check_seed(self.seed)
        check_tol(self.tol)
        check_parameters(
            {
                # A chunked array is checked where it is computed, beside the cells it is for.
                name: PARAMETERS[name].default if _is_lazy(value) and name in PARAMETERS else value
                for name, value in self.parameters.items()
            }
        )
        self._check_used()
        for name, value in self.parameters.items():
            if isinstance(value, list | tuple | np.ndarray):
                message = (
                    f"Parameter {name} is an array without dimension names; "
                    f"give an xarray.DataArray over {name}_grid or over cells."
                )
                raise ParameterError(message)
        self._check_floor()

    def _check_used(self) -> None:
        """Raise for a parameter that the variant or the method would ignore."""
        for name in self.parameters:
            if not self.uses_passes:
                message = (
                    f"Parameter {name} has no effect on the variant {self.variant!r}, which makes "
                    "no passes; leave it out."
                )
                raise ParameterError(message)
            if self.method == "recorded" and name not in _AFTER_PASSES:
                message = (
                    f"Parameter {name} has no effect on passes that were logged; leave it out, or "
                    "make new passes with method='monte-carlo' or 'quadrature'."
                )
                raise ParameterError(message)

    def _check_floor(self) -> None:
        """Raise for a floor of the search width beside a width that is given."""
        sigma = self.parameters.get("sigma", "adaptive")
        # An array holds numbers alone, as the word has no place in one.
        if "sigma_floor" in self.parameters and not isinstance(sigma, str):
            message = (
                f"Parameter sigma_floor has no effect where sigma is given "
                f"({self._value('sigma')}); leave one of them out."
            )
            raise ParameterError(message)

    @property
    def uses_passes(self) -> bool:
        """Whether the variant needs importance-sampling passes."""
        return self.variant in DISCA_VARIANTS

    def logged_decisions(self, dataset: xr.Dataset) -> str | None:
        """Return the prefix of the logged decisions to use instead of the gap's, if any."""
        prefix = None
        if self.variant == "reported":
            prefix = "recorded"
        elif self.variant == "vanilla" and self.method == "recorded":
            prefix = "recorded_vanilla"
        if prefix is None or f"{prefix}_p_spare" not in dataset:
            return None
        if self.decision_temperature != DECISION_TEMPERATURE:
            message = (
                f"decision_temperature {self.decision_temperature:g} has no effect on decisions "
                "that were logged; leave it out, or use another variant or method."
            )
            raise ParameterError(message)
        return prefix

    def attrs(self, category_temperature: str, *, logged: bool) -> dict[str, str | int | float]:
        """Return everything as dataset attributes: text and numbers, ready to be saved.

        ``logged`` says whether the decisions are those that a run logged.
        """
        attrs: dict[str, str | int | float] = {
            "variant": self.variant,
            "category_temperature": category_temperature,
            "decision_temperature": AS_LOGGED if logged else float(self.decision_temperature),
        }
        if self.uses_passes or logged:
            attrs["method"] = "recorded" if logged else self.method
        if self.variant == "reported":
            attrs |= {"sigma": AS_LOGGED, "rho": AS_LOGGED}
        if self.uses_passes and self.method == "recorded":
            # Logs do not say with which settings the passes were made; the gate's are ours.
            attrs |= {"sigma": AS_LOGGED, **{name: self._value(name) for name in _AFTER_PASSES}}
        elif self.uses_passes:
            attrs |= {name: self._value(name) for name in PARAMETERS}
            if self.method == "monte-carlo":
                attrs["seed"] = int(self.seed)
            else:
                attrs["tol"] = float(self.tol)
        attrs["steering"] = caption(attrs)
        return settings_first(attrs)

    def _value(self, name: str) -> str | int | float:
        """Return a parameter as an attribute: a number, a word, or the name of its grid."""
        value = self.parameters.get(name, PARAMETERS[name].default)
        if isinstance(value, xr.DataArray) and value.ndim:
            return f"varies over {', '.join(str(dim) for dim in value.dims)}"
        if value is None:
            return "none"
        if isinstance(value, str):
            return value
        number = float(np.asarray(value))
        return int(number) if PARAMETERS[name].integer else number


def _is_lazy(value: object) -> bool:
    """Return whether a parameter is a chunked array."""
    return isinstance(value, xr.DataArray) and value.chunks is not None


def check_decision_temperature(value: object) -> float:
    """Return the divisor of final gaps as a float, or say what is wrong with it.

    Parameters
    ----------
    value : object
        What was given.

    Returns
    -------
    float
        The same number.

    Raises
    ------
    ParameterError
        When it is not a number above 0.

    Examples
    --------
    >>> check_decision_temperature(0.5)
    0.5
    """
    number = np.nan
    if isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool):
        number = float(value)
    if not 0.0 < number < np.inf:
        message = f"decision_temperature is {value!r}; it must be a number above 0."
        raise ParameterError(message)
    return number


def settings_first(attrs: Mapping[str, T]) -> dict[str, T]:
    """Return attributes with the settings in front, as xarray's repr shows the first six only.

    Parameters
    ----------
    attrs : mapping
        Attributes of a dataset.

    Returns
    -------
    dict
        The same in another order.

    Examples
    --------
    >>> list(settings_first({"source": "a file", "rho": 0.1, "variant": "paper"}))
    ['variant', 'rho', 'source']
    """
    return {name: attrs[name] for name in _SHOWN if name in attrs} | dict(attrs)


def check_arrays(parameters: Mapping[str, object], dataset: xr.Dataset) -> None:
    """Raise unless parameters given as arrays fit the dataset, or span grids of their own.

    Parameters
    ----------
    parameters : mapping
        Parameter names to values; those that are no xarray.DataArray always fit.
    dataset : xarray.Dataset
        The gaps that the parameters are for.

    Raises
    ------
    ParameterError
        Naming the parameter and the dimension that does not fit.

    Examples
    --------
    >>> check_arrays({"eta": xr.DataArray([0.5], dims="foo")}, xr.Dataset())
    Traceback (most recent call last):
        ...
    disca_nb.errors.ParameterError: Parameter eta has the dimension 'foo'; name it eta_grid and ...
    """
    for name, value in parameters.items():
        indexes = value.indexes if isinstance(value, xr.DataArray) else {}
        for dim in getattr(value, "dims", ()):
            grid = str(dim).endswith(GRID_SUFFIX) and dim in indexes
            if dim not in dataset.dims and not grid:
                message = (
                    f"Parameter {name} has the dimension {str(dim)!r}; "
                    f"name it {name}_grid and give it labels, or use dimensions of the dataset."
                )
                raise ParameterError(message)
            if dim in dataset.indexes and not dataset.indexes[dim].equals(indexes.get(dim)):
                message = (
                    f"Parameter {name} has other labels of {str(dim)!r} than the dataset; "
                    "give both the same ones in the same order, as reindex_like does."
                )
                raise ParameterError(message)


def caption(attrs: Mapping[str, object]) -> str:
    """Return one line that says how a result was steered, for tables and figures.

    Parameters
    ----------
    attrs : mapping
        Attributes of a dataset that `disca_nb.steer` returned.

    Returns
    -------
    str
        Variant, decision temperature where it is not the usual one, σ, ρ, category temperature and
        method.

    Examples
    --------
    >>> caption({"variant": "vanilla", "category_temperature": "none"})
    'vanilla, category temperature none'
    """
    variant = str(attrs.get("variant", "unsteered"))
    parts = [f"DISCA {variant}" if variant in DISCA_VARIANTS else variant]
    # Early, where a repr that cuts long lines still shows it; "as logged" is said at the end.
    temperature = attrs.get("decision_temperature", DECISION_TEMPERATURE)
    if temperature not in (DECISION_TEMPERATURE, AS_LOGGED):
        parts.append(f"decision temperature {temperature}")
    if "sigma" in attrs:
        floor = f" ≥ {attrs['sigma_floor']}" if attrs["sigma"] == "adaptive" else ""
        parts.append(f"σ {attrs['sigma']}{floor}")
    if "rho" in attrs:
        parts.append(f"ρ {attrs['rho']}")
    # The vanilla gap is never divided, whatever the others are.
    divided = "none" if variant == "vanilla" else attrs.get("category_temperature", "none")
    parts.append(f"category temperature {divided}")
    parts.extend(_method(attrs))
    changed = [
        f"{parameter.symbol} {attrs[name]}"
        for name, parameter in PARAMETERS.items()
        if name in attrs
        and name not in {"sigma", "sigma_floor", "rho", "n_samples", "n_passes"}
        and attrs[name] != ("none" if parameter.default is None else parameter.default)
    ]
    return ", ".join(parts + changed)


def _method(attrs: Mapping[str, object]) -> list[str]:
    """Return how the passes were made, when there were any."""
    if "method" not in attrs:
        return []
    if attrs["variant"] not in DISCA_VARIANTS:
        return ["logged decisions"]
    if attrs["method"] == "recorded":
        return ["recorded passes"]
    size = f"K {attrs['n_samples']}, M {attrs['n_passes']}"
    extra = f"seed {attrs['seed']}" if "seed" in attrs else f"tol {attrs['tol']:g}"
    return [f"{attrs['method']} ({size}, {extra})"]
