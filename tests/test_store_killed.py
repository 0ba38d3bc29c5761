"""The journal when things go wrong: killed, interrupted, a full disk, a second writer."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from journals import LINES, begin, child, chunks_in, content, kept, run, work

from disca_nb.errors import StoreError

posix = pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")

# Is killed for good at a write, of which it does a share before.
KILLED = """
import journals
from pathlib import Path
folder, number, share = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
write, writes = os.write, []

def killing(file, data):
    if len(writes) == number:
        write(file, data[: int(share * len(data))])
        os.kill(os.getpid(), signal.SIGKILL)
    writes.append(file)
    return write(file, data)

os.write = killing
journals.run(folder)
"""

HOLDS = """
import journals
journal = journals.begin(sys.argv[1])
print("ready", flush=True)
sys.stdin.read()
"""

# Appends until the disk is full, makes room, and goes on with the same object.
FULL = """
import json
from pathlib import Path
disk = Path(sys.argv[1])
(disk / "filler").write_bytes(bytes(20_000))
said = []
with Journal.open(disk / "run", {}) as journal:
    journal.begin("tiny", {})
    for chunk in range(1000):
        try:
            journal.append("tiny", chunk, {"text": "x" * 1000})
        except StoreError as error:
            said.append((chunk, str(error)))
            if len(said) == 2:
                break
            (disk / "filler").unlink()
            journal.append("tiny", chunk, {"text": "x" * 1000})
with Journal.open(disk / "run", {}) as journal:
    found = sorted(journal.finished("tiny"))
    print(json.dumps([said, found, journal.dropped]))
