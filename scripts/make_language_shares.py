"""Write data/language_shares.csv: who speaks which of MultiTP's languages, by country.

    python scripts/make_language_shares.py country_language_population.csv

The input holds, per country and language, the share of speakers in per cent, the country's
population in 2021, and how the share was found: MultiTP (arXiv 2407.02273) prints some and its
published country figures determine others. Shares are written as fractions.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

TARGET = Path(__file__).parent.parent / "data" / "language_shares.csv"


def main(source: str) -> None:
    """Rename columns, turn per cent into fractions and write the table."""
    # "NA" would be a country or language code, never a missing value.
    table = pd.read_csv(source, keep_default_na=False, na_values={"share_pct": "", "pop_2021": ""})
    tidy = pd.DataFrame(
        {
            "country": table["ISO3"],
            "language": table["lang"],
            "share": (table["share_pct"] / 100.0).round(6),
            "population": table["pop_2021"].astype("Int64"),
            "basis": table["how"],
        }
    )
    # A row without a language cannot be used.
    tidy = tidy[tidy["language"] != ""].sort_values(["country", "language"])
    tidy.to_csv(TARGET, index=False, lineterminator="\n")
    print(f"{TARGET.name}: {tidy['country'].nunique()} countries, {len(tidy)} rows")


if __name__ == "__main__":
    main(*sys.argv[1:])
