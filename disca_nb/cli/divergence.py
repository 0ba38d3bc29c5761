"""``disca-nb divergence``: how far apart pairs and sets of distributions in a JSON file are."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from disca_nb.cli._divergence_sections import SECTIONS, kind_of
from disca_nb.errors import DataFileError, shorten

__all__ = ["add_parser"]

_STDIN = "-"
_FORM = '{"pairs": [{"id": "a", "p": [0.5, 0.5], "q": [1, 0]}]}'
_SETS = '{"sets": [{"id": "b", "distributions": [[0.5, 0.5], [1, 0], [0, 1]]}]}'


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "divergence",
        help="Jensen-Shannon distances of pairs and sets of distributions in a JSON file",
        description=(
            f"Reads {_FORM} and prints JSON with, for each pair in its order, the Jensen-Shannon "
            "distance in base 2 (distance_bits, from 0 to 1) and with natural logarithms "
            "(distance_nats), and the divergence in base 2 (divergence_bits). "
            f"Reads also {_SETS}, or both in one file, and prints for each set the mean "
            "distance of its distributions to their Jensen-Shannon centroid (mean_distance_bits, "
            "mean_distance_nats), the mean divergence (mean_divergence_bits), the centroid, and "
            "the mean distance in nats as Moore et al. 2024 computed it (compat), which is 0 for "
            "a single distribution. Weights are normalised. null stands where there is no value: "
            "a weight is negative, infinite, null or NaN, or all are zero, or a set has fewer "
            "than two distributions."
        ),
        epilog="Example: disca-nb divergence pairs.json",
    )
    parser.add_argument("file", metavar="FILE", help="JSON in UTF-8, or - for standard input")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Read, compare and print."""
    where = "Standard input" if arguments.file == _STDIN else arguments.file
    content = _read(arguments.file, where)
    found = {name: SECTIONS[name](where, entries) for name, entries in content.items()}
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
        raise DataFileError(f"{where} is not JSON ({place}); write {_FORM} or {_SETS}.") from None
    except (RecursionError, ValueError) as error:  # too deep, or a number of thousands of digits
        raise DataFileError(
            f"{where} cannot be read ({error}); write {_FORM} or {_SETS}."
        ) from None
    if not isinstance(content, dict) or not content:
        what = "an empty object" if content == {} else kind_of(content)
        raise DataFileError(f"{where} holds {what}; write {_FORM} or {_SETS}.")
    for name in content:
        if name not in SECTIONS:
            raise DataFileError(
                f"{where} has a section {name!r}; the known ones are {shorten(SECTIONS)}."
            )
    return content
