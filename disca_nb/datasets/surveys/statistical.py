"""Survey files of SPSS and Stata, as Pew, the ISSP and the Asian Barometer publish them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

import xarray as xr

from disca_nb.datasets._table import as_path
from disca_nb.datasets.surveys._columns import require
from disca_nb.datasets.surveys._items import Item, code_text, read_items
from disca_nb.datasets.surveys._people import is_column
from disca_nb.datasets.surveys._stat_files import Labelled, load, look
from disca_nb.datasets.surveys._value_labels import (
    check_labels,
    is_question,
    named,
    no_labels,
    with_labels,
)
from disca_nb.datasets.surveys.microdata import from_respondents
from disca_nb.datasets.surveys.missing import Drop

__all__ = ["read_spss", "read_stata"]

NO_QUESTION = "column with labels that is no question with options"


def read_spss(
    path: str | os.PathLike[str],
    *,
    country: str,
    items: Mapping[str, object] | Iterable[str] | None = None,
    weight: str | None = None,
    by: str | None = None,
    drop: Drop = None,
    survey: str | None = None,
    wave: str = "",
    encoding: str | None = None,
) -> xr.Dataset:
    """Read shares of answers from the respondents of an SPSS file (.sav or .zsav).

    Labels of values are the options, those of variables the questions' texts. Codes that the file
    calls missing are no options: of these, a label such as "Refused" makes them part of
    ``removed_share``, others count as not asked. Codes without a label are left out and counted;
    they are an error where they are more than half of a question's answers.

    Parameters
    ----------
    path : path
        The file.
    country : str
        Column of the country, whose labels are taken where it has any, or the label of all
        respondents.
    items : mapping, or iterable of str, optional
        Columns; or column to a mapping with what the file does not say, or says otherwise:
        ``text``, ``topic``, ``ordinal`` and ``options`` (code to text, in order). By default every
        column with labels but those of country, weight and groups; of these, the ones with fewer
        than two options or most of their answers without a label are left out and counted.
    weight : str, optional
        Column of weights; everybody counts alike by default.
    by : str, optional
        Column of groups, whose labels are taken where it has any.
    drop : {"missing"} or list of str, optional
        Options to leave out, see `disca_nb.datasets.surveys.drop_options`. Many files do not call
        "Don't know" missing.
    survey : str, optional
        The survey; the file's name without its ending by default.
    wave : str
        Its wave.
    encoding : str, optional
        Encoding of the texts, such as ``"cp949"``, where the file names none or another one.

    Returns
    -------
    xarray.Dataset
        As `disca_nb.datasets.surveys.from_respondents` returns; a question's id is its column.

    Raises
    ------
    MissingPackageError
        Without pyreadstat, which the extra ``surveys`` installs.
    DataFileError
        For a file that cannot be read or has no labels, labels that repeat, a weight that is
        negative or missing (with its row), and codes of which most have no label.
    UnknownNameError
        For a column that the file lacks, with the closest.
    InputError
        For items of another form, and an encoding that is not known.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import pandas as pd, pyreadstat
    >>> people = pd.DataFrame({"land": [1.0, 1.0, 1.0, 1.0], "q1": [1.0, 2.0, 2.0, 9.0]})
    >>> labels = {"land": {1: "Korea"}, "q1": {1: "Yes", 2: "No", 9: "Refused"}}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "made_up.sav"
    ...     pyreadstat.write_sav(
    ...         people, file, column_labels={"q1": "Is it going well?"},
    ...         variable_value_labels=labels, missing_ranges={"q1": [9]},
    ...     )
    ...     bank = read_spss(file, country="land")
    >>> bank.survey_share.sel(country="Korea", question="q1").round(2).values
    array([0.33, 0.67])
    >>> bank.removed_share.item()
    0.25
    """
    file = look(as_path(path), "SPSS", encoding)
    return _bank(file, country, items, (weight, by), drop, survey, wave)


def read_stata(
    path: str | os.PathLike[str],
    *,
    country: str,
    items: Mapping[str, object] | Iterable[str] | None = None,
    weight: str | None = None,
    by: str | None = None,
    drop: Drop = None,
    survey: str | None = None,
    wave: str = "",
    encoding: str | None = None,
) -> xr.Dataset:
    """Read shares of answers from the respondents of a Stata file (.dta).

    As `read_spss`; the codes that the file calls missing are the letters ``.a`` to ``.z``.

    Parameters
    ----------
    path : path
        The file.
    country, items, weight, by, drop, survey, wave, encoding
        As for `read_spss`.

    Returns
    -------
    xarray.Dataset
        As `read_spss` returns.

    Raises
    ------
    MissingPackageError, DataFileError, UnknownNameError, InputError
        As for `read_spss`.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import pandas as pd, pyreadstat
    >>> people = pd.DataFrame({"q1": [1, 2, 2, 2]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "made_up.dta"
    ...     pyreadstat.write_dta(people, file, column_labels={"q1": "Is it going well?"},
    ...                          variable_value_labels={"q1": {1: "Yes", 2: "No"}})
    ...     bank = read_stata(file, country="Korea")
    >>> bank.survey_share.sel(country="Korea", question="q1").values
    array([0.25, 0.75])
    """
    file = look(as_path(path), "Stata", encoding)
    return _bank(file, country, items, (weight, by), drop, survey, wave)


def _bank(
    file: Labelled,
    country: str,
    items: Mapping[str, object] | Iterable[str] | None,
    other: tuple[str | None, str | None],
    drop: Drop,
    survey: str | None,
    wave: str,
) -> xr.Dataset:
    """Return the bank of a file."""
    name, (weight, by) = file.path.name, other
    places = [country] if is_column(country, list(file.texts), name) else []
    aside = [*places, *(column for column in other if column)]
    chosen = [Item(column) for column in file.labels if column not in aside]
    asked = chosen if items is None else read_items(items)
    require([*aside, *(item.column for item in asked)], file.texts, name)
    check_labels(file, asked)
    table, missing = load(file, [*aside, *(item.column for item in asked)])
    asked = [with_labels(item, file, missing[item.column]) for item in asked]
    if items is None:
        asked = [item for item in asked if is_question(item, table[item.column])]
    if not asked:
        raise no_labels(file, [])
    for column in {*places, *([by] if by else [])}:
        labels = file.labels.get(column, {})
        table[column] = named(table[column], labels, missing[column], name)
    if weight:
        called = table[weight].map(code_text).isin(missing[weight])
        table[weight] = table[weight].mask(called)
    left_out = len(chosen) - len(asked) if items is None else 0
    return from_respondents(
        table,
        items=asked,
        country=country,
        weight=weight,
        by=by,
        drop=drop,
        name=name,
        source=f"{file.program} file {name}",
        survey=survey or file.path.stem,
        wave=wave,
        dropped={NO_QUESTION: left_out} if left_out else {},
    )
