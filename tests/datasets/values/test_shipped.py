"""Questions and portraits that ship: their form in every language, and that they are our own."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import pytest
import xarray as xr

from disca_nb._data import data_path
from disca_nb.datasets.values.portraits import VALUES
from disca_nb.datasets.values.shipped import (
    LANGUAGES,
    embedded_questions,
    sample_portraits,
    sample_questions,
)
from disca_nb.errors import InputError, UnknownNameError
from disca_nb.models import embedded

FILES = sorted(data_path("values/en.json").parent.glob("*.json"))
FRAMES = {
    "condition_frame": ["value"],
    "portrait_question": ["portrait"],
    "verdict": ["question", "answer", "choices"],
}
SCRIPTS = {"ko": ("\uac00", "\ud7a3"), "zh": ("\u4e00", "\u9fff"), "ja": ("\u3041", "\u30ff")}


def content(path: Path) -> Any:  # noqa: ANN401 - parsed JSON
    return json.loads(path.read_text(encoding="utf-8"))


def texts_of(languages: tuple[str, ...] = LANGUAGES) -> list[str]:
    """Return all questions and portraits of our own."""
    portraits = [text for code in languages for text in sample_portraits(code).portrait_text.values]
    return [*sample_questions(languages).wording_text.values.tolist(), *map(str, portraits)]


@pytest.fixture(scope="module")
def questions() -> xr.Dataset:
    return sample_questions()


def test_six_topics_of_three_questions_in_four_wordings(questions: xr.Dataset) -> None:
    assert questions.sizes == {"wording": 216, "option": 2}
    assert Counter(questions.wording_language.values.tolist()) == dict.fromkeys(LANGUAGES, 72)
    topics = dict(zip(questions.topic_name.values, questions.controversial.values, strict=True))
    assert len(topics) == 6
    assert sum(map(int, topics.values())) == 3
    per_question = Counter(
        zip(questions.value_question.values, questions.wording_language.values, strict=True)
    )
    assert set(per_question.values()) == {4}
    assert len(per_question) == 18 * 3
    assert questions.phrasing.values.tolist() == [0, 1, 2, 3] * 54
    assert len(set(questions.wording_text.values.tolist())) == 216


def test_in_every_topic_yes_opposes_once(questions: xr.Dataset) -> None:
    originals = questions.isel(wording=(questions.phrasing == 0).values)
    stances = originals.option_stance.values
    rows = list(zip(originals.topic_name.values, originals.wording_language.values, strict=True))
    opposed = Counter(
        row for row, stance in zip(rows, stances, strict=True) if stance[0] == "opposes"
    )
    assert opposed == dict.fromkeys(rows, 1)
    assert all(set(stance) == {"supports", "opposes"} for stance in stances)


def test_languages_say_the_same_of_each_wording(questions: xr.Dataset) -> None:
    names = ("value_question", "phrasing", "topic_name", "controversial", "option_stance")
    english, *others = (
        questions.isel(wording=(questions.wording_language == code).values) for code in LANGUAGES
    )
    for other in others:
        for name in names:
            np.testing.assert_array_equal(english[name].values, other[name].values)
    first = questions.option_text.values[::72].tolist()
    assert first == [["yes", "no"], ["예", "아니요"], ["ja", "nein"]]


def test_our_own_questions_are_not_called_synthetic(questions: xr.Dataset) -> None:
    assert questions.attrs["synthetic"] == 0
    assert questions.attrs["source"] == "disca_nb, own words"
    assert "notice" not in questions.attrs


def test_a_language_alone_and_languages_in_another_order(questions: xr.Dataset) -> None:
    german = sample_questions("de")
    np.testing.assert_array_equal(german.wording_text, questions.wording_text[144:])
    assert german.value_question.values.tolist() == questions.value_question.values[144:].tolist()
    turned = sample_questions(["de", "en"])
    assert turned.wording.values[[0, 72]].tolist() == ["own_de:0001", "own_en:0001"]


@pytest.mark.parametrize(
    ("languages", "error", "words"),
    [
        ("fr", UnknownNameError, "'fr'.* en, ko, de"),
        (["en", "zh"], UnknownNameError, "'zh'"),
        ([], InputError, "There are 0 languages; choose some of en, ko, de"),
        (3, InputError, "languages is 3"),
    ],
)
def test_other_languages_are_refused(languages: Any, error: type, words: str) -> None:  # noqa: ANN401
    with pytest.raises(error, match=words):
        sample_questions(languages)


def test_portraits_of_an_unknown_language() -> None:
    with pytest.raises(UnknownNameError, match=r"'zh'.* en, ko, de"):
        sample_portraits("zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_portraits_of_each_value(language: str) -> None:
    portraits = sample_portraits(language)
    assert portraits.portrait_value.values.tolist() == [v for v in VALUES for _ in range(2)]
    assert len(set(portraits.portrait_text.values.tolist())) == 20
    assert (portraits.wording_language == language).all()
    assert portraits.option_stance.values.tolist() == [["supports", "opposes"]] * 20
    assert sorted(json.loads(portraits.attrs["condition_text"])) == sorted(
        [*VALUES, "spirituality"]
    )
    assert portraits.portrait.values[:3].tolist() == [
        "self-direction/1",
        "self-direction/2",
        "stimulation/1",
    ]


def test_portraits_name_no_gender() -> None:
    words = " ".join(sample_portraits().portrait_text.values.tolist()).lower().split()
    assert not {"he", "she", "his", "her", "him", "man", "woman"} & {w.strip(".,:") for w in words}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_has_its_sentences_in_its_script(path: Path) -> None:
    found = content(path)
    assert (found["format"], found["language"]) == (1, path.stem)
    assert list(found["condition_text"]) == [*VALUES, "spirituality"]
    frames = {**found, **found.get("open", {})}
    for name, fields in FRAMES.items():
        if name in frames:
            assert [part[1] for part in Formatter().parse(frames[name]) if part[1]] == fields
    assert ("open" in found) == (path.stem != "en")
    if path.stem in SCRIPTS:
        low, high = SCRIPTS[path.stem]
        held = [frames[name] for name in ("condition_frame", "free_system", "judge_system")]
        held += [t["name"] for t in found.get("topics", [])]
        assert all(any(low <= letter <= high for letter in text) for text in held)


def test_no_text_has_stray_blanks() -> None:
    for path in FILES:
        for text in strings(content(path)):
            assert text == text.strip() == " ".join(text.split(" "))
            assert "  " not in text


def strings(node: object) -> list[str]:
    """Return all texts of a JSON value."""
    if isinstance(node, str):
        return [node]
    if isinstance(node, dict):
        return [text for each in node.values() for text in strings(each)]
    return [text for each in node for text in strings(each)] if isinstance(node, list) else []


def test_they_are_none_of_the_embedded_models_corpus(questions: xr.Dataset) -> None:
    taught = set(strings(embedded.tasks()))
    bank = Path(__file__).parents[3] / "scripts" / "embedded" / "bank.json"
    taught |= set(strings(content(bank)))
    assert len(taught) > 300
    assert not taught & set(texts_of())
    assert not taught & set(questions.topic_name.values.tolist())


def test_they_are_not_those_of_published_files(reference_data: Path) -> None:
    folder = reference_data / "valueconsistency"
    lines = [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    if not lines:
        pytest.skip("the files of ValueConsistency are not there")
    published = {each.get(name, "") for each in lines for name in ("question", "statement")}
    assert len(published) > 5000
    assert not published & set(texts_of())


def test_embedded_questions_are_those_of_its_tasks() -> None:
    questions = embedded_questions()
    tasks = embedded.tasks()["values"]
    wordings = [
        (text, question["id"], topic["topic"], topic["controversial"], question["stances"]["yes"])
        for topic in tasks
        for question in topic["questions"]
        for text in (question["original"], *question["rephrasings"])
    ]
    names = ("wording_text", "value_question", "topic_name", "controversial")
    columns = [questions[name].values.tolist() for name in names]
    first = questions.option_stance.values[:, 0].tolist()
    assert list(zip(*columns, first, strict=True)) == wordings
    assert questions.phrasing.values.tolist() == [0, 1, 2, 3, 4] * 48
    assert (questions.wording_language == "en").all()
    assert questions.attrs["notice"] == embedded.NOTICE
    assert questions.attrs["synthetic"] == 1
