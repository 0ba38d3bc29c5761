"""Surveys in another language: what is read from a reviewed file, and what is refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from translating import BANK, Translator, edited, reviewed, translate

from disca_nb._opinions import read_translation
from disca_nb.datasets.surveys.sample import sample
from disca_nb.errors import DataFileError, UnknownNameError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a translation that nobody has reviewed."""
    target = tmp_path / "mine.csv"
    translate(Translator(), target)
    return target


def test_a_reviewed_translation_is_a_bank_in_that_language(path: Path) -> None:
    edited(path, reviewed)
    bank = BANK.assign_attrs(name="mine").assign_coords(language="en")
    result = read_translation(path, bank)
    assert result["question_text"].values.tolist() == ["Tee oder Kaffee?", "Wie oft singen Sie?"]
    assert result["option_text"].values.tolist() == [
        ["Tee", "Kaffee", ""],
        ["oft", "ab und zu", "nie"],
    ]
    assert result.attrs == {
        "name": "mine",
        "language": "de",
        "translation": "mine.csv (scripted): 7 of 7 texts reviewed",
    }
    texts = ["question_text", "option_text", "language"]
    xr.testing.assert_equal(result.drop_vars(texts[:2]), bank.drop_vars(texts))
    assert bank["question_text"].values[0] == "Tea or coffee?"


def test_some_questions_in_any_order_find_their_rows(path: Path) -> None:
    edited(path, reviewed)
    bank = BANK.isel(question=[1, 0])
    xr.testing.assert_identical(
        read_translation(path, bank), read_translation(path, BANK).isel(question=[1, 0])
    )
    short = BANK.isel(question=[0], option=slice(2))
    assert read_translation(path, short)["option_text"].values.tolist() == [["Tee", "Kaffee"]]
    turned = BANK.transpose("option", "question", "country")
    assert (
        read_translation(path, turned)["option_text"].sel(question="q2", option="2") == "ab und zu"
    )


def test_what_nobody_has_reviewed_is_refused_unless_asked_for(path: Path) -> None:
    def most(table: pd.DataFrame) -> None:
        table["reviewed"] = ["Yes", " YES ", "yes", "no", "yes", "no", "yes"]

    edited(path, most)
    with pytest.raises(DataFileError) as caught:
        read_translation(path, BANK)
    assert str(caught.value) == (
        "mine.csv has 2 texts not reviewed, question 'q2' (row 4) first; correct the translations "
        "and set reviewed to yes, or pass unreviewed=True."
    )
    result = read_translation(path, BANK, unreviewed=True)
    assert result.attrs["translation"] == "mine.csv (scripted): 5 of 7 texts reviewed"
    # What the bank does not ask need not be reviewed.
    assert read_translation(path, BANK.isel(question=[0])).sizes["question"] == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda t: t[t["question"] != "q2"],
            r"lacks 4 texts of the bank, question 'q2' first; call",
        ),
        (lambda t: t.drop(index=5), r"lacks 1 text of the bank, question 'q2', option 2 first"),
        (
            lambda t: t.assign(translation=[*t["translation"][:6], " "]),
            r"1 text without .*option 3 \(r",
        ),
        (
            lambda t: t.assign(translation=[*t["translation"][:6], " OFT "]),
            r"question 'q2': options 1 and 3 are both 'OFT' once translated; word them apart",
        ),
        (
            lambda t: t.assign(source=["Milk?", *t["source"][1:]]),
            r"row 1: the source of question 'q1' is 'Milk\?', but the bank has 'Tea or coffee\?'",
        ),
        (
            lambda t: t.assign(source=[*t["source"][:6], "Never"]),
            r"row 7: the source of question 'q2', option 3 is 'Never', but the bank has 'never'",
        ),
        (
            lambda t: t.assign(field=["text", "1", "3", *t["field"][3:]]),
            r"row 3: .*'q1' has no field '3'",
        ),
        (
            lambda t: t.assign(reviewed="done"),
            r"row 1: reviewed is 'done'; it must be yes, no or unr",
        ),
        (
            lambda t: t.assign(language=["en", *t["language"][1:]]),
            r"has the languages en, de; keep each",
        ),
        (lambda t: pd.concat([t, t.iloc[[1]]]), r"row 8: question 'q1', field '1' is there twice"),
        (lambda t: t.assign(field=["", *t["field"][1:]]), r"row 1: field is ''; it must be a text"),
        (lambda t: t.drop(columns="source"), r"lacks the column source; it has question, field"),
        (lambda t: t.iloc[:0], r"has a header but no rows"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(
    path: Path, change: Callable[[pd.DataFrame], pd.DataFrame], message: str
) -> None:
    edited(path, reviewed)
    edited(path, change)
    with pytest.raises(DataFileError, match=rf"^mine\.csv.*{message}"):
        read_translation(path, BANK)


def test_blanks_of_a_spreadsheet_are_no_change(path: Path) -> None:
    def loosened(table: pd.DataFrame) -> pd.DataFrame:
        reviewed(table)
        table.loc[3, ["source", "translation"]] = [
            "How often\n do you sing? ",
            " Wie oft\nsingen Sie?",
        ]
        return table.drop(columns="reply")

    result = read_translation(edited(path, loosened), BANK)
    assert result["question_text"].values[1] == "Wie oft singen Sie?"
    assert translate(Translator(), path).kept == 2


@pytest.mark.parametrize("language", ["ko", "de"])
def test_the_sample_comes_translated(language: str) -> None:
    bank = sample()
    result = read_translation(f"sample.{language}", bank)
    assert result.attrs["language"] == language
    assert result.attrs["synthetic"] == 1
    assert result.attrs["translation"] == (
        f"sample.{language}.csv (written for this project, MIT): 218 of 218 texts reviewed"
    )
    np.testing.assert_array_equal(result["survey_share"], bank["survey_share"])
    questions = result["question_text"].values.tolist()
    assert len(set(questions)) == 48
    assert all(text.endswith("?") for text in questions)
    for text, english in [
        *zip(questions, bank["question_text"].values, strict=True),
        *zip(result["option_text"].values.ravel(), bank["option_text"].values.ravel(), strict=True),
    ]:
        assert bool(text) == bool(english)
        assert text != english or not text
        assert unicodedata.normalize("NFC", text) == text
        if language == "ko":
            assert all("HANGUL" in unicodedata.name(c) for c in text if c.isalpha())


def test_a_name_is_a_translation_that_ships(tmp_path: Path) -> None:
    with pytest.raises(
        UnknownNameError, match=r"translation 'sample\.fr'; did .* sample\.de, sampl"
    ):
        read_translation("sample.fr", sample())
    with pytest.raises(DataFileError, match="There is no file"):
        read_translation(tmp_path / "sample.de", BANK)
    with pytest.raises(DataFileError, match=r"There is no file sample\.fr\.csv"):
        read_translation("sample.fr.csv", BANK)
    with pytest.raises(
        DataFileError, match=r"sample\.de\.csv lacks 7 texts of the bank, question 'q1'"
    ):
        read_translation("sample.de", BANK)
