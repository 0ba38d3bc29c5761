"""Write data/demo_panel.csv.gz: a made-up panel that lets the demo run without a model.

    python scripts/make_demo_panel.py

Every number is drawn from a seeded generator; no human figure and no real model went into it. The
made-up model leans too hard toward one side of each attribute, prefers whichever option stands
first, and its four personas disagree with it and with each other, by attribute and by country.
It says nothing about any real model or any real country.
"""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import numpy as np
import pandas as pd

TARGET = Path(__file__).parent.parent / "data" / "demo_panel.csv.gz"
COUNTRIES = ["BRA", "CHN", "DEU", "EGY", "IND", "JPN", "KOR", "MEX", "NGA", "TUR", "USA", "VNM"]
PERSONAS = ["young", "middle", "older", "all"]
# How far the made-up base model leans toward the counted side, in logits.
LEANING = {
    "Species": 4.0,
    "Gender": 1.5,
    "Age": 2.5,
    "Fitness": -1.0,
    "SocialValue": -2.0,
    "Utilitarianism": 3.0,
}
SCENARIOS_PER_ATTRIBUTE = 16
SEED = 20260510


def main() -> None:
    """Draw the panel and write it, the same bytes every time."""
    rng = np.random.default_rng(SEED)
    rows: list[dict[str, object]] = []
    for country in COUNTRIES:
        for attribute, leaning in LEANING.items():
            # The personas pull back from the base model, each by its own amount.
            country_shift = rng.normal(0.0, 0.5)
            pull = rng.normal(-0.5 * leaning, 0.6, len(PERSONAS))
            rows.extend(
                _row(rng, country, attribute, i, leaning + country_shift, pull)
                for i in range(SCENARIOS_PER_ATTRIBUTE)
            )
    text = pd.DataFrame(rows).to_csv(index=False, lineterminator="\n")
    buffer = io.BytesIO()
    # No time stamp and no name in the header, so that the bytes depend on the data alone.
    with gzip.GzipFile(filename="", fileobj=buffer, mode="wb", mtime=0) as archive:
        archive.write(text.encode())
    TARGET.write_bytes(buffer.getvalue())
    print(f"{TARGET.name}: {len(rows)} rows")


def _row(
    rng: np.random.Generator,
    country: str,
    attribute: str,
    index: int,
    leaning: float,
    pull: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> dict[str, object]:
    """Return one scenario of one country."""
    right = index % 2
    side = 1.0 if right else -1.0
    few = 1 + index // 2 % 4
    n_low = few if attribute == "Utilitarianism" else 1 + index // 2 % 5
    n_high = n_low + 1 + index // 8 % (5 - n_low) if attribute == "Utilitarianism" else n_low
    noise = rng.normal(0.0, 0.8)
    base = side * leaning + noise
    bias = -1.0 + rng.normal(0.0, 0.3)
    gaps = base + side * pull + rng.normal(0.0, 0.3, len(PERSONAS))
    return {
        "country": country,
        "scenario": f"{attribute.lower()}-{index:02d}",
        "category": attribute,
        "preferred_on_right": right,
        "n_left": n_low if right else n_high,
        "n_right": n_high if right else n_low,
        "vanilla_gap": round(base + bias, 4),
        "base_gap": round(base, 4),
        **{f"persona_gap_{name}": round(gap, 4) for name, gap in zip(PERSONAS, gaps, strict=True)},
        "positional_bias": round(bias, 4),
    }


if __name__ == "__main__":
    main()
