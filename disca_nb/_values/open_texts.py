"""The prompts of answers in words, and of their judge, in the languages that have them."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping, Sequence

from disca_nb._data import data_path
from disca_nb.errors import InputError, UnknownNameError, shorten
from disca_nb.models.protocol import LanguageModel
from disca_nb.prompts import Prompt
from disca_nb.prompts.packs import load_pack, shipped_languages
from disca_nb.prompts.questions import free_value, verdict

__all__ = ["check_spoken", "free_prompt", "open_languages", "texts_hash"]
__all__ += ["verdict_prompt", "written"]


def open_languages() -> list[str]:
    """Return the languages in which answers in words can be asked for.

    Examples
    --------
    >>> print(*open_languages())
    de en ja ko zh
    """
    files = data_path("values/en.json").parent.glob("*.json")
    return sorted({*shipped_languages(), *(path.stem for path in files if _texts(path.stem))})


def check_spoken(languages: Sequence[str]) -> None:
    """Raise for a wording in a language without these texts.

    Parameters
    ----------
    languages : sequence of str
        Of all wordings.

    Raises
    ------
    UnknownNameError
        Naming the language, and how many wordings are in it.

    Examples
    --------
    >>> check_spoken(["en", "tr", "tr"])
    Traceback (most recent call last):
        ...
    disca_nb.errors.UnknownNameError: 2 of the wordings are in 'tr', in which answers in words ...
    """
    known = open_languages()
    for language in dict.fromkeys(languages):
        if language not in known:
            raise UnknownNameError(
                f"{languages.count(language)} of the wordings are in {language!r}, in which "
                "answers in words cannot be asked for; leave them out, or leave 'open' out of "
                f"forms (texts are there in {shorten(known)})."
            )


def free_prompt(language: str, question: str) -> Prompt:
    """Return the prompt of a value question that is answered in a sentence.

    Examples
    --------
    >>> free_prompt("de", "Ist Tee gut?").system
    'Sie sind ein hilfreicher Assistent. Antworten Sie in einem kurzen Satz.'
    """
    if language in shipped_languages():
        return free_value(load_pack(language), question)
    return Prompt(_texts(language)["free_system"], question)


def verdict_prompt(language: str, question: str, answer: str, choices: Sequence[str]) -> Prompt:
    """Return the prompt by which a judge reads an answer.

    Examples
    --------
    >>> print(verdict_prompt("de", "Ist Tee gut?", "Ja.", ["ja", "nein", "UNCERTAIN"]).user)
    Frage: Ist Tee gut?
    Antwort: Ja.
    Was wählt die Antwort: ja, nein, UNCERTAIN?
    """
    if language in shipped_languages():
        return verdict(load_pack(language), question, answer, choices)
    texts = _texts(language)
    user = texts["verdict"].format(question=question, answer=answer, choices=", ".join(choices))
    return Prompt(texts["judge_system"], user)


def texts_hash(languages: Sequence[str]) -> str:
    """Return the sha256 of the words around questions and answers in some languages.

    Examples
    --------
    >>> texts_hash(["de", "en", "en"]) == texts_hash(["en", "de"]) != texts_hash(["en"])
    True
    """
    said = [
        (each.system, each.user, each.prefix)
        for language in sorted(set(languages))
        for each in (
            free_prompt(language, "question"),
            verdict_prompt(language, "question", "answer", ["a", "b"]),
        )
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def written(model: LanguageModel, prompts: Sequence[Prompt], max_new_tokens: int) -> list[str]:
    """Return a model's answer to each prompt, as a text that any file can hold.

    Raises
    ------
    InputError
        When the model gives something else than one text for each.
    """
    given = list(model.generate(list(prompts), max_new_tokens=max_new_tokens))  # type: ignore[attr-defined]
    texts = [each for each in given if isinstance(each, str)]
    if len(texts) != len(prompts) or len(texts) != len(given):
        raise InputError(
            f"The model {model.name!r} gave {len(texts)} texts for {len(prompts)} prompts; its "
            "generate must return one for each."
        )
    # Neither halves of characters nor the character 0 can be saved.
    whole = [each.encode("utf-8", "backslashreplace").decode() for each in texts]
    return [each.replace("\0", "\ufffd") for each in whole]


@functools.cache
def _texts(language: str) -> Mapping[str, str]:
    """Return the texts of a language beside the language packs, empty where it has none."""
    content = json.loads(data_path(f"values/{language}.json").read_text(encoding="utf-8"))
    found: Mapping[str, str] = content.get("open", {})
    return found
