"""The dataset of a panel, checked: what it must say of every country."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, shorten
from disca_nb.prompts.packs import LanguagePack
from disca_nb.variables import annotate, validate

__all__ = ["panel_dataset"]


def panel_dataset(
    texts: Mapping[str, Mapping[str, str]],
    pack: LanguagePack,
    sources: Mapping[str, str],
    described: str,
) -> xr.Dataset:
    """Return the personas of each country as a dataset, or raise where a text will not do."""
    countries = list(texts)
    if not countries:
        raise InputError("The panel has no country; name one at least.")
    personas = list(texts[countries[0]])
    for country in countries:
        _check(country, texts[country], countries[0], personas)
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


def _check(country: str, texts: Mapping[str, str], first: str, personas: list[str]) -> None:
    """Raise unless a country has the personas of the first one, each with words of its own."""
    if not texts:
        raise InputError(f"{country} has no persona; give it one at least.")
    if set(texts) != set(personas):
        raise InputError(
            f"{country} has the personas {shorten(texts)} and {first} {shorten(personas)}; every "
            "country needs the same names."
        )
    held: dict[str, str] = {}
    for name, text in texts.items():
        if not text.strip():
            raise InputError(f"The persona {name!r} of {country} has no text; write one.")
        if text in held:
            raise InputError(
                f"The personas {held[text]!r} and {name!r} of {country} have one text; they "
                "cannot disagree, so keep one of the two."
            )
        held[text] = name
