"""Cross-validation over countries: every rival is scored on countries that it never saw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

import numpy as np
import xarray as xr

from disca_nb.datasets import targets as shipped
from disca_nb.datasets.ledger import open_ledger
from disca_nb.datasets.regions import of_countries
from disca_nb.errors import InputError, LeakageError, unknown_name
from disca_nb.metrics.human import Utilitarianism, select_targets
from disca_nb.metrics.scores import alignment
from disca_nb.steering.rivals import Steerer, Training
from disca_nb.steering.rivals.panel import attributes_of, with_gaps_toward_counted
from disca_nb.steering.steer import without_steering
from disca_nb.variables import annotate, validate

__all__ = ["TOUCHED", "Folds", "cross_validate", "hold_out", "known_targets", "one_model"]

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
        For fewer than three countries, several models, or a method without ``p_spare``.
    LeakageError
        When a fit read the target of a country on which it is scored.

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
    if folds not in _FOLDS:
        raise unknown_name("folds", folds, _FOLDS)
    cells = one_model(dataset)
    known = known_targets(cells, targets, utilitarianism=utilitarianism)
    if steerer.learns == "nothing":
        decisions = _run(steerer, cells, known, [], _names(cells), set(_names(known)))
    else:
        # Selecting costs by the variable, and a fit needs none of what a run or `steer` made.
        cells = with_gaps_toward_counted(_gaps_alone(cells))
        parts = [
            _run(steerer, cells, known, *fold) for fold in _split(cells, known, folds, steerer)
        ]
        decisions = xr.concat(
            [part[["p_spare"]] for part in parts],
            dim="country",
            coords="minimal",
            compat="override",
            combine_attrs="override",
        ).sel(country=cells["country"].values)
        decisions = cells[[]].assign(p_spare=decisions["p_spare"])
        if "status" in cells:
            decisions = decisions.assign(status=cells["status"])
        decisions.attrs = {**dataset.attrs, **parts[0].attrs}
    scores = alignment(decisions, targets, utilitarianism=utilitarianism)
    attrs = {"targets_touched": TOUCHED[steerer.learns], "folds": folds}
    return scores.assign_coords(variant=steerer.name).assign_attrs({**scores.attrs, **attrs})


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
    train, test : iterable of str
        Countries to fit on and to decide for.

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
    cells = one_model(dataset)
    train, test = [str(name) for name in train], [str(name) for name in test]
    for name in (*train, *test):
        if name not in cells["country"].values:
            raise unknown_name("country", name, cells["country"].values)
    both = [name for name in train if name in test]
    if both and steerer.learns != "own country":
        message = (
            f"{both[0]} is among the countries to fit on and the ones to score; "
            "leave it out of one of them."
        )
        raise LeakageError(message)
    known = known_targets(cells, targets, utilitarianism=utilitarianism)
    return annotate(_run(steerer, cells, known, train, test, set(test)))


def one_model(dataset: xr.Dataset) -> xr.Dataset:
    """Return a dataset of one model without the model's dimension.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps or decisions.

    Returns
    -------
    xarray.Dataset
        Over country and scenario.

    Raises
    ------
    InputError
        When a dimension is left that says of which run each cell is.
    """
    validate(dataset, "country", "scenario", "preferred_on_right")
    if dataset.sizes.get("model", 1) > 1:
        message = (
            f"The dataset holds {dataset.sizes['model']} models and a method is fitted to one; "
            "select it with .sel(model=…)."
        )
        raise InputError(message)
    cells = dataset.squeeze("model") if "model" in dataset.dims else dataset
    extra = [str(dim) for dim in cells.dims if str(dim).endswith("_grid") or dim == "language"]
    if extra:
        raise InputError(f"The dataset has the dimension {extra[0]!r}; select one label of it.")
    # A fit looks at its numbers at once and many times.
    return cells.compute()


def known_targets(
    cells: xr.Dataset, targets: xr.Dataset | None, *, utilitarianism: Utilitarianism = "pooled"
) -> xr.Dataset:
    """Return human preferences of every country that has them for the dataset's attributes.

    Parameters
    ----------
    cells : xarray.Dataset
        Says which attributes, and which countries must be there.
    targets : xarray.Dataset, optional
        The Moral Machine's by default.
    utilitarianism : {"pooled", "matched"}
        As for `disca_nb.alignment`.

    Returns
    -------
    xarray.Dataset
        ``human_preference`` and ``human_preference_se`` (country, attribute).

    Raises
    ------
    InputError, UnknownNameError
        As `select_targets`.
    """
    attributes = attributes_of(cells)
    options = {"attributes": attributes, "utilitarianism": utilitarianism}
    select_targets(cells, targets, **options)  # type: ignore[arg-type] # says what is missing
    full = shipped.moral_machine() if targets is None else targets
    names = [*attributes]
    if utilitarianism == "matched":
        names += [name for name in full["attribute"].values if "Utilitarianism_" in str(name)]
    here = full["human_preference"].sel(attribute=names).notnull().all("attribute")
    everyone = full.isel(country=here.values)
    shape = cells[[name for name in ("n_left", "n_right") if name in cells.coords]]
    world = xr.Dataset(coords={**shape.coords, "category": cells["category"]})
    world = world.drop_vars("country", errors="ignore")
    if any("country" in coord.dims for coord in world.coords.values()):
        # Numbers of characters that differ by country say nothing of other countries.
        everyone, world = everyone.sel(country=cells["country"].values), cells
    else:
        world = world.assign_coords(country=everyone["country"].values)
    return select_targets(world, everyone, **options)  # type: ignore[arg-type]


def _gaps_alone(cells: xr.Dataset) -> xr.Dataset:
    """Return the dataset without what a run logged and without what `steer` adds."""
    made = [name for name in cells.data_vars if str(name).startswith("recorded_")]
    return without_steering(cells).drop_vars([*made, *_LOGS], errors="ignore")


def _names(dataset: xr.Dataset) -> list[str]:
    """Return the countries of a dataset."""
    return [str(name) for name in dataset["country"].values]


def _split(
    cells: xr.Dataset, known: xr.Dataset, folds: Folds, steerer: Steerer
) -> list[tuple[list[str], list[str], set[str]]]:
    """Return countries to fit on, countries to score, and countries not to be read, by fold."""
    names = _names(cells)
    if steerer.learns == "own country":
        return [([name], [name], set()) for name in names]
    if len(names) < _FEWEST:
        message = (
            f"There are {len(names)} countries; leaving one out needs at least {_FEWEST}, so add "
            "countries or use rivals that learn nothing."
        )
        raise InputError(message)
    if folds == "country":
        return [([x for x in names if x != name], [name], {name}) for name in names]
    regions = of_countries([*names, *_names(known)])
    # A country of no known region is held out alone.
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(regions[name] or name, []).append(name)
    if len(groups) < 2:
        message = (
            f"All countries are of {next(iter(groups))}; leaving a region out needs two, so use "
            "folds='country'."
        )
        raise InputError(message)
    return [
        (
            [name for name in names if name not in test],
            test,
            {*test, *(name for name, region in regions.items() if region == group)},
        )
        for group, test in groups.items()
    ]


def _run(
    steerer: Steerer,
    cells: xr.Dataset,
    known: xr.Dataset,
    train: Sequence[str],
    test: Sequence[str],
    closed: set[str],
) -> xr.Dataset:
    """Fit, apply, and refuse the result if the fit read a country that was closed to it."""
    allowed = known.isel(country=~np.isin(known["country"].values, sorted(closed)))
    with open_ledger() as ledger:
        if train:
            fitted = steerer.fit(Training(cells.sel(country=list(train)), allowed))
        else:
            fitted = steerer.fit(Training(cells.isel(country=slice(0)), allowed))
        result = fitted.apply(cells.sel(country=list(test)))
    leaked = sorted(ledger.countries & closed)
    if leaked:
        message = (
            f"The method {steerer.name!r} read the human figures of {leaked[0]} before it was "
            "scored on them; let it read `train` alone."
        )
        raise LeakageError(message)
    if "p_spare" not in result:
        raise InputError(f"The method {steerer.name!r} returned no 'p_spare'; add it in `apply`.")
    return result
