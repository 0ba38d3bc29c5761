"""Language packs: what ships, and that each fault of a file is named with its place."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from disca_nb._data import data_path
from disca_nb.datasets import targets
from disca_nb.errors import DataFileError, InputError, UnknownNameError
from disca_nb.prompts import dilemma, load_pack, persona_text, shipped_languages

Pack = dict[str, Any]
ENGLISH: Pack = json.loads(data_path("packs/en.json").read_text(encoding="utf-8"))


def changed(change: Callable[[Pack], object], folder: Path) -> Path:
    """Write the English pack with a change."""
    content = copy.deepcopy(ENGLISH)
    change(content)
    path = folder / "mine.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_english_ships_and_is_the_default() -> None:
    assert "en" in shipped_languages()
    assert "schema" not in shipped_languages()
    assert load_pack() == load_pack("en")


@pytest.mark.parametrize("language", shipped_languages())
def test_a_shipped_pack_follows_the_schema(language: str) -> None:
    # Read from a path it is checked; read by its name it is trusted.
    assert load_pack(data_path(f"packs/{language}.json")) == load_pack(language)


@pytest.mark.parametrize("language", shipped_languages())
def test_a_shipped_pack_words_everything_once(language: str) -> None:
    pack = load_pack(language)
    assert pack.language == language
    assert len(set(pack.roles.values())) == len(pack.roles)
    assert set(pack.levels) == set(load_pack("en").levels)
    assert set(pack.countries) == set(load_pack("en").countries)
    assert len(set(pack.countries.values())) == len(pack.countries)


def test_a_pack_of_ones_own_is_read(tmp_path: Path) -> None:
    path = changed(lambda p: p.update(language="tlh", base_system="qaStaH nuq?"), tmp_path)
    assert load_pack(path).language == "tlh"
    assert load_pack(str(path)).base_system == "qaStaH nuq?"
    # It may change between two readings.
    changed(lambda p: p.update(language="vo"), tmp_path)
    assert load_pack(path).language == "vo"


@pytest.mark.parametrize(
    ("change", "place", "fault"),
    [
        (lambda p: p.pop("dilemma"), "the file", "'dilemma' is a required property"),
        (lambda p: p.update(extra=1), "the file", "'extra' was unexpected"),
        (lambda p: p.update(format=2), "format", "1 was expected"),
        (lambda p: p.update(language="English"), "language", "does not match"),
        (lambda p: p.update(labels=["A"]), "labels", "too short"),
        (lambda p: p.update(labels=["A", "A"]), "labels", "non-unique"),
        (lambda p: p.update(base_system=" Hello."), "base_system", "does not match"),
        (lambda p: p.update(dilemma="{first_label} {first}"), "dilemma", "second"),
        (lambda p: p.update(numbers=["one"]), "numbers", "too short"),
        (lambda p: p.update(join="{role}"), "join", "number"),
        (lambda p: p["roles"].pop("cat"), "roles", "'cat' is a required property"),
        (lambda p: p["roles"].update(dog=["dog"]), "roles.dog", "too short"),
        (lambda p: p["persona"].pop("closing"), "persona", "'closing' is a required property"),
        (
            lambda p: p["persona"]["introductions"].update(young="You are young."),
            "persona.introductions.young",
            "country",
        ),
        (lambda p: p["persona"]["levels"]["trust"].pop(), "persona.levels.trust", "too short"),
        (
            lambda p: p["persona"]["levels"].update(trust=["Yes."] * 4),
            "persona.levels.trust",
            "non-unique",
        ),
        (
            lambda p: p.update(dilemma=p["dilemma"] + " {oops}"),
            "dilemma",
            "{oops} is no field; its fields are {first_label}, {first}, {second_label}, {second}",
        ),
        (lambda p: p.update(dilemma=p["dilemma"] + " {"), "dilemma", "'{'"),
        (lambda p: p.update(dilemma=p["dilemma"] + " }"), "dilemma", "'}'"),
        (lambda p: p.update(dilemma=p["dilemma"] + " {}"), "dilemma", "{} is no field"),
        (lambda p: p.update(dilemma=p["dilemma"] + " {first:>9}"), "dilemma", "{first} has a form"),
        (lambda p: p.update(dilemma=p["dilemma"] + " {first.x}"), "dilemma", "{first.x} is no fi"),
        (
            lambda p: p.update(dilemma=p["dilemma"].replace("{first}", "{{first}}")),
            "dilemma",
            "{first} is missing",
        ),
        (lambda p: p.update(join="{number!z} {number} {role}"), "join", "{number} has a format"),
        (
            lambda p: p["persona"]["introductions"].update(young="You, {age}, from {country}."),
            "persona.introductions.young",
            "{age} is no field; its fields are {country},",
        ),
        (
            lambda p: p["questions"].update(verdict="{question} {answer} {choices} {reason}"),
            "questions.verdict",
            "{reason} is no field",
        ),
        (
            lambda p: p["questions"].update(survey="{country} {question} {options}"),
            "questions.survey",
            "{country} is no field",
        ),
        (lambda p: p["countries"].update(Japan="Japan"), "countries", "'Japan' does not match"),
        (lambda p: p["countries"].update(JPN=""), "countries.JPN", "''"),
    ],
)
def test_a_fault_is_named_with_its_place(
    tmp_path: Path, change: Callable[[Pack], object], place: str, fault: str
) -> None:
    with pytest.raises(DataFileError) as caught:
        load_pack(changed(change, tmp_path))
    text = str(caught.value)
    assert text.startswith(f"mine.json, {place}: ")
    assert fault in text
    assert text.endswith("see data/packs/schema.json.")


def test_files_that_are_no_packs_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    with pytest.raises(DataFileError, match="There is no file"):
        load_pack(path)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(DataFileError, match=r"mine\.json is not JSON"):
        load_pack(path)
    path.write_bytes(b"\xff\xfe{}")
    with pytest.raises(DataFileError, match=r"mine\.json is not JSON"):
        load_pack(path)
    path.with_name("folder.json").mkdir()
    with pytest.raises(DataFileError, match=r"folder\.json cannot be read: .*; name a JSON file"):
        load_pack(path.with_name("folder.json"))
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(DataFileError, match=r"the file: .* is not of type 'object'"):
        load_pack(path)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="Unknown language 'xx'"):
        load_pack("xx")
    with pytest.raises(UnknownNameError, match=r"role 'womn'; did you mean 'wom[ae]n'"):
        load_pack("en").group("womn", 1)


def test_a_pack_may_end_in_capitals_and_a_path_is_always_a_file(tmp_path: Path) -> None:
    path = changed(lambda p: p.update(language="tlh"), tmp_path)
    for name in ("MINE.JSON", "mine"):
        assert load_pack(path.rename(tmp_path / name)).language == "tlh"
        path = tmp_path / name
    changed(lambda _: None, tmp_path).rename(tmp_path / "LOUD.JSON")
    assert load_pack(str(tmp_path / "LOUD.JSON")) == load_pack("en")
    for wrong in (None, 5, ["en"]):
        with pytest.raises(
            InputError, match=r"The language is of type .*; give a code or the path"
        ):
            load_pack(wrong)  # type: ignore[arg-type]


def test_braces_of_the_text_itself_are_written_twice(tmp_path: Path) -> None:
    path = changed(lambda p: p.update(dilemma="{{x}} " + p["dilemma"]), tmp_path)
    assert dilemma(load_pack(path), "a dog", "a cat").user.startswith("{x} The brakes")


def test_every_country_with_human_preferences_has_a_name() -> None:
    pack = load_pack("en")
    assert set(targets.moral_machine().country.values) <= set(pack.countries)
    # The World Values Survey has a sample of its own there.
    assert pack.country("NIR") == "Northern Ireland"
    assert pack.country("GBR") == "Great Britain"
    assert "from the Netherlands." in persona_text(pack, "NLD", "all", {})
    with pytest.raises(UnknownNameError, match="'en' has no name for 'ATA'; add it under countr"):
        persona_text(pack, "ATA", "all", {})


def test_groups_agree_with_their_number() -> None:
    pack = load_pack("en")
    assert pack.group("person", 1) == "one person"
    assert pack.group("person", 5) == "five people"
    assert pack.group("homeless_person", 3) == "three homeless people"
