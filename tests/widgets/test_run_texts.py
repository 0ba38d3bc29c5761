"""What the run panel says of a state, and that nothing in it is taken for HTML."""

from __future__ import annotations

from html.parser import HTMLParser

import pandas as pd
import pytest
import xarray as xr

from disca_nb._elicit.progress import Progress
from disca_nb.errors import StoreError
from disca_nb.widgets._parts import message, sentence
from disca_nb.widgets._run_state import Choice, Phase, RunState
from disca_nb.widgets._run_texts import (
    counted,
    duration,
    failures_html,
    message_html,
    next_html,
    plan_html,
    progress_html,
)

HOSTILE = "</code><script>alert('&')</script>"
CHOICE = Choice("demo", ("JPN",), "balanced", 4, "runs/demo.zarr")
HALF = Progress("tiny", 312, 960, 19.3, 40.1, 0, 0)


class Read(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def one(self, tag: str) -> dict[str, str | None]:
        """Return the attributes of the one tag of a name."""
        (found,) = (attrs for name, attrs in self.tags if name == tag)
        return found


def whole(**attrs: str) -> xr.Dataset:
    """Return a result of six cells."""
    return xr.Dataset({"status": (("country", "scenario"), [[1, 1, 1], [1, 2, 3]])}, attrs=attrs)


def cells(number: int, label: str = "age/1") -> pd.DataFrame:
    """Return so many cells without a score."""
    columns = ["country", "scenario", "model", "state", "prompts", "of"]
    return pd.DataFrame([["JPN", label, "tiny", "failed", 2, 10]] * number, columns=columns)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "1 s"),
        (89.4, "89 s"),
        (90.0, "2 min"),
        (5_399.0, "90 min"),
        (5_400.0, "2 h"),
        (1e6, "12 days"),
    ],
)
def test_times_are_no_more_precise_than_estimates(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (HALF, "312 of 960 prompts, about 40 s left"),
        (Progress("tiny", 0, 1960, 0.0, None, 0, 0), "0 of 1,960 prompts"),
        (Progress("tiny", 312, 960, 0.0, None, 0, 0), "312 of 960 prompts, kept from before"),
        (Progress("tiny", 960, 960, 9.0, 0.0, 0, 0), "960 of 960 prompts"),
        (
            Progress("tiny", 10, 20, 9.0, 9.0, 3, 2),
            "10 of 20 prompts, about 9 s left; 3 failed, 2 with low answer mass",
        ),
    ],
)
def test_progress_is_told_in_words(progress: Progress, text: str) -> None:
    assert counted(progress) == text


def test_the_bar_has_a_name_and_numbers() -> None:
    page = Read(progress_html(RunState("running", CHOICE, progress=HALF)))
    assert page.one("progress").items() >= {
        ("aria-label", "Prompts scored"),
        ("max", "960"),
        ("value", "312"),
    }
    assert page.text.strip() == counted(HALF)


def test_a_bar_without_numbers_stands_for_loading() -> None:
    page = Read(progress_html(RunState("planning", CHOICE)))
    assert "value" not in page.one("progress")
    assert "Loading the model" in page.text
    assert progress_html(RunState()) == ""
    assert progress_html(RunState("failed", CHOICE, error="no")) == ""


@pytest.mark.parametrize(
    ("phase", "progress", "role", "words"),
    [
        ("running", HALF, "status", "Working: What is finished is kept in runs"),
        ("stopping", HALF, "status", "as soon as the batch under way is finished."),
        ("stopping", None, "status", "as soon as the model is loaded."),
        ("stopped", HALF, "status", "Stopped after 312 of 960 prompts, which are kept in runs"),
        ("stopped", None, "status", "Note: Stopped before a prompt was asked."),
        ("failed", HALF, "alert", "Error: It broke; mend it."),
    ],
)
def test_each_phase_says_what_it_means(
    phase: Phase, progress: Progress | None, role: str, words: str
) -> None:
    state = RunState(phase, CHOICE, progress=progress, error="It broke; mend it.")
    page = Read(message_html(state))
    assert page.one("div")["role"] == role
    assert words in page.text
    assert message_html(RunState()) == ""


def test_a_finished_run_says_where_it_is_and_what_is_synthetic() -> None:
    result = whole(notice="The model is synthetic.")
    state = RunState("finished", CHOICE, progress=HALF, result=result, unscored=cells(2))
    assert Read(message_html(state)).text == (
        "Done: saved as runs/demo.zarr; 4 of 6 cells are scored. The model is synthetic."
    )
    there = RunState("finished", CHOICE, result=whole(), unscored=cells(0))
    assert Read(message_html(there)).text == (
        "Done: runs/demo.zarr held this very run already, so that nothing was asked; 6 of 6 cells "
        "are scored."
    )


def test_cells_without_a_score_are_a_table() -> None:
    page = Read(failures_html(cells(2)))
    assert [tag for tag, _ in page.tags].count("tr") == 3
    assert "2 cells without a score, left out of all scores" in page.text
    for text in ("JPN", "age/1", "tiny", "failed", "2 of 10"):
        assert page.text.count(text) == 2
    assert "1 cell without" in failures_html(cells(1))
    assert "more" not in page.text
    assert (failures_html(None), failures_html(cells(0))) == ("", "")


def test_of_many_cells_the_first_are_shown_and_the_others_counted() -> None:
    page = Read(failures_html(cells(1_240)))
    assert [tag for tag, _ in page.tags].count("tr") == 41
    assert "… and 1,200 more." in page.text
    assert "1,240 cells without a score" in page.text


def test_how_to_go_on_is_python() -> None:
    state = RunState("finished", CHOICE, result=whole(), unscored=cells(0))
    assert "gaps = disca_nb.open_results('runs/demo.zarr')" in Read(next_html(state)).text
    assert "disca_nb.alignment(disca_nb.steer(gaps))" in Read(next_html(state)).text
    assert next_html(RunState("running", CHOICE, result=whole())) == ""


def test_what_is_hostile_is_text() -> None:
    bad = Choice(HOSTILE, (HOSTILE,), "balanced", 4, f"{HOSTILE}.zarr")
    done = RunState("finished", bad, result=whole(notice=HOSTILE), unscored=cells(1, HOSTILE))
    failed = RunState("failed", bad, error=sentence(ValueError(HOSTILE)))
    pages = [
        *(message_html(state) for state in (done, failed)),
        *(failures_html(done.unscored), next_html(done), plan_html(HOSTILE), message(HOSTILE)),
    ]
    for page in map(Read, pages):
        assert "script" not in {tag for tag, _ in page.tags}
        assert "<script>alert(" in page.text
    assert HOSTILE in Read(failures_html(done.unscored)).text


def test_the_packages_own_errors_are_said_as_they_are() -> None:
    assert sentence(StoreError("It is full; make room.")) == "It is full; make room."
    assert sentence(OSError()) == "OSError. The same call in Python shows where it comes from."
