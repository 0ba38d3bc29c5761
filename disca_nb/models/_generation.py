"""The likeliest answers of a model, token by token, several prompts side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from disca_nb.models._cache import input_device

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

__all__ = ["continued"]


def continued(
    network: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    rows: Sequence[list[int]],
    *,
    max_new_tokens: int,
    budget: int,
) -> list[str]:
    """Return the likeliest continuation of each row as text.

    Parameters
    ----------
    network, tokenizer
        The model.
    rows : sequence of list of int
        Tokens of each prompt, at least one.
    max_new_tokens : int
        Where a continuation that does not end is cut off.
    budget : int
        Tokens that are held at once.

    Returns
    -------
    list of str
        In the order of the rows.
    """
    answers = [""] * len(rows)
    order = sorted(range(len(rows)), key=lambda i: -len(rows[i]))
    size = max(1, budget // (max(map(len, rows)) + max_new_tokens))
    for start in range(0, len(order), size):
        batch = order[start : start + size]
        texts = _continue(network, tokenizer, [rows[i] for i in batch], max_new_tokens)
        for i, text in zip(batch, texts, strict=True):
            answers[i] = text
    return answers


def _continue(
    network: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    rows: list[list[int]],
    max_new_tokens: int,
) -> list[str]:
    """Return the likeliest continuations of rows that are read together."""
    import torch
    from transformers import GenerationConfig

    longest = max(map(len, rows))
    # Answers grow at the right end, so rows are filled up at the left, with a token that the
    # model is sure to have; it is masked.
    pad = rows[0][0]
    fill = [longest - len(row) for row in rows]
    ids = [[pad] * n + row for n, row in zip(fill, rows, strict=True)]
    mask = [[0] * n + [1] * len(row) for n, row in zip(fill, rows, strict=True)]
    end = network.generation_config.eos_token_id
    config = GenerationConfig(
        do_sample=False, max_new_tokens=max_new_tokens, pad_token_id=pad, eos_token_id=end
    )
    with torch.inference_mode():
        tokens = network.generate(
            torch.tensor(ids, device=input_device(network)),
            attention_mask=torch.tensor(mask, device=input_device(network)),
            generation_config=config,
        )
    ends = {end} if isinstance(end, int) else set(end or ())
    answers = [_until(row, ends) for row in tokens[:, longest:].tolist()]
    texts: list[str] = tokenizer.batch_decode(answers, skip_special_tokens=True)
    return texts


def _until(tokens: list[int], ends: set[int]) -> list[int]:
    """Return tokens up to the first that ends an answer, and that one."""
    place = next((i for i, token in enumerate(tokens) if token in ends), len(tokens))
    return tokens[: place + 1]