"""


@posix
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0], ids=["before", "inside", "after"])
@pytest.mark.parametrize("number", range(LINES))
def test_killed_at_any_write_it_goes_on_as_if_it_had_not_been(
    tmp_path: Path, number: int, share: float
) -> None:
    process = child(KILLED, tmp_path / "a", number, share)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    left = content(tmp_path / "a")
    assert left.count(b"\n") == number + (share == 1)
    assert left.endswith(b"\n") == (share != 0.5 and left != b"")
    with begin(tmp_path / "a") as journal:
        assert kept(journal) == chunks_in(number + (share == 1))
    assert run(tmp_path / "a") == run(tmp_path / "whole")


class Faulty:
    """One call of a function of the system that fails, after part of the work was done."""

    def __init__(self, number: int, fault: BaseException) -> None:
        self.left = number
        self.fault = fault
        self.write, self.fsync = os.write, os.fsync

    def writing(self, file: int, data: memoryview) -> int:
        self.left -= 1
        if self.left == -1:
            self.write(file, data[: len(data) // 2])
            raise self.fault
        return self.write(file, data)

    def syncing(self, file: int) -> None:
        self.left -= 1
        if self.left == -1:
            raise self.fault
        self.fsync(file)


def disk_full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def refused(*_: object) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.mark.parametrize("stuck", [False, True], ids=["cut back", "left torn"])
@pytest.mark.parametrize("where", ["write", "fsync"])
@pytest.mark.parametrize("number", range(1, LINES))
def test_a_failed_write_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, where: str, *, stuck: bool
) -> None:
    faulty = Faulty(number - 1, disk_full())
    with begin(tmp_path / "a") as journal:
        with monkeypatch.context() as patch:
            patch.setattr(os, where, faulty.writing if where == "write" else faulty.syncing)
            if stuck:
                patch.setattr(os, "ftruncate", refused)
            count = len(chunks_in(number))
            with pytest.raises(StoreError, match=rf"\(No space .* \({count}\) are kept"):
                work(journal)
        assert content(tmp_path / "a").count(b"\n") == number + (stuck and where == "fsync")
        work(journal)  # there is space again
    assert content(tmp_path / "a") == run(tmp_path / "whole")


@pytest.mark.parametrize("number", range(1, LINES))
def test_what_a_failed_write_left_is_dropped_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    with begin(tmp_path / "a") as journal, monkeypatch.context() as patch:
        patch.setattr(os, "write", Faulty(number - 1, disk_full()).writing)
        patch.setattr(os, "ftruncate", refused)
        with pytest.raises(StoreError):
            work(journal)
    with begin(tmp_path / "a") as journal:
        assert journal.dropped > 0
        assert kept(journal) == chunks_in(number)
    assert run(tmp_path / "a") == run(tmp_path / "whole")


@pytest.mark.parametrize("where", ["write", "fsync"])
@pytest.mark.parametrize("number", range(1, LINES))
def test_an_interrupt_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, where: str
) -> None:
    faulty = Faulty(number - 1, KeyboardInterrupt())
    with begin(tmp_path / "a") as journal:
        with monkeypatch.context() as patch:
            patch.setattr(os, where, faulty.writing if where == "write" else faulty.syncing)
            with pytest.raises(KeyboardInterrupt):
                work(journal)
        work(journal)
    assert content(tmp_path / "a") == run(tmp_path / "whole")


@pytest.mark.parametrize("where", ["write", "fsync"])
def test_a_journal_that_cannot_be_begun_leaves_the_way_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    faulty = Faulty(0, disk_full())
    with monkeypatch.context() as patch:
        patch.setattr(os, where, faulty.writing if where == "write" else faulty.syncing)
        with pytest.raises(StoreError, match=r"No space left on device.*\(0\) are kept"):
            begin(folder)
    assert content(folder) == b""
    assert run(folder) == run(tmp_path / "whole")


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be synced on Windows")
@pytest.mark.parametrize(("number", "what"), [(0, "The folder .* made"), (2, "forced to disk")])
def test_a_folder_that_cannot_be_forced_to_disk_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, what: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", Faulty(number, disk_full()).syncing)
        with pytest.raises(StoreError, match=rf"{what} \(No space left on device\); put that"):
            begin(tmp_path / "a")
    assert run(tmp_path / "a") == run(tmp_path / "whole")


def test_a_line_taken_bit_by_bit_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda file, data: write(file, data[:7]))
        run(tmp_path / "a")
    assert content(tmp_path / "a") == run(tmp_path / "whole")


def test_a_disk_that_takes_nothing_does_not_hold_the_run_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with begin(tmp_path) as journal, monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda *_: 0)
        with pytest.raises(StoreError, match="Input/output error"):
            journal.begin("tiny", {})


def in_a_small_disk(folder: Path) -> Callable[[list[str]], list[str]]:
    """Return a function that makes a command run where ``folder`` is a disk of 64 kB."""
    program = shutil.which("unshare")
    if program is None:
        pytest.skip("needs the program unshare, to mount a small disk")
    rights = [] if os.getuid() == 0 else ["--map-root-user"]
    mount = 'mount -t tmpfs -o size=64k none "$0" && exec "$@"'
    start = [program, "--mount", *rights, "sh", "-c", mount, str(folder)]
    tried = subprocess.run([*start, "true"], check=False, capture_output=True, text=True)  # noqa: S603
    if tried.returncode:
        pytest.skip(f"may not mount a small disk: {tried.stderr.strip()}")
    return lambda command: [*start, *command]


@posix
def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    process = child(FULL, tmp_path, before=in_a_small_disk(tmp_path))
    said, found, dropped = json.loads(process.communicate()[0])
    (first, message), (second, _) = said
    assert 10 < first < second < 64
    assert message == (
        f"{tmp_path / 'run' / 'journal.jsonl'} could not be written to (No space left on device): "
        f"the finished chunks in it ({first}) are kept; see that the disk has space and works, and "
        "run the same again to go on."
    )
    assert found == list(range(second))
    assert dropped == 0


@posix
def test_a_second_writer_is_turned_away_until_the_first_is_dead(tmp_path: Path) -> None:
    begin(tmp_path).close()
    before = content(tmp_path)
    process = child(HOLDS, tmp_path)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        with pytest.raises(StoreError) as caught:
            begin(tmp_path)
        assert str(caught.value) == (
            f"{tmp_path} is being written by another process; wait for it, or choose another path."
        )
        assert content(tmp_path) == before
    finally:
        process.kill()
        process.communicate()
    work(begin(tmp_path))


def test_a_second_writer_in_one_process_is_turned_away(tmp_path: Path) -> None:
    with begin(tmp_path) as journal:
        with pytest.raises(StoreError, match="another process; wait for it"):
            begin(tmp_path)
        work(journal)
    begin(tmp_path).close()


def test_a_refused_opening_holds_no_lock(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text("mine")
    with pytest.raises(StoreError, match="line 1"):
        begin(tmp_path)
    (tmp_path / "journal.jsonl").unlink()
    begin(tmp_path).close()
