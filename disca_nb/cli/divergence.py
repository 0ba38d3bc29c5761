"""``disca-nb divergence``: how far apart pairs of distributions in a JSON file are."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path

from disca_nb.errors import DataFileError, shorten

__all__ = ["add_parser"]

_STDIN = "-"
_FORM = '{"pairs": [{"id": "a", "p": [0.5, 0.5], "q": [1, 0]}]}'


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "divergence",
        help="Jensen-Shannon distances of pairs of distributions in a JSON file",
        description=(
            f"Reads {_FORM} and prints JSON with, for each pair in its order, the Jensen-Shannon "
            "distance in base 2 (distance_bits, from 0 to 1) and with natural logarithms "
            "(distance_nats), and the divergence in base 2 (divergence_bits). Weights are "
            "normalised. null stands where there is no distance: a weight is negative, infinite, "
            "null or NaN, or all are zero."
        ),
        epilog="Example: disca-nb divergence pairs.json",
    )
    parser.add_argument("file", metavar="FILE", help="JSON in UTF-8, or - for standard input")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Read, compare and print."""
    where = "Standard input" if arguments.file == _STDIN else arguments.file
    content = _read(arguments.file, where)
    found = {name: _SECTIONS[name](where, entries) for name, entries in content.items()}
    print(json.dumps(found, indent=1, allow_nan=False))


def _read(file: str, where: str) -> dict[str, object]:
    """Return the sections of a file."""
    raw = sys.stdin.buffer.read() if file == _STDIN else Path(file).read_bytes()
    try:
        content = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise DataFileError(f"{where} is not text in UTF-8; save it as UTF-8.") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise DataFileError(f"{where} is not JSON ({place}); write {_FORM}.") from None
    except (RecursionError, ValueError) as error:  # too deep, or a number of thousands of digits
        raise DataFileError(f"{where} cannot be read ({error}); write {_FORM}.") from None
    if not isinstance(content, dict) or not content:
        what = "an empty object" if content == {} else _kind(content)
        raise DataFileError(f"{where} holds {what}; write {_FORM}.")
    for name in content:
        if name not in _SECTIONS:
            raise DataFileError(
                f"{where} has a section {name!r}; the known ones are {shorten(_SECTIONS)}."
            )
    return content


def _pairs(where: str, entries: object) -> list[dict[str, object]]:
    """Return the distances of pairs."""
    return [
        {"id": entry["id"], **_distances(*_two_lists(f"{where}: pair {entry['id']!r}", entry))}
        for entry in _objects(where, "pairs", entries, ("id", "p", "q"))
    ]


# What a file may hold, each a list under its name, and what is printed for it.
_SECTIONS: dict[str, Callable[[str, object], list[dict[str, object]]]] = {"pairs": _pairs}


def _objects(
    where: str, section: str, entries: object, keys: tuple[str, ...]
) -> list[dict[str, object]]:
    """Return the entries of a section: objects with the keys and an id of their own."""
    if not isinstance(entries, list):
        raise DataFileError(f"{where}: {section} is {_kind(entries)}; give a list of objects.")
    seen: set[object] = set()
    for number, entry in enumerate(entries, 1):
        place = f"{where}: entry {number} of {section}"
        if not isinstance(entry, dict):
            raise DataFileError(f"{place} is {_kind(entry)}; give an object with {shorten(keys)}.")
        for key in keys:
            if key not in entry:
                raise DataFileError(f"{place} lacks {key!r}; give {shorten(keys)}.")
        name = entry["id"]
        if not isinstance(name, str | int) or isinstance(name, bool):
            raise DataFileError(f"{place} has {_kind(name)} as id; give a text or a whole number.")
        if name in seen:
            raise DataFileError(f"{place} has the id {name!r} of an earlier one; give another.")
        seen.add(name)
    return entries


def _two_lists(place: str, entry: dict[str, object]) -> tuple[list[float], list[float]]:
    """Return both distributions of a pair, NaN for null."""
    p, q = (_weights(place, key, entry[key]) for key in ("p", "q"))
    if len(p) != len(q):
        raise DataFileError(
            f"{place} has {len(p)} weights in p and {len(q)} in q; give both the same options."
        )
    return p, q


def _weights(place: str, key: str, values: object) -> list[float]:
    """Return a list of numbers, NaN for null."""
    if not isinstance(values, list):
        raise DataFileError(f"{place} has {_kind(values)} as {key}; give a list of numbers.")
    for value in values:
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise DataFileError(f"{place} has {_kind(value)} in {key}; give numbers alone.")
    return [_number(value) for value in values]


def _number(value: float | None) -> float:
    """Return a number of the file, NaN for null."""
    try:
        return math.nan if value is None else float(value)
    except OverflowError:  # a whole number beyond any float
        return math.inf


def _distances(p: list[float], q: list[float]) -> dict[str, object]:
    """Return what is printed for a pair."""
    from disca_nb.kernels import jensen_shannon_distance, jensen_shannon_divergence

    # An unknown weight is none of padding here, though it may stand at the end of both.
    defined = len(p) > 0 and all(map(math.isfinite, p + q))
    divergence = float(jensen_shannon_divergence(p, q)) if defined else math.nan
    if math.isnan(divergence):
        return dict.fromkeys(("distance_bits", "distance_nats", "divergence_bits"))
    return {
        "distance_bits": float(jensen_shannon_distance(p, q)),
        "distance_nats": float(jensen_shannon_distance(p, q, base=math.e)),
        "divergence_bits": divergence,
    }


def _kind(value: object) -> str:
    """Return what a value of JSON is, for a sentence."""
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else json.dumps(value)
