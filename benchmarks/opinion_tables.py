"""A made-up collection of surveys of GlobalOpinionQA's size, and answers of models to it."""

from __future__ import annotations

import numpy as np
import xarray as xr

__all__ = ["COUNTRIES", "MODELS", "QUESTIONS", "make_tables"]

COUNTRIES, QUESTIONS, MODELS = 138, 2_556, 5
_CELLS = 46_329
_MOST_OPTIONS = 18


def make_tables(
    countries: int = COUNTRIES,
    questions: int = QUESTIONS,
    models: int = MODELS,
    cells: int = _CELLS,
    seed: int = 0,
) -> tuple[xr.Dataset, xr.Dataset]:
    """Return a bank and answers, drawn at random.

    Most questions have two to five options and a few up to 18, and countries differ in how many
    questions they were asked, as in GlobalOpinionQA.

    Parameters
    ----------
    countries, questions, models : int
        Sizes of the axes.
    cells : int
        How many pairs of a country and a question were asked, about.
    seed : int
        Seed.

    Returns
    -------
    bank, answers : xarray.Dataset
        As `disca_nb.datasets.surveys` and `disca_nb.ask_survey` return them.

    Examples
    --------
    >>> bank, answers = make_tables(4, 10, 2, 20)
    >>> bank.survey_share.shape[:2], answers.answer_prob.shape[:3]
    ((4, 10), (2, 1, 10))
    """
    rng = np.random.default_rng(seed)
    n_options = np.minimum(2 + rng.geometric(0.4, questions), _MOST_OPTIONS)
    known = np.arange(n_options.max()) < n_options[:, None]
    often = rng.gamma(0.5, size=countries)
    asked = rng.random((countries, questions)) < _chances(often, cells / questions)[:, None]
    asked[:, 0] = True
    shares = _drawn(rng, (countries, questions), known)
    probs = _drawn(rng, (models, 1, questions), known)
    question = [f"q{i:04d}" for i in range(questions)]
    option = [str(i + 1) for i in range(known.shape[1])]
    common = {
        "question": question,
        "option": option,
        "n_options": ("question", n_options),
        "question_text": ("question", [f"Made-up question {i}?" for i in range(questions)]),
        "question_topic": ("question", np.full(questions, "")),
        "ordinal": ("question", np.zeros(questions, dtype=bool)),
        "option_text": (("question", "option"), np.where(known, np.array(option), "")),
    }
    bank = xr.Dataset(
        {
            "survey_share": (
                ("country", "question", "option"),
                np.where(asked[..., None], shares, np.nan),
            )
        },
        {"country": [f"made-up {i:03d}" for i in range(countries)], **common},
        {"name": "made-up", "source": "synthetic: made-up", "synthetic": 1},
    )
    answers = xr.Dataset(
        {
            "answer_prob": (("model", "prompting", "question", "option"), probs),
            "status": (("model", "prompting", "question"), np.ones(probs.shape[:3], dtype=np.int8)),
        },
        {
            "model": [f"made-up {i}" for i in range(models)],
            "prompting": ["default"],
            "prompting_kind": ("prompting", ["default"]),
            "prompted_country": ("prompting", [""]),
            "prompting_language": ("prompting", ["en"]),
            **common,
        },
        {"source": "synthetic: made-up"},
    )
    return bank, answers


def _chances(often: np.ndarray, mean_asked: float) -> np.ndarray:
    """Return chances that a country is asked, in proportion and at most 1, with a given sum."""
    chances = np.minimum(often / often.sum() * mean_asked, 1.0)
    # Those that are asked everything leave the rest of the sum to the others.
    for _ in range(50):
        free = chances < 1.0
        if not free.any():
            break
        rest = mean_asked - (~free).sum()
        chances[free] = np.minimum(often[free] / often[free].sum() * rest, 1.0)
    return np.asarray(chances)


def _drawn(rng: np.random.Generator, shape: tuple[int, ...], known: np.ndarray) -> np.ndarray:
    """Return distributions over each question's own options, NaN past the last."""
    weights = np.where(known, rng.gamma(0.7, size=(*shape, known.shape[1])) + 1e-9, 0.0)
    return np.asarray(np.where(known, weights / weights.sum(axis=-1, keepdims=True), np.nan))
