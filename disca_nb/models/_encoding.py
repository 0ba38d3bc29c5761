"""From the texts that a model reads to tokens, each text in full no more than once.

A tokenizer first cuts a text at its special tokens and encodes the pieces by themselves, so that
another answer changes only what follows the last of them: in most chat formats a few characters,
which all prompts of a run share. Where that cannot be seen every answer is encoded in full.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from disca_nb.models.option_tokens import OptionTokens, option_tokens

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

__all__ = ["Encoder"]

# A longer end is a text of its own rather than the close of a chat format.
_LONGEST_END = 80


class Encoder:
    """Encodes texts, and texts with answers after them.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerBase
        The model's.
    templated : bool
        Whether a chat template has put in all special tokens; otherwise a text gets the token
        with which the tokenizer begins one.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, *, templated: bool) -> None:
        self.tokenizer = tokenizer
        begin = tokenizer.bos_token_id
        begins = not templated and tokenizer("")["input_ids"][:1] == [begin]
        self._begin: list[int] = [begin] if begins else []
        # Only these are cut out before anything else happens to a text.
        self._marks = {
            token: str(added.content)
            for token, added in tokenizer.added_tokens_decoder.items()
            if tokenizer.is_fast and not added.normalized
        }
        self._ends: dict[str, list[int]] = {}

    def rows(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the tokens of each text."""
        return [self._begin + row for row in self._bare(texts)]

    def choices(self, texts: Sequence[str], options: Sequence[str]) -> list[OptionTokens]:
        """Return the tokens of each text and of every option as what follows it.

        Parameters
        ----------
        texts : sequence of str
            What the model reads, up to where its answer begins.
        options : sequence of str
            At least one.

        Returns
        -------
        list of OptionTokens
            What `option_tokens` makes of each text, alone and with every option, in full.
        """
        first = self.rows([text + options[0] for text in texts])
        rest = ("", *options[1:])
        found = [
            self._by_end(text, row, options[0], rest)
            for text, row in zip(texts, first, strict=True)
        ]
        open_ = [i for i, rows in enumerate(found) if rows is None]
        full = [self.rows([texts[i] + option for i in open_]) for option in rest]
        for i, *rows in zip(open_, *full, strict=True):
            found[i] = rows
        return [
            option_tokens(rows[0], [row, *rows[1:]], options)
            for row, rows in zip(first, found, strict=True)
            if rows is not None
        ]

    def _by_end(
        self, text: str, row: list[int], option: str, rest: Sequence[str]
    ) -> list[list[int]] | None:
        """Return the tokens of a text with other options, or None where only its end says them.

        ``row`` is the text with ``option``, whose own end has to come out as it does in full.
        """
        cut = next((i for i in reversed(range(len(row))) if row[i] in self._marks), None)
        if cut is None:
            return None
        _, mark, tail = text.rpartition(self._marks[row[cut]])
        if not mark or len(tail) > _LONGEST_END or self._end(mark + tail + option) != row[cut:]:
            return None
        return [row[:cut] + self._end(mark + tail + other) for other in rest]

    def _end(self, text: str) -> list[int]:
        """Return the tokens of the end of a text, kept for the next one that ends so."""
        if text not in self._ends:
            self._ends[text] = self._bare([text])[0]
        return self._ends[text]

    def _bare(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the tokens of texts, with no special one added."""
        if not texts:
            return []
        rows: list[list[int]] = self.tokenizer(list(texts), add_special_tokens=False)["input_ids"]
        return rows
