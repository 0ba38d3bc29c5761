"""A notebook that is open in JupyterLab: run it, read it, look at it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pytest
from tutorials import KILL_AFTER

from browsing.log import Log
from browsing.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

__all__ = ["Notebook", "Open", "Theme", "write"]

Theme = Literal["light", "dark"]
_THEMES: dict[Theme, str] = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
_OPENS_WITHIN = 90.0
_TALLEST = 8000

# JupyterLab takes its splash screen away 200 ms after a change of theme; if the next change comes
# before, it takes it away twice, and the second time fails.
_NO_SPLASH = "document.getElementById('jupyterlab-splash') === null"
# The indicator says idle before there is a kernel; what is run then asks which one to take.
_READY = f"""() => {{
    const session = window.jupyterapp?.shell.currentWidget?.sessionContext;
    return session?.isReady && session.session?.kernel?.status === 'idle' && {_NO_SPLASH}
        && document.querySelector('.jp-NotebookPanel .jp-Spinner') === null
        && document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle';
}}"""
_THEMED = f"""([name, light]) => {{
    const {{jpThemeName, jpThemeLight}} = document.body.dataset;
    return jpThemeName === name && jpThemeLight === light && {_NO_SPLASH};
}}"""
# Errors are read from the notebook itself: in the page they look like other standard error.
_CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code')
    .map(cell => ({
        prompt: cell.node.querySelector('.jp-InputPrompt').textContent.trim(),
        errors: cell.model.outputs.toJSON()
            .filter(output => output.output_type === 'error')
            .map(output => `${output.ename}: ${output.evalue}`),
    }))"""
# Numbers only grow: those above the last are of this run. After an error the rest is not run.
_DONE = f"""([last, expected]) => {{
    const status = document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status;
    const cells = ({_CELLS})();
    const done = cells.filter(cell => parseInt(cell.prompt.slice(1)) > last);
    const view = '[data-mime-type="application/vnd.jupyter.widget-view+json"]';
    const loading = [...document.querySelectorAll(view)]
        .some(each => each.textContent.startsWith('Loading widget'));
    return status === 'idle' && !loading && !cells.some(cell => cell.prompt.includes('*'))
        && (done.length >= expected || done.some(cell => cell.errors.length > 0));
}}"""
_BROKEN_WIDGETS = """() => [
    ...document.querySelectorAll('.jupyter-widgets-error-widget'),
    ...[...document.querySelectorAll('.jupyter-widgets')]
        .filter(each => each.textContent.startsWith('Error displaying widget')),
].map(each => each.textContent)"""
_HEIGHT = """() => {
    const outer = document.querySelector('.jp-WindowedPanel-outer');
    return Math.ceil(outer.scrollHeight + window.innerHeight - outer.clientHeight);
}"""
_TO_TOP = "() => { document.querySelector('.jp-WindowedPanel-outer').scrollTop = 0; }"


def write(folder: Path, name: str, cells: Iterable[str]) -> None:
    """Write a notebook of code cells."""
    book: dict[str, Any] = {
        "cells": [
            {"cell_type": "code", "id": f"cell-{i}", "metadata": {}, "source": source}
            | {"execution_count": None, "outputs": []}
            for i, source in enumerate(cells)
        ],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (folder / name).write_text(json.dumps(book), encoding="utf-8")


class Notebook:
    """An open notebook.

    Attributes
    ----------
    page : playwright.sync_api.Page
        The page that it is in, for all that is not here.
    log : Log
        What went wrong unseen.
    """

    def __init__(self, page: Page, server: Server, name: str) -> None:
        """Open a notebook of the server's folder, in the light theme, and wait for its kernel."""
        self.page = page
        self.log = Log(page, server.url)
        book = json.loads((server.root / name).read_text(encoding="utf-8"))
        sources = ["".join(c["source"]) for c in book["cells"] if c["cell_type"] == "code"]
        self._expected = sum(bool(source.strip()) for source in sources)
        page.goto(server.address(name), timeout=_OPENS_WITHIN * 1000)
        self._until(_READY, None, _OPENS_WITHIN)
        page.evaluate("() => { window.jupyterapp.shell.collapseLeft(); }")
        self.theme("light")

    def run_all(self, seconds: float = KILL_AFTER) -> None:
        """Run every cell and wait until the kernel is idle and every widget is drawn."""
        prompts = [cell["prompt"] for cell in self.page.evaluate(_CELLS)]
        numbers = [int(n) for n in re.findall(r"\d+", " ".join(prompts))]
        command = "window.jupyterapp.commands.execute('notebook:run-all-cells')"
        self.page.evaluate(f"() => {{ void {command}; }}")
        self._until(_DONE, [max(numbers, default=0), self._expected], seconds)

    @property
    def errors(self) -> list[str]:
        """Texts of the cells' errors and of widgets that could not be drawn."""
        cells = self.page.evaluate(_CELLS)
        widgets: list[str] = self.page.evaluate(_BROKEN_WIDGETS)
        return [error for cell in cells for error in cell["errors"]] + widgets

    def output(self, cell: int) -> Locator:
        """Return the outputs of a code cell, counted from 0."""
        return self.page.locator(".jp-CodeCell").nth(cell).locator(".jp-OutputArea").first

    def theme(self, theme: Theme) -> None:
        """Change JupyterLab's theme and wait until its colours are there."""
        name = _THEMES[theme]
        run = "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})"
        self.page.evaluate(run, name)
        self._until(_THEMED, [name, _light(theme)], 30.0)

    def fit(self) -> None:
        """Make the window as tall as the notebook, so that all of it is drawn."""
        size = self.page.viewport_size
        assert size is not None
        height = min(int(self.page.evaluate(_HEIGHT)), _TALLEST)
        self.page.set_viewport_size({"width": size["width"], "height": max(height, 400)})
        self.page.evaluate(_TO_TOP)

    def pictures(self, name: str, selector: str | None = None) -> list[Path]:
        """Save pictures of the notebook, or of what a selector finds first, in both themes."""
        folder = Path(os.environ["DISCA_NB_SCREENSHOTS"])
        folder.mkdir(parents=True, exist_ok=True)
        self.fit()
        paths = []
        for theme in _THEMES:
            self.theme(theme)
            path = folder / f"{name}-{theme}.png"
            shown = self.page if selector is None else self.page.locator(selector).first
            shown.screenshot(path=path, animations="disabled")
            paths.append(path)
        self.theme("light")
        return paths

    def _until(self, condition: str, argument: object, seconds: float) -> None:
        """Wait for a condition of the page; say how it looked when it does not come."""
        from playwright.sync_api import TimeoutError as TooLate

        try:
            self.page.wait_for_function(
                condition, arg=argument, timeout=seconds * 1000, polling=100
            )
        except TooLate:
            cells = self.page.evaluate(_CELLS)
            pytest.fail(f"Not within {seconds:.0f} s: {condition}\n{cells}\n{self.log.errors}")


class Open(Protocol):
    """What the fixture ``open_notebook`` is: opens a tutorial, or a notebook made of cells."""

    def __call__(self, name: str, *cells: str) -> Notebook:
        """Open the notebook of this name, made of the cells first where there are any."""


def _light(theme: Theme) -> str:
    """Return how the page's body says whether its theme is light."""
    return "true" if theme == "light" else "false"
