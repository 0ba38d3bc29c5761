"""Panels: the system prompts of a country's personas, worded from a value profile."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

import xarray as xr

from disca_nb.datasets._table import each_once, select_countries
from disca_nb.datasets.profiles import COHORTS, EVERYBODY, shipped
from disca_nb.errors import InputError, shorten, unknown_name
from disca_nb.prompts._panel import panel_dataset
from disca_nb.prompts.levels import MISSING, levels
from disca_nb.prompts.packs import LanguagePack, load_pack
from disca_nb.prompts.personas import persona_text
from disca_nb.variables import validate

__all__ = ["persona_panel"]

_WORDED = ("all", "utilitarian")
_OWN_NAME = "own"


def persona_panel(
    countries: str | Iterable[str],
    *,
    profiles: xr.Dataset | None = None,
    cohorts: Iterable[str] = COHORTS,
    fourth: str | Mapping[str, str] | None = EVERYBODY,
    language: str | os.PathLike[str] = "en",
) -> xr.Dataset:
    """Word the personas of each country.

    A persona asks the model to answer as somebody of an age and a country, with one sentence for
    each value of that cohort in one of four levels, from most to least. A value without a mean is
    left out.

    Parameters
    ----------
    countries : str or iterable of str
        ISO 3166-1 alpha-3 codes.
    profiles : xarray.Dataset, optional
        Value profiles; by default the shipped ones, of which some are synthetic.
        `disca_nb.datasets.wvs.read_wvs` returns those of one's own copy of the survey.
    cohorts : iterable of str
        Cohorts that get a persona, of ``young``, ``middle`` and ``older``.
    fourth : str, mapping or None
        The last persona: ``all`` (an average person with the country's means), ``utilitarian``
        (the same means, and a wish for the greatest good of the greatest number), a text of one's
        own with ``{country}`` in it, or a mapping of its one name to its text; ``{country}``
        becomes the country's name. None leaves it out.
    language : str or path
        Language pack, see `load_pack`.

    Returns
    -------
    xarray.Dataset
        ``persona_prompt`` (country, persona), with ``profile_source`` by country; the attributes
        ``base_prompt``, ``language`` and ``persona_source`` give the neutral system prompt and
        say which countries' profiles are synthetic.

    Raises
    ------
    UnknownNameError
        For a country without a profile or without a name in the pack, or an unknown cohort.
    InputError
        For a cohort of a country without any mean, an empty text, two personas alike or of one
        name, or the name ``base``, which is that of the neutral system prompt.

    References
    ----------
    Personas of DISCA: arXiv 2605.10843; the words are this project's.

    Examples
    --------
    >>> panel = persona_panel(["JPN", "ARG"])
    >>> panel.persona.values.tolist(), panel.profile_source.values.tolist()
    (['young', 'middle', 'older', 'all'], ['wvs', 'synthetic'])
    >>> panel.persona_prompt.sel(country="JPN", persona="older").item()
    'You are a person over 55 from Japan. Religion is not very important to you. ...'
    """
    pack = load_pack(language)
    source = (
        shipped() if profiles is None else validate(profiles, "country", "persona", "profile_item")
    )
    names = select_countries(countries, source.country.values.tolist())
    level = levels(source.sel(country=names))
    chosen = _cohorts(cohorts, source)
    last = _fourth(fourth, chosen)
    texts = {}
    for country in names:
        own = {cohort: _text(level, pack, country, cohort, cohort) for cohort in chosen}
        texts[country] = own | _last(last, level, pack, country)
    held = "profile_source" in source.coords
    sources = {
        name: str(source.profile_source.sel(country=name).item()) if held else "own"
        for name in names
    }
    return panel_dataset(texts, pack, sources, _described(source, sources))


def _cohorts(cohorts: Iterable[str], profiles: xr.Dataset) -> list[str]:
    """Return the cohorts, each once, or raise for one that the profiles or the packs lack."""
    known = [name for name in COHORTS if name in profiles.persona.values]
    chosen = each_once(cohorts, "cohorts")
    for cohort in chosen:
        if cohort not in known:
            raise unknown_name("cohort", cohort, known)
    return chosen


def _text(
    level: xr.DataArray, pack: LanguagePack, country: str, cohort: str, introduction: str
) -> str:
    """Return the text of a persona with the values of a cohort."""
    found = level.sel(country=country, persona=cohort)
    known = {
        str(item): int(value)
        for item, value in zip(found.profile_item.values, found.values, strict=True)
        if value != MISSING
    }
    if not known:
        others = "choose another fourth=" if cohort == EVERYBODY else "name the others in cohorts="
        raise InputError(
            f"The profile of {country} has no mean for the cohort {cohort!r}; {others} or leave "
            "the country out."
        )
    return persona_text(pack, country, introduction, known)


def _fourth(fourth: object, cohorts: list[str]) -> tuple[str, str | None] | None:
    """Return the name of the last persona and its text, None where a profile words it."""
    if fourth is None:
        return None
    if isinstance(fourth, str) and fourth in _WORDED:
        return fourth, None
    if isinstance(fourth, str) and "{country}" in fourth:
        return _OWN_NAME, fourth
    pairs = list(fourth.items()) if isinstance(fourth, Mapping) else []
    if len(pairs) != 1:
        # A name that was mistyped is no persona.
        raise InputError(
            f"The fourth persona is {fourth!r}; it must be {shorten(_WORDED)}, a text with "
            "{country} in it, or a mapping of one name to its text."
        )
    name, text = pairs[0]
    if name in cohorts:
        raise InputError(
            f"The fourth persona is named {name!r}, as a cohort is; give it another name, or leave "
            "that one out of cohorts=."
        )
    if not isinstance(text, str):
        raise InputError(f"The text of the fourth persona {name!r} is {text!r}; write one.")
    return name, text


def _last(
    fourth: tuple[str, str | None] | None, level: xr.DataArray, pack: LanguagePack, country: str
) -> dict[str, str]:
    """Return the name and text of the last persona of a country, if there is one."""
    if fourth is None:
        return {}
    name, text = fourth
    if text is None:
        return {name: _text(level, pack, country, EVERYBODY, name)}
    return {name: text.replace("{country}", pack.country(country))}


def _described(profiles: xr.Dataset, sources: Mapping[str, str]) -> str:
    """Return where the personas come from, and which of them are synthetic."""
    parts = [str(profiles.attrs.get("source", "profiles of one's own"))]
    synthetic = [name for name, source in sources.items() if source == "synthetic"]
    if synthetic:
        shown = shorten(synthetic, len(synthetic))
        parts.append(f"synthetic, drawn at random and saying nothing about the country: {shown}")
    elif "synthetic" in parts[0]:
        parts.append("synthetic here: none")
    return "; ".join(parts)
