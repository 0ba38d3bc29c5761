"""What is chosen in the run panel: a model, countries, scenarios, a path, and three buttons."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from ipywidgets import Button, Combobox, Dropdown, HBox, SelectMultiple, Text, Widget

from disca_nb._elicit.given import Asked, several
from disca_nb._elicit.keeping import run_folder
from disca_nb.datasets.profiles import shipped
from disca_nb.errors import InputError
from disca_nb.models import LanguageModel
from disca_nb.models.embedded import NOTICE
from disca_nb.models.loading import DEMO
from disca_nb.prompts import load_pack
from disca_nb.widgets._run_state import Choice

__all__ = ["Controls", "has_kept", "suggested"]

_FIRST = ("JPN", "USA")
_BALANCED = range(2, 21, 2)
_ATTRIBUTES = 6
_WIDE = {"width": "auto"}
# As wide as the longest label, so that the controls stand below each other.
_LABEL = {"description_width": "6em"}


class Controls:
    """The controls, and what they say together.

    Parameters
    ----------
    model : LanguageModel, str or path
        The model at first.
    folder : str or path
        Where results go at first.

    Raises
    ------
    InputError
        When there is not one model, or ``folder`` is no path.
    """

    def __init__(self, model: Asked, folder: str | os.PathLike[str]) -> None:
        name, self._own = _named(model)
        if not isinstance(folder, str | os.PathLike):
            raise InputError(f"folder is {folder!r}; give the path of a folder.")
        self._folder = Path(os.fspath(folder))
        self._sources = _sources()
        self.model = Combobox(
            name,
            options=[*dict.fromkeys([DEMO, name])],
            description="Model",
            placeholder="demo, a folder, or owner/name on the hub",
            layout=_WIDE,
            style=_LABEL,
        )
        self.countries = SelectMultiple(
            options=[(_country(code, source), code) for code, source in self._sources.items()],
            value=_FIRST,
            rows=8,
            description="Countries",
            tooltip="Hold Ctrl (or Cmd) for several, Shift for all between",
            layout=_WIDE,
            style=_LABEL,
        )
        self.scenarios = Dropdown(
            options=_selections(),
            value=("balanced", 8),
            description="Scenarios",
            layout=_WIDE,
            style=_LABEL,
        )
        self.path = Text(
            suggested(name, self._folder),
            description="Result",
            placeholder="a path that ends in .zarr or .nc",
            layout=_WIDE,
            style=_LABEL,
        )
        self.plan = Button(description="Plan", tooltip="What it would cost; nothing is asked")
        self.start = Button(description="Start", button_style="primary")
        self.stop = Button(description="Stop", disabled=True)
        self.model.observe(self._follow, "value")

    @property
    def rows(self) -> list[Widget]:
        """The controls from top to bottom."""
        buttons = HBox([self.plan, self.start, self.stop], layout={"flex_flow": "row wrap"})
        return [self.model, self.countries, self.scenarios, self.path, buttons]

    @property
    def notice(self) -> str:
        """What has to be said of the model and of the personas, empty where nothing has."""
        made_up = [name for name in self.countries.value if self._sources[name] == "synthetic"]
        name = self.model.value.strip()
        said = [NOTICE] if name == DEMO and name not in self._own else []
        if made_up:
            said.append(
                f"The personas of {', '.join(made_up)} are worded from synthetic profiles, drawn "
                "at random."
            )
        return " ".join(said)

    def choice(self) -> Choice:
        """Return what the controls say together."""
        name = self.model.value.strip()
        selection, per_attribute = self.scenarios.value
        return Choice(
            self._own.get(name, name),
            tuple(self.countries.value),
            selection,
            per_attribute,
            self.path.value.strip(),
        )

    def show(self, *, busy: bool, stopping: bool) -> None:
        """Leave open what makes sense now."""
        for each in (self.model, self.countries, self.scenarios, self.path, self.plan, self.start):
            each.disabled = busy
        self.stop.disabled = not busy or stopping
        if not busy:
            self.show_start()

    def show_start(self) -> None:
        """Say whether a start would go on with a run that is kept at the path."""
        kept = has_kept(self.path.value.strip())
        self.start.description = "Resume" if kept else "Start"
        self.start.tooltip = "Go on where the run was stopped" if kept else "Ask the model"

    def watch(self, changed: Callable[[object], object]) -> None:
        """Call a function whenever what has to be said, or what a start does, may have changed."""
        for each in (self.model, self.countries, self.path):
            each.observe(changed, "value")

    def _follow(self, change: dict[str, str]) -> None:
        """Suggest a path for another model, unless a path was typed."""
        if self.path.value == suggested(change["old"], self._folder):
            self.path.value = suggested(change["new"], self._folder)


def suggested(model: str, folder: Path) -> str:
    """Return a path for the result of a model.

    Examples
    --------
    >>> Path(suggested("owner/tiny 1.5", Path("runs"))).as_posix()
    'runs/tiny-1.5.zarr'
    """
    last = re.split(r"[/\\]", model.strip().rstrip("/\\"))[-1]
    name = re.sub(r"[^\w.]+", "-", last).strip("-.")
    return str(folder / f"{name or 'run'}.zarr")


def has_kept(path: str) -> bool:
    """Return whether a run that was stopped is kept beside a path.

    Examples
    --------
    >>> has_kept("nowhere.zarr"), has_kept("")
    (False, False)
    """
    try:
        return (run_folder(path) / "journal.jsonl").is_file()
    except (OSError, ValueError, RuntimeError):  # what is half typed need not be a path
        return False


def _named(model: Asked) -> tuple[str, dict[str, LanguageModel]]:
    """Return the name of a model, and the model itself under it where it is one already."""
    models = several(model)
    if len(models) != 1:
        raise InputError(f"There are {len(models)} models; give one.")
    if isinstance(models[0], LanguageModel):
        return models[0].name, {models[0].name.strip(): models[0]}
    return os.fspath(models[0]), {}


def _sources() -> dict[str, str]:
    """Return where the profile of each country is from, those of the survey first."""
    profiles = shipped()
    pairs = zip(profiles.country.values.tolist(), profiles.profile_source.values, strict=True)
    return dict(sorted(((code, str(source)) for code, source in pairs), key=_order))


def _order(pair: tuple[str, str]) -> tuple[bool, str]:
    """Return where a country stands in the list."""
    code, source = pair
    return source == "synthetic", load_pack().country(code).removeprefix("the ")


def _country(code: str, source: str) -> str:
    """Return a country's label."""
    label = f"{load_pack().country(code).removeprefix('the ')} ({code})"
    return f"{label} – synthetic profile" if source == "synthetic" else label


def _selections() -> list[tuple[str, tuple[str, int]]]:
    """Return what scenarios can be chosen, with their numbers."""
    balanced = [
        (f"balanced: {_ATTRIBUTES * n}, {n} of each attribute", ("balanced", n)) for n in _BALANCED
    ]
    return [*balanced, ("slice: 310, in the paper's numbers", ("slice", 0))]
