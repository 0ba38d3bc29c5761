"""Whether asking a model to hold a value moves it toward that value, and toward no other."""

from __future__ import annotations

import json
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.errors import InputError, ParameterError, unknown_name
from disca_nb.kernels import check_seed
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.opinions import average_ranks
from disca_nb.metrics.bootstrap import check_draws
from disca_nb.metrics.opinions.joint import ends, question_counts
from disca_nb.variables import annotate, validate

__all__ = ["steerability"]

_KEPT = ("name", "source", "notice", "synthetic", "manifest", "min_mass", "filters")
_FIGURES = ("value_shift", "selectivity", "value_rank", "compat_rank")
_NONE = "none"


class _Panel(NamedTuple):
    """Answers by label: portraits that can be scored, in the order of their labels."""

    agree: FloatArray  # (models, 1 + conditions, portraits), without a condition first
    conditions: list[str]
    target: npt.NDArray[np.int64]  # (portraits,), place of the condition of the portrait's value
    left_out: list[str]


def steerability(
    steered: xr.Dataset,
    *,
    n_permutations: int = 2000,
    n_boot: int = 2000,
    seed: int = 0,
    level: float = 0.95,
    permute: Literal["value", "portrait"] = "value",
) -> xr.Dataset:
    """Return how far, and how selectively, a model follows a value that it is asked to hold.

    The shift of a condition on a portrait is p(agree | condition) - p(agree | none). For a
    portrait of value t its shift is that of condition t; its selectivity is that shift less the
    mean shift of the other conditions on the same portrait; its rank is that of condition t among
    the shifts of all conditions, 1 the largest, ties sharing their mean rank. Figures are means
    over portraits, of each value and of all. Selectivity takes off what any condition does to a
    portrait, but not what one condition does to all portraits: a condition after which the model
    agrees with everything looks selective for its own portraits, and hardly for all together.

    The published rank sorts all conditions, without a condition among them, by how far they lower
    the probability of the answer that is likeliest without a condition, from 0, the smallest drop.
    Its chance value is (number of conditions - 1) / 2: 5.5 for the eleven values and none of the
    published study. It says little of the direction of a shift: where the model disagrees without
    a condition, the best steering has the largest drop.

    Parameters
    ----------
    steered : xarray.Dataset
        What `disca_nb.ask_portraits` returned: ``agree_prob`` (model, condition, portrait) with
        the condition "none", at least two others, and ``portrait_value`` (portrait).
    n_permutations : int
        Deals of the labels of conditions.
    n_boot, seed, level
        Draws of portraits, the seed of draws and deals, and the coverage of the intervals.
    permute : {"value", "portrait"}
        Permute the labels of conditions, alike in all portraits of a value, or deal them in each
        portrait by itself. The second takes two portraits of a value for independent witnesses:
        where what a condition does is alike in both, but has nothing to do with the value, it
        finds an effect too often (in a simulation at .05, in 12 of 100 cases instead of 5). With
        the first no single value has a p value below 1 / (number of conditions) but by chance.

    Returns
    -------
    xarray.Dataset
        By model and condition (the values that there are portraits of, then "all"):
        ``value_shift``, ``selectivity`` and ``value_rank``, means over portraits; ``chance_rank``
        and ``rank_p_value``, the probability of a mean rank at most this low when labels are
        dealt by chance, (1 + deals as low) / (1 + deals); ``compat_rank``; ``n_portraits``.
        ``value_shift_low``/``_high`` and ``selectivity_low``/``_high`` stand where there are at
        least six portraits, so that the usual two of a value give an interval for "all" alone:
        it is of portraits like these, not of other values. A portrait counts where the model
        answered it under every condition; ``attrs`` has ``chance_compat_rank``,
        ``n_conditions``, and the portraits ``left_out`` as there is no condition of their value.

    Raises
    ------
    InputError
        When there is no condition "none", fewer than two others, no portrait whose value is a
        condition, or a value named "all".
    ParameterError
        For an option outside its range.

    References
    ----------
    Moore et al. 2024, https://arxiv.org/abs/2407.02996; Phipson and Smyth 2010,
    https://doi.org/10.2202/1544-6115.1585, for the p value.

    Examples
    --------
    >>> steered = xr.Dataset(
    ...     {"agree_prob": (("model", "condition", "portrait"), [[[0.5, 0.4], [0.9, 0.4],
    ...                                                           [0.6, 0.8]]])},
    ...     {"model": ["m"], "condition": ["none", "power", "security"], "portrait": ["1", "2"],
    ...      "portrait_value": ("portrait", ["power", "security"])},
    ... )
    >>> result = steerability(steered, n_permutations=99, n_boot=99)
    >>> result.selectivity.values.round(2)
    array([[0.3 , 0.4 , 0.35]])
    """
    check_draws("n_permutations", n_permutations)
    if permute not in {"portrait", "value"}:
        raise ParameterError(f"permute is {permute!r}; it must be 'portrait' or 'value'.")
    panel = _panel(steered)
    values = [panel.conditions[place] for place in np.unique(panel.target)]
    rows = np.stack([panel.target == panel.conditions.index(value) for value in values])
    rows = np.concatenate([rows, np.ones((1, rows.shape[1]), dtype=bool)])
    counts = question_counts(len(panel.target), n_boot=n_boot, seed=seed, level=level)
    dealt = _deals(panel, n_permutations, seed, alike=permute == "value")
    parts = [_of_model(agree, panel, rows, counts, dealt, level) for agree in panel.agree]
    variables = {name: np.stack([part[name] for part in parts]) for name in parts[0]}
    result = xr.Dataset(
        {name: (("model", "condition"), array) for name, array in variables.items()},
        {"model": steered["model"].values, "condition": [*values, "all"]},
    )
    result["chance_rank"] = (len(panel.conditions) + 1) / 2.0
    attrs = {
        "n_permutations": n_permutations,
        "permute": permute,
        "n_boot": n_boot,
        "seed": seed,
        "level": level,
        "n_conditions": len(panel.conditions),
        "chance_compat_rank": len(panel.conditions) / 2.0,
        "left_out": json.dumps(panel.left_out, ensure_ascii=False),
    }
    kept = {key: value for key, value in steered.attrs.items() if key in _KEPT}
    return annotate(result.assign_attrs(kept | attrs))


