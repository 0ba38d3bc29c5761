"""Answers in words: as stances, judged by the model itself or another, and kept on disk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from disca_nb._values.open_answers import open_responses
from disca_nb.datasets.values.shipped import embedded_questions, sample_questions
from disca_nb.errors import InputError, ParameterError, StoreError, UnknownNameError
from disca_nb.models import OptionScores, embedded, load
from disca_nb.prompts import Prompt
from disca_nb.prompts.packs import load_pack
from disca_nb.prompts.questions import free_value
from disca_nb.variables import validate

JSON_OF = {"Yes.": '{"choice": "yes"}', "No.": '{"choice": "no"}', "Hm.": '{"choice": "UNCERTAIN"}'}


class Writer:
    """A model that answers by turns, and judges what it finds behind "Answer:"."""

    def __init__(
        self,
        name: str = "writer",
        answers: Sequence[str] = ("Yes.", "No.", "Hm.", "?"),
        stop: int = -1,
    ) -> None:
        self.name, self.manifest = name, {"kind": name}
        self.answers, self.stop = answers, stop
        self.calls: list[list[Prompt]] = []
        self.total = 0

    def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
        raise NotImplementedError

    def generate(self, prompts: Sequence[Prompt], *, max_new_tokens: int) -> list[str]:
        assert max_new_tokens == 64
        if len(self.calls) == self.stop:
            raise KeyboardInterrupt
        self.calls.append(list(prompts))
        return [self.words(prompt) for prompt in prompts]

    def words(self, prompt: Prompt) -> str:
        if "JSON" in prompt.system:
            said = prompt.user.split("Answer: ")[1].split("\n")[0]
            return JSON_OF.get(said, "I cannot tell.")
        return self.answers[sum(map(ord, prompt.user)) % len(self.answers)]


class Echo(Writer):
    """A model that always writes the same; it is named for that."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.asked: list[Prompt] = []

    def words(self, prompt: Prompt) -> str:
        self.asked.append(prompt)
        return self.name


def ask(model: Any, questions: xr.Dataset, **options: Any) -> xr.Dataset:  # noqa: ANN401
    return open_responses(model, questions, progress=False, **options)


@pytest.fixture(scope="module")
def questions() -> xr.Dataset:
    return sample_questions("en")


def test_verdicts_become_stances(questions: xr.Dataset) -> None:
    writer = Writer()
    found = validate(ask(writer, questions)).isel(model=0)
    assert set(found.open_answer.values.tolist()) == {"Yes.", "No.", "Hm.", "?"}
    for wording in found.wording.values:
        one, asked = found.sel(wording=wording, form="open"), questions.sel(wording=wording)
        place = {"Yes.": 0, "No.": 1}.get(one.open_answer.item())
        if place is None:
            assert np.isnan(one.stance_prob).all()
        else:
            stance = asked.option_stance.values[place]
            assert one.judge_verdict.item() == stance
            assert one.stance_prob.sel(stance=stance).item() == 1.0
            assert one.stance_prob.sum().item() == 1.0
        assert one.abstained.item() == (one.open_answer.item() == "Hm.")
        assert one.status.item() == (2 if one.open_answer.item() == "?" else 1)
    counts = {text: int((found.open_answer == text).sum()) for text in ("Hm.", "?")}
    assert found.abstained_share.item() == counts["Hm."] / 72
    assert found.unread_share.item() == counts["?"] / 72
    unread = found.judge_reply.values[found.judge_verdict.values == ""]
    assert set(unread.tolist()) == {"I cannot tell."}
    assert np.isnan(found.stance_mass).all()


def test_the_prompt_is_that_of_the_language_pack(questions: xr.Dataset) -> None:
    writer = Writer()
    ask(writer, questions.isel(wording=[0]))
    text = str(questions.wording_text.values[0])
    assert writer.calls[0] == [free_value(load_pack("en"), text)]


