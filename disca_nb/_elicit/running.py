"""A request carried out: models are asked what they are not yet asked, and a dataset is made."""

from __future__ import annotations

import json
import os
from functools import partial

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb._debias import debias
from disca_nb._elicit.gathering import begun, check_store, gathered, notice_of, source_of
from disca_nb._elicit.keeping import Kept, answers_hash
from disca_nb._elicit.progress import Follow, check_follow
from disca_nb._elicit.questions import ORDERS, Questions
from disca_nb._elicit.request import Request, planned
from disca_nb._elicit.scoring import Answers, answers, worst
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
    check_store(store)
    if store is not None:
        _check_savable(run)
    return gathered(
        run.models,
        run.manifest,
        store=store,
        ask=partial(_ask, run, progress=progress),
        whole=partial(_result, run),
    )


def _ask(
    run: Request, model: LanguageModel, keeper: Kept, *, progress: Follow
) -> tuple[xr.Dataset | None, dict[str, object]]:
    """Return a model's answers and manifest; no answers where the result is whole already."""
    plan = planned(run, model)
    manifest, finished = begun(model, plan, keeper)
    if keeper.whole is not None:
        return None, manifest
    found = answers(
        model,
        plan,
        run.pack.labels,
        min_mass=run.min_mass,
        progress=progress,
        finished=finished,
        keep=partial(keeper.append, model.name),
    )
    return _cells(run.asked, found, model.name, run.scenarios, run.panel), manifest


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
        "source": source_of(manifests),
        "scenario_source": str(run.scenarios.attrs.get("source", "scenarios of one's own")),
        "persona_source": str(run.panel.attrs.get("persona_source", "personas of one's own")),
        "exchange": run.exchange,
        "language": run.pack.language,
        "category_temperature": "none",
        "min_mass": run.min_mass,
        "base_prompt": str(run.panel.attrs.get("base_prompt", run.pack.base_system)),
        **notice_of(manifests),
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
