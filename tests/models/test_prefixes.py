"""Beginnings that are read once: which models can, whether it agrees, and memory that runs out."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_models

from disca_nb import models
from disca_nb.errors import InputError, ParameterError
from disca_nb.models import HuggingFaceModel, _cache, _forward
from disca_nb.models._agreement import difference, tolerance, why_not_shared
from disca_nb.models._cache import not_shareable
from disca_nb.models._forward import out_of_memory
from disca_nb.models._plan import BatchPlan
from disca_nb.prompts import Prompt

torch = pytest.importorskip("torch", reason="needs PyTorch, of the extra models")
transformers = pytest.importorskip("transformers", reason="needs transformers")

AB = ["A", "B"]
SIZES = {
    "vocab_size": 64,
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "max_position_embeddings": 64,
}


def asked(number: int = 6) -> list[Prompt]:
    """Return prompts of two speakers, each with a long text of its own."""
    texts = ("You are calm, " * 12, "You are bold, " * 12)
    return [Prompt(text, f"Which, {'one ' * i}or two?") for text in texts for i in range(number)]


def built(config: Any) -> Any:  # noqa: ANN401 - of transformers
    """Return a network with random weights."""
    torch.manual_seed(1)
    return transformers.AutoModelForCausalLM.from_config(config).eval()


def plan_of(model: HuggingFaceModel) -> BatchPlan:
    """Return the model's plan for the prompts."""
    plan = model.plan(asked(), AB)
    assert isinstance(plan, BatchPlan)
    return plan


def test_beginnings_are_read_once(llama: Path) -> None:
    shared, alone = (
        plan_of(models.load(llama, device="cpu", share_prefixes=yes)) for yes in (True, False)
    )
    assert (len(shared.prefixes), len(alone.prefixes)) == (2, 0)
    assert shared.tokens < alone.tokens / 2
    assert shared.tokens_unshared == alone.tokens_unshared


def test_prompts_of_the_same_tokens_are_read_once(llama: Path) -> None:
    # A template that joins both parts makes these one text.
    template = "{% for m in messages %}{{ m.content }}{% endfor %} Answer:"
    model = models.load(llama, device="cpu", chat_template=template)
    same = [Prompt("Tea or ", "milk?"), Prompt("Tea ", "or milk?"), Prompt("Tea or", " water?")]
    plan = model.plan(same, AB)
    assert isinstance(plan, BatchPlan)
    assert len(plan.requests) == 2
    first, second, third = model.score(same, AB).log_probs.tolist()
    assert first == second != third


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: transformers.LlamaConfig(**SIZES), ""),
        (lambda: transformers.Qwen2Config(**SIZES), ""),
        (lambda: transformers.MistralConfig(**SIZES, sliding_window=8), "sliding windows"),
        (lambda: transformers.Gemma2Config(**SIZES, head_dim=8), "sliding windows"),
        (
            lambda: transformers.LlamaConfig(
                **SIZES, rope_scaling={"rope_type": "dynamic", "factor": 2.0}
            ),
            "positions (dynamic) depend",
        ),
        (
            lambda: transformers.MambaConfig(
                vocab_size=64, hidden_size=16, num_hidden_layers=2, state_size=4
            ),
            "not keys and values",
        ),
        (
            lambda: transformers.MiniMaxConfig(
                **SIZES,
                num_local_experts=2,
                block_size=8,
                layer_types=["linear_attention", "full_attention"],
            ),
            "MiniMaxCache",
        ),
    ],
    ids=["llama", "qwen2", "mistral", "gemma2", "dynamic", "mamba", "minimax"],
)
def test_which_models_can_go_on_from_a_beginning(make: Callable[[], Any], words: str) -> None:
    reason = not_shareable(built(make()))
    assert (words in reason, bool(reason)) == (True, bool(words)), reason


def test_both_ways_agree(model: HuggingFaceModel) -> None:
    assert 0.0 < difference(model.network) < tolerance(model.network) <= 2e-5
    assert model.manifest["shared_prefixes"] == "yes"


def test_halves_agree_within_steps_of_their_format(llama: Path) -> None:
    model = models.load(llama, device="cpu", dtype="bfloat16")
    assert difference(model.network) < tolerance(model.network)
    assert 1e-3 < tolerance(model.network) < 0.03


