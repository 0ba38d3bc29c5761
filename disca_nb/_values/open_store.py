"""The file of answers in words: JSON Lines, whole after every batch, from which a run goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from disca_nb._atomic import recover, replace_when_done
from disca_nb._store.differences import described, differences
from disca_nb.errors import StoreError

__all__ = ["ANSWER", "REPLY", "OpenStore"]

ANSWER, REPLY = "answer", "reply"
"""What is kept of a wording: what the model answered, and what the judge wrote of it."""


class OpenStore:
    """Texts by model, kind and wording; in memory alone where there is no path.

    The first line of the file is what was asked, then comes one line for each model, and one for
    each text.

    Parameters
    ----------
    path : pathlib.Path or None
        The file; read where it is there.
    run : mapping
        What is asked, as JSON can hold it.

    Raises
    ------
    StoreError
        When the file is of another run, or none that this class wrote.

    Examples
    --------
    >>> store = OpenStore(None, {"max_new_tokens": 64})
    >>> store.begin("tiny", {"model": "tiny"})
    >>> store.add("tiny", ANSWER, {"w1": "Yes."})
    >>> store.texts("tiny", ANSWER)
    {'w1': 'Yes.'}
    """

    def __init__(self, path: Path | None, run: Mapping[str, object]) -> None:
        self._path, self._run = path, _plain(run)
        self._manifests: dict[str, Any] = {}
        self._texts: dict[tuple[str, str], dict[str, str]] = {}
        if path is not None:
            recover(path)
            if path.exists():
                self._read(path)

    def begin(self, model: str, manifest: Mapping[str, object]) -> None:
        """Name the model that comes next.

        Raises
        ------
        StoreError
            When the file has texts of another model of that name.
        """
        mine = _plain(manifest)
        self._compare(self._manifests.setdefault(model, mine), mine)

    def texts(self, model: str, kind: str) -> dict[str, str]:
        """Return what is kept, by wording."""
        return dict(self._texts.get((model, kind), {}))

    def add(self, model: str, kind: str, texts: Mapping[str, str]) -> None:
        """Keep texts; they are on disk when this returns."""
        self._texts.setdefault((model, kind), {}).update(texts)
        if self._path is None:
            return
        with replace_when_done(self._path) as scratch:
            scratch.write_bytes(b"".join(map(_line, self._lines())))

    def _lines(self) -> Iterator[dict[str, object]]:
        """Yield the content of each line."""
        yield {"run": self._run}
        for model, manifest in self._manifests.items():
            yield {"model": model, "manifest": manifest}
        for (model, kind), texts in self._texts.items():
            for wording, text in texts.items():
                yield {"model": model, "wording": wording, kind: text}

    def _read(self, path: Path) -> None:
        """Take over what a file holds."""
        try:
            lines = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
            self._compare(lines[0]["run"], self._run)
            for line in lines[1:]:
                self._take(line)
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, UnicodeError):
            raise StoreError(
                f"{path} does not hold answers in words that a run has kept; choose another "
                "store, or move it away."
            ) from None

    def _take(self, line: Mapping[str, Any]) -> None:
        """Take over a line."""
        if "manifest" in line:
            self._manifests[str(line["model"])] = dict(line["manifest"])
            return
        kind = ANSWER if ANSWER in line else REPLY
        self._texts.setdefault((line["model"], kind), {})[line["wording"]] = str(line[kind])

    def _compare(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        """Raise unless what is kept was asked as it would be asked now."""
        if found := differences(old, new):
            raise StoreError(
                f"{self._path} is of another run ({described(found)}); choose another store, or "
                "move it away."
            )


def _plain(found: Mapping[str, object]) -> dict[str, Any]:
    """Return what JSON makes of a mapping."""
    plain: dict[str, Any] = json.loads(json.dumps(found, default=str))
    return plain


def _line(content: Mapping[str, object]) -> bytes:
    """Return a line of the file."""
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
