"""Scores, excess and ranks with their intervals: what is resampled, paired, warned of and kept."""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from disca_nb import metrics
from disca_nb.datasets import surveys
from disca_nb.errors import InputError, ParameterError
from disca_nb.kernels.opinions import joint_means
from disca_nb.metrics.bootstrap import resamples
from disca_nb.metrics.opinions import as_answers, joint, question_view, representation, similarity
from disca_nb.metrics.opinions.joint import ends, fewest_questions, question_counts, widened_tails
from disca_nb.metrics.opinions.modes import Mode
from disca_nb.variables import VARIABLES, validate

Pair = Callable[..., tuple[xr.Dataset, xr.Dataset]]
quiet = pytest.mark.filterwarnings("ignore:The ranking of:UserWarning")
_MODES: tuple[tuple[Mode, str | None], ...] = (
    ("all", None),
    ("common", None),
    ("paired", "C05"),
    ("fixed_effects", None),
)


def tails(level: float, n: int) -> float:
    t = stats.t.ppf(1.0 - (1.0 - level) / 2.0, n - 1) * math.sqrt(n / (n - 1))
    return float(1.0 - stats.norm.cdf(t))


@quiet
def test_intervals_are_those_of_a_loop_over_draws(random_pair: Pair) -> None:
    bank, answers = random_pair(21)
    found = representation(bank, answers, n_boot=200, seed=7, level=0.9)
    one = {"model": "m1", "prompting": "default"}
    cells = similarity(bank, answers).similarity.sel(one).sortby("question").values
    flat = answers.answer_prob.notnull().astype(float).where(answers.answer_prob.notnull())
    uniform = similarity(bank, xr.Dataset({"answer_prob": flat}))
    floor = uniform.similarity.sel(one).sortby("question").values
    means, excess, rank, rho = [], [], [], []
    for count in resamples(30, n_boot=200, seed=7):
        drawn = np.repeat(np.arange(30), count.astype(int))
        mean, other = np.nanmean(cells[:, drawn], axis=1), np.nanmean(floor[:, drawn], axis=1)
        means.append(mean)
        excess.append(mean - other)
        rank.append(stats.rankdata(-mean))
        rho.append(stats.spearmanr(mean, other)[0])
    score = found.sel(one)
    np.testing.assert_allclose(score.similarity, np.nanmean(cells, axis=1))
    for country, n in enumerate(found.n_questions.values):
        low = tails(0.9, n)
        for name, draws in (("similarity", means), ("excess", excess)):
            ends = np.quantile(np.array(draws)[:, country], [low, 1.0 - low])
            np.testing.assert_allclose(score[f"{name}_low"][country], ends[0])
            np.testing.assert_allclose(score[f"{name}_high"][country], ends[1])
        places = np.array(rank)[:, country]
        assert score.rank_low[country] == np.quantile(places, 0.05, method="lower")
        assert score.rank_high[country] == np.quantile(places, 0.95, method="higher")
    assert score.spearman_low.item() == pytest.approx(np.quantile(rho, 0.05))
    assert score.spearman_high.item() == pytest.approx(np.quantile(rho, 0.95))
    full = stats.spearmanr(np.nanmean(cells, axis=1), np.nanmean(floor, axis=1))[0]
    assert score.spearman_uniform.item() == pytest.approx(full)


@quiet
@pytest.mark.parametrize(("mode", "reference"), _MODES)
def test_the_order_of_labels_changes_nothing(
    random_pair: Pair, shuffled: Callable[..., xr.Dataset], mode: Mode, reference: str | None
) -> None:
    bank, answers = random_pair(22)
    one = representation(bank, answers, mode=mode, reference=reference, n_boot=30)
    other = representation(
        shuffled(bank), shuffled(answers, 2), mode=mode, reference=reference, n_boot=30
    )
    assert other.country.values.tolist() == shuffled(bank).country.values.tolist()
    xr.testing.assert_identical(other.reindex_like(one), one)


@quiet
@pytest.mark.parametrize(("mode", "reference"), _MODES)
def test_selecting_models_and_promptings_changes_nothing(
    random_pair: Pair, mode: Mode, reference: str | None
) -> None:
    bank, answers = random_pair(23)
    some = {"model": ["m1"], "prompting": ["in ko", "default"]}
    one = representation(bank, answers.sel(some), mode=mode, reference=reference, n_boot=30)
    every = representation(bank, answers, mode=mode, reference=reference, n_boot=30)
    xr.testing.assert_identical(one, every.sel(some))


@quiet
def test_selecting_countries_changes_ranks_alone_in_mode_all(random_pair: Pair) -> None:
    bank, answers = random_pair(24)
    names = ["C04", "C00", "C02"]
    every = representation(bank, answers, n_boot=30)
    few = representation(bank, answers, countries=names, n_boot=30)
    assert few.country.values.tolist() == ["C00", "C02", "C04"]
    about = ("rank", "spearman", "similarity_deviation")
    kept = [name for name in few if not str(name).startswith(about)]
    assert len(kept) == 13
    # Not to the bit: a draw's sums do not depend on others, but check it as numbers.
    xr.testing.assert_allclose(few[kept], every[kept].sel(country=few.country))


