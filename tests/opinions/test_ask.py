"""Asking models the questions of a survey."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from small_surveys import COUNTRIES, QUESTIONS, Drinker, ask, option_lines, small_bank

from disca_nb import models
from disca_nb._elicit.progress import Progress
from disca_nb.errors import (
    InputError,
    ParameterError,
    PromptTooLongError,
    UnknownNameError,
)
from disca_nb.models import OptionScores, embedded
from disca_nb.models._plan import Unanswerable
from disca_nb.prompts import Prompt, load_frames, load_pack
from disca_nb.prompts.questions import survey_question

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
KOREAN = {
    "tea": ("차는 좋은가요?", ["예", "아니요"]),
    "cups": ("하루에 몇 잔 마시나요?", ["1", "2", "3"]),
    "when": ("언제 마시나요?", ["새벽", "정오", "밤", "안 마심"]),
}


@pytest.fixture
def bank() -> xr.Dataset:
    return small_bank()


def test_answers_are_scaled_put_back_into_order_and_averaged(bank: xr.Dataset) -> None:
    found = ask(Drinker(), bank)
    assert found.prompting.values.tolist() == ["default", "as JPN", "as USA"]
    tea = found.sel(model="drinker", prompting="default", question="tea")
    # (A) yes .6, (B) no .2; then (A) no .3, (B) yes .5.
    given, turned = tea.order_answer_prob.sel(order=["given", "reversed"]).values[:, :2]
    assert given == pytest.approx([0.75, 0.25])
    assert turned == pytest.approx([0.625, 0.375])
    assert tea.answer_prob.values[:2] == pytest.approx([0.6875, 0.3125])
    assert np.isnan(tea.answer_prob.values[2:]).all()
    # (A) 1 .5, .2, .1; then (A) 3 .2, .2, (C) 1 .4: of .8 both times.
    cups = found.sel(model="drinker", prompting="default", question="cups")
    assert cups.answer_prob.values[:3] == pytest.approx([0.5625, 0.25, 0.1875])
    assert found.answer_mass.sel(question="cups").values == pytest.approx(0.8)
    when = found.sel(model="drinker", prompting="default", question="when")
    assert when.order_answer_prob.sel(order="reversed").values == pytest.approx(
        np.array([0.5, 0.125, 0.125, 0.225]) / 0.975
    )
    assert np.isnan(when.answer_prob.values).sum() == 0
    assert when.answer_mass.item() == pytest.approx(0.975)
    assert (found.status == 1).all()
    sums = found.answer_prob.sum("option")
    assert np.allclose(sums, 1.0, rtol=0, atol=1e-15)


def test_what_a_result_says(bank: xr.Dataset) -> None:
    topics = bank.assign_coords(question_topic=("question", ["tea", "tea", ""]))
    found = ask(Drinker(), topics)
    assert found.answer_prob.dims == ("model", "prompting", "question", "option")
    assert found.order_answer_prob.dims == ("model", "prompting", "order", "question", "option")
    assert found.order_answer_mass.dims == ("model", "prompting", "order", "question")
    assert found.status.dims == found.answer_mass.dims == ("model", "prompting", "question")
    kinds = ["default", "cross-national", "cross-national"]
    assert found.prompting_kind.values.tolist() == kinds
    assert found.prompted_country.values.tolist() == ["", "JPN", "USA"]
    assert found.prompting_language.values.tolist() == ["en"] * 3
    assert found.question_language.values.tolist() == ["en"] * 3
    assert found.question_topic.values.tolist() == ["tea", "tea", ""]
    assert found.option_text.sel(question="cups", option="2").item() == "2"
    assert found.option_position.sel(question="cups").values.tolist() == [
        [1, 2, 3, 0],
        [3, 2, 1, 0],
    ]
    assert "country" not in found.variables
    manifest = json.loads(found.attrs["manifest"])
    assert manifest["bank_sha256"] == found.attrs["bank_sha256"]
    assert manifest["promptings"] == ["default", "as JPN", "as USA"]
    assert (manifest["orders"], manifest["seed"], manifest["prompts"]) == ("two", None, 18)
    assert manifest["frames_source"] == {"en": load_frames("en").source}
    assert manifest["options"] == [["A", "B"], ["A", "B", "C"], ["A", "B", "C", "D"]]
    assert manifest["models"]["drinker"]["kind"] == "drinker"
    assert found.attrs["source"] == "elicited from drinker"
    assert found.attrs["bank"] == "small"


def test_each_different_prompt_is_asked_once_with_the_letters_of_its_group() -> None:
    labels = ["IND (Current national sample)", "IND (Old national sample)", "USA"]
    model = Drinker()
    found = ask(model, small_bank(countries=labels))
    # Both samples of India are one country to a model.
    assert len(model.asked) == len(set(model.asked)) == 3 * 2 * (1 + 2)
    for letters, prompt in model.asked:
        assert letters == tuple(LETTERS[: len(option_lines(prompt))])
    assert [len(letters) for letters, _ in model.asked] == [2] * 6 + [3] * 6 + [4] * 6
    one, other = (found.answer_prob.sel(prompting=f"as {label}") for label in labels[:2])
    assert np.array_equal(one, other, equal_nan=True)
    assert found.prompted_country.values.tolist() == ["", *labels]


def test_english_prompts_are_those_that_the_embedded_model_knows() -> None:
    tasks = embedded.tasks()
    bank = tasks_bank(tasks["survey"], tasks["countries"])
    model = Drinker()
    ask(model, bank, min_mass=0.0)
    pack = load_pack("en")
    expected = {
        survey_question(pack, entry["question"], entry["options"], country=country, order=order)
        for entry in tasks["survey"]
        for country in [None, *tasks["countries"]]
        for order in (range(len(entry["options"])), range(len(entry["options"]))[::-1])
    }
    assert {prompt for _, prompt in model.asked} == expected


def test_countries_are_named_as_people_name_them() -> None:
    labels = {
        "USA": "the United States",
        "United States": "the United States",
        "IND (Current national sample)": "India",
        "India (Old national sample)": "India",
        "S. Korea": "South Korea",
        "Atlantis (North)": "Atlantis",
    }
    for label, name in labels.items():
        model = Drinker()
        ask(model, small_bank(countries=[label]), promptings="cross-national")
        heads = {prompt.user.splitlines()[0] for _, prompt in model.asked}
        assert heads == {f"How would someone from {name} answer this question?"}
    for known, name in {"Lemuria": "Lemuria", "Netherlands": "the Netherlands"}.items():
        named = small_bank(countries=["x1"]).assign_coords(country_name=("country", [known]))
        model = Drinker()
        ask(model, named, promptings="cross-national")
        assert f"from {name} answer" in model.asked[0][1].user


def test_a_bank_without_a_language_is_in_that_of_the_frames_that_are_given(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    own = {
        "format": 1,
        "language": "tlh",
        "name": "Klingon",
        "source": "made up",
        "letters": "abc",
        "option": "{letter}) {text}",
        "option_prefix": "",
        "system": "nuqneH",
        "survey": "{question}\n{options}",
        "survey_of_country": "{country}: {question}\n{options}",
    }
    path.write_text(json.dumps(own), encoding="utf-8")
    model = Lettered()
    bank = small_bank({"tea": ("Dargh?", ["HISlaH", "ghobe'"])}, ["JPN"])
    found = ask(model, bank, language=path, languages="en")
    assert found.question_language.values.tolist() == ["tlh"] * 3
    assert found.prompting_language.values.tolist() == ["tlh", "tlh", "en"]
    assert {letters for letters, _ in model.asked} == {("a", "b"), ("A", "B")}
    first = Prompt("nuqneH", "Japan: Dargh?\na) ghobe'\nb) HISlaH", "")
    assert first in {prompt for _, prompt in model.asked}
    # Both kinds of letters have their answers where they belong.
    for prompting in found.prompting.values.tolist():
        cell = found.sel(prompting=prompting, question="tea", model="lettered")
        assert cell.order_answer_prob.values == pytest.approx(
            np.array([[0.75, 0.25], [0.25, 0.75]])
        )


class Lettered:
    """A model that takes the first letter, whatever it is."""

    name, manifest = "lettered", {"kind": "lettered"}

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[str, ...], Prompt]] = []

    def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
        self.asked += [(tuple(options), prompt) for prompt in prompts]
        return OptionScores.of(np.log([[0.75, 0.25]] * len(prompts)))


@pytest.mark.parametrize("number", [11, 18, 26])
def test_letters_go_past_j_and_numbers_stand_behind_them(number: int) -> None:
    options = [str(i) for i in range(1, number + 1)]
    model = Drinker()
    found = ask(model, small_bank({"q": ("How much?", options)}), promptings="default")
    letters, prompt = model.asked[0]
    assert "".join(letters) == LETTERS[:number]
    assert prompt.user.splitlines()[1:-1] == [
        f"({letter}) {text}" for letter, text in zip(LETTERS, options, strict=False)
    ]
    assert prompt.prefix == "("
    assert found.answer_prob.sizes["option"] == number


def test_all_orders_of_up_to_three_options(bank: xr.Dataset) -> None:
    model = Drinker()
    found = ask(model, bank, promptings="default", orders="exhaustive")
    named = ["given", "reversed", "1-3-2", "2-1-3", "2-3-1", "3-1-2"]
    assert found.order.values.tolist() == named
    cups = found.sel(question="cups", prompting="default", model="drinker")
    # Whoever stands first has .1 more, each of three twice in six orders.
    expected = np.mean([[0.5, 0.2, 0.1], [0.4, 0.3, 0.1], [0.4, 0.2, 0.2]], axis=0) / 0.8
    assert cups.answer_prob.values[:3] == pytest.approx(expected)
    assert cups.order_answer_prob.sel(order="2-3-1").values[:3] == pytest.approx(
        [0.5, 0.375, 0.125]
    )
    assert cups.option_position.sel(order="2-3-1").values.tolist() == [3, 1, 2, 0]
    shown = {tuple(option_lines(p)) for letters, p in model.asked if len(letters) == 3}
    assert shown == set(permutations(["1", "2", "3"]))
    for question in ("tea", "when"):
        rest = found.sel(question=question, order=named[2:])
        assert np.isnan(rest.order_answer_prob).all()
        assert np.isnan(rest.order_answer_mass).all()
        assert (rest.option_position == 0).all()
        assert (found.status.sel(question=question) == 1).all()
    assert found.answer_prob.sel(question="tea").values[0, 0, :2] == pytest.approx([0.6875, 0.3125])


def test_drawn_orders_hang_on_question_and_seed_alone(bank: xr.Dataset) -> None:
    found = ask(Drinker(), bank, promptings="default", orders=5)
    assert found.order.values.tolist() == ["given", "reversed", "drawn 1", "drawn 2", "drawn 3"]
    for question, number in {"tea": 2, "cups": 5, "when": 5}.items():
        shown = found.option_position.sel(question=question).values
        shown = shown[(shown > 0).any(axis=1)]
        assert len({tuple(row) for row in shown.tolist()}) == len(shown) == number
    turned = ask(Drinker(), bank.isel(question=[2, 0]), promptings="default", orders=5)
    assert found.sel(question=["when", "tea"]).answer_prob.equals(turned.answer_prob)
    assert turned.option_position.equals(found.option_position.sel(question=["when", "tea"]))
    other = ask(Drinker(), bank, promptings="default", orders=5, seed=1)
    assert not other.option_position.equals(found.option_position)
    fewer = ask(Drinker(), bank, promptings="default", orders=3)
    assert fewer.option_position.equals(found.option_position.isel(order=slice(3)))
    one = ask(Drinker(), bank, promptings="default", orders=1)
    assert one.order.values.tolist() == ["given"]
    assert one.answer_prob.sel(question="tea").values[0, 0, :2] == pytest.approx([0.75, 0.25])
    every = ask(Drinker(), bank, promptings="default", orders=99)
    shown = every.option_position.sel(question="when").values
    assert (shown > 0).all(axis=1).sum() == 24


def test_labels_in_another_order_change_no_answer(bank: xr.Dataset) -> None:
    found = ask(Drinker(), bank)
    turned = ask(Drinker(), bank.isel(question=[2, 0, 1], country=[1, 0]))
    both = turned.sel(question=found.question, prompting=found.prompting)
    for name in ("answer_prob", "answer_mass", "status", "order_answer_prob"):
        assert both[name].equals(found[name])
    part = ask(Drinker(), bank.isel(question=[1]), countries="USA")
    assert part.prompting.values.tolist() == ["default", "as USA"]
    assert part.answer_prob.sel(prompting="as USA").values[0, 0, :3].tolist() == (
        found.answer_prob.sel(prompting="as USA", question="cups").values[0, :3].tolist()
    )


def test_other_languages_have_their_frames_and_translations(bank: xr.Dataset) -> None:
    model = Drinker()
    korean = small_bank(KOREAN, language="ko", translation="ko.csv: by me")
    found = ask(
        model,
        bank,
        promptings=["linguistic", "default"],
        languages=["ko", "de"],
        translations={"ko": korean},
        min_mass=0.0,
    )
    assert found.prompting.values.tolist() == ["default", "in ko", "in de"]
    assert found.prompting_kind.values.tolist() == ["default", "linguistic", "linguistic"]
    assert found.prompting_language.values.tolist() == ["en", "ko", "de"]
    # Without a translation the question stays as it is, and the result says so.
    assert found.question_language.values.tolist() == ["en", "ko", "en"]
    manifest = json.loads(found.attrs["manifest"])
    assert manifest["translations"] == {"ko": "ko.csv: by me"}
    assert list(manifest["frames_source"]) == ["de", "en", "ko"]
    users = [prompt.user for _, prompt in model.asked]
    assert any("차는 좋은가요?\n(A) 예\n(B) 아니요" in user for user in users)
    german = load_frames("de").survey.format(question="Is tea good?", options="(A) yes\n(B) no")
    assert german in users
    # Only "yes" and "no" have weights of their own.
    assert found.answer_prob.sel(prompting="in de", question="tea").values[0, :2] == (
        pytest.approx([0.6875, 0.3125])
    )
    assert found.answer_prob.sel(prompting="in ko", question="tea").values[0, :2] == (
        pytest.approx([0.5, 0.5])
    )


def test_a_bank_in_another_language_is_asked_in_its_own() -> None:
    model = Drinker()
    english = small_bank(language="en")
    found = ask(
        model,
        small_bank(KOREAN, ["KOR"], language="ko"),
        languages="en",
        translations={"en": english},
        min_mass=0.0,
    )
    assert found.prompting.values.tolist() == ["default", "as KOR", "in en"]
    assert found.prompting_language.values.tolist() == ["ko", "ko", "en"]
    assert found.question_language.values.tolist() == ["ko", "ko", "en"]
    frames = load_frames("ko")
    lines = "(A) 예\n(B) 아니요"
    expected = frames.survey_of_country.format(
        country=frames.country("KOR"), question="차는 좋은가요?", options=lines
    )
    assert expected in [prompt.user for _, prompt in model.asked]
    assert {prompt.prefix for _, prompt in model.asked} == {"("}


class Odd(Drinker):
    """A model that fails at one prompt, and is sure of nothing at another."""

    def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
        found = super().score(prompts, options)
        for i, prompt in enumerate(prompts):
            shown = option_lines(prompt)
            if shown[0] == "no":
                found.log_probs[i], found.status[i] = np.nan, 2
            if shown[0] == "3":
                found.mass[i] = 0.25
            if shown[0] == "never":
                found.log_probs[i] = [-np.inf, np.log(0.5), -np.inf, np.log(0.5)]
        return found


def test_failed_answers_are_not_averaged_and_weak_ones_are_kept(bank: xr.Dataset) -> None:
    with pytest.warns(UserWarning, match="Not all 3 answers") as caught:
        found = ask(Odd(), bank, promptings="default")
    assert len(caught) == 1
    assert "odd" not in str(caught[0].message)
    assert "drinker (1 low mass, 1 failed)" in str(caught[0].message)
    assert found.status.values.tolist() == [[[2, 3, 1]]]
    tea, cups, when = (found.sel(question=q).isel(model=0, prompting=0) for q in QUESTIONS)
    assert np.isnan(tea.answer_prob).all()
    assert tea.order_answer_prob.sel(order="given").values[:2] == pytest.approx([0.75, 0.25])
    assert np.isnan(tea.order_answer_prob.sel(order="reversed")).all()
    assert cups.answer_prob.values[:3] == pytest.approx([0.5625, 0.25, 0.1875])
    assert cups.answer_mass.item() == pytest.approx((0.8 + 0.25) / 2)
    # An option may be impossible.
    reverse = when.order_answer_prob.sel(order="reversed").values
    assert reverse == pytest.approx([0.5, 0.0, 0.5, 0.0])


def test_the_least_mass_is_the_callers(bank: xr.Dataset) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (ask(Drinker(share=0.5), bank, min_mass=0.3).status == 1).all()
    with pytest.warns(UserWarning, match="less probable than 0.9"):
        found = ask(Drinker(), bank, min_mass=0.9, promptings="default")
    assert found.status.values.tolist() == [[[3, 3, 1]]]


def test_progress_counts_over_the_whole_run(bank: xr.Dataset) -> None:
    told: list[Progress] = []
    ask([Drinker("a"), Drinker("b")], bank, progress=told.append)
    for name in ("a", "b"):
        own = [each for each in told if each.model == name]
        assert [each.done for each in own] == [0, 6, 12, 18]
        assert {each.total for each in own} == {18}


def test_several_models_stand_side_by_side(bank: xr.Dataset) -> None:
    found = ask([Drinker("a"), Drinker("b", share=0.9)], bank)
    assert found.model.values.tolist() == ["a", "b"]
    assert np.allclose(found.answer_prob[0], found.answer_prob[1], equal_nan=True)
    assert found.answer_mass.sel(model="b", question="cups").values == pytest.approx(0.72)


def test_groups_of_people_and_plain_variables_are_no_hindrance(bank: xr.Dataset) -> None:
    grouped = bank.expand_dims(group=["men", "women"]).reset_coords(["question_text", "n_options"])
    found = ask(Drinker(), grouped)
    assert found.answer_prob.equals(ask(Drinker(), bank).answer_prob)
    assert "group" not in found.dims
    bare = bank.drop_vars(["survey_share", "country"])
    assert ask(Drinker(), bare, promptings="default").prompting.values.tolist() == ["default"]


def changed(**coords: object) -> Callable[[xr.Dataset], xr.Dataset]:
    return lambda bank: bank.assign_coords(coords)


@pytest.mark.parametrize(
    ("change", "options", "error", "words"),
    [
        (lambda _: 3, {}, InputError, "Expected an xarray.Dataset, got int"),
        (lambda b: b.drop_vars("option_text"), {}, InputError, "lacks 'option_text'"),
        (lambda b: b.drop_vars("question_text"), {}, InputError, "lacks 'question_text'"),
        (lambda b: b.isel(question=[]), {}, InputError, "0 questions; choose at least one"),
        (
            changed(question_text=("question", ["Tea?", " ", "When?"])),
            {},
            InputError,
            "question 'cups' has the text ' '; write it, or leave",
        ),
        (
            changed(n_options=("question", [2, 4, 4])),
            {},
            InputError,
            "Option 4 of the question 'cups' is ''; write its text",
        ),
        (
            changed(n_options=("question", [1, 3, 4])),
            {},
            InputError,
            "n_options of the question 'tea' is 1; give 2 to 4",
        ),
        (
            lambda b: b.assign_coords(option_text=b.option_text.str.replace("no", "yes")),
            {},
            InputError,
            "question 'tea' has the option 'yes' twice",
        ),
        (
            lambda b: b.assign_coords(question_text=b.question_text.expand_dims(group=["x"])),
            {},
            InputError,
            "question_text has the dimensions ('group', 'question'); it must have question",
        ),
        (lambda b: b, {"countries": "JAP"}, UnknownNameError, "'JAP'; did you mean 'JPN'?"),
        (lambda b: b, {"promptings": "cros-national"}, UnknownNameError, "'cross-national'?"),
        (lambda b: b, {"promptings": []}, InputError, "There are 0 promptings"),
        (lambda b: b, {"promptings": "linguistic"}, InputError, "there are 0 languages"),
        (
            lambda b: b,
            {"promptings": "default", "countries": ["JPN"]},
            InputError,
            "countries is ['JPN'], which cross-national prompting alone needs",
        ),
        (
            lambda b: b,
            {"promptings": "default", "languages": ["ko"]},
            InputError,
            "languages is ['ko'], which linguistic prompting alone needs",
        ),
        (lambda b: b, {"languages": "kr"}, UnknownNameError, "Unknown language 'kr'"),
        (lambda b: b, {"languages": "en"}, InputError, "The bank is in 'en' itself"),
        (lambda b: b, {"languages": ["ko", "ko"]}, InputError, "languages holds 'ko' twice"),
        (lambda b: b, {"languages": 3}, InputError, "languages is 3; give a code"),
        (
            lambda b: b.assign_attrs(language="tlh"),
            {},
            UnknownNameError,
            "The bank is in 'tlh', which has no frames; pass language=",
        ),
        (
            lambda b: b.assign_attrs(language="en"),
            {"language": "ko"},
            InputError,
            "The bank is in 'en' and the frames are in 'ko'",
        ),
        (
            lambda b: b.drop_vars(["survey_share", "country"]),
            {},
            InputError,
            "The bank has no countries",
        ),
        (lambda b: b, {"orders": "all of them"}, UnknownNameError, "known: two, exhaustive"),
        (lambda b: b, {"orders": 0}, ParameterError, "orders is 0; give"),
        (lambda b: b, {"orders": True}, ParameterError, "orders is True; give"),
        (lambda b: b, {"orders": 2.5}, ParameterError, "orders is 2.5; give"),
        (lambda b: b, {"orders": 3, "seed": -1}, ParameterError, "seed is -1"),
        (lambda b: b, {"min_mass": 2}, ParameterError, "min_mass is 2"),
        (lambda b: b, {"progress": 3}, InputError, "progress is 3"),
        (lambda b: b, {"store": 3}, InputError, "store is 3; give the path"),
    ],
)
def test_what_cannot_be_asked_is_told_in_a_sentence(
    bank: xr.Dataset,
    change: Callable[[xr.Dataset], Any],
    options: dict[str, Any],
    error: type[Exception],
    words: str,
) -> None:
    model = Drinker()
    with pytest.raises(error) as caught:
        ask(model, change(bank), **options)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert model.asked == []


def test_more_options_than_letters_are_refused() -> None:
    bank = small_bank({"q": ("How much?", [str(i) for i in range(27)])})
    with pytest.raises(InputError, match=r"'q' has 27 options, and there are 26 letters in 'en'"):
        ask(Drinker(), bank)


@pytest.mark.parametrize(
    ("translations", "words"),
    [
        ({"ko": small_bank({"tea": KOREAN["tea"]})}, "it lacks the questions cups, when"),
        (
            {"ko": small_bank(KOREAN | {"cups": ("몇 잔?", ["1", "2"])})},
            "options or shares of the question 'cups' differ",
        ),
        (
            {"ko": small_bank(KOREAN).assign(survey_share=lambda b: b.survey_share / 2)},
            "options or shares of the question 'tea' differ",
        ),
        ({"ko": small_bank(KOREAN, language="ja")}, "into 'ko' is in 'ja'"),
        ({"de": small_bank(KOREAN)}, "a translation into 'de', but languages is ko"),
        ([small_bank(KOREAN)], "give a mapping from languages to banks"),
    ],
)
def test_a_translation_of_another_bank_is_refused(
    bank: xr.Dataset,
    translations: dict[str, xr.Dataset],
    words: str,
) -> None:
    with pytest.raises(InputError) as caught:
        ask(Drinker(), bank, languages="ko", translations=translations)
    assert words in str(caught.value)


def test_a_translation_may_hold_more_in_another_order(bank: xr.Dataset) -> None:
    korean, parts = small_bank(KOREAN), []
    for places, kept in (([2, 1, 0], [0]), ([1, 2, 0], [0, 1, 2])):
        other = {"languages": "ko", "translations": {"ko": korean.isel(question=places)}}
        parts.append(ask(Drinker(), bank.isel(question=kept), min_mass=0.0, **other))
    part, whole = parts
    name = {"prompting": "in ko", "question": "tea"}
    assert part.answer_prob.sel(name).values[0, :2].tolist() == (
        whole.answer_prob.sel(name).values[0, :2].tolist()
    )


def test_questions_that_are_too_long_are_named(bank: xr.Dataset) -> None:
    class Short(Drinker):
        def plan(self, prompts: Sequence[Prompt], options: Sequence[str]) -> object:
            long = {i: 99 for i, p in enumerate(prompts) if "from Japan" in p.user}
            if long and len(options) == 3:
                raise PromptTooLongError("too long", long, 50)
            return Unanswerable(len(prompts), len(options))

    with pytest.raises(PromptTooLongError) as caught:
        ask(Short(), bank)
    assert "drinker reads at most 50 tokens" in str(caught.value)
    assert "longer prompts: cups (as JPN) of 99; leave these" in str(caught.value)
    # Six prompts of two options come before those of three.
    assert sorted(caught.value.tokens) == [8, 9]


def tasks_bank(survey: list[dict[str, Any]], countries: list[str]) -> xr.Dataset:
    """Return the synthetic questions of the embedded model as a bank."""
    bank = small_bank({e["id"]: (e["question"], e["options"]) for e in survey}, countries)
    shares = np.full(bank.survey_share.shape, np.nan)
    for i, country in enumerate(countries):
        for j, entry in enumerate(survey):
            shares[i, j, : len(entry["options"])] = entry["answers"][country]
    return bank.assign(survey_share=(bank.survey_share.dims, shares))


def test_the_embedded_model_answers_as_it_does_prompt_by_prompt() -> None:
    pytest.importorskip("torch", reason="needs PyTorch, of the extra models")
    tasks = embedded.tasks()
    survey = [tasks["survey"][i] for i in (0, 5, 9, 14)]
    assert len({len(entry["options"]) for entry in survey}) > 1
    bank = tasks_bank(survey, ["JPN", "USA"])
    model = models.load("demo", device="cpu")
    found = ask(model, bank)
    pack = load_pack("en")
    for label, country in {"default": None, "as JPN": "JPN"}.items():
        for entry in survey:
            number = len(entry["options"])
            orders = [list(range(number)), list(range(number))[::-1]]
            prompts = [
                survey_question(pack, entry["question"], entry["options"], country=country, order=o)
                for o in orders
            ]
            scores = model.score(prompts, list(LETTERS[:number]))
            shares = np.exp(scores.log_probs)
            shares /= shares.sum(axis=1, keepdims=True)
            expected = (shares[0] + shares[1][::-1]) / 2
            cell = found.sel(model="synthetic-demo", prompting=label, question=entry["id"])
            assert cell.answer_prob.values[:number] == pytest.approx(expected, abs=1e-5)
            assert cell.answer_mass.item() == pytest.approx(scores.mass.mean(), abs=1e-5)
    assert (found.status == 1).all()
    assert "synthetic" in found.attrs["source"]
    assert "synthetic" in found.attrs["notice"]
    # Asked about a country the model comes closer to its made-up answers.
    away = abs(found.answer_prob - bank.survey_share).sum("option").mean("question").isel(model=0)
    for country in COUNTRIES:
        named = float(away.sel(country=country, prompting=f"as {country}"))
        assert named < float(away.sel(country=country, prompting="default"))
