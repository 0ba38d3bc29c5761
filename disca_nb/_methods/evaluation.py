"""Sentences on what was compared, with the floors, the figures and their intervals."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
import xarray as xr

from disca_nb._methods.bibliography import AWAD, MULTITP
from disca_nb._methods.facts import Facts, Sentence, clean
from disca_nb._methods.steering import from_moral_machine
from disca_nb.metrics.audit_report import ModelAudit
from disca_nb.variables import DIMENSIONS

__all__ = ["evaluation", "finite"]

_FLOORS = {
    "mis_vanilla": "the base prompt without steering",
    "mis_coin_flip": "a coin flip",
    "mis_leave_one_out": "the mean of the other countries' people",
    "noise_ceiling": "a perfect model, given the standard errors of the human preferences,",
}
_POLICIES = ("unanswered", "renormalize", "distance")
_MOST = 12


def evaluation(facts: Facts) -> Iterator[Sentence]:
    """Say how decisions were compared with human preferences, and what came out."""
    if facts.means is None:
        text = "Nothing in the result is compared with human preferences"
        yield Sentence(text, "no variable mis")
        return
    yield from _score(facts)
    yield from _policies(facts)
    yield from _figures(facts, facts.means)
    yield from _floors(facts, facts.means)
    yield from _intervals(facts, facts.means)
    yield from _cross_validation(facts)
    for report in facts.reports:
        yield from _audit(report)


def _score(facts: Facts) -> Iterator[Sentence]:
    """Define the score and the human preferences."""
    text = "Misalignment is the Euclidean distance between a model's and the humans' preferences"
    if attributes := facts.attr("attributes"):
        text += f" over {attributes.count(',') + 1} attributes: {attributes}"
    yield Sentence(text, "variable mis; 0 is best", (MULTITP,))
    if from_moral_machine(facts):
        text = "A human preference is (1 + e)/2, e being the average marginal component effect"
        yield Sentence(text, "attribute targets", (AWAD,))
    how = {
        "pooled": "that of all numbers of characters pooled",
        "matched": "weighted by how many more characters one side has, as the scenarios are",
    }
    if (policy := facts.attr("utilitarianism")) in how:
        text = f"The human figure of Utilitarianism is {how[policy]}"
        yield Sentence(text, "attribute utilitarianism")


def _policies(facts: Facts) -> Iterator[Sentence]:
    """Say how languages were averaged, where they were."""
    stated = [f"{name} {facts.attr(name)}" for name in _POLICIES if facts.attr(name)]
    varied = [name for name in _POLICIES if name in facts.data.dims]
    stated += [f"{name} {' or '.join(facts.labels(name))}" for name in varied]
    if stated:
        text = f"Languages are averaged to countries by MultiTP's rules with {', '.join(stated)}"
        yield Sentence(text, "attributes or labels of the same names", (MULTITP,))


def finite(means: xr.Dataset, name: str) -> bool:
    """Return whether a dataset has a figure of this name.

    Parameters
    ----------
    means : xarray.Dataset
        Figures.
    name : str
        Which.

    Returns
    -------
    bool
        False where it is missing or NaN throughout.
    """
    return name in means and bool(np.isfinite(means[name].values).any())


def _figures(facts: Facts, means: xr.Dataset) -> Iterator[Sentence]:
    """State the mean misalignment of every model and variant."""
    score = means["mis"]
    parts = []
    for index in islice(np.ndindex(*score.shape), _MOST):
        cell = means.isel(dict(zip(score.dims, index, strict=True)))
        if figure := _figure(cell, "mis"):
            # One language of all is told with the prompts.
            one = [name for name in ("language",) if name not in score.dims]
            parts.append(f"{_name(cell['mis'].drop_vars(one, errors='ignore'))} {figure}".strip())
    if score.size > _MOST:
        parts.append(f"and {score.size - _MOST} more")
    over = ""
    if "n_countries" in means:
        numbers = sorted({int(n) for n in np.ravel(means["n_countries"].values)})
        over = f" over {' to '.join(str(n) for n in dict.fromkeys((numbers[0], numbers[-1])))}"
        over += " countries" if numbers[-1] != 1 else " country"
    if parts:
        yield Sentence(f"Mean misalignment{over} is: {'; '.join(parts)}", _source(facts, "mis"))


def _name(cell: xr.DataArray) -> str:
    """Return the labels of a figure: its model, its variant, its place in a grid."""
    order = [*DIMENSIONS, *sorted(str(name) for name in cell.coords if name not in DIMENSIONS)]
    scalars = [name for name in order if name in cell.coords and cell[name].ndim == 0]
    shown = [name for name in scalars if name in DIMENSIONS or name.endswith("_grid")]
    return ", ".join(
        clean(cell[name].values) if name in {"model", "variant"} else f"{name} {cell[name].values}"
        for name in shown
    )


def _figure(values: xr.Dataset, name: str) -> str:
    """Return a figure with its interval, or the span of several; empty where there is none."""
    if not finite(values, name):
        return ""
    low, high = (f"{end(values[name].values):.3f}" for end in (np.nanmin, np.nanmax))
    if low != high:
        return f"{low} to {high}"
    if f"{name}_low" not in values:
        return low
    ends = [np.min(values[f"{name}{end}"].values) for end in ("_low", "_high")]
    return f"{low} ({ends[0]:.3f}–{ends[1]:.3f})" if np.isfinite(ends).all() else low


def _source(facts: Facts, *names: str) -> str:
    """Return where figures stand: an audit has them by method."""
    if facts.reports:
        return "audit.methods"
    return f"variable{'s' * (len(names) > 1)} {', '.join(names)}"


def _floors(facts: Facts, means: xr.Dataset) -> Iterator[Sentence]:
    """State what must stand beside the score."""
    # The variant 'vanilla' alone has said it of itself already.
    names = [name for name in _FLOORS if name != "mis_vanilla" or facts.variants != ["vanilla"]]
    found = {name: figure for name in names if (figure := _figure(means, name))}
    if found:
        listed = "; ".join(f"{_FLOORS[name]} {figure}" for name, figure in found.items())
        yield Sentence(f"On the same countries score: {listed}", _source(facts, *found))
    if "mis_vanilla" in found and facts.attr("vanilla_decisions"):
        text = "The decisions without steering are those that the run logged"
        yield Sentence(text, "attribute vanilla_decisions")


def _intervals(facts: Facts, means: xr.Dataset) -> Iterator[Sentence]:
    """Say what the intervals are."""
    if not finite(means, "mis_low"):
        return
    level, draws, seed = (means.attrs.get(name) for name in ("level", "n_boot", "bootstrap_seed"))
    share = "95" if facts.reports else f"{100.0 * float(level):g}" if level is not None else ""
    text = f"Figures in parentheses are {share} % intervals" if share else "Intervals are"
    text += " of a bootstrap that resamples countries"
    if draws is None:
        yield Sentence(text, "audit.methods" if facts.reports else "variables mis_low, mis_high")
    else:
        made = (
            "attributes n_boot, bootstrap_seed"
            if "n_boot" in facts.data.attrs
            else "disca_nb.macro"
        )
        yield Sentence(f"{text}, {draws:,} draws with seed {seed}", made)


def _cross_validation(facts: Facts) -> Iterator[Sentence]:
    """Say whose human figures a fit read."""
    if touched := facts.attr("targets_touched"):
        text = f"Human figures read before scoring: {touched}; held out at a time: one "
        yield Sentence(text + (facts.attr("folds") or "part"), "attributes targets_touched, folds")


def _audit(report: ModelAudit) -> Iterator[Sentence]:
    """State what an audit of one model adds."""
    model, subject = clean(report.model), clean(report.subject)
    rivals = [name for name in report.names if name not in {report.subject, *report.oracles}]
    rivals = [name for name in rivals if np.isfinite(report.mis(name))]
    if rivals:
        best = sorted(rivals, key=report.mis)[:3]
        listed = "; ".join(f"{clean(name)} {_with_interval(report, name)}" for name in best)
        text = f"For {model} {subject} stands beside {len(rivals)} rivals, of which those that "
        text += f"are fitted leave out one {clean(report.folds)} at a time; the closest to the "
        yield Sentence(f"{text}humans are {listed}", "audit.methods")
    read = report.ledger.get(report.subject)
    if read is not None:
        text = f"Human figures that {subject} read before it was scored: {clean(read)}"
        yield Sentence(text, "audit.ledger")
    placebo = report.diagnostics.get("placebo")
    if placebo is not None and np.isfinite(placebo["placebo_p"].item()):
        own, other, p = (placebo[f"placebo_{key}"].item() for key in ("own", "other", "p"))
        text = f"Outputs of {model} score {own:.3f} with the country that they were made for and "
        text += f"{other:.3f} with others, permutation p {p:.3f}"
        yield Sentence(text, "audit.diagnostics, placebo")


def _with_interval(report: ModelAudit, name: str) -> str:
    """Return a method's mean misalignment with its interval."""
    ends = [report.value(f"macro_mis_{end}", name) for end in ("low", "high")]
    figure = f"{report.mis(name):.3f}"
    return f"{figure} ({ends[0]:.3f}–{ends[1]:.3f})" if np.isfinite(ends).all() else figure
