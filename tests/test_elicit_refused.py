"""What `elicit` refuses: models, datasets, texts and answers that will not do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_models
import xarray as xr
from scripted import COUNTRIES, TEXTS, Scripted, ask

import disca_nb
from disca_nb import models, prompts
from disca_nb.errors import InputError, ParameterError, PromptTooLongError, UnknownNameError
from disca_nb.models import OptionScores
from disca_nb.prompts import Prompt


@pytest.fixture(scope="module")
def choices() -> xr.Dataset:
    return prompts.scenarios("balanced", per_attribute=2)


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    return prompts.panel_from_texts(TEXTS)


def test_a_mass_that_is_no_probability(choices: xr.Dataset, panel: xr.Dataset) -> None:
    class Sure(Scripted):
        def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:  # noqa: ARG002
            values = np.full((len(prompts), 2), 1.0)
            return OptionScores(values, np.exp(values).sum(1), np.ones(len(prompts), np.int8))

    with pytest.raises(InputError, match=r"'scripted' returned the mass 5\.43656; it is a prob"):
        ask(Sure(), choices, panel)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"min_mass": 1.5}, ParameterError, "min_mass is 1.5"),
        ({"min_mass": "0.5"}, ParameterError, "min_mass is '0.5'; it must be a number"),
        ({"min_mass": None}, ParameterError, "min_mass is None"),
        ({"min_mass": np.nan}, ParameterError, "min_mass is nan"),
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
    with pytest.raises(InputError, match="NoneType is no language model"):
        disca_nb.elicit(None, choices, panel)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"Scripted is a class; make a model of it, as Scripted"):
        disca_nb.elicit(Scripted, choices, panel)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"There is no folder .*nowhere/at/all"):
        disca_nb.elicit(Path("nowhere/at/all"), choices, panel)
    with pytest.raises(InputError, match="There are 0 models"):
        disca_nb.elicit([], choices, panel)
    with pytest.raises(InputError, match="Two models are named 'scripted'"):
        disca_nb.elicit([first := Scripted(), Scripted()], choices, panel, progress=False)
    assert first.asked == []
    with pytest.raises(InputError, match="Two models are named 'synthetic-demo'"):
        disca_nb.elicit(["demo", Scripted(name="synthetic-demo")], choices, panel)


def test_models_without_a_name_or_manifest(choices: xr.Dataset, panel: xr.Dataset) -> None:
    class Bare(Scripted):
        manifest = None  # type: ignore[assignment]

    with pytest.raises(InputError, match="The name of the model is ''; it must be a text"):
        ask(Scripted(name=""), choices, panel)
    with pytest.raises(InputError, match="The manifest of the model is None; it must be a mapping"):
        ask(Bare(), choices, panel)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("what", "other"), [("scenarios", "slice"), ("panel", None), ("panel", {"JPN": {"a": "x"}})]
)
def test_things_that_are_no_datasets(
    choices: xr.Dataset,
    panel: xr.Dataset,
    what: str,
    other: Any,  # noqa: ANN401
) -> None:
    asked = {"scenarios": choices, "panel": panel} | {what: other}
    with pytest.raises(InputError, match=f"{what} is .*; give a dataset, such as of disca_nb.pro"):
        disca_nb.elicit(Scripted(), **asked)


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

    def without(name: str, text: object) -> xr.Dataset:
        texts = np.array([text, *choices[name].values[1:]], dtype=object)
        return choices.assign_coords({name: ("scenario", texts)})

    one = choices.scenario.values[0]
    cases: list[tuple[xr.Dataset, xr.Dataset, str]] = [
        (without("option_a", np.nan), panel, f"option_a of the scenario '{one}' is nan; write"),
        (without("option_b", ""), panel, f"option_b of the scenario '{one}' is ''; write its"),
        (choices.assign_coords(option_a=choices.option_b), panel, f"Both options of .* '{one}'"),
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


def test_folders_of_one_name_are_refused_before_either_is_asked(
    tmp_path: Path, choices: xr.Dataset, panel: xr.Dataset
) -> None:
    for name in ("a", "b"):
        (tmp_path / name / "tiny").mkdir(parents=True)
    folders = [tmp_path / name / "tiny" for name in ("a", "b")]
    with pytest.raises(InputError, match="Two models are named 'tiny'"):
        disca_nb.elicit(folders, choices, panel)


def test_a_prompt_that_is_too_long_is_found_before_any_is_read(
    tmp_path: Path, choices: xr.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = pytest.importorskip("torch", reason="needs PyTorch, of the extra models")
    model = models.load(tiny_models.save_tiny(tmp_path / "tiny"))
    long = prompts.panel_from_texts({"JPN": {"a": "Be brief.", "b": "Say more. " * 99}})
    read: list[object] = []
    monkeypatch.setattr(model.network, "forward", lambda **_: read.append(torch.empty(0)))
    with pytest.raises(PromptTooLongError) as caught:
        ask(model, choices, long)
    words = r"tiny reads at most 512 tokens with its answer, and there are longer prompts: "
    words += r"JPN, b \(12 prompts of up to \d{4}\); shorten these texts or the scenarios\."
    assert re.fullmatch(words, str(caught.value)), caught.value
    first = choices.scenario.values[0]
    one = choices.sel(scenario=[first])
    panel = prompts.panel_from_texts({"JPN": {"a": "Be brief.", "b": "Be kind."}})
    panel.attrs["base_prompt"] = "Say more. " * 199
    with pytest.raises(PromptTooLongError, match=r"the base prompt \(2 prompts of up to \d{4}\)"):
        ask(model, one, panel)
    assert read == []
