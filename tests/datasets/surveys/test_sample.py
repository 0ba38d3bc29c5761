"""The shipped sample is synthetic, says so, and was asked and drawn as it says."""

from __future__ import annotations

import importlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import xarray as xr
from embedded.opinions import country_answers
from scipy import stats

from disca_nb.datasets.surveys.report import report
from disca_nb.datasets.surveys.sample import sample
from disca_nb.errors import DataFileError
from disca_nb.kernels.divergence import jensen_shannon_distance
from disca_nb.models import embedded

ROOT = Path(__file__).parents[3]
FILE, SCRIPT = ROOT / "data" / "survey_sample.json", ROOT / "scripts" / "make_survey_sample.py"
CONTENT = json.loads(FILE.read_text(encoding="utf-8"))
COUNTRIES = sorted(CONTENT["respondents"])
FIRST, SECOND = COUNTRIES[0::2], COUNTRIES[1::2]
TASKS = embedded.tasks()["survey"]
QUESTIONS = {one["id"]: one for one in CONTENT["questions"]}


@pytest.fixture(scope="module")
def bank() -> xr.Dataset:
    return sample()


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_survey_sample", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def uniform_similarity(country: str, questions: list[str]) -> float:
    """Return how similar a country's answers are to ones that are uniform over the options."""
    values = []
    for name in questions:
        counts = np.array(QUESTIONS[name]["counts"][country], dtype=float)
        even = np.full(counts.size, 1.0 / counts.size)
        values.append(1.0 - float(jensen_shannon_distance(counts / counts.sum(), even)))
    return float(np.mean(values))


def test_it_has_48_questions_and_20_countries(bank: xr.Dataset) -> None:
    assert dict(bank.sizes) == {"country": 20, "question": 48, "option": 5}
    assert bank.country.values.tolist() == COUNTRIES
    found = report(bank)
    assert (found.questions, found.countries, found.cells, found.kept_cells) == (48, 20, 720, 720)
    assert found.renormalised == 0
    assert (len(found.dropped), len(found.suspicious)) == (0, 0)


def test_it_says_that_it_is_synthetic(bank: xr.Dataset) -> None:
    assert bank.attrs["synthetic"] == 1
    assert "synthetic" in bank.attrs["notice"]
    assert "nobody was asked" in bank.attrs["notice"]
    assert bank.attrs["notice"] == CONTENT["notice"]


def test_forty_questions_are_the_embedded_models(bank: xr.Dataset) -> None:
    assert len(TASKS) == 40
    for entry in TASKS:
        one = bank.sel(question=entry["id"])
        assert one.question_text.item() == entry["question"]
        assert one.question_topic.item() == entry["topic"]
        options = one.option_text.values[: one.n_options.item()].tolist()
        assert options == entry["options"]
    assert set(embedded.tasks()["countries"]) < set(COUNTRIES)


def test_eight_further_questions_are_one_of_each_topic(bank: xr.Dataset) -> None:
    further = bank.isel(question=slice(40, None))
    assert further.question.values.tolist() == [f"q{number}" for number in range(41, 49)]
    topics = bank.question_topic.values[:40].tolist()
    assert sorted(further.question_topic.values.tolist()) == sorted(set(topics))
    texts = bank.question_text.values.tolist()
    assert len(set(texts)) == 48


def test_options_in_an_order_are_marked(bank: xr.Dataset) -> None:
    ordered = {"How fair are the courts?", "How was your day?", "Should faith have a say in laws?"}
    not_ordered = {"What makes a good meal?", "What is a computer best for?"}
    marked = dict(zip(bank.question_text.values.tolist(), bank.ordinal.values, strict=True))
    assert all(marked[text] for text in ordered)
    assert not any(marked[text] for text in not_ordered)
    # Two options are a line whichever way, so that no order is claimed for them.
    assert not bank.ordinal[bank.n_options == 2].any()


