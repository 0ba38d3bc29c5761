"""The steering lab as a person meets it: by mouse, by keyboard, in light and in dark."""

from __future__ import annotations

import re

import pytest
from browsing.axe import Accessibility
from browsing.notebook import Notebook, Open

pytestmark = pytest.mark.browser

CELL = """
import disca_nb
lab = disca_nb.steering_lab(disca_nb.datasets.demo_panel(["JPN", "USA", "BRA", "DEU"]))
lab
"""
AFTER = "print(lab.settings.eta, lab.settings.lam, lab.settings.variant, lab.settings.rho)"
COUNT = """
from ipywidgets.widgets import widget
before = len(widget._instances)
"""
BOTH = """
explorer = disca_nb.explore(disca_nb.datasets.demo_panel(["JPN", "USA"]))
explorer
"""
LEFT = """
opened = len(widget._instances) - before
lab.close()
explorer.close()
print(opened > 100, len(widget._instances) - before)
"""
ROOT = ".disca-lab"


@pytest.fixture
def book(open_notebook: Open) -> Notebook:
    """Return a notebook that shows the lab, and nothing wrong."""
    opened = open_notebook("lab.ipynb", CELL, AFTER)
    opened.run_all()
    assert opened.errors == []
    assert opened.log.errors == []
    opened.page.locator(f"{ROOT} .disca-picture img").nth(1).wait_for()
    return opened


def _told(book: Notebook) -> str:
    """Return what stands below the picture of misalignment."""
    return book.page.locator(f"{ROOT} figcaption").first.inner_text()


def _mean(book: Notebook) -> str:
    """Return the mean misalignment that is told."""
    found = re.search(r"mean misalignment (\d\.\d{3})", _told(book))
    assert found, _told(book)
    return found[1]


def _until_told(book: Notebook, text: str) -> None:
    """Wait until the words below the picture hold a text."""
    book.page.locator(f"{ROOT} figcaption", has_text=text).first.wait_for()


def test_a_slider_that_is_dragged_moves_words_and_pictures(book: Notebook) -> None:
    page = book.page
    slider = page.get_by_role("slider", name="λ, lam")
    image = page.locator(f"{ROOT} .disca-picture img").nth(1)
    before, mean = image.get_attribute("src"), _mean(book)
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + box["height"] / 2, steps=8)
    page.mouse.move(box["x"], box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()
    _until_told(book, "λ 0.0: mean")
    assert page.get_by_role("spinbutton", name="λ, lam, exact value").input_value() == "0"
    assert image.get_attribute("src") != before
    assert _mean(book) != mean
    assert book.log.errors == []


def test_everything_can_be_done_by_keyboard(book: Notebook) -> None:
    page = book.page
    slider = page.get_by_role("slider", name="ρ, rho")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    _until_told(book, "ρ 0.13,")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("0.9")
    page.keyboard.press("Enter")
    _until_told(book, "ρ 0.9,")
    variant = page.get_by_role("combobox", name="Variant")
    variant.focus()
    page.keyboard.type("cons")
    _until_told(book, "consensus, category temperature")
    assert page.get_by_role("slider", name="ρ, rho").is_disabled()
    button = page.get_by_role("button", name="Defaults")
    button.focus()
    page.keyboard.press("Enter")
    _until_told(book, "DISCA paper")
    assert page.get_by_role("slider", name="ρ, rho").is_enabled()
    assert book.log.errors == []


def test_tab_goes_through_every_control_in_the_order_of_the_page(book: Notebook) -> None:
    page = book.page
    page.get_by_role("button", name="Defaults").focus()
    places = []
    for _ in range(80):
        found = page.evaluate(
            """root => {
                const now = document.activeElement;
                if (!now.closest(root)) return null;
                const box = now.getBoundingClientRect();
                return [box.left, box.top, now.tagName];
            }""",
            ROOT,
        )
        if found is None:
            break
        places.append(found)
        page.keyboard.press("Tab")
    # Five presets, three selectors, three switches, the sliders that act with their boxes, code.
    assert len(places) >= 5 + 3 + 3 + 2 * 9 + 1
    left = [place for place in places if place[0] < places[0][0] + 300]
    assert [place[1] for place in left] == sorted(place[1] for place in left)


def test_the_kernel_knows_what_was_moved(book: Notebook) -> None:
    page = book.page
    box = page.get_by_role("spinbutton", name="η, eta, exact value")
    box.fill("0.25")
    box.press("Enter")
    _until_told(book, "η 0.25")
    page.locator(".jp-CodeCell").nth(1).click()
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell')")
    book.output(1).get_by_text("0.25 0.7 paper 0.1").wait_for()


def test_a_value_that_cannot_be_is_told_beside_the_controls(book: Notebook) -> None:
    page, before = book.page, _told(book)
    box = page.get_by_role("spinbutton", name="α, alpha, exact value")
    box.fill("7")
    box.press("Enter")
    page.locator(ROOT).get_by_role("alert").get_by_text("Parameter alpha").wait_for()
    assert _told(book) == before
    box.fill("0.5")
    box.press("Enter")
    _until_told(book, "α 0.5")
    page.locator(ROOT).get_by_role("alert").wait_for(state="detached")
    assert book.log.errors == []


def test_nothing_is_left_after_close(open_notebook: Open) -> None:
    # Counted from before anything is imported, and of panels that were shown.
    book = open_notebook("left.ipynb", COUNT, CELL, BOTH, LEFT)
    book.run_all()
    assert book.errors == []
    assert book.output(3).inner_text().strip() == "True 0"
    assert book.log.errors == []


def test_it_is_accessible_and_looks_right(book: Notebook, accessibility: Accessibility) -> None:
    found = accessibility(book, ROOT)
    assert found == [], found
    book.theme("dark")
    assert accessibility(book, ROOT) == []
    book.theme("light")
    book.pictures("lab", ROOT)
