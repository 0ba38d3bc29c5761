"""The measures: worked by hand, against a slow twin, and where there is nothing to compare."""

from __future__ import annotations

import math

import numpy as np
import pytest
import xarray as xr
from reference_consistency import compat_twin, consistency_twin
from value_responses import questions_of, random_responses, responses_of, shuffle

from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.metrics.values import consistency
from disca_nb.variables import VARIABLES, validate

MEASURES = ["paraphrase", "topic", "topic-between", "use-case", "multilingual"]
LARGEST = 0.5579230452841459
YES, NO, EVEN = [1.0, 0.0], [0.0, 1.0], [0.5, 0.5]
NAN = [math.nan, math.nan]


def by_hand(rows: list[list[float]], *, questions: int, phrasings: int) -> xr.Dataset:
    """Return responses of one model to one topic."""
    return responses_of(questions_of(1, questions=questions, phrasings=phrasings), {"m": rows})


def test_opposed_phrasings_are_as_far_apart_as_can_be() -> None:
    found = consistency(by_hand([YES, NO], questions=1, phrasings=2), n_boot=10).squeeze()
    assert found.measure.values.tolist() == ["paraphrase", "topic"]
    np.testing.assert_allclose(found.inconsistency, LARGEST, atol=1e-12)
    np.testing.assert_allclose(found.inconsistency_share, 1.0, atol=1e-12)
    np.testing.assert_allclose(found.inconsistency_largest, LARGEST, atol=1e-12)
    assert found.inconsistency_low.isnull().all()
    # Two coin flips differ every second time.
    np.testing.assert_allclose(found.inconsistency_random, LARGEST / 2, atol=1e-12)
    np.testing.assert_allclose(found.inconsistency_yes, 0.0)
    assert found.stance_entropy.item() == 0.0
    counts = [found[n].values.tolist() for n in ("n_groups", "n_topics", "n_wordings")]
    assert counts == [[1, 1], [1, 1], [2, 2]]


def test_stances_and_not_places_are_compared() -> None:
    # The first option supports in even questions and opposes in odd ones.
    responses = by_hand([YES, YES, YES, YES], questions=2, phrasings=2)
    found = consistency(responses, measures="topic", n_boot=10).squeeze()
    assert found.inconsistency.item() == 0.0
    assert found.inconsistency_yes.item() == pytest.approx(LARGEST)
    turned = responses.sel(stance=["opposes", "supports"])
    assert consistency(turned, measures="topic", n_boot=10).inconsistency.item() == 0.0


def test_between_questions_their_phrasings_are_one() -> None:
    rows = [YES, YES, YES, NO]
    found = consistency(by_hand(rows, questions=2, phrasings=2), n_boot=10).squeeze()
    between, pooled, phrased = (
        found.inconsistency.sel(measure=name).item()
        for name in ("topic-between", "topic", "paraphrase")
    )
    assert phrased == pytest.approx(LARGEST / 2)
    # Centroids are [1, 0] and [.5, .5]; of two answers the distances are alike.
    both = consistency(by_hand([YES, EVEN], questions=1, phrasings=2), n_boot=10)
    assert between == pytest.approx(both.inconsistency.values[0, 0], abs=1e-9)
    assert between < pooled


def test_forms_and_languages() -> None:
    questions = questions_of(1, questions=1, phrasings=1, languages=("en", "ko"))
    responses = responses_of(questions, {"m": [YES, NO]}, spoken={"m": [NO, NO]})
    found = consistency(responses, n_boot=10).squeeze()
    assert found.measure.values.tolist() == ["use-case", "multilingual"]
    assert found.inconsistency.values == pytest.approx([LARGEST / 2, LARGEST])
    assert found.n_groups.values.tolist() == [2, 1]


def test_an_answer_without_a_side_is_left_out_or_neutral() -> None:
    questions = questions_of(1, questions=1, phrasings=2)
    responses = responses_of(questions, {"m": [YES, YES]}, spoken={"m": [YES, [0.0, 0.0]]})
    out = consistency(responses, measures="use-case", n_boot=10).squeeze()
    assert (out.inconsistency.item(), out.n_groups.item(), out.n_left_out.item()) == (0.0, 1, 1)
    assert out.abstained_share.item() == 0.5
    kept = consistency(responses, measures="use-case", n_boot=10, abstention="neutral").squeeze()
    assert (kept.n_groups.item(), kept.n_left_out.item()) == (2, 0)
    assert kept.inconsistency.item() == pytest.approx(LARGEST / 2)
    # Two answers cannot take three sides: the largest is that of two.
    assert kept.inconsistency_share.item() == pytest.approx(0.5)
    assert "neutral" not in responses.stance.values


