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
        ({"JPN": {"a": "x", "b": "x"}}, "personas 'a' and 'b' of JPN have one text"),
        (
            {"JPN": {"a": "x", "b": "y"}, "USA": {"a": "x", "c": "y"}},
            "USA has the personas a, c and JPN a, b; every country needs the same names",
        ),
        ({"JPN": {"a": "x", "b": "y"}, "USA": {"a": "x"}}, "USA has the personas a and JPN a, b"),
    ],
)
def test_texts_that_will_not_do_are_refused(texts: dict[str, dict[str, str]], reason: str) -> None:
    with pytest.raises(InputError) as caught:
        panel_from_texts(texts)
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


def test_a_single_persona_is_warned_about() -> None:
    with pytest.warns(UserWarning, match="one persona, 'nurse': with none to disagree with"):
        panel = panel_from_texts({"JPN": {"nurse": "You nurse."}})
    assert panel.sizes["persona"] == 1
