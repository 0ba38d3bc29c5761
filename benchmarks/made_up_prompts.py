"""Prompts of an exact number of tokens in made-up words, and a tokenizer with one token per word.

What is asked has the package's own frame, so that a speaker's prompts share what they share in
earnest: the system text, the first sentence and the beginning of the first line.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from disca_nb.prompts import Prompt, dilemma, load_pack

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

__all__ = ["OPTIONS", "PERSONA", "SCENARIO", "SCENARIOS", "make_prompts", "make_tokenizer"]

PERSONA, SCENARIO = 120, 160
"""Tokens before the user's words, and from there to where the answer begins."""

COUNTRIES, SPEAKERS, SCENARIOS = ("XAA", "XAB"), ("base", "young", "middle", "older", "all"), 24
OPTIONS = ("A", "B")

# <|im_start|> system … <|im_end|> <|im_start|> user, and <|im_end|> <|im_start|> assistant.
_AROUND_SYSTEM, _AFTER_USER = 5, 3
_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_SPECIAL = ("<pad>", "<unk>", "<|im_start|>", "<|im_end|>")
_ROLES = ("system", "user", "assistant")
_SYLLABLES = [first + second for first, second in product("bdfgklmnprstvz", "aeiou")]
_WORDS = ["".join(pair) for pair in product(_SYLLABLES, repeat=2)]


def make_prompts(scenarios: int = SCENARIOS) -> list[Prompt]:
    """Return what two countries' speakers are asked in both orders, every prompt another.

    Parameters
    ----------
    scenarios : int
        How many; their words hang on their number alone.

    Returns
    -------
    list of Prompt
        By country, speaker (the base, too, has a text of its own in each country), scenario and
        order.

    Examples
    --------
    >>> prompts = make_prompts(3)
    >>> len(prompts), len(set(prompts))
    (60, 60)
    """
    pack = load_pack("en")
    pairs = [_options(f"scenario {i}") for i in range(scenarios)]
    return [
        dilemma(pack, *pair, system=system, exchanged=exchanged)
        for country, speaker in product(COUNTRIES, SPEAKERS)
        for system in [_words(f"{country} {speaker}", PERSONA - _AROUND_SYSTEM)]
        for pair in pairs
        for exchanged in (False, True)
    ]


def make_tokenizer() -> PreTrainedTokenizerFast:
    """Return a tokenizer with one token for each word and mark, and a chat template.

    White space separates words and has no tokens.
    """
    import transformers
    from tokenizers import Tokenizer, models, pre_tokenizers

    frame = dict.fromkeys([*_ROLES, *OPTIONS, *_frame()])
    vocabulary = {word: i for i, word in enumerate([*_SPECIAL, *frame, *_WORDS])}
    backend = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))  # noqa: S106 - a token
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    backend.add_special_tokens(list(_SPECIAL))
    pad, unknown, _, end = _SPECIAL
    special = {"pad_token": pad, "unk_token": unknown, "eos_token": end}
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=backend, **special)
    tokenizer.chat_template = _TEMPLATE
    return tokenizer


def _frame() -> list[str]:
    """Return the words and marks of a dilemma that has no options."""
    return re.findall(r"\w+|[^\w\s]", dilemma(load_pack("en"), "", "").user)


def _options(label: str) -> tuple[str, str]:
    """Return two options that together fill up a scenario."""
    together = SCENARIO - _AFTER_USER - len(_frame())
    words = _words(label, together).split()
    return " ".join(words[: together // 2]), " ".join(words[together // 2 :])


def _words(label: str, number: int) -> str:
    """Return words that hang on the label alone."""
    seed = int.from_bytes(blake2b(label.encode(), digest_size=8).digest(), "big")
    return " ".join(np.random.default_rng(seed).choice(_WORDS, number))
