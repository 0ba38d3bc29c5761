"""`elicit`: which prompts are asked, how answers become gaps, and that what follows just works."""

from __future__ import annotations

import gc
import json
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import tiny_models
import xarray as xr
from saving import again, assert_same, both
from scripted import COUNTRIES, TEXTS, Scripted, ask, liking

import disca_nb
from disca_nb import models, prompts
from disca_nb._elicit import given
from disca_nb.datasets import scenarios as own_scenarios
from disca_nb.models import OptionScores
from disca_nb.prompts import Prompt


@pytest.fixture(scope="module")
def choices() -> xr.Dataset:
    return prompts.scenarios("balanced", per_attribute=2)


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    return prompts.panel_from_texts(TEXTS)


def own(folder: Path) -> xr.Dataset:
    """Return one dilemma from a file."""
    path = folder / "mine.csv"
    path.write_text("id,option_a,option_b,attribute,preferred\nwell,a goat,a child,Species,b\n")
    return own_scenarios.from_csv(path)


def test_every_different_prompt_is_asked_once(choices: xr.Dataset, panel: xr.Dataset) -> None:
    model = Scripted()
    ask(model, choices, panel)
    # The base prompt is the same for all countries, and every choice stands there from both
    # sides, so that the one in the order BA is the other in the order AB.
    assert len(model.asked) == choices.sizes["scenario"] * (1 + 3 * 2)
    assert len(set(model.asked)) == len(model.asked)
    labels = Scripted()
    ask(labels, choices, panel, exchange="labels")
    assert len(set(labels.asked)) == len(labels.asked) == 2 * len(model.asked)


@pytest.mark.parametrize("exchange", ["lines", "labels"])
def test_each_answer_stands_where_its_prompt_belongs(
    choices: xr.Dataset, panel: xr.Dataset, exchange: Literal["lines", "labels"]
) -> None:
    found = ask(Scripted(), choices, panel, exchange=exchange)
    pack = prompts.load_pack("en")
    for country in COUNTRIES:
        for scenario in choices.scenario.values:
            one = choices.sel(scenario=scenario)
            for order in ("AB", "BA"):
                at = {"country": country, "scenario": scenario, "order": order}
                for persona, text in {"": None, **TEXTS[country]}.items():
                    prompt = prompts.dilemma(
                        pack,
                        one.option_a.item(),
                        one.option_b.item(),
                        system=text,
                        exchanged=order == "BA",
                        exchange=exchange,
                    )
                    gaps = found.persona_order_gap if persona else found.base_order_gap
                    place = at | ({"persona": persona} if persona else {})
                    assert gaps.sel(place).item() == pytest.approx(liking(prompt), abs=1e-12)


@pytest.mark.parametrize(
    ("exchange", "lines"),
    [
        ("lines", ["A. Save a child", "B. Save a goat"]),
        ("labels", ["B. Save a goat", "A. Save a child"]),
    ],
)
def test_labels_and_lines_exchange_other_things(
    tmp_path: Path, panel: xr.Dataset, exchange: str, lines: list[str]
) -> None:
    model = Scripted()
    found = ask(model, own(tmp_path), panel, exchange=exchange)
    shown = [prompt.user.splitlines()[1:3] for prompt in model.asked]
    assert shown.count(["A. Save a goat", "B. Save a child"]) == 7
    assert shown.count(lines) == 7
    assert found.attrs["exchange"] == exchange


def test_gaps_are_debiased_and_the_liking_for_a_letter_told(
    choices: xr.Dataset, panel: xr.Dataset
) -> None:
    found = ask(Scripted(), choices, panel)
    assert found.positional_bias.values == pytest.approx(-0.5, abs=1e-12)
    pairs = zip(choices.option_a.values, choices.option_b.values, strict=True)
    size = 1 + len(prompts.load_pack("en").base_system) % 5
    expected = np.array([0.1 * size * (len(b) - len(a)) for a, b in pairs])
    assert found.base_gap.sel(country="JPN").squeeze().values == pytest.approx(expected, abs=1e-12)
    assert (found.vanilla_gap == found.base_order_gap.sel(order="AB")).all()
    assert found.attrs["category_temperature"] == "none"


