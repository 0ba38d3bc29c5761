"""Plain-language findings of an audit, each made from its numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

if TYPE_CHECKING:
    from disca_nb.metrics.audit_report import ModelAudit

__all__ = ["findings"]

_SIGNIFICANT = 0.05
_TIE = 1e-9
# Above this a perfect model would be expected to look worse than a mean of other countries.
_NOISY = 0.1


def findings(report: ModelAudit) -> tuple[str, ...]:
    """Say in sentences what an audit found.

    Parameters
    ----------
    report : ModelAudit
        The audit of one model.

    Returns
    -------
    tuple of str
        Sentences, the most important first; what the data cannot tell is left out.
    """
    sentences = (rule(report) for rule in _RULES)
    return tuple(sentence for sentence in sentences if sentence)


def _coin(report: ModelAudit) -> str:
    """Compare with a coin flip, country by country."""
    mis = report.methods["mis"]
    own, coin = (mis.sel(rival=name) for name in (report.subject, "coin-flip"))
    known = own.notnull()
    better = int((coin < own - _TIE).sum())
    lost = [str(x) for x in mis["country"].values[~known.values]]
    without = f"; without decisions for {', '.join(lost)}" if lost else ""
    return (
        f"A coin flip would score better than {report.subject} in {better} of {int(known.sum())} "
        f"countries (mean misalignment {_f(coin.where(known).mean().item())} against "
        f"{_f(own.mean().item())}{without})."
    )


def _world(report: ModelAudit) -> str:
    """Compare with means of other countries' people."""
    texts = {"world-mean": "the mean of the other countries' people"}
    if report.folds == "country":
        # Where whole regions are held out there is no neighbour to learn from.
        texts["region-mean"] = "that of the country's neighbours and the world"
    known = {name: text for name, text in texts.items() if report.has(name)}
    if not known or not np.isfinite(report.mis()):
        return ""
    listed = " and ".join(f"{text} {_f(report.mis(name))}" for name, text in known.items())
    best = min(report.mis(name) for name in known)
    if report.mis() > best:
        return (
            f"Without any model {listed}: {report.subject} is {report.mis() / best:.1f} times as "
            "far from the humans as the nearer."
        )
    return f"Without any model {listed}: {report.subject} is nearer to the humans."


def _best(report: ModelAudit) -> str:
    """Name the best methods of each kind, and whether the model adds to the means."""
    parts = []
    if report.label_free:
        name = min(report.label_free, key=report.mis)
        parts.append(
            f"Of the methods that read no human figure {name} is the nearest ({_ci(report, name)})"
        )
    fitted = [name for name in report.fitted_on_model if np.isfinite(report.mis(name))]
    if fitted:
        name = min(fitted, key=report.mis)
        skills = [
            f"{_skill(report, name, reference)} against the {text}"
            for reference, text in (("world-mean", "world mean"), ("region-mean", "region mean"))
            if report.has(reference)
        ]
        against = f"; its skill is {' and '.join(skills)}" if skills else ""
        parts.append(
            f"of those fitted on other countries that use the model, {name} ({_ci(report, name)}, "
            f"chosen after the fact{against})"
        )
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _temperature(report: ModelAudit) -> str:
    """Compare with one temperature found on other countries."""
    names = (f"temperature-{source}" for source in ("consensus", "debiased", "vanilla"))
    name = next((name for name in names if report.has(name)), report.subject)
    if name == report.subject:
        return ""
    difference, low, high, p = (
        report.value(key, name)
        for key in ("difference", "difference_low", "difference_high", "p_holm")
    )
    if not np.isfinite(difference):
        return ""
    verdict = "not told apart from"
    if p < _SIGNIFICANT:
        verdict = "better than" if difference < 0.0 else "worse than"
    return (
        f"One temperature chosen on other countries ({name}) scores {_f(report.mis(name))}, "
        f"{verdict} {report.subject} (difference {difference:+.3f}, 95 % interval {low:+.3f} to "
        f"{high:+.3f}, corrected p {_p(p)})."
    )


def _placebo(report: ModelAudit) -> str:
    """Say whether outputs fit their own countries."""
    found = report.diagnostics.get("placebo")
    if found is None or not np.isfinite(found["placebo_p"].item()):
        return ""
    own, other, p, top = (found[f"placebo_{key}"].item() for key in ("own", "other", "p", "top1"))
    n = found.sizes["country"]
    example = ""
    if p < _SIGNIFICANT:
        text = "Outputs fit the country that they were made for better than others"
    elif math.factorial(n) * _SIGNIFICANT < 1.0:
        text = f"{n} countries are too few to tell whether outputs fit those they were made for"
    else:
        text = "Outputs are not told apart from outputs made for other countries"
        # A country whose targets are mostly noise would be a cheap example.
        example = _example(found["placebo_mis"], ~(report.methods["noise_ceiling"] > _NOISY))
    return (
        f"{text}: own {_f(own)}, others {_f(other)}, p {_p(p)}, closest to their own in "
        f"{100 * top:.0f} % (chance {100 * found['placebo_chance'].item():.0f} %).{example}"
    )


def _example(table: xr.DataArray, usable: xr.DataArray) -> str:
    """Name a country that outputs made for others fit better than its own."""
    # Rows are humans: only so does a country's own peculiarity not count.
    values = table.transpose("country", "made_for").values
    own = np.diag(values)
    others = (values.sum(axis=1) - own) / (len(own) - 1)
    counted = usable.sel(country=table["country"].values).values & np.isfinite(own - others)
    excess = np.where(counted, own - others, -np.inf)
    worst = int(np.argmax(excess))
    if excess[worst] <= 0.0:
        return ""
    name = str(table["country"].values[worst])
    return (
        f" Outputs made for other countries fit {name} better (mean {_f(others[worst])}) than the "
        f"one made for {name} ({_f(own[worst])})."
    )


