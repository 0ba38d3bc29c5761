"""The two sides of ``disca-nb opinions``: the survey's bank, and a model's answers to it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from disca_nb.cli._opinion_request import DEMO, Request
from disca_nb.cli._running import check_loading
from disca_nb.errors import (
    InputError,
    ParameterError,
    UnknownNameError,
    shorten,
    unknown_name,
)

if TYPE_CHECKING:
    import xarray as xr

    from disca_nb.models import LanguageModel

__all__ = ["answers_to", "bank_of", "label_in", "labels_in", "of_models"]

_RECORDED = "synthetic-demo"
_SHIPPED = ("de", "ko")
_STATISTICAL = (".sav", ".zsav", ".dta")


def bank_of(wanted: Request) -> xr.Dataset:
    """Return the survey, or several on one axis of countries.

    Raises
    ------
    DiscaError
        As `disca_nb.datasets.surveys.read_survey` and `unify` raise.
    """
    from disca_nb.datasets.surveys.opening import read_survey
    from disca_nb.datasets.surveys.report import UNKNOWN_COUNTRY, report
    from disca_nb.datasets.surveys.unify import unify

    several = len(wanted.surveys) > 1
    banks = [
        read_survey(name, drop=wanted.drop, **_how(name, wanted, several=several))
        for name in wanted.surveys
    ]
    if several or wanted.merge:
        return unify(banks, merge=wanted.merge or None)
    if (unknown := report(banks[0]).suspicious.get(UNKNOWN_COUNTRY)) is not None:
        warnings.warn(
            f"{wanted.surveys[0]} has labels that are no known country's: "
            f"{shorten(unknown.examples)}; they are compared as they are.",
            stacklevel=2,
        )
    return banks[0]


def _how(name: str, wanted: Request, *, several: bool) -> dict[str, Any]:
    """Return the options with which a survey is read: each kind of file has its own."""
    ending = Path(name).suffix.lower()
    if ending in _STATISTICAL:
        if wanted.country_column is None:
            raise ParameterError(
                f"{name} does not say which column is the country; name it, or the country of "
                "everybody, with --country-column."
            )
        return {"country": wanted.country_column}
    if wanted.country_column is not None and not several:
        raise ParameterError(f"--country-column does nothing with {name}; leave it out.")
    # Of several surveys those of another kind have no use for a mapping.
    return {"mapping": wanted.mapping if not several or ".csv" in name.lower() else None}


def labels_in(bank: xr.Dataset, names: list[str] | None) -> list[str] | None:
    """Return the bank's labels of countries, as `label_in`; None for all."""
    return None if names is None else [label_in(bank, name) for name in names]


def label_in(bank: xr.Dataset, name: str) -> str:
    """Return the bank's label of a country, however the command line writes it.

    Raises
    ------
    UnknownNameError
        For a country that the bank lacks; names the closest.
    """
    from disca_nb.datasets.country_names import identify

    labels = [str(label) for label in bank["country"].values]
    folded = {label.casefold(): label for label in labels}
    if name in labels or name.casefold() in folded:
        return name if name in labels else folded[name.casefold()]
    place = identify(name) or identify(name.upper())
    same = [] if place is None else [each for each in labels if identify(each) == place]
    if len(same) != 1:
        raise unknown_name("country", name, labels)
    return same[0]


def answers_to(
    bank: xr.Dataset, wanted: Request, model: Callable[[], LanguageModel], *, progress: bool
) -> xr.Dataset:
    """Return answers to the bank's questions: asked for, or saved; ``model`` loads who is asked.

    Raises
    ------
    DiscaError
        As `disca_nb.ask_survey` and `disca_nb.read_responses` raise.
    """
    if wanted.is_saved:
        return _saved(bank, wanted)
    return _asked(bank, wanted, model, progress=progress)


