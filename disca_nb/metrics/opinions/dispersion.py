"""How undecided a model is beside people, and how its answers differ beside countries."""

from __future__ import annotations

from itertools import combinations
from typing import Literal, TypeAlias, get_args

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, unknown_name
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.divergence import jensen_shannon_distance
from disca_nb.kernels.opinions import joint_means
from disca_nb.metrics.opinions._cells import (
    Cells,
    IntArray,
    over_groups,
    paired_questions,
)
from disca_nb.metrics.opinions._entropy import entropy
from disca_nb.metrics.opinions._labels import Variables, labelled, provenance
from disca_nb.metrics.opinions._matching import match
from disca_nb.metrics.opinions.floors import uniform_answers
from disca_nb.metrics.opinions.joint import block_size, ends, question_counts
from disca_nb.variables import annotate, validate

__all__ = ["dispersion_ratio"]

Spread: TypeAlias = Literal["within", "between"]


def dispersion_ratio(
    bank: xr.Dataset,
    answers: xr.Dataset,
    *,
    spread: Spread = "within",
    n_boot: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> xr.Dataset:
    """Return the spread of a model's answers over the spread of people's, on the same questions.

    Parameters
    ----------
    bank : xarray.Dataset
        Survey answers: ``survey_share`` (country, question, option), ``n_options`` (question). A
        dimension ``group`` is kept.
    answers : xarray.Dataset
        Answers of models: ``answer_prob`` (model, prompting, question, option).
    spread : {"within", "between"}
        ``within`` a question: the mean entropy of the answers over the mean entropy of a
        country's shares, in bits, over the questions that it was asked. Below 1 the model is
        surer of one option than the people are agreed.
        ``between`` countries: the mean distance (Jensen-Shannon, base 2) of the model's answers
        as two countries over that of the two countries' shares, over all pairs of countries that
        the model was asked to answer for, two samples of one country aside, and the questions that
        both were asked. Below 1 the
        countries that the model plays differ less than the real ones; 0 is what answers score
        that are the same for every country. Part of the distance between surveys is the chance
        of who was sampled, which makes the ratio smaller.
    n_boot, seed, level
        Draws of questions, their seed, and the coverage of the intervals: percentiles of the
        draws, farther out where questions are few.

    Returns
    -------
    xarray.Dataset
        ``dispersion_ratio`` with ``dispersion_low`` and ``dispersion_high``, and its parts
        ``answer_spread`` and ``survey_spread``. ``within``: by country, model and prompting, with
        ``dispersion_uniform`` (that of a uniform responder) and ``n_questions`` by country.
        ``between``: by model, with ``n_questions`` and ``n_pairs`` (pairs times questions). NaN
        where people have no spread.

    Warns
    -----
    UserWarning
        When questions or models without answers are left out.

    Raises
    ------
    InputError
        When the two do not fit each other, or fewer than two countries were prompted.
    UnknownNameError
        For another spread, or a prompted country that the bank lacks.
    ParameterError
        For ``n_boot``, ``seed`` or ``level`` outside their ranges.

    Examples
    --------
    >>> from disca_nb.datasets import surveys
    >>> from disca_nb.metrics.opinions import as_answers
    >>> bank = surveys.sample()
    >>> ratio = dispersion_ratio(bank, as_answers(bank, ["DEU"]), n_boot=100)
    >>> ratio.dispersion_ratio.sel(country="DEU").item()
    1.0
    """
    if spread not in get_args(Spread):
        raise unknown_name("spread", spread, get_args(Spread))
    attrs = {"spread": spread, "n_boot": n_boot, "seed": seed, "level": level}

    def of_group(one: xr.Dataset) -> xr.Dataset:
        cells = paired_questions(match(one, answers))
        counts = question_counts(len(cells.questions), n_boot=n_boot, seed=seed, level=level)
        part = _within if spread == "within" else _between
        result = labelled(part(cells, counts, level), cells, one)
        return annotate(result.assign_attrs(provenance(cells) | attrs))

    return over_groups(bank, of_group)


def _within(cells: Cells, counts: IntArray, level: float) -> Variables:
    """Return the ratios of entropies by country and system."""
    asked = cells.asked
    n_questions = asked.sum(axis=1)
    people = joint_means(entropy(cells.shares), counts)
    uniform = np.where(asked, entropy(uniform_answers(cells)), np.nan)
    step = block_size(len(counts), len(asked))
    parts = [
        _ratio(
            joint_means(np.where(asked[:, None], some, np.nan), counts),
            people[:, :, None],
            n_questions[:, None],
            level,
        )
        for some in np.split(entropy(cells.probs), range(step, len(cells.probs), step))
    ]
    shape = (len(asked), *cells.systems)
    dims = ("country", "model", "prompting")
    variables: Variables = {
        name: (dims, np.concatenate([part[name] for part in parts], axis=1).reshape(shape))
        for name in parts[0]
    }
    flat = joint_means(uniform, counts[:1])[0]
    return {
        **variables,
        "survey_spread": (("country",), people[0]),
        "dispersion_uniform": (("country",), _divided(flat, people[0])),
        "n_questions": (("country",), n_questions),
    }


def _between(cells: Cells, counts: IntArray, level: float) -> Variables:
    """Return the ratios of distances between countries by model."""
    probs = cells.probs.reshape(*cells.systems, *cells.probs.shape[1:])
    n_pairs = np.zeros(len(cells.questions), dtype=np.int64)
    people, models = np.zeros(n_pairs.size), np.zeros((len(probs), n_pairs.size))
    nations = cells.nations
    for (here, one), (there, other) in combinations(_prompted(cells), 2):
        if nations[here] == nations[there]:
            continue
        both = cells.asked[here] & cells.asked[there]
        n_pairs += both
        people[both] += jensen_shannon_distance(cells.shares[here, both], cells.shares[there, both])
        models[:, both] += jensen_shannon_distance(probs[:, one, both], probs[:, other, both])
    # A question counts as often as there are pairs on it: sums are divided, not means of ratios.
    some = n_pairs > 0
    counts, n_questions = counts[:, some], np.array(int(some.sum()))
    size = joint_means(n_pairs[some][None], counts)
    people = joint_means(people[some][None], counts) / size
    figures = _ratio(joint_means(models[:, some], counts) / size, people, n_questions, level)
    return {
        **{name: (("model",), values) for name, values in figures.items()},
        "survey_spread": ((), people[0, 0]),
        "n_questions": ((), n_questions),
        "n_pairs": ((), n_pairs.sum()),
    }


def _prompted(cells: Cells) -> list[tuple[int, int]]:
    """Return the positions of the countries that were prompted, with those of the promptings."""
    answers = validate(cells.answers, "prompting_kind", "prompted_country")
    kinds, names = (answers[key].values for key in ("prompting_kind", "prompted_country"))
    places = []
    for place, (kind, name) in enumerate(zip(kinds, names, strict=True)):
        if kind == "cross-national":
            if name not in cells.countries:
                raise unknown_name("country", name, cells.countries)
            places.append((cells.countries.index(name), place))
    if len(places) < 2:
        raise InputError(
            f"The answers are for {len(places)} prompted "
            f"{'country' if len(places) == 1 else 'countries'}; a spread between countries needs "
            "cross-national promptings of at least 2."
        )
    # In the order of the countries, as sums in another order have other bits.
    return sorted(places)


def _ratio(
    answer: FloatArray, survey: FloatArray, n_questions: IntArray, level: float
) -> dict[str, FloatArray]:
    """Return a ratio of spreads with its interval, and the spread of the answers."""
    draws = _divided(answer, survey)
    low, high = ends(draws, n_questions, level=level)
    return {
        "dispersion_ratio": draws[0].copy(),
        "dispersion_low": low,
        "dispersion_high": high,
        "answer_spread": answer[0].copy(),
    }


def _divided(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return a ratio, NaN where there is nothing to divide by."""
    return np.asarray(one / np.where(other > 0.0, other, np.nan))
