"""Ways to ask a survey: as it is, about someone from a country, and in another language."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

import xarray as xr

from disca_nb._opinions.bank import Wording, language_of, wording
from disca_nb._opinions.other_languages import translations_of
from disca_nb.datasets._table import each_once, select_countries
from disca_nb.datasets.country_names import identify, split_sample
from disca_nb.errors import InputError, UnknownNameError, unknown_name
from disca_nb.prompts import SurveyFrames, load_frames

__all__ = ["KINDS", "Kind", "Prompting", "country_text", "label_of", "promptings_of"]

Kind: TypeAlias = Literal["default", "cross-national", "linguistic"]
"""How a model is asked."""

KINDS: tuple[Kind, ...] = get_args(Kind)
"""All of them."""

_DEFAULT, _CROSS_NATIONAL, _LINGUISTIC = KINDS


@dataclass(frozen=True)
class Prompting:
    """One way to ask every question.

    Attributes
    ----------
    kind : {"default", "cross-national", "linguistic"}
        Which.
    frames : SurveyFrames
        The texts around a question.
    texts : Wording
        Questions and options.
    country : str
        Label of the country whose people the model is asked about; empty for none.
    """

    kind: Kind
    frames: SurveyFrames
    texts: Wording
    country: str = ""

    @property
    def label(self) -> str:
        """Label along the dimension ``prompting``."""
        return label_of(self.kind, self.country or self.frames.language)


def label_of(kind: Kind, of: str) -> str:
    """Return the label of a prompting, of a country or in a language.

    Examples
    --------
    >>> label_of("cross-national", "JPN"), label_of("linguistic", "ko"), label_of("default", "en")
    ('as JPN', 'in ko', 'default')
    """
    return {_DEFAULT: _DEFAULT, _CROSS_NATIONAL: f"as {of}", _LINGUISTIC: f"in {of}"}[kind]


def promptings_of(
    bank: xr.Dataset,
    *,
    promptings: str | Iterable[str],
    countries: str | Iterable[str] | None,
    languages: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    translations: Mapping[str, xr.Dataset] | None,
    language: str | os.PathLike[str] | None,
) -> list[Prompting]:
    """Return the ways in which a bank is asked: default, then countries, then languages.

    Parameters
    ----------
    bank : xarray.Dataset
        As `checked_bank` returns.
    promptings, countries, languages, translations, language
        As for `disca_nb.ask_survey`.

    Returns
    -------
    list of Prompting

    Raises
    ------
    InputError
        When nothing is left to ask, something is given that no prompting needs, languages clash,
        or a translation is of another bank.
    UnknownNameError
        For an unknown prompting, country or language.
    """
    kinds = _kinds(promptings)
    frames = _frames_of(bank, language)
    # A bank that does not say its language is in that of its frames.
    texts = replace(wording(bank), language=frames.language)
    found = [Prompting(_DEFAULT, frames, texts)] if _DEFAULT in kinds else []
    if _CROSS_NATIONAL in kinds:
        found += [
            Prompting(_CROSS_NATIONAL, frames, texts, country)
            for country in _countries(bank, countries)
        ]
    elif countries is not None:
        raise _useless("countries", countries, _CROSS_NATIONAL)
    others = _languages(languages, frames)
    if others and _LINGUISTIC not in kinds:
        raise _useless("languages", list(others), _LINGUISTIC)
    worded = translations_of(bank, translations, others)
    found += [
        Prompting(_LINGUISTIC, each, worded.get(code, texts)) for code, each in others.items()
    ]
    if not found:
        raise InputError(
            f"promptings is {promptings!r}, but there are 0 languages; name some as languages=."
        )
    return found


def country_text(frames: SurveyFrames, label: str, name: str = "") -> str:
    """Return how a country is called in a prompt.

    Parameters
    ----------
    frames : SurveyFrames
        Of the prompt's language.
    label : str
        Code or name of a country, with or without a sample in parentheses behind it.
    name : str
        What a country is called that is not known.

    Returns
    -------
    str

    Examples
    --------
    >>> frames = load_frames("en")
    >>> country_text(frames, "United States"), country_text(frames, "IND (Old national sample)")
    ('the United States', 'India')
    >>> country_text(frames, "Atlantis (North)")
    'Atlantis'
    """
    place = identify(label) or identify(name)
    if place is not None:
        return frames.country(place.code, place.name)
    plain, _ = split_sample(name or label)
    return plain


def _kinds(given: str | Iterable[str]) -> list[str]:
    """Return the kinds of promptings that are meant."""
    names = each_once(given, "promptings")
    for name in names:
        if name not in KINDS:
            raise unknown_name("prompting", name, KINDS)
    if not names:
        raise InputError(f"There are 0 promptings; choose some of {', '.join(KINDS)}.")
    return names


def _frames_of(bank: xr.Dataset, language: str | os.PathLike[str] | None) -> SurveyFrames:
    """Return the frames of the bank's own language."""
    own = language_of(bank)
    if language is None:
        try:
            return load_frames(own)
        except UnknownNameError as error:
            raise UnknownNameError(
                f"The bank is in {own!r}, which has no frames; pass language= with a file of them."
            ) from error
    frames = load_frames(language)
    if frames.language != language_of(bank, frames.language):
        raise InputError(
            f"The bank is in {own!r} and the frames are in {frames.language!r}; give frames of the "
            "bank's language, and name other languages as languages=."
        )
    return frames


def _countries(bank: xr.Dataset, given: str | Iterable[str] | None) -> list[str]:
    """Return the countries that are meant, all of the bank by default."""
    if "country" not in bank.coords:
        raise InputError(
            "The bank has no countries, which cross-national prompting needs; leave it out of "
            "promptings."
        )
    known = [str(label) for label in bank["country"].values.tolist()]
    return select_countries(known if given is None else given, known)


def _languages(given: object, own: SurveyFrames) -> dict[str, SurveyFrames]:
    """Return the frames of other languages by their codes."""
    if given is not None and not isinstance(given, str | os.PathLike | Iterable):
        raise InputError(f"languages is {given!r}; give a code, or several in a list.")
    many = [given] if isinstance(given, str | os.PathLike) else list(given or ())
    found: dict[str, SurveyFrames] = {}
    for each in many:
        frames = load_frames(each)
        if frames.language == own.language:
            raise InputError(
                f"The bank is in {own.language!r} itself, as default prompting asks it; leave "
                "that out of languages."
            )
        if frames.language in found:
            raise InputError(f"languages holds {frames.language!r} twice; keep one.")
        found[frames.language] = frames
    return found


def _useless(what: str, given: object, kind: str) -> InputError:
    """Return the error for something that no chosen prompting needs."""
    return InputError(
        f"{what} is {given!r}, which {kind} prompting alone needs; add it to promptings, or leave "
        f"{what} out."
    )
