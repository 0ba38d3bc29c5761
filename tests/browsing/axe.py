"""Accessibility of a part of a page, judged by axe-core."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from browsing.chromium import absent

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from browsing.notebook import Notebook

__all__ = ["Accessibility", "Violation", "axe_source", "violations"]

_PACKAGE = "axe-core@4"
_FETCHED_WITHIN = 120
_RUN = """async selector => {
    const found = await axe.run(selector, {resultTypes: ['violations']});
    return found.violations.map(each => [
        each.id, each.impact ?? '', each.help, each.nodes.map(node => node.html),
    ]);
}"""


@dataclass(frozen=True)
class Violation:
    """A rule that is broken, and by what."""

    rule: str
    impact: str
    help: str
    elements: tuple[str, ...]


Accessibility: TypeAlias = "Callable[[Notebook, str], list[Violation]]"
"""What the fixture ``accessibility`` is: judges the part of a notebook that a selector finds."""


def axe_source(folder: Path) -> str:
    """Return axe-core's code: the file ``DISCA_NB_AXE``, or what npm fetches into the folder."""
    given = os.environ.get("DISCA_NB_AXE")
    if given:
        if not Path(given).is_file():
            pytest.fail(f"DISCA_NB_AXE is {given!r}, which is no file; mend or unset it.")
        return Path(given).read_text(encoding="utf-8")
    npm = shutil.which("npm")
    if npm is None:
        absent("Checks of accessibility need npm, or axe.min.js named by DISCA_NB_AXE.")
    command = [npm, "pack", _PACKAGE, "--silent", "--pack-destination", str(folder)]
    options = {"cwd": folder, "capture_output": True, "text": True, "check": False}
    try:
        done = subprocess.run(command, timeout=_FETCHED_WITHIN, **options)  # type: ignore[call-overload] # noqa: S603, PLW1510
    except subprocess.TimeoutExpired:
        absent(f"npm did not fetch {_PACKAGE} within {_FETCHED_WITHIN} s.")
    if done.returncode != 0:
        absent(f"npm could not fetch {_PACKAGE}: {done.stderr.strip()[-300:]}")
    with tarfile.open(next(folder.glob("axe-core-*.tgz"))) as packed:
        file = packed.extractfile("package/axe.min.js")
        assert file is not None
        return file.read().decode()


def violations(page: Page, source: str, selector: str) -> list[Violation]:
    """Return the rules that are broken inside what the selector finds.

    Parameters
    ----------
    page : playwright.sync_api.Page
        The page.
    source : str
        axe-core's code.
    selector : str
        CSS; it must find something.

    Returns
    -------
    list of Violation
        Empty where all is well.
    """
    page.evaluate(source)
    return [Violation(*fields, tuple(nodes)) for *fields, nodes in page.evaluate(_RUN, selector)]
