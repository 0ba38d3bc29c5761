"""Badges in README and notebooks lead to the repository that pyproject.toml names, and work."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import write_badges

ROOT = Path(__file__).parents[1]
TEXTS = write_badges.written()
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_what_stands_there_is_what_the_script_writes(path: Path) -> None:
    # With `python scripts/write_badges.py` a new address goes everywhere.
    assert path.read_text(encoding="utf-8") == TEXTS[path]


def test_readme_and_all_notebooks_have_badges() -> None:
    notebooks = set((ROOT / "notebooks").glob("*.ipynb"))
    assert notebooks
    assert set(TEXTS) == {ROOT / "README.md", *notebooks}


def test_another_address_changes_every_badge_and_nothing_else() -> None:
    old = write_badges.slug(PYPROJECT)
    for path, text in TEXTS.items():
        if path.suffix == ".md":
            moved = write_badges.readme_with("someone/elsewhere", text)
        else:
            moved = write_badges.notebook_with("someone/elsewhere", path.name, text)
        assert old not in moved
        assert moved.count("someone/elsewhere") == text.count(old)


def test_binder_opens_the_quickstart_in_jupyterlab() -> None:
    text = write_badges.badges("a/b", write_badges.QUICKSTART)
    assert (ROOT / write_badges.QUICKSTART).is_file()
    assert "(https://mybinder.org/v2/gh/a/b/HEAD?urlpath=lab/tree/notebooks/00_quick" in text
    assert "(https://colab.research.google.com/github/a/b/blob/main/notebooks/00_quick" in text


def test_that_the_repository_is_not_public_is_said_until_it_is() -> None:
    assert "not public yet" in write_badges.badges("not-public-yet/b", "n.ipynb")
    assert "not public yet" not in write_badges.badges("a/b", "n.ipynb")


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://github.com/a-b/c.d", "a-b/c.d"),
        ("https://github.com/a/b.git", "a/b"),
        ("https://github.com/a/b/", "a/b"),
    ],
)
def test_the_address_may_be_written_as_people_do(address: str, found: str) -> None:
    assert write_badges.slug(f'[project.urls]\nRepository = "{address}"') == found


@pytest.mark.parametrize("address", ["https://example.org/a/b", "a/b", "https://github.com/a"])
def test_an_address_that_binder_cannot_open_is_refused(address: str) -> None:
    with pytest.raises(SystemExit, match=re.escape(f"Repository is {address!r}")):
        write_badges.slug(f'[project.urls]\nRepository = "{address}"')


def test_a_readme_without_markers_is_refused() -> None:
    with pytest.raises(SystemExit, match="no lines <!-- badges: begin -->"):
        write_badges.readme_with("a/b", "# Title\n")


def test_cells_that_the_script_owns_are_replaced_and_others_are_kept() -> None:
    mine = {"cell_type": "markdown", "id": "mine", "metadata": {}, "source": ["Text: “ä”"]}
    book = json.dumps({"cells": [mine], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    once = write_badges.notebook_with("a/b", "00_x.ipynb", book)
    assert write_badges.notebook_with("a/b", "00_x.ipynb", once) == once
    cells = json.loads(once)["cells"]
    assert [cell["id"] for cell in cells] == ["badges", "install", "mine"]
    assert cells[-1] == mine
    assert "“ä”" in once
