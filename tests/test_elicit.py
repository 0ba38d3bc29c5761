"""`elicit`: which prompts are asked, how answers become gaps, and that what follows just works."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
import tiny_models
import xarray as xr
from saving import again, assert_same, both

import disca_nb
from disca_nb import models, prompts
from disca_nb.datasets import scenarios as own_scenarios
from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.models import LanguageModel, OptionScores
from disca_nb.prompts import Prompt

COUNTRIES = ["USA", "JPN", "BRA"]
TEXTS = {
    country: {"young": f"Young, from {country}.", "older": f"Older, from {country}."}
    for country in COUNTRIES
}


def liking(prompt: Prompt) -> float:
    """Return a made-up gap toward B: half a logit to A, the rest by length and speaker."""
    first, second = (line for line in prompt.user.splitlines() if line[:2] in {"A.", "B."})
    first, second = (first, second) if first[0] == "A" else (second, first)
    return 0.1 * (len(second) - len(first)) * (1 + len(prompt.system) % 5) - 0.5


class Scripted:
    """A model as a user may write one; it keeps what it was asked."""

    def __init__(
        self,
        gap: Callable[[Prompt], float] = liking,
        mass: Callable[[Prompt], float] = lambda _: 0.9,
        name: str = "scripted",
    ) -> None:
        self.name, self.gap, self.mass = name, gap, mass
        self.asked: list[Prompt] = []

    @property
    def manifest(self) -> Mapping[str, object]:
        return {"kind": "scripted"}

    def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
        assert list(options) == ["A", "B"]
        self.asked += prompts
        gaps, mass = (np.array([f(p) for p in prompts]) for f in (self.gap, self.mass))
        share = 1 / (1 + np.exp(-gaps))
        return OptionScores.of(np.log(mass[:, None] * np.stack([1 - share, share], axis=1)))


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


def ask(
    model: LanguageModel,
    choices: xr.Dataset,
    panel: xr.Dataset,
    **options: Any,  # noqa: ANN401 - also such as the types refuse
) -> xr.Dataset:
    """Elicit without a bar."""
    return disca_nb.elicit(model, choices, panel, progress=False, **options)


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


@both
def test_it_comes_back_from_disk(ending: str, choices: xr.Dataset, panel: xr.Dataset) -> None:
    found = ask(Scripted(), choices, panel)
    back = again(found, ending)
    assert_same(back, found)
    assert back.attrs == found.attrs


def test_it_says_who_was_asked_what(choices: xr.Dataset, panel: xr.Dataset) -> None:
    found = ask(Scripted(), choices, panel)
    manifest = json.loads(found.attrs["manifest"])
    assert manifest["models"] == {"scripted": {"kind": "scripted"}}
    assert manifest["prompts"] == 7 * choices.sizes["scenario"]
    assert manifest["scenario_seed"] == 0
    assert found.language.item() == "en"
    assert found.attrs["persona_source"] == panel.attrs["persona_source"]
    assert "balanced" in found.attrs["scenario_source"]
    other = ask(Scripted(), choices, panel, exchange="labels")
    assert json.loads(other.attrs["manifest"])["prompts_sha256"] != manifest["prompts_sha256"]


def test_some_countries_are_part_of_all(choices: xr.Dataset, panel: xr.Dataset) -> None:
    every, some = ask(Scripted(), choices, panel), Scripted()
    one = ask(some, choices, panel, countries="JPN")
    xr.testing.assert_equal(one, every.sel(country=["JPN"]))
    assert not any("USA" in prompt.system for prompt in some.asked)


def test_several_models_side_by_side(choices: xr.Dataset, panel: xr.Dataset) -> None:
    other = Scripted(lambda p: -liking(p), name="contrary")
    found = disca_nb.elicit([Scripted(), other], choices, panel, progress=False)
    assert found.model.values.tolist() == ["scripted", "contrary"]
    xr.testing.assert_equal(found.sel(model=["contrary"]), ask(other, choices, panel))
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


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"min_mass": 1.5}, ParameterError, "min_mass is 1.5"),
        ({"countries": "XXX"}, UnknownNameError, "Unknown country 'XXX'"),
        ({"exchange": "letters"}, UnknownNameError, "Unknown exchange 'letters'"),
        ({"language": "tlh"}, UnknownNameError, "Unknown language 'tlh'"),
    ],
)
def test_options_that_are_refused(
    choices: xr.Dataset,
    panel: xr.Dataset,
    options: dict[str, Any],
    error: type[Exception],
    words: str,
) -> None:
    with pytest.raises(error, match=words):
        ask(Scripted(), choices, panel, **options)


def test_things_that_are_no_models(choices: xr.Dataset, panel: xr.Dataset) -> None:
    with pytest.raises(InputError, match="int is no language model; it needs name, manifest and"):
        disca_nb.elicit([3], choices, panel)  # type: ignore[list-item]
    with pytest.raises(InputError, match="There are 0 models"):
        disca_nb.elicit([], choices, panel)
    with pytest.raises(InputError, match="Two models are named 'scripted'"):
        disca_nb.elicit([Scripted(), Scripted()], choices, panel, progress=False)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([[0.5, 0.5]], "returned a list; return an OptionScores"),
        (OptionScores.of([[-1.0, -1.0]]), r"of shape \(1, 2\); \(64, 2\) were asked for"),
    ],
)
def test_answers_that_are_no_scores(
    choices: xr.Dataset, panel: xr.Dataset, answer: object, words: str
) -> None:
    class Wrong(Scripted):
        def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:  # noqa: ARG002
            return answer  # type: ignore[return-value]

    with pytest.raises(InputError, match=words):
        ask(Wrong(), choices, panel)


def test_questions_that_cannot_be_asked(choices: xr.Dataset, panel: xr.Dataset) -> None:
    empty = panel.copy(deep=True)
    empty.persona_prompt.loc[{"country": "JPN", "persona": "older"}] = " "
    by_country = choices.assign_coords(
        option_a=choices.option_a.expand_dims(country=COUNTRIES).copy()
    )
    cases: list[tuple[xr.Dataset, xr.Dataset, str]] = [
        (choices, empty, "persona 'older' of JPN has no text"),
        (choices, panel.drop_vars("persona_prompt"), "lacks 'persona_prompt'"),
        (choices.drop_vars("option_b"), panel, "lacks 'option_b'"),
        (by_country, panel, "option_a has the dimensions .*; it must have scenario alone"),
        (choices.isel(scenario=slice(0)), panel, "There are 0 scenarios"),
        (choices.assign_attrs(language="de"), panel, "The scenarios are in 'de' and the language"),
        (choices, panel.assign_attrs(language="de"), "Unknown language 'de'"),
    ]
    for scenarios, personas, words in cases:
        with pytest.raises(InputError, match=words):
            ask(Scripted(), scenarios, personas)


def test_a_real_model_by_its_folder(tmp_path: Path, choices: xr.Dataset, panel: xr.Dataset) -> None:
    pytest.importorskip("torch", reason="needs PyTorch, of the extra models")
    folder = tiny_models.save_tiny(tmp_path / "tiny")
    found = disca_nb.elicit(str(folder), choices, panel, countries=["USA"], progress=False)
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
