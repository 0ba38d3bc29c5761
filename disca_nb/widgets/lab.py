"""The steering lab: move a hyper-parameter of DISCA and see every country move."""

from __future__ import annotations

import os

import xarray as xr
from ipywidgets import HTML, HBox, Layout, Textarea, VBox

from disca_nb.errors import DiscaError
from disca_nb.kernels import PARAMETERS
from disca_nb.metrics.live import Scored
from disca_nb.steering.settings import DISCA_VARIANTS
from disca_nb.widgets._explorer_data import opened
from disca_nb.widgets._lab_controls import NAMED, Controls
from disca_nb.widgets._lab_data import CATEGORY_TEMPERATURES, LabData
from disca_nb.widgets._lab_landscape import LandscapePicture
from disca_nb.widgets._lab_mis import MisPicture
from disca_nb.widgets._lab_state import PRESETS, LabState
from disca_nb.widgets._lab_text import macro_rows, told
from disca_nb.widgets._page import STYLE, figure, paragraph
from disca_nb.widgets._parts import message, parts

__all__ = ["SteeringLab", "steering_lab"]

_CELL = ("model", "country", "scenario")


class SteeringLab(VBox):
    """Sliders for every hyper-parameter of DISCA beside what they do; see `steering_lab`.

    Attributes
    ----------
    settings : LabState
        What the lab is set to; setting a trait moves the slider and draws anew.
    """

    def __init__(
        self, gaps: xr.Dataset | str | os.PathLike[str], targets: xr.Dataset | None = None
    ) -> None:
        super().__init__()
        self.add_class("disca-lab")
        self.settings = LabState()
        self._controls = Controls(self.settings)
        self._held, self._closed = False, False
        self._message = HTML()
        self.children = [HTML(STYLE), self._message]
        try:
            self._data = LabData(opened(gaps)[0], targets)
        except DiscaError as error:
            self._message.value = message(str(error), "error")
            return
        for name, labels in zip(_CELL, self._labels(), strict=True):
            self.settings.set_trait(name, labels[0])
        self._pictures: dict[str, MisPicture] = {}
        self._landscape = LandscapePicture()
        self._build()
        self._refresh()
        self.settings.observe(lambda _: self._refresh())

    @property
    def scores(self) -> xr.Dataset:
        """Scores of all models and countries as the lab is set, with floors."""
        return self._data.labelled(self.settings)

    def close(self) -> None:
        """Close every widget of the lab."""
        # Also called by the garbage collector, on what was never made whole.
        if getattr(self, "_closed", True):
            return
        self._closed = True
        self._controls.unlink()
        self.settings.unobserve_all()
        held = parts(self)
        super().close()
        for widget in held:
            widget.close()

    def preset(self, name: str) -> None:
        """Set the lab to a preset; what is shown of it stays.

        Parameters
        ----------
        name : str
            ``"Defaults"``, ``"Paper"``, ``"Released"``, ``"No gate"`` or ``"Consensus"``.
        """
        usual = {k: v for k, v in LabState().trait_values().items() if k not in _CELL}
        # Drawn once, when all is in its place.
        self._held = True
        try:
            for trait, value in {**usual, **PRESETS[name]}.items():
                self.settings.set_trait(trait, value)
        finally:
            self._held = False
        self._refresh()

    def _labels(self) -> tuple[list[str], list[str], list[str]]:
        """Return models, countries and scenarios."""
        return self._data.models, self._data.countries, self._data.scenarios

    def _build(self) -> None:
        """Make all controls and put them in their places."""
        self._mis, self._table, self._land = HTML(), HTML(), HTML()
        self._code = Textarea(
            description="As Python", style=NAMED, layout=Layout(width="100%", height="5rem")
        )
        choice, data = self._controls.choice, self._data
        baselines = [*(["vanilla"] if data.has_vanilla else []), "debiased", "consensus"]
        methods = ["quadrature", "monte-carlo", *(["recorded"] if data.has_logged_passes else [])]
        models, countries, scenarios = self._labels()
        controls = [
            self._controls.presets(self.preset),
            choice("variant", "Variant", [*DISCA_VARIANTS, *baselines]),
            choice("method", "Passes", methods),
            choice("category_temperature", "Category temperature", list(CATEGORY_TEMPERATURES)),
            *self._controls.sliders(),
            self._code,
        ]
        pictures = [
            choice("model", "Model", models),
            self._mis,
            self._table,
            choice("country", "Country", countries),
            choice("scenario", "Scenario", scenarios),
            self._land,
        ]
        columns = [
            VBox(controls, layout=Layout(flex="1 1 26rem", max_width="34rem")),
            VBox(pictures, layout=Layout(flex="2 1 30rem", min_width="0")),
        ]
        body = HBox(columns, layout=Layout(flex_flow="row wrap", grid_gap="1rem"))
        self.children = [*self.children, body]

    def _refresh(self) -> None:
        """Steer, score and draw as things are set, or say why not; the last pictures stay."""
        if self._held:
            return
        try:
            scored = self._data.score(self.settings)
            self._show(scored)
            self._show_cell(scored)
        except DiscaError as error:
            self._message.value = message(str(error), "error")
            return
        self._message.value = message("")
        self._controls.follow()
        self._code.value = self.settings.code()

    def _show(self, scored: Scored) -> None:
        """Draw the misalignment of the model that is chosen, and the means of all."""
        name = self.settings.model
        board, at = self._data.board(self.settings, scored), self._data.models.index(name)
        mis, vanilla = board.mis[:, at], board.vanilla[:, at]
        if name not in self._pictures:
            title = f"{name} (synthetic)" if self._data.synthetic else name
            self._pictures[name] = MisPicture(board.floors, vanilla, title)
        picture = self._pictures[name]
        text = told(board, at, self._data.steering(self.settings))
        png = picture.png(mis, vanilla)
        self._mis.value = figure(png, "Misalignment by country", text, picture.width)
        self._table.value = macro_rows(board, at)

    def _show_cell(self, scored: Scored) -> None:
        """Draw the candidates of the cell that is chosen."""
        state = self.settings
        if state.variant not in DISCA_VARIANTS:
            self._land.value = paragraph(f"The variant {state.variant!r} draws no candidates.")
            return
        options = {name: value for name, value in state.options().items() if name in PARAMETERS}
        try:
            png, text = self._landscape.draw(self._data.cell(state, scored), options)
        except DiscaError as error:
            # A cell that was never run says nothing of the others.
            self._land.value = paragraph(str(error))
            return
        name = f"Candidates of {state.country}, {state.scenario}"
        self._land.value = figure(png, name, text, self._landscape.width)


def steering_lab(
    gaps: xr.Dataset | str | os.PathLike[str], targets: xr.Dataset | None = None
) -> SteeringLab:
    """Open the steering lab: every hyper-parameter of DISCA as a slider, every cell recomputed.

    Parameters
    ----------
    gaps : xarray.Dataset or path
        Gaps that `disca_nb.steer` takes, with personas, or where `disca_nb.save_results` put
        them; over ``country``, ``scenario`` and perhaps ``model``.
    targets : xarray.Dataset, optional
        As for `disca_nb.alignment`.

    Returns
    -------
    SteeringLab
        Shows itself as the last line of a notebook's cell. What is wrong with the gaps is said in
        it. ``settings`` has what the sliders are set to, ``scores`` the scores; ``close()`` ends
        it.

    References
    ----------
    arXiv 2605.10843.

    Examples
    --------
    >>> import disca_nb
    >>> lab = steering_lab(disca_nb.datasets.demo_panel(["JPN", "USA"]))
    >>> lab.settings.eta = 0.3
    >>> lab.scores.mis.dims
    ('country', 'model')
    >>> lab.close()
    """
    return SteeringLab(gaps, targets)
