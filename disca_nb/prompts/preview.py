"""What a model is shown for one country, scenario and persona, before any model is asked."""

from __future__ import annotations

import os
import re
import warnings
from dataclasses import dataclass
from html import escape

import xarray as xr

from disca_nb.errors import unknown_name
from disca_nb.prompts._language import pack_of
from disca_nb.prompts._panel import BASE, require_speakers
from disca_nb.prompts.frames import Exchange, dilemma
from disca_nb.prompts.grid import scenarios as grid
from disca_nb.prompts.panel import persona_panel
from disca_nb.prompts.prompt import Prompt
from disca_nb.variables import validate

__all__ = ["Preview", "differing_sentences", "preview"]

_FEWEST = 3
_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？।])\s*")
# Colours come from the page, so that the card is as readable in dark as in light.
_BOX = (
    "margin:0 0 0.6em;padding:0.3em 0.7em;border-left:2px solid currentColor;white-space:pre-wrap;"
    "color:inherit;background:none;font-family:inherit"
)
_HEAD = "margin:0 0 0.1em;font-weight:bold"


@dataclass(frozen=True)
class Preview:
    """Both orders of a prompt. Shows itself as text, and as HTML in a notebook.

    Attributes
    ----------
    country, scenario, persona : str
        Labels; the persona is ``base`` for the neutral system prompt.
    ab, ba : Prompt
        The prompt in the order shown, and with the options exchanged.
    sentences_that_differ : int
        Sentences of the country's personas that not all of them have, see `differing_sentences`.
    source : str
        Where the country's personas come from: ``wvs``, ``synthetic`` or ``own``.
    """

    country: str
    scenario: str
    persona: str
    ab: Prompt
    ba: Prompt
    sentences_that_differ: int
    source: str

    @property
    def warning(self) -> str:
        """What is wrong with the personas; empty where nothing is."""
        if self.sentences_that_differ >= _FEWEST:
            return ""
        return (
            f"Sentences that differ between the personas of {self.country}: "
            f"{self.sentences_that_differ}; below {_FEWEST} they have little to disagree about."
        )

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Heading and text of each part of the prompt."""
        return (
            ("System", self.ab.system),
            ("User, order AB", self.ab.user),
            ("User, order BA", self.ba.user),
            ("Answer begins with", self.ab.prefix or "(nothing)"),
        )

    @property
    def facts(self) -> str:
        """One line on the personas."""
        return (
            f"Personas of {self.country}: {self.source}; sentences that differ between them: "
            f"{self.sentences_that_differ}."
        )

    def __str__(self) -> str:
        lines = [f"{self.country}, {self.persona}, {self.scenario}", ""]
        for heading, text in self.parts:
            lines += [f"{heading}:", *(f"  {line}" for line in text.splitlines()), ""]
        lines.append(self.facts)
        lines += [f"Warning: {self.warning}"] if self.warning else []
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Return the card as HTML; every text that comes from the data is escaped."""
        title = escape(f"{self.country}, {self.persona}, {self.scenario}")
        parts = "".join(
            f'<p style="{_HEAD}">{escape(heading)}</p><div style="{_BOX}">{escape(text)}</div>'
            for heading, text in self.parts
        )
        warning = f"<p><strong>Warning:</strong> {escape(self.warning)}</p>" if self.warning else ""
        return (
            '<section style="color:inherit;background:none;max-width:46em">'
            f'<h3 style="margin:0.6em 0 0.4em">{title}</h3>{parts}'
            f"<p>{escape(self.facts)}</p>{warning}</section>"
        )


