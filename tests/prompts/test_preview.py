"""What a preview shows and when it warns."""

from __future__ import annotations

import json
import re
from functools import partial
from html import unescape
from pathlib import Path

import pytest
import xarray as xr

from disca_nb._data import data_path
from disca_nb.datasets import profiles
from disca_nb.errors import InputError, UnknownNameError
from disca_nb.prompts import (
    differing_sentences,
    dilemma,
    load_pack,
    panel_from_texts,
    persona_panel,
    preview,
    scenarios,
)

PACK = load_pack("en")


def test_it_shows_the_prompts_that_are_asked() -> None:
    drawn, panel = scenarios(), persona_panel("DEU")
    shown = preview("DEU", 7, "older")
    one = drawn.isel(scenario=7)
    system = panel.persona_prompt.sel(country="DEU", persona="older").item()
    options = one.option_a.item(), one.option_b.item()
    assert shown.scenario == one.scenario.item()
    assert shown.ab == dilemma(PACK, *options, system=system)
    assert shown.ba == dilemma(PACK, *options, system=system, exchanged=True)
    assert shown == preview("DEU", shown.scenario, "older", panel=panel, scenarios=drawn)


def test_labels_can_change_places_instead() -> None:
    lines, labels = (preview("DEU", exchange=exchange) for exchange in ("lines", "labels"))
    assert lines.ab == labels.ab
    assert lines.ba != labels.ba
    assert labels.ba.user.index("\nB. ") < labels.ba.user.index("\nA. ")


def test_without_a_persona_the_system_text_is_neutral() -> None:
    assert preview("DEU").persona == "base"
    assert preview("DEU").ab.system == PACK.base_system
    assert preview("DEU", 0, "base") == preview("DEU")
    panel = persona_panel("DEU").assign_attrs(base_prompt="Be yourself.")
    assert preview("DEU", panel=panel).ab.system == "Be yourself."


def test_the_text_holds_every_part() -> None:
    shown = preview("DEU", 0, "young")
    text = str(shown)
    for part in (shown.ab.system, *shown.ab.user.splitlines(), *shown.ba.user.splitlines()):
        assert part in text
    assert "(nothing)" in text
    assert f"wvs; sentences that differ between them: {shown.sentences_that_differ}." in text
    assert "Warning" not in text
    assert "synthetic" in str(preview("TUR"))


def test_the_card_escapes_what_it_is_given_and_takes_the_pages_colours() -> None:
    texts = {"JPN": {"a": "<script>x</script> One. Two. Three.", "b": "Four & five. Six. <b>."}}
    shown = preview("JPN", 0, "a", panel=panel_from_texts(texts))
    html = shown._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;x&lt;/script&gt; One." in html
    assert set(re.findall(r"</?(\w+)", html)) == {"section", "h3", "p", "div"}
    colours = set(re.findall(r"(?<![\w-])(?:color|background):([^;\"]*)", html))
    assert colours == {"inherit", "none"}
    assert shown.ab.user in unescape(html)


@pytest.fixture
def klingon(tmp_path: Path) -> Path:
    """Return a pack of one's own."""
    content = json.loads(data_path("packs/en.json").read_text(encoding="utf-8"))
    path = tmp_path / "tlh.json"
    path.write_text(json.dumps(content | {"language": "tlh", "base_system": "nuqneH."}))
    return path


def test_personas_and_dilemmas_are_shown_in_one_language_alone(klingon: Path) -> None:
    panel, drawn = persona_panel("JPN", language=klingon), scenarios(language=klingon)
    shown = preview("JPN", panel=panel, scenarios=drawn, language=klingon)
    assert shown.ab.system == "nuqneH."
    for show in (partial(preview, "JPN", panel=panel), partial(preview, "JPN", scenarios=drawn)):
        assert show(language=klingon) == shown
        with pytest.raises(UnknownNameError, match=r"language 'tlh' of the .*; pass language= wit"):
            show()
        with pytest.raises(InputError, match="are in 'tlh' and the language is 'en'"):
            show(language="en")
    with pytest.raises(InputError, match="The scenarios are in 'en' and the language is 'tlh'"):
        preview("JPN", panel=panel, scenarios=scenarios(), language=klingon)
    assert preview("JPN", panel=persona_panel("JPN")) == preview("JPN", language="en")


