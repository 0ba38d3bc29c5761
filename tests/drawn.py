"""What tests of figures share: scores of several models, and what a figure shows of them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from panels import COUNTRIES, Floats, made_up

import disca_nb
from disca_nb.datasets import targets
from disca_nb.variables import annotate

MODELS = ("alpha-7b", "beta-0.5b", "gamma")
# Would be an error of mathematics in a figure, and a script on a page.
HOSTILE = r"<script>$\frac{$</script>"


def scores_of(
    models: Sequence[str] = MODELS,
    countries: Sequence[str] = COUNTRIES,
    variants: Sequence[str] = ("vanilla", "consensus"),
) -> xr.Dataset:
    """Return scores of models with made-up gaps against the Moral Machine's humans."""
    parts = [
        disca_nb.compare(made_up(countries, seed=i), list(variants)).expand_dims(model=[name])
        for i, name in enumerate(models)
    ]
    return annotate(xr.concat(parts, dim="model", data_vars="all"))


def many_countries(number: int = 20) -> list[str]:
    """Return codes of countries with human preferences."""
    names: list[str] = targets.moral_machine().country.values[:number].tolist()
    return names


def timed(scores: xr.Dataset) -> xr.Dataset:
    """Return times of cells of the models that the scores are of."""
    names = scores.model.values.tolist()
    shape = (scores.sizes["country"], 4, len(names))
    times = np.random.default_rng(3).gamma(3.0, 0.1, shape) * np.arange(1, len(names) + 1) ** 2
    return xr.Dataset(
        {"latency": (("country", "scenario", "model"), times)},
        {"country": scores.country, "scenario": list("abcd"), "model": names},
    )


def lines(ax: Axes) -> dict[str, Any]:
    """Return lines by label."""
    return {str(line.get_label()): line for line in ax.get_lines()}


def xs(ax: Axes, label: str) -> Floats:
    """Return where the dots of a label stand across."""
    return np.asarray(lines(ax)[label].get_xdata(), dtype=np.float64)


def ys(ax: Axes, label: str) -> Floats:
    """Return where the dots of a label stand upright."""
    return np.asarray(lines(ax)[label].get_ydata(), dtype=np.float64)


def dots(ax: Axes, label: str) -> Any:  # noqa: ANN401 - a line of matplotlib
    """Return the dots of a variant."""
    return container(ax, label).lines[0]


def container(ax: Axes, label: str) -> Any:  # noqa: ANN401 - matplotlib leaves it open
    """Return dots with their bars."""
    return next(
        each
        for each in ax.containers
        if isinstance(each, ErrorbarContainer) and each.get_label() == label
    )


def legend(ax: Axes) -> list[str]:
    """Return the labels of the legend."""
    found = ax.get_legend()
    assert found is not None
    return [text.get_text() for text in found.get_texts()]


def ticks(labels: Sequence[Any]) -> list[str]:
    """Return the texts of tick labels."""
    return [label.get_text() for label in labels]


def picture(ax: Axes) -> bytes:
    """Draw the whole figure, which parses every text."""
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=50)
    return file.getvalue()
