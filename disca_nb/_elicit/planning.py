"""`plan`: what a run will read, about how long it takes and how much memory it needs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

import xarray as xr

from disca_nb._elicit.given import Asked, loaded
from disca_nb._elicit.request import Request, planned, request
from disca_nb.errors import InputError
from disca_nb.models.protocol import ScoringPlan
from disca_nb.prompts.frames import Exchange

__all__ = ["RunPlan", "plan"]


@dataclass(frozen=True)
class RunPlan:
    """What `disca_nb.elicit` will do, before it does anything.

    Attributes
    ----------
    name : str
        Label of the model.
    scoring : ScoringPlan
        The model's own plan: its chunks and, where it reads tokens here, their numbers.
    cells : str
        What is asked, in words.
    """

    name: str
    scoring: ScoringPlan
    cells: str

    def describe(self) -> str:
        """Return what is read with and without sharing, and estimates of time and memory.

        Returns
        -------
        str
            A few lines. The device is measured for a moment, no prompt is read.
        """
        return f"{self.name}: {self.cells}.\n{self.scoring.describe()}"


def plan(
    model: Asked,
    scenarios: xr.Dataset,
    panel: xr.Dataset,
    *,
    countries: str | Iterable[str] | None = None,
    language: str | os.PathLike[str] | None = None,
    exchange: Exchange = "lines",
) -> RunPlan:
    """Plan a run of `disca_nb.elicit`, without reading any prompt.

    Parameters
    ----------
    model : LanguageModel, str or path
        A single model, or its name or folder.
    scenarios, panel, countries, language, exchange
        As for `disca_nb.elicit`.

    Returns
    -------
    RunPlan
        Its ``describe()`` says what is read.

    Raises
    ------
    InputError, UnknownNameError
        As for `disca_nb.elicit`; also when a prompt is longer than the model reads.

    Examples
    --------
    >>> from disca_nb import prompts
    >>> class Fair:
    ...     name, manifest = "fair", {}
    ...
    ...     def score(self, asked, options): ...
    >>> choices = prompts.scenarios("balanced", per_attribute=2)
    >>> print(plan(Fair(), choices, prompts.persona_panel(["JPN"])).describe())
    fair: 1 country × 12 scenarios × 4 personas and the base prompt, in both orders.
    60 prompts, up to 64 in a call. The model says nothing of tokens, memory and time.
    """
    run = request(
        model,
        scenarios,
        panel,
        countries=countries,
        language=language,
        exchange=exchange,
        min_mass=0.0,
    )
    if len(run.models) > 1:
        raise InputError(f"There are {len(run.models)} models; plan them one by one.")
    one = loaded(run.models[0])
    return RunPlan(one.name, planned(run, one), cells_of(run))


def cells_of(run: Request) -> str:
    """Return what a run asks, in words."""
    sizes = {
        "country": run.panel.sizes["country"],
        "scenario": run.scenarios.sizes["scenario"],
        "persona": run.panel.sizes["persona"],
    }
    plural = {"country": "countries", "scenario": "scenarios", "persona": "personas"}
    counted = (f"{n:,} {name if n == 1 else plural[name]}" for name, n in sizes.items())
    return f"{' × '.join(counted)} and the base prompt, in both orders"
