"""Which tokens stand for an answer: worked by hand, and with tokenizers that merge."""

from __future__ import annotations

import pytest

from disca_nb.errors import InputError
from disca_nb.models.batches import Row, rows_of
from disca_nb.models.option_tokens import OptionTokens, option_tokens

AB = ["A", "B"]


@pytest.mark.parametrize(
    ("prompt", "encoded", "prefix", "continuations"),
    [
        ([7, 8], [[7, 8, 1], [7, 8, 2]], (7, 8), ((1,), (2,))),
        ([7, 8], [[7, 11], [7, 12]], (7,), ((11,), (12,))),  # ":" and the letter are one token
        ([7, 8], [[7, 11], [7, 8, 2]], (7,), ((11,), (8, 2))),  # only ":A" is one
        ([7, 8], [[7, 8, 1, 4], [7, 8, 2]], (7, 8), ((1, 4), (2,))),
        ([7, 8], [[7, 8, 9, 1], [7, 8, 9, 2]], (7, 8), ((9, 1), (9, 2))),  # " " before both
    ],
)
def test_by_hand(
    prompt: list[int],
    encoded: list[list[int]],
    prefix: tuple[int, ...],
    continuations: tuple[tuple[int, ...], ...],
) -> None:
    assert option_tokens(prompt, encoded, AB) == OptionTokens(prefix, continuations)


def test_a_tokenizer_that_merges_the_colon_and_the_letter() -> None:
    tokenizers = pytest.importorskip("tokenizers")
    vocab = {"Q": 0, ":": 1, "A": 2, "B": 3, ":A": 4, ":B": 5}
    merges = [(":", "A"), (":", "B")]
    backend = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocab, merges=merges))
    prompt, *encoded = (backend.encode(text).ids for text in ("Q:", "Q:A", "Q:B"))
    assert (prompt, encoded) == ([0, 1], [[0, 4], [0, 5]])
    assert option_tokens(prompt, encoded, AB) == OptionTokens((0,), ((4,), (5,)))


@pytest.mark.parametrize(
    ("encoded", "options", "words"),
    [
        ([[7, 1], [7, 1]], ["A", "A"], "option 'A' begin those of 'A'"),
        ([[7, 1], [7, 1, 2]], ["A", "Apple"], "option 'A' begin those of 'Apple'"),
        ([[7], [7, 2]], ["", "B"], "option '' begin those of 'B'"),
        ([[7, 1, 2], [7, 3], [7, 1]], ["ten", "two", "t"], "option 't' begin those of 'ten'"),
        ([[1], [2]], ["A", "B"], "No token stands before the options 'A', 'B'"),
        ([[7, 1]], ["A"], "There are 1 options"),
    ],
)
def test_options_that_cannot_be_told_apart(
    encoded: list[list[int]], options: list[str], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        option_tokens([7], encoded, options)


def test_letters_share_one_sequence() -> None:
    found = OptionTokens((7, 8), ((1,), (2,), (3,)))
    assert rows_of(found) == [Row((7, 8), ((0, 1, 1), (1, 1, 2), (2, 1, 3)))]


def test_a_longer_answer_is_read_but_for_its_last_token() -> None:
    found = OptionTokens((7, 8), ((1, 4, 5), (2,), (3, 6)))
    # The first sequence begins with the prompt, so that it serves the one-token option too.
    assert rows_of(found) == [
        Row((7, 8, 1, 4), ((0, 1, 1), (0, 2, 4), (0, 3, 5), (1, 1, 2))),
        Row((7, 8, 3), ((2, 1, 3), (2, 2, 6))),
    ]
