"""Several surveys on one axis of countries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.datasets.surveys._joined import joined
from disca_nb.datasets.surveys._labels import Axis, common_axis
from disca_nb.datasets.surveys._tidy import folded
from disca_nb.datasets.surveys.report import EXAMPLES, Finding, Report, finding, report
from disca_nb.datasets.surveys.schema import BY_QUESTION
from disca_nb.errors import DataFileError, InputError, shorten
from disca_nb.variables import annotate, validate

__all__ = ["unify"]

UNKNOWN = "label that no country is known for"
SEVERAL = "country that several labels of one bank stand for"
SECOND = "cell of a merged sample that an earlier one has answered"
LANGUAGES = "bank in a language that is not that of all"
SAME_TEXT = "question that several surveys have with the same text and options"

_ADDED = ("rows", "questions", "cells", "mismatches", "renormalised")
_WEIGHT = "weight_used"
_TEXTS = ("question_text", "question_topic", "survey", "wave", _WEIGHT)
_NEEDED = ("survey_share", "respondents", "question_text", "option_text", "n_options", "survey")


def unify(
    banks: xr.Dataset | Iterable[xr.Dataset], *, merge: Mapping[str, Iterable[str]] | None = None
) -> xr.Dataset:
    """Return one bank of several, with ISO 3166-1 alpha-3 codes for countries.

    Two surveys with the same country stand on one row, with different questions. Samples of one
    country ("India (Old national sample)") stand on rows of their own unless `merge` names them.
    Labels that no country is known for stay as they are, with a warning. Ids of questions begin
    with their survey, as ``"Panel A:q1"``.

    Parameters
    ----------
    banks : xarray.Dataset or iterable of them
        As `from_tidy` or any reader returns; one alone gets codes.
    merge : mapping, optional
        New label (its code where a country is known) to labels of samples, the banks' own or
        those with codes:
        ``{"IND": ["IND (Current national sample)", "IND (Old national sample)"]}``. Where several
        of them answered a question, the first named counts and the report counts the others;
        nothing is averaged.

    Returns
    -------
    xarray.Dataset
        A bank with the questions of all. ``removed_share`` is 0 for banks from which nothing was
        removed. Where the weights differ, ``weight_used`` (question) says which is behind a
        question. It is synthetic when one of the banks is. It has a language where all banks say
        the same one. The report adds theirs up.

    Raises
    ------
    UnknownNameError
        When `merge` names a label that no bank has; names the closest.
    DataFileError
        When two labels of one survey stand for one country and both answered a question, or two
        banks have one question of one survey.
    InputError
        For what is no bank, and banks of which only some have groups.

    Examples
    --------
    >>> import pandas as pd
    >>> from disca_nb.datasets.surveys import from_tidy
    >>> row = {"question": "q1", "text": "Is it going well?", "option": ["Yes", "No"]}
    >>> first = pd.DataFrame(row | {"country": "S. Korea", "share": [0.4, 0.6]})
    >>> second = pd.DataFrame(row | {"country": "Korea (South)", "share": [0.5, 0.5]})
    >>> both = unify([from_tidy(first, name="A", source="made up"),
    ...               from_tidy(second, name="B", source="made up")])
    >>> both.country.values.tolist(), both.question.values.tolist()
    (['KOR'], ['A:q1', 'B:q1'])
    >>> both.survey_share.sel(country="KOR").values
    array([[0.4, 0.6],
           [0.5, 0.5]])
    """
    parts = _banks(banks)
    axis = common_axis(parts, merge)
    ids = [_prefixed(part) for part in parts]
    _check_ids(parts, ids)
    values, second = joined(parts, axis)
    coords = _questions(parts, ids, values.sizes["option"])
    names = [axis.names[str(label)] for label in values["country"].values]
    result = values.assign_coords(coords.coords).assign_coords(country_name=("country", names))
    found = _reported(parts, axis, second, result)
    result.attrs = _attributes(parts, result) | {"report": found.to_json()}
    languages = {_language(part) for part in parts}
    if len(languages) == 1 and "" not in languages:
        result = result.assign_coords(language=languages.pop())
    return annotate(validate(result))


def _banks(banks: xr.Dataset | Iterable[xr.Dataset]) -> list[xr.Dataset]:
    """Return the banks in a list, each with the variables that it needs, or raise."""
    parts = [banks] if isinstance(banks, xr.Dataset) else list(banks)
    if not parts:
        raise InputError("No bank was given; give at least one, as read_survey returns.")
    for part in parts:
        validate(part, *_NEEDED)
    if len({"group" in part.dims for part in parts}) > 1:
        bad = next(part for part in parts if "group" not in part.dims)
        raise InputError(
            f"The bank {bad.attrs.get('name', '')!r} has no groups and another has; read all with "
            "by=, or none."
        )
    return parts


def _prefixed(bank: xr.Dataset) -> list[str]:
    """Return the ids of a bank's questions, each with its survey in front, once."""
    pairs = zip(bank["question"].values, bank["survey"].values, strict=True)
    return [str(q) if str(q).startswith(f"{s}:") else f"{s}:{q}" for q, s in pairs]


