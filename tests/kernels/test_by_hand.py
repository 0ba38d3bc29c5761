"""Every step of the method on numbers that can be worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from faces import face
from reference import Floats

from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.kernels import (
    anchor_weight,
    blend,
    disca_correction,
    expected_gate,
    ptis,
    reliability_gate,
    utility,
)
from disca_nb.kernels.parameters import check_parameters, parameter_table

fill_panel, utilities = face(utility.fill_panel), face(utility.utilities)
weighted_sums = face(ptis.weighted_sums)
LINEAR: dict[str, object] = {"alpha": 1.0, "kappa": 2.0, "lam": 0.25}


def row(parameters: dict[str, object]) -> Floats:
    return parameter_table(check_parameters(parameters), ()).ravel()


def utility_at(
    x: list[float], base: float, personas: list[float], parameters: dict[str, object]
) -> Floats:
    """Return utilities where the search width is 1 and the consensus 0."""
    panel, out = np.empty((1 + len(personas), 4)), np.empty(len(x))
    table = row({**parameters, "sigma": 1.0})
    fill_panel(np.array([base, *personas]), table, panel)
    utilities(np.array(x), panel, table, out)
    return out


@pytest.mark.parametrize(
    ("x", "floor", "expected"),
    [
        # The base is at 2 and personas at -1 and 1, so distances are 3 and 1, and 2 to consensus.
        (1.0, None, 0.75 * (1.0 + 1.0) / 2.0 + 0.25 * 1.0),
        (2.0, None, 0.0),
        (3.0, None, 0.75 * (-2.0 - 2.0) / 2.0 + 0.25 * -2.0),
        (3.0, 0.5, 0.75 * (-0.5 - 0.5) / 2.0 + 0.25 * -2.0),
        (-2.0, None, 0.75 * (2.0 - 4.0) / 2.0 + 0.25 * 0.0),
        (-2.0, 1.0, 0.75 * (2.0 - 1.0) / 2.0 + 0.25 * 0.0),
        (-2.0, 0.0, 0.75 * (2.0 - 0.0) / 2.0 + 0.25 * 0.0),
    ],
)
def test_utility(x: float, floor: float | None, expected: float) -> None:
    out = utility_at([x], 2.0, [-1.0, 1.0], {**LINEAR, "floor": floor})
    assert out[0] == pytest.approx(expected, abs=1e-15)


def test_utility_diminishes_with_the_size_of_gains_and_losses() -> None:
    # One persona at the consensus: a gain of 4 counts 2, a loss of 4 counts 2 times 2.
    out = utility_at([1.0, -9.0], 5.0, [0.0], {"alpha": 0.5, "kappa": 2.0})
    assert out == pytest.approx([2.0, -4.0])


@pytest.mark.parametrize(
    ("values", "normals", "mean", "ess"),
    [
        ([3.0, 3.0, 3.0, 3.0], [1.0, 2.0, 3.0, 6.0], 3.0, 1.0),
        # Weights of 1/4 and 3/4.
        ([0.0, 0.5 * math.log(3.0)], [-1.0, 1.0], 0.5, 0.8),
        ([0.0, 1000.0, 0.0, 0.0, 0.0], [5.0, -2.0, 1.0, 1.0, 1.0], -2.0, 0.2),
    ],
)
def test_importance_weights(
    values: list[float], normals: list[float], mean: float, ess: float
) -> None:
    total, squares, moment = weighted_sums(np.array(normals), np.array(values), 0.5)
    assert moment / total == pytest.approx(mean, abs=1e-15)
    assert total**2 / (squares * len(values)) == pytest.approx(ess)


@pytest.mark.parametrize(
    ("personas", "parameters", "expected"),
    [
        ([0.0, 2.0], {}, math.sqrt(2.0)),
        ([1.0, 2.0, 3.0, 4.0], {}, math.sqrt(5.0 / 3.0)),
        ([0.0, 0.1], {}, 0.3),
        ([0.0, 0.1], {"sigma_floor": 0.01}, math.sqrt(0.005)),
        ([5.0], {}, 0.3),
        ([0.0, 2.0], {"sigma": 0.7}, 0.7),
        ([0.0, 2.0], {"sigma": "adaptive"}, math.sqrt(2.0)),
    ],
)
def test_search_width(personas: list[float], parameters: dict[str, Any], expected: float) -> None:
    assert disca_correction(1.0, personas, **parameters).sigma == pytest.approx(expected)


@pytest.mark.parametrize(
    ("passes", "scale", "mean", "spread"),
    [
        ([0.2, 0.2], 0.04, 0.2, 0.0),
        ([0.3, 0.1], 0.04, 0.2, 0.04),
        ([0.3, 0.1], 0.08, 0.2, 0.04),
        ([0.0, 0.1, 0.2], 0.04, 0.1, 0.02),
        ([-0.2, -0.1, 0.0, 0.1, 0.2], 0.05, 0.0, 0.05),
        ([3.0, -1.0], math.inf, 1.0, 16.0),
    ],
)
def test_reliability_gate(passes: list[float], scale: float, mean: float, spread: float) -> None:
    correction, reliability, variance = reliability_gate(passes, scale)
    assert variance == pytest.approx(spread / 2.0)
    assert reliability == pytest.approx(math.exp(-spread / scale))
    assert correction == pytest.approx(mean * math.exp(-spread / scale))


def test_a_pass_that_is_nan_makes_the_gate_nan() -> None:
    for values in reliability_gate([[0.3, np.nan], [0.3, 0.3]]):
        assert np.isnan(values).tolist() == [True, False]


@pytest.mark.parametrize(
    ("n_passes", "expected"), [(2, 1.75**-0.5), (3, 1.0 / 1.375), (5, 1.1875**-2.0)]
)
def test_expected_gate(n_passes: int, expected: float) -> None:
    correction, reliability = expected_gate(0.2, 0.0075, 0.04, n_passes)
    assert reliability == pytest.approx(expected)
    assert correction == pytest.approx(0.2 * expected)


@pytest.mark.parametrize("variance", [0.0, 0.0075, 1e300, math.inf])
def test_a_gate_that_is_off_trusts_every_pass(variance: float) -> None:
    assert [float(x) for x in expected_gate(0.2, variance, math.inf)] == [0.2, 1.0]


def test_a_gate_that_is_off_trusts_passes_whose_variance_overflows() -> None:
    correction, reliability, variance = reliability_gate([1e200, 3e200], math.inf)
    closed = reliability_gate([1e200, 3e200])[1]
    assert [float(x) for x in (correction, reliability, variance)] == [2e200, 1.0, math.inf]
    assert closed == 0.0


@pytest.mark.parametrize("scale", [0.04, math.inf])
def test_an_unknown_variance_stays_unknown(scale: float) -> None:
    assert np.isnan(expected_gate(0.2, np.nan, scale)[1])
    assert np.isnan(reliability_gate([0.3, np.nan], scale)[1])


def test_every_cell_may_have_a_gate_of_its_own() -> None:
    found = expected_gate([0.2, 0.2, 0.2], [0.0075, math.inf, math.inf], [0.04, 0.04, math.inf])[1]
    assert found == pytest.approx([1.75**-0.5, 0.0, 1.0])


@pytest.mark.parametrize(
    ("passes", "found"),
    [([0.3], "1 passes"), ([], "0 passes"), (0.3, "a single number"), ([[0.3], [0.1]], "1 passes")],
)
def test_fewer_than_two_passes_are_refused(passes: Any, found: str) -> None:  # noqa: ANN401
    with pytest.raises(InputError, match=f"has {found}; its last axis must hold at least 2 passes"):
        reliability_gate(passes)


@pytest.mark.parametrize("n_passes", [1, 0, -1, 2.5, 257, True, np.nan, "two", [2, 3]])
def test_an_expectation_over_another_number_of_passes_is_refused(n_passes: Any) -> None:  # noqa: ANN401
    with pytest.raises(ParameterError, match=r"Parameter n_passes \(M\) is .* whole number"):
        expected_gate(0.2, 0.01, n_passes=n_passes)


@pytest.mark.parametrize("scale", [0.0, -0.04, np.nan, "wide", [0.04, 0.0], True])
def test_a_gate_without_a_scale_above_zero_is_refused(scale: Any) -> None:  # noqa: ANN401
    for gate in (lambda: reliability_gate([0.3, 0.1], scale), lambda: expected_gate(0.2, 1, scale)):
        with pytest.raises(ParameterError, match=r"Parameter gate_scale \(s\) is .* above 0"):
            gate()


@pytest.mark.parametrize("scale", [1e-300, 0.04, 1e300])
def test_a_gate_overflows_without_a_warning(scale: float) -> None:
    assert expected_gate(0.2, 1e308, scale)[1] < 1e-3
    assert reliability_gate([[1e154, -1e154], [1e308, -1e308]], scale)[1].tolist() == [0.0, 0.0]
    assert reliability_gate([1e308, -1e308, 0.0], scale)[1] == 0.0


def test_a_gate_over_text_is_refused() -> None:
    with pytest.raises(InputError, match="pass_corrections holds <U1; it must be an array of num"):
        reliability_gate(["a", "b"])
    with pytest.raises(InputError, match="limit holds <U1"):
        expected_gate("a", 0.01)


@pytest.mark.parametrize("n_passes", [2, 16, 256])
def test_the_gate_does_not_depend_on_how_the_passes_lie_in_memory(n_passes: int) -> None:
    passes = np.random.default_rng(5).normal(0.1, 0.1, (50, n_passes))
    found = reliability_gate(np.asfortranarray(passes))
    for one, other in zip(found, reliability_gate(passes), strict=True):
        assert np.array_equal(one, other)
    alone = [reliability_gate(row) for row in passes]
    assert np.array_equal(np.stack(found, axis=-1), alone)


@pytest.mark.parametrize("n_passes", [2, 3, 5])
def test_expected_gate_is_the_mean_gate_of_normal_passes(n_passes: int) -> None:
    passes = np.random.default_rng(0).normal(0.2, 0.1, (200_000, n_passes))
    correction, reliability, variance = reliability_gate(passes)
    expected_correction, expected_reliability = expected_gate(0.2, 0.01, n_passes=n_passes)
    assert variance.mean() == pytest.approx(0.01, rel=0.01)
    # Four standard errors of a mean of numbers between 0 and 1 with standard deviation .25.
    assert reliability.mean() == pytest.approx(expected_reliability, abs=4.0 * 0.25 / 200_000**0.5)
    assert correction.mean() == pytest.approx(expected_correction, abs=4.0 * 0.1 / 200_000**0.5)


@pytest.mark.parametrize(
    ("variant", "ess", "rho", "expected"),
    [
        ("correction-only", [0.9, 0.8], 0.1, 0.0),
        ("paper", [0.9, 0.8], 0.1, 1.0),
        ("paper", [0.08, 0.04], 0.1, 0.6),
        ("paper", [0.08, 0.04, 0.03], 0.1, 0.5),
        ("paper", [0.04, 0.02], 0.0, 1.0),
        ("released", [0.9, 0.8], 0.1, 0.8),
        ("released", [0.9, 0.04], 0.1, 0.1),
        ("released", [0.9, 0.04, 0.3], 0.0, 0.04),
    ],
)
def test_anchor_weight(variant: str, ess: list[float], rho: float, expected: float) -> None:
    assert anchor_weight(ess, rho, variant=variant) == pytest.approx(expected)
    assert np.isnan(anchor_weight([np.nan, *ess], rho, variant=variant))


def test_anchor_weights_of_many_cells_have_their_own_thresholds() -> None:
    weights = anchor_weight([[0.1, 0.1], [0.1, 0.1]], [0.2, 0.4])
    assert weights == pytest.approx([0.5, 0.25])


def test_an_unknown_blend_is_refused_with_the_closest() -> None:
    with pytest.raises(UnknownNameError, match="'papier'; did you mean 'paper'"):
        anchor_weight([0.5, 0.5], variant="papier")


def test_blend() -> None:
    assert blend([1.0, 1.0, 1.0], 3.0, 0.5, [0.0, 0.5, 1.0]).tolist() == [1.5, 2.5, 3.5]
    assert np.isnan(blend(1.0, np.nan, 0.5, 0.25))
