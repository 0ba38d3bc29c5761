"""Bringing a bank and answers onto the same questions, and saying where they do not fit."""

from __future__ import annotations

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, shorten
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics.opinions._cells import BoolArray, Cells, IntArray
from disca_nb.variables import validate

__all__ = ["match"]

_PEOPLE = ("country",)
_SYSTEM = ("model", "prompting")


def match(bank: xr.Dataset, answers: xr.Dataset) -> Cells:
    """Bring a bank and answers onto the same questions.

    Parameters
    ----------
    bank : xarray.Dataset
        ``survey_share`` (country, question, option) with ``n_options`` (question).
    answers : xarray.Dataset
        ``answer_prob`` (model, prompting, question, option); either of the first two may be
        missing or without length.

    Returns
    -------
    Cells
        Of the questions that stand in both.

    Raises
    ------
    InputError
        When a variable is missing, there is no model, prompting or country, no question stands in
        both, the options of a question differ, or a country's shares of a question are known in
        part or sum to 0.
    """
    validate(bank, "survey_share", "n_options", "country", "question", "option")
    validate(answers, "answer_prob", "question", "option")
    answers = _with_systems(answers)
    _check_dims(bank["survey_share"], "survey_share", {"country", "question", "option"})
    dims = {"model", "prompting", "question", "option"}
    _check_dims(answers["answer_prob"], "answer_prob", dims)
    _check_some(bank, answers)
    asked, answered = (set(data["question"].values.tolist()) for data in (bank, answers))
    both = sorted(asked & answered)
    if not both:
        raise InputError(
            f"No question stands in both: the bank asks {shorten(sorted(asked), 3)} and the "
            f"answers are to {shorten(sorted(answered), 3)}; give answers to this bank."
        )
    bank = _by_option(bank.sel(question=both).sortby("country"))
    answers = _by_option(answers.sel(question=both))
    _check_options(bank, answers)
    n_options = bank["n_options"].to_numpy().astype(np.int64)
    order = ("model", "prompting", "question", "option")
    given = answers["answer_prob"].transpose(*order).to_numpy()
    length = int(n_options.max())
    shares = bank["survey_share"].transpose("country", "question", "option").to_numpy()
    shares = _whole_rows(shares, n_options, length)
    probs = _whole_rows(given.reshape(-1, *given.shape[2:]), n_options, length)
    _check_shares(bank, ~np.isnan(shares[:, :, 0]))
    # The arrays hold these in full; selections need not carry them along.
    large = ["survey_share", "option_text", "answer_prob", "order_answer_prob"]
    bank, answers = (data.drop_vars(large, errors="ignore") for data in (bank, answers))
    return Cells(bank, answers, shares, probs, n_options)


def _with_systems(answers: xr.Dataset) -> xr.Dataset:
    """Return the answers with the dimensions of models and promptings, where one is alone."""
    for dim, name in (("prompting", "default"), ("model", "model")):
        if dim not in answers.coords:
            answers = answers.assign_coords({dim: name})
        if dim not in answers.dims:
            answers = answers.expand_dims(dim)
    return answers


def _check_dims(array: xr.DataArray, name: str, dims: set[str]) -> None:
    """Raise unless the array has these dimensions and no other."""
    lost = sorted(dims - set(array.dims))
    if lost:
        raise InputError(f"{name!r} has dimensions {array.dims}; it also needs {lost[0]!r}.")
    extra = sorted(str(dim) for dim in set(array.dims) - dims)
    if extra:
        raise InputError(f"{name!r} has the dimension {extra[0]!r}; select one label of it.")


def _check_some(bank: xr.Dataset, answers: xr.Dataset) -> None:
    """Raise where there is nobody to compare."""
    for where, data, dims in (("bank", bank, _PEOPLE), ("answers", answers, _SYSTEM)):
        for dim in dims:
            if not data.sizes[dim]:
                raise InputError(f"There is no {dim} in the {where}; select at least one.")


def _by_option(data: xr.Dataset) -> xr.Dataset:
    """Return the dataset with its options in the order of their numbers, where they are numbers."""
    labels = [str(label) for label in data["option"].values]
    if not all(label.isdecimal() for label in labels):
        return data
    return data.isel(option=np.argsort([int(label) for label in labels], kind="stable"))


def _check_options(bank: xr.Dataset, answers: xr.Dataset) -> None:
    """Raise where a question has other options in the answers than in the bank."""
    n_options = bank["n_options"].to_numpy()
    known = answers["answer_prob"].notnull().any(["model", "prompting"])
    places = np.arange(1, known.sizes["option"] + 1)
    last = (known.transpose("question", "option").to_numpy() * places).max(axis=1)
    told = answers["n_options"].to_numpy() if "n_options" in answers else last
    # Answers say how many options they have, unless nothing was answered.
    other_options = np.where((told == n_options) & (last > 0), last, told)
    for name, own, other in zip(bank["question"].values, n_options, other_options, strict=True):
        if other not in {own, 0}:
            raise InputError(
                f"Question {str(name)!r} has {own} options in the bank and {other} in the "
                "answers; give the bank that the model was asked."
            )
    if "option_text" in bank and "option_text" in answers:
        size = min(bank.sizes["option"], answers.sizes["option"])
        texts = [data["option_text"].isel(option=slice(size)) for data in (bank, answers)]
        left, right = (each.transpose("question", "option").to_numpy() for each in texts)
        for name, here, there in zip(bank["question"].values, left, right, strict=True):
            if (here != there).any():
                raise InputError(
                    f"The options of question {str(name)!r} are {shorten(here)} in the bank and "
                    f"{shorten(there)} in the answers; give the bank that the model was asked."
                )


def _whole_rows(values: FloatArray, n_options: IntArray, length: int) -> FloatArray:
    """Return rows cut or padded to a length, NaN as a whole where they are NaN in part."""
    rows = np.full((*values.shape[:-1], length), np.nan)
    size = min(length, values.shape[-1])
    rows[..., :size] = values[..., :size]
    inside = np.arange(length) < n_options[:, None]
    sums = np.where(inside, rows, 0.0).sum(axis=-1)
    return np.where(inside & (sums > 0.0)[..., None], rows, np.nan)


def _check_shares(bank: xr.Dataset, taken: BoolArray) -> None:
    """Raise where the bank has shares that were not taken over."""
    given = bank["survey_share"].notnull().any("option").transpose("country", "question")
    for row, column in np.argwhere(given.to_numpy() & ~taken):
        country, question = bank["country"].values[row], bank["question"].values[column]
        raise InputError(
            f"The shares of {str(country)!r} on question {str(question)!r} are known in part or "
            "sum to 0; leave the whole row NaN where a country was not asked."
        )