def test_a_persona_with_the_name_of_the_neutral_prompt_is_refused() -> None:
    panel = persona_panel("JPN").assign_coords(persona=["young", "middle", "older", "base"])
    with pytest.raises(InputError, match="A persona is named 'base', as the neutral"):
        preview("JPN", panel=panel)


@pytest.mark.parametrize("wrong", [None, 5, ["JPN"]])
def test_what_is_no_name_is_unknown(wrong: object) -> None:
    panel = persona_panel("JPN")
    with pytest.raises(UnknownNameError, match="Unknown country"):
        preview(wrong, panel=panel)  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="Unknown scenario"):
        preview("JPN", [wrong], panel=panel)  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="Unknown persona"):
        preview("JPN", 0, [wrong], panel=panel)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"Expected an xarray\.Dataset, got dict"):
        preview("JPN", panel={})  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"Expected an xarray\.Dataset, got str"):
        preview("JPN", scenarios="slice")  # type: ignore[arg-type]


BLAND = {"JPN": {"a": "You vote. You drive.", "b": "You vote. You walk."}}


def test_personas_that_hardly_differ_are_warned_about() -> None:
    with pytest.warns(UserWarning, match="personas of JPN: 1; below 3"):
        shown = preview("JPN", panel=panel_from_texts(BLAND))
    assert shown.sentences_that_differ == 1
    assert "Warning: Sentences that differ between the personas of JPN: 1;" in str(shown)
    assert "<strong>Warning:</strong>" in shown._repr_html_()


@pytest.mark.parametrize(
    ("texts", "number"),
    [
        (["One. Two. Three."], 0),
        (["One. Two. Three.", "One. Two. Three."], 0),
        (["One. Two. Three.", "Three. Two. Four."], 1),
        (["I a. X. Y. Z.", "I b. X. Y. Z.", "I c. X. U. Z."], 2),
        # One that says more than the others.
        (["One. Two! Three?", "One."], 2),
        (["It is 3.5 or so. Yes.", "It is 3.7 or so. Yes."], 1),
        (["東京に住む。働く。", "大阪に住む。働く。"], 1),
    ],
)
def test_sentences_are_counted_that_not_all_share(texts: list[str], number: int) -> None:
    assert differing_sentences(texts) == number
    assert differing_sentences(texts[::-1]) == number


def test_shipped_personas_differ_as_their_levels_do() -> None:
    countries = profiles.shipped().country.values.tolist()
    panel = persona_panel(countries)
    for country in countries:
        texts = panel.persona_prompt.sel(country=country).values.tolist()
        columns = zip(*(text.split(". ") for text in texts), strict=True)
        assert differing_sentences(texts) == sum(len(set(column)) > 1 for column in columns)


def test_unknown_names_are_refused() -> None:
    panel: xr.Dataset = persona_panel(["JPN", "USA"])
    for country, scenario, persona, message in (
        ("JPM", 0, None, "country 'JPM'; did you mean 'JPN'"),
        ("JPN", 0, "yuong", "persona 'yuong'; did you mean 'young'"),
        ("JPN", "age/2_man-2_boy/rihgt", None, "did you mean 'age/2_man-2_boy/right'"),
        ("JPN", 310, None, "scenario '310'; known: 0 to 309"),
        ("JPN", -1, None, "scenario '-1'"),
    ):
        for given in (panel, None):
            with pytest.raises(UnknownNameError, match=message):
                preview(country, scenario, persona, panel=given)
    with pytest.raises(UnknownNameError, match="exchange 'letters'"):
        preview("JPN", exchange="letters")  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="country 'DEU'; .*JPN, USA"):  # noqa: RUF043
        preview("DEU", panel=panel)
