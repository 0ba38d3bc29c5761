"""The demo's gaps as a user's file of recorded gaps, which keeps no logged passes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from disca_nb.datasets import demo_panel

_CELLS = ["base_gap", "vanilla_gap", "positional_bias"]
_SCENARIO = ["category", "preferred_on_right", "n_left", "n_right"]


def write_gaps(path: Path, countries: Sequence[str]) -> Path:
    """Write the gaps of countries to a CSV file as `datasets.recorded.load` reads it."""
    panel = demo_panel(countries).squeeze("model")
    names = panel.persona.values.tolist()
    personas = {
        f"persona_gap_{name}": panel.persona_gap.sel(persona=name, drop=True) for name in names
    }
    table: pd.DataFrame = panel[_CELLS].assign(personas).to_dataframe().reset_index()
    table["preferred_on_right"] = table["preferred_on_right"].astype(int)
    table[["country", "scenario", *_SCENARIO, *_CELLS, *personas]].to_csv(path, index=False)
    return path
