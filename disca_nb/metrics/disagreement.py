"""The premise of the method: where personas disagree more, there is more to correct."""

from __future__ import annotations

from functools import partial

import numpy as np
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics._blocks import blocks, with_interval
from disca_nb.metrics._sums import over
from disca_nb.metrics.bootstrap import resamples
from disca_nb.metrics.decisions import preferences, scored
from disca_nb.metrics.human import Utilitarianism, select_targets
from disca_nb.steering.steer import decide
from disca_nb.variables import annotate, validate

__all__ = ["disagreement_check"]

# How many draws are taken at once, which bounds the memory and changes nothing else.
_AT_ONCE = 64


def disagreement_check(
    steered: xr.Dataset,
    targets: xr.Dataset | None = None,
    *,
    utilitarianism: Utilitarianism = "pooled",
    n_boot: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> xr.Dataset:
    """Correlate the personas' spread with correction, reliability and improvement, over cells.

    The spread is the standard deviation (ddof 1) of the personas' gaps as they stand in the
    dataset, divided by category temperatures where they are; the correction is that after the
    gate. The improvement of a cell is by how much steering moves it closer to the country's human
    preference of the cell's attribute than the debiased base prompt is, the method's own starting
    point: |p_debiased - human| - |p_spare - human|. The final gap of blends holds the consensus
    as well as the correction, and so does their improvement.

    Parameters
    ----------
    steered : xarray.Dataset
        What `disca_nb.steer` returned for a variant that makes passes.
    targets : xarray.Dataset, optional
        Human preferences as `disca_nb.alignment` takes them.
    utilitarianism : {"pooled", "matched"}
        As for `disca_nb.alignment`.
    n_boot : int
        Number of bootstrap draws, of whole countries with all their cells.
    seed : int
        Seed of the draws.
    level : float
        Coverage of the percentile intervals.

    Returns
    -------
    xarray.Dataset
        By model ``spread_vs_correction``, ``spread_vs_reliability`` and
        ``spread_vs_improvement``: Spearman correlations over the cells of all countries together,
        ties averaged, each with ``NAME_low`` and ``NAME_high``; and ``n_cells``. Cells without
        status 1, and those where one of the two is NaN, are left out. Where one of the two is the
        same in all cells the correlation is NaN, and so is the interval of a single country.

    Raises
    ------
    InputError
        When a variable is missing, there is one persona alone, or the spread is the same in
        every cell, as of personas that are equal (which is not computed of chunked gaps).
    ParameterError
        For ``n_boot``, ``seed`` or ``level`` outside their ranges.

    References
    ----------
    arXiv 2605.10843.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.steering import steer
    >>> steered = steer(demo_panel(["JPN", "USA"]), method="quadrature")
    >>> bool(disagreement_check(steered, n_boot=200).spread_vs_reliability < 0.0)
    True
    """
    needed = ("persona_gap", "base_gap", "correction", "reliability", "p_spare", "country")
    validate(steered, *needed, "category", "preferred_on_right")
    steered = steered if "country" in steered.dims else steered.expand_dims("country")
    steered = steered.sortby("country")
    spread = _spread(steered).where(scored(steered))
    others = {
        "correction": abs(steered["correction"]),
        "reliability": steered["reliability"],
        "improvement": _improvement(steered, _human(steered, targets, utilitarianism)),
    }
    n = steered.sizes["country"]
    counts = np.vstack([np.ones(n), resamples(n, n_boot=n_boot, seed=seed)])
    correlate = partial(_rank_correlations, counts=counts)
    dims, sizes = ("country", "scenario"), {"draw": len(counts)}
    result: dict[str, xr.DataArray] = {}
    for name, other in others.items():
        draws = blocks(correlate, spread, other, dims=dims, sizes=sizes)
        result |= with_interval(f"spread_vs_{name}", draws, level=level, several=n > 1)
    attrs = {**steered.attrs, "n_boot": n_boot, "bootstrap_seed": seed, "level": level}
    attrs |= {"reference": "debiased", "utilitarianism": utilitarianism}
    n_cells = (spread.notnull() & others["improvement"].notnull()).sum(dims)
    return annotate(xr.Dataset(result).assign(n_cells=n_cells).assign_attrs(attrs))


def _spread(steered: xr.Dataset) -> xr.DataArray:
    """Return the standard deviation of the personas' gaps."""
    personas = steered["persona_gap"]
    if personas.sizes["persona"] < 2:
        only = str(personas["persona"].values[0])
        raise InputError(
            f"The only persona is {only!r}; a spread needs at least two: elicit more of them."
        )
    spread = over(_deviation, personas, dim="persona")
    if spread.chunks is None and bool(spread.notnull().any()) and spread.min() == spread.max():
        raise InputError(
            f"The personas' spread is {spread.max():g} in every cell; ranks need one that varies: "
            "check that the personas' gaps are not the same."
        )
    return spread


def _deviation(values: FloatArray) -> FloatArray:
    """Return the standard deviation over the last axis: of equal numbers 0 to the bit."""
    equal = values.max(axis=-1) == values.min(axis=-1)
    return np.where(equal, 0.0, values.std(axis=-1, ddof=1))


def _human(
    steered: xr.Dataset, targets: xr.Dataset | None, utilitarianism: Utilitarianism
) -> xr.DataArray:
    """Return the human preference of every cell's country and attribute."""
    names = [str(name) for name in preferences(steered)["attribute"].values]
    chosen = select_targets(steered, targets, attributes=names, utilitarianism=utilitarianism)
    category = steered["category"].reset_coords(drop=True)
    human = xr.full_like(category, np.nan, dtype=np.float64)
    for name in names:
        one = chosen["human_preference"].sel(attribute=name, drop=True)
        human = human.where(category != name, one)
    return human


def _improvement(steered: xr.Dataset, human: xr.DataArray) -> xr.DataArray:
    """Return by how much closer to the humans each cell is than without steering."""
    temperature = float(steered.attrs.get("decision_temperature", 0.5))
    base = steered[["base_gap", "preferred_on_right"]].rename(base_gap="final_gap")
    before = decide(base, decision_temperature=temperature)["p_spare"]
    return abs(before - human) - abs(steered["p_spare"] - human)


def _rank_correlations(one: FloatArray, other: FloatArray, counts: FloatArray) -> FloatArray:
    """Return Spearman's correlation over the cells of each resample of the countries.

    A rank in a resample is a sum over countries of ranks among that country's cells, so each sum
    of products of ranks is a cubic form in how often the countries are drawn. Ranks are doubled
    to be whole numbers: below 130,000 cells nothing rounds, and no order of adding matters.
    """
    known = ~np.isnan(one + other)
    sizes = known.sum(axis=1).astype(np.float64)
    ranks = [_ranks_by_country(values, known) for values in (one, other)]
    forms = [_cubic_form(*pair) for pair in ((ranks[0],) * 2, (ranks[1],) * 2, ranks)]
    parts = []
    for start in range(0, len(counts), _AT_ONCE):
        drawn = counts[start : start + _AT_ONCE]
        # Doubled ranks have the mean n: the sum of their squares about it.
        about = (drawn @ sizes) ** 3
        xx, yy, xy = (_apply(form, drawn) - about for form in forms)
        scale = np.sqrt(np.where((xx > 0.0) & (yy > 0.0), xx, np.nan)) * np.sqrt(np.abs(yy))
        parts.append(np.clip(xy / scale, -1.0, 1.0))
    return np.concatenate(parts)


def _ranks_by_country(
    values: FloatArray, known: np.ndarray[tuple[int, int], np.dtype[np.bool_]]
) -> list[FloatArray]:
    """Return for each country its cells' doubled ranks (cell, country) among every country's."""
    ordered = [np.sort(row[there]) for row, there in zip(values, known, strict=True)]
    result = []
    for row, there in zip(values, known, strict=True):
        cells = row[there]
        places = [
            np.searchsorted(among, cells, "left") + np.searchsorted(among, cells, "right")
            for among in ordered
        ]
        result.append(np.stack(places, axis=-1).astype(np.float64))
    return result


def _cubic_form(one: list[FloatArray], other: list[FloatArray]) -> FloatArray:
    """Return sums of products of ranks (country of the cell, country, country)."""
    return np.stack([left.T @ right for left, right in zip(one, other, strict=True)])


def _apply(form: FloatArray, drawn: FloatArray) -> FloatArray:
    """Return the value of a cubic form at each draw."""
    n = drawn.shape[1]
    square = (drawn @ form.reshape(n, n * n)).reshape(-1, n, n)
    return np.asarray(((square @ drawn[..., None])[..., 0] * drawn).sum(axis=1))
