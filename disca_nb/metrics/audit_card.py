"""The HTML card of an audit: colours come from the page, every label is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from disca_nb.metrics.audit_report import ModelAudit

__all__ = ["card"]

_TABLE = (
    "border-collapse:collapse;color:inherit;background:none;text-align:left;"
    "border-top:1px solid currentColor;border-bottom:1px solid currentColor"
)
_CELL = "padding:2px 10px 2px 0;text-align:left;vertical-align:middle;white-space:nowrap"
_NUMBER = "padding:2px 10px 2px 0;text-align:right;vertical-align:middle;white-space:nowrap"
_WIDTH, _HEIGHT = 220, 14


def card(report: ModelAudit) -> str:
    """Return the audit of one model as HTML.

    Parameters
    ----------
    report : ModelAudit
        The audit.

    Returns
    -------
    str
        A heading, the findings, and a table of methods from the closest to the farthest.
    """
    title = escape(f"Audit of {report.subject}, {report.model}")
    sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in report.findings)
    facts = escape(
        f"{report.steering}. Gaps: {report.source}. Targets: {report.targets}. "
        f"{report.methods.sizes['country']} countries; fits leave one {report.folds} out at a time."
    )
    return (
        '<section style="color:inherit;background:none">'
        f'<h3 style="margin:0.6em 0 0.2em">{title}</h3>'
        f'<p style="margin:0.2em 0">{facts}</p>'
        f'<ul style="margin:0.4em 0 0.8em;padding-left:1.2em">{sentences}</ul>'
        f'<div style="overflow-x:auto">{_methods(report)}</div></section>'
    )


def _methods(report: ModelAudit) -> str:
    """Return the table of methods with a bar for each."""
    table = report.to_dataframe()
    top = float(np.nanmax([*table["macro_mis_high"], *table["macro_mis"]]))
    ceiling = float(report.methods["noise_ceiling"].mean(skipna=False))
    coin = report.mis("coin-flip")
    rows = []
    for name, row in table.iterrows():
        weight = "bold" if name == report.subject else "normal"
        label = escape(str(name)) + (" <em>(oracle)</em>" if row["oracle"] else "")
        numbers = (
            _shown(row["macro_mis"], ".3f"),
            f"{_shown(row['macro_mis_low'], '.3f')} to {_shown(row['macro_mis_high'], '.3f')}",
            _shown(row["difference"] if name != report.subject else np.nan, "+.3f"),
            _shown(row["p_holm"], ".3f"),
            _shown(row["position"], ".2f"),
        )
        cells = "".join(f'<td style="{_NUMBER}">{text}</td>' for text in numbers)
        bar = _bar(row["macro_mis"], row["macro_mis_low"], row["macro_mis_high"], top, coin)
        rows.append(
            f'<tr style="font-weight:{weight}">'
            f'<th scope="row" style="{_CELL};font-weight:inherit">{label}</th>{cells}'
            f'<td style="{_CELL}">{bar}</td>'
            f'<td style="{_CELL}">{escape(row["targets_touched"])}</td></tr>'
        )
    heads = (
        *("method", "mean MIS", "95 % interval", "difference", "p (Holm)", "position"),
        *(f"0 to {top:.2f}; dashed: coin flip", "targets touched"),
    )
    head = "".join(f'<th scope="col" style="{_CELL}">{escape(text)}</th>' for text in heads)
    known = f"noise ceiling {ceiling:.3f}" if np.isfinite(ceiling) else "noise ceiling unknown"
    caption = (
        f"Misalignment score, 0 is best; {known}. Difference: from {report.subject}. Position: 0 "
        "at a coin flip, 1 at the noise ceiling."
    )
    return (
        f'<table style="{_TABLE}"><caption style="{_CELL};white-space:normal">{escape(caption)}'
        f"</caption><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _shown(value: float, form: str) -> str:
    """Return a number as text, and a dash for one that is not known."""
    return format(value, form) if np.isfinite(value) else "–"


def _bar(value: float, low: float, high: float, top: float, coin: float) -> str:
    """Return a point with its interval on a line, as SVG that takes the page's colour."""
    if not np.isfinite(value):
        return ""
    scale = (_WIDTH - 8) / top if top > 0.0 else 0.0
    at, left, right, flip = (4.0 + scale * x for x in (value, low, high, coin))
    middle = _HEIGHT / 2
    whisker = ""
    if np.isfinite(left) and np.isfinite(right):
        whisker = (
            f'<line x1="{left:.1f}" y1="{middle}" x2="{right:.1f}" y2="{middle}" '
            'stroke="currentColor" stroke-width="1.5"/>'
        )
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="{value:.3f}">'
        f'<line x1="{flip:.1f}" y1="0" x2="{flip:.1f}" y2="{_HEIGHT}" stroke="currentColor" '
        f'stroke-width="1" stroke-dasharray="2 2" opacity="0.6"/>{whisker}'
        f'<circle cx="{at:.1f}" cy="{middle}" r="3.5" fill="currentColor"/></svg>'
    )
