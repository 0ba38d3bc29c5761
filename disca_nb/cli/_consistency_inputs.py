"""What ``disca-nb consistency`` reads: questions, answers to them, and people's labels."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from disca_nb.cli._consistency_request import DEMO, Request
from disca_nb.cli._opinion_inputs import of_models
from disca_nb.cli._running import check_loading
from disca_nb.errors import InputError, ParameterError, UnknownNameError, unknown_name

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from disca_nb.models import LanguageModel

__all__ = ["in_languages", "labels_of", "questions_of", "responses_to"]

_SAMPLE = "sample"
_RECORDED = "synthetic-demo"


def questions_of(wanted: Request) -> xr.Dataset:
    """Return the questions, those of several files joined.

    Raises
    ------
    DiscaError
        As `disca_nb.datasets.values.read_value_questions` and `join_value_questions` raise.
    """
    from disca_nb.datasets import values

    parts = [_read(name) for name in wanted.questions]
    return parts[0] if len(parts) == 1 else values.join_value_questions(parts)


def in_languages(questions: xr.Dataset, wanted: Request) -> xr.Dataset:
    """Return the questions in the languages that were named.

    Raises
    ------
    ParameterError
        Where a single language is left for the multilingual measure.
    UnknownNameError
        For a language that the questions lack.
    """
    spoken = questions["wording_language"].values.astype(str)
    known = list(dict.fromkeys(spoken.tolist()))
    for code in wanted.languages or ():
        if code not in known:
            raise unknown_name("language", code, known)
    named = known if wanted.languages is None else wanted.languages
    if len(named) == 1 and "multilingual" in (wanted.measures or ()):
        raise ParameterError(
            f"Measure multilingual needs several languages, and there is {named[0]} alone; name "
            "questions in another with --questions."
        )
    return questions.isel(wording=np.flatnonzero(np.isin(spoken, named)))


def _read(name: str) -> xr.Dataset:
    """Return the questions of a file, a folder, or those that ship under a name."""
    from disca_nb.datasets import values

    if name == DEMO:
        return values.embedded_questions()
    if name == _SAMPLE:
        return values.sample_questions()
    return values.read_value_questions(name)


def responses_to(
    questions: xr.Dataset,
    wanted: Request,
    model: Callable[[str], LanguageModel],
    *,
    progress: bool,
) -> xr.Dataset:
    """Return answers in the languages named: asked for, or saved; ``model`` loads who is named.

    Raises
    ------
    DiscaError
        As `disca_nb.ask_values` and `disca_nb.read_value_responses` raise.
    """
    found = (
        _saved(questions, wanted)
        if wanted.is_saved
        else _asked(in_languages(questions, wanted), wanted, model, progress=progress)
    )
    known = found["model"].values.tolist()
    for name in wanted.difference or ():
        if name not in known:
            raise unknown_name("model of --difference", name, known)
    return found


def _asked(
    questions: xr.Dataset,
    wanted: Request,
    model: Callable[[str], LanguageModel],
    *,
    progress: bool,
) -> xr.Dataset:
    """Return a model's answers."""
    from disca_nb._values.asking import ask_values
    from disca_nb.results import check_free, save_results

    own = wanted.source == DEMO and wanted.questions == [DEMO]
    check_loading(instead="disca-nb consistency demo --recorded" if own else None)
    run = None
    if wanted.out is not None:
        check_free(wanted.out)
        run = wanted.out.with_name(f"{wanted.out.name}.run")
    try:
        found = ask_values(
            model(wanted.source),
            questions,
            forms=tuple(wanted.forms or ("choice",)),
            judge=None if wanted.judge is None else model(wanted.judge),
            orders=wanted.orders,  # type: ignore[arg-type] # checked there
            min_mass=wanted.min_mass,
            progress=progress,
            store=run,
        )
    except KeyboardInterrupt:
        kept = "the same command goes on" if wanted.out else "with --out it could be taken up again"
        raise KeyboardInterrupt(f"Interrupted; {kept}.") from None
    if wanted.out is not None and run is not None:
        save_results(found, wanted.out)
        shutil.rmtree(run)
    return found


def _saved(questions: xr.Dataset, wanted: Request) -> xr.Dataset:
    """Return answers that were saved, those named on the command line alone."""
    from disca_nb._values.reading import read_value_responses
    from disca_nb.datasets import values
    from disca_nb.results import save_results

    if wanted.recorded:
        usual = [*dict.fromkeys([_RECORDED, *(wanted.difference or ())])]
        found = of_models(values.recorded_responses(), wanted.models or usual)
    else:
        try:
            found = read_value_responses(wanted.source, questions, absent=wanted.absent)  # type: ignore[arg-type] # checked with the request
        except UnknownNameError as error:  # a name in a file, and so not the command line's fault
            raise InputError(str(error)) from None
        found = of_models(found, wanted.models)
    # Answers in other languages are read and left out: they are to questions that are known.
    labels = in_languages(questions, wanted)["wording"].values
    there = np.flatnonzero(np.isin(found["wording"].values, labels))
    found = _of_forms(found.isel(wording=there), wanted.forms)
    if wanted.out is not None:
        save_results(found, wanted.out)
    return found


def _of_forms(responses: xr.Dataset, names: list[str] | None) -> xr.Dataset:
    """Return the answers in some forms."""
    known = [str(name) for name in responses["form"].values]
    for name in names or []:
        if name not in known:
            raise InputError(f"The answers have no form {name!r}; leave it out of --forms.")
    return responses if names is None else responses.sel(form=names)


def labels_of(wanted: Request) -> pd.DataFrame | None:
    """Return people's labels of answers in words: columns wording, label and perhaps model.

    Raises
    ------
    DataFileError
        For a file that is no such table.
    """
    if wanted.labels is None:
        return None
    from disca_nb.datasets._table import read_table, require_columns, require_text, require_unique

    path, columns = Path(wanted.labels), ["wording", "label"]
    table = read_table(path)
    require_columns(table, columns, path.name)
    require_text(table, columns, path.name)
    keys = ["model", "wording"] if "model" in table.columns else ["wording"]
    require_unique(table, keys, path.name)
    return table
