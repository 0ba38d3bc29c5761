"""Orders of the scenarios, against datasets that stand in these orders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from disca_nb._accelerate import JIT_DISABLED
from disca_nb.datasets import demo_panel, recorded
from disca_nb.errors import InputError, ParameterError
from disca_nb.kernels import label_key, mix_keys, moving_average
from disca_nb.metrics import alignment, scenario_orders
from disca_nb.steering import decide, steer
from disca_nb.variables import validate


def logged(panel: xr.Dataset) -> xr.Dataset:
    """Return the panel with passes as a run might have logged them, and the state they began in."""
    rng = np.random.default_rng(4)
    dims, shape = panel.base_gap.dims, panel.base_gap.shape
    states = [dim for dim in dims if dim != "scenario"]
    sizes = [panel.sizes[dim] for dim in states]
    return panel.assign(
        recorded_correction=((*dims, "pass_id"), rng.normal(0.0, 0.3, (*shape, 2))),
        recorded_ess=((*dims, "pass_id"), rng.uniform(0.02, 0.9, (*shape, 2))),
        initial_average=(states, rng.normal(0.0, 1.0, sizes)),
        initial_step=(states, np.full(sizes, 60.0)),
    ).assign_coords(pass_id=[0, 1])


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    return logged(demo_panel(["JPN", "USA"]))


def by_hand(panel: xr.Dataset, draw: int, seed: int) -> xr.Dataset:
    """Return the scores with the scenarios of each country sorted by their keys, one by one."""
    micro = steer(panel, variant="released+ema", method="recorded")
    final = micro.final_gap.copy()
    for country in panel.country.values:
        keys = []
        for scenario in panel.scenario.values:
            key = np.asarray(label_key("disca_nb"))
            for text in (f"country={country}", f"scenario={scenario}"):
                key = mix_keys(key, np.asarray(label_key(text)))
            keys.append(int(mix_keys(key, np.asarray(label_key(f"order={draw} seed={seed}")))))
        order = sorted(range(len(keys)), key=keys.__getitem__)
        at = {"country": country}
        gaps = micro.micro_gap.sel(at).isel(scenario=order)
        averaged = moving_average(gaps.transpose("model", "scenario")).final
        moved = gaps.transpose("model", "scenario").copy(data=averaged)
        final.loc[at] = moved.sel(scenario=panel.scenario).transpose(*final.sel(at).dims)
    return alignment(decide(micro.assign(final_gap=final)))


def test_orders_are_those_of_datasets_that_stand_in_them(panel: xr.Dataset) -> None:
    scores = scenario_orders(panel, 3, 11, method="recorded")
    validate(scores)
    assert scores.order_draw.values.tolist() == [0, 1, 2, 3]
    assert scores.attrs["order_seed"] == 11
    stored = alignment(steer(panel, variant="released+ema", method="recorded"))
    for draw, expected in enumerate([stored, *(by_hand(panel, i, 11) for i in (1, 2, 3))]):
        for name in ("mis", "preference"):
            np.testing.assert_allclose(
                scores[name].sel(order_draw=draw), expected[name], rtol=0.0, atol=1e-12
            )


def test_random_orders_start_as_a_live_run_does(panel: xr.Dataset) -> None:
    live = panel.drop_vars(["initial_average", "initial_step"])
    one = scenario_orders(panel, 4, method="recorded").mis
    other = scenario_orders(live, 4, method="recorded").mis
    xr.testing.assert_equal(
        one.isel(order_draw=slice(1, None)), other.isel(order_draw=slice(1, None))
    )
    assert not np.allclose(one.isel(order_draw=0), other.isel(order_draw=0))


def test_reordering_the_dataset_changes_its_own_order_alone(panel: xr.Dataset) -> None:
    turned = panel.isel(scenario=slice(None, None, -1), country=[1, 0])
    one = scenario_orders(panel, 2, method="recorded").mis
    other = scenario_orders(turned, 2, method="recorded").mis.sel(country=panel.country)
    np.testing.assert_allclose(one.sel(order_draw=[1, 2]), other.sel(order_draw=[1, 2]), rtol=1e-12)
    assert not np.allclose(one.sel(order_draw=0), other.sel(order_draw=0))


def test_more_orders_and_another_seed(panel: xr.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    few = scenario_orders(panel, 2, method="recorded").mis
    monkeypatch.setattr("disca_nb.metrics.orders.BLOCK_BYTES", 1)
    many = scenario_orders(panel, 5, method="recorded").mis
    xr.testing.assert_equal(many.sel(order_draw=[0, 1, 2]), few)
    assert np.unique(many).size == many.size
    other = scenario_orders(panel, 2, 1, method="recorded").mis
    assert not np.isin(other.sel(order_draw=[1, 2]), many).any()


def test_the_order_of_equal_scenarios_does_not_matter() -> None:
    # Six hundred cells of one gap: a moving average of a constant is approached from zero.
    n = 600
    cells = xr.Dataset(
        {
            "base_gap": (("country", "scenario"), np.full((1, n), 0.8)),
            "persona_gap": (("country", "scenario", "persona"), np.full((1, n, 2), 0.8)),
        },
        {
            "country": ["JPN"],
            "scenario": [f"s{i}" for i in range(n)],
            "persona": ["a", "b"],
            "preferred_on_right": ("scenario", np.ones(n, dtype=bool)),
            "category": ("scenario", ["Age"] * n),
        },
    )
    if JIT_DISABLED:
        cells = cells.isel(scenario=slice(0, 60))
    mis = scenario_orders(cells, 3, tol=1e-3).mis.squeeze()
    np.testing.assert_allclose(mis, mis[0], rtol=1e-12)


def test_the_published_figure_comes_first(reference_data: Path) -> None:
    cells = recorded.load(reference_data / "disca_recorded" / "phi-4.csv.gz")
    scores = scenario_orders(cells, 5, method="recorded").mis.mean("country").squeeze()
    assert float(scores[0]) == pytest.approx(0.3464, abs=0.0006)
    assert float(scores[1:].std()) > 0.0


REFUSED: list[tuple[Callable[[xr.Dataset], object], type[InputError], str]] = [
    (lambda d: scenario_orders(d, 0), InputError, "n_orders is 0; give a whole number from 1"),
    (lambda d: scenario_orders(d, 2.5), InputError, r"n_orders is 2\.5"),  # type: ignore[arg-type]
    (lambda d: scenario_orders(d, True), InputError, "n_orders is True"),  # noqa: FBT003
    (lambda d: scenario_orders(d, 2, -1), ParameterError, "seed is -1"),
    (lambda d: scenario_orders(d, 2, eta=-1.0), ParameterError, r"eta \(η\) is -1\.0"),
    (
        lambda d: scenario_orders(d, 2, eta=xr.DataArray([0.5], dims="eta_grid")),
        InputError,
        "eta is an array",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), REFUSED)
def test_what_makes_no_sense_is_refused(
    panel: xr.Dataset, call: Callable[[xr.Dataset], object], kind: type[InputError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        call(panel)
