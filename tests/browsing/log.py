"""Everything that goes wrong in a page and is not seen in it: console, kernel, network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page, Request, WebSocket

__all__ = ["Log"]

ALLOWED: tuple[str, ...] = ()
"""Patterns of JupyterLab's own noise, each with the reason that it is none of ours."""

_ERROR = re.compile(rb'"msg_type":\s*"error"')
_VALUE = re.compile(rb'"evalue":\s*"((?:[^"\\]|\\.)*)"')
_LOCAL = ("data:", "blob:", "about:")


class Log:
    """Errors of one page, in the order in which they came.

    Attributes
    ----------
    errors : list of str
        What the console got as errors, exceptions that nobody caught, errors of the kernel (in a
        cell, or in what a widget calls, which no cell shows), stack traces that a thread prints,
        and addresses beyond the server.
    warnings : list of str
        What the console got as warnings; of use when a test fails.
    """

    def __init__(self, page: Page, server: str) -> None:
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self._server = server
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._add(f"not caught: {error}\n{error.stack or ''}"))
        page.on("request", self._request)
        page.on("websocket", self._socket)

    def _add(self, text: str) -> None:
        """Keep an error, unless it is one of JupyterLab's own."""
        if not any(re.search(pattern, text) for pattern in ALLOWED):
            self.errors.append(text)

    def _console(self, message: ConsoleMessage) -> None:
        """Keep what is written as an error or as a warning."""
        if message.type == "error":
            self._add(f"console: {message.text} ({message.location.get('url', '')})")
        elif message.type == "warning":
            self.warnings.append(message.text)

    def _request(self, request: Request) -> None:
        """Keep the address of what is asked of another server."""
        if not request.url.startswith((self._server, *_LOCAL)):
            self._add(f"beyond the server: {request.url}")

    def _socket(self, socket: WebSocket) -> None:
        """Listen to what the kernel says."""
        socket.on("framereceived", self._frame)

    def _frame(self, payload: str | bytes) -> None:
        """Keep an error that the kernel tells or prints; images and the like are not searched."""
        data = payload.encode() if isinstance(payload, str) else payload
        if b'"stderr"' in data[:4000] and b"Traceback (most recent call last)" in data:
            self._add("printed: a stack trace")
        if _ERROR.search(data[:4000]):
            found = _VALUE.search(data)
            self._add(f"kernel: {found[1].decode() if found else 'an error'}")
