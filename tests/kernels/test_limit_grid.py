"""Limits that settings share the work of, against one call per setting and against the twin."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from reference import limit_twin, random_panels

from disca_nb import _accelerate
from disca_nb._accelerate import JIT_DISABLED
from disca_nb.errors import InputError, ParameterError
from disca_nb.kernels import Limits, disca_correction, limit_grid
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.limit_grid import families
from disca_nb.kernels.parameters import check_parameters, parameter_table
from disca_nb.kernels.quadrature import integrate_cells

N = 3 if JIT_DISABLED else 60
Grid = Mapping[str, Sequence[float | str | None]]
GRIDS: dict[str, Grid] = {
    "utility": {"lam": [0.0, 0.7, 1.0], "eta": [0.1, 0.5, 2.0], "kappa": [0.0, 1.0, 2.25, 6.0]},
    "widths and powers": {"sigma": ["adaptive", 0.05, 0.3, 5.0], "alpha": [0.3, 0.88, 1.0]},
    "least widths": {"sigma_floor": [0.01, 0.3, 2.0], "sigma": ["adaptive", 0.5]},
    "floors": {"floor": [None, 0.0, 0.5, 3.0], "kappa": [0.0, 2.25], "lam": [0.2, 0.9]},
    "steep": {
        "eta": [0.01, 0.05],
        "kappa": [2.25, 5.0 if JIT_DISABLED else 100.0],
        "sigma": [0.01, 0.3],
    },
}


def settings(grid: Grid) -> list[dict[str, Any]]:
    return [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]


def table(grid: Grid) -> FloatArray:
    rows = [parameter_table(check_parameters(setting), ()) for setting in settings(grid)]
    return np.concatenate(rows)


def panels(count: int, personas: int, seed: int) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    middle = rng.normal(0.0, 1.5, count)
    spread = 10.0 ** rng.uniform(-1.0, 0.7, count)
    base = middle + rng.normal(0.0, 1.5, count)
    gaps = middle[:, None] + spread[:, None] * rng.standard_normal((count, personas))
    if count > 2:
        gaps[1] = base[1]  # all points coincide
        base[2] = gaps[2, 0]
    return base, gaps


@pytest.mark.parametrize("personas", [1, 4, 16])
@pytest.mark.parametrize("name", GRIDS)
def test_every_setting_is_a_call_of_its_own(name: str, personas: int) -> None:
    few = N if personas == 4 else max(N // 10, 1)
    base, gaps = panels(few, personas, list(GRIDS).index(name))
    limits = limit_grid(base, gaps, table(GRIDS[name]), tol=1e-6)
    for row, setting in enumerate(settings(GRIDS[name])):
        one = disca_correction(base, gaps, method="quadrature", tol=1e-6, rho=0.0, **setting)
        # In widths, as tolerances are.
        scale = one.sigma
        np.testing.assert_allclose(
            limits.limit[row] / scale, one.pass_correction[:, 0] / scale, rtol=1e-11, atol=1e-13
        )
        np.testing.assert_allclose(limits.ess[row], one.ess[:, 0], rtol=1e-11, atol=1e-200)
        np.testing.assert_allclose(limits.variance[row] / 64, one.pass_variance, rtol=1e-9)


def test_limits_are_the_twin_s() -> None:
    grid: Grid = {"eta": [0.3, 0.8], "kappa": [1.0, 3.0], "floor": [None, 1.0]}
    count = 3 if JIT_DISABLED else 40
    for base, personas in random_panels(count, 11):
        limits = limit_grid(np.array([base]), personas[None], table(grid), tol=1e-9)
        for row, setting in enumerate(settings(grid)):
            plain = {k: float(v) for k, v in setting.items() if isinstance(v, float)}
            twin = limit_twin(base, personas, **plain)
            assert abs(limits.limit[row, 0] - twin.correction) <= 1e-9 * twin.width
            assert limits.ess[row, 0] == pytest.approx(twin.ess, rel=1e-6)
            assert limits.variance[row, 0] == pytest.approx(64.0 * twin.variance, rel=1e-6)


def test_what_is_too_far_out_is_integrated_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    module, seen = sys.modules["disca_nb.kernels.limit_grid"], []

    def count(start: int, stop: int, *inputs: Any) -> None:  # noqa: ANN401
        seen.append(stop - start)
        integrate_cells(start, stop, *inputs)

    monkeypatch.setattr(module, "integrate_cells", count)
    monkeypatch.setattr(module, "_AT_ONCE", 1)
    # A thousand search widths from the base to the personas, and many of those among them.
    base, gaps = np.array([3.0, 0.5]), np.array([[-30.0, 4.0, 0.0], [0.4, 0.6, 0.5]])
    # Families of two, as the consensus' weight moves no node.
    grid: Grid = {"sigma": [0.002, 0.3], "eta": [0.02, 0.5], "lam": [0.6, 0.7]}
    limits = limit_grid(base, gaps, table(grid), tol=1e-7)
    for row, setting in enumerate(settings(grid)):
        one = disca_correction(base, gaps, method="quadrature", tol=1e-7, rho=0.0, **setting)
        np.testing.assert_allclose(
            limits.limit[row], one.pass_correction[:, 0], rtol=1e-9, atol=1e-15
        )
    assert set(seen) == {1}
    assert len(seen) < limits.limit.size


def test_a_gap_that_is_not_finite_gives_nan_in_its_cell_alone() -> None:
    base, gaps = np.array([1.0, np.nan, 1.0]), np.array([[0.0, 1.0], [0.0, 1.0], [np.inf, 0.0]])
    limits = limit_grid(base, gaps, table({"eta": [0.3, 0.5], "alpha": [0.5, 1.0]}))
    for values in limits:
        np.testing.assert_array_equal(np.isnan(values), [[False, True, True]] * 4)


def test_threads_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    grid: Grid = {"alpha": [0.5, 1.0], "sigma": ["adaptive", 0.5]}
    base, gaps = panels(280, 1, 4)

    def run(threads: int) -> Limits:
        monkeypatch.setattr(_accelerate, "thread_count", lambda: threads)
        return limit_grid(base, gaps, table(grid), tol=1e-3)

    for one, other in zip(run(1), run(3), strict=True):
        np.testing.assert_array_equal(one, other)


def test_no_settings_and_no_cells() -> None:
    assert limit_grid(np.empty(0), np.empty((0, 4)), table({"eta": [0.5]})).limit.shape == (1, 0)
    assert limit_grid(np.zeros(2), np.ones((2, 4)), np.empty((0, 8))).limit.shape == (0, 2)


def test_families_share_width_power_floor_and_steepness() -> None:
    # 4.5 is the ratio of kappa and eta above which the utility counts as steep.
    grid: Grid = {"eta": [0.25, 0.5], "kappa": [1.0, 2.25], "lam": [0.0, 1.0]}
    arrangement, starts = families(table(grid))
    sizes = np.diff(starts)
    assert sorted(sizes) == [2, 6]
    alone = arrangement[starts[np.argmin(sizes)] :][:2]
    assert [settings(grid)[i] for i in sorted(alone)] == [
        {"eta": 0.25, "kappa": 2.25, "lam": 0.0},
        {"eta": 0.25, "kappa": 2.25, "lam": 1.0},
    ]


def test_settings_that_are_never_looked_at_part_no_family() -> None:
    # The least width does not act on a given one.
    grid: Grid = {"sigma": [0.5], "sigma_floor": [0.1, 0.3]}
    assert families(table(grid))[1].tolist() == [0, 2]


def test_bad_input_is_refused() -> None:
    with pytest.raises(InputError, match="persona_gaps has 17 personas"):
        limit_grid(np.zeros(1), np.zeros((1, 17)), table({"eta": [0.5]}))
    with pytest.raises(ParameterError, match=r"tol is 1\.0"):
        limit_grid(np.zeros(1), np.zeros((1, 2)), table({"eta": [0.5]}), tol=1.0)