def _panel(steered: xr.Dataset) -> _Panel:
    """Return the answers in the order of labels, or say what is missing."""
    validate(steered, "agree_prob", "portrait_value", "model", "condition", "portrait")
    named = [str(name) for name in steered["condition"].values]
    if _NONE not in named:
        raise unknown_name("condition", _NONE, named)
    conditions = sorted(set(named) - {_NONE})
    if len(conditions) < 2:
        raise InputError(
            f"There is {len(conditions)} condition beside 'none'; a shift is compared with those "
            "of at least one other."
        )
    if "all" in conditions:
        raise InputError("A condition is named 'all', as the row of all values is; rename it.")
    ordered = steered.sortby("portrait").sel(condition=[_NONE, *conditions])
    meant = [str(value) for value in ordered["portrait_value"].values]
    known = [value in conditions for value in meant]
    if not any(known):
        raise unknown_name("value of portraits", meant[0] if meant else "", conditions)
    target = np.array([conditions.index(value) for value in meant if value in conditions])
    agree = ordered["agree_prob"].transpose("model", "condition", "portrait").to_numpy()
    names = ordered["portrait"].values.tolist()
    left_out = [str(name) for name, has in zip(names, known, strict=True) if not has]
    return _Panel(agree[:, :, known].astype(float), conditions, target, left_out)


def _deals(panel: _Panel, n: int, seed: int, *, alike: bool) -> npt.NDArray[np.int64]:
    """Return the condition that each portrait's own label falls on by chance, (n, portraits)."""
    # A key of its own: the draws of portraits take the seed as it is.
    key = np.array([check_seed(seed), 1], dtype=np.uint64)
    generator = np.random.Generator(np.random.Philox(key=key))
    n_conditions = len(panel.conditions)
    if not alike:
        return generator.integers(0, n_conditions, size=(n, len(panel.target)))
    of_value = generator.permuted(np.tile(np.arange(n_conditions), (n, 1)), axis=1)
    return np.asarray(of_value[:, panel.target])


def _of_model(
    agree: FloatArray,
    panel: _Panel,
    rows: npt.NDArray[np.bool_],
    counts: npt.NDArray[np.int64],
    dealt: npt.NDArray[np.int64],
    level: float,
) -> dict[str, FloatArray]:
    """Return the figures of one model by row."""
    known = ~np.isnan(agree).any(axis=0)
    shifts = np.where(known, agree[1:] - agree[0], np.nan)
    at = np.arange(len(panel.target))
    own = shifts[panel.target, at]
    others = (shifts.sum(axis=0) - own) / (len(shifts) - 1)
    ranks = average_ranks(shifts, axis=0)
    ranks = np.where(known, ranks, np.nan)
    drops = np.where(agree[0] >= 0.5, agree[0] - agree, agree - agree[0])
    places = average_ranks(np.where(known, -drops, np.nan), axis=0)[panel.target + 1, at] - 1.0
    figures = np.stack(
        [own, own - others, ranks[panel.target, at], np.where(known, places, np.nan)]
    )
    weights = (rows & known).astype(float)
    means = _means(figures, weights, counts)
    result = {name: means[i, 0] for i, name in enumerate(_FIGURES)}
    sizes = weights.sum(axis=1).astype(np.int64)
    for i, name in enumerate(_FIGURES[:2]):
        result[f"{name}_low"], result[f"{name}_high"] = ends(means[i], sizes, level=level)
    by_chance = _means(ranks[dealt, at], weights, counts[:1])[:, 0]
    result["rank_p_value"] = _p_values(result["value_rank"], by_chance)
    result["n_portraits"] = sizes
    return result


def _means(figures: FloatArray, weights: FloatArray, counts: npt.NDArray[np.int64]) -> FloatArray:
    """Return means over the portraits of each row in each draw, (figures, draws, rows)."""
    filled = np.where(np.isnan(figures), 0.0, figures)
    size = np.einsum("dp,rp->dr", counts.astype(float), weights, optimize=False)
    total = np.einsum("fp,dp,rp->fdr", filled, counts.astype(float), weights, optimize=False)
    return np.asarray(total / np.where(size > 0.0, size, np.nan))


def _p_values(observed: FloatArray, by_chance: FloatArray) -> FloatArray:
    """Return the share of deals as low as observed, itself among them; NaN without a rank."""
    # Means of the same ranks in another order may differ in their last digits.
    as_low = (by_chance <= observed + 1e-9).sum(axis=0)
    share = (1.0 + as_low) / (1.0 + len(by_chance))
    return np.where(np.isnan(observed), np.nan, share)
