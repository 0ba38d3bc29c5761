"""The steering lab: move a hyper-parameter of DISCA and see every country move."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import xarray as xr
from ipywidgets import HTML, Box, Button, Checkbox, Dropdown, HBox, Layout, Textarea, VBox
from traitlets import link

from disca_nb.errors import DiscaError, InputError
from disca_nb.kernels import PARAMETERS
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics.live import Live, Scored
from disca_nb.results import open_results
from disca_nb.steering.gaps import CategoryTemperature
from disca_nb.steering.settings import DISCA_VARIANTS, Settings
from disca_nb.widgets._closing import close_all
from disca_nb.widgets._lab_landscape import Cell, LandscapePicture
from disca_nb.widgets._lab_mis import MisPicture
from disca_nb.widgets._lab_state import PRESETS, SLIDERS, LabState
from disca_nb.widgets._lab_text import Board, macro_rows, told
from disca_nb.widgets._page import STYLE, figure, message, paragraph
from disca_nb.widgets.slider import Slider

__all__ = ["SteeringLab", "steering_lab"]

# What can be seen of a picture is far above this; of the search width.
_TOL = 1e-5
_NAMED = {"description_width": "initial"}
_SWITCHES = {
    "adaptive": "σ adaptive: the personas' standard deviation",
    "floored": "floor below which no persona's value falls",
    "gated": "reliability gate",
}
_CATEGORY: dict[str, CategoryTemperature] = {"stored": "stored", "disca": "disca", "none": None}


class SteeringLab(VBox):
    """Sliders for every hyper-parameter of DISCA beside what they do; see `steering_lab`.

    Attributes
    ----------
    settings : LabState
        What the lab is set to; setting a trait moves the slider and draws anew.
    scores : xarray.Dataset
        Scores of all models and countries as the lab is set.
    """

    def __init__(
        self, gaps: xr.Dataset | str | os.PathLike[str], targets: xr.Dataset | None = None
    ) -> None:
        super().__init__()
        self.add_class("disca-lab")
        self.settings = LabState()
        self._links: list[link] = []
        self._held = False
        self._message = HTML()
        self.children = [HTML(STYLE), self._message]
        try:
            self._gaps = open_results(gaps) if isinstance(gaps, str | os.PathLike) else gaps
            self._targets, self._lives = targets, dict[str, Live]()
            self._prepare()
        except DiscaError as error:
            self._message.value = message(str(error))
            return
        self._build()
        self._refresh()

    @property
    def scores(self) -> xr.Dataset:
        """Scores of all models and countries as the lab is set, with floors."""
        live = self._live()
        scored = live.score(tol=_TOL, **self.settings.options())  # type: ignore[arg-type]
        return live.dataset(scored).assign_attrs(steering=self._steering(live))

    def close(self) -> None:
        """Close every widget of the lab."""
        for each in self._links:
            each.unlink()
        self.settings.unobserve_all()
        children, self.children = list(self.children), ()
        layout = self.layout
        close_all(children)
        super().close()
        layout.close()

    def preset(self, name: str) -> None:
        """Set the lab to a preset; selections stay.

        Parameters
        ----------
        name : str
            One of ``disca_nb.widgets.lab.PRESETS``.
        """
        selected = ("model", "country", "scenario")
        usual = {k: v for k, v in LabState().trait_values().items() if k not in selected}
        with self._at_once():
            self.settings.set_trait("method", "quadrature")
            for trait, value in {**usual, **PRESETS[name]}.items():
                self.settings.set_trait(trait, value)

    def _prepare(self) -> None:
        """Check the gaps and take what pictures need of them as arrays."""
        live = self._live()
        extra = set(live.leads) - {"country", "model"}
        if extra:
            name = min(extra)
            raise InputError(f"The gaps have the dimension {name}; select one with .sel({name}=…).")
        like = live.gaps.expand_dims("model") if "model" not in live.leads else live.gaps
        self._countries = [str(name) for name in like["country"].values]
        self._models = [str(name) for name in np.atleast_1d(like.get("model", "model"))]
        self._scenarios = [str(name) for name in like["scenario"].values]
        if not (self._countries and self._models and self._scenarios):
            raise InputError("The gaps hold no cell; choose others with .sel(…).")
        self.settings.model, self.settings.country = self._models[0], self._countries[0]
        self.settings.scenario = self._scenarios[0]
        self._pictures: dict[str, MisPicture] = {}
        self._arrays: dict[str, tuple[FloatArray, FloatArray]] = {}
        self._landscape = LandscapePicture()

    def _live(self) -> Live:
        """Return the gaps under the category temperature that is set, checked once for each."""
        name = self.settings.category_temperature
        if name not in self._lives:
            chosen = _CATEGORY[name]
            self._lives[name] = Live(self._gaps, self._targets, category_temperature=chosen)
        return self._lives[name]

    def _build(self) -> None:
        """Make all controls and put them in their places."""
        self._sliders = {name: self._slider(name) for name in SLIDERS}
        self._mis, self._land = HTML(), HTML()
        self._table = HTML()
        self._code = Textarea(
            description="As Python", style=_NAMED, layout=Layout(width="100%", height="5rem")
        )
        presets = [self._preset_button(name) for name in PRESETS]
        has_log = "recorded_correction" in self._gaps
        baselines = [*(["vanilla"] if "vanilla_gap" in self._gaps else []), "debiased", "consensus"]
        controls = [
            Box(presets, layout=Layout(flex_flow="row wrap")),
            self._choice("variant", "Variant", [*DISCA_VARIANTS, *baselines]),
            self._choice(
                "method", "Passes", ["quadrature", "monte-carlo", *(["recorded"] * has_log)]
            ),
            self._choice("category_temperature", "Category temperature", list(_CATEGORY)),
            *(self._control(name) for name in SLIDERS),
            self._code,
        ]
        pictures = [
            self._choice("model", "Model shown", self._models),
            self._mis,
            self._table,
            self._choice("country", "Country", self._countries),
            self._choice("scenario", "Scenario", self._scenarios),
            self._land,
        ]
        columns = [
            VBox(controls, layout=Layout(flex="1 1 24rem", max_width="32rem")),
            VBox(pictures, layout=Layout(flex="2 1 30rem", min_width="0")),
        ]
        body = HBox(columns, layout=Layout(flex_flow="row wrap", grid_gap="1rem"))
        self.children = [*self.children, body]
        self.settings.observe(lambda _: self._refresh())

    def _slider(self, name: str) -> Slider:
        """Return the slider of a number, moving with it."""
        low, high, step, scale = SLIDERS[name]
        parameter = PARAMETERS.get(name)
        label = f"{parameter.symbol} {name}" if parameter else "T decision temperature"
        text = parameter.text if parameter else "divisor of the final gap in the logistic function"
        slider = Slider(label=label, help=text, low=low, high=high, step=step, scale=scale)
        self._links.append(link((self.settings, name), (slider, "value")))
        return slider

    def _control(self, name: str) -> Slider | VBox:
        """Return a slider, below its switch where it has one."""
        switch = {"sigma": "adaptive", "floor": "floored", "gate_scale": "gated"}.get(name)
        if switch is None:
            return self._sliders[name]
        box = Checkbox(description=_SWITCHES[switch], indent=False, layout=Layout(width="auto"))
        self._links.append(link((self.settings, switch), (box, "value")))
        return VBox([box, self._sliders[name]])

    def _choice(self, name: str, label: str, options: list[str]) -> Dropdown:
        """Return a selector of one of some names."""
        chosen = getattr(self.settings, name)
        box = Dropdown(options=options, value=chosen, description=label, style=_NAMED)
        self._links.append(link((self.settings, name), (box, "value")))
        return box

    def _preset_button(self, name: str) -> Button:
        """Return the button of a preset."""
        button = Button(description=name, layout=Layout(width="auto"))
        button.on_click(lambda _: self.preset(name))
        return button

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        """Draw once after several settings changed."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        self._refresh()

    def _refresh(self) -> None:
        """Steer, score and draw as things are set, or say why not; the last pictures stay."""
        if self._held:
            return
        try:
            live = self._live()
            scored = live.score(tol=_TOL, **self.settings.options())  # type: ignore[arg-type]
            self._show(live, scored)
        except DiscaError as error:
            self._message.value = message(str(error))
            return
        self._message.value = message("")
        acting = self.settings.acting()
        for name, slider in self._sliders.items():
            slider.disabled = name not in acting
        self._code.value = self.settings.code()

    def _show(self, live: Live, scored: Scored) -> None:
        """Put pictures, table and texts of a setting in their places."""
        board = Board(
            self._models, self._by_model(live, scored.mis), self._vanilla(live), live.beside
        )
        at = self._models.index(self.settings.model)
        mis, vanilla = board.mis[:, at], board.vanilla[:, at]
        picture = self._picture(live, vanilla)
        steering = self._steering(live)
        self._mis.value = figure(
            picture.png(mis, vanilla),
            "Misalignment by country",
            told(board, at, steering),
            picture.width,
        )
        self._table.value = macro_rows(board, at)
        self._show_cell(live, scored)

    def _show_cell(self, live: Live, scored: Scored) -> None:
        """Draw the candidates of the cell that is chosen."""
        chosen = self.settings
        if chosen.variant not in DISCA_VARIANTS:
            self._land.value = paragraph(f"The variant {chosen.variant!r} draws no candidates.")
            return
        where = (
            self._countries.index(chosen.country),
            self._models.index(chosen.model),
            self._scenarios.index(chosen.scenario),
        )
        base, personas = self._cells(live)
        final = self._by_model(live, scored.final)[where]
        cell = Cell(float(base[where]), personas[where], float(final))
        options = {k: v for k, v in chosen.options().items() if k in PARAMETERS}
        picture, text = self._landscape.draw(cell, options)
        name = f"Candidates of {chosen.country}, {chosen.scenario}"
        self._land.value = figure(picture, name, text, self._landscape.width)

    def _picture(self, live: Live, vanilla: FloatArray) -> MisPicture:
        """Return the picture of the model shown, with its ground drawn once."""
        name = self.settings.model
        if name not in self._pictures:
            made_up = str(self._gaps.attrs.get("source", "")).startswith("synthetic")
            title = f"{name}{' (synthetic)' if made_up else ''}"
            self._pictures[name] = MisPicture(live.beside, vanilla, title)
        return self._pictures[name]

    def _vanilla(self, live: Live) -> FloatArray:
        """Return the misalignment without steering, at the decision temperature that is set."""
        if "vanilla_gap" not in self._gaps:
            return np.full((len(self._countries), len(self._models)), np.nan)
        temperature = self.settings.decision_temperature
        return self._by_model(live, live.score("vanilla", decision_temperature=temperature).mis)

    def _by_model(self, live: Live, values: FloatArray) -> FloatArray:
        """Return values over countries and models, in this order."""
        sizes = {"country": len(self._countries), "model": len(self._models)}
        wide = values.reshape(*(sizes[dim] for dim in live.leads), *values.shape[1:])
        if live.leads == ("model", "country"):
            wide = wide.swapaxes(0, 1)
        return wide if "model" in live.leads else wide[:, None]

    def _cells(self, live: Live) -> tuple[FloatArray, FloatArray]:
        """Return base and persona gaps over country, model and scenario (and persona)."""
        key = self.settings.category_temperature
        if key not in self._arrays:
            gaps = live.gaps if "model" in live.leads else live.gaps.expand_dims("model")
            order = ("country", "model", "scenario")
            base = gaps["base_gap"].transpose(*order).values
            personas = gaps["persona_gap"].transpose(*order, "persona").values
            self._arrays[key] = base, personas
        return self._arrays[key]

    def _steering(self, live: Live) -> str:
        """Return the line that says how things are steered."""
        options = dict(self.settings.options())
        variant, method = str(options.pop("variant")), str(options.pop("method", "quadrature"))
        temperature = float(str(options.pop("decision_temperature")))
        settings = Settings(variant, method, temperature, 0, _TOL, options)
        divided = str(live.gaps.attrs["category_temperature"])
        return str(settings.attrs(divided, logged=False)["steering"])


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
