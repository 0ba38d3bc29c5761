"""What a method may know: the gaps of one model, and the figures of countries that have them."""

from __future__ import annotations

import xarray as xr

from disca_nb.datasets import targets as shipped
from disca_nb.errors import InputError
from disca_nb.metrics.human import DIFFERENCES, Utilitarianism, select_targets
from disca_nb.steering.gaps import debias
from disca_nb.steering.rivals.panel import attributes_of
from disca_nb.steering.steer import without_steering
from disca_nb.variables import validate

__all__ = ["cells_alone", "known_targets", "one_model"]

_CELLS = ("vanilla_gap", "base_gap", "persona_gap", "status", "p_spare")
_SHAPE = ("category", "preferred_on_right", "n_left", "n_right")
_HUMAN = ("human_preference", "human_preference_se")


def one_model(dataset: xr.Dataset) -> xr.Dataset:
    """Return a dataset of one model without the model's dimension, its two orders combined.

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

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> one_model(demo_panel()).base_gap.dims
    ('country', 'scenario')
    """
    validate(dataset, "country", "scenario", "category", "preferred_on_right")
    if dataset.sizes.get("model", 1) != 1:
        message = (
            f"The dataset holds {dataset.sizes['model']} models and a method is fitted to one; "
            "select it with .sel(model=…)."
        )
        raise InputError(message)
    cells = dataset.squeeze("model") if "model" in dataset.dims else dataset
    cells = cells if "country" in cells.dims else cells.expand_dims("country")
    if "base_gap" not in cells and {"base_order_gap", "persona_order_gap"} <= set(cells.data_vars):
        cells = debias(cells)
    used = {dim for name in _CELLS if name in cells for dim in cells[name].dims}
    extra = sorted(str(dim) for dim in used - {"country", "scenario", "persona"})
    if extra:
        raise InputError(f"The dataset has the dimension {extra[0]!r}; select one label of it.")
    # A fit looks at its numbers at once and many times.
    return cells.set_coords([name for name in _SHAPE if name in cells]).compute()


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

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> known_targets(demo_panel(["JPN"]), None).sizes["country"]
    196
    """
    attributes = attributes_of(cells)
    options = {"attributes": attributes, "utilitarianism": utilitarianism}
    full = shipped.moral_machine() if targets is None else targets
    select_targets(cells, full, **options)  # type: ignore[arg-type] # says what is missing
    matched = utilitarianism == "matched" and "Utilitarianism" in attributes
    names = [name for name in attributes if not (matched and name == "Utilitarianism")]
    names += [f"Utilitarianism_{difference}" for difference in DIFFERENCES] if matched else []
    here = full["human_preference"].sel(attribute=names).notnull().all("attribute")
    # In the order of their labels, as sums in another order have other bits.
    everyone = full.isel(country=here.values).sortby("country")
    # The numbers of characters that were asked about weigh other countries' figures as well.
    shape = xr.Dataset(coords={name: cells[name] for name in _SHAPE if name in cells.coords})
    shape = shape.drop_vars("country", errors="ignore")
    shape = shape.rename_dims({"country": "asked"} if "country" in shape.dims else {})
    world = shape.assign_coords(country=everyone["country"].values)
    return select_targets(world, everyone, **options)  # type: ignore[arg-type]


def cells_alone(dataset: xr.Dataset) -> xr.Dataset:
    """Return what a method may see: gaps and logs, without other decisions or human figures.

    Parameters
    ----------
    dataset : xarray.Dataset
        Gaps of one model, or what `disca_nb.steer` returned.

    Returns
    -------
    xarray.Dataset
        Over country and scenario.

    Raises
    ------
    InputError
        As `one_model`.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.steering import steer
    >>> "p_spare" in cells_alone(steer(demo_panel(["JPN"]), variant="consensus"))
    False
    """
    return without_steering(one_model(dataset)).drop_vars(_HUMAN, errors="ignore")
