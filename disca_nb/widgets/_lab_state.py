"""What the steering lab is set to: one object of traits, presets, and the code that says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from traitlets import Bool, Bunch, Float, HasTraits, Unicode, validate

from disca_nb.errors import unknown_name
from disca_nb.kernels import PARAMETERS
from disca_nb.steering.settings import DECISION_TEMPERATURE, DISCA_VARIANTS

__all__ = ["PRESETS", "SLIDERS", "LabState", "SliderRange"]

_LOGGED = ("rho", "gate_scale")


def _default(name: str) -> float:
    """Return the default of a parameter that is a number by default."""
    value = PARAMETERS[name].default
    if not isinstance(value, int | float):
        raise TypeError(f"{name} is {value!r} by default")
    return float(value)


class SliderRange(NamedTuple):
    """Ends, step and scale of a slider; the box beside it takes all that the parameter allows."""

    low: float
    high: float
    step: float
    scale: str = "linear"


SLIDERS: Mapping[str, SliderRange] = {
    "sigma": SliderRange(0.01, 3.0, 0.01, "log"),
    "sigma_floor": SliderRange(0.01, 3.0, 0.01, "log"),
    "lam": SliderRange(0.0, 1.0, 0.01),
    "eta": SliderRange(0.05, 10.0, 0.01, "log"),
    "alpha": SliderRange(0.2, 1.0, 0.01),
    "kappa": SliderRange(0.0, 6.0, 0.05),
    "rho": SliderRange(0.0, 1.0, 0.01),
    "floor": SliderRange(0.0, 5.0, 0.05),
    "gate_scale": SliderRange(0.001, 10.0, 0.001, "log"),
    "n_samples": SliderRange(8, 512, 8),
    "n_passes": SliderRange(2, 16, 1),
    "decision_temperature": SliderRange(0.05, 5.0, 0.01, "log"),
}
"""How far each slider goes."""


class LabState(HasTraits):
    """Everything that the lab can be set to.

    A parameter that can be a word or nothing has a switch beside its number: ``adaptive`` for the
    search width, ``floored`` for the floor, ``gated`` for the gate.
    """

    variant = Unicode("paper")
    method = Unicode("quadrature")
    category_temperature = Unicode("stored")
    decision_temperature = Float(DECISION_TEMPERATURE)
    adaptive = Bool(default_value=True)
    sigma = Float(0.3)
    sigma_floor = Float(_default("sigma_floor"))
    lam = Float(_default("lam"))
    eta = Float(_default("eta"))
    alpha = Float(_default("alpha"))
    kappa = Float(_default("kappa"))
    rho = Float(_default("rho"))
    floored = Bool(default_value=False)
    floor = Float(1.0)
    gated = Bool(default_value=True)
    gate_scale = Float(_default("gate_scale"))
    n_samples = Float(_default("n_samples"))
    n_passes = Float(_default("n_passes"))
    model = Unicode()
    country = Unicode()
    scenario = Unicode()

    known: Mapping[str, Sequence[str]] = MappingProxyType({})
    """Names that can be chosen, by trait; any where nothing is said."""

    @validate("variant", "method", "category_temperature", "model", "country", "scenario")
    def _known(self, proposal: Bunch) -> str:
        """Return a name that can be chosen, or raise with the closest that can."""
        name, value = str(proposal.trait.name), str(proposal.value)
        names = self.known.get(name)
        if names is not None and value not in names:
            raise unknown_name(name.replace("_", " "), value, names)
        return value

    @property
    def makes_passes(self) -> bool:
        """Whether the variant makes importance-sampling passes."""
        return self.variant in DISCA_VARIANTS

    def acting(self) -> set[str]:
        """Return the names of the numbers that have an effect as things are set."""
        acting = {"decision_temperature"}
        if not self.makes_passes:
            return acting
        acting |= set(_LOGGED if self.method == "recorded" else PARAMETERS)
        acting -= {"sigma" if self.adaptive else "sigma_floor"}
        acting -= set() if self.floored else {"floor"}
        return acting - (set() if self.gated else {"gate_scale"})

    def options(self) -> dict[str, object]:
        """Return what `disca_nb.steer` is to be told, category temperature aside."""
        options: dict[str, object] = {
            "variant": self.variant,
            "decision_temperature": self.decision_temperature,
        }
        if not self.makes_passes:
            return options
        acting = self.acting() & PARAMETERS.keys()
        # In the order of the table, so that the same setting is always the same text.
        numbers = {name: self._number(name) for name in PARAMETERS if name in acting}
        if not self.gated:
            numbers["gate_scale"] = float("inf")
        return {**options, "method": self.method, **numbers}

    def code(self, source: str = "gaps", *, targets: bool = False) -> str:
        """Return the code that makes the same scores.

        Parameters
        ----------
        source : str
            Python that gives the gaps.
        targets : bool
            Whether the human figures are given, as ``targets``, and not those that ship.

        Returns
        -------
        str
            Python, with what differs from the defaults.
        """
        options = self.options()
        told = [f'variant="{self.variant}"']
        if "method" in options:
            told.append(f'method="{self.method}"')
        if self.category_temperature != "stored":
            divided = None if self.category_temperature == "none" else self.category_temperature
            told.append(f"category_temperature={divided!r}".replace("'", '"'))
        usual: dict[str, object] = {"decision_temperature": DECISION_TEMPERATURE}
        usual |= {name: parameter.default for name, parameter in PARAMETERS.items()}
        for name, value in options.items():
            if name in usual and value != usual[name]:
                told.append(f"{name}={_literal(value)}")
        given = ", targets" if targets else ""
        lines = ["import disca_nb", ""]
        given_gaps = "# gaps: the Dataset that steering_lab was given"
        lines.append(given_gaps if source == "gaps" else f"gaps = {source}")
        lines.append(f"steered = disca_nb.steer(gaps, {', '.join(told)})")
        lines.append(f"scores = disca_nb.alignment(steered{given})")
        return "\n".join(lines)

    def _number(self, name: str) -> float | int:
        """Return a parameter, a whole number where it has to be one."""
        value = float(getattr(self, name))
        whole = PARAMETERS[name].integer and value.is_integer()
        return int(value) if whole else value


def _literal(value: object) -> str:
    """Return a number as Python reads it."""
    return 'float("inf")' if value == float("inf") else repr(value)


PRESETS: Mapping[str, Mapping[str, object]] = {
    "Defaults": {},
    "Paper": {"adaptive": False, "sigma": 0.3},
    "Released": {"variant": "released+ema", "category_temperature": "disca"},
    "No gate": {"gated": False},
    "Consensus": {"variant": "consensus"},
}
"""Named settings; what one does not name is as by default.

``Paper`` is Algorithm 1 of arXiv 2605.10843 with the search width that it prints; ``Released`` is
what its authors' code does.
"""
