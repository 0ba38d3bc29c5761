"""How far a prompting moves a model toward the people it names, more than toward others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, unknown_name
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.opinions import joint_means
from disca_nb.metrics.opinions._cells import (
    BoolArray,
    Cells,
    IntArray,
    over_groups,
    paired_questions,
)
from disca_nb.metrics.opinions._labels import Variables, labelled, provenance
from disca_nb.metrics.opinions._matching import match
from disca_nb.metrics.opinions.floors import uniform_answers
from disca_nb.metrics.opinions.joint import ends, question_counts
from disca_nb.metrics.opinions.similarity import Measure, measured, naming, system_table
from disca_nb.variables import annotate, validate

__all__ = ["steering_shift"]

_FIGURES = ("shift", "shift_toward", "shift_elsewhere", "shift_uniform")


def steering_shift(
    bank: xr.Dataset,
    answers: xr.Dataset,
    *,
    countries_of: Mapping[str, str | Sequence[str]] | None = None,
    measure: Measure = "jensen-shannon",
    base: float = 2.0,
    n_boot: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> xr.Dataset:
    """Return how far a prompting moves a model toward the country it names: differences twice.

    Gain is the similarity under the prompting less that under the default one, to the same
    country on the same question. On each question that the named country and at least one other
    were asked, the shift is the gain toward the named country less the mean gain toward the
    others; the result is its mean over those questions, each of which counts once. What a
    prompting gains on all countries alike is taken off so. What answers gain by becoming flatter
    or sharper is not, as it differs from country to country: `shift_uniform` says how large a
    shift can be that knows nothing of the country.

    Parameters
    ----------
    bank : xarray.Dataset
        Survey answers: ``survey_share`` (country, question, option), ``n_options`` (question). A
        dimension ``group`` is kept. The others are all other countries of the bank, without other
        samples of the named country.
    answers : xarray.Dataset
        Answers of models: ``answer_prob`` (model, prompting, question, option) with
        ``prompting_kind`` and ``prompted_country``; for linguistic promptings also
        ``prompting_language``.
    countries_of : mapping, optional
        The country or countries of a language, as ``{"ko": "KOR", "es": ["ESP", "MEX"]}``, whose
        linguistic promptings are then scored too. With several, gains are their mean.
    measure, base
        As for `disca_nb.metrics.opinions.similarity`.
    n_boot, seed, level
        Draws of questions, their seed, and the coverage of the intervals: percentiles of the
        draws, farther out where questions are few. All models and promptings share the draws.

    Returns
    -------
    xarray.Dataset
        By model and prompting, without the default: ``shift`` with ``shift_low`` and
        ``shift_high``, its parts ``shift_toward`` and ``shift_elsewhere`` over the same
        questions, ``shift_uniform`` (the shift of answers that become uniform under the
        prompting), and by prompting ``n_questions``. NaN where there is none. An interval is of
        questions like those asked, and leaves out 0 also for a shift of the size of
        ``shift_uniform``, which no knowledge of the country is needed for.

    Raises
    ------
    InputError
        When there is no default prompting, or no other that could be scored.
    UnknownNameError
        When the bank lacks a country that was prompted or named, or no linguistic prompting is in
        a language of ``countries_of``.
    ParameterError
        For ``n_boot``, ``seed``, ``level`` or ``base`` outside their ranges.

    References
    ----------
    Durmus et al. 2023, arXiv 2306.16388, for the promptings; differences in differences as in
    Card and Krueger 1994, https://www.jstor.org/stable/2118030

    Examples
    --------
    >>> from disca_nb.datasets import surveys
    >>> from disca_nb.metrics.opinions import as_answers
    >>> bank = surveys.sample()
    >>> people = as_answers(bank, ["USA", "JPN"])  # answers that the prompting replaces
    >>> people = people.squeeze("prompting", drop=True).rename(model="prompting")
    >>> people = people.assign_coords(
    ...     prompting=["default", "as JPN"],
    ...     prompting_kind=("prompting", ["default", "cross-national"]),
    ...     prompted_country=("prompting", ["", "JPN"]),
    ... )
    >>> bool(steering_shift(bank, people, n_boot=200).shift_low.item() > 0.0)
    True
    """
    validate(answers, "prompting_kind", "prompted_country", "prompting")

    def of_group(one: xr.Dataset) -> xr.Dataset:
        cells = paired_questions(measured(match(one, answers), measure, base))
        targets = _targets(cells, countries_of or {})
        return _shifts(cells, one, targets, (measure, base), (n_boot, seed, level))

    return over_groups(bank, of_group)


def _targets(cells: Cells, countries_of: Mapping[str, str | Sequence[str]]) -> dict[int, list[int]]:
    """Return the positions of the countries that each prompting names, by its position."""
    answers = cells.answers
    kinds = answers["prompting_kind"].values.tolist()
    _check_languages(answers, kinds, countries_of)
    targets = {}
    for place, kind in enumerate(kinds):
        named: list[str] = []
        if kind == "cross-national":
            named = [str(answers["prompted_country"].values[place])]
        elif kind == "linguistic" and "prompting_language" in answers:
            given = countries_of.get(str(answers["prompting_language"].values[place]), [])
            named = [given] if isinstance(given, str) else list(given)
        for name in named:
            if name not in cells.countries:
                raise unknown_name("country", name, cells.countries)
        if named:
            targets[place] = [cells.countries.index(name) for name in named]
    if kinds.count("default") != 1:
        raise InputError(
            f"The answers have {kinds.count('default')} default promptings; a shift is measured "
            "from one: ask with promptings=('default', …)."
        )
    if not targets:
        raise InputError(
            "The answers have no cross-national prompting, and no linguistic one whose language "
            "is in countries_of; there is no shift to measure."
        )
    return targets


def _check_languages(answers: xr.Dataset, kinds: list[str], countries_of: Iterable[str]) -> None:
    """Raise for a language that the model was not asked in."""
    spoken: list[str] = []
    if "prompting_language" in answers:
        languages = answers["prompting_language"].values.tolist()
        spoken = [x for x, kind in zip(languages, kinds, strict=True) if kind == "linguistic"]
    for language in countries_of:
        if language not in spoken:
            raise unknown_name("language in countries_of", language, spoken)


def _shifts(
    cells: Cells,
    bank: xr.Dataset,
    targets: Mapping[int, list[int]],
    distance: tuple[str, float],
    draws: tuple[int, int, float],
) -> xr.Dataset:
    """Return the shifts with their labels."""
    n_boot, seed, level = draws
    counts = question_counts(len(cells.questions), n_boot=n_boot, seed=seed, level=level)
    default = cells.answers["prompting_kind"].values.tolist().index("default")
    probs = cells.probs.reshape(*cells.systems, *cells.probs.shape[1:])
    before = system_table(cells, probs[:, default], *distance)
    flat = system_table(cells, uniform_answers(cells)[None], *distance) - before
    columns: dict[str, list[FloatArray]] = {}
    for place, named in targets.items():
        gains = system_table(cells, probs[:, place], *distance) - before
        own = np.isin(np.arange(len(gains)), named)
        others = ~np.isin(cells.nations, cells.nations[named])
        one = _shift(gains, flat, own, others, counts, level)
        for name, values in one.items():
            columns.setdefault(name, []).append(values)
    some = cells.of_promptings(list(targets))
    variables: Variables = {
        name: (("model", "prompting")[1 - values[0].ndim :], np.stack(values, axis=-1))
        for name, values in columns.items()
    }
    result = labelled(variables, some, bank)
    named_texts = [", ".join(cells.countries[i] for i in named) for named in targets.values()]
    result = result.assign_coords(prompted_country=("prompting", named_texts))
    attrs = {"n_boot": n_boot, "seed": seed, "level": level}
    return annotate(result.assign_attrs(provenance(cells) | naming(*distance) | attrs))


def _shift(
    gains: FloatArray,
    flat: FloatArray,
    named: BoolArray,
    others: BoolArray,
    counts: IntArray,
    level: float,
) -> dict[str, FloatArray]:
    """Return the figures of one prompting by model, from gains (countries, models, questions)."""
    toward, elsewhere = _mean_of(gains[named]), _mean_of(gains[others])
    shift = toward - elsewhere
    known = ~np.isnan(shift)
    rows = [shift, toward, elsewhere, _mean_of(flat[named]) - _mean_of(flat[others])]
    drawn = joint_means(np.where(known, np.stack(rows), np.nan), counts)
    result = {name: drawn[0, i] for i, name in enumerate(_FIGURES)}
    low, high = ends(drawn[:, 0], known.sum(axis=-1), level=level)
    return {
        **result,
        "shift_low": low,
        "shift_high": high,
        # Models answered the same questions; one without any answer has none of them.
        "n_questions": np.asarray(known.sum(axis=-1).max(initial=0)),
    }


def _mean_of(gains: FloatArray) -> FloatArray:
    """Return the mean over the countries that were asked, (models, questions)."""
    known = ~np.isnan(gains)
    size = known.sum(axis=0)
    total = np.where(known, gains, 0.0).sum(axis=0)
    return np.asarray(total / np.where(size > 0, size, np.nan))
