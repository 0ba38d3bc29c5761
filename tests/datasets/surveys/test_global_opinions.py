"""GlobalOpinionQA: the real file's counts and scores, each format, and what is wrong with files."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from disca_nb.datasets.surveys import _records, drop_options, read_global_opinions, report
from disca_nb.errors import DataFileError, InputError, MissingPackageError, UnknownNameError
from disca_nb.kernels.divergence import jensen_shannon_distance

Write = Callable[[str, str | bytes], Path]
ROWS: list[dict[str, object]] = [
    {
        "question": "Is it going well?",
        "selections": {"Japan": [0.4, 0.6], "India (Old national sample)": [0.5, 0.5]},
        "options": ["Yes", "No"],
        "source": "GAS",
    },
    {
        "question": "How well, “all in all”?",
        "selections": {"Japan": [0.1, 0.2, 0.7]},
        "options": ["Badly", 5.0, "Don't know"],
        "source": "WVS",
    },
]


def csv_of(rows: list[dict[str, object]]) -> str:
    """Return rows as the published file has them: selections as a defaultdict's text."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, ["question", "selections", "options", "source"])
    writer.writeheader()
    for row in rows:
        selections = row["selections"]
        if isinstance(selections, dict):
            selections = repr(defaultdict(list, selections))
        writer.writerow(row | {"selections": selections})
    return buffer.getvalue()


def changed(**fields: object) -> list[dict[str, object]]:
    """Return the rows with some fields of the first changed."""
    return [ROWS[0] | fields, ROWS[1]]


# The real file


def test_the_real_file_is_called_what_it_is(goqa: xr.Dataset) -> None:
    assert goqa.attrs["name"] == "GlobalOpinionQA"
    assert "CC BY-NC-SA 4.0" in goqa.attrs["source"]


def test_the_real_file_has_the_counts_that_are_known(goqa: xr.Dataset) -> None:
    found = report(goqa)
    assert (found.rows, found.questions, found.countries, found.cells) == (2556, 2556, 138, 46329)
    assert found.surveys == {"GAS": 2203, "WVS": 353}
    assert found.mismatches == 0
    assert found.dropped == {"cell with all shares zero": 85, "question without a text": 1}
    assert found.suspicious["question with options that are numbers"].count == 24
    assert found.renormalised == 3730
    assert (found.kept_questions, found.kept_cells) == (2555, 46329 - 85 - 1)
    assert goqa.sizes == {"country": 138, "question": 2555, "option": 18}
    assert "WVS:2538" not in goqa.question
    asked = goqa.survey_share.notnull().any("option")
    assert asked.sel(question="WVS:2446").sum() == 5
    text = str(found)
    for part in ("46,329 cells", "138 countries", "GAS 2,203, WVS 353", "shares zero 85"):
        assert part in text


def test_only_shares_of_the_world_values_survey_were_off_one(
    goqa_file: Path, goqa: xr.Dataset
) -> None:
    for row in csv.DictReader(goqa_file.read_text(encoding="utf-8").splitlines(keepends=True)):
        if row["source"] == "GAS" and "'Japan': [" in row["selections"]:
            cell = row["selections"].split("'Japan': [")[1].split("]")[0]
            assert sum(map(float, cell.split(","))) == pytest.approx(1.0, abs=1e-6)
    np.testing.assert_allclose(
        goqa.survey_share.sum("option", min_count=1).to_series().dropna(), 1.0, rtol=0, atol=1e-12
    )


def similarity(bank: xr.Dataset, other: np.ndarray) -> np.ndarray:
    """Return similarity by country and question; NaN where a row is not asked."""
    shares = np.nan_to_num(bank.survey_share.to_numpy())
    return 1.0 - jensen_shannon_distance(shares, np.broadcast_to(other, shares.shape))


@pytest.mark.parametrize(
    ("country", "score"),
    [
        ("Nigeria (Non-national sample)", 0.731),
        ("United States", 0.630),
        ("Vietnam", 0.502),
        ("Ethiopia", 0.484),
    ],
)
def test_a_uniform_responder_scores_what_is_known(
    goqa: xr.Dataset, country: str, score: float
) -> None:
    bank = goqa.sel(country=[country])
    counts = bank.n_options.to_numpy()[:, None]
    uniform = np.where(np.arange(bank.sizes["option"]) < counts, 1.0 / counts, 0.0)
    assert np.nanmean(similarity(bank, uniform)) == pytest.approx(score, abs=1e-3)


def test_the_neighbours_of_the_united_states_are_those_that_are_known(goqa: xr.Dataset) -> None:
    usa = np.nan_to_num(goqa.survey_share.sel(country="United States").to_numpy())
    table = similarity(goqa, usa)
    shared = np.isfinite(table).sum(axis=1)
    scores = {
        str(label): float(np.nanmean(row))
        for label, row, n in zip(goqa.country.values, table, shared, strict=True)
        if n >= 200 and label != "United States"
    }
    ranked = sorted(scores, key=lambda label: -scores[label])
    assert ranked[:3] == ["Britain", "Canada", "Czech Rep."]
    assert ranked[-1] == "Pakistan"
    known = {"Britain": 0.833, "Canada": 0.830, "Czech Rep.": 0.802, "Pakistan": 0.646}
    assert {label: scores[label] for label in known} == pytest.approx(known, abs=1e-3)