def test_the_worst_prompt_makes_the_status(choices: xr.Dataset, panel: xr.Dataset) -> None:
    def gap(prompt: Prompt) -> float:
        return np.nan if "Young, from JPN" in prompt.system else 0.25

    def mass(prompt: Prompt) -> float:
        return 0.4 if "from JPN" in prompt.system or "Older, from BRA" in prompt.system else 0.6

    with pytest.warns(UserWarning, match=r"36 cells .* scripted \(12 low mass, 12 failed\)\. Low"):
        found = ask(Scripted(gap, mass), choices, panel)
    status = {c: set(found.status.sel(country=c).values.ravel().tolist()) for c in COUNTRIES}
    assert status == {"USA": {1}, "JPN": {2}, "BRA": {3}}
    assert found.status.dims == ("country", "scenario", "model")
    young = {"country": "JPN", "persona": "young"}
    assert found.persona_order_gap.sel(young).isnull().all()
    assert found.persona_gap.sel(young).isnull().all()
    assert int(found.persona_gap.isnull().sum()) == choices.sizes["scenario"]
    # Low mass is said, and the gap kept.
    older = found.persona_order_gap.sel(country="BRA", persona="older")
    assert older.values == pytest.approx(0.25)
    assert found.persona_answer_mass.sel(country="USA").values == pytest.approx(0.6)
    with pytest.warns(UserWarning, match=r"\(0 low mass, 12 failed\)"):
        everything = ask(Scripted(gap, mass), choices, panel, min_mass=0.3)
    assert set(everything.status.sel(country="BRA").values.ravel().tolist()) == {1}


def test_what_follows_just_works(choices: xr.Dataset) -> None:
    panel = prompts.persona_panel(["USA", "JPN", "BRA", "DEU"])
    gaps = ask(Scripted(), choices, panel)
    steered = disca_nb.steer(gaps, method="quadrature")
    scores = disca_nb.alignment(steered)
    assert scores.mis.notnull().all()
    assert set(scores.mis.dims) == {"country", "model"}
    report = disca_nb.audit(steered)
    assert list(report.models) == ["scripted"]
    assert disca_nb.methods(steered)


def test_gaps_that_are_no_numbers_have_failed(choices: xr.Dataset, panel: xr.Dataset) -> None:
    class Broken(Scripted):
        def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:  # noqa: ARG002
            rows = {"USA": [-np.inf, -0.1], "JPN": [np.nan, -0.1], "BRA": [-np.inf, -np.inf]}
            found = [next((r for c, r in rows.items() if c in p.system), [-1, -1]) for p in prompts]
            values = np.array(found, dtype=float)
            return OptionScores(values, np.exp(values).sum(1), np.ones(len(prompts), np.int8))

    with pytest.warns(UserWarning, match=r"\(0 low mass, 36 failed\)"):
        found = ask(Broken(), choices, panel)
    assert (found.status == 2).all()
    assert found.persona_order_gap.isnull().all()
    assert (found.base_order_gap == 0).all()


def test_the_longest_prompts_come_first(choices: xr.Dataset, panel: xr.Dataset) -> None:
    model = Scripted()
    ask(model, choices, panel)
    lengths = [len(prompt.system + prompt.user) for prompt in model.asked]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > lengths[-1]


def test_prompts_are_handed_on_in_chunks(choices: xr.Dataset, panel: xr.Dataset) -> None:
    class Counting(Scripted):
        def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
            found.append(len(prompts))
            return super().score(prompts, options)

    found = list[int]()
    result = ask(Counting(), choices, panel)
    assert found == [64, 20]
    manifest = json.loads(result.attrs["manifest"])["models"]["scripted"]
    assert manifest["plan"].items() >= {"chunks": 2, "prompts_at_once": 64}.items()


def test_what_is_known_of_scenarios_comes_along(choices: xr.Dataset, panel: xr.Dataset) -> None:
    found = ask(Scripted(), choices.reset_coords(), panel.reset_coords("profile_source"))
    assert set(found.coords) == set(ask(Scripted(), choices, panel).coords)
    for name in ("option_a", "option_b", "category", "preferred_on_right", "n_left", "n_right"):
        assert (found[name] == choices[name]).all()


def test_it_keeps_what_everyone_was_told(choices: xr.Dataset, panel: xr.Dataset) -> None:
    found = ask(Scripted(), choices, panel, countries=["JPN", "USA"])
    assert found.persona_prompt.dims == ("country", "persona")
    assert found.persona_prompt.sel(country="USA", persona="older").item() == "Older, from USA."
    assert found.attrs["base_prompt"] == prompts.load_pack("en").base_system
    own = ask(Scripted(), choices, panel.assign_attrs(base_prompt="Be brief."))
    assert own.attrs["base_prompt"] == "Be brief."
    steered = disca_nb.steer(found, method="quadrature")
    assert steered.attrs["base_prompt"] == found.attrs["base_prompt"]
    assert (steered.persona_prompt == found.persona_prompt).all()


@both
def test_it_comes_back_from_disk(ending: str, choices: xr.Dataset, panel: xr.Dataset) -> None:
    found = ask(Scripted(), choices, panel)
    back = again(found, ending)
    assert_same(back, found)
    assert back.attrs == found.attrs


