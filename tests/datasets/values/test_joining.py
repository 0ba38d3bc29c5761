"""Questions of several files together: the same question has one name, two topics have two."""

from __future__ import annotations

import json

import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from disca_nb.datasets.values import (
    aligned_questions,
    filters_table,
    join_value_questions,
    kept_wordings,
    questions_hash,
    value_report,
)
from disca_nb.datasets.values._alignment import Row, shared_names
from disca_nb.datasets.values._building import from_lines
from disca_nb.datasets.values._lines import Line
from disca_nb.datasets.values.report import report_of
from disca_nb.errors import InputError

PAIR = (("yes", "supports"), ("no", "opposes"))
THREE = (("ja", "supports"), ("weiß nicht", "neutral"), ("nein", "opposes"))


def part(
    stem: str,
    language: str,
    *topics_and_keys: tuple[str, str],
    country: str = "",
    controversial: bool = False,
    options: tuple[tuple[str, str], ...] = PAIR,
) -> xr.Dataset:
    """Return a file's questions; each has one wording, which its key and language name."""
    lines = [
        Line(
            number,
            topic,
            f"{key} ({language})?",
            f"{key} ({language})?",
            options,
            translation_of=key,
            language=language,
            country=country,
            controversial=controversial,
        )
        for number, (topic, key) in enumerate(topics_and_keys, start=1)
    ]
    report = report_of(lines, [line.topic for line in lines], stem)
    return from_lines(lines, stem).assign_attrs(name=stem, source=stem, report=report.to_json())


ENGLISH = part("en", "en", ("Tea", "1"), ("Tea", "2"), ("Milk", "3"))


def names(questions: xr.Dataset) -> list[str]:
    values: list[str] = questions["value_question"].values.tolist()
    return values


def test_translations_take_the_name_of_the_first_part() -> None:
    german = part("de", "de", ("Tee", "2"), ("Tee", "1"), ("Milch", "3"))
    joined = join_value_questions([ENGLISH, german])
    assert names(joined) == ["Tea/1", "Tea/2", "Milk/3", "Tea/2", "Tea/1", "Milk/3"]
    assert joined["wording"].values.tolist()[3:] == ["de:0001", "de:0002", "de:0003"]
    other = join_value_questions([german, ENGLISH])
    assert names(other)[3:] == ["Tee/1", "Tee/2", "Milch/3"]


def test_a_question_without_a_translation_stays_in_its_topic() -> None:
    joined = join_value_questions([ENGLISH, part("de", "de", ("Tee", "1"), ("Tee", "9"))])
    assert names(joined)[3:] == ["Tea/1", "Tea/9"]


def test_two_topics_of_a_language_stay_two() -> None:
    one, two = ("Tee", "1"), ("Tea", "2")
    joined = join_value_questions([ENGLISH, part("de", "de", one, two)])
    assert names(joined)[3:] == ["Tee/1", "Tea/2"]


def test_a_topic_whose_questions_are_of_two_topics_keeps_its_name() -> None:
    joined = join_value_questions(
        [ENGLISH, part("de", "de", ("Trank", "1"), ("Trank", "3"), ("Tea", "2"))]
    )
    assert names(joined)[3:] == ["Trank/1", "Trank/3", "Tea/2"]


def test_countries_and_kinds_do_not_align() -> None:
    far = part("far", "en", ("Tea", "1"), country="JPN")
    kind = part("kind", "en", ("Tea", "1"), controversial=True)
    joined = join_value_questions([ENGLISH, far, kind])
    assert joined["topic_name"].values.tolist() == [
        "Tea (uncontroversial)",
        "Tea (uncontroversial)",
        "Milk",
        "Tea (uncontroversial, JPN)",
        "Tea (controversial)",
    ]
    assert len(set(names(joined))) == 5


def test_joining_one_after_the_other_is_joining_at_once() -> None:
    far = part("far", "en", ("Tea", "1"), country="JPN")
    german = part("de", "de", ("Tee", "1"), ("Milch", "3"))
    at_once = join_value_questions([ENGLISH, far, german], name="all")
    stepwise = join_value_questions([join_value_questions([ENGLISH, far]), german], name="all")
    xr.testing.assert_equal(at_once, stepwise)
    assert questions_hash(at_once) == questions_hash(stepwise)
    assert value_report(at_once) == value_report(stepwise)


