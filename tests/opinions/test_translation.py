"""Translating a survey by a model: what is asked, what is kept, and what is never lost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from translating import BANK, MANY, TEXTS, Translator, edited, reviewed, rows_of, survey, translate

from disca_nb import models
from disca_nb._data import data_path
from disca_nb._opinions import TranslationReport, read_translation, translate_survey
from disca_nb.datasets.surveys.sample import sample
from disca_nb.errors import DataFileError, InputError, UnknownNameError
from disca_nb.prompts import Prompt


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a translation that nobody has reviewed."""
    target = tmp_path / "mine.csv"
    translate(Translator(), target)
    return target


def test_a_question_is_one_request_with_its_options(tmp_path: Path) -> None:
    model = Translator()
    translate(model, tmp_path / "mine.csv")
    assert model.asked[1] == Prompt(
        "You translate survey questions. Change no meaning and add nothing.",
        "Translate the question and its options into German.\n"
        "Question: How often do you sing?\n1: often\n2: now and then\n3: never\nEND\n"
        "Reply with the same lines in German. Keep Question:, the numbers and END as they are, "
        "and write nothing else.",
    )


def test_translations_are_kept_for_review(tmp_path: Path) -> None:
    target = tmp_path / "new" / "mine.csv"
    report = translate(Translator(), target)
    lines = target.read_bytes().decode("utf-8").splitlines()
    assert lines == [
        "\ufeffquestion,field,source,translation,language,model,reviewed,reply",
        "q1,text,Tea or coffee?,Tee oder Kaffee?,de,scripted,no,",
        "q1,1,tea,Tee,de,scripted,no,",
        "q1,2,coffee,Kaffee,de,scripted,no,",
        "q2,text,How often do you sing?,Wie oft singen Sie?,de,scripted,no,",
        "q2,1,often,oft,de,scripted,no,",
        "q2,2,now and then,ab und zu,de,scripted,no,",
        "q2,3,never,nie,de,scripted,no,",
    ]
    assert report == TranslationReport(target, "German", 0, 2, 0, 7)
    assert str(report) == (
        "Questions into German: 2 translated, 0 with a reply off the format, 0 kept as they were.\n"
        "7 texts in mine.csv wait for review: correct the translations and set reviewed to yes."
    )


GOOD = "Question: Tee oder Kaffee?\n1: Tee\n2: Kaffee\nEND"


@pytest.mark.parametrize("reply", [GOOD, f"  {GOOD}\n\n", GOOD.replace("\n", "\r\n")])
def test_blanks_around_lines_are_no_fault(tmp_path: Path, reply: str) -> None:
    target = tmp_path / "mine.csv"
    assert translate(Translator(lambda _: reply), target, BANK.isel(question=[0])).translated == 1
    assert [row["translation"] for row in rows_of(target).values()] == [
        "Tee oder Kaffee?",
        "Tee",
        "Kaffee",
    ]


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I cannot translate this.",
        GOOD.removesuffix("\nEND"),  # it was cut off
        GOOD.removesuffix("END") + "EN",
        f"Sure!\n{GOOD}",
        f"{GOOD}\nI hope this helps.",
        f"```\n{GOOD}\n```",
        GOOD.replace("1: Tee\n", ""),
        GOOD.replace("\n2:", "\n\n2:"),
        GOOD.replace("2: Kaffee", "2: Kaffee\n3: Kakao"),
        GOOD.replace("1:", "(1)"),
        GOOD.replace("1:", "2:"),
        GOOD.replace("Question:", "Frage:"),
        GOOD.replace("1: Tee\n2: Kaffee", "2: Kaffee\n1: Tee"),
        GOOD.replace("2: Kaffee", "2:"),
        GOOD.replace("Kaffee\nEND", "Kaf\x00fee\nEND"),
        GOOD.replace("Kaffee\nEND", "Kaf\ud83dfee\nEND"),
        "\x00\r\n\x1a, \"quoted\";\n'=1+1'\u2028\ud83d",
    ],
)
def test_a_reply_off_the_format_is_kept_as_it_came(tmp_path: Path, reply: str) -> None:
    target = tmp_path / "mine.csv"
    bank = BANK.isel(question=[0])
    report = translate(Translator(lambda _: reply), target, bank)
    assert (report.translated, report.unread, report.waiting) == (0, 1, 3)
    rows = rows_of(target)
    assert [row["reviewed"] for row in rows.values()] == ["unread"] * 3
    assert [row["translation"] for row in rows.values()] == [""] * 3
    assert json.loads(rows["q1", "text"]["reply"]) == reply
    assert rows["q1", "1"]["reply"] == ""
    # Nothing of it is used, reviewed or not.
    with pytest.raises(
        DataFileError, match="3 texts not reviewed, question 'q1' \\(row 1\\) first"
    ):
        read_translation(target, bank)
    with pytest.raises(DataFileError, match="3 texts without a translation, question 'q1' \\(row"):
        read_translation(edited(target, reviewed), bank)
    # A question is asked once; whoever wants another reply deletes its rows.
    again = Translator()
    assert translate(again, target, bank).kept == 1
    assert again.asked == []