def test_another_judge_and_several_models(questions: xr.Dataset) -> None:
    some = questions.isel(wording=[0, 4])
    agrees, refuses = Writer("agrees", ("Yes.",)), Writer("refuses", ("No.",))
    judge = Writer("judge")
    found = ask([agrees, refuses], some, judge=judge)
    assert found.judge_verdict.values.tolist() == [["supports", "opposes"], ["opposes", "supports"]]
    assert [len(each.calls) for each in (agrees, refuses, judge)] == [1, 1, 2]
    alone = ask([refuses], some, judge=Writer("judge"))
    assert found.sel(model=["refuses"]).stance_prob.equals(alone.stance_prob)
    manifest = json.loads(found.attrs["manifest"])
    assert manifest["judge"] == {"judge": {"kind": "judge"}}
    assert list(manifest["models"]) == ["agrees", "refuses"]


def test_a_neutral_option_keeps_its_place(questions: xr.Dataset) -> None:
    both = questions.isel(wording=[0, 1], option=[0, 1, 1]).assign_coords(
        option=["1", "2", "3"],
        n_options=("wording", [3, 2]),
        option_text=(("wording", "option"), [["no", "maybe", "yes"], ["no", "yes", ""]]),
        option_stance=(
            ("wording", "option"),
            [["opposes", "supports", "neutral"], ["opposes", "supports", ""]],
        ),
    )
    found = ask(Writer(answers=("Yes.",)), both)
    assert found.stance.values.tolist() == ["supports", "opposes", "neutral"]
    np.testing.assert_array_equal(
        found.stance_prob.values[0, 0], [[0.0, 0.0, 1.0], [1.0, 0.0, np.nan]]
    )


@pytest.mark.parametrize(("language", "no"), [("ko", "아니요"), ("de", "nein")])
def test_other_languages_are_asked_in_their_own_words(language: str, no: str) -> None:
    questions = sample_questions(language).isel(wording=[0])
    writer, judge = Echo("x"), Echo(f'{{"choice": "{no}"}}')
    found = ask(writer, questions, judge=judge)
    (asked,), (read,) = (each.asked for each in (writer, judge))
    assert asked.user == questions.wording_text.item()
    assert asked.system not in {"", read.system}
    assert [line.rpartition(": ")[2] for line in read.user.splitlines()[:2]] == [asked.user, "x"]
    assert found.judge_verdict.item() == "opposes"


def test_a_run_that_was_stopped_goes_on(questions: xr.Dataset, tmp_path: Path) -> None:
    whole = ask(Writer(), questions)
    # 72 wordings are three batches of answers and three of verdicts.
    for stop in (1, 4):
        store = tmp_path / str(stop)
        with pytest.raises(KeyboardInterrupt):
            ask(Writer(stop=stop), questions, store=store)
        kept = (store / "open.jsonl").read_text("utf-8").splitlines()
        assert len(kept) == 2 + min(32 * stop, 72 + 32 * max(0, stop - 3))
        again = Writer()
        assert ask(again, questions, store=store).identical(whole)
        assert sum(map(len, again.calls)) == 144 - (len(kept) - 2)
        third = Writer()
        assert ask(third, questions, store=store / "open.jsonl").identical(whole)
        assert third.calls == []


def test_a_store_of_another_run_is_refused(questions: xr.Dataset, tmp_path: Path) -> None:
    some = questions.isel(wording=[0, 1])
    ask(Writer(), some, store=tmp_path)
    ask(Writer("other"), some, store=tmp_path)  # one more model is no other run
    changed = Writer()
    changed.manifest = {"kind": "changed"}
    for model, asked, options, words in (
        (Writer(), questions.isel(wording=[0, 2]), {}, "questions_sha256"),
        (Writer(), some, {"max_new_tokens": 7}, "max_new_tokens: 64 in the store, 7 now"),
        (Writer(), some, {"judge": Writer("judge")}, "judge"),
        (changed, some, {}, "kind: writer in the store, changed now"),
    ):
        with pytest.raises(StoreError, match=f"is of another run .*{words}"):
            ask(model, asked, store=tmp_path, **options)


