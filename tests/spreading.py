"""Which tests go to the same process, where pytest-xdist runs several."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

__all__ = ["BrowserTogether"]


class BrowserTogether(LoadFileScheduling):  # type: ignore[misc]  # a class without types
    """Files of tests as they are, and those that drive a browser as one.

    Only one of these may run at a time; two processes with one each would wait for each other.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "tests/browser" if file.startswith("tests/browser/") else file
