"""Reading a folder with transformers: whatever goes wrong is one sentence with a remedy that helps.

These are the calls into another library. It raises errors of many classes for what a folder may
hold, some of them many lines long or referring to what it has printed, so that all are caught and
none is chained.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from disca_nb.errors import DiscaError, InputError, ParameterError
from disca_nb.models._forward import out_of_memory

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

__all__ = ["SPREAD", "read_config", "read_network", "read_tokenizer", "reason"]

SPREAD = "auto"
"""All devices together."""

_SAFE = {"trust_remote_code": False, "local_files_only": True}
_LONGEST = 160


def read_tokenizer(folder: Path, name: str) -> PreTrainedTokenizerBase:
    """Return the tokenizer that lies in a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Where the model lies.
    name : str
        Name of the model, for messages.

    Raises
    ------
    InputError
        When it cannot be read.
    """
    from transformers import AutoTokenizer

    try:
        with _quiet():
            return AutoTokenizer.from_pretrained(folder, **_SAFE)
    except Exception as error:  # noqa: BLE001 - see the module
        fault = InputError(
            f"The tokenizer of {name} cannot be read ({reason(error)}); get it anew, or serve the "
            "model behind an OpenAI-compatible server."
        )
    raise fault


def read_config(folder: Path, name: str) -> PretrainedConfig:
    """Return the configuration that lies in a folder.

    Parameters
    ----------
    folder, name
        As for `read_tokenizer`.

    Raises
    ------
    InputError
        When its values contradict each other, or transformers does not take them.
    """
    from transformers import AutoConfig

    try:
        with _quiet():
            return AutoConfig.from_pretrained(folder, **_SAFE)
    except Exception as error:  # noqa: BLE001 - see the module
        fault = InputError(
            f"The config.json of {name} cannot be used ({reason(error)}); get the model anew, or "
            "update transformers."
        )
    raise fault


def read_network(
    folder: Path, name: str, config: PretrainedConfig, *, device: str, dtype: str
) -> PreTrainedModel:
    """Return the model of a folder, with all its weights, on its device.

    Parameters
    ----------
    folder, name
        As for `read_tokenizer`.
    config : transformers.PretrainedConfig
        Its configuration.
    device, dtype : str
        Where it is put, and in which number format.

    Raises
    ------
    InputError
        When weights are damaged, missing or of another shape, or cannot be used here.
    ParameterError
        When the model does not fit into memory.
    """
    from transformers import AutoModelForCausalLM

    try:
        with _quiet():
            network, found = AutoModelForCausalLM.from_pretrained(
                folder,
                config=config,
                dtype=dtype,
                use_safetensors=True,
                # A mismatch is told below, by name.
                ignore_mismatched_sizes=True,
                output_loading_info=True,
                **({"device_map": "auto"} if device == SPREAD else {}),
                **_attention(config),
                **_SAFE,
            )
            _check_whole(found, name)
            _check_quantised(network, config, name)
            return network.eval() if device == SPREAD else _placed(network.eval(), device)
    except DiscaError:
        raise
    except Exception as error:  # noqa: BLE001 - see the module
        fault = _fault(error, name, config, device)
    raise fault


def _attention(config: PretrainedConfig) -> dict[str, str]:
    """Return how attention is computed, where the fast ways leave a part of the model out."""
    softened = getattr(config.get_text_config(), "attn_logit_softcapping", None)
    return {} if softened is None else {"attn_implementation": "eager"}


def _check_whole(found: dict[str, object], name: str) -> None:
    """Raise when transformers has made up some of the weights."""
    if missing := sorted(map(str, found["missing_keys"])):  # type: ignore[call-overload]
        raise InputError(
            f"The weights of {name} lack {missing[0]!r} and would be random; get them anew."
        )
    others: list[tuple[object, ...]] = sorted(found.get("mismatched_keys") or ())  # type: ignore[call-overload]
    if others:
        key, stored, needed = others[0][:3]
        raise InputError(
            f"The weights of {name} do not fit its config.json: {key!r} has the shape "
            f"{tuple(stored)}, which should be {tuple(needed)}; get the model anew."  # type: ignore[arg-type]
        )


def _method(config: PretrainedConfig) -> str | None:
    """Return how the weights are quantised, None for weights that are not."""
    given = getattr(config, "quantization_config", None)
    if given is None:
        return None
    found = given.get("quant_method") if isinstance(given, dict) else given.quant_method
    return str(getattr(found, "value", found))


def _check_quantised(network: PreTrainedModel, config: PretrainedConfig, name: str) -> None:
    """Raise when transformers has read quantised weights as if they were not."""
    method = _method(config)
    if method is not None and not getattr(network, "is_quantized", False):
        raise InputError(
            f"{name} is quantised with {method!r}, which this transformers does not know; update "
            "it, or choose weights that are not quantised."
        )


def _placed(network: PreTrainedModel, device: str) -> PreTrainedModel:
    """Return a model on a device; quantised ones often lie there already and cannot be moved."""
    if (
        getattr(network, "is_quantized", False)
        and network.device.type == device.split(":", maxsplit=1)[0]
    ):
        return network
    moved: PreTrainedModel = network.to(device)
    return moved


def _fault(error: Exception, name: str, config: PretrainedConfig, device: str) -> DiscaError:
    """Return the package's own error for one of those that come up while weights are read."""
    from safetensors import SafetensorError

    if out_of_memory(error):
        return ParameterError(
            f"{name} does not fit into the memory of {device}; choose another device= or a "
            "shorter dtype=, such as bfloat16."
        )
    if (method := _method(config)) is not None:
        return InputError(
            f"{name} is quantised with {method}, which cannot be used here ({reason(error)}); "
            "install what it needs, or choose weights that are not quantised."
        )
    if isinstance(error, OSError | SafetensorError):
        return InputError(f"The weights of {name} cannot be read ({reason(error)}); get them anew.")
    return InputError(
        f"{name} cannot be built from its config.json ({reason(error)}); "
        "get the model anew, or update transformers."
    )


def reason(error: Exception) -> str:
    """Return the beginning of an error's text as one line, without its full stop."""
    text = " ".join(str(error).split())
    if " " not in text:  # a name alone, as of a missing key
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return (text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()}…").rstrip(".")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers from counting tensors and from printing reports that errors here hold."""
    from transformers.utils import logging

    shown, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity(logging.CRITICAL)
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if shown:
            logging.enable_progress_bar()
