"""JupyterLab and Chromium for the tests of this folder, one after the other."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing.axe import Accessibility, Violation, axe_source, violations
from browsing.chromium import ARGUMENTS, executable
from browsing.notebook import Notebook, Open, write
from browsing.server import Server, jupyterlab
from filelock import FileLock
from tutorials import FILES

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of the browser; tests skip, or fail, where there is none."""
    return executable()


@pytest.fixture(scope="session")
def lab_server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run JupyterLab over a copy of the tutorials."""
    assert chromium
    root = tmp_path_factory.mktemp("notebooks")
    for path in FILES:
        shutil.copy(path, root)
    with jupyterlab(root, tmp_path_factory.mktemp("home")) as server:
        yield server


# A file of tests, not the session: while it is open no other test of this process has a loop.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Start Chromium with an empty profile."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield found
        found.close()


@pytest.fixture
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep browser tests of other processes waiting: each wants a core and much memory."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # that of the run; the other is this process's
    with FileLock(folder / "browser.lock"):
        yield


@pytest.fixture
def screenshots(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Name a folder for pictures where ``DISCA_NB_SCREENSHOTS`` names none."""
    if not os.environ.get("DISCA_NB_SCREENSHOTS"):
        monkeypatch.setenv("DISCA_NB_SCREENSHOTS", str(tmp_path_factory.mktemp("screenshots")))


@pytest.fixture
def open_notebook(
    lab_server: Server, browser: Browser, alone: None, screenshots: None
) -> Iterator[Open]:
    """Return what opens a tutorial by its file's name, or a notebook made of the cells given.

    Each opens in a page of its own; pages are closed and kernels ended after the test.
    """
    del alone, screenshots
    context = browser.new_context(viewport={"width": 1280, "height": 1000})

    def opened(name: str, *cells: str) -> Notebook:
        if cells:
            write(lab_server.root, name, cells)
        return Notebook(context.new_page(), lab_server, name)

    yield opened
    context.close()
    lab_server.stop_kernels()


@pytest.fixture(scope="session")
def axe(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return axe-core's code, fetched once."""
    assert chromium
    return axe_source(tmp_path_factory.mktemp("axe"))


@pytest.fixture
def accessibility(axe: str) -> Accessibility:
    """Return what judges a part of an open notebook."""

    def judged(notebook: Notebook, selector: str) -> list[Violation]:
        # What is scrolled out of sight has no colours to judge.
        notebook.fit()
        return violations(notebook.page, axe, selector)

    return judged


@pytest.fixture
def picture_folder(screenshots: None) -> Path:
    """Return where pictures go."""
    del screenshots
    return Path(os.environ["DISCA_NB_SCREENSHOTS"])
