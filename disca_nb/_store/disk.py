"""What the journal asks of the disk, with the system's errors made into sentences."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from disca_nb._atomic import sync
from disca_nb.errors import StoreError

__all__ = ["locked", "make", "named", "reason", "write_all"]


def make(place: Path) -> None:
    """Make the folder where it is not there."""
    with named(f"The folder {place} cannot be made"):
        if place.is_dir():
            return
        if place.exists():
            raise StoreError(f"{place} is a file; choose another path, where a folder can be made.")
        place.mkdir(parents=True, exist_ok=True)
        sync(place.parent, deep=False)


def locked(path: Path) -> BaseFileLock:
    """Return the lock of a file's folder, held."""
    # Not bound to a thread, so that any may close the journal.
    lock = FileLock(path, thread_local=False)
    try:
        with named(f"{path} cannot be locked"):
            lock.acquire(timeout=0)
    except Timeout as error:
        raise StoreError(
            f"{path.parent} is being written by another process; wait for it, or choose another "
            "path."
        ) from error
    return lock


def write_all(file: int, line: bytes) -> None:
    """Write a line at the end of a file, in one call where the system takes it whole, and sync."""
    rest = memoryview(line)
    while rest:
        written = os.write(file, rest)
        if not written:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        rest = rest[written:]
    os.fsync(file)


@contextmanager
def named(what: str) -> Iterator[None]:
    """Turn the system's errors into sentences."""
    try:
        yield
    except (StoreError, Timeout):
        raise
    except OSError as error:
        raise StoreError(
            f"{what} ({reason(error)}); put that right, or choose another path."
        ) from error


def reason(error: OSError) -> str:
    """Return the system's words for what went wrong."""
    return error.strerror or str(error) or type(error).__name__