def _check_ids(banks: Sequence[xr.Dataset], ids: Sequence[Sequence[str]]) -> None:
    """Raise when two banks have one question of one survey."""
    owner: dict[str, int] = {}
    for part, own in enumerate(ids):
        for place, question in enumerate(own):
            if (first := owner.setdefault(question, part)) == part:
                continue
            other = banks[first].isel(question=ids[first].index(question))
            same = _options(other) == _options(banks[part].isel(question=place))
            names = shorten(str(banks[i].attrs.get("name", i)) for i in (first, part))
            raise DataFileError(
                f"The question {question!r} stands in two banks ({names}), with "
                f"{'the same' if same else 'other'} options; leave it out of one, or give one "
                "another name of the survey."
            )


def _options(question: xr.Dataset) -> list[str]:
    """Return the folded options of one question."""
    return [folded(str(text)) for text in question["option_text"].values if str(text)]


def _questions(banks: Sequence[xr.Dataset], ids: Sequence[Sequence[str]], width: int) -> xr.Dataset:
    """Return the coordinates of all questions, ``weight_used`` among them where it differs."""
    columns = {name: np.concatenate([_texts(bank, name) for bank in banks]) for name in _TEXTS}
    if len(set(columns[_WEIGHT])) == 1:
        del columns[_WEIGHT]
    plain = [xr.zeros_like(bank["n_options"], dtype=bool) for bank in banks]
    pairs = zip(banks, plain, strict=True)
    columns["ordinal"] = np.concatenate([bank.coords.get("ordinal", no) for bank, no in pairs])
    columns["n_options"] = np.concatenate([bank["n_options"] for bank in banks])
    options = [bank["option_text"].transpose("question", "option").to_numpy() for bank in banks]
    padded = [_wide(each, width) for each in options]
    coords: dict[str, object] = {name: ("question", array) for name, array in columns.items()}
    coords["option_text"] = (("question", "option"), np.concatenate(padded))
    return xr.Dataset(coords={"question": [each for own in ids for each in own], **coords})


def _wide(texts: npt.NDArray[np.str_], width: int) -> npt.NDArray[np.str_]:
    """Return texts with empty ones behind them."""
    empty = np.full((texts.shape[0], width - texts.shape[1]), "", dtype=texts.dtype)
    return np.concatenate([texts, empty], axis=1)


def _texts(bank: xr.Dataset, name: str) -> npt.NDArray[np.str_]:
    """Return a text of every question; the bank's own weight where questions have none."""
    default = bank.attrs.get("weight", "none") if name == _WEIGHT else ""
    if name in bank.coords:
        return np.asarray(bank[name].to_numpy(), dtype=str)
    return np.full(bank.sizes["question"], str(default))


