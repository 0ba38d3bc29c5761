"""A run that is kept on disk as it goes on: what is finished is read back, not computed again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from disca_nb._elicit.scoring import Chunk
from disca_nb.errors import StoreError
from disca_nb.models.protocol import OptionScores
from disca_nb.results import check_form, open_results, save_results
from disca_nb.store import Journal, differences

__all__ = ["Kept", "check", "kept", "run_folder"]

# Differences that are told one by one.
_NAMED = 4


class Kept:
    """Where a run is kept: the finished result, or the journal of one that is under way.

    Parameters
    ----------
    path : pathlib.Path
        Of the result.
    journal : Journal
        Of the run.
    whole : xarray.Dataset, optional
        The result, where an earlier run has finished it.
    """

    def __init__(self, path: Path, journal: Journal, whole: xr.Dataset | None) -> None:
        self.path, self.whole = path, whole
        self._journal = journal

    def begin(self, model: str, manifest: Mapping[str, object]) -> dict[int, Chunk]:
        """Return the chunks that are finished of a model, which must be the one they are of."""
        if self.whole is not None:
            models = _manifest(self.whole)["models"]
            _compare(self.path, {model: models.get(model)}, {model: manifest})
            return {}
        self._journal.begin(model, manifest)
        found = self._journal.finished(model)
        return {number: _chunk(record) for number, record in found.items()}

    def append(self, model: str, number: int, chunk: Chunk) -> None:
        """Keep a finished chunk; it is on disk when this returns."""
        self._journal.append(model, number, _record(chunk))

    def finish(self, result: xr.Dataset) -> None:
        """Save the result, then let go of the journal."""
        save_results(result, self.path)
        self._journal.remove()


def run_folder(path: str | os.PathLike[str]) -> Path:
    """Return where the journal of a run lies until its result is whole.

    Examples
    --------
    >>> run_folder("out/japan.zarr").name
    'japan.zarr.run'
    """
    target = Path(path)
    return target.with_name(f"{target.name}.run")


@contextmanager
def kept(path: str | os.PathLike[str], manifest: Mapping[str, object]) -> Iterator[Kept]:
    """Take up the run that is kept at a path, or begin one.

    Parameters
    ----------
    path : path
        Of the result, a ``.zarr`` store or a ``.nc`` file.
    manifest : mapping
        What the run follows from, its models aside.

    Yields
    ------
    Kept
        Nobody else can take it up meanwhile.

    Raises
    ------
    StoreError
        When what is there is of another run, another process writes it, or it is damaged.
    InputError
        For another ending.
    """
    target = check_form(path)
    check(target, manifest)
    with Journal.open(run_folder(target), manifest) as journal:
        whole = open_results(target) if target.exists() else None
        yield Kept(target, journal, whole)
        if whole is not None:
            journal.remove()


def check(path: str | os.PathLike[str], manifest: Mapping[str, object]) -> None:
    """Raise when another run's result is at a path; before any model is loaded.

    Parameters
    ----------
    path, manifest
        As for `kept`.

    Raises
    ------
    StoreError, InputError
        As for `kept`.
    """
    target = check_form(path)
    if target.exists():
        _compare(target, _common(open_results(target)), manifest)


def _manifest(result: xr.Dataset) -> dict[str, Any]:
    """Return the manifest of a result, empty for one that no run has written."""
    try:
        found = json.loads(str(result.attrs.get("manifest", "{}")))
    except ValueError:
        return {"models": {}}
    return {"models": {}, **found} if isinstance(found, dict) else {"models": {}}


def _common(result: xr.Dataset) -> dict[str, Any]:
    """Return the manifest of a result, its models aside."""
    return {name: value for name, value in _manifest(result).items() if name != "models"}


def _compare(path: Path, old: Mapping[str, object], new: Mapping[str, object]) -> None:
    """Raise unless a result was made as it would be made now."""
    if found := differences(old, json.loads(json.dumps(new, default=str))):
        more = f"; and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        raise StoreError(
            f"{path} is of another run ({'; '.join(found[:_NAMED])}{more}); choose another path, "
            "or move it away."
        )


def _record(chunk: Chunk) -> dict[str, object]:
    """Return a chunk as JSON can hold it, every number to the last bit."""
    return {
        "log_probs": [[_number(value) for value in row] for row in chunk.scores.log_probs.tolist()],
        "mass": [_number(value) for value in chunk.scores.mass.tolist()],
        "status": chunk.scores.status.tolist(),
        "seconds": round(chunk.seconds, 6),
    }


def _chunk(record: Mapping[str, Any]) -> Chunk:
    """Return a chunk from its record."""
    scores = OptionScores(
        np.array([[float(value) for value in row] for row in record["log_probs"]]),
        np.array([float(value) for value in record["mass"]]),
        np.array(record["status"], dtype=np.int8),
    )
    return Chunk(scores, float(record["seconds"]))


def _number(value: float) -> float | str:
    """Return a number, or the word for one that JSON does not have."""
    return value if np.isfinite(value) else str(value)
