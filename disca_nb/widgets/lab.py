"""The steering lab: move a hyper-parameter of DISCA and see every country move."""

from __future__ import annotations

import os
from collections.abc import Iterator

import xarray as xr
from ipywidgets import HTML, HBox, Layout, Textarea, VBox

from disca_nb.errors import DiscaError, InputError, unknown_name
from disca_nb.kernels import PARAMETERS
from disca_nb.steering.settings import DISCA_VARIANTS
from disca_nb.widgets._choices import NAMED
from disca_nb.widgets._explorer_data import opened
from disca_nb.widgets._lab_controls import Controls
from disca_nb.widgets._lab_data import CATEGORY_TEMPERATURES, LabData
from disca_nb.widgets._lab_landscape import LandscapePicture
from disca_nb.widgets._lab_mis import MisPicture
from disca_nb.widgets._lab_state import PRESETS, LabState
from disca_nb.widgets._lab_text import joined, macro_rows, told
from disca_nb.widgets._later import Later
from disca_nb.widgets._page import figure, paragraph
from disca_nb.widgets._panel import Panel
from disca_nb.widgets._parts import attempt, sentence

__all__ = ["SteeringLab", "steering_lab"]

_CELL = ("model", "country", "scenario")
_NOT_OPEN = "The lab could not open its gaps; its page says why."


class SteeringLab(Panel):
    """Sliders for every hyper-parameter of DISCA beside what they do; see `steering_lab`.

    Attributes
    ----------
    settings : LabState
        What the lab is set to; setting a trait moves the slider and draws anew.
    """

    def __init__(
        self, gaps: xr.Dataset | str | os.PathLike[str], targets: xr.Dataset | None = None
    ) -> None:
        super().__init__("disca-lab")
        self.settings = LabState()
        self._controls = Controls(self.settings)
        self._held = False
        self._table_later = Later(self._tabulate)
        self._data: LabData | None = None
        self.say(attempt(lambda: self._open(gaps, targets)))

    @property
    def scores(self) -> xr.Dataset:
        """Scores of all models and countries as the lab is set, with floors."""
        if self._data is None:
            raise InputError(_NOT_OPEN)
        return self._data.labelled(self.settings)

    def let_go(self) -> None:
        """Part from the state."""
        self._table_later.cancel()
        self._controls.unlink()
        self.settings.unobserve_all()

    def preset(self, name: str) -> None:
        """Set the lab to a preset; what is shown of it stays.

        Parameters
        ----------
        name : str
            ``"Defaults"``, ``"Paper"``, ``"Released"``, ``"No gate"`` or ``"Consensus"``.

        Raises
        ------
        UnknownNameError
            For another name.
        """
        if name not in PRESETS:
            raise unknown_name("preset", name, PRESETS)
        if self._data is None:
            raise InputError(_NOT_OPEN)
        usual = {k: v for k, v in LabState().trait_values().items() if k not in _CELL}
        # Drawn once, when all is in its place.
        self._held = True
        try:
            for trait, value in {**usual, **PRESETS[name]}.items():
                self.settings.set_trait(trait, value)
        finally:
            self._held = False
        self._refresh()

    def _open(self, gaps: xr.Dataset | str | os.PathLike[str], targets: xr.Dataset | None) -> None:
        """Check the gaps, make all controls and draw."""
        dataset, source = opened(gaps)
        self._source = "gaps" if isinstance(gaps, xr.Dataset) else source
        self._own_targets = targets is not None
        data = LabData(dataset, targets)
        methods = ["quadrature", "monte-carlo", *(["recorded"] if data.has_logged_passes else [])]
        baselines = [*(["vanilla"] if data.has_vanilla else []), "debiased", "consensus"]
        self.settings.known = {
            "variant": [*DISCA_VARIANTS, *baselines],
            "method": methods,
            "category_temperature": list(CATEGORY_TEMPERATURES),
            "model": data.models,
            "country": data.countries,
            "scenario": data.scenarios,
        }
        for name in _CELL:
            self.settings.set_trait(name, self.settings.known[name][0])
        self._pictures: dict[str, MisPicture] = {}
        self._landscape = LandscapePicture()
        self._data = data
        self._build()
        self._refresh()
        self.settings.observe(lambda _: self._refresh())

    def _build(self) -> None:
        """Make all controls and put them in their places."""
        self._mis, self._table, self._land = HTML(), HTML(), HTML()
        self._code = Textarea(
            description="As Python", style=NAMED, layout=Layout(width="auto", height="7rem")
        )
        choice = self._controls.choice
        controls = [
            self._controls.presets(self.preset),
            choice("variant", "Variant"),
            choice("method", "Passes"),
            choice("category_temperature", "Category temperature"),
            *self._controls.sliders(),
            self._code,
        ]
        pictures = [
            choice("model", "Model"),
            self._mis,
            self._table,
            choice("country", "Country"),
            choice("scenario", "Scenario"),
            self._land,
        ]
        columns = [
            VBox(controls, layout=Layout(flex="1 1 26rem", max_width="34rem")),
            VBox(pictures, layout=Layout(flex="2 1 30rem", min_width="0")),
        ]
        self.fill([HBox(columns, layout=Layout(flex_flow="row wrap", grid_gap="1rem"))])

    def _refresh(self) -> None:
        """Steer, score and draw as things are set, or say why not; the last pictures stay."""
        if self._held:
            return
        self._controls.follow()
        self.say(attempt(self._draw))

    def _draw(self) -> None:
        """Steer, score and draw as things are set."""
        assert self._data is not None  # noqa: S101 - controls are made when there are data
        self._show(self._data)
        self._show_cell(self._data)
        self._code.value = self.settings.code(self._source, targets=self._own_targets)
        self._table_later.call()

    def _show(self, data: LabData) -> None:
        """Draw the misalignment of the model that is chosen."""
        name = self.settings.model
        board = data.board(self.settings, name)
        mis, vanilla = board.mis[:, 0], board.vanilla[:, 0]
        if name not in self._pictures:
            self._pictures[name] = MisPicture(board.floors, vanilla, data.title(name))
        picture = self._pictures[name]
        text = told(board, 0, data.steering(self.settings), data.title(name))
        png = picture.png(mis, vanilla)
        self._mis.value = figure(png, "Misalignment by country", text, picture.width)

    def _tabulate(self) -> Iterator[None]:
        """Steer and score model by model, and show their means, or why there are none."""
        assert self._data is not None  # noqa: S101 - controls are made when there are data
        models, boards = self._data.models, []
        try:
            for model in models:
                boards.append(self._data.board(self.settings, model))
                yield
            self._table.value = macro_rows(joined(boards), models.index(self.settings.model))
        except Exception as error:  # noqa: BLE001 - nobody else would be told
            self._table.value = paragraph(sentence(error))

    def _show_cell(self, data: LabData) -> None:
        """Draw the candidates of the cell that is chosen."""
        state = self.settings
        if state.variant not in DISCA_VARIANTS:
            self._land.value = paragraph(f"The variant {state.variant!r} draws no candidates.")
            return
        if state.method == "recorded":
            text = "Logged passes do not say how their candidates were drawn and weighed."
            self._land.value = paragraph(text)
            return
        options = {name: value for name, value in state.options().items() if name in PARAMETERS}
        name = f"{state.country}, {state.scenario}, {data.title(state.model)}"
        try:
            png, text = self._landscape.draw(data.cell(state), options, name)
        except DiscaError as error:
            # A cell that was never run says nothing of the others.
            self._land.value = paragraph(str(error))
            return
        self._land.value = figure(png, f"Candidates of {name}", text, self._landscape.width)


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
