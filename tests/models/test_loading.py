"""Folders that cannot be loaded as a model: each is one sentence with the remedy."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
import tiny_models

from disca_nb import models
from disca_nb.errors import DataFileError, InputError, ParameterError, UnknownNameError

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
    """Return the error of loading, which must be one line with these words."""
    with pytest.raises(InputError, match=words) as caught:
        models.load(name, revision=revision, device=device, dtype=dtype)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None
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
    for device in ("cuda:99", "toaster"):
        refused(llama, f"Device '{device}' cannot be used", device=device)


@pytest.mark.parametrize("name", ["torch", "transformers"])
def test_without_the_libraries(llama: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    refused(llama, rf"Local models need {name}; run: pip install 'disca-nb\[models\]'")


def test_a_name_that_cannot_be_one() -> None:
    refused("a/b/c", "There is no folder a/b/c")
    refused("..", "config.json")
