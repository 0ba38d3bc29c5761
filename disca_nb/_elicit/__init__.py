"""`elicit`: ask a model every dilemma as itself and as each persona, in both orders."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb._debias import debias
from disca_nb._elicit.given import Asked, check_mass, checked, loaded, several
from disca_nb._elicit.questions import ORDERS, Questions, pack_of, questions
from disca_nb._elicit.scoring import Answers, answers, chunk_size, worst
from disca_nb._version import __version__
from disca_nb.datasets._table import select_countries
from disca_nb.prompts.frames import Exchange
from disca_nb.variables import annotate, validate

__all__ = ["elicit"]

_CELL = ("country", "scenario", "model")


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
) -> xr.Dataset:
    """Ask models every dilemma, as themselves and as each persona of each country.

    Every prompt is scored in the order shown (AB) and with the options exchanged (BA). A gap is
    log p(B) - log p(A), in natural logarithms, never divided by anything. A prompt that several
    countries share, as they do the base prompt, is scored once, and the longest prompts come
    first, so that one too long for the model is found at once.

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

    Returns
    -------
    xarray.Dataset
        ``base_order_gap`` and ``base_answer_mass`` (country, scenario, model, order), the same of
        each ``persona`` as ``persona_order_gap`` and ``persona_answer_mass``; ``base_gap``,
        ``persona_gap``, ``positional_bias`` and ``vanilla_gap`` as `disca_nb.debias` makes them;
        ``status`` (country, scenario, model), the worst of a cell's prompts: failed, low mass,
        scored. ``persona_prompt`` is what the personas were told, the attribute ``base_prompt``
        what the model was. Other attributes say who was asked what; ``manifest`` is a JSON text.

    Raises
    ------
    InputError
        When a text is missing, languages or names of models clash, or a model cannot be loaded.
    UnknownNameError
        For an unknown country or exchange.
    ParameterError
        When ``min_mass`` is not between 0 and 1.

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
    models = several(model)
    check_mass(min_mass)
    scenarios, panel = checked(scenarios, "scenarios"), checked(panel, "panel")
    pack = pack_of(scenarios, panel, language)
    validate(panel, "country", "persona_prompt")
    known = panel.country.values.tolist()
    chosen = panel.sel(country=known if countries is None else select_countries(countries, known))
    asked = questions(scenarios, chosen, pack, exchange)
    parts, manifests, at_once = [], {}, {}
    for each in models:
        one = loaded(each)
        found = answers(one, asked.prompts, pack.labels, min_mass=min_mass, progress=progress)
        manifests[one.name], at_once[one.name] = dict(one.manifest), chunk_size(one)
        parts.append(_cells(asked, found, one.name, scenarios, chosen))
        # Networks hold themselves in circles; the next one needs their memory.
        del one
        gc.collect()
    result = xr.concat(parts, dim="model") if len(parts) > 1 else parts[0]
    result = result.assign(persona_prompt=chosen["persona_prompt"])
    result = debias(result).assign_coords(language=pack.language)
    result.attrs = {
        "source": _source(manifests),
        "scenario_source": str(scenarios.attrs.get("source", "scenarios of one's own")),
        "persona_source": str(panel.attrs.get("persona_source", "personas of one's own")),
        "exchange": exchange,
        "language": pack.language,
        "category_temperature": "none",
        "min_mass": float(min_mass),
        "base_prompt": str(panel.attrs.get("base_prompt", pack.base_system)),
        **_notice(manifests),
        "manifest": _manifest(asked, manifests, at_once, scenarios, pack.source),
    }
    return annotate(validate(result))


def _cells(
    asked: Questions, found: Answers, name: str, scenarios: xr.Dataset, panel: xr.Dataset
) -> xr.Dataset:
    """Return one model's answers as a dataset."""
    countries, personas = panel.sizes["country"], panel.sizes["persona"]
    base = np.broadcast_to(asked.base, (countries, *asked.base.shape))
    status = worst(
        found.status[base],
        found.status[asked.personas].reshape(countries, -1, personas * len(ORDERS)),
    )
    speaker = ("country", "scenario", "persona", "order")

    def spread(values: npt.NDArray[np.float64]) -> dict[str, xr.Variable]:
        return {
            "base": xr.Variable(("country", "scenario", "order"), values[base]),
            "persona": xr.Variable(speaker, values[asked.personas]),
        }

    data = {f"{who}_order_gap": gap for who, gap in spread(found.gaps).items()}
    data |= {f"{who}_answer_mass": mass for who, mass in spread(found.mass).items()}
    result = xr.Dataset({**data, "status": (("country", "scenario"), status)})
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


def _manifest(
    asked: Questions,
    manifests: dict[str, dict[str, object]],
    at_once: dict[str, int],
    scenarios: xr.Dataset,
    pack_source: str,
) -> str:
    """Return as one JSON text what is needed to run the same again."""
    content = {
        "disca_nb": __version__,
        "models": manifests,
        "prompts": len(asked.prompts),
        "prompts_at_once": at_once,
        "prompts_sha256": asked.sha256,
        "pack_source": pack_source,
        "scenario_seed": scenarios.attrs.get("seed"),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
