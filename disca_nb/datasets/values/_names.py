"""What the name of a file says of its questions: their kind, language and country."""

from __future__ import annotations

import re
from dataclasses import dataclass

from disca_nb.datasets.country_names import closest, identify
from disca_nb.errors import InputError, unknown_name

__all__ = ["FileFacts", "country_code", "file_facts", "language_code"]

_KINDS = {"controversial": True, "uncontroversial": False}
_LANGUAGES = {
    "arabic": "ar",
    "chinese": "zh",
    "english": "en",
    "french": "fr",
    "german": "de",
    "hindi": "hi",
    "indonesian": "id",
    "japanese": "ja",
    "korean": "ko",
    "portuguese": "pt",
    "russian": "ru",
    "spanish": "es",
    "turkish": "tr",
    "vietnamese": "vi",
}
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_PARTS = 3


@dataclass(frozen=True)
class FileFacts:
    """What a file's name says; None where it says nothing.

    Attributes
    ----------
    controversial : bool or None
        Whether its topics were chosen as controversial.
    language, country : str or None
        BCP 47 code and ISO 3166-1 alpha-3 code.
    """

    controversial: bool | None = None
    language: str | None = None
    country: str | None = None


def file_facts(stem: str) -> FileFacts:
    """Return what a file's name says, without its ending.

    Names that do not begin with "controversial" or "uncontroversial" say nothing.

    Raises
    ------
    UnknownNameError
        For a language or country that is not known.
    InputError
        When the name has other parts than kind, language and country.

    Examples
    --------
    >>> file_facts("controversial_german_us")
    FileFacts(controversial=True, language='de', country='USA')
    >>> file_facts("mine")
    FileFacts(controversial=None, language=None, country=None)
    """
    kind, _, rest = stem.partition("_")
    if kind not in _KINDS:
        return FileFacts()
    parts = rest.split("_")
    if len(parts) != _PARTS - 1:
        raise InputError(
            f"The file name {stem!r} does not say language and country; name it "
            f"{kind}_LANGUAGE_COUNTRY.jsonl."
        )
    language, country = parts
    if language not in _LANGUAGES and language not in _LANGUAGES.values():
        raise unknown_name(f"language in the file name {stem!r}:", language, _LANGUAGES)
    return FileFacts(_KINDS[kind], language_code(language), country_code(country))


def language_code(language: str) -> str:
    """Return the BCP 47 code of a language that is named in English or by its code.

    Raises
    ------
    UnknownNameError
        For what is neither.

    Examples
    --------
    >>> language_code("German"), language_code("ko")
    ('de', 'ko')
    >>> language_code("Germain")
    Traceback (most recent call last):
        ...
    disca_nb.errors.UnknownNameError: Unknown language 'Germain'; did you mean 'german'? ...
    """
    text = str(language).strip()
    if (named := _LANGUAGES.get(text.casefold())) is not None:
        return named
    if _CODE.fullmatch(text):
        return text
    raise unknown_name("language", language, _LANGUAGES)


def country_code(country: str) -> str:
    """Return the code of a country; "" stays, as no country.

    Raises
    ------
    InputError
        For a country that is not known.

    Examples
    --------
    >>> country_code("us"), country_code("Germany"), country_code("")
    ('USA', 'DEU', '')
    """
    text = str(country).strip()
    if not text:
        return ""
    # Codes of two letters must be upper case, to be told from words.
    place = identify(text) or identify(text.upper())
    if place is not None:
        return place.code
    close = closest(text)
    hint = f"did you mean {close!r}, or " if close else ""
    raise InputError(f"Unknown country {country!r}; {hint}give a name or an ISO code.")
