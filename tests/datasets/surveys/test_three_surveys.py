"""Three made-up surveys in three formats, put together and compared with two made-up models."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import xarray as xr
from scipy.spatial.distance import jensenshannon

from disca_nb import read_responses
from disca_nb.datasets.surveys import read_survey, report, unify
from disca_nb.metrics.opinions import representation, representation_table

# Korea is in all three, under three names; each of the others is in one.
KOREA = {
    "Panel A:q1": [0.25, 0.75],
    "Panel A:q2": [0.5, 0.0, 0.5],
    "Panel B:p1": [0.6, 0.4],
    "Panel C:0000": [0.2, 0.3, 0.5],
}
OTHERS = {
    "JPN": {"Panel A:q1": [1.0, 0.0], "Panel A:q2": [0.0, 1.0, 0.0]},
    "BRA": {"Panel B:p1": [0.0, 1.0]},
    "USA": {"Panel C:0000": [1.0, 0.0, 0.0]},
}


def panel_a(folder: Path) -> xr.Dataset:
    """Return a survey of SPSS: respondents with weights, of whom one does not know."""
    people = pd.DataFrame(
        {
            "land": [1.0, 1.0, 1.0, 2.0, 2.0],
            "w": [1.0, 3.0, 4.0, 1.0, 1.0],
            "q1": [1.0, 2.0, 8.0, 1.0, 1.0],
            "q2": [1.0, 1.0, 3.0, 2.0, 2.0],
        }
    )
    file = folder / "panel_a.sav"
    pyreadstat.write_sav(
        people,
        file,
        column_labels={"q1": "Is it going well?", "q2": "How happy are you?"},
        variable_value_labels={
            "land": {1: "Republic of Korea", 2: "Japan"},
            "q1": {1: "Yes", 2: "No", 8: "Don't know"},
            "q2": {1: "Happy", 2: "So so", 3: "Unhappy"},
        },
    )
    options = {"country": "land", "weight": "w", "survey": "Panel A", "wave": "2019"}
    return read_survey(file, drop="missing", **options)


def panel_b(folder: Path) -> xr.Dataset:
    """Return a survey of a spreadsheet: percentages with decimal commas."""
    file, mapping = folder / "panel_b.csv", folder / "panel_b.yml"
    file.write_text(
        "item;wording;answer;land;pct\n"
        "p1;Is trade good?;Good;S. Korea;60,0\np1;Is trade good?;Bad;S. Korea;40,0\n"
        "p1;Is trade good?;Good;Brasil;0,0\np1;Is trade good?;Bad;Brasil;100,0\n",
        encoding="utf-8",
    )
    mapping.write_text(
        "survey: Panel B\nlayout: shares\nunit: percent\ndecimal: ','\n"
        "columns: {question: item, text: wording, option: answer, country: land, share: pct}\n",
        encoding="utf-8",
    )
    return read_survey(file, mapping=mapping)


def panel_c(folder: Path) -> xr.Dataset:
    """Return a survey in the form of GlobalOpinionQA."""
    row = {
        "question": "Who leads the world?",
        "options": ["The near", "The far", "Nobody"],
        "source": "Panel C",
        "selections": {"South Korea": [0.2, 0.3, 0.5], "U.S.": [1.0, 0.0, 0.0]},
    }
    file = folder / "panel_c.jsonl"
    file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    return read_survey(file)


@pytest.fixture
def bank(tmp_path: Path) -> xr.Dataset:
    return unify([panel_a(tmp_path), panel_b(tmp_path), panel_c(tmp_path)])


@pytest.fixture
def answers(bank: xr.Dataset, tmp_path: Path) -> xr.Dataset:
    """Return the answers of a model that answers as Koreans do and of one that cannot decide."""
    lines = []
    for question, shares in KOREA.items():
        for model, probs in (("korean", shares), ("undecided", [1 / len(shares)] * len(shares))):
            letters = dict(zip("ABC", probs, strict=False))
            line = {"model": model, "prompting": "default", "question": question, "probs": letters}
            lines.append(json.dumps(line))
    file = tmp_path / "answers.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    return read_responses(file, bank=bank)


def mean_similarity(one: dict[str, list[float]], other: dict[str, list[float]]) -> float:
    """Return the mean of 1 minus SciPy's distance over the questions that both have."""
    return float(np.mean([1 - jensenshannon(one[q], other[q], 2) for q in one if q in other]))


