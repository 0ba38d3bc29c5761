"""The stored answers are the embedded model's and two formulas', and say that they are made up."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import xarray as xr
from embedded.opinions import country_answers

import disca_nb
from disca_nb._data import data_path
from disca_nb._opinions.bank import bank_hash
from disca_nb.datasets.surveys import demo_answers, sample
from disca_nb.models import embedded
from disca_nb.models._checks import weights_hash

MODEL, AVERAGE, LISTENER = "synthetic-demo", "made-up: average", "made-up: listener"


@pytest.fixture(scope="module")
def bank() -> xr.Dataset:
    return sample()


@pytest.fixture(scope="module")
def answers() -> xr.Dataset:
    return demo_answers()


@pytest.fixture(scope="module")
def manifest(answers: xr.Dataset) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answers.attrs["manifest"])
    return found


def chances(answers: xr.Dataset, model: str, prompting: str, question: str) -> Any:  # noqa: ANN401
    """Return the probabilities of a question's options."""
    one = answers.answer_prob.sel(model=model, prompting=prompting, question=question)
    return one.dropna("option").values


def test_three_models_answered_under_every_prompting(bank: xr.Dataset, answers: xr.Dataset) -> None:
    assert answers.model.values.tolist() == [MODEL, AVERAGE, LISTENER]
    named = [f"as {code}" for code in bank.country.values]
    assert answers.prompting.values.tolist() == ["default", *named, "in ko", "in de"]
    assert answers.order.values.tolist() == ["given", "reversed"]
    for name in ("question", "option", "question_text", "option_text", "n_options", "ordinal"):
        np.testing.assert_array_equal(answers[name].values, bank[name].values)
    assert data_path("opinions_demo.nc").stat().st_size < 400_000


def test_answers_are_distributions_over_the_options(answers: xr.Dataset) -> None:
    known = answers.answer_prob.notnull().sum("option")
    assert (known == answers.n_options).all()
    np.testing.assert_allclose(answers.answer_prob.sum("option").values, 1.0, atol=1e-9)
    means = answers.order_answer_prob.mean("order").transpose(*answers.answer_prob.dims)
    np.testing.assert_allclose(means.values, answers.answer_prob.values, atol=1e-9)


def test_they_say_that_they_are_synthetic(answers: xr.Dataset) -> None:
    assert answers.attrs["synthetic"] == 1
    assert answers.attrs["source"].startswith("synthetic")
    assert embedded.NOTICE in answers.attrs["notice"]
    assert "made-up are formulas" in answers.attrs["notice"]


def test_they_are_of_the_weights_and_the_survey_that_ship(
    bank: xr.Dataset, answers: xr.Dataset, manifest: dict[str, Any]
) -> None:
    stated = manifest["models"][MODEL]["weights_sha256"]
    assert stated == weights_hash(embedded.folder())
    assert answers.attrs["bank_sha256"] == bank_hash(bank)


def test_asked_again_the_model_answers_the_same(bank: xr.Dataset, answers: xr.Dataset) -> None:
    pytest.importorskip("torch", reason="the model needs PyTorch, of the extra models")
    some = bank.sel(question=["q02", "q15", "q48"])
    again = disca_nb.ask_survey(
        "demo",
        some,
        countries=["JPN", "KOR"],
        languages=["ko"],
        translations={"ko": disca_nb.read_translation("sample.ko", some)},
        progress=False,
    )
    stored = answers.sel(model=[MODEL], question=some.question, prompting=again.prompting)
    for name in ("order_answer_prob", "order_answer_mass", "status"):
        wanted = stored[name].transpose(*again[name].dims)
        # Processors and batches round differently.
        np.testing.assert_allclose(again[name].values, wanted.values, atol=1e-4)


def test_nearly_all_answers_have_mass(answers: xr.Dataset, manifest: dict[str, Any]) -> None:
    status = answers.status.sel(model=MODEL)
    assert int((status != 1).sum()) <= 3
    taught = [f"as {code}" for code in embedded.tasks()["countries"]]
    known = status.sel(prompting=["default", *taught]).isel(question=slice(40))
    assert (known == 1).all()
    assert manifest["min_mass"] == 0.5


def test_the_average_is_the_mean_of_all_countries_squared(
    bank: xr.Dataset, answers: xr.Dataset
) -> None:
    for question, size in (("q01", 4), ("q48", 5)):
        people = [country_answers(code, question, size) for code in bank.country.values]
        squared = np.mean(people, axis=0) ** 2
        found = chances(answers, AVERAGE, "default", question)
        np.testing.assert_allclose(found, squared / squared.sum(), atol=1e-12)


def test_the_average_changes_under_every_prompting_in_logits_that_are_normal(
    answers: xr.Dataset,
) -> None:
    logits = np.log(answers.answer_prob.sel(model=AVERAGE))
    moved = logits.drop_sel(prompting="default") - logits.sel(prompting="default")
    # Probabilities know logits up to a number for each question.
    moved = (moved - moved.mean("option")).values
    sizes = answers.n_options.values
    spread = np.nansum(moved**2) / (moved.shape[0] * (sizes - 1).sum())
    assert np.sqrt(spread) == pytest.approx(0.5, rel=0.05)


def test_the_listener_gives_the_people_that_are_named(answers: xr.Dataset) -> None:
    for prompting, code in (("as KOR", "KOR"), ("in ko", "KOR"), ("in de", "DEU")):
        found = chances(answers, LISTENER, prompting, "q46")
        np.testing.assert_allclose(found, country_answers(code, "q46", 4), atol=1e-12)
    people = [country_answers(code, "q46", 4) for code in sample().country.values]
    plain = chances(answers, LISTENER, "default", "q46")
    np.testing.assert_allclose(plain, np.mean(people, axis=0), atol=1e-12)


def test_the_formulas_have_no_liking_for_a_place(answers: xr.Dataset) -> None:
    made = answers.sel(model=[AVERAGE, LISTENER])
    given, turned = (made.order_answer_prob.sel(order=order) for order in made.order.values)
    np.testing.assert_array_equal(given.values, turned.values)
    assert (made.order_answer_mass == 1.0).all()
    assert (made.status == 1).all()
