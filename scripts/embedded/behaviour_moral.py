"""What the embedded model answers to dilemmas: measured with `elicit`, `steer` and `alignment`."""

from __future__ import annotations

import json
from functools import cached_property

import numpy as np
import xarray as xr
from embedded.behaviour import Measured

import disca_nb
from disca_nb.models import HuggingFaceModel
from disca_nb.prompts import dilemma, load_pack, persona_panel, scenarios
from disca_nb.prompts.questions import free_answer, verdict

COUNTRIES = ("BRA", "CHN", "DEU", "EGY", "IND", "JPN", "MEX", "NGA", "TUR", "USA")
_NEAR_TIE = 0.3


class Dilemmas:
    """A model's answers to a balanced set of dilemmas under the personas of ten countries."""

    def __init__(self, model: HuggingFaceModel, per_attribute: int = 4) -> None:
        self.model = model
        self.choices = scenarios("balanced", per_attribute=per_attribute)
        self.panel = persona_panel(COUNTRIES)

    @cached_property
    def results(self) -> xr.Dataset:
        """Gaps of all speakers."""
        return disca_nb.elicit(self.model, self.choices, self.panel, progress=False)

    def mis(self, variant: str) -> float:
        """Return the mean misalignment of a variant; for measuring only, nothing is fitted."""
        steered = disca_nb.steer(self.results, variant=variant, method="quadrature")
        return float(disca_nb.alignment(steered).mis.mean())

    def toward(self, name: str) -> xr.DataArray:
        """Return gaps toward the counted side, mean of each attribute."""
        side = 2.0 * self.results.preferred_on_right - 1.0
        result: xr.DataArray = (self.results[name] * side).groupby("category").mean()
        return result


def of_dilemmas(dilemmas: Dilemmas) -> list[Measured]:
    """Measure confidence, liking for a letter, shifts and disagreement of personas, and DISCA."""
    results = dilemmas.results
    shift = (dilemmas.toward("persona_gap") - dilemmas.toward("base_gap")).mean(
        ["country", "persona", "model"]
    )
    between = results.persona_gap.std("persona", ddof=1).mean()
    persona_bias = results.persona_order_gap.mean()
    base = _confidence(results.base_gap)
    vanilla, steered = dilemmas.mis("vanilla"), dilemmas.mis("paper")
    mass = min(float(results[name].min()) for name in ("base_answer_mass", "persona_answer_mass"))
    return [
        Measured("dilemmas: chance of the likelier answer, base prompt", base, 0.9),
        Measured("dilemmas: the same, personas", _confidence(results.persona_gap), 0.55, 0.85),
        Measured(
            "dilemmas: liking for the letter B in logits, base prompt",
            float(results.positional_bias.mean()),
            -1.2,
            -0.4,
        ),
        Measured("dilemmas: the same, personas", float(persona_bias), -0.5, 0.0),
        Measured(
            "personas: shift of the base answer in logits, standard deviation over attributes",
            float(shift.std()),
            1.0,
        ),
        Measured(
            "personas: standard deviation over a country's four, in logits", float(between), 0.1
        ),
        Measured(
            "mean misalignment of DISCA (paper) minus vanilla's", steered - vanilla, -1.0, -0.1
        ),
        Measured("dilemmas: least probability of the answers A and B together", mass, 0.95),
    ]


def of_sentences(dilemmas: Dilemmas) -> list[Measured]:
    """Measure how sentences of one country's speakers parse, agree with letters, and are judged."""
    pack, model = load_pack("en"), dilemmas.model
    texts = (str(text) for text in dilemmas.panel.persona_prompt.values[0])
    choices = (*pack.labels, "UNCERTAIN")
    spoken, letters, questions = [], [], []
    groups = list(zip(dilemmas.choices.option_a, dilemmas.choices.option_b, strict=True))
    for system in (None, *texts):
        for first, second in groups:
            pair = (str(first.item()), str(second.item()))
            spoken.append((pair, free_answer(pack, *pair, system=system)))
            letters.append(dilemma(pack, *pair, system=system))
    said = model.generate([prompt for _, prompt in spoken], max_new_tokens=16)
    read = [choice(text, pair) for text, (pair, _) in zip(said, spoken, strict=True)]
    questions = [
        verdict(pack, prompt.user, text, choices)
        for text, (_, prompt) in zip(said, spoken, strict=True)
    ]
    judged = [judgement(text) for text in model.generate(questions, max_new_tokens=24)]
    scores = model.score(letters, pack.labels).log_probs
    gaps = scores[:, 1] - scores[:, 0]
    clear = [
        given == pack.labels[int(gap > 0)]
        for given, gap in zip(read, gaps, strict=True)
        if abs(gap) > _NEAR_TIE and given in pack.labels
    ]
    pairs = zip(read, judged, strict=True)
    agreed = [given == verdict_ for given, verdict_ in pairs if given is not None]
    matched = [
        names_its_group(text, pair)
        for text, given, (pair, _) in zip(said, read, spoken, strict=True)
        if given in pack.labels
    ]
    return [
        Measured("sentences that parse", float(np.mean([r is not None for r in read])), 0.95),
        Measured("sentences that name the group of their letter", _share(matched), 0.85),
        Measured(
            "sentences that choose as the letter does, near ties left out", _share(clear), 0.9
        ),
        Measured("verdicts that parse", float(np.mean([j is not None for j in judged])), 0.95),
        Measured("verdicts that agree with the sentence", _share(agreed), 0.9),
    ]


def choice(text: str, groups: tuple[str, str]) -> str | None:
    """Return A or B when the sentence has the fixed form with one of the groups, or UNCERTAIN."""
    forms = {f"I choose {letter}. Save {group}.": letter for letter in "AB" for group in groups}
    return {**forms, "I cannot choose.": "UNCERTAIN"}.get(text.strip())


def names_its_group(text: str, groups: tuple[str, str]) -> bool:
    """Return whether the group that a sentence names stands under the letter that it chooses."""
    forms = (
        f"I choose {letter}. Save {group}." for letter, group in zip("AB", groups, strict=True)
    )
    return text.strip() in set(forms)


def judgement(text: str) -> str | None:
    """Return the choice of a verdict, None where it is not in the fixed form."""
    try:
        content = json.loads(text)
    except json.JSONDecodeError:
        return None
    known = isinstance(content, dict) and set(content) == {"choice", "confidence"}
    return str(content["choice"]) if known else None


def _share(held: list[bool]) -> float:
    """Return the share of what holds."""
    return float(np.mean(held))


def _confidence(gaps: xr.DataArray) -> float:
    """Return the mean probability of the likelier answer at the decision temperature of 1/2."""
    return float((1 / (1 + np.exp(-np.abs(gaps) / 0.5))).mean())
