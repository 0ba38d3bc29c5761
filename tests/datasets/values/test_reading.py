"""Files of value questions: what each line becomes, and where what it does not say comes from."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xarray as xr

from disca_nb.datasets.values import read_value_questions, value_report
from disca_nb.errors import InputError, UnknownNameError
from disca_nb.results import open_results, save_results

YES_NO = {"yes": "supports", "no": "opposes"}
Jsonl = Callable[..., Path]


def line(question: str, original: str = "", topic: str = "Tea", **fields: object) -> dict[str, Any]:
    """Return a line of a file; without an original the question is its own."""
    own = {"topic": topic, "question": question, "original": original or question}
    return {**own, "options": YES_NO, **fields}


def column(questions: xr.Dataset, name: str) -> list[Any]:
    values: list[Any] = questions[name].values.tolist()
    return values


def test_each_line_is_a_wording(jsonl: Jsonl) -> None:
    path = jsonl(
        "mine.jsonl",
        line("Is tea fine?", "Do you like tea?"),
        line("Do you like tea?"),
        "",
        line("Is tea good?", "Do you like tea?"),
        line("Is tea dull?", options={"no": "supports", "so so": "neutral", "yes": "opposes"}),
    )
    questions = read_value_questions(path)
    assert column(questions, "wording") == [f"mine:000{k}" for k in (1, 2, 4, 5)]
    assert column(questions, "wording_text")[2] == "Is tea good?"
    assert column(questions, "phrasing") == [1, 0, 2, 0]
    assert column(questions, "topic_name") == ["Tea"] * 4
    same = ["Tea/Do you like tea?"] * 3
    assert column(questions, "value_question") == [*same, "Tea/Is tea dull?"]
    assert column(questions, "n_options") == [2, 2, 2, 3]
    assert column(questions, "option_text")[0] == ["yes", "no", ""]
    assert column(questions, "option_stance")[3] == ["supports", "neutral", "opposes"]
    assert column(questions, "option") == ["1", "2", "3"]
    assert questions["option_stance"].dims == ("wording", "option")


def test_a_question_may_have_one_wording_only(jsonl: Jsonl) -> None:
    questions = read_value_questions(jsonl("mine.jsonl", line("Tea?")))
    assert column(questions, "phrasing") == [0]


def test_without_facts_a_file_is_english_of_no_country_and_not_controversial(jsonl: Jsonl) -> None:
    questions = read_value_questions(jsonl("mine.jsonl", line("Tea?")))
    assert column(questions, "wording_language") == ["en"]
    assert column(questions, "wording_country") == [""]
    assert column(questions, "controversial") == [False]


def test_the_file_name_says_kind_language_and_country(jsonl: Jsonl) -> None:
    questions = read_value_questions(jsonl("controversial_german_us.jsonl", line("Tee?")))
    assert column(questions, "wording_language") == ["de"]
    assert column(questions, "wording_country") == ["USA"]
    assert column(questions, "controversial") == [True]


def test_a_line_goes_before_the_file_name_and_a_parameter_before_both(jsonl: Jsonl) -> None:
    said = line("Tee?", language="Korean", country="Japan", controversial=0)
    path = jsonl("controversial_german_us.jsonl", said)
    by_line = read_value_questions(path)
    assert column(by_line, "wording_language") == ["ko"]
    assert column(by_line, "wording_country") == ["JPN"]
    assert column(by_line, "controversial") == [False]
    named = read_value_questions(path, language="fr", country="", controversial=True)
    assert column(named, "wording_language") == ["fr"]
    assert column(named, "wording_country") == [""]
    assert column(named, "controversial") == [True]


def test_a_name_that_would_not_do_does_where_everything_is_named(jsonl: Jsonl) -> None:
    path = jsonl("controversial_elvish_us.jsonl", line("Tea?"))
    named = read_value_questions(path, language="en", country="USA", controversial=True)
    assert named.sizes["wording"] == 1


def test_topics_take_their_english_name_and_questions_their_english_original(
    jsonl: Jsonl,
) -> None:
    english = {"topic_english": "Tea", "original_english": "Tea?"}
    path = jsonl("mine.jsonl", line("Tee?", topic="Tee", **english))
    questions = read_value_questions(path, language="de")
    assert column(questions, "topic_name") == ["Tea"]
    assert column(questions, "value_question") == ["Tea/Tea?"]


def test_a_missing_english_topic_is_that_of_the_same_topic_and_counted(jsonl: Jsonl) -> None:
    path = jsonl(
        "mine.jsonl",
        line("Tee?", topic="Tee", topic_english="Tea"),
        line("Viel Tee?", topic="Tee", topic_english=None),
        line("Milch?", topic="Milch"),
    )
    questions = read_value_questions(path, language="de")
    assert column(questions, "topic_name") == ["Tea", "Tea", "Milch"]
    report = value_report(questions)
    assert (report.without_topic_english, report.filled_topic_english) == (2, 1)
    assert report.missing_topic_english == {"mine": 2}


def test_two_english_names_of_a_topic_fill_nothing(jsonl: Jsonl) -> None:
    path = jsonl(
        "mine.jsonl",
        line("Tee?", topic="Tee", topic_english="Tea"),
        line("Kräutertee?", topic="Tee", topic_english="Herbal tea"),
        line("Viel Tee?", topic="Tee"),
    )
    assert column(read_value_questions(path), "topic_name") == ["Tea", "Herbal tea", "Tee"]


def test_rephrase_is_recomputed_and_disagreements_are_counted(jsonl: Jsonl) -> None:
    path = jsonl(
        "mine.jsonl",
        line("Tea?", rephrase=1),
        line("Any tea?", "Tea?", rephrase=True),
        line("Some tea?", "Tea?", rephrase=False),
        line("More tea?", "Tea?"),
    )
    questions = read_value_questions(path)
    assert column(questions, "phrasing") == [0, 1, 2, 3]
    assert value_report(questions).rephrase_disagreements == 2


def test_languages_of_one_file_align_by_what_they_translate(jsonl: Jsonl) -> None:
    path = jsonl(
        "mine.jsonl",
        line("Tea?", language="en"),
        line("Tee?", topic="Tee", language="de", translation_of="Tea?"),
        line("Etwas Tee?", "Tee?", topic="Tee", language="de", translation_of="Tea?"),
    )
    questions = read_value_questions(path)
    assert column(questions, "value_question") == ["Tea/Tea?"] * 3
    assert column(questions, "topic_name") == ["Tea"] * 3
    assert column(questions, "phrasing") == [0, 0, 1]


def test_a_label_of_ones_own_aligns_too(jsonl: Jsonl) -> None:
    path = jsonl(
        "mine.jsonl",
        line("Tea?", language="en", translation_of="tea-1"),
        line("Tee?", topic="Tee", language="de", translation_of="tea-1"),
    )
    assert column(read_value_questions(path), "value_question") == ["Tea/tea-1"] * 2


def test_a_folder_is_joined_without_portraits_and_other_files(jsonl: Jsonl) -> None:
    jsonl("set/controversial_english_us.jsonl", line("Tea?"))
    english = {"topic_english": "Tea", "original_english": "Tea?"}
    jsonl("set/controversial_german_us.jsonl", line("Tee?", topic="Tee", **english))
    jsonl("set/pvq_german.jsonl", "no question")
    folder = jsonl("set/notes.txt", "no question").parent
    questions = read_value_questions(folder)
    assert column(questions, "wording_language") == ["en", "de"]
    assert column(questions, "value_question") == ["Tea/Tea?"] * 2
    assert questions.attrs["name"] == "set"
    assert value_report(questions).files == {
        "controversial_english_us": 1,
        "controversial_german_us": 1,
    }


def test_questions_survive_saving(jsonl: Jsonl, tmp_path: Path) -> None:
    questions = read_value_questions(jsonl("mine.jsonl", line("Tee ist schön?", topic="Tee")))
    save_results(questions, tmp_path / "q.nc")
    opened = open_results(tmp_path / "q.nc")
    xr.testing.assert_equal(opened, questions)
    assert value_report(opened) == value_report(questions)


def test_the_report_says_what_was_found(jsonl: Jsonl) -> None:
    path = jsonl("mine.jsonl", line("Tea?"), line("Any tea?", "Tea?"), line("Milk?", topic="Milk"))
    report = value_report(read_value_questions(path))
    assert (report.rows, report.topics, report.originals, report.rephrasings) == (3, 2, 2, 1)
    assert str(report).splitlines() == [
        "mine: 3 rows, 2 topics, 2 originals, 1 rephrasing",
        "files: mine 3",
        "languages: en 3",
        "field rephrase is not (question differs from original): 0 rows",
    ]


def test_questions_without_a_report_are_refused() -> None:
    with pytest.raises(InputError, match="no attribute 'report'; read them again"):
        value_report(xr.Dataset())
    with pytest.raises(InputError, match="which is none; read the questions again"):
        value_report(xr.Dataset(attrs={"report": json.dumps([1])}))


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("controversial_germain_us", r"file name .*'germain'; did you mean 'german'\?"),
        ("uncontroversial_german_germny", "Unknown country 'germny'; did you mean 'Germany', or"),
        ("controversial_german", "name it controversial_LANGUAGE_COUNTRY.jsonl"),
    ],
)
def test_a_file_name_that_says_nothing_known_is_refused(
    jsonl: Jsonl, name: str, complaint: str
) -> None:
    path = jsonl(f"{name}.jsonl", line("Tee?"))
    with pytest.raises(InputError, match=complaint):
        read_value_questions(path)


def test_an_unknown_language_of_a_parameter_is_refused(jsonl: Jsonl) -> None:
    with pytest.raises(UnknownNameError, match=r"'englich'; did you mean 'english'\?"):
        read_value_questions(jsonl("mine.jsonl", line("Tea?")), language="englich")


def test_controversial_must_be_true_or_false(jsonl: Jsonl) -> None:
    path = jsonl("mine.jsonl", line("Tea?"))
    with pytest.raises(InputError, match="controversial is 'yes'; give True or False"):
        read_value_questions(path, controversial="yes")  # type: ignore[arg-type]
