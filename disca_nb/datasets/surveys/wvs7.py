"""Microdata of the World Values Survey, wave 7: shares of any of its questions."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace

import xarray as xr

from disca_nb.datasets._table import as_path, select_countries
from disca_nb.datasets.surveys._columns import UTF8, header, read_columns, require
from disca_nb.datasets.surveys._items import read_items
from disca_nb.datasets.surveys._wvs7_groups import group_columns, groups
from disca_nb.datasets.surveys.microdata import from_respondents
from disca_nb.datasets.surveys.missing import Drop
from disca_nb.datasets.surveys.report import report
from disca_nb.errors import DataFileError, shorten

__all__ = ["read_wvs7"]

SOURCE = "World Values Survey wave 7, doi:10.14281/18241.24"

ELSEWHERE = "respondent of a country that was not chosen"

_COUNTRY = "B_COUNTRY_ALPHA"
_GROUP = "group of the respondent"
# Respondents who did not know or did not answer were asked; those with other negative codes were
# not (not applicable, not asked in the country, missing for another reason).
_NO_ANSWER = frozenset({"-1", "-2"})
_NOT_ASKED = frozenset(str(-code) for code in range(3, 1000))


def read_wvs7(
    path: str | os.PathLike[str],
    *,
    items: Mapping[str, object] | Iterable[str],
    by: str | None = None,
    weight: str | None = "W_WEIGHT",
    drop: Drop = None,
    countries: str | Iterable[str] | None = None,
    encoding: str = UTF8,
) -> xr.Dataset:
    r"""Read shares of answers from the microdata of the World Values Survey, wave 7.

    The microdata may not be redistributed; download the CSV file from the survey's site. Only the
    columns that are needed are held.

    Negative codes are missing. The codes -1 (don't know) and -2 (no answer) are of people who were
    asked: their share is kept as ``removed_share``. To keep such a code as an option, name it among
    the item's options. Codes that are none of an item's options are left out and counted; they
    are an error where they are more than half of the answers.

    Parameters
    ----------
    path : path
        The CSV file, separated by commas or semicolons, with ``B_COUNTRY_ALPHA`` and the items.
    items : mapping, or iterable of str
        Column to a mapping with ``text``, ``topic``, ``ordinal`` and ``options`` (code to text, in
        order). Of a list of columns, the codes that are found are the options' texts.
    by : str, optional
        ``"sex"`` (Q260); ``"age"``, of Q262 or else the year of the interview minus that of birth
        (A_YEAR, Q261), in bands as `disca_nb.datasets.read_wvs` has them: under 36, 36 to 55, over
        55; ``"education"`` (Q275), in the three bands of the survey's own recoding: lower (ISCED 0
        to 2), middle (3 and 4), higher (5 to 8); ``"region"`` (N_REGION_ISO or else N_REGION_WVS);
        or any other column, whose codes are the groups. Respondents without a group are left out.
    weight : str, optional
        Column of weights; None counts everybody alike.
    drop : {"missing"} or list of str, optional
        Options to leave out, see `disca_nb.datasets.surveys.drop_options`.
    countries : str or iterable of str, optional
        Codes of the file; all by default. Weights of other countries are not looked at.
    encoding : str
        Encoding of the file, such as ``"cp1252"``.

    Returns
    -------
    xarray.Dataset
        As `disca_nb.datasets.surveys.from_respondents` returns: ids are ``"WVS:Q57"``, survey
        ``WVS``, wave 7, and with `by` there is the dimension ``group``.

    Raises
    ------
    DataFileError
        For a file that cannot be read, has none of the items, has no answers, or has a weight that
        is negative or no number (with its row).
    UnknownNameError
        For a column, weight, country or `by` that the file lacks, with the closest.
    InputError
        For items of another form, and an encoding that is not known.

    References
    ----------
    Haerpfer et al. (eds.), World Values Survey: Round Seven, doi:10.14281/18241.24.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> text = "B_COUNTRY_ALPHA,W_WEIGHT,Q260,Q57\n" + "JPN,1,1,1\nJPN,3,2,2\nJPN,1,2,-1\n"
    >>> asked = {"Q57": {"text": "Can most people be trusted?", "options": {1: "Yes", 2: "No"}}}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "made-up.csv"
    ...     _ = file.write_text(text)
    ...     bank = read_wvs7(file, items=asked)
    ...     sexes = read_wvs7(file, items=asked, by="sex")
    >>> bank.survey_share.sel(country="JPN", question="WVS:Q57").values
    array([0.25, 0.75])
    >>> bank.respondents.item(), bank.removed_share.item()
    (2.0, 0.2)
    >>> sexes.survey_share.sel(country="JPN", group="male", question="WVS:Q57").values
    array([1., 0.])
    """
    source, asked = as_path(path), read_items(items)
    names = header(source, encoding=encoding)
    _check_items([item.column for item in asked], names, source.name)
    extra = group_columns(by, names, source.name) if by else []
    columns = [_COUNTRY, *([weight] if weight else []), *(item.column for item in asked), *extra]
    table = read_columns(source, columns, encoding=encoding)
    rows = len(table)
    if countries is not None:
        known = sorted(set(table[_COUNTRY]) - {""})
        table = table[table[_COUNTRY].isin(select_countries(countries, known))]
    if by:
        table = table.assign(**{_GROUP: groups(by, table[extra])})
    bank = from_respondents(
        table,
        items=[replace(item, missing=_NO_ANSWER, not_asked=_NOT_ASKED) for item in asked],
        country=_COUNTRY,
        weight=weight,
        by=_GROUP if by else None,
        drop=drop,
        name=source.name,
        source=f"{SOURCE}, {source.name}",
        survey="WVS",
        wave="7",
        prefix="WVS:",
        dropped={ELSEWHERE: rows - len(table)} if rows > len(table) else {},
    )
    bank.attrs["report"] = report(bank).but(rows=rows).to_json()
    return bank


def _check_items(columns: list[str], names: list[str], name: str) -> None:
    """Raise when a file is another one, or lacks an item."""
    if _COUNTRY not in names or not set(columns) & set(names):
        lacking = _COUNTRY if _COUNTRY not in names else f"each of {shorten(columns, 6)}"
        raise DataFileError(
            f"{name} lacks {lacking} (it has {shorten(names, 6)}); take the survey's CSV file of "
            "wave 7, or disca_nb.datasets.surveys.read_mapped for another survey."
        )
    require(columns, names, name)