@quiet
@pytest.mark.parametrize(("mode", "reference"), _MODES)
def test_blocks_of_systems_change_nothing(
    random_pair: Pair, monkeypatch: pytest.MonkeyPatch, mode: Mode, reference: str | None
) -> None:
    bank, answers = random_pair(25)
    whole = representation(bank, answers, mode=mode, reference=reference, n_boot=30)
    monkeypatch.setattr(joint, "_NUMBERS_PER_BLOCK", 31 * 6 * 2)
    parts = representation(bank, answers, mode=mode, reference=reference, n_boot=30)
    xr.testing.assert_identical(parts, whole)


@pytest.mark.compiled
@quiet
def test_draws_are_not_kept(random_pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    bank, answers = random_pair(32, countries=20, questions=8, models=40)
    monkeypatch.setattr(joint, "_NUMBERS_PER_BLOCK", 40_000)
    tracemalloc.start()
    try:
        representation(bank, answers, n_boot=400)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # The draws of one figure of 20 countries and 120 systems take 7.7 MB, and there are five.
    assert peak < 7_700_000


@quiet
def test_the_seed_decides_the_draws(random_pair: Pair) -> None:
    bank, answers = random_pair(26)
    one, same, other = (representation(bank, answers, n_boot=30, seed=s) for s in (3, 3, 4))
    xr.testing.assert_identical(one, same)
    assert not one.similarity_low.equals(other.similarity_low)
    assert one.similarity.equals(other.similarity)


@quiet
def test_a_question_that_one_lacks_is_left_out_for_all(random_pair: Pair) -> None:
    bank, answers = random_pair(27)
    answers.answer_prob.loc[{"model": "m1", "prompting": "in ko", "question": "q003"}] = np.nan
    with pytest.warns(UserWarning, match="1 of 30 questions lacks the answer of a model") as told:
        found = representation(bank, answers, n_boot=30)
    assert told[0].filename == __file__
    kept = bank.question[bank.question != "q003"]
    expected = representation(bank, answers.sel(question=kept), n_boot=30)
    xr.testing.assert_identical(found, expected)


@quiet
def test_a_prompting_that_a_model_was_never_asked_does_not_empty_the_rest(
    random_pair: Pair,
) -> None:
    bank, answers = random_pair(28)
    answers.answer_prob.loc[{"model": "m1", "prompting": "as C00"}] = np.nan
    with pytest.warns(UserWarning, match=r"No answers of m1 \(as C00\); there the result is NaN"):
        found = representation(bank, answers, n_boot=30)
    empty = found.sel(model="m1", prompting="as C00")
    assert empty[["similarity", "similarity_high", "excess", "rank"]].isnull().to_array().all()
    assert np.isnan(empty.spearman_uniform)
    kept = found.sel(model="m0")
    assert kept.similarity.notnull().all()
    assert found.n_questions.max() == 30


def test_a_ranking_like_the_uniform_responders_is_warned_of(
    bank_of: Callable[..., xr.Dataset], answers_of: Callable[..., xr.Dataset]
) -> None:
    # Each country was asked its own question; the flatter its people are, the nearer is a model
    # that hardly prefers an option.
    flat = {"JPN": 0.5, "KOR": 0.6, "USA": 0.7, "DEU": 0.8, "BRA": 0.9}
    bank = bank_of({name: {f"q{name}": [p, 1.0 - p]} for name, p in flat.items()})
    answers = answers_of({("m", "default"): {f"q{name}": [0.45, 0.55] for name in flat}})
    with pytest.warns(UserWarning, match=r"5 countries by m \(default\) has a Spearman .* 1\.00"):
        found = representation(bank, answers, n_boot=20)
    assert found.spearman_uniform.item() == pytest.approx(1.0)
    # A single question has no interval.
    assert found.similarity_low.isnull().all()
    assert found.rank_low.isnull().all()


def test_few_questions_have_wider_intervals() -> None:
    found = widened_tails(0.95, np.array([2, 10, 100, 10**6]))
    expected = [tails(0.95, n) for n in (2, 10, 100, 10**6)]
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-12)
    assert found[-1] == pytest.approx(0.025, rel=1e-4)
    assert (np.diff(found) > 0.0).all()


def test_no_interval_is_given_that_cannot_hold_its_level() -> None:
    rng = np.random.default_rng(3)
    for level in (0.95, 0.9, 0.8):
        fewest = fewest_questions(level)
        for n in (fewest - 1, fewest):
            counts = question_counts(n, n_boot=1000, seed=0, level=level)
            values = rng.normal(size=(20_000, n))
            # The widest interval of draws is from the lowest to the highest of the values.
            held = ((values.min(axis=1) <= 0.0) & (values.max(axis=1) >= 0.0)).mean()
            assert (held > level - 0.005) == (n == fewest)
            some = values[:2000]
            low, high = ends(joint_means(some, counts), np.full(2000, n), level=level)
            assert np.isnan(low).all() == np.isnan(high).all() == (n < fewest)
        assert ((low <= 0.0) & (high >= 0.0)).mean() > level - 0.05


