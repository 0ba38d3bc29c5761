"""Sentences on the data, on how they were steered, and on the software."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from importlib.metadata import version

import numpy as np

from disca_nb._methods.bibliography import AWAD, DISCA, PACKAGE, TVERSKY
from disca_nb._methods.elicitation import elicitation, elicitation_versions
from disca_nb._methods.facts import Facts, Sentence, clean
from disca_nb._version import __version__
from disca_nb.datasets._temperatures import CATEGORY_TEMPERATURES, published_temperature
from disca_nb.errors import shorten
from disca_nb.kernels import PARAMETERS
from disca_nb.steering.settings import DECISION_TEMPERATURE, DISCA_VARIANTS

__all__ = ["anonymous", "data", "from_moral_machine", "software", "steering"]

_GAPS = ("base_gap", "persona_gap", "vanilla_gap", "base_order_gap")
_BLEND = "the final gap is a·consensus + (1 − a)·base gap + correction, where the consensus is the "
_BLEND += "mean of the personas' gaps and a is"
_VARIANTS = {
    "vanilla": "the final gap is the base prompt's, in the order shown",
    "debiased": "the final gap is the base prompt's, debiased over both orders of the options",
    "consensus": "the final gap is the consensus, the mean of the personas' gaps",
    "correction-only": "the final gap is base gap + correction",
    "paper": f"{_BLEND} the passes' mean effective sample size ratio over ρ, at most 1",
    "released": f"{_BLEND} the passes' smallest effective sample size ratio, at least ρ",
    "released+ema": "the gap of variant 'released', g, is mixed with its moving average over a "
    "country's scenarios, e: the final gap is h·e + (1 − h)·g, after which e becomes 0.9·e + 0.1·g;"
    " h is 0 while n < 50 scenarios went before, and 1 − exp(−(n − 50)/100) from then on",
    "reported": "the decisions are those that the recorded run logged, not recomputed",
}
_DRAWS = (
    "A pass draws candidates around the consensus from a normal distribution of width σ and weighs "
    "each by exp(U/η), where U = (1 − λ)·(mean of the personas' values) + λ·(the consensus' value) "
    "and a value is z^α of a gain or −κ·|z|^α of a loss, z being how much nearer, in units of σ, "
    "the candidate comes to a persona, or to the consensus, than the base gap is; its correction is"
    " the weighted mean of the draws, or 0 where the effective sample size ratio is below ρ"
)
_LOGGED = "logged decisions"
_DOI = "10.1038/s41586-018-0637-6"
_MOST = 24


def data(facts: Facts) -> Iterator[Sentence]:
    """Say what the data are and where they come from."""
    yield from _panel(facts)
    yield from _personas(facts)
    if source := facts.attr("source"):
        yield Sentence(f"The source of the data is: {source}", "attribute source")
    else:
        yield Sentence("The result does not say where its data come from", "no attribute source")
    yield from elicitation(facts)
    if targets := facts.attr("targets"):
        cites = (AWAD,) if from_moral_machine(facts) else ()
        yield Sentence(f"Human preferences are from: {targets}", "attribute targets", cites)


def from_moral_machine(facts: Facts) -> bool:
    """Return whether the human preferences are said to be the Moral Machine's."""
    return _DOI in facts.attr("targets")


def anonymous(facts: Facts) -> bool:
    """Return whether personas are known by rank alone."""
    labels = facts.labels("persona")
    return bool(labels) and all(re.fullmatch(r"rank_\d+", label) for label in labels)


def _panel(facts: Facts) -> Iterator[Sentence]:
    """Say which models, countries and scenarios there are."""
    found = {}
    for name in ("model", "country", "language", "scenario"):
        # One language of all is no part of a count: it is told with the prompts.
        one_language = name == "language" and name not in facts.data.dims
        if (labels := facts.labels(name)) and not one_language:
            named = "" if name == "scenario" else f" ({shorten(labels, _MOST)})"
            found[name] = f"{_count(len(labels), name)}{named}"
    if "country" not in found and "n_countries" in facts.data:
        found["n_countries"] = _count(int(facts.data["n_countries"].max()), "country")
    if found:
        *first, last = found.values()
        listed = f"{', '.join(first)} and {last}" if first else last
        yield Sentence(f"The result holds {listed}", f"labels of {', '.join(found)}")
    if facts.has("n_scenarios") and "attribute" in facts.data.dims:
        number = facts.data["n_scenarios"].sum("attribute", min_count=1).values
        ends = {int(np.nanmin(number)), int(np.nanmax(number))}
        span = " to ".join(f"{n:,}" for n in sorted(ends))
        yield Sentence(f"Preferences rest on {span} scenarios a country", "variable n_scenarios")


def _personas(facts: Facts) -> Iterator[Sentence]:
    """Say who is on the panel."""
    if labels := facts.labels("persona"):
        known = "known by rank alone: " if anonymous(facts) else ""
        text = f"The panel has {_count(len(labels), 'persona')}, {known}{shorten(labels)}"
        yield Sentence(text, "labels of persona")


def _count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    several = f"{noun.removesuffix('y')}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else several}"


def steering(facts: Facts) -> Iterator[Sentence]:
    """Say how decisions were made."""
    if not facts.variants:
        yield _unsteered(facts)
    yield from _blends(facts)
    if len(facts.variants) > 1 and facts.attr("steering"):
        lines = clean(str(facts.data.attrs["steering"]).replace("\n", "; "))
        yield Sentence(f"Captions of the variants are: {lines}", "attribute steering")
    yield from _category_temperature(facts)
    yield from _passes(facts)
    yield from _settings(facts)
    yield from _decisions(facts)


