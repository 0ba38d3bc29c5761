"""The published files, where they are there: what the loader must find in them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from disca_nb.datasets.values import (
    aligned_questions,
    checked_questions,
    filters_table,
    keep_validated,
    read_portraits,
    read_value_questions,
    value_files,
    value_report,
)

ROWS = {
    "controversial_chinese_china": 485,
    "controversial_chinese_us": 792,
    "controversial_english_china": 582,
    "controversial_english_germany": 768,
    "controversial_english_japan": 504,
    "controversial_english_us": 653,
    "controversial_german_germany": 640,
    "controversial_german_us": 786,
    "controversial_japanese_japan": 420,
    "controversial_japanese_us": 780,
    "uncontroversial_chinese_china": 435,
    "uncontroversial_english_us": 395,
    "uncontroversial_german_germany": 340,
    "uncontroversial_japanese_japan": 425,
}


@pytest.fixture(scope="module")
def folder(reference_data: Path) -> Path:
    """Return the folder of the published files."""
    found = reference_data / "valueconsistency"
    if not found.is_dir():
        pytest.skip(f"No folder {found}.")
    return found


@pytest.fixture(scope="module")
def questions(folder: Path) -> xr.Dataset:
    """Return all questions."""
    return read_value_questions(folder)


def test_the_counts_are_the_published_ones(questions: xr.Dataset) -> None:
    report = value_report(questions)
    assert report.files == ROWS
    assert questions.sizes["wording"] == report.rows == 8005
    assert (report.topics, report.originals, report.rephrasings) == (335, 1461, 6544)
    assert int((questions["phrasing"] == 0).sum()) == 1461


def test_rephrase_is_false_exactly_where_the_question_is_the_original(
    questions: xr.Dataset,
) -> None:
    assert value_report(questions).rephrase_disagreements == 0


def test_twelve_rows_lack_the_topic_in_english_and_get_it(questions: xr.Dataset) -> None:
    report = value_report(questions)
    assert (report.without_topic_english, report.filled_topic_english) == (12, 12)
    assert report.missing_topic_english == {
        "controversial_chinese_us": 6,
        "controversial_japanese_us": 6,
    }
    of_country = questions["wording_country"].values == "USA"
    names = questions["topic_name"].values[of_country & questions["controversial"].values]
    assert len(set(names.tolist())) == 28


def test_questions_align_across_languages(questions: xr.Dataset) -> None:
    table = aligned_questions(questions)
    found = {
        (row.country, row.language, row.other): (row.shared, row.alone, row.other_alone)
        for row in table.itertuples()
    }
    assert found == {
        ("CHN", "zh", "en"): (97, 0, 0),
        ("USA", "zh", "en"): (131, 1, 0),
        ("USA", "zh", "de"): (131, 1, 0),
        ("USA", "zh", "ja"): (130, 2, 0),
        ("USA", "en", "de"): (131, 0, 0),
        ("USA", "en", "ja"): (129, 2, 1),
        ("USA", "de", "ja"): (129, 2, 1),
        ("DEU", "en", "de"): (128, 0, 0),
        ("JPN", "en", "ja"): (84, 0, 0),
    }
    assert table["exchanged"].tolist() == [3, 0, 0, 0, 0, 0, 0, 0, 0]


def test_a_topic_of_two_countries_is_told_apart(questions: xr.Dataset) -> None:
    names = {str(name) for name in questions["topic_name"].values}
    assert {name for name in names if name.startswith("Euthanasia")} == {
        "Euthanasia (controversial, DEU)",
        "Euthanasia (controversial, USA)",
    }


def test_the_form_is_sound_whatever_is_selected(questions: xr.Dataset) -> None:
    some = questions.isel(wording=np.arange(0, 8005, 97))
    assert checked_questions(some).sizes["wording"] == 83


def test_judged_rephrasings_are_kept(questions: xr.Dataset, folder: Path) -> None:
    kept = keep_validated(questions, folder / "validate" / "paraphrase")
    counts = filters_table(kept).iloc[0]
    # Yes alone: 64 + 88 + 54 + 59 + 51 + 55, and twice yes: 2 + 3.
    assert counts["kept_originals"] == 376
    # Two people of different minds: 2 and 6 originals.
    assert counts["divided_originals"] == 8
    assert counts["unjudged_originals"] == 1461 - (97 + 128 + 84 + 87 + 68 + 85)
    assert counts["kept"] == kept.sizes["wording"] == 376 * 5
    assert set(kept["wording_language"].values.tolist()) == {"zh", "de", "ja"}


@pytest.mark.parametrize(
    ("language", "code", "power"), [("english", "en", "Power"), ("german", "de", "Macht")]
)
def test_portraits_hold_ten_values(folder: Path, language: str, code: str, power: str) -> None:
    portraits = read_portraits(folder / f"pvq_{language}.jsonl")
    values, counts = np.unique(portraits["portrait_value"].values, return_counts=True)
    assert dict(zip(values.tolist(), counts.tolist(), strict=True))["universalism"] == 3
    assert (portraits.sizes["portrait"], len(values)) == (21, 10)
    assert set(portraits["wording_language"].values.tolist()) == {code}
    assert f'"power": "{power}"' in portraits.attrs["condition_text"]


def test_shipped_checksums_are_those_of_the_files(folder: Path) -> None:
    files = value_files()
    for path, sha256, size in files[["path", "sha256", "bytes"]].itertuples(index=False):
        content = (folder / path.removeprefix("data/")).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (sha256, size)
    assert len(files) == 23
