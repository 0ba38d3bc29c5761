"""README's speed section is what the benchmarks' own code makes of the recorded results."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - a module
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("benchmarks.tables")


def test_the_table_in_the_readme_is_that_of_the_recorded_results(tables: Any) -> None:  # noqa: ANN401
    results = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    # With `python -m benchmarks.make_figures` table and figures follow new results.
    assert tables.put_between(readme, tables.speed_table(results)) == readme


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_figures_in_the_readme_are_there(name: str) -> None:
    figure = f"docs/speed-{name}.png"
    assert figure in (ROOT / "README.md").read_text(encoding="utf-8")
    assert (ROOT / figure).read_bytes().startswith(b"\x89PNG")
