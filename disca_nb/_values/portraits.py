"""`ask_portraits`: ask models whether they are like a person, as themselves and holding a value."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence

import numpy as np
import xarray as xr

from disca_nb._elicit.given import Asked, several
from disca_nb._elicit.progress import Follow, check_follow
from disca_nb._opinions.orders import Orders
from disca_nb._opinions.running import warn_of_unanswered
from disca_nb._values.choosing import choice_run, places_of
from disca_nb._values.conditions import PortraitTexts, conditions_of, portrait_texts
from disca_nb._values.joining import about, finished
from disca_nb.datasets.values import checked_portraits
from disca_nb.errors import InputError
from disca_nb.variables import validate

__all__ = ["ask_portraits"]

_LIKE = "supports"
_SHOWN = ("portrait_text", "portrait_value", "n_options", "option_text", "option_stance")
_HASHED = (
    *("agree_prob", "agree_mass", "status", "order_agree_prob"),
    *("model", "condition", "order", "portrait"),
)


def ask_portraits(
    model: Asked | Sequence[Asked],
    portraits: xr.Dataset,
    *,
    conditions: str | Iterable[str] | None = None,
    orders: Orders = "two",
    seed: int = 0,
    min_mass: float = 0.5,
    progress: Follow = True,
    store: str | os.PathLike[str] | None = None,
) -> xr.Dataset:
    """Ask models whether they are like the person of a portrait, under each of several values.

    Under a condition the model is first asked to answer as someone to whom a value matters most.
    "none", without such a sentence, is always asked. Answers are letters of options as in
    `ask_values`.

    Parameters
    ----------
    model : LanguageModel, str, path or sequence of these
        A model, the name or folder of one for `disca_nb.models.load`, or several.
    portraits : xarray.Dataset
        Portraits of `disca_nb.datasets.values`, all in one language. A text of one line is put
        into a question of this project; one of several lines holds its question already.
    conditions : str or iterable of str
        Values; by default those of the attribute ``condition_text``, or else those that the
        portraits show.
    orders, seed, min_mass, progress
        As for `ask_values`.
    store : path, optional
        A folder, a ``.zarr`` store or a ``.nc`` file in which finished answers are kept.

    Returns
    -------
    xarray.Dataset
        ``agree_prob`` (model, condition, portrait), the probability of the option that supports
        the likeness; ``order_agree_prob`` the same by order; ``agree_mass``, the probability of
        all letters together; ``status``: 1 scored, 2 failed, 3 low mass. Coordinates of the
        portraits come along; the attribute ``condition_sentence`` is a JSON object.

    Raises
    ------
    InputError
        When texts are missing, portraits are in several languages, or there is no condition.
    UnknownNameError
        For an unknown condition, or a language without a sentence.
    ParameterError, StoreError
        As for `ask_values`.

    Warns
    -----
    UserWarning
        When answers failed or have little mass, with how many.

    References
    ----------
    Moore et al., arXiv 2407.02996, for steering by basic human values; the sentences are this
    project's.

    Examples
    --------
    >>> from disca_nb.models import OptionScores
    >>> class Willing:
    ...     name, manifest = "willing", {}
    ...
    ...     def score(self, asked, options):
    ...         yes = [0.75 if "to whom security" in prompt.user else 0.5 for prompt in asked]
    ...         first = ["(A) like me" in prompt.user for prompt in asked]
    ...         shares = [[p, 1 - p] if f else [1 - p, p] for p, f in zip(yes, first)]
    ...         return OptionScores.of(np.log(shares))
    >>> from disca_nb.datasets.values import sample_portraits
    >>> portraits = sample_portraits().sel(portrait=["security/1"])
    >>> named = ["security", "power"]
    >>> steered = ask_portraits(Willing(), portraits, conditions=named, progress=False)
    >>> steered.agree_prob.isel(model=0, portrait=0).to_series().round(2).to_dict()
    {'none': 0.5, 'security': 0.75, 'power': 0.5}
    """
    check_follow(progress)
    given = _checked(portraits)
    language = _language(given)
    texts = portrait_texts(given, language)
    named = conditions_of(given, texts, conditions)
    asked = _wordings(given, texts, named)
    places = places_of(store, [language])
    run = choice_run(
        several(model), asked, orders=orders, seed=seed, min_mass=min_mass, places=places
    )
    found = run.carried_out(progress=progress)
    attrs = {**about(asked, [found]), "orders": run.orders, "min_mass": run.min_mass}
    attrs["condition_sentence"] = json.dumps(
        {name: texts.sentence(name) for name in named}, ensure_ascii=False
    )
    manifest = {"choice": json.loads(found.attrs["manifest"]), "conditions": named}
    whole = finished(_by_condition(found, given, named), attrs, manifest, hashed=_HASHED)
    warn_of_unanswered(whole)
    return whole


def _checked(portraits: xr.Dataset) -> xr.Dataset:
    """Return portraits, each of which has an option that supports the likeness."""
    validate(portraits, "portrait", "option", *_SHOWN)
    for name in _SHOWN:
        if "portrait" not in portraits[name].dims:
            raise InputError(f"{name} has no dimension 'portrait'; give one for each portrait.")
    found = checked_portraits(portraits)
    likes = (found["option_stance"] == _LIKE).any("option").values
    if not likes.all():
        label = str(found["portrait"].values[~likes][0])
        raise InputError(
            f"The portrait {label!r} has no option of the stance {_LIKE!r}; give it one."
        )
    return found


def _language(portraits: xr.Dataset) -> str:
    """Return the language that all portraits are in."""
    spoken = list(dict.fromkeys(map(str, portraits["wording_language"].values.tolist())))
    if len(spoken) > 1:
        raise InputError(
            f"The portraits are in {len(spoken)} languages, {', '.join(spoken)}; ask those of one "
            "language at a time."
        )
    return spoken[0]


def _wordings(portraits: xr.Dataset, texts: PortraitTexts, conditions: list[str]) -> xr.Dataset:
    """Return portraits under conditions as value questions, all portraits of a condition in row."""
    labels, said, values, counts, options, stances = (
        np.tile(portraits[name].values, (len(conditions), *[1] * (portraits[name].ndim - 1)))
        for name in ("portrait", *_SHOWN)
    )
    under = np.repeat(conditions, portraits.sizes["portrait"])
    rows, number = ("wording", "option"), len(under)
    pairs = zip(under.tolist(), said.tolist(), strict=True)
    coords = {
        "wording": [f"{name}/{label}" for name, label in zip(under, labels, strict=True)],
        "option": portraits["option"].values,
        "wording_text": ("wording", [texts.text(*pair) for pair in pairs]),
        "wording_language": ("wording", [_language(portraits)] * number),
        "wording_country": ("wording", [""] * number),
        "topic_name": ("wording", values),
        "value_question": ("wording", labels),
        "phrasing": ("wording", np.zeros(number, dtype=int)),
        "controversial": ("wording", np.zeros(number, dtype=bool)),
        "n_options": ("wording", counts),
        "option_text": (rows, options),
        "option_stance": (rows, stances),
    }
    return xr.Dataset(coords=coords, attrs=portraits.attrs)


def _by_condition(found: xr.Dataset, portraits: xr.Dataset, conditions: list[str]) -> xr.Dataset:
    """Return answers by condition and portrait, with what is known of portraits."""
    likes = found.sel(stance=_LIKE, drop=True)
    arrays = {
        "agree_prob": likes["stance_prob"].isel(form=0),
        "agree_mass": likes["stance_mass"].isel(form=0),
        "status": likes["status"].isel(form=0),
        "order_agree_prob": likes["order_stance_prob"],
    }
    shape = (len(conditions), portraits.sizes["portrait"])
    data = {
        name: (
            (*array.dims[:-1], "condition", "portrait"),
            array.values.reshape(*array.shape[:-1], *shape),
        )
        for name, array in arrays.items()
    }
    along = {name: array for name, array in portraits.coords.items() if "portrait" in array.dims}
    labels = {"model": found["model"].values, "order": found["order"].values}
    return xr.Dataset(data, {**labels, **along, "condition": conditions})
