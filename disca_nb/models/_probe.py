"""A few rows of tokens on which a model is tried: a beginning, and what follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from disca_nb.models.option_tokens import OptionTokens

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["LONGEST", "probe"]

# What follows is short, of several lengths, and once a single token.
_BEGINNING, _ENDS = 24, (9, 5, 1)
_OPTIONS = 16

LONGEST = _BEGINNING + max(_ENDS)
"""Tokens of the longest row."""


def probe(network: PreTrainedModel) -> tuple[tuple[int, ...], list[OptionTokens]]:
    """Return a beginning, and rows of several lengths that have it.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        Whose tokens are taken: a fixed walk through its vocabulary.

    Returns
    -------
    tuple of int
        The beginning.
    list of OptionTokens
        Three rows, with 16 tokens of the vocabulary as options.
    """
    known = int(network.get_input_embeddings().weight.shape[0])
    walk = [(7919 * i + 13) % known for i in range(_BEGINNING + sum(_ENDS))]
    options = tuple((i * known // _OPTIONS,) for i in range(_OPTIONS))
    prefix, rest = tuple(walk[:_BEGINNING]), walk[_BEGINNING:]
    ends = [rest[sum(_ENDS[:i]) :][:end] for i, end in enumerate(_ENDS)]
    return prefix, [OptionTokens(prefix + tuple(end), options) for end in ends]
