"""Answers to value questions that were saved, or that come from elsewhere."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from small_values import WORDINGS, Believer, small_questions

import disca_nb
from disca_nb._values import ask_values, read_value_responses
from disca_nb.errors import DataFileError, InputError, ParameterError, StoreError, UnknownNameError

LETTERS = "ABC"


def line(**changes: object) -> dict[str, Any]:
    """Return an answer to a question on tea."""
    every = {"model": "m", "wording": "en:0002", "probs": {"A": 0.6, "B": 0.2}, **changes}
    return {name: value for name, value in every.items() if value != "absent"}


def written(folder: Path, *lines: object, name: str = "answers.jsonl") -> Path:
    """Return a file of lines, texts as they are and objects as JSON."""
    path = folder / name
    texts = [each if isinstance(each, str) else json.dumps(each) for each in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


@pytest.mark.filterwarnings("ignore:Not all 4 answers of a model", "ignore:answers.jsonl has no")
def test_lines_become_stances_by_what_options_say(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        line(),
        line(order="reversed", probs={"A": 0.3, "B": 0.5}),
        "",
        line(wording="de:0001", probs="absent", logprobs={"A": math.log(0.2), " B": math.log(0.2)}),
        line(wording="de:0001", order="2-1", probs={"A": 0.3, "B": 0.1}),
        line(wording="en:0003", model="n", probs={"A": 0.4, "B": 0.1, "C": 0.3}, n_options=3),
        line(wording="en:0003", model="n", order="reversed", probs={"A": 0.4, "B": 0.2, "C": 0.2}),
    )
    found = read_value_responses(path, small_questions())
    assert found.stance_prob.dims == ("model", "form", "wording", "stance")
    assert found.model.values.tolist() == ["m", "n"]
    assert found.wording.values.tolist() == list(WORDINGS)
    # Yes .6 of .8, then .5 of .8, and yes opposes.
    bad = found.sel(model="m", form="choice", wording="en:0002")
    assert bad.stance_prob.values[:2] == pytest.approx([0.3125, 0.6875])
    assert bad.order_stance_prob.sel(order="given").values[:2] == pytest.approx([0.25, 0.75])
    assert bad.stance_mass.item() == pytest.approx(0.8)
    # Ja .5; then Nein .75.
    german = found.sel(model="m", form="choice", wording="de:0001")
    assert german.stance_prob.values[:2] == pytest.approx([0.375, 0.625])
    assert german.status.item() == 3
    # Too dear .5, .125, cheap .375; then .25, .25, .5.
    trains = found.sel(model="n", form="choice", wording="en:0003")
    assert trains.stance_prob.values == pytest.approx([0.4375, 0.375, 0.1875])
    assert found.status.sel(form="choice").values.tolist() == [[0, 1, 3, 0], [0, 0, 0, 1]]
    assert np.isnan(found.stance_prob.sel(model="n", wording="en:0001")).all()
    assert found.attrs["source"] == "read from answers.jsonl"
    assert found.attrs["questions"] == "small"
    assert json.loads(found.attrs["manifest"])["choice"]["lines"] == 6
    saved = disca_nb.save_results(found, tmp_path / "some.nc")
    assert read_value_responses(saved, small_questions()).identical(found)


def test_answers_given_as_lines_are_those_of_a_model_asked_here(tmp_path: Path) -> None:
    questions = small_questions()
    expected = ask_values(Believer(), questions, progress=False)
    lines = []
    for label, (*_, stances) in WORDINGS.items():
        for order in ("given", "reversed"):
            cell = expected.order_stance_prob.sel(model="believer", wording=label, order=order)
            shares = [cell.sel(stance=stance).item() for stance in stances.values()]
            shown = shares if order == "given" else shares[::-1]
            probs = {LETTERS[i]: 0.8 * share for i, share in enumerate(shown)}
            about = {"model": "believer", "wording": label, "order": order}
            lines.append({**about, "probs": probs})
    found = read_value_responses(written(tmp_path, *lines[::-1]), questions)
    for name in ("stance_prob", "stance_mass", "order_stance_prob"):
        xr.testing.assert_allclose(found[name], expected[name], rtol=0, atol=1e-12)
    assert found.status.equals(expected.status)
    assert found.attrs["questions_sha256"] == expected.attrs["questions_sha256"]
    assert found.option_stance.equals(expected.option_stance)


def test_saved_answers_come_back(tmp_path: Path) -> None:
    questions = small_questions()
    expected = ask_values(Believer(), questions, progress=False)
    for form in ("zarr", "nc"):
        path = disca_nb.save_results(expected, tmp_path / f"run.{form}")
        assert read_value_responses(path).identical(expected)
        assert read_value_responses(path, questions).identical(expected)
    part = expected.isel(wording=[1, 0])
    assert read_value_responses(part, questions).identical(part)
    with pytest.raises(UnknownNameError, match=r"wording in run.nc 'de:0001'"):
        read_value_responses(tmp_path / "run.nc", questions.isel(wording=[0, 1, 3]))
    other = questions.assign_coords(wording_text=questions.wording_text.str.replace("bad", "evil"))
    with pytest.raises(InputError, match=r"wording_text of the wording 'en:0002' is Is tea bad\?"):
        read_value_responses(tmp_path / "run.nc", other)
    exchanged = dict(WORDINGS)
    exchanged["en:0001"] = (*WORDINGS["en:0001"][:5], {"yes": "opposes", "no": "supports"})
    with pytest.raises(InputError, match=r"The dataset holds answers to other questions: option_s"):
        read_value_responses(expected, small_questions(exchanged))
    with pytest.raises(InputError, match="holds no answers to value questions: The dataset lacks"):
        read_value_responses(questions)


def test_saved_answers_are_checked_against_questions_with_room_for_more_options() -> None:
    questions = small_questions()
    expected = ask_values(Believer(), questions, progress=False)
    wider = questions.reindex(option=[*questions.option.values, "9"], fill_value="")
    assert read_value_responses(expected, wider).identical(expected)
    texts = questions.option_text.copy(deep=True)
    texts.loc["en:0001", "1"] = "surely"
    with pytest.raises(InputError, match="option_text of the wording 'en:0001' is"):
        read_value_responses(expected, questions.assign_coords(option_text=texts))


@pytest.mark.filterwarnings("ignore:answers.jsonl has no")
def test_letters_that_a_line_lacks(tmp_path: Path) -> None:
    path = written(tmp_path, line(probs={"A": 0.5, "The": 0.25}))
    with pytest.raises(DataFileError, match=r"line 1: Among the 2 returned tokens is none for 'B'"):
        read_value_responses(path, small_questions())
    # Of a token that was not returned at most .25 can be left.
    for absent, shares in {"zero": [0.0, 1.0], "bound": [1 / 3, 2 / 3]}.items():
        found = read_value_responses(path, small_questions(), absent=absent)  # type: ignore[arg-type]
        cell = found.stance_prob.sel(model="m", form="choice", wording="en:0002")
        assert cell.values[:2] == pytest.approx(shares)
        assert found.attrs["absent"] == absent


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["{"], "answers.jsonl, line 1 is not JSON"),
        (["[" * 100_000], "line 1 is not JSON"),
        ([line(), "[1]"], "line 2: There is [1]; write a JSON object"),
        ([line(question="q")], "line 1: The field 'question' is not known; known: model, wording"),
        ([line(wording="absent")], "line 1: wording is None; write the label of a wording"),
        ([line(wording=3)], "line 1: wording is 3"),
        ([line(model="")], "line 1: model is ''; write a text"),
        (['{"model": "m", "model": "n"}'], "line 1: There is 'model' twice"),
        (['{"probs": {"A": 1, "A": 0}}'], "line 1: There is 'A' twice"),
        ([line(probs={"A": 0.5, "B": "x"})], "line 1: probs of 'B' is 'x'; it must be a number"),
        ([line(probs={"A": 0.7, "B": 0.6})], "line 1: The returned probabilities sum to 1.3"),
        ([line(n_options=3)], "line 1: n_options is 3"),
        ([line(order="1-2-3")], "line 1: The order is '1-2-3'; give"),
        ([line(), line(order="1-2")], "is there already, in line 1; keep one"),
        ([""], "answers.jsonl holds no answers"),
    ],
)
def test_lines_that_cannot_be_used_are_named(
    tmp_path: Path, lines: list[object], words: str
) -> None:
    with pytest.raises(DataFileError) as caught:
        read_value_responses(written(tmp_path, *lines), small_questions())
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_cannot_be_read(tmp_path: Path) -> None:
    questions = small_questions()
    path = written(tmp_path, line(wording="en:002"))
    with pytest.raises(UnknownNameError, match=r"wording \(answers.jsonl, line 1\) 'en:002'; did"):
        read_value_responses(path, questions)
    with pytest.raises(InputError, match=r"answers.jsonl holds lines of letters; pass the questio"):
        read_value_responses(path)
    with pytest.raises(DataFileError, match=r"none.jsonl cannot be read \(No such file"):
        read_value_responses(tmp_path / "none.jsonl", questions)
    (tmp_path / "odd.jsonl").write_bytes(b'{"model": "\xff"}')
    with pytest.raises(DataFileError, match=r"odd.jsonl is not UTF-8 text"):
        read_value_responses(tmp_path / "odd.jsonl", questions)
    with pytest.raises(InputError, match=r"ends in '.csv'; use .jsonl, .ndjson, .zarr, .nc"):
        read_value_responses(tmp_path / "answers.csv", questions)
    with pytest.raises(StoreError, match="There is nothing at"):
        read_value_responses(tmp_path / "none.zarr", questions)
    with pytest.raises(InputError, match="The path is 3"):
        read_value_responses(3, questions)  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="'none'"):
        read_value_responses(path, questions, absent="none")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="min_mass is -1"):
        read_value_responses(path, questions, min_mass=-1)


def test_texts_of_lines_are_those_of_the_wordings(tmp_path: Path) -> None:
    questions = small_questions()
    text = questions.wording_text.sel(wording="en:0002").item()
    with pytest.warns(UserWarning, match=r"^answers.jsonl has no answer to some of the \d+ word"):
        found = read_value_responses(written(tmp_path, line(text=text)), questions)
    assert int((found.status == 0).sum()) == questions.sizes["wording"] - 1
    with pytest.raises(DataFileError, match="line 1: text is 'Other' and the wording 'en:0002' is"):
        read_value_responses(written(tmp_path, line(text="Other")), questions)
