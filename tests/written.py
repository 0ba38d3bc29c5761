"""Results of every kind, small, and the methods paragraphs that are written of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import xarray as xr

import disca_nb
from disca_nb import alignment, audit, compare, macro, methods, steer
from disca_nb.datasets import demo_panel
from disca_nb.metrics import multitp_policies
from disca_nb.metrics.audit_report import Audit
from disca_nb.metrics.cross_validation import cross_validate
from disca_nb.metrics.scores import join_variants
from disca_nb.steering.rivals import (
    OracleTemperature,
    Steerer,
    Temperature,
    Variant,
    WorldMean,
)


@cache
def panel(n: int = 5) -> xr.Dataset:
    return demo_panel().isel(scenario=slice(None, None, 8), country=slice(n))


@cache
def recorded() -> xr.Dataset:
    """The panel as a run would have logged it, with anonymous personas and a hole."""
    # A log knows neither orders nor what was asked.
    bare = panel().drop_dims("order").drop_vars(["language", "profile_source"])
    ran = steer(bare, variant="released+ema", category_temperature="disca")
    logged = {
        "recorded_correction": ran["pass_correction"],
        "recorded_ess": ran["ess"],
        "recorded_micro_gap": ran["micro_gap"],
        "recorded_p_right": ran["p_right"],
        "recorded_p_spare": ran["p_spare"],
        "recorded_vanilla_p_right": ran["p_right"],
        "recorded_vanilla_p_spare": ran["p_spare"],
    }
    gaps = steer(bare, variant="consensus", category_temperature="disca")
    gaps = gaps.drop_vars(["variant", "final_gap", "p_right", "p_spare"]).assign(logged)
    status = gaps["status"].copy(data=np.ones_like(gaps["status"].values))
    status[{"country": 0, "scenario": 0}] = 2
    gaps.attrs = {"source": "run.csv", "category_temperature": "disca"}
    return gaps.assign_coords(persona=[f"rank_{i + 1}" for i in range(4)]).assign(status=status)


@cache
def own_targets() -> xr.Dataset:
    preference = xr.full_like(panel()[["country"]].country, 0.7, dtype=float)
    names = list(dict.fromkeys(panel()["category"].values.tolist()))
    human = preference.expand_dims(attribute=names).assign_coords(country=panel()["country"])
    return xr.Dataset({"human_preference": human}).assign_attrs(source="mine.csv")


@cache
def scores() -> xr.Dataset:
    return alignment(steer(panel(), method="quadrature"))


@cache
def audited() -> Audit:
    rivals: list[Steerer] = [
        Variant("vanilla"),
        WorldMean(),
        Temperature("debiased"),
        OracleTemperature(),
    ]
    gaps = panel().assign_coords(model=["first"])
    two = xr.concat(
        [gaps, gaps.assign_coords(model=["second"])], "model", join="exact", data_vars="minimal"
    )
    steered = steer(two, method="quadrature")
    return audit(steered, rivals=rivals, n_boot=50, n_permutations=50)


def _languages() -> xr.Dataset:
    asked = xr.DataArray(
        [[0.6], [0.8]],
        {"language": ["nl", "fr"], "attribute": ["Age"]},
        ("language", "attribute"),
    )
    return multitp_policies(asked)


def _grid() -> xr.Dataset:
    values = np.linspace(0.2, 0.6, 14)
    eta = xr.DataArray(values, dims="eta_grid", coords={"eta_grid": values})
    return alignment(steer(panel(), eta=eta, method="quadrature"))


RESULTS: dict[str, Callable[[], Any]] = {
    "nothing": xr.Dataset,
    "gaps": panel,
    "unknown source": lambda: panel().drop_attrs(deep=False),
    "divided by own": lambda: panel().assign_attrs(category_temperature="own", source="x.csv"),
    "monte-carlo": lambda: steer(panel(), sigma=0.25, floor=1.5, decision_temperature=2.0),
    "recorded passes": lambda: steer(recorded(), method="recorded", variant="released"),
    "ema": lambda: steer(panel(), variant="released+ema", method="quadrature"),
    "reported": lambda: alignment(steer(recorded(), variant="reported", method="recorded")),
    "vanilla": lambda: alignment(steer(panel(), variant="vanilla")),
    "scores": scores,
    "one country": lambda: scores().sel(country="BRA"),
    "three countries": lambda: macro(scores().isel(country=slice(3)), n_boot=60, seed=3, level=0.9),
    "matched": lambda: alignment(steer(panel(), variant="debiased"), utilitarianism="matched"),
    "own targets": lambda: alignment(steer(panel(), variant="consensus"), own_targets()),
    "given": lambda: alignment(
        steer(panel(), variant="consensus")[["p_spare"]].drop_vars("variant").drop_attrs()
    ),
    "rival": lambda: cross_validate(Temperature("debiased"), steer(panel())),
    "steered rival": lambda: cross_validate(Variant("paper", {"seed": 7}), panel()),
    "compare": lambda: compare(panel(), ["vanilla", "consensus", "paper"], seed=5),
    "one of compare": lambda: compare(panel(), ["vanilla", "paper"]).sel(variant="vanilla"),
    "logged compare": lambda: compare(
        recorded(), ["vanilla", "debiased", "paper"], method="recorded"
    ),
    "two methods": lambda: join_variants(
        [scores(), alignment(steer(panel(), variant="released", seed=9))]
    ),
    "languages": _languages,
    "grid": _grid,
    "audit": audited,
    "audit of one": lambda: audited()["first"],
}


@cache
def result(name: str) -> Any:  # noqa: ANN401 - a dataset or an audit
    return RESULTS[name]()


@cache
def written(name: str) -> disca_nb._methods.Methods:
    return methods(result(name))
