"""Similarity of every country's answers with every model's, question by question, compiled."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from disca_nb._accelerate import inner_kernel, kernel, run_in_slices
from disca_nb.errors import InputError, unknown_name
from disca_nb.kernels._distributions import normalised
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.distances import MEASURES
from disca_nb.kernels.divergence import NEAR, check_base
from disca_nb.kernels.parameters import check_numbers

__all__ = ["similarity_table"]

_JENSEN_SHANNON, _TOTAL_VARIATION, _HELLINGER, _EARTH_MOVERS = range(len(MEASURES))
_LOG_2 = math.log(2.0)


def similarity_table(
    shares: npt.ArrayLike,
    answers: npt.ArrayLike,
    *,
    n_options: npt.ArrayLike,
    measure: str = "jensen-shannon",
    base: float = 2.0,
) -> FloatArray:
    """Return 1 - distance of the answers of C countries and M models to Q questions.

    Parameters
    ----------
    shares : array_like, shape (C, Q, O)
        Share of a country's respondents for each option; a row of NaN where it was not asked.
    answers : array_like, shape (M, Q, O)
        Probability of each option; a row of NaN where there is no answer.
    n_options : array_like of int, shape (Q,)
        How many options each question has, 1 to O. What lies past the last is NaN or 0.
    measure : {"jensen-shannon", "total-variation", "hellinger", "earth-movers"}
        Which distance; see `disca_nb.kernels.option_distance`.
    base : float, above 1
        Base of the logarithm, of the Jensen-Shannon distance alone.

    Returns
    -------
    numpy.ndarray, shape (C, M, Q)
        The similarity, 1 for equal shares and, in base 2, 0 for those that share no option. NaN
        where the country was not asked or there is no answer, and where a weight of either is
        NaN, negative or infinite, or all are zero.

    Raises
    ------
    InputError
        When shapes or numbers of options do not fit, or there is weight past the last option.
    UnknownNameError
        For another measure.
    ParameterError
        For another base.

    References
    ----------
    Durmus et al. 2023, arXiv 2306.16388, for one minus the Jensen-Shannon distance.

    Examples
    --------
    >>> asked, both = [0.25, 0.75, 0.0], [0.5, 0.5, np.nan]
    >>> similarity_table([[asked, both]], [[asked, [1.0, 0.0, np.nan]]], n_options=[3, 2]).round(3)
    array([[[1.   , 0.442]]])
    """
    if measure not in MEASURES:
        raise unknown_name("measure", measure, MEASURES)
    survey, model = check_numbers("shares", shares), check_numbers("answers", answers)
    options = _check_options(survey, model, n_options)
    country, question = np.nonzero(~np.isnan(survey).all(axis=-1))
    # Only what was asked is looked at: most countries were asked few of the questions.
    asked = _without_padding("shares", survey[country, question], options[question], question)
    numbers = np.broadcast_to(np.arange(options.size), model.shape[:2])
    given = _without_padding("answers", model, np.broadcast_to(options, numbers.shape), numbers)
    table = np.full((len(survey), len(model), options.size), np.nan)
    which, log_base = MEASURES.index(measure), math.log(check_base(base))

    def work(start: int, stop: int) -> None:
        compare_cells(start, stop, country, question, asked, given, options, which, log_base, table)

    run_in_slices(work, country.size)
    return table


def _check_options(
    survey: FloatArray, model: FloatArray, n_options: npt.ArrayLike
) -> npt.NDArray[np.int64]:
    """Return the numbers of options, or say what does not fit."""
    numbers = np.asarray(n_options)
    cube = survey.ndim == model.ndim == 3 and survey.shape[1:] == model.shape[1:]
    if not cube or numbers.shape != survey.shape[1:2]:
        raise InputError(
            f"shares {survey.shape}, answers {model.shape} and n_options {numbers.shape} do not "
            "fit; give (countries, questions, options), (models, questions, options) and one "
            "number for each question."
        )
    longest = survey.shape[2]
    if numbers.size and (
        numbers.dtype.kind not in "iu" or numbers.min() < 1 or numbers.max() > longest
    ):
        raise InputError(
            f"n_options holds {numbers.dtype} from {numbers.min()} to {numbers.max()}; give whole "
            f"numbers from 1 to {longest}."
        )
    return numbers.astype(np.int64)


def _without_padding(
    name: str,
    weights: FloatArray,
    options: npt.NDArray[np.int64],
    question: npt.NDArray[np.int64],
) -> FloatArray:
    """Return shares (..., O) with zeros past the last option, or say where a weight lies there."""
    past = np.arange(weights.shape[-1]) >= options[..., None]
    filled = np.where(past, 0.0, weights)
    # NaN is no weight.
    stray = (past & (np.abs(weights) > 0.0)).any(axis=-1)
    if stray.any():
        first = int(question[stray][0])
        raise InputError(
            f"{name} holds a weight past the {int(options[stray][0])} options of the question at "
            f"place {first}; correct n_options, or fill up with NaN."
        )
    return np.ascontiguousarray(normalised(filled) if filled.size else filled)


@inner_kernel
def _nats(p: float, q: float) -> float:
    """Return what one option adds to twice the divergence, as `disca_nb.kernels.divergence`."""
    both = p + q
    ratio = abs(p - q) / both if both > 0.0 else 0.0
    if ratio < NEAR:
        return 0.5 * both * (math.log1p(-ratio * ratio) + 2.0 * ratio * math.atanh(ratio))
    one = p * math.log(2.0 * p / both) if p > 0.0 else 0.0
    return one + (q * math.log(2.0 * q / both) if q > 0.0 else 0.0)


@inner_kernel
def _jensen_shannon(p: FloatArray, q: FloatArray, n: int, log_base: float) -> float:
    """Return the Jensen-Shannon distance."""
    nats = 0.0
    for k in range(n):
        nats += _nats(p[k], q[k])
    return math.sqrt(min(max(0.5 * nats, 0.0), _LOG_2) / log_base)


@inner_kernel
def _total_variation(p: FloatArray, q: FloatArray, n: int) -> float:
    """Return the total variation distance."""
    sum_ = 0.0
    for k in range(n):
        sum_ += abs(p[k] - q[k])
    return min(0.5 * sum_, 1.0)


@inner_kernel
def _hellinger(p: FloatArray, q: FloatArray, n: int) -> float:
    """Return the Hellinger distance."""
    squares = 0.0
    for k in range(n):
        roots = math.sqrt(p[k]) + math.sqrt(q[k])
        if roots > 0.0:
            gap = (p[k] - q[k]) / roots
            squares += gap * gap
    return math.sqrt(min(0.5 * squares, 1.0))


@inner_kernel
def _earth_movers(p: FloatArray, q: FloatArray, n: int) -> float:
    """Return the earth mover's distance of options at equal steps."""
    carried, area = 0.0, 0.0
    for k in range(n - 1):
        carried += p[k] - q[k]
        area += abs(carried)
    return min(area / max(n - 1, 1), 1.0)


