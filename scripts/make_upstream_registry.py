"""Write data/upstream_registry.csv: the files of the released logs with their sha256 and size.

    python scripts/make_upstream_registry.py upstream_registry.csv

The input lists path, sha256 and bytes of every file at the pinned commit (see
disca_nb/datasets/download.py); the output adds model and country, which the loader asks for.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

TARGET = Path(__file__).parent.parent / "data" / "upstream_registry.csv"


def main(source: str) -> None:
    """Add the model's folder and the country to every path and write the registry."""
    table = pd.read_csv(source)
    parts = table["path"].str.split("/")
    table.insert(0, "model", parts.str[-2])
    table.insert(1, "country", table["path"].str.extract(r"_results_(\w+)\.csv$", expand=False))
    table = table.sort_values(["model", "country", "path"])
    table.to_csv(TARGET, index=False, lineterminator="\n")
    print(f"{TARGET.name}: {table['model'].nunique()} models, {len(table)} files")


if __name__ == "__main__":
    main(*sys.argv[1:])
