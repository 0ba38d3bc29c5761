"""How scores depend on who is in the panel: every subset of the personas."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import xarray as xr

from disca_nb import kernels
from disca_nb.errors import InputError, ParameterError
from disca_nb.kernels._types import FloatArray
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
from disca_nb.metrics._passes import gate_numbers
from disca_nb.metrics.human import Utilitarianism
from disca_nb.steering.gaps import CategoryTemperature
from disca_nb.steering.settings import DISCA_VARIANTS, Settings, settings_first
from disca_nb.variables import annotate, validate

__all__ = ["persona_subsets"]

# Arrays as large as a block of subsets times cells that are alive at once, at most, next to two
# of the personas' gaps and three of each pass.
_ARRAYS = 12


def persona_subsets(
    dataset: xr.Dataset,
    sizes: Iterable[int] | None = None,
    targets: xr.Dataset | None = None,
    *,
    variant: str = "paper",
    method: str = "quadrature",
    tol: float = 1e-6,
    utilitarianism: Utilitarianism = "pooled",
    category_temperature: CategoryTemperature = "stored",
    decision_temperature: float = 0.5,
    seed: int = 0,
    **parameters: object,
) -> xr.Dataset:
    """Steer and score a dataset with every subset of its personas.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps that `disca_nb.steer` takes. Chunked ones are computed.
    sizes : iterable of int, optional
        How many personas the subsets have; by default every number from one to all of them.
    targets, utilitarianism
        As for `disca_nb.alignment`.
    variant : str
        ``"consensus"`` or a variant that makes passes; see `disca_nb.steering.VARIANTS`.
    method : {"quadrature", "monte-carlo"}
        How the passes are made. At random, all subsets see the same random numbers.
    tol : float
        Tolerance of the quadrature in units of the search width.
    category_temperature, decision_temperature, seed, **parameters
        As for `disca_nb.steer`, single values.

    Returns
    -------
    xarray.Dataset
        ``mis`` and ``preference`` over the dimension ``subset``, whose labels join the personas'
        names by "+" and which has the coordinate ``n_personas``; beside them human preferences
        and floors. One persona alone has no spread, and searches at the least width.

    Raises
    ------
    InputError
        For a size that the panel does not have, or gaps that `disca_nb.steer` or
        `disca_nb.alignment` would refuse.
    UnknownNameError
        For an unknown variant, method or parameter.
    ParameterError
        For a parameter outside its range, or logged passes, which belong to the whole panel.

    References
    ----------
    arXiv 2605.10843, whose panels have four personas.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> scores = persona_subsets(demo_panel(["JPN"]), sizes=[3, 4], variant="consensus")
    >>> scores.subset.values[-1], scores.mis.sizes["subset"]
    (np.str_('young+middle+older+all'), 5)
    """
    settings = Settings(variant, method, decision_temperature, seed, tol, parameters)
    _check_variant(settings)
    check_single(parameters)
    steering = {
        "variant": "consensus",
        "category_temperature": category_temperature,
        "decision_temperature": decision_temperature,
    }
    gaps, beside = prepare(dataset, targets, utilitarianism, **steering)
    if settings.uses_passes:
        validate(gaps, "base_gap")
    cells = flatten(gaps, beside)
    subsets = list(_subsets(cells.personas.shape[1], sizes))
    blocks = _blocks(subsets, cells, settings)
    found = [
        preferences_of(cells, _final(cells, some, settings), decision_temperature)
        for some in blocks
    ]
    names = [str(name) for name in gaps["persona"].values]
    labels = ["+".join(names[i] for i in subset) for subset in subsets]
    preference = labelled(np.concatenate(found), {"subset": labels}, cells, gaps)
    counts = xr.DataArray([len(subset) for subset in subsets], dims="subset")
    preference = preference.assign_coords(n_personas=counts)
    attrs = settings.attrs(str(gaps.attrs["category_temperature"]), logged=False)
    scores = with_scores(preference, beside)
    return annotate(scores.assign_attrs(settings_first({**gaps.attrs, **beside.attrs, **attrs})))


def _check_variant(settings: Settings) -> None:
    """Raise for variants and methods on which the panel has no influence."""
    if settings.variant not in {"consensus", *DISCA_VARIANTS}:
        raise ParameterError(
            f"The variant {settings.variant!r} is the same for all personas; use 'consensus' or "
            "one that makes passes, such as 'paper'."
        )
    if settings.method == "recorded" and settings.uses_passes:
        raise ParameterError(
            "Passes that were logged belong to the whole panel; make new ones with "
            "method='monte-carlo' or 'quadrature'."
        )


def _subsets(n: int, sizes: Iterable[int] | None) -> Iterator[tuple[int, ...]]:
    """Yield subsets of n personas by size, in the order of the panel."""
    wanted = range(1, n + 1) if sizes is None else list(dict.fromkeys(sizes))
    if not wanted:
        raise InputError("No size of subsets was given; name one at least or leave sizes out.")
    for size in wanted:
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or not 1 <= size <= n:
            raise InputError(f"A subset has the size {size!r}; give whole numbers from 1 to {n}.")
    for size in wanted:
        yield from itertools.combinations(range(n), int(size))


def _blocks(
    subsets: Sequence[tuple[int, ...]], cells: Cells, settings: Settings
) -> Iterator[Sequence[tuple[int, ...]]]:
    """Yield subsets of one size, as many together as memory allows."""
    n_passes = int(gate_numbers(settings.parameters)["n_passes"]) if settings.uses_passes else 0
    for size, group in itertools.groupby(subsets, len):
        several = list(group)
        arrays = _ARRAYS + 3 * size + 3 * n_passes
        count = max(1, BLOCK_BYTES // (8 * arrays * max(cells.base.size, 1)))
        for first in range(0, len(several), count):
            yield several[first : first + count]


def _final(cells: Cells, subsets: Sequence[tuple[int, ...]], settings: Settings) -> FloatArray:
    """Return final gaps (B, n) of subsets of one size."""
    members = np.array(subsets)
    personas = np.ascontiguousarray(cells.personas[:, members].transpose(1, 0, 2))
    # One after the other, as `disca_nb.steer` adds them.
    consensus = sum(personas[..., i] for i in range(members.shape[1])) / members.shape[1]
    if not settings.uses_passes:
        return np.asarray(consensus)
    found = kernels.disca_correction(
        np.broadcast_to(cells.base, consensus.shape),
        personas,
        method=settings.method,  # type: ignore[arg-type]
        seed=settings.seed,
        keys=cells.keys,
        tol=settings.tol,
        **settings.parameters,
    )
    rho = gate_numbers(settings.parameters)["rho"]
    return blended(cells, consensus, found.correction, found.ess, rho, settings.variant)
