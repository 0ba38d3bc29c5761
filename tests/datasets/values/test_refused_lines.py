"""Lines that cannot be used: each is refused in one sentence that names file and line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from disca_nb.datasets.values import read_value_questions
from disca_nb.errors import InputError

GOOD: dict[str, Any] = {
    "topic": "Tea",
    "question": "Tea?",
    "original": "Tea?",
    "options": {"yes": "supports", "no": "opposes"},
}
Jsonl = Callable[..., Path]
Complaint = Callable[..., str]


def without(field: str) -> dict[str, Any]:
    return {name: value for name, value in GOOD.items() if name != field}


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        ('{"topic": "Tea"', 'mine.jsonl, line 2 is not JSON: \'{"topic": "Tea"\'; write one'),
        ("[1, 2]", "mine.jsonl, line 2 is [1, 2]; write one JSON object in each line."),
        ('{"a": 1, "a": 2}', "mine.jsonl, line 2 has 'a' twice in one object; keep one of"),
        ('{"options": {"yes": "supports", "yes": "opposes"}}', "line 2 has 'yes' twice"),
        (without("topic"), "line 2 lacks the field 'topic'; it has question, original, options."),
        (without("options"), "line 2 lacks the field 'options'; it has topic, question, original."),
        ({**GOOD, "question": " "}, "line 2: question is ' '; it must be a text."),
        ({**GOOD, "original": None}, "line 2: original is None; it must be a text."),
        ({**GOOD, "topic_english": 3}, "line 2: topic_english is 3; it must be a text."),
        ({**GOOD, "options": ["yes", "no"]}, "options is ['yes', 'no']; write a map such as"),
        ({**GOOD, "options": {}}, "line 2: the options' stances are none; options must take two"),
        (
            {**GOOD, "options": {"yes": "supports", "sure": "supports"}},
            "the options' stances are supports, supports; options must take two different ones.",
        ),
        (
            {**GOOD, "options": {"yes": "suports", "no": "opposes"}},
            "option 'yes': Unknown stance 'suports'; did you mean 'supports'? Known: supports, ",
        ),
        ({**GOOD, "options": {"yes": ["supports"], "no": "opposes"}}, "option 'yes': Unknown"),
        ({**GOOD, "options": {"": "supports", "no": "opposes"}}, "an option is ''; it must be a"),
        (
            {**GOOD, "options": {"no ": "supports", "no": "opposes"}},
            "two options are no , no; name each once.",
        ),
        ({**GOOD, "topic": "a\0"}, "line 2: topic holds the character '\\x00', which is no text;"),
        ({**GOOD, "original": "\ud83d?"}, "original holds the character '\\ud83d', which is no"),
        (
            {**GOOD, "options": {"yes\udc00": "supports", "no": "opposes"}},
            "line 2: an option holds the character '\\udc00', which is no text; remove it.",
        ),
        ({**GOOD, "controversial": "yes"}, "controversial is 'yes'; write true or false."),
        ({**GOOD, "rephrase": 2}, "rephrase is 2; write true or false."),
        ({**GOOD, "language": "Germain"}, "line 2: unknown language 'Germain'; did you mean 'ger"),
        ({**GOOD, "country": "Atlantis"}, "line 2: unknown country 'Atlantis'; give a name or an"),
        (GOOD, "line 2: the wording 'Tea?' of the same question is in line 1 already; keep one"),
        (
            {**GOOD, "original": "Coffee?"},
            "line 2: the original 'Coffee?' is the question of no line; add a line that asks it.",
        ),
    ],
    ids=range(25),
)
def test_a_line_that_cannot_be_used_is_named(
    jsonl: Jsonl, complaint: Complaint, bad: dict[str, Any] | str, expected: str
) -> None:
    text = complaint(read_value_questions, jsonl("mine.jsonl", GOOD, bad))
    assert expected in text
    assert text.startswith("mine.jsonl, line 2")


def test_blank_lines_count_as_lines(jsonl: Jsonl, complaint: Complaint) -> None:
    path = jsonl("mine.jsonl", GOOD, "", "", "not JSON")
    assert "line 4 is not JSON" in complaint(read_value_questions, path)


def test_other_line_breaks_within_a_text_are_none(jsonl: Jsonl) -> None:
    text = "Tea?\u2028Or\u0085coffee?"
    row = json.dumps({**GOOD, "question": text, "original": text}, ensure_ascii=False)
    questions = read_value_questions(jsonl("mine.jsonl", row))
    assert questions["wording_text"].values.tolist() == [text]


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_an_empty_file_is_refused(
    write: Callable[..., Path], complaint: Complaint, content: str
) -> None:
    text = complaint(read_value_questions, write("mine.jsonl", content))
    assert text.endswith("mine.jsonl is empty; give a file with one JSON object in each line.")


def test_another_encoding_is_refused(write: Callable[..., Path], complaint: Complaint) -> None:
    row = json.dumps({**GOOD, "topic": "Kräutertee"}, ensure_ascii=False)
    text = complaint(read_value_questions, write("mine.jsonl", row.encode("latin-1")))
    assert text.endswith("mine.jsonl is not UTF-8 text; convert it first.")


def test_a_byte_order_mark_is_no_part_of_a_line(write: Callable[..., Path]) -> None:
    path = write("mine.jsonl", json.dumps(GOOD).encode("utf-8-sig"))
    assert read_value_questions(path).sizes["wording"] == 1


def test_a_folder_without_questions_is_refused(tmp_path: Path, complaint: Complaint) -> None:
    assert complaint(read_value_questions, tmp_path).endswith(
        "has no *.jsonl of value questions; name a folder of them."
    )


def test_languages_that_share_no_question_are_refused(jsonl: Jsonl) -> None:
    other = {**GOOD, "question": "Tee?", "original": "Tee?", "language": "de"}
    with pytest.raises(InputError, match="Languages cannot be aligned: no question in de is one"):
        read_value_questions(jsonl("mine.jsonl", GOOD, other))
