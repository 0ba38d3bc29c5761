"""Scores of the Hugging Face backend, against one prompt at a time without batches or padding."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_models

from disca_nb import models
from disca_nb._data import data_path
from disca_nb.errors import InputError, ParameterError
from disca_nb.models import HuggingFaceModel, LanguageModel, _head
from disca_nb.models._plan import BatchPlan
from disca_nb.models.chat import PLAIN, ChatFormat
from disca_nb.models.option_tokens import OptionTokens
from disca_nb.prompts import Prompt, dilemma, load_pack, persona_panel, scenarios

torch = pytest.importorskip("torch", reason="needs PyTorch, of the extra models")
transformers = pytest.importorskip("transformers", reason="needs transformers")

AB = ["A", "B"]


def asked() -> list[Prompt]:
    """Return dilemmas by speakers of different lengths, in no order of length."""
    pack, choices = load_pack("en"), scenarios("balanced", per_attribute=2)
    texts = persona_panel(["JPN", "USA"]).persona_prompt.values.ravel().tolist()
    systems = [None, *texts, ""]
    pairs = zip(choices.option_a.values, choices.option_b.values, strict=True)
    return [
        dilemma(pack, str(a), str(b), system=systems[i % len(systems)], exchanged=i % 2 == 1)
        for i, (a, b) in enumerate(pairs)
    ]


def by_speaker() -> list[Prompt]:
    """Return dilemmas that two speakers are asked in both orders, which begin alike."""
    pack, choices = load_pack("en"), scenarios("balanced", per_attribute=2).isel(scenario=slice(6))
    texts = persona_panel(["BRA"]).persona_prompt.values[0, :2].tolist()
    pairs = list(zip(choices.option_a.values, choices.option_b.values, strict=True))
    return [
        dilemma(pack, str(a), str(b), system=text, exchanged=exchanged)
        for a, b in pairs
        for text in texts
        for exchanged in (False, True)
    ]


def bound(largest: float) -> float:
    """Return how far a gap may lie from the reference."""
    return 5e-6 * max(1.0, largest)


@pytest.mark.parametrize("shared", [True, False])
def test_gaps_are_those_of_one_prompt_at_a_time(family: Path, *, shared: bool) -> None:
    compare(load_small(family, shared=shared), family)


@pytest.mark.parametrize("shared", [True, False])
def test_gaps_of_the_embedded_model_are_too(*, shared: bool) -> None:
    compare(load_small("demo", shared=shared), data_path("embedded/config.json").parent)


def load_small(name: str | Path, *, shared: bool) -> HuggingFaceModel:
    """Return a model that reads a few prompts at once."""
    return models.load(name, device="cpu", batch_tokens=700, share_prefixes=shared)


def compare(model: HuggingFaceModel, folder: Path) -> None:
    """Compare scores of dilemmas with the reference."""
    prompts = [*asked(), *by_speaker()]
    found = model.score(prompts, AB)
    assert found.status.tolist() == [1] * len(prompts)
    for prompt, values, mass in zip(prompts, found.log_probs, found.mass, strict=True):
        expected, largest = tiny_models.plain_log_probs(folder, model.chat.text(prompt), AB)
        assert values == pytest.approx(expected, rel=0, abs=bound(largest))
        assert mass == pytest.approx(np.exp(expected).sum(), rel=1e-4)
    # Otherwise the comparison would show little.
    assert np.ptp(np.diff(found.log_probs)) > 0.1


def test_answers_of_several_tokens(family: Path) -> None:
    model, options = models.load(family, device="cpu"), ["yes, save one", "no", "neither of them"]
    prompts = asked()[:3]
    for prompt, values in zip(prompts, model.score(prompts, options).log_probs, strict=True):
        expected, largest = tiny_models.plain_log_probs(family, model.chat.text(prompt), options)
        assert values - values[1] == pytest.approx(expected - expected[1], abs=5 * bound(largest))
        assert (values < 0).all()


def test_what_options_share_counts_in_the_mass_and_not_in_the_gap(
    model: HuggingFaceModel, llama: Path
) -> None:
    prompt, options = asked()[0], ["Save one", "Save two"]
    found = model.score([prompt], options)
    expected, largest = tiny_models.plain_log_probs(llama, model.chat.text(prompt), options)
    assert np.diff(found.log_probs[0]) == pytest.approx(np.diff(expected), abs=5 * bound(largest))
    assert found.mass[0] < np.exp(expected).sum()


def test_order_and_company_change_rounding_only(model: HuggingFaceModel) -> None:
    prompts = asked()
    once = model.score(prompts, AB).log_probs
    again = model.score(prompts[::-1], AB).log_probs[::-1]
    alone = np.concatenate([model.score([prompt], AB).log_probs for prompt in prompts])
    assert again == pytest.approx(once, abs=bound(20.0))
    assert alone == pytest.approx(once, abs=bound(20.0))


@pytest.mark.parametrize("template", [None, PLAIN])
def test_a_text_begins_once(llama: Path, template: str | None) -> None:
    model = models.load(llama, device="cpu", chat_template=template)
    request = first_request(model, asked()[0])
    begin = model.tokenizer.bos_token_id
    assert request.prefix.index(begin) == 0
    assert request.prefix.count(begin) == 1


def first_request(model: HuggingFaceModel, prompt: Prompt) -> OptionTokens:
    """Return the tokens of a prompt and its options."""
    plan = model.plan([prompt], AB)
    assert isinstance(plan, BatchPlan)
    return plan.requests[0]


def test_a_merged_letter_is_scored_in_the_context_that_it_has() -> None:
    import tokenizers
    import transformers

    vocab = {"Q": 0, ":": 1, "A": 2, "B": 3, ":A": 4, ":B": 5, "\n": 6}
    merges = [(":", "A"), (":", "B")]
    backend = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocab, merges=merges))
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=backend)
    sizes = {"hidden_size": 8, "num_attention_heads": 2, "intermediate_size": 16}
    config = transformers.LlamaConfig(vocab_size=7, num_hidden_layers=1, **sizes)
    torch.manual_seed(3)
    network = transformers.AutoModelForCausalLM.from_config(config).eval()
    model = HuggingFaceModel(network, tokenizer, ChatFormat(PLAIN), name="merging")
    found = model.score([Prompt("", "Q", "Q:")], AB).log_probs[0]
    with torch.no_grad():  # "Q", line break, "Q"; then ":A" is token 4 and ":B" token 5
        likely = network(torch.tensor([[0, 6, 0]])).logits[0, 2].double().log_softmax(-1)
    assert found == pytest.approx(likely[[4, 5]].numpy(), abs=bound(1.0))


@pytest.mark.parametrize("name", list(tiny_models.FAMILIES))
def test_logits_of_halves_are_computed_in_32_bits(tmp_path: Path, name: str) -> None:
    """Hidden states of 16 bits tell more gaps apart than logits of 16 bits would."""
    folder = tiny_models.save_tiny(tmp_path / name, name, initializer_range=1.0)
    model = models.load(folder, device="cpu", dtype="bfloat16", batch_tokens=1)
    prompts = asked()
    found = model.score(prompts, AB).log_probs
    cap = model.network.config.to_dict().get("final_logit_softcapping")
    head = model.network.get_output_embeddings().weight.detach().float()
    for prompt, values in zip(prompts, found, strict=True):
        request = first_request(model, prompt)
        with torch.inference_mode():
            hidden = model.network.model(torch.tensor([request.prefix])).last_hidden_state[0, -1]
        assert hidden.dtype == torch.bfloat16
        logits = hidden.float() @ head.T
        logits = logits if cap is None else cap * torch.tanh(logits / cap)
        likely = logits.double().log_softmax(-1)[[each[0] for each in request.continuations]]
        assert values == pytest.approx(likely.numpy(), abs=1e-4)
    steps = np.unique(np.diff(found)[:, 0] * 256 % 1)
    assert len(steps) > len(prompts) / 2
    assert model.manifest["head"] == "float32"
    assert not model.network.get_output_embeddings()._forward_hooks


def test_a_head_is_widened_in_parts(model: HuggingFaceModel, llama: Path) -> None:
    half = models.load(llama, device="cpu", dtype="bfloat16")
    once = half.score(asked(), AB).log_probs
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_head, "_ROWS", 7)
        assert half.score(asked(), AB).log_probs == pytest.approx(once, abs=1e-5)
    assert model.manifest["head"] == "float32"


def test_an_output_layer_of_another_kind_is_left_as_it_is(llama: Path) -> None:
    half = models.load(llama, device="cpu", dtype="bfloat16")

    half.network.lm_head = torch.nn.Sequential(half.network.lm_head)
    assert half.manifest["head"] == "bfloat16"
    assert half.score(asked()[:2], AB).status.tolist() == [1, 1]


def test_a_token_for_padding_that_the_model_lacks(llama: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(llama, tmp_path / "padded"))
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    tokenizer.add_special_tokens({"pad_token": "[PAD]"})
    tokenizer.save_pretrained(folder)
    model, plain = models.load(folder), models.load(llama)
    assert model.tokenizer.pad_token_id == model.network.config.vocab_size
    prompts = asked()
    assert (model.score(prompts, AB).log_probs == plain.score(prompts, AB).log_probs).all()
    found, expected = (each.generate(prompts, max_new_tokens=3) for each in (model, plain))
    assert found == expected


def test_a_token_that_the_model_lacks(llama: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(llama, tmp_path / "more"))
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    tokenizer.add_tokens(["[OWN]"])
    tokenizer.save_pretrained(folder)
    model, prompts = models.load(folder), [Prompt("", "Is [OWN] known?")]
    size = model.network.config.vocab_size
    words = f"tokenizer of more gives the token {size}, but the model has {size} tokens"
    with pytest.raises(InputError, match=words):
        model.score(prompts, AB)
    with pytest.raises(InputError, match=words):
        model.generate(prompts, max_new_tokens=1)


def test_questions_that_are_none(model: HuggingFaceModel) -> None:
    cases: list[tuple[Any, Any, str]] = [
        (["text"], AB, "prompts holds 'text'; it must hold Prompt alone"),
        (asked()[0], AB, "prompts is Prompt"),
        (asked()[:1], "AB", "options is 'AB'; give a list"),
        (asked()[:1], ["A", 1], "options holds 1; it must hold str alone"),
        (asked()[:1], [], "There are 0 options"),
        (asked()[:1], ["A"], "There are 1 options"),
    ]
    for prompts, options, words in cases:
        with pytest.raises(InputError, match=words):
            model.score(prompts, options)
    with pytest.raises(InputError, match="prompts is 'text'"):
        model.generate("text", max_new_tokens=1)  # type: ignore[arg-type]


def test_numbers_that_overflow_have_failed(model: HuggingFaceModel) -> None:
    with torch.no_grad():
        model.network.lm_head.weight.fill_(float("inf"))
    found = model.score(asked()[:2], AB)
    assert found.status.tolist() == [2, 2]
    assert np.isnan(found.log_probs).all()


def test_a_thought_that_cannot_be_closed_is_status_three(llama: Path) -> None:
    template = "{% for m in messages %}{{ m.content }}{% endfor %}<|begin_of_thought|>"
    found = models.load(llama, device="cpu", chat_template=template).score(asked()[:2], AB)
    assert found.status.tolist() == [3, 3]


def test_no_prompt_is_no_score(model: HuggingFaceModel) -> None:
    assert model.score([], AB).log_probs.shape == (0, 2)
    assert model.generate([], max_new_tokens=1) == []


def test_prompts_longer_than_the_model_reads(model: HuggingFaceModel) -> None:
    long = [Prompt("", "Which? " * number) for number in (400, 500)]
    both = r"at most 512 tokens, .* 'Which\? Which\?.*… has \d{4}, the prompt 'Which.* has \d{4};"
    with pytest.raises(InputError, match=both):
        model.score([*asked(), *long], AB)
    with pytest.raises(InputError, match=r"… has \d{4}, and 2 more are too long; shorten them"):
        model.plan([*asked(), *long, *long, Prompt("", "What? " * 450)], AB)
    with pytest.raises(InputError, match="reads at most 512"):
        model.generate(asked()[:1], max_new_tokens=512)


def test_answers_are_the_likeliest_tokens(model: HuggingFaceModel) -> None:
    prompts = asked()[:4]
    for prompt, text in zip(prompts, model.generate(prompts, max_new_tokens=4), strict=True):
        row = model.tokenizer(model.chat.text(prompt), add_special_tokens=False)["input_ids"]
        new: list[int] = []
        while len(new) < 4 and model.tokenizer.eos_token_id not in new:
            with torch.no_grad():
                logits = model.network(torch.tensor([row + new]), use_cache=False).logits
            new.append(int(logits[0, -1].argmax()))
        assert text == model.tokenizer.decode(new, skip_special_tokens=True)


@pytest.mark.parametrize("number", [0, -1])
def test_answers_of_no_tokens(model: HuggingFaceModel, number: int) -> None:
    with pytest.raises(ParameterError, match=f"max_new_tokens is {number}"):
        model.generate(asked()[:1], max_new_tokens=number)


def test_the_manifest_says_what_ran(model: HuggingFaceModel) -> None:
    manifest = json.loads(json.dumps(dict(model.manifest)))
    assert isinstance(model, LanguageModel)
    assert (manifest["model"], manifest["source"], manifest["dtype"]) == (
        "llama",
        "folder",
        "float32",
    )
    for name in ("weights_sha256", "tokenizer_sha256", "template_sha256"):
        assert len(manifest[name]) == 64
    assert set(manifest["versions"]) == {"torch", "transformers", "tokenizers"}
    assert repr(model) == "HuggingFaceModel('llama', float32 on cpu)"


def test_another_number_format(llama: Path) -> None:
    half = models.load(llama, device="cpu", dtype="bfloat16")
    whole = models.load(llama, device="cpu")
    assert half.manifest["dtype"] == "bfloat16"
    found, exact = (each.score(asked(), AB).log_probs for each in (half, whole))
    assert found.dtype == np.float64
    assert 0 < np.abs(found - exact).max() < 3.0
