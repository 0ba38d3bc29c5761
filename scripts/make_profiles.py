"""Write data/profiles.csv: mean values of age cohorts by country, from which personas are worded.

    python scripts/make_profiles.py PATH/profiles_by_age_8var.json

The file holds, for 13 countries, the means of eight variables over three age cohorts and over
everybody, aggregated from the World Values Survey's wave 7 and turned so that more is more. It does
not say which items stand behind its labels. Korea's published answer counts identify two of them
(tests/datasets/test_profiles.py recomputes this): `autonomy` is item Q39, "people who don't work
turn lazy", and `meritocracy` is Q40, "work is a duty towards society". They carry those names here.
The range of the other six, 1 to 4, is presumed from their values.

Each country of `DRAWN` gets a synthetic profile. It is drawn from a generator seeded by the
country's label, around the mean of the 13 countries, with their spread between countries and with a
drift from cohort to cohort as theirs. Nothing that is known about the country goes into it, and it
says nothing about the country.
"""

from __future__ import annotations

import json
import sys
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pandas as pd

DATA = Path(__file__).parent.parent / "data"
TARGET = DATA / "profiles.csv"
DRAWN = (
    *("ARG", "BGD", "COL", "EGY", "ETH", "IDN", "IRN", "KGZ"),
    *("MMR", "MYS", "ROU", "SRB", "THA", "TUR"),
)
COHORTS = ["young", "middle", "older"]
# Our name, the source's label, the ends of the scale, and the item where it is known.
ITEMS = [
    ("religiosity", "religion", 1, 4, ""),
    ("trust", "trust", 1, 4, ""),
    ("moral_permissiveness", "moral_permissiveness", 1, 4, ""),
    ("gender_equality", "gender_equality", 1, 4, ""),
    ("work_importance", "work_importance", 1, 4, ""),
    ("family", "family", 1, 4, ""),
    ("idleness", "autonomy", 1, 5, "Q39 reversed"),
    ("work_duty", "meritocracy", 1, 5, "Q40 reversed"),
]
SEED = 1
COLUMNS = [
    *("country", "profile_source", "persona", "item", "mean", "low", "high", "n"),
    *("source_label", "source_item"),
]


def main() -> None:
    """Write the profiles of the surveyed countries and of those that are drawn."""
    if len(sys.argv) != 2:
        sys.exit("Usage: python scripts/make_profiles.py PATH/profiles_by_age_8var.json")
    surveyed = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    countries = sorted({*DRAWN, *surveyed})
    rows = []
    for country in countries:
        source = "wvs" if country in surveyed else "synthetic"
        profile = surveyed.get(country) or _synthetic(country, surveyed)
        rows += [row for cohort in profile for row in _rows(country, source, cohort, profile)]
    pd.DataFrame(rows, columns=COLUMNS).to_csv(TARGET, index=False, lineterminator="\n")
    print(f"{TARGET.name}: {len(countries)} countries, {len(surveyed)} of them surveyed")


def _rows(
    country: str, source: str, cohort: str, profile: dict[str, dict[str, float]]
) -> list[tuple[object, ...]]:
    """Return the rows of one cohort."""
    cells = profile[cohort]
    n = int(cells["n"])
    return [
        (country, source, cohort, item, f"{cells[label]:.2f}", low, high, n, label, known)
        for item, label, low, high, known in ITEMS
    ]


def _synthetic(
    country: str, surveyed: dict[str, dict[str, dict[str, float]]]
) -> dict[str, dict[str, float]]:
    """Draw a profile that hangs on the country's label, the seed and the 13 countries together."""
    digest = blake2b(f"profile/{SEED}/{country}".encode(), digest_size=8).digest()
    rng = np.random.default_rng(int.from_bytes(digest, "big"))
    profile: dict[str, dict[str, float]] = {cohort: {"n": 0} for cohort in [*COHORTS, "all"]}
    for _, label, low, high, _ in ITEMS:
        everybody = np.array([cells["all"][label] for cells in surveyed.values()])
        centre = rng.normal(everybody.mean(), everybody.std(ddof=1))
        drifts = [0.0]
        for cohort in COHORTS:
            away = np.array([cells[cohort][label] for cells in surveyed.values()]) - everybody
            drifts.insert(-1, rng.normal(away.mean(), away.std(ddof=1)))
        for cohort, drift in zip([*COHORTS, "all"], drifts, strict=True):
            profile[cohort][label] = float(np.clip(centre + drift, low, high))
    return profile


if __name__ == "__main__":
    main()