def test_rows_that_are_there_are_kept(path: Path) -> None:
    def review(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[0, ["translation", "reviewed"]] = ["Kaffee oder Tee?", " Yes"]
        table.loc[1, "translation"] = "Kräutertee\nmit Honig"
        table["comment"] = ["why?", *[""] * 6]
        return table.drop(index=[2, 5])

    edited(path, review)
    before = rows_of(path)
    model = Translator(lambda text: text.replace("Kaffee", "Mokka"))
    report = translate(model, path)
    assert [prompt.user.split("\n")[1] for prompt in model.asked] == [
        "Question: Tea or coffee?",
        "Question: How often do you sing?",
    ]
    after = rows_of(path)
    assert list(after) == [(q, f) for q, t in TEXTS.items() for f in ["text", *"123"][: len(t)]]
    assert {key: after[key] for key in before} == before
    assert after["q1", "2"]["translation"] == "Mokka"
    assert list(after["q2", "2"].values()) == [
        *("q2", "2", "now and then", "ab und zu", "de", "scripted", "no", "", ""),
    ]
    assert (report.kept, report.translated, report.waiting) == (0, 2, 6)
    whole = path.read_bytes()
    again = Translator()
    assert translate(again, path).kept == 2
    assert again.asked == []
    assert path.read_bytes() == whole


def test_another_bank_of_the_same_file_is_added_behind(path: Path) -> None:
    more = survey({"q0": ("Milk?", "yes", "no"), "q1": TEXTS["q1"]})
    model = Translator()
    translate(model, path, more)
    assert len(model.asked) == 1
    order = list(dict.fromkeys(question for question, _ in rows_of(path)))
    assert order == ["q0", "q1", "q2"]
    assert rows_of(path)["q2", "3"]["translation"] == "nie"


def test_what_was_translated_before_a_fault_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "mine.csv"

    class Failing(Translator):
        def generate(self, prompts: Sequence[Prompt], *, max_new_tokens: int) -> list[str]:
            if self.asked:
                raise ConnectionError
            return super().generate(prompts, max_new_tokens=max_new_tokens)

    with pytest.raises(ConnectionError):
        translate(Failing(), target, MANY)
    assert len(rows_of(target)) == 16 * 3
    model = Translator()
    report = translate(model, target, MANY)
    assert len(model.asked) == 4
    assert (report.kept, report.translated, report.waiting) == (16, 4, 60)
    whole = tmp_path / "whole.csv"
    translate(Translator(), whole, MANY)
    assert target.read_bytes() == whole.read_bytes()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["mine.csv", "whole.csv"]


def test_what_is_reviewed_meanwhile_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "mine.csv"

    class Slow(Translator):
        def generate(self, prompts: Sequence[Prompt], *, max_new_tokens: int) -> list[str]:
            if self.asked:
                edited(target, reviewed)
            return super().generate(prompts, max_new_tokens=max_new_tokens)

    assert translate(Slow(), target, MANY).waiting == 4 * 3
    assert [row["reviewed"] for row in rows_of(target).values()] == ["yes"] * 48 + ["no"] * 12


def test_a_file_of_something_else_is_not_added_to(path: Path) -> None:
    before = path.read_bytes()
    model = Translator()
    with pytest.raises(DataFileError, match="translation into 'de', not into 'ko'; name another"):
        translate_survey(model, BANK, "ko", path, progress=False)
    other = survey({"q1": ("Tea or milk?", "tea", "milk")})
    with pytest.raises(DataFileError, match="row 1: the source of question 'q1' is 'Tea or coff"):
        translate(model, path, other)
    assert model.asked == []
    assert path.read_bytes() == before


def test_what_cannot_be_translated_is_refused_before_asking(tmp_path: Path) -> None:
    target = tmp_path / "mine.csv"
    for silent in (object(), models.HuggingFaceModel, None):
        with pytest.raises(InputError, match="does not write answers of its own; give one with a"):
            translate(silent, target)
    model = Translator()
    with pytest.raises(InputError, match=r"The path is '.*mine'; name a file that ends in \.csv"):
        translate(model, tmp_path / "mine")
    with pytest.raises(InputError, match="lacks 'question_text'"):
        translate(model, target, BANK.drop_vars("question_text"))
    with pytest.raises(InputError, match="The bank is in German already; choose another language"):
        translate(model, target, BANK.assign_attrs(language="de"))
    with pytest.raises(InputError, match="The bank is in English already"):
        translate_survey(model, BANK, "en", target)
    with pytest.raises(UnknownNameError, match="Unknown language 'xx'"):
        translate_survey(model, BANK, "xx", target)
    assert model.asked == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("replies", [["one"], ["a", "b", "c"], ["a", None]])
def test_a_model_must_give_a_text_for_each_prompt(tmp_path: Path, replies: list[str]) -> None:
    class Odd(Translator):
        def generate(self, prompts: Sequence[Prompt], *, max_new_tokens: int) -> list[str]:
            super().generate(prompts, max_new_tokens=max_new_tokens)
            return replies

    with pytest.raises(
        InputError, match=r"'scripted' gave [123] texts for 2 prompts; its generate"
    ):
        translate(Odd(), tmp_path / "mine.csv")
    assert list(tmp_path.iterdir()) == []


def test_frames_of_ones_own_name_the_language(tmp_path: Path) -> None:
    frames = json.loads(data_path("frames/de.json").read_text(encoding="utf-8"))
    frames |= {"language": "gsw", "name": "Swiss German"}
    own = tmp_path / "gsw.json"
    own.write_text(json.dumps(frames), encoding="utf-8")
    model = Translator()
    translate_survey(model, BANK, own, tmp_path / "mine.csv", progress=False)
    assert "options into Swiss German." in model.asked[0].user
    edited(tmp_path / "mine.csv", reviewed)
    assert read_translation(tmp_path / "mine.csv", BANK).attrs["language"] == "gsw"


def test_the_synthetic_model_cannot_translate_and_nothing_hides_it(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the embedded model needs torch")
    target = tmp_path / "synthetic.csv"
    bank = sample().isel(question=slice(3))
    report = translate_survey(
        models.load("demo"), bank, "ko", target, max_new_tokens=32, progress=False
    )
    assert (report.translated, report.unread, report.waiting) == (0, 3, 14)
    rows = rows_of(target)
    assert {row["reviewed"] for row in rows.values()} == {"unread"}
    assert isinstance(json.loads(rows["q01", "text"]["reply"]), str)
    with pytest.raises(DataFileError, match="14 texts not reviewed, question 'q01'"):
        read_translation(target, bank)
    with pytest.raises(DataFileError, match="14 texts without a translation, question 'q01'"):
        read_translation(target, bank, unreviewed=True)