def preview(
    country: str,
    scenario: str | int = 0,
    persona: str | None = None,
    *,
    panel: xr.Dataset | None = None,
    scenarios: xr.Dataset | None = None,
    exchange: Exchange = "lines",
    language: str | os.PathLike[str] | None = None,
) -> Preview:
    """Show what a model is asked, and how far a country's personas differ.

    Parameters
    ----------
    country : str
        ISO 3166-1 alpha-3 code.
    scenario : str or int
        Name of the scenario, or its position.
    persona : str, optional
        Name of the persona, or ``base``, the neutral system prompt, which is the default.
    panel : xarray.Dataset, optional
        Personas, see `persona_panel` and `panel_from_texts`; by default those of the shipped
        profile.
    scenarios : xarray.Dataset, optional
        Dilemmas, see `scenarios` and `disca_nb.datasets.scenarios.from_csv`; by default the slice
        of the grid.
    exchange : {"lines", "labels"}
        What the order BA exchanges, see `dilemma`.
    language : str or path, optional
        Language pack, see `load_pack`; that of the panel by default, else that of the scenarios,
        else English. A pack in a file of yours must be given.

    Returns
    -------
    Preview

    Raises
    ------
    UnknownNameError
        For a country, persona, scenario, language or exchange that is not there.
    InputError
        When the scenarios, the personas and the language are not of one language, or a persona
        has the name ``base``.

    Warns
    -----
    UserWarning
        When the country's personas differ in fewer than three sentences.

    Examples
    --------
    >>> shown = preview("JPN", "age/2_man-2_boy/right", "older")
    >>> print(shown.ba.user)
    The brakes of a self-driving car have failed. It can save only one of two groups.
    A. Save two boys
    B. Save two men
    Which group should it save? Reply with A or B.
    >>> shown.sentences_that_differ
    4
    """
    pack = pack_of(scenarios, panel, language)
    spoken = pack.language if language is None else language
    personas = persona_panel(country, language=spoken) if panel is None else panel
    validate(personas, "country", "persona", "persona_prompt")
    dilemmas = grid(language=spoken) if scenarios is None else scenarios
    validate(dilemmas, "scenario", "option_a", "option_b")
    countries = personas.country.values.tolist()
    if country not in countries:
        raise unknown_name("country", country, countries)
    texts = personas.persona_prompt.sel(country=country)
    names = [str(name) for name in texts.persona.values]
    require_speakers(names)
    speaker = BASE if persona is None else persona
    if speaker not in [BASE, *names]:
        raise unknown_name("persona", speaker, [BASE, *names])
    system = str(personas.attrs.get("base_prompt", pack.base_system))
    if persona is not None and persona in names:
        system = str(texts.sel(persona=persona).item())
    label = _scenario(dilemmas, scenario)
    one = dilemmas.sel(scenario=label)
    options = str(one.option_a.item()), str(one.option_b.item())
    shown = Preview(
        country,
        label,
        speaker,
        dilemma(pack, *options, system=system, exchange=exchange),
        dilemma(pack, *options, system=system, exchanged=True, exchange=exchange),
        differing_sentences(texts.values.tolist()),
        str(texts.profile_source.item()) if "profile_source" in texts.coords else "own",
    )
    if shown.warning:
        warnings.warn(shown.warning, UserWarning, stacklevel=2)
    return shown


def differing_sentences(texts: list[str]) -> int:
    """Return how many sentences of a persona not all the others have, at the most.

    Parameters
    ----------
    texts : list of str
        System prompts of a country's personas.

    Returns
    -------
    int
        0 for a single persona.

    Examples
    --------
    >>> differing_sentences(["You are young. You vote. Be brief.", "You are old. Be brief."])
    2
    """
    sentences = [{part for part in _END.split(text.strip()) if part} for text in texts]
    shared = set.intersection(*sentences)
    return max(len(own - shared) for own in sentences)


def _scenario(dilemmas: xr.Dataset, scenario: str | int) -> str:
    """Return the name of a scenario that is given by name or by position."""
    names = [str(name) for name in dilemmas.scenario.values]
    if isinstance(scenario, str):
        if scenario not in names:
            raise unknown_name("scenario", scenario, names)
        return scenario
    if scenario not in range(len(names)):
        raise unknown_name("scenario", scenario, [f"0 to {len(names) - 1}"])
    return names[scenario]
