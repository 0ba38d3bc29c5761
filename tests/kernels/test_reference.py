"""The twins themselves, against high-precision arithmetic and NumPy's own generator."""

from __future__ import annotations

import functools
from typing import Any

import mpmath
import numpy as np
import pytest
from reference import limit_twin, philox_twin

PANELS: list[tuple[float, list[float], dict[str, float]]] = [
    (1.0, [-0.5, 0.0, 0.25, 0.75], {}),
    (-0.7, [0.4], {}),
    (1.5, [-0.5, 1.25], {"floor": 0.5}),
    (0.3, [-1.0, 0.2, 0.6], {"sigma": 0.4, "lam": 0.2, "alpha": 0.6, "kappa": 1.5, "eta": 0.8}),
]


def limit_by_mpmath(
    base: float, personas: list[float], parameters: dict[str, float]
) -> tuple[Any, Any, Any]:
    """Return limit, K V1 and ESS ratio in 30 digits, straight from the definitions."""
    defaults = {"lam": 0.7, "eta": 0.5, "alpha": 0.88, "kappa": 2.25, "floor": mpmath.inf}
    given = {name: mpmath.mpf(value) for name, value in (defaults | parameters).items()}
    lam, eta, alpha, kappa, floor = (given[name] for name in defaults)
    d0, panel = mpmath.mpf(base), [mpmath.mpf(persona) for persona in personas]
    mean = mpmath.fsum(panel) / len(panel)
    squares = mpmath.fsum((d - mean) ** 2 for d in panel)
    spread = mpmath.sqrt(squares / (len(panel) - 1)) if len(panel) > 1 else 0
    sigma = given.get("sigma", max(spread, mpmath.mpf(0.3)))

    def value(gain: Any) -> Any:  # noqa: ANN401
        z = gain / sigma
        return z**alpha if z >= 0 else -kappa * (-z) ** alpha

    @functools.cache
    def weight(noise: Any) -> Any:  # noqa: ANN401
        x = mean + noise
        own = mpmath.fsum(max(value(abs(d0 - d) - abs(x - d)), -floor) for d in panel)
        common = value(abs(d0 - mean) - abs(x - mean))
        return mpmath.exp(((1 - lam) * own / len(panel) + lam * common) / eta)

    reach = {d: abs(d0 - d) + sigma * (floor / kappa) ** (1 / alpha) for d in panel}
    points = [0, d0 - mean, mean - d0]
    points += [p for d in panel for p in (d, 2 * d - d0, d - reach[d], d + reach[d])]
    shifted = points[:3] + [p - mean for p in points[3:]]
    edges = [-14 * sigma, *sorted({p for p in shifted if abs(p) < 14 * sigma}), 14 * sigma]

    def expectation(power: int, moment: Any) -> Any:  # noqa: ANN401
        return mpmath.quad(
            lambda e: mpmath.npdf(e, 0, sigma) * weight(e) ** power * moment(e), edges
        )

    mass, mass_squared = expectation(1, lambda _: 1), expectation(2, lambda _: 1)
    limit = expectation(1, lambda e: e) / mass
    variance = expectation(2, lambda e: (e - limit) ** 2) / mass**2
    return limit, variance, mass**2 / mass_squared


@pytest.mark.parametrize(("base", "personas", "parameters"), PANELS)
def test_the_limit_twin_is_accurate_to_thirteen_digits(
    base: float, personas: list[float], parameters: dict[str, float]
) -> None:
    twin = limit_twin(base, personas, **parameters)
    with mpmath.workdps(30):
        limit, variance, ess = limit_by_mpmath(base, personas, parameters)
    assert abs(twin.correction - limit) <= 1e-13 * twin.width
    assert twin.variance * 64 == pytest.approx(float(variance), rel=1e-13)
    assert twin.ess == pytest.approx(float(ess), rel=1e-13)


def test_the_philox_twin_with_64_bits_is_numpy_s_generator() -> None:
    counter, key = [2**64 - 5, 3, 2**63, 11], [2**64 - 1, 12345]
    generator = np.random.Philox(
        counter=np.array(counter, dtype=np.uint64), key=np.array(key, dtype=np.uint64)
    )
    # NumPy counts up before it draws.
    words = philox_twin((counter[0] + 1, *counter[1:]), (key[0], key[1]), bits=64)
    assert generator.random_raw(4).tolist() == list(words)
