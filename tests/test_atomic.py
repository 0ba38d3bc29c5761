"""Files and folders are replaced whole or not at all, whatever stops the writer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from disca_nb import _atomic
from disca_nb._atomic import recover, replace_when_done

posix = pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL and locks on folders")
KINDS = ["file", "folder"]

# Writes "new" over what is there and is killed for good at the first call of the named function.
KILLED = """
import os, shutil, signal, sys
from pathlib import Path

package, target, where, kind = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
sys.path.insert(0, str(package))
import _atomic  # by itself, as the package takes longer to load

owner = {"sync": _atomic, "rmtree": shutil}.get(where, Path)
setattr(owner, where, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
with _atomic.replace_when_done(target) as scratch:
    if kind == "folder":
        scratch.mkdir()
    (scratch / "part" if kind == "folder" else scratch).write_text("new")
"""


def killed_writer(target: Path, where: str, kind: str) -> None:
    package = Path(_atomic.__file__).parent
    script = [sys.executable, "-c", KILLED, str(package), str(target), where, kind]
    assert subprocess.run(script, check=False).returncode == -signal.SIGKILL  # noqa: S603 - ours


def put(path: Path, kind: str, text: str) -> None:
    if kind == "folder":
        path.mkdir()
    (path / "part" if kind == "folder" else path).write_text(text)


def content(path: Path) -> str:
    return (path / "part" if path.is_dir() else path).read_text()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_written_takes_its_place(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "made" / "on the way" / "a.txt"
    for text in ("first", "second"):
        with replace_when_done(target) as scratch:
            assert scratch.name == "a.txt"
            put(scratch, kind, text)
        assert content(target) == text
    assert names(target.parent) == ["a.txt"]


@pytest.mark.parametrize("kind", KINDS)
def test_until_the_block_ends_the_old_one_stays(tmp_path: Path, kind: str) -> None:
    put(tmp_path / "a", kind, "old")
    with replace_when_done(tmp_path / "a") as scratch:
        put(scratch, kind, "new")
        assert content(tmp_path / "a") == "old"
    assert content(tmp_path / "a") == "new"


def fail_half_way(target: Path, kind: str, fault: type[BaseException]) -> None:
    with replace_when_done(target) as scratch:
        put(scratch, kind, "half")
        raise fault


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", [RuntimeError, KeyboardInterrupt])
def test_a_block_that_fails_changes_nothing(
    tmp_path: Path, kind: str, fault: type[BaseException]
) -> None:
    put(tmp_path / "a", kind, "old")
    with pytest.raises(fault):
        fail_half_way(tmp_path / "a", kind, fault)
    assert content(tmp_path / "a") == "old"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_block_that_fails_leaves_nothing_new(tmp_path: Path, kind: str) -> None:
    with pytest.raises(RuntimeError):
        fail_half_way(tmp_path / "a", kind, RuntimeError)
    assert names(tmp_path) == []


def test_a_block_that_writes_nothing_is_an_error(tmp_path: Path) -> None:
    put(tmp_path / "a", "file", "old")
    with pytest.raises(FileNotFoundError), replace_when_done(tmp_path / "a"):
        pass
    assert content(tmp_path / "a") == "old"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize(("before", "after"), [("file", "folder"), ("folder", "file")])
def test_a_file_may_replace_a_folder_and_the_other_way_round(
    tmp_path: Path, before: str, after: str
) -> None:
    put(tmp_path / "a", before, "old")
    with replace_when_done(tmp_path / "a") as scratch:
        put(scratch, after, "new")
    assert content(tmp_path / "a") == "new"
    assert names(tmp_path) == ["a"]


@posix
@pytest.mark.parametrize("kind", KINDS)
def test_a_link_is_replaced_and_what_it_points_to_stays(tmp_path: Path, kind: str) -> None:
    put(tmp_path / "far", kind, "old")
    (tmp_path / "a").symlink_to(tmp_path / "far")
    with replace_when_done(tmp_path / "a") as scratch:
        put(scratch, kind, "new")
    assert content(tmp_path / "a") == "new"
    assert content(tmp_path / "far") == "old"
    assert names(tmp_path) == ["a", "far"]


def test_an_interrupt_between_the_two_steps_of_a_folder_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "a", "folder", "old")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt), replace_when_done(tmp_path / "a") as scratch:
        put(scratch, "folder", "new")
    assert content(tmp_path / "a") == "new"
    assert names(tmp_path) == ["a"]


def test_where_the_new_folder_cannot_be_moved_the_old_one_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "a", "folder", "old")
    rename = Path.rename

    def stuck(path: Path, target: Path) -> Path:
        if path.parent.name == "new":
            raise PermissionError
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", stuck)
    monkeypatch.setattr(Path, "replace", stuck)
    with pytest.raises(PermissionError), replace_when_done(tmp_path / "a") as scratch:
        put(scratch, "folder", "new")
    assert content(tmp_path / "a") == "old"
    assert names(tmp_path) == ["a"]


def test_where_neither_can_be_moved_both_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "a", "folder", "old")
    rename = Path.rename

    def stuck(path: Path, target: Path) -> Path:
        if target == tmp_path / "a":
            raise PermissionError
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", stuck)
        patch.setattr(Path, "replace", stuck)
        with pytest.raises(PermissionError), replace_when_done(tmp_path / "a") as scratch:
            put(scratch, "folder", "new")
    holder = next(tmp_path.iterdir())
    assert (content(holder / "old"), content(holder / "new" / "a")) == ("old", "new")


@posix
@pytest.mark.parametrize(
    ("kind", "where", "survivor"),
    [
        pytest.param("file", "sync", "old", id="file, before it is moved"),
        pytest.param("file", "rmtree", "new", id="file, before tidying up"),
        pytest.param("folder", "sync", "old", id="folder, before it is moved"),
        pytest.param("folder", "rename", "old", id="folder, before the old one is moved aside"),
        pytest.param("folder", "replace", "new", id="folder, between the two steps"),
        pytest.param("folder", "rmtree", "new", id="folder, before tidying up"),
    ],
)
def test_a_killed_writer_leaves_a_whole_version(
    tmp_path: Path, kind: str, where: str, survivor: str
) -> None:
    target = tmp_path / "a"
    put(target, kind, "old")
    killed_writer(target, where, kind)
    assert len(names(tmp_path)) > target.exists()  # something was left behind
    recover(target)
    assert content(target) == survivor
    assert names(tmp_path) == ["a"]


@posix
def test_the_next_writer_clears_away_what_killed_ones_left(tmp_path: Path) -> None:
    target = tmp_path / "a"
    for _ in range(2):
        killed_writer(target, "sync", "folder")
    assert len(names(tmp_path)) == 1  # the second has cleared away what the first left
    with replace_when_done(target) as scratch:
        put(scratch, "folder", "whole")
    assert names(tmp_path) == ["a"]


@posix
def test_the_scratch_of_a_living_writer_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "a"
    with replace_when_done(target) as slow:
        put(slow, "folder", "slow")
        with replace_when_done(target) as fast:
            put(fast, "folder", "fast")
        recover(target)
        assert content(target) == "fast"
        assert content(slow) == "slow"
    assert content(target) == "slow"
    assert names(tmp_path) == ["a"]


@posix
def test_an_old_version_does_not_rise_after_its_successor_was_deleted(tmp_path: Path) -> None:
    # As left by a writer that was killed while tidying up.
    holder = tmp_path / f".a{_atomic._MARK}x"
    (holder / "new").mkdir(parents=True)
    put(holder / "old", "folder", "old")
    recover(tmp_path / "a")
    assert names(tmp_path) == []


@posix
def test_a_scratch_folder_cleared_away_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = _atomic._lock
    cleared: list[Path] = []

    def lose_the_first(folder: Path, *, wait: bool) -> int | None:
        if not cleared:
            cleared.append(folder)
            folder.rmdir()
        return lock(folder, wait=wait)

    monkeypatch.setattr(_atomic, "_lock", lose_the_first)
    with replace_when_done(tmp_path / "a") as scratch:
        put(scratch, "file", "new")
    assert len(cleared) == 1
    assert content(tmp_path / "a") == "new"
    assert names(tmp_path) == ["a"]


def test_what_belongs_to_others_is_left_alone(tmp_path: Path) -> None:
    for name in (f".a{_atomic._MARK}x", ".[a].backup", f".[a]b{_atomic._MARK}x"):
        (tmp_path / name / "new").mkdir(parents=True)
    before = names(tmp_path)
    recover(tmp_path / "[a]")
    assert names(tmp_path) == before
