"""Value questions with lettered options, asked by way of surveys: one for each language."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import xarray as xr

from disca_nb._elicit.given import Asked, loaded
from disca_nb._elicit.progress import Follow
from disca_nb._opinions.orders import Orders
from disca_nb._opinions.request import SurveyRequest, survey_request
from disca_nb._opinions.running import carried_out
from disca_nb._values.banks import banks_of
from disca_nb._values.stances import choice_stances
from disca_nb.errors import InputError

__all__ = ["ChoiceRun", "choice_run", "places_of"]

_FILES = (".zarr", ".nc", ".nc4", ".netcdf")


@dataclass(frozen=True)
class ChoiceRun:
    """What is asked of whom, before anything is.

    Attributes
    ----------
    questions : xarray.Dataset
        Value questions, as `checked_questions` returns.
    requests : dict of str to SurveyRequest
        By language.
    places : dict of str to path
        Where each language is kept; None for nowhere.
    """

    questions: xr.Dataset
    requests: dict[str, SurveyRequest]
    places: Mapping[str, Path | None]

    @property
    def orders(self) -> Orders:
        """In which orders options are shown."""
        return next(iter(self.requests.values())).orders

    @property
    def min_mass(self) -> float:
        """The least probability of all options together."""
        return next(iter(self.requests.values())).min_mass

    def carried_out(self, *, progress: Follow) -> xr.Dataset:
        """Return stances, with where they are from and a manifest of every language."""
        for place in self.places.values():
            if place is not None:
                place.parent.mkdir(parents=True, exist_ok=True)
        found = {
            language: carried_out(run, progress=progress, store=self.places[language])
            for language, run in self.requests.items()
        }
        result = choice_stances(self.questions, list(found.values()))
        first = next(iter(found.values())).attrs
        kept = {name: first[name] for name in ("source", "notice") if name in first}
        manifests = {name: json.loads(each.attrs["manifest"]) for name, each in found.items()}
        return result.assign_attrs(**kept, manifest=json.dumps(manifests, ensure_ascii=False))


def choice_run(
    models: Sequence[Asked],
    questions: xr.Dataset,
    *,
    orders: Orders,
    seed: int,
    min_mass: float,
    places: Mapping[str, Path | None],
) -> ChoiceRun:
    """Return a run, everything that can be checked without a model being checked.

    Parameters
    ----------
    models : sequence of LanguageModel, str or path
        Who is asked; those that are named are loaded once where there are several languages.
    questions : xarray.Dataset
        As `checked_questions` returns.
    orders, seed, min_mass
        As for `disca_nb.ask_survey`.
    places : mapping of str to path
        As `places_of` returns.

    Returns
    -------
    ChoiceRun

    Raises
    ------
    InputError, ParameterError
        As for `disca_nb.ask_survey`.
    """

    def request(bank: xr.Dataset, asked: Sequence[Asked]) -> SurveyRequest:
        return survey_request(
            asked,
            bank,
            promptings="default",
            countries=None,
            languages=(),
            translations=None,
            language=None,
            orders=orders,
            seed=seed,
            min_mass=min_mass,
        )

    banks = banks_of(questions)
    requests = {language: request(bank, models) for language, bank in banks.items()}
    if len(banks) > 1:
        asked = [loaded(each) for each in models]
        requests = {language: request(bank, asked) for language, bank in banks.items()}
    return ChoiceRun(questions, requests, places)


def places_of(
    store: str | os.PathLike[str] | None, languages: Sequence[str], *, alone: bool = True
) -> dict[str, Path | None]:
    """Return where the answers in each language are kept.

    Parameters
    ----------
    store : path, optional
        A folder, or a single store.
    languages : sequence of str
        Those that are asked.
    alone : bool
        Whether nothing else is kept.

    Returns
    -------
    dict of str to path

    Raises
    ------
    InputError
        When it is no path, a file, or a single store for several languages.

    Examples
    --------
    >>> [str(place) for place in places_of("run", ["en", "ko"]).values()]
    ['run/choice-en.zarr', 'run/choice-ko.zarr']
    """
    if store is None:
        return dict.fromkeys(languages)
    if not isinstance(store, str | os.PathLike):
        raise InputError(f"store is {store!r}; give the path of a folder.")
    folder = Path(store).expanduser()
    if folder.suffix in _FILES:
        if len(languages) == 1 and alone:
            return {languages[0]: folder}
        raise InputError(
            f"store is {folder}, which holds answers in one language and form; give a folder, "
            "which then has a store for each."
        )
    if folder.exists() and not folder.is_dir():
        raise InputError(f"store is {folder}, which is a file; give a folder.")
    return {language: folder / f"choice-{language}.zarr" for language in languages}
