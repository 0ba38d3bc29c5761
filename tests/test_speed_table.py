"""README's speed section is what the benchmarks' own code makes of the recorded results."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def benchmarks(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Return what imports one of the benchmarks' modules."""
    monkeypatch.syspath_prepend(str(ROOT))
    return lambda name: importlib.import_module(f"benchmarks.{name}")


@pytest.fixture
def tables(benchmarks: Callable[[str], Any]) -> Any:  # noqa: ANN401 - a module
    return benchmarks("tables")


def test_the_table_in_the_readme_is_that_of_the_recorded_results(tables: Any) -> None:  # noqa: ANN401
    results = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    # With `python -m benchmarks.make_figures` table and figures follow new results.
    assert tables.put_between(readme, tables.speed_table(results)) == readme


def test_the_part_on_asking_in_the_readme_is_that_of_the_recorded_results(
    benchmarks: Callable[[str], Any],
) -> None:
    results = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    page = benchmarks("asking_page")
    part = page.asking_part(results)
    assert benchmarks("tables").put_between(readme, part, page.MARKERS) == readme
    for figure in re.findall(r"docs/[\w-]+\.png", part):
        assert (ROOT / figure).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_figures_in_the_readme_are_there(name: str) -> None:
    figure = f"docs/speed-{name}.png"
    assert figure in (ROOT / "README.md").read_text(encoding="utf-8")
    assert (ROOT / figure).read_bytes().startswith(b"\x89PNG")
