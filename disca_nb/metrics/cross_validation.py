"""Cross-validation over countries: every rival is scored on countries that it never saw."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

import xarray as xr

from disca_nb.datasets import targets as shipped
from disca_nb.datasets._table import select_countries
from disca_nb.datasets.ledger import open_ledger
from disca_nb.datasets.regions import of_countries
from disca_nb.errors import InputError, LeakageError, unknown_name
from disca_nb.metrics._known import cells_alone, known_targets, one_model
from disca_nb.metrics.human import Utilitarianism
from disca_nb.metrics.scores import alignment
from disca_nb.steering.rivals import Learns, Panel, Steerer, Training
from disca_nb.steering.rivals.panel import with_gaps_toward_counted
from disca_nb.variables import annotate

__all__ = [
    "TOUCHED",
    "Folds",
    "HeldOut",
    "cross_validate",
    "hold_out",
    "known_targets",
    "one_model",
]

Folds: TypeAlias = Literal["country", "region"]
_FOLDS = ("country", "region")
_FEWEST = 3
_LOGS = ("positional_bias", "initial_average", "initial_step", "pass_id")
TOUCHED = {
    "nothing": "none",
    "other countries": "other countries",
    "own country": "own country (oracle)",
}
"""What stands under "targets touched" for each kind of method."""


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
        When a method read the target of a country on which it is scored.

    References
    ----------
    Stone 1974, https://doi.org/10.1111/j.2517-6161.1974.tb00994.x

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.steering.rivals import Temperature
    >>> scores = cross_validate(Temperature("vanilla"), demo_panel())
    >>> scores.attrs["targets_touched"]
    'other countries'
    """
    figures = shipped.moral_machine() if targets is None else targets
    decisions = HeldOut(dataset, figures, folds=folds, utilitarianism=utilitarianism)(steerer)
    scores = alignment(decisions, figures, utilitarianism=utilitarianism)
    attrs = {"targets_touched": TOUCHED[steerer.learns], "folds": folds}
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
    cells = cells_alone(dataset)
    names = _names(cells)
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
    return annotate(_run(steerer, asked, known, train, test, "country"))


class HeldOut:
    """A dataset and targets prepared once, on which many methods decide for held-out countries.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps of one model.
    targets : xarray.Dataset
        Human preferences.
    folds, utilitarianism
        As for `cross_validate`.

    Raises
    ------
    InputError, UnknownNameError
        As `cross_validate`.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel, targets
    >>> from disca_nb.steering.rivals import WorldMean
    >>> decide = HeldOut(demo_panel(), targets.moral_machine())
    >>> decide(WorldMean()).p_spare.dims
    ('country', 'scenario')
    """

    def __init__(
        self,
        dataset: xr.Dataset,
        targets: xr.Dataset,
        *,
        folds: Folds = "country",
        utilitarianism: Utilitarianism = "pooled",
    ) -> None:
        if folds not in _FOLDS:
            raise unknown_name("folds", folds, _FOLDS)
        self._folds = folds
        self._cells = cells_alone(dataset)
        self._known = known_targets(self._cells, targets, utilitarianism=utilitarianism)
        Panel(self._cells)  # says which country lacks what, whichever is left out later
        # Selecting costs by the variable, and a fit needs none of what a run logged.
        logged = [name for name in self._cells.data_vars if str(name).startswith("recorded_")]
        alone = self._cells.drop_vars([*logged, *_LOGS], errors="ignore")
        self._gaps = with_gaps_toward_counted(alone)

    def __call__(self, steerer: Steerer) -> xr.Dataset:
        """Return a method's decisions for every country, fitted on others alone."""
        if steerer.learns not in TOUCHED:
            raise unknown_name("kind of learning", steerer.learns, TOUCHED)
        names = _names(self._cells)
        if steerer.learns == "nothing":
            return _run(steerer, self._cells, self._known, [], names, self._folds)
        parts = [
            _run(steerer, self._gaps, self._known, train, test, self._folds)
            for train, test in _split(names, steerer, self._folds)
        ]
        joined = xr.concat(
            [part["p_spare"].reset_coords(drop=True) for part in parts],
            dim="country",
            coords="minimal",
            compat="override",
        )
        kept = self._cells[[x for x in ("status", "vanilla_gap") if x in self._cells]]
        attrs = {**self._cells.attrs, **parts[0].attrs}
        return kept.assign(p_spare=joined.sel(country=names)).assign_attrs(attrs)


def _names(dataset: xr.Dataset) -> list[str]:
    """Return the countries of a dataset."""
    return [str(name) for name in dataset["country"].values]


def _split(names: list[str], steerer: Steerer, folds: Folds) -> list[tuple[list[str], list[str]]]:
    """Return countries to fit on and countries to score, by fold."""
    if steerer.learns == "own country":
        return [([name], [name]) for name in names]
    if len(names) < _FEWEST:
        message = (
            f"There are {len(names)} countries; leaving one out needs at least {_FEWEST}, so add "
            "countries or use rivals that learn nothing."
        )
        raise InputError(message)
    groups: dict[str, list[str]] = {}
    for name, region in of_countries(names).items():
        # A country of no known region is held out alone.
        group = region if folds == "region" and region else name
        groups.setdefault(group, []).append(name)
    if len(groups) < 2:
        message = (
            f"All countries are of {next(iter(groups))}; leaving a region out needs two, so use "
            "folds='country'."
        )
        raise InputError(message)
    return [([x for x in names if x not in test], test) for test in groups.values()]


def _closed(names: Iterable[str], test: Sequence[str], learns: Learns, folds: Folds) -> list[str]:
    """Return those of the countries whose figures must not be read before `test` is scored."""
    if learns == "own country":
        return []
    names = sorted(names)
    if learns == "nothing":
        return names
    if folds == "country":
        return [name for name in names if name in test]
    regions = of_countries([*test, *names])
    held_out = {regions[name] for name in test} - {""}
    return [name for name in names if name in test or regions[name] in held_out]


def _run(
    steerer: Steerer,
    cells: xr.Dataset,
    known: xr.Dataset,
    train: Sequence[str],
    test: Sequence[str],
    folds: Folds,
) -> xr.Dataset:
    """Fit, apply, and refuse the result if the method read a country that was closed to it."""
    allowed = known.drop_sel(country=_closed(_names(known), test, steerer.learns, folds))
    # Sums over countries in another order have other bits.
    chosen = [_names(cells).index(name) for name in sorted(train)]
    with open_ledger() as ledger:
        # A copy, as what a fit left in the method would be known to the next one.
        fitted = copy.deepcopy(steerer).fit(Training(cells.isel(country=chosen), allowed))
        result = fitted.apply(cells.sel(country=list(test)))
    leaked = _closed(ledger.countries, test, steerer.learns, folds)
    if leaked:
        message = (
            f"The method {steerer.name!r} read the human figures of {leaked[0]}, which were closed "
            "to it until it was scored; let it read `train` alone and say what it learns."
        )
        raise LeakageError(message)
    return _complete(result, steerer.name, test)


def _complete(result: xr.Dataset, name: str, test: Sequence[str]) -> xr.Dataset:
    """Return decisions, or say what they lack."""
    if "p_spare" not in result:
        raise InputError(f"The method {name!r} returned no 'p_spare'; add it in `apply`.")
    found = _names(result) if "country" in result["p_spare"].dims else []
    missing = [country for country in test if country not in found]
    if missing:
        message = (
            f"The method {name!r} returned no decisions for {missing[0]}; add them in `apply`."
        )
        raise InputError(message)
    return result
