"""Asking models whether they are like the person of a portrait."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from small_values import Believer, small_portraits

import disca_nb
from disca_nb._data import data_path
from disca_nb._values import ask_portraits
from disca_nb._values.conditions import portrait_texts
from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.prompts import Prompt, load_frames


class Leader(Believer):
    """A model that likens itself to those of power, the more so when it is to hold it dear."""

    def raw(self, prompt: Prompt, option: str) -> float:
        """Return .2 for likeness, .2 more for power, and .1 more as one that holds it."""
        asked = prompt.user
        power = "lead" in asked or "obeyed" in asked
        held = asked.startswith("Answer as a person to whom power matters most.")
        like = 0.2 + (0.2 if power else 0.0) + (0.1 if held and power else 0.0)
        return like if option == "like me" else 0.7 - like


def ask(model: Any, portraits: xr.Dataset, **options: Any) -> xr.Dataset:  # noqa: ANN401 - also such as the types refuse
    """Ask without a bar."""
    return ask_portraits(model, portraits, **{"progress": False, **options})


def test_answers_by_condition_and_portrait() -> None:
    found = ask(Leader(), small_portraits())
    assert found.condition.values.tolist() == ["none", "power", "benevolence"]
    assert found.agree_prob.dims == ("model", "condition", "portrait")
    assert found.order_agree_prob.dims == ("model", "condition", "order", "portrait")
    assert found.status.dims == found.agree_mass.dims == ("model", "condition", "portrait")
    # Raw .2, .4 or .5 of .7, and .1 more at the first letter: mean over both orders.
    raw = np.array([[0.4, 0.2, 0.4], [0.5, 0.2, 0.5], [0.4, 0.2, 0.4]])
    assert found.agree_prob.values[0] == pytest.approx((raw + 0.05) / 0.8)
    given = found.order_agree_prob.sel(order="given").values[0]
    assert given == pytest.approx((raw + 0.1) / 0.8)
    assert found.agree_mass.values == pytest.approx(0.8)
    assert (found.status == 1).all()
    assert found.portrait_value.values.tolist() == ["power", "benevolence", "power"]
    assert found.portrait_text.values.tolist()[1] == "Helps."


def test_the_sentence_of_a_condition_stands_before_the_question() -> None:
    model = Leader()
    found = ask(model, small_portraits(), conditions="power")
    texts = json.loads(data_path("values/en.json").read_text("utf-8"))
    question = texts["portrait_question"].format(portrait="Likes to lead.")
    options = "(A) like me\n(B) not like me\nReply with one letter."
    system = load_frames("en").system
    sentence = "Answer as a person to whom power matters most."
    assert Prompt(system, f"{question}\n{options}", "(") in model.asked
    assert Prompt(system, f"{sentence}\n{question}\n{options}", "(") in model.asked
    assert len(model.asked) == len(set(model.asked)) == 2 * 3 * 2
    said = json.loads(found.attrs["condition_sentence"])
    assert said == {"none": "", "power": sentence}


def test_a_portrait_that_holds_its_question_stays_as_it_is() -> None:
    whole = small_portraits().isel(portrait=[0])
    whole = whole.assign_coords(portrait_text=("portrait", ["Like you?\n\nLikes to lead.\n\n"]))
    model = Leader()
    ask(model, whole, conditions="power")
    starts = {prompt.user.partition("\n(A)")[0] for prompt in model.asked}
    sentence = "Answer as a person to whom power matters most."
    assert starts == {
        "Like you?\n\nLikes to lead.",
        f"{sentence}\nLike you?\n\nLikes to lead.",
    }


def test_names_of_values_in_other_languages() -> None:
    for language, start in {"de": "", "zh": "请以"}.items():
        model = Leader()
        named = small_portraits(language, condition_text='{"power": "Macht"}')
        found = ask(model, named, min_mass=0.0)
        assert found.condition.values.tolist() == ["none", "power"]
        said = json.loads(found.attrs["condition_sentence"])["power"]
        assert "Macht" in said
        assert said.startswith(start)
        assert sum(prompt.user.startswith(said) for prompt in model.asked) == 6
        assert set(portrait_texts(small_portraits(language), language).names) >= {"power"}


def test_a_label_of_a_portrait_says_nothing_of_its_option() -> None:
    turned = small_portraits()
    stances = turned.option_stance.values[:, ::-1]
    turned = turned.assign_coords(option_stance=(("portrait", "option"), stances))
    one, other = ask(Leader(), small_portraits()), ask(Leader(), turned)
    assert other.agree_prob.values == pytest.approx(1 - one.agree_prob.values)


def test_conditions_may_be_chosen_and_portraits_selected() -> None:
    found = ask([Leader(), Leader("other")], small_portraits())
    part = ask(Leader(), small_portraits().isel(portrait=[2, 0]), conditions=["none", "power"])
    assert part.condition.values.tolist() == ["none", "power"]
    labels = {"model": ["believer"], "condition": ["none", "power"], "portrait": ["p3", "p1"]}
    assert part.agree_prob.equals(found.agree_prob.sel(labels))


def test_a_run_is_kept_and_saved(tmp_path: Path) -> None:
    expected = ask(Leader(), small_portraits())
    for place in ("folder", "run.nc"):
        with pytest.raises(KeyboardInterrupt):
            ask(Leader(stop=1), small_portraits(), store=tmp_path / place)
        assert ask(Leader(), small_portraits(), store=tmp_path / place).identical(expected)
        idle = Leader()
        assert ask(idle, small_portraits(), store=tmp_path / place).identical(expected)
        assert idle.asked == []
    saved = disca_nb.save_results(expected, tmp_path / "steered.zarr")
    assert disca_nb.open_results(saved).identical(expected)
    manifest = json.loads(expected.attrs["manifest"])
    assert manifest["conditions"] == ["none", "power", "benevolence"]
    assert manifest["choice"]["en"]["models"]["believer"]["kind"] == "believer"
    assert expected.attrs["question_source"] == "made up"


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        (
            {"conditions": "pwer"},
            UnknownNameError,
            "Unknown condition 'pwer'; did you mean 'power'",
        ),
        ({"conditions": ()}, InputError, "There are 0 conditions beside 'none'; choose some of"),
        ({"conditions": "none"}, InputError, "There are 0 conditions beside 'none'"),
        ({"orders": 0}, ParameterError, "orders is 0"),
        ({"progress": 3}, InputError, "progress is 3"),
        ({"model": 3}, InputError, "int is no language model"),
    ],
)
def test_options_that_cannot_be_used(
    options: dict[str, Any], error: type[Exception], words: str
) -> None:
    given = {"model": Leader(), "portraits": small_portraits(), **options}
    with pytest.raises(error) as caught:
        ask(**given)
    assert words in str(caught.value)


def test_portraits_that_cannot_be_asked() -> None:
    plain = small_portraits()
    never = [["opposes", "neutral"]] * 3
    unlike = plain.assign_coords(option_stance=(("portrait", "option"), never))
    mixed = plain.assign_coords(wording_language=("portrait", ["en", "de", "en"]))
    cases: list[tuple[xr.Dataset, type[Exception], str]] = [
        (plain.isel(portrait=slice(0)), InputError, "The dataset has 0 portraits"),
        (plain.drop_vars("portrait_text"), InputError, "lacks 'portrait_text'"),
        (unlike, InputError, "The portrait 'p1' has no option of the stance 'supports'; give"),
        (mixed, InputError, "The portraits are in 2 languages, en, de; ask those of one"),
        (small_portraits("tr"), UnknownNameError, "The portraits are in 'tr', which has no"),
        (small_portraits(condition_text="[]"), InputError, "condition_text is '[]'; write a JSON"),
        (small_portraits(condition_text="{"), InputError, "condition_text is '{'"),
        (
            plain.assign_coords(portrait_text="Helps."),
            InputError,
            "portrait_text has no dimension 'portrait'; give one for each portrait.",
        ),
    ]
    for given, error, words in cases:
        with pytest.raises(error) as caught:
            ask(Leader(), given)
        assert words in str(caught.value)
        assert "\n" not in str(caught.value)