def test_counts_are_those_of_the_respondents(bank: xr.Dataset) -> None:
    for name, one in QUESTIONS.items():
        for country, counts in one["counts"].items():
            assert len(counts) == len(one["options"])
            assert sum(counts) == CONTENT["respondents"][country]
            cell = bank.sel(question=name, country=country)
            assert cell.respondents.item() == sum(counts)
            shares = cell.survey_share.values[: len(counts)]
            np.testing.assert_allclose(shares * sum(counts), counts, rtol=1e-12)
    assert min(CONTENT["respondents"].values()) >= 600
    assert max(CONTENT["respondents"].values()) <= 2000
    assert bank.respondents.notnull().equals(bank.survey_share.notnull().any("option"))


def test_shares_scatter_about_the_made_up_peoples_as_a_sample_does() -> None:
    total, freedom, answers = 0.0, 0, {one["id"]: one["answers"] for one in TASKS}
    for name, one in QUESTIONS.items():
        for country, counts in one["counts"].items():
            made_up = country_answers(country, name, len(counts))
            if country in answers.get(name, {}):
                np.testing.assert_allclose(made_up, answers[name][country], atol=5e-5)
            expected = made_up * sum(counts)
            if expected.min() >= 5.0:  # as the chi-squared distribution wants
                total += float(((np.array(counts) - expected) ** 2 / expected).sum())
                freedom += len(counts) - 1
    assert freedom > 1200
    assert 0.001 < stats.chi2.sf(total, freedom) < 0.999


def test_who_was_asked_what_is_the_stated_design(bank: xr.Dataset) -> None:
    asked = bank.survey_share.notnull().any("option")
    missing = {
        country: frozenset(bank.question.values[~asked.sel(country=country).values].tolist())
        for country in COUNTRIES
    }
    (most,), (least,) = ({missing[code] for code in half} for half in (FIRST, SECOND))
    assert len(most) == len(least) == 12
    even = {
        name: np.mean(
            [stats.entropy(country_answers(code, name, len(one["options"]))) for code in COUNTRIES]
        )
        / np.log(len(one["options"]))
        for name, one in QUESTIONS.items()
    }
    middle = set(QUESTIONS) - most - least
    assert len(middle) == 24
    assert min(even[name] for name in most) >= max(even[name] for name in middle)
    assert min(even[name] for name in middle) >= max(even[name] for name in least)
    for word in ("Set before", "alphabetical order", "12 questions", "most even", "agree most"):
        assert word in bank.attrs["design"]


def test_what_was_asked_moves_a_responder_without_opinions(bank: xr.Dataset) -> None:
    asked = bank.survey_share.notnull().any("option").transpose("country", "question").values
    common = [
        name for name, everywhere in zip(QUESTIONS, asked.all(axis=0), strict=True) if everywhere
    ]
    assert len(common) == 24
    gained = {
        code: uniform_similarity(code, [n for n in QUESTIONS if code in QUESTIONS[n]["counts"]])
        - uniform_similarity(code, common)
        for code in COUNTRIES
    }
    # Half of the countries lose by the questions that only they were asked, the others gain.
    assert np.mean([gained[code] for code in FIRST]) < -0.01
    assert np.mean([gained[code] for code in SECOND]) > 0.02
    assert stats.ranksums([gained[c] for c in SECOND], [gained[c] for c in FIRST]).pvalue < 0.01


def test_the_script_writes_the_same_bytes_again(tmp_path: Path) -> None:
    out = tmp_path / "again.json"
    subprocess.run([sys.executable, str(SCRIPT), "--out", str(out)], check=True)  # noqa: S603 - ours
    assert out.read_bytes() == FILE.read_bytes()
    assert len(out.read_bytes()) < 60_000


def test_draws_hang_on_their_labels_alone(script: ModuleType) -> None:
    # One cell by itself, before any other is drawn.
    assert script.counts("KOR", "q46", 4) == QUESTIONS["q46"]["counts"]["KOR"]
    assert script.counts("KOR", "q46", 4) != script.counts("KOR", "q47", 4)


def test_a_file_of_another_version_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "survey_sample.json"
    other.write_text(json.dumps(CONTENT | {"version": 2}), encoding="utf-8")
    # The package's function has the module's name.
    module = importlib.import_module("disca_nb.datasets.surveys.sample")
    monkeypatch.setattr(module, "data_path", lambda _: other)
    with pytest.raises(DataFileError, match=r"has version 2, not 1; reinstall disca-nb\.$"):
        sample()
