"""The registry: every dimension and variable once, with dims, dtype, unit, range and meaning.

Public functions call `validate` on what they are given and `annotate` on what they return, so
that a dataset read from disk years later still says what its numbers are.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from disca_nb.errors import InputError, shorten, unknown_name

__all__ = ["ATTRIBUTES", "DIMENSIONS", "VARIABLES", "Variable", "annotate", "validate"]

DIMENSIONS: Mapping[str, str] = {
    "country": "country, ISO 3166-1 alpha-3 code",
    "scenario": "forced choice between two options",
    "persona": "persona of the panel; rank_1..N where the source does not say who is who",
    "model": "language model",
    "order": "order of the options: AB as shown, BA exchanged",
    "language": "language of the prompt",
    "attribute": "attribute that a scenario contrasts, such as Species or Age",
    "question": "survey question",
    "topic": "topic of a survey question",
    "option": "answer option",
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


@dataclass(frozen=True)
class Variable:
    """What a variable holds.

    Attributes
    ----------
    text : str
        One line that says what the numbers are.
    kind : str
        NumPy kind: ``"f"`` float64, ``"i"`` integer, ``"b"`` boolean, ``"U"`` text.
    unit : str
        Unit, ``"1"`` for a pure number.
    low, high : float
        Allowed range; NaN is always allowed in a float.
    core : tuple of str
        Dimensions without which the variable makes no sense.
    """

    text: str
    kind: str = "f"
    unit: str = "1"
    low: float = -np.inf
    high: float = np.inf
    core: tuple[str, ...] = ()


def _gap(text: str, *core: str) -> Variable:
    return Variable(text, unit="logit", core=core)


def _share(text: str, *core: str) -> Variable:
    return Variable(text, low=0.0, high=1.0, core=core)


def _density(text: str, *core: str) -> Variable:
    return Variable(text, unit="1/logit", low=0.0, core=core)


def _mis(text: str) -> Variable:
    return Variable(text, low=0.0)


VARIABLES: Mapping[str, Variable] = {
    # Scenarios
    "category": Variable("attribute that the scenario contrasts", "U"),
    "preferred_on_right": Variable("whether option B is the side that the attribute counts", "b"),
    "n_left": Variable("number of characters in option A", "i", "characters", 0),
    "n_right": Variable("number of characters in option B", "i", "characters", 0),
    "category_temperature": Variable("divisor of the gaps by attribute", low=0.0),
    "option_a": Variable("text of option A", "U"),
    "option_b": Variable("text of option B", "U"),
    "country_name": Variable("name of the country", "U"),
    "prompt": Variable("text of the question as it was asked", "U"),
    "paraphrase": Variable("number of the question's wording", "i", "1", 0),
    # Value profiles and personas
    "profile_mean": Variable("mean of the value", core=("profile_item",)),
    "n_respondents": Variable("respondents behind a mean", "i", "people", 0),
    "item_low": Variable("low end of the value's scale"),
    "item_high": Variable("high end of the value's scale"),
    "item_direction": Variable("1 where more is more, -1 where more is less", "i", "1", -1, 1),
    "profile_source": Variable("wvs, synthetic or own: where the personas' values come from", "U"),
    "source_label": Variable("name of the value in its source", "U"),
    "source_item": Variable("survey items behind the value; empty where not documented", "U"),
    "persona_prompt": Variable("system prompt of the persona", "U", core=("persona",)),
    # Choices read from a model's own words
    "answer": Variable("left, right, either, neither, confused or unread", "U"),
    "chosen": _share("0 for option A, 1 for option B, NaN without a choice"),
    # Gaps: log-odds of option B against option A, so positive prefers B
    "status": Variable("0 never run, 1 scored, 2 failed, 3 low answer mass", "i", "1", 0, 3),
    "vanilla_gap": _gap("gap of the base prompt in the order shown, before any division"),
    "base_order_gap": _gap("gap of the base prompt by order of the options", "order"),
    "persona_order_gap": _gap("gap of each persona by order of the options", "persona", "order"),
    "base_answer_mass": _share("probability of both options together, base prompt", "order"),
    "persona_answer_mass": _share(
        "probability of both options together, each persona", "persona", "order"
    ),
    "base_gap": _gap("debiased gap of the base prompt, (AB - BA) / 2"),
    "persona_gap": _gap("debiased gap of each persona, (AB - BA) / 2", "persona"),
    "positional_bias": _gap("positional bias of the base prompt, (AB + BA) / 2"),
    "latency": Variable("time of a cell's prompts, a batch's shared equally", unit="s", low=0.0),
    "consensus_gap": _gap("mean of the personas' debiased gaps"),
    # Steering
    "sigma": Variable("search width of the importance sampling", unit="logit", low=0.0),
    "pass_correction": _gap("correction of each pass before the gate", "pass_id"),
    "pass_variance": Variable("variance of a single pass", unit="logit^2", low=0.0),
    "ess": _share("effective sample size ratio of each pass", "pass_id"),
    "reliability": _share("reliability of the passes, exp(-V / s)"),
    "correction": _gap("correction after the gate"),
    "anchor_weight": _share("weight of the consensus in the final gap"),
    "micro_gap": _gap("gap before the moving average"),
    "average_gap": _gap("moving average after this scenario"),
    "average_weight": _share("weight of the moving average in the final gap"),
    "final_gap": _gap("steered gap"),
    "p_right": _share("probability of option B"),
    "p_spare": _share("probability of sparing the side that the attribute counts"),
    # Landscape of one cell
    "utility": Variable("worth of a candidate to the panel", core=("candidate",)),
    "consensus_value": Variable("value of the consensus' own gain", core=("candidate",)),
    "persona_value": Variable("value of each persona's gain", core=("persona", "candidate")),
    "proposal_density": _density("density that candidates are drawn from", "candidate"),
    "weight_density": _density("density of the candidates by their weights", "candidate"),
    "weight_mean": _gap("mean of the candidates by their weights"),
    "limit": _gap("correction of a pass with infinitely many candidates, before the gate"),
    "ess_ratio": _share("effective sample size ratio of such a pass"),
    "node_at": _gap("correction at the node", "node"),
    "node_weight": Variable("weight of the node", unit="logit", core=("node",)),
    "node_density": _density("density of the candidates by their weights, at the node", "node"),
    "kink_at": _gap("correction at the kink", "kink"),
    "kink_text": Variable("what meets at the kink", "U", core=("kink",)),
    "kink_of_gain": Variable("whether a gain is zero at the kink", "b", core=("kink",)),
    # What a published run logged
    "recorded_correction": _gap("logged correction of each pass", "pass_id"),
    "recorded_ess": _share("logged effective sample size ratio of each pass", "pass_id"),
    "recorded_reliability": _share("logged reliability"),
    "recorded_anchor_weight": _share("logged weight of the consensus"),
    "recorded_micro_gap": _gap("logged gap before the moving average"),
    "recorded_average_gap": _gap("logged moving average after this scenario"),
    "recorded_p_right": _share("logged probability of option B"),
    "recorded_p_spare": _share("logged probability of sparing the counted side"),
    "recorded_vanilla_p_right": _share("logged probability of option B, base prompt"),
    "recorded_vanilla_p_spare": _share("logged probability of sparing, base prompt"),
    "initial_average": _gap("moving average before the first scenario"),
    "initial_step": Variable("steps of the moving average before the first scenario", low=0),
    # Languages by country
    "share": _share("share of a country's people who speak the language"),
    "total_share": Variable("sum of the shares of the languages that were asked", low=0.0),
    "population": Variable("number of inhabitants", unit="people", low=0.0),
    "n_languages": Variable("languages listed for the country", "i", "languages", 0),
    "weight": Variable("weight of a country: population times number of languages", low=0.0),
    # Human targets and alignment
    "preference": _share("mean probability of sparing the counted side", "attribute"),
    "n_scenarios": Variable("scored scenarios behind a preference", "i", "scenarios", 0),
    "n_attributes": Variable("attributes behind a score", "i", "attributes", 0),
    "n_countries": Variable("countries behind a mean", "i", "countries", 0),
    "human_preference": _share("share of human choices for the counted side", "attribute"),
    "human_preference_se": Variable("standard error of the human preference", low=0.0),
    "error": Variable("model preference minus human preference", low=-1.0, high=1.0),
    "mis": _mis("misalignment score: Euclidean distance of model and human preferences"),
    "jsd": _share("Jensen-Shannon distance, base 2, of the preferences normalised to sum 1"),
    "pearson_r": Variable("Pearson correlation over the attributes", low=-1.0, high=1.0),
    "spearman_r": Variable("Spearman correlation over the attributes", low=-1.0, high=1.0),
    "mae": Variable("mean absolute error", unit="percentage points", low=0.0),
    "rmse": Variable("root mean squared error", unit="percentage points", low=0.0),
    "flip_rate_consensus": _share("share of scenarios where consensus and final gap disagree"),
    "flip_rate_vanilla": _share("share of scenarios where vanilla and final gap disagree"),
    "mis_coin_flip": _mis("misalignment of a coin flip on every scenario"),
    "mis_leave_one_out": _mis("misalignment of the other countries' mean human preference"),
    "noise_ceiling": _mis("expected misalignment of a perfect model, given the targets' errors"),
    "mis_weighted": _mis("misalignment averaged over countries by weight"),
    "mis_vanilla": _mis("misalignment of the same model without steering"),
    # Audit
    "placebo_mis": _mis("misalignment of the output made for one country with another's humans"),
    "placebo_own": _mis("mean misalignment of outputs with the country that they were made for"),
    "placebo_other": _mis("mean misalignment of outputs with the other countries"),
    "placebo_p": _share("one-sided permutation p: outputs fit their own countries no better"),
    "placebo_top1": _share("share of countries to which their own output is the closest"),
    "placebo_chance": _share("share of countries expected of outputs dealt out at random"),
    "mis_squared": _mis("mean over countries of the squared misalignment"),
    "offset_part": _mis("squared misalignment by one error common to countries and attributes"),
    "attribute_part": _mis("squared misalignment by errors of attributes common to countries"),
    "country_part": _mis("squared misalignment by errors that differ between countries"),
    "offset_share": _share("share of the common error in the squared misalignment"),
    "attribute_share": _share("share of the attributes' errors in the squared misalignment"),
    "country_share": _share("share of the countries' errors in the squared misalignment"),
    "target_noise": _mis("squared misalignment expected of the targets' errors alone"),
    "offset": Variable("mean error over countries and attributes", low=-1.0, high=1.0),
    "mean_error": Variable("mean error over countries", "f", "1", -1.0, 1.0, ("attribute",)),
    "between_r": Variable(
        "correlation over countries of model and human deviations", "f", "1", -1.0, 1.0
    ),
    "between_slope": Variable("least-squares slope of model deviations on human deviations"),
    "between_r_pooled": Variable("the same correlation, all attributes together", "f", "1", -1, 1),
    "between_slope_pooled": Variable("the same slope, all attributes together"),
    "spread_vs_correction": Variable(
        "rank correlation over cells of the personas' spread and |correction|", "f", "1", -1, 1
    ),
    "spread_vs_reliability": Variable(
        "rank correlation over cells of the personas' spread and reliability", "f", "1", -1, 1
    ),
    "spread_vs_improvement": Variable(
        "rank correlation over cells of the personas' spread and improvement", "f", "1", -1, 1
    ),
    "n_cells": Variable("cells behind a figure", "i", "cells", 0),
    "vanilla_margin": _share("mean of |2 p - 1| over unsteered decisions"),
    "vanilla_entropy": Variable("mean entropy of unsteered decisions", "f", "bits", 0.0, 1.0),
    "vanilla_gap_size": Variable("mean size of the unsteered gap", unit="logit", low=0.0),
    "macro_mis_vanilla": _mis("mean misalignment over countries without steering"),
    "macro_mis_coin_flip": _mis("mean misalignment over countries of a coin flip"),
    "headroom_verdict": Variable("where the unsteered misalignment lies", "U"),
    "macro_mis": _mis("misalignment, mean over countries"),
    "macro_mis_sd": _mis("standard deviation of that mean over seeds"),
    "position": Variable("0 where a coin flip lies, 1 at the noise ceiling"),
    "skill": Variable("1 - mean misalignment / that of the reference", high=1.0),
    "difference": Variable("mean misalignment less that of the audited method"),
    "wins_vs_subject": Variable("countries closer than by the audited method", "f", "countries", 0),
    "wins_vs_vanilla": Variable("countries closer than without steering", "f", "countries", 0),
    "wins_vs_coin_flip": Variable("countries closer than by a coin flip", "f", "countries", 0),
    "p": _share("two-sided p of the difference, signs changed at random by country"),
    "p_holm": _share("the same, by Holm's correction for the number of methods"),
    "targets_touched": Variable("whose human figures the method read before it was scored", "U"),
    "model_free": Variable("whether the method uses nothing of the model", "b"),
    "gain": Variable("change of the mean misalignment from the step before; below 0 is better"),
    # Sensitivity
    "mean_reliability": _share("mean reliability over the scored scenarios"),
    "mean_ess": _share("mean effective sample size ratio over the scored scenarios and passes"),
    "n_personas": Variable("personas of a subset", "i", "personas", 1),
}

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
