"""Write data/human_preferences.csv from the Moral Machine's AMCEs by country.

    python scripts/make_human_preferences.py country_specific_ACME.csv human_amce_wide_196.csv

The first file is the long table of AMCEs and standard errors (Awad et al. 2018,
doi:10.1038/s41586-018-0637-6; GitHub causalNLP/moralmachine at commit
1987958a9453ac9e8647352af83a47622eca3523, MIT); the second serves for the names of countries alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from disca_nb.datasets.targets import AMCE_LABELS

TARGET = Path(__file__).parent.parent / "data" / "human_preferences.csv"


def main(amce_path: str, names_path: str) -> None:
    """Convert AMCEs to preferences on [0, 1], rounded to nine decimals, and write them."""
    amce = pd.read_csv(amce_path)
    names = pd.read_csv(names_path, keep_default_na=False).set_index("ISO3")["country_name"]
    rows = amce[amce["Label"].isin(list(AMCE_LABELS))]
    table = pd.DataFrame(
        {
            "country": rows["Country"],
            "country_name": rows["Country"].map(names),
            "attribute": rows["Label"].map(AMCE_LABELS),
            "preference": (1.0 + rows["Estimates"]) / 2.0,
            "se": rows["se"] / 2.0,
        }
    )
    order = {attribute: i for i, attribute in enumerate(AMCE_LABELS.values())}
    table = table.sort_values(
        ["country", "attribute"], key=lambda s: s.map(order) if s.name == "attribute" else s
    )
    table.round(9).to_csv(TARGET, index=False, lineterminator="\n")
    print(f"{TARGET.name}: {table['country'].nunique()} countries, {len(table)} rows")


if __name__ == "__main__":
    main(*sys.argv[1:])
