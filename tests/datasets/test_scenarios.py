"""The user's own dilemmas: read as scenarios, or refused in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from disca_nb.datasets import scenarios
from disca_nb.errors import InputError

Write = Callable[[str, str | bytes], Path]
Complaint = Callable[..., str]

DILEMMAS = """\
id,option_a,option_b,attribute,preferred,n_left,n_right
well,ten goats,"a child, alone",Species,b,10,1
bridge,日本 <b>,"two ""dear"" heroes",Honour, A ,1,2
"""


def test_dilemmas_become_scenarios(write: Write) -> None:
    dilemmas = scenarios.from_csv(write("mine.csv", DILEMMAS))
    assert dilemmas.scenario.values.tolist() == ["well", "bridge"]
    assert dilemmas.option_a.values.tolist() == ["ten goats", "日本 <b>"]
    assert dilemmas.option_b.values.tolist() == ["a child, alone", 'two "dear" heroes']
    assert dilemmas.category.values.tolist() == ["Species", "Honour"]
    assert dilemmas.preferred_on_right.values.tolist() == [True, False]
    assert dilemmas.n_left.values.tolist() == [10, 1]
    assert dilemmas.n_right.values.tolist() == [1, 2]
    assert dilemmas.attrs["source"] == "mine.csv"


def test_the_numbers_of_characters_may_be_left_out(write: Write) -> None:
    text = "id,option_a,option_b,attribute,preferred\n1,x,y,Age,a\n"
    assert "n_left" not in scenarios.from_csv(write("mine.csv", text))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (",b,10", ",c,10", "row 1: preferred is 'c'; it must be a or b"),
        (",b,10", ",,10", "row 1: preferred is ''"),
        ("ten goats", "", "row 1: option_a is ''"),
        ('"two ""dear"" heroes"', " ", "row 2: option_b is ' '"),
        ("Honour", "", "row 2: attribute is ''"),
        ("bridge", "", "row 2: id is ''"),
        ("bridge", "well", "row 2: id 'well' is there twice"),
        (",1,2", ",1,two", "row 2: n_right is 'two'"),
        (",1,2", ",1,-2", "row 2: n_right is -2; it must be at least 0"),
        ("preferred", "side", "lacks the column preferred"),
        ("id,", "name,", "lacks the column id"),
    ],
)
def test_a_bad_file_is_refused(
    write: Write, complaint: Complaint, old: str, new: str, reason: str
) -> None:
    assert DILEMMAS.count(old) == 1
    text = complaint(scenarios.from_csv, write("mine.csv", DILEMMAS.replace(old, new)))
    assert text.startswith("mine.csv")
    assert reason in text


def test_what_is_no_path_is_refused() -> None:
    with pytest.raises(InputError, match="The path is None; name a file"):
        scenarios.from_csv(None)  # type: ignore[arg-type]
