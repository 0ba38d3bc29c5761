"""Personas by hand, as a mapping or a file."""

from __future__ import annotations

from pathlib import Path

import pytest
import xarray as xr

from disca_nb.errors import DataFileError, InputError
from disca_nb.prompts import load_pack, panel_from_csv, panel_from_texts
from disca_nb.variables import validate

TEXTS = {
    "JPN": {"nurse": 'You nurse in "Osaka", Japan.', "farmer": "You farm.\nIn Niigata."},
    "BRA": {"farmer": "You farm in Pará.", "nurse": "You nurse in Recife."},
}
FILE = (
    "country,persona,text\n"
    'JPN,nurse,"You nurse in ""Osaka"", Japan."\n'
    'JPN,farmer,"You farm.\nIn Niigata."\n'
    "BRA,farmer,You farm in Pará.\n"
    "BRA,nurse,You nurse in Recife.\n"
)


def write(folder: Path, text: str) -> Path:
    """Write a file."""
    path = folder / "mine.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_texts_become_a_panel_by_name() -> None:
    panel = validate(panel_from_texts(TEXTS), "persona_prompt")
    assert panel.persona.values.tolist() == ["nurse", "farmer"]
    for country, texts in TEXTS.items():
        for name, text in texts.items():
            assert panel.persona_prompt.sel(country=country, persona=name).item() == text
    assert panel.profile_source.values.tolist() == ["own", "own"]
    assert panel.attrs == {
        "base_prompt": load_pack("en").base_system,
        "language": "en",
        "persona_source": "texts by hand",
    }


def test_a_file_gives_the_same(tmp_path: Path) -> None:
    panel = panel_from_csv(write(tmp_path, FILE))
    xr.testing.assert_equal(panel, panel_from_texts(TEXTS))
    assert panel.attrs["persona_source"] == "texts by hand, mine.csv"


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ({}, "The panel has no country"),
        ({"JPN": {}}, "JPN has no persona"),
        ({"JPN": {"a": "x", "b": " \n"}}, "The persona 'b' of JPN has no text"),
        (None, "The panel is a NoneType; map each country to its personas"),
        (["JPN"], "The panel is a list; map each country to its personas"),
        ({5: {"a": "x"}}, "A country is 5; name it by a text"),
        ({"JPN": "x"}, "JPN has a str; map the names of its personas to their texts"),
        ({"JPN": None}, "JPN has a NoneType; map the names"),
        ({"JPN": {"a": None}}, "The persona 'a' of JPN has no text, but None; write one"),
        ({"JPN": {"a": 1.5}}, "The persona 'a' of JPN has no text, but 1.5; write one"),
        ({"JPN": {1: "x"}}, "A persona of JPN is named 1; its name must be a text"),
        ({"JPN": {"a": "x", "base": "y"}}, "A persona is named 'base', as the neutral system"),
        ({"JPN": {"a": "x", "b": "x"}}, "personas 'a' and 'b' of JPN have one text"),
        (
            {"JPN": {"a": "x", "b": "y"}, "USA": {"a": "x", "c": "y"}},
            "USA has the personas a, c and JPN a, b; every country needs the same names",
        ),
        ({"JPN": {"a": "x", "b": "y"}, "USA": {"a": "x"}}, "USA has the personas a and JPN a, b"),
    ],
)
def test_texts_that_will_not_do_are_refused(texts: object, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        panel_from_texts(texts)  # type: ignore[arg-type]
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("persona,", "name,", "mine.csv lacks the column persona"),
        ("You farm in Pará.", " ", "mine.csv, row 3: text is ' '"),
        ("BRA,farmer", "BRA,nurse", "mine.csv, row 4: country 'BRA', persona 'nurse' is there"),
        ("BRA,farmer", "BRA,baker", "mine.csv: BRA has the personas baker, nurse and JPN nurse"),
        ("You farm in Pará.", "You nurse in Recife.", "mine.csv: The personas 'farmer' and"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert FILE.count(old) == 1
    with pytest.raises(DataFileError) as caught:
        panel_from_csv(write(tmp_path, FILE.replace(old, new)))
    assert str(caught.value).startswith(reason)


def test_a_file_with_the_name_of_the_neutral_prompt_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, FILE.replace(",nurse,", ",base,"))
    with pytest.raises(DataFileError, match=r"^mine\.csv: A persona is named 'base'"):
        panel_from_csv(path)


def test_what_is_no_path_is_refused() -> None:
    with pytest.raises(InputError, match="The path is None; name a file"):
        panel_from_csv(None)  # type: ignore[arg-type]


def test_a_single_persona_is_warned_about() -> None:
    with pytest.warns(UserWarning, match="one persona, 'nurse': with none to disagree with"):
        panel = panel_from_texts({"JPN": {"nurse": "You nurse."}})
    assert panel.sizes["persona"] == 1
