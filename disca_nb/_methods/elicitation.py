"""Sentences on how gaps were elicited from a live model, and with what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from disca_nb._methods.bibliography import DISCA, MULTITP
from disca_nb._methods.facts import Facts, Sentence, clean
from disca_nb.errors import shorten

__all__ = ["elicitation", "elicitation_limits", "elicitation_versions"]

_EXCHANGES = {
    "lines": "the two descriptions change places and the letters stay",
    "labels": "the two letters change places and the lines stay",
}
# What a reader needs to run the same model again, in the order of a sentence.
_RUN = {
    "source": "source",
    "revision": "revision",
    "architecture": "architecture",
    "dtype": "number format",
    "device": "device",
    "batch_tokens": "tokens per batch",
    "shared_prefixes": "common beginnings read once",
    "thinking": "thinking",
    "weights_sha256": "sha256 of the weights",
}
_MOST = 8
_MANIFEST = "attribute manifest"


def elicitation(facts: Facts) -> Iterator[Sentence]:
    """Say who was asked what, and how.

    Parameters
    ----------
    facts : Facts
        What there is to tell.

    Yields
    ------
    Sentence
        None for gaps that no live model gave.
    """
    if source := facts.attr("scenario_source"):
        cites = (MULTITP,) if "MultiTP" in source else ()
        yield Sentence(f"Scenarios are from: {source}", "attribute scenario_source", cites)
    if source := facts.attr("persona_source"):
        yield Sentence(f"Personas are from: {source}", "attribute persona_source")
    if "language" not in facts.data.dims and (labels := facts.labels("language")):
        yield Sentence(f"The language of the prompts is {labels[0]}", "label of language")
    if exchange := facts.attr("exchange"):
        yield _asked(exchange)
    if least := facts.attr("min_mass"):
        text = "A cell counts as scored where A and B together have a probability of at least "
        yield Sentence(f"{text}{least} in each of its prompts", "attribute min_mass")
    yield from _run(facts)


def _asked(exchange: str) -> Sentence:
    """Say what a gap is."""
    how = _EXCHANGES.get(exchange, f"exchange {exchange}")
    text = "Gaps were elicited from a live model by the base prompt and by each persona's, with "
    text += f"every scenario in the order shown (AB) and with the options exchanged (BA: {how}); a "
    text += "gap is log p(B) − log p(A) of the answer, a debiased gap half the difference AB − BA, "
    text += "and the vanilla gap the base prompt's in AB"
    return Sentence(text, "attribute exchange", (DISCA,))


def _run(facts: Facts) -> Iterator[Sentence]:
    """State what the manifest says of the prompts and of each model that is in the result."""
    manifest = _manifest(facts)
    if isinstance(number := manifest.get("prompts"), int):
        text = f"A model scored {number:,} different prompts, each once, in the run that elicited "
        text += "the gaps"
        yield Sentence(text, _MANIFEST)
    models = _models(facts)
    for name in [name for name in facts.labels("model") if name in models][:_MOST]:
        stated = [
            f"{words} {clean(models[name][key])}"
            for key, words in _RUN.items()
            if models[name].get(key) not in {None, ""}
        ]
        if stated:
            yield Sentence(f"{name} was run with: {', '.join(stated)}", _MANIFEST)


def elicitation_limits(facts: Facts) -> Iterator[Sentence]:
    """Say what elicited gaps cannot show.

    Parameters
    ----------
    facts : Facts
        What there is to tell.

    Yields
    ------
    Sentence
        None for gaps that no live model gave.
    """
    if notice := facts.attr("notice").rstrip("."):
        noted = [name for name, one in _models(facts).items() if one.get("notice")]
        whose = f"results of {shorten(noted)} carry" if noted else "the result carries"
        yield Sentence(f"A notice that {whose} reads: {notice}", "attribute notice")
    if "profile_source" in facts.data.coords:
        made_up = np.ravel(facts.data["profile_source"].values == "synthetic")
        if names := np.array(facts.labels("country"))[made_up].tolist():
            text = f"Personas of {shorten(names, _MOST)} are worded from synthetic value profiles, "
            yield Sentence(f"{text}which say nothing about a country", "coordinate profile_source")
    if facts.attr("exchange") == "labels":
        text = "As only letters were exchanged, a liking for the line that comes first stays in the"
        yield Sentence(f"{text} debiased gaps", "attribute exchange")


def elicitation_versions(facts: Facts) -> Iterator[Sentence]:
    """State the versions that elicited the gaps.

    Parameters
    ----------
    facts : Facts
        What there is to tell.

    Yields
    ------
    Sentence
        None where no manifest states them.
    """
    found = {"disca_nb": _manifest(facts).get("disca_nb")}
    listed = [f"{name} {clean(version)}" for name, version in found.items() if version]
    for one in _models(facts).values():
        versions = one.get("versions")
        pairs = versions.items() if isinstance(versions, dict) else ()
        listed += [f"{clean(name)} {clean(version)}" for name, version in pairs]
    if listed:
        text = f"The gaps were elicited with {', '.join(dict.fromkeys(listed))}"
        yield Sentence(text, _MANIFEST)


def _manifest(facts: Facts) -> dict[str, Any]:
    """Return the manifest; empty where there is none that can be read."""
    try:
        found = json.loads(str(facts.data.attrs.get("manifest", "{}")))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _models(facts: Facts) -> dict[str, dict[str, Any]]:
    """Return what the manifest says of each model, by its label as a text shows it."""
    models = _manifest(facts).get("models")
    pairs = models.items() if isinstance(models, dict) else ()
    return {clean(name): one for name, one in pairs if isinstance(one, dict)}
