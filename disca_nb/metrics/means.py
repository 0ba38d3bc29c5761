"""Means over countries, with intervals, of scores and of what stands beside them."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from disca_nb.metrics._sums import mean
from disca_nb.metrics.bootstrap import cluster_bootstrap, interval
from disca_nb.metrics.scores import FLIP_RATES, FLOORS, METRICS
from disca_nb.variables import annotate, validate

__all__ = ["macro", "macro_table"]


def macro(
    scores: xr.Dataset, *, n_boot: int = 2000, seed: int = 0, level: float = 0.95
) -> xr.Dataset:
    """Average scores over countries, unweighted, with cluster-bootstrap intervals.

    Parameters
    ----------
    scores : xarray.Dataset
        What `alignment` or `compare` returned.
    n_boot : int
        Number of bootstrap draws over countries.
    seed : int
        Seed of the draws.
    level : float
        Coverage of the percentile intervals.

    Returns
    -------
    xarray.Dataset
        Every score and floor averaged over the same countries, each with ``NAME_low`` and
        ``NAME_high``, and ``n_countries``. A country without decisions of a model, by any of the
        variants, is left out of that model's means, floors included. A floor that one of the
        countries lacks is NaN, and so is the interval of a single country. With fewer than about
        five countries an interval is little more than the range of their values, and too narrow.

    Raises
    ------
    InputError
        When there is no country dimension.
    ParameterError
        For ``n_boot``, ``seed`` or ``level`` outside their ranges.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.metrics import alignment
    >>> from disca_nb.steering import steer
    >>> means = macro(alignment(steer(demo_panel(), variant="consensus")))
    >>> bool(means.mis_low < means.mis < means.mis_high)
    True
    """
    validate(scores, "mis")
    names = [name for name in (*METRICS, *FLIP_RATES, *FLOORS) if name in scores]
    counted = scores["mis"].notnull()
    if "variant" in counted.dims:
        # Variants and floors are only comparable over the same countries.
        counted = counted.all("variant")
    result = {}
    for name in names:
        values = scores[name].where(counted)
        if name in FLOORS:
            values = values.where((values.notnull() | ~counted).all("country"))
        low, high = interval(cluster_bootstrap(values, n_boot=n_boot, seed=seed), level=level)
        result[name] = mean(values, "country")
        # One country says nothing of how others would differ.
        several = values.notnull().sum("country") > 1
        result[f"{name}_low"], result[f"{name}_high"] = low.where(several), high.where(several)
    means = xr.Dataset(result).assign(n_countries=counted.sum("country"))
    attrs = {**scores.attrs, "n_boot": n_boot, "bootstrap_seed": seed, "level": level}
    return annotate(means.assign_attrs(attrs))


def macro_table(means: xr.Dataset) -> pd.DataFrame:
    """Arrange macro figures as a table, one row per model and variant.

    Parameters
    ----------
    means : xarray.Dataset
        What `macro` returned.

    Returns
    -------
    pandas.DataFrame
        The scores with the interval of ``mis``, and the floors.

    Raises
    ------
    InputError
        When ``mis`` is missing.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.metrics import compare
    >>> table = macro_table(macro(compare(demo_panel(), ["vanilla", "consensus"])))
    >>> table.index.names
    FrozenList(['model', 'variant'])
    """
    validate(means, "mis")
    wanted = ["mis", "mis_low", "mis_high", *METRICS[1:], *FLOORS]
    chosen = means[[name for name in wanted if name in means]]
    keys = ["model", "variant"]
    unnamed = {"model": "model", "variant": "scores"}
    chosen = chosen.assign_coords(
        {name: unnamed[name] for name in keys if name not in chosen.coords}
    )
    table = chosen.expand_dims([name for name in keys if name not in chosen.dims]).to_dataframe()
    return table.reorder_levels(keys).sort_index(level="model", sort_remaining=False)
