"""Reading what widgets would put on a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

from ipywidgets import HTML, Box, Button, Textarea, Widget


def every(widget: Widget) -> Iterator[Widget]:
    """Yield a widget and all that it holds."""
    yield widget
    for child in widget.children if isinstance(widget, Box) else ():
        yield from every(child)


def html(widget: Widget) -> str:
    """Return all the HTML of a page."""
    return "\n".join(each.value for each in every(widget) if isinstance(each, HTML))


def words(widget: Widget) -> str:
    """Return what a page says, without tags and pictures."""
    text = re.sub(r"<style>.*?</style>|<[^>]*>", " ", html(widget), flags=re.DOTALL)
    return " ".join(unescape(text).split())


def said(widget: Widget) -> str:
    """Return the page's message, without the word that says of what kind it is."""
    found = re.findall(r'<div role="(?:status|alert)"[^>]*>(.*?)</div>', html(widget), re.DOTALL)
    bare = re.sub("<strong>[^<]*</strong>|<[^>]*>", "", "".join(found))
    return unescape(bare).strip()


def tags(page: str) -> list[str]:
    """Return the names of the tags of a page, as a browser would read it."""

    class Reader(HTMLParser):
        """Collects names of tags."""

        def __init__(self) -> None:
            super().__init__()
            self.names: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            del attrs
            self.names.append(tag)

    reader = Reader()
    reader.feed(page)
    return reader.names


def control(widget: Widget, label: str) -> Widget:
    """Return the control with a label."""
    named = [
        each
        for each in every(widget)
        if label in {getattr(each, "description", None), getattr(each, "label", None)}
    ]
    assert len(named) == 1, [getattr(each, "description", "") for each in every(widget)]
    return named[0]


def press(widget: Widget, label: str) -> None:
    """Press the button with a label."""
    button = control(widget, label)
    assert isinstance(button, Button)
    button.click()


def python(widget: Widget) -> str:
    """Return the code that a page offers."""
    box = control(widget, "As Python")
    assert isinstance(box, Textarea)
    return str(box.value)
