"""Banks and answers from small tables, which can be worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
import xarray as xr

Rows: TypeAlias = Mapping[str, Sequence[float]]
Systems: TypeAlias = Mapping[tuple[str, str], Rows]


def _cube(tables: Sequence[Rows], questions: Sequence[str], length: int) -> npt.NDArray[np.float64]:
    """Return tables of rows by question, NaN where a row is missing and past its end."""
    cube = np.full((len(tables), len(questions), length), np.nan)
    for place, rows in enumerate(tables):
        for name, row in rows.items():
            cube[place, questions.index(name), : len(row)] = row
    return cube


def _questions(tables: Sequence[Rows]) -> dict[str, int]:
    """Return the questions of some tables, in the order met, with their numbers of options."""
    return {name: len(row) for rows in tables for name, row in rows.items()}


def make_bank(
    countries: Mapping[str, Rows],
    *,
    topics: Mapping[str, str] | None = None,
    ordinal: bool = False,
    respondents: npt.ArrayLike | None = None,
) -> xr.Dataset:
    """Return the bank of shares by country and question."""
    sizes = _questions(list(countries.values()))
    names, length = list(sizes), max(sizes.values())
    bank = xr.Dataset(
        {
            "survey_share": (
                ("country", "question", "option"),
                _cube(list(countries.values()), names, length),
            )
        },
        {
            "country": list(countries),
            "question": names,
            "option": [str(i + 1) for i in range(length)],
            "n_options": ("question", list(sizes.values())),
            "ordinal": ("question", [ordinal] * len(names)),
            "question_topic": ("question", [(topics or {}).get(name, "") for name in names]),
        },
        {"name": "made-up", "source": "made up", "weight": "none", "synthetic": 1},
    )
    if respondents is not None:
        bank["respondents"] = (("country", "question"), np.asarray(respondents, dtype=float))
    return bank


def make_answers(systems: Systems) -> xr.Dataset:
    """Return answers by model, prompting and question; cross-national ones are named "as XXX"."""
    sizes = _questions(list(systems.values()))
    names, length = list(sizes), max(sizes.values())
    models = list(dict.fromkeys(model for model, _ in systems))
    promptings = list(dict.fromkeys(prompting for _, prompting in systems))
    tables = [systems.get((model, how), {}) for model in models for how in promptings]
    cube = _cube(tables, names, length).reshape(len(models), len(promptings), len(names), length)
    kinds = {"as": "cross-national", "in": "linguistic"}
    about = [[*how.split(" "), ""][:2] for how in promptings]
    return xr.Dataset(
        {"answer_prob": (("model", "prompting", "question", "option"), cube)},
        {
            "model": models,
            "prompting": promptings,
            "question": names,
            "option": [str(i + 1) for i in range(length)],
            "prompting_kind": ("prompting", [kinds.get(how, "default") for how, _ in about]),
            "prompted_country": ("prompting", [to if how == "as" else "" for how, to in about]),
            "prompting_language": ("prompting", [to if how == "in" else "en" for how, to in about]),
        },
        {"source": "made up"},
    )


@pytest.fixture
def bank_of() -> Callable[..., xr.Dataset]:
    return make_bank


@pytest.fixture
def answers_of() -> Callable[..., xr.Dataset]:
    return make_answers


def make_random(
    seed: int, *, countries: int = 6, questions: int = 30, models: int = 2, missing: float = 0.3
) -> tuple[xr.Dataset, xr.Dataset]:
    """Return a bank with gaps, of two to five options, and answers to it under three promptings."""
    rng = np.random.default_rng(seed)
    sizes = {f"q{i:03d}": int(rng.integers(2, 6)) for i in range(questions)}

    def rows(lost: float) -> dict[str, list[float]]:
        table = {name: rng.dirichlet(np.ones(n)).tolist() for name, n in sizes.items()}
        return {name: row for name, row in table.items() if rng.random() >= lost}

    people: dict[str, Rows] = {f"C{i:02d}": rows(missing) for i in range(countries - 1)}
    people[f"C{countries - 1:02d}"] = rows(0.0)
    promptings = ("default", "as C00", "in ko")
    systems: Systems = {(f"m{i}", how): rows(0.0) for i in range(models) for how in promptings}
    topics = dict.fromkeys(list(sizes)[1::2], "odd")
    return make_bank(people, topics=topics), make_answers(systems)


@pytest.fixture
def random_pair() -> Callable[..., tuple[xr.Dataset, xr.Dataset]]:
    return make_random


@pytest.fixture
def hand_bank() -> xr.Dataset:
    """Three countries on four questions; an answer "1" agrees with them wholly or not at all."""
    yes, no = [1.0, 0.0], [0.0, 1.0]
    return make_bank(
        {
            "JPN": {"a": yes, "b": no, "c": yes},
            "KOR": {"a": yes, "b": yes, "d": no},
            "USA": {"a": no, "b": [0.5, 0.5]},
        }
    )


@pytest.fixture
def yes_sayer() -> xr.Dataset:
    """A model that always takes the first of two options."""
    return make_answers({("m", "default"): {name: [1.0, 0.0] for name in "abcd"}})


def shuffle(dataset: xr.Dataset, seed: int = 1) -> xr.Dataset:
    """Return the dataset with all its labels in another order."""
    rng = np.random.default_rng(seed)
    return dataset.isel({dim: rng.permutation(size) for dim, size in dataset.sizes.items()})


@pytest.fixture
def shuffled() -> Callable[..., xr.Dataset]:
    return shuffle
