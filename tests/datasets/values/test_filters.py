"""Lists of judged rephrasings: what they keep, and what they say they removed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from disca_nb.datasets.values import filters_table, keep_validated, kept_wordings
from disca_nb.datasets.values._building import from_lines
from disca_nb.datasets.values._lines import Line
from disca_nb.errors import DataFileError, InputError, ParameterError

PAIR = (("yes", "supports"), ("no", "opposes"))
QUESTIONS = from_lines(
    [
        Line(number, "Drinks", text, original, PAIR)
        for number, (text, original) in enumerate(
            [
                ("Tea?", "Tea?"),
                ("Any tea?", "Tea?"),
                ("Milk?", "Milk?"),
                ("Any milk?", "Milk?"),
                ("Beer?", "Beer?"),
                ("Wine?", "Wine?"),
            ],
            start=1,
        )
    ],
    "mine",
)
HEADER = "original,questions_equivalent\n"
Write = Callable[[str, str], Path]


def kept_texts(questions: object) -> list[str]:
    texts: list[str] = questions["wording_text"].values.tolist()  # type: ignore[index]
    return texts


def test_originals_that_were_judged_to_be_the_same_are_kept(write: Write) -> None:
    path = write("mine.csv", HEADER + "Tea?,yes\nMilk?,no\nBeer?,Yes \n")
    kept = keep_validated(QUESTIONS, path)
    assert kept_texts(kept) == ["Tea?", "Any tea?", "Beer?"]
    assert filters_table(kept).to_dict("records") == [
        {
            "filter": "validated, unjudged: remove",
            "kept": 3,
            "removed": 3,
            "kept_originals": 2,
            "removed_originals": 2,
            "unjudged_originals": 1,
            "divided_originals": 0,
        }
    ]


def test_originals_of_one_text_are_counted_one_by_one(write: Write) -> None:
    texts = QUESTIONS.wording_text.where(QUESTIONS.wording_text != "Beer?", "Wine?")
    kept = keep_validated(
        QUESTIONS.assign_coords(wording_text=texts), write("mine.csv", HEADER + "Wine?,yes\n")
    )
    assert kept_texts(kept) == ["Wine?", "Wine?"]
    assert filters_table(kept)["kept_originals"].tolist() == [2]


def test_unjudged_originals_are_kept_where_asked(write: Write) -> None:
    path = write("mine.csv", HEADER + "Tea?,yes\nMilk?,no\n")
    kept = keep_validated(QUESTIONS, path, unjudged="keep")
    assert kept_texts(kept) == ["Tea?", "Any tea?", "Beer?", "Wine?"]


def test_the_majority_counts_and_a_tie_does_not_keep(write: Write) -> None:
    rows = "Tea?,yes\nTea?,no\nTea?,yes\nMilk?,yes\nMilk?,no\nBeer?,no\n"
    kept = keep_validated(QUESTIONS, write("mine.csv", HEADER + rows))
    assert kept_texts(kept) == ["Tea?", "Any tea?"]
    assert filters_table(kept)["divided_originals"].tolist() == [2]


def test_judgements_of_several_lists_are_put_together(write: Write, tmp_path: Path) -> None:
    one = write("one.csv", HEADER + "Tea?,yes\nMilk?,yes\n")
    two = write("two.csv", HEADER + "Milk?,no\n")
    write("one_mturk_form.csv", "something\nelse\n")
    expected = ["Tea?", "Any tea?"]
    assert kept_texts(keep_validated(QUESTIONS, [one, two])) == expected
    assert kept_texts(keep_validated(QUESTIONS, tmp_path)) == expected


def test_filters_add_up(write: Write) -> None:
    path = write("mine.csv", HEADER + "Tea?,yes\nMilk?,no\nWine?,yes\n")
    validated = keep_validated(QUESTIONS, path)
    twice = kept_wordings(validated, np.array([True, False, True]), "no rephrasings", {"seen": 3})
    table = filters_table(twice)
    assert table[["kept", "removed"]].values.tolist() == [[3, 3], [2, 1]]
    assert table["seen"].tolist()[1] == 3


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("original\nTea?\n", "mine.csv lacks the column questions_equivalent"),
        (HEADER + "Tea?,maybe\n", "row 1: questions_equivalent is 'maybe'; write yes or no"),
        (HEADER + "Tea?,\n", "row 1: questions_equivalent is ''; it must be a text"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(write: Write, content: str, complaint: str) -> None:
    with pytest.raises(DataFileError, match=complaint):
        keep_validated(QUESTIONS, write("mine.csv", content))


def test_lists_of_other_questions_are_refused(write: Write) -> None:
    path = write("mine.csv", HEADER + "Coffee?,yes\n")
    with pytest.raises(InputError, match=r"None of the 6 wordings has its original in .*mine\.csv"):
        keep_validated(QUESTIONS, path)


def test_nothing_left_is_refused(write: Write) -> None:
    path = write("mine.csv", HEADER + "Tea?,no\n")
    with pytest.raises(InputError, match="removes all 6 wordings; filter less strictly"):
        keep_validated(QUESTIONS, path)


def test_lists_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There are 0 lists of judgements"):
        keep_validated(QUESTIONS, [])
    with pytest.raises(DataFileError, match=r"has no .*csv of judgements"):
        keep_validated(QUESTIONS, tmp_path)


def test_unjudged_is_one_of_two(write: Write) -> None:
    path = write("mine.csv", HEADER + "Tea?,yes\n")
    with pytest.raises(ParameterError, match="unjudged is 'drop'; choose remove or keep"):
        keep_validated(QUESTIONS, path, unjudged="drop")  # type: ignore[arg-type]
