"""What another sample of the same people would score."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
import xarray as xr
from scipy import stats
from scipy.spatial.distance import jensenshannon

from disca_nb.errors import InputError, ParameterError
from disca_nb.metrics.opinions import ceiling
from disca_nb.variables import VARIABLES, validate

Pair = Callable[..., tuple[xr.Dataset, xr.Dataset]]


def test_two_samples_of_three_people_by_hand(bank_of: Callable[..., xr.Dataset]) -> None:
    bank = bank_of({"JPN": {"a": [0.3, 0.7]}}, respondents=[[3]])
    found = ceiling(bank, n_draws=20_000, n_boot=5)
    chance = stats.binom.pmf(np.arange(4), 3, 0.3)
    rows = [np.array([k, 3 - k]) for k in range(4)]
    apart = [jensenshannon(rows[i], rows[j], base=2) for i, j in product(range(4), range(4))]
    expected = 1.0 - np.outer(chance, chance).ravel() @ apart
    assert found.ceiling.item() == pytest.approx(expected, abs=0.01)
    away = [jensenshannon(row, [0.3, 0.7], base=2) for row in rows]
    assert found.ceiling_perfect.item() == pytest.approx(1.0 - chance @ away, abs=0.01)


def test_large_samples_agree_as_theory_says(bank_of: Callable[..., xr.Dataset]) -> None:
    n = 4000
    bank = bank_of({"JPN": {"a": [0.5, 0.5]}}, respondents=[[n]])
    found = ceiling(bank, n_draws=4000, n_boot=5)
    # Near each other the divergence is (p - q)^2 / (8 p q ln 2) bits, and p - q is normal.
    spread = math.sqrt(2.0 * 0.25 / n) / math.sqrt(8.0 * 0.25 * math.log(2.0))
    expected = 1.0 - spread * math.sqrt(2.0 / math.pi)
    assert found.ceiling.item() == pytest.approx(expected, rel=3e-4)


def test_unknown_respondents_have_no_ceiling(random_pair: Pair) -> None:
    bank, _ = random_pair(71)
    bank["respondents"] = (("country", "question"), np.full((6, 30), 400.0))
    bank.respondents[1] = np.nan
    bank.respondents[2, :10] = np.nan
    bank.respondents[3, 5] = 0.2
    found = validate(ceiling(bank, n_draws=5, n_boot=20))
    asked = bank.survey_share.notnull().any("option")
    known = (asked & (bank.respondents >= 1.0)).sum("question")
    np.testing.assert_array_equal(found.n_questions, known)
    assert np.isnan([found.ceiling[1], found.ceiling_low[1], found.ceiling_perfect[1]]).all()
    assert (found.ceiling_low < found.ceiling).drop_sel(country="C01").all()
    assert (found.ceiling < found.ceiling_perfect).drop_sel(country="C01").all()
    mean = found.question_ceiling.mean("question")
    np.testing.assert_allclose(found.ceiling, mean)
    assert {str(name) for name in found} <= VARIABLES.keys()


def test_samples_depend_on_labels_alone(
    random_pair: Pair, shuffled: Callable[..., xr.Dataset]
) -> None:
    bank, _ = random_pair(72)
    bank["respondents"] = (("country", "question"), np.full((6, 30), 300.0))
    one = ceiling(bank, n_draws=5, n_boot=20)
    other = ceiling(shuffled(bank), n_draws=5, n_boot=20)
    xr.testing.assert_identical(other.reindex_like(one), one)
    some = {"country": ["C02"], "question": ["q007", "q001"]}
    few = ceiling(bank.sel(some), n_draws=5, n_boot=20).question_ceiling
    xr.testing.assert_identical(few, one.question_ceiling.sel(some))
    assert not one.ceiling.equals(ceiling(bank, n_draws=5, n_boot=20, seed=1).ceiling)


def test_what_is_missing_or_out_of_range_is_said(random_pair: Pair) -> None:
    bank, _ = random_pair(73)
    with pytest.raises(InputError, match="lacks 'respondents'"):
        ceiling(bank)
    bank["respondents"] = (("country", "question"), np.full((6, 30), 300.0))
    with pytest.raises(ParameterError, match="n_draws is 0"):
        ceiling(bank, n_draws=0)
    with pytest.raises(ParameterError, match=r"seed is 2\.5"):
        ceiling(bank, seed=2.5)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="level is 1"):
        ceiling(bank, level=1)
