"""The lines of a journal: a checksum, a space and one JSON object, which comes back bit for bit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from disca_nb.errors import InputError, StoreError

__all__ = ["FORMAT", "Contents", "Part", "decode", "encode", "is_whole", "read"]

FORMAT = "disca_nb journal 1"
_DIGITS = 16


@dataclass
class Part:
    """What a journal holds of one model: its manifest and the records of its finished chunks."""

    manifest: dict[str, Any]
    chunks: dict[int, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Contents:
    """What a journal holds, and how many bytes of its file are whole lines."""

    manifest: dict[str, Any]
    end: int = 0
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def chunks(self) -> int:
        """The number of finished chunks of all parts."""
        return sum(len(part.chunks) for part in self.parts.values())

    def fault(self, entry: Mapping[str, Any]) -> str:
        """Say why an entry cannot follow those that are there; empty when it can."""
        match entry:
            case {"part": str(name), "manifest": dict()}:
                return f"{name!r} was begun before" if name in self.parts else ""
            case {"part": str(name), "chunk": int(chunk), "record": dict()}:
                if name not in self.parts:
                    return f"chunk {chunk} belongs to {name!r}, which was not begun"
                twice = chunk in self.parts[name].chunks
                return f"chunk {chunk} of {name!r} was there before" if twice else ""
        return "it is neither the beginning of a part nor a chunk"

    def take(self, entry: Mapping[str, Any], size: int) -> None:
        """Add an entry without fault, or the header, whose line is ``size`` bytes long."""
        # No calls after the entry is in, so that an interrupt cannot part it from its size.
        if "chunk" in entry:
            self.parts[entry["part"]].chunks[entry["chunk"]] = entry["record"]
        elif "part" in entry:
            self.parts[entry["part"]] = Part(entry["manifest"])
        self.end += size


def encode(entry: Mapping[str, Any], what: str) -> bytes:
    """Return the line of an entry; ``what`` names it where it cannot be written as JSON."""
    try:
        text = json.dumps(
            entry, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        ).encode()
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{what} cannot be kept as JSON ({error}); give plain numbers that are finite, "
            "texts, lists and mappings."
        ) from error
    return b"%s %s\n" % (_checksum(text), text)


def decode(line: bytes) -> dict[str, Any]:
    """Return the entry of a whole line, with or without its end."""
    entry: dict[str, Any] = json.loads(line[_DIGITS + 1 :])
    return entry


def is_whole(line: bytes) -> bool:
    """Return whether a line without its end is as it was written."""
    return line[: _DIGITS + 1] == _checksum(line[_DIGITS + 1 :]) + b" "


def read(path: Path, data: bytes, header: bytes) -> Contents:
    """Read the bytes of a journal.

    Parameters
    ----------
    path : pathlib.Path
        Where they come from, for messages.
    data : bytes
        All of the file. What is left of a last line that was not finished is passed over.
    header : bytes
        The first line as it would be written now. A file that was cut off inside it is empty.

    Returns
    -------
    Contents
        Its ``end`` is 0 when the header is still to be written.

    Raises
    ------
    StoreError
        When the file is not a journal, or a line before the last is damaged.
    """
    *lines, tail = data.split(b"\n")
    if not lines and header.startswith(data):
        return Contents(decode(header)["manifest"])
    contents = Contents(_manifest(path, lines[0] if lines else tail))
    contents.end = len(lines[0]) + 1
    for number, line in enumerate(lines[1:], start=2):
        entry = decode(line) if is_whole(line) else None
        if entry is None and number == len(lines) and not tail:
            break  # the last line, which a loss of power can leave whole in length only
        fault = "its checksum does not match" if entry is None else contents.fault(entry)
        if entry is None or fault:
            raise StoreError(
                f"{path}, line {number}, is damaged: {fault}; delete it and all lines after it to "
                f"keep the finished chunks before it ({contents.chunks}), or delete {path.parent} "
                "to start again."
            )
        contents.take(entry, len(line) + 1)
    return contents


def _manifest(path: Path, line: bytes) -> dict[str, Any]:
    """Return the manifest in the first line."""
    match decode(line) if is_whole(line) else None:
        case {"format": format_, "manifest": dict(manifest)} if format_ == FORMAT:
            return manifest
        case {"format": format_, "manifest": _}:
            fault = f"has the format {format_!r} and this version reads {FORMAT!r}"
        case _:
            fault = "is not the beginning of a journal"
    raise StoreError(
        f"{path}, line 1, {fault}; choose another path, or delete {path.parent} if nothing in it "
        "is needed."
    )


def _checksum(text: bytes) -> bytes:
    """Return the first digits of the SHA-256 of a text."""
    return hashlib.sha256(text).hexdigest()[:_DIGITS].encode()
