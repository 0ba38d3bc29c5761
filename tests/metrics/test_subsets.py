"""Subsets of the panel, against panels of these personas alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xarray as xr

from disca_nb._accelerate import JIT_DISABLED
from disca_nb.datasets import demo_panel
from disca_nb.errors import InputError, ParameterError
from disca_nb.metrics import alignment, persona_subsets
from disca_nb.steering import steer
from disca_nb.variables import validate


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    panel = demo_panel(["JPN", "USA"])
    if not JIT_DISABLED:
        return panel
    # Two scenarios of every attribute.
    first = [
        np.flatnonzero(panel.category.values == name)[:2] for name in set(panel.category.values)
    ]
    return panel.isel(scenario=np.sort(np.concatenate(first)))


@pytest.mark.parametrize(
    ("variant", "options"),
    [
        ("consensus", {}),
        ("paper", {"method": "quadrature", "tol": 1e-6, "sigma": 0.4}),
        ("released+ema", {"method": "quadrature", "tol": 1e-6, "rho": 0.8}),
        ("correction-only", {"method": "monte-carlo", "seed": 3, "n_passes": 3, "eta": 0.2}),
    ],
)
def test_a_subset_is_a_panel_of_its_own(
    panel: xr.Dataset, variant: str, options: dict[str, Any]
) -> None:
    sizes = [1, 3] if JIT_DISABLED else None
    scores = persona_subsets(panel, sizes, variant=variant, **options)
    validate(scores)
    assert scores.sizes["subset"] == (8 if JIT_DISABLED else 15)
    for label in scores.subset.values:
        names = str(label).split("+")
        one = alignment(steer(panel.sel(persona=names), variant=variant, **options))
        found = scores.sel(subset=label)
        assert int(found.n_personas) == len(names)
        for name in ("mis", "preference"):
            np.testing.assert_allclose(found[name], one[name], rtol=0.0, atol=1e-12)


def test_sizes_by_hand(panel: xr.Dataset) -> None:
    scores = persona_subsets(panel, [2, 1, 2], variant="consensus")
    assert scores.subset.values.tolist() == [
        *("young+middle", "young+older", "young+all", "middle+older", "middle+all", "older+all"),
        *("young", "middle", "older", "all"),
    ]
    assert scores.n_personas.values.tolist() == [2] * 6 + [1] * 4
    assert scores.mis.dims == ("country", "model", "subset")


def test_blocks_change_nothing(panel: xr.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = persona_subsets(panel, [3, 4])
    monkeypatch.setattr("disca_nb.metrics.subsets.BLOCK_BYTES", 1)
    assert persona_subsets(panel, [3, 4]).identical(whole)


REFUSED: list[tuple[Callable[[xr.Dataset], object], type[InputError], str]] = [
    (lambda d: persona_subsets(d, []), InputError, "No size of subsets was given"),
    (lambda d: persona_subsets(d, [0]), InputError, "size 0; give whole numbers from 1 to 4"),
    (lambda d: persona_subsets(d, [5]), InputError, "size 5; give whole numbers from 1 to 4"),
    (lambda d: persona_subsets(d, [1.5]), InputError, r"size 1\.5; give whole"),  # type: ignore[list-item]
    (lambda d: persona_subsets(d, [True]), InputError, "size True; give whole"),
    (lambda d: persona_subsets(d, variant="vanilla"), ParameterError, "'vanilla' is the same for"),
    (lambda d: persona_subsets(d, method="recorded"), ParameterError, "belong to the whole panel"),
    (lambda d: persona_subsets(d, lam=2.0), ParameterError, r"lam \(λ\) is 2\.0"),
    (
        lambda d: persona_subsets(d, eta=xr.DataArray([0.5], dims="eta_grid")),
        InputError,
        "eta is an array",
    ),
    (
        lambda d: persona_subsets(d.drop_vars(["base_gap", "base_order_gap"])),
        InputError,
        "lacks 'base_gap'",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), REFUSED)
def test_what_makes_no_sense_is_refused(
    panel: xr.Dataset, call: Callable[[xr.Dataset], object], kind: type[InputError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        call(panel)
