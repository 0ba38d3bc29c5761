"""Tables and sentences of ``disca-nb opinions``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["print_tables", "systems"]

_LEGEND = """\
similarity: 1 - Jensen-Shannon distance to the country's shares, base 2, over n questions, as the
mode says; excess: less that of a responder that is uniform over the options; rank: 1 is the most
similar; brackets: 95 % bootstrap intervals over questions, none of fewer than 6. Beside them what
uniform, first (always the first option), others (mean of the other countries) and population (by
inhabitants) score; * marks a mean that exists on fewer than the n questions."""

_FLOORS = {
    "similarity_uniform": "uniform",
    "similarity_first": "first",
    "similarity_others": "others",
    "similarity_population": "population",
}


def systems(result: xr.Dataset) -> Iterator[tuple[dict[str, str], xr.Dataset]]:
    """Yield each model, prompting and group that a result is of, and the part that is its own."""
    keys = [dim for dim in ("group", "model", "prompting") if dim in result["similarity"].dims]
    sizes = [range(result.sizes[key]) for key in keys]
    for places in np.ndindex(*(len(size) for size in sizes)):
        at = dict(zip(keys, places, strict=True))
        labels = {key: str(result[key].values[place]) for key, place in at.items()}
        yield labels, result.isel({key: [place] for key, place in at.items()})


def print_tables(
    bank: xr.Dataset, result: xr.Dataset, shift: xr.Dataset | None, *, is_sample: bool
) -> None:
    """Print what was compared, a table and sentences for each model and prompting, and shifts."""
    from disca_nb.metrics.opinions import describe, representation_table

    _print_survey(bank, is_sample=is_sample)
    said: set[str] = set()
    _print_new(str(result.attrs.get("notice", "")), said)
    print(_LEGEND)
    for labels, one in systems(result):
        print(f"\n{_name(labels)}")
        print(_shown(representation_table(one)).to_string())
        _print_new(describe(one), said)
    if shift is not None:
        print("\nShifts")
        _print_new(describe(shift), said)


def _print_survey(bank: xr.Dataset, *, is_sample: bool) -> None:
    """Print what the survey is, and of a file what its reader found."""
    from disca_nb.datasets.surveys import report

    if is_sample or "report" not in bank.attrs:
        name = bank.attrs.get("name", "survey")
        made_up = " (synthetic)" if bank.attrs.get("synthetic") else ""
        sizes = f"{bank.sizes['question']} questions, {bank.sizes['country']} countries"
        print(f"Survey {name}{made_up}: {sizes}.")
    else:
        print(report(bank))


def _name(labels: dict[str, str]) -> str:
    """Return a heading."""
    group = f", group {labels['group']}" if "group" in labels else ""
    return f"{labels['model']} ({labels['prompting']}){group}"


def _print_new(text: str, said: set[str]) -> None:
    """Print the lines of a text; what is said of all, and is not indented, is printed once."""
    for line in text.splitlines():
        if line and (line.startswith(" ") or line not in said):
            print(line)
            said.add(line)


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of texts, a row for each country."""
    rows = table.set_index("country")
    columns = {"n": [str(number) for number in rows["n_questions"]]}
    columns["similarity"] = _texts(rows, "similarity", ".3f")
    if "similarity_difference" in rows:
        columns["from reference"] = _texts(rows, "similarity_difference", "+.3f")
    columns["excess"] = _texts(rows, "excess", "+.3f")
    columns["rank"] = _texts(rows, "rank", "g", between="–")
    columns |= {title: _floor(rows, name, title) for name, title in _FLOORS.items()}
    return pd.DataFrame(columns, index=rows.index.rename(None))


def _floor(rows: pd.DataFrame, name: str, title: str) -> list[str]:
    """Return what a trivial responder scores, marked where it has fewer questions to go on."""
    own = rows["n_questions"]
    counted = rows.get(f"n_questions_{title}", own)
    return [
        _number(value) + ("*" if 0 < number < n else "")
        for value, number, n in zip(rows[name], counted, own, strict=True)
    ]


def _texts(rows: pd.DataFrame, name: str, form: str, between: str = ", ") -> list[str]:
    """Return figures with their intervals."""
    ends = (rows[f"{name}_{end}"] for end in ("low", "high"))
    return [
        _number(value, form)
        + (f" [{low:{form}}{between}{high:{form}}]" if np.isfinite(low) else "")
        for value, low, high in zip(rows[name], *ends, strict=True)
    ]


def _number(value: float, form: str = ".3f") -> str:
    """Return a number, or a dash where there is none."""
    return f"{value:{form}}" if np.isfinite(value) else "–"
