"""Machine translation of survey questions, kept in a file for people to review."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from unicodedata import category

import xarray as xr

from disca_nb._opinions.bank import language_of
from disca_nb._opinions.translation_file import (
    NO,
    UNREAD,
    YES,
    Texts,
    add_rows,
    check_sources,
    read_rows,
    review_of,
    texts_of,
)
from disca_nb.datasets._table import as_path
from disca_nb.datasets.surveys._tidy import as_text
from disca_nb.errors import DataFileError, InputError
from disca_nb.prompts import Prompt, SurveyFrames, load_frames

__all__ = ["Generator", "TranslationReport", "translate_survey"]

_TEXT, _END = "text", "END"
# Control characters, and halves of characters.
_ODD = {"Cc", "Cs"}
# Questions after which the file is written.
_AT_ONCE = 16


class Generator(Protocol):
    """A model that writes: a name, and likeliest answers to prompts."""

    @property
    def name(self) -> str:
        """Label of the model."""

    def generate(self, prompts: Sequence[Prompt], *, max_new_tokens: int) -> Sequence[str]:
        """Return the answer to each prompt."""


@dataclass(frozen=True)
class TranslationReport:
    """What a call of `translate_survey` did.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    language : str
        English name of the language.
    kept, translated, unread : int
        Questions that were there already, whose reply was read, and whose reply was off the
        format.
    waiting : int
        Texts of the file that nobody has reviewed.
    """

    path: Path
    language: str
    kept: int
    translated: int
    unread: int
    waiting: int

    def __str__(self) -> str:
        return (
            f"Questions into {self.language}: {self.translated} translated, {self.unread} with a "
            f"reply off the format, {self.kept} kept as they were.\n"
            f"{self.waiting} texts in {self.path.name} wait for review: correct the translations "
            "and set reviewed to yes."
        )


def translate_survey(
    model: Generator,
    bank: xr.Dataset,
    language: str | os.PathLike[str],
    path: str | os.PathLike[str],
    *,
    max_new_tokens: int = 512,
    progress: bool = True,
) -> TranslationReport:
    r"""Translate a survey's questions and options by a model, into a file for review.

    Each question is one request, with its options, and must be answered line by line in the form
    of the request. What is off that form is not guessed at: its rows stay empty, ``reviewed``
    says "unread", and the reply stands beside them. The file is written after every 16 questions;
    called again, the function asks for texts alone that the file does not have. Rows that are
    there are never changed: delete those of a question to have it translated anew.

    Parameters
    ----------
    model : Generator
        A model with ``name`` and ``generate(prompts, max_new_tokens=...)``, as
        `disca_nb.models.load` gives.
    bank : xarray.Dataset
        Survey answers with ``question_text`` and ``option_text``.
    language : str or path
        Language of `disca_nb.prompts.load_frames`.
    path : path
        CSV file with the columns ``question``, ``field`` ("text", or the number of the option),
        ``language``, ``source``, ``translation``, ``model``, ``reviewed`` ("no") and ``reply``
        (as a JSON string, where it could not be read).
    max_new_tokens : int
        Where a reply that does not end is cut off; it is then off the format.
    progress : bool
        Whether to show a bar.

    Returns
    -------
    TranslationReport

    Raises
    ------
    InputError
        For a model that does not write, a question too long for it, a bank without texts or in
        the language already, or a file that is no CSV.
    DataFileError
        When the file is there and is another translation, or not of this bank.

    See Also
    --------
    read_translation : the bank in the other language, once its texts are reviewed.

    Examples
    --------
    >>> import tempfile
    >>> from disca_nb.datasets.surveys.sample import sample
    >>> class Echo:
    ...     name = "echo"
    ...
    ...     def generate(self, prompts, *, max_new_tokens):
    ...         return ["\n".join(prompt.user.split("\n")[1:-1]) for prompt in prompts]
    >>> bank = sample().isel(question=[0])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print(translate_survey(Echo(), bank, "de", f"{folder}/de.csv", progress=False))
    Questions into German: 1 translated, 0 with a reply off the format, 0 kept as they were.
    5 texts in de.csv wait for review: correct the translations and set reviewed to yes.
    """
    from tqdm.auto import tqdm

    frames, target, texts = load_frames(language), _target(path), texts_of(bank)
    _check_model(model)
    if language_of(bank) == frames.language:
        raise InputError(f"The bank is in {frames.name} already; choose another language.")
    asked = _lacking(target, texts, frames)
    unread = 0
    with tqdm(total=len(asked), desc=model.name, unit="question", disable=not progress) as bar:
        for start in range(0, len(asked), _AT_ONCE):
            part = {question: texts[question] for question in asked[start : start + _AT_ONCE]}
            rows = _translated(model, frames, part, max_new_tokens)
            add_rows(target, rows, texts)
            unread += sum(row["field"] == _TEXT and row["reviewed"] == UNREAD for row in rows)
            bar.update(len(part))
    waiting = int((review_of(read_rows(target)) != YES).sum())
    kept = len(texts) - len(asked)
    return TranslationReport(target, frames.name, kept, len(asked) - unread, unread, waiting)


def _target(path: str | os.PathLike[str]) -> Path:
    """Return the path to be written, or raise for one that is no CSV file's."""
    target = as_path(path)
    if target.suffix.lower() != ".csv":
        raise InputError(f"The path is {str(target)!r}; name a file that ends in .csv.")
    return target


