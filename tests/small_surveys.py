"""Small surveys, and a model whose answers to them are worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

import disca_nb
from disca_nb.models import OptionScores
from disca_nb.prompts import Prompt

QUESTIONS = {
    "tea": ("Is tea good?", ["yes", "no"]),
    "cups": ("How many cups a day?", ["1", "2", "3"]),
    "when": ("When do you drink it?", ["at dawn", "at noon", "at night", "never"]),
}
COUNTRIES = ["JPN", "USA"]
# Raw probability of an option, whatever its letter; so much more at the first letter.
RAW = {"yes": 0.5, "no": 0.2, "1": 0.4, "2": 0.2, "3": 0.1, "at dawn": 0.5}
OTHERWISE, FIRST = 0.125, 0.1


def small_bank(
    questions: Mapping[str, tuple[str, Sequence[str]]] = QUESTIONS,
    countries: Sequence[str] = COUNTRIES,
    **attrs: object,
) -> xr.Dataset:
    """Return a bank of questions, each with equal shares."""
    counts = [len(options) for _, options in questions.values()]
    width = max(counts)
    texts = [[*options, *[""] * (width - len(options))] for _, options in questions.values()]
    equal = [[1 / n if i < n else np.nan for i in range(width)] for n in counts]
    return xr.Dataset(
        {"survey_share": (("country", "question", "option"), [equal] * len(countries))},
        {
            "country": list(countries),
            "question": list(questions),
            "option": [str(i + 1) for i in range(width)],
            "question_text": ("question", [text for text, _ in questions.values()]),
            "option_text": (("question", "option"), texts),
            "n_options": ("question", counts),
        },
        {"name": "small", **attrs},
    )


def option_lines(prompt: Prompt) -> list[str]:
    """Return the texts behind the letters of a prompt."""
    lines = prompt.user.splitlines()
    return [line[4:] for line in lines if line[:1] == "(" and line[2:4] == ") "]


class Drinker:
    """A model as a user may write one: RAW, and a liking for the first letter."""

    manifest: Mapping[str, object] = {"kind": "drinker"}

    def __init__(self, name: str = "drinker", share: float = 1.0) -> None:
        self.name, self.share = name, share
        self.asked: list[tuple[tuple[str, ...], Prompt]] = []

    def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
        self.asked += [(tuple(options), prompt) for prompt in prompts]
        raw = np.array([[RAW.get(text, OTHERWISE) for text in option_lines(p)] for p in prompts])
        assert raw.shape == (len(prompts), len(options))
        raw[:, 0] += FIRST
        return OptionScores.of(np.log(self.share * raw))


def ask(model: Any, bank: xr.Dataset, **options: Any) -> xr.Dataset:  # noqa: ANN401 - also such as the types refuse
    """Ask a survey without a bar."""
    return disca_nb.ask_survey(model, bank, **{"progress": False, **options})