def test_without_its_missing_answers_the_real_file_loses_no_question(goqa: xr.Dataset) -> None:
    kept = drop_options(goqa, "missing")
    found = report(kept)
    assert kept.sizes["question"] == 2555
    assert found.dropped["option that stands for no answer"] == 1750
    assert found.dropped["cell with nothing left after removal"] == 2
    texts = set(kept.option_text.to_numpy().ravel().tolist())
    assert not {"DK/Refused", "Don't know", "No answer", "Missing; Unknown"} & texts
    assert {"Neither (VOL)", "None at all", "Hard to say", "Have not heard"} <= texts
    row = goqa.survey_share.sel(country="Belgium", question="GAS:0000").values[:4]
    expected = row[:3] / row[:3].sum()
    shares = kept.survey_share.sel(country="Belgium", question="GAS:0000")
    np.testing.assert_allclose(shares[:3], expected, rtol=1e-12)
    assert kept.removed_share.sel(country="Belgium", question="GAS:0000") == pytest.approx(row[3])


# Formats


def test_every_format_gives_the_same_bank(write: Write) -> None:
    text = csv_of(ROWS)
    lines = "\n".join(json.dumps(row) for row in ROWS) + "\n\n"
    as_text = [
        row | {"selections": repr(row["selections"]), "options": repr(row["options"])}
        for row in ROWS
    ]
    files = [
        write("a.csv", text),
        write("a.csv.gz", gzip.compress(text.encode())),
        write("bom.csv", b"\xef\xbb\xbf" + text.encode()),
        write("a.jsonl", lines),
        write("a.jsonl.gz", gzip.compress(lines.encode())),
        write("a.ndjson", "\n".join(json.dumps(row) for row in as_text)),
    ]
    banks = [read_global_opinions(file) for file in files]
    for bank in banks:
        xr.testing.assert_identical(bank.drop_attrs(), banks[0].drop_attrs())
    assert banks[0].question.values.tolist() == ["GAS:0000", "WVS:0001"]
    assert banks[0].option_text.values.tolist() == [["Yes", "No", ""], ["Badly", "5", "Don't know"]]
    assert banks[0].country.values.tolist() == ["Japan", "India (Old national sample)"]
    assert banks[0].language.item() == "en"
    # The columns alone make nothing the published data.
    assert banks[3].attrs["source"] == "a.jsonl, in GlobalOpinionQA's columns"
    assert banks[3].attrs["name"] == "a.jsonl"


