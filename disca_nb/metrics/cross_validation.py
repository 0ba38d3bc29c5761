"""Cross-validation over countries: every rival is scored on countries that it never saw."""

from __future__ import annotations

from collections.abc import Iterable

import xarray as xr

from disca_nb.datasets import targets as shipped
from disca_nb.datasets._table import select_countries
from disca_nb.errors import LeakageError
from disca_nb.metrics._known import cells_alone, known_targets
from disca_nb.metrics.held_out import (
    Folds,
    HeldOut,
    check_steerer,
    names_of,
    refuse_perfect,
    run_fold,
)
from disca_nb.metrics.human import Utilitarianism
from disca_nb.metrics.scores import alignment
from disca_nb.steering.rivals import Steerer
from disca_nb.variables import annotate

__all__ = ["cross_validate", "hold_out"]


def cross_validate(
    steerer: Steerer,
    dataset: xr.Dataset,
    targets: xr.Dataset | None = None,
    *,
    folds: Folds = "country",
    utilitarianism: Utilitarianism = "pooled",
) -> xr.Dataset:
    """Score a method on every country, fitted on others alone.

    Parameters
    ----------
    steerer : Steerer
        A method of `disca_nb.steering.rivals`, or your own with the same interface.
    dataset : xarray.Dataset
        Gaps of one model, over country and scenario.
    targets : xarray.Dataset, optional
        Human preferences; the Moral Machine's by default. Countries that the dataset lacks may
        be learnt from as well, by rivals that do.
    folds : {"country", "region"}
        Hold out one country at a time, or all countries of its M49 subregion together, so that
        no neighbour is learnt from either.
    utilitarianism : {"pooled", "matched"}
        As for `disca_nb.alignment`.

    Returns
    -------
    xarray.Dataset
        What `disca_nb.alignment` returns for the held-out decisions; the attribute
        ``targets_touched`` says whose human figures the fits read.

    Raises
    ------
    InputError
        For fewer than three countries, several models, a country without scenarios of an
        attribute, or a method without ``p_spare``.
    UnknownNameError
        For other folds, or an attribute without a target.
    LeakageError
        When a method read the target of a country on which it is scored, or meets all exactly.

    Notes
    -----
    The ledger sees what is read through the package while a method is fitted and applied. It
    cannot see figures that a method of your own brings along.

    References
    ----------
    Stone 1974, https://doi.org/10.1111/j.2517-6161.1974.tb00994.x

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.steering.rivals import Temperature
    >>> scores = cross_validate(Temperature("vanilla"), demo_panel())
    >>> scores.attrs["targets_touched"]
    '11 other countries'
    """
    check_steerer(steerer)
    figures = shipped.moral_machine() if targets is None else targets
    decisions = HeldOut(dataset, figures, folds=folds, utilitarianism=utilitarianism)(steerer)
    scores = alignment(decisions, figures, utilitarianism=utilitarianism)
    refuse_perfect(steerer, scores["mis"])
    attrs = {"targets_touched": decisions.attrs["targets_touched"], "folds": folds}
    own = {"variant": steerer.name, "steering": steerer.name}
    return scores.assign_coords(variant=steerer.name).assign_attrs({**own, **scores.attrs, **attrs})


def hold_out(
    steerer: Steerer,
    dataset: xr.Dataset,
    targets: xr.Dataset | None = None,
    *,
    train: Iterable[str],
    test: Iterable[str],
    utilitarianism: Utilitarianism = "pooled",
) -> xr.Dataset:
    """Fit on some countries and decide for others.

    Parameters
    ----------
    steerer : Steerer
        As for `cross_validate`.
    dataset : xarray.Dataset
        Gaps of one model in all these countries.
    targets, utilitarianism
        As for `cross_validate`.
    train, test : str or iterable of str
        Countries to fit on and to decide for; an oracle is given the same.

    Returns
    -------
    xarray.Dataset
        Decisions for the countries of `test`.

    Raises
    ------
    LeakageError
        When a country is in both, or the fit reads the target of one in `test`.
    InputError, UnknownNameError
        As `cross_validate`; for a country that the dataset lacks.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.steering.rivals import WorldMean
    >>> hold_out(WorldMean(), demo_panel(), train=["JPN", "USA"], test=["JPN"])
    Traceback (most recent call last):
        ...
    disca_nb.errors.LeakageError: JPN is among the countries to fit on and the ones to score...
    """
    check_steerer(steerer)
    cells = cells_alone(dataset)
    names = names_of(cells)
    train, test = select_countries(train, names), select_countries(test, names)
    both = [name for name in train if name in test]
    if both and steerer.learns != "own country":
        message = (
            f"{both[0]} is among the countries to fit on and the ones to score; "
            "leave it out of one of them."
        )
        raise LeakageError(message)
    asked = cells.sel(country=list(dict.fromkeys([*train, *test])))
    known = known_targets(asked, targets, utilitarianism=utilitarianism)
    decisions = run_fold(steerer, asked, known, train, test, "country")
    decisions.attrs.pop("n_touched")
    return annotate(decisions)
