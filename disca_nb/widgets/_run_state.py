"""A run of `elicit` in a thread of its own: planned, started, stopped and gone on with.

Two threads meet here. The one of the notebook calls `Run.plan`, `Run.start`, `Run.stop` and
`Run.close`; the run's own does the work. They share the latest `RunState`, which never changes and
is replaced under a lock, and an event that asks to stop. Who watches is told under the same lock,
so that news come in their order, from either thread, one at a time.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import xarray as xr

from disca_nb._elicit.given import Asked
from disca_nb._elicit.planning import plan
from disca_nb._elicit.progress import Progress
from disca_nb._elicit.quality import unscored
from disca_nb._elicit.request import request
from disca_nb._elicit.running import answered
from disca_nb.errors import InputError
from disca_nb.prompts import persona_panel, scenarios
from disca_nb.widgets._parts import sentence

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BUSY", "Choice", "Phase", "Run", "RunState"]

Phase = Literal["idle", "planning", "running", "stopping", "stopped", "finished", "failed"]

BUSY: tuple[Phase, ...] = ("planning", "running", "stopping")
"""Phases in which the thread is at work."""

_MIN_MASS = 0.5


@dataclass(frozen=True)
class Choice:
    """What is asked of whom, and where the result goes.

    Attributes
    ----------
    model : LanguageModel, str or path
        As for `disca_nb.elicit`.
    countries : tuple of str
        Countries with profiles that ship.
    selection : str
        As for `disca_nb.prompts.scenarios`.
    per_attribute : int
        The same, for ``balanced``.
    path : str
        The ``store`` of `disca_nb.elicit`.
    """

    model: Asked
    countries: tuple[str, ...]
    selection: str
    per_attribute: int
    path: str

    def asked(self) -> tuple[xr.Dataset, xr.Dataset]:
        """Return scenarios and personas."""
        choices = scenarios(self.selection, per_attribute=self.per_attribute)
        return choices, persona_panel(self.countries)


@dataclass(frozen=True, eq=False)
class RunState:
    """How a run stands.

    Attributes
    ----------
    phase : str
        ``idle``; ``planning`` until the first prompt is asked, ``running``, ``stopping`` until the
        batch under way is finished; then ``stopped``, ``finished`` or ``failed``.
    choice : Choice, optional
        What the last call asked for.
    plan : str
        What the last plan said.
    progress : Progress, optional
        How far the run is; None before the first prompt is asked, and where a whole result was
        there so that none was.
    error : str
        Why it failed, in a sentence.
    result : xarray.Dataset, optional
        What the last finished run returned.
    unscored : pandas.DataFrame, optional
        The cells of the result without a score, as `disca_nb._elicit.quality.unscored` lists them.
    """

    phase: Phase = "idle"
    choice: Choice | None = None
    plan: str = ""
    progress: Progress | None = None
    error: str = ""
    result: xr.Dataset | None = None
    unscored: pd.DataFrame | None = None


_Changes: TypeAlias = dict[str, object]


class _Stopped(BaseException):
    """Ends a run that was asked to stop; no ``except Exception`` on its way may take it."""


class Run:
    """One run at a time, with a state that can be watched.

    Parameters
    ----------
    changed : callable
        Called with every new state, from either thread. What it raises is dropped: who watches
        must not stop a run.
    """

    def __init__(self, changed: Callable[[RunState], object] = lambda _: None) -> None:
        self._changed = changed
        # Reentrant, so that who is told may ask to stop.
        self._lock = threading.RLock()
        self._asked_to_stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._state = RunState()

    @property
    def state(self) -> RunState:
        """How the run stands."""
        return self._state

    def plan(self, choice: Choice) -> None:
        """Begin to work out what a choice would cost; the state is ``idle`` again when it is told.

        Parameters
        ----------
        choice : Choice
            Its path is not touched.

        Raises
        ------
        InputError
            While the thread is at work, or after closing.
        """
        self._begin(choice, self._work_out, result=self._state.result)

    def start(self, choice: Choice) -> None:
        """Begin a run, or go on with the one at the choice's path.

        Parameters
        ----------
        choice : Choice
            What to ask.

        Raises
        ------
        InputError
            While the thread is at work, or after closing.
        """
        state = self._state
        # A plan of something else would stand beside the run.
        plan = state.plan if choice == state.choice else ""
        self._begin(choice, self._carry_out, plan=plan, result=state.result)

    def stop(self) -> None:
        """Ask the run to stop when the batch under way is finished; nothing where none is."""
        with self._lock:
            if self._state.phase in {"planning", "running"}:
                self._asked_to_stop.set()
                self._become(phase="stopping")

    def wait(self, timeout: float | None = None) -> RunState:
        """Wait until the thread has ended, or so many seconds, and return the state.

        Parameters
        ----------
        timeout : float, optional
            Seconds; as long as it takes by default.

        Returns
        -------
        RunState
        """
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)
        return self._state

    def close(self) -> None:
        """Stop, wait until the batch under way is finished, and tell nobody anything any more.

        A model that is being loaded is loaded to its end first.
        """
        with self._lock:
            self._closed = True
            self._asked_to_stop.set()
        self.wait()

    def _begin(
        self,
        choice: Choice,
        work: Callable[[Choice], _Changes],
        *,
        plan: str = "",
        result: xr.Dataset | None = None,
    ) -> None:
        """Start the thread, unless there is one at work."""
        with self._lock:
            if self._closed:
                raise InputError("This run was closed; make another.")
            if self._state.phase in BUSY:
                raise InputError(f"A run is {self._state.phase}; stop it, or wait until it ends.")
            # Nothing is left to do for the thread before but to end.
            self.wait()
            self._asked_to_stop.clear()
            self._become(
                phase="planning",
                choice=choice,
                plan=plan,
                result=result,
                progress=None,
                error="",
                unscored=None,
            )
            # A daemon, so that a kernel can be shut down meanwhile; what is finished is on disk.
            self._thread = threading.Thread(
                target=self._guarded, args=(work, choice), name="disca-run", daemon=True
            )
            self._thread.start()

    def _guarded(self, work: Callable[[Choice], _Changes], choice: Choice) -> None:
        """Do the thread's work; whatever ends it is a state."""
        try:
            ended = work(choice)
        except _Stopped:
            ended = {"phase": "stopped"}
        except BaseException as error:  # noqa: BLE001 - nobody else would be told
            ended = {"phase": "failed", "error": sentence(error)}
        # Networks hold themselves in circles, and an error held what it passed through.
        gc.collect()
        self._become(**ended)

    def _work_out(self, choice: Choice) -> _Changes:
        """Plan a choice."""
        told = plan(choice.model, *choice.asked()).describe()
        self._check_stop()
        return {"phase": "idle", "plan": told}

    def _carry_out(self, choice: Choice) -> _Changes:
        """Ask what is not yet answered."""
        if not choice.path:
            raise InputError("There is no path for the result; give one ending in .zarr or .nc.")
        run = request(
            choice.model,
            *choice.asked(),
            countries=None,
            language=None,
            exchange="lines",
            min_mass=_MIN_MASS,
        )
        # Not `elicit`, whose warning of cells without a score would go to another place.
        result = answered(run, progress=self._take, store=choice.path)
        return {"phase": "finished", "result": result, "unscored": unscored(result)}

    def _take(self, progress: Progress) -> None:
        """Tell how far the run is, and end it where that was asked for and anything is left."""
        with self._lock:
            stopping = self._asked_to_stop.is_set()
            self._become(phase="stopping" if stopping else "running", progress=progress)
        if progress.done < progress.total:
            self._check_stop()

    def _check_stop(self) -> None:
        """End the thread's work where that was asked for."""
        if self._asked_to_stop.is_set():
            raise _Stopped

    def _become(self, **changes: object) -> None:
        """Take a new state and tell it."""
        with self._lock:
            self._state = replace(self._state, **changes)  # type: ignore[arg-type]
            if not self._closed:
                with suppress(Exception):
                    self._changed(self._state)
