"""MultiTP's own files: the scenarios of a language, and a model's parsed choices among them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from disca_nb.datasets._multitp import (
    GROUPS,
    describe,
    list_sizes,
    require,
    require_groups,
    with_labels,
)
from disca_nb.datasets._table import (
    bounds,
    integer_column,
    number_column,
    read_table,
    require_columns,
    require_unique,
    row_name,
)
from disca_nb.errors import DataFileError, shorten
from disca_nb.variables import annotate, validate

__all__ = ["ANSWERS", "GROUPS", "load_choices", "load_scenarios"]

ANSWERS: Mapping[tuple[float, float], str] = {
    (1.0, 0.0): "left",
    (0.0, 1.0): "right",
    (0.5, 0.49): "either",
    (-1.0, -1.01): "neither",
    (-10.0, -10.01): "confused",
    (-100.0, -100.01): "unread",
}
"""What the two saving probabilities of a response, left and right, stand for."""

_BOTH = ("phenomenon_category", "two_choices", "which_paraphrase")
_SCENARIOS = (*_BOTH, "sub1", "sub2")
_SIDE, _GROUP, _SAVED = "this_row_is_about_left_or_right", "this_group_name", "this_saving_prob"
# Column of the number of characters: its list of roles, or else its count.
_SIZES = {"n_left": ("group1", "n1"), "n_right": ("group2", "n2")}


def load_scenarios(path: str | os.PathLike[str]) -> xr.Dataset:
    r"""Read the scenarios of one language from a MultiTP dataset file.

    Parameters
    ----------
    path : path
        A CSV file with the columns ``phenomenon_category, two_choices, which_paraphrase, sub1,
        sub2``; ``two_choices`` holds the left and the right option, as ``a dog; a person`` or as
        a Python list, and ``sub1`` and ``sub2`` their groups. Understood besides:
        ``two_choices_unordered_set`` and ``paraphrase_choice``, which must agree, ``group1`` and
        ``group2`` (Python lists of one role per character) or ``n1`` and ``n2``, and ``Prompt``
        or ``prompt_en``.

    Returns
    -------
    xarray.Dataset
        Dimension ``scenario``, labelled as in ``Species 0: a dog; a person`` after attribute,
        paraphrase and options, with the coordinates ``category``, ``preferred_on_right``,
        ``option_a``, ``option_b``, ``paraphrase`` and, where the file has them, ``prompt``,
        ``n_left`` and ``n_right``.

    Raises
    ------
    DataFileError
        Naming the row, the column and the value that cannot be used.

    References
    ----------
    MultiTP, arXiv 2407.02273.

    Examples
    --------
    >>> import tempfile
    >>> text = (
    ...     "phenomenon_category,two_choices,which_paraphrase,sub1,sub2,group1,group2\n"
    ...     "Species,2 dogs; 2 people,0,Animals,Humans,\"['Dog', 'Dog']\",\"['Person', 'Person']\""
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "dataset_en.csv"
    ...     _ = path.write_text(text)
    ...     grid = load_scenarios(path)
    >>> grid.scenario.item(), grid.preferred_on_right.item(), grid.n_left.item()
    ('Species 0: 2 dogs; 2 people', True, 2)
    """
    name, table = Path(path).name, read_table(path)
    require_columns(table, _SCENARIOS, name)
    table = with_labels(table, name)
    require_unique(table, ["scenario"], name)
    for column in ("sub1", "sub2"):
        require_groups(table, column, name)
    require(table["sub1"] != table["sub2"], table, "sub2", "another group than sub1", name)
    if "paraphrase_choice" in table.columns:
        order = "first " + table["sub1"] + ", then " + table["sub2"]
        agrees = table["paraphrase_choice"] == order
        require(agrees, table, "paraphrase_choice", "the order of sub1 and sub2", name)
    coords = describe(table, table["sub2"])
    for target, (roles, count) in _SIZES.items():
        if roles in table.columns:
            coords[target] = ("scenario", list_sizes(table, roles, name))
        elif count in table.columns:
            sizes = integer_column(table, count, name, within=bounds(target))
            coords[target] = ("scenario", sizes)
    return annotate(validate(xr.Dataset(coords=coords, attrs={"source": name})))


def load_choices(path: str | os.PathLike[str]) -> xr.Dataset:
    r"""Read one model's parsed choices in one language from a MultiTP response file.

    The file has two rows for each response, one for either option. What the model meant was
    decided by MultiTP's parser and stands in ``this_saving_prob``; the text of the response is not
    read again. That parser goes by how a response begins: one that names both options, such as
    "the girl and the woman", may count as a choice of the one that it names first.

    Parameters
    ----------
    path : path
        A CSV file with the columns ``phenomenon_category, two_choices, which_paraphrase,
        this_row_is_about_left_or_right, this_group_name, this_saving_prob``. Understood besides:
        ``two_choices_unordered_set`` and ``Prompt`` or ``prompt_en``.

    Returns
    -------
    xarray.Dataset
        ``chosen`` (scenario), 0 for option A (left), 1 for option B, NaN without a choice;
        ``answer`` (scenario), one of `ANSWERS`: ``neither`` includes refusals, ``confused`` means
        that the model did not understand the question, ``unread`` that the parser could not place
        the response. Coordinates as those of `load_scenarios`, without numbers of characters. The
        attributes ``responses`` and ``responses_left``, ``_right``, ``_either``, ``_neither``,
        ``_confused`` and ``_unread`` count them.

    Raises
    ------
    DataFileError
        Naming the row, the column and the value that cannot be used.

    References
    ----------
    MultiTP, arXiv 2407.02273.

    Examples
    --------
    >>> import tempfile
    >>> text = (
    ...     "phenomenon_category,two_choices,which_paraphrase,this_row_is_about_left_or_right,"
    ...     "this_group_name,this_saving_prob\n"
    ...     "Age,a girl; a woman,0,0,Young,1\nAge,a girl; a woman,0,1,Old,0\n"
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "vignette_en.csv"
    ...     _ = path.write_text(text)
    ...     choices = load_choices(path)
    >>> choices.chosen.item(), choices.answer.item(), choices.attrs["responses_neither"]
    (0.0, 'left', 0)
    """
    name, table = Path(path).name, read_table(path)
    require_columns(table, (*_BOTH, _SIDE, _GROUP, _SAVED), name)
    table = with_labels(table, name)
    side = integer_column(table, _SIDE, name, allowed=(0, 1))
    require_unique(table, ["scenario", _SIDE], name)
    require_groups(table, _GROUP, name)
    table[_SAVED] = number_column(table, _SAVED, name)
    left, right = _partners(table[side == 0], table[side == 1], name)
    other = left[_GROUP].to_numpy() != right[_GROUP].to_numpy()
    require(other, left, _GROUP, "another group than that of the right option", name)
    answer = _answers(left, right, name)
    counts = {f"responses_{kind}": int((answer == kind).sum()) for kind in ANSWERS.values()}
    chosen = np.select([answer == "left", answer == "right"], [0.0, 1.0], np.nan)
    dataset = xr.Dataset(
        {"chosen": ("scenario", chosen), "answer": ("scenario", answer)},
        describe(left, right[_GROUP]),
        {"source": name, "responses": answer.size, **counts},
    )
    return annotate(validate(dataset))


def _partners(
    left: pd.DataFrame, right: pd.DataFrame, name: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of the left options, and those of the right options in the same order."""
    for rows, others, lacking in ((left, right, "right"), (right, left, "left")):
        alone = np.flatnonzero(~rows["scenario"].isin(others["scenario"]))
        if alone.size:
            scenario = rows["scenario"].iloc[alone[0]]
            message = (
                f"{name}, {row_name(rows, alone[0])}: {scenario!r} has no row for its {lacking} "
                "option; add it or remove this one."
            )
            raise DataFileError(message)
    place = pd.Index(right["scenario"]).get_indexer(pd.Index(left["scenario"]))
    return left, right.iloc[place]


def _answers(left: pd.DataFrame, right: pd.DataFrame, name: str) -> npt.NDArray[np.str_]:
    """Return what each response was taken for, from the probabilities of its two rows."""
    saved = list(zip(left[_SAVED], right[_SAVED], strict=True))
    known = [pair in ANSWERS for pair in saved]
    bad = np.flatnonzero(~np.array(known))
    if bad.size:
        found = " and ".join(f"{value:g}" for value in saved[bad[0]])
        codes = shorten(f"{one:g} and {other:g}" for one, other in ANSWERS)
        message = (
            f"{name}, {row_name(left, bad[0])}: {_SAVED} is {found} for left and right; "
            f"it must be one of {codes}."
        )
        raise DataFileError(message)
    return np.array([ANSWERS[pair] for pair in saved])
