"""What the run panel says of a state: each text a function of what it is given, all of it escaped.

No widget here, so that every text can be read and tested without one.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from disca_nb._elicit.keeping import run_folder
from disca_nb._elicit.progress import Progress
from disca_nb.widgets._parts import Kind, message
from disca_nb.widgets._run_state import RunState

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "counted",
    "duration",
    "failures_html",
    "message_html",
    "next_html",
    "plan_html",
    "progress_html",
]

_UNITS = ((86_400.0, "days"), (3_600.0, "h"), (60.0, "min"))
_SHOWN = 40
_CELL = "padding:1px 12px 1px 0;text-align:left;vertical-align:top;white-space:nowrap"
_BLOCK = "margin:4px 0;line-height:1.4;color:inherit;background:none"
_TEXT = f"{_BLOCK};white-space:pre-wrap;overflow-wrap:anywhere;font-family:inherit"
_CODE = (
    f"{_BLOCK};white-space:pre-wrap;overflow-wrap:anywhere;padding:4px 10px;"
    "border:1px solid var(--jp-border-color1, currentColor)"
)


def duration(seconds: float) -> str:
    """Return a time for reading, no more precise than an estimate is.

    Examples
    --------
    >>> duration(0.4), duration(40.2), duration(200), duration(9_000)
    ('1 s', '40 s', '3 min', '2 h')
    """
    for size, unit in _UNITS:
        if seconds >= 1.5 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 1.0):.0f} s"


def counted(progress: Progress) -> str:
    """Return how far a run is, in words.

    Examples
    --------
    >>> counted(Progress("tiny", 312, 960, 19.3, 40.1, 0, 0))
    '312 of 960 prompts, about 40 s left'
    """
    text = f"{progress.done:,} of {progress.total:,} prompts"
    if progress.left:
        text += f", about {duration(progress.left)} left"
    elif progress.done and progress.left is None:
        text += ", kept from before"
    without = {"failed": progress.failed, "with low answer mass": progress.low_mass}
    said = [f"{number:,} {what}" for what, number in without.items() if number]
    return f"{text}; {', '.join(said)}" if said else text


def progress_html(state: RunState) -> str:
    """Return the bar of a run with its text; nothing where none is under way or was."""
    now = state.progress
    if now is None:
        waiting = state.phase in {"planning", "stopping"}
        return _bar("", "Loading the model and laying out its prompts.") if waiting else ""
    # A total of 0 is none that the page knows.
    return _bar(f' max="{max(now.total, 1)}" value="{now.done}"', counted(now))


def _bar(numbers: str, text: str) -> str:
    """Return a bar of the browser's own, which has a role and a name, and a text beside it."""
    return (
        f'<div style="{_BLOCK}"><progress aria-label="Prompts scored"{numbers} '
        f'style="width:min(100%, 24em);vertical-align:middle"></progress> {escape(text)}</div>'
    )


def message_html(state: RunState) -> str:
    """Return what a state means, and what can be done."""
    kind, text = _said(state)
    return message(text, kind)


def _said(state: RunState) -> tuple[Kind, str]:
    """Return the kind and the text of a state's message."""
    path = "" if state.choice is None else state.choice.path
    match state.phase:
        case "running":
            return "busy", f"What is finished is kept in {run_folder(path)}."
        case "stopping":
            what = "the batch under way is finished" if state.progress else "the model is loaded"
            return "busy", f"The run stops as soon as {what}."
        case "stopped":
            return "note", _stopped(state.progress, path)
        case "finished":
            return "done", _finished(state, path)
        case "failed":
            return "error", state.error
    return "note", ""


def _stopped(progress: Progress | None, path: str) -> str:
    """Return where a run was stopped."""
    if progress is None or not progress.done:
        return "Stopped before a prompt was asked."
    return (
        f"Stopped after {progress.done:,} of {progress.total:,} prompts, which are kept in "
        f"{run_folder(path)}; Resume goes on from there."
    )


def _finished(state: RunState, path: str) -> str:
    """Return where a result is, and how much of it has a score."""
    if state.result is None or state.unscored is None:
        return ""
    there = f"{path} held this very run already, so that nothing was asked"
    cells, without = state.result["status"].size, len(state.unscored)
    scored = f"{cells - without:,} of {cells:,} cells are scored"
    notice = str(state.result.attrs.get("notice", ""))
    return f"{f'saved as {path}' if state.progress else there}; {scored}. {notice}".rstrip()


def plan_html(plan: str) -> str:
    """Return what a plan says; nothing for none."""
    return f'<div style="{_TEXT}"><strong>Plan</strong>\n{escape(plan)}</div>' if plan else ""


def failures_html(unscored: pd.DataFrame | None) -> str:
    """Return the cells without a score as a table; nothing where every cell has one.

    Parameters
    ----------
    unscored : pandas.DataFrame, optional
        What `disca_nb._elicit.quality.unscored` returned.

    Returns
    -------
    str
        The first cells, and how many more there are.
    """
    if unscored is None or unscored.empty:
        return ""
    rows = unscored.head(_SHOWN)
    lines = [
        _row("td", [row.country, row.scenario, row.model, row.state, f"{row.prompts} of {row.of}"])
        for row in rows.itertuples()
    ]
    head = _row("th", ["country", "scenario", "model", "state", "prompts not scored"])
    more = len(unscored) - len(rows)
    rest = f'<p style="{_BLOCK}">… and {more:,} more.</p>' if more else ""
    number = f"{len(unscored):,} {'cell' if len(unscored) == 1 else 'cells'} without a score"
    return (
        f'<details open style="{_BLOCK}"><summary><strong>{number}</strong>, left out of all '
        f'scores</summary><div style="max-height:14em;overflow:auto" tabindex="0" role="region" '
        f'aria-label="{number}"><table style="{_BLOCK};border-collapse:collapse"><thead>{head}'
        f"</thead><tbody>{''.join(lines)}</tbody></table>{rest}</div></details>"
    )


def _row(tag: str, texts: Sequence[object]) -> str:
    """Return a row of a table."""
    scope = ' scope="col"' if tag == "th" else ""
    cells = (f'<{tag}{scope} style="{_CELL}">{escape(str(text))}</{tag}>' for text in texts)
    return f"<tr>{''.join(cells)}</tr>"


def next_html(state: RunState) -> str:
    """Return how to go on in Python with a result; nothing without one."""
    if state.result is None or state.choice is None or state.phase != "finished":
        return ""
    code = (
        f"gaps = disca_nb.open_results({state.choice.path!r})\n"
        "scores = disca_nb.alignment(disca_nb.steer(gaps))"
    )
    return (
        f'<div style="{_BLOCK}"><strong>Go on in Python</strong>'
        f'<pre style="{_CODE}"><code style="background:none">{escape(code)}</code></pre></div>'
    )
