"""Results of opinion similarity as a table and as sentences, floors beside every number."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import xarray as xr

from disca_nb.errors import InputError, shorten
from disca_nb.variables import validate

__all__ = ["describe", "representation_table"]

_BY_SYSTEM = (
    *("rank", "rank_low", "rank_high", "similarity", "similarity_low", "similarity_high"),
    *("excess", "excess_low", "excess_high"),
)
_PAIRED = (
    *("similarity_reference", "similarity_difference"),
    *("similarity_difference_low", "similarity_difference_high"),
)
_FLOORS = ("similarity_uniform", "similarity_first", "similarity_others", "similarity_population")
_COUNTS = ("n_questions", "n_questions_others", "n_questions_population")
_MEASURES = {
    "jensen-shannon": "Jensen–Shannon distance",
    "total-variation": "total variation distance",
    "hellinger": "Hellinger distance",
    "earth-movers": "earth mover's distance",
}
_RULES = {
    "all": "each country on all the questions that it was asked",
    "common": "on the questions that every compared country answered",
    "paired": "each country on the questions that it shares with {reference}",
    "fixed_effects": "by a fit of country plus question, as if the two added up",
}


def representation_table(result: xr.Dataset) -> pd.DataFrame:
    """Arrange a representation as a table, one row per model, prompting and country.

    Parameters
    ----------
    result : xarray.Dataset
        What `representation` returned.

    Returns
    -------
    pandas.DataFrame
        The columns ``model``, ``prompting`` and ``country`` (before them ``group``, where there
        is one), then rank, similarity and excess with their intervals, the floors and the numbers
        of questions, also of the floors that need other countries; the most similar country
        first, and last those without a score.
        ``attrs["notes"]`` holds the sentences of `describe`, with the rank correlation with the
        uniform responder.

    Raises
    ------
    InputError
        When it is another dataset.

    Examples
    --------
    >>> from disca_nb.datasets import surveys
    >>> from disca_nb.metrics.opinions import as_answers, representation
    >>> bank = surveys.sample()
    >>> result = representation(bank, as_answers(bank, ["JPN"]), mode="common", n_boot=50)
    >>> representation_table(result)["country"].iloc[0]
    'JPN'
    """
    result = _with_dims(validate(result, "similarity", "rank", "similarity_uniform", "n_questions"))
    wanted = [name for name in (*_BY_SYSTEM, *_PAIRED, *_FLOORS, *_COUNTS) if name in result]
    keys = [dim for dim in ("group", "model", "prompting") if dim in result["rank"].dims]
    table = result[wanted].reset_coords(drop=True).to_dataframe().reset_index()
    # In the order of the labels in the result, and inside each by rank; NaN comes last.
    places = [
        table[key].map({name: i for i, name in enumerate(result[key].values)}) for key in keys
    ]
    order = np.lexsort([table["country"], table["rank"].fillna(np.inf), *places[::-1]])
    table = table.iloc[order].reset_index(drop=True)[[*keys, "country", *wanted]]
    table.attrs["notes"] = describe(result)
    return table


def describe(result: xr.Dataset) -> str:
    """Say in plain sentences what a result holds, with its floors and intervals.

    Parameters
    ----------
    result : xarray.Dataset
        What `representation`, `steering_shift`, `dispersion_ratio` or `ceiling` returned.

    Returns
    -------
    str
        A sentence or more a line.

    Raises
    ------
    InputError
        When it is none of these.

    Examples
    --------
    >>> from disca_nb.datasets import surveys
    >>> from disca_nb.metrics.opinions import ceiling
    >>> print(describe(ceiling(surveys.sample().sel(country=["DEU"]), n_draws=20)))
    Similarity...
    """
    result = _with_dims(validate(result))
    for name, sentences in _SENTENCES.items():
        if name in result:
            groups = result["group"].values if "group" in result.dims else [None]
            lines = [_head(result)]
            for group in groups:
                lines += [] if group is None else [f"Group {group}:"]
                lines += sentences(result if group is None else result.sel(group=group))
            return "\n".join(lines)
    raise InputError(
        f"The dataset holds {shorten(map(str, result.data_vars))}; give what representation, "
        "steering_shift, dispersion_ratio or ceiling returned."
    )


def _with_dims(result: xr.Dataset) -> xr.Dataset:
    """Return a result with a dimension for what was selected, such as one model."""
    for dim in ("model", "prompting", "country"):
        if dim in result.coords and dim not in result.dims:
            result = result.expand_dims(dim)
    return result


def _head(result: xr.Dataset) -> str:
    """Return what is measured, how, and whether it is synthetic."""
    attrs = result.attrs
    lines = []
    if "measure" in attrs:
        base = f", base {attrs['base']:.4g}" if attrs["measure"] == "jensen-shannon" else ""
        measure = _MEASURES.get(attrs["measure"], attrs["measure"])
        lines.append(f"Similarity is 1 - {measure}{base}.")
    lines.append(
        f"Brackets are {100.0 * attrs['level']:g} % intervals from {attrs['n_boot']} joint draws "
        "of questions."
    )
    return "\n".join([*lines, *([str(attrs["notice"])] if attrs.get("notice") else [])])


def _systems(result: xr.Dataset) -> Iterator[tuple[str, xr.Dataset]]:
    """Yield each model under each prompting with its name."""
    for model in result["model"].values:
        for prompting in result["prompting"].values:
            yield f"{model} ({prompting})", result.sel(model=model, prompting=prompting)


def _representation(result: xr.Dataset) -> list[str]:
    """Return a paragraph for each model and prompting."""
    rule = _RULES.get(str(result.attrs.get("mode")), "").format(**result.attrs)
    lines = [f"Mode {result.attrs.get('mode')}: {rule}."] if rule else []
    for name, one in _systems(result):
        known = one.isel(country=one["similarity"].notnull().values)
        if not known.sizes["country"]:
            lines.append(f"{name}: no country can be scored.")
            continue
        lines.append(f"{name}: {known.sizes['country']} of {one.sizes['country']} countries.")
        places = known["rank"].values.argsort(kind="stable")
        ends = {"First": places[0], "Last": places[-1]}
        shown = ends if places.size > 1 else {"Only": places[0]}
        lines += [f"  {what}: {_country(known.isel(country=i))}" for what, i in shown.items()]
        lines.append(f"  {_separation(known)}")
        lines.append(f"  {_spearman(one)}")
        if "n_low_mass" in one and one["n_low_mass"].item():
            lines.append(
                f"  Answers of low mass, counted as they are: {int(one['n_low_mass'].item())}."
            )
    lost = int(result.attrs.get("n_without_population", 0))
    if lost:
        lines.append(
            f"{lost} {'country has' if lost == 1 else 'countries have'} no known population and "
            f"{'is' if lost == 1 else 'are'} not in the mean of the others by population."
        )
    return lines


def _country(one: xr.Dataset) -> str:
    """Return a country's score beside its floors."""
    paired = ""
    if "similarity_difference" in one:
        paired = f"; {_signed(one, 'similarity_difference')} from the reference"
    return (
        f"{one['country'].item()}, {_figure(one, 'similarity')} on "
        f"{int(one['n_questions'])} questions{paired}; rank {one['rank'].item():g}"
        f"{_range(one, 'rank', 'g')}; excess over a uniform responder {_signed(one, 'excess')}. "
        f"Uniform {_number(one, 'similarity_uniform')}, first option "
        f"{_number(one, 'similarity_first')}, mean of other countries {_others(one, 'others')}, "
        f"by population {_others(one, 'population')}."
    )


