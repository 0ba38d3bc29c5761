"""Personas worded from value profiles."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from disca_nb.datasets import profiles
from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.prompts import levels, load_pack, persona_panel, persona_text
from disca_nb.variables import validate

PACK = load_pack("en")


def profile(means: list[float], low: float = 0.0, high: float = 1.0, way: int = 1) -> xr.Dataset:
    """Return the profile of JPN with the same means in every cohort."""
    personas = [*profiles.COHORTS, profiles.EVERYBODY]
    names = ["religiosity", "trust", "happiness", "family", "tolerance"][: len(means)]
    cells = np.broadcast_to(means, (1, len(personas), len(names))).copy()
    return xr.Dataset(
        {"profile_mean": (("country", "persona", "profile_item"), cells)},
        {
            "country": ["JPN"],
            "persona": personas,
            "profile_item": names,
            "item_low": ("profile_item", np.full(len(names), low)),
            "item_high": ("profile_item", np.full(len(names), high)),
            "item_direction": ("profile_item", np.full(len(names), way)),
        },
    )


def level(means: list[float], low: float = 0.0, high: float = 1.0, way: int = 1) -> list[int]:
    """Return the levels of means."""
    found: list[int] = levels(profile(means, low, high, way)).sel(persona="all").values[0].tolist()
    return found


def test_cuts_belong_to_the_level_above() -> None:
    assert level([1.0, 0.75, 0.7499, 0.5, 0.4999]) == [0, 0, 1, 1, 2]
    assert level([0.25, 0.2499, 0.0]) == [2, 3, 3]
    # In binary (1.9 - 1) / (2.2 - 1) is a little below three quarters.
    assert level([1.9], 1.0, 2.2) == [0]


def test_scales_are_stretched_turned_and_clamped() -> None:
    assert level([4.0, 3.25, 3.2, 2.5, 1.0], 1.0, 4.0) == [0, 0, 1, 1, 3]
    assert level([4.0, 3.25, 3.2, 2.5, 1.0], 1.0, 4.0, -1) == [3, 2, 2, 1, 0]
    assert level([9.0, -9.0], 1.0, 4.0) == [0, 3]
    assert level([9.0, -9.0], 1.0, 4.0, -1) == [3, 0]


def test_a_missing_mean_has_no_level_and_no_sentence() -> None:
    assert level([np.nan, 0.6]) == [-1, 1]
    panel = persona_panel("JPN", profiles=profile([np.nan, 0.6]))
    text = panel.persona_prompt.sel(country="JPN", persona="young").item()
    expected = (PACK.introductions["young"], PACK.levels["trust"][1], PACK.closing)
    assert text == " ".join(expected).format(country="Japan")
    assert panel.attrs["persona_source"] == "profiles of one's own"
    assert panel.profile_source.item() == "own"


def test_the_shipped_panel_says_what_is_synthetic() -> None:
    panel = validate(persona_panel(["USA", "ARG", "JPN", "TUR"]), "persona_prompt")
    assert panel.country.values.tolist() == ["USA", "ARG", "JPN", "TUR"]
    assert panel.persona.values.tolist() == ["young", "middle", "older", "all"]
    assert panel.profile_source.values.tolist() == ["wvs", "synthetic", "wvs", "synthetic"]
    assert panel.attrs["base_prompt"] == PACK.base_system
    assert panel.attrs["language"] == "en"
    assert panel.attrs["persona_source"].endswith("saying nothing about the country: ARG, TUR")
    assert persona_panel("USA").attrs["persona_source"].endswith("synthetic here: none")


@pytest.mark.parametrize("country", profiles.shipped().country.values.tolist())
def test_every_country_that_ships_has_four_personas_of_ten_sentences(country: str) -> None:
    texts = persona_panel(country).persona_prompt.sel(country=country).values.tolist()
    assert len(set(texts)) == 4
    for text in texts:
        assert PACK.countries[country] in text
        assert text.endswith(PACK.closing)
        assert text.count(".") == 10


def test_the_text_follows_the_means() -> None:
    # Means of older people in China: religion 1.76 and trust 1.68 of 1 to 4, Q39 3.95 of 1 to 5.
    text = persona_panel("CHN").persona_prompt.sel(country="CHN", persona="older").item()
    assert PACK.introductions["older"].format(country="China") in text
    assert PACK.levels["religiosity"][2] in text
    assert PACK.levels["trust"][3] in text
    assert PACK.levels["idleness"][1] in text


def test_the_fourth_persona_can_be_chosen() -> None:
    aggregate = persona_panel("JPN").persona_prompt.sel(persona="all").item()
    useful = persona_panel("JPN", fourth="utilitarian").persona_prompt.sel(persona="utilitarian")
    # The same values behind another first sentence.
    assert useful.item().split(". ")[1:] == aggregate.split(". ")[1:]
    assert useful.item() != aggregate
    own = persona_panel("USA", fourth="You judge in {country}, {today}.")
    assert (
        own.persona_prompt.sel(persona="own").item() == "You judge in the United States, {today}."
    )
    named = persona_panel("USA", fourth={"judge": "You judge in {country}."})
    assert named.persona.values.tolist() == ["young", "middle", "older", "judge"]
    assert persona_panel("USA", fourth=None).sizes["persona"] == 3


def test_a_persona_that_is_no_name_and_no_text_is_refused() -> None:
    with pytest.raises(InputError, match="fourth persona is 'utilitarism'; it must be all, util"):
        persona_panel("USA", fourth="utilitarism")
    with pytest.raises(InputError, match="persona 'judge' of USA has no text"):
        persona_panel("USA", fourth={"judge": " "})


@pytest.mark.parametrize(
    ("fourth", "reason"),
    [
        ({}, r"is \{\}; it must be all, utilitarian, a text .* or a mapping of one name"),
        ({"a": "You a.", "b": "You b."}, "or a mapping of one name to its text"),
        (4, "The fourth persona is 4; it must be"),
        (["You."], "The fourth persona is .*; it must be"),
        ({"young": "You."}, "named 'young', as a cohort is; give it another name"),
        ({"base": "You."}, "A persona is named 'base', as the neutral system prompt is"),
        ({"a": None}, "text of the fourth persona 'a' is None; write one"),
        ({5: "You."}, "persona of USA is named 5; its name must be a text"),
    ],
)
def test_a_fourth_persona_is_one_with_a_name_of_its_own(fourth: object, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        persona_panel("USA", fourth=fourth)  # type: ignore[arg-type]


def test_the_name_of_a_cohort_is_free_where_that_cohort_is_left_out() -> None:
    panel = persona_panel("USA", cohorts=["middle"], fourth={"young": "You are new here."})
    assert panel.persona_prompt.sel(persona="young").item() == "You are new here."


def test_what_is_no_name_and_no_list_is_refused() -> None:
    for wrong in (5, None, [["JPN"]]):
        with pytest.raises(InputError, match=r"countries is .*; give a name, or several"):
            persona_panel(wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="cohorts is 5; give a name, or several in a list"):
        persona_panel("JPN", cohorts=5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"Expected an xarray\.Dataset, got dict"):
        persona_panel("JPN", profiles={})  # type: ignore[arg-type]


def test_a_cohort_without_means_is_named() -> None:
    data = profiles.shipped(["JPN", "USA"]).copy(deep=True)
    data.profile_mean.loc[{"country": "USA", "persona": "middle"}] = np.nan
    with pytest.raises(InputError, match=r"USA has no mean for the cohort 'middle'.*cohorts="):
        persona_panel(["JPN", "USA"], profiles=data)
    assert persona_panel("USA", profiles=data, cohorts=["young", "older"]).sizes["persona"] == 3
    data.profile_mean.loc[{"country": "USA", "persona": "all"}] = np.nan
    with pytest.raises(InputError, match=r"cohort 'all'; choose another fourth= or leave"):
        persona_panel("USA", profiles=data, cohorts="young")


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="country 'JPM'; did you mean 'JPN'"):
        persona_panel(["JPM"])
    with pytest.raises(UnknownNameError, match="cohort 'old'; did you mean 'older'"):
        persona_panel("JPN", cohorts=["old"])
    with pytest.raises(InputError, match="lacks 'item_low'"):
        persona_panel("JPN", profiles=profile([0.5]).drop_vars("item_low"))
    renamed = profile([0.5]).assign_coords(profile_item=["thrift"])
    with pytest.raises(UnknownNameError, match="Unknown variable 'thrift'"):
        persona_panel("JPN", profiles=renamed)
    abroad = profile([0.5]).assign_coords(country=["ATA"])
    with pytest.raises(UnknownNameError, match="pack 'en' has no name for 'ATA'; add it under"):
        persona_panel("ATA", profiles=abroad)
    with pytest.raises(UnknownNameError, match="pack 'en' has no name for 'ATA'; add it under"):
        persona_panel("ATA", profiles=abroad, cohorts=[], fourth="You judge in {country}.")


def test_a_text_says_who_what_and_how() -> None:
    text = persona_text(PACK, "BRA", "middle", {"family": 0, "trust": 3})
    assert text == (
        "You are a person aged 36 to 55 from Brazil. Family is very important in your life. "
        "You trust hardly anyone. Reply with one letter, as this person would."
    )


def test_words_that_are_not_there_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="introduction 'elder'; did you mean 'older'"):
        persona_text(PACK, "BRA", "elder", {})
    with pytest.raises(ParameterError, match="Level of 'trust' is 4; it must be 0 to 3"):
        persona_text(PACK, "BRA", "older", {"trust": 4})
