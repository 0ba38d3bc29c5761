"""A Llama of 135 million random parameters, saved as any model is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.made_up_prompts import make_tokenizer

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["multiplied", "save"]

_SEED = 20_260_501
_FULL = {
    "hidden_size": 576,
    "intermediate_size": 1536,
    "num_hidden_layers": 30,
    "vocab_size": 49_152,
}
_SMALL = {
    "hidden_size": 72,
    "intermediate_size": 192,
    "num_hidden_layers": 2,
    "vocab_size": 6_144,
}


def save(folder: Path, *, quick: bool) -> Path:
    """Save the model and the tokenizer of the made-up words, and return the folder.

    Parameters
    ----------
    folder : pathlib.Path
        Where to.
    quick : bool
        Whether a smaller model will do.
    """
    import torch
    import transformers

    tokenizer = make_tokenizer()
    sizes: dict[str, Any] = dict(_SMALL if quick else _FULL)
    config = transformers.LlamaConfig(
        **sizes,
        num_attention_heads=9,
        num_key_value_heads=3,
        max_position_embeddings=2_048,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    torch.manual_seed(_SEED)
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def multiplied(network: PreTrainedModel) -> tuple[int, int]:
    """Return the parameters that a token is multiplied with, and those of the output layer."""
    head = network.get_output_embeddings().weight.numel()
    shared = network.get_input_embeddings().weight.data_ptr()
    tied = shared == network.get_output_embeddings().weight.data_ptr()
    table = 0 if tied else network.get_input_embeddings().weight.numel()
    return network.num_parameters() - head - table, head
