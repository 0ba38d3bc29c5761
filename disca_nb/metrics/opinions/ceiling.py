"""How similar two samples of the same people are, and a model that holds their shares exactly."""

from __future__ import annotations

import numpy as np
import xarray as xr

from disca_nb.kernels import check_seed, label_key
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.distances import option_distance
from disca_nb.kernels.opinions import joint_means
from disca_nb.metrics.bootstrap import check_draws
from disca_nb.metrics.opinions._cells import Cells, over_groups
from disca_nb.metrics.opinions._labels import labelled, provenance
from disca_nb.metrics.opinions._matching import match
from disca_nb.metrics.opinions.joint import check_level, ends, question_counts
from disca_nb.metrics.opinions.similarity import Measure, measured, naming
from disca_nb.variables import annotate, validate

__all__ = ["ceiling"]


def ceiling(
    bank: xr.Dataset,
    *,
    measure: Measure = "jensen-shannon",
    base: float = 2.0,
    n_draws: int = 100,
    n_boot: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> xr.Dataset:
    """Return how similar a second sample of the same people is expected to be to the first.

    For each country and question two samples of the known number of respondents are drawn from
    the shares, again and again, and compared. The shares are themselves of one sample, and
    weights, clusters and the wording of a question are not drawn anew, so that real surveys agree
    less than this.

    Parameters
    ----------
    bank : xarray.Dataset
        Survey answers: ``survey_share`` (country, question, option), ``n_options`` (question) and
        ``respondents`` (country, question), NaN where unknown. A dimension ``group`` is kept.
    measure, base
        As for `similarity`.
    n_draws : int
        Pairs of samples for each country and question.
    n_boot : int
        Draws of questions, for the interval of a country's mean.
    seed : int
        Seed; the samples of a cell depend on the labels of its country and question alone.
    level : float
        Coverage of the intervals.

    Returns
    -------
    xarray.Dataset
        By country ``ceiling`` with ``ceiling_low`` and ``ceiling_high``, ``ceiling_perfect`` (a
        model that holds the shares exactly, against one sample) and ``n_questions``, the
        questions whose respondents are known, of which these are means; and
        ``question_ceiling`` (country, question). NaN where respondents are unknown or fewer
        than one.

    Raises
    ------
    InputError
        When a variable is missing.
    UnknownNameError
        For another measure.
    ParameterError
        For ``n_draws``, ``n_boot``, ``seed``, ``level`` or ``base`` outside their ranges.

    Examples
    --------
    >>> from disca_nb.datasets import surveys
    >>> top = ceiling(surveys.sample().sel(country=["DEU"]), n_draws=20)
    >>> bool(0.9 < top.ceiling.item() < top.ceiling_perfect.item() < 1.0)
    True
    """
    validate(bank, "respondents", "survey_share", "country")
    check_draws("n_draws", n_draws)
    check_seed(seed)
    check_level(level)

    def of_group(one: xr.Dataset) -> xr.Dataset:
        cells = measured(match(one, _any_answers(one)), measure, base)
        people = cells.bank["respondents"].transpose("country", "question").to_numpy()
        twice, perfect = _expected(cells, people, (measure, base), n_draws, seed)
        counts = question_counts(len(cells.questions), n_boot=n_boot, seed=seed, level=level)
        draws = joint_means(twice, counts)
        n_questions = (~np.isnan(twice)).sum(axis=1)
        low, high = ends(draws, n_questions, level=level)
        variables = {
            "ceiling": (("country",), draws[0]),
            "ceiling_low": (("country",), low),
            "ceiling_high": (("country",), high),
            "ceiling_perfect": (("country",), joint_means(perfect, counts[:1])[0]),
            "n_questions": (("country",), n_questions),
            "question_ceiling": (("country", "question"), twice),
        }
        result = labelled(variables, cells, one, questions=True)
        attrs = {"n_draws": n_draws, "n_boot": n_boot, "seed": seed, "level": level}
        return annotate(result.assign_attrs(provenance(cells) | naming(measure, base) | attrs))

    return over_groups(bank, of_group)


def _any_answers(bank: xr.Dataset) -> xr.Dataset:
    """Return answers to every question, so that a bank alone is checked as beside a model."""
    validate(bank, "n_options", "option")
    place = np.arange(bank.sizes["option"])
    number = xr.DataArray(place, {"option": [str(i + 1) for i in place]}, "option")
    inside = xr.ones_like(number, dtype=float).where(number < bank["n_options"])
    return xr.Dataset({"answer_prob": inside})


def _expected(
    cells: Cells, people: FloatArray, distance: tuple[str, float], n_draws: int, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Return the expected similarity of two samples, and of the shares and one, by cell."""
    measure, base = distance
    twice, perfect = np.full((2, *people.shape), np.nan)
    sizes = np.where(cells.asked & (people >= 0.5), people, 0.0)
    for question in range(people.shape[1]):
        known = np.flatnonzero(sizes[:, question])
        if not known.size:
            continue
        n = int(cells.n_options[question])
        shares = cells.shares[known, question, :n]
        shares /= shares.sum(axis=1, keepdims=True)
        drawn = np.stack(
            [
                _samples(
                    cells, country, question, round(sizes[country, question]), one, n_draws, seed
                )
                for country, one in zip(known.tolist(), shares, strict=True)
            ]
        )
        far = option_distance(drawn[:, :, 0], drawn[:, :, 1], measure=measure, base=base)
        twice[known, question] = 1.0 - far.mean(axis=1)
        far = option_distance(drawn, shares[:, None, None], measure=measure, base=base)
        perfect[known, question] = 1.0 - far.mean(axis=(1, 2))
    return twice, perfect


def _samples(
    cells: Cells,
    country: int,
    question: int,
    size: int,
    shares: FloatArray,
    n_draws: int,
    seed: int,
) -> FloatArray:
    """Return pairs of samples of one cell as counts, (draws, 2, options)."""
    label = f"country={cells.countries[country]}|question={cells.questions[question]}"
    key = np.array([check_seed(seed), label_key(label)], dtype=np.uint64)
    generator = np.random.Generator(np.random.Philox(key=key))
    return generator.multinomial(size, shares, size=(n_draws, 2)).astype(np.float64)
