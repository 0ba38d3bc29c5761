"""Questions and topics one by one, with how concentrated answers are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from disca_nb.errors import InputError
from disca_nb.metrics.opinions import question_view, similarity, topic_view
from disca_nb.metrics.opinions._entropy import entropy, top_share
from disca_nb.variables import VARIABLES, validate

Pair = Callable[..., tuple[xr.Dataset, xr.Dataset]]


def test_entropy_in_bits_by_hand() -> None:
    rows = np.array(
        [
            [1.0, 0.0, 0.0, 0.0],
            [0.25, 0.25, 0.25, 0.25],
            [0.5, 0.25, 0.25, np.nan],
            [2.0, 2.0, np.nan, np.nan],
            [np.nan] * 4,
        ]
    )
    np.testing.assert_array_equal(entropy(rows), [0.0, 2.0, 1.5, 1.0, np.nan])
    np.testing.assert_array_equal(top_share(rows), [1.0, 0.25, 0.5, 0.5, np.nan])
    assert not np.signbit(entropy(rows)[0])


def test_every_question_under_every_prompting(random_pair: Pair) -> None:
    bank, answers = random_pair(51)
    view = validate(question_view(bank, answers))
    xr.testing.assert_identical(view.similarity, similarity(bank, answers).similarity)
    assert view.answer_entropy.dims == ("model", "prompting", "question")
    assert view.survey_top.dims == ("country", "question")
    cell = {"model": "m1", "prompting": "in ko", "question": "q004"}
    n = int(bank.n_options.sel(question="q004"))
    given = answers.answer_prob.sel(cell).values[:n]
    assert view.answer_entropy.sel(cell).item() == pytest.approx(stats.entropy(given, base=2))
    assert view.answer_top.sel(cell).item() == pytest.approx(given.max())
    people = bank.survey_share.sel(country="C05", question="q004").values[:n]
    asked = view.sel(country="C05", question="q004")
    assert asked.survey_entropy.item() == pytest.approx(stats.entropy(people, base=2))
    assert asked.survey_top.item() == pytest.approx(people.max())
    unasked = bank.survey_share.isnull().all("option")
    assert (view.survey_entropy.isnull() == unasked).all()
    assert (view.similarity_uniform.isnull() == unasked).all()


def test_topics_are_means_over_the_questions_that_a_country_was_asked(random_pair: Pair) -> None:
    bank, answers = random_pair(52)
    topics, view = validate(topic_view(bank, answers)), question_view(bank, answers)
    assert topics.topic.values.tolist() == ["odd", "unknown"]
    asked = bank.survey_share.notnull().any("option")
    for topic, name in (("odd", "odd"), ("unknown", "")):
        chosen = bank.question[bank.question_topic == name]
        one, mine = topics.sel(topic=topic), view.sel(question=chosen)
        there = asked.sel(question=chosen)
        np.testing.assert_array_equal(one.n_questions, there.sum("question"))
        for key in ("similarity", "similarity_uniform", "survey_entropy", "survey_top"):
            np.testing.assert_allclose(
                one[key], mine[key].mean("question").transpose(*one[key].dims)
            )
        for key in ("answer_entropy", "answer_top"):
            expected = mine[key].where(there).mean("question").transpose(*one[key].dims)
            np.testing.assert_allclose(one[key], expected)
    assert {str(name) for name in topics} <= VARIABLES.keys()


def test_a_topic_that_a_country_was_not_asked_is_unknown(
    bank_of: Callable[..., xr.Dataset], yes_sayer: xr.Dataset
) -> None:
    bank = bank_of(
        {"JPN": {"a": [0.5, 0.5]}, "KOR": {"a": [1.0, 0.0], "b": [1.0, 0.0]}},
        topics={"a": "work", "b": "<b>faith</b>"},
    )
    found = topic_view(bank, yes_sayer).squeeze(drop=True)
    assert found.topic.values.tolist() == ["<b>faith</b>", "work"]
    assert np.isnan(found.similarity.sel(country="JPN", topic="<b>faith</b>"))
    assert found.n_questions.values.tolist() == [[0, 1], [1, 1]]
    assert found.similarity.sel(country="KOR").values.tolist() == [1.0, 1.0]


def test_topics_need_answers_of_all_models(random_pair: Pair) -> None:
    bank, answers = random_pair(53)
    answers.answer_prob.loc[{"model": "m0", "prompting": "default", "question": "q001"}] = np.nan
    with pytest.warns(UserWarning, match="1 of 30 questions lacks the answer"):
        found = topic_view(bank, answers)
    kept = bank.question[bank.question != "q001"]
    xr.testing.assert_identical(found, topic_view(bank, answers.sel(question=kept)))


def test_labels_order_changes_nothing(
    random_pair: Pair, shuffled: Callable[..., xr.Dataset]
) -> None:
    bank, answers = random_pair(54)
    for function in (question_view, topic_view):
        one, other = function(bank, answers), function(shuffled(bank), shuffled(answers, 2))
        xr.testing.assert_identical(other.reindex_like(one), one)


def test_a_bank_without_topics_is_refused(random_pair: Pair) -> None:
    bank, answers = random_pair(55)
    with pytest.raises(InputError, match="lacks 'question_topic'"):
        topic_view(bank.drop_vars("question_topic"), answers)
