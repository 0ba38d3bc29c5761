"""Frames of survey questions in fourteen languages, as data: one JSON file for each."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from disca_nb._data import data_path
from disca_nb.errors import DataFileError, InputError, UnknownNameError, shorten, unknown_name
from disca_nb.prompts._fields import field_fault
from disca_nb.prompts._json_file import read_json
from disca_nb.prompts.packs import load_pack, shipped_languages

__all__ = ["SurveyFrames", "frame_languages", "load_frames"]

_SCHEMA = "frames/schema.json"
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "option": ("letter", "text"),
    "survey": ("question", "options"),
    "survey_of_country": ("country", "question", "options"),
    "translation": ("language", "question", "options"),
}


@dataclass(frozen=True)
class SurveyFrames:
    """The texts around a survey question in one language; `data/frames/schema.json` says more.

    Attributes
    ----------
    language, name, source : str
        BCP 47 code, English name, and who wrote the texts.
    letters : str
        The letters of the options, in order; Latin in every language that ships.
    option, option_prefix : str
        A line of the options, and how the answer begins.
    system : str
        The neutral system prompt.
    survey, survey_of_country : str
        The user's turn, and the one that asks about someone from a country.
    countries : mapping of str to str
        Names of countries as they stand in the frame, by ISO 3166-1 alpha-3 code.
    translation_system, translation : str
        A request for a translation; empty where the file has none.
    """

    language: str
    name: str
    source: str
    letters: str
    option: str
    option_prefix: str
    system: str
    survey: str
    survey_of_country: str
    countries: Mapping[str, str]
    translation_system: str = ""
    translation: str = ""

    def country(self, code: str, name: str = "") -> str:
        """Return a country's name as it stands in the frame.

        Parameters
        ----------
        code : str
            ISO 3166-1 alpha-3 code.
        name : str
            What a country without a name in the frames is called; `code` where it is empty.

        Returns
        -------
        str

        Examples
        --------
        >>> frames = load_frames("de")
        >>> frames.country("JPN"), frames.country("BTN", "Bhutan"), frames.country("Bhutan")
        ('Japan', 'Bhutan', 'Bhutan')
        """
        return self.countries.get(code, name or code)


def frame_languages() -> list[str]:
    """Return the codes of the languages whose survey frames ship with the package.

    Returns
    -------
    list of str

    Examples
    --------
    >>> print(*frame_languages())
    ar de en es fr hi id ja ko pt ru tr vi zh
    """
    folder = data_path(_SCHEMA).parent
    return sorted(path.stem for path in folder.glob("*.json") if path.stem != "schema")


def load_frames(language: str | os.PathLike[str] = "en") -> SurveyFrames:
    """Load the survey frames of a language and check them against the schema.

    Parameters
    ----------
    language : str or path
        Code of a language that ships, or a JSON file of one's own: a path object, or a text that
        ends in ``.json``.

    Returns
    -------
    SurveyFrames
        A file without names of countries has those of the language pack under the same code, if
        one ships.

    Raises
    ------
    UnknownNameError
        For a language that does not ship.
    DataFileError
        For a file that cannot be read, is not JSON or does not follow the schema, or a frame with
        a field that is none of its own; the message names the place.
    InputError
        For a language that is neither a text nor a path.

    References
    ----------
    Durmus et al., arXiv 2306.16388, for default, cross-national and linguistic prompting; own
    words.

    Examples
    --------
    >>> frames = load_frames("es")
    >>> print(frames.survey_of_country.splitlines()[0].format(country=frames.country("NLD")))
    ¿Cómo respondería a esta pregunta una persona de los Países Bajos?
    """
    if not isinstance(language, str | os.PathLike):
        found = type(language).__name__  # type: ignore[unreachable]
        raise InputError(f"The language is of type {found}; give a code or the path of frames.")
    if isinstance(language, os.PathLike) or language.lower().endswith(".json"):
        return _read(Path(language))
    return _shipped(language)


@functools.cache
def _shipped(language: str) -> SurveyFrames:
    """Return frames that ship with the package; a user's own file may change and is read anew."""
    base = language.partition("-")[0]
    if base != language and base in frame_languages():
        raise UnknownNameError(
            f"Unknown language {language!r}; use {base!r}, which is {_shipped(base).name}, or a "
            "file of your own."
        )
    if language not in frame_languages():
        raise unknown_name("language", language, frame_languages())
    return _frames(read_json(data_path(f"frames/{language}.json"), None))


def _read(path: Path) -> SurveyFrames:
    """Return the frames of a file once each has its fields and no other."""
    content = read_json(path, _SCHEMA)
    for place, fields in _FIELDS.items():
        fault = field_fault(str(content[place]), fields) if place in content else ""
        if fault:
            known = shorten(f"{{{field}}}" for field in fields)
            raise DataFileError(
                f"{path.name}, {place}: {fault}; its fields are {known}, and a brace that is none "
                f"is written twice; see data/{_SCHEMA}."
            )
    return _frames(content)


def _frames(content: Mapping[str, object]) -> SurveyFrames:
    """Return the frames of a file that was checked, now or before it was shipped."""
    texts = {key: str(text) for key, text in content.items() if key not in {"format", "countries"}}
    countries: Mapping[str, str] | None = content.get("countries")  # type: ignore[assignment]
    if countries is None:
        known_pack = texts["language"] in shipped_languages()
        countries = load_pack(texts["language"]).countries if known_pack else {}
    return SurveyFrames(**texts, countries=countries)
