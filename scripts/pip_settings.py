"""Where pip is set to find packages, as the environment variables that uv reads.

uv does not read pip's settings: where they name another index or a folder, it must be told.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

__all__ = ["for_uv"]

_VARIABLES: Mapping[str, str] = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}
_SECTIONS = ("global", "install", ":env:")
"""From the weakest to the strongest, as pip ranks them."""


def for_uv(listed: str) -> dict[str, str]:
    r"""Return pip's settings as variables for uv.

    Parameters
    ----------
    listed : str
        What ``pip config list`` prints: lines of ``section.name='value'``.

    Returns
    -------
    dict of str to str
        Empty where pip is set to nothing that matters here.

    Examples
    --------
    >>> for_uv("global.extra-index-url='\\nfile:///a/simple\\nfile:///b/simple'")["UV_INDEX"]
    'file:///a/simple file:///b/simple'
    """
    settings: dict[str, dict[str, str]] = {}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        settings.setdefault(section, {})[name] = str(ast.literal_eval(value))
    strongest: dict[str, str] = {}
    for section in _SECTIONS:
        strongest |= settings.get(section, {})
    found = {
        variable: _together(variable, strongest[name])
        for name, variable in _VARIABLES.items()
        if name in strongest
    }
    # pip takes the best version of all places; uv by itself takes the first place's.
    return found | ({"UV_INDEX_STRATEGY": "unsafe-best-match"} if found else {})


def _together(variable: str, value: str) -> str:
    """Return addresses as uv separates them, and a path as it stands."""
    if variable == "SSL_CERT_FILE":
        return value
    return ("," if variable == "UV_FIND_LINKS" else " ").join(value.split())
