"""Reading value questions: the files of ValueConsistency, or one's own in the same form."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import xarray as xr

from disca_nb.datasets._table import as_path
from disca_nb.datasets.values._building import from_lines, topics_in_english
from disca_nb.datasets.values._lines import Line, read_lines
from disca_nb.datasets.values._names import FileFacts, country_code, file_facts, language_code
from disca_nb.datasets.values.joining import (
    check_languages,
    join_value_questions,
    with_shared_names,
)
from disca_nb.datasets.values.report import report_of
from disca_nb.datasets.values.schema import checked_questions
from disca_nb.errors import DataFileError, InputError, ParameterError

__all__ = ["read_value_questions"]


def read_value_questions(
    path: str | os.PathLike[str],
    *,
    controversial: bool | None = None,
    language: str | None = None,
    country: str | None = None,
) -> xr.Dataset:
    """Read value questions from a file of JSON Lines, or from a folder of such files.

    Each line is one wording of a question: ``topic``, ``question``, ``original`` (the wording
    that it rephrases, or the same text) and ``options``, a map from the text of an option to what
    it says of the topic: supports, opposes or neutral. Optional are ``topic_english``,
    ``original_english``, ``rephrase``, ``language``, ``country``, ``controversial`` and
    ``translation_of``: what this question translates, as the original in another language or as
    a label of one's own that both languages have. A question may have one wording only.

    What a line does not say of language, country and kind comes from the file's name
    ``{controversial|uncontroversial}_{language}_{country}.jsonl``; without such a name it is
    English, no country, and not controversial. `language`, `country` and `controversial` go
    before line and name.

    Parameters
    ----------
    path : path
        A file, or a folder whose ``*.jsonl`` are joined, ``pvq_*`` aside.
    controversial : bool, optional
        Whether the topics were chosen as controversial.
    language : str, optional
        Name in English or BCP 47 code.
    country : str, optional
        Name or ISO 3166-1 alpha-3 code; "" for none.

    Returns
    -------
    xarray.Dataset
        Wordings by options: ``wording_text``, ``topic_name``, ``value_question``, ``phrasing``
        (0 the original), ``wording_language``, ``wording_country``, ``controversial``,
        ``n_options`` (wording), ``option_text`` and ``option_stance`` (wording, option). Labels
        are file and line. `value_report` says what was found.

    Raises
    ------
    DataFileError
        For a file that cannot be read or a line that has not this form; names file and line.
    InputError
        For a file name or parameter that says an unknown language or country, or languages of
        one country and kind that share no question.

    References
    ----------
    Moore, Deshpande and Yang 2024, arXiv 2407.02996; GitHub jlcmoore/ValueConsistency (MIT).

    Examples
    --------
    >>> read_value_questions("no-such-file.jsonl")
    Traceback (most recent call last):
        ...
    disca_nb.errors.DataFileError: There is no file no-such-file.jsonl; check the path.
    """
    source = as_path(path)
    given = _given(controversial, language, country)
    if not source.is_dir():
        return _read_file(source, given)
    files = sorted(each for each in source.glob("*.jsonl") if not each.name.startswith("pvq_"))
    if not files:
        raise DataFileError(f"{source} has no *.jsonl of value questions; name a folder of them.")
    parts = [_read_file(each, given) for each in files]
    return join_value_questions(parts, name=source.resolve().name)


def _given(controversial: bool | None, language: str | None, country: str | None) -> FileFacts:
    """Return the parameters, checked."""
    if controversial not in (None, True, False):
        raise ParameterError(f"controversial is {controversial!r}; give True or False.")
    return FileFacts(
        controversial,
        None if language is None else language_code(language),
        None if country is None else country_code(country),
    )


def _read_file(path: Path, given: FileFacts) -> xr.Dataset:
    """Return the questions of one file."""
    facts = FileFacts() if None not in vars(given).values() else file_facts(path.stem)
    raw = read_lines(path)
    lines = [_filled(line, given, facts, path.name) for line in raw]
    questions = from_lines(lines, path.stem, name=path.name)
    report = report_of(lines, topics_in_english(lines), path.stem)
    questions = with_shared_names(questions).assign_attrs(
        name=path.stem, source=path.name, synthetic=0, report=report.to_json()
    )
    check_languages(questions)
    return checked_questions(questions)


def _filled(line: Line, given: FileFacts, facts: FileFacts, name: str) -> Line:
    """Return a line with language, country and kind."""
    try:
        language = given.language or (line.language and language_code(line.language))
        country = given.country if given.country is not None else country_code(line.country)
    except InputError as error:
        text = str(error)
        raise DataFileError(f"{name}, line {line.number}: {text[0].lower()}{text[1:]}") from None
    kinds = (given.controversial, line.controversial, facts.controversial, False)
    return replace(
        line,
        language=language or facts.language or "en",
        country=country or (facts.country or "" if given.country is None else ""),
        controversial=next(kind for kind in kinds if kind is not None),
    )