def _asked(
    bank: xr.Dataset, wanted: Request, model: Callable[[], LanguageModel], *, progress: bool
) -> xr.Dataset:
    """Return a model's answers."""
    from disca_nb._opinions.ask import ask_survey

    own = wanted.source == DEMO and wanted.is_sample
    check_loading(instead="disca-nb opinions demo --recorded" if own else None)
    spoken, kinds = list(wanted.languages), wanted.kinds
    named = labels_in(bank, wanted.prompted) if "cross-national" in kinds else None
    # Whatever may be at fault comes before the model, which may take minutes to load.
    translations = _translations(bank, wanted)
    try:
        return ask_survey(
            model(),
            bank,
            promptings=kinds,
            countries=named,
            languages=spoken,
            translations=translations,
            orders=wanted.orders,  # type: ignore[arg-type] # checked there
            min_mass=wanted.min_mass,
            progress=progress,
            store=wanted.out,
        )
    except KeyboardInterrupt:
        kept = "the same command goes on" if wanted.out else "with --out it could be taken up again"
        raise KeyboardInterrupt(f"Interrupted; {kept}.") from None


def _translations(bank: xr.Dataset, wanted: Request) -> dict[str, xr.Dataset] | None:
    """Return the bank in other languages, those that ship included."""
    from disca_nb._opinions.translated import read_translation

    for code in wanted.translations:
        if code not in wanted.languages:
            raise unknown_name("language of --translation", code, wanted.languages)
    files = dict(wanted.translations)
    if wanted.is_sample:
        shipped = {code: f"sample.{code}" for code in wanted.languages if code in _SHIPPED}
        files = shipped | files
    return {code: read_translation(path, bank) for code, path in files.items()} or None


def _saved(bank: xr.Dataset, wanted: Request) -> xr.Dataset:
    """Return answers that were saved, those named on the command line alone."""
    from disca_nb._opinions.responses import read_responses
    from disca_nb.datasets.surveys.sample import demo_answers
    from disca_nb.results import save_results

    if wanted.recorded:
        answers = of_models(demo_answers(), wanted.models or [_RECORDED])
    else:
        try:
            answers = read_responses(wanted.source, bank=bank, missing=wanted.absent)  # type: ignore[arg-type] # checked with the request
        except UnknownNameError as error:  # a name in a file, and so not the command line's fault
            raise InputError(str(error)) from None
        answers = of_models(answers, wanted.models)
    answers = _of_promptings(answers, bank, wanted)
    if wanted.out is not None:
        save_results(answers, wanted.out)
    return answers


def of_models(answers: xr.Dataset, names: list[str] | None) -> xr.Dataset:
    """Return the answers of some models."""
    known = [str(name) for name in answers["model"].values]
    for name in names or []:
        if name not in known:
            raise unknown_name("model", name, known)
    return answers if names is None else answers.sel(model=names)


def _of_promptings(answers: xr.Dataset, bank: xr.Dataset, wanted: Request) -> xr.Dataset:
    """Return the answers under some promptings, named by label or by kind."""
    if wanted.promptings is None:
        return answers
    labels, kinds = (answers[name].values.tolist() for name in ("prompting", "prompting_kind"))
    for name in wanted.promptings:
        if name not in {*labels, *kinds}:
            raise unknown_name("prompting", name, [*dict.fromkeys(kinds), *labels])
    named = np.isin(labels, wanted.promptings) | np.isin(kinds, wanted.promptings)
    if wanted.recorded:
        named &= _of_demo(answers, bank, wanted)
    if not named.any():
        raise InputError("The answers have none of the promptings; leave --promptings out.")
    return answers.isel(prompting=np.flatnonzero(named))


def _of_demo(answers: xr.Dataset, bank: xr.Dataset, wanted: Request) -> np.ndarray:
    """Return which of the recorded promptings the demo asks for."""
    countries = labels_in(bank, wanted.prompted) or []
    known = answers["prompting_language"].values.tolist()
    for code in wanted.languages:
        if code not in known:
            raise UnknownNameError(f"No answers in {code!r} are recorded; leave --recorded out.")
    labels = {"default", *(f"as {name}" for name in countries)}
    labels |= {f"in {code}" for code in wanted.languages}
    return np.isin(answers["prompting"].values, sorted(labels))
