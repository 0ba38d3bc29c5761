"""A survey carried out: models are asked what they are not yet asked, and a dataset is made."""

from __future__ import annotations

import json
import os
import warnings
from functools import partial

import numpy as np
import xarray as xr

from disca_nb._elicit.gathering import (
    Manifests,
    begun,
    check_store,
    gathered,
    notice_of,
    source_of,
)
from disca_nb._elicit.keeping import Kept, answers_hash
from disca_nb._elicit.progress import Follow, check_follow
from disca_nb._elicit.quality import models_unscored
from disca_nb._elicit.scoring import carry_out
from disca_nb._opinions.bank import about_questions, bank_hash
from disca_nb._opinions.promptings import Prompting
from disca_nb._opinions.request import SurveyRequest, planned
from disca_nb._opinions.shares import Answered, Shares, averaged
from disca_nb.errors import shorten
from disca_nb.models.protocol import LanguageModel
from disca_nb.results import check_savable
from disca_nb.variables import annotate, validate

__all__ = ["carried_out", "cells", "prompting_labels", "warn_of_unanswered"]

# Variables and labels that the hash of a result is of.
_HASHED = (
    *("answer_prob", "answer_mass", "order_answer_prob", "order_answer_mass", "status"),
    *("option_position", "model", "prompting", "order", "question", "option"),
)


def carried_out(
    run: SurveyRequest, *, progress: Follow, store: str | os.PathLike[str] | None
) -> xr.Dataset:
    """Ask the models of a survey what they are not yet asked, without a word on what failed.

    Parameters
    ----------
    run : SurveyRequest
        Who is asked what.
    progress, store
        As for `disca_nb.ask_survey`.

    Returns
    -------
    xarray.Dataset
        As `disca_nb.ask_survey` returns it.

    Raises
    ------
    InputError, StoreError
        As for `disca_nb.ask_survey`.
    """
    check_follow(progress)
    check_store(store)
    if store is not None:
        # Labels that could not be saved are told before anything is asked.
        check_savable(_whole(run, [_cells(run, _nothing(run), run.names[0])], {}))
    return gathered(
        run.models,
        run.manifest,
        store=store,
        ask=partial(_ask, run, progress=progress),
        whole=partial(_whole, run),
        hashed=_HASHED,
    )


def cells(
    found: Answered, name: str, questions: xr.Dataset, coords: dict[str, object]
) -> xr.Dataset:
    """Return one model's answers as a dataset.

    Parameters
    ----------
    found : Answered
        Its answers.
    name : str
        Its label.
    questions : xarray.Dataset
        What is known of questions and options.
    coords : dict
        Labels of promptings and orders, and what else belongs to them.

    Returns
    -------
    xarray.Dataset
    """
    cell = ("prompting", "question")
    data = {
        "answer_prob": ((*cell, "option"), found.prob),
        "answer_mass": (cell, found.mass),
        "order_answer_prob": ((*cell, "order", "option"), found.order_prob),
        "order_answer_mass": ((*cell, "order"), found.order_mass),
        "status": (cell, found.status),
    }
    result = xr.Dataset(data).assign_coords({**questions.coords, **coords})
    return result.expand_dims(model=[name])


def prompting_labels(
    labels: list[str], kinds: list[str], countries: list[str], languages: list[str]
) -> dict[str, object]:
    """Return the coordinates of promptings, all of them in one order."""
    columns = {
        "prompting_kind": kinds,
        "prompted_country": countries,
        "prompting_language": languages,
    }
    each = {name: ("prompting", np.array(texts, dtype=str)) for name, texts in columns.items()}
    return {"prompting": np.array(labels, dtype=str), **each}


def warn_of_unanswered(result: xr.Dataset) -> None:
    """Warn where answers are missing or of little mass.

    Parameters
    ----------
    result : xarray.Dataset
        With ``status`` and ``min_mass`` among the attributes.

    Warns
    -----
    UserWarning
        One sentence for all models.
    """
    if said := models_unscored(result):
        number = result["status"].isel(model=0).size
        warnings.warn(
            f"Not all {number} answers of a model are as they should be: {shorten(said, 5)}. "
            f"Low mass means that all options together are less probable than "
            f"{result.attrs['min_mass']:g}, or that the model's template leads to no answer; such "
            "answers are kept where they have numbers, failed ones are NaN.",
            stacklevel=3,
        )


def _ask(
    run: SurveyRequest, model: LanguageModel, keeper: Kept, *, progress: Follow
) -> tuple[xr.Dataset | None, dict[str, object]]:
    """Return a model's answers and manifest; no answers where the result is whole already."""
    plan = planned(run, model)
    manifest, finished = begun(model, plan, keeper)
    if keeper.whole is not None:
        return None, manifest
    found = _nothing(run)
    carry_out(
        model,
        plan,
        plan.widths,
        take=partial(found.take, min_mass=run.min_mass),
        progress=progress,
        finished=finished,
        keep=partial(keeper.append, model.name),
    )
    return _cells(run, found, model.name), manifest


def _nothing(run: SurveyRequest) -> Shares:
    """Return that no prompt is answered."""
    return Shares.none(run.asked.prompts, max(len(g.options) for g in run.asked.groups))


def _cells(run: SurveyRequest, found: Shares, name: str) -> xr.Dataset:
    """Return one model's answers as a dataset."""
    answers = averaged(found, run.asked.places, run.asked.positions)
    coords = {"order": list(run.asked.orders), **_labels(run.promptings)}
    return cells(answers, name, about_questions(run.bank), coords)


def _labels(promptings: list[Prompting]) -> dict[str, object]:
    """Return the coordinates of promptings."""
    spoken = np.array([each.texts.language for each in promptings], dtype=str)
    found = prompting_labels(
        [each.label for each in promptings],
        [each.kind for each in promptings],
        [each.country for each in promptings],
        [each.frames.language for each in promptings],
    )
    return {**found, "question_language": ("prompting", spoken)}


def _whole(run: SurveyRequest, parts: list[xr.Dataset], manifests: Manifests) -> xr.Dataset:
    """Return all models' answers as one dataset with what is known of the run."""
    result = xr.concat(parts, dim="model") if len(parts) > 1 else parts[0]
    shown = (("order", "question", "option"), run.asked.positions)
    # In its final form, of which the hash is.
    result = annotate(validate(result.assign(option_position=shown)))
    result.attrs = {
        "source": source_of(manifests),
        "bank": str(run.bank.attrs.get("name", "a bank of one's own")),
        "bank_sha256": bank_hash(run.bank),
        "orders": run.orders,
        "min_mass": run.min_mass,
        **notice_of(manifests),
    }
    manifest = {
        **run.manifest,
        "models": manifests,
        "answers_sha256": answers_hash(result, hashed=_HASHED),
    }
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, default=str)
    return result.assign_attrs(manifest=text)
