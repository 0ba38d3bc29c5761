"""What a judge is asked, and what of its replies counts: one known choice in JSON, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import xarray as xr

from disca_nb._values.judge import judged, read_verdict, verdict_prompts
from disca_nb.datasets.values.shipped import sample_questions
from disca_nb.errors import InputError
from disca_nb.models import embedded
from disca_nb.prompts import Prompt
from disca_nb.prompts.packs import load_pack
from disca_nb.prompts.questions import verdict

KNOWN = ("supports", "opposes", "UNCERTAIN")


class Judge:
    """A judge that writes what it was told to."""

    def __init__(self, replies: Sequence[Any], notice: str = "") -> None:
        self.name, self.replies = "judge", list(replies)
        self.manifest = {"notice": notice}
        self.asked: list[Prompt] = []

    def generate(self, prompts: Sequence[Prompt], *, max_new_tokens: int) -> list[str]:
        self.asked += prompts
        self.limit = max_new_tokens
        return self.replies


@pytest.fixture(scope="module")
def questions() -> xr.Dataset:
    """The first question of a topic, of which yes supports, and the second, of which it opposes."""
    return sample_questions("en").isel(wording=[0, 4])


@pytest.mark.parametrize(
    ("reply", "choice"),
    [
        ('{"choice": "supports", "confidence": 0.9}', "supports"),
        (' \n{"confidence": 0.5, "choice": "UNCERTAIN"}\n ', "UNCERTAIN"),
        ('```json\n{"choice": "opposes"}\n```', "opposes"),
        ('```\n{\n "choice": "opposes"\n}\n```\n', "opposes"),
        ('```JSON\n{"choice": "opposes"}\n```', "opposes"),
        ('{"choice": "Supports"}', "supports"),
        ('{"choice": " opposes "}', "opposes"),
        ('{"stance": "opposes"}', "opposes"),
    ],
)
def test_a_choice_is_read(reply: str, choice: str) -> None:
    assert read_verdict(reply, KNOWN) == choice


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "supports",
        '"supports"',
        '["supports"]',
        "{}",
        "[]",
        "null",
        '{"choice": "both"}',
        '{"choice": "support"}',
        '{"choice": null}',
        '{"choice": ["supports"]}',
        '{"choice": true}',
        '{"choice": "both", "stance": "supports"}',
        '{"stance": "supports", "reason": "it says so"}',
        '{"choice": "supports", "choice": "opposes"}',
        'The answer: {"choice": "supports"}',
        '{"choice": "supports"} I think.',
        '{"choice": "supports"}{"choice": "opposes"}',
        '{"choice": "supports"',
        "{'choice': 'supports'}",
        '```json\n{"choice": "supports"}\n```\n```json\n{"choice": "opposes"}\n```',
        '{"choice": {"choice": "supports"}}',
        '{"a":' * 100_000,
    ],
)
def test_nothing_is_guessed(reply: str) -> None:
    assert read_verdict(reply, KNOWN) == ""


def test_choices_that_differ_by_case_alone_are_told_apart() -> None:
    assert read_verdict('{"choice": "Ja"}', ["ja", "Ja"]) == "Ja"
    assert read_verdict('{"choice": "JA"}', ["ja", "Ja"]) == ""


def test_a_judge_chooses_among_options_and_stances_follow(questions: xr.Dataset) -> None:
    judge = Judge(['{"choice": "no"}', '{"choice": "no"}'])
    found = judged(judge, questions, ["No.", "No."], max_new_tokens=9)  # type: ignore[arg-type]
    assert [each.stance for each in found] == ["opposes", "supports"]
    assert [each.reply for each in found] == judge.replies
    assert judge.limit == 9
    text = str(questions.wording_text.values[1])
    assert judge.asked[1] == verdict(load_pack("en"), text, "No.", ["yes", "no", "UNCERTAIN"])


def test_stances_are_no_choices_of_a_judge_that_was_given_options(questions: xr.Dataset) -> None:
    judge = Judge(['{"choice": "supports"}', '{"choice": "UNCERTAIN"}'])
    found = judged(judge, questions, ["Yes."] * 2)  # type: ignore[arg-type]
    assert [each.stance for each in found] == ["", "UNCERTAIN"]


def test_the_embedded_model_is_asked_for_stances(questions: xr.Dataset) -> None:
    judge = Judge(['{"choice": "opposes", "confidence": 0.9}', '{"choice": "no"}'], embedded.NOTICE)
    found = judged(judge, questions, ["Yes."] * 2)  # type: ignore[arg-type]
    assert [each.stance for each in found] == ["opposes", ""]
    assert judge.asked[0].user.endswith("choose: supports, opposes, UNCERTAIN?")


def test_several_options_of_one_stance_and_a_neutral_one(questions: xr.Dataset) -> None:
    three = questions.isel(wording=[0], option=[0, 1, 1]).assign_coords(
        option=["1", "2", "3"],
        option_text=(("wording", "option"), [["fully", "partly", "neither"]]),
        option_stance=(("wording", "option"), [["supports", "supports", "neutral"]]),
    )
    for choice, stance in (("partly", "supports"), ("neither", "neutral")):
        judge = Judge([f'{{"choice": "{choice}"}}'])
        assert judged(judge, three, ["Hm."])[0].stance == stance  # type: ignore[arg-type]
    assert judge.asked[0].user.endswith("choose: fully, partly, neither, UNCERTAIN?")


def test_judges_are_asked_in_the_language_of_the_question() -> None:
    korean = sample_questions("ko").isel(wording=[4])
    (prompt,) = verdict_prompts(Judge([]), korean, ["예, {그렇습니다}."])  # type: ignore[arg-type]
    assert "답변: 예, {그렇습니다}." in prompt.user
    assert "예, 아니요, UNCERTAIN" in prompt.user
    assert '"choice"' in prompt.system


def test_another_number_of_answers_or_of_replies(questions: xr.Dataset) -> None:
    with pytest.raises(InputError, match="There are 3 answers to 2 wordings; give one for each"):
        judged(Judge([]), questions, ["a", "b", "c"])  # type: ignore[arg-type]
    for replies in (["x"], ["x", 3]):
        with pytest.raises(InputError, match="'judge' gave 1 texts for 2 prompts"):
            judged(Judge(replies), questions, ["a", "b"])  # type: ignore[arg-type]
