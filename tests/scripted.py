"""A model as a user may write one, whose gaps are made up, and personas to ask it as."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

import disca_nb
from disca_nb.models import LanguageModel, OptionScores
from disca_nb.prompts import Prompt

COUNTRIES = ["USA", "JPN", "BRA"]
TEXTS = {
    country: {"young": f"Young, from {country}.", "older": f"Older, from {country}."}
    for country in COUNTRIES
}


def liking(prompt: Prompt) -> float:
    """Return a made-up gap toward B: half a logit to A, the rest by length and speaker."""
    first, second = (line for line in prompt.user.splitlines() if line[:2] in {"A.", "B."})
    first, second = (first, second) if first[0] == "A" else (second, first)
    return 0.1 * (len(second) - len(first)) * (1 + len(prompt.system) % 5) - 0.5


class Scripted:
    """A model as a user may write one; it keeps what it was asked."""

    def __init__(
        self,
        gap: Callable[[Prompt], float] = liking,
        mass: Callable[[Prompt], float] = lambda _: 0.9,
        name: str = "scripted",
    ) -> None:
        self.name, self.gap, self.mass = name, gap, mass
        self.asked: list[Prompt] = []

    @property
    def manifest(self) -> Mapping[str, object]:
        return {"kind": "scripted"}

    def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
        assert list(options) == ["A", "B"]
        self.asked += prompts
        gaps, mass = (np.array([f(p) for p in prompts]) for f in (self.gap, self.mass))
        share = 1 / (1 + np.exp(-gaps))
        return OptionScores.of(np.log(mass[:, None] * np.stack([1 - share, share], axis=1)))


def ask(
    model: LanguageModel,
    choices: xr.Dataset,
    panel: xr.Dataset,
    **options: Any,  # noqa: ANN401 - also such as the types refuse
) -> xr.Dataset:
    """Elicit without a bar."""
    return disca_nb.elicit(model, choices, panel, progress=False, **options)
