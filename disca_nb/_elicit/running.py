"""A request carried out: models are asked what they are not yet asked, and a dataset is made."""

from __future__ import annotations

import gc
import hashlib
import json
import os
from contextlib import nullcontext
from functools import partial

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb._debias import debias
from disca_nb._elicit.given import loaded
from disca_nb._elicit.keeping import Kept, answers_hash, kept
from disca_nb._elicit.progress import Follow, check_follow
from disca_nb._elicit.questions import ORDERS, Questions
from disca_nb._elicit.request import Request, planned
from disca_nb._elicit.scoring import Answers, answers, worst
from disca_nb.errors import InputError
from disca_nb.models.protocol import LanguageModel
from disca_nb.results import check_savable
from disca_nb.variables import annotate, validate

__all__ = ["answered"]


def answered(run: Request, *, progress: Follow, store: str | os.PathLike[str] | None) -> xr.Dataset:
    """Ask the models of a run what they are not yet asked, without a word on cells not scored.

    Parameters
    ----------
    run : Request
        Who is asked what.
    progress, store
        As for `disca_nb.elicit`.

    Returns
    -------
    xarray.Dataset
        As `disca_nb.elicit` returns it.

    Raises
    ------
    InputError, StoreError
        As for `disca_nb.elicit`.
    """
    check_follow(progress)
    if store is not None:
        if not isinstance(store, str | os.PathLike):
            raise InputError(f"store is {store!r}; give the path of a .zarr store or a .nc file.")
        _check_savable(run)
    with nullcontext(Kept()) if store is None else kept(store, run.manifest) as keeper:
        parts, manifests = [], {}
        for each in run.models:
            one = loaded(each)
            found, manifests[one.name] = _ask(one, run, keeper, progress=progress)
            if found is not None:
                parts.append(_cells(run.asked, found, one.name, run.scenarios, run.panel))
            # Networks hold themselves in circles; the next one needs their memory.
            del one
            gc.collect()
        result = keeper.whole
        if result is None:
            result = _result(run, parts, manifests)
            keeper.finish(result)
    return result


def _ask(
    model: LanguageModel, run: Request, keeper: Kept, *, progress: Follow
) -> tuple[Answers | None, dict[str, object]]:
    """Return a model's answers and manifest; no answers where the result is whole already."""
    options = run.pack.labels
    plan = planned(run, model)
    # Whatever a plan says of itself, what is kept is by the numbers of these chunks.
    chunks = hashlib.sha256(repr([list(chunk) for chunk in plan.chunks]).encode()).hexdigest()
    own = {**model.manifest, "plan": {**plan.manifest, "chunks_sha256": chunks}}
    manifest: dict[str, object] = json.loads(json.dumps(own, default=str))
    finished = keeper.begin(model.name, manifest)
    if keeper.whole is not None:
        return None, manifest
    found = answers(
        model,
        plan,
        options,
        min_mass=run.min_mass,
        progress=progress,
        finished=finished,
        keep=partial(keeper.append, model.name),
    )
    return found, manifest


def _check_savable(run: Request) -> None:
    """Raise when the labels of a run could not be saved with its answers, before any is asked."""
    number = len(run.asked.prompts)
    nothing = np.zeros(number)
    blank = Answers(nothing, nothing, np.zeros(number, dtype=np.int8), nothing)
    part = _cells(run.asked, blank, run.names[0], run.scenarios, run.panel)
    check_savable(_result(run, [part], {}))


def _result(
    run: Request, parts: list[xr.Dataset], manifests: dict[str, dict[str, object]]
) -> xr.Dataset:
    """Return all models' answers as one dataset with what is known of the run."""
    result = xr.concat(parts, dim="model") if len(parts) > 1 else parts[0]
    result = result.assign(persona_prompt=run.panel["persona_prompt"])
    result = debias(result).assign_coords(language=run.pack.language)
    result.attrs = {
        "source": _source(manifests),
        "scenario_source": str(run.scenarios.attrs.get("source", "scenarios of one's own")),
        "persona_source": str(run.panel.attrs.get("persona_source", "personas of one's own")),
        "exchange": run.exchange,
        "language": run.pack.language,
        "category_temperature": "none",
        "min_mass": run.min_mass,
        "base_prompt": str(run.panel.attrs.get("base_prompt", run.pack.base_system)),
        **_notice(manifests),
    }
    manifest = {**run.manifest, "models": manifests, "answers_sha256": answers_hash(result)}
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, default=str)
    return annotate(validate(result.assign_attrs(manifest=text)))


def _cells(
    asked: Questions, found: Answers, name: str, scenarios: xr.Dataset, panel: xr.Dataset
) -> xr.Dataset:
    """Return one model's answers as a dataset."""
    countries, personas = panel.sizes["country"], panel.sizes["persona"]
    base = np.broadcast_to(asked.base, (countries, *asked.base.shape))
    each = asked.personas.reshape(countries, -1, personas * len(ORDERS))
    status = worst(found.status[base], found.status[each])
    latency = found.seconds[base].sum(-1) + found.seconds[each].sum(-1)
    speaker = ("country", "scenario", "persona", "order")

    def spread(values: npt.NDArray[np.float64]) -> dict[str, xr.Variable]:
        return {
            "base": xr.Variable(("country", "scenario", "order"), values[base]),
            "persona": xr.Variable(speaker, values[asked.personas]),
        }

    data = {f"{who}_order_gap": gap for who, gap in spread(found.gaps).items()}
    data |= {f"{who}_answer_mass": mass for who, mass in spread(found.mass).items()}
    data |= {"status": xr.Variable(("country", "scenario"), status)}
    data |= {"latency": xr.Variable(("country", "scenario"), latency)}
    result = xr.Dataset(data)
    result = result.assign_coords({**scenarios.coords, **panel.coords, "order": list(ORDERS)})
    return result.expand_dims(model=[name])


def _source(manifests: dict[str, dict[str, object]]) -> str:
    """Return where the gaps are from; figures and texts look for the word synthetic."""
    names = f"elicited from {', '.join(manifests)}"
    made_up = all("synthetic" in str(each.get("notice", "")) for each in manifests.values())
    return f"synthetic: {names}" if made_up else names


def _notice(manifests: dict[str, dict[str, object]]) -> dict[str, str]:
    """Return what the models ask to be said of every result, if anything."""
    notices = [str(each["notice"]) for each in manifests.values() if each.get("notice")]
    return {"notice": " ".join(dict.fromkeys(notices))} if notices else {}
