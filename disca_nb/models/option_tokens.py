"""Which tokens stand for an answer: found by encoding prompt and answer together, in full.

A lone "A" may be another token than the "A" that follows a prompt, and a tokenizer may merge the
prompt's last character with it, so options are never encoded by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from disca_nb.errors import InputError

__all__ = ["OptionTokens", "option_tokens"]


@dataclass(frozen=True)
class OptionTokens:
    """Tokens of a prompt, and of each option as what follows them.

    Attributes
    ----------
    prefix : tuple of int
        What all options share. It may be shorter than the prompt's own encoding.
    continuations : tuple of tuple of int
        What follows ``prefix``, one for each option.
    """

    prefix: tuple[int, ...]
    continuations: tuple[tuple[int, ...], ...]

    @property
    def tokens(self) -> int:
        """Tokens that a model reads to score the longest option, whose last one it does not."""
        return len(self.prefix) + max(map(len, self.continuations)) - 1

    @property
    def highest(self) -> int:
        """The highest token of all."""
        return max(self.prefix + sum(self.continuations, ()))


def option_tokens(
    prompt: Sequence[int], encoded: Sequence[Sequence[int]], options: Sequence[str]
) -> OptionTokens:
    """Cut encodings of prompt + option into what they share and what each adds.

    Tokens that all options share beyond the prompt stay with the options: they change no gap, but
    belong to the probability of an answer.

    Parameters
    ----------
    prompt : sequence of int
        Encoding of the prompt alone.
    encoded : sequence of sequence of int
        Encodings of the prompt with each option after it.
    options : sequence of str
        The options, for messages.

    Returns
    -------
    OptionTokens

    Raises
    ------
    InputError
        When there are fewer than two options, nothing stands before them, or the tokens of one
        begin another's (so that the one would count the other's probability too).

    Examples
    --------
    >>> option_tokens([7, 8], [[7, 8, 1], [7, 8, 2]], ["A", "B"])
    OptionTokens(prefix=(7, 8), continuations=((1,), (2,)))

    A tokenizer that merges ":A" leaves the prompt's ":" to the options:

    >>> option_tokens([7, 8], [[7, 11], [7, 12]], ["A", "B"])
    OptionTokens(prefix=(7,), continuations=((11,), (12,)))
    """
    if len(options) < 2:
        raise InputError(f"There are {len(options)} options; a choice needs at least two.")
    rows = [list(row) for row in encoded]
    # One column of tokens after the other, up to the first that differs.
    columns = zip(prompt, *rows, strict=False)
    cut = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))
    rests = [tuple(row[cut:]) for row in rows]
    if not cut:
        raise InputError(
            f"No token stands before the options {', '.join(map(repr, options))}; "
            "give the prompt a text or the tokenizer a token that begins a text."
        )
    for i, one in enumerate(rests):
        for j, other in enumerate(rests):
            if i != j and other[: len(one)] == one:
                raise InputError(
                    f"The tokens of option {options[i]!r} begin those of {options[j]!r}; "
                    "choose options that differ from their first token on, such as letters."
                )
    return OptionTokens(tuple(rows[0][:cut]), tuple(rests))
