"""Names of countries as surveys spell them."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pandas as pd
import pytest

from disca_nb._data import data_path
from disca_nb.datasets import country_names, targets
from disca_nb.datasets.country_names import closest, display_name, fold, identify, unknown_country
from disca_nb.prompts import packs


@pytest.mark.parametrize(
    ("code", "labels"),
    [
        (
            "GBR",
            ["Britain", "Great Britain", "United Kingdom", "UK", "U.K.", "GB-GBN-Great Britain"],
        ),
        (
            "KOR",
            ["S. Korea", "South Korea", "Korea, Republic of", "KR-Korea (South)", "한국", "KOR"],
        ),
        ("PRK", ["N. Korea", "Korea (North)"]),
        ("CZE", ["Czech Rep.", "Czechia", "the Czech Republic", "CZ"]),
        ("TWN", ["Taiwan", "Taiwan ROC", "Taiwan, Province of China"]),
        ("TUR", ["Turkey", "Türkiye", "TÜRKIYE", "Turkiye"]),
        ("USA", ["United States", "the United States of America", "U.S.", "US", "usa"]),
        ("CIV", ["Ivory Coast", "Côte d'Ivoire", "Cote d’Ivoire"]),
        ("PSE", ["Palest. ter.", "Palestine", "Palestinian Territories"]),
        ("HKG", ["Hong Kong SAR", "Hong Kong"]),
        ("MAC", ["Macau SAR", "Macao"]),
        ("BIH", ["Bosnia Herzegovina", "Bosnia & Herzegovina"]),
        ("ZAF", ["S. Africa", "South Africa"]),
        ("MKD", ["North Macedonia", "Macedonia, FYR"]),
        ("COD", ["Congo (Kinshasa)", "DR Congo"]),
        ("COG", ["Congo", "Congo (Brazzaville)"]),
        ("NAM", ["Namibia", "NA"]),
        ("NIR", ["Northern Ireland"]),
        ("XKX", ["Kosovo"]),
    ],
)
def test_spellings_of_one_country_have_its_code(code: str, labels: list[str]) -> None:
    assert {(found.code, found.sample) for x in labels if (found := identify(x))} == {(code, "")}
    assert all(map(identify, labels))


@pytest.mark.parametrize("label", ["Atlantis", "", "in", "KR-Japan", "BE-FLA-Flanders", "()"])
def test_what_is_not_known_stays_so(label: str) -> None:
    assert identify(label) is None
    assert display_name(label) == label


def test_a_sample_is_split_off_and_kept() -> None:
    found = identify("  Brazil  (Non-national sample) ")
    assert found is not None
    assert (found.code, found.name, found.sample) == ("BRA", "Brazil", "Non-national sample")
    assert found.label == "BRA (Non-national sample)"
    # A label that was coded already is understood again.
    assert identify(found.label) == found
    east = identify("Germany (East)")
    assert east is not None
    assert east.label == "DEU (East)"


def test_every_label_of_the_real_file_has_a_code(goqa_file: Path) -> None:
    text = goqa_file.read_text(encoding="utf-8")
    labels = set(re.findall(r"[{ ]'([^'{}\[\]]+)': \[", text))
    assert len(labels) == 138
    coded = {label: found.label for label in labels if (found := identify(label))}
    assert len(coded) == 138
    twice = {code for code in coded.values() if [*coded.values()].count(code) > 1}
    assert twice == {"GBR", "KOR", "CZE", "TWN"}
    assert sum("(" in code for code in coded.values()) == sum("sample)" in x for x in labels)


def test_names_are_those_of_the_rest_of_the_project() -> None:
    pack = packs.load_pack("en")
    codes = [str(code) for code in targets.moral_machine().country.values]
    assert len(codes) == 196
    for code in (*codes, "NIR"):
        assert fold(display_name(code)) == fold(pack.country(code))


def test_the_closest_name_is_suggested() -> None:
    assert closest("Untied States") == "United States"
    assert closest("Vietnm (Old sample)") == "Vietnam"
    assert closest("Phillipines") == "Philippines"
    assert closest("???") == ""


def test_labels_of_the_same_country_are_suggested_first() -> None:
    known = ["Indonesia", "India (Old national sample)", "India (Current national sample)"]
    text = str(unknown_country("IND", known))
    assert text.startswith(
        "Unknown country 'IND'; did you mean 'India (Old national sample)' or 'I"
    )
    assert str(unknown_country("Indonsia", known)).startswith(
        "Unknown country 'Indonsia'; did you mean 'Indonesia'?"
    )


def test_the_script_writes_the_table_that_ships(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = importlib.import_module("make_country_names")
    monkeypatch.setattr(script, "TARGET", tmp_path / "country_names.csv")
    script.main()
    assert (tmp_path / "country_names.csv").read_bytes() == data_path(
        "country_names.csv"
    ).read_bytes()


def test_no_spelling_stands_for_two_countries(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pd.read_csv(data_path("country_names.csv"), dtype=str, keep_default_na=False)
    codes = table["country"]
    assert codes.str.fullmatch("[A-Z]{3}").all()
    # The standard has 249 codes; each has a code of two letters of its own.
    assert codes.nunique() == 251
    assert table["name"][table["name"].str.fullmatch("[A-Z]{2}")].nunique() >= 249
    assert all(identify(name) for name in table["name"])
    for code, name in zip(codes, table["name"], strict=True):
        found = identify(name)
        assert found is not None
        assert found.code == code
    script = importlib.import_module("make_country_names")
    monkeypatch.setattr(script, "NAMES", "AAA AA | Same\nBBB BB | same")
    with pytest.raises(SystemExit, match="'same' is of BBB and of AAA"):
        script.rows()


def test_the_table_is_read_once() -> None:
    assert country_names._table() is country_names._table()
