"""Polynomial powers, exponentials and logarithms, against arbitrary precision."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from faces import face

from disca_nb._accelerate import JIT_DISABLED
from disca_nb.kernels import vector_math as vm
from disca_nb.kernels.divergence import jensen_shannon_distance

N = 200 if JIT_DISABLED else 3000
power, exp2, log = face(vm.power), face(vm.exp2), face(vm.log)
cos_sin_turns, unit_interval = face(vm.cos_sin_turns), face(vm.unit_interval)


def _ulp(got: list[float], exact: list[mpmath.mpf]) -> float:
    """Return the largest error in units in the last place."""
    return max(
        float(abs(mpmath.mpf(g) - e)) / float(np.spacing(abs(float(e))))
        for g, e in zip(got, exact, strict=True)
    )


@pytest.mark.parametrize("alpha", [0.2, 0.5, 0.88, 1.0])
def test_powers_are_within_four_units_in_the_last_place(alpha: float) -> None:
    x = np.exp(np.random.default_rng(0).uniform(np.log(1e-12), np.log(1e3), N))
    x = np.concatenate([x, [1e-12, 0.5**0.5, 1.0, 2.0**0.5, 2.0, 1e3]])
    with mpmath.workdps(40):
        got = [float(power(float(v), alpha)) for v in x]
        assert _ulp(got, [mpmath.mpf(float(v)) ** mpmath.mpf(alpha) for v in x]) <= 4.0


def test_powers_of_smaller_numbers_are_within_1e_15() -> None:
    for x in (0.0, 5e-324, 1e-300, 1e-100, 1e-20, 1e-13):
        assert abs(float(power(x, 0.88)) - x**0.88) <= 1e-15


def test_exponentials_and_logarithms_are_within_four_units_in_the_last_place() -> None:
    rng = np.random.default_rng(1)
    exponents, uniforms = rng.uniform(-900.0, 900.0, N), rng.uniform(0.0, 1.0, N)
    with mpmath.workdps(40):
        got = [float(exp2(float(v))) for v in exponents]
        assert _ulp(got, [mpmath.mpf(2) ** mpmath.mpf(float(v)) for v in exponents]) <= 4.0
        got = [float(log(float(v))) for v in uniforms]
        # Close to one the logarithm vanishes, and its digits with it.
        far = [(g, u) for g, u in zip(got, uniforms, strict=True) if u < 0.9]
        exact = [mpmath.log(mpmath.mpf(float(u))) for _, u in far]
        assert _ulp([g for g, _ in far], exact) <= 4.0


def test_cosine_and_sine_of_turns() -> None:
    for u in [*np.random.default_rng(2).uniform(0.0, 1.0, N), 0.0, 0.125, 0.25, 0.5, 0.75, 1.0]:
        cosine, sine = cos_sin_turns(float(u))
        assert abs(cosine - float(mpmath.cospi(2 * mpmath.mpf(float(u))))) <= 1e-15
        assert abs(sine - float(mpmath.sinpi(2 * mpmath.mpf(float(u))))) <= 1e-15


def test_words_become_numbers_strictly_between_zero_and_one() -> None:
    ends = [float(unit_interval(np.uint64(word))) for word in (0, 2**32 - 1)]
    assert ends == [2.0**-33, 1.0 - 2.0**-33]


def test_jensen_shannon_distance_of_nearly_equal_distributions_is_no_nan() -> None:
    p = [0.49999999999999994, 0.5]
    assert jensen_shannon_distance(p, p[::-1]) == pytest.approx(0.0, abs=1e-7)


def test_jensen_shannon_distance_of_no_distribution_is_nan() -> None:
    assert np.isnan(jensen_shannon_distance([[0.0, 0.0], [-1.0, 2.0]], [0.5, 0.5])).all()
