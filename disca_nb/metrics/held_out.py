"""Decisions for held-out countries: fits on others, and the ledger that watches them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

import xarray as xr

from disca_nb.datasets.ledger import Ledger, open_ledger
from disca_nb.datasets.regions import of_countries
from disca_nb.errors import InputError, LeakageError, unknown_name
from disca_nb.metrics._known import cells_alone, known_targets
from disca_nb.metrics.human import Utilitarianism
from disca_nb.steering.rivals import Learns, Panel, Steerer, Training

__all__ = ["TOUCHED", "Folds", "HeldOut", "check_steerer", "names_of", "refuse_perfect", "run_fold"]

Folds: TypeAlias = Literal["country", "region"]
_FOLDS = ("country", "region")
_FEWEST = 3
_PERFECT = 1e-9
_LOGS = ("positional_bias", "initial_average", "initial_step", "pass_id")
TOUCHED = {
    "nothing": "none",
    "other countries": "other countries",
    "own country": "own country (oracle)",
}
"""What stands under "targets touched" for each kind of method."""


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
        self._gaps = self._cells.drop_vars([*logged, *_LOGS], errors="ignore")

    def __call__(self, steerer: Steerer) -> xr.Dataset:
        """Return a method's decisions for every country, fitted on others alone."""
        check_steerer(steerer)
        names = names_of(self._cells)
        if steerer.learns == "nothing":
            parts = [run_fold(steerer, self._cells, self._known, [], names, self._folds)]
        else:
            parts = [
                run_fold(steerer, self._gaps, self._known, train, test, self._folds)
                for train, test in _split(names, steerer, self._folds)
            ]
        kept = self._cells[[x for x in ("status", "vanilla_gap") if x in self._cells]]
        # Nothing but decisions is taken from a method, for the cells that all are scored on.
        for name in ("p_spare", "final_gap", "consensus_gap"):
            if all(name in part for part in parts):
                kept = kept.assign({name: _joined([part[name] for part in parts], self._cells)})
        return kept.assign_attrs({**self._cells.attrs, **parts[0].attrs, **_most(parts)})


def check_steerer(steerer: object) -> None:
    """Raise unless an object has what a method needs.

    Parameters
    ----------
    steerer : object
        What was given as a method.

    Raises
    ------
    InputError
        Naming what it lacks.

    Examples
    --------
    >>> check_steerer(3)
    Traceback (most recent call last):
        ...
    disca_nb.errors.InputError: The rival 3 has no 'name'; give it name, learns, fit and apply.
    """
    if isinstance(steerer, type):
        message = f"The rival {steerer.__name__} is a class; give an instance of it, as in "
        raise InputError(f"{message}{steerer.__name__}().")
    for attribute in ("name", "learns", "fit", "apply"):
        if not hasattr(steerer, attribute):
            message = f"The rival {steerer!r} has no {attribute!r}; give it name, learns, fit and "
            raise InputError(f"{message}apply.")
    learns = steerer.learns  # type: ignore[attr-defined]
    if learns not in TOUCHED:
        raise unknown_name("kind of learning", learns, TOUCHED)


def refuse_perfect(steerer: Steerer, mis: xr.DataArray) -> None:
    """Raise where a method of the user's meets every target exactly, as only seeing them can do.

    The ledger knows what is read through the package; figures that a method brought along leave
    no trace but this one.

    Parameters
    ----------
    steerer : Steerer
        The method.
    mis : xarray.DataArray
        Its misalignment by country.

    Raises
    ------
    LeakageError
        When it is 0 in every country and the method is no oracle.
    """
    # The package's own bring nothing along, and may meet a made-up model's humans exactly.
    shipped = type(steerer).__module__.startswith("disca_nb.")
    if not shipped and steerer.learns != "own country" and float(mis.max()) < _PERFECT:
        message = (
            f"The method {steerer.name!r} meets the human figures of every country exactly, which "
            "it cannot know; mend what it brings along."
        )
        raise LeakageError(message)


def _joined(parts: list[xr.DataArray], cells: xr.Dataset) -> xr.DataArray:
    """Return decisions of all folds, in the order of the cells."""
    joined = xr.concat(
        [part.reset_coords(drop=True) for part in parts],
        dim="country",
        coords="minimal",
        compat="override",
    )
    ordered: xr.DataArray = joined.sel(
        country=cells["country"].values, scenario=cells["scenario"].values
    )
    return ordered


def _most(parts: list[xr.Dataset]) -> dict[str, str]:
    """Return whose human figures were read, of the fold in which most were."""
    counts = {str(part.attrs["targets_touched"]): part.attrs.pop("n_touched") for part in parts}
    return {"targets_touched": max(counts, key=lambda text: counts[text])}


def names_of(dataset: xr.Dataset) -> list[str]:
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


def run_fold(
    steerer: Steerer,
    cells: xr.Dataset,
    known: xr.Dataset,
    train: Sequence[str],
    test: Sequence[str],
    folds: Folds,
) -> xr.Dataset:
    """Fit, apply, and refuse the result if the method read a country that was closed to it."""
    allowed = known.drop_sel(country=_closed(names_of(known), test, steerer.learns, folds))
    # Sums over countries in another order have other bits.
    chosen = [names_of(cells).index(name) for name in sorted(train)]
    with open_ledger() as ledger:
        # A copy, as what a fit left in the method would be known to the next one.
        fitted = copy.deepcopy(steerer).fit(Training(cells.isel(country=chosen), allowed))
        if not hasattr(fitted, "apply"):
            raise InputError(f"The method {steerer.name!r} returned no method; mend its `fit`.")
        result = fitted.apply(cells.sel(country=list(test)))
    leaked = _closed(ledger.countries, test, steerer.learns, folds)
    if leaked:
        message = (
            f"The method {steerer.name!r} read the human figures of {leaked[0]}, which were closed "
            "to it until it was scored; let it read `train` alone and say what it learns."
        )
        raise LeakageError(message)
    complete = _complete(result, steerer.name, test, cells)
    touched = {"targets_touched": _touched(ledger, steerer), "n_touched": len(ledger.countries)}
    return complete.assign_attrs(touched)


def _touched(ledger: Ledger, steerer: Steerer) -> str:
    """Return what stands under "targets touched": what the ledger saw."""
    if steerer.learns == "own country":
        return TOUCHED["own country"]
    n = len(ledger.countries)
    return f"{n} {TOUCHED['other countries']}" if n else TOUCHED["nothing"]


def _complete(result: object, name: str, test: Sequence[str], cells: xr.Dataset) -> xr.Dataset:
    """Return decisions, or say what they lack."""
    if not isinstance(result, xr.Dataset) or "p_spare" not in result:
        raise InputError(f"The method {name!r} returned no 'p_spare'; add it in `apply`.")
    wanted = {"country": list(test), "scenario": cells["scenario"].values.tolist()}
    for dim, labels in wanted.items():
        found = result[dim].values.tolist() if dim in result["p_spare"].dims else []
        known = set(found)
        missing = [label for label in labels if label not in known]
        if missing:
            message = (
                f"The method {name!r} returned no decisions for the {dim} {missing[0]!r}; add them "
                "in `apply`."
            )
            raise InputError(message)
    return result
