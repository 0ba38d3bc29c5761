"""The explorer's pictures: from results and a choice to a picture and its text."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import xarray as xr

from disca_nb.errors import DiscaError
from disca_nb.metrics.scores import join_variants
from disca_nb.plots import describe, plot_dumbbell, plot_mis, plot_speakers
from disca_nb.plots._look import brief, ink
from disca_nb.prompts.preview import preview
from disca_nb.widgets._explorer_data import Results
from disca_nb.widgets._pad import dark_ink, picture
from disca_nb.widgets._page import figure, paragraph

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["View", "cell_view", "country_view", "overview", "prompt_view"]

# Pixels of a page, and how many dots stand in one, so that letters are sharp on fine screens.
_PAGE, _FINE = 96, 1.5


class View(NamedTuple):
    """A picture with its name, what it shows in words, and its width on the page in pixels."""

    png: bytes
    name: str
    text: str
    width: int

    def html(self) -> str:
        """Return the picture as part of a page."""
        return figure(self.png, self.name, self.text, self.width)


def overview(results: Results, model: str, variant: str, country: str) -> View:
    """Draw the misalignment of all countries, one of them set off.

    Parameters
    ----------
    results : Results
        What is explored.
    model, variant, country : str
        What is chosen.

    Returns
    -------
    View
    """
    scores = _with_vanilla(results, model, variant)

    def draw(ax: Axes) -> Axes:
        plot_mis(scores, ax=ax)
        names = [label.get_text() for label in ax.get_yticklabels()]
        row = names.index(brief(country))
        ax.axhspan(row - 0.45, row + 0.45, color=ink(), alpha=0.12, linewidth=0)
        ax.get_yticklabels()[row].set_fontweight("bold")
        return ax

    height = 2.0 + 0.26 * scores.sizes["country"]
    return _view(draw, "Misalignment by country", 6.4, height)


def country_view(results: Results, model: str, variant: str, country: str) -> View:
    """Draw a country's preferences: humans, vanilla and as steered.

    Parameters
    ----------
    results, model, variant, country
        As for `overview`.

    Returns
    -------
    View
    """
    scores = _with_vanilla(results, model, variant)
    name = f"Preferences of {country}: {model}, {variant}"
    return _view(lambda ax: plot_dumbbell(scores, country=country, ax=ax), name, 6.0, 3.6)


def cell_view(cell: xr.Dataset) -> View:
    """Draw the gaps of one cell by who speaks.

    Parameters
    ----------
    cell : xarray.Dataset
        One country, scenario and model.

    Returns
    -------
    View
    """
    name = f"Gaps of {cell['country'].item()}, {cell['scenario'].item()}"
    rows = cell.sizes.get("persona", 0) + 4
    return _view(lambda ax: plot_speakers(cell, ax=ax), name, 5.4, 1.4 + 0.3 * rows)


def prompt_view(results: Results, country: str, scenario: str, persona: str | None) -> str:
    """Return what the model read for a cell, as HTML, or why it cannot be told.

    Parameters
    ----------
    results : Results
        What is explored.
    country, scenario : str
        The cell.
    persona : str, optional
        Who is asked; the base prompt by default.

    Returns
    -------
    str
        HTML.
    """
    dataset = results.dataset
    if not {"persona_prompt", "option_a", "option_b"} <= {str(n) for n in dataset.variables}:
        return paragraph("The results do not hold the texts of personas and options.")
    exchange = str(dataset.attrs.get("exchange", "lines"))
    # What personas were told is the same for all models.
    texts = dataset[["persona_prompt"]].isel(model=0, drop=True, missing_dims="ignore")
    try:
        with warnings.catch_warnings():
            # The card says it too.
            warnings.simplefilter("ignore", UserWarning)
            shown = preview(
                country,
                scenario,
                persona,
                panel=texts,
                scenarios=dataset,
                exchange=exchange,  # type: ignore[arg-type]
            )
    except DiscaError as error:
        return paragraph(str(error))
    return shown._repr_html_()


def _with_vanilla(results: Results, model: str, variant: str) -> xr.Dataset:
    """Return the scores of a variant of one model, beside those of the unsteered model."""
    names = [name for name in ("vanilla", variant) if name in results.variants]
    parts = [results.scores(name).sel(model=[model]) for name in dict.fromkeys(names)]
    known = {str(part["variant"].item()) for part in parts}
    return join_variants(parts) if len(known) == len(parts) else parts[-1]


def _view(draw: Callable[[Axes], Axes], name: str, width: float, height: float) -> View:
    """Draw on new axes in dark ink, whatever style the user has set."""
    from matplotlib.figure import Figure

    with dark_ink():
        size = (width, height)
        canvas = Figure(figsize=size, dpi=_FINE * _PAGE, layout="constrained")
        ax = draw(canvas.subplots())
        return View(picture(canvas), name, describe(ax), round(width * _PAGE))
