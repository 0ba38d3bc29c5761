"""The journal of a run: what is finished stays finished, whatever stops the run.

A folder with two files. ``journal.jsonl`` has one line for each finished chunk, which is on disk
before the next chunk begins; ``lock`` is held by the one process that may write, and the system
drops it when that process dies.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from filelock import BaseFileLock

from disca_nb._atomic import sync
from disca_nb._store.differences import described, differences
from disca_nb._store.disk import locked, make, named, reason, write_all
from disca_nb._store.lines import FORMAT, Contents, decode, encode, read
from disca_nb.errors import InputError, StoreError

__all__ = ["Journal", "described", "differences"]

_JOURNAL, _LOCK = "journal.jsonl", "lock"
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)


class Journal:
    """The finished chunks of a run, each on disk as soon as it is appended.

    Made by `Journal.open`; one thread at a time may use it. As a context manager it is closed at
    the end of the block, and what it holds stays for the next run.

    Attributes
    ----------
    folder : pathlib.Path
        Where it is.
    dropped : int
        Bytes of a last line that an earlier run did not finish, and that are passed over.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for chunk in (0, 1):  # the second run goes on where the first was stopped
    ...         with Journal.open(Path(folder) / "run", {"seed": 0}) as journal:
    ...             journal.begin("tiny", {"dtype": "float32"})
    ...             journal.append("tiny", chunk, {"gap": [0.5, -0.25]})
    ...             print(journal.finished("tiny"))
    {0: {'gap': [0.5, -0.25]}}
    {0: {'gap': [0.5, -0.25]}, 1: {'gap': [0.5, -0.25]}}
    """

    def __init__(self, folder: Path, file: int, lock: BaseFileLock, contents: Contents) -> None:
        self.folder = folder
        self.dropped = max(0, os.fstat(file).st_size - contents.end)
        self._file: int | None = file
        self._lock = lock
        self._contents = contents
        # Whether there may be bytes behind the last whole line: cut off before the next is written.
        self._torn = self.dropped > 0

    @classmethod
    def open(cls, folder: str | os.PathLike[str], manifest: Mapping[str, Any]) -> Self:
        """Open the journal in a folder, or begin one.

        Parameters
        ----------
        folder : path
            The run's working folder; made when it is not there.
        manifest : mapping
            The settings of the run, as can be written as JSON. A journal is only gone on with
            under the settings with which it was begun.

        Returns
        -------
        Journal
            It holds the folder's lock until it is closed.

        Raises
        ------
        StoreError
            When another process writes there, the file is damaged or no journal, it was begun
            with other settings, or the folder cannot be written to. Nothing in the file has
            changed then.
        InputError
            When the manifest cannot be written as JSON.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Journal.open(folder, {"seed": 0}).close()
        ...     try:
        ...         Journal.open(folder, {"seed": 1})
        ...     except StoreError as error:
        ...         print(str(error).removeprefix(folder))
         was begun with other settings (seed: 0 in the store, 1 now); use the same settings, ...
        """
        place = Path(folder)
        header = encode({"format": FORMAT, "manifest": manifest}, "The manifest of the run")
        make(place)
        lock = locked(place / _LOCK)
        try:
            return cls._unlocked(place, header, lock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def _unlocked(cls, place: Path, header: bytes, lock: BaseFileLock) -> Self:
        """Open the journal of a folder whose lock is held."""
        path = place / _JOURNAL
        with named(f"{path} cannot be opened"):
            file = os.open(path, _FLAGS, 0o666)
        try:
            with named(f"{path} cannot be read"):
                contents = read(path, path.read_bytes(), header)
            _check_same(f"{place} was", contents.manifest, decode(header)["manifest"], place)
            journal = cls(place, file, lock, contents)
            if not contents.end:
                journal._write(header, decode(header))
                with named(f"{place} cannot be forced to disk"):
                    sync(place, deep=False)
        except BaseException:
            os.close(file)
            raise
        return journal

    def begin(self, part: str, manifest: Mapping[str, Any]) -> None:
        """Begin a part, or go on with it.

        Parameters
        ----------
        part : str
            Its name: a model's.
        manifest : mapping
            Its settings, as can be written as JSON.

        Raises
        ------
        StoreError
            When the part was begun with other settings, or the line cannot be written.
        InputError
            When the manifest cannot be written as JSON.
        """
        entry, what = {"part": part, "manifest": manifest}, f"The manifest of {part!r}"
        if part not in self._contents.parts:
            self._add(entry, what)
            return
        kept, asked = self._contents.parts[part].manifest, decode(encode(entry, what))["manifest"]
        _check_same(f"{part!r} in {self.folder} was", kept, asked, self.folder)

    def finished(self, part: str) -> dict[int, dict[str, Any]]:
        """Return what is finished of a part.

        Parameters
        ----------
        part : str
            Its name. Nothing is finished of a part that was not begun.

        Returns
        -------
        dict
            The record of each finished chunk by its number, in the order of appending. Records
            are as JSON gives them back: lists for tuples, floats to the bit.
        """
        parts = self._contents.parts
        return dict(parts[part].chunks) if part in parts else {}

    def append(self, part: str, chunk: int, record: Mapping[str, Any]) -> None:
        """Keep the record of a finished chunk; it is on disk when this returns.

        Parameters
        ----------
        part : str
            A part that was begun.
        chunk : int
            The chunk's number, which is new in its part.
        record : mapping
            What is to be kept, as can be written as JSON.

        Raises
        ------
        StoreError
            When the line cannot be written. All that was appended before is kept, and the journal
            can be used again once there is space.
        InputError
            When the record cannot be written as JSON, the part was not begun, or it has the chunk
            already.
        """
        entry = {"part": part, "chunk": chunk, "record": record}
        self._add(entry, f"Chunk {chunk} of {part!r}")

    def remove(self) -> None:
        """Delete the journal and give up the lock: the results are safe elsewhere.

        The folder goes with it unless something else lies in it.

        Raises
        ------
        StoreError
            When the journal cannot be deleted.
        """
        self._close_file()
        with named(f"{self.folder / _JOURNAL} cannot be deleted"):
            (self.folder / _JOURNAL).unlink(missing_ok=True)
        if os.name != "nt":  # Windows deletes no file that is open, and its locks delete theirs
            with suppress(OSError):
                (self.folder / _LOCK).unlink()
        self._lock.release()
        with suppress(OSError):
            self.folder.rmdir()

    def close(self) -> None:
        """Give up the lock; what was appended stays. A second call does nothing."""
        self._close_file()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _close_file(self) -> None:
        """Close the file once."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)

    def _add(self, entry: Mapping[str, Any], what: str) -> None:
        """Write an entry that can follow those that are there."""
        line = encode(entry, what)
        plain = decode(line)
        fault = self._contents.fault(plain)
        if fault:
            raise InputError(f"{what} cannot be kept: {fault}; begin parts and number chunks once.")
        self._write(line, plain)

    def _write(self, line: bytes, entry: Mapping[str, Any]) -> None:
        """Force a line to disk and take its entry, or leave the file as it was."""
        if self._file is None:
            raise StoreError(f"The journal in {self.folder} was closed; open it again.")
        try:
            if self._torn:
                os.ftruncate(self._file, self._contents.end)
                os.fsync(self._file)
            # Until all is done, so that the next line cuts off what an interrupt leaves of this.
            self._torn = True
            write_all(self._file, line)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._file, self._contents.end)
            raise StoreError(
                f"{self.folder / _JOURNAL} could not be written to ({reason(error)}): the "
                f"finished chunks in it ({self._contents.chunks}) are kept; see that the disk has "
                "space and works, and run the same again to go on."
            ) from error
        self._contents.take(entry, len(line))
        self._torn = False


def _check_same(what: str, kept: dict[str, Any], asked: dict[str, Any], place: Path) -> None:
    """Raise where a journal was begun with other settings than those asked for."""
    found = differences(kept, asked)
    if not found:
        return
    raise StoreError(
        f"{what} begun with other settings ({described(found)}); use the same settings, choose "
        f"another path, or delete {place} to start again."
    )
