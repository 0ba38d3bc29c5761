"""Training: cross-entropy with the distribution of each answer, AdamW and a cosine."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embedded.corpus import N_ROWS, rows
from embedded.draws import generator
from embedded.encode import Batch, Encoder, Tree, batch
from embedded.tokenizer import CONTEXT, END, PAD, SIZE

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer
    from transformers import LlamaConfig, LlamaForCausalLM

ARCHITECTURE: dict[str, object] = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "vocab_size": SIZE,
    "hidden_size": 128,
    "intermediate_size": 352,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "max_position_embeddings": CONTEXT,
    "rms_norm_eps": 1e-5,
    "tie_word_embeddings": True,
    "bos_token_id": None,
    "torch_dtype": "bfloat16",
}
"""What config.json says of the network: 1.0 million parameters."""

_WORDS = 6.0
"""Words learn faster than layers: each is seen in few rows."""

_POOL = 32
"""Batches whose rows are sorted by length together."""


@dataclass(frozen=True)
class Recipe:
    """How long and how fast the model learns."""

    n_rows: int = N_ROWS
    rows_per_batch: int = 2
    rate: float = 6e-4
    warmup: int = 50
    decay: float = 0.01
    seed: int = 1


@dataclass
class Progress:
    """What a run did; ``losses`` holds the excess cross-entropy of each batch in nats."""

    losses: list[float]
    n_tokens: int
    seconds: float
    cpu_seconds: float


def config(tokenizer: Tokenizer) -> LlamaConfig:
    """Return the configuration of a model that is still to be trained."""
    from transformers import LlamaConfig

    left_out = {"architectures", "model_type", "torch_dtype"}
    settings = {key: value for key, value in ARCHITECTURE.items() if key not in left_out}
    return LlamaConfig(
        **settings,
        eos_token_id=tokenizer.token_to_id(END),
        pad_token_id=tokenizer.token_to_id(PAD),
    )


def batches(tokenizer: Tokenizer, recipe: Recipe) -> Iterator[Batch]:
    """Yield the corpus once, rows of like length together, in a drawn order."""
    encoder = Encoder(tokenizer)
    pool: list[Tree] = []
    for place, row in enumerate(rows(range(recipe.n_rows)), start=1):
        pool.append(encoder.tree(row))
        if len(pool) == _POOL * recipe.rows_per_batch or place == recipe.n_rows:
            pool.sort(key=lambda tree: len(tree.tokens))
            parts = [
                pool[start : start + recipe.rows_per_batch]
                for start in range(0, len(pool), recipe.rows_per_batch)
            ]
            for index in generator("order", place).permutation(len(parts)):
                yield batch(parts[index])
            pool = []


def train(
    tokenizer: Tokenizer,
    recipe: Recipe = Recipe(),
    report: Callable[[str], None] = print,
) -> tuple[LlamaForCausalLM, Progress]:
    """Train a model from nothing."""
    import torch
    from transformers import LlamaForCausalLM

    torch.manual_seed(recipe.seed)
    model = LlamaForCausalLM(config(tokenizer))
    _start(model)
    words = {"params": list(model.model.embed_tokens.parameters()), "lr": _WORDS * recipe.rate}
    layers = [value for name, value in model.named_parameters() if "embed" not in name]
    optimizer = torch.optim.AdamW(
        [words, {"params": layers}], lr=recipe.rate, betas=(0.9, 0.99), weight_decay=recipe.decay
    )
    n_steps = math.ceil(recipe.n_rows / recipe.rows_per_batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: pace(step, recipe))
    progress = Progress([], 0, 0.0, 0.0)
    wall, cpu = time.perf_counter(), _cpu()
    for part in batches(tokenizer, recipe):
        loss = excess(model, part)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        progress.losses.append(float(loss.detach()))
        progress.n_tokens += part.n_tokens
        progress.seconds, progress.cpu_seconds = time.perf_counter() - wall, _cpu() - cpu
        done = len(progress.losses)
        if done % 100 == 0 or done == n_steps:
            recent = progress.losses[-100:]
            report(
                f"{done}/{n_steps} loss {sum(recent) / len(recent):.4f}, "
                f"{progress.n_tokens} tokens, {progress.seconds:.0f} s"
            )
    return model, progress


def _start(model: LlamaForCausalLM) -> None:
    """Draw weights so that words are loud and the layers quiet when training begins."""
    import torch

    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 2:
                parameter.normal_(0.0, 0.05)
        model.model.embed_tokens.weight.normal_(0.0, 0.3)
        model.model.norm.weight.fill_(0.2)
        for layer in model.model.layers:
            layer.self_attn.o_proj.weight.mul_(0.3)
            layer.mlp.down_proj.weight.mul_(0.3)


def pace(step: int, recipe: Recipe) -> float:
    """Return the learning rate of a step as a share of the highest."""
    n_steps = math.ceil(recipe.n_rows / recipe.rows_per_batch)
    rise = min(1.0, (step + 1) / recipe.warmup)
    return rise * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, step / n_steps))))


def excess(model: LlamaForCausalLM, part: Batch) -> torch.Tensor:
    """Return the mean Kullback–Leibler divergence of the learnt tokens, in nats."""
    import torch

    hidden = model.model(
        input_ids=torch.from_numpy(part.tokens),
        attention_mask=mask(torch.from_numpy(part.branch)),
        position_ids=torch.from_numpy(part.position),
        use_cache=False,
    ).last_hidden_state
    kept = hidden[torch.from_numpy(part.row), torch.from_numpy(part.place)]
    log_q = torch.log_softmax(model.lm_head(kept), dim=-1)
    p = torch.from_numpy(part.chances)
    log_q = log_q.gather(1, torch.from_numpy(part.ids))
    terms = torch.where(p > 0, p * (torch.log(p.clamp_min(1e-9)) - log_q), 0.0).sum(1)
    return terms.mean()


def mask(branch: torch.Tensor) -> torch.Tensor:
    """Return what each token sees: the system text and its own exchange, up to itself.

    Shape (rows, 1, length, length), 0 where seen and the lowest number elsewhere.
    """
    import torch

    length = branch.shape[1]
    own = branch[:, :, None] == branch[:, None, :]
    seen = (own | (branch[:, None, :] == 0)) & torch.ones(length, length, dtype=torch.bool).tril()
    # Padding sees itself alone, so that no row of the softmax is empty.
    lowest = torch.finfo(torch.float32).min
    return torch.where(seen[:, None], 0.0, lowest)


def _cpu() -> float:
    """Return the processor seconds of this process."""
    used = os.times()
    return used.user + used.system
