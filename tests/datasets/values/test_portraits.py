"""Portraits: what a file's lines become, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from disca_nb.datasets.values import checked_portraits, portraits_dataset, read_portraits
from disca_nb.errors import InputError, UnknownNameError

Jsonl = Callable[..., Path]
OPTIONS = {"like me": "supports", "not like me": "opposes"}


def portrait(text: str, value: str = "power", **fields: object) -> dict[str, Any]:
    return {"statement": text, "schwartz_value": value, "options": OPTIONS, **fields}


def test_each_line_is_a_portrait(jsonl: Jsonl) -> None:
    names = [{"text": "Macht", "text_english": "Power"}, {"text": "Lust", "text_english": "Joy"}]
    path = jsonl(
        "pvq_german.jsonl",
        portrait("Sie führt.", values=names),
        portrait("Er ruht.", "Hedonism", question="Wie ist das?\n\nEr ruht.\n\n"),
    )
    portraits = read_portraits(path)
    assert portraits["portrait"].values.tolist() == ["pvq_german:0001", "pvq_german:0002"]
    # The whole text that is shown goes before the bare statement.
    assert portraits["portrait_text"].values.tolist() == ["Sie führt.", "Wie ist das?\n\nEr ruht."]
    assert portraits["portrait_value"].values.tolist() == ["power", "hedonism"]
    assert portraits["wording_language"].values.tolist() == ["de", "de"]
    assert portraits["option_text"].values[0].tolist() == ["like me", "not like me"]
    assert portraits["option_stance"].values[0].tolist() == ["supports", "opposes"]
    assert json.loads(portraits.attrs["condition_text"]) == {"power": "Macht", "joy": "Lust"}


def test_a_language_may_be_named(jsonl: Jsonl) -> None:
    path = jsonl("mine.jsonl", portrait("She leads."))
    assert read_portraits(path)["wording_language"].values.tolist() == ["en"]
    assert read_portraits(path, language="korean")["wording_language"].values.tolist() == ["ko"]


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (portrait("Text", "Powr"), "line 1: Unknown schwartz_value 'powr'; did you mean 'power'?"),
        ({"statement": "Text", "options": OPTIONS}, "line 1 lacks the field 'schwartz_value'"),
        ({"schwartz_value": "power", "options": OPTIONS}, "line 1 lacks the field 'statement'"),
        (portrait("Text", options={"like me": "supports"}), "must take two different ones"),
        (portrait("Text", values="Power"), "values is 'Power'; give a list of objects with text"),
        (portrait("Text", values=[{"text": "Macht"}]), "line 1 lacks the field 'text_english'"),
        ("{", "line 1 is not JSON: '{'; write one object in each line"),
    ],
    ids=range(7),
)
def test_a_line_that_cannot_be_used_is_named(
    jsonl: Jsonl, complaint: Callable[..., str], bad: dict[str, Any] | str, expected: str
) -> None:
    assert expected in complaint(read_portraits, jsonl("mine.jsonl", bad))


def test_an_unknown_language_in_the_name_is_refused(jsonl: Jsonl) -> None:
    with pytest.raises(UnknownNameError, match=r"'germain'; did you mean 'german'\?"):
        read_portraits(jsonl("pvq_germain.jsonl", portrait("Text")))


def test_a_folder_is_refused(tmp_path: Path, complaint: Callable[..., str]) -> None:
    assert "is a folder; name a file of portraits" in complaint(read_portraits, tmp_path)


def test_the_form_is_checked() -> None:
    pairs = tuple(OPTIONS.items())
    sound = portraits_dataset([("a", "Text", "power", pairs)], language="en")
    assert checked_portraits(sound).identical(sound)
    with pytest.raises(InputError, match="has 0 portraits"):
        checked_portraits(sound.isel(portrait=[]))
    with pytest.raises(InputError, match=r"portrait 'a': 'might'"):
        portraits_dataset([("a", "Text", "might", pairs)], language="en")
    with pytest.raises(InputError, match="portrait_text of 'a' is empty"):
        portraits_dataset([("a", " ", "power", pairs)], language="en")
    for name in ("portrait_text", "portrait_value", "wording_language", "n_options"):
        one = sound.assign_coords({name: sound[name].values[0]})
        with pytest.raises(InputError, match=rf"{name} has the dimensions \(\); it must have"):
            checked_portraits(one)
    with pytest.raises(InputError, match=r"option_stance has the dimensions .*; it must have"):
        checked_portraits(sound.assign_coords(option_stance=("option", ["supports", "opposes"])))
