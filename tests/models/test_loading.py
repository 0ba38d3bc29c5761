"""Folders that cannot be loaded as a model: each is one sentence with the remedy."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import tiny_models

from disca_nb import models
from disca_nb.errors import DataFileError, InputError, ParameterError, UnknownNameError
from disca_nb.models.loading import label_of

pytest.importorskip("torch", reason="needs PyTorch, of the extra models")


@pytest.fixture
def copy(llama: Path, tmp_path: Path) -> Path:
    """Return a copy of the tiny Llama to be spoiled."""
    return Path(shutil.copytree(llama, tmp_path / "spoilt"))


def refused(
    name: Path | str,
    words: str,
    *,
    revision: str | None = None,
    device: str | None = None,
    dtype: str | None = None,
) -> InputError:
    """Return the error of loading, which must be one line with these words and stand alone."""
    with pytest.raises(InputError, match=words) as caught:
        models.load(name, revision=revision, device=device, dtype=dtype)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere", "There is no folder .*nowhere; check the path")


def test_a_file(copy: Path) -> None:
    refused(copy / "config.json", "is a file; name the folder")


def test_a_folder_without_a_config(tmp_path: Path) -> None:
    refused(tmp_path, "has no config.json")


def test_a_config_that_is_not_json(copy: Path) -> None:
    (copy / "config.json").write_text("{")
    assert isinstance(refused(copy, "is not a JSON object"), DataFileError)


def test_weights_in_another_format(copy: Path) -> None:
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    refused(copy, "has no weights in the format safetensors")


def test_weights_that_are_cut_short(copy: Path) -> None:
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    refused(copy, "weights of .* cannot be read")


def test_weights_of_another_shape(copy: Path, capfd: pytest.CaptureFixture[str]) -> None:
    tiny_models.edit_config(copy, intermediate_size=72)
    refused(copy, r"do not fit its config.json: '.*mlp.*' has the shape \(.*64.*\), which should")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hidden_size": "x"}, r"config.json of .* cannot be used \(.*hidden_size"),
        ({"num_attention_heads": 5}, r"config.json of .* cannot be used \(.*attention heads"),
        ({"rope_parameters": {"rope_type": "zzz", "factor": 2}}, "config.json.*update transform"),
        ({"quantization_config": {"quant_method": "zzz"}}, "quantised with 'zzz', which this"),
        ({"quantization_config": {"quant_method": "gptq", "bits": 4}}, "is quantised with gptq"),
        (
            {"quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": True}},
            "is quantised with bitsandbytes, .* choose weights that are not quantised",
        ),
    ],
)
def test_configurations_that_do_not_work(
    copy: Path, changes: dict[str, object], words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    tiny_models.edit_config(copy, **changes)
    refused(copy, words)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", [None, "", 3])
def test_things_that_are_no_name(name: Any) -> None:  # noqa: ANN401 - also such as types refuse
    refused(name, "is no name of a model; give a folder")


@pytest.mark.parametrize("number", [0, -1, "8", 2.5, True])
def test_numbers_of_tokens_that_are_refused(llama: Path, number: Any) -> None:  # noqa: ANN401
    with pytest.raises(ParameterError, match=f"batch_tokens is {number!r}; it must be a whole"):
        models.load(llama, batch_tokens=number)


def test_a_model_that_does_not_fit(llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    import transformers

    def full(*_: object, **__: object) -> None:
        torch.empty(10**15)  # what the processor's memory says of too large a model

    monkeypatch.setattr(transformers.PreTrainedModel, "to", full)
    assert isinstance(refused(llama, "does not fit into the memory of cpu"), ParameterError)


def test_labels_are_known_before_loading(llama: Path, tmp_path: Path) -> None:
    assert label_of(llama) == models.load(llama).name == "llama"
    assert label_of("own/model") == "own/model"
    with pytest.raises(InputError, match="There is no folder"):
        label_of(tmp_path / "nowhere")


def test_softened_attention_is_not_left_out(tmp_path: Path, llama: Path) -> None:
    gemma = models.load(tiny_models.save_tiny(tmp_path / "gemma", "gemma2"))
    assert gemma.manifest["attention"] == "eager"
    assert models.load(llama).manifest["attention"] == "sdpa"


def test_weights_that_are_missing(copy: Path) -> None:
    tiny_models.edit_config(copy, num_hidden_layers=3)
    refused(copy, r"weights of .* lack 'model\.layers\.2\..*' and would be random")


def test_code_of_its_own(copy: Path) -> None:
    auto_map = {"AutoModelForCausalLM": "modeling_own.OwnForCausalLM"}
    tiny_models.edit_config(copy, model_type="own", auto_map=auto_map)
    (copy / "modeling_own.py").write_text("raise SystemExit('this must not run')")
    refused(copy, "needs code of its own .* serve it behind an OpenAI-compatible server")


def test_code_beside_a_known_architecture_is_not_run(copy: Path) -> None:
    auto_map = {"AutoModelForCausalLM": "modeling_own.OwnForCausalLM"}
    tiny_models.edit_config(copy, auto_map=auto_map)
    (copy / "modeling_own.py").write_text("raise SystemExit('this must not run')")
    assert type(models.load(copy).network).__name__ == "LlamaForCausalLM"


def test_an_architecture_of_the_future(copy: Path) -> None:
    tiny_models.edit_config(copy, model_type="llama9")
    refused(copy, "'llama9', which this transformers does not know; update it")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model_type": "bert", "architectures": ["BertForMaskedLM"]}, "BertForMaskedLM"),
        ({"model_type": "t5", "architectures": []}, "of type 't5'"),
        ({"is_encoder_decoder": True}, "LlamaForCausalLM"),
    ],
)
def test_a_model_that_is_not_causal(copy: Path, changes: dict[str, object], words: str) -> None:
    tiny_models.edit_config(copy, **changes)
    refused(copy, f"is {words}, not a causal language model")


def test_no_chat_template(copy: Path) -> None:
    (copy / "chat_template.jinja").unlink()
    refused(copy, "has no chat template; give chat_template=")
    assert models.load(copy, chat_template="plain").chat.render is None


def test_no_tokenizer(copy: Path) -> None:
    for path in copy.glob("tokenizer*"):
        path.unlink()
    refused(copy, "tokenizer of .* cannot be read")


def test_a_revision_of_a_folder(llama: Path) -> None:
    error = refused(llama, "revision is 'main', but .* is a folder", revision="main")
    assert isinstance(error, ParameterError)


def test_devices_and_number_formats(llama: Path) -> None:
    assert isinstance(
        refused(llama, "Unknown dtype 'float23'; did you mean 'float32'", dtype="float23"),
        UnknownNameError,
    )
    for device in ("cuda:99", "toaster", "meta"):
        refused(llama, f"Device '{device}' cannot be used", device=device)


@pytest.mark.parametrize("name", ["torch", "transformers"])
def test_without_the_libraries(llama: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    refused(llama, rf"Local models need {name}; run: pip install 'disca-nb\[models\]'")


def test_a_name_that_cannot_be_one() -> None:
    refused("a/b/c", "There is no folder a/b/c")
    refused("..", "config.json")
