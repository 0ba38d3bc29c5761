"""The wrong-country placebo: outputs compared with countries that they were not made for."""

from __future__ import annotations

from functools import partial

import numpy as np
import xarray as xr

from disca_nb.kernels import check_seed
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics._blocks import blocks, check_countries
from disca_nb.metrics._sums import total
from disca_nb.metrics.bootstrap import check_draws
from disca_nb.variables import annotate, validate

__all__ = ["placebo"]

_FEWEST = 3
_FIGURES = ("placebo_own", "placebo_other", "placebo_p", "placebo_top1", "placebo_chance")
# Misalignments that differ by rounding alone are equal.
_EQUAL = 1e-12


def placebo(scores: xr.Dataset, *, n_permutations: int = 10_000, seed: int = 0) -> xr.Dataset:
    """Compare every country's output with every other country's humans.

    An output that knows its country is closer to that country's humans than outputs made for
    others are. The p-value is the share of assignments of outputs to countries, drawn at random,
    whose mean misalignment is as small as that of the right one.

    Parameters
    ----------
    scores : xarray.Dataset
        What `disca_nb.alignment` or `disca_nb.compare` returned: ``preference`` and
        ``human_preference`` over country and attribute.
    n_permutations : int
        Number of random assignments.
    seed : int
        Seed of the assignments, which depend on the sorted labels of the countries and not on
        their order.

    Returns
    -------
    xarray.Dataset
        ``placebo_mis`` (country, made_for): misalignment of the output made for ``made_for`` with
        the humans of ``country``. By model and variant ``placebo_own`` (mean of its diagonal),
        ``placebo_other`` (mean off it), ``placebo_p`` = (1 + as small)/(1 + n_permutations),
        ``placebo_top1`` (share of countries whose own output is the closest of all outputs, ties
        in equal parts), ``placebo_chance`` = 1/n and ``n_countries``. A country without
        preferences is left out of that model's and variant's figures, which are NaN where fewer
        than three remain.

    Raises
    ------
    InputError
        When a variable is missing, or there are fewer than three countries.
    ParameterError
        For fewer than one permutation, or a seed outside its range.

    References
    ----------
    arXiv 2605.10843 for the method that is tested; Phipson and Smyth 2010,
    https://doi.org/10.2202/1544-6115.1585 for the p-value.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.metrics import alignment
    >>> from disca_nb.steering import steer
    >>> result = placebo(alignment(steer(demo_panel(), variant="consensus")))
    >>> result.placebo_mis.dims, bool(result.placebo_p.item() > 0.0)
    (('country', 'model', 'made_for'), True)
    """
    validate(scores, "preference", "human_preference", "country", "attribute")
    check_countries(scores, _FEWEST, "the placebo")
    check_draws("n_permutations", n_permutations)
    check_seed(seed)
    outputs, human = scores["preference"], scores["human_preference"]
    made_for = outputs.rename(country="made_for")
    apart = total((made_for - human) ** 2, "attribute") ** 0.5
    # Sorted, so that neither the permutations nor the order of adding follow the dataset's order.
    test = partial(_test, n_permutations=n_permutations, seed=seed)
    ordered = apart.sortby(["country", "made_for"])
    dims, sizes = ("country", "made_for"), {"figure": len(_FIGURES)}
    figures = blocks(test, ordered, dims=dims, sizes=sizes)
    known = (outputs.notnull() & human.notnull()).all("attribute")
    result = xr.Dataset({name: figures.isel(figure=i) for i, name in enumerate(_FIGURES)})
    result = result.assign(placebo_mis=apart, n_countries=known.sum("country"))
    attrs = {**scores.attrs, "n_permutations": n_permutations, "permutation_seed": seed}
    return annotate(result.assign_attrs(attrs))


def _test(apart: FloatArray, n_permutations: int, seed: int) -> FloatArray:
    """Return the figures of one table, countries by outputs."""
    known = ~np.isnan(np.diagonal(apart))
    apart = apart[np.ix_(known, known)]
    n = len(apart)
    if n < _FEWEST:
        return np.full(len(_FIGURES), np.nan)
    own = _assigned(apart, np.arange(n)[None])[0]
    generator = np.random.Generator(np.random.Philox(key=seed))
    assignments = generator.permuted(np.tile(np.arange(n), (n_permutations, 1)), axis=1)
    as_small = np.count_nonzero(_assigned(apart, assignments) <= own + n * _EQUAL)
    closest = apart <= apart.min(axis=1, keepdims=True) + _EQUAL
    return np.array(
        [
            own / n,
            (apart.sum() - own) / (n * (n - 1)),
            (1 + as_small) / (1 + n_permutations),
            (np.diagonal(closest) / closest.sum(axis=1)).mean(),
            1.0 / n,
        ]
    )


def _assigned(
    apart: FloatArray, assignments: np.ndarray[tuple[int, int], np.dtype[np.int64]]
) -> FloatArray:
    """Return the sum over countries of each assignment, always added in the same order."""
    total = np.zeros(len(assignments))
    for country, outputs in enumerate(assignments.T):
        total += apart[country, outputs]
    return total
