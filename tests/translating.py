"""A small survey, a model that translates it word for word, and what a reviewer does to a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from disca_nb._opinions import TranslationReport, translate_survey
from disca_nb.prompts import Prompt

TEXTS = {
    "q1": ("Tea or coffee?", "tea", "coffee"),
    "q2": ("How often do you sing?", "often", "now and then", "never"),
}
GERMAN = {
    "Tea or coffee?": "Tee oder Kaffee?",
    "tea": "Tee",
    "coffee": "Kaffee",
    "How often do you sing?": "Wie oft singen Sie?",
    "often": "oft",
    "now and then": "ab und zu",
    "never": "nie",
}
Rows = dict[tuple[str, str], dict[str, str]]


def survey(texts: dict[str, tuple[str, ...]]) -> xr.Dataset:
    """Return a bank of these questions in two countries."""
    width = max(map(len, texts.values())) - 1
    options = [[*t[1:], *[""] * (width + 1 - len(t))] for t in texts.values()]
    counts = [len(t) - 1 for t in texts.values()]
    share = [[1 / n] * n + [np.nan] * (width - n) for n in counts]
    return xr.Dataset(
        {"survey_share": (("country", "question", "option"), [share, share])},
        {
            "country": ["JPN", "KOR"],
            "question": list(texts),
            "option": [str(i + 1) for i in range(width)],
            "question_text": ("question", [t[0] for t in texts.values()]),
            "option_text": (("question", "option"), options),
            "n_options": ("question", counts),
        },
    )


BANK = survey(TEXTS)
MANY = survey({f"q{i:02}": (f"Question {i}?", "yes", "no") for i in range(20)})


class Translator:
    """A model that translates word for word; `reply` may spoil what it says."""

    name = "scripted"

    def __init__(self, reply: Callable[[str], str] = lambda text: text) -> None:
        self.reply = reply
        self.asked: list[Prompt] = []

    def generate(self, prompts: Sequence[Prompt], *, max_new_tokens: int) -> list[str]:
        assert max_new_tokens == 512
        self.asked += prompts
        return [self.reply(self._answer(prompt.user)) for prompt in prompts]

    @staticmethod
    def _answer(user: str) -> str:
        lines = user.split("\n")[1:-1]
        parts = [line.partition(": ") for line in lines]
        return "\n".join(
            a + b + GERMAN.get(c, f"{c} auf Deutsch"[: 99 * len(b)]) for a, b, c in parts
        )


def translate(model: object, path: Path, bank: xr.Dataset = BANK) -> TranslationReport:
    """Translate into German without a bar."""
    return translate_survey(model, bank, "de", path, progress=False)  # type: ignore[arg-type]


def rows_of(path: Path) -> Rows:
    """Return a file's rows by question and field."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    return {(row["question"], row["field"]): row for row in table.to_dict("records")}  # type: ignore[misc]


def edited(path: Path, change: Callable[[pd.DataFrame], pd.DataFrame | None]) -> Path:
    """Change a file as a person would, and save it as a spreadsheet may: without a mark."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    after = change(table)
    (table if after is None else after).to_csv(path, index=False)
    return path


def reviewed(table: pd.DataFrame) -> None:
    """Say that all rows were reviewed."""
    table["reviewed"] = "yes"
