"""What `elicit` tells while it goes on, and that what it is told by that can stop it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scripted import TEXTS, Scripted

import disca_nb
from disca_nb import prompts
from disca_nb._elicit.keeping import run_folder
from disca_nb._elicit.progress import Counter, Progress
from disca_nb.errors import InputError
from disca_nb.prompts import Prompt

# Four chunks of at most 64.
PROMPTS, ENDS = 252, [0, 64, 128, 192, 252]


@pytest.fixture(scope="module")
def choices() -> xr.Dataset:
    return prompts.scenarios("balanced", per_attribute=6)


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    return prompts.panel_from_texts(TEXTS)


class EnoughError(Exception):
    """What a function raises to stop a run."""


def until(done: int) -> Callable[[Progress], None]:
    """Return a function that stops a run once so many prompts are done."""

    def told(progress: Progress) -> None:
        if progress.done >= done:
            raise EnoughError

    return told


def same(found: xr.Dataset, expected: xr.Dataset) -> bool:
    """Return whether two results are equal bit for bit, the time they took aside."""
    return found.drop_vars("latency").identical(expected.drop_vars("latency"))


def test_it_is_told_at_the_start_and_after_every_chunk(
    choices: xr.Dataset, panel: xr.Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[Progress] = []
    disca_nb.elicit(Scripted(), choices, panel, progress=told.append)
    assert [each.done for each in told] == ENDS
    assert {(each.model, each.total) for each in told} == {("scripted", PROMPTS)}
    assert [each.elapsed for each in told] == sorted(each.elapsed for each in told)
    assert (told[0].left, told[-1].left) == (None, 0.0)
    assert all(each.left is not None and each.left > 0 for each in told[1:-1])
    assert "".join(capsys.readouterr()) == ""


def test_every_model_is_told_on_its_own(choices: xr.Dataset, panel: xr.Dataset) -> None:
    told: list[Progress] = []
    both = [Scripted(), Scripted(name="second")]
    disca_nb.elicit(both, choices, panel, progress=told.append)
    found = [(each.model, each.done) for each in told]
    assert found == [(name, done) for name in ("scripted", "second") for done in ENDS]


def test_the_pace_is_that_of_this_run_alone() -> None:
    now = [100.0]
    counter = Counter("tiny", 100, clock=lambda: now[0])
    counter.add(np.array([1] * 40, np.int8), own=False)
    assert counter.now() == Progress("tiny", 40, 100, 0.0, None, 0, 0)
    now[0] = 110.0
    counter.add(np.array([1] * 18 + [2, 3], np.int8), own=True)
    # 20 prompts in 10 seconds, and 40 are left.
    assert counter.now() == Progress("tiny", 60, 100, 10.0, 20.0, 1, 1)
    now[0] = 130.0
    counter.add(np.array([2] * 40, np.int8), own=True)
    assert counter.now() == Progress("tiny", 100, 100, 30.0, 0.0, 41, 1)


@pytest.mark.parametrize("ending", [".zarr", ".nc"])
@pytest.mark.parametrize("stop", ENDS)
def test_what_it_raises_stops_the_run_and_the_next_goes_on(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path, stop: int, ending: str
) -> None:
    path = tmp_path / f"run{ending}"
    expected = disca_nb.elicit(Scripted(), choices, panel, progress=False)
    with pytest.raises(EnoughError):
        disca_nb.elicit(Scripted(), choices, panel, progress=until(stop), store=path)
    assert not path.exists()
    assert run_folder(path).exists()
    model, told = Scripted(), list[Progress]()
    found = disca_nb.elicit(model, choices, panel, progress=told.append, store=path)
    assert same(found, expected)
    assert same(disca_nb.open_results(path), expected)
    assert len(model.asked) == PROMPTS - stop
    assert [each.done for each in told] == ENDS[ENDS.index(stop) :]
    assert (told[0].left is None) == (stop < PROMPTS)
    assert not run_folder(path).exists()


def test_a_result_that_is_whole_has_nothing_to_tell(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path
) -> None:
    told: list[Progress] = []
    for _ in range(2):
        told.clear()
        disca_nb.elicit(
            Scripted(), choices, panel, progress=told.append, store=tmp_path / "run.zarr"
        )
    assert told == []


def test_prompts_without_a_score_are_counted_those_kept_before_included(
    choices: xr.Dataset, panel: xr.Dataset, tmp_path: Path
) -> None:
    def gap(prompt: Prompt) -> float:
        return np.nan if "Young, from JPN" in prompt.system else 0.25

    def mass(prompt: Prompt) -> float:
        return 0.4 if "Older, from BRA" in prompt.system else 0.6

    def asked(**options: Any) -> list[Progress]:  # noqa: ANN401 - as for elicit
        told: list[Progress] = []
        with pytest.warns(UserWarning, match="Not all 108 cells"):
            disca_nb.elicit(Scripted(gap, mass), choices, panel, progress=told.append, **options)
        return told

    whole = asked()
    # A speaker has 36 prompts: each choice stands there from both sides, in both orders.
    assert (whole[0].failed, whole[0].low_mass) == (0, 0)
    assert (whole[-1].failed, whole[-1].low_mass) == (36, 36)
    path = tmp_path / "run.zarr"
    with pytest.raises(EnoughError):
        disca_nb.elicit(Scripted(gap, mass), choices, panel, progress=until(128), store=path)
    rest = asked(store=path)
    assert [(p.done, p.failed, p.low_mass) for p in rest] == [
        (p.done, p.failed, p.low_mass) for p in whole[2:]
    ]


def test_something_else_is_no_progress(choices: xr.Dataset, panel: xr.Dataset) -> None:
    model = Scripted()
    with pytest.raises(InputError, match=r"progress is 'bar'; give True, False, or a function"):
        disca_nb.elicit(model, choices, panel, progress="bar")  # type: ignore[arg-type]
    assert model.asked == []
