"""How reliably a design tells two models apart, and which design would."""

from __future__ import annotations

import json
import math
import warnings
from functools import lru_cache

import numpy as np
import pandas as pd
import xarray as xr
from scipy import optimize, stats

from disca_nb.errors import ParameterError
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics.bootstrap import check_draws
from disca_nb.metrics.opinions.joint import check_level
from disca_nb.metrics.values._design import Design, Spread, spread
from disca_nb.variables import annotate

__all__ = ["plan_study", "reliability"]

_FEWEST_TOPICS = 6
_POINTS = 1000


def reliability(
    components: xr.Dataset,
    *,
    n_topics: int,
    n_questions: int,
    n_phrasings: int,
    n_orders: int | None = None,
    n_languages: int = 1,
    over_languages: bool = False,
) -> xr.Dataset:
    """Return how reliably a design tells models apart by their mean p(supports).

    With σ²(m) the component of models, t for topic, q question, p phrasing, o order, l language,
    e residual, and n the numbers of the design, the error variance of a model's mean is

    σ²(δ) = σ²(mt)/n_t + σ²(mq)/(n_t n_q) + (σ²(mp) + σ²(e)/n_o)/(n_t n_q n_p n_l)
    + σ²(mo) (1/n_o - 1/N_o)

    with N_o the orders that there are: those of the study, which are not a sample of others. The
    coefficient is σ²(τ)/(σ²(τ) + σ²(δ)) with σ²(τ) = σ²(m) + σ²(mo)/N_o + σ²(ml)/n_l, and the
    standard error of the difference of two models is √(2 σ²(δ)). What all models have in common
    (topics, questions, languages) is in neither. Components below 0 count as 0. A component that
    holds another is divided as the one that is averaged over least.

    Parameters
    ----------
    components : xarray.Dataset
        What `variance_components` returned, for at least two models and two topics.
    n_topics, n_questions, n_phrasings : int
        Topics, questions per topic and phrasings per question and language.
    n_orders : int, optional
        Orders of the options, at most those of the study; by default all of them.
    n_languages : int
        Languages that each question is asked in.
    over_languages : bool
        Whether the difference is meant for all languages, of which those asked are a sample:
        σ²(ml)/n_l is then error. By default it is the difference in the languages asked.

    Returns
    -------
    xarray.Dataset
        ``generalizability`` (0 to 1: the share of the variance of models' means that is not
        error, NaN where models do not differ at all), ``difference_se``, and ``n_answers`` of
        each model.

    Raises
    ------
    InputError
        For components of one model or one topic.
    ParameterError
        For numbers below 1, or more orders or languages than the components know of.

    References
    ----------
    Brennan 2001, https://doi.org/10.1007/978-1-4757-3456-0; Cronbach, Rajaratnam and Gleser 1963,
    https://doi.org/10.1111/j.2044-8317.1963.tb00206.x; Cornfield and Tukey 1956,
    https://doi.org/10.1214/aoms/1177728067, for facets of few levels.

    Examples
    --------
    >>> components = xr.Dataset(
    ...     {"variance": ("component", [0.02, 0.04, 0.08])},
    ...     {"component": ["model", "model × topic", "residual"]},
    ...     {"levels": '{"topic": 20, "model": 4, "order": 1, "language": 1}'},
    ... )
    >>> one = reliability(components, n_topics=10, n_questions=2, n_phrasings=2)
    >>> one.generalizability.item(), round(one.difference_se.item(), 4)
    (0.7692..., 0.1095)
    """
    known = spread(components, over_languages=over_languages)
    orders = known.n_orders if n_orders is None else n_orders
    design = Design(n_topics, n_questions, n_phrasings, orders, n_languages)
    known.check(design)
    error, true = known.error(design) + known.common(design), known.true(design)
    total = true + error
    values = {
        "generalizability": true / total if total > 0.0 else math.nan,
        "difference_se": math.sqrt(2.0 * error),
        "n_answers": design.answers,
    }
    result = xr.Dataset({name: ((), value) for name, value in values.items()})
    attrs = {"over_languages": int(over_languages), "design": json.dumps(design._asdict())}
    return annotate(result.assign_attrs(attrs))


