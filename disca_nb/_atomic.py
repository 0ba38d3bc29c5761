"""Write a file or folder so that it is there whole or not at all."""

from __future__ import annotations

import glob
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from os.path import lexists
from pathlib import Path

if sys.platform != "win32":
    import fcntl

__all__ = ["recover", "replace_when_done", "sync"]

_MARK = ".partial-"
_NEW, _OLD = "new", "old"


@contextmanager
def replace_when_done(target: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a scratch path beside ``target`` that takes its place when the block succeeds.

    Parameters
    ----------
    target : path
        File or folder to be written. What stands there now stays until the block succeeds, and
        for good when it fails.

    Yields
    ------
    pathlib.Path
        A path that does not exist yet, in a hidden folder of the same file system.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with replace_when_done(Path(folder) / "a.txt") as scratch:
    ...         _ = scratch.write_text("whole")
    ...     (Path(folder) / "a.txt").read_text()
    'whole'
    """
    final = Path(target)
    final.parent.mkdir(parents=True, exist_ok=True)
    recover(final)
    holder, lock = _claim(final)
    try:
        # The scratch path keeps the name, because writers choose the format by its ending.
        scratch = holder / _NEW / final.name
        yield scratch
        sync(scratch)
        if lexists(final) and (final.is_dir() or scratch.is_dir()):
            # A folder cannot be replaced in one step. Killed between the two, `recover` finishes.
            final.rename(holder / _OLD)
        scratch.replace(final)
        sync(final.parent, deep=False)
    finally:
        _settle(holder, final)
        _unlock(lock)


def recover(target: str | os.PathLike[str]) -> None:
    """Finish what a killed writer of ``target`` had all but done, and clear away the rest.

    Writers that are alive hold a lock, which the system drops when they die. Where folders cannot
    be locked, as on Windows and some network disks, nothing is touched.

    Parameters
    ----------
    target : path
        File or folder that was to be written.

    Examples
    --------
    >>> recover("never-written.txt")
    """
    final = Path(target)
    for holder in final.parent.glob(f"{glob.escape(f'.{final.name}{_MARK}')}*"):
        lock = _lock(holder, wait=False)
        if lock is not None:
            _settle(holder, final)
            _unlock(lock)


def _claim(final: Path) -> tuple[Path, int | None]:
    """Make a hidden folder beside ``final`` and lock it."""
    while True:
        holder = Path(tempfile.mkdtemp(prefix=f".{final.name}{_MARK}", dir=final.parent))
        lock = _lock(holder, wait=True)
        try:
            (holder / _NEW).mkdir()
        except FileNotFoundError:  # another writer cleared it away before it was locked
            _unlock(lock)
        else:
            return holder, lock


def _settle(holder: Path, final: Path) -> None:
    """Leave nothing half done: put a whole version in place where there is none, then tidy up."""
    new, old = holder / _NEW / final.name, holder / _OLD
    if lexists(new) and lexists(old) and not lexists(final):
        for whole in (new, old):
            with suppress(OSError):
                whole.rename(final)
                break
        else:
            return  # the only copies stay where they are
    shutil.rmtree(holder, ignore_errors=True)


def _lock(folder: Path, *, wait: bool) -> int | None:
    """Return a descriptor that holds the folder's lock until closed, or None where none is had."""
    if sys.platform == "win32":
        return None
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _unlock(lock: int | None) -> None:
    """Give up a lock."""
    if lock is not None:
        os.close(lock)


def sync(path: Path, *, deep: bool = True) -> None:
    """Force a file, or a folder and all in it, to disk.

    Parameters
    ----------
    path : pathlib.Path
        What was written.
    deep : bool
        Whether a folder's content is meant too, and not its names alone.
    """
    paths = [path, *path.rglob("*")] if deep and path.is_dir() else [path]
    for each in paths:
        if os.name == "nt" and each.is_dir():  # Windows cannot open folders
            continue
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
