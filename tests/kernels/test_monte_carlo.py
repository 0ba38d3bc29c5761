"""Monte-Carlo passes against slow twins; shapes, gaps and parameters of every kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import reference
from faces import face
from reference import Floats

from disca_nb import kernels
from disca_nb._accelerate import JIT_DISABLED
from disca_nb.kernels import disca_correction, philox

standard_normals = face(philox.standard_normals)
PANEL = [-0.5, 0.0, 0.25, 0.75]
N = 40 if JIT_DISABLED else 3000


def _cells(n: int, personas: int = 4) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(7)
    base = rng.normal(0.0, 2.0, n)
    return base, 0.5 * base[:, None] + rng.normal(0.0, 1.0, (n, personas))


def _normals(seed: int, key: int, pass_id: int, n: int = 64) -> Floats:
    size = (n + 3) // 4 * 4
    out = np.empty(size)
    standard_normals(np.uint64(seed), np.uint64(key), np.uint64(pass_id), out)
    return out[:n]


@pytest.mark.parametrize(
    ("n_personas", "parameters"),
    [
        (4, {}),
        (1, {}),
        (16, {}),
        (3, {"floor": 0.2}),
        (4, {"sigma": 0.3, "lam": 0.2, "eta": 0.1, "alpha": 0.5, "kappa": 1.0, "gate_scale": 1.0}),
        (2, {"eta": 0.1, "rho": 0.15}),
    ],
)
def test_passes_and_gate_equal_the_twin(n_personas: int, parameters: dict[str, Any]) -> None:
    base, personas = _cells(20, n_personas)
    got = disca_correction(
        base, personas, seed=3, keys=np.arange(20, dtype=np.uint64), **parameters
    )
    for i in range(20):
        normals = np.stack([_normals(3, i, pass_id) for pass_id in range(2)])
        correction, reliability, passes, ess = reference.correction_twin(
            base[i], personas[i], normals, **parameters
        )
        assert got.pass_correction[i] == pytest.approx(passes, abs=1e-12)
        assert got.ess[i] == pytest.approx(ess, abs=1e-12)
        assert got.correction[i] == pytest.approx(correction, abs=1e-12)
        assert got.reliability[i] == pytest.approx(reliability, abs=1e-12)
        assert got.sigma[i] == pytest.approx(reference.Setting(**parameters).width(personas[i]))


def test_some_made_up_cells_fall_below_the_threshold() -> None:
    base, personas = _cells(N)
    got = disca_correction(base, personas, eta=0.1, rho=0.15)
    collapsed = got.ess < 0.15
    assert 0 < collapsed.sum() < collapsed.size
    assert (got.pass_correction[collapsed] == 0.0).all()
    assert (got.pass_correction[~collapsed] != 0.0).all()


def test_a_floor_spares_the_personas_losses() -> None:
    base, personas = _cells(20)
    free = disca_correction(base, personas, lam=0.0, method="quadrature")
    floored = disca_correction(base, personas, lam=0.0, floor=0.1, method="quadrature")
    assert floored.ess.mean() > free.ess.mean()
    # A floor that no loss reaches changes nothing.
    deep = disca_correction(base, personas, lam=0.0, floor=1e6, method="quadrature")
    assert deep.correction == pytest.approx(free.correction, abs=1e-6)


@pytest.mark.parametrize("n_passes", [2, 3, 4, 5])
def test_odd_numbers_of_candidates_and_more_passes(n_passes: int) -> None:
    got = disca_correction(1.0, PANEL, n_samples=37, n_passes=n_passes, keys=np.uint64(5))
    normals = np.stack([_normals(0, 5, pass_id, 37) for pass_id in range(n_passes)])
    correction, reliability, passes, ess = reference.correction_twin(
        1.0, PANEL, normals, n_samples=37
    )
    assert got.pass_correction == pytest.approx(passes, abs=1e-12)
    assert got.ess == pytest.approx(ess, abs=1e-12)
    assert got.correction == pytest.approx(correction, abs=1e-12)
    assert got.reliability == pytest.approx(reliability, abs=1e-12)


def test_a_single_pass_is_one_of_those_of_the_whole() -> None:
    base, personas = _cells(5)
    whole = disca_correction(base, personas, seed=9)
    for pass_id in range(2):
        correction, ess = kernels.ptis_pass(base, personas, seed=9, pass_id=pass_id)
        assert (correction == whole.pass_correction[:, pass_id]).all()
        assert (ess == whole.ess[:, pass_id]).all()


def test_a_seed_draws_the_same_numbers_in_every_release() -> None:
    got = disca_correction(1.0, PANEL, seed=3, keys=7)
    expected = [-0.034846481438810556, 0.06558406516193546]
    assert got.pass_correction == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize("method", ["monte-carlo", "quadrature"])
def test_parameters_per_cell_equal_a_loop(method: str) -> None:
    base, personas = _cells(4)
    varied = {
        "sigma": [0.1, 0.3, 1.0, 2.0],
        "lam": [0.0, 0.7, 0.9, 1.0],
        "eta": [0.1, 0.5, 1.0, 5.0],
        "alpha": [0.3, 0.88, 0.5, 1.0],
        "kappa": [0.0, 1.0, 2.25, 5.0],
        "rho": [0.0, 0.1, 0.2, 0.9],
        "floor": [0.0, 0.5, 3.0, np.inf],
        "gate_scale": [0.01, 0.04, 1.0, np.inf],
    }
    together = disca_correction(base, personas, method=method, **varied)  # type: ignore[arg-type]
    for i in range(4):
        scalars = {name: values[i] for name, values in varied.items()}
        one = disca_correction(base[i], personas[i], method=method, **scalars)  # type: ignore[arg-type]
        for field in kernels.Correction._fields:
            assert np.array_equal(getattr(together, field)[i], getattr(one, field))


def test_base_and_personas_broadcast() -> None:
    got = disca_correction([[1.0], [2.0]], [PANEL, PANEL[::-1], PANEL])
    assert got.correction.shape == (2, 3)
    assert got.ess.shape == got.pass_correction.shape == (2, 3, 2)
    assert got.correction[1, 2] == disca_correction(2.0, PANEL).correction


@pytest.mark.parametrize("method", ["monte-carlo", "quadrature"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_gap_that_is_not_finite_makes_its_cell_nan_and_no_other(method: str, bad: float) -> None:
    base, personas = _cells(4)
    clean = disca_correction(base, personas, method=method)  # type: ignore[arg-type]
    base[1], personas[2, 3] = bad, bad
    got = disca_correction(base, personas, method=method)  # type: ignore[arg-type]
    for field in kernels.Correction._fields:
        values = getattr(got, field)
        assert np.isnan(values[1:3]).all()
        assert np.array_equal(values[[0, 3]], getattr(clean, field)[[0, 3]])


@pytest.mark.parametrize("method", ["monte-carlo", "quadrature"])
@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 2)])
def test_empty_input_gives_empty_output(method: str, shape: tuple[int, ...]) -> None:
    none = np.empty(shape)
    got = disca_correction(none, np.empty((*shape, 4)), method=method, alpha=none)  # type: ignore[arg-type]
    assert got.correction.shape == got.sigma.shape == shape
    assert got.ess.shape == (*shape, 2)


def test_seeds_keys_and_passes_draw_other_numbers() -> None:
    first = disca_correction(1.0, PANEL, keys=np.uint64(1))
    assert first.pass_correction[0] != first.pass_correction[1]
    assert first.correction != disca_correction(1.0, PANEL, keys=np.uint64(2)).correction
    assert first.correction != disca_correction(1.0, PANEL, keys=np.uint64(1), seed=1).correction
    assert first.correction == disca_correction(1.0, PANEL, keys=np.uint64(1)).correction


def test_without_keys_equal_panels_draw_alike_wherever_they_stand() -> None:
    got = disca_correction([1.0, 2.0, 1.0, 0.0, -0.0], [PANEL] * 5)
    assert got.correction[0] == got.correction[2]
    assert got.correction[3] == got.correction[4]
    assert got.correction[0] != got.correction[1]


# At a temperature so high that all weights are nearly equal.
@pytest.mark.parametrize("n_samples", [3, 7, 10, 64, 1000])
def test_rounding_leaves_no_ess_ratio_above_one(n_samples: int) -> None:
    base, personas = _cells(20 if JIT_DISABLED else 2000)
    flat: dict[str, Any] = {"eta": 1e6, "lam": 0.0, "kappa": 1.0, "sigma": 0.3}
    ess = disca_correction(base, personas, n_samples=n_samples, **flat).ess
    assert ess.max() <= 1.0
    assert ess.min() > 0.9999
