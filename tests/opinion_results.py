"""Made-up surveys, answers and similarities for figures, built by hand and in the usual form."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

COUNTRIES = ("JPN", "KOR", "USA", "BRA", "DEU", "IND (Current national sample)", "NGA")
MODELS = ("alpha-7b", "beta-0.5b")
PROMPTINGS = ("default", "as JPN", "in ko")
_BY_ALL = ("country", "model", "prompting")


def representation_of(
    countries: Sequence[str] = COUNTRIES, models: Sequence[str] = MODELS, *, seed: int = 1
) -> xr.Dataset:
    """Return a similarity for each country, model and prompting, with all that stands beside it."""
    rng = np.random.default_rng(seed)
    shape = (len(countries), len(models), len(PROMPTINGS))
    uniform = rng.uniform(0.45, 0.75, len(countries))
    similarity = uniform[:, None, None] + rng.normal(0.03, 0.05, shape)
    rank = np.argsort(np.argsort(-similarity, axis=0), axis=0) + 1.0
    names = {
        "similarity": similarity,
        "excess": similarity - uniform[:, None, None],
        "rank": rank,
        "rank_low": np.clip(rank - 2.0, 1.0, None),
        "rank_high": np.clip(rank + 2.0, None, len(countries)),
    }
    ends = {"low": -0.03, "high": 0.04}
    names |= {
        f"{name}_{end}": names[name] + by
        for name in ("similarity", "excess")
        for end, by in ends.items()
    }
    spearman = np.full(shape[1:], 0.92)
    return xr.Dataset(
        {
            **{name: (_BY_ALL, values) for name, values in names.items()},
            "similarity_uniform": ("country", uniform),
            "similarity_first": ("country", uniform - 0.2),
            "similarity_others": ("country", uniform + 0.1),
            "n_questions": ("country", rng.integers(20, 900, len(countries))),
            "spearman_uniform": (_BY_ALL[1:], spearman),
            "spearman_low": (_BY_ALL[1:], spearman - 0.05),
            "spearman_high": (_BY_ALL[1:], spearman + 0.03),
        },
        {"country": list(countries), "model": list(models), "prompting": list(PROMPTINGS)},
        {"mode": "all", "measure": "jensen-shannon", "base": 2.0, "n_boot": 2000, "seed": 0},
    )


def shift_of(
    countries: Sequence[str] = COUNTRIES[:5], models: Sequence[str] = MODELS, *, seed: int = 2
) -> xr.Dataset:
    """Return shifts under cross-national prompting of each country, and in Korean."""
    rng = np.random.default_rng(seed)
    names = [*(f"as {country}" for country in countries), "in ko"]
    shape = (len(models), len(names))
    toward, elsewhere = rng.normal(0.04, 0.03, shape), rng.normal(0.01, 0.01, shape)
    shift = toward - elsewhere
    dims = ("model", "prompting")
    return xr.Dataset(
        {
            "shift": (dims, shift),
            "shift_low": (dims, shift - 0.02),
            "shift_high": (dims, shift + 0.02),
            "shift_toward": (dims, toward),
            "shift_elsewhere": (dims, elsewhere),
        },
        {
            "model": list(models),
            "prompting": names,
            "prompting_kind": (
                "prompting",
                ["cross-national"] * len(countries) + ["linguistic"],
            ),
            "prompted_country": ("prompting", [*countries, "KOR"]),
        },
        {"measure": "jensen-shannon", "base": 2.0},
    )


def bank_of() -> xr.Dataset:
    """Return a bank of two questions, of three and of two options; NGA was asked the first only."""
    first = [[0.5, 0.3, 0.2], [0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.3, 0.3, 0.4]]
    second = [[0.8, 0.2], [0.4, 0.6], [0.1, 0.9]]
    share = np.full((4, 2, 3), np.nan)
    share[:, 0], share[:3, 1, :2] = first, second
    return xr.Dataset(
        {
            "survey_share": (("country", "question", "option"), share),
            "respondents": (("country", "question"), np.full((4, 2), 1000.0)),
        },
        {
            "country": ["JPN", "KOR", "USA", "NGA"],
            "question": ["A:1", "A:2"],
            "option": ["1", "2", "3"],
            "question_text": ("question", ["How is it going?", "Is it so?"]),
            "n_options": ("question", [3, 2]),
            "option_text": (
                ("question", "option"),
                [["well", "badly", "neither of the two"], ["yes", "no", ""]],
            ),
        },
        {"name": "made up"},
    )


def answers_of() -> xr.Dataset:
    """Return two models' answers to the questions of `bank_of`, all alike but the promptings."""
    default = [[0.5, 0.3, 0.2], [0.25, 0.75, np.nan]]
    prob = np.array([[default, [[0.2, 0.3, 0.5], [np.nan] * 3]]] * 2)
    bank = bank_of()
    kept = ["question", "option", "question_text", "n_options", "option_text"]
    return xr.Dataset(
        {
            "answer_prob": (("model", "prompting", "question", "option"), prob),
            "answer_mass": (("model", "prompting", "question"), np.full((2, 2, 2), 0.875)),
        },
        {
            **{name: bank[name] for name in kept},
            "model": list(MODELS),
            "prompting": ["default", "as USA"],
            "prompted_country": ("prompting", ["", "USA"]),
        },
    )
