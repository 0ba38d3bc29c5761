"""Published figures that tutorial 04 quotes are those of their sources."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pandas as pd
import pytest
from tutorials import FOLDER, Tutorial

from disca_nb.datasets import released_models

CELLS = Tutorial.read(FOLDER / "04_replicate_and_audit.ipynb").cells
README = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
_QUANTISED = re.compile(r"(-unsloth)?-bnb-4bit$")


def typed(name: str) -> dict[str, tuple[float, float]]:
    """Return a table that stands in the notebook."""
    for node in ast.parse(CELLS["published"]).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return dict(ast.literal_eval(node.value))
    raise AssertionError(name)


@pytest.fixture
def published(reference_data: Path) -> pd.DataFrame:
    """The paper's table by model and country."""
    table = pd.read_csv(reference_data / "disca_recorded" / "paper_percountry.csv")
    return table.set_index(["model", "country"])[["mis_vanilla", "mis_disca"]]


def test_every_country_is_as_it_was_printed(published: pd.DataFrame) -> None:
    printed = published.loc["phi-4"]
    assert {name: tuple(row) for name, row in printed.iterrows()} == typed("BY_COUNTRY")


def test_means_are_those_of_the_printed_countries(published: pd.DataFrame) -> None:
    means = published.groupby(level="model").mean()
    found = {_QUANTISED.sub("", name): figures for name, figures in typed("MEANS").items()}
    assert set(found) == set(means.index)
    for name, figures in found.items():
        # To the rounding of a last digit that is a five.
        assert figures == pytest.approx(tuple(means.loc[name]), abs=5.1e-5)


def test_models_have_the_names_of_their_logs() -> None:
    assert set(typed("MEANS")) <= set(released_models())
    assert 'MODEL = "phi-4"' in CELLS["data"]


def test_p_values_and_sentences_are_those_of_the_readme() -> None:
    row = next(line for line in README.splitlines() if "permutation p" in line)
    values = [cell.strip() for cell in row.strip("|").split("|")[1:]]
    quoted = re.findall(r"(?:is|and|,) (\d?\.\d+) for", CELLS["placebo-read"])
    assert sorted(quoted) == sorted(values)
    assert f"(p = {values[0]})" in CELLS["sentence-text"]
    for figure in (".454", ".346"):
        assert re.search(rf"\| phi-4 \|.*{re.escape(figure)}", README)
    assert "a coin flip scores .483, the mean of the other countries' humans .074" in README
    assert all(figure in CELLS["sentence-text"] for figure in (".454", ".346", ".483", ".074"))


def test_the_span_of_the_name_is_that_of_the_published_tables() -> None:
    tests = Path(__file__).parents[1] / "metrics" / "test_replication.py"
    table = re.search(
        r"^TABLE = (\{.*?^\})", tests.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert table
    figures = ast.literal_eval(table[1])
    # Columns: vanilla, reported, released, paper, correction-only, debiased, consensus.
    qwen, llama = figures["qwen2.5-7b-instruct"], figures["llama-3.3-70b-instruct"]
    text = CELLS["name-read"]
    assert f"`paper` scores {qwen[3]:.3f}".replace("0.", ".") in text
    assert f"`correction-only` {qwen[4]:.3f}".replace("0.", ".") in text
    assert f"`reported` scores {llama[1]:.3f}".replace("0.", ".") in text
    assert f"`correction-only` {llama[4]:.3f}".replace("0.", ".") in text
