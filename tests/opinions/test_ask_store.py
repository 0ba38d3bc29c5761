"""Surveys that are kept on disk: killed, stopped, taken up again, or another's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from small_surveys import QUESTIONS, Drinker, ask, small_bank

import disca_nb
from disca_nb._elicit.joined import Group, joined
from disca_nb._elicit.keeping import run_folder
from disca_nb.errors import InputError, StoreError
from disca_nb.models import OptionScores
from disca_nb.prompts import Prompt

KILLED = Path(__file__).parents[1] / "killed_surveys.py"


@pytest.fixture
def bank() -> xr.Dataset:
    return small_bank()


class Stopping(Drinker):
    """A model that is stopped at its call of a given number."""

    def __init__(self, at: int, name: str = "drinker") -> None:
        super().__init__(name)
        self.at, self.calls = at, 0

    def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
        self.calls += 1
        if self.calls == self.at:
            raise KeyboardInterrupt
        return super().score(prompts, options)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork")
def test_a_killed_survey_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs PyTorch, of the extra models")
    done = subprocess.run(  # noqa: S603
        [sys.executable, str(KILLED), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    chunks = found["chunks"]
    # Chunks of several groups, and so a kill between two of them.
    assert len(found["options"]) > 1
    assert chunks > len(found["options"])
    assert len(found["killed"]) == 3
    for way, number, ended, kept, again, new, equal in found["killed"]:
        before = number + 1 if way == "boundary" else number
        assert (ended, again, equal) == (-9, 0, True), (way, number)
        assert (kept, new) == (before, chunks - before), (way, number)


@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("form", ["zarr", "nc"])
def test_a_stopped_survey_asks_only_what_is_left(
    bank: xr.Dataset, tmp_path: Path, at: int, form: str
) -> None:
    path, expected = tmp_path / f"run.{form}", ask(Drinker(), bank)
    with pytest.raises(KeyboardInterrupt):
        ask(Stopping(at), bank, store=path)
    assert not path.exists()
    model = Drinker()
    found = ask(model, bank, store=path)
    assert found.identical(expected)
    assert disca_nb.open_results(path).identical(expected)
    # A chunk for each number of options, six prompts in each.
    assert len(model.asked) == 18 - 6 * (at - 1)
    assert not run_folder(path).exists()


def test_a_whole_result_is_returned_and_nothing_asked(bank: xr.Dataset, tmp_path: Path) -> None:
    first = ask([Drinker(), Drinker("second")], bank, store=tmp_path / "run.nc")
    models = [Drinker(), Drinker("second")]
    assert ask(models, bank, store=tmp_path / "run.nc").identical(first)
    assert [model.asked for model in models] == [[], []]
    assert [path.name for path in tmp_path.iterdir()] == ["run.nc"]


def test_failed_and_impossible_answers_are_kept(bank: xr.Dataset, tmp_path: Path) -> None:
    class Odd(Stopping):
        def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
            found = super().score(prompts, options)
            found.log_probs[0], found.status[0] = np.nan, 2
            found.log_probs[1, 0], found.mass[1] = -np.inf, np.nan
            return found

    with pytest.warns(UserWarning, match=r"drinker \(. low mass, . failed\)"):
        expected = ask(Odd(-1), bank)
    with pytest.raises(KeyboardInterrupt):
        ask(Odd(3), bank, store=tmp_path / "run.zarr")
    for _ in range(2):  # the second time from the whole result
        with pytest.warns(UserWarning, match="failed ones are NaN"):
            found = ask(Odd(-1), bank, store=tmp_path / "run.zarr")
        assert found.identical(expected)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"min_mass": 0.25}, "min_mass: 0.5 in the store, 0.25 now"),
        ({"orders": "exhaustive"}, "orders: two in the store, exhaustive now"),
        ({"orders": 2}, "orders: two in the store, 2 now"),
        ({"countries": "USA"}, "promptings: as JPN in the store alone"),
        ({"languages": "ko"}, "promptings: in ko now alone"),
        ({"model": Drinker("other")}, "asked_of"),
        (
            {"bank": small_bank(QUESTIONS | {"tea": ("Is tea bad?", ["yes", "no"])})},
            "bank_sha256: one in the store, another now",
        ),
    ],
)
def test_another_survey_is_told_by_what_differs(
    bank: xr.Dataset, tmp_path: Path, change: dict[str, Any], words: str, *, whole: bool
) -> None:
    path = tmp_path / "run.zarr"
    if whole:
        ask(Drinker(), bank, store=path)
    else:
        with pytest.raises(KeyboardInterrupt):
            ask(Stopping(2), bank, store=path)
    before = contents(tmp_path)
    given = {"model": Drinker(), "bank": bank, **change}
    with pytest.raises(StoreError) as caught:
        ask(**given, store=path)
    assert words in str(caught.value)
    assert contents(tmp_path) == before


def test_shares_are_no_part_of_what_was_asked(bank: xr.Dataset, tmp_path: Path) -> None:
    first = ask(Drinker(), bank, store=tmp_path / "run.zarr")
    mended = bank.assign(survey_share=bank.survey_share**2)
    model = Drinker()
    assert ask(model, mended, store=tmp_path / "run.zarr").identical(first)
    assert model.asked == []


def test_a_result_that_was_changed_is_not_the_surveys(bank: xr.Dataset, tmp_path: Path) -> None:
    path = tmp_path / "run.zarr"
    whole = ask(Drinker(), bank, store=path)
    for change in (
        whole.isel(question=[0, 1]),
        whole.assign(answer_prob=whole.answer_prob * 0.5),
        whole.assign(option_position=whole.option_position * 0),
    ):
        disca_nb.save_results(change, path, overwrite=True)
        with pytest.raises(StoreError, match="holds other answers than its run gave, or a part"):
            ask(Drinker(), bank, store=path)


def test_a_dilemma_run_is_no_survey(bank: xr.Dataset, tmp_path: Path) -> None:
    path = tmp_path / "demo.zarr"
    disca_nb.save_results(disca_nb.datasets.demo_panel(["JPN"]), path)
    before = contents(tmp_path)
    with pytest.raises(StoreError, match="is of another run"):
        ask(Drinker(), bank, store=path)
    assert contents(tmp_path) == before


def test_labels_that_cannot_be_saved_are_told_before_anything_is_asked(tmp_path: Path) -> None:
    model = Drinker()
    with pytest.raises(InputError, match="null characters"):
        ask(model, small_bank(countries=["JPN\0x"]), store=tmp_path / "run.zarr")
    assert (model.asked, list(tmp_path.iterdir())) == ([], [])


class Tight(Drinker):
    """A model with plans of its own, which has memory for fewer rows from its second call on."""

    def __init__(self, stop: int = -1) -> None:
        super().__init__()
        self.calls, self.stop = 0, stop
        self.rows: list[int | None] = []

    def plan(self, prompts: Sequence[Prompt], options: Sequence[str]) -> object:
        plan = SimpleNamespace(
            chunks=[[i] for i in range(len(prompts))],
            manifest={},
            describe=str,
            rows_at_once=None,
        )

        def score(chunk: int) -> OptionScores:
            self.calls += 1
            if self.calls == self.stop:
                raise KeyboardInterrupt
            self.rows.append(plan.rows_at_once)
            if self.calls >= 2 and plan.rows_at_once is None:
                plan.rows_at_once = 8
            return self.score([prompts[chunk]], options)

        plan.score = score
        return plan


def test_memory_that_ran_out_in_one_group_is_minded_in_the_next(
    bank: xr.Dataset, tmp_path: Path
) -> None:
    model = Tight()
    expected = ask(model, bank)
    assert model.rows == [None, None] + [8] * 16
    for stop in (2, 7, 18):
        path = tmp_path / f"{stop}.nc"
        with pytest.raises(KeyboardInterrupt):
            ask(Tight(stop), bank, store=path)
        resumed = Tight()
        resumed.calls = stop - 1
        assert ask(resumed, bank, store=path).identical(expected)
        assert resumed.rows == model.rows[stop - 1 :]


def test_joined_plans_count_places_from_the_first_group() -> None:
    groups = [
        Group((Prompt("", "one"), Prompt("", "other")), ("A", "B")),
        Group((Prompt("", "three"),), ("A", "B", "C")),
    ]
    plan = joined(Drinker(), groups)
    assert plan.chunks == ((1, 0), (2,))  # the longest first
    assert plan.widths == (2, 3)
    assert plan.manifest["chunks"] == 2
    assert [group["options"] for group in plan.manifest["groups"]] == [2, 3]  # type: ignore[attr-defined]
    assert "Of 3 options: 1 prompts" in plan.describe()
    assert plan.rows_at_once is None


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder, locks aside."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "lock")
    return {str(path): path.read_bytes() for path in files}
