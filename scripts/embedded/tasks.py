"""tasks.json: the questions of the embedded model with the made-up answers of twelve countries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from embedded.opinions import COUNTRIES, country_answers
from embedded.world import FEW

from disca_nb.models.embedded import NOTICE, VERSION

Task = dict[str, Any]


def build() -> Task:
    """Return the tasks of the bank's texts and the made-up world."""
    bank = json.loads((Path(__file__).parent / "bank.json").read_text(encoding="utf-8"))
    topics = bank["values"]
    return {
        "version": VERSION,
        "notice": NOTICE,
        "few": list(FEW),
        "countries": list(COUNTRIES),
        "survey": [_survey(place, entry) for place, entry in enumerate(bank["survey"])],
        "five_point": [_item(place, entry) for place, entry in enumerate(bank["five_point"])],
        "values": [_topic(entry, bank["frames"]) for entry in topics],
    }


def _survey(place: int, entry: Task) -> Task:
    """Return a survey question with its countries' answers."""
    name, n_options = f"q{place + 1:02d}", len(entry["options"])
    return {"id": name, **entry, "answers": _answers(name, n_options)}


def _item(place: int, entry: Task) -> Task:
    """Return a five-point item with its countries' answers."""
    name = f"i{place + 1:02d}"
    return {"id": name, **entry, "answers": _answers(name, 5)}


def _answers(name: str, n_options: int) -> dict[str, list[float]]:
    """Return each country's made-up distribution over the options, rounded."""
    return {
        code: [round(float(share), 4) for share in country_answers(code, name, n_options)]
        for code in COUNTRIES
    }


def _topic(entry: Task, frames: list[str]) -> Task:
    """Return a topic whose questions have an original and rephrasings."""
    topic = entry["topic"]
    return {
        "topic": topic,
        "controversial": entry["controversial"],
        "questions": [
            {
                "id": f"{topic}/{place + 1}",
                "original": frames[0].format(**question),
                "rephrasings": [frame.format(**question) for frame in frames[1:]],
                "stances": _stances(question["yes"]),
            }
            for place, question in enumerate(entry["questions"])
        ],
    }


def _stances(of_yes: str) -> dict[str, str]:
    """Return what yes and no mean for the topic."""
    return {"yes": of_yes, "no": "opposes" if of_yes == "supports" else "supports"}
