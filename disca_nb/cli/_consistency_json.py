"""The result of ``disca-nb consistency`` for machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from disca_nb.cli._consistency_tables import plan_sentences, zero_sentences
from disca_nb.cli._tables import json_number, plain

if TYPE_CHECKING:
    import xarray as xr

    from disca_nb.cli._consistency_findings import Finding
    from disca_nb.cli._consistency_study import Study

__all__ = ["as_json"]

_FACTS = (
    *("compat", "kind", "base", "unit", "level", "n_boot", "seed"),
    *("source", "notice", "synthetic", "filters"),
)


def as_json(found: Study, warnings: list[str]) -> str:
    """Return JSON text; what is not known is null.

    Parameters
    ----------
    found : Study
        What was computed.
    warnings : list of str
        What was warned of on the way.
    """
    from disca_nb.metrics.values import describe_consistency

    result = found.result
    told = [*describe_consistency(result).splitlines(), *zero_sentences(found.findings)]
    told += [] if found.components is None else plan_sentences(found)
    content = {
        "questions": _questions(found.questions),
        **{name: plain(result.attrs[name]) for name in _FACTS if name in result.attrs},
        "results": [_model(result.sel(model=model)) for model in result["model"].values],
        "findings": [_finding(each) for each in found.findings],
        "components": _components(found.components),
        "plan": [] if found.plan is None else _records(found.plan.to_dict("records")),
        "agreement": None if found.agreement is None else _numbers(found.agreement),
        "sentences": [line.strip() for line in told if line],
        "warnings": warnings,
    }
    return json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False)


def _questions(questions: xr.Dataset) -> dict[str, Any]:
    """Return what the questions are, and what their reader found."""
    attrs = questions.attrs
    facts = {name: plain(attrs[name]) for name in ("name", "source", "synthetic") if name in attrs}
    sizes = {
        "wordings": questions.sizes["wording"],
        "questions": len(set(questions["value_question"].values.tolist())),
        "topics": len(set(questions["topic_name"].values.tolist())),
    }
    report = {"report": json.loads(attrs["report"])} if "report" in attrs else {}
    return {**facts, **sizes, **report}


def _model(one: xr.Dataset) -> dict[str, Any]:
    """Return the measures of one model."""
    names = [name for name in one.data_vars if one[name].dims == ("measure",)]
    rows = [
        {"measure": str(label), **_numbers(one[names].sel(measure=label))}
        for label in one["measure"].values
    ]
    return {"model": str(one["model"].item()), "measures": rows}


def _numbers(one: xr.Dataset) -> dict[str, Any]:
    """Return scalars by name, counts as whole numbers."""
    return {str(name): _value(one[name].item()) for name in one.data_vars if not one[name].dims}


def _value(value: object) -> object:
    """Return a value as JSON has it, not a number as null."""
    return json_number(value) if isinstance(value, float) else value


def _finding(one: Finding) -> dict[str, Any]:
    """Return a difference or share."""
    ends = {name: json_number(getattr(one, name)) for name in ("value", "low", "high", "dealt")}
    labels = {name: getattr(one, name) for name in ("model", "name", "measure", "text")}
    return {**labels, **ends, "signed": one.signed, "leaves_out_zero": one.leaves_out_zero}


def _components(components: xr.Dataset | None) -> list[dict[str, Any]]:
    """Return the variance components."""
    if components is None:
        return []
    names = [name for name in components.data_vars if "component" in components[name].dims]
    return _records(components[names].to_dataframe().reset_index().to_dict("records"))


def _records(rows: list[dict[Any, Any]]) -> list[dict[str, Any]]:
    """Return rows of a table."""
    return [{str(name): _value(plain(value)) for name, value in row.items()} for row in rows]
