"""A bank of survey questions: its form and its texts, checked before anything is made of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import xarray as xr

from disca_nb.errors import InputError
from disca_nb.variables import VARIABLES, validate

__all__ = ["Wording", "about_questions", "bank_hash", "checked_bank", "language_of", "wording"]

_NEEDED = ("question", "option", "question_text", "option_text", "n_options")
_SHAPES = {"question_text": ("question",), "n_options": ("question",)}


@dataclass(frozen=True)
class Wording:
    """The texts of a survey in one language.

    Attributes
    ----------
    language : str
        BCP 47.
    questions : tuple of str
        In the order of the bank.
    options : tuple of tuple of str
        Of each question.
    source : str
        Where a translation is from, as far as it says.
    """

    language: str
    questions: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    source: str = ""


def checked_bank(bank: xr.Dataset) -> xr.Dataset:
    """Return a bank with all that the registry knows of its questions as coordinates.

    Parameters
    ----------
    bank : xarray.Dataset
        Survey questions with their options, and perhaps shares of countries.

    Returns
    -------
    xarray.Dataset

    Raises
    ------
    InputError
        When it is no bank, has no question, or a text hangs on more than its question.
    """
    validate(bank, *_NEEDED)
    for name, dims in (*_SHAPES.items(), ("option_text", ("question", "option"))):
        if set(bank[name].dims) != set(dims):
            raise InputError(
                f"{name} has the dimensions {bank[name].dims}; it must have {' and '.join(dims)}."
            )
    if not bank.sizes["question"]:
        raise InputError("The bank has 0 questions; choose at least one.")
    along = [name for name in bank.data_vars if name in VARIABLES and _is_of_questions(bank[name])]
    return bank.set_coords(along)


def about_questions(bank: xr.Dataset) -> xr.Dataset:
    """Return what a bank says of its questions and options, without countries and shares.

    Parameters
    ----------
    bank : xarray.Dataset
        As `checked_bank` returns.
    """
    names = [name for name in bank.coords if name in VARIABLES and _is_of_questions(bank[name])]
    return bank[["question", "option", *names]].drop_attrs()


def language_of(bank: xr.Dataset, otherwise: str = "en") -> str:
    """Return the language of a bank's texts, if it says so.

    Examples
    --------
    >>> language_of(xr.Dataset(attrs={"language": "ko"})), language_of(xr.Dataset())
    ('ko', 'en')
    """
    if "language" in bank.coords and not bank["language"].dims:
        return str(bank["language"].item())
    return str(bank.attrs.get("language", otherwise))


def wording(bank: xr.Dataset) -> Wording:
    """Return the texts of a bank.

    Parameters
    ----------
    bank : xarray.Dataset
        As `checked_bank` returns.

    Returns
    -------
    Wording

    Raises
    ------
    InputError
        When a question has no text, fewer than two options, an option without a text, or two that
        are the same.
    """
    names = [str(name) for name in bank["question"].values]
    texts = bank["question_text"].values.tolist()
    rows = bank["option_text"].transpose("question", "option").values.tolist()
    options = []
    for name, text, row, number in zip(names, texts, rows, bank["n_options"].values, strict=True):
        if not _is_text(text):
            raise InputError(
                f"The question {name!r} has the text {text!r}; write it, or leave the question out."
            )
        options.append(_options(name, row, int(number)))
    return Wording(language_of(bank), tuple(texts), tuple(options))


def bank_hash(bank: xr.Dataset) -> str:
    """Return a hash of what a bank asks: labels, texts and options of its questions, in order.

    Shares and countries are no part of it: answers do not follow from them.

    Parameters
    ----------
    bank : xarray.Dataset
        As `checked_bank` returns.

    Returns
    -------
    str
        SHA-256, in hexadecimal digits.
    """
    texts = wording(bank)
    asked = [bank["question"].values.tolist(), texts.questions, texts.options]
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode()).hexdigest()


def _options(name: str, row: list[object], number: int) -> tuple[str, ...]:
    """Return the options of a question, or say what is wrong with them."""
    if not 2 <= number <= len(row):
        raise InputError(
            f"n_options of the question {name!r} is {number}; give 2 to {len(row)} options, as "
            "many as option_text holds."
        )
    found: list[str] = []
    for place, text in enumerate(row[:number], 1):
        if not _is_text(text):
            raise InputError(
                f"Option {place} of the question {name!r} is {text!r}; write its text."
            )
        found.append(str(text))
        if str(text).strip() in map(str.strip, found[:-1]):
            raise InputError(f"The question {name!r} has the option {text!r} twice; keep one.")
    return tuple(found)


def _is_text(text: object) -> bool:
    """Return whether something is a text; a table that lacks one holds None or NaN there."""
    return isinstance(text, str) and bool(text.strip())


def _is_of_questions(array: xr.DataArray) -> bool:
    """Return whether an array says something of questions, or of their options."""
    return "question" in array.dims and set(array.dims) <= {"question", "option"}
