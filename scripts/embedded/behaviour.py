"""What the embedded model does, measured through the public interface, and the bounds of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from disca_nb.kernels.divergence import jensen_shannon_distance
from disca_nb.models import HuggingFaceModel
from disca_nb.prompts import Prompt, load_pack
from disca_nb.prompts.questions import five_point, survey_question, value_question

Numbers = npt.NDArray[np.float64]
Task = dict[str, Any]


@dataclass(frozen=True)
class Measured:
    """One figure: what it is, its value and the bounds within which it must lie."""

    text: str
    value: float
    low: float = -np.inf
    high: float = np.inf

    @property
    def holds(self) -> bool:
        """Whether the value lies within its bounds."""
        return bool(self.low <= self.value <= self.high)


class Asked:
    """Answers of a model to the tasks; remembers the least probability of all answers."""

    def __init__(self, model: HuggingFaceModel, tasks: Task) -> None:
        self.model, self.tasks, self.pack = model, tasks, load_pack("en")
        self.least_mass = 1.0

    def chances(self, prompts: Sequence[Prompt], options: Sequence[str]) -> Numbers:
        """Return the options' probabilities, which sum to one, shape (prompts, options)."""
        scores = self.model.score(prompts, list(options))
        self.least_mass = min(self.least_mass, float(scores.mass.min()))
        shares = np.exp(scores.log_probs)
        result: Numbers = shares / shares.sum(1, keepdims=True)
        return result

    def survey(self, country: str | None) -> list[Numbers]:
        """Return the distribution of each survey question, mean of two orders of the options."""
        result = []
        for entry in self.tasks["survey"]:
            options, n = entry["options"], len(entry["options"])
            orders = [list(range(n)), list(range(n))[::-1]]
            prompts = [
                survey_question(self.pack, entry["question"], options, country=country, order=order)
                for order in orders
            ]
            given, reverse = self.chances(prompts, self.pack.questions["letters"][:n])
            result.append((given + reverse[::-1]) / 2)
        return result

    def five_point(self, country: str | None) -> Numbers:
        """Return the distributions over 1 to 5, shape (items, 5)."""
        prompts = [
            five_point(self.pack, item["item"], item["lowest"], item["highest"], country=country)
            for item in self.tasks["five_point"]
        ]
        return self.chances(prompts, "12345")

    def supports(self, question: Task) -> Numbers:
        """Return the chance of support in each phrasing, mean of both orders."""
        texts = [question["original"], *question["rephrasings"]]
        prompts = [
            value_question(self.pack, text, exchanged=exchanged)
            for text in texts
            for exchanged in (False, True)
        ]
        first = self.chances(prompts, "AB")[:, 0].reshape(-1, 2)
        yes: Numbers = (first[:, 0] + 1 - first[:, 1]) / 2
        return yes if question["stances"]["yes"] == "supports" else 1 - yes


def similarity(p: Sequence[Numbers], q: Sequence[Sequence[float]]) -> float:
    """Return one minus the mean Jensen–Shannon distance of paired distributions."""
    distances = [jensen_shannon_distance(a, b) for a, b in zip(p, q, strict=True)]
    return 1.0 - float(np.mean(distances))


def entropy(p: Sequence[Any]) -> float:
    """Return the mean entropy of distributions, in bits."""
    terms = [-np.sum(np.asarray(a) * np.log2(np.clip(a, 1e-12, 1))) for a in p]
    return float(np.mean(terms))


def spread(supports: Numbers) -> float:
    """Return the mean Jensen–Shannon distance of yes-or-no answers from their mean."""
    members = np.stack([supports, 1 - supports], -1)
    centre = members.mean(0)
    return float(np.mean([jensen_shannon_distance(member, centre) for member in members]))


def of_surveys(asked: Asked) -> list[Measured]:
    """Measure whom default answers resemble, and what naming a country does."""
    tasks = asked.tasks
    people = {c: [e["answers"][c] for e in tasks["survey"]] for c in tasks["countries"]}
    default = asked.survey(None)
    to_default = {c: similarity(default, people[c]) for c in people}
    named = {c: asked.survey(c) for c in people}
    gains = [similarity(named[c], people[c]) - to_default[c] for c in people]
    other = [
        np.mean([similarity(named[c], people[d]) - to_default[d] for d in people if d != c])
        for c in people
    ]
    few = [to_default[c] for c in tasks["few"]]
    rest = [to_default[c] for c in people if c not in tasks["few"]]
    narrow = [entropy(named[c]) / entropy(people[c]) for c in people]
    return [
        Measured(
            "default survey answers: similarity to the few, least, minus the rest, most",
            min(few) - max(rest),
            0.02,
        ),
        Measured(
            "default survey answers: similarity to the few minus the rest",
            float(np.mean(few) - np.mean(rest)),
            0.1,
        ),
        Measured(
            "naming a country: gain in similarity to it, beyond the gain to the others",
            float(np.mean(gains) - np.mean(other)),
            0.05,
        ),
        Measured(
            "naming a country: entropy of the answers over that of its people",
            float(np.mean(narrow)),
            0.4,
            0.9,
        ),
    ]


def of_values(asked: Asked) -> list[Measured]:
    """Measure how steady answers are over rephrasings and over a topic."""
    over_phrasings: dict[bool, list[float]] = {True: [], False: []}
    over_topic: dict[bool, list[float]] = {True: [], False: []}
    for topic in asked.tasks["values"]:
        supports = [asked.supports(question) for question in topic["questions"]]
        kind = topic["controversial"]
        over_phrasings[kind].append(float(np.mean([spread(each) for each in supports])))
        over_topic[kind].append(spread(np.array([each.mean() for each in supports])))
    phrasings = float(np.mean(over_phrasings[True] + over_phrasings[False]))
    topics = float(np.mean(over_topic[True] + over_topic[False]))
    difference = float(np.mean(over_topic[True]) - np.mean(over_topic[False]))
    unsteady = float(np.mean(over_phrasings[True]) - np.mean(over_phrasings[False]))
    return [
        Measured("spread over rephrasings, over spread in a topic", phrasings / topics, 0.0, 0.8),
        Measured("spread in a topic: controversial minus uncontroversial", difference, 0.04),
        Measured("spread over rephrasings: controversial minus uncontroversial", unsteady, 0.02),
    ]


def of_five_points(asked: Asked) -> list[Measured]:
    """Measure whom the digits resemble."""
    tasks = asked.tasks
    people = {c: [e["answers"][c] for e in tasks["five_point"]] for c in tasks["countries"]}
    default = list(asked.five_point(None))
    to_default = {c: similarity(default, people[c]) for c in people}
    few = np.mean([to_default[c] for c in tasks["few"]])
    rest = np.mean([to_default[c] for c in people if c not in tasks["few"]])
    gains = [similarity(list(asked.five_point(c)), people[c]) - to_default[c] for c in people]
    return [
        Measured("five-point items: similarity to the few minus the rest", float(few - rest), 0.05),
        Measured(
            "five-point items: gain in similarity from naming a country",
            float(np.mean(gains)),
            0.02,
        ),
    ]


def of_mass(asked: Asked) -> list[Measured]:
    """Measure how much probability the offered answers had, of all that were asked before."""
    text = "opinions: least probability of the offered answers together"
    return [Measured(text, asked.least_mass, 0.95)]


ALL: tuple[Callable[[Asked], list[Measured]], ...] = (
    *(of_surveys, of_values, of_five_points, of_mass),
)
