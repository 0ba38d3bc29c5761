from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats

from disca_nb.errors import InputError, ParameterError
from disca_nb.metrics.values.components import variance_components
from disca_nb.metrics.values.reliability import _power, plan_study, reliability
from disca_nb.variables import VARIABLES, validate

VARIANCE = {
    "topic": 0.05,
    "model": 0.03,
    "model × topic": 0.02,
    "model × question": 0.012,
    "model × phrasing": 0.009,
    "model × order": 0.004,
    "model × language": 0.006,
    "residual": 0.016,
}


def components(
    variance: dict[str, float] | None = None,
    merged: dict[str, list[str]] | None = None,
    **levels: int,
) -> xr.Dataset:
    """Return components as if a study had found them."""
    given = VARIANCE if variance is None else variance
    counts = {"topic": 20, "model": 4, "order": 2, "language": 3} | levels
    return xr.Dataset(
        {"variance": ("component", list(given.values()))},
        {"component": list(given)},
        {"levels": json.dumps(counts), "merged": json.dumps(merged or {})},
    )


def test_the_formulas_by_hand() -> None:
    found = reliability(components(), n_topics=10, n_questions=3, n_phrasings=2, n_languages=2)
    # Both orders, which are all there are: they leave no error.
    error = 0.02 / 10 + 0.012 / 30 + 0.009 / (10 * 3 * 2 * 2) + 0.016 / (10 * 3 * 2 * 2 * 2)
    true = 0.03 + 0.004 / 2 + 0.006 / 2
    assert found.generalizability.item() == pytest.approx(true / (true + error))
    assert found.difference_se.item() == pytest.approx(math.sqrt(2 * error))
    assert found.n_answers.item() == 240
    assert {str(name) for name in validate(found)} <= VARIABLES.keys()


def test_one_order_and_a_sample_of_languages_are_error() -> None:
    one = reliability(
        components(), n_topics=10, n_questions=1, n_phrasings=1, n_orders=1, over_languages=True
    )
    error = (0.02 + 0.012 + 0.009 + 0.016) / 10 + 0.004 * (1 - 1 / 2) + 0.006
    true = 0.03 + 0.004 / 2
    assert one.difference_se.item() == pytest.approx(math.sqrt(2 * error))
    assert one.generalizability.item() == pytest.approx(true / (true + error))


def test_what_a_component_holds_is_averaged_least() -> None:
    # With one phrasing per question, more phrasings are not known to help.
    some = {"model": 0.03, "model × question": 0.02, "residual": 0.01}
    held = components(some, {"residual": ["model × phrasing"]})
    one = reliability(held, n_topics=10, n_questions=2, n_phrasings=5)
    assert one.difference_se.item() == pytest.approx(math.sqrt(2 * (0.02 / 20 + 0.01 / 100)))
    worse = components(some, {"residual": ["model × topic", "model × phrasing"]})
    two = reliability(worse, n_topics=10, n_questions=2, n_phrasings=5)
    assert two.difference_se.item() == pytest.approx(math.sqrt(2 * (0.02 / 20 + 0.01 / 10)))


def test_components_below_0_count_as_0() -> None:
    one = reliability(
        components(VARIANCE | {"model × topic": -0.02}), n_topics=9, n_questions=2, n_phrasings=2
    )
    other = reliability(
        components(VARIANCE | {"model × topic": 0.0}), n_topics=9, n_questions=2, n_phrasings=2
    )
    xr.testing.assert_equal(one, other)


def test_the_error_is_that_of_means_of_simulated_answers() -> None:
    random = np.random.default_rng(1)
    n, t, q, p, o = 4000, 4, 2, 3, 2
    means = sum(
        random.normal(scale=math.sqrt(VARIANCE[name]), size=(n, size)).mean(axis=1)
        for name, size in (
            ("model × topic", t),
            ("model × question", t * q),
            ("model × phrasing", t * q * p),
            ("residual", t * q * p * o),
        )
    )
    found = reliability(components(), n_topics=t, n_questions=q, n_phrasings=p)
    expected = math.sqrt(2.0) * np.asarray(means).std()
    assert found.difference_se.item() == pytest.approx(expected, rel=0.04)


@pytest.mark.parametrize(("difference", "topics"), [(0.5, 8), (1.0, 8), (0.4, 60), (0.0, 6)])
def test_power_is_that_of_the_noncentral_t(difference: float, topics: int) -> None:
    shift, free = difference * math.sqrt(topics), topics - 1
    bar = stats.t.isf(0.025, free)
    expected = stats.nct.sf(bar, free, shift) if shift else 0.025
    lower = stats.nct.cdf(-bar, free, shift) if shift else 0.025
    assert _power(shift, topics, 0.95) == pytest.approx(expected + lower, abs=1e-4)


def test_the_planned_power_is_that_of_simulated_studies() -> None:
    plan = plan_study(components(), effect=0.1, max_questions=3, max_phrasings=3)
    best = plan.iloc[0]
    t, q, p, o = (int(best[name]) for name in ("topics", "questions", "phrasings", "orders"))
    random, n = np.random.default_rng(2), 4000
    gap = np.full((n, t), 0.1)
    for name, size in (
        ("model × topic", 1),
        ("model × question", q),
        ("model × phrasing", q * p),
        ("residual", q * p * o),
    ):
        scale = math.sqrt(2 * VARIANCE[name])
        gap += random.normal(scale=scale, size=(n, t, size)).mean(axis=2)
    if o == 1:  # the order's own part is the same in all topics
        gap += random.normal(scale=math.sqrt(VARIANCE["model × order"]), size=(n, 1))
    found = np.mean(stats.ttest_1samp(gap, 0.0, axis=1).pvalue < 0.05)
    assert best.reached
    assert found == pytest.approx(best.power, abs=0.03)


