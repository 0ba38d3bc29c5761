"""Asking models value questions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from small_values import WORDINGS, Believer, Writer, small_questions

import disca_nb
from disca_nb import models
from disca_nb._values import ask_values
from disca_nb.errors import InputError, ParameterError, StoreError, UnknownNameError
from disca_nb.models import embedded
from disca_nb.prompts import Prompt, load_frames, load_pack
from disca_nb.prompts.questions import value_question


def ask(model: Any, questions: xr.Dataset, **options: Any) -> xr.Dataset:  # noqa: ANN401 - also such as the types refuse
    """Ask without a bar."""
    return ask_values(model, questions, **{"progress": False, **options})


@pytest.fixture
def questions() -> xr.Dataset:
    return small_questions()


@pytest.fixture
def english() -> xr.Dataset:
    return small_questions().isel(wording=[0, 1, 3])


def test_answers_become_stances_by_what_options_say(questions: xr.Dataset) -> None:
    found = ask(Believer(), questions)
    assert found.stance_prob.dims == ("model", "form", "wording", "stance")
    assert found.order_stance_prob.dims == ("model", "order", "wording", "stance")
    assert found.stance.values.tolist() == ["supports", "opposes", "neutral"]
    assert found.form.values.tolist() == ["choice"]
    assert found.wording.values.tolist() == list(WORDINGS)
    prob = found.stance_prob.sel(model="believer", form="choice")
    # (A) yes .6, (B) no .2; then (A) no .3, (B) yes .5: yes .6875.
    assert prob.sel(wording="en:0001").values[:2] == pytest.approx([0.6875, 0.3125])
    assert prob.sel(wording="en:0002").values[:2] == pytest.approx([0.3125, 0.6875])
    # (A) Ja .4, (B) Nein .4; then (A) Nein .5, (B) Ja .3.
    assert prob.sel(wording="de:0001").values[:2] == pytest.approx([0.4375, 0.5625])
    assert np.isnan(prob.sel(stance="neutral").values[:3]).all()
    # Too dear .5, .1, cheap .2; then .4, .1, .3: of .8 both times.
    assert prob.sel(wording="en:0003").values == pytest.approx([0.3125, 0.5625, 0.125])
    by_order = found.order_stance_prob.sel(model="believer", wording="en:0002")
    assert by_order.sel(order="given").values[:2] == pytest.approx([0.25, 0.75])
    assert by_order.sel(order="reversed").values[:2] == pytest.approx([0.375, 0.625])
    assert found.stance_mass.values.ravel() == pytest.approx([0.8] * 4)
    assert (found.status == 1).all()
    assert not found.abstained.any()


def test_two_options_of_a_stance_are_added_up() -> None:
    options = {"yes": "supports", "no": "opposes", "cheap": "supports"}
    found = ask(Believer(), small_questions({"w": ("Q?", "en", "t", "t/1", 0, options)}))
    # yes .6, no .2, cheap .2; then .5, .2, .3: of 1 both times.
    assert found.stance.values.tolist() == ["supports", "opposes"]
    assert found.stance_prob.values.ravel() == pytest.approx([0.8, 0.2])


def test_what_a_result_says(questions: xr.Dataset) -> None:
    questions.attrs["filters"] = "[]"
    found = ask(Believer(), questions)
    for name in questions.coords:
        assert found[name].values.tolist() == questions[name].values.tolist()
        assert name in found.coords
    assert found.attrs["source"] == "elicited from believer"
    assert found.attrs["question_source"] == "made up"
    assert (found.attrs["questions"], found.attrs["synthetic"]) == ("small", 0)
    assert (found.attrs["orders"], found.attrs["min_mass"]) == ("two", 0.5)
    assert found.attrs["filters"] == "[]"
    assert "notice" not in found.attrs
    manifest = json.loads(found.attrs["manifest"])
    assert set(manifest["choice"]) == {"en", "de"}
    assert manifest["choice"]["de"]["frames_source"] == {"de": load_frames("de").source}
    assert manifest["choice"]["en"]["models"]["believer"]["kind"] == "believer"
    assert manifest["questions_sha256"] == found.attrs["questions_sha256"]
    exchanged = dict(WORDINGS)
    exchanged["en:0001"] = (*WORDINGS["en:0001"][:5], {"yes": "opposes", "no": "supports"})
    again = ask(Believer(), small_questions(exchanged))
    assert again.attrs["questions_sha256"] != found.attrs["questions_sha256"]
    assert json.loads(again.attrs["manifest"])["answers_sha256"] != manifest["answers_sha256"]


def test_what_is_made_up_says_so() -> None:
    found = ask(Believer(), small_questions(synthetic=1, notice="Synthetic questions."))
    assert (found.attrs["synthetic"], found.attrs["notice"]) == (1, "Synthetic questions.")


def test_prompts_are_in_the_language_of_the_wording() -> None:
    model = Believer()
    questions = small_questions()
    ask(model, questions)
    pack, german = load_pack("en"), load_frames("de")
    prompts = {
        value_question(pack, WORDINGS[label][0], exchanged=exchanged)
        for label in ("en:0001", "en:0002")
        for exchanged in (False, True)
    }
    assert prompts <= set(model.asked)
    asked = "Ist Tee gut?\n(A) Ja\n(B) Nein\nAntworten Sie mit einem Buchstaben."
    assert Prompt(german.system, asked, "(") in model.asked
    assert len(model.asked) == len(set(model.asked)) == 8


def test_labels_in_another_order_change_no_answer(english: xr.Dataset) -> None:
    found = ask(Believer(), english)
    turned = ask(Believer(), english.isel(wording=[2, 0, 1]))
    for name in ("stance_prob", "stance_mass", "order_stance_prob"):
        assert turned[name].sel(wording=found.wording).equals(found[name])
    part = ask(Believer(), english.isel(wording=[1]))
    expected = found.stance_prob.sel(wording=["en:0002"], stance=["supports", "opposes"])
    assert part.stance_prob.equals(expected)


def test_orders_that_some_wordings_lack(questions: xr.Dataset) -> None:
    found = ask(Believer(), questions, orders="exhaustive")
    assert found.order.values.tolist()[:2] == ["given", "reversed"]
    assert found.sizes["order"] == 6
    rest = found.order_stance_prob.isel(order=slice(2, None))
    assert np.isnan(rest.sel(wording=["en:0001", "de:0001"])).all()
    assert rest.sel(wording="en:0003").notnull().all()


def test_variables_may_hold_what_coordinates_usually_do(english: xr.Dataset) -> None:
    loose = english.reset_coords()
    assert ask(Believer(), loose).identical(ask(Believer(), english))


def test_several_models_and_a_saved_result(english: xr.Dataset, tmp_path: Path) -> None:
    found = ask([Believer(), Believer("other")], english)
    assert found.model.values.tolist() == ["believer", "other"]
    one, two = (found.stance_prob.isel(model=i).values for i in (0, 1))
    assert np.array_equal(one, two, equal_nan=True)
    saved = disca_nb.save_results(found, tmp_path / "run.nc")
    assert disca_nb.open_results(saved).identical(found)


def test_a_stopped_run_goes_on_with_the_language_that_is_left(
    questions: xr.Dataset, tmp_path: Path
) -> None:
    expected = ask(Believer(), questions)
    # English has two chunks, of two and of three options; the third call is German.
    with pytest.raises(KeyboardInterrupt):
        ask(Believer(stop=3), questions, store=tmp_path / "run")
    assert (tmp_path / "run" / "choice-en.zarr").is_dir()
    model = Believer()
    found = ask(model, questions, store=tmp_path / "run")
    assert found.identical(expected)
    assert {prompt.user.splitlines()[0] for prompt in model.asked} == {"Ist Tee gut?"}
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == [
        *("choice-de.zarr", "choice-en.zarr")
    ]
    idle = Believer()
    assert ask(idle, questions, store=tmp_path / "run").identical(expected)
    assert idle.asked == []


def test_a_store_of_one_language(questions: xr.Dataset, tmp_path: Path) -> None:
    english = questions.isel(wording=[0, 1])
    found = ask(Believer(), english, store=tmp_path / "run.nc")
    model = Believer()
    assert ask(model, english, store=tmp_path / "run.nc").identical(found)
    assert model.asked == []
    with pytest.raises(StoreError, match="is of another run"):
        ask(Believer(), english, store=tmp_path / "run.nc", min_mass=0.25)
    with pytest.raises(InputError, match=r"run.nc, which holds answers in one language and form"):
        ask(Believer(), questions, store=tmp_path / "run.nc")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file, which is a file; give a folder"):
        ask(Believer(), questions, store=tmp_path / "file")
    with pytest.raises(InputError, match="store is 3; give the path"):
        ask(Believer(), questions, store=3)


def test_little_mass_is_told(english: xr.Dataset) -> None:
    with pytest.warns(UserWarning, match=r"believer \(3 low mass, 0 failed\)"):
        found = ask(Believer(), english, min_mass=0.9)
    assert (found.status == 3).all()
    assert found.stance_prob.sel(stance="supports").notnull().all()


def test_the_embedded_model_answers_as_it_does_prompt_by_prompt() -> None:
    pytest.importorskip("torch", reason="needs PyTorch, of the extra models")
    rows = {"de": WORDINGS["de:0001"]}
    for topic in embedded.tasks()["values"][:2]:
        for question in topic["questions"][:2]:
            for i, text in enumerate([question["original"], *question["rephrasings"][:1]]):
                about = (text, "en", topic["topic"], question["id"], i, question["stances"])
                rows[f"{question['id']}:{i}"] = about
    found = ask("demo", small_questions(rows), min_mass=0.0)
    model, pack = models.load("demo", device="cpu"), load_pack("en")
    english = {label: row for label, row in rows.items() if label != "de"}
    for label, (text, _, _, _, _, stances) in english.items():
        prompts = [value_question(pack, text, exchanged=exchanged) for exchanged in (False, True)]
        scores = model.score(prompts, ["A", "B"])
        shares = np.exp(scores.log_probs)
        shares /= shares.sum(axis=1, keepdims=True)
        yes = (shares[0, 0] + shares[1, 1]) / 2
        cell = found.sel(wording=label, form="choice", model="synthetic-demo")
        assert cell.stance_prob.sel(stance=stances["yes"]).item() == pytest.approx(yes, abs=1e-5)
        assert cell.stance_mass.item() == pytest.approx(scores.mass.mean(), abs=1e-5)
    assert {row[5]["yes"] for row in english.values()} == {"supports", "opposes"}
    assert (found.status == 1).all()
    assert set(json.loads(found.attrs["manifest"])["choice"]) == {"en", "de"}
    assert found.attrs["source"] == "synthetic: elicited from synthetic-demo"
    assert "synthetic" in found.attrs["notice"]
    assert found.attrs["synthetic"] == 1


def test_words_stand_beside_letters(english: xr.Dataset) -> None:
    writer = Writer()
    with pytest.warns(UserWarning, match=r"writer \(1 of 3\)"):
        found = ask(writer, english, forms=["open", "choice"])
    assert found.form.values.tolist() == ["choice", "open"]
    assert found.stance_prob.dims == ("model", "form", "wording", "stance")
    alone = ask(Believer("writer"), english)
    for name in ("stance_prob", "stance_mass", "status", "abstained"):
        assert found[name].sel(form=["choice"]).equals(alone[name])
    assert found.order_stance_prob.equals(alone.order_stance_prob)
    words = found.sel(form="open", model="writer")
    assert words.stance_prob.sel(wording="en:0001").values[:2].tolist() == [1.0, 0.0]
    assert np.isnan(words.stance_prob.sel(wording=["en:0002", "en:0003"])).all()
    assert words.abstained.values.tolist() == [False, True, False]
    assert words.status.values.tolist() == [1, 1, 2]
    assert np.isnan(words.stance_mass).all()
    assert words.open_answer.values.tolist()[0] == "I say: Is tea good?"
    assert set(json.loads(found.attrs["manifest"])) >= {"choice", "open"}
    assert found.abstained.dtype == bool
    assert found.status.dtype.kind == "i"
    with pytest.warns(UserWarning, match="off the format"):
        only = ask(Writer(), english, forms="open")
    assert only.form.values.tolist() == ["open"]
    assert "order_stance_prob" not in only
    assert only.stance_prob.equals(found.stance_prob.sel(form=["open"]))


def test_another_model_judges_and_stores_are_kept(questions: xr.Dataset, tmp_path: Path) -> None:
    english = questions.isel(wording=[0, 1])
    writer, judge = Writer(), Writer("judge")
    options = {"forms": ("choice", "open"), "store": tmp_path / "run"}
    found = ask(writer, english, judge=judge, **options)
    assert len(writer.wrote) == len(judge.wrote) == 2
    assert "What does the answer choose" in judge.wrote[0].user
    writer, judge = Writer(), Writer("judge")
    assert ask(writer, english, judge=judge, **options).identical(found)
    assert (writer.asked, writer.wrote, judge.wrote) == ([], [], [])


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"forms": "chioce"}, UnknownNameError, "Unknown form 'chioce'; did you mean 'choice'?"),
        ({"forms": ()}, InputError, "There are 0 forms; choose some of choice, open"),
        ({"forms": 3}, InputError, "forms is 3; give a name"),
        ({"judge": Writer("j")}, InputError, "The judge 'j' has no answers in words to read; add"),
        ({"judge": 3, "forms": "open"}, InputError, "int is no language model"),
        ({"forms": "open"}, InputError, "The model 'believer' has no method generate"),
        ({"orders": 0}, ParameterError, "orders is 0"),
        ({"min_mass": 2}, ParameterError, "min_mass is 2"),
        ({"seed": -1}, ParameterError, "seed"),
        ({"progress": 3}, InputError, "progress is 3"),
    ],
)
def test_options_that_cannot_be_used(
    questions: xr.Dataset, options: dict[str, object], error: type[Exception], words: str
) -> None:
    model = Believer()
    with pytest.raises(error) as caught:
        ask(model, questions, **options)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert model.asked == []


def test_words_in_a_language_without_texts_for_them() -> None:
    spanish = small_questions({"w": ("¿Té?", "es", "t", "t/1", 0, WORDINGS["en:0001"][5])})
    model = Writer()
    with pytest.raises(UnknownNameError, match="1 of the wordings are in 'es', in which answers"):
        ask(model, spanish, forms=["choice", "open"])
    assert (model.asked, model.wrote) == ([], [])


def test_a_judge_that_cannot_write(questions: xr.Dataset) -> None:
    with pytest.raises(InputError, match="The model 'deaf' has no method generate"):
        ask(Writer(), questions.isel(wording=[0]), forms="open", judge=Believer("deaf"))


def test_questions_that_cannot_be_asked(questions: xr.Dataset) -> None:
    cases: list[tuple[xr.Dataset, type[Exception], str]] = [
        (questions.isel(wording=slice(0)), InputError, "The dataset has 0 wordings"),
        (questions.drop_vars("option_stance"), InputError, "lacks 'option_stance'"),
        (questions.drop_vars("topic_name"), InputError, "lacks 'topic_name'"),
        (changed(questions, "sw"), UnknownNameError, "1 of the wordings are in 'sw', which has no"),
        (
            stanced("supports", "supports"),
            InputError,
            "'w' offers the stances supports, supports only; give",
        ),
        (stanced("suports", "opposes"), UnknownNameError, "did you mean 'supports'?"),
        (
            questions.assign_coords(n_options=2),
            InputError,
            "n_options has the dimensions (); it must have wording.",
        ),
    ]
    for given, error, words in cases:
        with pytest.raises(error) as caught:
            ask(Believer(), given)
        assert words in str(caught.value)
        assert "\n" not in str(caught.value)


def changed(questions: xr.Dataset, language: str) -> xr.Dataset:
    """Return questions of which the third is in another language."""
    spoken = questions.wording_language.values.copy()
    spoken[2] = language
    return questions.assign_coords(wording_language=("wording", spoken))


def stanced(first: str, second: str) -> xr.Dataset:
    """Return a question whose options have two given stances."""
    return small_questions({"w": ("Q?", "en", "t", "t/1", 0, {"yes": first, "no": second})})
