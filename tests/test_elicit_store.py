"""Runs that are kept on disk: stopped, killed, short of disk, taken up again, or another's."""

from __future__ import annotations

import errno
import inspect
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tiny_models
import xarray as xr
from scripted import TEXTS, Scripted, ask

import disca_nb
from disca_nb import models, prompts
from disca_nb._elicit.keeping import run_folder
from disca_nb.errors import InputError, StoreError
from disca_nb.models import OptionScores
from disca_nb.models._plan import BatchPlan
from disca_nb.prompts import Prompt
from disca_nb.store import Journal

KILLED = Path(__file__).with_name("killed_runs.py")
# Four chunks of at most 64.
PROMPTS = 252
# Tokens of the largest batch that a model short of memory reads.
LARGEST = 120


@pytest.fixture(scope="module")
def choices() -> xr.Dataset:
    return prompts.scenarios("balanced", per_attribute=6)


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    return prompts.panel_from_texts(TEXTS)


class Stopping(Scripted):
    """A model that is stopped at its call of a given number."""

    def __init__(self, at: int, error: BaseException) -> None:
        super().__init__()
        self.at, self.error, self.calls = at, error, 0

    def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
        self.calls += 1
        if self.calls == self.at:
            raise self.error
        return super().score(prompts, options)


def same(found: xr.Dataset, expected: xr.Dataset) -> bool:
    """Return whether two results are equal bit for bit, the time they took aside."""
    return found.drop_vars("latency").identical(expected.drop_vars("latency"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork")
def test_a_killed_run_resumes_to_the_result_of_one_that_was_not(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs PyTorch, of the extra models")
    done = subprocess.run(  # noqa: S603
        [sys.executable, str(KILLED), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    chunks = found["chunks"]
    assert chunks > 3
    assert len(found["killed"]) == 2 * chunks
    for way, number, ended, kept, again, new, equal in found["killed"]:
        before = number + 1 if way == "boundary" else number
        assert (ended, again, equal) == (-9, 0, True), (way, number)
        assert (kept, new) == (before, chunks - before), (way, number)


@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_stopped_run_asks_only_what_is_left(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path, at: int
) -> None:
    path, expected = tmp_path / "run.zarr", ask(Scripted(), choices, panel)
    stopped = Stopping(at, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        ask(stopped, choices, panel, store=path)
    assert not path.exists()
    model = Scripted()
    found = ask(model, choices, panel, store=path)
    assert same(found, expected)
    assert same(disca_nb.open_results(path), expected)
    assert len(model.asked) == PROMPTS - 64 * (at - 1)
    assert not run_folder(path).exists()


def test_a_whole_result_is_returned_and_nothing_asked(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path
) -> None:
    first = ask(Scripted(), choices, panel, store=tmp_path / "run.nc")
    model = Scripted()
    again = ask(model, choices, panel, store=tmp_path / "run.nc")
    assert again.identical(first)
    assert model.asked == []
    assert [path.name for path in tmp_path.iterdir()] == ["run.nc"]


def test_failed_answers_and_numbers_without_end_are_kept(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path
) -> None:
    def odd(stopping: int) -> Stopping:
        class Odd(Stopping):
            def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
                found = super().score(prompts, options)
                found.log_probs[0], found.status[0] = np.nan, 2
                found.log_probs[1] = -np.inf, -0.0
                return found

        return Odd(stopping, KeyboardInterrupt())

    with pytest.warns(UserWarning, match="Not all 108 cells are scored: scripted "):
        expected = ask(odd(-1), choices, panel)
    with pytest.raises(KeyboardInterrupt):
        ask(odd(3), choices, panel, store=tmp_path / "run.zarr")
    for _ in range(2):  # the second time from the whole result
        with pytest.warns(UserWarning, match="left out of all scores"):
            found = ask(odd(-1), choices, panel, store=tmp_path / "run.zarr")
        assert same(found, expected)


def test_two_models_are_kept_one_after_the_other(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path
) -> None:
    path, second = tmp_path / "run.zarr", Stopping(3, KeyboardInterrupt())
    second.name = "second"
    with pytest.raises(KeyboardInterrupt):
        disca_nb.elicit([Scripted(), second], choices, panel, store=path, progress=False)
    both = [Scripted(), Scripted(name="second")]
    found = disca_nb.elicit(both, choices, panel, store=path, progress=False)
    assert [len(model.asked) for model in both] == [0, PROMPTS - 128]
    fresh = [Scripted(), Scripted(name="second")]
    assert same(found, disca_nb.elicit(fresh, choices, panel, progress=False))


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"min_mass": 0.25}, "min_mass: 0.5 in the store, 0.25 now"),
        ({"exchange": "labels"}, "exchange: lines in the store, labels now"),
        ({"countries": ["USA"]}, "countries: JPN, BRA in the store alone"),
        ({"model": Scripted(name="other")}, "asked_of"),
    ],
)
def test_another_run_is_told_by_what_differs(
    choices: xr.Dataset,
    panel: xr.Dataset,
    tmp_path: Path,
    change: dict[str, Any],
    words: str,
    *,
    whole: bool,
) -> None:
    path = tmp_path / "run.zarr"
    if whole:
        ask(Scripted(), choices, panel, store=path)
    else:
        with pytest.raises(KeyboardInterrupt):
            ask(Stopping(2, KeyboardInterrupt()), choices, panel, store=path)
    before = contents(tmp_path)
    change = {"model": Scripted(), **change}
    with pytest.raises(StoreError) as caught:
        ask(change.pop("model"), choices, panel, store=path, **change)
    assert words in str(caught.value)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("whole", [True, False])
def test_another_model_of_the_same_name_is_told(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path, *, whole: bool
) -> None:
    class Other(Scripted):
        manifest = {"kind": "another"}  # noqa: RUF012

    first = Scripted() if whole else Stopping(2, KeyboardInterrupt())
    try:
        ask(first, choices, panel, store=tmp_path / "run.zarr")
    except KeyboardInterrupt:
        assert not whole
    before = contents(tmp_path)
    with pytest.raises(StoreError, match="kind: scripted in the store, another now"):
        ask(Other(), choices, panel, store=tmp_path / "run.zarr")
    assert contents(tmp_path) == before


def test_a_folder_whose_config_changed_is_another_model(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path
) -> None:
    pytest.importorskip("torch", reason="needs PyTorch, of the extra models")
    folder = tiny_models.save_tiny(tmp_path / "tiny")
    options: dict[str, Any] = {"store": tmp_path / "run.zarr", "min_mass": 0.0}
    ask(models.load(folder), choices, panel, **options)
    tiny_models.edit_config(folder, rms_norm_eps=0.1)
    with pytest.raises(StoreError, match=r"tiny.config_sha256: one in the store, another now"):
        ask(models.load(folder), choices, panel, **options)


def test_where_memory_ran_out_a_resumed_run_reads_the_same_parts(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = pytest.importorskip("torch", reason="needs PyTorch, of the extra models")
    folder = tiny_models.save_tiny(tmp_path / "tiny")

    def short_of_memory() -> models.HuggingFaceModel:
        model = models.load(folder, batch_tokens=900)
        right = model.network.forward

        def forward(**options: Any) -> Any:  # noqa: ANN401 - as the network's own
            if options["input_ids"].numel() > LARGEST:
                raise torch.OutOfMemoryError
            return right(**options)

        forward.__signature__ = inspect.signature(right)  # type: ignore[attr-defined]
        model.network.forward = forward
        return model

    plan = disca_nb.plan(short_of_memory(), choices, panel).scoring
    with pytest.warns(UserWarning, match="do not fit into memory at once"):
        expected = ask(short_of_memory(), choices, panel, min_mass=0.0)
    right = BatchPlan.score
    for stop in (1, len(plan.chunks) // 2, len(plan.chunks) - 1):
        path = tmp_path / f"{stop}.zarr"

        def stopped(self: BatchPlan, chunk: int, stop: int = stop) -> OptionScores:
            if chunk == stop:
                raise KeyboardInterrupt
            return right(self, chunk)

        with warnings.catch_warnings(action="ignore"):
            with monkeypatch.context() as patched:
                patched.setattr(BatchPlan, "score", stopped)
                with pytest.raises(KeyboardInterrupt):
                    ask(short_of_memory(), choices, panel, min_mass=0.0, store=path)
            found = ask(short_of_memory(), choices, panel, min_mass=0.0, store=path)
        assert same(found, expected), stop


def test_labels_that_cannot_be_saved_are_told_before_anything_is_asked(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path
) -> None:
    model = Scripted()
    blank = choices.assign_coords({"my note": ("scenario", ["x"] * choices.sizes["scenario"])})
    with pytest.raises(InputError, match="my note"):
        ask(model, blank, panel, store=tmp_path / "run.zarr")
    with pytest.raises(InputError, match="base_prompt"):
        ask(model, choices, panel.assign_attrs(base_prompt="a\0b"), store=tmp_path / "run.zarr")
    assert (model.asked, list(tmp_path.iterdir())) == ([], [])


def test_a_run_that_another_process_finished_meanwhile_is_compared(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, right = tmp_path / "run.zarr", Journal.open

    def late(folder: Path, manifest: dict[str, Any]) -> Journal:
        monkeypatch.undo()
        ask(Scripted(), choices, panel, store=path, min_mass=0.1)
        return right(folder, manifest)

    monkeypatch.setattr(Journal, "open", late)
    model = Scripted()
    with pytest.raises(StoreError, match=r"min_mass: 0.1 in the store, 0.5 now"):
        ask(model, choices, panel, store=path)
    assert model.asked == []


def test_a_manifest_of_ones_own_kinds_is_kept_as_text(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path
) -> None:
    class Placed(Stopping):
        manifest = {"folder": Path("weights"), "sizes": (1, 2)}  # noqa: RUF012

    with pytest.raises(KeyboardInterrupt):
        ask(Placed(3, KeyboardInterrupt()), choices, panel, store=tmp_path / "run.zarr")
    for _ in range(2):
        found = ask(Placed(-1, KeyboardInterrupt()), choices, panel, store=tmp_path / "run.zarr")
        manifest = json.loads(found.attrs["manifest"])["models"]["scripted"]
        assert (manifest["folder"], manifest["sizes"]) == ("weights", [1, 2])


class Planned(Stopping):
    """A model with a plan of its own, which says nothing of it: so many prompts in a chunk."""

    def __init__(self, at: int, size: int, *, empty: bool = False) -> None:
        super().__init__(at, KeyboardInterrupt())
        self.size, self.empty = size, empty

    def plan(self, prompts: Sequence[Prompt], options: Sequence[str]) -> object:
        places = range(len(prompts))
        chunks = [list(places[i : i + self.size]) for i in places[:: self.size]]
        return SimpleNamespace(
            chunks=chunks + [[]] * self.empty,
            manifest={},
            describe=str,
            score=lambda i: self.score([prompts[place] for place in chunks[i]], options),
        )


def test_plans_of_ones_own_are_held_to_their_chunks(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path
) -> None:
    path, expected = tmp_path / "run.zarr", ask(Scripted(), choices, panel)
    with pytest.raises(KeyboardInterrupt):
        ask(Planned(2, 100), choices, panel, store=path)
    with pytest.raises(StoreError, match=r"plan.chunks_sha256: one in the store, another now"):
        ask(Planned(-1, 126), choices, panel, store=path)
    found = ask(Planned(-1, 100), choices, panel, store=path)
    assert found.persona_order_gap.identical(expected.persona_order_gap)
    with pytest.raises(InputError, match="in one chunk, and none empty; mend its chunks"):
        ask(Planned(-1, 100, empty=True), choices, panel)


@pytest.mark.parametrize(
    "change",
    [
        lambda whole: whole.isel(country=[0, 2]),
        lambda whole: whole.assign(persona_gap=0.5 * whole.persona_gap),
        lambda whole: whole.drop_vars("persona_order_gap"),
    ],
    ids=["part", "changed", "without"],
)
def test_a_result_that_was_changed_is_not_the_runs(
    choices: xr.Dataset,
    panel: xr.Dataset,
    tmp_path: Path,
    change: Callable[[xr.Dataset], xr.Dataset],
) -> None:
    path = tmp_path / "run.zarr"
    whole = ask(Scripted(), choices, panel, store=path)
    disca_nb.save_results(change(whole), path, overwrite=True)
    with pytest.raises(StoreError, match="holds other answers than its run gave, or a part"):
        ask(Scripted(), choices, panel, store=path)


def test_paths_may_begin_at_home(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    found = ask(Scripted(), choices, panel, store="~/run.zarr")
    assert [path.name for path in tmp_path.iterdir()] == ["run.zarr"]
    assert same(disca_nb.open_results("~/run.zarr"), found)
    with pytest.raises(InputError, match=r"store is 3; give the path of a \.zarr store or a \.nc"):
        ask(Scripted(), choices, panel, store=3)


def test_a_bar_that_goes_on_says_what_is_kept(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        ask(Stopping(3, KeyboardInterrupt()), choices, panel, store=tmp_path / "run.zarr")
    disca_nb.elicit(Scripted(), choices, panel, store=tmp_path / "run.zarr")
    assert "scripted goes on: 128 of 252 prompts are kept." in capsys.readouterr().err


def test_labels_that_change_no_prompt_make_another_run(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path
) -> None:
    ask(Scripted(), choices, panel, store=tmp_path / "run.zarr")
    turned = choices.assign_coords(preferred_on_right=~choices.preferred_on_right)
    with pytest.raises(StoreError, match="labels_sha256"):
        ask(Scripted(), turned, panel, store=tmp_path / "run.zarr")


def test_what_no_run_has_written_is_left_alone(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path
) -> None:
    path = tmp_path / "demo.zarr"
    disca_nb.save_results(disca_nb.datasets.demo_panel(["JPN"]).drop_attrs(deep=False), path)
    before = contents(tmp_path)
    with pytest.raises(StoreError, match="is of another run"):
        ask(Scripted(), choices, panel, store=path)
    with pytest.raises(InputError, match=r"ends in '.csv'"):
        ask(Scripted(), choices, panel, store=tmp_path / "run.csv")
    assert contents(tmp_path) == before


def test_a_second_writer_is_refused_and_harms_nothing(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path
) -> None:
    path = tmp_path / "run.zarr"

    class Double(Scripted):
        def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
            with pytest.raises(StoreError, match="is being written by another process"):
                ask(Scripted(), choices, panel, store=path)
            return super().score(prompts, options)

    assert same(ask(Double(), choices, panel, store=path), ask(Scripted(), choices, panel))


@pytest.mark.parametrize("number", range(1, 8))
def test_a_full_disk_loses_nothing(
    choices: xr.Dataset,
    panel: xr.Dataset,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    """The write of a given number puts down a part of its line and fails."""
    path, right, writes = tmp_path / "run.zarr", os.write, [0]

    def full(file: int, data: bytes) -> int:
        writes[0] += 1
        if writes[0] == number:
            right(file, bytes(data)[:20])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return right(file, data)

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        if number <= 6:  # the run's line, the model's, and one for each of four chunks
            with pytest.raises(StoreError, match="No space left on device"):
                ask(Scripted(), choices, panel, store=path)
        else:
            ask(Scripted(), choices, panel, store=path)
    model = Scripted()
    assert same(ask(model, choices, panel, store=path), ask(Scripted(), choices, panel))
    assert len(model.asked) == (PROMPTS - 64 * max(0, number - 3) if number <= 6 else 0)


def test_a_result_that_cannot_be_saved_loses_no_answer(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.zarr"

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(xr.Dataset, "to_zarr", full)
        with pytest.raises(StoreError, match=r"run.zarr cannot be written \(No space left .*kept"):
            ask(Scripted(), choices, panel, store=path)
    assert not path.exists()
    model = Scripted()
    assert same(ask(model, choices, panel, store=path), ask(Scripted(), choices, panel))
    assert model.asked == []


def test_a_journal_that_outlived_its_result_is_cleared_away(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.zarr"
    with monkeypatch.context() as patched:  # as when a run is killed right after saving
        patched.setattr(Journal, "remove", lambda _: None)
        expected = ask(Scripted(), choices, panel, store=path)
    assert run_folder(path).exists()
    model = Scripted()
    assert same(ask(model, choices, panel, store=path), expected)
    assert (model.asked, run_folder(path).exists()) == ([], False)


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder, locks aside."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "lock")
    return {str(path): path.read_bytes() for path in files}
