"""The explorer as a person meets it: by mouse, by keyboard, with files, in light and in dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing.axe import Accessibility
from browsing.notebook import Notebook, Open
from browsing.server import Server

import disca_nb

pytestmark = pytest.mark.browser

CELL = """
import disca_nb
panel = disca_nb.datasets.demo_panel(["JPN", "USA", "BRA", "DEU"])
explorer = disca_nb.explore(panel)
explorer
"""
HOSTILE = """
import numpy as np
import disca_nb
bad = "<script>window.broken = true</script><img src=x onerror='window.broken = true'>"
panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
names = panel.persona.values.astype(object)
names[0] = bad
panel = panel.assign_coords(persona=names.astype(str), model=[bad])
panel["persona_prompt"] = panel.persona_prompt.dims, np.full(panel.persona_prompt.shape, bad)
hostile = disca_nb.explore(panel, chosen={"persona": bad, "other_model": bad})
lab = disca_nb.steering_lab(panel)
display(hostile, lab)
"""
MISSING = """
import disca_nb
display(disca_nb.explore("nowhere.zarr"))
display(disca_nb.explore(disca_nb.datasets.demo_panel(["JPN"])[["persona_answer_mass"]]))
"""
ROOT = ".disca-explorer"


@pytest.fixture
def book(open_notebook: Open) -> Notebook:
    """Return a notebook that shows the explorer, and nothing wrong."""
    opened = open_notebook("explorer.ipynb", CELL)
    opened.run_all()
    assert opened.errors == []
    assert opened.log.errors == []
    opened.page.locator(f"{ROOT} .disca-picture img").nth(2).wait_for()
    return opened


def test_a_country_that_is_clicked_shows_its_scenarios(book: Notebook) -> None:
    page = book.page
    page.get_by_role("listbox", name="Country").select_option("BRA")
    page.get_by_role("table", name="BRA: scenarios 1 to 12 of 96").wait_for()
    page.get_by_role("img", name="Preferences of BRA").wait_for()
    page.get_by_role("combobox", name="Attribute").select_option("Age")
    page.get_by_role("table", name="BRA: scenarios 1 to 12 of 16").wait_for()
    page.get_by_role("button", name="Next page").click()
    page.get_by_role("table", name="BRA: scenarios 13 to 16 of 16").wait_for()
    assert book.log.errors == []


def test_everything_can_be_done_by_keyboard(book: Notebook) -> None:
    page = book.page
    page.get_by_role("listbox", name="Country").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("table", name="USA: scenarios 1 to 12 of 96").wait_for()
    page.get_by_role("combobox", name="Persona").focus()
    page.keyboard.type("older")
    page.locator(ROOT).get_by_text("You are a person over 55").first.wait_for()
    page.get_by_role("combobox", name="Compare with").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("table", name="closer to the humans in").wait_for()
    page.get_by_role("button", name="Next page").focus()
    page.keyboard.press("Enter")
    page.get_by_role("table", name="USA: scenarios 13 to 24 of 96").wait_for()
    assert book.log.errors == []


def test_the_slice_is_saved_where_it_says(book: Notebook, lab_server: Server) -> None:
    page = book.page
    page.get_by_role("combobox", name="Attribute").select_option("Gender")
    folder = lab_server.root / "slices"
    page.get_by_role("textbox", name="Folder").fill(str(folder))
    page.get_by_role("textbox", name="Folder").press("Enter")
    for form, count in (("CSV", 1), ("NetCDF", 2), ("PNG", 5)):
        page.get_by_role("button", name=f"Save {form}").click()
        page.locator(ROOT).get_by_role("status").get_by_text(_ending(form)).wait_for()
        assert len(list(folder.iterdir())) == count
    (kept,) = folder.glob("*.nc")
    cells = disca_nb.open_results(kept)
    assert set(cells.category.values) == {"Gender"}
    assert book.log.errors == []


def _ending(form: str) -> str:
    """Return how the files of a form end."""
    return {"CSV": ".csv", "NetCDF": ".nc", "PNG": ".png"}[form]


def test_labels_and_texts_run_nothing(open_notebook: Open) -> None:
    book = open_notebook("hostile.ipynb", HOSTILE)
    book.run_all()
    book.page.locator(f"{ROOT} .disca-picture img").first.wait_for()
    book.page.locator(".disca-lab .disca-picture img").first.wait_for()
    assert book.page.evaluate("() => window.broken") is None
    assert book.page.locator(f"{ROOT} img[src='x']").count() == 0
    assert book.errors == []
    assert book.log.errors == []


def test_what_is_wrong_is_a_sentence_on_the_page(open_notebook: Open) -> None:
    book = open_notebook("missing.ipynb", MISSING)
    book.run_all()
    told = book.page.locator(ROOT).get_by_role("alert").all_inner_texts()
    assert len(told) == 2
    assert "There is nothing at nowhere.zarr" in told[0]
    assert "neither gaps nor decisions" in told[1]
    assert book.errors == []
    assert book.log.errors == []


def test_it_is_accessible_and_looks_right(
    book: Notebook, accessibility: Accessibility, picture_folder: Path
) -> None:
    book.page.get_by_role("combobox", name="Compare with").select_option(index=1)
    book.page.get_by_role("table", name="closer to the humans in").wait_for()
    found = accessibility(book, ROOT)
    assert found == [], found
    book.theme("dark")
    assert accessibility(book, ROOT) == []
    book.theme("light")
    light, dark = book.pictures("explorer", ROOT)
    assert {light.parent, dark.parent} == {picture_folder}
