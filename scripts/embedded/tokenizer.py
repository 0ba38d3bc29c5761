"""The tokenizer of the embedded model: byte-level BPE over the corpus, with a chat template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded.corpus import N_ROWS, rows

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SIZE = 1536
CONTEXT = 512
PAD, END, SYSTEM, USER, ASSISTANT = SPECIAL = (
    *("<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"),
)
TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
_PLACES = range(0, N_ROWS, 10)


def train() -> Tokenizer:
    """Return a tokenizer trained on every tenth row of the corpus, the same one every time."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE,
        special_tokens=[AddedToken(token, special=True) for token in SPECIAL],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_texts(), trainer)
    return tokenizer


def config() -> dict[str, object]:
    """Return the content of tokenizer_config.json."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "chat_template": TEMPLATE,
        "clean_up_tokenization_spaces": False,
        "eos_token": END,
        "model_max_length": CONTEXT,
        "pad_token": PAD,
    }


def _texts() -> list[str]:
    """Return the system texts, turns and answers of the rows."""
    texts = []
    for row in rows(_PLACES):
        texts.append(row.system)
        for exchange in row.exchanges:
            answer = "".join(piece.text for piece in exchange.answer)
            texts += [exchange.user, exchange.prefix + answer]
    return texts
