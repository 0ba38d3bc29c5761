"""The people of a country as a responder, to compare countries with each other."""

from __future__ import annotations

from collections.abc import Sequence

import xarray as xr

from disca_nb.errors import unknown_name
from disca_nb.variables import annotate, validate

__all__ = ["as_answers"]

_KEPT = ("n_options", "question_text", "question_topic", "survey", "wave", "ordinal", "option_text")


def as_answers(bank: xr.Dataset, countries: Sequence[str]) -> xr.Dataset:
    """Return the shares of countries in the form of models' answers.

    They go wherever a model's answers go: `representation` of a country's own people says which
    countries are close to it, on the questions that they were asked as well.

    Parameters
    ----------
    bank : xarray.Dataset
        Survey answers: ``survey_share`` (country, question, option).
    countries : sequence of str
        Labels of the bank's countries.

    Returns
    -------
    xarray.Dataset
        ``answer_prob`` (model, prompting, question, option) with a model ``"people of LABEL"``
        for each country and the prompting ``"default"``, of the questions that all of these
        countries were asked; give one to have all of its questions.

    Raises
    ------
    InputError
        When the bank lacks a variable.
    UnknownNameError
        For a country that the bank lacks.

    Examples
    --------
    >>> from disca_nb.datasets import surveys
    >>> as_answers(surveys.sample(), ["JPN", "USA"]).model.values.tolist()
    ['people of JPN', 'people of USA']
    """
    validate(bank, "survey_share", "n_options", "country", "question", "option")
    names = [countries] if isinstance(countries, str) else [str(name) for name in countries]
    for name in names:
        if name not in bank["country"].values:
            raise unknown_name("country", name, bank["country"].values)
    shares = bank["survey_share"].sel(country=names).rename(country="model")
    shares = shares.isel(question=shares.notnull().any("option").all("model").values)
    shares = shares.drop_vars("country_name", errors="ignore")
    shares = shares.assign_coords(model=[f"people of {name}" for name in names])
    there = bank.sel(question=shares["question"])
    own = {name: there[name].variable for name in _KEPT if name in bank}
    answers = xr.Dataset({"answer_prob": shares.expand_dims(prompting=["default"])})
    answers = answers.assign_coords(own | {"prompting_kind": ("prompting", ["default"])})
    kept = {
        name: bank.attrs[name] for name in ("source", "notice", "synthetic") if name in bank.attrs
    }
    return annotate(answers.assign_attrs(kept))
