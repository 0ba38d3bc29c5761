"""What all panels share: errors as sentences, messages as HTML, and letting go of every part."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Literal

from disca_nb.errors import DiscaError

if TYPE_CHECKING:
    from ipywidgets import Widget

__all__ = ["Kind", "attempt", "message", "parts", "sentence"]

Kind = Literal["note", "busy", "done", "error"]

# Role, first word and colour of the edge; the word says what the colour does.
_KINDS = {
    "note": ("status", "Note:", "var(--jp-info-color1, #0277bd)"),
    "busy": ("status", "Working:", "var(--jp-brand-color1, #1565c0)"),
    "done": ("status", "Done:", "var(--jp-success-color1, #2e7d32)"),
    "error": ("alert", "Error:", "var(--jp-error-color1, #c62828)"),
}
_STYLE = (
    "border-left:4px solid {colour};padding:4px 10px;margin:4px 0;color:inherit;line-height:1.4;"
    "white-space:pre-wrap;overflow-wrap:anywhere"
)
_LONGEST = 300


def message(text: str, kind: Kind = "note") -> str:
    """Return a message as HTML that a screen reader reads out when it appears.

    Parameters
    ----------
    text : str
        Any text; it is escaped. Nothing is made of an empty one.
    kind : {"note", "busy", "done", "error"}
        An error interrupts who listens, the others wait.

    Returns
    -------
    str

    Examples
    --------
    >>> message("a < b", "error").endswith("<strong>Error:</strong> a &lt; b</div>")
    True
    """
    if not text:
        return ""
    role, word, colour = _KINDS[kind]
    style = _STYLE.format(colour=colour)
    return f'<div role="{role}" style="{style}"><strong>{word}</strong> {escape(text)}</div>'


def sentence(error: BaseException) -> str:
    """Return an error as one line: the package's own as it is, of others the class as well.

    Parameters
    ----------
    error : BaseException
        What was raised.

    Returns
    -------
    str

    Examples
    --------
    >>> sentence(ZeroDivisionError("division by zero"))
    'ZeroDivisionError: division by zero. The same call in Python shows where it comes from.'
    """
    text = " ".join(str(error).split())
    if isinstance(error, DiscaError):
        return text
    said = f"{type(error).__name__}: {text}" if text else type(error).__name__
    said = said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
    return f"{said.rstrip('.')}. The same call in Python shows where it comes from."


def attempt(action: Callable[[], object]) -> str:
    """Do something, and return what went wrong in a sentence; nothing where all went well.

    What a control calls has nobody above it: an error would land in a log that no one reads.

    Parameters
    ----------
    action : callable
        Takes nothing.

    Returns
    -------
    str

    Examples
    --------
    >>> attempt(lambda: [].pop())
    'IndexError: pop from empty list. The same call in Python shows where it comes from.'
    """
    try:
        action()
    except Exception as error:  # noqa: BLE001 - nobody else would be told
        return sentence(error)
    return ""


def parts(widget: Widget) -> list[Widget]:
    """Return all widgets that a widget is made of: its children, their layouts and styles.

    Parameters
    ----------
    widget : ipywidgets.Widget
        It is no part of itself.

    Returns
    -------
    list of ipywidgets.Widget
        Each once. Closing a widget closes none of them.

    Examples
    --------
    >>> from ipywidgets import Button, HBox
    >>> box = HBox([Button()])
    >>> sorted(type(part).__name__ for part in parts(box))
    ['Button', 'ButtonStyle', 'Layout', 'Layout']
    >>> for each in [box, *parts(box)]:
    ...     each.close()
    """
    from ipywidgets import Widget

    found, todo = {id(widget): widget}, [widget]
    while todo:
        held = [getattr(one, key) for one in [todo.pop()] for key in one.keys]
        for value in held:
            for each in value if isinstance(value, tuple | list) else [value]:
                if isinstance(each, Widget) and id(each) not in found:
                    found[id(each)] = each
                    todo.append(each)
    return list(found.values())[1:]
