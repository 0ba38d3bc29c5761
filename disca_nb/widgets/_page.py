"""Pieces of a page: pictures with their text, paragraphs, tables; everything escaped."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Sequence
from html import escape

__all__ = ["STYLE", "figure", "paragraph", "shown", "table"]

# Pictures are drawn in dark ink on nothing; on a dark page they are turned over, hues kept. The
# pages of JupyterLab, Notebook and Voilà say so by an attribute, those of VS Code by a class.
STYLE = """<style>
.disca-page {color: var(--jp-ui-font-color1, inherit); line-height: 1.45}
.disca-page p {margin: 0.2rem 0 0.6rem}
.disca-page table {border-collapse: collapse; font-variant-numeric: tabular-nums}
.disca-page th, .disca-page td {padding: 0.1rem 0.8rem 0.1rem 0; text-align: right}
.disca-page th:first-child, .disca-page td:first-child {text-align: left}
.disca-page caption {text-align: left; font-weight: bold; padding-bottom: 0.2rem}
.disca-page tr.chosen {font-weight: bold}
.disca-page tr.chosen th::before {content: "▸ "}
.disca-table {max-width: 100%; overflow-x: auto}
.disca-picture {margin: 0 0 0.8rem; max-width: 100%}
.disca-picture img {max-width: 100%; height: auto; display: block}
.disca-picture figcaption {max-width: 46rem}
[data-jp-theme-light="false"] .disca-picture img,
.vscode-dark .disca-picture img {filter: invert(1) hue-rotate(180deg)}
</style>"""


def figure(png: bytes, name: str, text: str, width: int) -> str:
    """Return a picture with its name and, below it, what it shows in words.

    Parameters
    ----------
    png : bytes
        The picture, in dark ink on a transparent ground.
    name : str
        A few words that name it.
    text : str
        What it shows, as `disca_nb.plots.describe` says it.
    width : int
        Width on the page, in pixels.

    Returns
    -------
    str
        HTML.
    """
    data = base64.b64encode(png).decode("ascii")
    # Decoded before it is shown, so that a picture that follows another does not flicker.
    return (
        f'<figure class="disca-page disca-picture"><img width="{width}" decoding="sync" '
        f'alt="{escape(name)}" src="data:image/png;base64,{data}">'
        f"<figcaption>{escape(text)}</figcaption></figure>"
    )


def paragraph(text: str) -> str:
    """Return plain text as a paragraph; lines stay lines.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        HTML.
    """
    return f'<p class="disca-page" style="white-space:pre-line">{escape(text)}</p>'


def shown(value: float, digits: int = 3, sign: str = "-") -> str:
    """Return a number, or a dash where there is none.

    Examples
    --------
    >>> shown(0.5), shown(float("nan")), shown(0.25, 2, sign="+")
    ('0.500', '–', '+0.25')
    """
    return "–" if math.isnan(value) else f"{value:{sign}.{digits}f}"


def table(
    caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]], chosen: int | None = None
) -> str:
    """Return a table with a caption, a header of columns and one of rows.

    Parameters
    ----------
    caption : str
        What is in it.
    columns : sequence of str
        Names of the columns.
    rows : iterable of sequence of str
        Texts; the first of a row is its name.
    chosen : int, optional
        Number of a row to set off.

    Returns
    -------
    str
        HTML.
    """
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = []
    for number, (name, *values) in enumerate(rows):
        cells = "".join(f"<td>{escape(value)}</td>" for value in values)
        mark = ' class="chosen" aria-current="true"' if number == chosen else ""
        body.append(f'<tr{mark}><th scope="row">{escape(name)}</th>{cells}</tr>')
    return (
        # A table that is wider than its place is scrolled, with keys too.
        f'<div class="disca-page disca-table" tabindex="0" role="region" '
        f'aria-label="{escape(caption)}"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )
