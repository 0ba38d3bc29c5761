"""The judge: a model that reads in an answer which option, and so which stance, it takes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import xarray as xr

from disca_nb._values.open_texts import verdict_prompt, written
from disca_nb.errors import InputError
from disca_nb.models import embedded
from disca_nb.models.protocol import LanguageModel
from disca_nb.prompts import Prompt

__all__ = ["UNCERTAIN", "Verdict", "judged", "read_verdict", "verdict_prompts", "verdicts_of"]

UNCERTAIN = "UNCERTAIN"
"""What a judge chooses where an answer takes no side."""

_KEY = "choice"
_FENCED = re.compile(r"```(?:json)?[ \t]*\n(.*)\n[ \t]*```", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Verdict:
    """What a judge made of an answer.

    Attributes
    ----------
    stance : str
        The stance that it reads in the answer, `UNCERTAIN`, or "" where its reply is off the
        format.
    reply : str
        What it wrote.
    """

    stance: str
    reply: str


def judged(
    model: LanguageModel,
    questions: xr.Dataset,
    answers: Sequence[str],
    *,
    max_new_tokens: int = 64,
) -> list[Verdict]:
    """Let a model judge what answers in words say.

    It is shown the question, the answer and the question's own options, and says which option the
    answer chooses, or that it is uncertain. What the option says of the topic is then looked up,
    so that a judge need not know of the topic. The embedded model was taught to name stances
    instead, and is asked for them.

    Parameters
    ----------
    model : LanguageModel
        The judge; it needs ``generate(prompts, max_new_tokens=...)`` as well.
    questions : xarray.Dataset
        Value questions, ``wording`` × ``option``.
    answers : sequence of str
        One for each wording.
    max_new_tokens : int
        Where a reply that does not end is cut off.

    Returns
    -------
    list of Verdict

    Raises
    ------
    InputError
        For another number of answers than of wordings, or a judge that does not return one text
        for each.

    References
    ----------
    Moore et al., arXiv 2407.02996, for stances read by a model; the words are this project's.

    Examples
    --------
    >>> from disca_nb.datasets.values.shipped import sample_questions
    >>> class Judge:
    ...     name, manifest = "judge", {}
    ...
    ...     def generate(self, prompts, *, max_new_tokens):
    ...         return ['{"choice": "yes"}', "Yes, it says."][: len(prompts)]
    >>> questions = sample_questions("en").isel(wording=[4, 5])
    >>> [verdict.stance for verdict in judged(Judge(), questions, ["Sure."] * 2)]
    ['opposes', '']
    """
    prompts = verdict_prompts(model, questions, answers)
    return verdicts_of(model, questions, written(model, prompts, max_new_tokens))


def verdict_prompts(
    model: LanguageModel, questions: xr.Dataset, answers: Sequence[str]
) -> list[Prompt]:
    """Return what a judge is asked about each answer.

    Raises
    ------
    InputError
        For another number of answers than of wordings.
    """
    number = questions.sizes["wording"]
    if len(answers) != number:
        raise InputError(
            f"There are {len(answers)} answers to {number} wordings; give one for each."
        )
    rows = zip(
        questions["wording_language"].values.tolist(),
        questions["wording_text"].values.tolist(),
        answers,
        _known(model, questions),
        strict=True,
    )
    return [
        verdict_prompt(language, text, said, list(known)) for language, text, said, known in rows
    ]


def verdicts_of(
    model: LanguageModel, questions: xr.Dataset, replies: Sequence[str]
) -> list[Verdict]:
    """Return what a judge's replies say, one for each wording."""
    rows = zip(replies, _known(model, questions), strict=True)
    return [Verdict(known.get(read_verdict(reply, known), ""), reply) for reply, known in rows]


def read_verdict(reply: str, known: Sequence[str] | Mapping[str, str]) -> str:
    r"""Return the choice that a reply names; "" where it is off the format.

    A reply is one JSON object, alone or in a code fence, that names a known choice, but for upper
    and lower case, under "choice" or as its only entry. Nothing is guessed from other texts.

    Parameters
    ----------
    reply : str
        What a judge wrote.
    known : sequence or mapping of str
        The choices.

    Examples
    --------
    >>> known = ["supports", "opposes", "UNCERTAIN"]
    >>> read_verdict('{"choice": "opposes", "confidence": 0.9}', known)
    'opposes'
    >>> read_verdict('```json\n{"verdict": "Supports"}\n```', known)
    'supports'
    >>> read_verdict("It opposes.", known)
    ''
    """
    found = _object(reply)
    if _KEY in found:
        chosen = found[_KEY]
    else:
        chosen = next(iter(found.values())) if len(found) == 1 else None
    if not isinstance(chosen, str):
        return ""
    exact = [each for each in known if each == chosen.strip()]
    alike = [each for each in known if each.casefold() == chosen.strip().casefold()]
    return next((each[0] for each in (exact, alike) if len(each) == 1), "")


def _object(reply: str) -> Mapping[str, object]:
    """Return the JSON object that a reply is, empty where it is none or has a name twice."""
    text = reply.strip()
    fenced = _FENCED.fullmatch(text)
    try:
        pairs = json.loads(fenced[1] if fenced else text, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(pairs, _Pairs) or len({name for name, _ in pairs}) < len(pairs):
        return {}
    return dict(pairs)


class _Pairs(list[tuple[str, object]]):
    """Entries of a JSON object, to be told from a list."""


def _known(model: LanguageModel, questions: xr.Dataset) -> list[dict[str, str]]:
    """Return for each wording what the judge chooses from, and the stance of each choice."""
    texts = questions["option_text"].transpose("wording", "option").values.tolist()
    stances = questions["option_stance"].transpose("wording", "option").values.tolist()
    by_stance = model.manifest.get("notice") == embedded.NOTICE
    found = []
    for row, said in zip(texts, stances, strict=True):
        offered = {text: stance for text, stance in zip(row, said, strict=True) if text}
        if by_stance:
            order = ("supports", "opposes", "neutral")
            offered = {stance: stance for stance in order if stance in offered.values()}
        found.append({**offered, UNCERTAIN: UNCERTAIN})
    return found
