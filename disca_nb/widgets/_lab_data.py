"""What the steering lab computes: scores of every cell as it is set, ready to be drawn."""

from __future__ import annotations

import numpy as np
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics.live import Live, Scored
from disca_nb.plots._single import made_up
from disca_nb.steering.gaps import CategoryTemperature
from disca_nb.steering.settings import Settings
from disca_nb.widgets._lab_landscape import Cell
from disca_nb.widgets._lab_state import LabState
from disca_nb.widgets._lab_text import Board

__all__ = ["CATEGORY_TEMPERATURES", "LabData"]

CATEGORY_TEMPERATURES: dict[str, CategoryTemperature] = {
    "stored": "stored",
    "disca": "disca",
    "none": None,
}
"""What the names on the page stand for."""
# What can be seen of a picture is far above this; in units of the search width.
_TOL = 1e-3
# As `disca_nb.steer` has it, for the numbers that are taken away.
_EXACT = 1e-7
_NAMED = ("country", "model", "scenario")
_EMPTY = "The gaps hold no cell; choose others with .sel(…)."


class LabData:
    """Gaps of some models, checked once for each category temperature.

    Parameters
    ----------
    gaps : xarray.Dataset
        As for `disca_nb.steer`, over ``country``, ``scenario`` and perhaps ``model``.
    targets : xarray.Dataset, optional
        As for `disca_nb.alignment`.

    Attributes
    ----------
    countries, models, scenarios : list of str
        The labels.

    Raises
    ------
    InputError
        When the gaps lack something, or have a dimension too many.
    """

    def __init__(self, gaps: xr.Dataset, targets: xr.Dataset | None = None) -> None:
        if not all(gaps.sizes.get(dim, 1) for dim in _NAMED):
            raise InputError(_EMPTY)
        # A label may be a number; controls know texts alone.
        texts = {dim: gaps[dim].astype(str) for dim in _NAMED if dim in gaps.coords}
        self._gaps, self._targets = gaps.assign_coords(texts), targets
        self._lives: dict[str, Live] = {}
        self._ones: dict[tuple[str, str], Live] = {}
        self._arrays: dict[str, tuple[FloatArray, FloatArray]] = {}
        live = self.live("stored")
        extra = sorted(set(live.leads) - {"country", "model"})
        if extra:
            name = extra[0]
            raise InputError(f"The gaps have the dimension {name}; select one with .sel({name}=…).")
        found = live.gaps
        self.countries = [str(name) for name in found["country"].values]
        models = found["model"].values if "model" in found.coords else "model"
        self.models = [str(name) for name in np.atleast_1d(models)]
        self.scenarios = [str(name) for name in found["scenario"].values]
        if not (self.countries and self.models and self.scenarios):
            raise InputError(_EMPTY)

    def title(self, model: str) -> str:
        """Return a model's name, and whether it is made up."""
        one = self._gaps[["model"]].sel(model=[model]) if "model" in self._gaps.dims else self._gaps
        return f"{model}{made_up(one.assign_attrs(self._gaps.attrs))}"

    @property
    def has_vanilla(self) -> bool:
        """Whether it is known how the models answer without steering."""
        return "vanilla_gap" in self._gaps

    @property
    def has_logged_passes(self) -> bool:
        """Whether a run logged its passes."""
        return "recorded_correction" in self._gaps

    def live(self, category_temperature: str) -> Live:
        """Return the gaps under a category temperature, named as in `CATEGORY_TEMPERATURES`."""
        if category_temperature not in self._lives:
            chosen = CATEGORY_TEMPERATURES[category_temperature]
            self._lives[category_temperature] = Live(
                self._gaps, self._targets, category_temperature=chosen
            )
        return self._lives[category_temperature]

    def score(self, state: LabState, model: str) -> Scored:
        """Steer and score every cell of a model as the lab is set."""
        one = self._one(state, model)
        return one.score(tol=_TOL, **state.options())  # type: ignore[arg-type]

    def labelled(self, state: LabState) -> xr.Dataset:
        """Return the scores with labels and floors, and how they were made."""
        live = self.live(state.category_temperature)
        return live.dataset(live.score(tol=_EXACT, **state.options()))  # type: ignore[arg-type]

    def board(self, state: LabState, model: str) -> Board:
        """Return a model's scores by country, beside those without steering and floors."""
        one, mis = self._one(state, model), self.score(state, model).mis
        vanilla = np.full_like(mis, np.nan)
        if self.has_vanilla:
            vanilla = one.score("vanilla", decision_temperature=state.decision_temperature).mis
        return Board([model], mis[:, None], vanilla[:, None], one.beside)

    def cell(self, state: LabState) -> Cell:
        """Return the gaps of the cell that is chosen."""
        where = (
            self.countries.index(state.country),
            self.models.index(state.model),
            self.scenarios.index(state.scenario),
        )
        base, personas = self._cells(state.category_temperature)
        final = self.score(state, state.model).final[where[0], where[2]]
        return Cell(float(base[where]), personas[where], float(final))

    def steering(self, state: LabState) -> str:
        """Return the line that says how things are steered."""
        options = dict(state.options())
        variant, method = str(options.pop("variant")), str(options.pop("method", "quadrature"))
        temperature = float(str(options.pop("decision_temperature")))
        settings = Settings(variant, method, temperature, 0, _TOL, options)
        divided = str(self.live(state.category_temperature).gaps.attrs["category_temperature"])
        return str(settings.attrs(divided, logged=False)["steering"])

    def _one(self, state: LabState, model: str) -> Live:
        """Return the gaps of a model, under the category temperature that is chosen."""
        key = (state.category_temperature, model)
        if key not in self._ones:
            self._ones[key] = self.live(state.category_temperature).of_model(model)
        return self._ones[key]

    def _cells(self, category_temperature: str) -> tuple[FloatArray, FloatArray]:
        """Return base and persona gaps over country, model and scenario (and persona)."""
        if category_temperature not in self._arrays:
            live = self.live(category_temperature)
            gaps = live.gaps if "model" in live.leads else live.gaps.expand_dims("model")
            order = ("country", "model", "scenario")
            base, personas = xr.broadcast(
                gaps["base_gap"], gaps["persona_gap"], exclude=["persona"]
            )
            self._arrays[category_temperature] = (
                base.transpose(*order).values,
                personas.transpose(*order, "persona").values,
            )
        return self._arrays[category_temperature]
