"""Answers that were saved, or that come from elsewhere."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from small_surveys import Drinker, ask, option_lines, small_bank

import disca_nb
from disca_nb import read_responses
from disca_nb.errors import DataFileError, InputError, ParameterError, StoreError, UnknownNameError

LETTERS = "ABCD"
LOGS = {"A": math.log(0.25), "B": math.log(0.75)}


def line(**changes: object) -> dict[str, Any]:
    """Return an answer to the question on tea."""
    plain = {"model": "m", "prompting": "default", "question": "tea"}
    every = {**plain, "probs": {"A": 0.6, "B": 0.2}, **changes}
    return {name: value for name, value in every.items() if value != "absent"}


def written(folder: Path, *lines: object, name: str = "answers.jsonl") -> Path:
    """Return a file of lines, texts as they are and objects as JSON."""
    path = folder / name
    texts = [each if isinstance(each, str) else json.dumps(each) for each in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def test_lines_are_scaled_put_into_order_and_averaged(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        line(),
        line(order="reversed", probs={"A": 0.3, "B": 0.5}),
        "",
        line(question="cups", probs={"A": 0.25, "B": 0.125, "C": 0.125}),
        line(question="cups", order="2-3-1", probs={"A": 0.25, "B": 0.125, "C": 0.125}),
        line(prompting="as JPN", probs="absent", order="1-2", logprobs=LOGS),
    )
    with pytest.warns(UserWarning, match="1 of 3 answers lack an order"):
        found = read_responses(path)
    assert found.order.values.tolist() == ["given", "reversed", "2-3-1"]
    assert found.prompting.values.tolist() == ["default", "as JPN"]
    assert found.prompted_country.values.tolist() == ["", "JPN"]
    assert found.prompting_kind.values.tolist() == ["default", "cross-national"]
    assert found.n_options.values.tolist() == [2, 3]
    tea = found.sel(model="m", prompting="default", question="tea")
    assert tea.answer_prob.values[:2] == pytest.approx([0.6875, 0.3125])
    assert np.isnan(tea.answer_prob.values[2])
    assert tea.answer_mass.item() == pytest.approx(0.8)
    assert tea.order_answer_prob.sel(order="reversed").values[:2] == pytest.approx([0.625, 0.375])
    assert np.isnan(tea.order_answer_prob.sel(order="2-3-1")).all()
    cups = found.sel(model="m", prompting="default", question="cups")
    assert cups.order_answer_prob.sel(order="2-3-1").values.tolist() == [0.25, 0.5, 0.25]
    assert cups.answer_prob.values.tolist() == [0.375, 0.375, 0.25]
    assert cups.status.item() == 1
    japan = found.sel(model="m", prompting="as JPN", question="tea")
    assert japan.answer_prob.values[:2] == pytest.approx([0.25, 0.75])
    assert found.status.sel(prompting="as JPN", question="cups").item() == 0
    assert np.isnan(found.answer_prob.sel(prompting="as JPN", question="cups")).all()


def test_answers_given_as_lines_are_those_of_a_model_asked_here(tmp_path: Path) -> None:
    bank, model = small_bank(), Drinker()
    expected = ask(model, bank, orders="exhaustive")
    lines = []
    for prompting in expected.prompting.values.tolist():
        for question in bank.question.values.tolist():
            for order in expected.order.values.tolist():
                cell = expected.sel(prompting=prompting, question=question, order=order)
                at = cell.option_position.values
                number = int((at > 0).sum())
                if not number:
                    continue
                raw = cell.order_answer_prob.values[0] * cell.order_answer_mass.item()
                probs = {LETTERS[at[i] - 1]: raw[i] for i in range(number)}
                about = {"model": "drinker", "prompting": prompting, "question": question}
                lines.append({**about, "order": order, "probs": probs})
    found = read_responses(written(tmp_path, *lines[::-1]), bank=bank)
    labels = {"order": expected.order.values, "prompting": expected.prompting.values}
    found = found.sel(labels)
    for name in ("answer_prob", "answer_mass", "order_answer_prob", "order_answer_mass"):
        xr.testing.assert_allclose(found[name], expected[name], rtol=0, atol=1e-12)
    assert found.option_position.identical(expected.option_position)
    assert found.attrs["bank_sha256"] == expected.attrs["bank_sha256"]
    assert found.option_text.equals(expected.option_text)
    assert option_lines(model.asked[0][1])


def test_saved_answers_come_back(tmp_path: Path) -> None:
    bank = small_bank()
    for form in ("zarr", "nc"):
        expected = ask(Drinker(), bank, store=tmp_path / f"run.{form}")
        assert read_responses(tmp_path / f"run.{form}").identical(expected)
        assert read_responses(tmp_path / f"run.{form}", bank=bank).identical(expected)
    more = small_bank({"tea": ("Is tea bad?", ["yes", "no"])})
    with pytest.raises(UnknownNameError, match=r"Unknown question in run.nc 'cups'; known: tea"):
        read_responses(tmp_path / "run.nc", bank=more)
    other = bank.assign_coords(question_text=bank.question_text.str.replace("good", "bad"))
    with pytest.raises(InputError, match=r"another bank: question_text of the question 'tea' is"):
        read_responses(tmp_path / "run.nc", bank=other)
    fewer = bank.assign_coords(n_options=("question", [2, 3, 3]))
    with pytest.raises(InputError, match=r"n_options of the question 'when' is 4 there and 3 in"):
        read_responses(tmp_path / "run.nc", bank=fewer)


def test_a_bank_says_what_lines_do_not(tmp_path: Path) -> None:
    bank = small_bank(language="ko")
    path = written(tmp_path, line(question="when", probs={"A": 0.5, "I": 0.125, "The": 0.25}))
    with pytest.raises(DataFileError, match=r"line 1: Among the 3 returned tokens is none for 'B'"):
        read_responses(path, bank=bank)
    found = read_responses(path, bank=bank, missing="bound")
    assert found.question.values.tolist() == ["tea", "cups", "when"]
    assert found.status.values.tolist() == [[[0, 0, 1]]]
    when = found.sel(question="when", model="m", prompting="default")
    # The least token is "I", and .125 is left: each of three letters may have that.
    assert when.answer_prob.values == pytest.approx([4 / 7, 1 / 7, 1 / 7, 1 / 7])
    assert when.answer_mass.item() == 0.5
    assert found.prompting_language.values.tolist() == ["ko"]
    zero = read_responses(path, bank=bank, missing="zero")
    assert zero.answer_prob.sel(question="when").values.tolist() == [[[1.0, 0.0, 0.0, 0.0]]]
    assert (zero.attrs["missing"], zero.attrs["bank"]) == ("zero", "small")
    # "I" would otherwise be the ninth letter.
    assert read_responses(path, missing="zero").n_options.item() == 9


def test_what_lines_say_of_themselves(tmp_path: Path) -> None:
    lines = [
        line(n_options=4, probs={"A": 0.5, "B": 0.25}),
        line(model="n", prompting="in ko", probs={"A": 0.25, "B": 0.5}),
    ]
    found = read_responses(written(tmp_path, *lines, name="some.ndjson"), missing="zero")
    assert found.n_options.item() == 4
    assert found.answer_prob.sel(model="n", prompting="in ko", question="tea").values == (
        pytest.approx([1 / 3, 2 / 3, 0, 0])
    )
    assert found.status.values.tolist() == [[[1], [0]], [[0], [1]]]
    assert found.prompting_language.values.tolist() == ["und", "ko"]
    assert found.prompting_kind.values.tolist() == ["default", "linguistic"]
    assert found.attrs["source"] == "read from some.ndjson"
    manifest = json.loads(found.attrs["manifest"])
    assert (manifest["lines"], manifest["file"], manifest["missing"]) == (2, "some.ndjson", "zero")
    saved = disca_nb.save_results(found, tmp_path / "some.nc")
    assert read_responses(saved).identical(found)


def test_lines_that_failed_or_have_little_mass(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        line(probs={"A": 0.25, "B": 0.125}),
        line(question="b", n_options=2, probs={"The": 0.9}),
        line(question="c", probs={"A": 0.0, "B": 0.0, "The": 0.9}),
    )
    with pytest.warns(UserWarning, match=r"m \(1 low mass, 2 failed\)"):
        found = read_responses(path, missing="bound")
    assert found.status.values.tolist() == [[[3, 2, 2]]]
    assert found.answer_prob.sel(question="tea").values[0, 0] == pytest.approx([2 / 3, 1 / 3])
    assert np.isnan(found.answer_prob.sel(question=["b", "c"])).all()
    with pytest.warns(UserWarning, match=r"m \(0 low mass, 2 failed\)"):
        read_responses(path, missing="zero", min_mass=0.3)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["{"], "line 1 is not JSON"),
        (["[" * 100_000], "line 1 is not JSON"),
        ([line(probs={"A": 10**400, "B": 0.5})], "line 1: The probability of 'A' is inf"),
        ([line(), "[1]"], "line 2: There is [1]; write a JSON object"),
        ([line(), "", "3"], "line 3: There is 3"),
        ([line(ordr="given")], "line 1: The field 'ordr' is not known; known: model, prompting"),
        ([line(model="")], "line 1: model is ''; write a text"),
        ([line(question=3)], "line 1: question is 3; write a text"),
        ([line(prompting="JPN")], "line 1: The prompting is 'JPN'; write 'default', 'as '"),
        ([line(prompting="as ")], "line 1: The prompting is 'as '"),
        ([line(prompting="default ")], "line 1: The prompting is 'default '"),
        ([line(probs=[0.5, 0.5])], "line 1: probs is [0.5, 0.5]; give an object"),
        ([line(probs={})], "line 1: probs is {}; give an object"),
        ([line(logprobs={"A": -1.0})], "line 1: There are 2 of probs and logprobs; give one"),
        ([line(probs={"A": 0.5, "B": "x"})], "line 1: probs of 'B' is 'x'; it must be a number"),
        ([line(probs={"A": 0.5, "B": None})], "line 1: probs of 'B' is None"),
        ([line(probs={"A": 0.5, "B": True})], "line 1: probs of 'B' is True"),
        ([line(probs={"A": 0.5, "B": float("nan")})], "line 1: probs of 'B' is nan"),
        ([line(probs={"A": 1.5, "B": 0.5})], "line 1: The probability of 'A' is 1.5"),
        ([line(probs={"A": 0.5, "B": -0.1})], "line 1: The probability of 'B' is -0.1"),
        ([line(probs={"A": 0.7, "B": 0.6})], "line 1: The returned probabilities sum to 1.3"),
        (
            [line(probs={"A": 0.5, "C": 0.25})],
            "line 1: Among the 2 returned tokens is none for 'B'",
        ),
        ([line(probs={"A": 0.5})], "line 1: the question 'tea' has 1 options; there must be 2"),
        ([line(probs={"x": 0.5})], "line 1: the question 'tea' has 0 options"),
        ([line(n_options=0)], "line 1: n_options is 0; it must be a whole number"),
        ([line(n_options=2), line(n_options=3, model="n")], "line 2: n_options of the question"),
        ([line(order="backwards")], "line 1: The order is 'backwards'; give 'given', 'reversed'"),
        ([line(order="1-2-3")], "line 1: The order is '1-2-3'; give"),
        ([line(order="1-1")], "line 1: The order is '1-1'"),
        ([line(), line(order="given")], "line 2: 'm', 'default', 'tea', 'given' is there already"),
        ([line(), line(order="1-2")], "is there already, in line 1; keep one"),
        (['{"model": "m", "model": "n"}'], "line 1: There is 'model' twice"),
        ([""], "holds no answers"),
    ],
)
def test_lines_that_cannot_be_used_are_named(
    tmp_path: Path, lines: list[object], words: str
) -> None:
    with pytest.raises(DataFileError) as caught:
        read_responses(written(tmp_path, *lines))
    assert words in str(caught.value)
    assert "answers.jsonl" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_logarithms_above_zero_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, line(probs="absent", logprobs={"A": 0.6, "B": -1.0}))
    with pytest.raises(DataFileError, match=r"line 1: logprobs holds 0\.6; the logarithm of a"):
        read_responses(path)
    path = written(tmp_path, line(probs="absent", logprobs={"A": 0.0, "B": -math.inf}))
    assert read_responses(path).answer_prob.values.tolist() == [[[[1.0, 0.0]]]]
    path = written(tmp_path, line(probs="absent", logprobs={"A": 0, "B": -(10**400)}))
    assert read_responses(path).answer_prob.values.tolist() == [[[[1.0, 0.0]]]]
    path = written(tmp_path, line(probs="absent"))
    with pytest.raises(DataFileError, match="line 1: There are 0 of probs and logprobs"):
        read_responses(path)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"question": "teas"}, UnknownNameError, "(answers.jsonl, line 1) 'teas'; did you mean"),
        ({"prompting": "as JPM"}, UnknownNameError, "country (answers.jsonl, line 1) 'JPM'"),
        ({"n_options": 3}, DataFileError, "n_options is 3, but the question 'tea' of the bank has"),
    ],
)
def test_lines_of_another_bank_are_named(
    tmp_path: Path, change: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error) as caught:
        read_responses(written(tmp_path, line(**change)), bank=small_bank())
    assert words in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"none.jsonl cannot be read \(No such file"):
        read_responses(tmp_path / "none.jsonl")
    (tmp_path / "odd.jsonl").write_bytes(b'{"model": "\xff"}')
    with pytest.raises(DataFileError, match=r"odd.jsonl is not UTF-8 text"):
        read_responses(tmp_path / "odd.jsonl")
    with pytest.raises(InputError, match=r"ends in '.csv'; use .jsonl, .ndjson, .zarr, .nc"):
        read_responses(tmp_path / "answers.csv")
    with pytest.raises(StoreError, match="There is nothing at"):
        read_responses(tmp_path / "none.zarr")
    disca_nb.save_results(disca_nb.datasets.demo_panel(["JPN"]), tmp_path / "demo.nc")
    with pytest.raises(
        InputError, match=r"demo.nc holds no answers to a survey: The dataset lacks"
    ):
        read_responses(tmp_path / "demo.nc")
    with pytest.raises(InputError, match="The path is 3"):
        read_responses(3)  # type: ignore[arg-type]


def test_options_are_checked_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="'none'"):
        read_responses(tmp_path / "none.jsonl", missing="none")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="min_mass is -1"):
        read_responses(tmp_path / "none.jsonl", min_mass=-1)
    with pytest.raises(InputError, match=r"Expected an xarray.Dataset"):
        read_responses(tmp_path / "none.jsonl", bank=3)  # type: ignore[arg-type]
