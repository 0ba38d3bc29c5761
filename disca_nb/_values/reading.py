"""`read_value_responses`: answers to value questions that were saved, or come from elsewhere."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path

import xarray as xr

from disca_nb._elicit.given import check_mass
from disca_nb._opinions.response_table import answers_of
from disca_nb._opinions.running import warn_of_unanswered
from disca_nb._values.banks import bank_of, checked_questions
from disca_nb._values.joining import about, finished, joined
from disca_nb._values.lines import read_value_lines
from disca_nb._values.stances import choice_stances
from disca_nb.datasets._table import as_path
from disca_nb.errors import InputError, shorten, unknown_name
from disca_nb.models.top_k import Missing, check_policy
from disca_nb.results import open_results
from disca_nb.variables import validate

__all__ = ["read_value_responses"]

_NEEDED = (
    *("stance_prob", "stance_mass", "status", "abstained", "model", "form", "wording"),
    *("topic_name", "value_question", "phrasing", "wording_language", "option_stance", "option"),
)
_SAME = ("wording_text", "value_question", "topic_name", "n_options")
_OPTIONS = ("option_text", "option_stance")
_SAVED, _LINES = (".zarr", ".nc", ".nc4", ".netcdf"), (".jsonl", ".ndjson")


def read_value_responses(
    path: str | os.PathLike[str] | xr.Dataset,
    questions: xr.Dataset | None = None,
    *,
    absent: Missing = "error",
    min_mass: float = 0.5,
) -> xr.Dataset:
    """Read models' answers to value questions.

    Parameters
    ----------
    path : path or xarray.Dataset
        What `disca_nb.ask_values` returned, or that as `disca_nb.save_results` saved it
        (``.zarr``, ``.nc``); or answers by letters from elsewhere as JSON Lines (``.jsonl``,
        ``.ndjson``). A line is an object with ``model``, ``wording`` (its label) and ``probs``,
        the probability of each letter as the next token, or ``logprobs``, natural logarithms of
        these. ``order`` says which option stood at each letter: "given" by default, "reversed",
        or its numbers, as "2-1". ``text``, where a line has it, must be that of the wording: labels
        of files without their own are numbers of lines.
    questions : xarray.Dataset, optional
        The value questions, which JSON Lines need. Saved answers are checked against them.
    absent : {"error", "zero", "bound"}
        What a letter counts as that a line does not have, as ``missing`` of
        `disca_nb.read_responses`. It matters to JSON Lines alone.
    min_mass : float
        Where all letters together are less probable than this the status is 3. It matters to JSON
        Lines alone.

    Returns
    -------
    xarray.Dataset
        As `disca_nb.ask_values` returns it. Of JSON Lines it has all wordings, those without an
        answer with status 0.

    Raises
    ------
    DataFileError
        For a line that cannot be used, with file and line.
    InputError
        For another ending, a result of another kind, answers to other questions, or lines without
        questions.
    UnknownNameError
        For another policy, or a wording that the questions do not have.
    StoreError
        When a saved result is missing or half-written.

    Warns
    -----
    UserWarning
        When answers failed, are missing or have little mass, or were not given in all orders that
        others were.

    See Also
    --------
    ask_values : answers of models that can be reached from here.

    Examples
    --------
    >>> import tempfile
    >>> from disca_nb.datasets.values import sample_questions
    >>> questions = sample_questions("en").isel(wording=[4])
    >>> questions.option_stance.values.tolist()
    [['opposes', 'supports']]
    >>> line = {"model": "m", "wording": questions.wording.item(), "probs": {"A": 0.6, "B": 0.2}}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "answers.jsonl"
    ...     _ = path.write_text(json.dumps(line))
    ...     found = read_value_responses(path, questions)
    >>> found.stance.values.tolist(), found.stance_prob.values.round(2).tolist()
    (['supports', 'opposes'], [[[[0.25, 0.75]]]])
    """
    check_policy(absent)
    check_mass(min_mass)
    asked = None if questions is None else checked_questions(questions)
    if isinstance(path, xr.Dataset):
        return _saved(path, asked, "The dataset")
    source = as_path(path).expanduser()
    if source.suffix in _SAVED:
        return _saved(open_results(source), asked, source.name)
    if source.suffix not in _LINES:
        raise InputError(
            f"{source} ends in {source.suffix!r}; use {', '.join((*_LINES, *_SAVED[:2]))}."
        )
    if asked is None:
        raise InputError(f"{source.name} holds lines of letters; pass the questions they answer.")
    found = _of_lines(source, asked, absent, float(min_mass))
    warn_of_unanswered(found)
    _warn_of_missing(found, source.name)
    return found


def _warn_of_missing(found: xr.Dataset, name: str) -> None:
    """Warn where a file has no line for wordings."""
    lacking = {
        str(model): int((found["status"].sel(model=model) == 0).all("form").sum())
        for model in found["model"].values
    }
    said = [f"{model} {number}" for model, number in lacking.items() if number]
    if said:
        warnings.warn(
            f"{name} has no answer to some of the {found.sizes['wording']} wordings: "
            f"{shorten(said, 5)}; they are left out of all measures.",
            stacklevel=3,
        )


def _of_lines(path: Path, questions: xr.Dataset, absent: Missing, min_mass: float) -> xr.Dataset:
    """Return the answers of a file of JSON Lines."""
    labels, texts = (questions[name].values.tolist() for name in ("wording", "wording_text"))
    lines = read_value_lines(path, dict(zip(labels, texts, strict=True)))
    answers = answers_of(lines, path, bank_of(questions), missing=absent, min_mass=min_mass)
    part = choice_stances(questions, [answers]).assign_attrs(source=answers.attrs["source"])
    attrs = about(questions, [part])
    attrs |= {"orders": "as read", "min_mass": min_mass, "absent": absent}
    manifest = {"choice": json.loads(answers.attrs["manifest"])}
    return finished(joined(questions, [part]), attrs, manifest)


def _saved(found: xr.Dataset, questions: xr.Dataset | None, name: str) -> xr.Dataset:
    """Return saved answers, once they are seen to be answers, and to these questions."""
    try:
        validate(found, *_NEEDED)
    except InputError as error:
        raise InputError(f"{name} holds no answers to value questions: {error}") from None
    if questions is not None:
        _check_fits(found, questions, name)
    return found


def _check_fits(found: xr.Dataset, questions: xr.Dataset, name: str) -> None:
    """Raise unless answers are to wordings of these questions, whose options say the same."""
    known = set(questions["wording"].values.tolist())
    for label in found["wording"].values.tolist():
        if label not in known:
            raise unknown_name(f"wording in {name}", label, sorted(known))
    same = questions.sel(wording=found["wording"].values)
    # Either may have room for more options than any of these wordings has.
    room = sorted({*found["option"].values.tolist(), *same["option"].values.tolist()})
    for column in (*_SAME, *_OPTIONS):
        if column not in found.variables:
            continue
        both = [each[column] for each in (found, same)]
        if column in _OPTIONS:
            bare = [each.reset_coords(drop=True) for each in both]
            both = [each.reindex(option=room, fill_value="") for each in bare]
        rows, other = (each.transpose("wording", ...).values for each in both)
        differ = (rows != other).reshape(len(rows), -1).any(axis=1)
        if differ.any():
            label = str(found["wording"].values[differ][0])
            raise InputError(
                f"{name} holds answers to other questions: {column} of the wording {label!r} is "
                f"{rows[differ][0]!s:.60} there and {other[differ][0]!s:.60} here; use the "
                "questions that were asked."
            )
