"""The explorer: slice a result by model, country, attribute, persona and scenario."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import xarray as xr
from ipywidgets import HTML, Box, Button, Dropdown, HBox, Layout, Select, Text, Textarea, VBox
from traitlets import link

from disca_nb.errors import DiscaError
from disca_nb.widgets._explorer_data import Results, opened
from disca_nb.widgets._explorer_state import NOBODY, ExplorerState
from disca_nb.widgets._explorer_tables import PER_PAGE, difference_table, pages, scenario_table
from disca_nb.widgets._explorer_views import cell_view, country_view, overview, prompt_view
from disca_nb.widgets._export import python_of, save_slice
from disca_nb.widgets._page import STYLE, paragraph
from disca_nb.widgets._parts import message, parts

__all__ = ["Explorer", "explore"]

_NAMED = {"description_width": "initial"}
_WIDE = Layout(width="100%")
_FORMS = {"csv": "Save CSV", "nc": "Save NetCDF", "png": "Save PNG"}
_BASE = "base"
# What each part of the page depends on; a part is drawn again when one of these changes.
_WHOLE = {"model", "variant", "other_model", "other_variant"}
_LIST = {*_WHOLE, "country", "attribute", "page", "scenario"}
# The cell that is chosen depends on all but these.
_APART = {"page", "other_model", "other_variant"}


class Explorer(VBox):
    """Selectors, figures and tables of a result; see `explore`.

    Attributes
    ----------
    chosen : ExplorerState
        What is chosen; ``chosen.kept()`` can be stored and given to `explore` again.
    """

    def __init__(
        self,
        results: xr.Dataset | str | os.PathLike[str],
        targets: xr.Dataset | None = None,
        *,
        chosen: Mapping[str, object] | None = None,
        folder: str = "disca-export",
    ) -> None:
        super().__init__()
        self.add_class("disca-explorer")
        self.chosen = ExplorerState()
        self._links: list[link] = []
        self._held, self._closed = False, False
        self._pictures: dict[str, bytes] = {}
        self._message = HTML()
        self.children = [HTML(STYLE), self._message]
        try:
            dataset, self._source = opened(results)
            self._lone = "model" not in dataset.dims
            self._results = Results(dataset, targets)
            problems = self._choose(chosen or {})
        except DiscaError as error:
            self._message.value = message(str(error), "error")
            return
        self._build(folder)
        self._draw(set(self.chosen.trait_names()))
        self.chosen.observe(lambda change: self._draw({change["name"]}))
        if problems:
            self._message.value = message(" ".join(problems), "error")

    def close(self) -> None:
        """Close every widget of the explorer."""
        # Also called by the garbage collector, on what was never made whole.
        if getattr(self, "_closed", True):
            return
        self._closed = True
        for each in self._links:
            each.unlink()
        self.chosen.unobserve_all()
        held = parts(self)
        super().close()
        for widget in held:
            widget.close()

    def _choose(self, kept: Mapping[str, object]) -> list[str]:
        """Choose the first of everything, or what was kept; return what could not be restored."""
        results, chosen = self._results, self.chosen
        self._known: dict[str, Sequence[str]] = {
            "model": results.labels("model"),
            "variant": results.variants,
            "country": results.labels("country"),
            "attribute": results.attributes,
            "persona": [_BASE, *results.labels("persona")],
            "scenario": results.labels("scenario"),
            "other_model": [NOBODY, *results.labels("model")],
            "other_variant": results.variants,
        }
        for name, names in self._known.items():
            chosen.set_trait(name, names[0])
        chosen.variant = results.usual
        return chosen.restore(kept, self._known)

    def _build(self, folder: str) -> None:
        """Make all controls and put them in their places."""
        self._overview, self._country_view, self._other_view = HTML(), HTML(), HTML()
        self._table, self._difference = HTML(), HTML()
        self._cell_view, self._prompt = HTML(), HTML()
        self._country = Select(
            options=self._known["country"], description="Country", rows=14, style=_NAMED
        )
        self._join("country", self._country)
        self._scenario = self._choice("scenario", "Scenario")
        self._page_text = HTML()
        self._folder = Text(folder, description="Folder", style=_NAMED)
        self._code = Textarea(
            description="As Python", style=_NAMED, layout=Layout(width="100%", height="8rem")
        )
        row = Layout(flex_flow="row wrap", grid_gap="0.5rem", align_items="center")
        wrap = Layout(flex_flow="row wrap", grid_gap="1rem")
        self._other_variant = self._choice("other_variant", "as")
        self.children = [
            *self.children,
            Box(
                [
                    self._choice("model", "Model"),
                    self._choice("variant", "Variant"),
                    self._choice("other_model", "Compare with"),
                    self._other_variant,
                ],
                layout=row,
            ),
            HBox([self._country, self._overview], layout=wrap),
            HBox([self._country_view, self._other_view], layout=wrap),
            self._difference,
            Box(
                [self._choice("attribute", "Attribute"), *self._turning(), self._page_text],
                layout=row,
            ),
            self._table,
            Box([self._scenario, self._choice("persona", "Persona")], layout=row),
            HBox([self._cell_view, self._prompt], layout=wrap),
            Box([self._folder, *(self._saving(form) for form in _FORMS)], layout=row),
            self._code,
        ]

    def _choice(self, name: str, label: str) -> Dropdown:
        """Return a selector of one of the known names."""
        box = Dropdown(
            options=self._known[name],
            value=getattr(self.chosen, name),
            description=label,
            style=_NAMED,
            layout=Layout(max_width="100%", width="auto"),
        )
        self._join(name, box)
        return box

    def _join(self, name: str, box: Dropdown | Select) -> None:
        """Let a control and what is chosen move together."""
        self._links.append(link((self.chosen, name), (box, "value")))

    def _turning(self) -> list[Button]:
        """Return the buttons that turn pages."""
        buttons = []
        for text, step in (("Previous page", -1), ("Next page", 1)):
            button = Button(description=text, layout=Layout(width="auto"))
            button.on_click(lambda _, step=step: self._turn(step))
            buttons.append(button)
        return buttons

    def _turn(self, step: int) -> None:
        """Show another page of scenarios."""
        last = pages(self._cells()) - 1
        self.chosen.page = min(max(self.chosen.page + step, 0), last)

    def _saving(self, form: str) -> Button:
        """Return the button that saves the slice in one form."""
        button = Button(description=_FORMS[form], layout=Layout(width="auto"))
        button.on_click(lambda _: self._save(form))
        return button

    def _save(self, form: str) -> None:
        """Save the slice that is shown and say where."""
        try:
            files = save_slice(self._cells(), self._pictures, self._folder.value, form)
        except DiscaError as error:
            self._message.value = message(str(error), "error")
            return
        self._message.value = message(f"Wrote {', '.join(str(path) for path in files)}.", "done")

    def _cells(self) -> xr.Dataset:
        """Return the decisions that are shown."""
        one = self.chosen
        return self._results.cells(one.variant, one.model, one.country, one.attribute)

    def _draw(self, changed: set[str]) -> None:
        """Draw what depends on what changed, or say why it cannot be drawn."""
        if self._held:
            return
        try:
            self._follow(changed)
            if changed & {*_WHOLE, "country"}:
                self._draw_countries()
            if changed & _LIST:
                cells = self._cells()
                self._table.value = scenario_table(cells, self.chosen.page, self.chosen.scenario)
                self._page_text.value = paragraph(f"Page {self.chosen.page + 1} of {pages(cells)}")
            if changed - _APART:
                self._draw_cell()
        except DiscaError as error:
            self._message.value = message(str(error), "error")
            for view in (self._table, self._cell_view, self._prompt):
                view.value = ""
            return
        self._message.value = message("")
        one = self.chosen
        self._code.value = python_of(
            self._source,
            model=one.model,
            variant=one.variant,
            country=one.country,
            attribute=one.attribute,
            lone=self._lone,
        )

    def _follow(self, changed: set[str]) -> None:
        """Offer the scenarios that there are, and turn to the page of the one that is chosen."""
        one = self.chosen
        if changed == {"page"}:
            return
        names = [str(name) for name in self._cells()["scenario"].values]
        self._held = True
        try:
            wanted = one.scenario if one.scenario in names else names[0]
            if list(self._scenario.options) != names:
                self._scenario.options = names
            one.scenario = wanted
            one.page = names.index(wanted) // PER_PAGE
        finally:
            self._held = False

    def _draw_countries(self) -> None:
        """Draw all countries, and the one that is chosen, of one result or of two."""
        one, results = self.chosen, self._results
        views = {"countries": overview(results, one.model, one.variant, one.country)}
        views["country"] = country_view(results, one.model, one.variant, one.country)
        compared = one.other_model != NOBODY
        self._other_variant.disabled = not compared
        self._other_view.value = self._difference.value = ""
        if compared:
            pair = ((one.model, one.variant), (one.other_model, one.other_variant))
            views["other"] = country_view(results, *pair[1], one.country)
            self._other_view.value = views["other"].html()
            both = tuple(results.scores(variant).sel(model=model) for model, variant in pair)
            names = tuple(f"{model}, {variant}" for model, variant in pair)
            self._difference.value = difference_table(names, both)  # type: ignore[arg-type]
        self._overview.value = views["countries"].html()
        self._country_view.value = views["country"].html()
        self._pictures |= {name: view.png for name, view in views.items()}
        if not compared:
            self._pictures.pop("other", None)

    def _draw_cell(self) -> None:
        """Draw the cell that is chosen, and the prompts behind it."""
        one = self.chosen
        view = cell_view(self._cells().sel(scenario=one.scenario))
        self._pictures["cell"] = view.png
        self._cell_view.value = view.html()
        persona = None if one.persona == _BASE else one.persona
        self._prompt.value = prompt_view(self._results, one.country, one.scenario, persona)


def explore(
    results: xr.Dataset | str | os.PathLike[str],
    targets: xr.Dataset | None = None,
    *,
    chosen: Mapping[str, object] | None = None,
    folder: str = "disca-export",
) -> Explorer:
    """Explore a result: which country, persona, model and attribute, and why.

    Choosing a country shows its preferences, scenarios and prompts; a second model or variant
    stands beside the first. The slice that is shown is saved as CSV, NetCDF and PNG, and the code
    that makes it stands below.

    Parameters
    ----------
    results : xarray.Dataset or path
        What `disca_nb.elicit` or `disca_nb.steer` returned, or where it was saved.
    targets : xarray.Dataset, optional
        As for `disca_nb.alignment`.
    chosen : mapping, optional
        What ``explorer.chosen.kept()`` returned, to choose the same again.
    folder : str
        Where slices are saved.

    Returns
    -------
    Explorer
        Shows itself as the last line of a notebook's cell. What is wrong with the results is said
        in it. ``close()`` ends it.

    Examples
    --------
    >>> import disca_nb
    >>> explorer = explore(disca_nb.datasets.demo_panel(["JPN", "USA"]))
    >>> explorer.chosen.country = "USA"
    >>> explorer.close()
    """
    return Explorer(results, targets, chosen=chosen, folder=folder)