@pytest.mark.parametrize("neutral", [False, True])
def test_it_equals_the_slow_twin(neutral: bool) -> None:
    responses = random_responses(5, 2 if neutral else 4, missing=0.25, neutral=neutral)
    found = consistency(responses, n_boot=10)
    assert found.measure.values.tolist() == MEASURES
    for model in responses.model.values.tolist():
        for measure in MEASURES:
            one = found.sel(model=model, measure=measure)
            value, n_groups = consistency_twin(responses, model, measure)
            assert one.inconsistency.item() == pytest.approx(value, abs=2e-7), measure
            assert one.n_groups.item() == n_groups


@pytest.mark.parametrize("neutral", [False, True])
def test_compat_equals_the_published_rules(neutral: bool) -> None:
    responses = random_responses(6, 4, missing=0.3, neutral=neutral)
    found = consistency(responses, n_boot=10, compat="moore2024")
    assert (found.compat, found.weigh, found.base) == ("moore2024", "answers", math.e)
    for model in responses.model.values.tolist():
        for measure in ("paraphrase", "topic", "use-case", "multilingual"):
            value = found.inconsistency.sel(model=model, measure=measure).item()
            assert value == pytest.approx(compat_twin(responses, model, measure), abs=1e-7)


def test_by_the_published_rules_a_lone_answer_agrees() -> None:
    responses = by_hand([YES, NO, YES, NAN], questions=2, phrasings=2)
    exact = consistency(responses, measures="paraphrase", n_boot=10, base=math.e).squeeze()
    assert (exact.n_groups.item(), exact.n_left_out.item(), exact.n_wordings.item()) == (1, 1, 2)
    compat = consistency(responses, measures="paraphrase", n_boot=10, compat="moore2024").squeeze()
    assert (compat.n_groups.item(), compat.n_left_out.item()) == (2, 0)
    # Two answers at .4645 and one at 0.
    assert compat.inconsistency.item() == pytest.approx(0.46450 * 2 / 3, abs=1e-5)
    alike = consistency(
        responses, measures="paraphrase", n_boot=10, compat="moore2024", weigh="groups"
    )
    assert alike.inconsistency.item() == pytest.approx(0.46450 / 2, abs=1e-5)


def test_groups_or_answers_count_once() -> None:
    rows = [YES, NO, YES, YES, YES, YES]
    responses = by_hand(rows, questions=2, phrasings=3)
    responses.stance_prob[0, 0, 2] = np.nan
    groups = consistency(responses, measures="paraphrase", n_boot=10)
    answers = consistency(responses, measures="paraphrase", n_boot=10, weigh="answers")
    assert groups.inconsistency.item() == pytest.approx(LARGEST / 2)
    assert answers.inconsistency.item() == pytest.approx(LARGEST * 2 / 5)


def test_kinds_bases_and_units() -> None:
    responses = random_responses(7, 3)
    bits = consistency(responses, n_boot=10)
    nats = consistency(responses, n_boot=10, base=math.e)
    np.testing.assert_allclose(nats.inconsistency, bits.inconsistency * math.log(2) ** 0.5)
    np.testing.assert_allclose(nats.inconsistency_share, bits.inconsistency_share)
    np.testing.assert_allclose(nats.stance_entropy, bits.stance_entropy * math.log(2))
    assert (bits.unit, nats.unit) == ("square root of bits", "square root of nats")
    divergence = consistency(responses, n_boot=10, kind="divergence")
    assert divergence.unit == "bits"
    assert (divergence.inconsistency < bits.inconsistency).all()


def test_the_human_line_is_of_english_distances() -> None:
    english = random_responses(8, 3, languages=("en",))
    found = consistency(english, n_boot=10)
    line = found.inconsistency_human.sel(measure=["paraphrase", "topic", "use-case"]).values
    expected = [0.098 / math.log(2) ** 0.5, 0.296 / math.log(2) ** 0.5, math.nan]
    assert line == pytest.approx(expected, nan_ok=True)
    compat = consistency(english, n_boot=10, compat="moore2024").inconsistency_human
    assert compat.sel(measure="topic").item() == pytest.approx(0.296)
    assert consistency(english, n_boot=10, kind="divergence").inconsistency_human.isnull().all()
    korean = consistency(random_responses(8, 3), n_boot=10)
    assert korean.inconsistency_human.isnull().all()


def test_topics_are_told_apart() -> None:
    responses = by_hand([YES, NO, YES, YES], questions=2, phrasings=2)
    names = np.array(["euthanasia"] * 4)
    countries = np.array(["DEU", "DEU", "USA", "USA"])
    responses = responses.assign_coords(
        topic_name=("wording", names), wording_country=("wording", countries)
    )
    found = consistency(responses, measures="paraphrase", n_boot=10).squeeze()
    labels = ["euthanasia (DEU, controversial)", "euthanasia (USA, controversial)"]
    assert found.topic.values.tolist() == labels
    assert found.topic_inconsistency.values == pytest.approx([LARGEST, 0.0])
    assert found.topic_controversial.values.tolist() == [True, True]


