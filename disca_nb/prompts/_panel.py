"""The dataset of a panel, checked: what it must say of every country."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, shorten
from disca_nb.prompts.packs import LanguagePack
from disca_nb.variables import annotate, validate

__all__ = ["BASE", "panel_dataset", "require_speakers"]

BASE = "base"
"""Name of the speaker with the neutral system prompt, which no persona may have."""


def panel_dataset(
    texts: Mapping[str, Mapping[str, str]],
    pack: LanguagePack,
    sources: Mapping[str, str],
    described: str,
) -> xr.Dataset:
    """Return the personas of each country as a dataset, or raise where a text will not do."""
    if not texts:
        raise InputError("The panel has no country; name one at least.")
    countries = list(texts)
    for country in countries:
        _check(country, texts[country])
        _compare(country, texts[country], countries[0], texts[countries[0]])
    personas = list(texts[countries[0]])
    require_speakers(personas)
    if len(personas) == 1:
        warnings.warn(
            f"The panel has one persona, {personas[0]!r}: with none to disagree with, DISCA "
            "searches with a fixed width.",
            UserWarning,
            stacklevel=3,
        )
    prompts = np.array([[texts[country][name] for name in personas] for country in countries])
    coords = {
        "country": countries,
        "persona": personas,
        "profile_source": ("country", np.array([sources[country] for country in countries])),
    }
    attrs = {
        "base_prompt": pack.base_system,
        "language": pack.language,
        "persona_source": described,
    }
    panel = xr.Dataset({"persona_prompt": (("country", "persona"), prompts)}, coords, attrs)
    return annotate(validate(panel))


def require_speakers(personas: Iterable[object]) -> None:
    """Raise where a persona has the name of the neutral system prompt."""
    if BASE in personas:
        raise InputError(
            f"A persona is named {BASE!r}, as the neutral system prompt is; give it another name."
        )


def _check(country: object, texts: object) -> None:
    """Raise unless a country has personas, each with a name and with words of its own."""
    if not isinstance(country, str):
        raise InputError(f"A country is {country!r}; name it by a text, such as 'JPN'.")
    if not isinstance(texts, Mapping):
        found = type(texts).__name__
        raise InputError(f"{country} has a {found}; map the names of its personas to their texts.")
    if not texts:
        raise InputError(f"{country} has no persona; give it one at least.")
    held: dict[str, str] = {}
    for name, text in texts.items():
        if not isinstance(name, str):
            raise InputError(f"A persona of {country} is named {name!r}; its name must be a text.")
        if not isinstance(text, str) or not text.strip():
            raise InputError(
                f"The persona {name!r} of {country} has no text, but {text!r}; write one."
            )
        if text in held:
            raise InputError(
                f"The personas {held[text]!r} and {name!r} of {country} have one text; they "
                "cannot disagree, so keep one of the two."
            )
        held[text] = name


def _compare(
    country: str, texts: Mapping[str, str], first: str, personas: Mapping[str, str]
) -> None:
    """Raise unless a country has the personas of the first one."""
    if set(texts) != set(personas):
        raise InputError(
            f"{country} has the personas {shorten(texts)} and {first} {shorten(personas)}; every "
            "country needs the same names."
        )
