"""Write data/value_registry.csv: the files of ValueConsistency with their sha256 and size.

    python scripts/make_value_registry.py upstream_registry.csv

The input lists path, sha256 and bytes of files at the pinned commit (see
disca_nb/datasets/values/fetching.py); the output keeps those that a loader reads and adds the
name by which they are asked for and what they hold.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

TARGET = Path(__file__).parent.parent / "data" / "value_registry.csv"
KINDS = {
    "questions": r"data/(?:un)?controversial_[a-z]+_[a-z]+\.jsonl",
    "portraits": r"data/pvq_[a-z]+\.jsonl",
    "judgements": r"data/validate/paraphrase/(?:un)?controversial_[a-z]+_[a-z]+\.csv",
}


def main(source: str) -> None:
    """Keep the files that are read, name them, and write the registry."""
    table = pd.read_csv(source)
    parts = []
    for kind, pattern in KINDS.items():
        rows = table[table["path"].str.fullmatch(pattern)].sort_values("path")
        stems = rows["path"].str.extract(r"([a-z_]+)\.[a-z]+$", expand=False)
        rows.insert(0, "name", "judgements_" + stems if kind == "judgements" else stems)
        rows.insert(1, "kind", kind)
        parts.append(rows)
    registry = pd.concat(parts)
    registry.to_csv(TARGET, index=False, lineterminator="\n")
    print(f"{TARGET.name}: {len(registry)} files, {registry['bytes'].sum():,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
