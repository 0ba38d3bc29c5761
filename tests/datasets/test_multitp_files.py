"""MultiTP's own files: what is read, what is refused, and that nothing in them is ever run."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from disca_nb.datasets import _multitp, multitp
from disca_nb.results import open_results, save_results
from disca_nb.variables import ATTRIBUTES, DIMENSIONS, VARIABLES

Write = Callable[[str, str | bytes], Path]
Complaint = Callable[..., str]
Row = dict[str, str]

DOGS: Row = {
    "prompt_en": "Two may die,\n- two dogs\n- a person",
    "two_choices": "2 dogs; a person",
    "two_choices_unordered_set": "2 dogs; a person",
    "which_paraphrase": "0",
    "paraphrase_choice": "first Animals, then Humans",
    "phenomenon_category": "Species",
    "group1": "['Dog', 'Dog']",
    "group2": "['Person']",
    "sub1": "Animals",
    "sub2": "Humans",
}
SWAPPED: Row = DOGS | {
    "two_choices": "['a person', '2 dogs']",
    "two_choices_unordered_set": "{'a person', '2 dogs'}",
    "paraphrase_choice": "first Humans, then Animals",
    "group1": "('Person',)",
    "group2": "['Dog', 'Dog']",
    "sub1": "Humans",
    "sub2": "Animals",
}


def as_csv(rows: list[Row]) -> str:
    """Return rows as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def response(choices: str, groups: tuple[str, str], saved: tuple[str, str]) -> list[Row]:
    """Return the two rows of one response about Age."""
    shared = {"phenomenon_category": "Age", "two_choices": choices, "which_paraphrase": "2"}
    return [
        shared
        | {
            "this_row_is_about_left_or_right": str(side),
            "this_group_name": groups[side],
            "this_saving_prob": saved[side],
        }
        for side in (0, 1)
    ]


RESPONSES = [
    *response("a girl; a woman", ("Young", "Old"), ("1", "0")),
    *response("a woman; a girl", ("Old", "Young"), ("0", "1")),
    *response("2 girls; 2 women", ("Young", "Old"), ("0.5", "0.49")),
    *response("2 women; 2 girls", ("Old", "Young"), ("-1", "-1.01")),
    *response("3 girls; 3 women", ("Young", "Old"), ("-10", "-10.01")),
    *response("3 women; 3 girls", ("Old", "Young"), ("-100.0", "-100.01")),
]


def test_literals_and_semicolons_say_the_same(write: Write) -> None:
    both = multitp.load_scenarios(write("both.csv", as_csv([DOGS, SWAPPED])))
    assert both.scenario.values.tolist() == [
        "Species 0: 2 dogs; a person",
        "Species 0: a person; 2 dogs",
    ]
    assert both.option_a.values.tolist() == ["2 dogs", "a person"]
    assert both.option_b.values.tolist() == ["a person", "2 dogs"]
    assert both.preferred_on_right.values.tolist() == [True, False]
    assert both.n_left.values.tolist() == [2, 1]
    assert both.n_right.values.tolist() == [1, 2]
    assert both.prompt.values[0] == DOGS["prompt_en"]
    assert both.attrs["source"] == "both.csv"


def test_the_question_as_asked_comes_before_its_english_original(write: Write) -> None:
    german = DOGS | {"Prompt": "Zwei Hunde oder ein Mensch?"}
    read = multitp.load_scenarios(write("dataset_de.csv", as_csv([german])))
    assert read.prompt.item() == "Zwei Hunde oder ein Mensch?"