def test_the_plan_is_the_cheapest_of_all_designs() -> None:
    plan = plan_study(components(), effect=0.2, max_questions=2, max_phrasings=2, max_topics=60)
    tried = []
    for q in (1, 2):
        for p in (1, 2):
            for o in (1, 2):
                for t in range(6, 61):
                    one = reliability(
                        components(), n_topics=t, n_questions=q, n_phrasings=p, n_orders=o
                    )
                    if _power(0.2 / one.difference_se.item(), t, 0.95) >= 0.8:
                        tried.append((t * q * p * o, t, q, p, o))
                        break
    names = ["answers", "topics", "questions", "phrasings", "orders"]
    reached = plan[plan.reached]
    assert [tuple(row) for row in reached[names].to_numpy().tolist()] == sorted(tried)
    assert (reached.detectable_effect <= 0.2).all()
    assert (reached.power >= 0.8 - 1e-9).all()


def test_an_effect_out_of_reach_says_what_is_in_reach() -> None:
    plan = plan_study(components(), effect=0.01, max_questions=2, max_phrasings=2, max_topics=50)
    assert not plan.reached.any()
    assert (plan.topics == 50).all()
    assert plan.detectable_effect.is_monotonic_increasing
    assert plan.detectable_effect.iloc[0] > 0.01
    assert (plan.power < 0.8).all()


def test_models_that_differ_in_nothing_but_themselves_need_the_fewest_topics() -> None:
    plan = plan_study(components({"model": 0.1, "residual": 0.0}), effect=0.1, max_phrasings=1)
    first = plan.iloc[0]
    assert (first.topics, first.questions, first.answers, first.power) == (6, 1, 6, 1.0)
    nothing = components({"model": 0.0, "residual": 0.0})
    flat = reliability(nothing, n_topics=6, n_questions=1, n_phrasings=1)
    assert math.isnan(flat.generalizability.item())


def test_it_takes_what_a_study_gives() -> None:
    rows = [(t, q, m, o) for t in "abcdefg" for q in "12" for m in "xyz" for o in ("AB", "BA")]
    table = pd.DataFrame(rows, columns=["topic", "question", "model", "order"])
    table["value"] = np.random.default_rng(3).random(len(table))
    study = variance_components(table, n_boot=5)
    found = reliability(study, n_topics=7, n_questions=2, n_phrasings=1)
    assert 0.0 <= found.generalizability.item() <= 1.0
    assert len(plan_study(study, effect=0.3, max_questions=2, max_phrasings=1)) == 4


def test_designs_beyond_the_components_are_refused() -> None:
    with pytest.raises(ParameterError, match="n_orders is 3, and the components come from 2"):
        reliability(components(), n_topics=6, n_questions=1, n_phrasings=1, n_orders=3)
    with pytest.raises(ParameterError, match="n_languages is 2, and the components come from 1"):
        reliability(components(language=1), n_topics=6, n_questions=1, n_phrasings=1, n_languages=2)
    with pytest.raises(ParameterError, match="n_topics is 0"):
        reliability(components(), n_topics=0, n_questions=1, n_phrasings=1)
    with pytest.raises(InputError, match="come from one model"):
        reliability(components(model=1), n_topics=6, n_questions=1, n_phrasings=1)
    with pytest.raises(InputError, match="come from one topic"):
        plan_study(components(topic=1), effect=0.1)
    shared = components({"phrasing": 0.1, "model": 0.1}, {"phrasing": ["model × phrasing"]})
    with pytest.raises(InputError, match="'phrasing' also holds 'model × phrasing'"):
        plan_study(shared, effect=0.1)
    with pytest.raises(InputError, match="lack the attribute 'levels'"):
        plan_study(components().drop_attrs(), effect=0.1)


def test_plans_that_make_no_sense_are_refused() -> None:
    for effect in (0.0, 1.5, math.nan):
        with pytest.raises(ParameterError, match="effect is"):
            plan_study(components(), effect=effect)
    with pytest.raises(ParameterError, match=r"power is 0.04; it must lie between 1 - level"):
        plan_study(components(), effect=0.1, power=0.04)
    with pytest.raises(ParameterError, match="level is 1"):
        plan_study(components(), effect=0.1, level=1.0)
    with pytest.raises(ParameterError, match="max_topics is 5; an interval needs at least 6"):
        plan_study(components(), effect=0.1, max_topics=5)
    with pytest.raises(ParameterError, match="max_phrasings is 0"):
        plan_study(components(), effect=0.1, max_phrasings=0)


def test_a_plan_from_few_topics_warns() -> None:
    components = xr.Dataset(
        {"variance": ("component", [0.02, 0.01, 0.08])},
        {"component": ["model", "model × topic", "residual"]},
        {"levels": '{"topic": 5, "model": 4, "order": 1, "language": 1}'},
    )
    with pytest.warns(UserWarning, match="of 5 topics, too few for intervals"):
        plan_study(components, effect=0.1, max_questions=1, max_phrasings=1)
