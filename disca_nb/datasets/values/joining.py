"""Value questions of several files or languages, side by side."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.datasets.values._alignment import aligned_questions, plain_rows, shared_names
from disca_nb.datasets.values.report import ValueReport, joined_reports
from disca_nb.datasets.values.schema import ABOUT_OPTIONS, ABOUT_WORDINGS, checked_questions
from disca_nb.errors import InputError, shorten
from disca_nb.variables import annotate

__all__ = ["check_languages", "join_value_questions", "with_shared_names"]


def join_value_questions(parts: Iterable[xr.Dataset], *, name: str = "") -> xr.Dataset:
    """Put value questions of several files or languages together.

    Questions of one country and kind (controversial or not) are the same where they translate
    the same original: `value_question` and `topic_name` are then equal, the topic's name being
    that of the first part. A topic's name that stands for two countries or kinds is told apart
    by them.

    Parameters
    ----------
    parts : iterable of xarray.Dataset
        Value questions, as `read_value_questions` returns.
    name : str
        What the whole is called; the parts' names by default.

    Returns
    -------
    xarray.Dataset
        All wordings, in the order of the parts; load report and filters are carried over.

    Raises
    ------
    InputError
        When there is none, two parts have a label in common, or a language of a country and kind
        shares no question with the others.

    Examples
    --------
    >>> join_value_questions([])
    Traceback (most recent call last):
        ...
    disca_nb.errors.InputError: There are 0 parts to join; give value questions.
    """
    held = [checked_questions(part) for part in parts]
    if not held:
        raise InputError("There are 0 parts to join; give value questions.")
    _check_labels(held)
    joined = with_shared_names(_concatenated(held)).assign_attrs(_attributes(held, name))
    check_languages(joined)
    return checked_questions(annotate(joined))


def with_shared_names(questions: xr.Dataset) -> xr.Dataset:
    """Return questions whose names of topics and questions are the same in all languages."""
    topics, names = shared_names(plain_rows(questions))
    return questions.assign_coords(
        topic_name=("wording", np.array(topics, dtype=str)),
        value_question=("wording", np.array(names, dtype=str)),
    )


def check_languages(questions: xr.Dataset) -> None:
    """Raise when a language shares no question with any other of its country and kind.

    Raises
    ------
    InputError
        Naming the language.
    """
    table = aligned_questions(questions)
    for (country, controversial), pairs in table.groupby(["country", "controversial"], sort=False):
        # The later of two is named: it came to those that were there.
        for language in reversed(list(dict.fromkeys([*pairs["language"], *pairs["other"]]))):
            own = pairs[(pairs["language"] == language) | (pairs["other"] == language)]
            if not own["shared"].any():
                others = shorten(sorted({*own["language"], *own["other"]} - {language}))
                kind = "controversial" if controversial else "uncontroversial"
                where = f"{kind}, {country}" if country else kind
                raise InputError(
                    f"Languages cannot be aligned: no question in {language} is one in {others} "
                    f"({where}); give the lines original_english or translation_of."
                )


def _concatenated(parts: Sequence[xr.Dataset]) -> xr.Dataset:
    """Return all wordings, with as many options as the longest has."""
    width = max(part.sizes["option"] for part in parts)
    coords: dict[str, object] = {
        name: ("wording", np.concatenate([part[name].values for part in parts]))
        for name in ("wording", *ABOUT_WORDINGS)
    }
    for name in ABOUT_OPTIONS:
        cells = [_padded(part[name].values.astype(str), width) for part in parts]
        coords[name] = (("wording", "option"), np.concatenate(cells))
    options = [str(k) for k in range(1, width + 1)]
    return xr.Dataset(coords={"wording": coords.pop("wording"), "option": options, **coords})


def _padded(cells: npt.NDArray[np.str_], width: int) -> npt.NDArray[np.str_]:
    """Return cells with empty ones behind them."""
    missing = width - cells.shape[1]
    return np.concatenate([cells, np.full((len(cells), missing), "", dtype=str)], axis=1)


def _check_labels(parts: Sequence[xr.Dataset]) -> None:
    """Raise when two parts have a label in common."""
    seen: set[str] = set()
    for part in parts:
        labels = set(part["wording"].values.tolist())
        if both := sorted(seen & labels):
            raise InputError(
                f"Two of the parts have the wording {both[0]!r}; rename one of their files, or "
                "join each once."
            )
        seen |= labels


def _attributes(parts: Sequence[xr.Dataset], name: str) -> dict[str, object]:
    """Return the attributes of the whole."""
    names = [str(part.attrs.get("name", "questions")) for part in parts]
    whole = name or (names[0] if len(parts) == 1 else shorten(names, 3))
    found: dict[str, object] = {
        "name": whole,
        "source": "; ".join(_each(parts, "source")) or "unknown",
        "synthetic": int(any(part.attrs.get("synthetic", 0) for part in parts)),
    }
    if notices := _each(parts, "notice"):
        found["notice"] = " ".join(notices)
    if all("report" in part.attrs for part in parts):
        reports = [ValueReport.from_json(str(part.attrs["report"])) for part in parts]
        found["report"] = joined_reports(reports, whole).to_json()
    filters = [each for part in parts for each in json.loads(part.attrs.get("filters", "[]"))]
    if filters:
        found["filters"] = json.dumps(filters, ensure_ascii=False)
    return found


def _each(parts: Sequence[xr.Dataset], name: str) -> list[str]:
    """Return the different values of an attribute, in order."""
    return [text for text in dict.fromkeys(str(p.attrs.get(name, "")) for p in parts) if text]
