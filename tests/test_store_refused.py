"""What the journal refuses, in which words, and how two manifests differ."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from journals import SETTINGS, begin, content, record, run

from disca_nb._store.lines import FORMAT, encode
from disca_nb.errors import InputError, StoreError
from disca_nb.store import Journal, differences

HEADER = encode({"format": FORMAT, "manifest": SETTINGS}, "The manifest")
BEGUN = HEADER + encode({"part": "tiny", "manifest": {}}, "The part")


def refused(folder: Path, manifest: dict[str, Any] | None = None) -> str:
    """Return the words in which opening is refused, after seeing that nothing has changed."""
    before = content(folder) if (folder / "journal.jsonl").is_file() else None
    with pytest.raises(StoreError) as caught:
        Journal.open(folder, SETTINGS if manifest is None else manifest)
    assert before is None or content(folder) == before
    return str(caught.value)


def put(folder: Path, data: bytes) -> Path:
    """Write the file of a journal and return its path."""
    (folder / "journal.jsonl").write_bytes(data)
    return folder / "journal.jsonl"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"country,gap\nJPN,0.5\n", id="a table"),
        pytest.param(b"mine", id="a word"),
        pytest.param(b"\n", id="an empty line"),
        pytest.param(HEADER[:-2] + b"x", id="a beginning that is not ours"),
        pytest.param(HEADER[:-2] + b"x\n", id="a damaged header alone"),
        pytest.param(BEGUN[1:], id="a cut beginning"),
        pytest.param(encode({"part": "tiny", "manifest": {}}, ""), id="no header"),
        pytest.param(b"\xff\xfe\x00", id="not text"),
    ],
)
def test_what_is_no_journal_is_left_alone(tmp_path: Path, data: bytes) -> None:
    path = put(tmp_path, data)
    assert refused(tmp_path) == (
        f"{path}, line 1, is not the beginning of a journal; choose another path, or delete "
        f"{tmp_path} if nothing in it is needed."
    )


def test_a_journal_of_another_form_is_left_alone(tmp_path: Path) -> None:
    path = put(tmp_path, encode({"format": "disca_nb journal 2", "manifest": {}}, ""))
    expected = f"{path}, line 1, has the format 'disca_nb journal 2' and this version reads "
    assert refused(tmp_path).startswith(f"{expected}'disca_nb journal 1'; choose another path")


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"part": "tiny", "manifest": {}}, "'tiny' was begun before"),
        ({"part": "tiny", "chunk": 0, "record": {}}, "chunk 0 of 'tiny' was there before"),
        ({"part": "a", "chunk": 2, "record": {}}, "chunk 2 belongs to 'a', which was not begun"),
        ({"part": "tiny", "chunk": 1}, "it is neither the beginning of a part nor a chunk"),
        ([], "it is neither the beginning of a part nor a chunk"),
    ],
)
def test_lines_that_do_not_belong_are_named(
    tmp_path: Path, entry: dict[str, Any], fault: str
) -> None:
    good = encode({"part": "tiny", "chunk": 0, "record": {}}, "")
    path = put(tmp_path, BEGUN + good + encode(entry, ""))
    assert refused(tmp_path) == (
        f"{path}, line 4, is damaged: {fault}; delete it and all lines after it to keep the "
        f"finished chunks before it (1), or delete {tmp_path} to start again."
    )


def test_other_settings_are_refused_with_what_differs(tmp_path: Path) -> None:
    run(tmp_path)
    assert refused(tmp_path, {**SETTINGS, "seed": 1}) == (
        f"{tmp_path} was begun with other settings (seed: 0 in the store, 1 now); use the same "
        f"settings, choose another path, or delete {tmp_path} to start again."
    )


def test_of_many_differences_the_first_are_shown(tmp_path: Path) -> None:
    Journal.open(tmp_path, dict.fromkeys("abcdef", 0)).close()
    message = refused(tmp_path, dict.fromkeys("abcdef", 1))
    shown = "; ".join(f"{name}: 0 in the store, 1 now" for name in "abcd")
    assert f"other settings ({shown}; and 2 others); use the same settings" in message


def test_names_are_told_from_numbers_and_hashes_come_last() -> None:
    old = {"countries": ["USA", "JPN"], "a_sha256": "0f" * 32, "sizes": [1, 2]}
    new = {"countries": ["BRA", "USA"], "a_sha256": "f0" * 32, "sizes": [1, 3]}
    assert differences(old, new) == [
        "countries: JPN in the store alone, BRA now alone",
        "sizes[1]: 2 in the store, 3 now",
        "a_sha256: one in the store, another now",
    ]
    turned = differences({"names": ["a", "b"]}, {"names": ["b", "a"]})
    assert turned == ["names[0]: a in the store, b now", "names[1]: b in the store, a now"]


def test_a_cut_line_stays_where_the_settings_are_others(tmp_path: Path) -> None:
    put(tmp_path, run(tmp_path)[:-1])
    assert "other settings" in refused(tmp_path, {})


def test_other_settings_of_a_part_are_refused(tmp_path: Path) -> None:
    run(tmp_path)
    before = content(tmp_path)
    with begin(tmp_path) as journal:
        with pytest.raises(StoreError) as caught:
            journal.begin("tiny", {"dtype": "bfloat16"})
        assert str(caught.value) == (
            f"'tiny' in {tmp_path} was begun with other settings (dtype: float32 in the store, "
            f"bfloat16 now); use the same settings, choose another path, or delete {tmp_path} to "
            "start again."
        )
        assert content(tmp_path) == before
        assert journal.finished("tiny")[0] == record(0)


def test_settings_that_cannot_be_kept_are_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"The manifest of the run cannot be kept as JSON .*finite"
    ):
        Journal.open(tmp_path / "run", {"scale": float("nan")})
    assert not (tmp_path / "run").exists()
    with begin(tmp_path) as journal:
        with pytest.raises(InputError, match="The manifest of 'tiny' cannot be kept as JSON"):
            journal.begin("tiny", {"path": tmp_path})
        assert content(tmp_path) == HEADER


def test_a_file_where_the_folder_should_be_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mine"
    path.write_text("mine")
    expected = f"{path} is a file; choose another path, where a folder can be made."
    assert refused(path) == expected
    assert refused(path / "run").startswith(f"The folder {path / 'run'} cannot be made (Not a ")
    assert path.read_text() == "mine"


def test_a_name_that_no_folder_can_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be made \(File name too long\); put that right"):
        begin(tmp_path / ("x" * 999))


@pytest.mark.parametrize(
    ("name", "what"), [("journal.jsonl", "opened"), ("lock", "locked")], ids=["journal", "lock"]
)
def test_folders_where_the_files_should_be_are_left_alone(
    tmp_path: Path, name: str, what: str
) -> None:
    (tmp_path / name).mkdir()
    message = refused(tmp_path)
    assert message.startswith(f"{tmp_path / name} cannot be {what} (")
    assert message.endswith("); put that right, or choose another path.")
    (tmp_path / name).rmdir()
    begin(tmp_path).close()


def test_a_folder_that_may_not_be_written_to_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    if os.access(tmp_path, os.W_OK):
        pytest.skip("this user may write everywhere")
    assert "(Permission denied); put that right" in refused(tmp_path / "run")
    assert "(Permission denied); put that right" in refused(tmp_path)


def test_a_journal_that_cannot_be_deleted_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stuck(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with begin(tmp_path) as journal, monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", stuck)
        with pytest.raises(StoreError, match=r"jsonl cannot be deleted \(Permission denied\)"):
            journal.remove()
    begin(tmp_path).close()


LONG = "a" * 100


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {}, []),
        ({"a": {"b": [1, {"c": None}]}}, {"a": {"b": [1, {"c": None}]}}, []),
        ({"a": (1, 2)}, {"a": [1, 2]}, []),
        (
            {"b": 1, "a": 2},
            {"a": 1, "b": 2},
            ["a: 2 in the store, 1 now", "b: 1 in the store, 2 now"],
        ),
        (
            {"a": {"x/y": {"d": "f"}}},
            {"a": {"x/y": {"d": "g"}}},
            ["a.x/y.d: f in the store, g now"],
        ),
        ({"a": 1}, {}, ["a: 1 in the store, absent now"]),
        ({}, {"a": {"b": 1}}, ['a: absent in the store, {"b": 1} now']),
        ({"a": [1, 2]}, {"a": [1]}, ["a[1]: 2 in the store, absent now"]),
        ({"a": [[1], 2]}, {"a": [[3], 2]}, ["a[0][0]: 1 in the store, 3 now"]),
        ({"a": {}}, {"a": []}, ["a: {} in the store, [] now"]),
        ({"a": None}, {"a": "null"}, ['a: null in the store, "null" now']),
        ({"a": None}, {}, ["a: null in the store, absent now"]),
        ({"a": "absent"}, {}, ['a: "absent" in the store, absent now']),
        ({"a": 1}, {"a": True}, ["a: 1 in the store, true now"]),
        ({"a": 1}, {"a": 1.0}, ["a: 1 in the store, 1.0 now"]),
        ({"a": 0.0}, {"a": -0.0}, ["a: 0.0 in the store, -0.0 now"]),
        ({"a": ""}, {"a": "x\ny"}, ['a: "" in the store, "x\\ny" now']),
        ({"a": LONG}, {"a": "b"}, [f"a: {'a' * 60}… in the store, b now"]),
        (
            {"a": f"{LONG}b{LONG}"},
            {"a": f"{LONG}c"},
            [f"a: …{'a' * 20}b{'a' * 39}… in the store, …{'a' * 20}c now"],
        ),
        ({"a": LONG}, {"a": LONG + "!"}, [f"a: …{'a' * 20} in the store, …{'a' * 20}! now"]),
    ],
)
def test_differences(old: dict[str, Any], new: dict[str, Any], expected: list[str]) -> None:
    assert differences(old, new) == expected
