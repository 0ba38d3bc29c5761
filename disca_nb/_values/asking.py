"""`ask_values`: ask models value questions, by letters of options and in words."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import xarray as xr

from disca_nb._elicit.given import Asked, loaded, several
from disca_nb._elicit.progress import Follow, check_follow
from disca_nb._opinions.orders import Orders
from disca_nb._opinions.running import warn_of_unanswered
from disca_nb._values.banks import checked_questions, languages_of
from disca_nb._values.choosing import choice_run, places_of
from disca_nb._values.forms import (
    CHOICE,
    OPEN,
    check_writers,
    forms_of,
    judge_of,
    warn_of_unread,
)
from disca_nb._values.joining import about, finished, joined
from disca_nb._values.open_answers import open_responses
from disca_nb._values.open_texts import check_spoken

__all__ = ["ask_values"]


def ask_values(
    model: Asked | Sequence[Asked],
    questions: xr.Dataset,
    *,
    forms: str | Iterable[str] = (CHOICE,),
    judge: Asked | None = None,
    orders: Orders = "two",
    seed: int = 0,
    min_mass: float = 0.5,
    progress: Follow = True,
    store: str | os.PathLike[str] | None = None,
) -> xr.Dataset:
    """Ask models value questions, every wording in its own language.

    By letters ("choice") an answer is the probability of each option's letter as the next token,
    scaled to sum 1 and averaged over orders of the options, as `disca_nb.ask_survey` has it. In
    words ("open") the model answers in a short sentence, of which a judge says what it chooses.
    Options are turned into stances by what each says of its topic, never by their place.

    Parameters
    ----------
    model : LanguageModel, str, path or sequence of these
        A model, the name or folder of one for `disca_nb.models.load`, or several. Where questions
        are in several languages, or answers in words, all are held in memory together.
    questions : xarray.Dataset
        Value questions of `disca_nb.datasets.values`, or a selection of their wordings. In
        English a question on yes and no is put as `disca_nb.prompts.questions.value_question` has
        it, in other languages by the frames of `disca_nb.prompts.load_frames`.
    forms : str or iterable of str
        Some of "choice" and "open".
    judge : LanguageModel, str or path, optional
        Who reads answers in words; by default each model those of its own.
    orders : {"two", "exhaustive"} or int
        Options as given and reversed, in all orders, or in so many; for "choice" alone.
    seed : int
        Of drawn orders.
    min_mass : float
        Where all options together are less probable than this the status is 3; 0 to 1.
    progress : bool or callable
        As for `disca_nb.elicit`: a bar for each language, none, or a function to be told.
    store : path, optional
        A folder with a store for each language and form, in which nothing that was computed is
        lost: the same call goes on where an earlier one was stopped. For the one form "choice" in
        one language it may be a ``.zarr`` store or a ``.nc`` file.

    Returns
    -------
    xarray.Dataset
        ``stance_prob`` (model, form, wording, stance) sums to 1 over the stances that a wording
        offers; it is NaN for others and where there is no answer. ``stance_mass``, the probability
        of all letters together, NaN for "open"; ``status`` (model, form, wording): 1 scored, 2
        failed, or a verdict off the format, 3 low mass; ``abstained``, whether an answer in words
        took no side. For "choice" ``order_stance_prob`` (model, order, wording, stance); for
        "open" ``open_answer``, ``judge_verdict`` and ``judge_reply`` (model, wording), and by
        model ``abstained_share`` and ``unread_share``. Coordinates of the questions come along;
        ``questions_sha256`` is the hash of what was asked, and ``manifest`` a JSON text with that
        of each form and language.

    Raises
    ------
    InputError
        When texts, options or stances are missing, a judge has nothing to read, a model cannot
        write, a prompt is too long, or as `disca_nb.ask_survey` raises it.
    UnknownNameError
        For an unknown form or stance, or a language without texts for it.
    ParameterError
        When ``orders``, ``seed`` or ``min_mass`` is out of range.
    StoreError
        When ``store`` holds another run.

    Warns
    -----
    UserWarning
        When answers failed or have little mass, or verdicts are off the format, with how many.

    See Also
    --------
    read_value_responses : answers that were saved, or that come from elsewhere.

    References
    ----------
    Moore et al., arXiv 2407.02996: value questions by options and open-ended.

    Examples
    --------
    >>> import numpy as np
    >>> from disca_nb.models import OptionScores
    >>> class SaysNo:
    ...     name, manifest = "says-no", {}
    ...
    ...     def score(self, asked, options):
    ...         first = ["(A) no" in prompt.user for prompt in asked]
    ...         shares = [[0.75, 0.25] if no else [0.25, 0.75] for no in first]
    ...         return OptionScores.of(np.log(shares))
    >>> from disca_nb.datasets.values import sample_questions
    >>> questions = sample_questions("en").isel(wording=[0, 4])
    >>> questions.option_stance.sel(option="1").values.tolist()
    ['supports', 'opposes']
    >>> found = ask_values(SaysNo(), questions, progress=False)
    >>> found.stance_prob.sel(form="choice", stance="supports").values.round(2).tolist()
    [[0.25, 0.75]]
    """
    chosen = forms_of(forms)
    reader = judge_of(judge, chosen)
    check_follow(progress)
    asked = checked_questions(questions)
    models = several(model)
    places = places_of(store, languages_of(asked), alone=chosen == [CHOICE])
    if OPEN in chosen:
        check_spoken(asked["wording_language"].values.tolist())
        models = [loaded(each) for each in models]
        check_writers(models)
        reader = None if reader is None else loaded(reader)
        check_writers([] if reader is None else [reader])
    run = choice_run(models, asked, orders=orders, seed=seed, min_mass=min_mass, places=places)
    parts = []
    if CHOICE in chosen:
        parts.append(run.carried_out(progress=progress))
    if OPEN in chosen:
        parts.append(_in_words(models, asked, reader, progress=progress, store=store))
    said = {**about(asked, parts), "orders": run.orders, "min_mass": run.min_mass}
    whole = finished(joined(asked, parts), said, _manifest(parts, chosen))
    if CHOICE in chosen:
        warn_of_unanswered(whole.sel(form=CHOICE))
    if OPEN in chosen:
        warn_of_unread(whole)
    return whole


def _in_words(
    models: Sequence[Asked],
    questions: xr.Dataset,
    judge: Asked | None,
    *,
    progress: Follow,
    store: str | os.PathLike[str] | None,
) -> xr.Dataset:
    """Return answers in words as stances."""
    folder = None if store is None else Path(store).expanduser()
    return open_responses(models, questions, judge=judge, progress=progress, store=folder)


def _manifest(parts: Sequence[xr.Dataset], forms: Sequence[str]) -> dict[str, object]:
    """Return the manifests of all forms."""
    texts = [str(each.attrs.get("manifest", "{}")) for each in parts]
    return {form: json.loads(text) for form, text in zip(forms, texts, strict=True)}