def test_three_spellings_are_one_country(bank: xr.Dataset) -> None:
    assert sorted(bank.country.values.tolist()) == ["BRA", "JPN", "KOR", "USA"]
    assert bank.question.values.tolist() == list(KOREA)
    for country, cells in {"KOR": KOREA, **OTHERS}.items():
        for question in KOREA:
            share = bank.survey_share.sel(country=country, question=question).values
            own = cells.get(question, [])
            np.testing.assert_allclose(share, [*own, *[np.nan] * (3 - len(own))], atol=1e-12)


def test_what_was_removed_and_who_was_asked_stay_visible(bank: xr.Dataset) -> None:
    # 4 of 8 Korean weights did not know; two people are left.
    removed = bank.removed_share.sel(country="KOR").values
    np.testing.assert_allclose(removed, [0.5, 0.0, 0.0, 0.0])
    np.testing.assert_array_equal(
        bank.respondents.sel(country="KOR").values, [2.0, 3.0, np.nan, np.nan]
    )
    assert bank.weight_used.values.tolist() == ["w", "w", "none", "none"]
    assert bank.wave.values.tolist() == ["2019", "2019", "", ""]
    found = report(bank)
    assert found.surveys == {"Panel A": 2, "Panel B": 1, "Panel C": 1}
    assert found.dropped == {"option that stands for no answer": 1}
    assert found.suspicious == {}
    assert (found.rows, found.countries) == (5 + 4 + 1, 4)


def test_all_questions_compare_with_two_models(bank: xr.Dataset, answers: xr.Dataset) -> None:
    with pytest.warns(UserWarning, match="uniform"):  # the undecided model is that responder
        result = representation(bank, answers, n_boot=200)
    korean = result.sel(model="korean", prompting="default")
    assert korean.similarity.sel(country="KOR").item() == pytest.approx(1.0)
    assert korean["rank"].sel(country="KOR").item() == 1.0
    assert korean.n_questions.sel(country=["KOR", "JPN", "BRA"]).values.tolist() == [4, 2, 1]
    even = {question: [1 / len(shares)] * len(shares) for question, shares in KOREA.items()}
    for country, cells in {"KOR": KOREA, **OTHERS}.items():
        one = result.sel(country=country, prompting="default")
        assert one.similarity.values == pytest.approx(
            [mean_similarity(cells, KOREA), mean_similarity(cells, even)]
        )
        assert one.similarity_uniform.item() == pytest.approx(mean_similarity(cells, even))
    undecided = result.sel(model="undecided")
    np.testing.assert_allclose(undecided.excess.values, 0.0, atol=1e-12)
    assert "Spearman" in representation_table(result).attrs["notes"]


def test_common_questions_are_those_of_one_survey(bank: xr.Dataset, answers: xr.Dataset) -> None:
    result = representation(bank, answers, mode="common", countries=["KOR", "JPN"], n_boot=200)
    assert result.n_questions.values.tolist() == [2, 2]
    own = {question: KOREA[question] for question in OTHERS["JPN"]}
    assert result.similarity.sel(model="korean", prompting="default").values == pytest.approx(
        [1.0, mean_similarity(own, OTHERS["JPN"])]
    )


def test_no_question_is_common_to_countries_of_different_surveys(
    bank: xr.Dataset, answers: xr.Dataset
) -> None:
    with pytest.warns(UserWarning, match="No question was answered by all 4 compared countries"):
        result = representation(bank, answers, mode="common", n_boot=50)
    assert result.similarity.count() == 0
    assert not result.n_questions.any()
