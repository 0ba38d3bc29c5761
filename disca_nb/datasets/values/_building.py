"""Value questions from the lines of a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import xarray as xr

from disca_nb.datasets.values._lines import Line
from disca_nb.errors import DataFileError
from disca_nb.variables import annotate

__all__ = ["from_lines", "option_coords", "topics_in_english"]

_LANGUAGE = "en"


def from_lines(lines: Sequence[Line], stem: str, *, name: str = "") -> xr.Dataset:
    """Return the dataset of a file's lines.

    Parameters
    ----------
    lines : sequence of Line
        With language, country and kind filled in, as far as they are known.
    stem : str
        The file's name without its ending, which labels begin with.
    name : str
        The file's name for messages; the stem by default.

    Returns
    -------
    xarray.Dataset
        As `checked_questions` describes.

    Raises
    ------
    DataFileError
        When a wording is there twice, or the original of a question is no line's question.
    """
    phrasings = _phrasings(lines, name or stem)
    topics = topics_in_english(lines)
    keys = [line.translation_of or line.original_english or line.original for line in lines]
    coords = {
        "wording_text": [line.question for line in lines],
        "topic_name": topics,
        "value_question": [f"{topic}/{key}" for topic, key in zip(topics, keys, strict=True)],
        "wording_language": [line.language or _LANGUAGE for line in lines],
        "wording_country": [line.country for line in lines],
    }
    labels = [f"{stem}:{line.number:04d}" for line in lines]
    options = option_coords([line.options for line in lines], "wording")
    return annotate(
        xr.Dataset(
            coords={
                "wording": np.array(labels, dtype=str),
                **{key: ("wording", np.array(each, dtype=str)) for key, each in coords.items()},
                "phrasing": ("wording", np.array(phrasings, dtype=np.int64)),
                "controversial": (
                    "wording",
                    np.array([bool(line.controversial) for line in lines]),
                ),
                **options.coords,
            }
        )
    )


def option_coords(options: Sequence[tuple[tuple[str, str], ...]], dim: str) -> xr.Dataset:
    """Return texts, stances and numbers of options along a dimension.

    Examples
    --------
    >>> both = option_coords([(("yes", "supports"), ("no", "opposes"))], "wording")
    >>> both.option_stance.values.tolist(), both.n_options.values.tolist()
    ([['supports', 'opposes']], [2])
    """
    width = max(map(len, options))
    padded = [[*each, *[("", "")] * (width - len(each))] for each in options]
    cells = np.array(padded, dtype=str)
    return xr.Dataset(
        coords={
            "option": [str(k) for k in range(1, width + 1)],
            "option_text": ((dim, "option"), cells[..., 0]),
            "option_stance": ((dim, "option"), cells[..., 1]),
            "n_options": (dim, np.array([len(each) for each in options], dtype=np.int64)),
        }
    )


def topics_in_english(lines: Sequence[Line]) -> list[str]:
    """Return each line's topic in English.

    A line without one takes that of the other lines with its topic, where these agree, or keeps
    the topic as it is.
    """
    known: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for line in lines:
        known[_topic(line)] |= {line.topic_english} - {""}
    return [
        line.topic_english or (min(names) if len(names := known[_topic(line)]) == 1 else line.topic)
        for line in lines
    ]


def _topic(line: Line) -> tuple[str, ...]:
    return (line.language, line.country, str(bool(line.controversial)), line.topic)


def _phrasings(lines: Sequence[Line], name: str) -> list[int]:
    """Return 0 for originals and 1, 2, … for the rephrasings of each, in the file's order."""
    seen: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    numbers: dict[tuple[str, ...], int] = defaultdict(int)
    result = []
    for line in lines:
        question = (*_topic(line), line.original)
        first = seen[question].setdefault(line.question, line.number)
        if first != line.number:
            raise DataFileError(
                f"{name}, line {line.number}: the wording {line.question!r} of the same question "
                f"is in line {first} already; keep one of the two."
            )
        is_original = line.question == line.original
        numbers[question] += not is_original
        result.append(0 if is_original else numbers[question])
    for line in lines:
        if line.original not in seen[*_topic(line), line.original]:
            raise DataFileError(
                f"{name}, line {line.number}: the original {line.original!r} is the question of "
                "no line; add a line that asks it."
            )
    return result
