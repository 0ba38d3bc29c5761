"""Preference vectors of countries on their two main components, from vanilla towards the humans."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, unknown_name
from disca_nb.kernels._types import FloatArray
from disca_nb.plots._alt import told
from disca_nb.plots._floors import FLOORS
from disca_nb.plots._labels import label_points
from disca_nb.plots._look import ROLES, Role, brief, canvas, dots, fitted_legend, ink, tidy
from disca_nb.plots._phrases import counted, sentence
from disca_nb.plots._scores import looks, one_model, steered_of, title_of, variants_of
from disca_nb.plots._single import set_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["components", "describe_pca", "plot_pca"]

# Variance of points that differ by rounding alone.
_TINY = 1e-20


class _Clouds(NamedTuple):
    """Preference vectors (country, attribute) from the first stage to the humans, which are last.

    Attributes
    ----------
    stages : mapping
        Vectors by name: vanilla and the steered variant, where there are such, and ``"human"``.
    roles : mapping
        How each looks.
    countries : list of str
        Countries whose vectors are all known.
    attributes : list of str
        Names of the coordinates.
    floors : mapping
        Means of the floors beside a coin flip, of the same countries: distances too.
    notes : list of str
        Sentences on what is left out.
    title : list of str
        Lines of the title.
    """

    stages: Mapping[str, FloatArray]
    roles: Mapping[str, Role]
    countries: list[str]
    attributes: list[str]
    floors: Mapping[str, float]
    notes: list[str]
    title: list[str]


def plot_pca(
    scores: xr.Dataset,
    *,
    variant: str | None = None,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw the preferences of countries on their two principal components.

    Parameters
    ----------
    scores : xarray.Dataset
        What `disca_nb.alignment` or `disca_nb.compare` returned, for one model.
    variant : str, optional
        The steered variant; by default the first of DISCA, else the last that is not vanilla.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; model and steering by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. Arrows lead from vanilla to steered and, dotted, on to the
        country's humans; all countries and stages are in one analysis, both axes on one scale.
        Steering that knows countries would move them apart towards their own stars. Names are
        written where there is room.

    Raises
    ------
    InputError
        For scores of several models, without a country whose preferences are all known, or whose
        preferences are all the same.
    UnknownNameError
        For a variant that is not there.

    References
    ----------
    Pearson 1901, https://doi.org/10.1080/14786440109462720

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> axes = plot_pca(disca_nb.compare(panel, ["vanilla", "consensus"]))
    >>> axes.get_ylabel().split(":")[0]
    'component 2'
    """
    clouds = _clouds(scores, variant)
    centre, directions, shares = components(np.concatenate(list(clouds.stages.values())))
    places = {name: (each - centre) @ directions.T for name, each in clouds.stages.items()}
    coin = (np.full((1, len(clouds.attributes)), 0.5) - centre) @ directions.T
    target = canvas(ax, 7.6, 6.6)
    stages = list(places.values())
    for start, stop in pairwise(stages):
        _arrows(target, start, stop, dotted=stop is stages[-1])
    for name, each in places.items():
        target.plot(*each.T, **dots(clouds.roles[name]), zorder=3)
    floor = dots(ROLES["mis_coin_flip"]) | {"markersize": 12.0, "markeredgewidth": 1.5}
    target.plot(*coin.T, **floor, zorder=3)
    for axis, number in ((target.xaxis, 0), (target.yaxis, 1)):
        axis.set_label_text(_axis_name(clouds, directions, shares, number), parse_math=False)
    tidy(target, "both")
    target.margins(0.12)
    target.set_aspect("equal", adjustable="datalim")
    target.apply_aspect()
    set_title(target, clouds.title if title is None else [title])
    names = [brief(name, 18) for name in clouds.countries]
    avoid = np.concatenate([*stages, coin])
    unnamed = label_points(target, stages[-1], names, avoid=avoid, every=False)
    fitted_legend(target)
    notes = sentence("Without room for their names in the picture", unnamed)
    return told(target, " ".join([describe_pca(scores, variant=variant), *notes]))


def describe_pca(scores: xr.Dataset, *, variant: str | None = None) -> str:
    """Say in words what `plot_pca` draws, as alternative text.

    Parameters
    ----------
    scores, variant
        As for `plot_pca`.

    Returns
    -------
    str
        One paragraph. Distances in it are over all attributes, not on the two components alone.

    Raises
    ------
    InputError, UnknownNameError
        As `plot_pca`.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> describe_pca(disca_nb.compare(panel, ["vanilla", "consensus"])).split(" on ")[0]
    'Preferences of synthetic-demo (synthetic) and of the humans of 2 countries'
    """
    clouds = _clouds(scores, variant)
    _, directions, shares = components(np.concatenate(list(clouds.stages.values())))
    where = counted(len(clouds.countries), "country", "countries")
    axes = [_axis_name(clouds, directions, shares, number) for number in (0, 1)]
    human = clouds.stages["human"]
    apart = {
        clouds.roles[name].label: np.linalg.norm(each - human, axis=1)
        for name, each in clouds.stages.items()
        if name != "human"
    } | {ROLES["mis_coin_flip"].label: np.linalg.norm(human - 0.5, axis=1)}
    means = [f"{label} {each.mean():.3f}" for label, each in apart.items()]
    means += [f"{ROLES[name].label} {each:.3f}" for name, each in clouds.floors.items()]
    spreads = [
        f"{clouds.roles[name].label} {_spread(each):.3f}" for name, each in clouds.stages.items()
    ]
    parts = [
        f"Preferences of {clouds.title[0]} and of the humans of {where} on two principal",
        f"components: {'; '.join(axes)}. Mean distance to the own country's humans:",
        f"{', '.join(means)}. Spread of the countries around their mean: {', '.join(spreads)}.",
        *_closer(list(apart.items())[:-1], where),
        *clouds.notes,
    ]
    return " ".join(parts)


