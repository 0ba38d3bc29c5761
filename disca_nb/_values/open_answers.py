"""Value questions answered in words: what models write, and the stances that a judge reads."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from disca_nb._elicit.gathering import notice_of, source_of
from disca_nb._elicit.given import Asked, loaded, several
from disca_nb._elicit.progress import Counter, Follow, check_follow, telling
from disca_nb._values.banks import checked_questions, questions_hash
from disca_nb._values.forms import OPEN, check_writers
from disca_nb._values.judge import UNCERTAIN, Verdict, verdict_prompts, verdicts_of
from disca_nb._values.open_store import ANSWER, REPLY, OpenStore
from disca_nb._values.open_texts import check_spoken, free_prompt, texts_hash, written
from disca_nb._values.stances import stances_of
from disca_nb.errors import InputError
from disca_nb.models._numbers import whole
from disca_nb.models.protocol import FAILED, SCORED, LanguageModel
from disca_nb.prompts import Prompt
from disca_nb.variables import annotate, validate

__all__ = ["open_responses"]

# Wordings after which texts are kept.
_AT_ONCE = 32
_FILE = "open.jsonl"


@dataclass(frozen=True)
class _Run:
    """What is asked, for how long, and where texts are kept."""

    questions: xr.Dataset
    max_new_tokens: int
    store: OpenStore


def open_responses(
    model: Asked | Sequence[Asked],
    questions: xr.Dataset,
    *,
    judge: Asked | None = None,
    max_new_tokens: int = 64,
    progress: Follow = True,
    store: str | os.PathLike[str] | None = None,
) -> xr.Dataset:
    """Let models answer value questions in words, and a judge read which stance they take.

    Answers are the likeliest tokens, one after the other. A verdict is one JSON object with one of
    the choices that the judge was given; anything else is off the format and counts as no answer.

    Parameters
    ----------
    model : LanguageModel, str, path or sequence of these
        Who answers; with ``generate(prompts, max_new_tokens=...)``.
    questions : xarray.Dataset
        Value questions in languages of `open_languages`.
    judge : LanguageModel, str or path, optional
        Who reads the answers; by default each model its own.
    max_new_tokens : int
        Where an answer or a verdict that does not end is cut off.
    progress : bool or callable
        As for `disca_nb.elicit`; answers and verdicts count as prompts.
    store : path, optional
        A folder for the file ``open.jsonl``, or a file that ends in ``.jsonl``: what models and
        judge wrote, whole after every 32 wordings. The same call goes on where it was stopped.

    Returns
    -------
    xarray.Dataset
        With ``form`` "open": ``stance_prob`` (model, form, wording, stance), 1 for the stance of
        the verdict and 0 for the others on offer, NaN where no side was taken or the verdict is
        off the format; ``stance_mass`` (NaN); ``status`` 1, or 2 off the format; ``abstained``.
        ``open_answer``, ``judge_verdict`` (a stance, "UNCERTAIN", or "" off the format) and
        ``judge_reply`` (model, wording); ``abstained_share`` and ``unread_share`` (model), of all
        wordings that were asked.

    Raises
    ------
    UnknownNameError
        For a language without texts for this.
    InputError
        For questions that lack something, or a model that cannot write.
    ParameterError
        When ``max_new_tokens`` is no whole number from 1 on.
    StoreError
        When ``store`` holds another run.

    Examples
    --------
    >>> from disca_nb.datasets.values.shipped import sample_questions
    >>> class Agrees:
    ...     name, manifest = "agrees", {}
    ...
    ...     def score(self, prompts, options):
    ...         raise NotImplementedError
    ...
    ...     def generate(self, prompts, *, max_new_tokens):
    ...         judge = "JSON" in prompts[0].system
    ...         return ['{"choice": "yes"}' if judge else "Yes."] * len(prompts)
    >>> questions = sample_questions("en").isel(wording=[0, 4])
    >>> open_responses(Agrees(), questions, progress=False).judge_verdict.values.tolist()
    [['supports', 'opposes']]
    """
    check_follow(progress)
    whole("max_new_tokens", max_new_tokens)
    asked = checked_questions(questions)
    check_spoken(asked["wording_language"].values.tolist())
    models = [loaded(each) for each in several(model)]
    reader = None if judge is None else loaded(several(judge)[0])
    check_writers([*models, *([] if reader is None else [reader])])
    about = {
        "questions_sha256": questions_hash(asked),
        "texts_sha256": texts_hash(asked["wording_language"].values.tolist()),
        "max_new_tokens": max_new_tokens,
        "judge": None if reader is None else {reader.name: dict(reader.manifest)},
    }
    run = _Run(asked, max_new_tokens, OpenStore(_path(store), about))
    parts = [_of_model(run, each, reader or each, progress) for each in models]
    return _whole(parts, about, models, reader)


def _whole(
    parts: Sequence[xr.Dataset],
    about: Mapping[str, object],
    models: Sequence[LanguageModel],
    judge: LanguageModel | None,
) -> xr.Dataset:
    """Return all models' answers with what is known of the run."""
    manifests = {each.name: dict(each.manifest) for each in models}
    everybody = manifests if judge is None else {**manifests, judge.name: dict(judge.manifest)}
    result = annotate(validate(xr.concat(parts, dim="model") if len(parts) > 1 else parts[0]))
    said = {**about, "models": manifests}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
    return result.assign_attrs(source=source_of(manifests), **notice_of(everybody), manifest=text)


