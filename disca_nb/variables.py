"""The registry: every dimension and variable once, with dims, dtype, unit, range and meaning.

Public functions call `validate` on what they are given and `annotate` on what they return, so
that a dataset read from disk years later still says what its numbers are.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from disca_nb._registry.alignment import ALIGNMENT
from disca_nb._registry.audit import AUDIT
from disca_nb._registry.dilemmas import DILEMMAS
from disca_nb._registry.opinions import OPINIONS
from disca_nb._registry.steering import STEERING
from disca_nb._registry.values import VALUES
from disca_nb._registry.variable import Variable
from disca_nb.errors import InputError, shorten, unknown_name

__all__ = ["ATTRIBUTES", "DIMENSIONS", "VARIABLES", "Variable", "annotate", "validate"]

DIMENSIONS: Mapping[str, str] = {
    "country": "country, ISO 3166-1 alpha-3 code",
    "group": "group of a country's respondents, such as an age band",
    "scenario": "forced choice between two options",
    "persona": "persona of the panel; rank_1..N where the source does not say who is who",
    "model": "language model",
    "prompting": "how the model was asked: default, as someone of a country, or in a language",
    "condition": "value that the model was asked to hold, or none",
    "form": "form of the answer: choice between options, or open",
    "measure": "kind of answers that should agree: of paraphrases, a topic, forms, or languages",
    "order": "order of the options: AB as shown, BA exchanged",
    "language": "language of the prompt",
    "attribute": "attribute that a scenario contrasts, such as Species or Age",
    "question": "survey question",
    "topic": "topic of a survey question or value question",
    "wording": "value question in one of its wordings and languages",
    "portrait": "description of a person who holds a value",
    "option": "answer option",
    "stance": "side of a topic that an answer takes: supports, opposes or neutral",
    "component": "source of variance",
    "profile_item": "variable of a value profile, such as religiosity",
    "variant": "named variant of a steering method, or a baseline",
    "draw": "bootstrap or posterior draw",
    "pass_id": "number of the importance-sampling pass",
    "candidate": "correction of the consensus that is tried, in logits",
    "node": "node of the quadrature, from the lowest on",
    "kink": "place where the utility of candidates is not smooth, from the lowest on",
    "unanswered": "what an attribute that a language never answered counts as: zero, or omit",
    "renormalize": "whether a country's language shares are scaled to sum 1: no or yes",
    "distance": "distance of the average of the languages, or average of their distances",
    # Audit
    "made_for": "country that an output was made for, ISO 3166-1 alpha-3 code",
    "step": "ingredient of the method that is added to those before it",
    "rival": "steering method, or a rival of one",
    "reference": "method that others are compared with",
    "seed": "seed of the Monte-Carlo passes",
    "subset": "some of the personas, their names joined by +",
    "order_draw": "order of the scenarios: 0 as stored, others at random",
}
"""Dimensions in the order in which they stand when present, and what their labels are."""

GRID_SUFFIX = "_grid"
"""A dimension that holds the settings of one hyper-parameter ends in this, as ``eta_grid``."""

ATTRIBUTES = ("Species", "Gender", "Age", "Fitness", "SocialValue", "Utilitarianism")
"""The six attributes of the Moral Machine slice, in the order used throughout."""

VARIABLES: Mapping[str, Variable] = {
    **DILEMMAS,
    **STEERING,
    **ALIGNMENT,
    **AUDIT,
    **OPINIONS,
    **VALUES,
}
"""Every variable by its name."""

_KIND_TEXT = {"f": "numbers", "i": "whole numbers", "b": "booleans", "U": "text"}


def validate(dataset: xr.Dataset, *required: str) -> xr.Dataset:
    """Check a dataset against the registry.

    Every dimension must be registered and carry unique labels; every registered variable must
    have its dtype, its core dimensions and, when it is in memory, its range. Other variables
    are left alone.

    Parameters
    ----------
    dataset : xarray.Dataset
        The dataset to check.
    *required : str
        Variables or coordinates that must be there.

    Returns
    -------
    xarray.Dataset
        The same object.

    Raises
    ------
    InputError
        Naming the variable or dimension and what is wrong with it.

    Examples
    --------
    >>> validate(xr.Dataset({"base_gap": ("country", [0.5])}), "base_gap")
    Traceback (most recent call last):
        ...
    disca_nb.errors.InputError: Dimension 'country' has no labels; add them with assign_coords.
    """
    # The type checker stops its users from getting here; most users have none.
    if not isinstance(dataset, xr.Dataset):
        found = type(dataset).__name__  # type: ignore[unreachable]
        raise InputError(f"Expected an xarray.Dataset, got {found}; see disca_nb.datasets.")
    for name in required:
        if name not in dataset.variables:
            have = shorten(str(key) for key in dataset.variables)
            text = VARIABLES[name].text if name in VARIABLES else DIMENSIONS[name]
            raise InputError(f"The dataset lacks {name!r} ({text}); it has {have}.")
    for dim in dataset.dims:
        _check_dimension(dataset, dim)
    for key, array in dataset.variables.items():
        if key in VARIABLES:
            _check_variable(str(key), VARIABLES[str(key)], array)
    return dataset


def _check_dimension(dataset: xr.Dataset, dim: Hashable) -> None:
    """Raise unless ``dim`` is registered and labelled uniquely."""
    name = str(dim)
    if name not in DIMENSIONS and not name.endswith(GRID_SUFFIX):
        raise unknown_name("dimension", name, DIMENSIONS)
    if dim not in dataset.coords:
        raise InputError(f"Dimension {name!r} has no labels; add them with assign_coords.")
    index = dataset.indexes[dim]
    if not index.is_unique:
        twice = index[index.duplicated()][0]
        raise InputError(f"Dimension {name!r} has the label {str(twice)!r} twice; keep one.")


def _check_variable(name: str, spec: Variable, array: xr.Variable) -> None:
    """Raise unless ``array`` has the dtype, core dimensions and range of ``spec``."""
    # Whole numbers are numbers too, and labels may be any kind of text.
    kinds = {"f": "fiu", "i": "iu", "b": "b", "U": "UOT"}[spec.kind]
    if array.dtype.kind not in kinds:
        raise InputError(f"{name!r} holds {array.dtype}; it must hold {_KIND_TEXT[spec.kind]}.")
    missing = [dim for dim in spec.core if dim not in array.dims]
    if missing:
        raise InputError(f"{name!r} has dimensions {array.dims}; it also needs {missing[0]!r}.")
    bounded = np.isfinite(spec.low) or np.isfinite(spec.high)
    # A chunked array is not computed just to be checked.
    if spec.kind in "fi" and bounded and isinstance(array._data, np.ndarray) and array.size:  # noqa: SLF001
        low, high = np.fmin.reduce(array.values, axis=None), np.fmax.reduce(array.values, axis=None)
        if low < spec.low or high > spec.high:
            worst = low if low < spec.low else high
            bounds = f"{spec.low:g} to {spec.high:g}"
            raise InputError(f"{name!r} holds {worst:g}; it must lie in {bounds}.")


def annotate(dataset: xr.Dataset) -> xr.Dataset:
    """Return the dataset with registered descriptions, units and order of dimensions.

    Text becomes fixed-width unicode, whatever held it; a label that is missing (None or NaN)
    becomes "", as it is where a country lacks a scenario.

    Parameters
    ----------
    dataset : xarray.Dataset
        Any dataset; variables that are not registered keep their attributes.

    Returns
    -------
    xarray.Dataset
        A new object that shares the numbers.

    Examples
    --------
    >>> data = xr.Dataset({"base_gap": ("country", [0.5])}, {"country": ["JPN"]})
    >>> annotate(data)["base_gap"].attrs["units"]
    'logit'
    """
    ordered = [dim for dim in DIMENSIONS if dim in dataset.dims]
    result = dataset.transpose(*ordered, ...).copy(deep=False)
    for key in result.variables:
        name = str(key)
        if result[name].dtype.kind in "OT":  # pandas and NetCDF hand labels back as objects
            result[name] = result[name].copy(data=_fixed_width(result[name].to_numpy()))
        if name in VARIABLES:
            spec = VARIABLES[name]
            result[name].attrs |= {"description": spec.text}
            if spec.kind in "fi":
                result[name].attrs |= {"units": spec.unit}
        elif name in DIMENSIONS:
            result[name].attrs |= {"description": DIMENSIONS[name]}
    return result


def _fixed_width(labels: npt.NDArray[np.generic]) -> npt.NDArray[np.str_]:
    """Return labels of any kind as fixed-width unicode, missing ones as empty text."""
    texts = labels.astype(object)
    texts[pd.isna(texts)] = ""
    return texts.astype(str)