def _unsteered(facts: Facts) -> Sentence:
    """Say what a result is that no variant made."""
    if facts.has("p_spare", "preference", "mis"):
        return Sentence(
            "How the decisions were made is not recorded", "neither label nor attribute variant"
        )
    if facts.has(*_GAPS):
        return Sentence("The gaps are not steered, and no decisions made", "no attribute variant")
    return Sentence("It holds neither gaps nor decisions nor scores", "variables")


def _blends(facts: Facts) -> Iterator[Sentence]:
    """Say what each variant is."""
    for name in facts.variants:
        # A variant that is nobody's but the user's has no meaning to tell.
        known = _VARIANTS.get(name, "it is none that disca_nb.steer knows, and is not described")
        cites = (DISCA,) if name in DISCA_VARIANTS else ()
        yield Sentence(f"Variant '{name}': {known}", "variant", cites)


def _category_temperature(facts: Facts) -> Iterator[Sentence]:
    """Say what the gaps were divided by."""
    policy = facts.attr("category_temperature")
    evidence = "attribute category_temperature"
    if policy == "none":
        yield Sentence("Gaps are not divided by category temperatures", evidence)
    elif policy == "disca":
        divisors = [f"{name} {published_temperature(name):g}" for name in CATEGORY_TEMPERATURES]
        text = "Gaps other than the vanilla one are divided by the released code's temperature of "
        text += f"their category ({', '.join(divisors)}, others {published_temperature(''):g})"
        yield Sentence(text, evidence, (DISCA,))
    elif policy:
        text = f"Gaps other than the vanilla one are divided by category temperatures: {policy}"
        yield Sentence(text, evidence)


def _passes(facts: Facts) -> Iterator[Sentence]:
    """Say how the correction came about."""
    if facts.method == "recorded":
        text = "The correction is made of the passes that the run logged, whose own settings the "
        text += "result does not hold, and gated here"
        yield Sentence(text, "attribute method")
    if facts.method in {"monte-carlo", "quadrature"}:
        yield Sentence(_DRAWS, "attribute method", (DISCA, TVERSKY))
    if facts.method:
        text = "The gate multiplies the passes' mean correction by exp(−V/s), V being twice their"
        yield Sentence(f"{text} variance", "attribute method", (DISCA,))
    if facts.method == "quadrature":
        text = "Instead of draws the limit of many candidates was integrated and the gate's "
        text += f"expectation taken, to a tolerance of {facts.attr('tol') or 'unknown size'} σ"
        yield Sentence(text, "attributes method, tol")
    if facts.method == "monte-carlo" and facts.attr("seed"):
        text = f"Random numbers have the seed {facts.attr('seed')} and are keyed by labels"
        yield Sentence(text, "attributes method, seed")


def _settings(facts: Facts) -> Iterator[Sentence]:
    """State the hyper-parameters."""
    if not facts.method:
        return
    names = [name for name in PARAMETERS if name in facts.data.attrs]
    if facts.attr("sigma") != "adaptive":
        names = [name for name in names if name != "sigma_floor"]
    listed = [f"{PARAMETERS[name].symbol} {_setting(facts, name)}" for name in names]
    if listed:
        yield Sentence(f"Settings are {', '.join(listed)}", f"attributes {', '.join(names)}")


def _setting(facts: Facts, name: str) -> str:
    """Return a hyper-parameter in words."""
    value = facts.attr(name)
    if value == "adaptive":
        return "adaptive (the standard deviation of the personas, at least σ_min)"
    if name == "floor" and value != "none":
        return f"{value} (no persona's value falls below −f)"
    if value.startswith("varies over "):
        dims = value.removeprefix("varies over ").split(", ")
        grids = [f"{dim}: {shorten(facts.labels(dim))}" for dim in dims if facts.labels(dim)]
        return f"{value} ({'; '.join(grids)})" if grids else value
    return value


def _decisions(facts: Facts) -> Iterator[Sentence]:
    """Say how a gap becomes a probability."""
    logged = [name for name, parts in facts.captions.items() if _LOGGED in parts]
    if logged:
        text = f"Probabilities of {', '.join(logged)} are as they were logged"
        yield Sentence(text, "attribute steering")
    found = {_temperature(parts) for parts in facts.captions.values() if _LOGGED not in parts}
    if len(found) == 1:
        text = f"Option B has probability 1/(1 + exp(−gap/{found.pop()})), the final gap being in "
        text += "logits of B minus A"
        evidence = "decision_temperature" if facts.attr("decision_temperature") else "steering"
        yield Sentence(text, f"attribute {evidence}")


def _temperature(parts: list[str]) -> str:
    """Return the decision temperature that a caption states, which leaves out the usual one."""
    lead = "decision temperature "
    stated = [part.removeprefix(lead) for part in parts if part.startswith(lead)]
    return stated[0] if stated else f"{DECISION_TEMPERATURE:g}"


def software(facts: Facts) -> Iterator[Sentence]:
    """State versions, and whose they are."""
    elicited = list(elicitation_versions(facts))
    yield from elicited
    others = [f"{name} {version(name)}" for name in ("numpy", "numba", "xarray")]
    text = f"This text was written by disca_nb {__version__} with {', '.join(others)} and Python "
    text += f"{platform.python_version()}; "
    text += "of later steps" if elicited else "of the steps that made it"
    text += " the result keeps no versions"
    yield Sentence(text, cites=(PACKAGE,))
