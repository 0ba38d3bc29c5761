"""From answers over options to answers over stances, by what each option says of the topic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.datasets.values import STANCES

__all__ = ["choice_stances", "offered", "stances_of"]


def stances_of(questions: xr.Dataset) -> list[str]:
    """Return the stances that questions offer: supports, opposes, and neutral where one does.

    Parameters
    ----------
    questions : xarray.Dataset
        With ``option_stance``.

    Examples
    --------
    >>> stances_of(xr.Dataset({"option_stance": ("option", ["opposes", "supports"])}))
    ['supports', 'opposes']
    """
    found = set(questions["option_stance"].values.ravel().tolist())
    return [stance for stance in STANCES if stance in {*STANCES[:2], *found}]


def offered(questions: xr.Dataset) -> npt.NDArray[np.bool_]:
    """Return which option stands for which stance, shape (wording, option, stance)."""
    held = questions["option_stance"].transpose("wording", "option").values
    return np.asarray(held[..., None] == np.array(stances_of(questions)))


def choice_stances(questions: xr.Dataset, found: Sequence[xr.Dataset]) -> xr.Dataset:
    """Return what answers to surveys say of the topics.

    Parameters
    ----------
    questions : xarray.Dataset
        As `checked_questions` returns.
    found : sequence of xarray.Dataset
        Answers under one prompting as `disca_nb.ask_survey` returns them, with all wordings as
        questions, each of them once.

    Returns
    -------
    xarray.Dataset
        ``stance_prob`` and ``order_stance_prob``, NaN for stances that a wording does not offer
        and where there is no answer; ``stance_mass``, ``status`` and ``abstained``; those without
        an order with ``form``.
    """
    orders = list(dict.fromkeys(label for each in found for label in each["order"].values.tolist()))
    parts = [_plain(each).reindex(order=orders) for each in found]
    whole = xr.concat(parts, dim="question") if len(parts) > 1 else parts[0]
    whole = whole.sel(question=questions["wording"].values, option=questions["option"].values)
    whole = whole.rename(question="wording")
    stands = offered(questions)
    by_form = {
        "stance_prob": _by_stance(whole["answer_prob"], stands),
        "stance_mass": whole["answer_mass"],
        "status": whole["status"],
        "abstained": xr.zeros_like(whole["status"], dtype=bool),
    }
    data = {name: array.expand_dims(form=["choice"]) for name, array in by_form.items()}
    data["order_stance_prob"] = _by_stance(whole["order_answer_prob"], stands)
    result = xr.Dataset(data).assign_coords(stance=stances_of(questions))
    return result.transpose("model", "form", "order", "wording", "stance")


def _plain(answers: xr.Dataset) -> xr.Dataset:
    """Return the answers under the only prompting, without what is known of questions."""
    names = ["answer_prob", "answer_mass", "status", "order_answer_prob"]
    kept = {"model", "order", "question", "option"}
    only = answers[names].isel(prompting=0)
    return only.drop_vars([name for name in only.coords if name not in kept])


def _by_stance(answers: xr.DataArray, stands: npt.NDArray[np.bool_]) -> xr.DataArray:
    """Return the sum over the options of each stance, NaN for stances that are not offered."""
    ordered = answers.transpose(..., "wording", "option")
    each = np.where(stands, ordered.values[..., None], 0.0).sum(axis=-2)
    values = np.where(stands.any(axis=1), each, np.nan)
    labels = {name: array for name, array in ordered.coords.items() if "option" not in array.dims}
    return xr.DataArray(values, labels, (*ordered.dims[:-1], "stance"))
