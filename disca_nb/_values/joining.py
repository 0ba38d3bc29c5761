"""Answers of all forms as one dataset, with the questions' labels and what is known of the run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import xarray as xr

from disca_nb._elicit.keeping import answers_hash
from disca_nb._values.banks import questions_hash
from disca_nb._values.stances import stances_of
from disca_nb._version import __version__
from disca_nb.variables import annotate, validate

__all__ = ["about", "finished", "is_synthetic", "joined"]

# Variables and labels that the hash of a result is of.
_HASHED = (
    *("stance_prob", "stance_mass", "status", "abstained", "order_stance_prob"),
    *("open_answer", "judge_verdict", "model", "form", "order", "wording", "stance"),
)


def joined(questions: xr.Dataset, parts: Sequence[xr.Dataset]) -> xr.Dataset:
    """Return the answers of several forms as one dataset with the questions' coordinates.

    Parameters
    ----------
    questions : xarray.Dataset
        As `checked_questions` returns.
    parts : sequence of xarray.Dataset
        Of each form, all of the same models and wordings.

    Returns
    -------
    xarray.Dataset
    """
    bare = [_bare(each).reindex(stance=stances_of(questions)) for each in parts]
    models, wordings = bare[0]["model"].values, questions["wording"].values
    bare = [each.sel(model=models, wording=wordings) for each in bare]
    by_form = [
        each[[name for name in each.data_vars if "form" in each[name].dims]] for each in bare
    ]
    whole = xr.concat(by_form, dim="form", join="outer") if len(bare) > 1 else by_form[0]
    rest = {
        name: each[name]
        for each in bare
        for name in each.data_vars
        if "form" not in each[name].dims
    }
    along = {name: array for name, array in questions.coords.items() if "wording" in array.dims}
    return whole.assign(rest).assign_coords({**along, "option": questions["option"].values})


def about(questions: xr.Dataset, parts: Sequence[xr.Dataset]) -> dict[str, object]:
    """Return the attributes of answers: where they and their questions are from.

    Parameters
    ----------
    questions : xarray.Dataset
        As `checked_questions` returns.
    parts : sequence of xarray.Dataset
        Answers with ``source`` and perhaps ``notice``.

    Returns
    -------
    dict
    """
    given = [each.attrs for each in (*parts, questions)]
    notices = dict.fromkeys(str(each["notice"]) for each in given if each.get("notice"))
    sources = dict.fromkeys(str(each.attrs["source"]) for each in parts if "source" in each.attrs)
    said: dict[str, object] = {
        "source": "; ".join(sources),
        "questions": str(questions.attrs.get("name", "questions of one's own")),
        "question_source": str(questions.attrs.get("source", "questions of one's own")),
        "questions_sha256": questions_hash(questions),
        "synthetic": int(any(map(is_synthetic, (*parts, questions)))),
    }
    if notices:
        said["notice"] = " ".join(notices)
    if "filters" in questions.attrs:
        said["filters"] = questions.attrs["filters"]
    return said


def is_synthetic(data: xr.Dataset) -> bool:
    """Return whether answers or questions say that they are made up.

    Examples
    --------
    >>> is_synthetic(xr.Dataset(attrs={"source": "synthetic: by hand"}))
    True
    """
    marked = bool(data.attrs.get("synthetic", 0))
    return marked or str(data.attrs.get("source", "")).startswith("synthetic")


def finished(
    result: xr.Dataset,
    attrs: Mapping[str, object],
    manifest: Mapping[str, object],
    *,
    hashed: Sequence[str] = _HASHED,
) -> xr.Dataset:
    """Return a result in its final form, with a manifest that holds the hash of its answers.

    Parameters
    ----------
    result : xarray.Dataset
        The answers.
    attrs : mapping
        As `about` returns, and what else is to be said.
    manifest : mapping
        What the run follows from.
    hashed : sequence of str
        Variables and labels that the hash is of.

    Returns
    -------
    xarray.Dataset
    """
    whole = annotate(validate(result))
    said = {
        "disca_nb": __version__,
        "questions_sha256": attrs["questions_sha256"],
        **manifest,
        "answers_sha256": answers_hash(whole, hashed=hashed),
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
    whole.attrs = {**attrs, "manifest": text}
    return whole


def _bare(answers: xr.Dataset) -> xr.Dataset:
    """Return answers without what is known of questions."""
    kept = {"model", "form", "order", "wording", "stance"}
    return answers.drop_vars([name for name in answers.coords if name not in kept])
