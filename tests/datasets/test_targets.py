"""Human preferences: the shipped figures are the published ones, and a user's own are checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from disca_nb.datasets import targets
from disca_nb.errors import UnknownNameError
from disca_nb.variables import ATTRIBUTES

Write = Callable[[str, str | bytes], Path]
Complaint = Callable[..., str]

OWN = """\
country,attribute,preference,se
JPN,Gender,0.5,0.01
JPN,Age,0.58,0.02
USA,Age,0.75,
"""
AMCE = """\
"Estimates","se","Label","Country"
0.5,0.02,"Species","JPN"
0.1,0.01,"Intervention","JPN"
-0.25,0.04,"No. Characters","JPN"
0.7,0.06,"No. Characters_2","JPN"
"""


def test_196_countries_and_ten_attributes_are_shipped() -> None:
    shipped = targets.moral_machine()
    assert dict(shipped.sizes) == {"country": 196, "attribute": 10}
    assert tuple(shipped.attribute.values[:6]) == ATTRIBUTES
    assert "doi:10.1038/s41586-018-0637-6" in shipped.attrs["source"]
    assert shipped.country_name.sel(country="JPN").item() == "Japan"


def test_the_shipped_figures_are_the_published_amces(reference_data: Path) -> None:
    published = pd.read_csv(reference_data / "moral_machine" / "country_specific_ACME.csv")
    published = published[published["Label"].isin(list(targets.AMCE_LABELS))]
    shipped = targets.moral_machine().sel(
        country=published["Country"].to_xarray(),
        attribute=published["Label"].map(targets.AMCE_LABELS).to_xarray(),
    )
    assert len(published) == targets.moral_machine().human_preference.notnull().sum()
    expected, se = (1 + published["Estimates"]) / 2, published["se"] / 2
    np.testing.assert_allclose(shipped.human_preference, expected, rtol=0, atol=1e-9)
    np.testing.assert_allclose(shipped.human_preference_se, se, rtol=0, atol=1e-9)


def test_the_published_file_itself_can_be_read(reference_data: Path) -> None:
    read = targets.from_csv(reference_data / "moral_machine" / "country_specific_ACME.csv")
    shipped = targets.moral_machine()
    for name in ("human_preference", "human_preference_se"):
        same = read[name].sel(country=shipped.country, attribute=shipped.attribute)
        np.testing.assert_allclose(same, shipped[name], rtol=0, atol=1e-9)


def test_countries_are_chosen_in_the_order_asked_for() -> None:
    assert targets.moral_machine(["USA", "JPN"]).country.values.tolist() == ["USA", "JPN"]


def test_a_text_is_one_country_not_its_letters() -> None:
    assert targets.moral_machine("JPN").country.values.tolist() == ["JPN"]


def test_an_unknown_country_brings_a_suggestion() -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown country 'JPP'; did you mean 'JPN'\?"):
        targets.moral_machine(["JPP"])


def test_the_users_own_table_is_arranged_by_country_and_attribute(write: Write) -> None:
    own = targets.from_csv(write("mine.csv", OWN))
    assert own.country.values.tolist() == ["JPN", "USA"]
    assert own.attribute.values.tolist() == ["Gender", "Age"]
    np.testing.assert_array_equal(own.human_preference, [[0.5, 0.58], [np.nan, 0.75]])
    np.testing.assert_array_equal(own.human_preference_se, [[0.01, 0.02], [np.nan, np.nan]])
    assert own.attrs["source"] == "mine.csv"


def test_the_users_own_attributes_follow_the_six_in_the_files_order(write: Write) -> None:
    text = "country,attribute,preference,se\n" + "".join(
        f"JPN,{name},0.5,0.1\n" for name in ("Zeal", "Utilitarianism", "Art", "Species")
    )
    own = targets.from_csv(write("mine.csv", text))
    assert own.attribute.values.tolist() == ["Species", "Utilitarianism", "Zeal", "Art"]


def test_amces_are_put_on_the_preference_scale(write: Write) -> None:
    read = targets.from_csv(write("amce.csv", AMCE))
    assert read.attribute.values.tolist() == [*("Species", "Utilitarianism", "Utilitarianism_2")]
    assert read.human_preference.values.tolist() == [[0.75, 0.375, 0.85]]
    assert read.human_preference_se.values.tolist() == [[0.01, 0.02, 0.03]]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("0.58", "1.5", "row 2: preference is 1.5; it must lie in 0 to 1"),
        ("0.58", "-0.1", "row 2: preference is -0.1"),
        ("0.02", "-0.02", "row 2: se is -0.02; it must be at least 0"),
        ("0.58", "", "row 2: preference is empty"),
        ("0.58", "high", "row 2: preference is 'high'"),
        ("0.02", "low", "row 2: se is 'low'"),
        ("JPN,Age", "JPN,Gender", "row 2: country 'JPN', attribute 'Gender' is there twice"),
        ("JPN,Age", "JPN,", "row 2: attribute is ''"),
        ("USA", "", "row 3: country is ''"),
        ("preference", "share", "lacks the column preference"),
        (",se", ",error", "lacks the column se"),
    ],
)
def test_a_bad_table_is_refused(
    write: Write, complaint: Complaint, old: str, new: str, reason: str
) -> None:
    text = complaint(targets.from_csv, write("mine.csv", OWN.replace(old, new)))
    assert text.startswith("mine.csv")
    assert reason in text


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("-0.25", "-1.25", "row 3: Estimates is -1.25; it must lie in -1 to 1"),
        ("0.7,0.06", "0.7,-0.06", "row 4: se is -0.06; it must be at least 0"),
        ('"No. Characters_2","JPN"', '"Species"," "', "row 4: Country is ' '"),
        ("-0.25", "", "row 3: Estimates is empty"),
        ("No. Characters_2", "Species", "row 4: Country 'JPN', Label 'Species' is there twice"),
    ],
)
def test_a_bad_row_of_amces_is_named_as_in_the_file(
    write: Write, complaint: Complaint, old: str, new: str, reason: str
) -> None:
    assert reason in complaint(targets.from_csv, write("amce.csv", AMCE.replace(old, new)))


def test_amces_under_unknown_labels_alone_are_refused(write: Write, complaint: Complaint) -> None:
    text = AMCE.splitlines()[0] + '\n0.5,0.02,"Specie","JPN"\n'
    assert "no row whose Label is one of Species," in complaint(
        targets.from_csv, write("amce.csv", text)
    )
