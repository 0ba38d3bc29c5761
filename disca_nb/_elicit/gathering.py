"""From models to one result: each asked in turn, what is finished kept, all of it put together."""

from __future__ import annotations

import gc
import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import TypeAlias

import xarray as xr

from disca_nb._elicit.given import Asked, loaded
from disca_nb._elicit.keeping import DILEMMAS, Kept, kept
from disca_nb._elicit.scoring import Chunk
from disca_nb.errors import InputError
from disca_nb.models.protocol import LanguageModel, ScoringPlan

__all__ = ["Manifests", "begun", "check_store", "gathered", "notice_of", "source_of"]

Manifests: TypeAlias = dict[str, dict[str, object]]
"""Of each model what is needed to run the same again."""


def check_store(store: object) -> None:
    """Raise unless it is a path, or None."""
    if store is not None and not isinstance(store, str | os.PathLike):
        raise InputError(f"store is {store!r}; give the path of a .zarr store or a .nc file.")


def gathered(
    models: Sequence[Asked],
    manifest: Mapping[str, object],
    *,
    store: str | os.PathLike[str] | None,
    ask: Callable[[LanguageModel, Kept], tuple[xr.Dataset | None, dict[str, object]]],
    whole: Callable[[list[xr.Dataset], Manifests], xr.Dataset],
    hashed: Sequence[str] = DILEMMAS,
) -> xr.Dataset:
    """Ask models one after the other and return their answers as one dataset.

    Parameters
    ----------
    models : sequence of LanguageModel, str or path
        Who is asked. Named models are loaded one after the other.
    manifest : mapping
        What the run follows from, its models aside.
    store : path, optional
        Where the result is saved, and finished chunks until it is whole.
    ask : callable
        Returns a model's answers and manifest; no answers where the result is whole already.
    whole : callable
        Makes the result of all models' answers and manifests.
    hashed : sequence of str
        Variables and labels that the result's hash is of.

    Returns
    -------
    xarray.Dataset

    Raises
    ------
    InputError, StoreError
        As for `disca_nb.elicit`.
    """
    with nullcontext(Kept()) if store is None else kept(store, manifest, hashed=hashed) as keeper:
        parts, manifests = [], {}
        for each in models:
            one = loaded(each)
            found, manifests[one.name] = ask(one, keeper)
            if found is not None:
                parts.append(found)
            # Networks hold themselves in circles; the next one needs their memory.
            del one
            gc.collect()
        result = keeper.whole
        if result is None:
            result = whole(parts, manifests)
            keeper.finish(result)
    return result


def begun(
    model: LanguageModel, plan: ScoringPlan, keeper: Kept
) -> tuple[dict[str, object], dict[int, Chunk]]:
    """Return a model's manifest with that of its plan, and the chunks that are finished.

    Parameters
    ----------
    model : LanguageModel
        Who is asked.
    plan : ScoringPlan
        In which chunks.
    keeper : Kept
        Where they are kept.

    Returns
    -------
    manifest : dict
        As JSON holds it.
    finished : dict
        Chunks by their number.

    Raises
    ------
    StoreError
        When what is kept is of another model.
    """
    # Whatever a plan says of itself, what is kept is by the numbers of these chunks.
    chunks = hashlib.sha256(repr([list(chunk) for chunk in plan.chunks]).encode()).hexdigest()
    own = {**model.manifest, "plan": {**plan.manifest, "chunks_sha256": chunks}}
    manifest: dict[str, object] = json.loads(json.dumps(own, default=str))
    return manifest, keeper.begin(model.name, manifest)


def source_of(manifests: Manifests) -> str:
    """Return where answers are from; figures and texts look for the word synthetic."""
    names = f"elicited from {', '.join(manifests)}"
    made_up = all("synthetic" in str(each.get("notice", "")) for each in manifests.values())
    return f"synthetic: {names}" if made_up else names


def notice_of(manifests: Manifests) -> dict[str, str]:
    """Return what the models ask to be said of every result, if anything."""
    notices = [str(each["notice"]) for each in manifests.values() if each.get("notice")]
    return {"notice": " ".join(dict.fromkeys(notices))} if notices else {}
