"""What README.md shows and points to is there, and its pictures are told in words."""

from __future__ import annotations

import re
from pathlib import Path

import make_readme_figures
import pytest

import disca_nb

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_text_of_the_demos_picture_is_what_it_shows() -> None:
    text = disca_nb.plots.describe_mis(make_readme_figures.scored())
    assert f'<img src="docs/demo-light.png" width="720" alt="{text}">' in README


def test_every_picture_has_a_text_and_a_version_for_dark_pages() -> None:
    shown = re.findall(r'srcset="(\S+)">\s*<img src="(\S+)" width="\d+" alt="[^"]+">', README)
    assert len(shown) == README.count("<picture>") == README.count("<img ")
    for dark, light in shown:
        assert dark == light.replace("-light.", "-dark.")
        assert (ROOT / dark).is_file()
        assert (ROOT / light).is_file()


def test_every_tutorial_is_listed_in_order() -> None:
    listed = re.findall(r"^\| \[.+?\]\(notebooks/(\S+)\) \|", README, re.MULTILINE)
    assert listed == sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("name", ["explore", "steering_lab", "run_panel"])
def test_a_newcomer_meets_every_panel_before_the_details(name: str) -> None:
    assert callable(getattr(disca_nb, name))
    assert README.index(f"disca_nb.{name}(") < README.index("## Ask a model")
