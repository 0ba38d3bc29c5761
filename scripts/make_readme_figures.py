"""Write the figures of README.md: the demo's picture, for light and for dark pages.

python scripts/make_readme_figures.py
"""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import xarray as xr
from matplotlib.figure import Figure

import disca_nb

FOLDER = Path(__file__).parent.parent / "docs"


def scored() -> xr.Dataset:
    """Return the scores of the synthetic panel, as the demo has them."""
    panel = disca_nb.datasets.demo_panel()
    return disca_nb.compare(panel, ["vanilla", "debiased", "consensus", "paper"])


def main() -> None:
    """Draw the scores twice, and print the alternative text of both."""
    scores = scored()
    for name, style in (("light", "default"), ("dark", "dark_background")):
        with plt.style.context(style):
            figure = Figure(figsize=(8.0, 6.0), layout="constrained")
            disca_nb.plots.plot_mis(scores, ax=figure.subplots())
            figure.savefig(FOLDER / f"demo-{name}.png", dpi=110)
    print(disca_nb.plots.describe_mis(scores))


if __name__ == "__main__":
    main()