@inner_kernel
def _distance(p: FloatArray, q: FloatArray, n: int, which: int, log_base: float) -> float:
    """Return the distance of two rows of shares, NaN where one has none."""
    shared = False
    for k in range(n):
        if math.isnan(p[k]) or math.isnan(q[k]):
            return math.nan
        shared = shared or (p[k] > 0.0 and q[k] > 0.0)
    if which == _EARTH_MOVERS:
        return _earth_movers(p, q, n)
    if not shared:  # exactly as far apart as can be, whatever is rounded
        return math.sqrt(_LOG_2 / log_base) if which == _JENSEN_SHANNON else 1.0
    if which == _JENSEN_SHANNON:
        return _jensen_shannon(p, q, n, log_base)
    if which == _HELLINGER:
        return _hellinger(p, q, n)
    return _total_variation(p, q, n)


@kernel
def compare_cells(
    start: int,
    stop: int,
    country: npt.NDArray[np.int64],
    question: npt.NDArray[np.int64],
    asked: FloatArray,
    given: FloatArray,
    options: npt.NDArray[np.int64],
    which: int,
    log_base: float,
    table: FloatArray,
) -> None:
    """Write the similarity of the cells ``start`` to ``stop`` with every model.

    ``country`` and ``question`` (n,), ``asked`` (n, O), ``given`` (M, Q, O) and ``options`` (Q,)
    are read; ``table`` (C, M, Q) is written.
    """
    for i in range(start, stop):
        q = question[i]
        for m in range(given.shape[0]):
            distance = _distance(asked[i], given[m, q], options[q], which, log_base)
            table[country[i], m, q] = 1.0 - distance
