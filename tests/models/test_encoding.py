"""Texts with answers after them: the tokens of the whole text, though it is encoded once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import tiny_models
from hypothesis import given, settings
from hypothesis import strategies as st

from disca_nb.models._encoding import Encoder
from disca_nb.models.chat import PLAIN, chat_format
from disca_nb.models.option_tokens import OptionTokens, option_tokens
from disca_nb.prompts import Prompt

transformers = pytest.importorskip("transformers", reason="needs transformers")

INST = "<s>{% for m in messages %}[INST] {{ m.content }} [/INST]{% endfor %}"
OPTIONS = (["A", "B"], ["A)", "B)", "neither"], ["<|im_end|>A", "B"], [" yes", "no", "\nno way"])
TOKENIZER: Any = None


def tokenizer() -> Any:  # noqa: ANN401 - a class of a library without types
    """Return a tokenizer, trained once."""
    global TOKENIZER  # noqa: PLW0603
    TOKENIZER = TOKENIZER or tiny_models.trained_tokenizer()
    return TOKENIZER


def merging() -> Any:  # noqa: ANN401 - as above
    """Return a tokenizer that merges the end of a text with an answer."""
    import tokenizers

    vocab = {"Q": 0, ":": 1, "A": 2, "B": 3, ":A": 4, "\n": 5, "<m>": 6}
    backend = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocab, merges=[(":", "A")]))
    made = transformers.PreTrainedTokenizerFast(tokenizer_object=backend)
    made.add_special_tokens({"additional_special_tokens": ["<m>"]})
    return made


def in_full(encoder: Encoder, text: str, options: Sequence[str]) -> OptionTokens:
    """Return what every option gives when it is encoded with the whole text."""
    alone, *rows = encoder.rows([text, *(text + option for option in options)])
    return option_tokens(alone, rows, options)


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("template", [tiny_models.CHATML, INST, PLAIN])
def test_tokens_are_those_of_the_whole_text(template: str, options: list[str]) -> None:
    chat = chat_format(tokenizer(), template, "tiny")
    encoder = Encoder(tokenizer(), templated=template != PLAIN)
    prompts = [Prompt("", "Which?"), Prompt("Be <|im_start|>brief.", "A or B?" * 30, "(")]
    texts = [chat.text(prompt) for prompt in prompts]
    assert encoder.choices(texts, options) == [in_full(encoder, text, options) for text in texts]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="AB:\n <>|sim_end/é", max_size=12), min_size=1, max_size=3))
def test_no_end_of_a_text_leads_astray(ends: list[str]) -> None:
    encoder = Encoder(tokenizer(), templated=True)
    texts = [f"Which is it? <|im_start|>{end}" for end in ends]
    expected = [in_full(encoder, text, ["A", "B"]) for text in texts]
    assert encoder.choices(texts, ["A", "B"]) == expected


def test_an_answer_that_merges_with_the_end() -> None:
    encoder = Encoder(merging(), templated=True)
    found = encoder.choices(["Q<m>Q:"], ["A", "B"])
    assert found == [OptionTokens((0, 6, 0), ((4,), (1, 3)))]
    assert encoder.choices(["Q:", "Q<m>"], ["A", "B"]) == [
        OptionTokens((0,), ((4,), (1, 3))),
        OptionTokens((0, 6), ((2,), (3,))),
    ]


def test_a_long_text_is_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, read = Encoder(tokenizer(), templated=True), list[str]()
    bare = encoder._bare

    def counted(texts: Sequence[str]) -> list[list[int]]:
        read.extend(texts)
        return bare(texts)

    monkeypatch.setattr(encoder, "_bare", counted)
    chat = chat_format(tokenizer(), None, "tiny")
    texts = [chat.text(Prompt("", f"Which of {number}?")) for number in range(9)]
    encoder.choices(texts, ["A", "B"])
    assert [text for text in read if "Which" in text] == [f"{text}A" for text in texts]
    # Their ends are the same, and each is encoded once.
    assert len(read) == len(texts) + 3