def test_parts_may_differ_in_the_number_of_options() -> None:
    german = part("de", "de", ("Tee", "1"), options=THREE)
    joined = join_value_questions([ENGLISH, german])
    assert joined["n_options"].values.tolist() == [2, 2, 2, 3]
    assert joined["option_text"].values[0].tolist() == ["yes", "no", ""]
    assert joined["option_stance"].values[3].tolist() == ["supports", "neutral", "opposes"]


def test_reports_and_filters_are_carried_over() -> None:
    kept = kept_wordings(ENGLISH, ENGLISH["topic_name"].values == "Tea", "tea alone")
    joined = join_value_questions([kept, part("de", "de", ("Tee", "1"))])
    report = value_report(joined)
    # The report is of the files as read.
    assert (report.rows, report.topics, report.files) == (4, 3, {"en": 3, "de": 1})
    assert report.languages == {"en": 3, "de": 1}
    assert filters_table(joined).values.tolist() == [["tea alone", 2, 1]]
    assert json.loads(joined.attrs["filters"])[0]["filter"] == "tea alone"


def test_what_is_synthetic_stays_so() -> None:
    made = part("de", "de", ("Tee", "1")).assign_attrs(synthetic=1, notice="Made up.")
    joined = join_value_questions([ENGLISH, made])
    assert (joined.attrs["synthetic"], joined.attrs["notice"]) == (1, "Made up.")


def test_languages_that_share_no_question_cannot_be_joined() -> None:
    with pytest.raises(InputError, match="no question in de is one in en") as caught:
        join_value_questions([ENGLISH, part("de", "de", ("Tee", "9"))])
    assert "give the lines original_english or translation_of" in str(caught.value)


def test_a_third_language_that_shares_nothing_is_named() -> None:
    german = part("de", "de", ("Tee", "1"))
    with pytest.raises(InputError, match="no question in ko is one in de, en"):
        join_value_questions([ENGLISH, german, part("ko", "ko", ("차", "9"))])


def test_languages_of_two_countries_need_not_align() -> None:
    far = part("far", "ja", ("お茶", "9"), country="JPN")
    assert join_value_questions([ENGLISH, far]).sizes["wording"] == 4


def test_a_file_is_joined_once() -> None:
    with pytest.raises(InputError, match="have the wording 'en:0001'; rename one of their files"):
        join_value_questions([ENGLISH, ENGLISH])


def test_pairs_of_languages_are_counted() -> None:
    turned = tuple(reversed(PAIR))
    joined = join_value_questions(
        [
            ENGLISH,
            part("de", "de", ("Tee", "1"), ("Tee", "9"), options=turned),
            part("ko", "ko", ("차", "2")),
        ]
    )
    table = aligned_questions(joined)
    assert table[
        ["language", "other", "shared", "alone", "other_alone", "exchanged"]
    ].values.tolist() == [
        ["en", "de", 1, 2, 1, 1],
        ["en", "ko", 1, 2, 0, 0],
        ["de", "ko", 0, 2, 1, 0],
    ]


ROWS = st.lists(
    st.builds(
        Row,
        st.tuples(st.booleans(), st.sampled_from(["", "JPN"])),
        st.sampled_from(["en", "de", "ko"]),
        st.sampled_from("ABC"),
        st.sampled_from("123"),
    ),
    max_size=12,
)


@given(ROWS)
def test_names_never_mix_kinds_or_the_topics_of_a_language(rows: list[Row]) -> None:
    topics, questions = shared_names(rows)
    assert all(
        question.startswith(f"{topic}/") for topic, question in zip(topics, questions, strict=True)
    )
    of_topic: dict[str, set[tuple[bool, str]]] = {}
    for row, topic in zip(rows, topics, strict=True):
        of_topic.setdefault(topic, set()).add(row.kind)
    assert all(len(kinds) == 1 for kinds in of_topic.values())
    for kind, language in {row[:2] for row in rows}:
        pairs = {
            (row.topic, topic)
            for row, topic in zip(rows, topics, strict=True)
            if row[:2] == (kind, language)
        }
        assert len({old for old, _ in pairs}) == len(pairs)
