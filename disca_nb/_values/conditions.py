"""Conditions under which portraits are shown: the sentence that asks a model to hold a value."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import xarray as xr

from disca_nb._data import data_path
from disca_nb.datasets._table import each_once
from disca_nb.errors import InputError, UnknownNameError, shorten, unknown_name

__all__ = ["NONE", "PortraitTexts", "conditions_of", "portrait_texts"]

NONE = "none"
"""The condition without a value, which is always asked."""

_NEEDED = ("condition_frame", "portrait_question", "condition_text")


@dataclass(frozen=True)
class PortraitTexts:
    """The texts around a portrait in one language.

    Attributes
    ----------
    frame : str
        Sentence that asks to hold a value, with the field ``{value}``.
    question : str
        The question on a portrait of one line, with the field ``{portrait}``.
    names : mapping of str to str
        How values are called, by condition.
    """

    frame: str
    question: str
    names: Mapping[str, str]

    def sentence(self, condition: str) -> str:
        """Return what stands before the question, nothing under "none"."""
        if condition == NONE:
            return ""
        return self.frame.replace("{value}", self.names[condition])

    def text(self, condition: str, portrait: str) -> str:
        """Return the question on a portrait under a condition.

        A text of several lines holds its question already and stays as it is.

        Examples
        --------
        >>> texts = PortraitTexts("Hold {value} dear.", "{portrait} Like you?", {"power": "power"})
        >>> texts.text("power", "Likes to lead.").splitlines()
        ['Hold power dear.', 'Likes to lead. Like you?']
        >>> texts.text("none", "Likes to lead.")
        'Likes to lead. Like you?'
        """
        asked = portrait.strip()
        if len(asked.splitlines()) == 1:
            asked = self.question.replace("{portrait}", asked)
        return "\n".join(part for part in (self.sentence(condition), asked) if part)


def portrait_texts(portraits: xr.Dataset, language: str) -> PortraitTexts:
    """Return the texts around portraits in their language.

    Parameters
    ----------
    portraits : xarray.Dataset
        The attribute ``condition_text``, a JSON object of names of values by condition, goes
        before the names that ship.
    language : str
        BCP 47.

    Returns
    -------
    PortraitTexts

    Raises
    ------
    UnknownNameError
        For a language without such texts.
    InputError
        When ``condition_text`` is no JSON object of texts.
    """
    files = {path.stem: path for path in data_path("values/en.json").parent.glob("*.json")}
    content = {name: json.loads(path.read_text("utf-8")) for name, path in files.items()}
    known = sorted(name for name, texts in content.items() if set(_NEEDED) <= set(texts))
    if language not in known:
        raise UnknownNameError(
            f"The portraits are in {language!r}, which has no sentence that asks to hold a value; "
            f"use portraits in one of {shorten(known)}."
        )
    frame, question, names = (content[language][name] for name in _NEEDED)
    return PortraitTexts(frame, question, {**names, **_own_names(portraits)})


def conditions_of(
    portraits: xr.Dataset, texts: PortraitTexts, given: str | Iterable[str] | None
) -> list[str]:
    """Return the conditions that are meant, "none" first.

    Parameters
    ----------
    portraits : xarray.Dataset
        With ``portrait_value`` and perhaps the attribute ``condition_text``.
    texts : PortraitTexts
        In their language.
    given : str or iterable of str, optional
        Values; by default those of ``condition_text``, or else those that the portraits show.

    Returns
    -------
    list of str

    Raises
    ------
    UnknownNameError
        For a value without a name.
    InputError
        When there is no value.
    """
    shown = dict.fromkeys(map(str, portraits["portrait_value"].values.tolist()))
    if given is None:
        wanted: Sequence[str] = list(_own_names(portraits) or shown)
    else:
        wanted = [name for name in each_once(given, "conditions") if name != NONE]
    for name in wanted:
        if name not in texts.names:
            raise unknown_name("condition", name, texts.names)
    if not wanted:
        raise InputError(
            f"There are 0 conditions beside {NONE!r}; choose some of {shorten(texts.names)}."
        )
    return [NONE, *wanted]


def _own_names(portraits: xr.Dataset) -> dict[str, str]:
    """Return the names of values that came with portraits."""
    given = portraits.attrs.get("condition_text", "{}")
    try:
        found = json.loads(given)
    except (TypeError, ValueError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise InputError(
            f"The attribute condition_text is {given!r:.60}; write a JSON object of names by "
            "condition."
        )
    return found
