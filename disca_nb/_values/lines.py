"""Lines of a file of answers to value questions: one JSON object for each model and wording."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from disca_nb._opinions.promptings import KINDS

# A file of answers to a survey is read line by line in the same way, but for two fields.
from disca_nb._opinions.response_lines import Line, _lines, read_lines
from disca_nb.errors import DataFileError, unknown_name

__all__ = ["read_value_lines"]

_FIELDS = ("model", "wording", "text", "probs", "logprobs", "order", "n_options")


def read_value_lines(path: Path, wordings: Mapping[str, str]) -> list[Line]:
    """Return the lines of a file as those of a survey whose questions are wordings.

    Parameters
    ----------
    path : pathlib.Path
        JSON Lines, UTF-8.
    wordings : mapping of str to str
        Those that can be answered, with their texts.

    Returns
    -------
    list of Line

    Raises
    ------
    DataFileError
        For a file that cannot be read or is empty, and naming the first line that is no JSON
        object of the right form or whose text is another one.
    UnknownNameError
        For another wording.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        text = ""
    if not text.strip():
        return read_lines(path)  # which says what is wrong with the file
    rows = enumerate(text.split("\n"), 1)
    texts = [_of_survey(row, f"{path.name}, line {number}", wordings) for number, row in rows]
    return list(_lines("\n".join(texts), path.name))


def _of_survey(row: str, place: str, known: Mapping[str, str]) -> str:
    """Return a line as a survey has it; one that is no JSON object is left for it to refuse."""
    try:
        content = json.loads(row, object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        return row
    if not isinstance(content, dict):
        return row
    for field in content:
        if field not in _FIELDS:
            raise DataFileError(
                f"{place}: The field {field!r} is not known; known: {', '.join(_FIELDS)}."
            )
    label = content.pop("wording", None)
    if not isinstance(label, str):
        raise DataFileError(f"{place}: wording is {label!r}; write the label of a wording.")
    if label not in known:
        raise unknown_name(f"wording ({place})", label, known)
    text = content.pop("text", known[label])
    if text != known[label]:
        raise DataFileError(
            f"{place}: text is {text!r:.80} and the wording {label!r} is {known[label]!r:.80}; "
            "use the questions that were asked."
        )
    return json.dumps({**content, "question": label, "prompting": KINDS[0]})


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object, or raise when it has a name twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found