@pytest.mark.parametrize("form", ["text", "struct", "map"])
def test_parquet_files_are_read(tmp_path: Path, write: Write, form: str) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    options = [[str(each) for each in row["options"]] for row in ROWS]  # type: ignore[attr-defined]
    selections: object = [row["selections"] for row in ROWS]
    if form == "text":
        selections = [repr(defaultdict(list, row["selections"])) for row in ROWS]  # type: ignore[call-overload]
    if form == "map":
        kind = pa.map_(pa.string(), pa.list_(pa.float64()))
        selections = pa.array([list(each.items()) for each in selections], kind)  # type: ignore[attr-defined]
    columns = {
        "question": [row["question"] for row in ROWS],
        "selections": selections,
        "options": options,
        "source": ["GAS", "WVS"],
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    bank = read_global_opinions(tmp_path / "a.parquet")
    plain = read_global_opinions(write("a.csv", csv_of(ROWS)))
    shares = plain.survey_share.sel(country=bank.country)
    np.testing.assert_array_equal(bank.survey_share, shares)
    assert bank.option_text.values.tolist()[1] == ["Badly", "5.0", "Don't know"]


def test_parquet_without_its_library_names_the_extra(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_records, "find_spec", lambda _: None)
    with pytest.raises(MissingPackageError, match=r"pip install 'disca-nb\[surveys\]'"):
        read_global_opinions(write("a.parquet", b"PAR1"))


# Choices


def test_labels_are_chosen_and_unknown_ones_bring_a_suggestion(write: Write) -> None:
    file = write("a.csv", csv_of(ROWS))
    bank = read_global_opinions(file, countries="India (Old national sample)")
    assert bank.question.values.tolist() == ["GAS:0000"]
    assert report(bank).dropped == {"question without a country that answered": 1}
    with pytest.raises(UnknownNameError, match=r"'India'; did you mean 'India \(Old national"):
        read_global_opinions(file, countries=["Japan", "India"])


def test_options_are_left_out_on_request(write: Write) -> None:
    bank = read_global_opinions(write("a.csv", csv_of(ROWS)), drop="missing")
    assert bank.option_text.values.tolist() == [["Yes", "No"], ["Badly", "5"]]
    np.testing.assert_allclose(bank.survey_share[0, 1], [1 / 3, 2 / 3], rtol=1e-12)
    assert bank.removed_share.values[0].tolist() == pytest.approx([0.0, 0.7])


def test_a_question_that_nobody_was_asked_is_counted(write: Write) -> None:
    bank = read_global_opinions(write("a.csv", csv_of(changed(selections={}))))
    assert bank.question.values.tolist() == ["WVS:0001"]
    assert report(bank).dropped == {"question without a country that answered": 1}


# Bad input


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"selections": "[0.4, 0.6]"},
            "row 0 .*selections is '.0.4, 0.6.', which is no dictionary",
        ),
        ({"selections": ""}, "selections is '', which is no dictionary"),
        ({"selections": "{"}, "which is no dictionary"),
        ({"selections": "}{"}, "which is no dictionary"),
        ({"selections": "{" * 400 + "}" * 400}, "which is no dictionary"),
        ({"selections": "{'Japan', 'Chile'}"}, "which is no dictionary"),
        ({"selections": "{'Japan': __import__('os').getcwd()}"}, "which is no dictionary"),
        ({"selections": "{'Japan': [1.0, 0.0], 'Japan': [0.0, 1.0]}"}, "'Japan' is there twice"),
        (
            {"selections": {"Japan": [1.0, 0.0], "Japan ": [0.0, 1.0]}},
            "label 'Japan' is there twice",
        ),
        ({"selections": "{-1: [1.0, 0.0], -1: [0.0, 1.0]}"}, "-1 is there twice; keep one"),
        ({"selections": {"Japan": 0.4}}, "shares of 'Japan' are 0.4; give a list of numbers"),
        ({"selections": {"Japan": "ab"}}, "shares of 'Japan' are 'ab'; give a list of numbers"),
        ({"selections": {"Japan": [0.4]}}, "'Japan' has 1 shares for 2 options; give one for each"),
        ({"selections": {"Japan": [-0.1, 1.1]}}, "'GAS:0000', country 'Japan': share is '-0.1'"),
        ({"selections": {"Japan": [40, 60]}}, "share is '40'; .* divide percentages by 100"),
        ({"selections": {"Japan": ["x", 0.5]}}, "share is 'x'"),
        ({"options": "Yes or no"}, "options is 'Yes or no', which is no list"),
        ({"options": "{'Yes': 1}"}, "which is no list"),
        ({"options": []}, "options is .*; give each option a text"),
        ({"options": ["Yes", " "]}, "options is .*; give each option a text"),
        ({"options": ["Yes", "YES "]}, "'GAS:0000' repeats the option 'Yes' and 'YES'"),
        ({"source": " "}, "row 0 .*source is blank"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(
    write: Write, complaint: Callable[..., str], fields: dict[str, object], said: str
) -> None:
    file = write("a.csv", csv_of(changed(**fields)))
    text = complaint(read_global_opinions, file)
    with pytest.raises(DataFileError, match=said):
        raise DataFileError(text)


def test_a_question_that_is_there_twice_is_refused(write: Write) -> None:
    file = write("a.csv", csv_of([ROWS[0], ROWS[0]]))
    with pytest.raises(DataFileError, match="same options as 'GAS:0000' and as 'GAS:0001'; keep"):
        read_global_opinions(file)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", csv_of(ROWS).encode("cp1252"), "is not UTF-8 text; convert it first"),
        ("a.csv", csv_of(ROWS).encode("utf-16"), "is not UTF-8 text; convert it first"),
        (
            "a.csv",
            "question,options,source\nq,o,s\n",
            "lacks the column selections; it has question",
        ),
        ("a.csv", "question,selections,options,source\n", "a.csv has no rows; check the file"),
        ("a.csv.gz", b"no gzip", "truncated or damaged gzip file"),
        ("a.jsonl", json.dumps(ROWS[0]).encode("utf-16"), "is not UTF-8 text"),
        ("a.jsonl", "{}", "lacks the column question, selections, options, source; it has none"),
        ("a.jsonl", "\n{'question': 1}", "line 2 is no JSON object"),
        ("a.jsonl", '{"question": "a", "question": "b"}', "a key is there twice"),
        ("a.jsonl", "[1]", r"line 1 is \[1\]; give an object with question"),
        ("a.jsonl", "", "has no rows"),
        ("a.jsonl.gz", b"no gzip", "cannot be read"),
        ("a.parquet", b"no parquet", "is no parquet file"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    write: Write, name: str, content: str | bytes, said: str
) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    with pytest.raises(DataFileError, match=said) as caught:
        read_global_opinions(write(name, content))
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_files_that_are_not_there_or_of_another_kind_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"The file .*a\.csv is not there; check the path"):
        read_global_opinions(tmp_path / "a.csv")
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(DataFileError, match="is a folder; name a file in it"):
        read_global_opinions(tmp_path / "b.csv")
    with pytest.raises(InputError, match="The path is 5; name a file"):
        read_global_opinions(5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"ends in '\.txt'; give a \.csv, \.jsonl or \.parquet"):
        read_global_opinions(tmp_path / "a.txt")
