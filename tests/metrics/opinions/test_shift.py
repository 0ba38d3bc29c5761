"""The shift toward a prompted country: by hand, what it is blind to, and how often it covers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr
from scipy.spatial.distance import jensenshannon

from disca_nb.errors import InputError, UnknownNameError
from disca_nb.metrics.opinions import similarity, steering_shift
from disca_nb.variables import VARIABLES, validate

Pair = Callable[..., tuple[xr.Dataset, xr.Dataset]]
HALF = 1.0 - float(jensenshannon([1.0, 0.0], [0.5, 0.5], base=2))
YES, NO, SPLIT = [1.0, 0.0], [0.0, 1.0], [0.5, 0.5]


@pytest.fixture
def by_hand(
    bank_of: Callable[..., xr.Dataset], answers_of: Callable[..., xr.Dataset]
) -> tuple[xr.Dataset, xr.Dataset]:
    """Return people of three countries, and a model that turns from yes to no when asked as JPN."""
    bank = bank_of(
        {
            "JPN": {"a": NO, "b": NO, "c": YES},
            "KOR": {"a": YES, "b": NO},
            "USA": {"a": SPLIT, "d": YES},
        }
    )
    default = dict.fromkeys("abcd", YES)
    prompted = dict.fromkeys("abcd", NO)
    return bank, answers_of({("m", "default"): default, ("m", "as JPN"): prompted})


def test_differences_of_differences_by_hand(by_hand: tuple[xr.Dataset, xr.Dataset]) -> None:
    found = steering_shift(*by_hand, n_boot=50).squeeze()
    # On a Japan gains 1, Korea loses 1 and the split USA gains nothing: 1 - (-1 + 0) / 2. On b
    # Japan and Korea gain 1 each: 0. On c and d there are no two to compare.
    assert found["n_questions"].item() == 2
    assert found["shift"].item() == pytest.approx((1.5 + 0.0) / 2.0)
    assert found["shift_toward"].item() == pytest.approx(1.0)
    assert found["shift_elsewhere"].item() == pytest.approx((-0.5 + 1.0) / 2.0)
    # Answers that became uniform: on a Japan gains HALF, Korea loses 1 - HALF, the USA gains so.
    on_a = HALF - ((HALF - 1.0) + (1.0 - HALF)) / 2.0
    assert found["shift_uniform"].item() == pytest.approx((on_a + 0.0) / 2.0)
    assert found.prompting.item() == "as JPN"


def test_shift_is_a_loop_over_questions(random_pair: Pair) -> None:
    bank, answers = random_pair(41)
    found = steering_shift(bank, answers, countries_of={"ko": ["C01", "C02"]}, n_boot=20)
    cells = similarity(bank, answers).similarity
    for prompting, named in (("as C00", ["C00"]), ("in ko", ["C01", "C02"])):
        gains = cells.sel(prompting=prompting) - cells.sel(prompting="default")
        for model in ("m0", "m1"):
            rows = []
            for question in bank.question.values:
                gain = gains.sel(model=model, question=question).to_series().dropna()
                own = gain[gain.index.isin(named)]
                others = gain.drop(own.index)
                if len(own) and len(others):
                    rows.append((own.mean() - others.mean(), own.mean(), others.mean()))
            one = found.sel(model=model, prompting=prompting)
            assert one["n_questions"].item() == len(rows)
            figures = [one[name].item() for name in ("shift", "shift_toward", "shift_elsewhere")]
            np.testing.assert_allclose(figures, np.mean(rows, axis=0))
            assert figures[0] == pytest.approx(figures[1] - figures[2])
    assert found.prompted_country.values.tolist() == ["C00", "C01, C02"]


def test_an_interval_is_of_the_differences_themselves(random_pair: Pair) -> None:
    bank, answers = random_pair(42, questions=60, missing=0.0)
    found = steering_shift(bank, answers, n_boot=4000).sel(model="m0", prompting="as C00")
    cells = similarity(bank, answers).similarity.sel(model="m0")
    gains = cells.sel(prompting="as C00") - cells.sel(prompting="default")
    d = gains.sel(country="C00") - gains.drop_sel(country="C00").mean("country")
    width = (found.shift_high - found.shift_low).item()
    assert width == pytest.approx(2 * 2.0 * d.std(ddof=1).item() / np.sqrt(60), rel=0.08)


def test_what_does_the_same_to_all_countries_is_no_shift(
    bank_of: Callable[..., xr.Dataset], answers_of: Callable[..., xr.Dataset]
) -> None:
    same = {f"q{i}": YES for i in range(6)}
    bank = bank_of({"JPN": same, "KOR": same})
    answers = answers_of(
        {("m", "default"): dict.fromkeys(same, SPLIT), ("m", "as JPN"): dict.fromkeys(same, YES)}
    )
    found = steering_shift(bank, answers, n_boot=20).squeeze()
    assert found["shift_toward"].item() == pytest.approx(1.0 - HALF)
    assert (found["shift"].item(), found["shift_low"].item(), found["shift_high"].item()) == (
        0.0,
        0.0,
        0.0,
    )


def test_answers_that_become_uniform_do_shift(
    bank_of: Callable[..., xr.Dataset], answers_of: Callable[..., xr.Dataset]
) -> None:
    # Knowing nothing of Japan: away from a firm yes, and so toward those who do not say yes.
    names = [f"q{i}" for i in range(6)]
    bank = bank_of({"JPN": dict.fromkeys(names, SPLIT), "KOR": dict.fromkeys(names, YES)})
    answers = answers_of(
        {("m", "default"): dict.fromkeys(names, YES), ("m", "as JPN"): dict.fromkeys(names, SPLIT)}
    )
    found = steering_shift(bank, answers, n_boot=20).squeeze()
    assert found["shift_low"].item() > 0.5
    assert found["shift"].item() == found["shift_uniform"].item()


def test_another_sample_of_the_named_country_is_not_elsewhere(
    bank_of: Callable[..., xr.Dataset], answers_of: Callable[..., xr.Dataset]
) -> None:
    own, other = "IND (Current national sample)", "IND (Non-national sample)"
    bank = bank_of({own: {"a": NO, "b": NO}, other: {"a": NO, "b": NO}, "USA": {"a": YES}})
    answers = answers_of(
        {("m", "default"): {"a": YES, "b": YES}, ("m", "as IND"): {"a": NO, "b": NO}}
    ).assign_coords(prompted_country=("prompting", ["", own]))
    found = steering_shift(bank, answers, n_boot=20).squeeze()
    # On b only the other sample was asked: nobody to compare with.
    assert (found["n_questions"].item(), found["shift"].item()) == (1, 2.0)


def test_labels_order_and_selection_change_nothing(
    random_pair: Pair, shuffled: Callable[..., xr.Dataset]
) -> None:
    bank, answers = random_pair(43)
    one = steering_shift(bank, answers, countries_of={"ko": "C03"}, n_boot=20)
    other = steering_shift(
        shuffled(bank), shuffled(answers, 2), countries_of={"ko": "C03"}, n_boot=20
    )
    xr.testing.assert_identical(other.reindex_like(one), one)
    few = steering_shift(
        bank, answers.sel(model=["m1"], prompting=["default", "as C00"]), n_boot=20
    )
    xr.testing.assert_identical(few, one.sel(model=["m1"], prompting=["as C00"]))


def test_the_result_is_registered(random_pair: Pair) -> None:
    found = validate(steering_shift(*random_pair(44), n_boot=20))
    assert {str(name) for name in found} <= VARIABLES.keys()
    assert found["shift"].dims == ("model", "prompting")
    assert found["n_questions"].dims == ("prompting",)


def test_without_a_question_in_common_there_is_no_shift(
    bank_of: Callable[..., xr.Dataset], answers_of: Callable[..., xr.Dataset]
) -> None:
    bank = bank_of({"JPN": {"a": YES}, "KOR": {"b": YES}})
    both = {"a": YES, "b": NO}
    answers = answers_of({("m", "default"): both, ("m", "as JPN"): both})
    found = steering_shift(bank, answers, n_boot=20).squeeze()
    assert found["n_questions"].item() == 0
    assert np.isnan([found["shift"].item(), found["shift_low"].item()]).all()


def test_models_without_a_question_in_common_have_no_shift(
    random_pair: Pair,
) -> None:
    bank, answers = random_pair(46)
    half = np.arange(answers.sizes["question"]) < 15
    values = answers.answer_prob.transpose("model", "question", "prompting", "option").copy()
    values[0, half], values[1, ~half] = np.nan, np.nan
    with pytest.warns(UserWarning, match="30 of 30 questions lack the answer"):
        found = steering_shift(bank, answers.assign(answer_prob=values), n_boot=20)
    assert found["n_questions"].values.tolist() == [0]
    assert found["shift"].isnull().all()


def test_answers_without_what_is_compared_are_refused(random_pair: Pair) -> None:
    bank, answers = random_pair(45)
    with pytest.raises(InputError, match="0 default promptings; a shift is measured from one"):
        steering_shift(bank, answers.sel(prompting=["as C00", "in ko"]))
    with pytest.raises(InputError, match="no cross-national prompting, and no linguistic one"):
        steering_shift(bank, answers.sel(prompting=["default", "in ko"]))
    with pytest.raises(UnknownNameError, match="Unknown country 'C00'"):
        steering_shift(bank.drop_sel(country="C00"), answers)
    with pytest.raises(UnknownNameError, match="language in countries_of 'kr'; did you mean 'ko'"):
        steering_shift(bank, answers, countries_of={"ko": "C01", "kr": "C02"})
    with pytest.raises(UnknownNameError, match="Unknown country 'KOR'"):
        steering_shift(bank, answers, countries_of={"ko": "KOR"})
