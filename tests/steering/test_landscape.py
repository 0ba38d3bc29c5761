"""One cell's landscape against `steer` on all cells, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

from disca_nb.datasets import demo_panel
from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.steering import landscape, steer

CELL: dict[str, Any] = {"country": "BRA", "scenario": "x", "model": "n"}
SAME = (
    *("base_gap", "persona_gap", "consensus_gap", "sigma", "pass_variance", "reliability"),
    *("correction", "anchor_weight", "final_gap", "p_right", "p_spare"),
)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"variant": "correction-only", "sigma": 0.3},
        {"variant": "released", "rho": 0.5, "eta": 0.1},
        {"category_temperature": "disca", "decision_temperature": 1.0, "tol": 1e-9},
        {"floor": 0.5, "lam": 0.2, "gate_scale": 0.01, "n_samples": 16, "n_passes": 3},
    ],
    ids=str,
)
def test_what_comes_out_is_what_steer_gives(panel: xr.Dataset, options: dict[str, Any]) -> None:
    cell = landscape(panel, **CELL, **options)
    expected = steer(panel, method="quadrature", **options).sel(CELL)
    for name in SAME:
        np.testing.assert_array_equal(cell[name], expected[name], err_msg=name)
    assert cell.limit.item() == expected.pass_correction.values[0]
    assert cell.ess_ratio.item() == expected.ess.values[-1]
    assert cell.attrs["steering"] == expected.attrs["steering"]


def test_every_cell_s_weights_integrate_to_one_around_the_limit(panel: xr.Dataset) -> None:
    for country in panel.country.values:
        for scenario in panel.scenario.values:
            cell = landscape(panel, country=country, scenario=scenario, model="m", rho=0.0)
            mass = (cell.node_weight * cell.node_density).sum().item()
            mean = (cell.node_weight * cell.node_density * cell.node_at).sum().item()
            assert mass == pytest.approx(1.0, abs=1e-12)
            assert mean == pytest.approx(cell.limit.item(), abs=1e-7 * cell.sigma.item())
            assert cell.weight_mean.item() == pytest.approx(mean, abs=1e-12)


def test_the_utility_is_the_mixed_value_of_all_voices(panel: xr.Dataset) -> None:
    cell = landscape(panel, **CELL, lam=0.6, n_points=2001)
    assert cell.persona_value.dims == ("persona", "candidate")
    assert cell.sizes["candidate"] == 2001
    mixed = 0.4 * cell.persona_value.mean("persona") + 0.6 * cell.consensus_value
    np.testing.assert_allclose(cell.utility, mixed, rtol=0.0, atol=1e-13)
    # At the base nobody gains.
    base = (cell.base_gap - cell.consensus_gap).item()
    assert cell.utility.sel(candidate=base, method="nearest").item() == pytest.approx(0.0, abs=1e-9)


def gaps(base: float, personas: list[float]) -> xr.Dataset:
    """Return one cell."""
    names = ["young", "older", "a", "b"][: len(personas)]
    return xr.Dataset(
        {
            "base_gap": (("country", "scenario"), [[base]]),
            "persona_gap": (("country", "scenario", "persona"), [[personas]]),
        },
        {
            "country": ["JPN"],
            "scenario": ["s"],
            "persona": names,
            "preferred_on_right": ("scenario", [True]),
            "category": ("scenario", ["Age"]),
        },
    )


def kinks(cell: xr.Dataset) -> dict[str, tuple[float, bool]]:
    rows = zip(cell.kink_text.values, cell.kink_at.values, cell.kink_of_gain.values, strict=True)
    return {str(text): (round(float(at), 9), bool(gain)) for text, at, gain in rows}


def test_kinks_say_what_meets_there() -> None:
    cell = landscape(gaps(0.5, [-0.2, 0.4]), country="JPN", scenario="s", sigma=1.0)
    assert kinks(cell) == {
        "zero gain of young": (-1.0, True),
        "zero gain of consensus": (-0.4, True),
        "young": (-0.3, False),
        "consensus": (0.0, False),
        "zero gain of older": (0.2, True),
        "older": (0.3, False),
        "base, where no voice gains": (0.4, True),
    }
    assert (np.diff(cell.kink_at) > 0.0).all()


def test_kinks_at_one_place_are_one() -> None:
    cell = landscape(gaps(0.5, [0.5, -0.5]), country="JPN", scenario="s", sigma=1.0, floor=0.0)
    texts = [set(text.split("; ")) for text in cell.kink_text.values]
    both = {"base, where no voice gains", "young", "zero gain of young", "floor of young"}
    assert any(both <= text for text in texts)
    assert len(texts) == len(np.unique(cell.kink_at.values.round(9)))


def test_kinks_outside_of_what_is_drawn_are_left_out() -> None:
    cell = landscape(gaps(50.0, [-0.2, 0.4]), country="JPN", scenario="s", sigma=0.3)
    assert set(kinks(cell)) == {"young", "consensus", "older"}


def test_below_rho_weights_are_there_and_the_limit_is_silent(panel: xr.Dataset) -> None:
    cell = landscape(panel, **CELL, eta=0.02, rho=0.9)
    assert cell.limit.item() == 0.0
    assert cell.weight_mean.item() != 0.0


def test_labels_that_were_selected_before_are_found(panel: xr.Dataset) -> None:
    expected = landscape(panel, **CELL)
    one = panel.sel(model="n")
    xr.testing.assert_equal(landscape(one, country="BRA", scenario="x"), expected)
    cell = panel.sel(country="BRA", scenario="x", model=["n"])
    xr.testing.assert_equal(landscape(cell, country="BRA", scenario="x"), expected)


def test_chunked_and_steered_gaps_give_the_same(panel: xr.Dataset) -> None:
    expected = landscape(panel, **CELL)
    assert landscape(panel.chunk(country=1, persona=2), **CELL).identical(expected)
    again = landscape(steer(panel, variant="consensus"), **CELL)
    xr.testing.assert_equal(again, expected)


def test_two_orders_are_debiased() -> None:
    panel = demo_panel(["JPN"])
    scenario = panel.scenario.values[3]
    orders = panel.drop_vars(["base_gap", "persona_gap"])
    found, expected = (landscape(x, country="JPN", scenario=scenario) for x in (orders, panel))
    np.testing.assert_allclose(found.utility, expected.utility, rtol=0.0, atol=1e-12)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"country": "BRB"}, "Unknown country 'BRB'; did you mean 'BRA'"),
        ({"scenario": "q"}, "Unknown scenario 'q'; known: v, w, x, y, z"),
        ({"model": "gpt"}, "Unknown model 'gpt'"),
        ({"variant": "papre"}, "Unknown variant 'papre'; did you mean 'paper'"),
        ({"etta": 0.5}, "Unknown parameter 'etta'; did you mean 'eta'"),
    ],
)
def test_unknown_names_are_refused(
    panel: xr.Dataset, changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(UnknownNameError, match=message):
        landscape(panel, **(CELL | changed))


def test_several_models_must_be_told_apart(panel: xr.Dataset) -> None:
    with pytest.raises(InputError, match=r"of several models \(m, n\); name one with model=…"):
        landscape(panel, country="BRA", scenario="x")


def test_a_model_that_nothing_names_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="Unknown model 'm'; known: none"):
        landscape(gaps(0.5, [0.0, 1.0]), country="JPN", scenario="s", model="m")


def test_variants_without_passes_are_refused(panel: xr.Dataset) -> None:
    with pytest.raises(InputError, match=r"'vanilla' makes no passes.*take one of correction"):
        landscape(panel, **CELL, variant="vanilla")


def test_the_moving_average_is_refused(panel: xr.Dataset) -> None:
    with pytest.raises(InputError, match=r"averages over other scenarios.*take 'released'"):
        landscape(panel, **CELL, variant="released+ema")


def test_cells_without_gaps_are_refused(panel: xr.Dataset) -> None:
    holed = panel.assign(base_gap=panel.base_gap.where(panel.country != "BRA"))
    with pytest.raises(InputError, match="The cell BRA, x, n has a base_gap that is not finite"):
        landscape(holed, **CELL)
    silent = panel.assign(persona_gap=panel.persona_gap.where(panel.persona != "young"))
    with pytest.raises(InputError, match="has a persona_gap that is not finite; take one that was"):
        landscape(silent, **CELL)


def test_other_dimensions_must_be_selected(panel: xr.Dataset) -> None:
    two = panel.assign(base_gap=panel.base_gap.expand_dims(language=["en", "ja"]))
    with pytest.raises(InputError, match="The cell has the dimension 'language'; select one"):
        landscape(two, **CELL)


def test_grids_are_refused(panel: xr.Dataset) -> None:
    etas = xr.DataArray([0.2, 0.5], {"eta_grid": [0.2, 0.5]}, "eta_grid")
    with pytest.raises(InputError, match="Parameter eta is an array; one cell takes a single"):
        landscape(panel, **CELL, eta=etas)
    plain = landscape(panel, **CELL, eta=xr.DataArray(0.2))
    assert plain.identical(landscape(panel, **CELL, eta=0.2))


def test_values_out_of_range_are_refused(panel: xr.Dataset) -> None:
    with pytest.raises(ParameterError, match="n_points is 1"):
        landscape(panel, **CELL, n_points=1)
    with pytest.raises(ParameterError, match=r"lam \(λ\) is 2"):
        landscape(panel, **CELL, lam=2.0)
    with pytest.raises(InputError, match=r"Expected an xarray\.Dataset, got dict"):
        landscape({}, **CELL)  # type: ignore[arg-type]
