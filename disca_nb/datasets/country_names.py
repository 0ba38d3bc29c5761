"""Codes of countries from the names that surveys give them; labels of samples are kept apart."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import pandas as pd

from disca_nb._data import data_path
from disca_nb.errors import UnknownNameError, shorten, unknown_name

__all__ = [
    "Place",
    "closest",
    "display_name",
    "fold",
    "identify",
    "split_sample",
    "unknown_country",
]

_SAMPLE = re.compile(r"^(?P<country>.*\S)\s*\((?P<sample>[^()]+)\)$")
_PREFIX = re.compile(r"^(?P<code>[A-Z]{2})-(?:[A-Z0-9]{1,3}-)?(?P<country>.+)$")


@dataclass(frozen=True)
class Place:
    """What a survey's label of a country stands for.

    Attributes
    ----------
    code : str
        ISO 3166-1 alpha-3; XKX is Kosovo, NIR Northern Ireland where a survey counts it apart.
    name : str
        The name that the package shows.
    sample : str
        What the label says in parentheses of the sample, empty for a plain country.
    """

    code: str
    name: str
    sample: str = ""

    @property
    def label(self) -> str:
        """Code, with the sample where there is one."""
        return f"{self.code} ({self.sample})" if self.sample else self.code


def identify(label: str) -> Place | None:
    """Return which country a label stands for, or None where that is not known.

    Blanks, case, accents, full stops and a leading "the" do not matter; codes of two letters must
    be upper case. "KR-Korea (South)", as the ISSP writes it, is understood where both halves
    agree.

    Parameters
    ----------
    label : str
        A name, a code, or either with a sample in parentheses behind it.

    Returns
    -------
    Place or None

    Examples
    --------
    >>> identify("S. Korea").code, identify("Türkiye").code, identify("Atlantis")
    ('KOR', 'TUR', None)
    >>> identify("India (Current national sample)").label
    'IND (Current national sample)'
    """
    text = " ".join(label.split())
    if code := _code(text):
        return Place(code, _shown()[code])
    country, sample = split_sample(text)
    if sample and (code := _code(country)):
        return Place(code, _shown()[code], sample)
    return None


def display_name(label: str) -> str:
    """Return the name to show for a label: without the sample, and in words where it is a code.

    Parameters
    ----------
    label : str
        A name or code, with a sample or without.

    Returns
    -------
    str
        The label itself, without needless blanks, where no country is known for it.

    Examples
    --------
    >>> display_name("KOR"), display_name("Brazil (Non-national sample)"), display_name("Atlantis")
    ('South Korea', 'Brazil', 'Atlantis')
    """
    found = identify(label)
    return found.name if found else " ".join(label.split())


def split_sample(label: str) -> tuple[str, str]:
    """Return a label without what stands in parentheses at its end, and that.

    Parameters
    ----------
    label : str
        Any label.

    Returns
    -------
    tuple of str
        The second is empty where there are no parentheses.

    Examples
    --------
    >>> split_sample("India (Old national sample)"), split_sample("India")
    (('India', 'Old national sample'), ('India', ''))
    """
    found = _SAMPLE.match(label)
    return (found["country"], found["sample"].strip()) if found else (label, "")


def closest(label: str) -> str:
    """Return the known name that is closest to a label, or "" where none is close.

    Parameters
    ----------
    label : str
        A label that no country is known for.

    Returns
    -------
    str

    Examples
    --------
    >>> closest("Untied States"), closest("1234")
    ('United States', '')
    """
    names = {fold(name): name for name in reversed(_spellings()) if len(name) > 2}
    found = difflib.get_close_matches(fold(split_sample(label)[0]), names, n=1, cutoff=0.7)
    return names[found[0]] if found else ""


def unknown_country(label: str, known: Iterable[str]) -> UnknownNameError:
    """Build the error for a label that is not known, with those that stand for its country.

    Parameters
    ----------
    label : str
        The label that was given.
    known : iterable of str
        The labels that would have been accepted.

    Returns
    -------
    UnknownNameError
        Ready to be raised.

    Examples
    --------
    >>> print(unknown_country("India", ["Japan", "India (Old sample)"]))
    Unknown country 'India'; did you mean 'India (Old sample)'? Known: Japan, India (Old sample).
    """
    labels = [str(each) for each in known]
    place = identify(label)
    found = [(each, identify(each)) for each in labels]
    same = [each for each, other in found if place and other and other.code == place.code]
    if not same:
        return unknown_name("country", label, labels)
    hint = " or ".join(map(repr, same[:4]))
    return UnknownNameError(
        f"Unknown country {label!r}; did you mean {hint}? Known: {shorten(labels)}."
    )


def fold(name: str) -> str:
    """Return what spellings of one name share.

    Parameters
    ----------
    name : str
        Any spelling.

    Returns
    -------
    str
        Lower case, without accents, punctuation and a leading "the".

    Examples
    --------
    >>> fold("the  Côte d’Ivoire"), fold("Bosnia & Herzegovina")
    ('cote divoire', 'bosnia and herzegovina')
    """
    plain = unicodedata.normalize("NFKD", name).casefold().replace("&", " and ")
    kept = "".join(c for c in plain if not unicodedata.combining(c) and c not in ".'\u2019")
    words = re.sub(r"[^\w]+", " ", kept).split()
    return " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)


def _code(text: str) -> str:
    """Return the code of a name or code, or ""."""
    if text in _by_code():
        return _by_code()[text]
    if code := _by_name().get(fold(text), ""):
        return code
    parts = _PREFIX.match(text)
    if parts is None:
        return ""
    code = _by_code().get(parts["code"], "")
    return code if code and code == _by_name().get(fold(parts["country"]), "") else ""


@cache
def _table() -> tuple[tuple[str, str], ...]:
    """Return code and spelling of every name, as shipped."""
    table = pd.read_csv(data_path("country_names.csv"), dtype=str, keep_default_na=False)
    return tuple(zip(table["country"], table["name"], strict=True))


def _spellings() -> list[str]:
    """Return every spelling, a country's shown one first."""
    return [name for _, name in _table()]


@cache
def _shown() -> MappingProxyType[str, str]:
    """Return the shown name of every code."""
    return MappingProxyType(dict(reversed(_table())))


@cache
def _by_code() -> MappingProxyType[str, str]:
    """Return the alpha-3 code of every code of two or three letters."""
    short = {name: code for code, name in _table() if len(name) == 2}
    return MappingProxyType(short | {code: code for code, _ in _table()})


@cache
def _by_name() -> MappingProxyType[str, str]:
    """Return the code of every folded spelling, alpha-3 codes in any case among them."""
    names = {fold(name): code for code, name in _table() if len(name) > 2}
    return MappingProxyType({code.casefold(): code for code, _ in _table()} | names)
