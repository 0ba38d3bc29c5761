"""What a user says of the questions of a file of respondents: texts, options, missing codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from disca_nb.datasets.surveys._tidy import as_text
from disca_nb.errors import InputError, unknown_name

__all__ = ["ITEM_KEYS", "Item", "code_text", "read_items", "said", "said_codes", "yes_or_no"]

ITEM_KEYS = ("text", "topic", "ordinal", "options")
"""What can be said of an item."""

_WHOLE = re.compile(r"([+-]?)0*(\d+)(?:\.0*)?")


@dataclass(frozen=True)
class Item:
    """A question of a file of respondents.

    Attributes
    ----------
    column : str
        Column of the file.
    text, topic : str
        The question, and what it is about; the text is the column's name where nobody says.
    ordinal : bool, optional
        Whether the options have an order; None where nobody says.
    options : dict of str to str, or None
        Code to text, in the order of the options. None takes the codes that are found.
    missing : frozenset of str
        Codes of those who were asked and gave no answer, such as "don't know".
    not_asked : frozenset of str
        Codes of those who were not asked. Blank cells are among these without being named.
    """

    column: str
    text: str = ""
    topic: str = ""
    ordinal: bool | None = None
    options: Mapping[str, str] | None = None
    missing: frozenset[str] = frozenset()
    not_asked: frozenset[str] = frozenset()

    @property
    def texts(self) -> list[str]:
        """The options' texts, in order."""
        return list((self.options or {}).values())


def code_text(value: object) -> str:
    """Return a code as text, the same however a file writes it.

    Examples
    --------
    >>> code_text(1.0), code_text("01"), code_text("-2.0"), code_text(" a "), code_text(None)
    ('1', '1', '-2', 'a', '')
    """
    text = as_text(value)
    whole = _WHOLE.fullmatch(text)
    if whole is None:
        return text
    sign = "-" if whole[1] == "-" and whole[2] != "0" else ""
    return sign + whole[2]


def read_items(items: object) -> list[Item]:
    """Return what was said of every item.

    Parameters
    ----------
    items : iterable of str or Item, or mapping
        Columns; or column to a mapping with some of ``text``, ``topic``, ``ordinal`` and
        ``options``. Options are code to text, or a list of the texts that the column itself holds.

    Raises
    ------
    InputError
        For what has another form, naming the item.
    UnknownNameError
        For another key.

    Examples
    --------
    >>> read_items(["Q57"])[0].column
    'Q57'
    >>> read_items({"Q57": {"text": "Can people be trusted?", "options": {1: "Yes", 2: "No"}}})
    ... # doctest: +ELLIPSIS
    [Item(column='Q57', text='Can people be trusted?', ..., options={'1': 'Yes', '2': 'No'}, ...)]
    """
    if isinstance(items, Mapping):
        found = [_item(said(name, "A name in items"), about) for name, about in items.items()]
    else:
        names = [items] if isinstance(items, str) else items
        if not isinstance(names, Iterable):
            raise InputError(f"items is {items!r}; give a list of columns, or a mapping of them.")
        found = [
            name if isinstance(name, Item) else Item(said(name, "A name in items"))
            for name in names
        ]
    if not found:
        raise InputError("items is empty; name at least one column.")
    columns = [item.column for item in found]
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"items has the column {twice!r} twice; name it once.")
    return found


def _item(column: str, about: object) -> Item:
    """Return what was said of an item."""
    if about is None:
        return Item(column)
    if not isinstance(about, Mapping):
        raise InputError(
            f"The item {column!r} is {about!r}; give a mapping with {', '.join(ITEM_KEYS)}."
        )
    for key in about:
        if key not in ITEM_KEYS:
            raise unknown_name(f"key of the item {column!r}", key, ITEM_KEYS)
    what = f"of the item {column!r}"
    return Item(
        column,
        said(about.get("text", ""), f"The text {what}"),
        said(about.get("topic", ""), f"The topic {what}"),
        yes_or_no(about["ordinal"], f"ordinal {what}") if "ordinal" in about else None,
        _options(about["options"], column) if about.get("options") is not None else None,
    )


def _options(options: object, column: str) -> dict[str, str]:
    """Return the texts of an item's options by their codes."""
    if isinstance(options, Mapping):
        pairs = [(key, text) for key, text in options.items()]
    elif isinstance(options, list | tuple):
        pairs = [(text, text) for text in options]
    else:
        raise InputError(
            f"The options of the item {column!r} are {options!r}; give a mapping of codes to "
            "texts, or a list of the texts in the column."
        )
    result: dict[str, str] = {}
    for key, text in pairs:
        code = code_text(said(key, f"A code of the item {column!r}"))
        if code in result:
            raise InputError(f"The item {column!r} has the code {code!r} twice; keep one of them.")
        result[code] = said(text, f"The option {code!r} of the item {column!r}")
        if not result[code]:
            raise InputError(f"The option {code!r} of the item {column!r} is blank; give a text.")
    if len(result) < 2:
        raise InputError(
            f"The item {column!r} has {len(result)} options; give two or more, or none to take "
            "the codes that are found."
        )
    return result


def said(value: object, what: str) -> str:
    """Return a text that was said, or raise for what is none.

    YAML reads an unquoted Yes or No as true or false, which would be an option's text no more.
    """
    if isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return as_text(value)
    raise InputError(f"{what} is {value!r}; give a text, in quotes.")


def said_codes(codes: object, what: str) -> frozenset[str]:
    """Return codes that were said, as a list or one alone."""
    each = codes if isinstance(codes, list | tuple | set | frozenset) else [codes]
    return frozenset(code_text(said(code, f"A code in {what}")) for code in each)


def yes_or_no(value: object, what: str) -> bool:
    """Return a boolean, or raise for what is none."""
    if isinstance(value, bool):
        return value
    raise InputError(f"{what} is {value!r}; it must be true or false.")
