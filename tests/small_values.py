"""Small value questions and portraits, and a model whose answers to them are worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from small_surveys import option_lines

from disca_nb.models import OptionScores
from disca_nb.prompts import Prompt

# wording: text, language, topic, question, phrasing, {option: stance}
WORDINGS: dict[str, tuple[str, str, str, str, int, dict[str, str]]] = {
    "en:0001": (
        *("Is tea good?", "en", "tea", "tea/1", 0),
        {"yes": "supports", "no": "opposes"},
    ),
    "en:0002": (
        *("Is tea bad?", "en", "tea", "tea/2", 0),
        {"yes": "opposes", "no": "supports"},
    ),
    "de:0001": (
        *("Ist Tee gut?", "de", "tea", "tea/1", 0),
        {"Ja": "supports", "Nein": "opposes"},
    ),
    "en:0003": (
        *("Are trains dear?", "en", "trains", "trains/1", 0),
        {"too dear": "opposes", "as dear as need be": "neutral", "cheap": "supports"},
    ),
}
# Raw probability of an option, whatever its letter; so much more at the first letter.
RAW = {"yes": 0.5, "no": 0.2, "Ja": 0.3, "Nein": 0.4, "too dear": 0.4, "cheap": 0.2}
OTHERWISE, FIRST = 0.1, 0.1


def small_questions(
    wordings: Mapping[str, tuple[str, str, str, str, int, dict[str, str]]] = WORDINGS,
    **attrs: object,
) -> xr.Dataset:
    """Return value questions, each with as many options as it has stances."""
    rows = list(wordings.values())
    maps = [row[5] for row in rows]
    width = max(map(len, maps))
    texts = [[*each, *[""] * (width - len(each))] for each in maps]
    stances = [[*each.values(), *[""] * (width - len(each))] for each in maps]
    names = ("wording_text", "wording_language", "topic_name", "value_question", "phrasing")
    along = {name: ("wording", [row[i] for row in rows]) for i, name in enumerate(names)}
    return xr.Dataset(
        coords={
            "wording": list(wordings),
            "option": [str(i + 1) for i in range(width)],
            **along,
            "wording_country": ("wording", [""] * len(rows)),
            "controversial": ("wording", [row[2] == "trains" for row in rows]),
            "n_options": ("wording", [len(each) for each in maps]),
            "option_text": (("wording", "option"), texts),
            "option_stance": (("wording", "option"), stances),
        },
        attrs={"name": "small", "source": "made up", **attrs},
    )


def small_portraits(language: str = "en", **attrs: object) -> xr.Dataset:
    """Return three portraits of two values."""
    options = {"en": ["like me", "not like me"], "de": ["wie ich", "nicht wie ich"]}
    return xr.Dataset(
        coords={
            "portrait": ["p1", "p2", "p3"],
            "option": ["1", "2"],
            "portrait_text": ("portrait", ["Likes to lead.", "Helps.", "Wants to be obeyed."]),
            "portrait_value": ("portrait", ["power", "benevolence", "power"]),
            "wording_language": ("portrait", [language] * 3),
            "n_options": ("portrait", [2] * 3),
            "option_text": (("portrait", "option"), [options.get(language, ["+", "-"])] * 3),
            "option_stance": (("portrait", "option"), [["supports", "opposes"]] * 3),
        },
        attrs={"name": "small", "source": "made up", **attrs},
    )


class Believer:
    """A model as a user may write one: RAW, and a liking for the first letter."""

    manifest: Mapping[str, object] = {"kind": "believer"}

    def __init__(self, name: str = "believer", stop: int = -1) -> None:
        self.name, self.stop, self.calls = name, stop, 0
        self.asked: list[Prompt] = []

    def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
        self.calls += 1
        if self.calls == self.stop:
            raise KeyboardInterrupt
        self.asked += prompts
        raw = np.array([[self.raw(p, text) for text in option_lines(p)] for p in prompts])
        assert raw.shape == (len(prompts), len(options))
        raw[:, 0] += FIRST
        return OptionScores.of(np.log(raw))

    def raw(self, prompt: Prompt, option: str) -> float:
        """Return the raw probability of an option."""
        return RAW.get(option, OTHERWISE) if prompt.user else 0.0


class Writer(Believer):
    """A model that also writes: an answer to each question, and as a judge its verdict."""

    def __init__(self, name: str = "writer", stop: int = -1) -> None:
        super().__init__(name, stop)
        self.wrote: list[Prompt] = []

    def generate(self, prompts: Sequence[Prompt], *, max_new_tokens: int) -> list[str]:
        assert max_new_tokens > 0
        self.wrote += prompts
        return [self.words(prompt.user) for prompt in prompts]

    def words(self, user: str) -> str:
        """Return what is written on a user's turn."""
        if "What does the answer choose" not in user:
            return f"I say: {user}"
        if "Is tea good?" in user:
            return '{"choice": "yes", "confidence": 0.9}'
        return '{"choice": "UNCERTAIN", "confidence": 0.5}' if "Is tea bad?" in user else "Hm."
