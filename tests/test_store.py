"""The journal of a run: what was appended is there again, and a cut last line is not."""

from __future__ import annotations

import json
import os
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from journals import CHUNKS, LINES, PARTS, SETTINGS, begin, chunks_in, content, kept, record, run

from disca_nb._store.lines import decode, encode, is_whole
from disca_nb.errors import InputError, StoreError
from disca_nb.store import Journal

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.fixture
def whole(tmp_path: Path) -> bytes:
    """Return the journal of an uninterrupted run."""
    return run(tmp_path / "whole")


def put(folder: Path, data: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "journal.jsonl").write_bytes(data)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def starts(data: bytes) -> list[int]:
    """Return where each line begins, and where the last one ends."""
    ends = [i + 1 for i, byte in enumerate(data) if byte == ord("\n")]
    return [0, *ends]


def test_what_was_appended_is_there_again(tmp_path: Path) -> None:
    run(tmp_path / "deep" / "run")
    with begin(tmp_path / "deep" / "run") as journal:
        assert journal.dropped == 0
        for part in PARTS:
            assert journal.finished(part) == {chunk: record(chunk) for chunk in range(CHUNKS)}
        assert journal.finished("another") == {}
    assert names(tmp_path / "deep" / "run") == ["journal.jsonl", "lock"]


def test_what_is_finished_in_this_run_reads_as_in_the_next(tmp_path: Path) -> None:
    with begin(tmp_path) as journal:
        journal.begin("tiny", {})
        journal.append("tiny", 7, {"pair": (1, 2), "by number": {3: 0.5}})
        now = journal.finished("tiny")
        assert now == {7: {"pair": [1, 2], "by number": {"3": 0.5}}}
        now[8] = {}  # a copy
        assert 8 not in journal.finished("tiny")
    with begin(tmp_path) as journal:
        assert journal.finished("tiny") == {7: now[7]}


def test_the_form_of_the_lines(whole: bytes) -> None:
    lines = whole.decode().split("\n")
    assert len(lines) == LINES + 1
    assert lines[-1] == ""
    first = json.loads(lines[0][17:])
    assert first == {"format": "disca_nb journal 1", "manifest": SETTINGS}
    assert lines[1] == '398134bd272083bb {"manifest":{"dtype":"float32"},"part":"tiny"}'
    assert json.loads(lines[-2][17:]) == {"part": PARTS[1], "chunk": 2, "record": record(2)}
    assert all(is_whole(line.encode()) for line in lines[:-1])


def test_a_run_in_pieces_equals_one_in_one_go(tmp_path: Path, whole: bytes) -> None:
    for _ in range(LINES):  # a line at a time
        with begin(tmp_path / "a") as journal:
            for part in PARTS:
                journal.begin(part, {"dtype": "float32"})
                left = [chunk for chunk in range(CHUNKS) if chunk not in journal.finished(part)]
                if left:
                    journal.append(part, left[0], record(left[0]))
                    break
    assert content(tmp_path / "a") == whole


def test_cut_anywhere_in_its_last_two_lines_it_goes_on(tmp_path: Path, whole: bytes) -> None:
    *_, second, last, end = starts(whole)
    for cut in range(second, end):
        folder = put(tmp_path / "cut", whole[:cut])
        lines = LINES - 2 if cut < last else LINES - 1
        with begin(folder) as journal:
            assert kept(journal) == chunks_in(lines)
            assert journal.dropped == cut - (second if cut < last else last)
        assert content(folder) == whole[:cut]  # opening alone changes nothing
        assert run(folder) == whole


def test_cut_in_its_first_line_it_begins_anew(tmp_path: Path, whole: bytes) -> None:
    first = starts(whole)[1]
    for cut in range(first):
        with begin(put(tmp_path / "cut", whole[:cut])) as journal:
            assert journal.dropped == cut
        assert content(tmp_path / "cut") == whole[:first]
    assert run(tmp_path / "cut") == whole


def test_a_last_line_that_was_not_written_whole_is_dropped(tmp_path: Path, whole: bytes) -> None:
    *_, last, end = starts(whole)
    for place in range(last, end):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        with begin(put(tmp_path / "flipped", bytes(damaged))) as journal:
            assert kept(journal) == chunks_in(LINES - 1)
            assert journal.dropped == end - last
    assert run(tmp_path / "flipped") == whole
    zeros = whole[:last] + bytes(end - last)  # as some file systems leave it
    assert run(put(tmp_path / "zeros", zeros)) == whole


@pytest.mark.parametrize("line", [0, 1, 3, LINES - 3])
def test_a_damaged_line_before_the_last_is_named(tmp_path: Path, whole: bytes, line: int) -> None:
    first, end = starts(whole)[line : line + 2]
    for place in range(first, end):
        for byte in {whole[place] ^ 1, ord("\n")} - {whole[place]}:
            damaged = whole[:place] + bytes([byte]) + whole[place + 1 :]
            folder = put(tmp_path / "flipped", damaged)
            with pytest.raises(StoreError, match=rf"flipped.journal.jsonl, line {line + 1}, is "):
                begin(folder)
            assert content(folder) == damaged


def test_a_damaged_line_with_a_cut_one_behind_it_is_named(tmp_path: Path, whole: bytes) -> None:
    folder = put(tmp_path / "a", whole[:-3] + b"x}\n0")
    with pytest.raises(StoreError, match=f"line {LINES}, is damaged"):
        begin(folder)