def test_nobody_to_compare_is_said(random_pair: Pair) -> None:
    bank, answers = random_pair(33)
    for dim in ("model", "prompting"):
        nobody = answers.isel({dim: []})
        with pytest.raises(InputError, match=f"There is no {dim} in the answers; select at least"):
            representation(bank, nobody)
        with pytest.raises(InputError, match=f"There is no {dim} in the answers"):
            question_view(bank, nobody)
    with pytest.raises(InputError, match="There is no country in the bank"):
        representation(bank.isel(country=[]), answers)


@quiet
def test_groups_are_ranked_each_for_itself(random_pair: Pair) -> None:
    bank, answers = random_pair(29)
    other = bank.assign(survey_share=(bank.survey_share.dims, bank.survey_share.values[::-1] * 0.9))
    both = xr.concat([bank, other], "group", coords="minimal", compat="override")
    both = both.assign_coords(group=["women", "men"])
    found = representation(both, answers, n_boot=20)
    for name, one in (("women", bank), ("men", other)):
        alone = representation(one, answers, n_boot=20)
        xr.testing.assert_allclose(found.sel(group=name, drop=True), alone)
    assert validate(found).similarity.dims == ("country", "group", "model", "prompting")


@quiet
@pytest.mark.parametrize(("mode", "reference"), _MODES)
def test_the_result_says_what_it_is(random_pair: Pair, mode: Mode, reference: str | None) -> None:
    bank, answers = random_pair(31)
    found = representation(
        bank, answers, mode=mode, reference=reference, n_boot=20, seed=5, measure="hellinger"
    )
    assert validate(found) is found
    for name, array in found.variables.items():
        if name in VARIABLES:
            assert array.attrs["description"] == VARIABLES[str(name)].text
        else:
            assert name in found.dims
    told = {"mode": mode, "measure": "hellinger", "base": "none", "n_boot": 20, "seed": 5}
    assert told.items() <= found.attrs.items()
    common = bank.survey_share.notnull().any("option").all("country").sum()
    assert found.attrs["n_common"] == int(common)
    assert (found.attrs["bank"], found.attrs["synthetic"]) == ("made-up", 1)
    unmarked = bank.drop_attrs(deep=False)
    made_up = answers.assign_attrs(synthetic=0, source="synthetic: elicited from a stand-in")
    assert representation(unmarked, made_up, n_boot=5).attrs["synthetic"] == 1
    real = answers.assign_attrs(synthetic=0, source="elicited from a model")
    assert representation(unmarked, real, n_boot=5).attrs["synthetic"] == 0
    assert found.prompted_country.values.tolist() == ["", "C00", ""]


def test_numbers_out_of_range_are_refused(hand_bank: xr.Dataset, yes_sayer: xr.Dataset) -> None:
    with pytest.raises(ParameterError, match="n_boot is 0"):
        representation(hand_bank, yes_sayer, n_boot=0)
    with pytest.raises(ParameterError, match="seed is -1"):
        representation(hand_bank, yes_sayer, seed=-1)
    with pytest.raises(ParameterError, match="level is 95"):
        representation(hand_bank, yes_sayer, level=95)


def test_metrics_has_the_names() -> None:
    for name in metrics.opinions.__all__:
        assert getattr(metrics.opinions, name) is not None
    assert metrics.representation is representation


@pytest.fixture(scope="module")
def published(reference_data: Path) -> xr.Dataset:
    return surveys.read_global_opinions(reference_data / "goqa" / "global_opinions_recovered.csv")


@pytest.mark.compiled
@quiet
def test_the_uniform_responder_scores_as_recomputed(published: xr.Dataset) -> None:
    answers = as_answers(published, ["United States"])
    options = published.survey_share.notnull().any("country")
    flat = xr.Dataset({"answer_prob": options.astype(float).where(options)})
    found = representation(published, flat, n_boot=2)
    names = ["Nigeria (Non-national sample)", "United States", "Vietnam", "Ethiopia"]
    scores = found.similarity.squeeze(drop=True).sel(country=names)
    np.testing.assert_allclose(scores, [0.731, 0.630, 0.502, 0.484], atol=1e-3)
    np.testing.assert_allclose(found.similarity_uniform.sel(country=names), scores)
    # Countries on the questions that they share with the United States.
    near = representation(published, answers, n_boot=2).squeeze(drop=True)
    shared = near.sel(country=near.n_questions >= 200).similarity.to_series().sort_values()
    closest = {"Britain": 0.833, "Canada": 0.830, "Czech Rep.": 0.802}
    assert shared.index[:-5:-1].tolist() == ["United States", *closest]
    np.testing.assert_allclose(shared.iloc[-2:-5:-1], list(closest.values()), atol=1e-3)
    assert shared.index[0] == "Pakistan"
    assert shared.iloc[0] == pytest.approx(0.646, abs=1e-3)
