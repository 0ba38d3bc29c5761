"""Panels by hand: the user's own texts for each persona, as a mapping or a CSV file."""

from __future__ import annotations

import os
from collections.abc import Mapping

import xarray as xr

from disca_nb.datasets._table import (
    as_path,
    read_table,
    require_columns,
    require_text,
    require_unique,
)
from disca_nb.errors import DataFileError, InputError
from disca_nb.prompts._panel import panel_dataset
from disca_nb.prompts.packs import load_pack

__all__ = ["panel_from_csv", "panel_from_texts"]

_COLUMNS = ("country", "persona", "text")
_BY_HAND = "texts by hand"


def panel_from_texts(
    texts: Mapping[str, Mapping[str, str]], *, language: str | os.PathLike[str] = "en"
) -> xr.Dataset:
    """Return a panel of one's own texts.

    Parameters
    ----------
    texts : mapping of str to mapping of str to str
        Country to persona to system prompt; every country has the same names of personas.
    language : str or path
        Language pack that gives the neutral system prompt, see `load_pack`.

    Returns
    -------
    xarray.Dataset
        As `persona_panel` returns it, with ``profile_source`` "own".

    Raises
    ------
    InputError
        For no country, an empty text, two personas of a country alike, countries whose personas
        have different names, or the name ``base``, which is that of the neutral system prompt.

    Warns
    -----
    UserWarning
        For a panel of one persona, which has none to disagree with.

    Examples
    --------
    >>> mine = {"JPN": {"farmer": "You farm rice in Niigata.", "nurse": "You nurse in Osaka."}}
    >>> panel_from_texts(mine).persona_prompt.sel(country="JPN", persona="nurse").item()
    'You nurse in Osaka.'
    """
    pack = load_pack(language)
    if not isinstance(texts, Mapping):
        found = type(texts).__name__  # type: ignore[unreachable]
        raise InputError(f"The panel is a {found}; map each country to its personas.")
    return panel_dataset(texts, pack, dict.fromkeys(texts, "own"), _BY_HAND)


def panel_from_csv(
    path: str | os.PathLike[str], *, language: str | os.PathLike[str] = "en"
) -> xr.Dataset:
    r"""Read a panel of one's own texts from a CSV file.

    Parameters
    ----------
    path : path
        A file with the columns ``country, persona, text``, one row per persona.
    language : str or path
        As for `panel_from_texts`.

    Returns
    -------
    xarray.Dataset
        As `persona_panel` returns it, with ``profile_source`` "own".

    Raises
    ------
    DataFileError
        Naming the column, row or country that cannot be used.

    Warns
    -----
    UserWarning
        For a panel of one persona.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> rows = "country,persona,text\nJPN,nurse,You nurse.\nJPN,farmer,You farm.\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "mine.csv"
    ...     _ = path.write_text(rows)
    ...     panel = panel_from_csv(path)
    >>> panel.persona.values.tolist()
    ['nurse', 'farmer']
    """
    name = as_path(path).name
    table = read_table(path)
    require_columns(table, _COLUMNS, name)
    require_text(table, _COLUMNS, name)
    require_unique(table, ["country", "persona"], name)
    texts: dict[str, dict[str, str]] = {}
    for country, persona, text in table[list(_COLUMNS)].itertuples(index=False, name=None):
        texts.setdefault(country, {})[persona] = text
    pack = load_pack(language)
    sources = dict.fromkeys(texts, "own")
    try:
        return panel_dataset(texts, pack, sources, f"{_BY_HAND}, {name}")
    except InputError as error:
        raise DataFileError(f"{name}: {error}") from None
