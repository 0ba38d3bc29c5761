"""Where two manifests differ, in lines that a person can read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["differences"]

_LONG, _BEFORE = 60, 20  # characters shown of a long value, and how many of them lead up


class _Absent:
    """Stands for a key that one side does not have."""


_ABSENT = _Absent()


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    r"""List where two manifests differ.

    Parameters
    ----------
    old : mapping
        The manifest in the store: strings, numbers, true, false, None, and mappings and lists
        of them, nested as deep as they like.
    new : mapping
        The manifest of the run that is asked for.

    Returns
    -------
    list of str
        One line for each value that differs, in alphabetical order of the keys. Of long values
        the part is shown in which they begin to differ. Empty when the two are written alike, so
        that ``1``, ``1.0`` and ``True`` are three values.

    Examples
    --------
    >>> old = {"models": {"tiny": {"dtype": "float32"}}, "countries": ["JPN"]}
    >>> new = {"models": {"tiny": {"dtype": "bfloat16"}}, "countries": ["JPN", "USA"], "seed": 0}
    >>> print(*differences(old, new), sep="\n")
    countries[1]: absent in the store, USA now
    models.tiny.dtype: float32 in the store, bfloat16 now
    seed: absent in the store, 0 now
    """
    return list(_lines("", old, new))


def _lines(path: str, old: object, new: object) -> Iterator[str]:
    """Yield the lines of two values that stand at the same place."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            inner = f"{path}.{key}" if path else key
            yield from _lines(inner, old.get(key, _ABSENT), new.get(key, _ABSENT))
    elif isinstance(old, list | tuple) and isinstance(new, list | tuple):
        for index in range(max(len(old), len(new))):
            pair = (side[index] if index < len(side) else _ABSENT for side in (old, new))
            yield from _lines(f"{path}[{index}]", *pair)
    elif _exact(old) != _exact(new):
        before, now = _shown(old, new)
        yield f"{path}: {before} in the store, {now} now"


def _shown(old: object, new: object) -> tuple[str, str]:
    """Return two values as texts that differ and are not long."""
    texts = _plain(old), _plain(new)
    if texts[0] == texts[1]:  # 1 and "1"
        texts = _exact(old), _exact(new)
    if max(map(len, texts)) <= _LONG:
        return texts
    alike = next(
        (i for i, (a, b) in enumerate(zip(*texts, strict=False)) if a != b),
        min(map(len, texts)),
    )
    start = max(0, alike - _BEFORE)
    return _cut(texts[0], start), _cut(texts[1], start)


def _cut(text: str, start: int) -> str:
    """Return the part of a text from ``start``, with dots where something is left out."""
    stop = start + _LONG
    return f"{'…' if start else ''}{text[start:stop]}{'…' if stop < len(text) else ''}"


def _plain(value: object) -> str:
    """Return a value as a person would write it, on one line."""
    return value if isinstance(value, str) and value and value.isprintable() else _exact(value)


def _exact(value: object) -> str:
    """Return a text that only equal values of one kind share."""
    if isinstance(value, _Absent):
        return "absent"
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