def _parts(report: ModelAudit) -> str:
    """Say what the misalignment consists of."""
    found = report.diagnostics.get("decomposition")
    if found is None or not np.isfinite(found["offset_share"].item()):
        return ""
    offset, attribute, country = (
        100.0 * found[f"{key}_share"].item() for key in ("offset", "attribute", "country")
    )
    return (
        f"Of the squared misalignment {offset:.0f} % is one offset common to all countries and "
        f"attributes, {attribute:.0f} % offsets of attributes common to all countries, and "
        f"{country:.0f} % differs between countries."
    )


def _between(report: ModelAudit) -> str:
    """Say whether the model follows the differences between countries."""
    found = report.diagnostics.get("between")
    if found is None or not np.isfinite(found["between_slope_pooled"].item()):
        return ""
    slope, low, high = (found[f"between_slope_pooled{end}"].item() for end in ("", "_low", "_high"))
    return (
        f"Where a country's people differ from the mean by one point, its output differs by "
        f"{slope:.2f} (95 % interval {low:.2f} to {high:.2f}; a model that knew the countries: 1)."
    )


def _waterfall(report: ModelAudit) -> str:
    """Say which ingredient changed the score most."""
    found = report.diagnostics.get("waterfall")
    if found is None or found.sizes["step"] < 2:
        return ""
    gains = found["gain"].squeeze(drop=True)
    steps = [str(name) for name in gains["step"].values[1:]]
    values = gains.values[1:]
    listed = "; ".join(f"{name} {value:+.3f}" for name, value in zip(steps, values, strict=True))
    return (
        f"Step by step from {gains['step'].values[0]} to the released code's run, with its "
        f"category temperatures (below 0 is better): {listed}."
    )


def _disagreement(report: ModelAudit) -> str:
    """Say how correction and improvement go with disagreement."""
    found = report.diagnostics.get("disagreement")
    if found is None or not np.isfinite(found["spread_vs_improvement"].item()):
        return ""
    size, gain = (
        f"{found[name].item():+.2f} (95 % interval {found[f'{name}_low'].item():+.2f} to "
        f"{found[f'{name}_high'].item():+.2f})"
        for name in ("spread_vs_correction", "spread_vs_improvement")
    )
    of = str(found.attrs.get("steering", report.subject))
    whose = "" if of == report.steering else f" (checked on {of})"
    return (
        f"Over cells the personas' disagreement goes with the size of the correction at {size} and "
        f"with how much closer the decision comes to the humans at {gain}, as rank "
        f"correlations{whose}."
    )


def _headroom(report: ModelAudit) -> str:
    """State the paper's rule and where this model lies."""
    found = report.diagnostics.get("headroom")
    if found is None:
        return ""
    verdict = str(found["headroom_verdict"].values)
    mis = found["macro_mis_vanilla"].item()
    where = "above where a coin flip lies" if verdict == "above" else verdict
    return (
        f"Unsteered misalignment is {_f(mis)}, {where} (the paper expects harm below .40; from "
        f"there to {_f(found['macro_mis_coin_flip'].item())} lies a coin flip)."
    )


def _noise(report: ModelAudit) -> str:
    """Say how much of the score is noise of the targets, and of which countries."""
    ceiling = report.methods["noise_ceiling"]
    if ceiling.isnull().all():
        return "The targets have no standard errors, so the noise ceiling is not known."
    unknown = [str(x) for x in ceiling["country"].values[ceiling.isnull().values]]
    if unknown:
        return f"The targets of {', '.join(unknown)} have no standard errors: no noise ceiling."
    noisy = [str(x) for x in ceiling["country"].values[(ceiling > _NOISY).values]]
    rest = ceiling.where(~(ceiling > _NOISY)).mean().item()
    marked = f", and at {_f(rest)} without {', '.join(noisy)}, above {_f(_NOISY)} alone"
    return (
        f"A perfect model would be expected at {_f(ceiling.mean().item())}, given the targets' "
        f"errors{marked if noisy else ''}."
    )


def _oracles(report: ModelAudit) -> str:
    """Warn of the methods that saw their own targets."""
    names = report.oracles
    if not names:
        return ""
    listed = ", ".join(f"{name} {_f(report.mis(name))}" for name in names)
    return f"Oracles, fitted on the country that they are scored on and no rivals: {listed}."


_RULES: tuple[Callable[[ModelAudit], str], ...] = (
    _coin,
    _world,
    _best,
    _temperature,
    _placebo,
    _parts,
    _between,
    _waterfall,
    _disagreement,
    _headroom,
    _noise,
    _oracles,
)


def _ci(report: ModelAudit, name: str) -> str:
    """Return a method's score with its interval."""
    low, high = (report.value(f"macro_mis_{end}", name) for end in ("low", "high"))
    return f"{_f(report.mis(name))}, 95 % {_f(low)} to {_f(high)}"


def _skill(report: ModelAudit, name: str, reference: str) -> str:
    """Return a method's skill with its interval."""
    chosen = report.methods.sel(rival=name, reference=reference)
    value, low, high = (chosen[f"skill{end}"].item() for end in ("", "_low", "_high"))
    return f"{value:+.3f} (95 % {low:+.3f} to {high:+.3f})"


def _f(value: float) -> str:
    """Return a number as tables print it, without a leading zero."""
    text = f"{value:.3f}"
    return text[1:] if text.startswith("0.") else text


def _p(value: float) -> str:
    """Return a p-value in two digits."""
    if not np.isfinite(value):
        return "unknown"
    return "< .001" if value < 0.001 else _f(value)
