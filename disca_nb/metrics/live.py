"""Steering and scoring the same gaps again and again, as fast as a slider moves."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, unknown_name
from disca_nb.kernels import PARAMETERS, mean_by_code
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics._cells import blended, flatten, labelled, preferences_of, prepare, with_scores
from disca_nb.metrics._grid import GATE
from disca_nb.metrics._passes import Passes, gate_numbers, gated, make_passes
from disca_nb.metrics.human import Utilitarianism
from disca_nb.steering.gaps import CategoryTemperature
from disca_nb.steering.settings import DECISION_TEMPERATURE, Settings, settings_first
from disca_nb.steering.steer import without_steering
from disca_nb.variables import validate

__all__ = ["Live", "Scored"]


class Scored(NamedTuple):
    """What one setting gives, over L countries (and models).

    Attributes
    ----------
    mis : numpy.ndarray, shape (L,)
        Misalignment score.
    preference : numpy.ndarray, shape (L, A)
        Mean probability of sparing the counted side, by attribute.
    reliability, ess : numpy.ndarray, shape (L,)
        Means over scored scenarios; NaN for a variant without passes.
    final : numpy.ndarray, shape (L, S)
        Final gaps in logits, by scenario.
    settings : Settings
        How they were made.
    """

    mis: FloatArray
    preference: FloatArray
    reliability: FloatArray
    ess: FloatArray
    final: FloatArray
    settings: Settings


class Live:
    """Gaps that are checked once, and steered and scored at every call.

    It gives what `disca_nb.steer` and `disca_nb.alignment` give for the same tolerance, to
    rounding, in a fraction of the time: labels are looked up once, and passes are made anew only
    where a parameter changed that they depend on.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps that `disca_nb.steer` takes, with personas.
    targets, utilitarianism
        As for `disca_nb.alignment`.
    category_temperature : {"stored", "disca"} or None
        As for `disca_nb.steer`.

    Raises
    ------
    InputError
        As `disca_nb.steer` and `disca_nb.alignment`.

    References
    ----------
    arXiv 2605.10843; MultiTP, arXiv 2407.02273.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> live = Live(demo_panel(["JPN", "USA"]))
    >>> live.score("consensus").mis.round(3).tolist()
    [0.155, 0.211]
    >>> live.dataset(live.score("paper", eta=0.3)).mis.dims
    ('country', 'model')
    """

    def __init__(
        self,
        dataset: xr.Dataset,
        targets: xr.Dataset | None = None,
        *,
        utilitarianism: Utilitarianism = "pooled",
        category_temperature: CategoryTemperature = "stored",
    ) -> None:
        validate(dataset, "persona_gap")
        steering = {"variant": "consensus", "category_temperature": category_temperature}
        gaps, beside = prepare(dataset, targets, utilitarianism, **steering)
        validate(gaps, "base_gap")
        self._logged = dataset.attrs.get("category_temperature", "none")
        self._lay(gaps, beside)

    def _lay(self, gaps: xr.Dataset, beside: xr.Dataset) -> None:
        """Lay out checked gaps as flat arrays."""
        self._gaps, self._beside = gaps, beside
        self._cells = flatten(self._gaps, self._beside)
        self._final = {"consensus": self._cells.consensus, "debiased": self._cells.base}
        if "vanilla_gap" in self._gaps:
            unsteered = self._gaps.assign(final_gap=self._gaps["vanilla_gap"])
            self._final["vanilla"] = flatten(unsteered, self._beside).final
        blank = np.zeros(self._cells.average.size)
        leads = labelled(blank, {}, self._cells, self._gaps, by_attribute=False)
        human, _ = xr.broadcast(self._beside["human_preference"], leads)
        human = human.transpose(*self._cells.leads, "attribute")
        self._human: FloatArray = human.values.reshape(blank.size, -1)
        self._attrs = without_steering(self._gaps).attrs
        self._made: tuple[object, Passes] | None = None

    @property
    def gaps(self) -> xr.Dataset:
        """The gaps as they are steered, category temperature applied."""
        return self._gaps

    @property
    def beside(self) -> xr.Dataset:
        """Human preferences and floors of the same countries."""
        return self._beside

    @property
    def leads(self) -> tuple[str, ...]:
        """The dimensions that L runs over."""
        return tuple(self._cells.leads)

    def of_model(self, model: str) -> Live:
        """Return the gaps of one model, without checking them again.

        Parameters
        ----------
        model : str
            Its label; gaps without a dimension ``model`` are returned as they are.

        Returns
        -------
        Live
            The same gaps, targets and floors.

        Raises
        ------
        UnknownNameError
            For another model.
        """
        if "model" not in self._gaps.dims:
            return self
        if model not in self._gaps["model"].values:
            raise unknown_name("model", model, self._gaps["model"].values)
        part = copy.copy(self)
        gaps, beside = (
            each.sel(model=[model]) if "model" in each.dims else each
            for each in (self._gaps, self._beside)
        )
        part._lay(gaps, beside)  # noqa: SLF001 - a copy of its own
        return part

    def score(
        self,
        variant: str = "paper",
        *,
        method: str = "quadrature",
        decision_temperature: float = DECISION_TEMPERATURE,
        seed: int = 0,
        tol: float = 1e-6,
        **parameters: object,
    ) -> Scored:
        """Steer every cell and score it.

        Parameters
        ----------
        variant, method, decision_temperature, seed, tol, **parameters
            As for `disca_nb.steer`; parameters are single values. ``"reported"``, whose
            decisions were logged, is no variant here.

        Returns
        -------
        Scored
            Arrays.

        Raises
        ------
        InputError
            When the gaps lack what the variant needs.
        ParameterError, UnknownNameError
            As `disca_nb.steer`.
        """
        settings = Settings(variant, method, decision_temperature, seed, tol, parameters)
        cells, unknown = self._cells, np.full(self._cells.average.size, np.nan)
        if settings.uses_passes:
            gate = gate_numbers(_chosen(parameters, gate=True, method=method))
            after = gated(self._passes(settings, int(gate["n_passes"])), gate)
            options = (after.correction, after.ess, gate["rho"], variant)
            final = blended(cells, cells.consensus, *options)
            reliability, ess = (
                mean_by_code(values, cells.lead_code, unknown.size)[0]
                for values in (after.reliability, after.ess.mean(axis=-1))
            )
        else:
            final, reliability, ess = self._baseline(variant)[None], unknown, unknown
        found = preferences_of(cells, final, settings.decision_temperature)
        preference = found.reshape(self._human.shape)
        mis = np.sqrt(((preference - self._human) ** 2).sum(axis=-1))
        gaps = final.reshape(unknown.size, -1)
        return Scored(mis, preference, reliability, ess, gaps, settings)

    def dataset(self, scored: Scored) -> xr.Dataset:
        """Return scores with labels and floors.

        Parameters
        ----------
        scored : Scored
            What `score` returned.

        Returns
        -------
        xarray.Dataset
            ``mis`` and ``preference``, and human preferences and floors beside them, vanilla at
            the same decision temperature. Attributes say how they were made.
        """
        preference = labelled(scored.preference.ravel(), {}, self._cells, self._gaps)
        beside, settings = self._beside, scored.settings
        if "vanilla" in self._final:
            temperature = settings.decision_temperature
            vanilla = self.score("vanilla", decision_temperature=temperature).mis
            found = labelled(vanilla, {}, self._cells, self._gaps, by_attribute=False)
            beside = beside.assign(mis_vanilla=found)
        attrs = settings.attrs(str(self._gaps.attrs["category_temperature"]), logged=False)
        scores = with_scores(preference, beside).assign_coords(variant=settings.variant)
        return scores.assign_attrs(settings_first({**self._attrs, **attrs}))

    def _baseline(self, variant: str) -> FloatArray:
        """Return the final gaps of a variant without passes, as flat cells."""
        if variant not in self._final:
            raise InputError(
                f"The gaps have nothing for the variant {variant!r}; "
                f"use one of {', '.join(self._final)}, or one of DISCA's."
            )
        return self._final[variant]

    def _check_recorded(self) -> None:
        """Raise unless there are logged passes, made from these gaps."""
        validate(self._gaps, "recorded_correction", "recorded_ess")
        if self._gaps.attrs["category_temperature"] != self._logged:
            raise InputError(
                f"What was recorded belongs to gaps with category temperature {self._logged!r}; "
                "to change it use method='monte-carlo' or 'quadrature'."
            )

    def _passes(self, settings: Settings, n_passes: int) -> Passes:
        """Return the passes of a setting, those of the last call where nothing else is asked."""
        own = _chosen(settings.parameters, gate=False, method=settings.method)
        # Random passes are counted; the limit is the same for any number.
        counted = n_passes if settings.method == "monte-carlo" else 0
        key = (settings.method, settings.seed, settings.tol, counted, tuple(sorted(own.items())))
        if self._made is None or self._made[0] != key:
            if settings.method == "recorded":
                self._check_recorded()
            self._made = (key, make_passes(self._cells, [own], settings, n_passes))
        return self._made[1]


def _chosen(given: Mapping[str, object], *, gate: bool, method: str) -> dict[str, object]:
    """Return the parameters that act on passes that are made, or the others."""
    after = GATE[method]
    return {name: given[name] for name in PARAMETERS if name in given and (name in after) == gate}
