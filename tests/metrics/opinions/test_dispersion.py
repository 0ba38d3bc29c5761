"""How spread a model's answers are, within questions and between countries."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
import xarray as xr
from scipy import stats
from scipy.spatial.distance import jensenshannon

from disca_nb.errors import InputError, UnknownNameError
from disca_nb.metrics.opinions import as_answers, dispersion_ratio
from disca_nb.variables import VARIABLES, validate

Pair = Callable[..., tuple[xr.Dataset, xr.Dataset]]


def test_within_is_a_ratio_of_mean_entropies(random_pair: Pair) -> None:
    bank, answers = random_pair(61)
    found = validate(dispersion_ratio(bank, answers, n_boot=20))
    assert found.dispersion_ratio.dims == ("country", "model", "prompting")
    one = found.sel(country="C01", model="m1", prompting="in ko")
    rows = []
    for question in bank.question.values:
        n = int(bank.n_options.sel(question=question))
        people = bank.survey_share.sel(country="C01", question=question).values[:n]
        cell = {"model": "m1", "prompting": "in ko", "question": question}
        given = answers.answer_prob.sel(cell).values[:n]
        if not np.isnan(people[0]):
            row = [stats.entropy(each, base=2) for each in (given, people, np.ones(n))]
            rows.append(row)
    model, people, uniform = np.mean(rows, axis=0)
    assert one.n_questions.item() == len(rows)
    assert one.answer_spread.item() == pytest.approx(model)
    assert one.survey_spread.item() == pytest.approx(people)
    assert one.dispersion_ratio.item() == pytest.approx(model / people)
    assert one.dispersion_uniform.item() == pytest.approx(uniform / people)
    assert one.dispersion_low < one.dispersion_ratio < one.dispersion_high


def test_a_model_sure_of_itself_has_no_spread(hand_bank: xr.Dataset, yes_sayer: xr.Dataset) -> None:
    found = dispersion_ratio(hand_bank, yes_sayer, n_boot=20).squeeze(drop=True)
    # Japan and Korea are of one mind on every question: nothing to divide by.
    assert found.dispersion_ratio.isnull().values.tolist() == [True, True, False]
    assert found.dispersion_ratio.sel(country="USA").item() == 0.0
    assert found.dispersion_uniform.sel(country="USA").item() == pytest.approx(2.0)


def test_between_is_a_ratio_of_distances(random_pair: Pair) -> None:
    bank, answers = random_pair(62)
    answers = answers.assign_coords(
        prompting=["as C01", "as C00", "as C05"],
        prompting_kind=("prompting", ["cross-national"] * 3),
        prompted_country=("prompting", ["C01", "C00", "C05"]),
    )
    found = validate(dispersion_ratio(bank, answers, spread="between", n_boot=20))
    assert found.dispersion_ratio.dims == ("model",)
    people, model = [], []
    for one, other in combinations(["C00", "C01", "C05"], 2):
        for question in bank.question.values:
            n = int(bank.n_options.sel(question=question))
            shares = bank.survey_share.sel(question=question, country=[one, other]).values[:, :n]
            if not np.isnan(shares).any():
                people.append(jensenshannon(shares[0], shares[1], base=2))
                cell = {
                    "model": "m0",
                    "question": question,
                    "prompting": [f"as {one}", f"as {other}"],
                }
                given = answers.answer_prob.sel(cell).transpose("prompting", "option").values
                model.append(jensenshannon(given[0, :n], given[1, :n], base=2))
    assert found.n_pairs.item() == len(people)
    assert found.answer_spread.sel(model="m0").item() == pytest.approx(np.mean(model))
    assert found.survey_spread.item() == pytest.approx(np.mean(people))
    ratio = found.dispersion_ratio.sel(model="m0").item()
    assert ratio == pytest.approx(np.mean(model) / np.mean(people))
    assert found.dispersion_low.sel(model="m0") < ratio < found.dispersion_high.sel(model="m0")
    assert {str(name) for name in found} <= VARIABLES.keys()


def test_people_who_answer_for_themselves_differ_as_they_do(random_pair: Pair) -> None:
    bank, _ = random_pair(63)
    names = ["C00", "C01", "C05"]
    answers = as_answers(bank, names).squeeze("prompting", drop=True).rename(model="prompting")
    answers = answers.assign_coords(
        prompting_kind=("prompting", ["cross-national"] * 3), prompted_country=("prompting", names)
    )
    found = dispersion_ratio(bank, answers, spread="between", n_boot=20)
    ends = [found[f"dispersion_{end}"].item() for end in ("ratio", "low", "high")]
    np.testing.assert_allclose(ends, 1.0)
    same = answers.assign(answer_prob=xr.zeros_like(answers.answer_prob) + 0.2)
    same = same.assign(answer_prob=same.answer_prob.where(answers.answer_prob.notnull()))
    assert dispersion_ratio(bank, same, spread="between", n_boot=20).dispersion_ratio.item() == 0.0


def test_two_samples_of_a_country_are_no_pair(random_pair: Pair) -> None:
    bank, answers = random_pair(66)
    names = ["C00", "IND (New sample)", "IND (Old sample)"]
    bank = bank.isel(country=[0, 1, 5]).assign_coords(country=names)
    answers = answers.assign_coords(
        prompting_kind=("prompting", ["cross-national"] * 3), prompted_country=("prompting", names)
    )
    found = dispersion_ratio(bank, answers, spread="between", n_boot=20)
    asked = bank.survey_share.notnull().any("option")
    assert found.n_pairs.item() == int((asked[0] & asked[1:]).sum())


@pytest.mark.parametrize("spread", ["within", "between"])
def test_labels_order_changes_nothing(
    random_pair: Pair, shuffled: Callable[..., xr.Dataset], spread: str
) -> None:
    bank, answers = random_pair(64)
    answers = answers.assign_coords(
        prompting_kind=("prompting", ["cross-national"] * 3),
        prompted_country=("prompting", ["C01", "C00", "C05"]),
    )
    one = dispersion_ratio(bank, answers, spread=spread, n_boot=20)  # type: ignore[arg-type]
    other = dispersion_ratio(
        shuffled(bank),
        shuffled(answers, 2),
        spread=spread,  # type: ignore[arg-type]
        n_boot=20,
    )
    xr.testing.assert_identical(other.reindex_like(one), one)


def test_what_cannot_be_compared_is_refused(random_pair: Pair) -> None:
    bank, answers = random_pair(65)
    with pytest.raises(UnknownNameError, match="Unknown spread 'across'"):
        dispersion_ratio(bank, answers, spread="across")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="are for 1 prompted country; a spread between"):
        dispersion_ratio(bank, answers, spread="between")
    with pytest.raises(UnknownNameError, match="Unknown country 'C00'"):
        dispersion_ratio(bank.drop_sel(country="C00"), answers, spread="between")
