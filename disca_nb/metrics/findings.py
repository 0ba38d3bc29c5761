"""Plain-language findings of an audit, each made from its numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

if TYPE_CHECKING:
    from disca_nb.metrics.audit_report import ModelAudit

__all__ = ["findings"]

_SIGNIFICANT = 0.05
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
    """Compare with a coin flip."""
    n = report.methods.sizes["country"]
    better = n - int(report.value("wins_vs_coin_flip"))
    return (
        f"A coin flip would score better than {report.subject} in {better} of {n} countries "
        f"(mean misalignment {_f(report.mis('coin-flip'))} against {_f(report.mis())})."
    )


def _world(report: ModelAudit) -> str:
    """Compare with means of other countries' people."""
    parts = [
        f"{text} {_f(report.mis(name))}"
        for name, text in (
            ("world-mean", "the mean of the other countries' people"),
            ("region-mean", "that of the country's region"),
        )
        if report.has(name)
    ]
    if not parts:
        return ""
    best = min(report.mis(name) for name in ("world-mean", "region-mean") if report.has(name))
    times = f", {report.mis() / best:.1f} times as near" if report.mis() > best else ""
    return f"Without any model {' and '.join(parts)}{times}: what {report.subject} must beat."


def _temperature(report: ModelAudit) -> str:
    """Compare with the best temperature found on other countries."""
    names = [name for name in report.names if name.startswith("temperature-")]
    plain = [name for name in names if "weight" not in name and "margin" not in name]
    if not plain:
        return ""
    best = min(plain, key=report.mis)
    difference, low, high, p = (
        report.value(key, best)
        for key in ("difference", "difference_low", "difference_high", "p_holm")
    )
    if np.isfinite(p) and p < _SIGNIFICANT:
        verdict = "better than" if difference < 0.0 else "worse than"
    else:
        verdict = "not told apart from"
    return (
        f"One temperature chosen on other countries ({best}) scores {_f(report.mis(best))}, "
        f"{verdict} {report.subject} (difference {difference:+.3f}, 95 % interval {low:+.3f} to "
        f"{high:+.3f}, corrected p {_p(p)})."
    )


def _placebo(report: ModelAudit) -> str:
    """Say whether outputs fit their own countries."""
    found = report.diagnostics.get("placebo")
    if found is None or not np.isfinite(found["placebo_p"].item()):
        return ""
    own, other, p, top = (found[f"placebo_{key}"].item() for key in ("own", "other", "p", "top1"))
    if p < _SIGNIFICANT:
        text = "Outputs fit the country that they were made for better than others"
    else:
        text = "Outputs fit other countries as well as the one that they were made for"
    example = ""
    if p >= _SIGNIFICANT:
        # A country whose targets are mostly noise would be a cheap example.
        example = _example(found["placebo_mis"], ~(report.methods["noise_ceiling"] > _NOISY))
    return (
        f"{text}: own {_f(own)}, others {_f(other)}, p {_p(p)}, closest to their own in "
        f"{100 * top:.0f} % (chance {100 * found['placebo_chance'].item():.0f} %).{example}"
    )


def _example(table: xr.DataArray, usable: xr.DataArray) -> str:
    """Name the country whose output fits the others best, compared with itself."""
    values = table.transpose("made_for", "country").values
    own = np.diag(values)
    others = (values.sum(axis=1) - own) / (len(own) - 1)
    counted = usable.sel(country=table["made_for"].values).values & np.isfinite(own - others)
    excess = np.where(counted, own - others, -np.inf)
    worst = int(np.argmax(excess))
    if excess[worst] <= 0.0:
        return ""
    name = str(table["made_for"].values[worst])
    return (
        f" The output made for {name} fits the other countries better ({_f(others[worst])}) than "
        f"{name} itself ({_f(own[worst])})."
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
    return f"Step by step from {gains['step'].values[0]} (below 0 is better): {listed}."


def _disagreement(report: ModelAudit) -> str:
    """Say whether cells with more disagreement improve more."""
    found = report.diagnostics.get("disagreement")
    if found is None or not np.isfinite(found["spread_vs_improvement"].item()):
        return ""
    size, gain, low, high = (
        found[key].item()
        for key in (
            "spread_vs_correction",
            "spread_vs_improvement",
            "spread_vs_improvement_low",
            "spread_vs_improvement_high",
        )
    )
    return (
        f"Where personas disagree more the correction is larger (rank correlation {size:+.2f}); "
        f"how much closer a decision comes to the humans goes with disagreement at {gain:+.2f} "
        f"(95 % interval {low:+.2f} to {high:+.2f})."
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
        f"Unsteered misalignment is {_f(mis)}, {where} (the paper expects harm below .40, and from "
        "there to .48 lies a coin flip)."
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
    marked = f"; {', '.join(noisy)} above {_f(_NOISY)} on their own" if noisy else ""
    mean = ceiling.mean().item()
    return f"A perfect model would be expected at {_f(mean)}, given the targets' errors{marked}."


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


def _f(value: float) -> str:
    """Return a number as tables print it, without a leading zero."""
    return f"{value:.3f}".replace("0.", ".", 1)


def _p(value: float) -> str:
    """Return a p-value in two digits."""
    if not np.isfinite(value):
        return "unknown"
    return "< .001" if value < 0.001 else f"{value:.2g}".replace("0.", ".", 1)
