"""Write data/demo_results.zarr: what the embedded synthetic model answers in `disca-nb demo`.

    python scripts/make_demo_results.py

Run it again whenever the model, the prompts, the profiles or the choice of scenarios change.
"""

from __future__ import annotations

from pathlib import Path

from disca_nb import save_results
from disca_nb.cli.demo import elicit_demo

TARGET = Path(__file__).parent.parent / "data" / "demo_results.zarr"


def main() -> None:
    """Ask the model and save its gaps."""
    # How long it took says something of one machine alone.
    save_results(elicit_demo().drop_vars("latency"), TARGET, overwrite=True)


if __name__ == "__main__":
    main()
