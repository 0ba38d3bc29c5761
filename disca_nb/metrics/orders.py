"""How the published moving average depends on the order of the scenarios."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb import kernels
from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.parameters import check_seed
from disca_nb.metrics._cells import (
    BLOCK_BYTES,
    Cells,
    check_single,
    flatten,
    labelled,
    preferences_of,
    prepare,
    with_scores,
)
from disca_nb.metrics.human import Utilitarianism
from disca_nb.steering.gaps import CategoryTemperature
from disca_nb.steering.keys import cell_keys
from disca_nb.variables import annotate

__all__ = ["scenario_orders"]

# Arrays as large as a block of orders times cells that are alive at once, at most.
_ARRAYS = 9


def scenario_orders(
    dataset: xr.Dataset,
    n_orders: int = 100,
    seed: int = 0,
    targets: xr.Dataset | None = None,
    *,
    method: str = "quadrature",
    tol: float = 1e-6,
    utilitarianism: Utilitarianism = "pooled",
    category_temperature: CategoryTemperature = "stored",
    decision_temperature: float = 0.5,
    **parameters: object,
) -> xr.Dataset:
    """Score ``"released+ema"`` with the scenarios of each country in random orders.

    The moving average of that variant, which produced the published figures, runs over the
    scenarios in the order in which they stand. Gaps before it are the same in every order.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps that `disca_nb.steer` takes. Chunked ones are computed.
    n_orders : int
        How many random orders.
    seed : int
        Seed of the orders, and of random passes. An order is keyed by country, scenario and its
        number: which other scenarios there are does not change which of two comes first.
    targets, utilitarianism
        As for `disca_nb.alignment`.
    method, tol, category_temperature, decision_temperature, **parameters
        As for `disca_nb.steer`.

    Returns
    -------
    xarray.Dataset
        ``mis`` and ``preference`` over the dimension ``order_draw``. Label 0 is the order of the
        dataset, which starts from the average that is stored with it, where one is
        (``initial_average``, ``initial_step``); the random orders 1, 2, ... start as a live run
        does, at an average of 0 and step 0, since what was stored was gathered in the first order
        alone. Beside them human preferences and floors.

    Raises
    ------
    InputError
        For a number of orders below 1, or gaps that `disca_nb.steer` or `disca_nb.alignment`
        would refuse.
    ParameterError, UnknownNameError
        As `disca_nb.steer`.

    References
    ----------
    The released code of arXiv 2605.10843.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> scores = scenario_orders(demo_panel(["JPN"]), n_orders=3)
    >>> scores.mis.dims, scores.order_draw.values.tolist()
    (('country', 'model', 'order_draw'), [0, 1, 2, 3])
    """
    whole = isinstance(n_orders, int | np.integer) and not isinstance(n_orders, bool)
    if not whole or n_orders < 1:
        raise InputError(f"n_orders is {n_orders!r}; give a whole number from 1 up.")
    check_single(parameters)
    steering = {
        "variant": "released+ema",
        "method": method,
        "tol": tol,
        "seed": check_seed(seed),
        "category_temperature": category_temperature,
        "decision_temperature": decision_temperature,
        **parameters,
    }
    gaps, beside = prepare(dataset, targets, utilitarianism, **steering)
    cells = flatten(gaps, beside)
    found = [preferences_of(cells, cells.final[None], decision_temperature)]
    found += [
        preferences_of(cells, final, decision_temperature)
        for final in _reordered(cells, _scenario_keys(gaps, cells), int(n_orders), seed)
    ]
    labels = np.arange(int(n_orders) + 1)
    preference = labelled(np.concatenate(found), {"order_draw": labels}, cells, gaps)
    attrs = {**gaps.attrs, **beside.attrs, "order_seed": int(seed)}
    return annotate(with_scores(preference, beside).assign_attrs(attrs))


def _scenario_keys(gaps: xr.Dataset, cells: Cells) -> npt.NDArray[np.uint64]:
    """Return keys of country and scenario, shape (L, T), whatever the model."""
    labels = xr.Dataset(coords={name: gaps[name].variable for name in ("country", "scenario")})
    like = xr.Dataset(coords={name: gaps[name].variable for name in (*cells.leads, "scenario")})
    keys = cell_keys(labels).broadcast_like(like).transpose(*cells.leads, "scenario")
    return np.asarray(keys.values, np.uint64).reshape(-1, gaps.sizes["scenario"])


def _reordered(
    cells: Cells, keys: npt.NDArray[np.uint64], n_orders: int, seed: int
) -> Iterator[FloatArray]:
    """Yield final gaps (B, n) in the order of the dataset, averaged in random orders."""
    micro = cells.micro.reshape(keys.shape)
    size = max(1, BLOCK_BYTES // (8 * _ARRAYS * max(micro.size, 1)))
    for first in range(1, n_orders + 1, size):
        draws = range(first, min(first + size, n_orders + 1))
        order = np.stack([_order(keys, draw, seed) for draw in draws])
        shuffled = np.take_along_axis(np.broadcast_to(micro, order.shape), order, axis=-1)
        final = np.empty_like(shuffled)
        np.put_along_axis(final, order, kernels.moving_average(shuffled).final, axis=-1)
        yield final.reshape(len(order), -1)


def _order(keys: npt.NDArray[np.uint64], draw: int, seed: int) -> npt.NDArray[np.int64]:
    """Return a random order of the scenarios for every row of ``keys``."""
    number = np.asarray(kernels.label_key(f"order={draw} seed={seed}"))
    return np.argsort(kernels.mix_keys(keys, number), axis=-1, kind="stable")
