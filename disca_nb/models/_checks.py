"""What a folder must hold to be loaded as a causal language model, safely."""

from __future__ import annotations

import hashlib
import json
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from disca_nb.errors import DataFileError, InputError, MissingPackageError, ParameterError

__all__ = ["check_config", "check_installed", "check_weights", "weights_hash"]

_WRITES_TEXT = ("CausalLM", "LMHeadModel", "ConditionalGeneration")
_BLOCK = 1 << 20


def check_installed() -> None:
    """Raise unless the libraries for local models are there and can be imported."""
    missing = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if missing:
        raise MissingPackageError(
            f"Local models need {' and '.join(missing)}; run: pip install 'disca-nb[models]'."
        )
    try:
        import_module("huggingface_hub.constants")
    except ValueError:  # the library reads the address as it is imported; it may hold a password
        fault = ParameterError("The variable HF_ENDPOINT is no address; mend or unset it.")
    else:
        return
    raise fault


def check_config(path: Path, name: str) -> None:
    """Raise unless a model's config.json describes a causal model that needs no foreign code.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    name : str
        Name of the model, for messages.

    Raises
    ------
    InputError
        When there is no such file, its code does not come with transformers, or it is another
        kind of model.
    DataFileError
        When it is not JSON.
    """
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES

    if not path.is_file():
        raise InputError(
            f"{name} has no config.json; name a folder in the form that save_pretrained writes."
        )
    try:
        config: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
        kind = str(config.get("model_type", ""))
    except (ValueError, AttributeError):
        raise DataFileError(
            f"config.json of {name} is not a JSON object; get the model anew."
        ) from None
    if kind not in CONFIG_MAPPING_NAMES:
        raise InputError(_unknown_kind(name, kind, own_code="auto_map" in config))
    if not _is_causal(config, kind):
        found = " or ".join(map(str, _architectures(config))) or f"of type {kind!r}"
        raise InputError(
            f"{name} is {found}, not a causal language model; choose one that continues text, "
            "whose architecture ends in ForCausalLM."
        )


def _unknown_kind(name: str, kind: str, *, own_code: bool) -> str:
    """Return what to say of a model that transformers does not know."""
    if own_code:
        return (
            f"{name} needs code of its own (auto_map in config.json), which is never run here; "
            "serve it behind an OpenAI-compatible server and use that instead."
        )
    return f"{name} is of type {kind!r}, which this transformers does not know; update it."


def _architectures(config: dict[str, object]) -> list[object]:
    """Return what a config names as the model's classes."""
    found = config.get("architectures")
    return found if isinstance(found, list) else []


def _is_causal(config: dict[str, object], kind: str) -> bool:
    """Return whether the model predicts the next token from those before it."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    if config.get("is_encoder_decoder") or kind not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        return False
    names = [str(each) for each in _architectures(config)]
    return not names or any(each.endswith(_WRITES_TEXT) for each in names)


def check_weights(folder: Path, name: str) -> None:
    """Raise unless the weights are there as safetensors, the one format that cannot hold code."""
    if not any(folder.glob("*.safetensors")):
        raise InputError(
            f"{name} has no weights in the format safetensors, the only one that is read; save "
            "it anew with save_pretrained, or choose a revision that has them."
        )


def weights_hash(folder: Path) -> str:
    """Return a sha256 over the names and bytes of all weight files of a folder."""
    hashed = hashlib.sha256()
    for path in sorted(folder.glob("*.safetensors")):
        hashed.update(path.name.encode() + b"\0")
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                hashed.update(block)
    return hashed.hexdigest()
