"""What the tests of the run panel share: models that wait to be let on, and choices for them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import xarray as xr
from scripted import Scripted

import disca_nb
from disca_nb.models import LanguageModel, OptionScores
from disca_nb.prompts import Prompt
from disca_nb.widgets._run_state import Choice, Phase, Run, RunState

# Of two countries and 24 scenarios: four chunks, after each of which a run can be stopped.
PROMPTS, ENDS = 216, [0, 64, 128, 192, 216]
COUNTRIES, PER_ATTRIBUTE = ("JPN", "USA"), 4
# Longer than anything takes; a test that waits so long has failed.
LONG = 60.0


class Gated(Scripted):
    """A model whose every call waits until it is let on."""

    def __init__(self, name: str = "scripted") -> None:
        super().__init__(name=name)
        self.called, self.let_on = threading.Semaphore(0), threading.Semaphore(0)

    def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
        self.called.release()
        assert self.let_on.acquire(timeout=LONG)
        return super().score(prompts, options)

    def until_call(self, number: int) -> None:
        """Let calls on until the model is in its call of that number, counted from 1."""
        for call in range(1, number + 1):
            assert self.called.acquire(timeout=LONG)
            if call < number:
                self.let_on.release()


class Raising(Scripted):
    """A model that raises an error when it is asked."""

    def __init__(self, error: BaseException, name: str = "scripted") -> None:
        super().__init__(name=name)
        self.error = error

    def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:  # noqa: ARG002
        raise self.error


class Watched(Run):
    """A run that keeps the states it tells."""

    def __init__(self) -> None:
        self.told: list[RunState] = []
        super().__init__(self.told.append)

    @property
    def phases(self) -> list[Phase]:
        """The phases in their order, each stay once."""
        found = [each.phase for each in self.told]
        return [one for i, one in enumerate(found) if i == 0 or one != found[i - 1]]


def chosen(model: LanguageModel | str, path: Path | str) -> Choice:
    """Return the small choice of these tests."""
    return Choice(model, COUNTRIES, "balanced", PER_ATTRIBUTE, str(path))


def expected() -> xr.Dataset:
    """Return what the scripted model's run gives."""
    scenarios, personas = chosen("demo", "").asked()
    return disca_nb.elicit(Scripted(), scenarios, personas, progress=False)


def same(found: xr.Dataset | None, wanted: xr.Dataset) -> bool:
    """Return whether two results are equal bit for bit, the time they took aside."""
    assert found is not None
    return found.drop_vars("latency").identical(wanted.drop_vars("latency"))


def threads() -> list[threading.Thread]:
    """Return the threads of runs that are alive."""
    return [thread for thread in threading.enumerate() if thread.name == "disca-run"]
