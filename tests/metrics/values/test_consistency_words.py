"""The sentences and the table: every number beside its floors, and no more than was measured."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from value_responses import MODELS, questions_of, random_responses, responses_of

from disca_nb.errors import InputError
from disca_nb.metrics.values import (
    consistency,
    consistency_difference,
    consistency_table,
    describe_consistency,
    keep_decided,
)


def line_of(text: str, model: str, measure: str) -> str:
    after = text.split(f"\n{model}: ")[1]
    return next(row for row in after.splitlines() if row.strip().startswith(f"{measure} ("))


def test_each_number_stands_beside_its_floors() -> None:
    result = consistency(random_responses(1, 8, missing=0.1), n_boot=40)
    text = describe_consistency(result)
    assert text.startswith("These questions are synthetic.\n")
    assert "Jensen–Shannon distance (base 2) of answers" in text
    assert "Each group of answers counts once." in text
    assert "Brackets are 95 % intervals from 40 draws of topics, and need 6 topics." in text
    for model in MODELS:
        for measure in result.measure.values.tolist():
            one = result.sel(model=model, measure=measure)
            line = line_of(text, model, measure)
            value, low, high = (one[f"inconsistency{end}"].item() for end in ("", "_low", "_high"))
            assert f"{value:.3f} [{low:.3f}, {high:.3f}]" in line
            share = 100 * one.inconsistency_share.item()
            assert f"{share:.0f} % [" in line
            assert "] of the largest possible." in line
            for name, words in (("random", "Coin flips"), ("shuffled", "dealt anew")):
                assert f"{words} {one[f'inconsistency_{name}'].item():.3f}" in line
            assert f"first option {one.inconsistency_yes.item():.3f}" in line
            groups, left = one.n_groups.item(), one.n_left_out.item()
            assert f"{groups} groups in " in line
            assert (f"; {left} left out, with too few answers" in line) == (left > 0)
            steadier = high < one.inconsistency_shuffled.item()
            assert ("Steadier than its answers dealt anew." in line) == steadier
    entropy = result.stance_entropy.values[0]
    assert f"mean entropy of its answers by choice {entropy:.3f} (an even split of two" in text
    assert "% took no side (left out)" in text
    assert "People" not in text


def test_a_model_that_hedges_is_said_to() -> None:
    questions = questions_of(2, questions=1, phrasings=2)
    rows = [[0.5, 0.5]] * 4
    text = describe_consistency(consistency(responses_of(questions, {"m": rows}), n_boot=10))
    assert "m: mean entropy of its answers by choice 1.000" in text
    assert "It hedges, and a model that hedges on everything looks steady." in text
    assert "Too few topics for an interval." in text
    firm = responses_of(questions, {"m": [[1.0, 0.0]] * 4})
    assert "It hedges" not in describe_consistency(consistency(firm, n_boot=10))


def test_people_stand_beside_english_figures_with_their_source() -> None:
    english = random_responses(2, 7, languages=("en",), spoken=False)
    text = describe_consistency(consistency(english, n_boot=10, compat="moore2024"))
    assert "follows the published code of Moore et al. 2024" in text
    assert "(natural logarithms)" in text
    assert "Each answer counts once." in text
    assert "people 0.098" in line_of(text, "alpha-7b", "paraphrase")
    assert "people 0.296" in line_of(text, "alpha-7b", "topic")
    assert "people" not in line_of(text, "alpha-7b", "topic-between")
    assert "arXiv 2407.02996" in text


def test_filters_notices_and_low_mass_are_told() -> None:
    responses = random_responses(3, 7, spoken=False).copy(deep=True)
    responses.attrs["notice"] = "Made up by hand."
    responses.status[0, 0, :5] = 3
    text = describe_consistency(consistency(keep_decided(responses, max_entropy=0.9), n_boot=10))
    assert text.startswith("These answers or questions are synthetic.\nMade up by hand.\n")
    assert "Filter entropy at most 0.9 bits: " in text
    low = consistency(responses, n_boot=10)
    assert low.n_low_mass.values.tolist() == [5, 0]
    assert describe_consistency(low).count("Answers of low mass, counted as they are: 5.") == 1


def test_what_is_unknown_is_said() -> None:
    responses = random_responses(4, 3, spoken=False).copy(deep=True)
    responses.stance_prob[1] = np.nan
    result = consistency(responses.drop_vars("option_stance"), n_boot=10)
    text = describe_consistency(result)
    assert "first option unknown" in text
    assert "beta-0.5b: no answer by choice." in text
    line = line_of(text, "beta-0.5b", "topic")
    assert "no group to compare; 6 left out" in line


def test_differences_in_words() -> None:
    responses = random_responses(5, 16, spoken=False)
    pair = consistency_difference(responses, models=MODELS, n_boot=40)
    text = describe_consistency(pair)
    assert "Differences are alpha-7b less beta-0.5b; below 0 alpha-7b is steadier." in text
    one = pair.sel(measure="topic")
    value, low, high = (
        one[f"inconsistency_difference{end}"].item() for end in ("", "_low", "_high")
    )
    assert f"topic: {value:+.3f} [{low:+.3f}, {high:+.3f}], " in text
    told = "its interval leaves out 0" if low > 0 or high < 0 else "not told from 0"
    assert told in next(row for row in text.splitlines() if row.startswith("topic: "))
    kinds = describe_consistency(consistency_difference(responses, by="controversial", n_boot=40))
    assert "controversial less uncontroversial" in kinds
    assert "\nbeta-0.5b, paraphrase: " in kinds
    assert "the same of coin flips, by the sizes of groups alone: +0.000." in kinds


def test_the_table_has_a_row_for_each_model_and_measure() -> None:
    result = consistency(random_responses(6, 7), n_boot=20)
    table = consistency_table(result)
    assert len(table) == 10
    assert list(table.columns[:4]) == [
        "model",
        "measure",
        "inconsistency",
        "inconsistency_low",
    ]
    assert table["model"].tolist() == [m for m in MODELS for _ in range(5)]
    row = table.iloc[7]
    one = result.sel(model=row["model"], measure=row["measure"])
    for name in table.columns[2:]:
        value = one[name].item()
        assert row[name] == value or (pd.isna(row[name]) and np.isnan(value))
    assert table.attrs["notes"] == describe_consistency(result)
    single = consistency_table(result.sel(model="alpha-7b"))
    assert single["model"].tolist() == ["alpha-7b"] * 5
    pair = consistency_table(
        consistency_difference(random_responses(6, 7), models=MODELS, n_boot=20)
    )
    assert pair.columns[0] == "measure"
    assert len(pair) == 5


def test_other_datasets_are_refused() -> None:
    with pytest.raises(InputError, match="give what consistency or consistency_difference"):
        describe_consistency(xr.Dataset())
    with pytest.raises(InputError, match="holds stance_prob"):
        consistency_table(random_responses(7, 2).drop_vars(["status", "abstained"]))
