"""A date that stands still: templates that print today's would ask another thing tomorrow."""

from __future__ import annotations

import datetime as dt

__all__ = ["DATE", "frozen"]

DATE = dt.datetime(2024, 7, 26, tzinfo=dt.UTC)
"""The day that every template is told."""

_CODES = "aAbBdHIjmMpSuUwWyYzZ"
# Codes that not every platform's strftime knows, or that stand for others.
_OTHERS = {
    "%-d": "%d",
    "%-m": "7",
    "%e": "%d",
    "%F": "%Y-%m-%d",
    "%D": "%m/%d/%y",
    "%x": "%m/%d/%y",
    "%T": "%H:%M:%S",
    "%X": "%H:%M:%S",
    "%R": "%H:%M",
    "%c": "%a %b %d %H:%M:%S %Y",
}


def frozen(template: str) -> str:
    """Return a template whose `strftime_now` always gives the same day.

    The function is replaced by a macro of that name in the template itself, so that it does not
    matter how the format is put together.

    Parameters
    ----------
    template : str
        A Jinja template.

    Returns
    -------
    str
        The same where the function does not occur.

    Examples
    --------
    >>> import jinja2
    >>> jinja2.Template(frozen("{% set f = '%d %b %Y' %}{{ strftime_now(f) }}")).render()
    '26 Jul 2024'
    """
    if "strftime_now" not in template:
        return template
    texts = _OTHERS | {f"%{code}": DATE.strftime(f"%{code}") for code in _CODES}
    steps = "".join(f"|replace({code!r},{text!r})" for code, text in texts.items())
    return f"{{% macro strftime_now(form) %}}{{{{ form{steps} }}}}{{% endmacro %}}{template}"
