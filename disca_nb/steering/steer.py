"""`steer`: from a dataset of gaps to steered decisions, with every intermediate quantity kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from scipy import special

from disca_nb import kernels
from disca_nb.errors import InputError
from disca_nb.steering._chunks import whole
from disca_nb.steering.gaps import CategoryTemperature, consensus, debias, divide_by_category
from disca_nb.steering.keys import cell_keys
from disca_nb.steering.settings import (
    DECISION_TEMPERATURE,
    Settings,
    check_arrays,
    check_decision_temperature,
    settings_first,
)
from disca_nb.variables import GRID_SUFFIX, annotate, validate

__all__ = ["blend_gaps", "decide", "steer", "without_steering"]

_LOGGED_PASSES = ("recorded_correction", "recorded_ess")
_OUTPUTS = (
    "consensus_gap",
    *kernels.Correction._fields,
    "anchor_weight",
    "micro_gap",
    "average_gap",
    "average_weight",
    "final_gap",
    "p_right",
    "p_spare",
)


def steer(
    dataset: xr.Dataset,
    *,
    variant: str = "paper",
    method: str = "monte-carlo",
    category_temperature: CategoryTemperature = "stored",
    decision_temperature: float = DECISION_TEMPERATURE,
    seed: int = 0,
    tol: float = 1e-7,
    **parameters: object,
) -> xr.Dataset:
    """Steer a model's decisions by the disagreement of its personas (DISCA), or by a baseline.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps in logits: ``base_gap`` and ``persona_gap`` (or the two orders that `debias` takes),
        ``vanilla_gap`` for the variant of that name, and the coordinate ``preferred_on_right``.
    variant : str
        ``"vanilla"``, ``"debiased"``, ``"consensus"``; ``"correction-only"``, ``"paper"``,
        ``"released"``, ``"released+ema"``; or ``"reported"``, the decisions that a run logged.
        ``"released+ema"`` depends on the order of the scenarios.
    method : {"monte-carlo", "quadrature", "recorded"}
        How the passes are made: at random (which leaves logged passes out of the result), in the
        limit of many candidates, or as logged. With ``"recorded"`` the vanilla decisions are the
        logged ones as well, where there are any. Variants without passes make none of these.
    category_temperature : {"stored", "disca"} or None
        Leave the gaps as stored, divide them by the released code's temperature of their
        attribute, or undo such a division.
    decision_temperature : float
        ``p_right = 1 / (1 + exp(-final_gap / decision_temperature))``. Logged decisions have their
        own, so that another value is an error there.
    seed : int
        Seed of the Monte-Carlo passes. Random numbers are keyed by country, scenario, model and
        language, so selecting or reordering never changes a result.
    tol : float
        Tolerance of the quadrature in units of the search width.
    **parameters
        Hyper-parameters of `disca_nb.kernels.PARAMETERS`: ``sigma``, ``sigma_floor``, ``lam``,
        ``eta``, ``alpha``, ``kappa``, ``rho``, ``floor``, ``gate_scale``, ``n_samples``,
        ``n_passes``. An xarray.DataArray over a dimension of its own, such as ``eta_grid``, makes
        a grid. On logged passes only ``rho`` and ``gate_scale`` still act; a parameter that would
        have no effect is an error.

    Returns
    -------
    xarray.Dataset
        The input and ``consensus_gap``, ``sigma``, ``pass_correction``, ``pass_variance``,
        ``ess``, ``reliability``, ``correction``, ``anchor_weight``, ``micro_gap``, ``final_gap``,
        ``p_right`` and ``p_spare`` where the variant has them. Attributes say how it was made.
        A gap that is NaN gives NaN in its cell.

    Raises
    ------
    InputError
        When a variable that the variant needs is missing, or the panel has no personas.
    UnknownNameError
        For an unknown variant, method or parameter.
    ParameterError
        For a parameter outside its range, or one without effect on the variant and method. A
        chunked array is checked when the result is computed.

    References
    ----------
    arXiv 2605.10843; Tversky and Kahneman 1992, https://doi.org/10.1007/BF00122574

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> steered = steer(demo_panel(["JPN"]), variant="paper", method="quadrature")
    >>> steered.attrs["steering"]
    'DISCA paper, σ adaptive ≥ 0.3, ρ 0.1, category temperature none, quadrature (K 64, ...)'
    """
    settings = Settings(variant, method, decision_temperature, seed, tol, parameters)
    validate(dataset, "preferred_on_right")
    if "base_gap" not in dataset and "base_order_gap" in dataset:
        dataset = debias(dataset)
    gaps = divide_by_category(without_steering(dataset), category_temperature)
    logged = settings.logged_decisions(gaps)
    check_arrays(parameters, gaps)
    if variant == "reported" or (method == "recorded" and settings.uses_passes):
        _check_recorded(dataset, gaps)
    if "persona_gap" in gaps:
        gaps = gaps.assign(consensus_gap=consensus(gaps))
    result = _blended(gaps, settings) if settings.uses_passes else _baseline(gaps, variant)
    result = decide(result, decision_temperature=decision_temperature)
    if logged is not None:
        # Logged probabilities are the authors' own, rounded to 16 bits; the gap tells the side.
        p_right, p_spare = gaps[f"{logged}_p_right"], gaps[f"{logged}_p_spare"]
        result = result.assign(p_right=p_right, p_spare=p_spare)
    attrs = settings.attrs(str(gaps.attrs["category_temperature"]), logged=logged is not None)
    if method == "recorded" and "recorded_vanilla_p_spare" in gaps:
        attrs["vanilla_decisions"] = "logged"
    result.attrs = settings_first({**result.attrs, **attrs})
    return annotate(validate(result.assign_coords(variant=variant)))


def decide(
    dataset: xr.Dataset, *, decision_temperature: float = DECISION_TEMPERATURE
) -> xr.Dataset:
    """Turn final gaps into probabilities of option B and of sparing the counted side.

    Parameters
    ----------
    dataset : xarray.Dataset
        ``final_gap`` in logits and the coordinate ``preferred_on_right``.
    decision_temperature : float
        Divisor of the gap.

    Returns
    -------
    xarray.Dataset
        The same with ``p_right`` and ``p_spare``.

    Raises
    ------
    InputError
        When a variable is missing.
    ParameterError
        When the divisor is not a number above 0.

    References
    ----------
    arXiv 2605.10843, section 3.

    Examples
    --------
    >>> cell = xr.Dataset(
    ...     {"final_gap": ("scenario", [1.0])},
    ...     {"scenario": ["0"], "preferred_on_right": ("scenario", [False])},
    ... )
    >>> round(decide(cell).p_spare.item(), 4)
    0.1192
    """
    check_decision_temperature(decision_temperature)
    validate(dataset, "final_gap", "preferred_on_right")
    logit = dataset["final_gap"] / decision_temperature
    right = dataset["preferred_on_right"]
    # The complement of a probability near one is taken on the logit, where no digit is lost.
    spare = _sigmoid(logit.where(right, -logit))
    return annotate(dataset.assign(p_right=_sigmoid(logit), p_spare=spare))


def blend_gaps(dataset: xr.Dataset) -> xr.DataArray:
    """Blend base gap and consensus by the anchor weight, and add the correction.

    Parameters
    ----------
    dataset : xarray.Dataset
        ``base_gap``, ``consensus_gap`` and ``correction`` in logits, and ``anchor_weight``.

    Returns
    -------
    xarray.DataArray
        Gap in logits, before any moving average. NaN propagates.

    References
    ----------
    arXiv 2605.10843, Algorithm 1.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> steered = steer(demo_panel(["JPN"]))
    >>> bool((blend_gaps(steered) == steered.final_gap).all())
    True
    """
    names = ("base_gap", "consensus_gap", "correction", "anchor_weight")
    gaps = (dataset[name] for name in names)
    result: xr.DataArray = xr.apply_ufunc(
        kernels.blend, *gaps, dask="parallelized", output_dtypes=[float]
    )
    return result


def without_steering(dataset: xr.Dataset) -> xr.Dataset:
    """Return the dataset without what an earlier call of `steer` left in it.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps, or what `steer` returned.

    Returns
    -------
    xarray.Dataset
        The gaps.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> steered = steer(demo_panel(["JPN"]), variant="consensus")
    >>> "p_spare" in steered, "p_spare" in without_steering(steered)
    (True, False)
    """
    result = dataset.drop_vars([*_OUTPUTS, "variant"], errors="ignore")
    used = {str(dim) for array in result.data_vars.values() for dim in array.dims}
    # Passes and grids end with the outputs that they belonged to.
    own = {dim for dim in map(str, result.dims) if dim == "pass_id" or dim.endswith(GRID_SUFFIX)}
    result = result.drop_dims(own - used)
    made = {"variant", "method", "seed", "tol", "decision_temperature", "steering"}
    made.add("vanilla_decisions")
    made |= kernels.PARAMETERS.keys()
    result.attrs = {key: value for key, value in dataset.attrs.items() if key not in made}
    return result


def _sigmoid(logit: xr.DataArray) -> xr.DataArray:
    """Return the logistic function, lazily on chunked input."""
    result: xr.DataArray = xr.apply_ufunc(
        special.expit, logit, dask="parallelized", output_dtypes=[float]
    )
    return result


def _baseline(gaps: xr.Dataset, variant: str) -> xr.Dataset:
    """Return the final gap of a variant that needs no passes."""
    if variant == "vanilla":
        validate(gaps, "vanilla_gap")
        return gaps.assign(final_gap=gaps["vanilla_gap"])
    if variant == "reported":
        validate(gaps, "recorded_micro_gap", "recorded_p_right", "recorded_p_spare")
        return _moving_average(gaps.assign(micro_gap=gaps["recorded_micro_gap"]))
    if variant == "debiased":
        validate(gaps, "base_gap")
        return gaps.assign(final_gap=gaps["base_gap"])
    validate(gaps, "persona_gap")
    return gaps.assign(final_gap=gaps["consensus_gap"])


def _blended(gaps: xr.Dataset, settings: Settings) -> xr.Dataset:
    """Run or read the passes and blend base, consensus and correction."""
    validate(gaps, "base_gap", "persona_gap")
    if settings.method == "recorded":
        result = _recorded_passes(gaps, settings)
    else:
        result = _fresh_passes(gaps, settings)
    blend = settings.variant.removesuffix("+ema")
    result["anchor_weight"] = xr.apply_ufunc(
        kernels.anchor_weight,
        whole(result["ess"], "pass_id"),
        _value(settings, "rho"),
        kwargs={"variant": blend},
        input_core_dims=[["pass_id"], []],
        dask="parallelized",
        output_dtypes=[float],
    )
    mixed = blend_gaps(result)
    if settings.variant.endswith("+ema"):
        return _moving_average(result.assign(micro_gap=mixed))
    return result.assign(final_gap=mixed)


def _value(settings: Settings, name: str) -> Any:  # noqa: ANN401 - a number or a DataArray
    """Return a parameter as given, or its default."""
    return settings.parameters.get(name, kernels.PARAMETERS[name].default)


def _fresh_passes(gaps: xr.Dataset, settings: Settings) -> xr.Dataset:
    """Run the kernel on every cell."""
    arrays = {k: v for k, v in settings.parameters.items() if isinstance(v, xr.DataArray)}
    plain = {k: v for k, v in settings.parameters.items() if k not in arrays}

    def run(base: object, personas: object, keys: object, *values: object) -> tuple[object, ...]:
        given = {**plain, **dict(zip(arrays, values, strict=True))}
        options = {"method": settings.method, "seed": settings.seed, "tol": settings.tol}
        return tuple(kernels.disca_correction(base, personas, keys=keys, **options, **given))  # type: ignore[arg-type]

    n_passes = int(np.asarray(_value(settings, "n_passes")))
    cell: list[str] = []
    passes = ["pass_id"]
    outputs = xr.apply_ufunc(
        run,
        gaps["base_gap"],
        whole(gaps["persona_gap"], "persona"),
        cell_keys(gaps),
        *arrays.values(),
        input_core_dims=[cell, ["persona"], cell, *([cell] * len(arrays))],
        output_core_dims=[cell, cell, passes, cell, passes, cell],
        dask="parallelized",
        output_dtypes=[float] * 6,
        dask_gufunc_kwargs={"output_sizes": {"pass_id": n_passes}},
    )
    # The logged passes are another number of another kind: they would only be confused.
    result = gaps.drop_vars([*_LOGGED_PASSES, "pass_id"], errors="ignore")
    fields = dict(zip(kernels.Correction._fields, outputs, strict=True))
    return result.assign(fields).assign_coords(pass_id=np.arange(n_passes))


def _recorded_passes(gaps: xr.Dataset, settings: Settings) -> xr.Dataset:
    """Use the logged passes, and gate them."""
    validate(gaps, *_LOGGED_PASSES)
    scale, rho = _value(settings, "gate_scale"), _value(settings, "rho")
    # A run logs 0 for passes below its own threshold; a higher one silences more of them.
    passes = gaps["recorded_correction"].where(~(gaps["recorded_ess"] < rho), 0.0)

    def gate(passes: object, scale: object) -> tuple[object, ...]:
        correction, reliability, variance = kernels.reliability_gate(passes, scale)  # type: ignore[arg-type]
        # A grid of scales does not change the variance, but every output must span it.
        return correction, reliability, np.broadcast_to(variance, reliability.shape).copy()

    correction, reliability, variance = xr.apply_ufunc(
        gate,
        whole(passes, "pass_id"),
        scale,
        input_core_dims=[["pass_id"], []],
        output_core_dims=[[], [], []],
        dask="parallelized",
        output_dtypes=[float] * 3,
    )
    return gaps.assign(
        correction=correction,
        reliability=reliability,
        pass_variance=variance,
        ess=gaps["recorded_ess"],
        pass_correction=passes,
    )


def _check_recorded(dataset: xr.Dataset, gaps: xr.Dataset) -> None:
    """Raise when what a run logged is asked for on gaps that it was not made from."""
    stored = dataset.attrs.get("category_temperature", "none")
    if gaps.attrs["category_temperature"] != stored:
        message = (
            f"What was recorded belongs to gaps with category temperature {stored!r}; "
            "to change it use method='monte-carlo' or 'quadrature' and a variant but 'reported'."
        )
        raise InputError(message)


def _moving_average(result: xr.Dataset) -> xr.Dataset:
    """Apply the released code's moving average over scenarios, in the order of the dataset."""
    start = [result.get(name, 0.0) for name in ("initial_average", "initial_step")]

    def run(gaps: object, average: object, step: object) -> tuple[object, ...]:
        # Scenarios come last; the state lacks that axis and broadcasts against the rest.
        return tuple(kernels.moving_average(gaps, average=average, step=step))[:3]  # type: ignore[arg-type]

    final, average, weight = xr.apply_ufunc(
        run,
        whole(result["micro_gap"], "scenario"),
        *start,
        input_core_dims=[["scenario"], [], []],
        output_core_dims=[["scenario"]] * 3,
        dask="parallelized",
        output_dtypes=[float] * 3,
    )
    return result.assign(final_gap=final, average_gap=average, average_weight=weight)
