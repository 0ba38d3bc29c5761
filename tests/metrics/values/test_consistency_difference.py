"""Differences of models and of kinds of topics, and the filter of undecided wordings."""

from __future__ import annotations

import json

import numpy as np
import pytest
import xarray as xr
from value_responses import MODELS, questions_of, random_responses, responses_of, shuffle

from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.metrics.values import consistency, consistency_difference, keep_decided
from disca_nb.variables import VARIABLES, validate

YES, NO, EVEN = [1.0, 0.0], [0.0, 1.0], [0.5, 0.5]
LARGEST = 0.5579230452841459


def test_models_are_compared_on_what_both_answered() -> None:
    questions = questions_of(7, questions=1, phrasings=3)
    one, other = [YES, NO, YES] * 7, [YES, YES, NO] * 7
    # The third phrasing of each question is unknown of the first, the first of none.
    one[2::3] = [[np.nan, np.nan]] * 7
    responses = responses_of(questions, {"a": one, "b": other})
    found = consistency_difference(
        responses, models=("a", "b"), measures="paraphrase", n_boot=50
    ).squeeze()
    assert found.inconsistency_difference.item() == pytest.approx(LARGEST)
    assert found.inconsistency_difference_low.item() == pytest.approx(LARGEST)
    assert found.inconsistency.sel(model=["a", "b"]).values == pytest.approx([LARGEST, 0.0])
    assert (found.n_groups.item(), found.n_topics.item()) == (7, 7)
    assert found.inconsistency_random_difference.item() == 0.0
    assert (found.first, found.second) == ("a", "b")


def test_a_difference_is_paired() -> None:
    responses = random_responses(1, 30, spoken=False)
    turned = responses.isel(model=[0, 0]).assign_coords(model=["a", "b"])
    same = consistency_difference(turned, models=("a", "b"), n_boot=50)
    for end in ("", "_low", "_high"):
        assert (same[f"inconsistency_difference{end}"] == 0.0).all()
    found = consistency_difference(responses, models=MODELS, n_boot=400)
    each = consistency(responses, n_boot=400)
    gap = each.inconsistency.sel(model=MODELS[0]) - each.inconsistency.sel(model=MODELS[1])
    np.testing.assert_allclose(found.inconsistency_difference, gap, atol=1e-12)
    back = consistency_difference(responses, models=MODELS[::-1], n_boot=400)
    np.testing.assert_allclose(
        back.inconsistency_difference_low, -found.inconsistency_difference_high, atol=1e-12
    )


def test_controversial_topics_by_hand() -> None:
    questions = questions_of(14, questions=1, phrasings=2)
    rows = [YES, NO] * 7 + [YES, YES] * 7
    responses = responses_of(questions, {"m": rows})
    found = consistency_difference(responses, by="controversial", measures="paraphrase", n_boot=20)
    values = [found[f"inconsistency_difference{end}"].item() for end in ("", "_low", "_high")]
    assert values == pytest.approx([LARGEST] * 3)
    assert found.inconsistency_difference.dims == ("model", "measure")
    assert (found.n_topics.item(), found.inconsistency_random_difference.item()) == (14, 0.0)
    few = consistency_difference(
        responses.isel(wording=slice(4, None)), by="controversial", measures="paraphrase", n_boot=20
    )
    # Five controversial topics are too few for an interval.
    assert few.inconsistency_difference.item() == pytest.approx(LARGEST)
    assert np.isnan(few.inconsistency_difference_low.item())


