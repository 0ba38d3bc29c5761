"""`read_responses`: answers to a survey that were saved, or that come from elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import xarray as xr

from disca_nb._elicit.given import check_mass
from disca_nb._opinions.bank import checked_bank
from disca_nb._opinions.response_lines import read_lines
from disca_nb._opinions.response_table import answers_of
from disca_nb._opinions.running import warn_of_unanswered
from disca_nb.datasets._table import as_path
from disca_nb.errors import InputError, unknown_name
from disca_nb.models.top_k import Missing, check_policy
from disca_nb.results import open_results
from disca_nb.variables import validate

__all__ = ["read_responses"]

_NEEDED = (
    *("answer_prob", "answer_mass", "status", "n_options"),
    *("prompting_kind", "prompted_country", "prompting_language"),
)
_SAVED, _LINES = (".zarr", ".nc", ".nc4", ".netcdf"), (".jsonl", ".ndjson")


def read_responses(
    path: str | os.PathLike[str],
    *,
    bank: xr.Dataset | None = None,
    missing: Missing = "error",
    min_mass: float = 0.5,
) -> xr.Dataset:
    """Read models' answers to a survey.

    Parameters
    ----------
    path : path
        What `disca_nb.ask_survey` saved (``.zarr``, ``.nc``), or answers from elsewhere as JSON
        Lines (``.jsonl``, ``.ndjson``). A line is an object with ``model``, ``prompting``
        ("default", "as JPN", "in ko"), ``question`` (its label) and ``probs``, the probability of
        each letter as the next token, or ``logprobs``, natural logarithms of these. ``order`` says
        which option stood at each letter: "given" by default, "reversed", or its numbers, as
        "2-1-3". ``n_options`` says how many options the question has. Tokens other than letters
        of the question may be among the probabilities.
    bank : xarray.Dataset, optional
        The survey. Answers are then checked against it, take its texts along, and have all of its
        questions, those without an answer with status 0. Without it a question has as many
        options as ``n_options`` says, or else as the last letter of any of its lines.
    missing : {"error", "zero", "bound"}
        What a letter counts as that a line does not have: an error; probability 0; or the most
        that it can have, which is the least probability of the line or what all of them leave of
        1, whichever is less. It matters to JSON Lines alone.
    min_mass : float
        Where all letters together are less probable than this the status is 3. It matters to JSON
        Lines alone.

    Returns
    -------
    xarray.Dataset
        As `disca_nb.ask_survey` returns it: ``answer_prob`` (model, prompting, question, option),
        scaled to sum 1; ``answer_mass``, the probability of the letters before that, without what
        a policy put in; ``status``, and the same by order. Lines without any letter have failed.

    Raises
    ------
    DataFileError
        For a line that cannot be used, with file and line.
    InputError
        For another ending, a result of another kind, or answers that are not the bank's.
    UnknownNameError
        For another policy, or a question or country that the bank does not have.
    StoreError
        When a saved result is missing or half-written.

    Warns
    -----
    UserWarning
        When answers failed or have little mass, or were not given in all orders that others were.

    See Also
    --------
    ask_survey : answers of models that can be reached from here.

    Examples
    --------
    >>> import json, tempfile
    >>> line = {"model": "m", "prompting": "default", "question": "q1"}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "answers.jsonl"
    ...     _ = path.write_text(json.dumps({**line, "probs": {"A": 0.6, "B": 0.2}}))
    ...     answers = read_responses(path)
    >>> answers.answer_prob.values.round(2).tolist(), answers.answer_mass.values.round(2).tolist()
    ([[[[0.75, 0.25]]]], [[[0.8]]])
    """
    check_policy(missing)
    check_mass(min_mass)
    source = as_path(path).expanduser()
    survey = None if bank is None else checked_bank(bank)
    if source.suffix in _SAVED:
        return _saved(source, survey)
    if source.suffix not in _LINES:
        raise InputError(
            f"{source} ends in {source.suffix!r}; use {', '.join((*_LINES, *_SAVED[:2]))}."
        )
    lines = read_lines(source)
    found = answers_of(lines, source, survey, missing=missing, min_mass=float(min_mass))
    warn_of_unanswered(found)
    return found


def _saved(path: Path, bank: xr.Dataset | None) -> xr.Dataset:
    """Return saved answers, once they are seen to be answers, and the bank's."""
    found = open_results(path)
    try:
        validate(found, *_NEEDED)
    except InputError as error:
        raise InputError(f"{path} holds no answers to a survey: {error}") from None
    if bank is not None:
        _check_fits(found, bank, path)
    return found


def _check_fits(found: xr.Dataset, bank: xr.Dataset, path: Path) -> None:
    """Raise unless answers are to questions of a bank."""
    known = bank["question"].values.tolist()
    for label in found["question"].values.tolist():
        if label not in known:
            raise unknown_name(f"question in {path.name}", label, known)
    same = bank.sel(question=found["question"].values)
    for name in ("n_options", "question_text"):
        if name not in found.variables:
            continue
        differ = found[name].values != same[name].values
        if differ.any():
            label = found["question"].values[differ][0]
            raise InputError(
                f"{path} holds answers to another bank: {name} of the question {str(label)!r} is "
                f"{found[name].values[differ][0]!s:.60} there and "
                f"{same[name].values[differ][0]!s:.60} in the bank; use the bank that was asked."
            )
