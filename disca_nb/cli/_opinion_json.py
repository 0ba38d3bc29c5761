"""The result of ``disca-nb opinions`` for machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from disca_nb.cli._opinion_tables import systems
from disca_nb.cli._tables import json_number, plain

if TYPE_CHECKING:
    from collections.abc import Hashable

    import xarray as xr

__all__ = ["as_json"]

_FACTS = (
    *("mode", "reference", "measure", "base", "level", "n_boot", "seed", "n_common"),
    *("source", "notice", "synthetic"),
)
_SHIFT = (
    *("shift", "shift_low", "shift_high", "shift_toward", "shift_elsewhere", "shift_uniform"),
    *("n_questions",),
)
_SPEARMAN = ("spearman_uniform", "spearman_low", "spearman_high")


def as_json(
    bank: xr.Dataset, result: xr.Dataset, shift: xr.Dataset | None, warnings: list[str]
) -> str:
    """Return JSON text; what is not known is null.

    Parameters
    ----------
    bank : xarray.Dataset
        The survey.
    result : xarray.Dataset
        What `disca_nb.representation` returned.
    shift : xarray.Dataset, optional
        What `disca_nb.steering_shift` returned.
    warnings : list of str
        What was warned of on the way.
    """
    from disca_nb.metrics.opinions import describe

    sentences = describe(result).splitlines()
    sentences += describe(shift).splitlines() if shift is not None else []
    content = {
        "survey": _survey(bank),
        **{name: plain(result.attrs[name]) for name in _FACTS if name in result.attrs},
        "results": [_system(labels, one) for labels, one in systems(result)],
        "shifts": [] if shift is None else _shifts(shift),
        "sentences": [line.strip() for line in dict.fromkeys(sentences)],
        "warnings": warnings,
    }
    return json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False)


def _survey(bank: xr.Dataset) -> dict[str, Any]:
    """Return what the survey is, and what its reader found."""
    facts = {name: plain(bank.attrs[name]) for name in ("name", "source") if name in bank.attrs}
    sizes = {"questions": bank.sizes["question"], "countries": bank.sizes["country"]}
    report = {"report": json.loads(bank.attrs["report"])} if "report" in bank.attrs else {}
    return {**facts, **sizes, **report}


def _system(labels: dict[str, str], one: xr.Dataset) -> dict[str, Any]:
    """Return the scores of one model under one prompting."""
    from disca_nb.metrics.opinions import representation_table

    table = representation_table(one)
    spearman = {name: json_number(one[name].item()) for name in _SPEARMAN}
    rows = [_row(row) for row in table.drop(columns=list(labels)).to_dict("records")]
    return {**labels, **spearman, "countries": rows}


def _row(row: dict[Hashable, Any]) -> dict[str, Any]:
    """Return the figures of a country, numbers of questions as whole ones."""
    country = {"country": str(row.pop("country"))}
    return country | {
        str(name): int(value) if str(name).startswith("n_") else json_number(value)
        for name, value in row.items()
    }


def _shifts(shift: xr.Dataset) -> list[dict[str, Any]]:
    """Return the shifts."""
    keys = [dim for dim in ("group", "model", "prompting") if dim in shift["shift"].dims]
    table = shift[list(_SHIFT)].to_dataframe().reset_index()
    known = [*keys, *(name for name in ("prompting_kind", "prompted_country") if name in table)]
    return [
        {**{name: str(row[name]) for name in known}, **{n: json_number(row[n]) for n in _SHIFT}}
        for _, row in table.iterrows()
    ]