def _path(store: str | os.PathLike[str] | None) -> Path | None:
    """Return the file in which texts are kept."""
    if store is None:
        return None
    if not isinstance(store, str | os.PathLike):
        raise InputError(f"store is {store!r}; give the path of a folder.")
    place = Path(store).expanduser()
    if place.suffix == ".jsonl":
        return place
    if place.exists() and not place.is_dir():
        raise InputError(f"store is {place}, which is a file; give a folder.")
    return place / _FILE


def _of_model(
    run: _Run, model: LanguageModel, judge: LanguageModel, progress: Follow
) -> xr.Dataset:
    """Return one model's answers and what the judge makes of them."""
    run.store.begin(model.name, dict(model.manifest))
    counter = Counter(model.name, 2 * run.questions.sizes["wording"])
    done = sum(len(run.store.texts(model.name, kind)) for kind in (ANSWER, REPLY))
    counter.add(np.full(done, SCORED, np.int8), own=False)
    with telling(progress, counter.now()) as tell:

        def count(number: int) -> None:
            counter.add(np.full(number, SCORED, np.int8), own=True)
            tell(counter.now())

        answers = _texts(run, model, model, ANSWER, _free, count)
        asked = _verdicts(judge, answers)
        replies = _texts(run, model, judge, REPLY, asked, count)
    said = [replies[label] for label in run.questions["wording"].values.tolist()]
    verdicts = verdicts_of(judge, run.questions, said)
    written_by = [answers[label] for label in run.questions["wording"].values.tolist()]
    return _responses(run.questions, verdicts, written_by).expand_dims(model=[model.name])


def _texts(
    run: _Run,
    model: LanguageModel,
    writer: LanguageModel,
    kind: str,
    prompts: Callable[[xr.Dataset], list[Prompt]],
    count: Callable[[int], None],
) -> Mapping[str, str]:
    """Return texts of all wordings, those that are not kept yet by asking for them."""
    kept = run.store.texts(model.name, kind)
    labels = run.questions["wording"].values.tolist()
    lacking = [place for place, label in enumerate(labels) if label not in kept]
    for start in range(0, len(lacking), _AT_ONCE):
        part = run.questions.isel(wording=lacking[start : start + _AT_ONCE])
        texts = written(writer, prompts(part), run.max_new_tokens)
        found = dict(zip(part["wording"].values.tolist(), texts, strict=True))
        run.store.add(model.name, kind, found)
        kept |= found
        count(len(found))
    return kept


def _free(part: xr.Dataset) -> list[Prompt]:
    """Return the questions as they are put."""
    languages, texts = (part[name].values.tolist() for name in ("wording_language", "wording_text"))
    return [free_prompt(*each) for each in zip(languages, texts, strict=True)]


def _verdicts(
    judge: LanguageModel, answers: Mapping[str, str]
) -> Callable[[xr.Dataset], list[Prompt]]:
    """Return what makes the judge's prompts of some wordings."""
    return lambda part: verdict_prompts(
        judge, part, [answers[label] for label in part["wording"].values.tolist()]
    )


def _responses(
    questions: xr.Dataset, verdicts: Sequence[Verdict], answers: Sequence[str]
) -> xr.Dataset:
    """Return what one model answered, in the form of responses."""
    stances = stances_of(questions)
    read = np.array([each.stance for each in verdicts], dtype=str)
    held = questions["option_stance"].transpose("wording", "option").values
    offered = (held[..., None] == np.array(stances)).any(axis=1)
    one_hot = (read[:, None] == np.array(stances)).astype(float)
    sided = np.isin(read, stances)[:, None] & offered
    by_form = {
        "stance_prob": (("wording", "stance"), np.where(sided, one_hot, np.nan)),
        "stance_mass": ("wording", np.full(read.size, np.nan)),
        "status": ("wording", np.where(read == "", FAILED, SCORED).astype(np.int8)),
        "abstained": ("wording", read == UNCERTAIN),
    }
    coords = {"wording": questions["wording"].values, "stance": stances}
    found = xr.Dataset(by_form).expand_dims(form=[OPEN]).assign_coords(coords)
    return found.assign(
        open_answer=("wording", np.array(answers, dtype=str)),
        judge_verdict=("wording", read),
        judge_reply=("wording", np.array([each.reply for each in verdicts], dtype=str)),
        abstained_share=float((read == UNCERTAIN).mean()),
        unread_share=float((read == "").mean()),
    )
