"""Whether a model's countries differ from each other in the ways in which its people do."""

from __future__ import annotations

from functools import partial

import numpy as np
import xarray as xr

from disca_nb.kernels._types import FloatArray
from disca_nb.metrics._blocks import blocks, check_countries, with_interval
from disca_nb.metrics.bootstrap import resamples
from disca_nb.variables import annotate, validate

__all__ = ["between_countries"]

_FEWEST = 3
# Sums of squares this far below the squares that they come from are rounding.
_ROUNDING = 1e-13
_NOTHING = 1e-24


def between_countries(
    scores: xr.Dataset, *, n_boot: int = 2000, seed: int = 0, level: float = 0.95
) -> xr.Dataset:
    """Relate how a model's countries deviate from their mean to how people's do.

    For each attribute, x_c is the human preference of country c minus the mean over countries and
    y_c the model's minus its own mean. A model that knew the countries would have correlation and
    slope 1; one that gives every country the same answer has slope 0.

    Parameters
    ----------
    scores : xarray.Dataset
        What `disca_nb.alignment` or `disca_nb.compare` returned: ``preference`` and
        ``human_preference`` over country and attribute.
    n_boot : int
        Number of bootstrap draws over countries; deviations are from the means of each draw.
    seed : int
        Seed of the draws.
    level : float
        Coverage of the percentile intervals.

    Returns
    -------
    xarray.Dataset
        By attribute, model and variant ``between_r`` = Σxy/√(Σx² Σy²) (Pearson) and
        ``between_slope`` = Σxy/Σx² (least squares, model on human); by model and variant
        ``between_r_pooled`` and ``between_slope_pooled``, whose sums run over the attributes as
        well, each about its own means. Each has ``NAME_low`` and ``NAME_high``. A country without
        preferences is left out; with fewer than three figures are NaN. The correlation is NaN
        where model or humans are constant, the slope where humans are. ``n_countries``.

    Raises
    ------
    InputError
        When a variable is missing, or there are fewer than three countries.
    ParameterError
        For ``n_boot``, ``seed`` or ``level`` outside their ranges.

    Notes
    -----
    Errors of the targets pull both figures towards 0.

    References
    ----------
    arXiv 2605.10843 for the method that is tested.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.metrics import alignment
    >>> from disca_nb.steering import steer
    >>> result = between_countries(alignment(steer(demo_panel(), variant="consensus")))
    >>> bool(result.between_r_pooled_low < result.between_r_pooled)
    True
    """
    validate(scores, "preference", "human_preference", "country", "attribute")
    check_countries(scores, _FEWEST, "a correlation over countries")
    model = scores["preference"].sortby("country")
    human = scores["human_preference"].sortby("country")
    known = (model.notnull() & human.notnull()).all("attribute")
    n, n_attributes = model.sizes["country"], model.sizes["attribute"]
    counts = np.vstack([np.ones(n), resamples(n, n_boot=n_boot, seed=seed)])
    sizes = {"figure": 2, "column": n_attributes + 1, "draw": len(counts)}
    draws = blocks(
        partial(_related, counts=counts), model, human, dims=("country", "attribute"), sizes=sizes
    )
    result: dict[str, xr.DataArray] = {}
    for i, name in enumerate(("between_r", "between_slope")):
        one = draws.isel(figure=i)
        each = one.isel(column=slice(n_attributes)).rename(column="attribute")
        each = each.assign_coords(attribute=scores["attribute"])
        result |= with_interval(name, each, level=level)
        result |= with_interval(f"{name}_pooled", one.isel(column=-1), level=level)
    attrs = {**scores.attrs, "n_boot": n_boot, "bootstrap_seed": seed, "level": level}
    joined = xr.Dataset(result).assign(n_countries=known.sum("country"))
    return annotate(joined.assign_attrs(attrs))


def _related(model: FloatArray, human: FloatArray, counts: FloatArray) -> FloatArray:
    """Return correlation and slope by attribute, and pooled, of every draw."""
    known = ~np.isnan(model + human).any(axis=1)
    if known.sum() < _FEWEST:
        return np.full((2, model.shape[1] + 1, len(counts)), np.nan)
    model, human, counts = model[known], human[known], counts[:, known]
    # About the means of all countries first, so that little cancels about the means of a draw.
    x, y = human - human.mean(axis=0), model - model.mean(axis=0)
    size = counts.sum(axis=1)
    size = np.where(size > 0.0, size, np.nan)
    mean_x, mean_y = _weighted(x, counts) / size, _weighted(y, counts) / size
    xx = _about(_weighted(x * x, counts), size * mean_x**2)
    yy = _about(_weighted(y * y, counts), size * mean_y**2)
    xy = _weighted(x * y, counts) - size * mean_x * mean_y
    xx, yy, xy = (np.vstack([sums, sums.sum(axis=0)]) for sums in (xx, yy, xy))
    xx, yy = (np.where(sums > 0.0, sums, np.nan) for sums in (xx, yy))
    return np.stack([np.clip(xy / np.sqrt(xx * yy), -1.0, 1.0), xy / xx])


def _weighted(values: FloatArray, counts: FloatArray) -> FloatArray:
    """Return sums over countries (attribute, draw), each counted as often as it was drawn."""
    result = np.zeros((values.shape[1], len(counts)))
    # One by one: a product of matrices adds in an order that depends on their shapes.
    for value, count in zip(values, counts.T, strict=True):
        result += value[:, None] * count
    return result


def _about(squares: FloatArray, shift: FloatArray) -> FloatArray:
    """Return sums of squares about the mean, zero where only rounding is left."""
    about = squares - shift
    return np.where(about > np.maximum(_ROUNDING * squares, _NOTHING), about, 0.0)