def _others(one: xr.Dataset, which: str) -> str:
    """Return the score of a mean of other countries, and where it is of fewer questions."""
    n, n_all = int(one[f"n_questions_{which}"]), int(one["n_questions"])
    fewer = f" (on {n} questions)" if 0 < n < n_all else ""
    return f"{_number(one, f'similarity_{which}')}{fewer}"


def _separation(known: xr.Dataset) -> str:
    """Return how many countries are told apart from the uniform responder and from the first."""
    n = known.sizes["country"]
    above = int((known["excess_low"] > 0.0).sum())
    below = int((known["excess_high"] < 0.0).sum())
    first = int((known["rank_low"] <= 1.0).sum())
    return (
        f"The excess over the uniform responder is above 0 in {above} of {n} countries, below 0 "
        f"in {below}, and not told from it in {n - above - below}; rank 1 lies inside the rank "
        f"interval of {first}."
    )


def _spearman(one: xr.Dataset) -> str:
    """Return how much of the ranking a responder without opinions gets."""
    if np.isnan(one["spearman_uniform"].item()):
        return "Spearman correlation with the uniform responder's ranking: not defined."
    return (
        "Spearman correlation with the uniform responder's ranking: "
        f"{one['spearman_uniform'].item():.2f}{_range(one, 'spearman', '.2f')}."
    )


