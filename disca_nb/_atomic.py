"""Write a file or folder so that it is there whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["replace_when_done"]


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
    holder = Path(tempfile.mkdtemp(prefix=f".{final.name}.", dir=final.parent))
    try:
        # The scratch path keeps the name, because writers choose the format by its ending.
        scratch = holder / final.name
        yield scratch
        _sync(scratch)
        if final.is_dir() and not final.is_symlink():
            # A folder cannot be replaced in one step: the old one is moved aside first.
            final.rename(holder / "old")
        scratch.replace(final)
        _sync(final.parent, deep=False)
    finally:
        shutil.rmtree(holder, ignore_errors=True)


def _sync(path: Path, *, deep: bool = True) -> None:
    """Force a file, or a folder and all in it, to disk."""
    paths = [path, *path.rglob("*")] if deep and path.is_dir() else [path]
    for each in paths:
        if os.name == "nt" and each.is_dir():  # Windows cannot open folders
            continue
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
