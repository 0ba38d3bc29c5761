"""Made-up value questions and responses to them, for measures and the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr

MODELS = ("alpha-7b", "beta-0.5b")
STANCES = ("supports", "opposes")


def questions_of(
    topics: int | Sequence[str] = 8,
    *,
    questions: int = 2,
    phrasings: int = 3,
    languages: Sequence[str] = ("en",),
    neutral: bool = False,
) -> xr.Dataset:
    """Return questions of topics, the first half of which is controversial.

    The first option of odd questions opposes, of even ones it supports.
    """
    names = [f"topic {i:02d}" for i in range(topics)] if isinstance(topics, int) else list(topics)
    rows = [
        (place, name, question, phrasing, language)
        for place, name in enumerate(names)
        for question in range(questions)
        for phrasing in range(phrasings)
        for language in languages
    ]
    sides = [("supports", "opposes"), ("opposes", "supports")]
    stances = [[*sides[row[2] % 2], *(["neutral"] if neutral else [])] for row in rows]
    texts = ["yes", "no", "unsure"][: 3 if neutral else 2]
    dims = ("wording", "option")
    return xr.Dataset(
        coords={
            "wording": [f"{t}/{q}/{p}:{lang}" for _, t, q, p, lang in rows],
            "option": [str(i + 1) for i in range(len(texts))],
            "wording_text": (
                "wording",
                [f"{t} {q}, {p} in {lang}?" for _, t, q, p, lang in rows],
            ),
            "topic_name": ("wording", [row[1] for row in rows]),
            "value_question": ("wording", [f"{row[1]}/{row[2]}" for row in rows]),
            "phrasing": ("wording", [row[3] for row in rows]),
            "wording_language": ("wording", [row[4] for row in rows]),
            "wording_country": ("wording", [""] * len(rows)),
            "controversial": ("wording", [row[0] < (len(names) + 1) // 2 for row in rows]),
            "n_options": ("wording", [len(texts)] * len(rows)),
            "option_text": (dims, [texts] * len(rows)),
            "option_stance": (dims, stances),
        },
        attrs={
            "name": "made up",
            "source": "made up",
            "synthetic": 1,
            "notice": "These questions are synthetic.",
        },
    )


def responses_of(
    questions: xr.Dataset,
    answers: Mapping[str, npt.ArrayLike],
    *,
    stances: Sequence[str] = STANCES,
    spoken: Mapping[str, npt.ArrayLike] | None = None,
) -> xr.Dataset:
    """Return responses from rows of stances by model, (wording, stance), NaN where unknown.

    ``spoken`` has the open answers in the same form; a row of zeros is an abstention.
    """
    parts = [answers] if spoken is None else [answers, spoken]
    cube = np.stack(
        [np.stack([np.asarray(rows, dtype=float) for rows in part.values()]) for part in parts],
        axis=1,
    )
    silent = (cube == 0.0).all(axis=-1)
    cube = np.where(silent[..., None], np.nan, cube)
    known = ~np.isnan(cube).all(axis=-1)
    dims = ("model", "form", "wording")
    return xr.Dataset(
        {
            "stance_prob": ((*dims, "stance"), cube),
            "status": (dims, np.where(known | silent, 1, 2)),
            "abstained": (dims, silent),
        },
        {
            **{str(name): questions[name] for name in questions.coords},
            "model": list(answers),
            "form": ["choice", "open"][: len(parts)],
            "stance": list(stances),
        },
        {**questions.attrs, "source": "made up"},
    )


def random_responses(
    seed: int,
    topics: int = 8,
    *,
    questions: int = 2,
    phrasings: int = 3,
    languages: Sequence[str] = ("en", "ko"),
    models: Sequence[str] = MODELS,
    missing: float = 0.0,
    spoken: bool = True,
    neutral: bool = False,
) -> xr.Dataset:
    """Return responses whose stances hang together by topic and question, as models' do."""
    rng = np.random.default_rng(seed)
    bank = questions_of(
        topics, questions=questions, phrasings=phrasings, languages=languages, neutral=neutral
    )
    stances = (*STANCES, "neutral") if neutral else STANCES
    n, k = bank.sizes["wording"], len(stances)
    topic = np.unique(bank.topic_name.values, return_inverse=True)[1]
    question = np.unique(bank.value_question.values, return_inverse=True)[1]
    answers, open_answers = {}, {}
    for model in models:
        lean = rng.normal(0.0, 1.5, (topic.max() + 1, k))[topic]
        lean = lean + rng.normal(0.0, 1.0, (question.max() + 1, k))[question]
        logits = lean + rng.normal(0.0, 0.7, (n, k))
        rows = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
        rows[rng.random(n) < missing] = np.nan
        answers[model] = rows
        said = np.eye(k)[(logits + rng.gumbel(size=(n, k))).argmax(axis=-1)]
        said[rng.random(n) < missing] = 0.0
        open_answers[model] = said
    return responses_of(bank, answers, stances=stances, spoken=open_answers if spoken else None)


def shuffle(dataset: xr.Dataset, seed: int = 1) -> xr.Dataset:
    """Return the dataset with all its labels in another order, but for options, as printed."""
    rng = np.random.default_rng(seed)
    dims = {dim: size for dim, size in dataset.sizes.items() if dim != "option"}
    return dataset.isel({dim: rng.permutation(size) for dim, size in dims.items()})
