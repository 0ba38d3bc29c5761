"""The steering lab's controls: presets, switches and sliders that move with its state."""

from __future__ import annotations

from collections.abc import Callable

from ipywidgets import Box, Button, Checkbox, Dropdown, Layout, VBox, Widget
from traitlets import HasTraits, link

from disca_nb.kernels import PARAMETERS
from disca_nb.widgets._choices import dropdown
from disca_nb.widgets._lab_state import PRESETS, SLIDERS, LabState
from disca_nb.widgets.slider import Slider

__all__ = ["Controls"]

# Which switch stands above which slider, and what it says.
_SWITCHES = {
    "sigma": ("adaptive", "σ adaptive: the personas' standard deviation"),
    "floor": ("floored", "floor below which no persona's value falls"),
    "gate_scale": ("gated", "reliability gate"),
}


class Controls:
    """Controls of a lab's state; what moves one moves the other.

    Parameters
    ----------
    state : LabState
        What they set.
    """

    def __init__(self, state: LabState) -> None:
        self._state = state
        self._links: list[link] = []
        self._sliders: dict[str, Slider] = {}
        self._switches: dict[str, Checkbox] = {}
        self._chosen: dict[str, Dropdown] = {}

    def choice(self, name: str, label: str) -> Dropdown:
        """Return a selector of one of some names.

        Parameters
        ----------
        name : str
            Trait of the state.
        label : str
            What it is called on the page.

        Returns
        -------
        ipywidgets.Dropdown
        """
        box = dropdown(self._state.known[name], getattr(self._state, name), label)
        self._join(name, box)
        self._chosen[name] = box
        return box

    def presets(self, choose: Callable[[str], None]) -> Box:
        """Return a button for each preset.

        Parameters
        ----------
        choose : callable
            Called with the name of the one that was pressed.

        Returns
        -------
        ipywidgets.Box
        """
        buttons = []
        for name in PRESETS:
            button = Button(description=name, layout=Layout(width="auto"))
            button.on_click(lambda _, name=name: choose(name))
            buttons.append(button)
        return Box(buttons, layout=Layout(flex_flow="row wrap"))

    def sliders(self) -> list[Widget]:
        """Return a slider for each number, below its switch where it has one."""
        return [self._slider(name) for name in SLIDERS]

    def follow(self) -> None:
        """Leave only those controls free that have an effect."""
        acting, makes_passes = self._state.acting(), self._state.makes_passes
        for name, slider in self._sliders.items():
            slider.disabled = name not in acting
        for name, switch in self._switches.items():
            logged = self._state.method == "recorded" and name != "gated"
            switch.disabled = logged or not makes_passes
        if "method" in self._chosen:
            self._chosen["method"].disabled = not makes_passes
            # What is not steered is not divided either.
            self._chosen["category_temperature"].disabled = self._state.variant == "vanilla"

    def unlink(self) -> None:
        """Part the controls from the state."""
        for each in self._links:
            each.unlink()

    def _slider(self, name: str) -> Widget:
        """Return the slider of a number, moving with it."""
        low, high, step, scale = SLIDERS[name]
        label, text = "T, decision temperature", "divisor of the final gap"
        if name in PARAMETERS:
            label, text = f"{PARAMETERS[name].symbol}, {name}", PARAMETERS[name].text
        slider = Slider(label=label, help=text, low=low, high=high, step=step, scale=scale)
        self._sliders[name] = slider
        self._join(name, slider)
        if name not in _SWITCHES:
            return slider
        switch, says = _SWITCHES[name]
        box = Checkbox(description=says, indent=False, layout=Layout(width="auto"))
        self._join(switch, box)
        self._switches[switch] = box
        return VBox([box, slider])

    def _join(self, name: str, widget: HasTraits) -> None:
        """Let a trait of the state and a control move together."""
        self._links.append(link((self._state, name), (widget, "value")))
