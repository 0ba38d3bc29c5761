"""The run panel as a person meets it: by mouse, by keyboard, in light and in dark."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from browsing.axe import Accessibility
from browsing.notebook import Notebook, Open

pytestmark = pytest.mark.browser

# A model that stands still in its second call, until a cell lets it go on.
CELL = """
import tempfile
import threading
import numpy as np
import disca_nb
from disca_nb.models import OptionScores

go = threading.Event()

class Held:
    name, manifest, calls = "held <script>", {"version": 1}, 0

    def score(self, prompts, options):
        Held.calls += 1
        if Held.calls == 2:
            go.wait(60)
        mass = np.array([0.2 if "over 55" in prompt.system else 0.9 for prompt in prompts])
        return OptionScores.of(np.log(mass[:, None] * np.array([0.5, 0.5])))

panel = disca_nb.run_panel(Held(), folder=tempfile.mkdtemp())
panel
"""
LET_ON = """
print(panel.run.state.phase, panel.result is None)
if panel.run.state.phase != "idle":
    go.set()
"""
OPEN = """
import disca_nb
from ipywidgets.widgets import widget
before = len(widget._instances)
panel = disca_nb.run_panel()
panel
"""
LEFT = """
opened = len(widget._instances) - before
panel.close()
print(opened > 30, len(widget._instances) - before)
"""
DEMO = """
import tempfile
import disca_nb
panel = disca_nb.run_panel(folder=tempfile.mkdtemp())
panel
"""
ROOT = ".disca-run"
# Of 432 prompts in chunks of 64.
FIRST, SECOND = "64 of 432 prompts", "128 of 432 prompts"


@pytest.fixture
def book(open_notebook: Open) -> Notebook:
    """Return a notebook that shows the panel, and nothing wrong."""
    opened = open_notebook("run.ipynb", CELL, LET_ON)
    opened.run_all()
    assert opened.errors == []
    assert opened.log.errors == []
    return opened


def _press(book: Notebook, name: str) -> None:
    """Press a button of the panel by mouse."""
    book.page.locator(ROOT).get_by_role("button", name=name, exact=True).click()


def _until(book: Notebook, text: str) -> None:
    """Wait until the panel says a text."""
    book.page.locator(ROOT).get_by_text(text).first.wait_for()


def _run_second(book: Notebook) -> None:
    """Run the second cell, which lets a model go on or closes the panel."""
    book.page.locator(".jp-CodeCell").nth(1).locator(".cm-content").click()
    book.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell')")


def test_the_notebook_stays_free_while_it_runs(book: Notebook) -> None:
    panel = book.page.locator(ROOT)
    _press(book, "Start")
    _until(book, FIRST)
    bar = panel.get_by_role("progressbar", name="Prompts scored")
    assert bar.evaluate("bar => [bar.value, bar.max]") == [64, 432]
    assert panel.get_by_role("button", name="Plan").is_disabled()
    assert panel.get_by_label("Countries").is_disabled()
    _run_second(book)
    book.output(1).get_by_text("running True").wait_for()
    _until(book, "Done:")
    _until(book, "432 of 432 prompts")
    _until(book, "0 of 96 cells are scored")
    assert panel.get_by_text("disca_nb.alignment(disca_nb.steer(gaps))").is_visible()
    assert book.errors == []
    assert book.log.errors == []


def test_it_is_stopped_and_goes_on(book: Notebook) -> None:
    panel = book.page.locator(ROOT)
    _press(book, "Start")
    _until(book, FIRST)
    _press(book, "Stop")
    _until(book, "stops as soon as the batch under way is finished")
    _run_second(book)
    _until(book, f"Stopped after {SECOND}")
    assert panel.get_by_label("Countries").is_enabled()
    _press(book, "Resume")
    _until(book, "Done:")
    assert book.log.errors == []


def test_cells_without_a_score_are_listed_as_text(book: Notebook) -> None:
    _press(book, "Start")
    _until(book, FIRST)
    _run_second(book)
    _until(book, "96 cells without a score")
    rows = book.page.locator(ROOT).get_by_role("row")
    assert rows.count() == 41
    cells = rows.nth(1).get_by_role("cell").all_inner_texts()
    assert (cells[0], cells[2:]) == ("JPN", ["held <script>", "low mass", "2 of 10"])


def test_everything_can_be_done_by_keyboard(book: Notebook) -> None:
    page = book.page
    names = ["Model", "Countries", "Scenarios", "Result"]
    page.locator(ROOT).get_by_label(names[0], exact=True).focus()
    for name in names:
        focused = page.locator(ROOT).get_by_label(name, exact=True)
        assert focused.evaluate("each => each === document.activeElement"), name
        if name == "Scenarios":
            page.keyboard.press("Home")
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    _until(book, "108 prompts, up to 64 in a call")
    page.locator(ROOT).get_by_role("button", name="Plan").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    _until(book, "64 of 108 prompts")
    page.locator(ROOT).get_by_role("button", name="Stop").focus()
    page.keyboard.press("Enter")
    _until(book, "stops as soon as")
    assert book.log.errors == []


def test_what_is_wrong_is_told_beside_the_controls(book: Notebook) -> None:
    panel = book.page.locator(ROOT)
    panel.get_by_label("Result", exact=True).fill("<img src=x onerror=alert(1)>.csv")
    _press(book, "Start")
    panel.get_by_role("alert").get_by_text("use .zarr (Zarr) or .nc (NetCDF)").wait_for()
    panel.get_by_label("Model", exact=True).fill("no such model!")
    _press(book, "Start")
    panel.get_by_role("alert").get_by_text("There is no folder no such model!").wait_for()
    assert panel.locator("img").count() == 0
    assert book.errors == []
    assert book.log.errors == []


def test_nothing_is_left_after_close(open_notebook: Open) -> None:
    book = open_notebook("left.ipynb", OPEN, "before, panel")
    book.run_all()
    page = book.page
    page.locator(ROOT).get_by_role("button", name="Start", exact=True).wait_for()
    page.locator(".jp-CodeCell").nth(1).locator(".cm-content").fill(LEFT)
    _run_second(book)
    book.output(1).get_by_text("True 0").wait_for()
    assert page.locator(ROOT).count() == 0
    assert book.errors == []
    assert book.log.errors == []


@pytest.mark.skipif(find_spec("torch") is None, reason="needs PyTorch, of the extra models")
def test_it_is_accessible_and_looks_right(
    open_notebook: Open, accessibility: Accessibility
) -> None:
    book = open_notebook("demo-run.ipynb", DEMO)
    book.run_all()
    panel = book.page.locator(ROOT)
    assert accessibility(book, ROOT) == []
    book.pictures("run-idle", ROOT)
    panel.get_by_label("Scenarios").select_option(index=0)
    panel.get_by_label("Countries").select_option(
        ["Japan (JPN)", "Argentina (ARG) – synthetic profile"]
    )
    _press(book, "Plan")
    _until(book, "tokens read")
    _press(book, "Start")
    _until(book, "Done:")
    _until(book, "ARG are worded from synthetic profiles, drawn at random")
    book.theme("dark")
    assert accessibility(book, ROOT) == []
    book.theme("light")
    assert accessibility(book, ROOT) == []
    book.pictures("run-finished", ROOT)
    assert book.errors == []
    assert book.log.errors == []