def _check_model(model: object) -> None:
    """Raise unless the model writes."""
    if not callable(getattr(model, "generate", None)) or not hasattr(model, "name"):
        raise InputError(
            f"The model {getattr(model, 'name', model)!r} does not write answers of its own; give "
            "one with a name and generate(prompts, max_new_tokens=...)."
        )


def _lacking(target: Path, texts: Texts, frames: SurveyFrames) -> list[str]:
    """Return the questions of which the file lacks a text, in the bank's order."""
    known: set[tuple[str, str]] = set()
    if target.exists():
        rows = read_rows(target)
        if (found := rows["language"].iloc[0]) != frames.language:
            raise DataFileError(
                f"{target.name} is a translation into {found!r}, not into {frames.language!r}; "
                "name another file."
            )
        check_sources(rows, texts, target.name)
        known = set(zip(rows["question"], rows["field"], strict=True))
    return [
        question
        for question, fields in texts.items()
        if any((question, field) not in known for field in fields)
    ]


def _translated(
    model: Generator, frames: SurveyFrames, part: Texts, max_new_tokens: int
) -> list[dict[str, str]]:
    """Return the rows of some questions, as the model translates them."""
    prompts = [_request(frames, fields) for fields in part.values()]
    replies = _replies(model, prompts, max_new_tokens)
    stamp = {"language": frames.language, "model": model.name}
    return [
        {"question": question, **stamp, **row}
        for (question, fields), reply in zip(part.items(), replies, strict=True)
        for row in _rows(fields, reply)
    ]


def _request(frames: SurveyFrames, fields: Mapping[str, str]) -> Prompt:
    """Return the request for one question; it is in English, whatever the languages are."""
    english = load_frames("en")
    options = [f"{field}: {text}" for field, text in fields.items() if field != _TEXT]
    request = english.translation.format(
        language=frames.name, question=fields[_TEXT], options="\n".join(options)
    )
    return Prompt(english.translation_system, request)


def _replies(model: Generator, prompts: list[Prompt], max_new_tokens: int) -> list[str]:
    """Return the model's replies, or raise when it gives something else."""
    replies = model.generate(prompts, max_new_tokens=max_new_tokens)
    given = [reply for reply in replies if isinstance(reply, str)]
    if len(given) != len(prompts) or len(given) != len(replies):
        raise InputError(
            f"The model {model.name!r} gave {len(given)} texts for {len(prompts)} prompts; its "
            "generate must return one for each."
        )
    return given


def _rows(fields: Mapping[str, str], reply: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a question: its translations, or the reply that could not be read."""
    found = _parsed(reply, fields)
    # One line, whatever the reply holds: a file with it can always be read again.
    raw = json.dumps(reply, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
    for field, source in fields.items():
        yield {
            "field": field,
            "source": source,
            "translation": found.get(field, ""),
            "reviewed": NO if found else UNREAD,
            "reply": "" if found or field != _TEXT else raw,
        }


def _parsed(reply: str, fields: Iterable[str]) -> Mapping[str, str]:
    """Return the translations by field; nothing unless every line is as it was asked for."""
    labels = {field: "Question:" if field == _TEXT else f"{field}:" for field in fields}
    *lines, last = (line.strip() for line in reply.strip().split("\n"))
    if len(lines) != len(labels) or last != _END:
        return {}
    found = {}
    for (field, label), line in zip(labels.items(), lines, strict=True):
        text = as_text(line.removeprefix(label))
        if not line.startswith(label) or not text or any(category(c) in _ODD for c in text):
            return {}
        found[field] = text
    return found