def test_what_is_optional_may_be_left_out(write: Write) -> None:
    needed = ["two_choices", "which_paraphrase", "phenomenon_category", "sub1", "sub2"]
    few = multitp.load_scenarios(write("few.csv", as_csv([{name: DOGS[name] for name in needed}])))
    assert not {"prompt", "n_left", "n_right"} & set(few.coords)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"phenomenon_category": "Speices"}, "phenomenon_category is 'Speices'; it must be one of"),
        ({"phenomenon_category": "Age"}, "sub1 is 'Animals'; it must be Young or Old"),
        ({"sub2": "Animals"}, "sub2 is 'Animals'; it must be another group than sub1"),
        ({"paraphrase_choice": "first Humans, then Animals"}, "be the order of sub1 and sub2"),
        ({"which_paraphrase": "-1"}, "which_paraphrase is -1; it must be at least 0"),
        ({"two_choices": "2 dogs"}, "two_choices is '2 dogs'; it must be two texts"),
        ({"two_choices": "; a person"}, "two_choices is '; a person'; it must be two texts"),
        ({"two_choices": "a; b; c"}, "two_choices is 'a; b; c'; it must be two texts"),
        ({"two_choices": "['2 dogs', 'a person'"}, "two_choices is \"['2 dogs', 'a person'\""),
        ({"two_choices": "{'2 dogs', 'a person'}"}, "it must be two texts"),
        ({"two_choices": "['2 dogs', 3]"}, "it must be two texts"),
        ({"two_choices_unordered_set": "a cat; a person"}, "be the two texts of two_choices"),
        ({"group1": "Dog"}, "group1 is 'Dog'; it must be a Python list of roles"),
        ({"group1": "[]"}, "group1 is '[]'; it must be a Python list of roles"),
        ({"group2": "{'Person': 1}"}, "it must be a Python list of roles"),
        (
            {"group2": "__import__('os')"},
            "group2 is \"__import__('os')\"; it must be a Python list",
        ),
        ({"group2": "[__import__('os')]"}, "it must be a Python list of roles"),
        ({"group2": "[" * 9_999}, "it must be a Python list of roles"),
        ({"group2": f"['{'x' * 99}'"}, f'group2 is "[\'{"x" * 58}…"; it must be'),
    ],
)
def test_a_bad_scenario_is_refused(
    write: Write, complaint: Complaint, change: Row, reason: str
) -> None:
    text = complaint(multitp.load_scenarios, write("mine.csv", as_csv([SWAPPED, DOGS | change])))
    assert text.startswith("mine.csv, row 2: ")
    assert reason in text


def test_the_same_scenario_twice_is_refused(write: Write, complaint: Complaint) -> None:
    text = complaint(multitp.load_scenarios, write("mine.csv", as_csv([DOGS, DOGS])))
    assert "row 2: scenario 'Species 0: 2 dogs; a person' is there twice" in text


@pytest.mark.parametrize(
    ("loader", "rows"),
    [(multitp.load_scenarios, [DOGS]), (multitp.load_choices, RESPONSES)],
)
def test_files_without_rows_or_columns_are_refused(
    write: Write, complaint: Complaint, loader: Callable[..., object], rows: list[Row]
) -> None:
    assert "is not a CSV table" in complaint(loader, write("mine.csv", ""))
    header = ",".join(rows[0]) + "\n"
    assert complaint(loader, write("mine.csv", header)).startswith("mine.csv has a header but no")
    lacking = [{k: v for k, v in row.items() if k != "two_choices"} for row in rows]
    text = complaint(loader, write("mine.csv", as_csv(lacking)))
    assert text.startswith("mine.csv lacks the column two_choices; it has")


def test_every_answer_is_counted_apart(write: Write) -> None:
    choices = multitp.load_choices(write("vignette.csv", as_csv(RESPONSES)))
    kinds = ["left", "right", "either", "neither", "confused", "unread"]
    assert choices.answer.values.tolist() == kinds
    np.testing.assert_array_equal(choices.chosen, [0.0, 1.0, *[np.nan] * 4])
    assert choices.preferred_on_right.values.tolist() == [False, True] * 3
    assert choices.paraphrase.values.tolist() == [2] * 6
    assert choices.attrs == {
        "source": "vignette.csv",
        "responses": 6,
        **{f"responses_{kind}": 1 for kind in kinds},
    }


def test_the_rows_may_stand_in_any_order(write: Write) -> None:
    choices = multitp.load_choices(write("vignette.csv", as_csv(RESPONSES)))
    # All right options first, so that partners stand far apart.
    apart = RESPONSES[::-2] + RESPONSES[::2]
    again = multitp.load_choices(write("vignette.csv", as_csv(apart)))
    assert again.sel(scenario=choices.scenario).identical(choices)


