"""Tiny models with random weights, saved as any model is, and the slow way to score with them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from disca_nb.prompts import dilemma, load_pack, scenarios

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

CHATML = (
    "{{ bos_token }}{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
NO_SYSTEM = (
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}"
    "{{ raise_exception('System role not supported') }}{% endif %}"
    "<|im_start|>{{ m.role }}\n{{ m.content | trim }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>model\n{% endif %}"
)
FAMILIES = {"llama": CHATML, "qwen2": CHATML, "gemma2": NO_SYSTEM}
CONTEXT = 512
_SPECIAL = ["<pad>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"]


def trained_tokenizer(template: str | None = CHATML) -> PreTrainedTokenizerFast:
    """Return a byte-level BPE tokenizer trained on a few dilemmas, which begins texts with <s>."""
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    choices, pack = scenarios("balanced", per_attribute=2), load_pack("en")
    pairs = zip(choices.option_a.values, choices.option_b.values, strict=True)
    texts = [dilemma(pack, str(a), str(b)).user for a, b in pairs]
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=_SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator(texts, trainer)
    backend.post_processor = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", backend.token_to_id("<s>"))]
    )
    special = dict(zip(("pad_token", "bos_token", "eos_token"), _SPECIAL, strict=False))
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=backend, **special)
    tokenizer.chat_template = template
    return tokenizer


def save_tiny(folder: Path, family: str = "llama", **changes: object) -> Path:
    """Save a model of two layers with random weights, and its tokenizer; return the folder."""
    import torch
    import transformers

    tokenizer = trained_tokenizer(FAMILIES[family])
    configs = {
        "llama": transformers.LlamaConfig,
        "qwen2": transformers.Qwen2Config,
        "gemma2": transformers.Gemma2Config,
    }
    own: dict[str, object] = {}
    if family == "gemma2":  # what sets it apart: softened logits and attention, and a window
        own = {"head_dim": 8, "sliding_window": 32, "final_logit_softcapping": 20.0}
        own["attn_logit_softcapping"] = 1.0
    config = configs[family](
        **{
            "vocab_size": len(tokenizer),
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "max_position_embeddings": CONTEXT,
            "initializer_range": 0.5,
            "bos_token_id": 1,
            "eos_token_id": 2,
            "pad_token_id": 0,
            **own,
            **changes,
        }
    )
    torch.manual_seed(7)
    network = transformers.AutoModelForCausalLM.from_config(config)
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def edit_config(folder: Path, **changes: object) -> Path:
    """Change a saved model's config.json."""
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return folder


def plain_log_probs(
    folder: Path, text: str, options: Sequence[str]
) -> tuple[npt.NDArray[np.float64], float]:
    """Score options one at a time, in full, without batches, padding or cache.

    Returns their log-probabilities after the longest text that they share, and the largest logit.
    """
    import torch
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    network = transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype="float32", attn_implementation="eager"
    ).eval()
    rows = [tokenizer(text + o, add_special_tokens=False)["input_ids"] for o in options]
    shared = 0
    while all(row[: shared + 1] == rows[0][: shared + 1] for row in rows):
        shared += 1
    found, largest = [], 0.0
    for row in rows:
        with torch.no_grad():
            logits = network(torch.tensor([row]), use_cache=False).logits[0].double()
        largest = max(largest, float(logits.abs().max()))
        likely = logits.log_softmax(-1)
        found.append(sum(float(likely[i - 1, row[i]]) for i in range(shared, len(row))))
    return np.array(found), largest