@pytest.mark.parametrize("fault", ["positions", "last layer", "first tokens"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_faults_of_a_kept_beginning_are_found_in_every_format(
    llama: Path, monkeypatch: pytest.MonkeyPatch, dtype: str, fault: str
) -> None:
    network = models.load(llama, device="cpu", dtype=dtype).network
    assert why_not_shared(network) == ("", False)
    right, spread = network.forward, _cache.spread

    def shifted(**options: Any) -> Any:  # noqa: ANN401 - as the network's own
        if options.get("past_key_values") is not None:
            options["position_ids"] = options["position_ids"] - options["position_ids"].min()
        return right(**options)

    def spoilt(cache: Any, rows: int) -> Any:  # noqa: ANN401 - a cache
        found = spread(cache, rows)
        if fault == "last layer":
            found.layers[-1].values = torch.zeros_like(found.layers[-1].values)
        else:
            for layer in found.layers:
                layer.values[:, :, :8] = 0.0
        return found

    if fault == "positions":
        replace_forward(network, shifted)
    else:
        monkeypatch.setattr(_forward, "spread", spoilt)
    reason, surprising = why_not_shared(network)
    assert surprising
    assert reason.startswith("shared and unshared differ by ")


def test_a_kept_beginning_that_a_model_refuses_is_not_shared(llama: Path) -> None:
    network = models.load(llama, device="cpu").network
    right = network.forward

    def refusing(**options: Any) -> Any:  # noqa: ANN401 - as the network's own
        if options.get("past_key_values") is not None:
            raise IndexError("no place for these")
        return right(**options)

    replace_forward(network, refusing)
    reason = "going on from a kept beginning fails (no place for these)"
    assert why_not_shared(network) == (reason, True)


def test_models_without_numbers_or_with_a_short_context_are_not_shared(llama: Path) -> None:
    network = models.load(llama, device="cpu").network
    with torch.no_grad():
        network.lm_head.weight.fill_(float("nan"))
    assert why_not_shared(network)[1]
    sizes = {"vocab_size": 64, "n_embd": 16, "n_layer": 1, "n_head": 2, "n_positions": 32}
    short = built(transformers.GPT2Config(**sizes))
    assert why_not_shared(short) == ("its context of 32 tokens is too short to try it", False)


def test_a_model_that_also_reads_backwards_is_refused(llama: Path) -> None:
    sound = models.load(llama, device="cpu")
    sizes = {"vocab_size": 500, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2}
    config = transformers.BertConfig(**sizes, num_attention_heads=2, initializer_range=0.5)
    torch.manual_seed(1)
    network = transformers.BertLMHeadModel(config).eval()
    with pytest.raises(InputError, match="The answers of bert hang on what follows a text"):
        HuggingFaceModel(network, sound.tokenizer, sound.chat, name="bert")


def test_logits_are_computed_where_they_are_asked_alone(model: HuggingFaceModel) -> None:
    shapes: list[tuple[int, ...]] = []
    head = model.network.get_output_embeddings()
    handle = head.register_forward_hook(lambda _, __, output: shapes.append(tuple(output.shape)))
    model.score(asked(), AB)
    handle.remove()
    # Two beginnings, of which one place is the least; then a place for each prompt.
    assert sum(rows * places for rows, places, _ in shapes) == 2 + len(asked())


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (RuntimeError("MPS backend out of memory (MPS allocated: 18 GB)"), True),
        (RuntimeError("CUDA error: out of memory"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"), True),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 1"), True),
        (MemoryError(), True),
        (RuntimeError("shapes cannot be multiplied"), False),
    ],
)
def test_errors_of_memory_are_told_from_others(error: Exception, *, full: bool) -> None:
    assert out_of_memory(error) is full