def changed(position: int, **change: str) -> list[Row]:
    """Return the responses with one row changed."""
    return [row | change if i == position else row for i, row in enumerate(RESPONSES)]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (changed(2, this_saving_prob="0.7"), "row 3: this_saving_prob is 0.7 and 1 for left and"),
        (changed(3, this_saving_prob="0"), "row 3: this_saving_prob is 0 and 0 for left and right"),
        (changed(3, this_saving_prob=""), "row 4: this_saving_prob is empty; it must be a number"),
        (changed(3, this_saving_prob="yes"), "row 4: this_saving_prob is 'yes'"),
        (changed(3, this_group_name="Fit"), "row 4: this_group_name is 'Fit'; it must be Young or"),
        (changed(3, this_group_name="Old"), "row 3: this_group_name is 'Old'; it must be another"),
        (changed(3, this_row_is_about_left_or_right="2"), "row 4: this_row_is_about_left_or_right"),
        (changed(3, phenomenon_category="Rand"), "row 4: phenomenon_category is 'Rand'; it must"),
        (changed(3, two_choices="__import__('os')"), "row 4: two_choices is \"__import__('os')\""),
        (changed(3, two_choices="9 women; 9 girls"), "row 3: 'Age 2: a woman; a girl' has no row"),
        (RESPONSES[1:], "row 1: 'Age 2: a girl; a woman' has no row for its left option; add it"),
        ([*RESPONSES, RESPONSES[0]], "row 13: scenario 'Age 2: a girl; a woman', this_row_is"),
    ],
)
def test_a_bad_response_is_refused(
    write: Write, complaint: Complaint, rows: list[Row], reason: str
) -> None:
    text = complaint(multitp.load_choices, write("mine.csv", as_csv(rows)))
    assert text.startswith("mine.csv, ")
    assert reason in text


def test_what_was_read_is_registered_and_comes_back_from_disk(write: Write, tmp_path: Path) -> None:
    for read in (
        multitp.load_scenarios(write("grid.csv", as_csv([DOGS, SWAPPED]))),
        multitp.load_choices(write("vignette.csv", as_csv(RESPONSES))),
    ):
        for key, array in read.variables.items():
            known = VARIABLES[str(key)].text if key in VARIABLES else DIMENSIONS[str(key)]
            assert array.attrs["description"] == known
        path = save_results(read, tmp_path / f"{read.attrs['source']}.zarr")
        assert open_results(path).identical(read)


@given(st.text() | st.builds(repr, st.lists(st.text()) | st.tuples(st.text(), st.text())))
def test_any_cell_is_texts_or_nothing(cell: str) -> None:
    for parse in (_multitp._options, _multitp._literal):
        found = parse(cell)
        assert isinstance(found, tuple)
        assert all(isinstance(text, str) and text.strip() for text in found)


CODE: Mapping[str, str] = {
    "bare": "__import__('pathlib').Path({path!r}).touch()",
    "in a list": "[__import__('pathlib').Path({path!r}).touch()]",
    "in a set": "{{open({path!r}, 'w')}}",
    "as a default": "(lambda x=open({path!r}, 'w'): x)",
    "formatted": "[f'{{open({path!r}, chr(119))}}']",
}


@pytest.mark.parametrize("column", ["two_choices", "two_choices_unordered_set", "group1", "group2"])
@pytest.mark.parametrize("code", CODE)
def test_code_in_a_cell_is_refused_and_does_not_run(
    write: Write, complaint: Complaint, tmp_path: Path, code: str, column: str
) -> None:
    trace = tmp_path / "trace"
    row = DOGS | {column: CODE[code].format(path=str(trace))}
    assert f"row 1: {column} is" in complaint(
        multitp.load_scenarios, write("mine.csv", as_csv([row]))
    )
    assert not trace.exists()


def test_no_reader_calls_eval() -> None:
    for path in Path(multitp.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Name) and node.id in {"eval", "exec", "compile"})


def test_the_regenerated_grid_is_multitps(reference_data: Path) -> None:
    grid = multitp.load_scenarios(reference_data / "multitp" / "multitp_en_460_regenerated.csv")
    sizes = {"Species": 20, "Gender": 70, "Age": 60, "Fitness": 60, "SocialValue": 210}
    for attribute in ATTRIBUTES:
        here = grid.category == attribute
        assert here.sum() == sizes.get(attribute, 40)
        # Every pair stands in both orders.
        assert grid.preferred_on_right[here].mean() == 0.5
    unequal = grid.n_left != grid.n_right
    assert set(grid.category.values[unequal]) == {"Utilitarianism"}
    more = np.where(grid.preferred_on_right, grid.n_right - grid.n_left, grid.n_left - grid.n_right)
    assert (more[unequal] > 0).all()
    assert unequal.sum() == 20


def test_published_responses_are_read(reference_data: Path) -> None:
    folder = reference_data / "multitp"
    choices = multitp.load_choices(folder / "vignette_gpt3.01_default_en.csv")
    counts = {"": 102, "_left": 7, "_right": 6, "_either": 0, "_neither": 89}
    assert {f"responses{kind}": n for kind, n in counts.items()}.items() <= choices.attrs.items()
    grid = multitp.load_scenarios(folder / "multitp_en_460_regenerated.csv")
    same = grid.sel(scenario=choices.scenario)
    for name in ("category", "preferred_on_right", "option_a", "option_b", "paraphrase"):
        assert (same[name] == choices[name]).all(), name
