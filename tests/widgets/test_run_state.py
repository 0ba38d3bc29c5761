"""A run in a thread of its own: how it goes, stops, goes on, fails and is closed."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from scripted import Scripted
from watched_runs import (
    ENDS,
    LONG,
    PROMPTS,
    Gated,
    Raising,
    Watched,
    chosen,
    expected,
    same,
    threads,
)

import disca_nb
from disca_nb._elicit.keeping import run_folder
from disca_nb._elicit.planning import plan
from disca_nb._elicit.scoring import plan_of
from disca_nb.errors import InputError
from disca_nb.models import LanguageModel
from disca_nb.models.protocol import ScoringPlan
from disca_nb.prompts import Prompt
from disca_nb.widgets._run_state import BUSY, Choice, Run, RunState


def ended(run: Watched, choice: Choice) -> RunState:
    """Start a run and return how it ended."""
    run.start(choice)
    state = run.wait(LONG)
    assert state.phase not in BUSY
    return state


def test_a_run_ends_with_what_elicit_returns(tmp_path: Path) -> None:
    run, path = Watched(), tmp_path / "new" / "run.zarr"
    state = ended(run, chosen(Scripted(), path))
    assert state.phase == "finished"
    assert same(state.result, expected())
    assert same(disca_nb.open_results(path), expected())
    assert state.unscored is not None
    assert state.unscored.empty
    assert threads() == []


def test_every_step_is_told_in_order(tmp_path: Path) -> None:
    run = Watched()
    ended(run, chosen(Scripted(), tmp_path / "run.zarr"))
    assert run.phases == ["planning", "running", "finished"]
    told = [each.progress.done for each in run.told if each.phase == "running" and each.progress]
    assert told == ENDS
    assert run.told[-1] is run.state


def test_the_caller_is_free_while_the_run_goes_on(tmp_path: Path) -> None:
    run, model = Watched(), Gated()
    run.start(chosen(model, tmp_path / "run.zarr"))
    model.until_call(2)
    # The run stands still inside the model; all of this is done meanwhile.
    assert run.state.phase == "running"
    assert run.state.progress is not None
    assert run.state.progress.done == ENDS[1]
    assert disca_nb.steer(disca_nb.datasets.demo_panel(["JPN"]), variant="consensus").sizes
    (thread,) = threads()
    assert thread.daemon
    model.let_on.release(len(ENDS))
    assert run.wait(LONG).phase == "finished"


@pytest.mark.parametrize("call", [1, 2, 4])
def test_a_stopped_run_goes_on_at_the_same_path(tmp_path: Path, call: int) -> None:
    run, model, path = Watched(), Gated(), tmp_path / "run.zarr"
    run.start(chosen(model, path))
    model.until_call(call)
    run.stop()
    assert run.state.phase == "stopping"
    model.let_on.release()
    state = run.wait(LONG)
    # With the last chunk everything is done, and nothing is left to stop.
    assert state.phase == ("stopped" if call < 4 else "finished")
    assert state.progress is not None
    assert state.progress.done == ENDS[call]
    assert path.exists() == (call == 4)
    again = Scripted()
    assert same(ended(run, chosen(again, path)).result, expected())
    assert len(again.asked) == PROMPTS - ENDS[call]
    assert not run_folder(path).exists()


def test_a_result_that_is_there_is_returned_and_nothing_asked(tmp_path: Path) -> None:
    run, path = Watched(), tmp_path / "run.zarr"
    ended(run, chosen(Scripted(), path))
    model = Scripted()
    state = ended(run, chosen(model, path))
    assert (state.phase, state.progress, model.asked) == ("finished", None, [])
    assert same(state.result, expected())


def test_a_plan_is_told_and_nothing_asked_or_written(tmp_path: Path) -> None:
    run, model, path = Watched(), Scripted(), tmp_path / "run.zarr"
    choice = chosen(model, path)
    run.plan(choice)
    state = run.wait(LONG)
    assert (state.phase, state.plan) == ("idle", plan(model, *choice.asked()).describe())
    assert "216 prompts" in state.plan
    assert (model.asked, list(tmp_path.iterdir())) == ([], [])
    assert run.phases == ["planning", "idle"]
    # A plan stays while its run goes on; a result stays while another run is planned.
    assert ended(run, choice).plan == state.plan
    run.plan(choice)
    assert run.wait(LONG).result is not None


class SlowToPlan(Scripted):
    """A model whose plan takes until it is let on."""

    def __init__(self) -> None:
        super().__init__()
        self.planning, self.let_on = threading.Semaphore(0), threading.Semaphore(0)

    def plan(self, prompts: Sequence[Prompt], options: Sequence[str]) -> ScoringPlan:
        self.planning.release()
        assert self.let_on.acquire(timeout=LONG)
        return plan_of(Scripted(), prompts, options)


@pytest.mark.parametrize("begin", [Run.plan, Run.start])
def test_planning_can_be_stopped_too(tmp_path: Path, begin: Callable[[Run, Choice], None]) -> None:
    run, model, path = Watched(), SlowToPlan(), tmp_path / "run.zarr"
    begin(run, chosen(model, path))
    assert model.planning.acquire(timeout=LONG)
    assert run.state.phase == "planning"
    run.stop()
    model.let_on.release()
    state = run.wait(LONG)
    assert (state.phase, state.plan, model.asked) == ("stopped", "", [])
    assert same(ended(run, chosen(Scripted(), path)).result, expected())


def test_one_run_at_a_time(tmp_path: Path) -> None:
    run, model = Watched(), Gated()
    run.start(chosen(model, tmp_path / "run.zarr"))
    model.until_call(1)
    for begin in (run.start, run.plan):
        with pytest.raises(InputError, match="A run is running; stop it, or wait until it ends"):
            begin(chosen(Scripted(), tmp_path / "other.zarr"))
    model.let_on.release(len(ENDS))
    assert run.wait(LONG).phase == "finished"


def test_stopping_nothing_does_nothing(tmp_path: Path) -> None:
    run = Watched()
    run.stop()
    assert (run.state.phase, run.told) == ("idle", [])
    ended(run, chosen(Scripted(), tmp_path / "run.zarr"))
    run.stop()
    assert run.state.phase == "finished"


@pytest.mark.parametrize(
    ("model", "path", "words"),
    [
        ("no such model!", "run.zarr", "There is no folder no such model!; check the path."),
        ("", "run.zarr", "'' is no name of a model"),
        (Scripted(), "run.csv", "ends in '.csv'; use .zarr (Zarr) or .nc (NetCDF)."),
        (Scripted(), "file/run.zarr", "cannot be made (Not a directory)"),
        (Raising(RuntimeError("one\n  two")), "run.zarr", "RuntimeError: one two. The same call"),
        (Raising(KeyboardInterrupt()), "run.zarr", "KeyboardInterrupt. The same call in Python"),
        (Raising(ValueError("x" * 999)), "run.zarr", "xxx…. The same call in Python"),
    ],
    ids=["model", "no model", "ending", "folder", "of others", "interrupt", "long"],
)
def test_what_fails_is_one_sentence(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    model: LanguageModel | str,
    path: str,
    words: str,
) -> None:
    (tmp_path / "file").write_text("in the way")
    state = ended(Watched(), chosen(model, tmp_path / path))
    assert state.phase == "failed"
    assert words in state.error
    assert "\n" not in state.error
    assert "Traceback" not in state.error
    assert "".join(capsys.readouterr()) == ""
    assert threads() == []


def test_no_countries_and_no_path_are_told(tmp_path: Path) -> None:
    run = Watched()
    nowhere = Choice(Scripted(), (), "balanced", 4, str(tmp_path / "run.zarr"))
    assert "No country was named" in ended(run, nowhere).error
    assert "There is no path for the result" in ended(run, chosen(Scripted(), "")).error
    assert run.state.result is None


def test_a_model_that_cannot_be_loaded_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    state = ended(Watched(), chosen(str(tmp_path / "empty"), tmp_path / "run.zarr"))
    assert state.phase == "failed"
    assert "empty" in state.error or "disca-nb[models]" in state.error


@pytest.mark.parametrize("whole", [True, False])
def test_the_store_of_another_run_is_told_by_what_differs(tmp_path: Path, *, whole: bool) -> None:
    run, model, path = Watched(), Gated(), tmp_path / "run.zarr"
    run.start(chosen(model, path))
    model.until_call(2)
    if not whole:
        run.stop()
    model.let_on.release(len(ENDS))
    assert run.wait(LONG).phase == ("finished" if whole else "stopped")
    other = Choice(Scripted(), ("JPN", "DEU"), "balanced", 4, str(path))
    state = ended(run, other)
    assert state.phase == "failed"
    assert "countries: USA in the store alone, DEU now alone" in state.error
    assert "choose another path" in state.error
    # Nothing is lost by it.
    assert same(ended(run, chosen(Scripted(), path)).result, expected())


def test_a_full_disk_is_told_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, path, right, writes = Watched(), tmp_path / "run.zarr", os.write, [0]

    def full(file: int, data: bytes) -> int:
        writes[0] += 1
        if writes[0] > 3:  # the run's line, the model's, and the first chunk's
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return right(file, data)

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        state = ended(run, chosen(Scripted(), path))
    assert state.phase == "failed"
    assert "No space left on device" in state.error
    model = Scripted()
    assert same(ended(run, chosen(model, path)).result, expected())
    assert len(model.asked) == PROMPTS - ENDS[1]


def test_cells_without_a_score_are_listed_with_their_prompts(tmp_path: Path) -> None:
    def gap(prompt: Prompt) -> float:
        return np.nan if "under 36 from Japan" in prompt.system else 0.25

    def mass(prompt: Prompt) -> float:
        return 0.1 if "over 55 from the United States" in prompt.system else 0.9

    state = ended(Watched(), chosen(Scripted(gap, mass), tmp_path / "run.zarr"))
    table = state.unscored
    assert state.phase == "finished"
    assert table is not None
    assert table.columns.tolist() == ["country", "scenario", "model", "state", "prompts", "of"]
    counts = table.groupby(["country", "state", "prompts", "of"]).size()
    assert counts.to_dict() == {("JPN", "failed", 2, 10): 24, ("USA", "low mass", 2, 10): 24}
    assert set(table.model) == {"scripted"}


def test_who_watches_cannot_stop_a_run(tmp_path: Path) -> None:
    def clumsy(state: RunState) -> None:
        raise RuntimeError(state.phase)

    run = Watched()
    run._changed = clumsy
    assert ended(run, chosen(Scripted(), tmp_path / "run.zarr")).phase == "finished"


def test_who_watches_may_ask_to_stop(tmp_path: Path) -> None:
    run, path = Watched(), tmp_path / "run.zarr"

    def enough(state: RunState) -> None:
        if state.progress and state.progress.done == ENDS[2]:
            run.stop()

    run._changed = enough
    state = ended(run, chosen(Scripted(), path))
    assert state.phase == "stopped"
    assert state.progress is not None
    assert state.progress.done == ENDS[2]


def test_closing_stops_waits_and_leaves_the_path_free(tmp_path: Path) -> None:
    run, model, path = Watched(), Gated(), tmp_path / "run.zarr"
    run.start(chosen(model, path))
    model.until_call(2)
    told = len(run.told)
    closing = threading.Thread(target=run.close)
    closing.start()
    assert run._asked_to_stop.wait(LONG)
    model.let_on.release()
    closing.join(LONG)
    assert not closing.is_alive()
    assert threads() == []
    assert run.state.phase == "stopped"
    assert len(run.told) == told
    with pytest.raises(InputError, match="This run was closed; make another"):
        run.start(chosen(Scripted(), path))
    run.close()
    again = Scripted()
    assert same(ended(Watched(), chosen(again, path)).result, expected())
    assert len(again.asked) == PROMPTS - ENDS[2]


def test_the_embedded_model_runs_stops_and_goes_on(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs PyTorch, of the extra models")
    run, path = Watched(), tmp_path / "demo.zarr"
    choice = Choice("demo", ("JPN",), "balanced", 2, str(path))

    def enough(state: RunState) -> None:
        run.told.append(state)
        if state.progress and state.progress.done:
            run.stop()

    run._changed = enough
    stopped = ended(run, choice)
    assert stopped.phase == "stopped"
    assert stopped.progress is not None
    assert 0 < stopped.progress.done < stopped.progress.total
    run._changed = run.told.append
    state = ended(run, choice)
    assert (state.phase, state.error) == ("finished", "")
    whole = disca_nb.elicit("demo", *choice.asked(), progress=False)
    assert same(state.result, whole)
    assert "synthetic" in whole.attrs["source"]
