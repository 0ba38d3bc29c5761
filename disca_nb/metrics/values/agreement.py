"""How far a judge's verdicts agree with labels."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from disca_nb.errors import InputError, shorten, unknown_name
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics.opinions.joint import ends, question_counts
from disca_nb.variables import annotate

__all__ = ["judge_agreement"]

Verdicts: TypeAlias = xr.DataArray | Mapping[Any, str | None]

_CATEGORIES = ("supports", "opposes", "neutral", "UNCERTAIN")


def judge_agreement(
    verdicts: Verdicts,
    labels: Verdicts,
    *,
    topics: Verdicts | None = None,
    categories: Sequence[str] = _CATEGORIES,
    n_boot: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> xr.Dataset:
    """Return Cohen's κ of a judge's verdicts and labels.

    κ = (p_o - p_e) / (1 - p_e), with p_o the share of verdicts that equal their label and p_e the
    share that would by chance, from how often each category occurs in both. Having taken no side
    is a category of its own. Verdicts and labels are matched by key.

    Parameters
    ----------
    verdicts, labels : xarray.DataArray or mapping
        Category by key. Arrays have labels on every dimension, such as ``judge_verdict`` of
        `disca_nb.ask_values` over model and wording; their keys are those of all dimensions of
        more than one label. A verdict "" is one off the format; it is counted apart, in neither
        κ nor agreement. A label "", None or NaN is none.
    topics : xarray.DataArray or mapping, optional
        Topic by key, or by the label of the last dimension, to resample whole topics. By default
        the coordinate ``topic_name`` of `verdicts`; without one, answers are resampled.
    categories : sequence of str
        What verdicts and labels may say, in any case.
    n_boot, seed, level
        Draws, their seed, and the coverage of the interval.

    Returns
    -------
    xarray.Dataset
        ``kappa`` (NaN where both always say the same one category) with ``kappa_low`` and
        ``kappa_high`` (NaN with fewer than six topics or answers to resample), ``agreement``
        (p_o), ``n`` (answers with verdict and label), ``unread_share`` (of answers with a label,
        those whose verdict was off the format). ``attrs`` has ``n_unmatched_verdicts`` and
        ``n_unmatched_labels``, and ``resampled``: topics or answers.

    Raises
    ------
    InputError
        When no label has a verdict, or topics lack an answer's.
    UnknownNameError
        For a category that is not known.
    ParameterError
        For an option outside its range.

    References
    ----------
    Cohen 1960, https://doi.org/10.1177/001316446002000104

    Examples
    --------
    >>> verdicts = {"a": "supports", "b": "opposes", "c": "UNCERTAIN", "d": "supports"}
    >>> labels = {"d": "opposes", "c": "uncertain", "b": "opposes", "a": "supports", "e": "opposes"}
    >>> result = judge_agreement(verdicts, labels, n_boot=99)
    >>> round(result.kappa.item(), 4), result.agreement.item(), result.n.item()
    (0.6364, 0.75, 4)
    """
    said, meant = _by_key(verdicts, "verdict"), _by_key(labels, "label")
    meant = {key: label for key, label in meant.items() if label}
    shared = sorted(said.keys() & meant.keys(), key=str)
    if not shared:
        raise InputError(
            f"No label has a verdict: labels are of {shorten(meant)} and verdicts of "
            f"{shorten(said)}; give both the same keys."
        )
    read = [key for key in shared if said[key]]
    pairs = np.array(
        [(_place(said[key], categories), _place(meant[key], categories)) for key in read],
        dtype=np.int64,
    ).reshape(-1, 2)
    clusters, kind = _clusters(read, verdicts, topics)
    k = len(categories)
    table = np.zeros((max(clusters, default=-1) + 1, k * k))
    np.add.at(table, (clusters, pairs[:, 0] * k + pairs[:, 1]), 1.0)
    counts = question_counts(len(table), n_boot=n_boot, seed=seed, level=level)
    draws = np.einsum("dc,ck->dk", counts.astype(float), table, optimize=False)
    kappa, agreement = _kappa(draws.reshape(-1, k, k))
    low, high = ends(kappa, np.asarray(len(table)), level=level)
    return _labelled(
        {
            "kappa": kappa[0],
            "kappa_low": low,
            "kappa_high": high,
            "agreement": agreement[0],
            "n": len(read),
            "unread_share": 1.0 - len(read) / len(shared),
        },
        {
            "n_unmatched_verdicts": len(said) - len(shared),
            "n_unmatched_labels": len(meant) - len(shared),
            "resampled": kind,
            "n_boot": n_boot,
            "seed": seed,
            "level": level,
        },
    )


def _by_key(given: Verdicts, what: str) -> dict[Hashable, str]:
    """Return texts by key, the missing ones as empty text."""
    if isinstance(given, xr.DataArray):
        for dim in given.dims:
            if dim not in given.coords:
                raise InputError(f"The {what}s have no labels on {dim!r}; add assign_coords.")
        wide = [dim for dim in sorted(given.dims, key=str) if given.sizes[dim] > 1]
        chosen = wide or list(given.dims)[-1:]
        flat = given.squeeze([dim for dim in given.dims if dim not in chosen])
        series = flat.transpose(*chosen).to_series()
        if not series.index.is_unique:
            raise InputError(f"The {what}s have a key twice; keep one of each.")
        items = zip(series.index.tolist(), series.tolist(), strict=True)
    else:
        items = zip(given.keys(), given.values(), strict=True)
    return {key: "" if pd.isna(text) else str(text).strip() for key, text in items}


def _place(text: str, categories: Sequence[str]) -> int:
    """Return the place of a category, whatever its case."""
    folded = [str(name).casefold() for name in categories]
    if text.casefold() not in folded:
        raise unknown_name("category", text, categories)
    return folded.index(text.casefold())


def _clusters(
    keys: Sequence[Hashable], verdicts: Verdicts, topics: Verdicts | None
) -> tuple[npt.NDArray[np.int64], str]:
    """Return what each answer is resampled with, and what that is."""
    if topics is None and isinstance(verdicts, xr.DataArray) and "topic_name" in verdicts.coords:
        topics = verdicts["topic_name"]
    if topics is None:
        return np.arange(len(keys)), "answers"
    by_key = _by_key(topics, "topic")
    names = []
    for key in keys:
        name = by_key.get(key) or by_key.get(key[-1] if isinstance(key, tuple) else key)
        if not name:
            raise InputError(f"The answer {key!r} has no topic; give one for each answer.")
        names.append(name)
    return np.unique(np.array(names, dtype=str), return_inverse=True)[1], "topics"


def _kappa(tables: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return κ and observed agreement of tables of counts, (draws, verdict, label)."""
    n = tables.sum(axis=(1, 2))
    shares = tables / np.where(n > 0.0, n, np.nan)[:, None, None]
    observed = np.trace(shares, axis1=1, axis2=2)
    expected = (shares.sum(axis=2) * shares.sum(axis=1)).sum(axis=1)
    # One less a sum of shares: no chance left where both always say the same.
    left = np.where(1.0 - expected > 1e-12, 1.0 - expected, np.nan)
    return (observed - expected) / left, observed


def _labelled(values: Mapping[str, object], attrs: Mapping[str, object]) -> xr.Dataset:
    """Return figures with their meaning."""
    result = xr.Dataset({name: ((), value) for name, value in values.items()})
    return annotate(result.assign_attrs(attrs))