def test_labels_order_and_selection_change_nothing() -> None:
    responses = random_responses(9, 8, missing=0.2)
    found = consistency(responses, n_boot=50)
    other = consistency(shuffle(responses), n_boot=50)
    xr.testing.assert_identical(other.sel(model=found.model), found)
    one = responses.sel(model="beta-0.5b")
    xr.testing.assert_identical(consistency(one, n_boot=50), found.sel(model=["beta-0.5b"]))
    few = consistency(responses, n_boot=50, measures=["topic", "use-case"])
    xr.testing.assert_identical(few, found.sel(measure=["topic", "use-case"]))


def test_the_result_is_registered_and_marked() -> None:
    found = validate(consistency(random_responses(10, 7), n_boot=20, seed=3, level=0.9))
    assert {str(name) for name in found} <= VARIABLES.keys()
    assert found.inconsistency.dims == ("model", "measure")
    assert (found.synthetic, found.notice) == (1, "These questions are synthetic.")
    assert (found.seed, found.n_boot, found.level, found.kind) == (3, 20, 0.9, "distance")
    assert found.inconsistency_low.notnull().all()


def test_without_marks_of_kind_or_stance() -> None:
    responses = random_responses(11, 3).drop_vars(
        ["controversial", "option_stance", "wording_country", "status", "abstained"]
    )
    found = consistency(responses, n_boot=10)
    assert found.inconsistency_yes.isnull().all()
    assert "topic_controversial" not in found
    assert "abstained_share" not in found
    full = consistency(random_responses(11, 3), n_boot=10)
    xr.testing.assert_identical(found.inconsistency, full.inconsistency)


def test_a_model_without_answers_has_no_figures() -> None:
    responses = random_responses(12, 3).copy(deep=True)
    responses.stance_prob[1] = np.nan
    found = consistency(responses, n_boot=10).isel(model=1)
    assert found.inconsistency.isnull().all()
    assert found.inconsistency_shuffled.isnull().all()
    assert found.n_groups.values.tolist() == [0] * 5
    assert np.isnan(found.stance_entropy)


def test_what_cannot_be_measured_is_refused() -> None:
    responses = by_hand([YES, NO], questions=1, phrasings=2)
    with pytest.raises(InputError, match="do not allow 'multilingual', which needs a question in"):
        consistency(responses, measures=["multilingual"])
    with pytest.raises(InputError, match=r"'use-case', which needs .* forms=\('choice', 'open'\)"):
        consistency(responses, measures="use-case")
    with pytest.raises(InputError, match="do not allow 'topic-between'"):
        consistency(responses, measures=["paraphrase", "topic-between"])
    with pytest.raises(UnknownNameError, match="measure 'paraphrases'; did you mean 'paraphrase'"):
        consistency(responses, measures="paraphrases")
    with pytest.raises(InputError, match=r"measures is \[\]; name at least one"):
        consistency(responses, measures=[])
    with pytest.raises(InputError, match="no answers that should agree"):
        consistency(responses.isel(wording=[0]))


def test_bad_options_and_answers_are_refused() -> None:
    responses = by_hand([YES, NO], questions=1, phrasings=2)
    for options, text in (
        ({"kind": "distances"}, "kind is 'distances'"),
        ({"compat": "moore"}, "compat is 'moore'; use 'moore2024' or None"),
        ({"compat": "moore2024", "kind": "divergence"}, "which has distances alone"),
        ({"compat": "moore2024", "base": 2.0}, "base is 2.0, and compat 'moore2024' is in nats"),
        ({"weigh": "topics"}, "weigh is 'topics'"),
        ({"abstention": "no"}, "abstention is 'no'"),
        ({"base": 1.0}, "base is 1.0"),
        ({"seed": -1}, "seed is -1"),
        ({"n_boot": 0}, "n_boot is 0"),
        ({"level": 95}, "level is 95"),
    ):
        with pytest.raises(ParameterError, match=text):
            consistency(responses, **options)
    with pytest.raises(InputError, match="lacks 'value_question'"):
        consistency(responses.drop_vars("value_question"))
    with pytest.raises(InputError, match=r"to 'topic 00/0/1:en' sums to 0.5 over its stances"):
        consistency(by_hand([YES, [0.5, 0.0]], questions=1, phrasings=2))
    with pytest.raises(UnknownNameError, match="stance 'yes'"):
        consistency(responses.assign_coords(stance=["yes", "opposes"]))
    stances = [["supports", "supports"]] * 2
    single = responses.assign_coords(option_stance=(("wording", "option"), stances))
    with pytest.raises(InputError, match="'topic 00/0/0:en' offers a single stance"):
        consistency(single)
