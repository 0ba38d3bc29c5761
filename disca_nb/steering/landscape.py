"""One cell under the magnifying glass: candidates, their worth, their weights, and what comes out.

What comes out is what `steer` makes of the cell; the rest is what its kernel looks at meanwhile.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.errors import InputError, unknown_name
from disca_nb.kernels.landscape import (
    AT_VOICE,
    CLOSE,
    FLOORED,
    ZERO_GAIN,
    Kinks,
    Landscape,
    cell_landscape,
)
from disca_nb.steering.gaps import CategoryTemperature
from disca_nb.steering.settings import DECISION_TEMPERATURE, DISCA_VARIANTS, VARIANTS
from disca_nb.steering.steer import steer
from disca_nb.variables import annotate, validate

__all__ = ["landscape"]

# The moving average of `released+ema` is over other cells as well.
_VARIANTS = tuple(name for name in DISCA_VARIANTS if not name.endswith("+ema"))
_KEPT = (
    *("vanilla_gap", "base_gap", "persona_gap", "consensus_gap", "sigma", "pass_variance"),
    *("reliability", "correction", "anchor_weight", "final_gap", "p_right", "p_spare"),
)
_WHY = {AT_VOICE: "{}", ZERO_GAIN: "zero gain of {}", FLOORED: "floor of {}"}


def landscape(
    dataset: xr.Dataset,
    *,
    country: str,
    scenario: str,
    model: str | None = None,
    variant: str = "paper",
    n_points: int = 401,
    category_temperature: CategoryTemperature = "stored",
    decision_temperature: float = DECISION_TEMPERATURE,
    tol: float = 1e-7,
    **parameters: object,
) -> xr.Dataset:
    """Return what DISCA sees in one cell: utility, weights and nodes over candidate corrections.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps that `disca_nb.steer` takes.
    country, scenario : str
        Labels of the cell.
    model : str, optional
        Label of the model; needed where there are several.
    variant : {"paper", "correction-only", "released"}
        As for `disca_nb.steer`. ``"released+ema"`` averages over other cells.
    n_points : int
        Number of candidates, 3 to 100001. The ones nearest to kinks are moved onto them.
    category_temperature, decision_temperature, tol
        As for `disca_nb.steer`.
    **parameters
        Hyper-parameters as for `disca_nb.steer`, each a single value.

    Returns
    -------
    xarray.Dataset
        Over ``candidate``, the correction ε in logits: ``utility``, ``consensus_value``,
        ``persona_value`` (persona), ``proposal_density`` and ``weight_density``, whose integral
        is 1 and whose mean ``weight_mean``. Over ``node`` those of the quadrature: ``node_at``,
        ``node_weight`` and ``node_density``. Over ``kink`` the places inside the drawn range
        where the utility is not smooth: ``kink_at``, ``kink_text``, and ``kink_of_gain`` where
        a gain is zero. And what `disca_nb.steer` gives by quadrature: gaps, ``sigma``, ``limit``
        and ``ess_ratio`` of a pass, ``pass_variance``, ``reliability``, ``correction``,
        ``anchor_weight``, ``final_gap``, ``p_right``, ``p_spare``.

    Raises
    ------
    UnknownNameError
        For a country, scenario, model, variant or parameter that is not there.
    InputError
        For several models where none is named, a variant without passes of its own, a parameter
        given as an array, or a cell without gaps.
    ParameterError
        As `disca_nb.steer`.

    References
    ----------
    arXiv 2605.10843, section 3; Tversky and Kahneman 1992, https://doi.org/10.1007/BF00122574

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> panel = demo_panel(["JPN"])
    >>> cell = landscape(panel, country="JPN", scenario=panel.scenario.values[0])
    >>> (cell.node_weight * cell.node_density).sum().round(9).item()
    1.0
    """
    validate(dataset, "preferred_on_right")
    _check_variant(variant)
    plain = {name: _single(name, value) for name, value in parameters.items()}
    cell = dataset
    for dim, label in {"country": country, "scenario": scenario, "model": model}.items():
        cell = _at(cell, dim, label)
    steered = steer(
        cell.compute(),
        variant=variant,
        method="quadrature",
        category_temperature=category_temperature,
        decision_temperature=decision_temperature,
        tol=tol,
        **plain,  # type: ignore[arg-type]
    )
    _check_cell(steered)
    drawn = cell_landscape(
        steered["base_gap"].item(),
        steered["persona_gap"].values,
        n_points=n_points,
        tol=tol,
        **plain,
    )
    kept = steered[[name for name in _KEPT if name in steered]]
    names = ["consensus", *map(str, steered["persona"].values)]
    ratio, limit = (steered[name].isel(pass_id=0, drop=True) for name in ("ess", "pass_correction"))
    result = kept.assign(limit=limit, ess_ratio=ratio, weight_mean=drawn.mean)
    seen = {**_curves(drawn).data_vars, **_points(drawn, names).data_vars}
    return annotate(validate(result.assign(seen)))


def _check_variant(variant: str) -> None:
    """Raise unless the variant makes passes and looks at one cell at a time."""
    if variant in _VARIANTS:
        return
    if variant in DISCA_VARIANTS:
        raise InputError(
            f"The variant {variant!r} averages over other scenarios, which one cell does not show; "
            f"take {variant.removesuffix('+ema')!r}, whose gaps it averages."
        )
    if variant in VARIANTS:
        raise InputError(
            f"The variant {variant!r} makes no passes, so that no candidates are weighed; "
            f"take one of {', '.join(_VARIANTS)}."
        )
    raise unknown_name("variant", variant, _VARIANTS)


def _single(name: str, value: object) -> object:
    """Return a parameter, which must be a single value."""
    if np.ndim(value):  # type: ignore[arg-type]
        raise InputError(f"Parameter {name} is an array; one cell takes a single value.")
    return value.item() if isinstance(value, xr.DataArray) else value


def _at(dataset: xr.Dataset, dim: str, label: str | None) -> xr.Dataset:
    """Return the part of a dataset that has a label, or the only part there is."""
    labels = np.atleast_1d(dataset[dim].values if dim in dataset.coords else [])
    if label is None and dim not in dataset.coords:
        return dataset
    if label is None and labels.size != 1:
        names = ", ".join(map(str, labels))
        raise InputError(f"The gaps are of several {dim}s ({names}); name one with {dim}=….")
    found = 0 if label is None else _place(dim, label, labels)
    return dataset.isel({dim: found}) if dim in dataset.dims else dataset


def _place(dim: str, label: str, labels: npt.NDArray[np.generic]) -> int:
    """Return where a label stands."""
    places = np.flatnonzero(labels.astype(str) == str(label))
    if not places.size:
        raise unknown_name(dim, label, labels)
    return int(places[0])


def _check_cell(steered: xr.Dataset) -> None:
    """Raise unless the gaps are those of one cell, and finite."""
    gaps = {name: steered[name] for name in ("base_gap", "persona_gap")}
    extra = [str(dim) for gap in gaps.values() for dim in gap.dims if dim != "persona"]
    if extra:
        raise InputError(f"The cell has the dimension {extra[0]!r}; select one label of it.")
    where = ", ".join(
        str(steered[name].values) for name in ("country", "scenario", "model") if name in steered
    )
    for name, gap in gaps.items():
        if not np.isfinite(gap).all():
            raise InputError(
                f"The cell {where} has a {name} that is not finite; take one that was scored."
            )


def _curves(drawn: Landscape) -> xr.Dataset:
    """Return what there is over candidates."""
    return xr.Dataset(
        {
            "utility": ("candidate", drawn.utility),
            "consensus_value": ("candidate", drawn.consensus_value),
            "persona_value": (("persona", "candidate"), drawn.persona_value),
            "proposal_density": ("candidate", drawn.proposal),
            "weight_density": ("candidate", drawn.weight),
        },
        {"candidate": drawn.candidate},
    )


def _points(drawn: Landscape, names: list[str]) -> xr.Dataset:
    """Return the nodes, and the kinks inside the drawn range."""
    low, high = drawn.candidate[[0, -1]]
    width = float(drawn.result.sigma)
    kinks = [kink for kink in _merged(drawn.kinks, names, CLOSE * width) if low <= kink[0] <= high]
    return xr.Dataset(
        {
            "node_at": ("node", drawn.node),
            "node_weight": ("node", drawn.node_weight),
            "node_density": ("node", drawn.node_density),
            "kink_at": ("kink", np.array([at for at, _, _ in kinks], dtype=np.float64)),
            "kink_text": ("kink", np.array([text for _, text, _ in kinks], dtype=str)),
            "kink_of_gain": ("kink", np.array([gain for _, _, gain in kinks], dtype=bool)),
        },
        {"node": np.arange(drawn.node.size), "kink": np.arange(len(kinks))},
    )


def _merged(kinks: Kinks, names: list[str], close: float) -> Iterator[tuple[float, str, bool]]:
    """Yield each place once, with all that meets there, and whether a gain is zero there."""
    group = np.cumsum(np.diff(kinks.place, prepend=-np.inf) > close)
    rows = zip(group, kinks.place, kinks.kind, kinks.voice, strict=True)
    for _, same in itertools.groupby(rows, key=lambda row: int(row[0])):
        points = list(same)
        texts = [_why(int(kind), int(voice), names) for _, _, kind, voice in points]
        yield float(points[0][1]), "; ".join(texts), any(row[2] == ZERO_GAIN for row in points)


def _why(kind: int, voice: int, names: list[str]) -> str:
    """Return why the utility is not smooth at a place."""
    return "base, where no voice gains" if voice < 0 else _WHY[kind].format(names[voice])