def test_kinds_are_drawn_apart_and_for_all_models_alike() -> None:
    responses = random_responses(2, 24, spoken=False, missing=0.1)
    found = consistency_difference(responses, by="controversial", n_boot=300)
    kinds = [responses.sel(wording=responses.controversial == kind) for kind in (True, False)]
    one, other = (consistency(part, n_boot=10) for part in kinds)
    np.testing.assert_allclose(
        found.inconsistency_difference, one.inconsistency - other.inconsistency, atol=1e-12
    )
    np.testing.assert_allclose(
        found.inconsistency_random_difference,
        one.inconsistency_random - other.inconsistency_random,
        atol=1e-12,
    )
    single = consistency_difference(responses.isel(model=[1]), by="controversial", n_boot=300)
    xr.testing.assert_identical(single, found.isel(model=[1]))
    # Independent draws: the variances of both kinds add up.
    d = found.isel(model=0).sel(measure="topic")
    width = (d.inconsistency_difference_high - d.inconsistency_difference_low).item()
    topics = consistency(responses, n_boot=1).isel(model=0).sel(measure="topic")
    means = topics.topic_inconsistency.groupby("topic_controversial")
    spread = np.sqrt((means.var(ddof=1) / 12).sum().item())
    assert width == pytest.approx(2 * 2.2 * spread, rel=0.2)


def test_order_and_registry() -> None:
    responses = random_responses(3, 14, missing=0.2)
    for options in ({"models": MODELS}, {"by": "controversial"}):
        found = validate(consistency_difference(responses, n_boot=30, **options))
        other = consistency_difference(shuffle(responses), n_boot=30, **options)
        xr.testing.assert_identical(other.sel(model=found.model), found)
        assert {str(name) for name in found} <= VARIABLES.keys()
        assert found.synthetic == 1


def test_what_cannot_be_compared_is_refused() -> None:
    responses = random_responses(4, 6, spoken=False)
    with pytest.raises(InputError, match="models is None and by is None; give either"):
        consistency_difference(responses)
    with pytest.raises(InputError, match="give either"):
        consistency_difference(responses, models=MODELS, by="controversial")
    with pytest.raises(ParameterError, match="by is 'country'"):
        consistency_difference(responses, by="country")  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="model 'alpha'; did you mean 'alpha-7b'"):
        consistency_difference(responses, models=("alpha", "beta-0.5b"))
    with pytest.raises(InputError, match="give two different models"):
        consistency_difference(responses, models=("alpha-7b", "alpha-7b"))
    one_kind = responses.sel(wording=responses.controversial)
    with pytest.raises(InputError, match="All topics are controversial; join"):
        consistency_difference(one_kind, by="controversial")
    with pytest.raises(InputError, match="lack 'controversial'"):
        consistency_difference(responses.drop_vars("controversial"), by="controversial")


def test_undecided_wordings_are_filtered_for_all_models() -> None:
    questions = questions_of(1, questions=1, phrasings=4)
    rows = {"a": [YES, [0.9, 0.1], EVEN, YES], "b": [NO, YES, YES, [np.nan, np.nan]]}
    responses = responses_of(questions, rows)
    kept = keep_decided(responses, max_entropy=0.5)
    assert kept.phrasing.values.tolist() == [0, 1]
    (entry,) = json.loads(kept.filters)
    assert (entry["kept"], entry["removed"], entry["unanswered"]) == (2, 2, 1)
    assert "0.5 bits" in entry["filter"]
    again = keep_decided(kept, max_entropy=0)
    assert [entry["kept"] for entry in json.loads(again.filters)] == [2, 1]
    assert keep_decided(responses, max_entropy=1.0).sizes["wording"] == 3
    assert json.loads(consistency(kept, n_boot=1).filters) == [entry]
    assert keep_decided(shuffle(responses), max_entropy=0.5).phrasing.values.tolist() in (
        [0, 1],
        [1, 0],
    )


def test_filters_that_make_no_sense_are_refused() -> None:
    responses = responses_of(questions_of(1, questions=1, phrasings=2), {"m": [EVEN, EVEN]})
    for value in (-0.1, float("nan"), "low", True):
        with pytest.raises(ParameterError, match="max_entropy is"):
            keep_decided(responses, max_entropy=value)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"'entropy at most 0.5 bits' removes all 2 wordings"):
        keep_decided(responses, max_entropy=0.5)
    with pytest.raises(InputError, match="No model has answers by choice"):
        keep_decided(responses.assign_coords(form=["open"]), max_entropy=0.5)