def components(points: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the two principal components of points.

    Parameters
    ----------
    points : ndarray, shape (points, attributes)
        At least two that differ.

    Returns
    -------
    centre : ndarray, shape (attributes,)
        Their mean.
    directions : ndarray, shape (2, attributes)
        Unit vectors whose largest coordinate is positive; 0 where there is no second one.
    shares : ndarray, shape (2,)
        Shares of the variance.

    Raises
    ------
    InputError
        When all points are the same.
    """
    centre = points.mean(axis=0)
    _, scale, directions = np.linalg.svd(points - centre, full_matrices=False)
    variance = scale**2
    if variance.sum() <= _TINY * len(points):
        raise InputError(
            f"All {len(points)} preference vectors are the same; components need two that differ."
        )
    # Directions along which nothing differs are none.
    directions = np.where(variance[:, None] > _TINY * len(points), directions, 0.0)
    largest = np.abs(directions).argmax(axis=1)
    directions = (
        directions * np.where(directions[range(len(largest)), largest] < 0.0, -1.0, 1.0)[:, None]
    )
    lacking = max(0, 2 - len(directions))
    directions = np.pad(directions, ((0, lacking), (0, 0)))[:2]
    return centre, directions, np.pad(variance / variance.sum(), (0, lacking))[:2]


def _clouds(scores: xr.Dataset, variant: str | None) -> _Clouds:
    """Return the vectors of countries in which every stage is known."""
    one = one_model(scores, "preference", "human_preference")
    chosen = _stages(one, variant)
    one = one.sel(variant=chosen)
    known = one["preference"].notnull().all(["attribute", "variant"])
    known = (known & one["human_preference"].notnull().all("attribute")).values
    names = one["country"].values
    if not known.any():
        raise InputError(
            f"None of {counted(known.size, 'country', 'countries')} has all preferences of "
            f"{' and '.join(chosen)}; check the status of the cells."
        )
    some = one.isel(country=np.flatnonzero(known)).transpose("country", "attribute", ...)
    stages = {name: some["preference"].sel(variant=name).values for name in chosen}
    return _Clouds(
        {**stages, "human": some["human_preference"].values},
        {**looks(some), "human": ROLES["human"]},
        [str(name) for name in names[known]],
        [str(name) for name in some["attribute"].values],
        _floors(some),
        sentence("Left out, as some preference is not known", names[~known]),
        title_of(some),
    )


def _floors(some: xr.Dataset) -> dict[str, float]:
    """Return the means of the floors that are known of all these countries."""
    means = {
        name: some[name].mean("country", skipna=False).item()
        for name in FLOORS
        if name in some and name != "mis_coin_flip" and some[name].dims == ("country",)
    }
    return {name: mean for name, mean in means.items() if np.isfinite(mean)}


def _stages(one: xr.Dataset, variant: str | None) -> list[str]:
    """Return the variants to draw: vanilla, where it is there, and the steered one."""
    names = variants_of(one)
    steered = steered_of(one) if variant is None else str(variant)
    if steered is not None and steered not in names:
        raise unknown_name("variant", steered, names)
    return [name for name in dict.fromkeys(["vanilla", steered]) if name in names and name]


def _arrows(ax: Axes, start: FloatArray, stop: FloatArray, *, dotted: bool) -> None:
    """Draw an arrow for each country."""
    style = {
        "arrowstyle": "-|>" if not dotted else "->",
        "linestyle": ":" if dotted else "-",
        "color": ink(),
        "alpha": 0.45 if dotted else 0.7,
        "linewidth": 0.9,
        "shrinkA": 3.0,
        "shrinkB": 4.0,
    }
    for tail, head in zip(start, stop, strict=True):
        ax.annotate("", (head[0], head[1]), (tail[0], tail[1]), arrowprops=style, zorder=2)


def _axis_name(clouds: _Clouds, directions: FloatArray, shares: FloatArray, number: int) -> str:
    """Return a component's share of the variance and what it mostly is."""
    weights = directions[number]
    order = np.argsort(-np.abs(weights), kind="stable")[:2]
    parts = [
        f"{brief(clouds.attributes[i], 18)} {weights[i]:+.2f}".replace("-", "−")
        for i in order
        if weights[i] != 0.0
    ]
    made_of = f" (mostly {', '.join(parts)})" if parts else ""
    return f"component {number + 1}: {shares[number]:.0%} of the variance{made_of}"


def _spread(points: FloatArray) -> float:
    """Return the root mean square distance of points from their mean."""
    return float(np.sqrt(((points - points.mean(axis=0)) ** 2).sum(axis=1).mean()))


def _closer(apart: list[tuple[str, FloatArray]], where: str) -> list[str]:
    """Say in how many countries steering brought the model closer to the humans."""
    if len(apart) < 2:
        return []
    (_, before), (label, after) = apart
    return [f"{label} is closer than vanilla in {int((after < before).sum())} of {where}."]
