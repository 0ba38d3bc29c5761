"""What figures of opinion similarity share: picking a model and a prompting, looks and titles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, shorten, unknown_name
from disca_nb.kernels._types import FloatArray
from disca_nb.plots._look import ROLES, Role
from disca_nb.plots._single import made_up

__all__ = [
    "MODEL",
    "OTHERS",
    "UNIFORM",
    "interval",
    "is_synthetic",
    "level_of",
    "measure_of",
    "mode_of",
    "others_of",
    "pick",
    "spearman_of",
    "title_of",
    "values_of",
    "whose",
]

MODEL = Role(0, "o", "model")
UNIFORM = Role(None, "|", "uniform responder")
OTHERS = ROLES["mis_leave_one_out"]

_USUAL = "default"
_LEVEL = 0.95
_MEASURES: Mapping[str, str] = {
    "jensen-shannon": "1 − Jensen–Shannon distance",
    "total-variation": "1 − total variation",
    "hellinger": "1 − Hellinger distance",
    "earth-movers": "1 − earth mover's distance",
}


class _Spearman(NamedTuple):
    """A rank correlation and its interval, NaN where unknown."""

    value: float
    low: float
    high: float

    @property
    def text(self) -> str:
        """The figure in words."""
        return f"Spearman with the uniform responder {interval(*self, digits=2)}"


def pick(dataset: xr.Dataset, dim: str, label: str | None) -> xr.Dataset:
    """Return the dataset at one label of a dimension.

    Parameters
    ----------
    dataset : xarray.Dataset
        Any dataset.
    dim : str
        ``"model"``, ``"prompting"`` or another dimension that a figure has no room for.
    label : str, optional
        Which; the only one, or of several promptings ``"default"``.

    Raises
    ------
    InputError
        Of several labels without a choice.
    UnknownNameError
        For a label that is not there.
    """
    if dim not in dataset.dims:
        known = [str(dataset[dim].values)] if dim in dataset.coords else []
        if label is not None and label not in known:
            raise unknown_name(dim, label, known)
        return dataset
    names = [str(name) for name in dataset[dim].values]
    if not names:
        raise InputError(f"The selection holds no {dim}; select at least one.")
    if label is None and len(names) > 1 and _USUAL not in names:
        raise InputError(
            f"The dataset is of several {dim}s ({shorten(names)}); name one with {dim}=…."
        )
    chosen = (names[0] if len(names) == 1 else _USUAL) if label is None else label
    if chosen not in names:
        raise unknown_name(dim, chosen, names)
    return dataset.isel({dim: names.index(chosen)})


def whose(one: xr.Dataset) -> str:
    """Return the model, and whether it or the survey is made up."""
    name = str(one["model"].values) if "model" in one.coords else "model"
    mark = made_up(one)
    if not mark and is_synthetic(one):
        return f"{name}, synthetic data"
    return name + mark


def title_of(one: xr.Dataset) -> str:
    """Return the model and how it was asked, as the first line of a title."""
    if "prompting" not in one.coords or one["prompting"].ndim:
        return whose(one)
    label = str(one["prompting"].values)
    return f"{whose(one)}, {'default prompting' if label == _USUAL else f'asked {label}'}"


def is_synthetic(dataset: xr.Dataset) -> bool:
    """Return whether a dataset says of itself that it is synthetic."""
    # What was read from a file is a number of NumPy's.
    return bool(np.asarray(dataset.attrs.get("synthetic", 0)).astype(bool).item())


def mode_of(one: xr.Dataset) -> str:
    """Return which questions the comparison rests on, in words."""
    mode = str(one.attrs.get("mode", "all"))
    number = f" {int(one.attrs['n_common'])}" if "n_common" in one.attrs else ""
    texts = {
        "all": "every question that the country answered",
        "common": f"the{number} questions that every country answered",
        "paired": f"questions shared with {one.attrs.get('reference', 'the reference')}",
        "fixed_effects": "additive fit of countries and questions",
    }
    return f"mode {mode}: {texts[mode]}" if mode in texts else f"mode {mode}"


def measure_of(one: xr.Dataset) -> str:
    """Return what a similarity is, with its base."""
    measure = str(one.attrs.get("measure", "jensen-shannon"))
    text = _MEASURES.get(measure, f"1 − {measure}")
    based = measure == "jensen-shannon" and "base" in one.attrs
    return f"{text}, base {float(one.attrs['base']):g}" if based else text


def level_of(one: xr.Dataset) -> str:
    """Return the level of the intervals."""
    return f"{100.0 * float(one.attrs.get('level', _LEVEL)):g} %"


def spearman_of(one: xr.Dataset) -> _Spearman | None:
    """Return the rank correlation with the uniform responder; None where it is not known."""
    if "spearman_uniform" not in one:
        return None
    names = ("spearman_uniform", "spearman_low", "spearman_high")
    value, low, high = (float(one[name].item()) if name in one else np.nan for name in names)
    return _Spearman(value, low, high) if np.isfinite(value) else None


def interval(value: float, low: float, high: float, digits: int = 3) -> str:
    """Return a number with its interval.

    Examples
    --------
    >>> interval(0.5, 0.4, 0.6), interval(-0.25, float("nan"), float("nan"), digits=2)
    ('0.500 [0.400, 0.600]', '−0.25')
    """
    ends = f" [{low:.{digits}f}, {high:.{digits}f}]" if np.isfinite([low, high]).all() else ""
    return f"{value:.{digits}f}{ends}".replace("-", "−")


def others_of(one: xr.Dataset) -> FloatArray:
    """Return what the other countries' mean scores, NaN where it has fewer questions to go on.

    On a question that no other country was asked there is no such mean, and two scores on other
    questions are not compared.
    """
    values = values_of(one, "similarity_others", "country")
    own, others = (
        values_of(one, name, "country") for name in ("n_questions", "n_questions_others")
    )
    return np.where(others < own, np.nan, values)


def values_of(one: xr.Dataset, name: str, dim: str) -> FloatArray:
    """Return a variable by label of a dimension, NaN throughout where the dataset lacks it."""
    if name not in one:
        return np.full(one.sizes[dim], np.nan)
    values, _ = xr.broadcast(one[name], one[dim])
    return values.transpose(dim).values.astype(np.float64)
