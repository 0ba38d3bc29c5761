"""What a survey asks of whom: everything but the answers, checked and in its final form."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from disca_nb._elicit.given import Asked, check_mass, several
from disca_nb._elicit.joined import JoinedPlan, joined
from disca_nb._opinions.bank import bank_hash, checked_bank
from disca_nb._opinions.orders import Orders, check_orders
from disca_nb._opinions.promptings import Prompting, promptings_of
from disca_nb._opinions.questions import SurveyQuestions, survey_questions
from disca_nb._version import __version__
from disca_nb.errors import PromptTooLongError, shorten
from disca_nb.kernels import check_seed
from disca_nb.models.loading import label_of
from disca_nb.models.protocol import LanguageModel

__all__ = ["SurveyRequest", "planned", "survey_request"]


@dataclass(frozen=True)
class SurveyRequest:
    """A run, before any model is loaded.

    Attributes
    ----------
    models : list of LanguageModel, str or path
        Who is asked.
    bank : xarray.Dataset
        Whose questions.
    promptings : list of Prompting
        How.
    asked : SurveyQuestions
        All prompts.
    orders : {"two", "exhaustive"} or int
        In which orders options are shown.
    seed : int
        Of drawn orders.
    min_mass : float
        The least probability of all options together.
    """

    models: list[Asked]
    bank: xr.Dataset
    promptings: list[Prompting]
    asked: SurveyQuestions
    orders: Orders
    seed: int
    min_mass: float

    @property
    def names(self) -> list[str]:
        """Labels of the models."""
        return [m.name if isinstance(m, LanguageModel) else label_of(m) for m in self.models]

    @property
    def manifest(self) -> dict[str, object]:
        """What the run follows from, the models aside, as JSON can hold it."""
        frames = {each.frames.language: each.frames.source for each in self.promptings}
        worded = [each.texts for each in self.promptings if each.texts.source]
        translations = {each.language: each.source for each in worded}
        drawn = not isinstance(self.orders, str)
        return {
            "disca_nb": __version__,
            "asked_of": self.names,
            "bank": str(self.bank.attrs.get("name", "")),
            "bank_sha256": bank_hash(self.bank),
            "questions": self.bank.sizes["question"],
            "promptings": [each.label for each in self.promptings],
            "frames_source": frames,
            "translations": translations,
            "orders": self.orders,
            "seed": self.seed if drawn else None,
            "options": [list(group.options) for group in self.asked.groups],
            "prompts": self.asked.prompts,
            "prompts_sha256": self.asked.sha256,
            "min_mass": self.min_mass,
        }


def survey_request(
    model: Asked | Sequence[Asked],
    bank: xr.Dataset,
    *,
    promptings: str | Iterable[str],
    countries: str | Iterable[str] | None,
    languages: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    translations: Mapping[str, xr.Dataset] | None,
    language: str | os.PathLike[str] | None,
    orders: Orders,
    seed: int,
    min_mass: float,
) -> SurveyRequest:
    """Return a run, everything that can be checked without a model being checked.

    Parameters
    ----------
    model, bank, promptings, countries, languages, translations, language, orders, seed, min_mass
        As for `disca_nb.ask_survey`.

    Returns
    -------
    SurveyRequest
    """
    models = several(model)
    check_mass(min_mass)
    check_orders(orders)
    survey = checked_bank(bank)
    ways = promptings_of(
        survey,
        promptings=promptings,
        countries=countries,
        languages=languages,
        translations=translations,
        language=language,
    )
    orders = orders if isinstance(orders, str) else int(orders)
    asked = survey_questions(survey, ways, orders, seed=check_seed(seed))
    return SurveyRequest(models, survey, ways, asked, orders, int(seed), float(min_mass))


def planned(run: SurveyRequest, model: LanguageModel) -> JoinedPlan:
    """Return in which chunks a model will score a run's prompts.

    Parameters
    ----------
    run : SurveyRequest
        The run.
    model : LanguageModel
        One of its models, loaded.

    Raises
    ------
    PromptTooLongError
        With the questions and promptings of the longest.
    InputError
        As the model's own plan raises it.
    """
    try:
        return joined(model, run.asked.groups)
    except PromptTooLongError as error:
        fault = _too_long(run, model.name, error)
    raise fault


def _too_long(run: SurveyRequest, name: str, error: PromptTooLongError) -> PromptTooLongError:
    """Return the error of prompts that are too long with the questions that they ask."""
    longest: dict[str, int] = {}
    for place in sorted(error.tokens, key=lambda i: -error.tokens[i]):
        prompting, question, _ = np.argwhere(run.asked.places == place)[0]
        label = f"{run.bank['question'].values[question]} ({run.promptings[prompting].label})"
        longest.setdefault(label, error.tokens[place])
    said = [f"{label} of {tokens}" for label, tokens in longest.items()]
    return PromptTooLongError(
        f"{name} reads at most {error.limit} tokens with its answer, and there are longer "
        f"prompts: {shorten(said, 5)}; leave these questions out, or shorten their texts.",
        error.tokens,
        error.limit,
    )
