"""The audit as a page of its own: cards and figures in one file, readable in dark and in light."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

from disca_nb.metrics.audit_report import Audit, ModelAudit
from disca_nb.plots.forest import describe_forest, plot_forest
from disca_nb.plots.placebo import describe_placebo, plot_placebo
from disca_nb.plots.waterfall import describe_waterfall, plot_waterfall

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

__all__ = ["audit_page"]

_STYLE = (
    ":root{color-scheme:light dark}body{font-family:system-ui,sans-serif;line-height:1.45;"
    "max-width:72rem;margin:2rem auto;padding:0 1rem}img{max-width:100%;height:auto}"
    "figure{margin:1rem 0}table{font-size:0.9rem;font-variant-numeric:tabular-nums}"
)
_DPI = 110


def audit_page(report: Audit) -> str:
    """Return an audit as one HTML page with its figures inside.

    Parameters
    ----------
    report : Audit
        What `disca_nb.audit` returned.

    Returns
    -------
    str
        A whole page; every label is escaped and nothing is loaded from elsewhere.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["BRA", "JPN", "USA"])
    >>> page = audit_page(disca_nb.audit(panel, rivals=[], n_boot=50, n_permutations=50))
    >>> page.splitlines()[0]
    '<!doctype html>'
    """
    names = ", ".join(report.models)
    sections = "\n".join(_section(one) for one in report.models.values())
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Audit: {escape(names)}</title><style>{_STYLE}</style></head>\n"
        f"<body><h1>Audit of cultural steering</h1>\n<p>{_intro(report)}</p>\n{sections}\n"
        "</body></html>\n"
    )


def _intro(report: Audit) -> str:
    """Say how to read the page, and whose models these are."""
    text = (
        "The misalignment score (MIS) is the Euclidean distance between a model's and a country's "
        "human preferences over the attributes of the Moral Machine; 0 is best. Beside each method "
        "stand a coin flip, means of other countries' people, and rivals fitted on other countries "
        "alone. Intervals are 95 % cluster bootstraps over countries. Low misalignment is not "
        "cultural understanding."
    )
    if any("synthetic" in one.source.lower() for one in report.models.values()):
        text += " A panel here is synthetic: it says nothing about any real model."
    return escape(text)


def _section(report: ModelAudit) -> str:
    """Return a model's card and figures."""
    results = dict(report.diagnostics)
    # Without a score in every country there is nothing to compare.
    if report.methods["difference"].count() > 1:
        results["forest"] = report.methods
    drawn: dict[str, tuple[Callable[..., Axes], Callable[[xr.Dataset], str]]] = {
        "forest": (plot_forest, describe_forest),
        "waterfall": (plot_waterfall, describe_waterfall),
        "placebo": (plot_placebo, describe_placebo),
    }
    figures = "\n".join(
        _figure(draw, describe, results[name])
        for name, (draw, describe) in drawn.items()
        if name in results
    )
    return f"{report._repr_html_()}\n{figures}"


def _figure(
    draw: Callable[..., Axes], describe: Callable[[xr.Dataset], str], result: xr.Dataset
) -> str:
    """Return a picture in light and in dark, with its text."""
    light, dark = (_png(draw, result, style) for style in ("default", "dark_background"))
    text = escape(describe(result), quote=True)
    return (
        '<figure><picture><source media="(prefers-color-scheme: dark)" '
        f'srcset="data:image/png;base64,{dark}">'
        f'<img alt="{text}" src="data:image/png;base64,{light}"></picture>'
        f"<figcaption>{text}</figcaption></figure>"
    )


def _png(draw: Callable[..., Axes], result: xr.Dataset, style: str) -> str:
    """Return a picture as text."""
    import matplotlib.pyplot as plt

    with plt.style.context(style):
        figure = draw(result).get_figure(root=True)
        file = io.BytesIO()
        if figure is not None:
            figure.savefig(file, format="png", dpi=_DPI, transparent=True)
            plt.close(figure)
    return base64.b64encode(file.getvalue()).decode("ascii")