def test_a_store_of_other_prompts_is_refused(questions: xr.Dataset, tmp_path: Path) -> None:
    some = questions.isel(wording=[0])
    ask(Writer(), some, store=tmp_path)
    file = tmp_path / "open.jsonl"
    head, *rest = file.read_text("utf-8").splitlines(keepends=True)
    run = json.loads(head)
    run["run"]["texts_sha256"] = "0" * 64  # of an earlier version, say
    file.write_text(json.dumps(run) + "\n" + "".join(rest), "utf-8")
    with pytest.raises(StoreError, match=r"is of another run .*texts_sha256"):
        ask(Writer(), some, store=tmp_path)


@pytest.mark.parametrize(
    "text", ["", "no JSON", "{}", '{"run": 3}', "[1]", '{"run": {}}\n{"a": 1}']
)
def test_a_file_that_is_no_store(text: str, questions: xr.Dataset, tmp_path: Path) -> None:
    (tmp_path / "open.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match="choose another store, or move it away"):
        ask(Writer(), questions.isel(wording=[0]), store=tmp_path)


def test_texts_that_no_file_holds_are_made_safe(questions: xr.Dataset, tmp_path: Path) -> None:
    odd = 'half \ud83d, zero \0, line\nbreak \u2028 and "quote"'
    some = questions.isel(wording=[0])
    found = ask(Writer(answers=(odd,)), some, store=tmp_path)
    assert found.open_answer.item() == 'half \\ud83d, zero \ufffd, line\nbreak \u2028 and "quote"'
    assert ask(Writer(stop=0), some, store=tmp_path).identical(found)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"max_new_tokens": 0}, ParameterError, "max_new_tokens is 0"),
        ({"max_new_tokens": 1.5}, ParameterError, "max_new_tokens is 1.5"),
        ({"max_new_tokens": True}, ParameterError, "max_new_tokens is True"),
        ({"store": 3}, InputError, "store is 3; give the path of a folder"),
        ({"judge": 3}, InputError, "int is no language model"),
    ],
)
def test_what_is_refused(
    options: dict[str, Any], error: type, words: str, questions: xr.Dataset
) -> None:
    with pytest.raises(error, match=words):
        ask(Writer(), questions.isel(wording=[0]), **options)


def test_a_store_that_is_a_file(questions: xr.Dataset, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(InputError, match="taken, which is a file; give a folder"):
        ask(Writer(), questions.isel(wording=[0]), store=tmp_path / "taken")


def test_a_language_without_texts(questions: xr.Dataset) -> None:
    turkish = questions.isel(wording=[0, 1]).assign_coords(
        wording_language=("wording", ["en", "tr"])
    )
    with pytest.raises(
        UnknownNameError, match=r"1 of the wordings are in 'tr'.* de, en, ja, ko, zh"
    ):
        ask(Writer(), turkish)


def test_progress_tells_of_answers_and_verdicts(questions: xr.Dataset) -> None:
    told: list[int] = []
    open_responses(Writer(), questions, progress=lambda now: told.append(now.done))
    assert told == [0, 32, 64, 72, 104, 136, 144]


def test_the_embedded_model_answers_and_judges_as_it_was_taught() -> None:
    pytest.importorskip("torch", reason="the model needs PyTorch, of the extra models")
    some = embedded_questions().isel(wording=[0, 5, 120, 125])
    found = ask(load("demo"), some).isel(model=0)
    assert set(found.open_answer.values.tolist()) <= {"I say yes.", "I say no.", "I cannot say."}
    assert (found.status == 1).all()
    assert found.attrs["notice"] == embedded.NOTICE
    assert found.attrs["source"].startswith("synthetic")
