"""All that ``disca-nb consistency`` says of answers, computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from disca_nb.cli._consistency_findings import Finding, Topics, of_answers, of_measures
from disca_nb.errors import InputError, UnknownNameError, shorten
from disca_nb.metrics.opinions._tell import tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    import xarray as xr

    from disca_nb.cli._consistency_request import Request

__all__ = ["EFFECT", "Study", "study"]

EFFECT = 0.05
"""Difference of two models in mean p(supports) that the planner plans for."""

_KINDS = _PAIR = 2


class Study(NamedTuple):
    """What was computed.

    Attributes
    ----------
    questions, responses : xarray.Dataset
        What was asked and answered.
    result : xarray.Dataset
        What `disca_nb.consistency` returned.
    findings : list of Finding
        Differences and shares with intervals.
    components : xarray.Dataset or None
        Variance components, where the answers allow them.
    plan : pandas.DataFrame or None
        How large a study would have to be.
    agreement : xarray.Dataset or None
        Of the judge with people's labels.
    """

    questions: xr.Dataset
    responses: xr.Dataset
    result: xr.Dataset
    findings: list[Finding]
    components: xr.Dataset | None
    plan: pd.DataFrame | None
    agreement: xr.Dataset | None


def study(
    questions: xr.Dataset, responses: xr.Dataset, labels: pd.DataFrame | None, wanted: Request
) -> Study:
    """Compute consistencies, differences, shares, components, and the judge's agreement."""
    from disca_nb.metrics.values import consistency

    how: dict[str, Any] = {
        "measures": wanted.measures,
        "compat": wanted.compat,
        "base": wanted.base,
        "n_boot": wanted.n_boot,
        "seed": wanted.seed,
        "level": wanted.level,
    }
    result = consistency(responses, **how)
    topics = Topics.drawn(responses["topic_name"].values, wanted)
    findings = [
        *of_measures(result, topics),
        *_differences(responses, wanted, how),
        *of_answers(responses, questions, topics),
    ]
    components, plan = _components(responses, wanted)
    agreement = None if labels is None else _agreement(responses, labels, wanted)
    return Study(questions, responses, result, findings, components, plan, agreement)


def _differences(responses: xr.Dataset, wanted: Request, how: dict[str, Any]) -> Iterator[Finding]:
    """Yield controversial minus uncontroversial topics, and one model minus another."""
    from disca_nb.metrics.values import consistency_difference

    has_kinds = "controversial" in responses.coords
    if has_kinds and len(set(responses["controversial"].values.tolist())) == _KINDS:
        found = consistency_difference(responses, by="controversial", **how)
        text = "controversial minus uncontroversial topics"
        for model in found["model"].values:
            yield from _each(found.sel(model=model), str(model), "controversial", text)
    if wanted.difference is not None:
        first, second = wanted.difference
        found = consistency_difference(responses, models=wanted.difference, **how)
        yield from _each(found, f"{first} minus {second}", "models", f"{first} minus {second}")


def _each(found: xr.Dataset, model: str, name: str, text: str) -> Iterator[Finding]:
    """Yield a difference in each measure."""
    ends = ("", "_low", "_high")
    for measure in found["measure"].values:
        figures = (found[f"inconsistency_difference{end}"].sel(measure=measure) for end in ends)
        value, low, high = (float(each) for each in figures)
        told = f"{measure}, {text}"
        yield Finding(model, name, str(measure), told, value, low, high, signed=True)


def _components(
    responses: xr.Dataset, wanted: Request
) -> tuple[xr.Dataset | None, pd.DataFrame | None]:
    """Return variance components and a plan, or None where the answers have no room for them."""
    from disca_nb.metrics.values import plan_study, variance_components

    if "order_stance_prob" not in responses:
        return None, None
    how: dict[str, Any] = {"n_boot": wanted.n_boot, "seed": wanted.seed, "level": wanted.level}
    try:
        components = variance_components(responses, **how)
    except InputError as error:
        # Too few topics or wordings: the consistencies are there all the same.
        tell(f"There are no variance components: {error}")
        return None, None
    if responses.sizes["model"] < _PAIR:
        return components, None
    return components, plan_study(components, effect=EFFECT, level=wanted.level)


def _agreement(responses: xr.Dataset, labels: pd.DataFrame, wanted: Request) -> xr.Dataset:
    """Return how far the judge agrees with people's labels of the same answers."""
    from disca_nb.metrics.values import judge_agreement

    if "judge_verdict" not in responses:
        raise InputError(
            f"{wanted.source} has no answers in words, which --labels is for; leave it out."
        )
    models = responses["model"].values.astype(str).tolist()
    columns = ["model", "wording"] if len(models) > 1 else ["wording"]
    if "model" in labels.columns:
        labels = labels[labels["model"].isin(models)]
    elif len(models) > 1:
        raise InputError(
            f"{wanted.labels} has no column model, and answers are of {len(models)} models; name "
            "one with --models."
        )
    known = set(responses["wording"].values.astype(str).tolist())
    if unknown := [name for name in labels["wording"] if name not in known]:
        raise InputError(
            f"{wanted.labels} labels wordings that were not asked: {shorten(unknown)}; name them "
            "as the questions are labelled."
        )
    keys = labels[columns].itertuples(index=False, name=None)
    meant = {
        key if len(columns) > 1 else key[0]: label
        for key, label in zip(keys, labels["label"], strict=True)
    }
    how: dict[str, Any] = {"n_boot": wanted.n_boot, "seed": wanted.seed, "level": wanted.level}
    try:
        return judge_agreement(responses["judge_verdict"], meant, **how)
    except UnknownNameError as error:  # a name in a file, and so not the command line's fault
        raise InputError(str(error)) from None
