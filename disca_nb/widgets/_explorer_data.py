"""What the explorer looks at: results, checked once, steered and scored when first asked for."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import xarray as xr

from disca_nb._elicit.keeping import run_folder
from disca_nb.datasets import recorded
from disca_nb.errors import InputError, StoreError
from disca_nb.metrics.scores import alignment
from disca_nb.plots._single import made_up
from disca_nb.results import open_results
from disca_nb.steering.settings import DECISION_TEMPERATURE
from disca_nb.steering.steer import steer
from disca_nb.variables import validate

__all__ = ["ALL", "STORED", "Results", "opened"]

ALL = "all"
STORED = "as stored"
_NEEDED = ("base_gap", "persona_gap", "base_order_gap", "vanilla_gap", "p_spare")
_DIMS = ("country", "scenario", "model", "persona", "order")
_NAMED = ("country", "scenario", "model", "persona")


def opened(results: xr.Dataset | str | os.PathLike[str]) -> tuple[xr.Dataset, str]:
    """Return results, read where a path is given, and the expression that opens them.

    Parameters
    ----------
    results : xarray.Dataset or path
        What `disca_nb.elicit` or `disca_nb.steer` returned, where it was saved, or a CSV that
        `disca_nb.datasets.recorded.load` reads.

    Returns
    -------
    dataset : xarray.Dataset
        The results.
    code : str
        Python that gives them; the name ``results`` for a dataset.

    Raises
    ------
    StoreError
        When there is nothing at the path, or the run that writes there is not finished.
    InputError
        For anything that is no result.
    """
    if isinstance(results, xr.Dataset):
        return results, "results"
    if not isinstance(results, str | os.PathLike):
        raise InputError(f"{type(results).__name__} is no result; give a Dataset or a path.")
    path = Path(results).expanduser()
    if not path.exists() and run_folder(path).exists():
        raise StoreError(
            f"{path} is still being written: what is finished lies in {run_folder(path)}; let the "
            "run come to its end, or start it again to go on, and open it then."
        )
    if path.name.endswith((".csv", ".csv.gz")) and path.exists():
        return recorded.load(path), f"disca_nb.datasets.recorded.load({str(path)!r})"
    return open_results(path), f"disca_nb.open_results({str(path)!r})"


class Results:
    """Results of some models, with their labels, decisions and scores by variant.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps or decisions over ``country`` and ``scenario``, and perhaps ``model``.
    targets : xarray.Dataset, optional
        As for `disca_nb.alignment`.
    source : str
        Python that gives the dataset.

    Attributes
    ----------
    dataset : xarray.Dataset
        The same over ``country``, ``scenario`` and ``model``, their labels texts.
    lone : set of str
        Which of these the dataset does not have as a dimension.
    temperature : float or None
        Decision temperature of stored decisions, where it is not the usual one.

    Raises
    ------
    InputError
        When something is missing without which nothing can be shown.
    """

    def __init__(
        self, dataset: xr.Dataset, targets: xr.Dataset | None = None, source: str = "results"
    ) -> None:
        _check(dataset)
        self.lone = {dim for dim in ("country", "model") if dim not in dataset.dims}
        for dim in sorted(self.lone):
            label = str(dataset.coords[dim].values) if dim in dataset.coords else dim
            dataset = dataset.drop_vars(dim, errors="ignore").expand_dims({dim: [label]})
        # A label may be a number; controls know texts alone, and code the label.
        self._own = {
            dim: {str(label): label for label in dataset[dim].values.tolist()}
            for dim in ("country", "model")
        }
        texts = {dim: dataset[dim].astype(str) for dim in _NAMED if dim in dataset.coords}
        self.dataset, self._targets, self.source = dataset.assign_coords(texts), targets, source
        stored = dataset.attrs.get("decision_temperature")
        self.temperature = float(stored) if isinstance(stored, int | float) else None
        self._steered: dict[str, xr.Dataset] = {}
        self._scores: dict[str, xr.Dataset] = {}

    @property
    def own_targets(self) -> bool:
        """Whether the human figures are the user's."""
        return self._targets is not None

    @property
    def variants(self) -> list[str]:
        """Variants that can be shown."""
        names = [STORED] if "p_spare" in self.dataset else []
        has_base, has_personas = (name in self.dataset for name in ("base_gap", "persona_gap"))
        if not has_base and "base_order_gap" in self.dataset:
            # `steer` takes both orders apart, for which it needs the personas' as well.
            has_base = has_personas = "persona_order_gap" in self.dataset
            if not has_base:
                return names
        names += ["vanilla"] if "vanilla_gap" in self.dataset else []
        names += ["debiased"] if has_base else []
        names += ["consensus"] if has_personas else []
        return names + (["paper", "released", "correction-only"] if has_base & has_personas else [])

    @property
    def usual(self) -> str:
        """The variant that is shown first."""
        names = self.variants
        if not names:
            raise InputError(
                "The results hold neither decisions nor all gaps that decisions are made of; see "
                "disca_nb.steer for what it needs."
            )
        return next(name for name in (STORED, "paper", "consensus", *names) if name in names)

    def labels(self, dim: str) -> list[str]:
        """Return the labels of a dimension, none where it is not there."""
        return [str(name) for name in self.dataset[dim].values] if dim in self.dataset.dims else []

    def own(self, dim: str, name: str) -> object:
        """Return a label as the dataset has it."""
        return self._own[dim][name]

    @property
    def attributes(self) -> list[str]:
        """The attributes that occur, and a word for all."""
        return [ALL, *dict.fromkeys(str(a) for a in np.ravel(self.dataset["category"].values) if a)]

    def title(self, model: str, variant: str) -> str:
        """Return what a model and a variant of it are called, and whether it is made up."""
        one = self.dataset[["model"]].sel(model=[model]).assign_attrs(self.dataset.attrs)
        return f"{model}{made_up(one)}, {variant}"

    def steered(self, variant: str) -> xr.Dataset:
        """Return the decisions of a variant, by quadrature where it makes passes."""
        if variant == STORED:
            return self.dataset
        if variant not in self._steered:
            given = DECISION_TEMPERATURE if self.temperature is None else self.temperature
            self._steered[variant] = steer(
                self.dataset, variant=variant, method="quadrature", decision_temperature=given
            )
        return self._steered[variant]

    def scores(self, variant: str) -> xr.Dataset:
        """Return the scores of a variant, over all countries, which floors depend on."""
        if variant not in self._scores:
            found = alignment(self.steered(variant), self._targets)
            if variant == STORED:
                # Decisions of others' making do not say how they were made.
                name = found.attrs.get("variant", STORED)
                found = found.assign_coords(variant=name)
                found.attrs = {"steering": STORED, **found.attrs}
            self._scores[variant] = found
        return self._scores[variant]

    def scores_of(self, model: str, variant: str) -> xr.Dataset:
        """Return the scores of one model."""
        return self.scores(variant).sel(model=model)

    def scenarios(self, model: str, variant: str, country: str, attribute: str) -> list[str]:
        """Return the names of the scenarios of a country and attribute."""
        one = self._chosen(model, variant, country, attribute)
        return [str(name) for name in one["scenario"].values]

    def cells(self, model: str, variant: str, country: str, attribute: str) -> xr.Dataset:
        """Return the decisions of one model and country, of an attribute or all.

        Raises
        ------
        InputError
            When there is none.
        """
        one = self._chosen(model, variant, country, attribute)
        if not one.sizes["scenario"]:
            raise InputError(f"{country} has no scenario of {attribute}; choose another attribute.")
        return one

    def _chosen(self, model: str, variant: str, country: str, attribute: str) -> xr.Dataset:
        """Return the same, perhaps without any scenario."""
        one = self.steered(variant).sel(model=model, country=country)
        if attribute == ALL:
            return one
        return one.isel(scenario=np.flatnonzero(one["category"].values == attribute))


def _check(dataset: xr.Dataset) -> None:
    """Raise for results without which, or with which, nothing can be shown."""
    known = [name for name in _NEEDED if name in dataset]
    if not known:
        raise InputError(
            "The results have neither gaps nor decisions (base_gap, persona_gap or p_spare); "
            "give what disca_nb.elicit or disca_nb.steer returned."
        )
    validate(dataset, "country", "scenario", "category", "preferred_on_right")
    extra = sorted({str(dim) for name in known for dim in dataset[name].dims} - {*_DIMS})
    if extra:
        raise InputError(
            f"The results have the dimension {extra[0]}; select one with .sel({extra[0]}=…)."
        )
    if not all(dataset.sizes.get(dim, 1) for dim in _DIMS):
        raise InputError("The results hold no cell; choose others with .sel(…).")
