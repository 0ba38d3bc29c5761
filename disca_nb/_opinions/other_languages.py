"""The texts of a survey in other languages, once its translations are seen to be its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import xarray as xr

from disca_nb._opinions.bank import Wording, checked_bank, language_of, wording
from disca_nb.errors import InputError, shorten

__all__ = ["translations_of"]


def translations_of(
    bank: xr.Dataset, given: Mapping[str, xr.Dataset] | None, languages: Iterable[str]
) -> dict[str, Wording]:
    """Return the texts of each language that has a translation.

    Parameters
    ----------
    bank : xarray.Dataset
        As `checked_bank` returns.
    given : mapping of str to xarray.Dataset, optional
        The bank in other languages, by code.
    languages : iterable of str
        Codes of all languages that are asked.

    Returns
    -------
    dict
        Wording by code.

    Raises
    ------
    InputError
        For a language that is not asked, or a translation of another bank.
    """
    if given is not None and not isinstance(given, Mapping):
        raise InputError(f"translations is {given!r:.60}; give a mapping from languages to banks.")
    known = list(languages)
    found = {}
    for code, each in (given or {}).items():
        if code not in known:
            raise InputError(
                f"There is a translation into {code!r}, but languages is {shorten(known)}; name "
                "the language there too."
            )
        found[code] = _translated(bank, checked_bank(each), code)
    return found


def _translated(bank: xr.Dataset, other: xr.Dataset, code: str) -> Wording:
    """Return the texts of a bank's translation, or say why it is none."""
    if (said := language_of(other, code)) != code:
        raise InputError(f"The translation into {code!r} is in {said!r}; name it as what it is.")
    missing = [q for q in bank["question"].values if q not in other["question"].values]
    if missing:
        raise InputError(
            f"The translation into {code!r} is of another bank: it lacks the questions "
            f"{shorten(missing, 5)}; translate this bank."
        )
    same = other.sel(question=bank["question"].values)
    counts = bank["n_options"].values != same["n_options"].values
    if fault := [*bank["question"].values[counts], *_other_shares(bank, same)]:
        raise InputError(
            f"The translation into {code!r} is of another bank: options or shares of the question "
            f"{str(fault[0])!r} differ; translate this bank."
        )
    source = str(other.attrs.get("translation", "a bank of one's own"))
    return replace(wording(same), language=code, source=source)


def _other_shares(bank: xr.Dataset, same: xr.Dataset) -> list[str]:
    """Return the questions whose shares a translation has changed, where it has any."""
    if "survey_share" not in bank or "survey_share" not in same:
        return []
    one, other = xr.align(bank["survey_share"], same["survey_share"], join="inner")
    differ = (one != other) & ~(one.isnull() & other.isnull())
    rest = [dim for dim in differ.dims if dim != "question"]
    return [str(label) for label in one["question"].values[differ.any(rest).values]]
