"""Where two manifests differ, in lines that a person can read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["described", "differences"]

_LONG, _BEFORE = 60, 20  # characters shown of a long value, and how many of them lead up
_HASH, _SHOWN = "sha256", 4  # values that say nothing to a person, and lines of a message


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
        One line for each value that differs, in alphabetical order of the keys, hashes last. Of
        long values the part is shown in which they begin to differ. Empty when the two are written
        alike, so that ``1``, ``1.0`` and ``True`` are three values.

    Examples
    --------
    >>> old = {"models": {"tiny": {"dtype": "float32"}}, "countries": ["JPN"]}
    >>> new = {"models": {"tiny": {"dtype": "bfloat16"}}, "countries": ["JPN", "USA"], "seed": 0}
    >>> print(*differences(old, new), sep="\n")
    countries: USA now alone
    models.tiny.dtype: float32 in the store, bfloat16 now
    seed: absent in the store, 0 now
    """
    return sorted(_lines("", old, new), key=_is_hash)


def described(found: list[str]) -> str:
    """Return differences as a clause of a message, the first few of them.

    Parameters
    ----------
    found : list of str
        What `differences` returned.

    Returns
    -------
    str
        Four lines at most, joined by semicolons, and the number of the others.

    Examples
    --------
    >>> described(["seed: 0 in the store, 1 now", "size: 5 in the store, 6 now"])
    'seed: 0 in the store, 1 now; size: 5 in the store, 6 now'
    """
    others = len(found) - _SHOWN
    return "; ".join(found[:_SHOWN]) + (f"; and {others} others" if others > 0 else "")


def _is_hash(line: str) -> bool:
    """Return whether a line is of a hash, which tells that something differs and not what."""
    return line.partition(":")[0].endswith(_HASH)


def _lines(path: str, old: object, new: object) -> Iterator[str]:
    """Yield the lines of two values that stand at the same place."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            inner = f"{path}.{key}" if path else key
            yield from _lines(inner, old.get(key, _ABSENT), new.get(key, _ABSENT))
    elif _names(old) and _names(new) and set(old) != set(new):  # type: ignore[call-overload]
        missing = [name for name in old if name not in new]  # type: ignore[attr-defined,operator]
        added = [name for name in new if name not in old]  # type: ignore[attr-defined,operator]
        said = [f"{', '.join(missing)} in the store alone"] * bool(missing)
        said += [f"{', '.join(added)} now alone"] * bool(added)
        yield f"{path}: {', '.join(said)}"
    elif isinstance(old, list | tuple) and isinstance(new, list | tuple):
        for index in range(max(len(old), len(new))):
            pair = (side[index] if index < len(side) else _ABSENT for side in (old, new))
            yield from _lines(f"{path}[{index}]", *pair)
    elif _exact(old) != _exact(new):
        before, now = ("one", "another") if path.endswith(_HASH) else _shown(old, new)
        yield f"{path}: {before} in the store, {now} now"


def _names(value: object) -> bool:
    """Return whether a value is a list of names, whose places say nothing."""
    return (
        isinstance(value, list | tuple)
        and all(isinstance(name, str) for name in value)
        and len(set(value)) == len(value)
    )


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
