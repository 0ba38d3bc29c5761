"""What the explorer looks at: results, checked once, steered and scored when first asked for."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import xarray as xr

from disca_nb._elicit.keeping import run_folder
from disca_nb.errors import InputError, StoreError
from disca_nb.metrics.scores import alignment
from disca_nb.results import open_results
from disca_nb.steering.steer import steer
from disca_nb.variables import validate

__all__ = ["ALL", "STORED", "Results", "opened"]

ALL = "all"
STORED = "as stored"
_NEEDED = ("base_gap", "persona_gap", "base_order_gap", "vanilla_gap", "p_spare")


def opened(results: xr.Dataset | str | os.PathLike[str]) -> tuple[xr.Dataset, str]:
    """Return results, read where a path is given, and the expression that opens them.

    Parameters
    ----------
    results : xarray.Dataset or path
        What `disca_nb.elicit` or `disca_nb.steer` returned, or where it was saved.

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
    return open_results(path), f"disca_nb.open_results({str(path)!r})"


class Results:
    """Results of some models, with their labels, decisions and scores by variant.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps or decisions over ``country`` and ``scenario``, and perhaps ``model``.
    targets : xarray.Dataset, optional
        As for `disca_nb.alignment`.

    Raises
    ------
    InputError
        When something is missing without which nothing can be shown.
    """

    def __init__(self, dataset: xr.Dataset, targets: xr.Dataset | None = None) -> None:
        if not any(name in dataset for name in _NEEDED):
            raise InputError(
                "The results have neither gaps nor decisions (base_gap, persona_gap or p_spare); "
                "give what disca_nb.elicit or disca_nb.steer returned."
            )
        validate(dataset, "country", "scenario", "category", "preferred_on_right")
        for dim in ("country", "model"):
            if dim not in dataset.dims:
                label = str(dataset.coords[dim].values) if dim in dataset.coords else dim
                dataset = dataset.drop_vars(dim, errors="ignore").expand_dims({dim: [label]})
        if not all(dataset.sizes[dim] for dim in ("country", "scenario", "model")):
            raise InputError("The results hold no cell; choose others with .sel(…).")
        self.dataset, self._targets = dataset, targets
        self._steered: dict[str, xr.Dataset] = {}
        self._scores: dict[str, xr.Dataset] = {}

    @property
    def synthetic(self) -> bool:
        """Whether the answers are of a model that is made up."""
        return str(self.dataset.attrs.get("source", "")).startswith("synthetic")

    @property
    def variants(self) -> list[str]:
        """Variants that can be shown."""
        names = [STORED] if "p_spare" in self.dataset else []
        has_base = "base_gap" in self.dataset or "base_order_gap" in self.dataset
        has_personas = "persona_gap" in self.dataset or "persona_order_gap" in self.dataset
        names += ["vanilla"] if "vanilla_gap" in self.dataset else []
        names += ["debiased"] if has_base else []
        names += ["consensus"] if has_personas else []
        return names + (["paper", "released", "correction-only"] if has_base & has_personas else [])

    @property
    def usual(self) -> str:
        """The variant that is shown first."""
        names = self.variants
        return next(name for name in (STORED, "paper", "consensus", *names) if name in names)

    def labels(self, dim: str) -> list[str]:
        """Return the labels of a dimension, none where it is not there."""
        return [str(name) for name in self.dataset[dim].values] if dim in self.dataset.dims else []

    @property
    def attributes(self) -> list[str]:
        """The attributes that occur, and a word for all."""
        return [ALL, *dict.fromkeys(str(a) for a in np.ravel(self.dataset["category"].values) if a)]

    def steered(self, variant: str) -> xr.Dataset:
        """Return the decisions of a variant, by quadrature where it makes passes."""
        if variant == STORED:
            return self.dataset
        if variant not in self._steered:
            self._steered[variant] = steer(self.dataset, variant=variant, method="quadrature")
        return self._steered[variant]

    def scores(self, variant: str) -> xr.Dataset:
        """Return the scores of a variant, over all countries, which floors depend on."""
        if variant not in self._scores:
            self._scores[variant] = alignment(self.steered(variant), self._targets)
        return self._scores[variant]

    def cells(self, variant: str, model: str, country: str, attribute: str) -> xr.Dataset:
        """Return the decisions of one model and country, of an attribute or all.

        Raises
        ------
        InputError
            When there is none.
        """
        one = self.steered(variant).sel(model=model, country=country)
        if attribute != ALL:
            one = one.isel(scenario=np.flatnonzero(one["category"].values == attribute))
        if not one.sizes["scenario"]:
            raise InputError(f"{country} has no scenario of {attribute}; choose another attribute.")
        return one