def test_it_says_who_was_asked_what(choices: xr.Dataset, panel: xr.Dataset) -> None:
    found = ask(Scripted(), choices, panel)
    manifest = json.loads(found.attrs["manifest"])
    assert manifest["models"]["scripted"]["kind"] == "scripted"
    assert manifest["asked_of"] == ["scripted"]
    assert manifest["options"] == ["A", "B"]
    assert manifest["prompts"] == 7 * choices.sizes["scenario"]
    assert manifest["scenario_seed"] == 0
    assert found.language.item() == "en"
    assert found.attrs["persona_source"] == panel.attrs["persona_source"]
    assert "balanced" in found.attrs["scenario_source"]
    other = ask(Scripted(), choices, panel, exchange="labels")
    assert json.loads(other.attrs["manifest"])["prompts_sha256"] != manifest["prompts_sha256"]


def without_time(found: xr.Dataset) -> xr.Dataset:
    """Return a result without what no two runs have in common."""
    return found.drop_vars("latency")


def test_a_cells_prompts_took_time(choices: xr.Dataset, panel: xr.Dataset) -> None:
    found = ask(Scripted(), choices, panel)
    assert found.latency.dims == ("country", "scenario", "model")
    assert (found.latency > 0).all()
    assert found.latency.attrs["units"] == "s"


def test_some_countries_are_part_of_all(choices: xr.Dataset, panel: xr.Dataset) -> None:
    every, some = ask(Scripted(), choices, panel), Scripted()
    one = ask(some, choices, panel, countries="JPN")
    assert without_time(one).equals(without_time(every.sel(country=["JPN"])))
    assert not any("USA" in prompt.system for prompt in some.asked)


def test_several_models_side_by_side(choices: xr.Dataset, panel: xr.Dataset) -> None:
    other = Scripted(lambda p: -liking(p), name="contrary")
    found = disca_nb.elicit([Scripted(), other], choices, panel, progress=False)
    assert found.model.values.tolist() == ["scripted", "contrary"]
    alone = ask(other, choices, panel)
    assert without_time(found.sel(model=["contrary"])).equals(without_time(alone))
    assert set(json.loads(found.attrs["manifest"])["models"]) == {"scripted", "contrary"}


def test_own_dilemmas(tmp_path: Path, panel: xr.Dataset) -> None:
    found = ask(Scripted(), own(tmp_path), panel)
    assert found.sizes["scenario"] == 1
    assert found.attrs["scenario_source"] == "mine.csv"


def test_a_bar_counts_prompts(
    choices: xr.Dataset, panel: xr.Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    disca_nb.elicit(Scripted(), choices, panel)
    assert "84/84" in capsys.readouterr().err


def test_one_model_at_a_time(
    tmp_path: Path, choices: xr.Dataset, panel: xr.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch", reason="needs PyTorch, of the extra models")
    networks: list[weakref.ref[object]] = []

    def watched(name: str) -> models.HuggingFaceModel:
        gc.collect()
        assert [network() for network in networks] == [None] * len(networks)
        model = models.load(name)
        networks.append(weakref.ref(model.network))
        return model

    monkeypatch.setattr(given, "load", watched)
    folders = [tiny_models.save_tiny(tmp_path / name) for name in ("one", "two")]
    with pytest.warns(UserWarning, match=r"one \(12 low mass, 0 failed\), two \(12 low"):
        found = disca_nb.elicit(folders, choices, panel, countries="USA", progress=False)
    assert found.model.values.tolist() == ["one", "two"]
    assert len(networks) == 2


def test_a_real_model_by_its_folder(tmp_path: Path, choices: xr.Dataset, panel: xr.Dataset) -> None:
    pytest.importorskip("torch", reason="needs PyTorch, of the extra models")
    folder = tiny_models.save_tiny(tmp_path / "tiny")
    with pytest.warns(UserWarning, match=r"tiny \(12 low mass, 0 failed\)"):
        found = disca_nb.elicit(folder, choices, panel, countries=["USA"], progress=False)
    model = models.load(folder)
    pack, one = prompts.load_pack("en"), choices.isel(scenario=3)
    for persona, text in {"": None, **TEXTS["USA"]}.items():
        for order in ("AB", "BA"):
            prompt = prompts.dilemma(
                pack,
                one.option_a.item(),
                one.option_b.item(),
                system=text,
                exchanged=order == "BA",
            )
            expected, largest = tiny_models.plain_log_probs(
                folder, model.chat.text(prompt), pack.labels
            )
            gaps = found.persona_order_gap if persona else found.base_order_gap
            place = {"scenario": one.scenario.item(), "order": order}
            place |= {"persona": persona} if persona else {}
            bound = 5e-6 * max(1.0, largest)
            assert abs(gaps.sel(place).item() - (expected[1] - expected[0])) <= bound
    # Random weights answer anything but a letter.
    assert (found.status == 3).all()
    assert json.loads(found.attrs["manifest"])["models"]["tiny"]["dtype"] == "float32"


def test_no_persona_has_the_name_of_the_base_prompt(choices: xr.Dataset, panel: xr.Dataset) -> None:
    names = ["base", *panel.persona.values[1:].tolist()]
    with pytest.raises(disca_nb.errors.InputError, match="'base'"):
        ask(Scripted(), choices, panel.assign_coords(persona=names))
