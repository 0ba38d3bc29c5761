"""Survey frames: what ships in each language, and that each fault of a file is named."""

from __future__ import annotations

import copy
import json
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from disca_nb._data import data_path
from disca_nb.errors import DataFileError, InputError, UnknownNameError
from disca_nb.prompts import (
    Prompt,
    SurveyFrames,
    frame_languages,
    load_frames,
    load_pack,
    packs,
    survey_frames,
)
from disca_nb.prompts.questions import survey_question

Content = dict[str, Any]
LANGUAGES = ["ar", "de", "en", "es", "fr", "hi", "id", "ja", "ko", "pt", "ru", "tr", "vi", "zh"]
OTHERS = [language for language in LANGUAGES if language != "en"]
# Those of the shipped sample, and those that surveys compare most.
COUNTRIES = [
    *("ARG", "AUS", "BGD", "BRA", "CAN", "CHN", "DEU", "EGY", "ESP", "FRA", "GBR", "IDN"),
    *("IND", "IRN", "ITA", "JAM", "JPN", "KAZ", "KEN", "KOR", "MEX", "NGA", "NLD", "PAK"),
    *("PHL", "POL", "RUS", "SAU", "SWE", "THA", "TUR", "UKR", "USA", "VNM", "ZAF"),
]
# How Unicode calls the letters that each language is written in.
SCRIPTS = {
    "ar": "ARABIC",
    "hi": "DEVANAGARI",
    "ja": "HIRAGANA",
    "ko": "HANGUL",
    "ru": "CYRILLIC",
    "zh": "CJK",
}
GERMAN: Content = json.loads(data_path("frames/de.json").read_text(encoding="utf-8"))


def asked(
    frames: SurveyFrames,
    question: str,
    options: Sequence[str],
    *,
    country: str | None = None,
    order: Sequence[int] | None = None,
) -> Prompt:
    """Return a prompt made of nothing but the frames."""
    places = range(len(options)) if order is None else order
    lines = [
        frames.option.format(letter=letter, text=options[place])
        for letter, place in zip(frames.letters, places, strict=False)
    ]
    frame = frames.survey if country is None else frames.survey_of_country
    name = "" if country is None else frames.country(country)
    user = frame.format(question=question, options="\n".join(lines), country=name)
    return Prompt(frames.system, user, frames.option_prefix)


def changed(change: Callable[[Content], object], folder: Path) -> Path:
    """Write the German frames with a change."""
    content = copy.deepcopy(GERMAN)
    change(content)
    path = folder / "mine.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_fourteen_languages_ship_and_english_is_the_default() -> None:
    assert frame_languages() == LANGUAGES
    assert load_frames() == load_frames("en")


def test_english_gives_the_prompts_of_the_language_pack() -> None:
    frames, pack = load_frames("en"), load_pack("en")
    options = [f"option {i}" for i in range(18)]
    for number in (2, 5, 18):
        expected = survey_question(pack, "How {so}?", options[:number])
        assert asked(frames, "How {so}?", options[:number]) == expected
    turned = survey_question(pack, "Tea?", ["often", "never"], country="NLD", order=[1, 0])
    assert asked(frames, "Tea?", ["often", "never"], country="NLD", order=[1, 0]) == turned
    for country in [*pack.countries, "Bhutan"]:
        expected = survey_question(pack, "Tea?", ["often", "never"], country=country)
        assert asked(frames, "Tea?", ["often", "never"], country=country) == expected
    assert "from the Netherlands answer" in turned.user


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_its_own_words_and_latin_letters(language: str) -> None:
    frames = load_frames(language)
    assert frames.language == language
    assert frames.letters == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert frames.option.format(letter="J", text="x") == "(J) x"
    assert frames.option_prefix == "("
    request = frames.survey.rpartition("\n")[2]
    assert frames.system.endswith(request)
    first, rest = frames.survey_of_country.split("\n", 1)
    assert rest == frames.survey
    assert "{country}" in first
    assert first[-1] in "?؟？。"


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_in_english(language: str) -> None:
    frames, english = load_frames(language), load_frames("en")
    texts = ("name", "system", "survey", "survey_of_country")
    assert all(getattr(frames, key) != getattr(english, key) for key in texts)
    script = SCRIPTS.get(language, "LATIN")
    for text in (frames.system, frames.survey.rpartition("\n")[2]):
        letters = [unicodedata.name(c) for c in text if c.isalpha()]
        assert sum(name.startswith(script) for name in letters) >= len(letters) * 0.25
    others = set(OTHERS) - {language}
    assert frames.system not in {load_frames(other).system for other in others}


