"""From a slider of the steering lab to its pictures: in the kernel, and on a page.

20 countries × 310 scenarios × 6 models, all steered and scored anew at every move.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browsing.chromium import ARGUMENTS, executable
from browsing.notebook import Notebook, write
from browsing.server import Server, jupyterlab

from benchmarks import interleave, record
from benchmarks.panels import PERSONAS, as_dataset, make_panel
from disca_nb import save_results, steering_lab
from disca_nb.datasets import targets
from disca_nb.kernels import PARAMETERS
from disca_nb.variables import ATTRIBUTES

_SHAPE = (20, 310, 6)
_ASKED = {"milliseconds": "<= 150, median, on two cores"}
# All of these need new passes of every cell, and change the picture of any candidate.
_MOVED = ("lam", "eta", "kappa", "alpha", "sigma")
_CELL = """
import disca_nb
lab = disca_nb.steering_lab("panel.zarr")
lab.settings.adaptive = False
lab
"""

# From the press of a key to the frame in which the pictures are new; that of the candidates is
# sent last, and changes with every parameter.
_WATCH = """() => {
    window.seconds = [];
    const pictures = () => [...document.querySelectorAll('.disca-lab .disca-picture img')];
    const last = () => pictures().at(-1)?.src;
    document.addEventListener('keydown', event => {
        if (event.key !== 'ArrowRight') return;
        const start = performance.now(), old = last();
        // Looking at every frame would take a core from the kernel.
        const observer = new MutationObserver(async () => {
            const now = pictures();
            if (now.length < 2 || last() === old) return;
            observer.disconnect();
            await Promise.all(now.map(each => each.decode()));
            requestAnimationFrame(() => window.seconds.push((performance.now() - start) / 1000));
        });
        const lab = document.querySelector('.disca-lab');
        observer.observe(lab, {childList: true, subtree: true, attributes: true});
    }, true);
}"""


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a made-up panel of the size that is asked for, and return where."""
    drawn = make_panel(int(np.prod(_SHAPE)))
    human = targets.moral_machine()
    gaps = as_dataset(drawn, _SHAPE).assign_coords(
        country=human.country.values[: _SHAPE[0]],
        category=("scenario", [ATTRIBUTES[i % 6] for i in range(_SHAPE[1])]),
    )
    vanilla = gaps.base_gap + 0.3
    return save_results(gaps.assign(vanilla_gap=vanilla), _folder(tmp_path_factory) / "panel.zarr")


def _folder(factory: pytest.TempPathFactory) -> Path:
    """Return a new folder."""
    return factory.mktemp("lab")


def _moves(quick: bool) -> int:
    """Return how often each slider is moved."""
    return 3 if quick else 31


def test_in_the_kernel(
    results: dict[str, object], quick: bool, panel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab = steering_lab(panel)
    lab.settings.adaptive = False
    found: dict[str, list[float]] = {name: [] for name in _MOVED}
    # Compiled and drawn once; then in turns, so that all share the weather.
    for name in _MOVED:
        _move(lab, name, 0)
    for i in range(_moves(quick)):
        for name in _MOVED:
            start = time.perf_counter()
            _move(lab, name, i + 1)
            found[name].append(time.perf_counter() - start)
    lab.close()
    _keep(results, "kernel", found, capsys)


def _move(lab: Any, name: str, step: int) -> None:  # noqa: ANN401 - a widget, which has no types
    """Move a slider by a step, there and back."""
    usual = 0.3 if name == "sigma" else PARAMETERS[name].default
    setattr(lab.settings, name, float(str(usual)) * (1.0 - 0.02 * (1 + step % 7)))


@pytest.fixture(scope="module")
def server(panel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run JupyterLab beside the panel."""
    executable()
    write(panel.parent, "lab.ipynb", [_CELL])
    with jupyterlab(panel.parent, _folder(tmp_path_factory)) as running:
        yield running


def test_on_a_page(
    results: dict[str, object],
    quick: bool,
    server: Server,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from playwright.sync_api import sync_playwright

    found: dict[str, list[float]] = {name: [] for name in _MOVED}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": 1280, "height": 1600})
        book = Notebook(page, server, "lab.ipynb")
        book.run_all()
        book.page.locator(".disca-lab .disca-picture img").nth(1).wait_for()
        book.page.evaluate(_WATCH)
        for i in range(_moves(quick) + 1):
            for name in _MOVED:
                seconds = _press(book, name)
                # The first of each warms up.
                found[name] += [seconds] if i else []
        assert book.log.errors == []
        browser.close()
    server.stop_kernels()
    _keep(results, "page", found, capsys)


def _press(book: Notebook, name: str) -> float:
    """Press an arrow on a slider and return the seconds until its pictures are there."""
    page = book.page
    slider = page.get_by_role("slider", name=f"{PARAMETERS[name].symbol}, {name}")
    slider.focus()
    if slider.evaluate("each => each.value === each.max"):
        page.keyboard.press("Home")
        page.wait_for_timeout(1000)
    done = page.evaluate("() => window.seconds.length")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "done => window.seconds.length > done", arg=done, timeout=20_000, polling=50
    )
    return float(page.evaluate("() => window.seconds.at(-1)"))


def _keep(
    results: dict[str, object],
    where: str,
    found: dict[str, list[float]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Record seconds, all moves together and by slider, and print them."""
    together = interleave.spread([each for seconds in found.values() for each in seconds])
    by_slider = {name: interleave.spread(seconds)._asdict() for name, seconds in found.items()}
    results.setdefault("lab", {"conditions": record.conditions("ipywidgets", "jupyterlab")})
    section = results["lab"]
    assert isinstance(section, dict)
    section |= {
        "cells": int(np.prod(_SHAPE)),
        "personas": PERSONAS,
        "target": _ASKED,
        where: {"seconds": together._asdict(), "by_slider": by_slider},
    }
    with capsys.disabled():
        print(f"\nslider to picture, {where}: {1e3 * together.median:.0f} ms ", end="")
        print(f"[{1e3 * together.low:.0f}, {1e3 * together.high:.0f}]")
        for name, spread in by_slider.items():
            print(f"  {name:12s} {1e3 * spread['median']:.0f} ms")
