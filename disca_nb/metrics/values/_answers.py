"""Responses as rows of stances, in an order that depends on labels alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from disca_nb.errors import InputError, ParameterError, unknown_name
from disca_nb.kernels import label_key
from disca_nb.kernels._types import FloatArray, KeyArray
from disca_nb.metrics.opinions._cells import BoolArray, IntArray
from disca_nb.variables import validate

__all__ = ["ABSTENTIONS", "Abstention", "Answers", "answers_of", "with_dims"]

Abstention: TypeAlias = Literal["leave out", "neutral"]
ABSTENTIONS = ("leave out", "neutral")
_STANCES = ("supports", "opposes", "neutral")
_FORMS = ("choice", "open")
_NEEDED = (
    *("stance_prob", "value_question", "topic_name", "phrasing", "wording_language"),
    *("model", "form", "wording", "stance"),
)
_OFF = 1e-6


@dataclass(frozen=True)
class Answers:
    """Stances of models, one row for each form and wording.

    Attributes
    ----------
    models : list of str
        As in the responses.
    probs : ndarray, shape (models, rows, stances)
        Probabilities; 0 where a stance is not offered, and where nothing is known.
    known : ndarray of bool, shape (models, rows)
        Whether there is an answer.
    offered : ndarray of bool, shape (rows, stances)
        Whether the wording offers the stance.
    first : ndarray, shape (rows, stances), or None
        One-hot stance of the wording's first option; None where stances of options are unknown.
    rows : pandas.DataFrame
        ``form``, ``wording``, ``question``, ``phrasing``, ``language``, ``topic`` (a number).
    keys : ndarray of uint64, shape (rows,)
        Keys of random numbers, from form and wording.
    topics : pandas.DataFrame
        ``label`` and ``controversial`` of each topic, sorted by label.
    """

    models: list[str]
    probs: FloatArray
    known: BoolArray
    offered: BoolArray
    first: FloatArray | None
    rows: pd.DataFrame
    keys: KeyArray
    topics: pd.DataFrame

    def places(self, form: str) -> IntArray:
        """Return the rows of a form."""
        return np.flatnonzero(self.rows["form"].to_numpy() == form)

    def has(self, form: str) -> bool:
        """Return whether any model has an answer in a form."""
        return bool(self.known[:, self.places(form)].any())

    def first_options(self, model: int) -> Answers | None:
        """Return a responder that takes the first option wherever a model has an answer."""
        if self.first is None:
            return None
        names, known = [self.models[model]], self.known[model : model + 1]
        return replace(self, models=names, probs=self.first[None], known=known)

    def of_pair(self, first: str, second: str) -> Answers:
        """Return two models with the answers that both gave."""
        places = []
        for name in (first, second):
            if name not in self.models:
                raise unknown_name("model", name, self.models)
            places.append(self.models.index(name))
        known = np.broadcast_to(self.known[places].all(axis=0), (2, len(self.rows)))
        return replace(self, models=[first, second], probs=self.probs[places], known=known)


def answers_of(responses: xr.Dataset, *, abstention: str = "leave out") -> Answers:
    """Return the rows of responses.

    Parameters
    ----------
    responses : xarray.Dataset
        ``stance_prob`` (model, form, wording, stance) with the coordinates of the questions.
    abstention : {"leave out", "neutral"}
        What an open answer that takes no side counts as.

    Returns
    -------
    Answers

    Raises
    ------
    InputError
        When something is missing, or an answer is no distribution over the offered stances.
    ParameterError
        For another word for what an abstention counts as.
    """
    if abstention not in ABSTENTIONS:
        raise ParameterError(f"abstention is {abstention!r}; use 'leave out' or 'neutral'.")
    ordered = _ordered(validate(with_dims(responses), *_NEEDED), abstention)
    probs = ordered["stance_prob"].transpose("model", "form", "wording", "stance").to_numpy()
    offered = _offered(ordered, probs)
    probs = probs.copy()
    if abstention == "neutral" and "open" in ordered["form"].values:
        _take_no_side(ordered, probs, offered)
    known = ~np.isnan(probs).all(axis=-1)
    _check_sums(ordered, np.where(offered, probs, np.nan), known)
    topic, topics = _topics(ordered)
    n_models, n_forms, n_wordings, n_stances = probs.shape
    n_rows = n_forms * n_wordings
    return Answers(
        models=[str(name) for name in ordered["model"].values],
        probs=np.where(np.isnan(probs), 0.0, probs).reshape(n_models, n_rows, n_stances),
        known=known.reshape(n_models, n_rows),
        offered=offered.reshape(n_rows, n_stances),
        first=_first(ordered, n_forms),
        rows=(rows := _rows(ordered, topic)),
        keys=_keys(rows),
        topics=topics,
    )


def with_dims(dataset: xr.Dataset) -> xr.Dataset:
    """Return a dataset with a dimension for what was selected, such as one model."""
    if isinstance(dataset, xr.Dataset):
        for dim in ("model", "form", "measure"):
            if dim in dataset.coords and dim not in dataset.dims:
                dataset = dataset.expand_dims(dim)
    return dataset


def _ordered(responses: xr.Dataset, abstention: str) -> xr.Dataset:
    """Return responses with wordings, forms and stances in an order of their labels."""
    for dim, known in (("stance", _STANCES), ("form", _FORMS)):
        for label in responses[dim].values.tolist():
            if label not in known:
                raise unknown_name(dim, label, known)
    stances = [s for s in _STANCES if s in responses["stance"].values]
    if abstention == "neutral" and "neutral" not in stances:
        stances.append("neutral")
    forms = [f for f in _FORMS if f in responses["form"].values]
    result = responses.sortby("wording").sel(form=forms)
    return result if result["stance"].values.tolist() == stances else result.reindex(stance=stances)


def _offered(responses: xr.Dataset, probs: FloatArray) -> BoolArray:
    """Return which stances each wording offers, (forms, wordings, stances)."""
    stances = responses["stance"].values.tolist()
    if "option_stance" in responses:
        held = responses["option_stance"].transpose("wording", "option").to_numpy()
        offered = np.any(held[..., None] == np.asarray(stances), axis=1)
    else:
        offered = np.any(~np.isnan(probs), axis=(0, 1))
    answered = np.any(~np.isnan(probs), axis=(0, 1, 3))
    few = np.flatnonzero(answered & (offered.sum(axis=-1) < 2))
    if few.size:
        name = str(responses["wording"].values[few[0]])
        raise InputError(
            f"Wording {name!r} offers a single stance; map its options to 'supports' and 'opposes'."
        )
    return np.repeat(np.asarray(offered)[None], probs.shape[1], axis=0)


def _take_no_side(responses: xr.Dataset, probs: FloatArray, offered: BoolArray) -> None:
    """Write open answers that take no side as neutral ones, and offer neutral to them all."""
    validate(responses, "abstained")
    place = responses["form"].values.tolist().index("open")
    silent = responses["abstained"].transpose("model", "form", "wording").to_numpy()[:, place]
    neutral = responses["stance"].values == "neutral"
    probs[:, place][silent] = neutral.astype(np.float64)
    offered[place] |= neutral


def _check_sums(responses: xr.Dataset, probs: FloatArray, known: BoolArray) -> None:
    """Raise unless each known answer sums to 1."""
    total = np.where(np.isnan(probs), 0.0, probs).sum(axis=-1)
    off = np.argwhere(known & (np.abs(total - 1.0) > _OFF))
    if off.size:
        model, form, wording = off[0]
        raise InputError(
            f"The answer of {str(responses['model'].values[model])!r} to "
            f"{str(responses['wording'].values[wording])!r} sums to "
            f"{total[model, form, wording]:g} over its stances; normalise it to 1, or make it NaN."
        )


def _topics(responses: xr.Dataset) -> tuple[IntArray, pd.DataFrame]:
    """Return the number of each wording's topic, and the topics sorted by label.

    Topics of one name that are about several countries, or of both kinds, are told apart.
    """
    names = pd.DataFrame({"name": responses["topic_name"].values.astype(str)})
    names["country"] = _text(responses, "wording_country")
    known = "controversial" in responses
    names["controversial"] = responses["controversial"].values if known else False
    kinds = names.drop_duplicates()
    shared = kinds["name"].duplicated(keep=False)
    kind = np.where(kinds["controversial"], "controversial", "uncontroversial")
    more = " (" + kinds["country"] + np.where(kinds["country"] == "", "", ", ") + kind + ")"
    kinds = kinds.assign(label=kinds["name"] + np.where(shared, more, ""))
    kinds = kinds.sort_values("label", ignore_index=True)
    number = names.merge(kinds.reset_index(), how="left", on=list(names))["index"]
    table = kinds[["label", "controversial"]] if known else kinds[["label"]]
    return number.to_numpy(dtype=np.int64), table


def _text(responses: xr.Dataset, name: str) -> npt.NDArray[np.str_] | str:
    """Return a coordinate of the wordings, empty where there is none."""
    return responses[name].values.astype(str) if name in responses else ""


def _rows(responses: xr.Dataset, topic: IntArray) -> pd.DataFrame:
    """Return what is known of each form and wording."""
    one = pd.DataFrame(
        {
            "wording": responses["wording"].values.astype(str),
            "question": responses["value_question"].values.astype(str),
            "phrasing": responses["phrasing"].values,
            "language": responses["wording_language"].values.astype(str),
            "topic": topic,
        }
    )
    forms = [str(form) for form in responses["form"].values]
    return pd.concat([one.assign(form=form) for form in forms], ignore_index=True)


def _keys(rows: pd.DataFrame) -> KeyArray:
    """Return a key for each row."""
    labels = rows["form"] + ":" + rows["wording"]
    return np.array([label_key(text) for text in labels], dtype=np.uint64)


def _first(responses: xr.Dataset, n_forms: int) -> FloatArray | None:
    """Return the one-hot stance of each row's first option, or None where stances are unknown."""
    if "option_stance" not in responses:
        return None
    first = responses["option_stance"].transpose("wording", "option").to_numpy()[:, :1]
    hot = (first == responses["stance"].values).astype(np.float64)
    unknown = np.flatnonzero(~hot.any(axis=1))
    if unknown.size:
        name = str(responses["wording"].values[unknown[0]])
        stance = str(first[unknown[0], 0])
        raise InputError(
            f"The first option of wording {name!r} has the stance {stance!r}, which is none of "
            f"{', '.join(responses['stance'].values)}; correct option_stance."
        )
    return np.tile(hot, (n_forms, 1))
