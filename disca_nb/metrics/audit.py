"""The audit of a steering result: whether it is better than the trivial alternatives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from disca_nb.datasets import targets as shipped
from disca_nb.errors import InputError
from disca_nb.metrics._known import one_model
from disca_nb.metrics.audit_report import Audit, ModelAudit
from disca_nb.metrics.between import between_countries
from disca_nb.metrics.bootstrap import cluster_bootstrap, interval
from disca_nb.metrics.comparison import holm, paired_differences, skill
from disca_nb.metrics.decomposition import decompose
from disca_nb.metrics.default_rivals import MODEL_FREE, default_rivals, passes_of
from disca_nb.metrics.disagreement import disagreement_check
from disca_nb.metrics.findings import findings
from disca_nb.metrics.floors import floors
from disca_nb.metrics.headroom import headroom
from disca_nb.metrics.held_out import TOUCHED, Folds, HeldOut, check_steerer, refuse_perfect
from disca_nb.metrics.human import Utilitarianism
from disca_nb.metrics.placebo import placebo
from disca_nb.metrics.scores import alignment
from disca_nb.metrics.waterfall import waterfall
from disca_nb.steering import VARIANTS
from disca_nb.steering.rivals import Steerer, Variant
from disca_nb.variables import annotate, validate

__all__ = ["audit"]

REFERENCES = ("coin-flip", "temperature-debiased", "world-mean", "region-mean")
"""Methods that skill is measured against."""

_COIN_FLIP = "coin-flip"
_ORACLE = "oracle"


def audit(
    results: xr.Dataset,
    targets: xr.Dataset | None = None,
    *,
    rivals: Iterable[Steerer] | None = None,
    folds: Folds = "country",
    utilitarianism: Utilitarianism = "pooled",
    n_boot: int = 2000,
    n_permutations: int = 10_000,
    seed: int = 0,
    progress: bool = False,
) -> Audit:
    """Set a steering result beside every trivial alternative.

    Parameters
    ----------
    results : xarray.Dataset
        Decisions that `disca_nb.steer` returned, whose method is audited; or gaps alone, of which
        DISCA as its paper prints it is audited. Several models are audited one by one.
    targets : xarray.Dataset, optional
        Human preferences; the Moral Machine's by default.
    rivals : iterable of Steerer, optional
        What to compare with; `default_rivals` of the dataset by default. Your own stand beside
        them when you add them to that list.
    folds : {"country", "region"}
        As for `cross_validate`.
    utilitarianism : {"pooled", "matched"}
        As for `disca_nb.alignment`.
    n_boot, n_permutations, seed
        Draws of intervals, of permutation tests, and their seed.
    progress : bool
        Show a bar.

    Returns
    -------
    Audit
        Prints as a table with findings and shows as an HTML card; ``to_dataframe()``,
        ``to_dict()`` and one `ModelAudit` per model hold the rest.

    Raises
    ------
    InputError
        For fewer than three countries, constant gaps, a country without scenarios of an
        attribute, or targets that lack one.
    LeakageError
        When a rival reads the target of a country on which it is scored.

    References
    ----------
    arXiv 2605.10843 for DISCA.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel()
    >>> report = disca_nb.audit(disca_nb.steer(panel, method="quadrature"), n_boot=200)
    >>> report.to_dataframe().loc[("synthetic-demo", "coin-flip"), "macro_mis"].round(3).item()
    0.476
    """
    validate(results, "country", "scenario", "category", "preferred_on_right")
    names = [str(x) for x in np.atleast_1d(results["model"].values)] if "model" in results else [""]
    human = shipped.moral_machine() if targets is None else targets
    chosen = None if rivals is None else list(rivals)
    for rival in chosen or []:
        check_steerer(rival)
    audits = {}
    for name in names:
        cells = results.sel(model=name) if "model" in results.dims else results
        audits[name or "model"] = _audit_one(
            name or "model",
            one_model(cells),
            human,
            rivals=chosen,
            folds=folds,
            utilitarianism=utilitarianism,
            draws={"n_boot": n_boot, "n_permutations": n_permutations, "seed": seed},
            progress=progress,
        )
    return Audit(audits)


def _audit_one(
    name: str,
    cells: xr.Dataset,
    targets: xr.Dataset,
    *,
    rivals: list[Steerer] | None,
    folds: Folds,
    utilitarianism: Utilitarianism,
    draws: Mapping[str, int],
    progress: bool,
) -> ModelAudit:
    """Audit one model."""
    subject, decisions = _subject(cells)
    scores = alignment(decisions, targets, utilitarianism=utilitarianism)
    held_out = HeldOut(cells, targets, folds=folds, utilitarianism=utilitarianism)
    chosen = default_rivals(cells) if rivals is None else rivals
    made: dict[str, xr.DataArray] = {}
    touched = {subject: _touched_by(decisions)}
    for rival in _shown(chosen, f"{name}: rivals", progress=progress):
        if rival.name == subject:
            continue
        if rival.name in {*made, _COIN_FLIP}:
            raise InputError(f"Two rivals are named {rival.name!r}; rename one.")
        decided = held_out(rival)
        made[rival.name] = decided["p_spare"]
        touched[rival.name] = str(decided.attrs["targets_touched"])
    mis = _misalignment(decisions, made, targets, utilitarianism)
    for rival in chosen:
        if rival.name in mis:
            refuse_perfect(rival, mis[rival.name])
    methods = _methods(scores, {subject: scores["mis"], **mis}, touched, draws)
    diagnostics = _diagnostics(cells, decisions, scores, targets, utilitarianism, draws)
    told = {
        "model": name,
        "steering": str(decisions.attrs.get("steering", subject)),
        "source": str(cells.attrs.get("source", "given")),
    }
    report = ModelAudit(
        model=told["model"],
        steering=told["steering"],
        source=told["source"],
        subject=subject,
        targets=str(scores.attrs["targets"]),
        folds=folds,
        # A table that leaves the audit still says whose it is.
        methods=methods.assign_attrs(told),
        scores=scores,
        diagnostics=diagnostics,
    )
    return report.with_findings(findings(report))


def _subject(cells: xr.Dataset) -> tuple[str, xr.Dataset]:
    """Return the name and the decisions of the method that is audited."""
    if "p_spare" not in cells:
        # Nothing was steered yet: audit what the paper prints, by its logged passes if any.
        validate(cells, "base_gap", "persona_gap")
        rival = Variant("paper", passes_of(cells))
        return rival.name, rival.apply(cells)
    variant = str(cells.attrs.get("variant", "given"))
    return (Variant(variant).name if variant in VARIANTS else variant), cells


def _touched_by(decisions: xr.Dataset) -> str:
    """Return whose human figures were read for the decisions that are audited."""
    if str(decisions.attrs.get("variant")) in VARIANTS:
        return TOUCHED["nothing"]
    return str(decisions.attrs.get("targets_touched", "unknown: decisions were given"))


def _misalignment(
    decisions: xr.Dataset,
    made: Mapping[str, xr.DataArray],
    targets: xr.Dataset,
    utilitarianism: Utilitarianism,
) -> dict[str, xr.DataArray]:
    """Return the misalignment of each rival by country, all scored at once."""
    if not made:
        return {}
    together = xr.concat(
        [p.reset_coords(drop=True) for p in made.values()],
        dim=pd.Index(list(made), name="variant"),
        coords="minimal",
        compat="override",
    )
    others = [name for name in decisions.data_vars if name != "status"]
    kept = decisions.drop_vars([*others, "variant"], errors="ignore")
    scores = alignment(kept.assign(p_spare=together), targets, utilitarianism=utilitarianism)
    return {name: scores["mis"].sel(variant=name, drop=True) for name in made}


def _methods(
    scores: xr.Dataset,
    found: Mapping[str, xr.DataArray],
    touched: Mapping[str, str],
    draws: Mapping[str, int],
) -> xr.Dataset:
    """Arrange the misalignment of all methods, with intervals and comparisons."""
    subject = next(iter(found))
    parts = {_COIN_FLIP: scores["mis_coin_flip"], **found}
    names = list(parts)
    mis = xr.concat(
        [part.reset_coords(drop=True) for part in parts.values()],
        dim=pd.Index(names, name="rival"),
        join="exact",
    )
    boot = {"n_boot": draws["n_boot"], "seed": draws["seed"]}
    low, high = interval(cluster_bootstrap(mis, n_boot=draws["n_boot"], seed=draws["seed"]))
    references = [name for name in REFERENCES if name in names]
    against = paired_differences(
        mis, subject, n_permutations=draws["n_permutations"], **boot
    ).rename({"wins": "wins_vs_subject"})
    # Oracles are no rivals, and one country has no spread to test by.
    touched = {_COIN_FLIP: TOUCHED["nothing"], **touched}
    counted = np.array([_ORACLE not in touched[name] for name in names])
    counted &= mis.sizes["country"] > 1
    against["p"] = against["p"].where(xr.DataArray(counted, dims="rival"))
    against["p_holm"] = against["p"].copy(data=holm(against["p"].values))
    ceiling = scores["noise_ceiling"].reset_coords(drop=True)
    macro = mis.mean("country", skipna=False)
    known = macro.notnull() & (mis.sizes["country"] > 1)
    low, high = low.where(known), high.where(known)
    coin = macro.sel(rival=_COIN_FLIP, drop=True)
    free = [name in MODEL_FREE for name in names]
    result = xr.Dataset(
        {
            "mis": mis,
            "macro_mis": macro,
            "macro_mis_low": low,
            "macro_mis_high": high,
            "noise_ceiling": ceiling,
            "position": (coin - macro) / (coin - ceiling.mean("country", skipna=False)),
            "wins_vs_vanilla": _wins(mis, "vanilla"),
            "wins_vs_coin_flip": _wins(mis, _COIN_FLIP),
            **against.data_vars,
            **skill(mis, references, **boot).data_vars,
        }
    )
    result = result.assign_coords(targets_touched=("rival", [touched[name] for name in names]))
    result = result.assign_coords(model_free=("rival", free))
    return annotate(result.assign_attrs(subject=subject))


def _wins(mis: xr.DataArray, reference: str) -> xr.DataArray:
    """Return in how many countries each method is closer than a reference; NaN without one."""
    if reference not in mis["rival"].values:
        return mis.mean("country") * np.nan
    closer = mis < mis.sel(rival=reference, drop=True)
    return closer.sum("country").astype(np.float64)


def _diagnostics(
    cells: xr.Dataset,
    decisions: xr.Dataset,
    scores: xr.Dataset,
    targets: xr.Dataset,
    utilitarianism: Utilitarianism,
    draws: Mapping[str, int],
) -> dict[str, xr.Dataset]:
    """Return every diagnostic for which the dataset has what it needs."""
    options = {"utilitarianism": utilitarianism}
    boot = {"n_boot": draws["n_boot"], "seed": draws["seed"]}
    several = scores.sizes["country"] >= 3
    found: dict[str, xr.Dataset] = {"floors": floors(scores)}
    if several:
        found["placebo"] = placebo(
            scores, n_permutations=draws["n_permutations"], seed=draws["seed"]
        )
        found["between"] = between_countries(scores, **boot)
    if scores.sizes["country"] >= 2:
        found["decomposition"] = decompose(scores)
    if "recorded_correction" in cells and "correction" not in decisions:
        decisions = Variant("released", {"method": "recorded"}).apply(cells)
    passes = {"persona_gap", "base_gap", "correction", "reliability"} <= set(decisions.data_vars)
    if passes and _personas_differ(decisions["persona_gap"]):
        found["disagreement"] = disagreement_check(decisions, targets, **options, **boot)  # type: ignore[arg-type]
    if "vanilla_gap" in cells:
        found["headroom"] = headroom(cells, targets, **options)  # type: ignore[arg-type]
    if {"persona_gap", "base_gap"} <= set(cells.data_vars):
        found["waterfall"] = waterfall(cells, targets, **options, **boot)  # type: ignore[arg-type]
    return found


def _personas_differ(gaps: xr.DataArray) -> bool:
    """Return whether personas disagree, and in some cells more than in others."""
    if gaps.sizes["persona"] < 2:
        return False
    spread = gaps.std("persona", ddof=1)
    return bool(spread.max() > spread.min())


def _shown(rivals: Sequence[Steerer], text: str, *, progress: bool) -> Iterable[Steerer]:
    """Return the rivals, behind a bar where one is wanted."""
    if not progress:
        return rivals
    from tqdm.auto import tqdm

    bar: Iterable[Steerer] = tqdm(rivals, desc=text, leave=False)
    return bar