def _attributes(banks: Sequence[xr.Dataset], result: xr.Dataset) -> dict[str, object]:
    """Return the attributes of all banks, each text once."""
    one = str(_texts(banks[0], _WEIGHT)[0])
    attrs: dict[str, object] = {
        "name": " + ".join(_distinct(banks, "name")),
        "source": "; ".join(_distinct(banks, "source")),
        "weight": BY_QUESTION if _WEIGHT in result.coords else one,
        "synthetic": max(int(bank.attrs.get("synthetic", 0)) for bank in banks),
    }
    notices = _distinct(banks, "notice")
    return attrs | ({"notice": " ".join(notices)} if notices else {})


def _language(bank: xr.Dataset) -> str:
    """Return the language of a bank's texts, which a translation has as an attribute."""
    said = bank["language"].item() if "language" in bank.coords else bank.attrs.get("language", "")
    return str(said)


def _several_languages(banks: Sequence[xr.Dataset]) -> list[str]:
    """Return the language of each bank, where they differ."""
    said = [_language(bank) for bank in banks]
    pairs = zip(banks, said, strict=True)
    each = [f"{bank.attrs.get('name', '')}: {language or 'not said'}" for bank, language in pairs]
    # A bank that says nothing is asked in English.
    return each if len({language or "en" for language in said}) > 1 else []


def _distinct(banks: Sequence[xr.Dataset], key: str) -> list[str]:
    """Return the different texts of an attribute."""
    return list(dict.fromkeys(str(bank.attrs[key]) for bank in banks if bank.attrs.get(key)))


def _reported(
    banks: Sequence[xr.Dataset], axis: Axis, second: Sequence[str], result: xr.Dataset
) -> Report:
    """Return the reports of all banks added up, with what was found in putting them together."""
    found = [report(bank) for bank in banks if "report" in bank.attrs]
    asked = result["survey_share"].notnull().any("option")
    cells = int(asked.sum())
    weights = [each.kept_cells for each in found]
    removed = np.average([each.removed_share for each in found], weights=weights) if found else 0.0
    total = Report(
        " + ".join(_distinct(banks, "name")),
        **{name: sum(getattr(each, name) for each in found) for name in _ADDED},
        surveys=_sum(each.surveys for each in found),
        dropped=_sum(each.dropped for each in found),
        countries=result.sizes["country"],
        kept_questions=result.sizes["question"],
        kept_cells=cells,
        removed_share=float(removed),
    )
    return total.but(
        dropped={SECOND: len(second)} if second else {},
        suspicious=_findings(found, axis, result)
        | ({LANGUAGES: finding(spoken)} if (spoken := _several_languages(banks)) else {}),
    )


def _sum(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return counts by name, added up."""
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(total)


def _findings(found: Sequence[Report], axis: Axis, result: xr.Dataset) -> dict[str, Finding]:
    """Return what is suspicious in any bank, and in all of them together."""
    total: dict[str, Finding] = {}
    for each in found:
        for why, one in each.suspicious.items():
            before = total.get(why, Finding(0))
            examples = (*before.examples, *one.examples)[:EXAMPLES]
            total[why] = Finding(before.count + one.count, examples)
    more = {
        UNKNOWN: axis.unknown,
        SEVERAL: _several(axis),
        SAME_TEXT: _same_text(result),
    }
    return total | {why: finding(each) for why, each in more.items() if each}


def _several(axis: Axis) -> list[str]:
    """Return the new labels that several labels of one bank became, with those."""
    found = []
    for labels in axis.new:
        own: dict[str, list[str]] = {}
        for label, code in labels.items():
            own.setdefault(code, []).append(label)
        found += [f"{code}: {' + '.join(each)}" for code, each in own.items() if len(each) > 1]
    return found


def _same_text(result: xr.Dataset) -> list[str]:
    """Return the questions that another survey has word for word, beside that."""
    first: dict[tuple[str, ...], str] = {}
    same = []
    texts = result["option_text"].transpose("question", "option").to_numpy()
    rows = zip(result["question"].values, result["question_text"].values, texts, strict=True)
    for question, text, options in rows:
        key = tuple(folded(str(each)) for each in (text, *options) if str(each))
        if (other := first.setdefault(key, str(question))) != str(question):
            same.append(f"{other} = {question}")
    return same
