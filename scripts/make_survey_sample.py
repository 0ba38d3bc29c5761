"""Write data/survey_sample.json: a made-up survey of 48 questions in 20 countries.

    python scripts/make_survey_sample.py

Nobody was asked. Questions q01 to q40 and twelve of the countries are those that the embedded
model was trained on; the other eight of each are drawn by the same generators, keyed by label, and
the model was never shown them. In each country as many made-up people as `respondents` draws,
the same for every question, answer by chance around the country's made-up shares.

Who was asked what was set before anything was measured, and is not tuned. As in collections of
real surveys, not every country was asked everything. Questions stand in the order of how even
their answers are: entropy over its largest value, the mean of the 20 countries. In alphabetical
order of their codes, the first, third, ... country was not asked the twelve questions whose answers
are most even; the second, fourth, ... was not asked the twelve on which people agree most. So a
mean over all of a country's questions hangs on what that country was asked.
"""

from __future__ import annotations

import argparse
import functools
import json
from pathlib import Path
from typing import Any

import numpy as np
from embedded.draws import generator
from embedded.opinions import country_answers

from disca_nb.models import embedded

TARGET = Path(__file__).parent.parent / "data" / "survey_sample.json"
FURTHER_COUNTRIES = ("AUS", "ITA", "JAM", "KAZ", "KEN", "KOR", "POL", "ZAF")
FURTHER_QUESTIONS = (
    ("work", "How sure are you to have work next year?", "very sure|rather sure|unsure"),
    ("family", "Who should decide what a family buys?", "one parent|both parents|everybody"),
    ("state", "How often do you talk about the state?", "every day|every week|seldom|never"),
    ("nature", "How clean is the air where you live?", "very clean|rather clean|dirty"),
    ("world", "May people live in any country they like?", "yes|with a permit|no"),
    ("technology", "What is a computer best for?", "work|school|games|talking to friends"),
    ("faith", "When do people think of faith?", "in bad times|on feast days|every day|never"),
    ("daily life", "How was your day?", "very good|good|neither|bad|very bad"),
)
"""Topic, text and options of questions q41 to q48."""

ORDINAL = frozenset(
    f"q{number:02d}"
    for number in (
        *(2, 3, 5, 9, 10, 11, 14, 16, 20, 21, 22, 24),
        *(26, 27, 29, 31, 32, 38, 39, 41, 43, 44, 45, 48),
    )
)
"""Questions of three options or more that stand in an order."""

LEFT_OUT = 12
FEWEST, MOST = 600, 2000
NOTICE = (
    "The survey is synthetic: nobody was asked, and its countries carry real names only so that "
    "questions read naturally; it says nothing about any real country."
)
DESIGN = (
    "Set before anything was measured: in alphabetical order of their codes, every second country, "
    f"beginning with the first, was not asked the {LEFT_OUT} questions whose answers are most even "
    "(entropy over its largest value, mean of the countries), and the others were not asked the "
    f"{LEFT_OUT} on which people agree most."
)


def questions() -> list[dict[str, Any]]:
    """Return id, topic, text and options of the embedded model's 40 questions and of 8 further."""
    known = [(one["topic"], one["question"], one["options"]) for one in embedded.tasks()["survey"]]
    further = [(topic, text, options.split("|")) for topic, text, options in FURTHER_QUESTIONS]
    return [
        {"id": name, "topic": topic, "text": text, "options": options, "ordinal": name in ORDINAL}
        for place, (topic, text, options) in enumerate(known + further)
        for name in [f"q{place + 1:02d}"]
    ]


@functools.cache
def countries() -> tuple[str, ...]:
    """Return the 20 countries in alphabetical order of their codes."""
    return (*sorted([*embedded.tasks()["countries"], *FURTHER_COUNTRIES]),)


def evenness(question: str, n_options: int) -> float:
    """Return the entropy of a question's answers over its largest value, mean of the countries."""
    shares = np.array([country_answers(code, question, n_options) for code in countries()])
    entropies = -(shares * np.log(shares)).sum(axis=1)
    return float(entropies.mean() / np.log(n_options))


def not_asked() -> dict[str, frozenset[str]]:
    """Return the questions that each country was not asked."""
    even = {one["id"]: evenness(one["id"], len(one["options"])) for one in questions()}
    ranked = sorted(even, key=lambda name: (-even[name], name))
    most, least = frozenset(ranked[:LEFT_OUT]), frozenset(ranked[-LEFT_OUT:])
    return {code: least if place % 2 else most for place, code in enumerate(countries())}


def respondents(code: str) -> int:
    """Return how many made-up people a country has."""
    return int(generator("respondents", code).integers(FEWEST, MOST, endpoint=True))


def counts(code: str, question: str, n_options: int) -> list[int]:
    """Return how many of a country's people chose each option."""
    shares = country_answers(code, question, n_options)
    drawn = generator("sample", question, code).multinomial(respondents(code), shares)
    return [int(number) for number in drawn]


def text() -> str:
    """Return the file: JSON with one line for each question's text and each row of counts."""
    left_out = not_asked()
    head = {"version": 1, "notice": NOTICE, "design": DESIGN}
    head["respondents"] = {code: respondents(code) for code in countries()}
    entries = []
    for one in questions():
        rows = [
            f'   "{code}": {counts(code, one["id"], len(one["options"]))}'
            for code in countries()
            if one["id"] not in left_out[code]
        ]
        opening = json.dumps(one)[:-1]
        entries.append(f'  {opening}, "counts": {{\n' + ",\n".join(rows) + "\n  }}")
    lines = [f" {json.dumps(name)}: {json.dumps(value)}," for name, value in head.items()]
    body = ",\n".join(entries)
    return "\n".join(["{", *lines, ' "questions": [', f"{body}\n ]", "}"]) + "\n"


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=TARGET, help="file to write")
    parser.parse_args().out.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
