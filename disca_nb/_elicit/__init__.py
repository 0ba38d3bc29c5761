"""`elicit`: ask a model every dilemma as itself and as each persona, in both orders."""

from __future__ import annotations

import gc
import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from functools import partial

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb._debias import debias
from disca_nb._elicit.given import Asked, loaded
from disca_nb._elicit.keeping import Kept, answers_hash, kept
from disca_nb._elicit.quality import warn_of_unscored
from disca_nb._elicit.questions import ORDERS, Questions
from disca_nb._elicit.request import Request, planned, request
from disca_nb._elicit.scoring import Answers, answers, worst
from disca_nb.errors import InputError
from disca_nb.models.protocol import LanguageModel
from disca_nb.prompts.frames import Exchange
from disca_nb.results import check_savable
from disca_nb.variables import annotate, validate

__all__ = ["elicit"]


def elicit(
    model: Asked | Sequence[Asked],
    scenarios: xr.Dataset,
    panel: xr.Dataset,
    *,
    countries: str | Iterable[str] | None = None,
    language: str | os.PathLike[str] | None = None,
    exchange: Exchange = "lines",
    min_mass: float = 0.5,
    progress: bool = True,
    store: str | os.PathLike[str] | None = None,
) -> xr.Dataset:
    """Ask models every dilemma, as themselves and as each persona of each country.

    Every prompt is scored in the order shown (AB) and with the options exchanged (BA). A gap is
    log p(B) - log p(A), in natural logarithms, never divided by anything. A prompt that several
    countries share, as they do the base prompt, is scored once, and what many prompts begin with
    is read once (`disca_nb.plan` says how much that saves).

    With ``store`` nothing that was computed is lost: every finished batch is written to disk, and
    the same call goes on where an earlier one was stopped, by whatever. Its result is that of a
    run without a stop, bit for bit, latencies aside.

    With ``exchange="lines"`` a choice with its sides changed is the same two prompts the other way
    round, and its debiased gap the same number with the other sign: of the grid, which has every
    choice from both sides, the slice of 310 holds 155 gaps that do not follow from each other.

    Parameters
    ----------
    model : LanguageModel, str, path or sequence of these
        A model, the name or folder of one for `disca_nb.models.load`, or several. Named models
        are loaded one after the other, and each is let go before the next.
    scenarios : xarray.Dataset
        Dilemmas of `disca_nb.prompts.scenarios` or `disca_nb.datasets.scenarios.from_csv`; all
        that the registry knows of them comes along as coordinates.
    panel : xarray.Dataset
        Personas of `disca_nb.prompts.persona_panel` or one of its siblings.
    countries : str or iterable of str, optional
        Which countries of the panel; all by default.
    language : str or path, optional
        Language pack; that of the panel by default. A pack in a file of yours must be given.
    exchange : {"lines", "labels"}
        What the order BA exchanges: the two descriptions, or only their letters.
    min_mass : float
        Where both options together are less probable than this the status is 3; 0 to 1.
    progress : bool
        Whether to show a bar on standard error.
    store : path, optional
        Where the result is saved, a ``.zarr`` store or a ``.nc`` file. Until it is whole a folder
        beside it, named after it and ending in ``.run``, keeps what is finished. A result that is
        there already is returned if this call would make the same, and refused otherwise.

    Returns
    -------
    xarray.Dataset
        ``base_order_gap`` and ``base_answer_mass`` (country, scenario, model, order), the same of
        each ``persona`` as ``persona_order_gap`` and ``persona_answer_mass``; ``base_gap``,
        ``persona_gap``, ``positional_bias`` and ``vanilla_gap`` as `disca_nb.debias` makes them;
        ``status`` (country, scenario, model), the worst of a cell's prompts: failed, low mass,
        scored; ``latency``, the time of a cell's prompts in seconds, a batch's shared equally by
        its prompts. ``persona_prompt`` is what the personas were told, the attribute
        ``base_prompt`` what the model was. Other attributes say who was asked what; ``manifest``
        is a JSON text.

    Raises
    ------
    InputError
        When a text is missing, languages or names of models clash, or a model cannot be loaded.
    UnknownNameError
        For an unknown country or exchange.
    ParameterError
        When ``min_mass`` is not between 0 and 1.
    StoreError
        When ``store`` is of another run, which is told with what differs, another process writes
        it, it is damaged, or the disk is full.

    Warns
    -----
    UserWarning
        When cells were not scored, with how many and why.

    References
    ----------
    arXiv 2605.10843, section 3.

    Examples
    --------
    >>> import numpy as np
    >>> from disca_nb import prompts
    >>> from disca_nb.models import OptionScores
    >>> class Longer:
    ...     name, manifest = "longer", {}
    ...
    ...     def score(self, asked, options):
    ...         share = [len(each.user) / 1000 for each in asked]
    ...         return OptionScores.of(np.log([[1 - s, s] for s in share]))
    >>> choices = prompts.scenarios("balanced", per_attribute=2)
    >>> gaps = elicit(Longer(), choices, prompts.persona_panel(["JPN"]), progress=False)
    >>> gaps.persona_gap.dims, int(gaps.status.max())
    (('country', 'scenario', 'persona', 'model'), 1)
    """
    run = request(
        model,
        scenarios,
        panel,
        countries=countries,
        language=language,
        exchange=exchange,
        min_mass=min_mass,
    )
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
    warn_of_unscored(result)
    return result


def _ask(
    model: LanguageModel, run: Request, keeper: Kept, *, progress: bool
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
