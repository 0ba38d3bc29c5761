"""Shipped value profiles: what they are, which are synthetic, and what is known of their items."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from disca_nb.datasets import profiles
from disca_nb.errors import UnknownNameError
from disca_nb.prompts import load_pack

ROOT = Path(__file__).parents[2]
SURVEYED = ["AUS", "BRA", "CHN", "DEU", "GBR", "IND", "JPN", "KOR", "MEX", "NGA", "RUS", "USA"]
SURVEYED += ["VNM"]
DRAWN = ["ARG", "BGD", "COL", "EGY", "ETH", "IDN", "IRN", "KGZ", "MMR", "MYS", "ROU", "SRB", "THA"]
DRAWN += ["TUR"]


def test_thirteen_countries_are_surveyed_and_the_others_synthetic() -> None:
    assert profiles.shipped(source="wvs").country.values.tolist() == SURVEYED
    assert profiles.shipped(source="synthetic").country.values.tolist() == DRAWN
    assert {*SURVEYED, *DRAWN} < set(load_pack("en").countries)


def test_only_synthetic_profiles_have_no_respondents() -> None:
    data = profiles.shipped()
    drawn = (data.profile_source == "synthetic").values
    assert (data.n_respondents.values[drawn] == 0).all()
    assert (data.n_respondents.values[~drawn] > 0).all()


def test_means_lie_on_their_scales() -> None:
    data = profiles.shipped()
    assert ((data.profile_mean >= data.item_low) & (data.profile_mean <= data.item_high)).all()
    # The mean over everybody lies between those of the cohorts, but for people without an age.
    surveyed = profiles.shipped(source="wvs").profile_mean
    cohorts = surveyed.sel(persona=list(profiles.COHORTS))
    everybody = surveyed.sel(persona=profiles.EVERYBODY)
    assert (everybody >= cohorts.min("persona") - 0.02).all()
    assert (everybody <= cohorts.max("persona") + 0.02).all()


def test_every_value_has_words() -> None:
    assert set(profiles.shipped().profile_item.values) <= set(load_pack("en").levels)


def test_the_scored_countries_all_have_a_profile(reference_data: Path) -> None:
    table = pd.read_csv(reference_data / "disca_recorded" / "paper_percountry.csv")
    assert set(table["country"]) <= set(profiles.shipped().country.values)


def test_surveyed_means_are_those_of_the_source(reference_data: Path) -> None:
    source = json.loads((reference_data / "wvs" / "profiles_by_age_8var.json").read_text())
    data = profiles.shipped(source="wvs")
    labels = data.source_label.values
    for country, cells in source.items():
        for persona, row in cells.items():
            found = data.sel(country=country, persona=persona)
            assert found.profile_mean.values.tolist() == [row[label] for label in labels]
            assert found.n_respondents.item() == row["n"]


@pytest.mark.parametrize(("item", "number"), [("idleness", "Q39"), ("work_duty", "Q40")])
def test_answer_counts_of_korea_identify_an_item(
    reference_data: Path, item: str, number: str
) -> None:
    table = pd.read_csv(reference_data / "wvs" / "wvs7_korea_50items_aggregate.csv")
    shipped = profiles.shipped("KOR").profile_mean.sel(persona="all", profile_item=item).item()
    equal = []
    for name, counts in table.groupby("wvs7_question"):
        codes = counts["answer_code"]
        mean = np.average(codes, weights=counts["count"])
        # As published or turned around, which for other scales could agree by chance.
        if shipped in {round(mean, 2), round(codes.max() + codes.min() - mean, 2)}:
            equal.append((name, round(mean, 2) == shipped))
    assert equal == [(number, False)]
    assert profiles.shipped().source_item.sel(profile_item=item).item() == f"{number} reversed"


def _script() -> ModuleType:
    """Return the script that writes the file, as a module."""
    spec = importlib.util.spec_from_file_location("mp", ROOT / "scripts" / "make_profiles.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_script_writes_the_shipped_file(
    reference_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = _script()
    source = reference_data / "wvs" / "profiles_by_age_8var.json"
    monkeypatch.setattr(script, "TARGET", tmp_path / "profiles.csv")
    monkeypatch.setattr("sys.argv", ["make_profiles.py", str(source)])
    script.main()
    shipped = pd.read_csv(ROOT / "data" / "profiles.csv")
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "profiles.csv"), shipped, atol=0.0101)


def test_a_synthetic_profile_hangs_on_the_label_and_the_surveyed_together(
    reference_data: Path,
) -> None:
    source = json.loads((reference_data / "wvs" / "profiles_by_age_8var.json").read_text())
    script = _script()
    drawn = {name: script._synthetic(name, source) for name in ("ARG", "XYZ")}
    assert drawn["ARG"] == script._synthetic("ARG", source)
    assert drawn["ARG"] != drawn["XYZ"]
    # Over many made-up labels the draws have the mean and the spread of the surveyed.
    religion = [script._synthetic(f"X{i}", source)["all"]["religion"] for i in range(400)]
    found = np.array([cells["all"]["religion"] for cells in source.values()])
    assert np.mean(religion) == pytest.approx(found.mean(), abs=4 * found.std() / 20)
    assert np.std(religion) == pytest.approx(found.std(ddof=1), rel=0.2)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="country 'JPM'; did you mean 'JPN'"):
        profiles.shipped("JPM")
    with pytest.raises(UnknownNameError, match=r"source of profiles 'evs'; .*synthetic"):
        profiles.shipped(source="evs")
