"""The shipped sample: a made-up survey of 48 questions in 20 countries, and stored answers to it.

Nobody was asked. `scripts/make_survey_sample.py` draws the counts and says how.
"""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import xarray as xr

from disca_nb._data import data_path
from disca_nb.datasets.surveys.schema import from_tidy
from disca_nb.errors import DataFileError
from disca_nb.results import open_results
from disca_nb.variables import annotate

__all__ = ["demo_answers", "sample"]

SAMPLE = "sample"
"""The survey's name."""

_VERSION = 1


def sample() -> xr.Dataset:
    """Return the shipped survey: made-up answers to 48 questions in 20 countries.

    It is **synthetic**: nobody was asked, and the countries carry real names only so that
    questions read naturally. Questions q01 to q40 and twelve of the countries are those that the
    embedded model was trained on. Each country was asked 36 of the questions, as its attribute
    `design` says, so that a mean over all of a country's questions hangs on what it was asked.

    Returns
    -------
    xarray.Dataset
        A bank: ``survey_share`` (country, question, option) and ``respondents`` (country,
        question), with attributes ``synthetic`` (1), ``notice`` and ``design``.

    Raises
    ------
    DataFileError
        For a file of another version.

    Examples
    --------
    >>> bank = sample()
    >>> dict(bank.sizes)
    {'country': 20, 'question': 48, 'option': 5}
    >>> bank.question_text.sel(question="q01").item()
    'What matters most in a job?'
    >>> bank.survey_share.sel(country="DEU", question="q01").round(2).values
    array([0.09, 0.56, 0.24, 0.1 ,  nan])
    """
    path = data_path("survey_sample.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    if content.get("version") != _VERSION:
        raise DataFileError(
            f"{path.name} has version {content.get('version')!r}, not {_VERSION}; reinstall "
            "disca-nb."
        )
    table = _tidy(content["questions"], content["respondents"])
    bank = from_tidy(table, name=SAMPLE, source="made up for this package")
    return bank.sel(country=sorted(content["respondents"])).assign_attrs(
        synthetic=1, notice=content["notice"], design=content["design"]
    )


def demo_answers() -> xr.Dataset:
    """Return stored answers of three synthetic models to the sample, under all promptings.

    One is the embedded language model, asked by `disca_nb.ask_survey`. The names of the other two
    begin with "made-up": they are formulas over the sample's made-up people, which
    `scripts/make_opinions_demo.py` states, and show what a comparison makes of a model whose
    opinions are known.

    Returns
    -------
    xarray.Dataset
        Answers as `disca_nb.ask_survey` returns them: ``answer_prob`` (model, prompting, question,
        option) and the rest.

    Examples
    --------
    >>> answers = demo_answers()
    >>> answers.model.values.tolist()
    ['synthetic-demo', 'made-up: average', 'made-up: listener']
    >>> answers.prompting.values[[0, 1, -1]].tolist()
    ['default', 'as AUS', 'in de']
    """
    return annotate(open_results(data_path("opinions_demo.nc")))


def _tidy(questions: list[dict[str, Any]], respondents: dict[str, int]) -> pd.DataFrame:
    """Return the tidy table of the file's counts."""
    rows = [
        {
            "question": one["id"],
            "text": one["text"],
            "topic": one["topic"],
            "ordinal": one["ordinal"],
            "option": option,
            "position": place + 1,
            "country": country,
            "share": counts[place] / respondents[country],
            "respondents": respondents[country],
        }
        for one in questions
        for country, counts in one["counts"].items()
        for place, option in enumerate(one["options"])
    ]
    return pd.DataFrame(rows)
