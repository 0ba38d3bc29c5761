"""Languages by country: the shipped shares, and a user's own table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from disca_nb.datasets import languages

Write = Callable[[str, str | bytes], Path]
Complaint = Callable[..., str]

OWN = """\
country,language,share,population
BEL,nl,0.6,11586000
BEL,fr,,11586000
JPN,ja,1.0,
"""


def test_shipped_shares_are_fractions_of_a_country() -> None:
    shipped = languages.multitp()
    assert shipped.sizes["country"] > 100
    known = shipped.share.values[~np.isnan(shipped.share.values)]
    assert ((known >= 0.0) & (known <= 1.0)).all()
    assert (shipped.share.sum("language") <= 1.0 + 1e-9).all()
    assert (shipped.population.dropna("country") > 0).all()
    assert "2407.02273" in shipped.attrs["source"]


def test_shipped_shares_are_the_published_ones(reference_data: Path) -> None:
    published = pd.read_csv(
        reference_data / "multitp" / "country_language_population.csv",
        keep_default_na=False,
        na_values={"share_pct": "", "pop_2021": ""},
    )
    published = published[published["lang"] != ""]
    shipped = languages.multitp()
    cells = shipped.sel(
        country=published["ISO3"].to_xarray(), language=published["lang"].to_xarray()
    )
    np.testing.assert_allclose(cells.share, published["share_pct"] / 100, rtol=0, atol=1e-6)
    np.testing.assert_array_equal(cells.population, published["pop_2021"].astype(float))
    assert shipped.n_languages.sum() == len(published)


def test_only_reunion_has_a_share_of_nothing() -> None:
    total = languages.multitp().share.sum("language", min_count=1)
    assert total.country.values[total == 0.0].tolist() == ["REU"]


def test_what_is_not_known_is_nan(write: Write) -> None:
    own = languages.from_csv(write("mine.csv", OWN))
    assert own.language.values.tolist() == ["fr", "ja", "nl"]
    np.testing.assert_array_equal(own.share, [[np.nan, np.nan, 0.6], [np.nan, 1.0, np.nan]])
    np.testing.assert_array_equal(own.population, [11586000.0, np.nan])
    assert own.n_languages.values.tolist() == [2, 1]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("0.6", "60", "row 1: share is 60; it must lie in 0 to 1"),
        ("0.6", "-0.1", "row 1: share is -0.1"),
        ("0.6", "most", "row 1: share is 'most'"),
        ("11586000", "-5", "row 1: population is -5; it must be at least 0"),
        ("BEL,fr", "BEL,", "row 2: language is ''"),
        ("BEL,fr", "BEL,nl", "row 2: country 'BEL', language 'nl' is there twice"),
        ("share", "percent", "lacks the column share"),
    ],
)
def test_a_bad_table_is_refused(
    write: Write, complaint: Complaint, old: str, new: str, reason: str
) -> None:
    text = complaint(languages.from_csv, write("mine.csv", OWN.replace(old, new, 1)))
    assert text.startswith("mine.csv")
    assert reason in text