def test_lines_before_a_damaged_one_can_be_kept(tmp_path: Path, whole: bytes) -> None:
    fourth = starts(whole)[3]
    folder = put(tmp_path / "a", whole[:fourth] + b"x" + whole[fourth + 1 :])
    expected = (
        f"{folder / 'journal.jsonl'}, line 4, is damaged: its checksum does not match; delete it "
        "and all lines after it to keep the finished chunks before it (1), or delete "
        f"{folder} to start again."
    )
    with pytest.raises(StoreError) as caught:
        begin(folder)
    assert str(caught.value) == expected
    assert run(put(folder, whole[:fourth])) == whole


@given(st.lists(FINITE, min_size=1))
@example([-0.0, 5e-324, 2.225073858507201e-308, 1.7976931348623157e308, 0.1, 2.0**53 + 2])
def test_floats_come_back_to_the_bit(values: list[float]) -> None:
    line = encode({"values": values}, "The test")
    found = decode(line)["values"]
    assert struct.pack(f"{len(values)}d", *found) == struct.pack(f"{len(values)}d", *values)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=50)
@given(st.dictionaries(TEXT, JSON, max_size=3))
@example({"\n": "\r\x00\x1c\x85\u2028\U0010ffff", "": 10**30})
def test_any_json_is_one_line_that_comes_back(entry: dict[str, object]) -> None:
    line = encode(entry, "The test")
    assert line.count(b"\n") == 1
    assert is_whole(line[:-1])
    assert decode(line) == decode(line[:-1]) == entry


def test_removed_it_leaves_nothing(tmp_path: Path) -> None:
    removed = begin(tmp_path / "run")
    removed.begin("tiny", {})
    removed.remove()
    assert names(tmp_path) == []
    assert not removed._lock.is_locked
    with begin(tmp_path / "run") as journal:
        assert journal.finished("tiny") == {}


def test_removed_it_leaves_what_is_not_its_own(tmp_path: Path) -> None:
    with begin(tmp_path / "run") as journal:
        (tmp_path / "run" / "mine.txt").write_text("mine")
        journal.remove()
    assert names(tmp_path / "run") == ["mine.txt"]


def test_closed_it_takes_no_more(tmp_path: Path) -> None:
    journal = begin(tmp_path)
    journal.begin("tiny", {})
    journal.close()
    journal.close()
    before = content(tmp_path)
    with pytest.raises(StoreError, match="was closed; open it again"):
        journal.append("tiny", 0, {})
    assert content(tmp_path) == before


def test_a_journal_may_be_closed_in_another_thread(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        journal = pool.submit(begin, tmp_path).result()
    journal.close()
    begin(tmp_path).close()


@pytest.mark.parametrize(
    ("part", "chunk", "record_", "message"),
    [
        ("other", 0, {}, "Chunk 0 of 'other' cannot be kept: chunk 0 belongs to 'other', which"),
        ("tiny", 0, {}, "Chunk 0 of 'tiny' cannot be kept: chunk 0 of 'tiny' was there before"),
        ("tiny", 1, {"gap": float("nan")}, "Chunk 1 of 'tiny' cannot be kept as JSON .*finite"),
        ("tiny", 1, {"gap": b"bytes"}, "Chunk 1 of 'tiny' cannot be kept as JSON"),
        ("tiny", 1, {"gap": "\ud800"}, "Chunk 1 of 'tiny' cannot be kept as JSON"),
        ("tiny", 0.5, {}, "Chunk 0.5 of 'tiny' cannot be kept: it is neither"),
    ],
)
def test_what_could_not_be_read_again_is_not_written(
    tmp_path: Path, part: str, chunk: int, record_: dict[str, object], message: str
) -> None:
    with begin(tmp_path) as journal:
        journal.begin("tiny", {})
        journal.append("tiny", 0, {})
        before = content(tmp_path)
        with pytest.raises(InputError, match=message):
            journal.append(part, chunk, record_)
        assert content(tmp_path) == before
        journal.append("tiny", 1, {})


def test_a_line_is_one_write_and_on_disk_before_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def noting(name: str) -> None:
        function = getattr(os, name)

        def noted(*arguments: object) -> object:
            calls.append(name)
            return function(*arguments)

        monkeypatch.setattr(os, name, noted)

    put(tmp_path, run(tmp_path)[:-1])
    with begin(tmp_path) as journal:
        for name in ("write", "fsync", "ftruncate"):
            noting(name)
        journal.append(PARTS[-1], CHUNKS - 1, {})
        assert calls == ["ftruncate", "fsync", "write", "fsync"]
        journal.append(PARTS[-1], CHUNKS, {})
        assert calls[4:] == ["write", "fsync"]


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be synced on Windows")
def test_a_new_journal_has_its_name_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    sync = os.fsync

    def noting(file: int) -> None:
        synced.append(os.fstat(file).st_ino)
        sync(file)

    monkeypatch.setattr(os, "fsync", noting)
    begin(tmp_path / "run").close()
    folder = tmp_path / "run"
    expected = [tmp_path, folder / "journal.jsonl", folder]
    assert synced == [path.stat().st_ino for path in expected]


def test_a_journal_of_nothing_but_settings_is_gone_on_with(tmp_path: Path) -> None:
    Journal.open(str(tmp_path), {"pair": (1, 2)}).close()
    Journal.open(str(tmp_path), {"pair": [1, 2]}).close()
