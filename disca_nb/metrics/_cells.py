"""A dataset's gaps as flat arrays, for calls that steer the same cells many times."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb import kernels
from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray, KeyArray
from disca_nb.metrics._sums import total
from disca_nb.metrics.decisions import scored
from disca_nb.metrics.human import Utilitarianism
from disca_nb.metrics.scores import FLOORS, alignment
from disca_nb.steering.keys import cell_keys
from disca_nb.steering.steer import steer
from disca_nb.variables import annotate

__all__ = [
    "BLOCK_BYTES",
    "Cells",
    "blended",
    "check_single",
    "flatten",
    "labelled",
    "preferences_of",
    "prepare",
    "with_scores",
]

BLOCK_BYTES = 40_000_000
"""What the arrays of one block of settings may hold together."""
_NEEDED = (
    *("base_gap", "persona_gap", "consensus_gap", "vanilla_gap", "final_gap", "micro_gap"),
    *("recorded_correction", "recorded_ess", "initial_average", "initial_step"),
    *("status", "p_spare", "p_right", "recorded_vanilla_p_spare"),
    *("category", "preferred_on_right", "n_left", "n_right"),
)
_BESIDE = ("n_scenarios", "human_preference", "human_preference_se", *FLOORS)


class Cells(NamedTuple):
    """Gaps of n cells, scenarios fastest, and what each cell counts for.

    Attributes
    ----------
    base, consensus, micro, final : numpy.ndarray, shape (n,)
        Gaps in logits; NaN where the dataset has none.
    personas : numpy.ndarray, shape (n, N)
        Gaps of the personas.
    passes, ess : numpy.ndarray, shape (n, M)
        Logged passes, where they are asked for.
    keys : numpy.ndarray, shape (n,)
        Keys of the random numbers.
    sign : numpy.ndarray, shape (n,)
        1 where the side that counts is on the right, -1 elsewhere.
    code, lead_code : numpy.ndarray, shape (n,)
        Number of the country (and model) and attribute, and of the country (and model) alone; -1
        for a cell that is not scored.
    average, step : numpy.ndarray, shape (L,)
        State of the moving average before the first scenario.
    leads : dict
        Dimensions other than the scenario, and their sizes: L in all.
    attributes : list of str
        The attributes.
    """

    base: FloatArray
    consensus: FloatArray
    micro: FloatArray
    final: FloatArray
    personas: FloatArray
    passes: FloatArray
    ess: FloatArray
    keys: KeyArray
    sign: FloatArray
    code: npt.NDArray[np.int64]
    lead_code: npt.NDArray[np.int64]
    average: FloatArray
    step: FloatArray
    leads: dict[str, int]
    attributes: list[str]


def prepare(
    dataset: xr.Dataset,
    targets: xr.Dataset | None,
    utilitarianism: Utilitarianism,
    **steering: object,
) -> tuple[xr.Dataset, xr.Dataset]:
    """Steer once and score it, which checks everything; return gaps and what stands beside scores.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps that `disca_nb.steer` takes. Chunked ones are computed, as far as they are needed.
    targets, utilitarianism
        As for `disca_nb.alignment`.
    **steering
        Options of `disca_nb.steer`.

    Returns
    -------
    gaps : xarray.Dataset
        The steered dataset in memory, with a dimension ``country``.
    beside : xarray.Dataset
        Human preferences, floors and numbers of scenarios.
    """
    steered = steer(dataset, **steering)  # type: ignore[arg-type]
    steered = steered[[name for name in _NEEDED if name in steered]].compute()
    if "country" in steered.coords and "country" not in steered.dims:
        steered = steered.expand_dims("country")
    beside = alignment(steered, targets, utilitarianism=utilitarianism)
    names = [name for name in _BESIDE if name in beside]
    return steered, beside[names].drop_vars("variant", errors="ignore")


def flatten(gaps: xr.Dataset, beside: xr.Dataset) -> Cells:
    """Return the gaps of `prepare` as flat arrays.

    Parameters
    ----------
    gaps, beside : xarray.Dataset
        What `prepare` returned.

    Returns
    -------
    Cells
        The arrays.
    """
    final = gaps["final_gap"]
    dims = [str(dim) for dim in final.dims if dim != "scenario"]
    like = final.transpose(*dims, "scenario").reset_coords(drop=True)
    leads = {dim: like.sizes[dim] for dim in dims}
    n_leads, n_scenarios = math.prod(leads.values()), like.sizes["scenario"]

    def flat(values: xr.DataArray, *core: str) -> npt.NDArray[np.generic]:
        spread = values.reset_coords(drop=True).broadcast_like(like)
        wide = spread.transpose(*dims, "scenario", *core).values
        return np.ascontiguousarray(wide.reshape(like.size, *wide.shape[like.ndim :]))

    def numbers(name: str, *core: str) -> FloatArray:
        if name not in gaps:
            return np.full((like.size, *(0 for _ in core)), np.nan)
        return flat(gaps[name], *core).astype(np.float64)

    def state(name: str) -> FloatArray:
        start = gaps.get(name, xr.DataArray(0.0)).reset_coords(drop=True)
        first = like.isel(scenario=0, drop=True)
        return np.asarray(start.broadcast_like(first).transpose(*dims).values, float).ravel()

    attributes = [str(name) for name in beside["attribute"].values]
    attribute = flat(gaps["category"])[:, None] == np.array(attributes)
    counted = flat(scored(gaps)).astype(bool) & attribute.any(axis=1)
    lead = np.repeat(np.arange(n_leads), n_scenarios)
    code = lead * len(attributes) + attribute.argmax(axis=1)
    return Cells(
        numbers("base_gap"),
        numbers("consensus_gap"),
        numbers("micro_gap"),
        numbers("final_gap"),
        numbers("persona_gap", "persona"),
        numbers("recorded_correction", "pass_id"),
        numbers("recorded_ess", "pass_id"),
        flat(cell_keys(gaps)).astype(np.uint64),
        np.where(flat(gaps["preferred_on_right"]), 1.0, -1.0),
        np.where(counted, code, -1),
        np.where(counted, lead, -1),
        state("initial_average"),
        state("initial_step"),
        leads,
        attributes,
    )


def check_single(parameters: Mapping[str, object]) -> None:
    """Raise for parameters that are arrays.

    Parameters
    ----------
    parameters : mapping
        Parameter names to values.

    Raises
    ------
    InputError
        Naming the parameter.
    """
    for name, value in parameters.items():
        if isinstance(value, xr.DataArray):
            raise InputError(
                f"Parameter {name} is an array; give a single value, or many to `sensitivity`."
            )


def blended(
    cells: Cells,
    consensus: FloatArray,
    correction: FloatArray,
    ess: FloatArray,
    rho: float,
    variant: str,
) -> FloatArray:
    """Return final gaps of a variant of DISCA, in logits.

    Parameters
    ----------
    cells : Cells
        The gaps.
    consensus : numpy.ndarray, shape (n,) or (B, n)
        Mean of the personas.
    correction : numpy.ndarray, shape (B, n)
        Correction after the gate.
    ess : numpy.ndarray, shape (B, n, M)
        Effective sample size ratio of the passes.
    rho : float
        Ratio below which a pass counts as collapsed.
    variant : str
        One of `disca_nb.steering.DISCA_VARIANTS`.

    Returns
    -------
    numpy.ndarray, shape (B, n)
        The final gaps.
    """
    weight = kernels.anchor_weight(ess, rho, variant=variant.removesuffix("+ema"))
    final = kernels.blend(cells.base, consensus, correction, weight)
    if not variant.endswith("+ema"):
        return final
    rows = final.reshape(len(final), cells.average.size, -1)
    averaged = kernels.moving_average(rows, average=cells.average, step=cells.step)
    return averaged.final.reshape(final.shape)


def preferences_of(cells: Cells, final: FloatArray, temperature: float) -> FloatArray:
    """Return preferences by lead and attribute.

    Parameters
    ----------
    cells : Cells
        What the cells count for.
    final : numpy.ndarray, shape (B, n)
        Final gaps in logits.
    temperature : float
        Decision temperature.

    Returns
    -------
    numpy.ndarray, shape (B, L * A)
        Mean probabilities of sparing the counted side.
    """
    n_codes = cells.average.size * len(cells.attributes)
    return kernels.mean_sigmoid(final * (cells.sign / temperature), cells.code, n_codes)


def labelled(
    values: FloatArray,
    outer: Mapping[str, npt.ArrayLike],
    cells: Cells,
    gaps: xr.Dataset,
    *,
    by_attribute: bool = True,
) -> xr.DataArray:
    """Return results with labels, settings last.

    Parameters
    ----------
    values : numpy.ndarray, shape (..., L * A) or (..., L)
        Results by setting, lead and, if so, attribute.
    outer : mapping
        Dimensions of the settings to their labels.
    cells : Cells
        Says which dimensions the leads have.
    gaps : xarray.Dataset
        Has the labels of those.
    by_attribute : bool
        Whether there is an attribute axis.

    Returns
    -------
    xarray.DataArray
        Over the leads' dimensions, ``attribute`` and the settings' dimensions.
    """
    coords: dict[str, npt.ArrayLike] = {**outer, **{dim: gaps[dim].values for dim in cells.leads}}
    coords |= {"attribute": cells.attributes} if by_attribute else {}
    shape = [len(np.asarray(labels)) for labels in coords.values()]
    inner = [dim for dim in coords if dim not in outer]
    found = xr.DataArray(values.reshape(shape), coords, tuple(coords))
    return found.transpose(*inner, *outer)


def with_scores(preference: xr.DataArray, beside: xr.Dataset) -> xr.Dataset:
    """Return preferences with their misalignment and what stands beside it.

    Parameters
    ----------
    preference : xarray.DataArray
        Over ``attribute`` and others.
    beside : xarray.Dataset
        As `prepare` returns it.

    Returns
    -------
    xarray.Dataset
        ``mis``, ``preference`` and all of ``beside``.
    """
    # The same steps as in `disca_nb.alignment`.
    error = preference - beside["human_preference"]
    scores = {"mis": total(error**2, "attribute") ** 0.5, "preference": preference}
    return annotate(beside.assign(scores))
