"""The sentences and the table: every number with its floor and its interval, and no more."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.metrics.opinions import (
    ceiling,
    describe,
    dispersion_ratio,
    representation,
    representation_table,
    similarity,
    steering_shift,
)

Pair = Callable[..., tuple[xr.Dataset, xr.Dataset]]
quiet = pytest.mark.filterwarnings("ignore:The ranking of:UserWarning")


@quiet
def test_a_ranking_in_words(random_pair: Pair) -> None:
    bank, answers = random_pair(81)
    result = representation(bank, answers, n_boot=40)
    text = describe(result)
    assert text.startswith("Similarity is 1 - Jensen–Shannon distance, base 2.\nBrackets are 95 %")
    assert "from 40 joint draws of questions" in text
    assert "Mode all: each country on all the questions that it was asked." in text
    one = result.sel(model="m0", prompting="in ko")
    first = one.isel(country=int(one["rank"].values.argmin()))
    line = next(row for row in text.split("m0 (in ko)")[1].splitlines() if "First:" in row)
    values = [first[f"similarity{end}"].item() for end in ("", "_low", "_high")]
    assert f"{first.country.item()}, {values[0]:.3f} [{values[1]:.3f}, {values[2]:.3f}]" in line
    assert f"on {first.n_questions.item()} questions; rank 1 [" in line
    assert f"Uniform {first.similarity_uniform.item():.3f}, first option" in line
    assert "by population unknown." in line
    rho = one.spearman_uniform.item()
    assert f"with the uniform responder's ranking: {rho:.2f} [" in text
    assert "6 countries have no known population" in text


def test_countries_are_counted(hand_bank: xr.Dataset, yes_sayer: xr.Dataset) -> None:
    result = representation(hand_bank, yes_sayer, mode="common", n_boot=40)
    text = describe(result)
    assert "Mode common: on the questions that every compared country answered." in text
    assert "Last: USA" in text
    assert "countries have no known" not in text
    above, below = int((result.excess_low > 0).sum()), int((result.excess_high < 0).sum())
    first = int((result.rank_low <= 1).sum())
    assert f"above 0 in {above} of 3 countries, below 0 in {below}" in text
    assert f"not told from it in {3 - above - below}; rank 1" in text
    assert f"rank interval of {first}." in text


@quiet
def test_what_was_selected_reads_as_the_rest_does(random_pair: Pair) -> None:
    bank, answers = random_pair(87)
    answers["status"] = answers.answer_prob.isel(option=0, drop=True).notnull().astype(int)
    answers.status[1, 0, :4] = 3
    result = representation(bank, answers, n_boot=20)
    one = result.sel(model="m1", prompting="default")
    whole, part = describe(result), describe(one)
    assert set(part.splitlines()) < set(whole.splitlines())
    assert "Answers of low mass, counted as they are: 4." in part
    assert whole.count("Answers of low mass") == 1
    table = representation_table(one)
    assert table["country"].tolist()[0] == one.country.values[one["rank"].values.argmin()]
    alone = describe(one.sel(country="C01"))
    assert "Only: C01" in alone


def test_the_reference_is_named(random_pair: Pair) -> None:
    result = representation(*random_pair(82), mode="paired", reference="C05", n_boot=20)
    text = describe(result)
    assert "each country on the questions that it shares with C05." in text
    assert "from the reference; rank 1" in text


def test_synthetic_is_said_where_it_is(hand_bank: xr.Dataset, yes_sayer: xr.Dataset) -> None:
    bank = hand_bank.assign_attrs(notice="Synthetic: nobody was asked.")
    text = describe(representation(bank, yes_sayer, mode="common", n_boot=20))
    assert "Synthetic: nobody was asked." in text


def test_shifts_in_words(random_pair: Pair) -> None:
    result = steering_shift(*random_pair(83), n_boot=40)
    one = result.sel(model="m1", prompting="as C00")
    line = describe(result).splitlines()[-1]
    assert line.startswith(f"m1 (as C00): toward C00 {one['shift'].item():+.3f} [")
    assert f"{one['n_questions'].item()} questions" in line
    assert f"answers that became uniform: {one['shift_uniform'].item():+.3f}." in line
    zero_inside = one["shift_low"].item() <= 0.0 <= one["shift_high"].item()
    assert ("not told from 0" in line) == zero_inside


@pytest.mark.parametrize(
    ("measure", "name"),
    [("hellinger", "Hellinger distance"), ("total-variation", "total variation distance")],
)
def test_measures_are_written_as_words(random_pair: Pair, measure: str, name: str) -> None:
    result = representation(*random_pair(88), mode="common", measure=measure, n_boot=5)  # type: ignore[arg-type]
    assert describe(result).startswith(f"Similarity is 1 - {name}.\n")


def test_a_shift_on_few_questions_is_said_to_have_no_interval(random_pair: Pair) -> None:
    bank, answers = random_pair(89, questions=5, missing=0.0)
    line = describe(steering_shift(bank, answers, n_boot=20)).splitlines()[-1]
    assert "too few questions for an interval" in line
    assert "[" not in line


def test_spread_and_ceiling_in_words(random_pair: Pair) -> None:
    bank, answers = random_pair(84)
    within = describe(dispersion_ratio(bank, answers, n_boot=20))
    assert "Entropy of the model's answers over that of people's" in within
    assert within.count("uniform responder") == 36
    prompted = answers.assign_coords(
        prompting_kind=("prompting", ["cross-national"] * 3),
        prompted_country=("prompting", ["C01", "C00", "C05"]),
    )
    between = describe(dispersion_ratio(bank, prompted, spread="between", n_boot=20))
    assert between.count("answers that are the same for every country: 0.") == 2
    bank["respondents"] = (("country", "question"), np.full((6, 30), 300.0))
    bank.respondents[0] = np.nan
    top = describe(ceiling(bank, n_draws=5, n_boot=20))
    assert "C00: respondents unknown, no ceiling." in top
    assert "C01: another sample of the same people is expected to reach 0.9" in top


@quiet
def test_groups_have_a_heading_each(random_pair: Pair) -> None:
    bank, answers = random_pair(85)
    both = xr.concat([bank, bank], "group", coords="minimal", compat="override")
    both = both.assign_coords(group=["old", "young"])
    result = representation(both, answers, n_boot=20)
    text = describe(result)
    assert text.index("Group old:") < text.index("Group young:")
    assert text.count("m0 (default): 6 of 6 countries.") == 2
    table = representation_table(result)
    assert table["group"].tolist() == ["old"] * 36 + ["young"] * 36


@quiet
def test_the_table_is_sorted_by_rank_with_floors(random_pair: Pair) -> None:
    bank, answers = random_pair(86)
    bank.survey_share[2] = np.nan
    result = representation(bank, answers, n_boot=20)
    table = representation_table(result)
    assert table.shape[0] == 36
    assert table.columns[:4].tolist() == ["model", "prompting", "country", "rank"]
    assert table["model"].tolist() == ["m0"] * 18 + ["m1"] * 18
    assert table["prompting"][:6].tolist() == ["default"] * 6
    one = table[(table["model"] == "m1") & (table["prompting"] == "as C00")].set_index("country")
    assert one["rank"].iloc[:5].is_monotonic_increasing
    assert one.index[-1] == "C02"
    assert np.isnan(one["similarity"].iloc[-1])
    assert one["n_questions"].iloc[-1] == 0
    cell = result.sel(model="m1", prompting="as C00", country="C04")
    for name in ("similarity", "excess_low", "rank_high", "similarity_uniform", "similarity_first"):
        assert one.loc["C04", name] == cell[name].item()
    assert "Spearman correlation with the uniform" in table.attrs["notes"]


def test_other_results_are_refused(hand_bank: xr.Dataset, yes_sayer: xr.Dataset) -> None:
    with pytest.raises(InputError, match="The dataset holds similarity; give what representation"):
        describe(similarity(hand_bank, yes_sayer))
    with pytest.raises(InputError, match="lacks 'rank'"):
        representation_table(similarity(hand_bank, yes_sayer))
