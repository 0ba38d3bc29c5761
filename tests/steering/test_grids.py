"""Parameters given as arrays: grids of settings, and one setting per cell."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from disca_nb.errors import ParameterError
from disca_nb.steering import steer

VALUES = {
    "sigma": [0.3, 1.0],
    "sigma_floor": [0.1, 2.0],
    "lam": [0.0, 0.7],
    "eta": [0.2, 0.5],
    "alpha": [0.5, 1.0],
    "kappa": [1.0, 2.25],
    "rho": [0.0, 0.9],
    "floor": [0.1, 1.0],
    "gate_scale": [0.01, 0.04],
}


def over(dim: str, values: list[float]) -> xr.DataArray:
    return xr.DataArray(values, dims=dim, coords={dim: values})


@pytest.mark.parametrize("name", VALUES)
def test_a_grid_equals_a_loop(panel: xr.Dataset, name: str) -> None:
    small = panel.isel(country=[0], model=[0])
    dim = f"{name}_grid"
    grid = steer(small, **{name: over(dim, VALUES[name])})  # type: ignore[arg-type]
    for value in VALUES[name]:
        one = steer(small, **{name: value})  # type: ignore[arg-type]
        np.testing.assert_array_equal(grid.final_gap.sel({dim: value}), one.final_gap)
    assert not np.array_equal(grid.final_gap.isel({dim: 0}), grid.final_gap.isel({dim: 1}))
    assert grid.attrs[name] == f"varies over {dim}"


def test_two_grids_span_their_product(panel: xr.Dataset) -> None:
    etas, lams = over("eta_grid", [0.2, 0.5]), over("lam_grid", [0.0, 0.5, 1.0])
    grid = steer(panel.isel(country=[0]), eta=etas, lam=lams, method="quadrature")
    assert {"eta_grid": 2, "lam_grid": 3}.items() <= grid.final_gap.sizes.items()
    one = steer(panel.isel(country=[0]), eta=0.5, lam=0.0, method="quadrature")
    np.testing.assert_allclose(
        grid.final_gap.sel(eta_grid=0.5, lam_grid=0.0), one.final_gap, rtol=0.0, atol=1e-12
    )


def test_recorded_passes_are_gated_and_blended_on_a_grid(cell: xr.Dataset) -> None:
    scales = over("gate_scale_grid", [0.02, 0.04, np.inf])
    steered = steer(cell, method="recorded", gate_scale=scales)
    np.testing.assert_allclose(steered.reliability.squeeze(), np.exp([-2.0, -1.0, 0.0]))


def test_a_parameter_may_differ_by_cell(panel: xr.Dataset) -> None:
    eta = xr.DataArray([0.2, 0.5, 1.0], {"country": panel.country}, "country")
    steered = steer(panel, eta=eta)
    for country in panel.country.values:
        one = steer(panel.sel(country=country), eta=eta.sel(country=country).item())
        np.testing.assert_array_equal(steered.final_gap.sel(country=country), one.final_gap)
    assert steered.attrs["eta"] == "varies over country"


def test_an_array_without_dimensions_is_a_number(panel: xr.Dataset) -> None:
    steered = steer(panel, sigma=xr.DataArray(0.5), n_passes=xr.DataArray(3))
    assert steered.identical(steer(panel, sigma=0.5, n_passes=3))


def test_steering_a_grid_again_leaves_no_trace_of_it(panel: xr.Dataset) -> None:
    grid = steer(panel, eta=over("eta_grid", [0.2, 0.5]))
    assert steer(grid).identical(steer(panel))


@pytest.mark.parametrize("values", [[0.2, 0.5], (0.2, 0.5), np.array([0.2, 0.5])], ids=type)
def test_an_array_without_names_is_refused(panel: xr.Dataset, values: object) -> None:
    with pytest.raises(ParameterError, match=r"give an xarray\.DataArray over eta_grid"):
        steer(panel, eta=values)


def test_a_dimension_of_another_name_is_refused(panel: xr.Dataset) -> None:
    with pytest.raises(ParameterError, match="eta has the dimension 'temperature'; name it eta_g"):
        steer(panel, eta=over("temperature", [0.2, 0.5]))


def test_a_grid_without_labels_is_refused(panel: xr.Dataset) -> None:
    with pytest.raises(ParameterError, match=r"eta has the dimension 'eta_grid'.*give it labels"):
        steer(panel, eta=xr.DataArray([0.2, 0.5], dims="eta_grid"))


@pytest.mark.parametrize("countries", [["USA", "BRA", "JPN"], ["JPN"]])
def test_a_parameter_for_other_cells_is_refused(panel: xr.Dataset, countries: list[str]) -> None:
    eta = xr.DataArray([0.5] * len(countries), {"country": countries}, "country")
    with pytest.raises(ParameterError, match="eta has other labels of 'country'"):
        steer(panel, eta=eta)


def test_the_number_of_passes_is_one_number(panel: xr.Dataset) -> None:
    with pytest.raises(ParameterError, match=r"n_passes \(M\) is an array"):
        steer(panel, n_passes=over("n_grid", [2.0, 3.0]))
