"""How scores depend on the settings: whole grids of hyper-parameters in one call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn, TypeAlias

import numpy as np
import numpy.typing as npt
import xarray as xr
from tqdm import tqdm

from disca_nb import kernels
from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.limit_grid import families
from disca_nb.metrics._cells import (
    BLOCK_BYTES,
    Cells,
    blended,
    check_single,
    flatten,
    labelled,
    preferences_of,
    prepare,
    with_scores,
)
from disca_nb.metrics._grid import Grid, check_grid, labels_of
from disca_nb.metrics._passes import gate_numbers, gated, make_passes, table_of
from disca_nb.metrics.human import Utilitarianism
from disca_nb.steering.gaps import CategoryTemperature
from disca_nb.steering.settings import Settings, caption, settings_first
from disca_nb.variables import GRID_SUFFIX, validate

__all__ = ["sensitivity"]

Bar: TypeAlias = "tqdm[NoReturn]"
# Arrays as large as a block of settings times cells that are alive at once, at most.
_ARRAYS = 14


def sensitivity(
    dataset: xr.Dataset,
    grid: Mapping[str, Sequence[object]],
    targets: xr.Dataset | None = None,
    *,
    variant: str = "paper",
    method: str = "quadrature",
    tol: float = 1e-6,
    utilitarianism: Utilitarianism = "pooled",
    category_temperature: CategoryTemperature = "stored",
    decision_temperature: float = 0.5,
    seed: int = 0,
    progress: bool = False,
    **parameters: object,
) -> xr.Dataset:
    """Steer and score a dataset at every combination of settings.

    Every combination gives what `disca_nb.steer` and `disca_nb.alignment` give for it, to
    rounding. Settings are walked in blocks, each reduced to preferences at once, so that memory
    beyond the result stays below some 100 MB however large the grid. Parameters that act after
    the passes (rho, gate_scale, n_passes, decision_temperature, and by quadrature n_samples) cost
    no new passes.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps that `disca_nb.steer` takes. Chunked ones are computed.
    grid : mapping
        Names of parameters to lists of values: any of `disca_nb.kernels.PARAMETERS` (with
        ``"adaptive"`` among the values of ``sigma``, None among those of ``floor``),
        ``decision_temperature`` and ``category_temperature``.
    targets, utilitarianism
        As for `disca_nb.alignment`.
    variant : str
        A name from `disca_nb.steering.VARIANTS` but ``"reported"``, whose decisions were logged.
    method : {"quadrature", "monte-carlo", "recorded"}
        How the passes are made. At random, all settings see the same random numbers. On logged
        passes only ``rho`` and ``gate_scale`` still act.
    tol : float
        Tolerance of the quadrature in units of the search width.
    category_temperature, decision_temperature, seed
        As for `disca_nb.steer`.
    progress : bool
        Whether to show a bar.
    **parameters
        Hyper-parameters that stay the same, as single values.

    Returns
    -------
    xarray.Dataset
        ``mis`` and ``preference`` by country (and model), ``mean_reliability`` and ``mean_ess``
        over the scored scenarios where the variant makes passes, all with a dimension
        ``NAME_grid`` for each parameter, labelled by its values (as texts where one of them is a
        word). Beside them human preferences and floors; ``mis_vanilla`` unless the decision
        temperature varies. The best of many settings is chosen on the targets: it is no estimate
        of how well the method would do elsewhere.

    Raises
    ------
    UnknownNameError
        For an unknown parameter, variant or method.
    ParameterError
        For a value outside its range, or a parameter without effect on variant and method.
    InputError
        For an empty grid or list, a value that is there twice, or gaps that `disca_nb.steer` or
        `disca_nb.alignment` would refuse.

    References
    ----------
    arXiv 2605.10843 for the parameters.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> scores = sensitivity(demo_panel(["JPN"]), {"eta": [0.2, 0.5], "rho": [0.0, 0.1, 0.9]})
    >>> scores.mis.dims
    ('country', 'model', 'eta_grid', 'rho_grid')
    """
    if variant == "reported":
        raise InputError("The variant 'reported' was logged, with no settings to vary; steer anew.")
    settings = Settings(variant, method, decision_temperature, seed, tol, parameters)
    check_single(parameters)
    checked = check_grid(grid, settings, category_temperature)
    walks = []
    with tqdm(total=len(checked), disable=not progress, unit="setting") as bar:
        for setting in checked.gaps.settings:
            options = _once(settings) | setting
            gaps, beside = prepare(dataset, targets, utilitarianism, **options)
            if settings.uses_passes:
                validate(gaps, "base_gap", "persona_gap")
            cells = flatten(gaps, beside)
            walks.append(_walk(cells, checked, settings, bar))
    found = _assemble(walks, cells, checked, gaps)
    preference = found.pop("preference")
    if "decision_temperature" in grid:
        # The unsteered model's belongs to one temperature alone.
        beside = beside.drop_vars("mis_vanilla", errors="ignore")
    scores = with_scores(preference, beside.assign(found if settings.uses_passes else {}))
    attrs = _attrs(settings, checked, str(gaps.attrs["category_temperature"]))
    return scores.assign_attrs({**gaps.attrs, **beside.attrs, **attrs})


def _once(settings: Settings) -> dict[str, object]:
    """Return how to steer once, without new passes, to check the dataset and to have its gaps."""
    options: dict[str, object] = {"decision_temperature": settings.decision_temperature}
    if not settings.uses_passes:
        return options | {"variant": settings.variant}
    if settings.method == "recorded":
        return options | {"variant": settings.variant, "method": "recorded"}
    return options | {"variant": "consensus"}


def _walk(cells: Cells, grid: Grid, settings: Settings, bar: Bar) -> list[FloatArray]:
    """Return preferences, mean reliability and mean ratio of all settings, block by block.

    Their axes are passes, gate, decisions (of which preferences alone depend), and countries (and
    models, and attributes).
    """
    n_leads = cells.average.size
    outer = (len(grid.passes), len(grid.gate), len(grid.decisions))
    preference = np.empty((*outer, n_leads * len(cells.attributes)))
    reliability, ratio = np.empty((2, *outer, n_leads))
    if not settings.uses_passes:
        _decide(cells, cells.final[None], grid, preference[:, 0], bar)
        return [preference, reliability, ratio]
    gates = [gate_numbers(gate) for gate in grid.gate.settings]
    n_passes = max(int(gate["n_passes"]) for gate in gates)
    for chosen in _blocks(cells, grid, settings, n_passes):
        block = [grid.passes.settings[i] for i in chosen]
        passes = make_passes(cells, block, settings, n_passes)
        for at, gate in enumerate(gates):
            after = gated(passes, gate)
            options = (gate["rho"], settings.variant)
            final = blended(cells, cells.consensus, after.correction, after.ess, *options)
            means = [after.reliability, after.ess.mean(axis=-1)]
            for values, out in zip(means, (reliability, ratio), strict=True):
                out[chosen, at] = kernels.mean_by_code(values, cells.lead_code, n_leads)[:, None]
            found = np.empty((len(chosen), *preference.shape[2:]))
            _decide(cells, final, grid, found, bar)
            preference[chosen, at] = found
    return [preference, reliability, ratio]


def _decide(cells: Cells, final: FloatArray, grid: Grid, out: FloatArray, bar: Bar) -> None:
    """Write preferences (B, D, L * A) at every decision temperature to ``out``."""
    for at, setting in enumerate(grid.decisions.settings):
        out[:, at] = preferences_of(cells, final, float(str(setting["decision_temperature"])))
        bar.update(len(final))


def _blocks(
    cells: Cells, grid: Grid, settings: Settings, n_passes: int
) -> Iterator[npt.NDArray[np.int64]]:
    """Yield which settings go together: families next to each other, as many as memory allows."""
    arrangement = np.arange(len(grid.passes))
    arrays = _ARRAYS
    if settings.method == "quadrature":
        arrangement, _ = families(table_of(grid.passes.settings))
    else:
        arrays += 4 * n_passes
    size = max(1, BLOCK_BYTES // (8 * arrays * max(cells.base.size, 1)))
    for first in range(0, len(arrangement), size):
        yield arrangement[first : first + size]


def _assemble(
    walks: Sequence[Sequence[FloatArray]], cells: Cells, grid: Grid, gaps: xr.Dataset
) -> dict[str, xr.DataArray]:
    """Return what was walked as labelled arrays, their dimensions in the order of the grid."""
    dims = [f"{name}{GRID_SUFFIX}" for name in grid.values]
    walked = {f"{name}{GRID_SUFFIX}": labels_of(grid.values[name]) for name in grid.names}
    names = ("preference", "mean_reliability", "mean_ess")
    found = {}
    for name, parts in zip(names, zip(*walks, strict=True), strict=True):
        by_attribute = name == "preference"
        array = labelled(np.stack(parts), walked, cells, gaps, by_attribute=by_attribute)
        found[name] = array.transpose(..., *dims)
    return found


def _attrs(
    settings: Settings, grid: Grid, category_temperature: str
) -> dict[str, str | int | float]:
    """Return the settings as attributes, those of the grid as the names of their dimensions."""
    attrs = settings.attrs(category_temperature, logged=False)
    attrs |= {name: f"varies over {name}{GRID_SUFFIX}" for name in grid.values}
    return settings_first(attrs | {"steering": caption(attrs)})
