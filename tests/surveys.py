"""Made-up survey files: respondents who answer alike but for what a test says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

# An answer to every item of both sets.
PLAIN = {
    **{f"Q{n}": 1 for n in (6, 8, 11, 46, 57, 152, 153, 199, 200, 254)},
    **{f"Q{n}": 2 for n in (15, 17, 19, 20, 21, 22, 23)},
    **{f"Q{n}": 4 for n in (29, 30, 31)},
    "Q33": 5,
    **{f"Q{n}": 10 for n in (177, 178, 179, 180, 181, 182, 184, 185, 186, 188)},
    **{f"Q{n}": 1 for n in (209, 210, 211)},
    "Y002": 3,
}


def person(
    country: str = "JPN", age: int = 30, weight: float | None = None, **answers: object
) -> dict[str, object]:
    """Return a respondent of 2019."""
    row: dict[str, object] = {"B_COUNTRY_ALPHA": country, "A_YEAR": 2019, "Q261": 2019 - age}
    if weight is not None:
        row["W_WEIGHT"] = weight
    return row | PLAIN | answers


def several(numbers: tuple[int, ...], answer: object) -> dict[str, Any]:
    """Return one answer to several items."""
    return {f"Q{number}": answer for number in numbers}


def survey(folder: Path, people: list[dict[str, object]], name: str = "wvs.csv") -> Path:
    """Write respondents to a CSV file and return its path."""
    path = folder / name
    pd.DataFrame(people).to_csv(path, index=False)
    return path
