"""Simulations: who is ranked when nobody differs, and how often intervals hold the truth."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import xarray as xr

from disca_nb.metrics.opinions import representation, steering_shift
from disca_nb.metrics.opinions.modes import Mode

pytestmark = pytest.mark.compiled
N_OPTIONS = 4
OPTIONS = [str(i + 1) for i in range(N_OPTIONS)]
Array = npt.NDArray[np.float64]


def bank_of(shares: Array) -> xr.Dataset:
    n_countries, n_questions = shares.shape[:2]
    return xr.Dataset(
        {"survey_share": (("country", "question", "option"), shares)},
        {
            "country": [f"C{i}" for i in range(n_countries)],
            "question": [f"q{i:06d}" for i in range(n_questions)],
            "option": OPTIONS,
            "n_options": ("question", [N_OPTIONS] * n_questions),
        },
    )


def scattered(rng: np.random.Generator, mean: Array, n: int, strength: float) -> Array:
    """Return shares of n countries around the same mean."""
    shares = rng.standard_gamma(strength * mean + 0.05, size=(n, *mean.shape))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


def countries_alike(rng: np.random.Generator) -> tuple[xr.Dataset, xr.Dataset]:
    """Return eight countries that differ by chance alone, and answers that know none of them.

    People agree on some questions and are divided on others, and the first countries were rather
    asked the latter, the last countries the former; fifty questions were put to all.
    """
    agreed = rng.uniform(size=150)
    top = np.eye(N_OPTIONS)[rng.integers(0, N_OPTIONS, 150)]
    shares = scattered(rng, agreed[:, None] * top + (1.0 - agreed[:, None]) / N_OPTIONS, 8, 20.0)
    lean = np.linspace(-4.0, 4.0, 8)[:, None]
    asked = rng.random((8, 150)) < 1.0 / (1.0 + np.exp(-lean * (agreed - 0.5)))
    asked[:, :50] = True
    shares[~asked] = np.nan
    bank = bank_of(shares)
    answers = rng.dirichlet(np.full(N_OPTIONS, 3.0), 150)
    given = xr.Dataset({"answer_prob": (("question", "option"), answers)})
    return bank, given.assign_coords(question=bank.question, option=OPTIONS)


REPETITIONS = 40


@pytest.fixture(scope="module")
def told_apart() -> dict[str, npt.NDArray[np.bool_]]:
    """Whether each country is told from the mean of all, by mode, repetition and country."""
    modes: tuple[Mode, ...] = ("all", "common", "fixed_effects")
    found: dict[str, list[Array]] = {mode: [] for mode in modes}
    rng = np.random.default_rng(5)
    for repetition in range(REPETITIONS):
        bank, answers = countries_alike(rng)
        for mode in modes:
            result = representation(bank, answers, mode=mode, n_boot=300, seed=repetition)
            low, high = (result[f"similarity_deviation_{end}"] for end in ("low", "high"))
            found[mode].append(((low > 0.0) | (high < 0.0)).values.ravel())
    return {mode: np.array(rows) for mode, rows in found.items()}


quiet = pytest.mark.filterwarnings("ignore:The ranking of:UserWarning")


@quiet
def test_all_ranks_countries_that_do_not_differ(
    told_apart: dict[str, npt.NDArray[np.bool_]],
) -> None:
    false = told_apart["all"].mean(axis=0)
    assert false[[0, -1]].min() > 0.7
    assert told_apart["all"].mean() > 0.4


@quiet
@pytest.mark.parametrize("mode", ["common", "fixed_effects"])
def test_common_questions_and_the_fit_do_not(
    told_apart: dict[str, npt.NDArray[np.bool_]], mode: str
) -> None:
    # 320 intervals of 95 %: 16 are expected to leave out the truth.
    assert 0.02 < told_apart[mode].mean() < 0.09
    assert told_apart[mode].mean(axis=0).max() < 0.2


def prompted(rng: np.random.Generator, n: int) -> tuple[xr.Dataset, xr.Dataset]:
    """Return five countries, and a model that moves toward the first when asked as it.

    The prompting also flattens its answers, which brings it closer to all.
    """
    people = scattered(rng, rng.dirichlet(np.ones(N_OPTIONS), n), 5, 3.0)
    default = rng.dirichlet(np.full(N_OPTIONS, 0.7), n)
    moved = 0.8 * (0.7 * default + 0.3 * people[0]) + 0.2 / N_OPTIONS
    people[rng.random((5, n)) > 0.7] = np.nan
    bank = bank_of(people)
    answers = xr.Dataset(
        {"answer_prob": (("prompting", "question", "option"), np.stack([default, moved]))},
        {
            "prompting": ["default", "as C0"],
            "question": bank.question,
            "option": OPTIONS,
            "prompting_kind": ("prompting", ["default", "cross-national"]),
            "prompted_country": ("prompting", ["", "C0"]),
        },
    )
    return bank, answers


def test_shifts_cover_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(8)
    truth = steering_shift(*prompted(rng, 100_000), n_boot=1)["shift"].item()
    assert truth == pytest.approx(0.053, abs=2e-3)
    held = 0
    for repetition in range(200):
        found = steering_shift(*prompted(rng, 40), n_boot=400, seed=repetition)
        held += found["shift_low"].item() <= truth <= found["shift_high"].item()
    # 190 of 200, give or take three standard deviations.
    assert 180 <= held <= 199