@pytest.mark.parametrize("language", LANGUAGES)
def test_shipped_frames_follow_the_schema(language: str) -> None:
    # Read from a path they are checked; read by their name they are trusted.
    assert load_frames(data_path(f"frames/{language}.json")) == load_frames(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_hold_no_hidden_characters(language: str) -> None:
    text = data_path(f"frames/{language}.json").read_text(encoding="utf-8")
    assert unicodedata.normalize("NFC", text) == text
    # Format and control characters, also such as turn the direction of writing.
    assert {c for c in text if unicodedata.category(c)[0] == "C"} == {"\n"}
    assert {c for c in text if c.isspace()} == {" ", "\n"}


@pytest.mark.parametrize("language", OTHERS)
def test_countries_have_names_of_their_own(language: str) -> None:
    countries = load_frames(language).countries
    assert set(COUNTRIES) <= set(countries) <= set(load_pack("en").countries)
    assert set(countries) == set(load_frames("fr").countries)
    assert len(set(countries.values())) == len(countries)


def test_names_stand_as_the_language_writes_them() -> None:
    first = {
        language: load_frames(language).survey_of_country.split("\n")[0] for language in LANGUAGES
    }
    # Languages that bend or lead in a name ask of "this country" and leave the name as it is.
    for language in ("de", "fr", "pt", "ru", "tr"):
        head = first[language].partition("{country}")
        assert head[0].rstrip().endswith(":")
        assert head[2].startswith(". ")
    filled = {
        language: first[language].format(country=load_frames(language).country("JPN"))
        for language in ("ko", "ja", "zh", "ar", "ru")
    }
    assert filled == {
        "ko": "일본 사람은 이 질문에 어떻게 답할까요?",
        "ja": "日本の人はこの質問にどう答えるでしょうか。",
        "zh": "来自日本的人会怎样回答这个问题？",
        "ar": "كيف سيجيب شخص من اليابان عن هذا السؤال؟",
        "ru": "Страна: Япония. Как на этот вопрос ответил бы человек из этой страны?",
    }


def test_a_country_without_a_name_is_called_as_the_caller_says() -> None:
    frames = load_frames("hi")
    assert frames.country("IND", "India") == "भारत"
    assert frames.country("ATA", "Antarctica") == "Antarctica"
    assert frames.country("Britain") == "Britain"


def test_english_alone_words_requests_for_translations() -> None:
    english = load_frames("en")
    assert english.translation.format(language="Hindi", question="Q?", options="1: a").startswith(
        "Translate the question and its options into Hindi.\nQuestion: Q?\n1: a\nEND\n"
    )
    assert all(not load_frames(language).translation for language in OTHERS)


def test_frames_of_ones_own_are_read(tmp_path: Path) -> None:
    path = changed(lambda f: f.update(language="gsw", letters="XYZ"), tmp_path)
    assert load_frames(path).language == "gsw"
    assert load_frames(str(path)).letters == "XYZ"
    assert load_frames(path).country("DEU") == "Deutschland"
    # They may change between two readings.
    changed(lambda f: f.update(system="Ja {nein}"), tmp_path)
    assert load_frames(path).system == "Ja {nein}"
    loud = path.rename(tmp_path / "LOUD.JSON")
    assert load_frames(str(loud)).system == "Ja {nein}"


def test_names_of_countries_are_those_of_the_pack_where_the_file_has_none(tmp_path: Path) -> None:
    path = changed(lambda f: f.pop("countries"), tmp_path)
    assert load_frames(path).countries == {}
    path = changed(lambda f: (f.pop("countries"), f.update(language="en")), tmp_path)
    assert load_frames(path).countries == load_pack("en").countries
    path = changed(lambda f: f.update(language="en", countries={"JPN": "Nippon"}), tmp_path)
    assert load_frames(path).countries == {"JPN": "Nippon"}
    path = changed(lambda f: f.update(language="en", countries={}), tmp_path)
    assert load_frames(path).country("JPN") == "JPN"


@pytest.mark.parametrize(
    ("change", "place", "fault"),
    [
        (lambda f: f.pop("survey"), "the file", "'survey' is a required property"),
        (lambda f: f.update(extra=1), "the file", "'extra' was unexpected"),
        (lambda f: f.update(format=2), "format", "1 was expected"),
        (lambda f: f.update(language="German"), "language", "does not match"),
        (lambda f: f.update(letters="ABCA"), "letters", "'ABCA' does not match"),
        (lambda f: f.update(letters="A"), "letters", "too short"),
        (lambda f: f.update(letters="A B"), "letters", "'A B' does not match"),
        (lambda f: f.update(system=""), "system", "''"),
        (lambda f: f.update(survey=5), "survey", "5 is not of type 'string'"),
        (lambda f: f.update(survey="{question}"), "survey", "{options} is missing; its fields are"),
        (lambda f: f.update(option="{letter}: {text} {x}"), "option", "{x} is no field"),
        (lambda f: f.update(option="{letter:>3} {text}"), "option", "{letter} has a format"),
        (lambda f: f.update(survey_of_country=f["survey"]), "survey_of_country", "{country} is mi"),
        (lambda f: f.update(survey=f["survey"] + "{"), "survey", "Single '{' encountered"),
        (lambda f: f.update(translation="x"), "the file", "'translation_system' is a dependency"),
        (
            lambda f: f.update(translation_system="x", translation="{question} {options}"),
            "translation",
            "{language} is missing",
        ),
        (lambda f: f["countries"].update(Japan="Japan"), "countries", "'Japan' does not match"),
        (lambda f: f["countries"].update(JPN=" "), "countries.JPN", "' '"),
    ],
)
def test_a_fault_is_named_with_its_place(
    tmp_path: Path, change: Callable[[Content], object], place: str, fault: str
) -> None:
    with pytest.raises(DataFileError) as caught:
        load_frames(changed(change, tmp_path))
    text = str(caught.value)
    assert text.startswith(f"mine.json, {place}: ")
    assert fault in text
    assert text.endswith("see data/frames/schema.json.")


def test_files_that_are_no_frames_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    with pytest.raises(DataFileError, match="There is no file"):
        load_frames(path)
    for content in (b"{", b"\xff\xfe{}"):
        path.write_bytes(content)
        with pytest.raises(DataFileError, match=r"mine\.json is not JSON"):
            load_frames(path)
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(DataFileError, match=r"the file: .* is not of type 'object'"):
        load_frames(path)
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(DataFileError, match=r"folder\.json cannot be read: .*; name a JSON file"):
        load_frames(tmp_path / "folder.json")


def test_unknown_languages_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="language 'xx'; known: ar, de, en"):
        load_frames("xx")
    # A region is not dropped silently: the words may be another's.
    with pytest.raises(
        UnknownNameError, match="language 'pt-PT'; use 'pt', which is Brazilian Portuguese, or"
    ):
        load_frames("pt-PT")
    with pytest.raises(UnknownNameError, match="Unknown language 'schema'"):
        load_frames("schema")
    for wrong in (None, 5, ["en"]):
        with pytest.raises(InputError, match=r"language is of type .*; give a code or the path"):
            load_frames(wrong)  # type: ignore[arg-type]


def test_what_ships_is_read_once() -> None:
    assert load_frames("vi") is load_frames("vi")
    assert survey_frames._shipped.__wrapped__("vi") == load_frames("vi")
    assert packs._shipped.__wrapped__("en").countries == load_frames("en").countries
