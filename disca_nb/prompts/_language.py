"""One language for a run: that of its scenarios, of its personas and of its pack."""

from __future__ import annotations

import os

import xarray as xr

from disca_nb.errors import InputError, UnknownNameError
from disca_nb.prompts.packs import LanguagePack, load_pack, shipped_languages
from disca_nb.variables import validate

__all__ = ["pack_of"]

_DEFAULT = "en"


def pack_of(
    scenarios: xr.Dataset | None,
    panel: xr.Dataset | None,
    language: str | os.PathLike[str] | None,
) -> LanguagePack:
    """Return the language pack of a run; scenarios and personas must both be in its language.

    Parameters
    ----------
    scenarios, panel : xarray.Dataset or None
        Each may name its language in the attribute ``language``; None where they are still to be
        made.
    language : str, path or None
        Language pack; by default that of the panel, else that of the scenarios, else English.

    Returns
    -------
    LanguagePack

    Raises
    ------
    InputError
        When the languages differ, or a dataset is none.
    UnknownNameError
        For a language that does not ship while its pack's file is not given.

    Examples
    --------
    >>> pack_of(None, xr.Dataset(attrs={"language": "en"}), None).name
    'English'
    >>> pack_of(None, xr.Dataset(attrs={"language": "tlh"}), None)
    Traceback (most recent call last):
        ...
    disca_nb.errors.UnknownNameError: Unknown language 'tlh' of the personas; pass language=...
    """
    found = _named({"personas": panel, "scenarios": scenarios})
    if language is None and found:
        what, name = next(iter(found.items()))
        if name not in shipped_languages():
            raise UnknownNameError(
                f"Unknown language {name!r} of the {what}; pass language= with its pack's file."
            )
    pack = load_pack(next(iter([*found.values(), _DEFAULT])) if language is None else language)
    for what, name in found.items():
        if name != pack.language:
            raise InputError(
                f"The {what} are in {name!r} and the language is {pack.language!r}; make both in "
                "one language, and pass language= where its pack is a file of yours."
            )
    return pack


def _named(datasets: dict[str, xr.Dataset | None]) -> dict[str, str]:
    """Return the languages that the datasets name."""
    held = {what: validate(each) for what, each in datasets.items() if each is not None}
    return {
        what: str(each.attrs["language"]) for what, each in held.items() if "language" in each.attrs
    }
