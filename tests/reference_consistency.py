"""A slow, obvious twin of the measures of consistency, written from the method."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy import optimize

Row = npt.NDArray[np.float64]
Groups = dict[Hashable, list[Row]]


def divergence_twin(p: Row, q: Row) -> float:
    """Return the Jensen-Shannon divergence in nats, by its definition."""
    middle = (p + q) / 2.0
    return 0.5 * sum(
        math.fsum(a * math.log(a / m) for a, m in zip(row, middle, strict=True) if a > 0.0)
        for row in (p, q)
    )


def centroid_twin(rows: list[Row]) -> Row:
    """Return the minimiser of the summed divergences, by a search over logits."""
    k = rows[0].size

    def shares(free: Row) -> Row:
        logits = np.append(free, 0.0)
        weights = np.exp(logits - logits.max())
        return np.asarray(weights / weights.sum())

    def total(free: Row) -> float:
        return sum(divergence_twin(row, shares(free)) for row in rows)

    start = np.log(np.mean(rows, axis=0) + 1e-3)
    if k == 2:
        found = optimize.minimize_scalar(
            lambda x: total(np.array([x])), bounds=(-40.0, 40.0), options={"xatol": 1e-11}
        )
        return shares(np.array([found.x]))
    many = optimize.minimize(
        total,
        start[:-1] - start[-1],
        method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-16, "maxiter": 4000},
    )
    return shares(many.x)


def set_twin(rows: list[Row]) -> float:
    """Return the mean distance in base 2, NaN for fewer than two."""
    if len(rows) < 2:
        return math.nan
    if all(np.array_equal(row, rows[0]) for row in rows):
        return 0.0
    centre = centroid_twin(rows)
    return float(np.mean([math.sqrt(max(divergence_twin(r, centre), 0.0)) for r in rows])) / (
        math.sqrt(math.log(2.0))
    )


def moore_twin(rows: list[Row]) -> float:
    """Return the published value in nats."""
    if len(rows) == 1:
        return 0.0
    smoothed = [(row + 1e-10) / (row + 1e-10).sum() for row in rows]
    if all(np.allclose(a, b, atol=1e-4, rtol=1e-5) for a in smoothed for b in smoothed):
        return 0.0
    centre = np.mean(smoothed, axis=0)
    for _ in range(1000):
        last = centre
        logs = np.mean([np.log((row + last) / 2.0) for row in smoothed], axis=0)
        centre = np.exp(logs) / np.exp(logs).sum()
        if np.abs(centre - last).sum() < 1e-10:
            break
    apart = [
        0.0 if np.allclose(row, centre) else math.sqrt(divergence_twin(row, centre))
        for row in smoothed
    ]
    return float(np.mean(apart))


def groups_twin(responses: xr.Dataset, model: str, measure: str) -> dict[Hashable, Groups]:
    """Return the answers that should agree, by topic and group."""
    one = responses.sel(model=model)
    found: dict[Hashable, Groups] = defaultdict(lambda: defaultdict(list))
    by_question: dict[Hashable, list[Row]] = defaultdict(list)
    for wording in responses.wording.values.tolist():
        about = one.sel(wording=wording)
        topic, question = about.topic_name.item(), about.value_question.item()
        language = about.wording_language.item()
        for form in responses.form.values.tolist():
            row = about.stance_prob.sel(form=form).values
            if np.isnan(row).all() or (form == "open" and measure != "use-case"):
                continue
            row = row[~np.isnan(row)]
            if measure == "paraphrase":
                found[topic][language, question].append(row)
            elif measure == "topic":
                found[topic][language].append(row)
            elif measure == "use-case":
                found[topic][wording].append(row)
            elif measure == "multilingual" and about.phrasing.item() == 0:
                found[topic][question].append(row)
            elif measure == "topic-between":
                by_question[topic, language, question].append(row)
    for (topic, language, _), rows in by_question.items():  # type: ignore[misc]
        found[topic][language].append(centroid_twin(rows))
    return found


def consistency_twin(responses: xr.Dataset, model: str, measure: str) -> tuple[float, int]:
    """Return the mean over groups of two or more, and how many there are."""
    values = [
        set_twin(rows)
        for groups in groups_twin(responses, model, measure).values()
        for rows in groups.values()
        if len(rows) > 1
    ]
    return _mean(values, [1.0] * len(values)), len(values)


def compat_twin(responses: xr.Dataset, model: str, measure: str) -> float:
    """Return the published mean, in which every distribution weighs the same."""
    sets = [
        rows
        for groups in groups_twin(responses, model, measure).values()
        for rows in groups.values()
    ]
    return _mean([moore_twin(rows) for rows in sets], [float(len(rows)) for rows in sets])


def _mean(values: Iterable[float], weights: Iterable[float]) -> float:
    """Return a weighted mean."""
    pairs = list(zip(values, weights, strict=True))
    return math.fsum(v * w for v, w in pairs) / math.fsum(w for _, w in pairs)
