"""What every tutorial has, and what none keeps: read from the files, nothing is run."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tutorials import FILES, Tutorial

each = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
_EMBEDDED = re.compile(r"demo_panel|[\"']demo[\"']|synthetic-demo")


def test_tutorials_are_there_and_numbered() -> None:
    numbers = [path.name[:2] for path in FILES]
    assert "00_quickstart.ipynb" in [path.name for path in FILES]
    assert all(re.fullmatch(r"\d\d_[a-z0-9_]+\.ipynb", path.name) for path in FILES)
    assert len(set(numbers)) == len(numbers)


@each
def test_nothing_of_an_earlier_run_is_kept(path: Path) -> None:
    book = Tutorial.read(path).book
    for cell in book["cells"]:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
        assert not {"execution", "scrolled", "collapsed"} & set(cell["metadata"])
        assert "attachments" not in cell
    assert "widgets" not in book["metadata"]


@each
def test_it_opens_with_the_kernel_that_every_jupyter_has(path: Path) -> None:
    book = Tutorial.read(path).book
    assert (book["nbformat"], book["nbformat_minor"]) >= (4, 5)
    assert book["metadata"]["kernelspec"]["name"] == "python3"
    identities = [cell["id"] for cell in book["cells"]]
    assert len(set(identities)) == len(identities)


@each
def test_it_ends_with_what_was_seen(path: Path) -> None:
    tutorial = Tutorial.read(path)
    assert tutorial.headings[-1] == "What you saw"
    closing = tutorial.sources("markdown")[-1]
    # What it does not show belongs to what was seen.
    assert re.search(r"does not (show|say|prove|tell)|shows? nothing|proves? nothing", closing)


@each
def test_it_has_exercises_with_hidden_answers(path: Path) -> None:
    prose = Tutorial.read(path).prose
    hidden = re.findall(r"<details>\s*<summary>.+?</summary>\n\n.+?</details>", prose, re.DOTALL)
    assert hidden
    assert prose.count("<details>") == prose.count("</details>") == len(hidden)


@each
def test_it_says_how_to_use_data_of_ones_own(path: Path) -> None:
    cells = Tutorial.read(path).book["cells"]
    titles = [i for i, cell in enumerate(cells) if "## Use your own" in "".join(cell["source"])]
    assert len(titles) == 1
    assert cells[titles[0] + 1]["cell_type"] == "code"


@each
def test_it_calls_the_embedded_model_synthetic(path: Path) -> None:
    tutorial = Tutorial.read(path)
    if _EMBEDDED.search("\n".join(tutorial.sources("code"))):
        first = next(i for i, text in enumerate(tutorial.sources("markdown")) if "# " in text)
        assert "synthetic" in tutorial.sources("markdown")[first]
        assert "synthetic" in tutorial.sources("markdown")[-1]


@each
def test_no_address_of_this_machine_is_in_it(path: Path) -> None:
    text = json.dumps(Tutorial.read(path).book, ensure_ascii=False)
    assert str(path.parents[1]) not in text
    folders = "|".join(f"/{name}/" for name in ("home", "root", "Users"))
    assert not re.search(rf"{folders}|[A-Z]:\\\\", text)
