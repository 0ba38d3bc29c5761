"""Value questions and portraits that ship: the project's own, and those of the embedded model."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import xarray as xr

from disca_nb._data import data_path
from disca_nb.datasets._table import each_once
from disca_nb.datasets.values._building import from_lines
from disca_nb.datasets.values._lines import Line
from disca_nb.datasets.values.joining import join_value_questions
from disca_nb.datasets.values.portraits import portraits_dataset
from disca_nb.datasets.values.report import report_of
from disca_nb.errors import DataFileError, InputError, unknown_name
from disca_nb.results import open_results
from disca_nb.variables import annotate

__all__ = ["embedded_questions", "recorded_responses", "sample_portraits", "sample_questions"]

LANGUAGES = ("en", "ko", "de")
"""Those of the project's own questions and portraits."""

_VERSION = 1
_SOURCE = "disca_nb, own words"


def sample_questions(languages: str | Iterable[str] = LANGUAGES) -> xr.Dataset:
    """Return the project's own value questions: 6 topics of 3 questions in 4 wordings each.

    Half of the topics are debated in public (cars in city centres, phones at school, a tax on
    flights), half are not. In every topic one question is worded so that "yes" opposes the topic.
    The Korean and German questions translate the English ones, wording by wording. They were
    reviewed by their writer alone, and not tried on people.

    Parameters
    ----------
    languages : str or iterable of str
        Some of "en", "ko" and "de".

    Returns
    -------
    xarray.Dataset
        Value questions as `read_value_questions` returns them, ``wording`` × ``option``, 72
        wordings in each language.

    Raises
    ------
    UnknownNameError
        For another language.
    InputError
        When there is no language.

    Examples
    --------
    >>> questions = sample_questions()
    >>> questions.sizes["wording"], questions.attrs["synthetic"]
    (216, 0)
    >>> questions.wording_text.sel(wording="own_en:0001").item()
    'Should cars be kept out of the middle of large cities?'
    >>> own = questions.value_question == "public libraries/2"
    >>> questions.option_stance.values[own][0].tolist()
    ['opposes', 'supports']
    """
    chosen = list(dict.fromkeys(each_once(languages, "languages")))
    if not chosen:
        raise InputError(f"There are 0 languages; choose some of {', '.join(LANGUAGES)}.")
    parts = [_questions(_content(code)["topics"], f"own_{code}", language=code) for code in chosen]
    named = [each.assign_attrs(source=_SOURCE, synthetic=0) for each in parts]
    return join_value_questions(named, name="own questions")


def embedded_questions() -> xr.Dataset:
    """Return the value questions that the embedded model was taught, in English.

    They are **synthetic**: the model was taught made-up answers to them, some of which change
    with the wording, so that measures of consistency have something to find.

    Returns
    -------
    xarray.Dataset
        Value questions as `read_value_questions` returns them, ``wording`` × ``option``: 12
        topics, half of them controversial, of 4 questions in 5 wordings each.

    Examples
    --------
    >>> questions = embedded_questions()
    >>> questions.sizes["wording"], questions.attrs["synthetic"]
    (240, 1)
    >>> questions.wording_text.values[0].item()
    'Should cities forbid smoking in parks?'
    """
    # Read here, as data sets lie below models; the version is checked by the model's own reader.
    tasks = json.loads(data_path("embedded/tasks.json").read_text(encoding="utf-8"))
    questions = _questions(tasks["values"], "embedded", language="en")
    about = {"source": "disca_nb, synthetic tasks", "synthetic": 1, "notice": tasks["notice"]}
    return join_value_questions([questions.assign_attrs(about)], name="embedded questions")


def sample_portraits(language: str = "en") -> xr.Dataset:
    """Return the project's own portraits of people: two for each of the ten basic values.

    They are short, name no gender, and are not those of the Portrait Values Questionnaire. Nobody
    has tried them on people.

    Parameters
    ----------
    language : str
        "en", "ko" or "de".

    Returns
    -------
    xarray.Dataset
        ``portrait_text``, ``portrait_value``, ``wording_language`` and ``n_options`` (portrait),
        ``option_text`` and ``option_stance`` (portrait, option). The attribute ``condition_text``
        holds the values' names in the language, as JSON.

    Raises
    ------
    UnknownNameError
        For another language.

    References
    ----------
    Schwartz 1992, doi:10.1016/S0065-2601(08)60281-6, for the ten values; own words.

    Examples
    --------
    >>> portraits = sample_portraits("de")
    >>> portraits.sizes["portrait"]
    20
    >>> portraits.portrait_text.sel(portrait="conformity/1").item()
    'Diese Person hält sich an die Regeln, auch wenn niemand zusieht.'
    >>> portraits.option_text.values[0].tolist()
    ['wie ich', 'nicht wie ich']
    """
    content = _content(language)
    options = tuple(content["portrait_options"].items())
    seen: Counter[str] = Counter()
    rows = []
    for each in content["portraits"]:
        seen[each["value"]] += 1
        rows.append(
            (f"{each['value']}/{seen[each['value']]}", each["text"], each["value"], options)
        )
    return portraits_dataset(rows, language=language).assign_attrs(
        name="own portraits",
        source=_SOURCE,
        synthetic=0,
        condition_text=json.dumps(content["condition_text"], ensure_ascii=False),
    )


def recorded_responses() -> xr.Dataset:
    """Return stored answers of synthetic models to `embedded_questions`.

    One is the embedded language model, asked by `disca_nb.ask_values` by letters and in words, of
    which it is its own judge. Names that begin with "made-up" are formulas, which
    `scripts/make_values_demo.py` states: they show what each measure makes of a model whose
    steadiness is known.

    Returns
    -------
    xarray.Dataset
        As `disca_nb.ask_values` returns it.

    Examples
    --------
    >>> responses = recorded_responses()
    >>> responses.attrs["synthetic"], responses.sizes["wording"]
    (1, 240)
    """
    return annotate(open_results(data_path("values_demo.nc")))


def _content(language: str) -> Mapping[str, Any]:
    """Return the shipped texts of a language that has questions."""
    if language not in LANGUAGES:
        raise unknown_name("language of the project's own questions", language, LANGUAGES)
    path = data_path(f"values/{language}.json")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if content.get("format") != _VERSION:
        raise DataFileError(
            f"{path.name} has format {content.get('format')!r}, not {_VERSION}; reinstall disca-nb."
        )
    return content


def _questions(topics: Iterable[Mapping[str, Any]], stem: str, *, language: str) -> xr.Dataset:
    """Return the questions of topics as the loader of files returns its own."""
    lines = list(_lines(topics, language))
    report = report_of(lines, [line.topic for line in lines], stem)
    return from_lines(lines, stem).assign_attrs(name=stem, report=report.to_json())


def _lines(topics: Iterable[Mapping[str, Any]], language: str) -> Iterator[Line]:
    """Yield a line for each wording, which says what it translates by its place in the topic."""
    wordings = (
        (topic, question, wording)
        for topic in topics
        for question in topic["questions"]
        for wording in (question["original"], *question["rephrasings"])
    )
    for number, (topic, question, wording) in enumerate(wordings, start=1):
        yield Line(
            number,
            topic=topic.get("name", topic["topic"]),
            topic_english=topic["topic"],
            question=wording,
            original=question["original"],
            options=tuple(question["stances"].items()),
            translation_of=question["id"].removeprefix(f"{topic['topic']}/"),
            language=language,
            controversial=bool(topic["controversial"]),
        )
