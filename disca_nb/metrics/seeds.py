"""How much a score moves with the seed of the Monte-Carlo passes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics._sums import over, total
from disca_nb.metrics.human import Utilitarianism
from disca_nb.metrics.scores import alignment
from disca_nb.steering import steer
from disca_nb.variables import annotate

__all__ = ["across_seeds"]


def across_seeds(
    dataset: xr.Dataset,
    targets: xr.Dataset | None = None,
    *,
    variant: str = "paper",
    seeds: Iterable[int] = range(10),
    utilitarianism: Utilitarianism = "pooled",
    **options: object,
) -> xr.Dataset:
    """Steer with several seeds and score each.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps that `disca_nb.steer` takes.
    targets : xarray.Dataset, optional
        Human preferences; the Moral Machine's by default.
    variant : str
        A variant that makes passes.
    seeds : iterable of int
        Seeds, at least two.
    utilitarianism : {"pooled", "matched"}
        As for `disca_nb.alignment`.
    **options
        Other options of `disca_nb.steer`.

    Returns
    -------
    xarray.Dataset
        ``mis`` (seed, country, …), and over countries ``macro_mis`` (seed) with
        ``macro_mis_sd``, its standard deviation (ddof 1) over the seeds.

    Raises
    ------
    InputError
        For fewer than two seeds; otherwise as `disca_nb.steer` and `disca_nb.alignment`.

    References
    ----------
    arXiv 2605.10843.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> spread = across_seeds(demo_panel(["JPN", "USA"]), seeds=[0, 1, 2])
    >>> bool(spread.macro_mis_sd < 0.01)
    True
    """
    numbers = list(dict.fromkeys(seeds))
    if len(numbers) < 2:
        raise InputError(f"There is {len(numbers)} seed; a spread needs at least 2.")
    parts = []
    for number in numbers:
        steered = steer(dataset, variant=variant, method="monte-carlo", seed=number, **options)  # type: ignore[arg-type]
        parts.append(alignment(steered, targets, utilitarianism=utilitarianism)["mis"])
    mis = xr.concat(parts, dim=pd.Index(numbers, name="seed"))
    macro = total(mis, "country") / mis.sizes["country"]
    spread = over(_deviation, macro, dim="seed")
    result = xr.Dataset({"mis": mis, "macro_mis": macro, "macro_mis_sd": spread})
    attrs = {key: value for key, value in steered.attrs.items() if key not in {"seed", "steering"}}
    return annotate(result.assign_attrs(attrs))


def _deviation(values: FloatArray) -> FloatArray:
    """Return standard deviations (ddof 1) over the last axis."""
    return np.asarray(values.std(axis=-1, ddof=1))
