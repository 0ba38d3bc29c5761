"""`run_panel`: ask a model from a notebook, with a plan, time left, stop and resume."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import xarray as xr
from ipywidgets import HTML

from disca_nb._elicit.given import Asked
from disca_nb.widgets._panel import Frame, Keys
from disca_nb.widgets._parts import message, parts, sentence
from disca_nb.widgets._run_controls import Controls
from disca_nb.widgets._run_state import BUSY, Run, RunState
from disca_nb.widgets._run_texts import (
    failures_html,
    message_html,
    next_html,
    plan_html,
    progress_html,
)
from disca_nb.widgets._throttle import Throttle

__all__ = ["RunPanel", "run_panel"]


def run_panel(model: Asked = "demo", *, folder: str | os.PathLike[str] = "disca-runs") -> RunPanel:
    """Return a panel that plans, starts, stops and resumes a run of `disca_nb.elicit`.

    The run goes on in a thread of its own, so that the notebook stays free; what is finished is on
    disk at once, and a run that was stopped goes on at the same path. Interrupting the kernel does
    not stop it, the panel's Stop does.

    Parameters
    ----------
    model : LanguageModel, str or path
        The model at first: "demo", the embedded synthetic one, a folder, a name on the Hugging
        Face hub, or an object of your own.
    folder : str or path
        Where results go unless another path is typed; made when a run starts.

    Returns
    -------
    RunPanel
        A widget. ``result`` is the dataset of the last finished run, None before.

    Raises
    ------
    InputError
        For something that is no model, or a name that cannot be one.

    Examples
    --------
    >>> panel = run_panel("demo", folder="runs")
    >>> panel.controls.countries.value, panel.result
    (('JPN', 'USA'), None)
    >>> panel.close()
    """
    return RunPanel(model, folder=folder)


class RunPanel(Frame):
    """The panel of `run_panel`.

    Parameters
    ----------
    model, folder
        As for `run_panel`.

    Attributes
    ----------
    controls : Controls
        What is chosen, each control a widget.
    run : Run
        The run, which can be waited for.
    """

    def __init__(
        self, model: Asked = "demo", *, folder: str | os.PathLike[str] = "disca-runs"
    ) -> None:
        self.controls = Controls(model, folder)
        self.run = Run(self._show)
        # The run's thread and the notebook's both write to the widgets, one at a time.
        self._drawing = threading.RLock()
        self._throttle = Throttle()
        self._later = threading.Timer(0.0, self._show_now)
        self._closed = False
        self._notice, self._message, self._progress = HTML(), HTML(), HTML()
        self._failures, self._plan, self._next = HTML(), HTML(), HTML()
        model_row, *others = self.controls.rows
        said = (self._message, self._progress, self._failures, self._plan, self._next)
        rows = [model_row, self._notice, *others, *said, Keys(layout={"display": "none"})]
        super().__init__(rows, layout={"width": "auto", "max_width": "52em"})
        self.add_class("disca-panel")
        self.add_class("disca-run")
        self.controls.watch(self._changed)
        self.controls.plan.on_click(lambda _: self._attempt(self._on_plan))
        self.controls.start.on_click(lambda _: self._attempt(self._on_start))
        self.controls.stop.on_click(lambda _: self._attempt(self.run.stop))
        self._changed()

    @property
    def result(self) -> xr.Dataset | None:
        """The dataset of the last finished run."""
        return self.run.state.result

    def close(self) -> None:
        """Stop the run when its batch is finished, wait for that, and let go of every widget."""
        # Also called by the garbage collector, on what was never made whole.
        if getattr(self, "_closed", True):
            return
        with self._drawing:
            self._closed = True
            self._later.cancel()
            held = parts(self)
            super().close()
            for each in held:
                each.close()
        # Not under the lock, for which the run's thread may wait.
        self.run.close()
        if self._later.is_alive():
            self._later.join()

    def _show_soon(self) -> None:
        """Show the state as it is when the next showing is due: there may be no news for long."""
        # The timer's own thread may find that it is too early still.
        if self._later is threading.current_thread() or not self._later.is_alive():
            self._later = threading.Timer(self._throttle.interval, self._show_now)
            self._later.daemon = True
            self._later.start()

    def _show_now(self) -> None:
        """Show the state as it is."""
        # Read under the lock, or a state that is old by then would be shown last.
        with self._drawing:
            self._show(self.run.state)

    def _on_plan(self) -> None:
        """Plan what is chosen."""
        self.run.plan(self.controls.choice())

    def _on_start(self) -> None:
        """Start or resume what is chosen."""
        self.run.start(self.controls.choice())

    def _changed(self, _: object = None) -> None:
        """Follow a change of what is chosen."""
        self._attempt(self._show_choice)

    def _show_choice(self) -> None:
        """Say what has to be said of what is chosen."""
        with self._drawing:
            self._notice.value = message(self.controls.notice)
            self.controls.show_start()

    def _attempt(self, action: Callable[[], None]) -> None:
        """Do what a control asks for; an error is a sentence in the panel."""
        try:
            action()
        except Exception as error:  # noqa: BLE001 - or it would be a stack trace in the log
            with self._drawing:
                self._message.value = message(sentence(error), "error")

    def _show(self, state: RunState) -> None:
        """Show a state, from whichever thread it comes."""
        with self._drawing:
            if self._closed:
                return
            if not self._throttle.due(state.phase):
                self._show_soon()
                return
            self.controls.show(busy=state.phase in BUSY, stopping=state.phase == "stopping")
            self._message.value = message_html(state)
            self._progress.value = progress_html(state)
            self._failures.value = failures_html(state.unscored)
            self._plan.value = plan_html(state.plan)
            self._next.value = next_html(state)
