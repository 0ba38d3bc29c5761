"""What the shipped weights do, within the bounds that the model card prints."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("torch", reason="the embedded model needs torch")

from embedded.behaviour import ALL, Asked, Measured
from embedded.behaviour_moral import (
    Dilemmas,
    choice,
    judgement,
    names_its_group,
    of_dilemmas,
    of_sentences,
)

from disca_nb.models import embedded, load


@pytest.fixture(scope="module")
def measured() -> dict[str, Measured]:
    model = load("demo")
    asked, dilemmas = Asked(model, embedded.tasks()), Dilemmas(model)
    figures = [figure for measure in ALL for figure in measure(asked)]
    figures += [*of_dilemmas(dilemmas), *of_sentences(dilemmas)]
    return {figure.text: figure for figure in figures}


def test_every_behaviour_lies_within_its_bounds(measured: dict[str, Measured]) -> None:
    assert len(measured) >= 20
    out = {text: figure.value for text, figure in measured.items() if not figure.holds}
    assert out == {}


def test_the_model_card_prints_what_is_measured_and_its_bounds(
    measured: dict[str, Measured],
) -> None:
    readme = (embedded.folder() / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| (-?\d+\.\d{3}) \| (\S*) ?\| (\S*) ?\|$", readme, re.MULTILINE)
    printed = {text: (float(value), low, high) for text, value, low, high in rows}
    assert printed.keys() == measured.keys()
    for text, figure in measured.items():
        value, low, high = printed[text]
        assert value == pytest.approx(figure.value, abs=0.02), text
        assert [float(bound) for bound in (low, high) if bound] == pytest.approx(
            [bound for bound in (figure.low, figure.high) if abs(bound) < float("inf")], rel=0.05
        )


def test_a_figure_outside_its_bounds_does_not_hold() -> None:
    assert Measured("", 0.5, 0.4, 0.6).holds
    assert not Measured("", 0.3, 0.4).holds
    assert not Measured("", float("nan"), 0.4).holds


def test_sentences_and_verdicts_are_read_strictly() -> None:
    groups = ("one dog", "one cat")
    assert choice("I choose B. Save one cat.", groups) == "B"
    assert choice("I cannot choose.", groups) == "UNCERTAIN"
    assert choice("I choose B. Save one dog.", groups) == "B"
    assert choice("I choose B. Save one cow.", groups) is None
    assert names_its_group("I choose B. Save one cat.", groups)
    assert not names_its_group("I choose B. Save one dog.", groups)
    assert judgement('{"choice": "A", "confidence": 0.9}') == "A"
    assert judgement('{"choice": "A"}') is None
    assert judgement("A") is None
