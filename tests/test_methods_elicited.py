"""The methods paragraphs of elicited gaps: who was asked what, from what the result says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from written import audited

from disca_nb import alignment, elicit, methods, prompts, steer
from disca_nb.datasets import demo_panel
from disca_nb.metrics.audit_report import Audit
from disca_nb.models import OptionScores
from disca_nb.prompts import Prompt
from disca_nb.prompts.frames import Exchange

EVIL = '<script>alert("x")</script>'


class Firm:
    """A model of the user's that always answers alike, and says of itself what a backend would."""

    def __init__(self, name: str, **manifest: object) -> None:
        self.name, self.manifest = name, manifest

    def score(self, asked: Sequence[Prompt], _: Sequence[str]) -> OptionScores:
        return OptionScores.of(np.log([[0.7, 0.2]] * len(asked)))


def gaps(*models: Firm, exchange: Exchange = "lines") -> xr.Dataset:
    """Return what models answer as two farmers, in a country with a profile and in one without."""
    texts = {
        country: {"old": f"You farm in {country}.", "new": f"You code in {country}."}
        for country in ("JPN", "EGY")
    }
    return elicit(
        models or (Firm("firm"),),
        prompts.scenarios("balanced", per_attribute=2),
        prompts.panel_from_texts(texts),
        exchange=exchange,
        progress=False,
    )


def test_a_model_of_ones_own_is_neither_synthetic_nor_noted() -> None:
    text = methods(gaps()).text
    assert "The source of the data is: elicited from firm (attribute source)." in text
    assert "Personas are from: texts by hand (attribute persona_source)." in text
    assert "The result holds 1 model (firm), 2 countries (JPN, EGY) and 12 scenarios (" in text
    for words in ("synthetic", "notice", "was run with", "MultiTP2024]; Awad"):
        assert words not in text


def test_what_a_manifest_states_of_a_model_is_told() -> None:
    versions = {"torch": "2.9", "transformers": "5.1"}
    hub = Firm("m/a", source="hub", revision="abc123", dtype="bfloat16", versions=versions)
    other = Firm("m/b", source="hub", revision="def456", thinking="", versions=versions)
    text = methods(gaps(hub, other)).text
    assert (
        "m/a was run with: source hub, revision abc123, number format bfloat16 (attribute manifest)"
    ) in text
    assert "m/b was run with: source hub, revision def456 (attribute manifest)" in text
    assert text.count("torch 2.9, transformers 5.1 (attribute manifest)") == 1
    assert "m/b was run" not in methods(gaps(hub, other).sel(model=["m/a"])).text


def test_prompts_are_counted_as_they_were_scored() -> None:
    # 12 scenarios by the base prompt and 4 personas; one scenario exchanged is another as shown.
    assert "A model scored 60 different prompts, each once" in methods(gaps()).text
    lettered = methods(gaps(exchange="labels")).text
    assert "A model scored 120 different prompts, each once" in lettered


def test_exchanged_letters_leave_a_liking_for_the_first_line() -> None:
    text = methods(gaps(exchange="labels")).text
    assert "(BA: the two letters change places and the lines stay)" in text
    assert "a liking for the line that comes first stays" in text
    assert "a liking for the line that comes first stays" not in methods(gaps()).text


def test_the_notice_of_one_model_is_not_said_of_the_other() -> None:
    noted = Firm("toy", notice="A toy: synthetic.")
    text = methods(gaps(noted, Firm("firm"))).text
    assert "A notice that results of toy carry reads: A toy: synthetic (attribute notice)." in text
    assert "Data that their source calls synthetic" not in text
    renamed = gaps(noted).drop_attrs(deep=False).assign_attrs(notice="A toy.")
    assert (
        "A notice that the result carries reads: A toy (attribute notice)." in methods(renamed).text
    )


def test_synthetic_profiles_are_told_of_the_countries_that_are_there() -> None:
    panel = demo_panel()
    made_up = panel.country.values[panel.profile_source == "synthetic"].tolist()
    assert f"Personas of {', '.join(made_up)} are worded from synthetic" in methods(panel).text
    assert "are worded from synthetic" not in methods(panel.drop_sel(country=made_up)).text
    one = methods(panel.sel(country=made_up[0])).text
    assert f"Personas of {made_up[0]} are worded from synthetic" in one


def test_one_language_is_told_once_and_several_are_counted() -> None:
    text = methods(alignment(steer(demo_panel(["JPN"]), variant="consensus"))).text
    assert text.count("language") == 2
    assert "The language of the prompts is en (label of language)." in text
    several = gaps().drop_vars("language").expand_dims(language=["en", "nl"])
    assert "2 languages (en, nl)" in methods(several).text
    assert "The language of the prompts" not in methods(several).text


@pytest.mark.parametrize(
    "manifest",
    ["{", "[]", "3", '{"models": 3, "prompts": "x"}', '{"models": {"firm": 3}}', '{"models": []}'],
)
def test_a_manifest_that_cannot_be_read_states_nothing(manifest: str) -> None:
    text = methods(gaps().assign_attrs(manifest=manifest)).text
    assert "attribute manifest" not in text
    assert "of the steps that made it the result keeps no versions" in text


def test_what_a_manifest_states_is_clean_and_escaped() -> None:
    manifest = {"models": {"firm": {"source": EVIL, "revision": "/home/someone/m", "versions": {}}}}
    paragraphs = methods(gaps().assign_attrs(manifest=json.dumps(manifest), notice=EVIL))
    assert "someone" not in paragraphs.text
    assert "revision m (attribute manifest)" in paragraphs.text
    assert "<script" not in paragraphs._repr_html_()


def test_an_audit_says_of_all_models_what_all_say_of_themselves() -> None:
    first, second = audited()["first"], audited()["second"]
    attrs = {key: value for key, value in second.scores.attrs.items() if key != "exchange"}
    logged = replace(second, scores=second.scores.drop_attrs(deep=False).assign_attrs(attrs))
    text = methods(Audit({"first": first, "second": logged})).text
    assert "Gaps were elicited" not in text
    assert "Scenarios are from: MultiTP" in text