def _shift(result: xr.Dataset) -> list[str]:
    """Return a sentence for each model and prompting."""
    lines = ["Shift is the gain toward the named country less the mean gain toward the others."]
    for name, one in _systems(result):
        if np.isnan(one["shift"].item()):
            lines.append(f"{name}: no question to measure a shift on.")
            continue
        low, high = one["shift_low"].item(), one["shift_high"].item()
        told = "its interval leaves out 0" if low > 0.0 or high < 0.0 else "not told from 0"
        told = "too few questions for an interval" if np.isnan(low) else told
        lines.append(
            f"{name}: toward {one['prompted_country'].item()} {_signed(one, 'shift')}, {told} "
            f"({one['shift_toward'].item():+.3f} toward it, {one['shift_elsewhere'].item():+.3f} "
            f"elsewhere, {int(one['n_questions'])} questions); answers that became uniform: "
            f"{one['shift_uniform'].item():+.3f}."
        )
    return lines


def _dispersion(result: xr.Dataset) -> list[str]:
    """Return a sentence for each model, or each model and country."""
    if result.attrs.get("spread") == "between":
        lines = ["Distance between the model's answers as two countries, over the countries' own."]
        for model in result["model"].values:
            one = result.sel(model=model)
            lines.append(
                f"{model}: {_figure(one, 'dispersion_ratio', 'dispersion')} over "
                f"{int(one['n_pairs'])} comparisons on {int(one['n_questions'])} questions; "
                "answers that are the same for every country: 0."
            )
        return lines
    lines = ["Entropy of the model's answers over that of people's, on the same questions."]
    for name, one in _systems(result):
        for country in one["country"].values:
            here = one.sel(country=country)
            lines.append(
                f"{name}, {country}: {_figure(here, 'dispersion_ratio', 'dispersion')} on "
                f"{int(here['n_questions'])} questions; uniform responder "
                f"{_number(here, 'dispersion_uniform')}."
            )
    return lines


def _ceiling(result: xr.Dataset) -> list[str]:
    """Return a sentence for each country."""
    lines = []
    for country in result["country"].values:
        one = result.sel(country=country)
        if np.isnan(one["ceiling"].item()):
            lines.append(f"{country}: respondents unknown, no ceiling.")
            continue
        lines.append(
            f"{country}: another sample of the same people is expected to reach "
            f"{_figure(one, 'ceiling')}, a model that holds the shares exactly "
            f"{_number(one, 'ceiling_perfect')}, on {int(one['n_questions'])} questions."
        )
    return lines


_SENTENCES: dict[str, Callable[[xr.Dataset], list[str]]] = {
    "shift": _shift,
    "dispersion_ratio": _dispersion,
    "ceiling": _ceiling,
    "rank": _representation,
}


def _number(one: xr.Dataset, name: str) -> str:
    """Return a figure, or that it is not known."""
    value = float(one[name].item())
    return f"{value:.3f}" if np.isfinite(value) else "unknown"


def _range(one: xr.Dataset, stem: str, form: str = ".3f") -> str:
    """Return an interval in brackets, empty where there is none."""
    low, high = (float(one[f"{stem}_{end}"].item()) for end in ("low", "high"))
    return f" [{low:{form}}, {high:{form}}]" if np.isfinite(low) and np.isfinite(high) else ""


def _figure(one: xr.Dataset, name: str, stem: str = "") -> str:
    """Return a figure with its interval."""
    return f"{_number(one, name)}{_range(one, stem or name)}"


def _signed(one: xr.Dataset, name: str) -> str:
    """Return a difference with its sign and interval."""
    return f"{one[name].item():+.3f}{_range(one, name, '+.3f')}"
