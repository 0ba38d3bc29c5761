"""What a run asks of whom: everything but the answers, checked and in its final form."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from disca_nb._elicit.given import Asked, check_mass, checked, several
from disca_nb._elicit.questions import Questions, pack_of, questions
from disca_nb._elicit.scoring import plan_of
from disca_nb._version import __version__
from disca_nb.datasets._table import select_countries
from disca_nb.errors import PromptTooLongError, shorten
from disca_nb.models.loading import label_of
from disca_nb.models.protocol import LanguageModel, ScoringPlan
from disca_nb.prompts import LanguagePack
from disca_nb.prompts.frames import Exchange
from disca_nb.variables import validate

__all__ = ["Request", "planned", "request"]


@dataclass(frozen=True)
class Request:
    """A run, before any model is loaded.

    Attributes
    ----------
    models : list of LanguageModel, str or path
        Who is asked.
    asked : Questions
        All prompts.
    scenarios, panel : xarray.Dataset
        Whose labels and coordinates the result gets.
    pack : LanguagePack
        The language.
    exchange : str
        What the order BA exchanges.
    min_mass : float
        The least probability of both options together.
    """

    models: list[Asked]
    asked: Questions
    scenarios: xr.Dataset
    panel: xr.Dataset
    pack: LanguagePack
    exchange: Exchange
    min_mass: float

    @property
    def names(self) -> list[str]:
        """Labels of the models."""
        return [m.name if isinstance(m, LanguageModel) else label_of(m) for m in self.models]

    @property
    def manifest(self) -> dict[str, object]:
        """What the run follows from, the models aside, as JSON can hold it."""
        return {
            "disca_nb": __version__,
            "asked_of": self.names,
            "countries": self.panel.country.values.tolist(),
            "personas": self.panel.persona.values.tolist(),
            "scenarios": self.scenarios.sizes["scenario"],
            "prompts": len(self.asked.prompts),
            "prompts_sha256": self.asked.sha256,
            "labels_sha256": _hash(self.scenarios, self.panel),
            "options": list(self.pack.labels),
            "language": self.pack.language,
            "pack_source": self.pack.source,
            "exchange": self.exchange,
            "min_mass": float(self.min_mass),
            "scenario_seed": _plain(self.scenarios.attrs.get("seed")),
        }


def request(
    model: Asked | Sequence[Asked],
    scenarios: xr.Dataset,
    panel: xr.Dataset,
    *,
    countries: str | Iterable[str] | None,
    language: str | os.PathLike[str] | None,
    exchange: Exchange,
    min_mass: float,
) -> Request:
    """Return a run, everything that can be checked without a model being checked.

    Parameters
    ----------
    model, scenarios, panel, countries, language, exchange, min_mass
        As for `disca_nb.elicit`.

    Returns
    -------
    Request
    """
    models = several(model)
    check_mass(min_mass)
    scenarios, panel = checked(scenarios, "scenarios"), checked(panel, "panel")
    pack = pack_of(scenarios, panel, language)
    validate(panel, "country", "persona_prompt")
    known = panel.country.values.tolist()
    chosen = panel.sel(country=known if countries is None else select_countries(countries, known))
    asked = questions(scenarios, chosen, pack, exchange)
    return Request(models, asked, scenarios, chosen, pack, exchange, float(min_mass))


def planned(run: Request, model: LanguageModel) -> ScoringPlan:
    """Return in which chunks a model will score a run's prompts.

    Parameters
    ----------
    run : Request
        The run.
    model : LanguageModel
        One of its models, loaded.

    Raises
    ------
    PromptTooLongError
        With who is asked what in the longest.
    InputError
        As the model's own plan raises it.
    """
    try:
        return plan_of(model, run.asked.prompts, run.pack.labels)
    except PromptTooLongError as error:
        fault = _too_long(run, model.name, error)
    raise fault


def _hash(*datasets: xr.Dataset) -> str:
    """Return a hash of what datasets hold; prompts alone do not tell one attribute from another."""
    text = json.dumps([dataset.to_dict() for dataset in datasets], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    """Return a number of NumPy as one of Python."""
    return value.item() if hasattr(value, "item") else value


def _too_long(run: Request, name: str, error: PromptTooLongError) -> PromptTooLongError:
    """Return the error of prompts that are too long with who is asked what in them.

    Parameters
    ----------
    run : Request
        The run.
    name : str
        Label of the model.
    error : PromptTooLongError
        The model's own, which knows prompts by their positions alone.

    Returns
    -------
    PromptTooLongError
        Names the speakers, the longest first.
    """
    speakers: dict[str, list[int]] = {}
    for prompt in sorted(error.tokens, key=lambda i: -error.tokens[i]):
        speakers.setdefault(_speaker(run, prompt), []).append(error.tokens[prompt])
    said = [
        f"{who} ({len(found)} {'prompt' if len(found) == 1 else 'prompts'} of up to {found[0]})"
        for who, found in speakers.items()
    ]
    return PromptTooLongError(
        f"{name} reads at most {error.limit} tokens with its answer, and there are longer prompts: "
        f"{shorten(said, 5)}; shorten these texts or the scenarios.",
        error.tokens,
        error.limit,
    )


def _speaker(run: Request, prompt: int) -> str:
    """Return who is asked a prompt, in words."""
    found = np.argwhere(run.asked.personas == prompt)
    if not len(found):
        return "the base prompt"
    country, _, persona, _ = found[0]
    return f"{run.panel.country.values[country]}, {run.panel.persona.values[persona]}"
