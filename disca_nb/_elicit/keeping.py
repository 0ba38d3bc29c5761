"""A run that is kept on disk as it goes on: what is finished is read back, not computed again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from disca_nb._elicit.scoring import Chunk
from disca_nb.errors import StoreError
from disca_nb.models.protocol import OptionScores
from disca_nb.results import check_form, open_results, save_results
from disca_nb.store import Journal, described, differences

__all__ = ["DILEMMAS", "Kept", "answers_hash", "check", "kept", "run_folder"]

# Of a result's manifest, what is known only when all is answered.
_OF_ANSWERS = ("models", "answers_sha256")
DILEMMAS = (
    *("base_order_gap", "persona_order_gap", "base_answer_mass", "persona_answer_mass"),
    *("base_gap", "persona_gap", "vanilla_gap", "positional_bias", "status"),
    *("country", "scenario", "persona", "model"),
)
"""Of what `disca_nb.elicit` returns, the variables and labels that a result's hash is of."""


class Kept:
    """Where a run is kept: in a finished result, in the journal of one under way, or nowhere.

    Parameters
    ----------
    path : pathlib.Path
        Of the result.
    journal : Journal, optional
        Of a run that is under way.
    whole : xarray.Dataset, optional
        The result, where an earlier run has finished it.
    """

    def __init__(
        self, path: Path = Path(), journal: Journal | None = None, whole: xr.Dataset | None = None
    ) -> None:
        self.path, self.whole = path, whole
        self._journal = journal

    def begin(self, model: str, manifest: Mapping[str, object]) -> dict[int, Chunk]:
        """Return the chunks that are finished of a model, which must be the one they are of."""
        if self.whole is not None:
            models = _manifest(self.whole)["models"]
            _compare(self.path, {model: models.get(model)}, {model: manifest})
        if self._journal is None:
            return {}
        self._journal.begin(model, manifest)
        found = self._journal.finished(model)
        return {number: _chunk(record) for number, record in found.items()}

    def append(self, model: str, number: int, chunk: Chunk) -> None:
        """Keep a finished chunk; it is on disk when this returns."""
        if self._journal is not None:
            self._journal.append(model, number, _record(chunk))

    def finish(self, result: xr.Dataset) -> None:
        """Save the result, then let go of the journal; it stays when the result cannot be saved."""
        if self._journal is None:
            return
        try:
            save_results(result, self.path)
        except OSError as error:
            raise StoreError(
                f"{self.path} cannot be written ({error.strerror or error}); every answer is kept "
                f"in {run_folder(self.path)}: mend that, and run the same again."
            ) from None
        self._journal.remove()


def run_folder(path: str | os.PathLike[str]) -> Path:
    """Return where the journal of a run lies until its result is whole.

    Examples
    --------
    >>> run_folder("out/japan.zarr").name
    'japan.zarr.run'
    """
    target = Path(path).expanduser()
    return target.with_name(f"{target.name}.run")


@contextmanager
def kept(
    path: str | os.PathLike[str],
    manifest: Mapping[str, object],
    *,
    hashed: Sequence[str] = DILEMMAS,
) -> Iterator[Kept]:
    """Take up the run that is kept at a path, or begin one.

    Parameters
    ----------
    path : path
        Of the result, a ``.zarr`` store or a ``.nc`` file.
    manifest : mapping
        What the run follows from, its models aside.
    hashed : sequence of str
        Variables and labels that the result's hash is of.

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
    if (whole := check(target, manifest, hashed=hashed)) is None:
        with Journal.open(run_folder(target), manifest) as journal:
            # Another process may have finished it before the journal was free.
            if (whole := check(target, manifest, hashed=hashed)) is None:
                yield Kept(target, journal)
                return
    yield Kept(target, whole=whole)
    _clear(run_folder(target), manifest)


def _clear(folder: Path, manifest: Mapping[str, object]) -> None:
    """Remove the journal of a run whose result is whole, which a killed process may have left."""
    if folder.exists():
        with suppress(StoreError), Journal.open(folder, manifest) as journal:
            journal.remove()


def check(
    path: str | os.PathLike[str],
    manifest: Mapping[str, object],
    *,
    hashed: Sequence[str] = DILEMMAS,
) -> xr.Dataset | None:
    """Return the finished result at a path, before any model is loaded; None where none is.

    Parameters
    ----------
    path, manifest, hashed
        As for `kept`.

    Returns
    -------
    xarray.Dataset or None
        Its models are still to be compared.

    Raises
    ------
    StoreError, InputError
        As for `kept`.
    """
    target = check_form(path)
    if not target.exists():
        return None
    try:
        there = open_results(target)
    except StoreError:
        raise StoreError(
            f"{target} is there and no result; choose another path, or move it away."
        ) from None
    found = _manifest(there)
    _compare(target, {name: found[name] for name in found if name not in _OF_ANSWERS}, manifest)
    if found.get("answers_sha256") != answers_hash(there, hashed=hashed):
        raise StoreError(
            f"{target} holds other answers than its run gave, or a part of them; choose another "
            "path, or move it away."
        )
    return there


def _manifest(result: xr.Dataset) -> dict[str, Any]:
    """Return the manifest of a result, empty for one that no run has written."""
    try:
        found = json.loads(str(result.attrs.get("manifest", "{}")))
    except ValueError:
        return {"models": {}}
    return {"models": {}, **found} if isinstance(found, dict) else {"models": {}}


def answers_hash(result: xr.Dataset, *, hashed: Sequence[str] = DILEMMAS) -> str:
    """Return a hash of everything that models answered, and of the labels that it stands under.

    Parameters
    ----------
    result : xarray.Dataset
        What `disca_nb.elicit` returned, or was made of it.
    hashed : sequence of str
        Variables and labels that the hash is of.
    """
    found = hashlib.sha256()
    for name in hashed:
        array = result.get(name, xr.DataArray(np.nan))
        found.update(repr([name, array.dims, array.shape]).encode())
        values = array.values
        found.update(
            repr(values.tolist()).encode() if values.dtype.kind == "U" else values.tobytes()
        )
    return found.hexdigest()


def _compare(path: Path, old: Mapping[str, object], new: Mapping[str, object]) -> None:
    """Raise unless a result was made as it would be made now."""
    if found := differences(old, new):
        raise StoreError(
            f"{path} is of another run ({described(found)}); choose another path, or move it away."
        )


def _record(chunk: Chunk) -> dict[str, object]:
    """Return a chunk as JSON can hold it, every number to the last bit."""
    return {
        "log_probs": [[_number(value) for value in row] for row in chunk.scores.log_probs.tolist()],
        "mass": [_number(value) for value in chunk.scores.mass.tolist()],
        "status": chunk.scores.status.tolist(),
        "seconds": round(chunk.seconds, 6),
        "rows_at_once": chunk.rows_at_once,
    }


def _chunk(record: Mapping[str, Any]) -> Chunk:
    """Return a chunk from its record."""
    scores = OptionScores(
        np.array([[float(value) for value in row] for row in record["log_probs"]]),
        np.array([float(value) for value in record["mass"]]),
        np.array(record["status"], dtype=np.int8),
    )
    return Chunk(scores, float(record["seconds"]), record["rows_at_once"])


def _number(value: float) -> float | str:
    """Return a number, or the word for one that JSON does not have."""
    return value if np.isfinite(value) else str(value)