def plan_study(
    components: xr.Dataset,
    *,
    effect: float,
    power: float = 0.8,
    level: float = 0.95,
    max_topics: int = 1000,
    max_questions: int = 10,
    max_phrasings: int = 10,
    n_languages: int = 1,
    over_languages: bool = False,
) -> pd.DataFrame:
    """Return designs that find a difference of two models, the cheapest first.

    The test is a paired t test over topics of the two models' means of each topic, two-sided at
    1 - level. With s² = 2 σ²(δ) as in `reliability`, its power for a difference d is that of a
    noncentral t with n_t - 1 degrees of freedom and noncentrality d/s. For each number of
    questions, phrasings and orders the fewest topics that reach the power are sought.

    Parameters
    ----------
    components : xarray.Dataset
        What `variance_components` returned, for at least two models and two topics.
    effect : float
        Difference in mean p(supports), above 0, at most 1.
    power : float
        Probability to find it, between 1 - level and 1.
    level : float
        1 less the probability to find a difference where there is none.
    max_topics, max_questions, max_phrasings : int
        Largest designs, of at least six topics.
    n_languages, over_languages
        As for `reliability`. With ``over_languages``, or fewer orders than there are, part of the
        error is the same in all topics: power is then an approximation.

    Returns
    -------
    pandas.DataFrame
        A row for each number of ``questions`` (per topic), ``phrasings`` (per question) and
        ``orders``: ``topics``, ``answers`` of each model, ``standard_error`` of the difference,
        ``power``, ``detectable_effect`` (the smallest that the design finds with that power), and
        ``reached``. Designs that reach the power come first, by their answers and then by their
        topics; the others, with as many topics as allowed, come after, by what they detect.

    Raises
    ------
    InputError
        For components of one model or one topic.
    ParameterError
        For an option outside its range.

    Warns
    -----
    UserWarning
        For components of fewer than six topics.

    References
    ----------
    Brennan 2001, https://doi.org/10.1007/978-1-4757-3456-0; Cohen 1988,
    https://doi.org/10.4324/9780203771587, for power.

    Examples
    --------
    >>> components = xr.Dataset(
    ...     {"variance": ("component", [0.02, 0.01, 0.08])},
    ...     {"component": ["model", "model × topic", "residual"]},
    ...     {"levels": '{"topic": 20, "model": 4, "order": 1, "language": 1}'},
    ... )
    >>> plan_study(components, effect=0.1)[["topics", "questions", "phrasings", "answers"]].head(1)
       topics  questions  phrasings  answers
    0     144          1          1      144
    """
    _check_plan(effect, power, level)
    for name, value in (("max_questions", max_questions), ("max_phrasings", max_phrasings)):
        check_draws(name, value)
    if check_draws("max_topics", max_topics) < _FEWEST_TOPICS:
        raise ParameterError(
            f"max_topics is {max_topics}; an interval needs at least {_FEWEST_TOPICS} topics."
        )
    known = spread(components, over_languages=over_languages)
    known.check(Design(_FEWEST_TOPICS, 1, 1, 1, n_languages))
    _warn_of_few_topics(components)
    rows = []
    for questions in range(1, max_questions + 1):
        for phrasings in range(1, max_phrasings + 1):
            for orders in range(1, known.n_orders + 1):
                per_topic = (questions, phrasings, orders, n_languages)
                rows.append(_row(known, per_topic, effect, power, level, max_topics))
    table = pd.DataFrame(rows)
    best = np.where(table["reached"], table["answers"], table["detectable_effect"])
    order = np.lexsort((table["topics"].to_numpy(), best, ~table["reached"].to_numpy()))
    return table.iloc[order].reset_index(drop=True)


def _warn_of_few_topics(components: xr.Dataset) -> None:
    """Warn where components are of too few topics for an interval, and so for a plan."""
    topics = json.loads(components.attrs.get("levels", "{}")).get("topic", _FEWEST_TOPICS)
    if topics < _FEWEST_TOPICS:
        warnings.warn(
            f"The components are of {topics} topics, too few for intervals: the plan may be far "
            f"off; estimate them from at least {_FEWEST_TOPICS}.",
            stacklevel=3,
        )


def _check_plan(effect: float, power: float, level: float) -> None:
    """Raise for a plan that makes no sense."""
    check_level(level)
    if not 0.0 < effect <= 1.0:
        raise ParameterError(f"effect is {effect!r}; it must be above 0 and at most 1.")
    if not 1.0 - level < power < 1.0:
        raise ParameterError(
            f"power is {power!r}; it must lie between 1 - level, {1.0 - level:.3g}, and 1."
        )


def _row(
    known: Spread,
    per_topic: tuple[int, int, int, int],
    effect: float,
    power: float,
    level: float,
    max_topics: int,
) -> dict[str, float | int | bool]:
    """Return the row of the fewest topics that reach the power, or of as many as allowed."""

    def detectable(topics: int) -> float:
        error = known.standard_error(Design(topics, *per_topic))
        return error * _noncentrality(power, topics, level)

    low, high = _FEWEST_TOPICS, max_topics
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if detectable(middle) <= effect else (middle + 1, high)
    design = Design(low, *per_topic)
    error = known.standard_error(design)
    return {
        **design._asdict(),
        "answers": design.answers,
        "standard_error": error,
        "power": 1.0 if error == 0.0 else _power(effect / error, low, level),
        "detectable_effect": detectable(low),
        "reached": detectable(low) <= effect,
    }


@lru_cache(maxsize=4096)
def _noncentrality(power: float, topics: int, level: float) -> float:
    """Return the difference, in standard errors, that is found with the power."""

    def gap(value: float) -> float:
        return _power(value, topics, level) - power

    top = 1.0
    while gap(top) < 0.0:
        top *= 2.0
    return float(optimize.brentq(gap, 0.0, top))


def _power(noncentrality: float, topics: int, level: float) -> float:
    """Return the probability that |t| passes its critical value, of a noncentral t.

    Given the estimated standard error, the t is normal; the mean over that error is taken at
    equally likely values of it, as SciPy's distribution is NaN far from 0.
    """
    bar = _bars(topics, level)
    return float(np.mean(stats.norm.sf(bar - noncentrality) + stats.norm.cdf(-bar - noncentrality)))


@lru_cache(maxsize=4096)
def _bars(topics: int, level: float) -> FloatArray:
    """Return critical values in true standard errors, for equally likely estimates of these."""
    middles = (np.arange(_POINTS) + 0.5) / _POINTS
    estimated = np.sqrt(stats.chi2.ppf(middles, topics - 1) / (topics - 1))
    return np.asarray(stats.t.isf((1.0 - level) / 2.0, topics - 1) * estimated)
