"""A readable card of a dataset: how it was steered, what is in it, what the variables mean."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import xarray as xr

from disca_nb.errors import shorten
from disca_nb.variables import DIMENSIONS, VARIABLES, validate

__all__ = ["Summary", "summary"]

_MOST_LABELS = 8
_TOLD = ("source", "notice", "targets")
# Colours come from the page, so that the card is as readable in dark as in light.
_STYLE = (
    "border-collapse:collapse;text-align:left;color:inherit;background:none;"
    "border-top:1px solid currentColor;border-bottom:1px solid currentColor"
)
_CELL = "padding:2px 12px 2px 0;text-align:left;vertical-align:top"


@dataclass(frozen=True)
class Summary:
    """A dataset in words. Shows itself as text, and as HTML in a notebook.

    Attributes
    ----------
    title : str
        How the dataset was steered.
    facts : tuple of (str, str)
        Dimensions with their labels, source, targets, and the notice that goes with the data.
    variables : tuple of (str, str, str)
        Name, unit and meaning of each variable.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    variables: tuple[tuple[str, str, str], ...]

    def __repr__(self) -> str:
        width = max((len(name) for name, *_ in (*self.facts, *self.variables)), default=0)
        lines = [self.title, ""]
        lines += [f"  {name:<{width}}  {text}" for name, text in self.facts]
        lines += [""] if self.variables else []
        for name, unit, text in self.variables:
            shown = f" [{unit}]" if unit not in {"", "1"} else ""
            lines.append(f"  {name:<{width}}  {text}{shown}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Return the card as HTML; every text that comes from the data is escaped."""
        facts = [
            f'<tr><th scope="row" style="{_CELL}">{escape(name)}</th>'
            f'<td colspan="2" style="{_CELL}">{escape(text)}</td></tr>'
            for name, text in self.facts
        ]
        variables = [
            f'<tr><th scope="row" style="{_CELL};font-weight:normal"><code>{escape(name)}</code>'
            f'</th><td style="{_CELL}">{escape(text)}</td>'
            f'<td style="{_CELL}">{escape(unit)}</td></tr>'
            for name, unit, text in self.variables
        ]
        caption = f'<caption style="{_CELL};font-weight:bold">{escape(self.title)}</caption>'
        return f'<table style="{_STYLE}">{caption}{"".join(facts + variables)}</table>'


def _kind(dataset: xr.Dataset) -> str:
    """Return what a dataset is that was not steered."""
    if "similarity" in dataset:
        mode = dataset.attrs.get("mode")
        return f"opinion similarity, mode {mode}" if mode else "opinion similarity"
    if "shift" in dataset:
        return "shift of survey answers under prompting"
    if "answer_prob" in dataset:
        return "answers of models to survey questions"
    return "survey answers of countries" if "survey_share" in dataset else "gaps, not steered"


def summary(dataset: xr.Dataset) -> Summary:
    """Describe a dataset in words.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps, steered decisions or scores; survey answers and similarities of opinions.

    Returns
    -------
    Summary
        Prints as text and shows as an HTML card in a notebook.

    Raises
    ------
    InputError
        When the dataset does not validate.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> print(str(summary(demo_panel(["JPN"]))).splitlines()[0])
    gaps, not steered
    """
    validate(dataset)
    title = str(dataset.attrs.get("steering", _kind(dataset))).replace("\n", " | ")
    facts = []
    grids = [str(dim) for dim in dataset.dims if dim not in DIMENSIONS]
    for dim in (*DIMENSIONS, *grids):
        if dim in dataset.dims:
            labels = shorten(dataset[dim].values.tolist(), _MOST_LABELS)
            facts.append((dim, f"{dataset.sizes[dim]}: {labels}"))
        elif dim in dataset.coords:
            facts.append((dim, str(dataset[dim].values)))
    facts += [(name, str(dataset.attrs[name])) for name in _TOLD if name in dataset.attrs]
    variables = []
    for name, array in dataset.data_vars.items():
        text = VARIABLES[str(name)].text if name in VARIABLES else ""
        variables.append((str(name), str(array.attrs.get("units", "")), text))
    return Summary(title, tuple(facts), tuple(variables))
