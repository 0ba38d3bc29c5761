"""From lines of answers to a dataset of them, in the form in which models are asked here."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb._opinions.bank import bank_hash, language_of
from disca_nb._opinions.orders import positions
from disca_nb._opinions.promptings import KINDS
from disca_nb._opinions.response_answers import (
    ReadAnswer,
    check_once,
    questions_of_bank,
    questions_of_lines,
    read_answer,
)
from disca_nb._opinions.response_lines import Line, prompting_parts
from disca_nb._opinions.running import cells, prompting_labels
from disca_nb._opinions.shares import Shares, averaged
from disca_nb._version import __version__
from disca_nb.models.protocol import FAILED, LOW_MASS, SCORED
from disca_nb.models.top_k import Missing
from disca_nb.variables import annotate, validate

__all__ = ["answers_of"]

# The language of texts of which nothing is said, in BCP 47.
_UNKNOWN = "und"


def answers_of(
    lines: Sequence[Line],
    path: Path,
    bank: xr.Dataset | None,
    *,
    missing: Missing,
    min_mass: float,
) -> xr.Dataset:
    """Return the answers that lines tell of.

    Parameters
    ----------
    lines : sequence of Line
        As `read_lines` returns them.
    path : pathlib.Path
        Where they are from.
    bank, missing, min_mass
        As for `disca_nb.read_responses`.

    Returns
    -------
    xarray.Dataset
        As `disca_nb.ask_survey` returns it.

    Raises
    ------
    DataFileError
        Naming the first line that cannot be used.
    UnknownNameError
        For a question or country that the bank does not have.
    """
    questions = questions_of_lines(lines) if bank is None else questions_of_bank(lines, bank)
    counts = questions["n_options"].to_series().to_dict()
    found = [read_answer(line, counts[line.question], missing) for line in lines]
    check_once(found)
    promptings, orders = _promptings(found), _orders(found)
    coords = {"order": orders, **_labels(promptings, bank)}
    shown = _shown(found, orders, questions)
    parts = []
    for model in dict.fromkeys(each.line.model for each in found):
        own = [each for each in found if each.line.model == model]
        places = _places(own, promptings, questions["question"].values.tolist(), orders)
        answers = averaged(_shares(own, questions.sizes["option"], min_mass), places, shown)
        parts.append(cells(answers, model, questions, coords))
    result = xr.concat(parts, dim="model")
    result = result.assign(option_position=(("order", "question", "option"), shown))
    result.attrs = _attributes(path, bank, len(lines), missing=missing, min_mass=min_mass)
    _warn_of_orders(result)
    return annotate(validate(result))


def _promptings(found: list[ReadAnswer]) -> list[str]:
    """Return the labels of promptings: default, then countries, then languages."""
    labels = dict.fromkeys(each.line.prompting for each in found)
    return sorted(labels, key=lambda label: KINDS.index(prompting_parts(label)[0]))


def _orders(found: list[ReadAnswer]) -> list[str]:
    """Return the labels of orders: given and reversed, then those of figures."""
    labels = {each.order for each in found}
    return sorted(labels, key=lambda label: (label[0].isdigit(), len(label), label))


def _labels(promptings: list[str], bank: xr.Dataset | None) -> dict[str, object]:
    """Return the coordinates of promptings."""
    own = _UNKNOWN if bank is None else language_of(bank)
    parts = [prompting_parts(label) for label in promptings]
    kinds = [kind for kind, _ in parts]
    spoken = [_UNKNOWN if kind == KINDS[2] else own for kind in kinds]
    found = prompting_labels(
        promptings,
        kinds,
        [of if kind == KINDS[1] else "" for kind, of in parts],
        [of if kind == KINDS[2] else own for kind, of in parts],
    )
    return {**found, "question_language": ("prompting", np.array(spoken, dtype=str))}


def _shown(
    found: list[ReadAnswer], orders: list[str], questions: xr.Dataset
) -> npt.NDArray[np.int64]:
    """Return where each option stood, shape (order, question, option), 0 where nowhere."""
    at = {label: i for i, label in enumerate(questions["question"].values.tolist())}
    shape = (len(orders), questions.sizes["question"], questions.sizes["option"])
    result = np.zeros(shape, dtype=np.int64)
    for each in found:
        place = (orders.index(each.order), at[each.line.question])
        result[place][: len(each.permutation)] = positions(each.permutation)
    return result


def _places(
    own: list[ReadAnswer], promptings: list[str], questions: list[str], orders: list[str]
) -> npt.NDArray[np.int64]:
    """Return which of a model's answers is which, shape (prompting, question, order)."""
    at: Mapping[str, int] = {label: i for i, label in enumerate(questions)}
    result = np.full((len(promptings), len(questions), len(orders)), -1, dtype=np.int64)
    for i, each in enumerate(own):
        line = each.line
        result[promptings.index(line.prompting), at[line.question], orders.index(each.order)] = i
    return result


def _shares(own: list[ReadAnswer], width: int, min_mass: float) -> Shares:
    """Return a model's answers one after the other."""
    result = Shares.none(len(own), width)
    for i, each in enumerate(own):
        result.letters[i, : len(each.letters)] = each.letters
        result.mass[i] = each.mass
        low = LOW_MASS if each.mass < min_mass else SCORED
        result.status[i] = FAILED if np.isnan(each.letters).any() else low
    return result


def _attributes(
    path: Path, bank: xr.Dataset | None, lines: int, *, missing: Missing, min_mass: float
) -> dict[str, object]:
    """Return where answers are from, and how they were read."""
    manifest = {
        "disca_nb": __version__,
        "file": path.name,
        "file_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "lines": lines,
        "missing": missing,
        "min_mass": min_mass,
        "models": {},
    }
    return {
        "source": f"read from {path.name}",
        "bank": "" if bank is None else str(bank.attrs.get("name", "a bank of one's own")),
        "bank_sha256": "" if bank is None else bank_hash(bank),
        "orders": "as read",
        "missing": missing,
        "min_mass": min_mass,
        "manifest": json.dumps(manifest, ensure_ascii=False, sort_keys=True),
    }


def _warn_of_orders(result: xr.Dataset) -> None:
    """Warn where an answer lacks an order that others to the same question have."""
    known = result["order_answer_mass"].notnull()
    counts = known.sum("order")
    all_of = known.any(["model", "prompting"]).sum("order")
    fewer = int(((counts > 0) & (counts < all_of)).sum())
    if fewer:
        warnings.warn(
            f"{fewer} of {int((counts > 0).sum())} answers lack an order of the options in which "
            "others to the same question are; a liking for a letter may not cancel in their mean.",
            stacklevel=4,
        )