def test_a_model_that_forgets_its_beginning_is_found_out(llama: Path) -> None:
    """A cache that a model takes and does not use must not change what it answers."""
    sound = models.load(llama, device="cpu")
    network, right = sound.network, sound.network.forward

    def forgetful(**options: Any) -> Any:  # noqa: ANN401 - as the network's own
        if options.pop("past_key_values", None) is not None:
            options["use_cache"] = False
        return right(**options)

    assert difference(network) < 5e-6
    replace_forward(network, forgetful)
    assert difference(network) > 1e-3
    with pytest.warns(UserWarning, match=r"forgetful: shared and unshared differ by .* in full"):
        model = HuggingFaceModel(network, sound.tokenizer, sound.chat, name="forgetful")
    assert str(model.manifest["shared_prefixes"]).startswith("no: shared and unshared differ")
    expected = models.load(llama, device="cpu", share_prefixes=False).score(asked(), AB)
    assert (model.score(asked(), AB).log_probs == expected.log_probs).all()


def replace_forward(network: Any, forward: Callable[..., Any]) -> None:  # noqa: ANN401
    """Give a network another forward pass, which says that it takes what the right one takes."""
    forward.__signature__ = inspect.signature(network.forward)  # type: ignore[attr-defined]
    network.forward = forward


def full_above(network: Any, rows: int, seen: list[int]) -> None:  # noqa: ANN401 - of transformers
    """Have a network run out of memory with more than so many rows."""
    right = network.forward

    def forward(**options: Any) -> Any:  # noqa: ANN401 - as the network's own
        seen.append(len(options["input_ids"]))
        if seen[-1] > rows:
            raise torch.OutOfMemoryError
        return right(**options)

    replace_forward(network, forward)


def test_fewer_are_read_together_where_memory_runs_out(llama: Path) -> None:
    expected = models.load(llama, device="cpu").score(asked(), AB).log_probs
    model, seen = models.load(llama, device="cpu"), list[int]()
    full_above(model.network, 3, seen)
    with pytest.warns(UserWarning, match=r"6 prompts of \d+ tokens do not fit .* at most 3 are"):
        found = model.score(asked(), AB).log_probs
    assert found == pytest.approx(expected, abs=1e-4)
    # A beginning, all six that go on from it, and again in halves; then what has proved to fit.
    assert seen == [1, 6, 1, 3, 3, 1, 3, 3]


def test_one_that_does_not_fit_is_told(model: HuggingFaceModel) -> None:
    full_above(model.network, 0, [])
    with pytest.raises(ParameterError, match=r"One prompt of \d+ tokens does not fit into the mem"):
        model.score(asked()[:1], AB)


def test_the_processors_own_error_is_known(model: HuggingFaceModel) -> None:
    def forward(**_: object) -> None:
        torch.empty(10**15)

    replace_forward(model.network, forward)
    with pytest.raises(ParameterError, match="does not fit into the memory of cpu"):
        model.score(asked()[:1], AB)


def test_a_plan_is_described_before_anything_is_read(llama: Path) -> None:
    model = models.load(llama, device="cpu", batch_tokens=300)
    seen = list[int]()
    text = plan_of(model).describe()
    full_above(model.network, 0, seen)
    assert "12 prompts, 12 of different tokens, in " in text
    assert "batches of up to 300 tokens" in text
    assert "times fewer); common beginnings are read once." in text
    assert "for the weights and about" in text
    assert "Time: about a second on cpu" in text
    assert seen == []
    alone = plan_of(models.load(llama, device="cpu", share_prefixes=False)).describe()
    assert "every prompt is read in full: by choice." in alone


def test_estimates_grow_with_what_is_read(llama: Path) -> None:
    model = models.load(llama, device="cpu")
    few, many = model.plan(asked(2), AB), model.plan(asked(40), AB)
    assert isinstance(few, BatchPlan)
    assert isinstance(many, BatchPlan)
    assert many.tokens > few.tokens
    assert many.cost().batch > few.cost().batch
    assert many.cost().weights == few.cost().weights >= 4 * model.network.num_parameters()


def test_the_weights_gap_of_gemma_falls_back(tmp_path: Path) -> None:
    folder = tiny_models.save_tiny(tmp_path / "gemma2", "gemma2")
    model = models.load(folder, device="cpu")
    assert "sliding windows" in str(model.manifest["shared_prefixes"])
    assert not plan_of(model).prefixes
    assert np.isfinite(model.score(asked(), AB).log_probs).all()
