"""What a file of distributions may hold, and what ``disca-nb divergence`` makes of it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

from disca_nb.errors import DataFileError, shorten

__all__ = ["SECTIONS", "kind_of", "objects"]

_PAIR = ("distance_bits", "distance_nats", "divergence_bits")
_SET = ("mean_distance_bits", "mean_distance_nats", "mean_divergence_bits", "centroid", "compat")


def _pairs(where: str, entries: object) -> list[dict[str, object]]:
    """Return the distances of pairs."""
    return [
        {"id": entry["id"], **_distances(*_two_lists(f"{where}: pair {entry['id']!r}", entry))}
        for entry in objects(where, "pairs", entries, ("id", "p", "q"))
    ]


def _sets(where: str, entries: object) -> list[dict[str, object]]:
    """Return the mean distances of sets to their centroids."""
    return [
        {"id": entry["id"], **_means(_members(f"{where}: set {entry['id']!r}", entry))}
        for entry in objects(where, "sets", entries, ("id", "distributions"))
    ]


SECTIONS: dict[str, Callable[[str, object], list[dict[str, object]]]] = {
    "pairs": _pairs,
    "sets": _sets,
}
"""What a file may hold, each a list under its name, and what is printed for it."""


def objects(
    where: str, section: str, entries: object, keys: tuple[str, ...]
) -> list[dict[str, object]]:
    """Return the entries of a section: objects with the keys and an id of their own."""
    if not isinstance(entries, list):
        raise DataFileError(f"{where}: {section} is {kind_of(entries)}; give a list of objects.")
    seen: set[object] = set()
    for number, entry in enumerate(entries, 1):
        place = f"{where}: entry {number} of {section}"
        if not isinstance(entry, dict):
            raise DataFileError(
                f"{place} is {kind_of(entry)}; give an object with {shorten(keys)}."
            )
        for key in keys:
            if key not in entry:
                raise DataFileError(f"{place} lacks {key!r}; give {shorten(keys)}.")
        name = entry["id"]
        if not isinstance(name, str | int) or isinstance(name, bool):
            raise DataFileError(
                f"{place} has {kind_of(name)} as id; give a text or a whole number."
            )
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


def _members(place: str, entry: dict[str, object]) -> list[list[float]]:
    """Return the distributions of a set, NaN for null."""
    given = entry["distributions"]
    if not isinstance(given, list):
        raise DataFileError(
            f"{place} has {kind_of(given)} as distributions; give a list of lists of numbers."
        )
    members = [_weights(place, f"distribution {i}", each) for i, each in enumerate(given, 1)]
    for number, member in enumerate(members, 1):
        if len(member) != len(members[0]):
            raise DataFileError(
                f"{place} has {len(members[0])} weights in distribution 1 and {len(member)} in "
                f"distribution {number}; give all the same options."
            )
    return members


def _weights(place: str, key: str, values: object) -> list[float]:
    """Return a list of numbers, NaN for null."""
    if not isinstance(values, list):
        raise DataFileError(f"{place} has {kind_of(values)} as {key}; give a list of numbers.")
    for value in values:
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise DataFileError(f"{place} has {kind_of(value)} in {key}; give numbers alone.")
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
        return dict.fromkeys(_PAIR)
    nats = float(jensen_shannon_distance(p, q, base=math.e))
    return dict(zip(_PAIR, (float(jensen_shannon_distance(p, q)), nats, divergence), strict=True))


def _means(members: list[list[float]]) -> dict[str, object]:
    """Return what is printed for a set."""
    from disca_nb.kernels import jensen_shannon_centroid, set_divergence

    # Nor is a distribution of unknown weights padding of its set.
    known = all(math.isfinite(weight) for member in members for weight in member)
    defined = known and len(members) > 0 and len(members[0]) > 0
    compat = float(set_divergence(members, compat="moore2024")) if defined else math.nan
    if math.isnan(compat):
        return dict.fromkeys(_SET)
    if len(members) == 1:  # which is no set to be far apart
        return {**dict.fromkeys(_SET), "compat": compat}
    bits = float(set_divergence(members))
    nats = float(set_divergence(members, base=math.e))
    squared = float(set_divergence(members, kind="divergence"))
    centroid = jensen_shannon_centroid(members).centroid.tolist()
    return dict(zip(_SET, (bits, nats, squared, centroid, compat), strict=True))


def kind_of(value: object) -> str:
    """Return what a value of JSON is, for a sentence."""
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else json.dumps(value)
