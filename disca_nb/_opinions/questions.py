"""All prompts of a survey: every prompting, question and order, each different prompt once."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb._elicit.joined import Group
from disca_nb._opinions.orders import Orders, Permutation, orders_of, positions
from disca_nb._opinions.promptings import Prompting, country_text
from disca_nb.errors import InputError
from disca_nb.prompts import Prompt, SurveyFrames

__all__ = ["Places", "SurveyQuestions", "survey_prompt", "survey_questions"]

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SurveyQuestions:
    """What is asked, and where each answer belongs.

    Attributes
    ----------
    groups : tuple of Group
        Each different prompt once, those with the same letters together.
    orders : tuple of str
        Labels of the orders.
    places : numpy.ndarray
        Position among the prompts of all groups, one group after the other; shape (prompting,
        question, order), -1 where a question has no such order.
    positions : numpy.ndarray
        Place of each option, from 1 on; shape (order, question, option), 0 where there is none.
    """

    groups: tuple[Group, ...]
    orders: tuple[str, ...]
    places: Places
    positions: Places

    @property
    def prompts(self) -> int:
        """How many different prompts there are."""
        return sum(len(group.prompts) for group in self.groups)

    @functools.cached_property
    def sha256(self) -> str:
        """Hash of all prompts with their letters, in their order."""
        texts = [
            [group.options, [[each.system, each.user, each.prefix] for each in group.prompts]]
            for group in self.groups
        ]
        return hashlib.sha256(json.dumps(texts, ensure_ascii=False).encode()).hexdigest()


def survey_prompt(
    frames: SurveyFrames,
    question: str,
    options: Sequence[str],
    *,
    country: str = "",
    order: Sequence[int] | None = None,
) -> Prompt:
    """Return the prompt of a question with lettered options.

    Parameters
    ----------
    frames : SurveyFrames
        Texts around the question.
    question : str
        The question.
    options : sequence of str
        Its options; figures are shown as they are, behind letters.
    country : str
        A country's name as it stands in the frame: the prompt then asks how someone from there
        would answer.
    order : sequence of int, optional
        Which option stands at each letter; as given by default.

    Returns
    -------
    Prompt
        In English the prompt of `disca_nb.prompts.questions.survey_question`.

    Examples
    --------
    >>> from disca_nb.prompts import load_frames
    >>> print(survey_prompt(load_frames("en"), "Tea?", ["often", "never"], order=[1, 0]).user)
    Tea?
    (A) never
    (B) often
    Reply with one letter.
    """
    lines = [
        frames.option.format(letter=letter, text=options[place])
        for letter, place in zip(
            frames.letters, range(len(options)) if order is None else order, strict=False
        )
    ]
    parts = {"question": question, "options": "\n".join(lines)}
    if country:
        user = frames.survey_of_country.format(country=country, **parts)
    else:
        user = frames.survey.format(**parts)
    return Prompt(frames.system, user, frames.option_prefix)


def survey_questions(
    bank: xr.Dataset, promptings: Sequence[Prompting], orders: Orders, *, seed: int
) -> SurveyQuestions:
    """Return the prompts of every question under every prompting in every order.

    Parameters
    ----------
    bank : xarray.Dataset
        As `checked_bank` returns.
    promptings : sequence of Prompting
        How it is asked.
    orders : {"two", "exhaustive"} or int
        In which orders options are shown.
    seed : int
        Of drawn orders.

    Returns
    -------
    SurveyQuestions

    Raises
    ------
    InputError
        When a question has more options than there are letters.
    """
    labels = [str(label) for label in bank["question"].values]
    counts = bank["n_options"].values.tolist()
    shown = [orders_of(q, n, orders, seed=seed) for q, n in zip(labels, counts, strict=True)]
    known = tuple(dict.fromkeys(order for each in shown for order in each))
    seen: dict[str, dict[Prompt, int]] = {}
    places = np.full((len(promptings), len(labels), len(known)), -1, dtype=np.int64)
    for i, prompting in enumerate(promptings):
        _check_letters(prompting.frames, labels, counts)
        country = _country(bank, prompting)
        for j, each in enumerate(shown):
            for order, permutation in each.items():
                asked = _prompt(prompting, j, country, permutation)
                group = seen.setdefault(prompting.frames.letters[: counts[j]], {})
                places[i, j, known.index(order)] = group.setdefault(asked, len(group))
    _count_through(places, promptings, counts, seen)
    groups = tuple(Group(tuple(seen[letters]), tuple(letters)) for letters in _sorted(seen))
    return SurveyQuestions(groups, known, places, _positions(shown, known, bank.sizes["option"]))


def _prompt(prompting: Prompting, question: int, country: str, order: Permutation) -> Prompt:
    """Return the prompt of a question under a prompting."""
    texts = prompting.texts
    asked, options = texts.questions[question], texts.options[question]
    return survey_prompt(prompting.frames, asked, options, country=country, order=order)


def _country(bank: xr.Dataset, prompting: Prompting) -> str:
    """Return how the country of a prompting is called, empty for none."""
    if not prompting.country:
        return ""
    names = bank["country_name"] if "country_name" in bank.variables else bank["country"]
    name = names.values[bank["country"].values == prompting.country][0]
    return country_text(prompting.frames, prompting.country, str(name))


def _check_letters(frames: SurveyFrames, labels: list[str], counts: list[int]) -> None:
    """Raise when a question has more options than there are letters."""
    for label, number in zip(labels, counts, strict=True):
        if number > len(frames.letters):
            raise InputError(
                f"The question {label!r} has {number} options, and there are "
                f"{len(frames.letters)} letters in {frames.language!r}; leave the question out."
            )


def _sorted(letters: dict[str, dict[Prompt, int]]) -> list[str]:
    """Return the groups, those of few options first."""
    return sorted(letters, key=lambda each: (len(each), each))


def _count_through(
    places: Places,
    promptings: Sequence[Prompting],
    counts: list[int],
    seen: dict[str, dict[Prompt, int]],
) -> None:
    """Have places count from the first prompt of the first group."""
    sizes = [len(seen[letters]) for letters in _sorted(seen)]
    first = dict(zip(_sorted(seen), np.cumsum([0, *sizes[:-1]]).tolist(), strict=True))
    for i, prompting in enumerate(promptings):
        starts = np.array([first[prompting.frames.letters[:number]] for number in counts])
        places[i] = np.where(places[i] < 0, -1, places[i] + starts[:, None])


def _positions(shown: list[dict[str, Permutation]], known: tuple[str, ...], width: int) -> Places:
    """Return the place of each option by order and question."""
    found = np.zeros((len(known), len(shown), width), dtype=np.int64)
    for j, each in enumerate(shown):
        for order, permutation in each.items():
            found[known.index(order), j, : len(permutation)] = positions(permutation)
    return found
