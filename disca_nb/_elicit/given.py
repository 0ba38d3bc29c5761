"""What `elicit` is given: models, datasets and numbers, checked before anything is computed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import TypeAlias

import xarray as xr

from disca_nb.errors import InputError, ParameterError
from disca_nb.models import LanguageModel, load
from disca_nb.models.loading import label_of
from disca_nb.variables import VARIABLES

__all__ = ["Asked", "check_mass", "checked", "loaded", "several"]

Asked: TypeAlias = LanguageModel | str | os.PathLike[str]
"""A model, or the name or folder of one."""

_MAKERS = {"scenarios": "disca_nb.prompts.scenarios", "panel": "disca_nb.prompts.persona_panel"}


def several(given: object) -> list[Asked]:
    """Return the models that are meant, all of them models and no two of one name.

    Raises
    ------
    InputError
        When something is no model, or two have one name, before any is loaded.
    """
    many = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
    models = [_model(each) for each in many]
    if not models:
        raise InputError("There are 0 models; name at least one.")
    seen: set[str] = set()
    for each in models:
        name = each.name if isinstance(each, LanguageModel) else label_of(each)
        if name in seen:
            raise InputError(f"Two models are named {name!r}; give one another name.")
        seen.add(name)
    return models


def _model(given: object) -> Asked:
    """Return a model or the name of one, or say that it is none."""
    if isinstance(given, type):
        raise InputError(f"{given.__name__} is a class; make a model of it, as {given.__name__}().")
    if not isinstance(given, LanguageModel | str | os.PathLike):
        raise InputError(
            f"{type(given).__name__} is no language model; it needs name, manifest and score."
        )
    if isinstance(given, LanguageModel):
        _check_said("name", given.name, str, "text")
        _check_said("manifest", given.manifest, Mapping, "mapping")
    return given


def _check_said(what: str, found: object, kind: type, called: str) -> None:
    """Raise unless a model says of itself what it has to."""
    if not isinstance(found, kind) or found == "":
        raise InputError(f"The {what} of the model is {found!r}; it must be a {called}.")


def loaded(given: Asked) -> LanguageModel:
    """Return a model, loaded where it is named."""
    return given if isinstance(given, LanguageModel) else load(given)


def checked(given: object, what: str) -> xr.Dataset:
    """Return a dataset with all that the registry knows as coordinates, its figures included.

    A table that was turned into a dataset, and one whose coordinates were reset, have as variables
    what has to come along to the result.

    Raises
    ------
    InputError
        When it is no dataset.
    """
    if not isinstance(given, xr.Dataset):
        raise InputError(f"{what} is {given!r:.60}; give a dataset, such as of {_MAKERS[what]}.")
    along = [str(name) for name in given.data_vars if name in VARIABLES and what == "scenarios"]
    along += ["profile_source"] * ("profile_source" in given.data_vars)
    return given.set_coords(along)


def check_mass(given: object) -> None:
    """Raise unless the least mass of an answer is a number from 0 to 1."""
    number = isinstance(given, Real) and not isinstance(given, bool)
    if not number or not 0.0 <= float(given) <= 1.0:  # type: ignore[arg-type]
        raise ParameterError(f"min_mass is {given!r}; it must be a number in 0 to 1.")
