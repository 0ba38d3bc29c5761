"""What figures of scores share: one model's scores by variant, how each looks, and the title."""

from __future__ import annotations

import numpy as np
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.plots._look import MARKERS, ROLES, Role
from disca_nb.plots._single import heading, single
from disca_nb.steering.settings import DISCA_VARIANTS
from disca_nb.variables import validate

__all__ = [
    "by_variant",
    "check_scored",
    "looks",
    "one_model",
    "shown_steering",
    "steered_of",
    "title_of",
    "variants_of",
    "with_country",
    "with_model",
    "without_unscored",
]

_DIMS = ("country", "attribute", "variant")
# What differs between variants; targets and floors do not.
_OWN = ("preference", "mis", "error")
_UNNAMED = "scores"
# Of what is neither vanilla nor steered; the star is the humans'.
_SHAPES = [marker for marker in MARKERS[2:] if marker != ROLES["human"].marker]


def one_model(scores: xr.Dataset, *required: str) -> xr.Dataset:
    """Return one model's scores with the dimensions country and variant, or raise."""
    known = with_country(scores, *required)
    return by_variant(single(known, *(str(dim) for dim in known.dims if dim not in _DIMS)))


def with_country(scores: xr.Dataset, *required: str) -> xr.Dataset:
    """Return checked scores that have a country dimension and nothing empty."""
    check_scored(scores)
    validate(scores, *required, "country")
    empty = [str(dim) for dim, size in scores.sizes.items() if size == 0]
    if empty:
        raise InputError(f"The selection holds no {empty[0]}; select at least one.")
    return scores if "country" in scores.dims else scores.expand_dims("country")


def check_scored(scores: xr.Dataset) -> None:
    """Raise for gaps and decisions, which have yet to be scored."""
    if isinstance(scores, xr.Dataset) and "base_gap" in scores and "mis" not in scores:
        raise InputError(
            "These are gaps or decisions, not scores; score them first, with "
            "disca_nb.alignment(…) or disca_nb.compare(…)."
        )


def with_model(scores: xr.Dataset) -> xr.Dataset:
    """Return scores that have a model dimension."""
    if "model" in scores.dims:
        return scores
    if "model" in scores.coords:
        return scores.expand_dims("model")
    return scores.expand_dims(model=["model"])


def by_variant(scores: xr.Dataset) -> xr.Dataset:
    """Return scores with a variant dimension, which targets and floors do not have."""
    if "variant" in scores.dims:
        return scores
    label = str(scores["variant"].values) if "variant" in scores.coords else _UNNAMED
    bare = scores.drop_vars("variant", errors="ignore")
    own = {name: bare[name].expand_dims(variant=[label]) for name in _OWN if name in bare}
    return bare.assign(own)


def variants_of(scores: xr.Dataset) -> list[str]:
    """Return the names of the variants."""
    return [str(name) for name in scores["variant"].values]


def steered_of(scores: xr.Dataset) -> str | None:
    """Return which variant is the steered one: the first of DISCA, else the last but vanilla."""
    names = [name for name in variants_of(scores) if name != "vanilla"]
    disca = [name for name in names if name in DISCA_VARIANTS]
    return next(iter(disca), names[-1] if names else None)


def looks(scores: xr.Dataset) -> dict[str, Role]:
    """Return how each variant looks and what it is called, DISCA's with whose they are."""
    roles: dict[str, Role] = {}
    steered, place = steered_of(scores), 2
    for name in variants_of(scores):
        if name in {"vanilla", steered}:
            role = ROLES["vanilla" if name == "vanilla" else "steered"]
        else:
            role = Role(place, _SHAPES[(place - 2) % len(_SHAPES)], "")
            place += 1
        label = f"DISCA ({name})" if name in DISCA_VARIANTS else name
        roles[name] = role._replace(label=label)
    return roles


def without_unscored(one: xr.Dataset, variable: str = "preference") -> tuple[xr.Dataset, list[str]]:
    """Return scores without variants that have no figure at all, and the names of those.

    Raises
    ------
    InputError
        When no variant has any.
    """
    others = [dim for dim in one[variable].dims if dim != "variant"]
    scored = one[variable].notnull().any(others).values
    names = variants_of(one)
    if not scored.any():
        countries = np.atleast_1d(one["country"].values)
        who = f"{countries[0]} has" if countries.size == 1 else f"{countries.size} countries have"
        raise InputError(
            f"{who} no score by any variant; check the status of the cells, or select others."
        )
    unscored = [name for name, known in zip(names, scored, strict=True) if not known]
    return one.isel(variant=np.flatnonzero(scored)), unscored


def title_of(one: xr.Dataset, lead: str = "") -> list[str]:
    """Return the lines of a title: what is shown, the model, and how its variants were made."""
    first, *rest = heading(shown_steering(one))
    return [f"{lead}, {first}" if lead else first, *rest]


def shown_steering(one: xr.Dataset) -> xr.Dataset:
    """Return scores whose attribute ``steering`` has the lines of its variants alone."""
    lines = str(one.attrs.get("steering", "")).splitlines()
    starts = tuple(f"{lead}{name}," for name in variants_of(one) for lead in ("", "DISCA "))
    kept = [line for line in lines if line.startswith(starts)]
    return one.assign_attrs(steering="\n".join(kept or lines))
