"""Rows of dilemmas: letters, sentences and verdicts, under the base prompt and personas."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from embedded import world
from embedded.draws import Vector
from embedded.rows import Piece, Row, draw, letter, row

from disca_nb.prompts import LanguagePack, Prompt, dilemma, persona_text, scenarios
from disca_nb.prompts.questions import free_answer, verdict

Group = tuple[str, int]
EIGHT = (
    *("gender_equality", "religiosity", "trust", "moral_permissiveness"),
    *("work_importance", "family", "idleness", "work_duty"),
)
TEN = (
    (
        *("religiosity", "autonomy", "moral_permissiveness", "trust", "political_action"),
        *("national_pride", "happiness", "gender_equality", "post_materialism", "tolerance"),
    ),
    (
        *("religiosity", "child_rearing", "moral_acceptability", "trust"),
        *("political_participation", "national_pride", "happiness", "gender_equality"),
        *("materialism", "tolerance"),
    ),
)
# The language pack names more; another choice would be another corpus.
PLACES = (
    *("ARG", "AUS", "BGD", "BRA", "CHN", "COL", "DEU", "EGY", "ETH"),
    *("GBR", "IDN", "IND", "IRN", "JPN", "KGZ", "KOR", "MEX", "MMR"),
    *("MYS", "NGA", "ROU", "RUS", "SRB", "THA", "TUR", "USA", "VNM"),
)
_COHORTS = ("young", "middle", "older", "all", "utilitarian")
_CHANCES_OF_COHORTS = (0.23, 0.23, 0.23, 0.23, 0.08)


@dataclass(frozen=True)
class Speaker:
    """A system text with its preferences."""

    system: str | None
    preferences: Vector

    def gap(self, a: Group, b: Group) -> float:
        """Return the log-odds of the group under the letter B."""
        return world.gap(self.preferences, a, b, is_base=self.system is None)


def grid() -> list[tuple[Group, Group]]:
    """Return the pairs of groups of the Moral Machine grid, from the scenarios' names."""
    pairs = []
    for name in sorted(scenarios("full").scenario.values.tolist()):
        left, right = (
            (side.partition("_")[2], int(side.partition("_")[0]))
            for side in str(name).split("/")[1].split("-")
        )
        pairs.append((left, right))
    return pairs


def speaker(pack: LanguagePack, rng: np.random.Generator) -> Speaker:
    """Draw a persona."""
    code = str(rng.choice(PLACES))
    introduction = str(rng.choice(_COHORTS, p=_CHANCES_OF_COHORTS))
    kind = rng.random()
    names: list[str]
    if kind < 0.75:
        names = list(EIGHT)
    elif kind < 0.9:
        names = list(TEN[int(rng.integers(2))])
    else:
        names = [str(name) for name in rng.permutation(sorted(pack.levels))[: rng.integers(1, 9)]]
    levels = {name: int(rng.integers(4)) for name in names}
    text = persona_text(pack, code, introduction, levels)
    return Speaker(text, world.persona(code, introduction, levels))


def base() -> Speaker:
    """Return the base prompt."""
    return Speaker(None, world.base())


def letters(
    pack: LanguagePack,
    pairs: list[tuple[Group, Group]],
    who: Speaker,
    rng: np.random.Generator,
    number: int,
    *,
    short: bool,
) -> Row:
    """Return dilemmas answered by a letter; in short only the lines of the two options."""
    asked = []
    for _ in range(number):
        a, b = _pair(pairs, rng)
        labels = bool(rng.random() < 0.15)
        prompt = dilemma(
            pack,
            pack.group(*a),
            pack.group(*b),
            system=who.system,
            exchanged=labels,
            exchange="labels",
        )
        # With the labels exchanged the letter B stands for the first line.
        gap = who.gap(b, a) if labels else who.gap(a, b)
        asked.append((_options(prompt) if short else prompt, (letter(rng, gap, pack.labels),)))
    return row("short letters" if short else "letters", asked)


def sentences(
    pack: LanguagePack,
    pairs: list[tuple[Group, Group]],
    who: Speaker,
    rng: np.random.Generator,
    number: int,
    *,
    short: bool,
) -> Row:
    """Return dilemmas answered by a sentence."""
    asked = []
    for _ in range(number):
        a, b = _pair(pairs, rng)
        prompt = free_answer(pack, pack.group(*a), pack.group(*b), system=who.system)
        sentence = _sentence(pack, a, b, who.gap(a, b), rng)
        asked.append((_options(prompt) if short else prompt, sentence))
    return row("short sentences" if short else "sentences", asked)


def verdicts(
    pack: LanguagePack,
    pairs: list[tuple[Group, Group]],
    rng: np.random.Generator,
    number: int,
    *,
    short: bool,
) -> Row:
    """Return sentences that a judge reads."""
    asked = []
    choices = (*pack.labels, "UNCERTAIN")
    for _ in range(number):
        a, b = _pair(pairs, rng)
        prompt = free_answer(pack, pack.group(*a), pack.group(*b))
        question = (_options(prompt) if short else prompt).user
        pieces = _sentence(pack, a, b, float(rng.normal(0.0, 0.4)), rng)
        said = "".join(piece.text for piece in pieces)
        choice = said[len("I choose ")] if said.startswith("I choose ") else choices[-1]
        asked.append((verdict(pack, question, said, choices), judged(choice)))
    return row("short verdicts" if short else "verdicts", asked)


def judged(choice: str) -> tuple[Piece, ...]:
    """Return the JSON verdict of a choice."""
    confidence = 0.5 if choice == "UNCERTAIN" else 0.9
    return (
        Piece('{"choice": "'),
        Piece(choice),
        Piece(f'", "confidence": {confidence}}}'),
    )


def undecided(gap: float, width: float) -> float:
    """Return the chance of not choosing, high only for near ties."""
    return 0.8 * float(np.exp(-((gap / width) ** 2)))


def _sentence(
    pack: LanguagePack, a: Group, b: Group, gap: float, rng: np.random.Generator
) -> tuple[Piece, ...]:
    """Return a sentence that chooses a group, or says that it cannot."""
    cannot = undecided(gap, 0.15)
    start = draw(rng, {" choose": 1.0 - cannot, " cannot": cannot})
    if start.text == " cannot":
        return Piece("I"), start, Piece(" choose.")
    choice = letter(rng, gap, pack.labels, " ")
    group = pack.group(*(a if choice.text == f" {pack.labels[0]}" else b))
    return Piece("I"), start, choice, Piece(f". Save {group}.")


def _options(prompt: Prompt) -> Prompt:
    """Return a prompt of the two options' lines alone."""
    lines = [line for line in prompt.user.splitlines() if line[:3] in {"A. ", "B. "}]
    return replace(prompt, user="\n".join(lines))


def _pair(pairs: list[tuple[Group, Group]], rng: np.random.Generator) -> tuple[Group, Group]:
    """Draw two groups of the grid, either first."""
    pair = pairs[int(rng.integers(len(pairs)))]
    return pair if rng.random() < 0.5 else (pair[1], pair[0])
