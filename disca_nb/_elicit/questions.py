"""All prompts of a run: every scenario, speaker and order, and each different prompt once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.prompts import LanguagePack, Prompt, dilemma
from disca_nb.prompts._language import pack_of
from disca_nb.prompts._panel import require_speakers
from disca_nb.prompts.frames import Exchange
from disca_nb.variables import validate

__all__ = ["ORDERS", "Questions", "pack_of", "questions"]

ORDERS = ("AB", "BA")

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Questions:
    """What is asked, and where each answer belongs.

    Attributes
    ----------
    prompts : tuple of Prompt
        Each different prompt once.
    base, personas : numpy.ndarray
        Position in ``prompts``, of shape (scenario, order) and (country, scenario, persona,
        order).
    """

    prompts: tuple[Prompt, ...]
    base: Places
    personas: Places

    @property
    def sha256(self) -> str:
        """Hash of all prompts in their order."""
        texts = [[each.system, each.user, each.prefix] for each in self.prompts]
        return hashlib.sha256(json.dumps(texts, ensure_ascii=False).encode()).hexdigest()


def questions(
    scenarios: xr.Dataset, panel: xr.Dataset, pack: LanguagePack, exchange: Exchange
) -> Questions:
    """Return the prompts of every scenario by every speaker in both orders.

    Parameters
    ----------
    scenarios : xarray.Dataset
        ``option_a`` and ``option_b`` by scenario.
    panel : xarray.Dataset
        ``persona_prompt`` (country, persona), and perhaps the attribute ``base_prompt``.
    pack : LanguagePack
        Texts of the language.
    exchange : {"lines", "labels"}
        What the order BA exchanges.

    Returns
    -------
    Questions

    Raises
    ------
    InputError
        When a text is missing or empty, two options are the same, or they hang on more than the
        scenario.
    """
    pairs = _pairs(scenarios)
    systems = _systems(panel)
    seen: dict[Prompt, int] = {}

    def place(system: str | None, pair: tuple[str, str], exchanged: bool) -> int:
        asked = dilemma(pack, *pair, system=system, exchanged=exchanged, exchange=exchange)
        return seen.setdefault(asked, len(seen))

    both = (False, True)
    neutral = panel.attrs.get("base_prompt")
    base = [[place(neutral, pair, ba) for ba in both] for pair in pairs]
    personas = [
        [[[place(text, pair, ba) for ba in both] for text in row] for pair in pairs]
        for row in systems
    ]
    return Questions(tuple(seen), np.array(base), np.array(personas))


def _pairs(scenarios: xr.Dataset) -> list[tuple[str, str]]:
    """Return the two options of each scenario."""
    validate(scenarios, "scenario", "option_a", "option_b", "preferred_on_right")
    for name in ("option_a", "option_b"):
        if scenarios[name].dims != ("scenario",):
            raise InputError(
                f"{name} has the dimensions {scenarios[name].dims}; it must have scenario alone."
            )
    if not scenarios.sizes["scenario"]:
        raise InputError("There are 0 scenarios; choose at least one.")
    columns = (scenarios[name].values.tolist() for name in ("scenario", "option_a", "option_b"))
    return [_pair(*row) for row in zip(*columns, strict=True)]


def _pair(scenario: object, *options: object) -> tuple[str, str]:
    """Return the two options of a scenario, or say what is wrong with them."""
    for letter, text in zip("ab", options, strict=True):
        # A table that lacks a text holds None or NaN there.
        if not isinstance(text, str) or not text.strip():
            raise InputError(
                f"option_{letter} of the scenario {str(scenario)!r} is {text!r}; write its text."
            )
    first, second = map(str, options)
    if first.strip() == second.strip():
        raise InputError(
            f"Both options of the scenario {str(scenario)!r} are {first!r}; write two that differ."
        )
    return first, second


def _systems(panel: xr.Dataset) -> list[list[str]]:
    """Return the system texts by country and persona."""
    validate(panel, "country", "persona", "persona_prompt")
    require_speakers(panel.persona.values.tolist())
    texts = panel["persona_prompt"].transpose("country", "persona")
    rows: list[list[str]] = texts.values.tolist()
    for country, row in zip(panel.country.values, rows, strict=True):
        for persona, text in zip(panel.persona.values, row, strict=True):
            if not isinstance(text, str) or not text.strip():
                raise InputError(
                    f"The persona {str(persona)!r} of {country} has no text; write one."
                )
    for dim, number in texts.sizes.items():
        if not number:
            raise InputError(f"The panel has 0 labels of {dim}; it needs one at least.")
    return rows
