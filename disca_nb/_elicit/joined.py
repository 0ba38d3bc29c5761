"""One plan of several: prompts that have different options, asked in a single run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from disca_nb._elicit.scoring import plan_of
from disca_nb.errors import PromptTooLongError
from disca_nb.models.protocol import LanguageModel, OptionScores, ScoringPlan
from disca_nb.prompts import Prompt

__all__ = ["Group", "JoinedPlan", "joined"]


@dataclass(frozen=True)
class Group:
    """Prompts that are answered by the same options.

    Attributes
    ----------
    prompts : tuple of Prompt
        Each different prompt once.
    options : tuple of str
        What is scored as the answer.
    """

    prompts: tuple[Prompt, ...]
    options: tuple[str, ...]


class JoinedPlan:
    """Plans of several groups as one, the chunks of a group after those of the group before.

    Parameters
    ----------
    groups : sequence of Group
        What is asked; a prompt's place counts from the first prompt of the first group.
    plans : sequence of ScoringPlan
        One for each.

    Attributes
    ----------
    chunks : tuple of tuple of int
        Places of the prompts that are scored together.
    widths : tuple of int
        For each chunk how many options its prompts have.
    """

    def __init__(self, groups: Sequence[Group], plans: Sequence[ScoringPlan]) -> None:
        self._groups, self._plans = tuple(groups), tuple(plans)
        self._own = [(plan, i) for plan in plans for i in range(len(plan.chunks))]
        chunks: list[tuple[int, ...]] = []
        widths: list[int] = []
        first = 0
        for group, plan in zip(groups, plans, strict=True):
            chunks += [tuple(first + place for place in chunk) for chunk in plan.chunks]
            widths += [len(group.options)] * len(plan.chunks)
            first += len(group.prompts)
        self.chunks, self.widths = tuple(chunks), tuple(widths)
        self._rows: int | None = None

    @property
    def manifest(self) -> Mapping[str, object]:
        """What the chunks follow from, group by group."""
        said = [
            {"options": len(group.options), "prompts": len(group.prompts), **plan.manifest}
            for group, plan in zip(self._groups, self._plans, strict=True)
        ]
        return {"chunks": len(self.chunks), "groups": said}

    @property
    def rows_at_once(self) -> int | None:
        """The most rows that are read together, once memory has run out; None before."""
        return self._rows

    @rows_at_once.setter
    def rows_at_once(self, rows: int) -> None:
        self._rows = rows
        for plan in self._plans:
            if hasattr(plan, "rows_at_once"):
                plan.rows_at_once = rows

    def describe(self) -> str:
        """Return what will be done, group by group."""
        return "\n".join(
            f"Of {len(group.options)} options: {plan.describe()}"
            for group, plan in zip(self._groups, self._plans, strict=True)
        )

    def score(self, chunk: int) -> OptionScores:
        """Return how likely each option is, in the order of ``chunks[chunk]``."""
        plan, own = self._own[chunk]
        found = plan.score(own)
        # Memory that ran out for one group would run out for the next.
        if (rows := getattr(plan, "rows_at_once", None)) is not None:
            self.rows_at_once = rows
        return found


def joined(model: LanguageModel, groups: Sequence[Group]) -> JoinedPlan:
    """Return in which chunks a model will score groups of prompts.

    Parameters
    ----------
    model : LanguageModel
        Who will be asked.
    groups : sequence of Group
        What.

    Returns
    -------
    JoinedPlan

    Raises
    ------
    PromptTooLongError
        For the first group with prompts that are too long, by their places among all prompts.
    InputError
        As the model's own plan raises it.
    """
    plans, first = [], 0
    for group in groups:
        try:
            plans.append(plan_of(model, group.prompts, group.options))
        except PromptTooLongError as error:
            tokens = {first + place: number for place, number in error.tokens.items()}
            raise PromptTooLongError(str(error), tokens, error.limit) from None
        first += len(group.prompts)
    return JoinedPlan(groups, plans)
