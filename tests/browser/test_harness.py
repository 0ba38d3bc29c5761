"""The tests' own instruments: each finds what it is there to find."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing.axe import Accessibility
from browsing.notebook import Notebook, Open
from browsing.server import Server

pytestmark = pytest.mark.browser

WIDGETS = """
import ipywidgets as widgets
from IPython.display import display

count = widgets.HTML("pressed 0 times")
button = widgets.Button(description="Press")
presses = []

def pressed(_):
    presses.append(1)
    count.value = f"pressed {len(presses)} times"

button.on_click(pressed)
slider = widgets.IntSlider(description="Size", value=3, min=0, max=9)
told = widgets.HTML("size 3")
slider.observe(lambda change: setattr(told, "value", f"size {change['new']}"), "value")
box = widgets.VBox([button, count, slider, told])
box.add_class("harness")
display(box)
"""
BROKEN = """
import ipywidgets as widgets
from IPython.display import HTML, Javascript, display

broken = widgets.Button(description="Break")
broken.on_click(lambda _: 1 / 0)
display(broken)
display(Javascript("console.error('said by a cell')"))
display(Javascript("setTimeout(() => { throw new Error('thrown by a cell'); }, 0)"))
display(HTML("<img alt='none' src='http://elsewhere.invalid/picture.png'>"))
import threading
threading.Thread(target=lambda: [].pop()).start()
"""


def test_a_notebook_runs_from_the_first_cell_to_the_last(open_notebook: Open) -> None:
    book = open_notebook("plain.ipynb", "a = 20", "", "# nothing but words", "print(a + 1)")
    book.run_all()
    assert book.output(3).inner_text().strip() == "21"
    assert book.errors == []
    assert book.log.errors == []
    # Numbers of the first run are not taken for those of the second.
    book.page.locator(".jp-CodeCell").nth(0).click()
    book.run_all()
    prompts = book.page.locator(".jp-CodeCell .jp-InputPrompt").all_inner_texts()
    assert [prompt.strip() for prompt in prompts] == ["[4]:", "[ ]:", "[5]:", "[6]:"]


def test_a_cell_that_fails_is_found_and_what_follows_is_not_run(open_notebook: Open) -> None:
    book = open_notebook("failing.ipynb", "print('first')", "1 / 0", "print('last')")
    book.run_all()
    assert book.errors == ["ZeroDivisionError: division by zero"]
    assert book.output(0).inner_text().strip() == "first"
    assert book.output(2).inner_text().strip() == ""
    assert book.log.errors == ["kernel: division by zero"]


def test_what_no_cell_shows_is_found_in_the_log(open_notebook: Open) -> None:
    book = open_notebook("broken.ipynb", BROKEN)
    book.run_all()
    assert book.errors == []
    book.page.get_by_role("button", name="Break", exact=True).click()
    wanted = (
        *("console: said by a cell", "not caught: thrown by a cell", "kernel: division by zero"),
        *("beyond the server: http://elsewhere.invalid/picture.png", "printed: a stack trace"),
    )
    for _ in range(50):
        missing = [text for text in wanted if not any(text in e for e in book.log.errors)]
        if not missing:
            break
        book.page.wait_for_timeout(200)
    assert missing == [], book.log.errors


@pytest.fixture
def smoke(open_notebook: Open) -> Notebook:
    """Return a notebook with a button and a slider, and nothing wrong."""
    book = open_notebook("widgets.ipynb", WIDGETS)
    book.run_all()
    assert book.errors == []
    assert book.log.errors == []
    return book


def test_widgets_answer_to_mouse_and_keyboard(smoke: Notebook) -> None:
    page = smoke.page
    button = page.get_by_role("button", name="Press", exact=True)
    handle = page.locator(".harness").get_by_role("slider").first
    button.click()
    page.get_by_text("pressed 1 times").wait_for()
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_text("pressed 2 times").wait_for()
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("size 4").wait_for()
    assert smoke.log.errors == []


def test_pictures_are_taken_in_light_and_in_dark(smoke: Notebook, picture_folder: Path) -> None:
    light, dark = smoke.pictures("harness", ".harness")
    assert {light.name, dark.name} == {"harness-light.png", "harness-dark.png"}
    assert {light.parent, dark.parent} == {picture_folder}
    # The same part of the page in other colours.
    assert light.read_bytes() != dark.read_bytes()
    assert light.read_bytes().startswith(b"\x89PNG")
    assert smoke.page.locator("body").get_attribute("data-jp-theme-light") == "true"


def test_themes_that_follow_at_once_leave_no_error(smoke: Notebook) -> None:
    for _ in range(4):
        smoke.theme("dark")
        smoke.theme("light")
    # An error would come 200 ms after the last one.
    smoke.page.wait_for_timeout(400)
    assert smoke.log.errors == []


def test_a_slider_without_a_name_is_found(smoke: Notebook, accessibility: Accessibility) -> None:
    found = accessibility(smoke, ".harness")
    rules = {violation.rule for violation in found}
    assert "aria-input-field-name" in rules
    assert any("noUi-handle" in element for each in found for element in each.elements)
    # The button next to it has one.
    assert accessibility(smoke, ".harness .jupyter-button") == []


def test_kernels_end_with_their_test(open_notebook: Open, lab_server: Server) -> None:
    open_notebook("kernel.ipynb", "1").run_all()
    assert len(lab_server.ask("/api/kernels")) == 1
    lab_server.stop_kernels()
    assert lab_server.ask("/api/kernels") == []
