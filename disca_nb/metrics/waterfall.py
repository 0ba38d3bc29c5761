"""How misalignment changes when the ingredients of the method are added one at a time."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, unknown_name
from disca_nb.metrics._blocks import named_ends
from disca_nb.metrics._sums import mean
from disca_nb.metrics.bootstrap import cluster_bootstrap, interval
from disca_nb.metrics.human import Utilitarianism
from disca_nb.metrics.scores import alignment
from disca_nb.steering._chunks import whole
from disca_nb.steering.gaps import CategoryTemperature, debias
from disca_nb.steering.steer import blend_gaps, decide, steer
from disca_nb.variables import annotate, validate

__all__ = ["waterfall"]

Method: TypeAlias = Literal["auto", "recorded", "quadrature"]


class _Step(NamedTuple):
    """An ingredient: its label, the gap that it needs, and how `steer` adds it.

    The correction of variants with passes is gated, the passes' plain mean, or none at all.
    """

    label: str
    needs: str
    variant: str
    category_temperature: CategoryTemperature = "disca"
    correction: Literal["gated", "ungated", "none"] = "gated"


_STEPS = (
    _Step("vanilla", "vanilla_gap", "vanilla"),
    _Step("debiased", "base_gap", "debiased", None),
    _Step("+ category temperature", "base_gap", "debiased"),
    _Step("+ personas", "persona_gap", "consensus"),
    # Apart from the correction, as else the blend's effect would pass for the sampling's.
    _Step("+ return to the base prompt", "persona_gap", "released", correction="none"),
    _Step("+ correction, ungated", "persona_gap", "released", correction="ungated"),
    _Step("+ gate", "persona_gap", "released"),
    _Step("+ moving average", "persona_gap", "released+ema"),
)


def waterfall(
    dataset: xr.Dataset,
    targets: xr.Dataset | None = None,
    *,
    method: Method = "auto",
    utilitarianism: Utilitarianism = "pooled",
    n_boot: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> xr.Dataset:
    """Follow the macro misalignment from the unsteered model to the published run, step by step.

    It follows the variant ``released+ema`` with the released code's category temperatures, which
    made the published figures, whichever variant a result beside it was steered by: the last line
    of the attribute ``steering`` says so. The paper's Algorithm 1 (``paper``) blends otherwise,
    and has neither these temperatures nor the moving average.

    The steps are ``vanilla``; ``debiased`` (both orders averaged, undivided);
    ``+ category temperature`` (the released code's divisors); ``+ personas`` (their consensus
    instead of the base prompt); ``+ return to the base prompt`` (the released blend of the two
    by the effective sample size, correction 0); ``+ correction, ungated`` (the same and the mean
    correction of the passes, reliability 1); ``+ gate`` (the variant ``released``); and
    ``+ moving average`` (``released+ema``, which depends on the order of the scenarios). What an
    ingredient adds depends on those before it; another order would share the total out otherwise.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps that `disca_nb.steer` takes. A step whose gaps are absent is left out: the first
        without ``vanilla_gap``, the last five without ``persona_gap``; the next step's gain then
        is from the last one that is there.
    targets : xarray.Dataset, optional
        Human preferences as `disca_nb.alignment` takes them.
    method : {"auto", "recorded", "quadrature"}
        The logged passes and vanilla decisions, or the limit of many candidates; by default the
        former where passes were logged on gaps divided by the released code's temperatures.
    utilitarianism : {"pooled", "matched"}
        As for `disca_nb.alignment`.
    n_boot : int
        Number of bootstrap draws over countries, the same for all steps.
    seed : int
        Seed of the draws.
    level : float
        Coverage of the percentile intervals.

    Returns
    -------
    xarray.Dataset
        Over ``step`` and model ``mis`` (mean over countries) and ``gain`` (its change from the
        step before, below 0 is better; NaN for the first), each with ``NAME_low`` and
        ``NAME_high``; by model ``mis_coin_flip`` and ``mis_leave_one_out`` of the same countries,
        and ``n_countries``. The gains sum to the last ``mis`` minus the first. A country that is
        NaN at one step is left out of all; a single country has no interval. The attribute
        ``steering`` holds one line per step.

    Raises
    ------
    InputError
        When fewer than two steps remain, the logged passes do not belong to the gaps, or as
        `disca_nb.alignment`.
    UnknownNameError
        For another method.
    ParameterError
        For ``n_boot``, ``seed`` or ``level`` outside their ranges.

    References
    ----------
    arXiv 2605.10843 and its released code.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> result = waterfall(demo_panel(["JPN", "USA", "BRA"]), n_boot=100)
    >>> result.step.values[-2:].tolist()
    ['+ gate', '+ moving average']
    """
    validate(dataset, "category", "preferred_on_right", "country")
    if method not in ("auto", "recorded", "quadrature"):
        raise unknown_name("method", method, ["auto", "recorded", "quadrature"])
    if "base_gap" not in dataset and "base_order_gap" in dataset:
        dataset = debias(dataset)
    chosen = _logged(dataset) if method == "auto" else method
    steps = [step for step in _STEPS if step.needs in dataset]
    _check_steps(steps)
    scores = [_score(dataset, targets, step, chosen, utilitarianism) for step in steps]
    labels = xr.DataArray(np.array([step.label for step in steps]), dims="step", name="step")
    mis = whole(xr.concat([score["mis"].drop_vars("variant") for score in scores], labels), "step")
    known = mis.notnull().all("step")
    result = _with_gains(mis.where(known), n_boot=n_boot, seed=seed, level=level)
    for name in ("mis_coin_flip", "mis_leave_one_out"):
        result[name] = mean(scores[0][name].drop_vars("variant").where(known), "country")
    attrs = {"method": chosen, "n_boot": n_boot, "bootstrap_seed": seed, "level": level}
    joined = xr.Dataset(result).assign(n_countries=known.sum("country"))
    return annotate(joined.assign_attrs({**_shared(scores), **attrs}))


def _with_gains(
    mis: xr.DataArray, *, n_boot: int, seed: int, level: float
) -> dict[str, xr.DataArray]:
    """Return the means over countries and their changes, with intervals."""
    result: dict[str, xr.DataArray] = {}
    for name, values in (("mis", mis), ("gain", mis - mis.shift(step=1))):
        low, high = interval(cluster_bootstrap(values, n_boot=n_boot, seed=seed), level=level)
        # One country says nothing of how others would differ.
        several = values.notnull().sum("country") > 1
        result |= {name: mean(values, "country"), **named_ends(name, low, high, known=several)}
    return result


def _shared(scores: list[xr.Dataset]) -> dict[str, object]:
    """Return the attributes of all steps, and their captions."""
    varying = {"variant", "category_temperature", "gate_scale"}
    attrs = {str(key): each for key, each in scores[-1].attrs.items() if key not in varying}
    lines = [str(score.attrs["steering"]) for score in scores]
    return {**attrs, "steering": "\n".join(lines)}


def _logged(dataset: xr.Dataset) -> str:
    """Return the method that the dataset allows, logged passes first."""
    there = {"recorded_correction", "recorded_ess"} <= set(dataset.variables)
    divided = dataset.attrs.get("category_temperature") == "disca"
    return "recorded" if there and divided else "quadrature"


def _check_steps(steps: list[_Step]) -> None:
    """Raise unless there is something to compare."""
    if len(steps) < 2:
        have = steps[0].label if steps else "none"
        raise InputError(
            f"The dataset has the gaps of too few steps ({have}); a waterfall needs base_gap, and "
            "vanilla_gap or persona_gap."
        )


def _score(
    dataset: xr.Dataset,
    targets: xr.Dataset | None,
    step: _Step,
    method: str,
    utilitarianism: Utilitarianism,
) -> xr.Dataset:
    """Return the alignment of one step."""
    parameters: dict[str, Any] = {} if step.correction == "gated" else {"gate_scale": np.inf}
    steered = steer(
        dataset,
        variant=step.variant,
        method=method,
        category_temperature=step.category_temperature,
        **parameters,
    )
    if step.correction == "none":
        steered = _without_correction(steered)
    return alignment(steered, targets, utilitarianism=utilitarianism)


def _without_correction(steered: xr.Dataset) -> xr.Dataset:
    """Return the decisions of the same blend with the correction 0."""
    blend = steered.assign(correction=xr.zeros_like(steered["correction"]))
    result = decide(blend.assign(final_gap=blend_gaps(blend)))
    return result.assign_attrs(steering=f"{steered.attrs['steering']}, correction 0")
