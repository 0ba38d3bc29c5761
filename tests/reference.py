"""Slow, obvious twins of the kernels, written from the method and sharing no code with them."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Setting:
    """Parameters of DISCA; NaN stands for the adaptive width, infinity for no floor."""

    sigma: float = math.nan
    sigma_floor: float = 0.3
    lam: float = 0.7
    eta: float = 0.5
    alpha: float = 0.88
    kappa: float = 2.25
    rho: float = 0.1
    floor: float = math.inf
    gate_scale: float = 0.04
    n_samples: float = 64

    def width(self, personas: Floats) -> float:
        if not math.isnan(self.sigma):
            return self.sigma
        spread = float(np.std(personas, ddof=1)) if personas.size > 1 else 0.0
        return max(spread, self.sigma_floor)

    def value(self, gains: Floats) -> Floats:
        powers = np.abs(gains) ** self.alpha
        return np.where(gains >= 0.0, powers, -self.kappa * powers)

    def log_weight(self, noise: Floats, base: float, personas: Floats) -> Floats:
        """Return utility / eta of the candidates ``consensus + noise``, in logits."""
        sigma, consensus = self.width(personas), personas.mean()
        candidates = consensus + noise
        gains = np.abs(base - personas) - np.abs(candidates[..., None] - personas)
        shared = abs(base - consensus) - np.abs(candidates - consensus)
        values = np.maximum(self.value(gains / sigma), -self.floor)
        own, common = (1.0 - self.lam) * values.mean(axis=-1), self.lam * self.value(shared / sigma)
        return np.asarray((own + common) / self.eta)


def pass_twin(
    base: float, personas: npt.ArrayLike, normals: Floats, **parameters: float
) -> tuple[float, float]:
    """Return correction and ESS ratio of one PT-IS pass with the given standard normals."""
    setting, panel = Setting(**parameters), np.asarray(personas, dtype=np.float64)
    noise = setting.width(panel) * normals
    log_weights = setting.log_weight(noise, base, panel)
    weights = np.exp(log_weights - log_weights.max())
    weights /= weights.sum()
    ess = 1.0 / (noise.size * np.sum(weights**2))
    return (float(np.sum(weights * noise)) if ess >= setting.rho else 0.0), float(ess)


def correction_twin(
    base: float, personas: npt.ArrayLike, normals: Floats, **parameters: float
) -> tuple[float, float, list[float], list[float]]:
    """Return gated correction, reliability, passes and ESS ratios for normals of shape (M, K)."""
    runs = [pass_twin(base, personas, row, **parameters) for row in normals]
    passes, ess = [run[0] for run in runs], [run[1] for run in runs]
    pairs = [(a - b) ** 2 for i, a in enumerate(passes) for b in passes[i + 1 :]]
    # The mean squared difference over all pairs of passes is twice their variance.
    reliability = math.exp(-sum(pairs) / len(pairs) / Setting(**parameters).gate_scale)
    return reliability * sum(passes) / len(passes), reliability, passes, ess


class Limit(NamedTuple):
    """What a pass tends to, in logits: its limit, its variance V1 and its ESS ratio."""

    correction: float
    variance: float
    ess: float
    width: float


def limit_twin(
    base: float, personas: npt.ArrayLike, *, step: float = 1 / 16, **parameters: float
) -> Limit:
    """Integrate by tanh-sinh quadrature with the given step, between break points."""
    setting, panel = Setting(**parameters), np.asarray(personas, dtype=np.float64)
    sigma = setting.width(panel)
    edges = _edges(base, panel, setting)
    nodes, weights = _tanh_sinh(edges[:-1], edges[1:], step)
    log_weights = setting.log_weight(sigma * nodes, base, panel)
    # Nodes that underflow have weight 0, and the variance of a vanishing ESS ratio is infinite.
    with np.errstate(divide="ignore", over="ignore"):
        log_density = np.log(weights / math.sqrt(2.0 * math.pi)) - nodes**2 / 2.0
        first, second = log_density + log_weights, log_density + 2.0 * log_weights
        once, twice = np.exp(first - first.max()), np.exp(second - second.max())
        mean = np.sum(once * nodes) / np.sum(once)
        ess = np.sum(once) ** 2 / np.sum(twice) * np.exp(2.0 * first.max() - second.max())
        variance = np.sum(twice * (nodes - mean) ** 2) / np.sum(twice) / ess / setting.n_samples
    return Limit(float(sigma * mean), float(sigma**2 * variance), float(ess), sigma)


def _edges(base: float, personas: Floats, setting: Setting) -> Floats:
    """Return the sorted ends of pieces on which the integrand is smooth, in units of the width."""
    sigma, consensus = setting.width(personas), personas.mean()
    b, p = (base - consensus) / sigma, (personas - consensus) / sigma
    points = [np.array([0.0, b, -b]), p, 2.0 * p - b]
    if setting.kappa > 0.0 and math.isfinite(setting.floor):
        reach = np.abs(b - p) + (setting.floor / setting.kappa) ** (1.0 / setting.alpha)
        points += [p - reach, p + reach]
    # No gain exceeds the whole distance; past the end the integrand is below exp(-80) of its value
    # at the consensus, where the density is highest.
    most = setting.lam * abs(b) ** setting.alpha
    most += (1.0 - setting.lam) * float(np.mean(np.abs(b - p) ** setting.alpha))
    start = float(setting.log_weight(np.zeros(1), base, personas)[0])
    end = math.sqrt(2.0 * (2.0 * (most / setting.eta - start) + 80.0))
    inner = np.concatenate(points)
    corners = np.unique(np.concatenate([[-end, end], inner[np.abs(inner) < end]]))
    steepness = max(1.0, max(setting.kappa, 1.0) / (4.5 * setting.eta))
    pieces = [
        np.linspace(low, high, math.ceil((high - low) * steepness) + 1)[:-1]
        for low, high in itertools.pairwise(corners)
    ]
    return np.concatenate([*pieces, [end]])


def _tanh_sinh(low: Floats, high: Floats, step: float) -> tuple[Floats, Floats]:
    """Return nodes and weights of the double exponential rule on every interval, flattened."""
    t = np.arange(-4.0, 4.0 + step / 2.0, step)
    # Distance from the nearer end, as a fraction of the interval: exact where it is tiny.
    near = 1.0 / (1.0 + np.exp(math.pi * np.sinh(np.abs(t))))
    weights = step * math.pi * np.cosh(t) * near * (1.0 - near)
    length = (high - low)[:, None]
    nodes = np.where(t < 0.0, low[:, None] + length * near, high[:, None] - length * near)
    return nodes.ravel(), (length * weights).ravel()


def random_panels(count: int, seed: int, spread: float | None = None) -> list[tuple[float, Floats]]:
    """Return base gaps and panels of 1 to 16 personas, most with coinciding break points."""
    rng = np.random.default_rng(seed)
    panels = []
    for i in range(count):
        scale = spread or 10.0 ** rng.uniform(-1.0, 0.7)
        personas = rng.normal(rng.normal(), scale, rng.integers(1, 17))
        base = rng.normal(0.0, 2.0 * scale)
        match i % 6:
            case 1:
                base, personas = np.round(4.0 * base) / 4.0, np.round(4.0 * personas) / 4.0
            case 2:
                personas = rng.choice(personas, personas.size)
            case 3:
                base = personas[0]
            case 4:
                base = personas.mean()
            case 5:
                # Nearly coinciding points leave intervals that are almost empty.
                personas = np.round(personas) + 10.0 ** rng.uniform(-12.0, -2.0) * personas
        panels.append((float(base), personas))
    return panels


def moving_average_twin(
    gaps: list[float], average: float = 0.0, step: int = 0
) -> tuple[list[float], float, int]:
    """Return the final gaps and the state after the last scenario."""
    final = []
    for gap in gaps:
        weight = 1.0 - math.exp(-(step - 50) / 100.0) if step >= 50 else 0.0
        final.append(weight * average + (1.0 - weight) * gap)
        if not math.isnan(gap):
            average, step = 0.9 * average + 0.1 * gap, step + 1
    return final, average, step


def philox_twin(
    counter: tuple[int, ...], key: tuple[int, ...], *, bits: int = 32
) -> tuple[int, int, int, int]:
    """Return Philox4x``bits``-10 (32 or 64) on plain integers."""
    multipliers, weyl = {
        32: ((0xD2511F53, 0xCD9E8D57), (0x9E3779B9, 0xBB67AE85)),
        64: (
            (0xD2E7470EE14C6C93, 0xCA5A826395121157),
            (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B),
        ),
    }[bits]
    size = 1 << bits
    a, b, c, d = counter
    left, right = key
    for _ in range(10):
        high_0, low_0 = divmod(multipliers[0] * a, size)
        high_1, low_1 = divmod(multipliers[1] * c, size)
        a, b, c, d = high_1 ^ b ^ left, low_1, high_0 ^ d ^ right, low_0
        left, right = (left + weyl[0]) % size, (right + weyl[1]) % size
    return a, b, c, d


def mean_sigmoid_twin(logits: list[float], codes: list[int], n_codes: int) -> list[float]:
    """Return the mean probability of each code; NaN without cells, or with one that is NaN."""
    shares: list[list[float]] = [[] for _ in range(n_codes)]
    for logit, code in zip(logits, codes, strict=True):
        if code >= 0:
            # The smaller of the two exponentials never overflows.
            small = math.exp(-abs(logit))
            shares[code].append((1.0 if logit > 0.0 else small) / (1.0 + small))
    return [math.fsum(each) / len(each) if each else math.nan for each in shares]
