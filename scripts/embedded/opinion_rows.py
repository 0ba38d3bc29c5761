"""Rows of lettered surveys, five-point items and value questions, with sentences and verdicts."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from embedded.draws import softmax
from embedded.moral import judged, undecided
from embedded.opinions import COUNTRIES, LETTER_BIAS, model_logits, support
from embedded.rows import Piece, Row, draw, letter, row
from embedded.tasks import Task

from disca_nb.prompts import LanguagePack
from disca_nb.prompts.questions import (
    five_point,
    free_value,
    survey_question,
    value_question,
    verdict,
)

_DEFAULT, _ANY_ORDER = 0.25, 0.2
"""Shares of questions that name no country, and whose options stand in any order."""


def surveys(pack: LanguagePack, tasks: Task, rng: np.random.Generator, number: int) -> Row:
    """Return lettered questions: options as given, reversed or in any order."""
    asked = []
    for _ in range(number):
        entry, country = _pick(rng, tasks["survey"]), _country(rng)
        options = entry["options"]
        order = [int(place) for place in _order(rng, len(options))]
        prompt = survey_question(pack, entry["question"], options, country=country, order=order)
        logits = model_logits(entry["id"], len(options), country)[order]
        logits[0] += LETTER_BIAS
        shares = zip(pack.questions["letters"], softmax(logits), strict=False)
        asked.append((prompt, (draw(rng, dict(shares)),)))
    return row("surveys", asked)


def five_points(pack: LanguagePack, tasks: Task, rng: np.random.Generator, number: int) -> Row:
    """Return items answered by a digit."""
    asked = []
    for _ in range(number):
        entry, country = _pick(rng, tasks["five_point"]), _country(rng)
        prompt = five_point(pack, entry["item"], entry["lowest"], entry["highest"], country=country)
        shares = zip("12345", softmax(model_logits(entry["id"], 5, country)), strict=True)
        asked.append((prompt, (draw(rng, dict(shares)),)))
    return row("five points", asked)


def values(pack: LanguagePack, tasks: Task, rng: np.random.Generator, number: int) -> Row:
    """Return value questions answered by a letter."""
    asked = []
    for _ in range(number):
        text, of_yes, _ = _value(rng, tasks)
        exchanged = bool(rng.random() < 0.5)
        prompt = value_question(pack, text, exchanged=exchanged)
        gap = (of_yes if exchanged else -of_yes) - LETTER_BIAS
        asked.append((prompt, (letter(rng, gap, ("A", "B")),)))
    return row("values", asked)


def value_sentences(pack: LanguagePack, tasks: Task, rng: np.random.Generator, number: int) -> Row:
    """Return value questions answered by a sentence."""
    asked = []
    for _ in range(number):
        text, of_yes, _ = _value(rng, tasks)
        asked.append((free_value(pack, text), _sentence(of_yes, rng)))
    return row("value sentences", asked)


def value_verdicts(pack: LanguagePack, tasks: Task, rng: np.random.Generator, number: int) -> Row:
    """Return sentences on value questions that a judge reads."""
    asked = []
    choices = ("supports", "opposes", "UNCERTAIN")
    for _ in range(number):
        text, _, stances = _value(rng, tasks)
        pieces = _sentence(float(rng.normal(0.0, 0.7)), rng)
        said = "".join(piece.text for piece in pieces)
        choice = next((stances[word] for word in stances if f" {word}." in said), choices[-1])
        asked.append((verdict(pack, text, said, choices), judged(choice)))
    return row("value verdicts", asked)


def _order(rng: np.random.Generator, number: int) -> npt.NDArray[np.int64]:
    """Draw an order of options."""
    kind = rng.random()
    if kind < _ANY_ORDER:
        return rng.permutation(number)
    given = np.arange(number)
    return given if kind < (1 + _ANY_ORDER) / 2 else given[::-1]


def _pick(rng: np.random.Generator, entries: list[Any]) -> Any:  # noqa: ANN401 - parsed JSON
    """Draw an entry."""
    return entries[int(rng.integers(len(entries)))]


def _country(rng: np.random.Generator) -> str | None:
    """Draw a country, or none for the default question."""
    return None if rng.random() < _DEFAULT else str(rng.choice(COUNTRIES))


def _value(rng: np.random.Generator, tasks: Task) -> tuple[str, float, dict[str, str]]:
    """Draw a phrasing of a value question, with the log-odds of yes and what yes means."""
    topic = _pick(rng, tasks["values"])
    question = _pick(rng, topic["questions"])
    phrasings = [question["original"], *question["rephrasings"]]
    place = int(rng.integers(len(phrasings)))
    toward = support(topic["topic"], question["id"], place, controversial=topic["controversial"])
    stances = question["stances"]
    return phrasings[place], toward if stances["yes"] == "supports" else -toward, stances


def _sentence(of_yes: float, rng: np.random.Generator) -> tuple[Piece, ...]:
    """Return a sentence that says yes or no, or that it cannot say."""
    cannot = undecided(of_yes, 0.25)
    start = draw(rng, {" say": 1.0 - cannot, " cannot": cannot})
    if start.text == " cannot":
        return Piece("I"), start, Piece(" say.")
    return Piece("I"), start, letter(rng, of_yes, (" no", " yes")), Piece(".")
