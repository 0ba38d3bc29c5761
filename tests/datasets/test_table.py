"""CSV files are read exactly, and what is wrong with one is said in one sentence."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from disca_nb.datasets._table import (
    integer_column,
    number_column,
    read_table,
    require_columns,
    require_text,
    require_unique,
    select_countries,
)
from disca_nb.errors import InputError, UnknownNameError

Write = Callable[[str, str | bytes], Path]
Complaint = Callable[..., str]

TEXT = "name,x\nfirst,0.5\nsecond,-2\n"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TEXT, id="plain"),
        pytest.param(TEXT.replace("\n", "\r\n"), id="Windows line ends"),
        pytest.param("\ufeff" + TEXT, id="byte order mark"),
        pytest.param("\n" + TEXT + "\n\n", id="blank lines"),
        pytest.param(TEXT.rstrip(), id="no last line end"),
        pytest.param('"name","x"\n"first","0.5"\n"second","-2"\n', id="quoted"),
    ],
)
def test_every_cell_is_read_as_the_text_that_stands_there(write: Write, content: str) -> None:
    table = read_table(write("a.csv", content))
    assert table.to_dict("list") == {"name": ["first", "second"], "x": ["0.5", "-2"]}


def test_gzip_is_read_like_plain_text(write: Write) -> None:
    plain = read_table(write("a.csv", TEXT))
    pd.testing.assert_frame_equal(
        read_table(write("a.csv.gz", gzip.compress(TEXT.encode()))), plain
    )


@pytest.mark.parametrize(
    "label",
    ["NA", "None", "nan", "NULL", "<script>", "日本", "a,b", 'say "hi"', " x ", "two\nlines"],
)
def test_labels_that_look_like_something_else_stay_text(write: Write, label: str) -> None:
    quoted = label.replace('"', '""')
    assert read_table(write("a.csv", f'name,x\n"{quoted}",1\n'))["name"].tolist() == [label]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_the_float_that_its_text_spells(value: float) -> None:
    table = pd.DataFrame({"x": [repr(value), f"{value:.25e}"]})
    read = number_column(table, "x", "a.csv")
    assert read.tobytes() == np.array([value, value]).tobytes()


def test_a_sum_of_floats_keeps_its_last_digit(write: Write) -> None:
    table = read_table(write("a.csv", f"x\n{0.1 + 0.2!r}\n"))
    assert number_column(table, "x", "a.csv").item() == 0.1 + 0.2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param("", "not a CSV table", id="empty"),
        pytest.param("\n\n", "not a CSV table", id="blank"),
        pytest.param("a,b\n1,2\n3,4,5\n", "line 3, saw 3", id="a row too long"),
        pytest.param("a,b\n1,2,3\n3,4,5\n", "line 2, saw 3", id="all rows too long"),
        pytest.param('a,b\n"1,2\n', "EOF inside string", id="quote left open"),
        pytest.param("a,b\n1,é\n".encode("latin-1"), "not UTF-8", id="Latin-1"),
        pytest.param(gzip.compress(b"a,b\n1,2\n"), "not UTF-8", id="gzip without its ending"),
        pytest.param("a,b,a\n1,2,3\n", "the column 'a' twice", id="two columns of one name"),
        pytest.param(
            "a, country\n1,2\n", "the column ' country' with a blank; remove the blank", id="blank"
        ),
        pytest.param("a,b\t\n1,2\n", "the column 'b\\t' with a blank", id="tab"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    write: Write, complaint: Complaint, content: str | bytes, reason: str
) -> None:
    text = complaint(read_table, write("bad.csv", content))
    assert "bad.csv" in text
    assert reason in text


@pytest.mark.parametrize("kept", [1, 5, 10, 0.25, 0.5, 0.9, -9, -8, -4, -1])
def test_a_truncated_gzip_is_refused(write: Write, complaint: Complaint, kept: float) -> None:
    rows = "".join(f"{i},{i * 0.1!r}\n" for i in range(2000))
    packed = gzip.compress(f"i,x\n{rows}".encode())
    end = int(kept * len(packed)) if isinstance(kept, float) else kept
    text = complaint(read_table, write("cut.csv.gz", packed[:end]))
    assert "cut.csv.gz is a truncated or damaged gzip file" in text


@pytest.mark.parametrize("position", [20, 500, -6])
def test_a_gzip_with_a_flipped_byte_is_refused(
    write: Write, complaint: Complaint, position: int
) -> None:
    rows = "".join(f"{i},{i * 0.1!r}\n" for i in range(2000))
    packed = bytearray(gzip.compress(f"i,x\n{rows}".encode()))
    packed[position] ^= 0xFF
    assert "flipped.csv.gz is" in complaint(read_table, write("flipped.csv.gz", bytes(packed)))


def test_a_text_file_that_calls_itself_gzip_is_refused(write: Write, complaint: Complaint) -> None:
    assert "damaged gzip" in complaint(read_table, write("a.csv.gz", TEXT))


@pytest.mark.parametrize("name", ["none.csv", "none.csv.gz"])
def test_a_missing_file_is_named(tmp_path: Path, complaint: Complaint, name: str) -> None:
    assert f"There is no file {tmp_path / name}" in complaint(read_table, tmp_path / name)


def test_a_folder_is_no_file(tmp_path: Path, complaint: Complaint) -> None:
    assert f"{tmp_path} is a folder" in complaint(read_table, tmp_path)


def test_a_file_that_cannot_be_read_is_explained(write: Write, complaint: Complaint) -> None:
    path = write("a.csv", TEXT) / "b.csv"
    assert f"{path} cannot be read: Not a directory" in complaint(read_table, path)


def test_a_missing_column_is_named_with_those_that_are_there(complaint: Complaint) -> None:
    table = pd.DataFrame({"a": ["1"], "b": ["2"]})
    text = complaint(require_columns, table, ["a", "c"], "x.csv")
    assert text == "x.csv lacks the column c; it has a, b."


def test_a_header_without_rows_is_refused(write: Write, complaint: Complaint) -> None:
    table = read_table(write("a.csv", "name,x\n"))
    assert "a header but no rows" in complaint(require_columns, table, ["x"], "a.csv")


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("", "empty"),
        ("nan", "'nan'"),
        ("NaN", "'NaN'"),
        ("inf", "'inf'"),
        ("1e999", "'1e999'"),
        ("1,5", "'1,5'"),
        ("half", "'half'"),
    ],
)
def test_a_cell_that_is_no_finite_number_is_named(
    complaint: Complaint, cell: str, found: str
) -> None:
    table = pd.DataFrame({"x": ["1", "2", cell]})
    text = complaint(number_column, table, "x", "a.csv")
    assert text == f"a.csv, row 3: x is {found}; it must be a number."


@pytest.mark.parametrize("cell", ["", "nan", "NaN"])
def test_a_missing_number_is_nan_where_one_may_be_missing(cell: str) -> None:
    table = pd.DataFrame({"x": ["1", cell]})
    read = number_column(table, "x", "a.csv", allow_missing=True)
    np.testing.assert_array_equal(read, [1.0, np.nan])


@pytest.mark.parametrize("cell", ["inf", "much"])
def test_where_a_number_may_be_missing_nothing_else_passes(cell: str) -> None:
    table = pd.DataFrame({"x": [cell]})
    with pytest.raises(InputError, match=f"row 1: x is '{cell}'; it must be a number"):
        number_column(table, "x", "a.csv", allow_missing=True)


@pytest.mark.parametrize(
    ("cell", "allowed", "wanted"), [("2", (0, 1), "one of 0, 1"), ("1.5", (), "a whole number")]
)
def test_a_number_that_is_not_whole_or_not_allowed_is_named(
    cell: str, allowed: tuple[int, ...], wanted: str
) -> None:
    table = pd.DataFrame({"n": ["1", cell]})
    with pytest.raises(InputError, match=rf"^a\.csv, row 2: n is {cell}; it must be {wanted}\.$"):
        integer_column(table, "n", "a.csv", allowed=allowed)


@pytest.mark.parametrize(
    ("cell", "within", "wanted"),
    [
        ("1.50", (0.0, 1.0), "lie in 0 to 1"),
        ("-1e-9", (0.0, 1.0), "lie in 0 to 1"),
        ("-2", (0.0, np.inf), "be at least 0"),
    ],
)
def test_a_number_outside_its_range_is_named_as_it_is_written(
    complaint: Complaint, cell: str, within: tuple[float, float], wanted: str
) -> None:
    table = pd.DataFrame({"x": ["0", "1", cell]})
    text = complaint(lambda: number_column(table, "x", "a.csv", within=within))
    assert text == f"a.csv, row 3: x is {cell}; it must {wanted}."


def test_ends_of_a_range_and_missing_numbers_are_within_it() -> None:
    table = pd.DataFrame({"x": ["0", "", "1"]})
    read = number_column(table, "x", "a.csv", allow_missing=True, within=(0.0, 1.0))
    np.testing.assert_array_equal(read, [0.0, np.nan, 1.0])


def test_a_number_that_is_nearly_whole_is_shown_as_it_is_written(complaint: Complaint) -> None:
    table = pd.DataFrame({"n": ["1.00000001"]})
    assert "n is 1.00000001; it" in complaint(integer_column, table, "n", "a.csv")


@pytest.mark.parametrize("cell", ["", "  "])
def test_a_blank_label_is_named(complaint: Complaint, cell: str) -> None:
    table = pd.DataFrame({"id": ["a", cell]})
    text = complaint(require_text, table, ["id"], "a.csv")
    assert text == f"a.csv, row 2: id is {cell!r}; it must be a text."


def test_a_repeated_cell_is_named_where_it_comes_again(complaint: Complaint) -> None:
    table = pd.DataFrame({"c": ["JPN", "USA", "JPN"], "s": ["0", "0", "0"]})
    text = complaint(require_unique, table, ["c", "s"], "a.csv")
    assert text == "a.csv, row 3: c 'JPN', s '0' is there twice; keep one of the two."


def test_rows_are_numbered_as_in_the_file_after_some_were_left_out(complaint: Complaint) -> None:
    table = pd.DataFrame({"x": ["skip", "1", "bad"]}).iloc[1:]
    assert "row 3: x is 'bad'" in complaint(number_column, table, "x", "a.csv")


def test_countries_come_in_the_order_asked_for_and_once() -> None:
    assert select_countries(["USA", "JPN", "USA"], ["JPN", "KOR", "USA"]) == ["USA", "JPN"]


def test_a_text_is_one_country_not_its_letters() -> None:
    assert select_countries("USA", ["JPN", "USA"]) == ["USA"]
    with pytest.raises(UnknownNameError, match="Unknown country 'USB'"):
        select_countries("USB", ["JPN", "USA"])


def test_an_unknown_country_brings_a_suggestion() -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown country 'JPM'; did you mean 'JPN'\?"):
        select_countries(["JPM"], ["JPN", "USA"])


def test_no_country_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="No country was named; choose some of JPN, USA"):
        select_countries([], ["JPN", "USA"])
