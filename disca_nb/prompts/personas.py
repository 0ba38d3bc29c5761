"""From levels of values to the system prompt of a persona."""

from __future__ import annotations

from collections.abc import Mapping

from disca_nb.errors import ParameterError, unknown_name
from disca_nb.prompts.packs import LanguagePack

__all__ = ["persona_text"]

_N_LEVELS = 4


def persona_text(
    pack: LanguagePack, country: str, introduction: str, levels: Mapping[str, int]
) -> str:
    """Return the system prompt of a persona: who it is, a sentence per variable, the closing.

    Parameters
    ----------
    pack : LanguagePack
        Texts of the language.
    country : str
        ISO 3166-1 alpha-3 code.
    introduction : str
        Which first sentence: ``young``, ``middle``, ``older``, ``all`` or ``utilitarian``.
    levels : mapping of str to int
        Level of each variable, 0 (most) to 3 (least), in the order of the sentences.

    Returns
    -------
    str

    Raises
    ------
    UnknownNameError
        For a country, introduction or variable without words in the pack.
    ParameterError
        For a level outside 0 to 3.

    Examples
    --------
    >>> from disca_nb.prompts.packs import load_pack
    >>> persona_text(load_pack("en"), "JPN", "older", {"trust": 2})
    'You are a person over 55 from Japan. You are careful with most people. Reply with...'
    """
    if introduction not in pack.introductions:
        raise unknown_name("introduction", introduction, pack.introductions)
    sentences = [pack.introductions[introduction].format(country=pack.country(country))]
    for variable, level in levels.items():
        if variable not in pack.levels:
            raise unknown_name("variable", variable, pack.levels)
        if level not in range(_N_LEVELS):
            raise ParameterError(f"Level of {variable!r} is {level}; it must be 0 to 3.")
        sentences.append(pack.levels[variable][level])
    return " ".join([*sentences, pack.closing])
