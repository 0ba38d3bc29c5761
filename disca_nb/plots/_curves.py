"""Scores along one hyper-parameter of a grid, at every setting of the others."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, unknown_name
from disca_nb.kernels import PARAMETERS
from disca_nb.kernels._types import FloatArray
from disca_nb.plots._look import LINES, ROLES
from disca_nb.plots._single import heading, single
from disca_nb.steering.settings import DECISION_TEMPERATURE
from disca_nb.variables import GRID_SUFFIX, validate

__all__ = ["FLOORS", "Curves", "curves", "named", "symbol"]

FLOORS: Mapping[str, tuple[str, Any]] = {
    "mis_coin_flip": (ROLES["mis_coin_flip"].label, LINES["mis_coin_flip"]),
    "mis_vanilla": (ROLES["vanilla"].label, (0, (6, 2, 1, 2, 1, 2))),
    "mis_leave_one_out": (ROLES["mis_leave_one_out"].label, LINES["mis_leave_one_out"]),
    "noise_ceiling": (ROLES["noise_ceiling"].label, LINES["noise_ceiling"]),
}
"""Name and line of what stands beside every score."""


class Curves(NamedTuple):
    """Scores (n, m) at n values of one parameter and m settings of the others.

    ``x`` are the values, or their places in a row where they are no numbers, and ``default`` the
    place of the parameter's default among them, if it is there. ``usual`` is the number of the
    setting in which all others have their defaults, if there is one.
    """

    name: str
    scores: FloatArray
    x: FloatArray
    texts: list[str]
    numeric: bool
    default: float | None
    others: list[str]
    usual: int | None
    floors: dict[str, float]
    countries: int
    left_out: list[str]
    title: list[str]

    @property
    def default_row(self) -> int | None:
        """Which value is the default, None where it is not among them."""
        found = [] if self.default is None else np.flatnonzero(self.x == self.default).tolist()
        return found[0] if found else None


def curves(grid: xr.Dataset, over: str | None) -> Curves:
    """Return the scores of one model along one parameter.

    Parameters
    ----------
    grid : xarray.Dataset
        What `disca_nb.sensitivity` returned.
    over : str, optional
        Dimension of the parameter, or its name; the first by default.

    Returns
    -------
    Curves
        Means over the countries that have a score at every setting.

    Raises
    ------
    InputError
        For a dataset without a grid, scores of several models, or no country with all scores.
    UnknownNameError
        For a dimension that is not there.
    """
    validate(grid, "mis", "country")
    one = single(grid, "model", "variant")
    one = one if "country" in one["mis"].dims else one.expand_dims("country")
    dims = [str(dim) for dim in one["mis"].dims if str(dim).endswith(GRID_SUFFIX)]
    if not dims:
        raise InputError("The scores have no grid; give what disca_nb.sensitivity returned.")
    dim = dims[0] if over is None else f"{str(over).removesuffix(GRID_SUFFIX)}{GRID_SUFFIX}"
    if dim not in dims:
        raise unknown_name("grid", over, dims)
    numeric = bool(one[dim].dtype.kind in "fiu" and np.isfinite(one[dim]).all())
    one = one.sortby(dim) if numeric else one
    whole = one["mis"].notnull().all(dims)
    if not whole.any():
        raise InputError("No country has a score at every setting; check the gaps and the grid.")
    others = [name for name in dims if name != dim]
    scores = one["mis"].isel(country=whole.values).mean("country").transpose(dim, *others)
    texts = {name: [_text(label) for label in one[name].values] for name in dims}
    names = list(itertools.product(*(texts[name] for name in others)))
    usual = tuple(_default(name) for name in others)
    floors = {
        name: float(one[name].isel(country=whole.values).mean("country", skipna=False))
        for name in FLOORS
        if name in one and one[name].dims == ("country",)
    }
    return Curves(
        name=dim.removesuffix(GRID_SUFFIX),
        scores=scores.values.reshape(len(texts[dim]), -1),
        x=np.array(one[dim] if numeric else range(one.sizes[dim]), dtype=np.float64),
        texts=texts[dim],
        numeric=numeric,
        default=_place(dim, texts[dim], numeric=numeric),
        others=[_joined(others, each) for each in names],
        usual=names.index(usual) if usual in names and _fixed_as_usual(one, dims) else None,
        floors={name: height for name, height in floors.items() if np.isfinite(height)},
        countries=int(whole.sum()),
        left_out=[str(name) for name in one["country"].values[~whole.values]],
        title=heading(one),
    )


def _text(label: object) -> str:
    """Return a value of a parameter as text."""
    return f"{label:g}" if isinstance(label, int | float | np.number) else str(label)


def _default(dim: str) -> str:
    """Return the default of a parameter as text."""
    name = dim.removesuffix(GRID_SUFFIX)
    own = {"decision_temperature": DECISION_TEMPERATURE, "category_temperature": "stored"}
    value = PARAMETERS[name].default if name in PARAMETERS else own.get(name, "")
    return "none" if value is None else _text(value)


def _fixed_as_usual(one: xr.Dataset, dims: list[str]) -> bool:
    """Return whether all that the grid does not vary has its default."""
    varied = {dim.removesuffix(GRID_SUFFIX) for dim in dims}
    return all(
        _text(one.attrs[name]) == _default(name)
        for name in PARAMETERS
        if name in one.attrs and name not in varied
    )


def _place(dim: str, texts: list[str], *, numeric: bool) -> float | None:
    """Return where the default lies on the axis, None outside of what is drawn."""
    default = _default(dim)
    if default in texts and not numeric:
        return float(texts.index(default))
    if not numeric or default in {"", "none", "adaptive"}:
        return None
    values = [float(text) for text in texts]
    return float(default) if min(values) <= float(default) <= max(values) else None


def symbol(name: str) -> str:
    """Return a parameter's symbol, or its name in words."""
    return PARAMETERS[name].symbol if name in PARAMETERS else name.replace("_", " ")


def named(name: str) -> str:
    """Return a parameter's symbol with its name."""
    return f"{symbol(name)} ({name})" if name in PARAMETERS else symbol(name)


def _joined(dims: list[str], texts: tuple[str, ...]) -> str:
    """Return a setting of several parameters in words."""
    pairs = zip(dims, texts, strict=True)
    return ", ".join(f"{symbol(dim.removesuffix(GRID_SUFFIX))} {text}" for dim, text in pairs)
