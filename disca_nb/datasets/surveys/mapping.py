"""Any survey in a CSV file, by a small mapping that says what its columns are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from disca_nb.datasets._table import as_path, number_column
from disca_nb.datasets.surveys._columns import header, read_columns
from disca_nb.datasets.surveys._mapping_form import Form, read_form
from disca_nb.datasets.surveys._people import is_column
from disca_nb.datasets.surveys._tidy import as_text
from disca_nb.datasets.surveys.microdata import from_respondents
from disca_nb.datasets.surveys.missing import Drop, drop_options
from disca_nb.datasets.surveys.schema import from_tidy

__all__ = ["read_mapped"]

_HIGHEST = {"share": 1.0, "percent": 100.0, "count": np.inf}


def read_mapped(
    path: str | os.PathLike[str],
    mapping: str | os.PathLike[str] | Mapping[str, object],
    *,
    drop: Drop = None,
) -> xr.Dataset:
    r"""Read a survey from any CSV file, by a mapping that says what its columns are.

    A table of shares has a row for each question, country and option::

        survey: Panel A
        wave: "2021"
        layout: shares
        columns: {question: id, text: wording, option: answer, country: land, share: pct}
        unit: percent

    A table of respondents has a row for each person::

        survey: Panel B
        layout: respondents
        country: land                # a column, or the label of all, such as Korea
        weight: w
        items:
          q1:
            text: Is it going well?
            topic: economy
            ordinal: true
            options: {1: "Yes", 2: "No", 3: "Hard to say"}
          q2: {text: "Which is best?", options: [Tea, Coffee]}  # the column holds the texts
        missing: [8, 9]
        not_asked: [-1]

    In YAML, Yes, No, On and Off need quotes, and so do texts with signs inside braces. Unknown
    keys are refused.

    Parameters
    ----------
    path : path
        The file, plain or gzip, with a header.
    mapping : path or mapping
        A YAML file, or a dict of the same form.

        In both layouts: ``survey``; ``wave``; ``layout``; ``country``, the label of everybody (or,
        of respondents, a column); ``encoding`` (UTF-8); ``separator`` (a comma or a semicolon,
        whichever divides the header); ``decimal`` (``"."`` or ``","``).

        Of shares: ``columns``, from ``question, text, topic, option, position, country, group,
        share, respondents, survey, wave`` to the file's columns, of which question, text, option
        and share are needed; ``unit`` of the shares (``share``, ``percent``, or ``count`` of
        respondents); ``ordinal``. Options stand in the order of ``position``, or of the file.

        Of respondents: ``weight`` and ``by``, columns; ``items``, as for `from_respondents`;
        ``missing``, codes of people who gave no answer, whose share becomes ``removed_share``;
        ``not_asked``, codes of others. Blank cells were not asked.
    drop : {"missing"} or list of str, optional
        Options to leave out, see `disca_nb.datasets.surveys.drop_options`.

    Returns
    -------
    xarray.Dataset
        As `disca_nb.datasets.surveys.from_tidy` or `disca_nb.datasets.surveys.from_respondents`
        returns; ids of questions are the file's own.

    Raises
    ------
    InputError
        For a mapping that lacks a key or has a value of another form.
    UnknownNameError
        For a key or column that is not known, with the closest.
    DataFileError
        For a file that cannot be read, and for what `from_tidy` or `from_respondents` refuse.
    MissingPackageError
        For a YAML file without PyYAML, which the extra ``surveys`` installs.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> text = "id;wording;answer;land;pct\n"
    >>> text += "q1;Is it going well?;Yes;Korea;25,5\nq1;Is it going well?;No;Korea;74,5\n"
    >>> columns = {"question": "id", "text": "wording", "option": "answer", "country": "land"}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "made_up.csv"
    ...     _ = file.write_text(text)
    ...     bank = read_mapped(
    ...         file,
    ...         {"survey": "Panel A", "layout": "shares", "unit": "percent", "decimal": ",",
    ...          "columns": columns | {"share": "pct"}},
    ...     )
    >>> bank.survey_share.sel(country="Korea", question="q1").values
    array([0.255, 0.745])
    """
    source, form = as_path(path), read_form(mapping)
    if form.layout == "shares":
        return drop_options(_of_shares(source, form), drop)
    return _of_respondents(source, form, drop)


def _source(path: Path, form: Form) -> str:
    """Return where a bank comes from."""
    survey = f"{form.survey} {form.wave}".strip()
    return f"{survey}, {path.name}" if survey else path.name


def _of_shares(path: Path, form: Form) -> xr.Dataset:
    """Return the bank of a table of shares."""
    file = read_columns(
        path,
        form.columns.values(),
        encoding=form.encoding,
        separator=form.separator,
        whole=True,
    )
    table = pd.DataFrame({key: file[column] for key, column in form.columns.items()})
    shares = _numbers(file, form.columns["share"], form, path.name, _HIGHEST[form.unit])
    table["share"] = shares / 100.0 if form.unit == "percent" else shares
    if "respondents" in form.columns:
        people = _numbers(file, form.columns["respondents"], form, path.name, np.inf)
        table["respondents"] = people
    for key in ("survey", "wave", "country"):
        if key not in form.columns and getattr(form, key):
            table[key] = getattr(form, key)
    if form.unit == "count":
        table = _counted(table)
    source = _source(path, form)
    return from_tidy(table, name=path.name, source=source, ordinal=form.ordinal)


def _numbers(file: pd.DataFrame, column: str, form: Form, name: str, highest: float) -> pd.Series:
    """Return a column as numbers, NaN where it is blank."""
    if form.decimal == ",":
        file = file.assign(**{column: file[column].str.replace(",", ".", regex=False)})
    file = file.assign(**{column: file[column].str.strip()})
    numbers = number_column(file, column, name, allow_missing=True, within=(0.0, highest))
    return pd.Series(numbers, index=file.index)


def _counted(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of counts with shares, and with respondents where it has none."""
    # Labels that differ in blanks alone are one cell.
    keys = [key for key in ("question", "country", "group") if key in table.columns]
    cell = [table[key].map(as_text) for key in keys]
    total = table.groupby(cell)["share"].transform("sum", min_count=1)
    # Cells that are all zero are counted as such further on.
    shares = table["share"] / total.where(total > 0.0, 1.0).where(total.notna())
    people = {} if "respondents" in table.columns else {"respondents": total}
    return table.assign(share=shares, **people)


def _of_respondents(path: Path, form: Form, drop: Drop) -> xr.Dataset:
    """Return the bank of a table of respondents."""
    other = [column for column in (form.weight, form.by) if column]
    columns = [item.column for item in form.items]
    encoding, separator = form.encoding, form.separator
    names = header(path, encoding=encoding, separator=separator)
    places = [form.country] if is_column(form.country, names, path.name) else []
    wanted = [*places, *other, *columns]
    table = read_columns(path, wanted, encoding=encoding, separator=separator)
    if form.weight and form.decimal == ",":
        table[form.weight] = table[form.weight].str.replace(",", ".", regex=False)
    return from_respondents(
        table,
        items=[
            replace(item, missing=form.missing, not_asked=form.not_asked) for item in form.items
        ],
        country=form.country,
        weight=form.weight,
        by=form.by,
        drop=drop,
        name=path.name,
        source=_source(path, form),
        survey=form.survey,
        wave=form.wave,
    )
