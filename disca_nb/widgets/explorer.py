"""The explorer: slice a result by model, country, attribute, persona and scenario."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

import xarray as xr
from ipywidgets import HTML, Button, Dropdown, HBox, Layout, Select, Text, Textarea
from traitlets import link

from disca_nb.errors import DiscaError
from disca_nb.widgets._choices import NAMED, dropdown
from disca_nb.widgets._explorer_data import Results, opened
from disca_nb.widgets._explorer_state import NOBODY, ExplorerState
from disca_nb.widgets._explorer_tables import PER_PAGE, difference_table, pages, scenario_table
from disca_nb.widgets._explorer_views import View, cell_view, country_view, overview, prompt_view
from disca_nb.widgets._export import Slice, python_of, save_slice
from disca_nb.widgets._page import paragraph
from disca_nb.widgets._panel import Panel
from disca_nb.widgets._parts import attempt

__all__ = ["Explorer", "explore"]

_FORMS = {"csv": "Save CSV", "nc": "Save NetCDF", "png": "Save PNG"}
_BASE = "base"
_ONE = {"model", "variant", "country"}
_TWO = {"model", "variant", "other_model", "other_variant"}
_CELLS = {*_ONE, "attribute"}


class _Part(NamedTuple):
    """A part of the page: where it is, what draws it, and which choices it depends on."""

    view: HTML
    draw: Callable[[], str]
    needs: set[str]


class Explorer(Panel):
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
        super().__init__("disca-explorer")
        self.chosen = ExplorerState()
        self._links: list[link] = []
        self._held = False
        self._pictures: dict[str, bytes] = {}
        self._problems: list[str] = []
        wrong = attempt(lambda: self._open(results, targets, chosen or {}, folder))
        self.say(wrong or " ".join(self._problems))

    def let_go(self) -> None:
        """Part from the state."""
        for each in self._links:
            each.unlink()
        self.chosen.unobserve_all()

    def _open(
        self,
        results: xr.Dataset | str | os.PathLike[str],
        targets: xr.Dataset | None,
        kept: Mapping[str, object],
        folder: str,
    ) -> None:
        """Check the results, choose, make all controls and draw."""
        dataset, source = opened(results)
        self._results = Results(dataset, targets, source)
        self._choose(kept)
        self._build(folder)
        self.chosen.observe(self._moved)
        self._draw(set(self.chosen.trait_names()))

    def _choose(self, kept: Mapping[str, object]) -> None:
        """Choose the first of everything, or what was kept as far as it is there."""
        results, chosen = self._results, self.chosen
        usual = results.usual
        models, variants = results.labels("model"), results.variants
        chosen.known = {
            "model": models,
            "variant": variants,
            "country": results.labels("country"),
            "attribute": results.attributes,
            "persona": [_BASE, *results.labels("persona")],
            "scenario": results.labels("scenario"),
            "other_model": [NOBODY, *models],
            "other_variant": variants,
        }
        for name, names in chosen.known.items():
            chosen.set_trait(name, names[0])
        chosen.variant = usual
        self._problems = chosen.restore(kept)

    def _build(self, folder: str) -> None:
        """Make all controls and put them in their places."""
        self._parts = {
            "countries": _Part(_beside(), self._countries, _ONE),
            "country": _Part(_beside(), self._country, _ONE),
            "other": _Part(_beside(), self._other, {*_TWO, "country"}),
            "difference": _Part(HTML(), self._difference, _TWO),
            "table": _Part(HTML(), self._table, {*_CELLS, "page", "scenario"}),
            "page": _Part(HTML(), self._page, {*_CELLS, "page"}),
            "cell": _Part(_beside(), self._cell, {*_CELLS, "scenario"}),
            "prompt": _Part(_beside(), self._prompt, {"country", "scenario", "persona"}),
        }
        at = {name: part.view for name, part in self._parts.items()}
        self._countries_list = Select(
            options=self.chosen.known["country"], description="Country", rows=14, style=NAMED
        )
        self._join("country", self._countries_list)
        self._scenario = self._choice("scenario", "Scenario")
        self._other_variant = self._choice("other_variant", "as")
        self._folder = Text(folder, description="Folder", style=NAMED)
        self._code = Textarea(
            description="As Python", style=NAMED, layout=Layout(width="auto", height="8rem")
        )
        compared = [self._choice("other_model", "Compare with"), self._other_variant]
        shown = [self._choice("model", "Model"), self._choice("variant", "Variant")]
        cell = [self._scenario, self._choice("persona", "Persona")]
        self.fill(
            [
                _row(*shown, *compared),
                _row(self._countries_list, at["countries"]),
                _row(at["country"], at["other"]),
                at["difference"],
                _row(self._choice("attribute", "Attribute"), *self._turning(), at["page"]),
                at["table"],
                _row(*cell),
                _row(at["cell"], at["prompt"]),
                _row(self._folder, *(self._saving(form) for form in _FORMS)),
                self._code,
            ]
        )

    def _choice(self, name: str, label: str) -> Dropdown:
        """Return a selector of one of the known names."""
        box = dropdown(self.chosen.known[name], getattr(self.chosen, name), label)
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
            button.on_click(lambda _, step=step: self.say(attempt(lambda: self._turn(step))))
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
        files: list[str] = []

        def save() -> None:
            given = (self._cells(), self._pictures, self._slice(), self._folder.value)
            files.extend(map(str, save_slice(*given, form)))

        wrong = attempt(save)
        self.say(wrong or f"Wrote {', '.join(files)}.", "error" if wrong else "done")

    def _slice(self) -> Slice:
        """Return what is shown."""
        one = self.chosen
        return Slice(one.model, one.variant, one.country, one.attribute)

    def _cells(self) -> xr.Dataset:
        """Return the decisions that are shown."""
        return self._results.cells(*self._slice())

    def _moved(self, change: Mapping[str, object]) -> None:
        """Draw what depends on a choice that changed."""
        if not self._held:
            self.say(attempt(lambda: self._draw({str(change["name"])})))

    def _draw(self, changed: set[str]) -> None:
        """Draw what depends on what changed; a part that cannot be drawn says why in its place."""
        changed = changed | self._follow(changed)
        for part in self._parts.values():
            if changed & part.needs:
                self._redraw(part)
        self._other_variant.disabled = self.chosen.other_model == NOBODY
        self._code.value = python_of(self._results, self._slice())

    def _redraw(self, part: _Part) -> None:
        """Draw one part of the page."""
        drawn: list[str] = []
        wrong = attempt(lambda: drawn.append(part.draw()))
        part.view.value = paragraph(wrong) if wrong else drawn[0]

    def _follow(self, changed: set[str]) -> set[str]:
        """Offer the scenarios that there are, turn to the page of the one that is chosen.

        Returns which choices that changed.
        """
        if not changed & {*_CELLS, "scenario"}:
            return set()
        one, names = self.chosen, list[str]()
        # What cannot be steered says so in the place of every part.
        with suppress(DiscaError):
            names = self._results.scenarios(*self._slice())
        if not names:
            return set()
        self._held = True
        try:
            wanted = one.scenario if one.scenario in names else names[0]
            if list(self._scenario.options) != names:
                self._scenario.options = names
            one.scenario, one.page = wanted, names.index(wanted) // PER_PAGE
        finally:
            self._held = False
        return {"scenario", "page"}

    def _picture(self, name: str, draw: Callable[[], View]) -> str:
        """Draw a picture and keep it for saving; none is kept that could not be drawn."""
        self._pictures.pop(name, None)
        view = draw()
        self._pictures[name] = view.png
        return view.html()

    def _countries(self) -> str:
        """Draw all countries."""
        one = self.chosen
        return self._picture(
            "countries", lambda: overview(self._results, one.model, one.variant, one.country)
        )

    def _country(self) -> str:
        """Draw the country that is chosen."""
        one = self.chosen
        return self._picture(
            "country", lambda: country_view(self._results, one.model, one.variant, one.country)
        )

    def _other(self) -> str:
        """Draw the same country by the second model and variant."""
        one = self.chosen
        self._pictures.pop("other", None)
        if one.other_model == NOBODY:
            return ""
        chosen = (one.other_model, one.other_variant, one.country)
        return self._picture("other", lambda: country_view(self._results, *chosen))

    def _difference(self) -> str:
        """Return both results side by side."""
        one = self.chosen
        if one.other_model == NOBODY:
            return ""
        first, second = (one.model, one.variant), (one.other_model, one.other_variant)
        return difference_table(
            (self._results.title(*first), self._results.title(*second)),
            (self._results.scores_of(*first), self._results.scores_of(*second)),
        )

    def _table(self) -> str:
        """Return the page of scenarios that is turned to."""
        one = self.chosen
        whose = self._results.title(one.model, one.variant)
        return scenario_table(self._cells(), one.page, one.scenario, whose)

    def _page(self) -> str:
        """Say which page that is."""
        return paragraph(f"Page {self.chosen.page + 1} of {pages(self._cells())}")

    def _cell(self) -> str:
        """Draw the cell that is chosen."""
        chosen = self.chosen.scenario
        return self._picture("cell", lambda: cell_view(self._cells().sel(scenario=chosen)))

    def _prompt(self) -> str:
        """Return what the model read for the cell that is chosen."""
        one = self.chosen
        persona = None if one.persona == _BASE else one.persona
        return prompt_view(self._results, one.country, one.scenario, persona)


def _beside() -> HTML:
    """Return an area that shares the room with what stands beside it."""
    return HTML(layout=Layout(flex="1 1 26rem", min_width="0"))


def _row(*children: object) -> HBox:
    """Return children side by side, and below each other where there is no room."""
    layout = Layout(flex_flow="row wrap", grid_gap="0.6rem", align_items="flex-start")
    return HBox(list(children), layout=layout)


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
