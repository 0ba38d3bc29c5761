"""Writing the embedded model's folder: reproducible files, and a card with their hashes."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from embedded import corpus, tasks, tokenizer
from embedded.training import ARCHITECTURE, Progress, Recipe

from disca_nb.models.embedded import NOTICE, VERSION

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import LlamaForCausalLM

SAMPLE = range(0, corpus.N_ROWS, 10)
"""Rows of the corpus whose hash a test recomputes; the card has that of all rows as well."""


def texts(vocabulary: Tokenizer) -> dict[str, str]:
    """Return the content of every file but weights and card; the same bytes every time."""
    special = {
        "eos_token_id": vocabulary.token_to_id(tokenizer.END),
        "pad_token_id": vocabulary.token_to_id(tokenizer.PAD),
    }
    return {
        "config.json": _json({**ARCHITECTURE, **special}),
        "generation_config.json": _json({**special, "do_sample": False}),
        "tokenizer.json": vocabulary.to_str(pretty=True) + "\n",
        "tokenizer_config.json": _json(tokenizer.config()),
        "tasks.json": json.dumps(tasks.build(), indent=1) + "\n",
    }


def write(
    folder: Path, vocabulary: Tokenizer, model: LlamaForCausalLM, recipe: Recipe, done: Progress
) -> None:
    """Write the folder, except for the model card in words."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts(vocabulary).items():
        (folder / name).write_text(text, encoding="utf-8")
    weights = {
        name: value.detach().to(torch.bfloat16).contiguous()
        for name, value in model.state_dict().items()
        if name != "lm_head.weight"  # tied to the embeddings
    }
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    card = {
        "notice": NOTICE,
        "version": VERSION,
        "n_parameters": sum(value.numel() for value in weights.values()),
        "corpus": {
            "rows": recipe.n_rows,
            "tokens_seen": done.n_tokens,
            "sha256": corpus.digest(range(recipe.n_rows)),
            "sha256_of_every_tenth_row": corpus.digest(SAMPLE),
        },
        "training": {
            "rows_per_batch": recipe.rows_per_batch,
            "rate": recipe.rate,
            "decay": recipe.decay,
            "seed": recipe.seed,
            "threads": torch.get_num_threads(),
            "seconds": round(done.seconds),
            "processor_seconds": round(done.cpu_seconds),
            "torch": torch.__version__,
        },
        "sha256": hashes(folder),
    }
    (folder / "card.json").write_text(_json(card), encoding="utf-8")


def hashes(folder: Path) -> dict[str, str]:
    """Return the sha256 of the files that a model is loaded from."""
    paths = [
        path for path in sorted(folder.iterdir()) if path.name not in {"card.json", "README.md"}
    ]
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in paths}


def _json(content: dict[str, object]) -> str:
    """Return JSON as it is written."""
    return json.dumps(content, indent=2) + "\n"
