"""Seeded panels of gaps: what every contestant is timed on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

__all__ = ["CELLS", "PERSONAS", "SHAPE", "Panel", "as_dataset", "make_panel"]

Floats = npt.NDArray[np.float64]

# Countries, scenarios and models, about as many as one published sweep holds.
SHAPE = (20, 310, 7)
CELLS = 43_400
PERSONAS = 4


class Panel(NamedTuple):
    """Gaps in logits: ``base`` (n,), ``personas`` (n, 4), and a key per cell, uint64 (n,)."""

    base: Floats
    personas: Floats
    keys: npt.NDArray[np.uint64]


def make_panel(n_cells: int, seed: int = 20_260_501) -> Panel:
    """Draw panels whose spread, and distance from the base, vary as recorded ones do.

    Parameters
    ----------
    n_cells : int
        Number of cells.
    seed : int
        Seed of the generator.

    Returns
    -------
    Panel
        Spreads of personas are log-normal around 0.6 logits, so that about one cell in four takes
        the least search width; base gaps lie some 1.2 logits from the panel's middle.

    Examples
    --------
    >>> make_panel(3).personas.shape
    (3, 4)
    """
    rng = np.random.default_rng(seed)
    middle = rng.normal(0.0, 1.5, n_cells)
    spread = 0.6 * np.exp(rng.normal(0.0, 0.7, n_cells))
    personas = middle[:, None] + spread[:, None] * rng.standard_normal((n_cells, PERSONAS))
    base = middle + rng.normal(0.0, 1.2, n_cells)
    return Panel(base, personas, rng.integers(0, 2**63, n_cells).astype(np.uint64))


def as_dataset(panel: Panel, shape: tuple[int, int, int]) -> xr.Dataset:
    """Return a panel as a dataset over country, scenario, persona and model.

    Parameters
    ----------
    panel : Panel
        Gaps of as many cells as ``shape`` has.
    shape : tuple of int
        Numbers of countries (up to 676), scenarios and models.

    Returns
    -------
    xarray.Dataset
        ``base_gap``, ``persona_gap`` and ``preferred_on_right``, as `disca_nb.steer` takes them.

    Examples
    --------
    >>> dict(as_dataset(make_panel(6), (1, 3, 2)).sizes)
    {'country': 1, 'scenario': 3, 'model': 2, 'persona': 4}
    """
    countries, scenarios, models = shape
    base = panel.base.reshape(shape)
    personas = panel.personas.reshape(*shape, PERSONAS).transpose(0, 1, 3, 2)
    return xr.Dataset(
        {
            "base_gap": (("country", "scenario", "model"), base),
            "persona_gap": (("country", "scenario", "persona", "model"), personas),
        },
        {
            # Codes that ISO 3166-1 leaves to its users: XAA to XZZ.
            "country": [f"X{chr(65 + i // 26)}{chr(65 + i % 26)}" for i in range(countries)],
            "scenario": [f"s{i:06d}" for i in range(scenarios)],
            "persona": ["young", "middle", "older", "all"],
            "model": [f"made-up-{i}" for i in range(models)],
            "preferred_on_right": ("scenario", np.arange(scenarios) % 2 == 0),
        },
    )
