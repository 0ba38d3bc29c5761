"""Language packs: every text that a model is shown, as data, one JSON file per language."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from disca_nb._data import data_path
from disca_nb.errors import InputError, UnknownNameError, unknown_name
from disca_nb.prompts._fields import check_fields
from disca_nb.prompts._json_file import read_json

__all__ = ["LanguagePack", "load_pack", "shipped_languages"]


@dataclass(frozen=True)
class LanguagePack:
    """The texts of one language; `data/packs/schema.json` describes each.

    Attributes
    ----------
    language, name, source : str
        BCP 47 code, English name, and who wrote the texts.
    labels : tuple of str
        The two answers that are scored.
    base_system, dilemma, answer_prefix, join : str
        Frames of the prompts.
    numbers : tuple of str
        The words for one to five.
    roles : mapping of str to (str, str)
        One and several of each character.
    introductions, countries : mapping of str to str
        First sentences of personas, and names of countries as they stand in them.
    closing : str
        Last sentence of every persona.
    levels : mapping of str to tuple of str
        Four sentences of each variable, from most to least.
    questions : mapping of str to str
        Frames of survey questions, free answers and verdicts.
    """

    language: str
    name: str
    source: str
    labels: tuple[str, str]
    base_system: str
    dilemma: str
    answer_prefix: str
    join: str
    numbers: tuple[str, ...]
    roles: Mapping[str, tuple[str, str]]
    introductions: Mapping[str, str]
    closing: str
    levels: Mapping[str, tuple[str, ...]]
    questions: Mapping[str, str]
    countries: Mapping[str, str]

    def group(self, role: str, number: int) -> str:
        """Return a group in words, such as "three elderly women".

        Examples
        --------
        >>> load_pack("en").group("homeless_person", 2)
        'two homeless people'
        """
        if role not in self.roles:
            raise unknown_name("role", role, self.roles)
        one, several = self.roles[role]
        form = one if number == 1 else several
        return self.join.format(number=self.numbers[number - 1], role=form)

    def country(self, code: str) -> str:
        """Return a country's name as it stands in a sentence after "from".

        Examples
        --------
        >>> load_pack("en").country("NLD")
        'the Netherlands'
        """
        if code not in self.countries:
            raise UnknownNameError(
                f"The pack {self.language!r} has no name for {code!r}; add it under countries, in "
                "a pack of yours."
            )
        return self.countries[code]


def shipped_languages() -> list[str]:
    """Return the codes of the languages that ship with the package.

    Returns
    -------
    list of str

    Examples
    --------
    >>> shipped_languages()
    ['en']
    """
    folder = data_path("packs/schema.json").parent
    return sorted(path.stem for path in folder.glob("*.json") if path.stem != "schema")


def load_pack(language: str | os.PathLike[str] = "en") -> LanguagePack:
    """Load a language pack and check it against the schema.

    Parameters
    ----------
    language : str or path
        Code of a shipped language, or a JSON file of one's own: a path object, or a text that ends
        in ``.json``.

    Returns
    -------
    LanguagePack

    Raises
    ------
    UnknownNameError
        For a language that is not shipped.
    DataFileError
        For a file that cannot be read, is not JSON or does not follow the schema, or a frame with
        a field that is none of its own; the message names the place.
    InputError
        For a language that is neither a text nor a path.

    Examples
    --------
    >>> load_pack("en").labels
    ('A', 'B')
    """
    if not isinstance(language, str | os.PathLike):
        found = type(language).__name__  # type: ignore[unreachable]
        raise InputError(f"The language is of type {found}; give a code or the path of a pack.")
    if isinstance(language, os.PathLike) or language.lower().endswith(".json"):
        return _from_dict(_read(Path(language)))
    return _shipped(language)


@functools.cache
def _shipped(language: str) -> LanguagePack:
    """Return a pack that ships with the package; a user's own file may change and is read anew."""
    if language not in shipped_languages():
        raise unknown_name("language", language, shipped_languages())
    return _from_dict(read_json(data_path(f"packs/{language}.json"), None))


def _read(path: Path) -> dict[str, object]:
    """Return the file's content once it follows the schema."""
    content = read_json(path, "packs/schema.json")
    check_fields(content, path.name)
    return content


def _from_dict(content: dict[str, object]) -> LanguagePack:
    """Return the pack of a checked file."""
    persona: Mapping[str, Mapping[str, list[str]]] = content["persona"]  # type: ignore[assignment]
    roles: Mapping[str, list[str]] = content["roles"]  # type: ignore[assignment]
    plain = ("language", "name", "source", "base_system", "dilemma", "answer_prefix", "join")
    return LanguagePack(
        **{key: str(content[key]) for key in plain},
        labels=tuple(content["labels"]),  # type: ignore[arg-type]
        numbers=tuple(content["numbers"]),  # type: ignore[arg-type]
        roles={role: (forms[0], forms[1]) for role, forms in roles.items()},
        introductions=persona["introductions"],  # type: ignore[arg-type]
        closing=str(persona["closing"]),
        levels={name: tuple(texts) for name, texts in persona["levels"].items()},
        questions=content["questions"],  # type: ignore[arg-type]
        countries=content["countries"],  # type: ignore[arg-type]
    )
