"""`load`: from the name of a model, or a folder, to a model that scores options."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from disca_nb._data import data_path
from disca_nb.errors import InputError, ParameterError, unknown_name
from disca_nb.models._checks import check_config, check_installed, check_weights, weights_hash
from disca_nb.models._hub import from_hub
from disca_nb.models.chat import chat_format
from disca_nb.models.hugging_face import HuggingFaceModel

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

__all__ = ["DEMO", "DEMO_LABEL", "SYNTHETIC", "load"]

DEMO, DEMO_LABEL = "demo", "synthetic-demo"
"""What the embedded model is asked for as, and its label along the dimension ``model``."""

SYNTHETIC = (
    "The model is a small synthetic stand-in, trained on text that the project made up: it proves "
    "nothing about any real model or country."
)
"""What every result of the embedded model says of itself."""

_DTYPES = ("float32", "bfloat16", "float16", "auto")
_HUB_NAME = re.compile(r"\w[\w.-]*(/[\w.-]+)?")


def load(
    name: str | os.PathLike[str],
    *,
    revision: str | None = None,
    device: str | None = None,
    dtype: str | None = None,
    batch_size: int = 16,
    chat_template: str | None = None,
) -> HuggingFaceModel:
    """Load a causal language model.

    Code that comes with a model is never run, and weights are read as safetensors only. With
    ``DISCA_NB_OFFLINE=1`` nothing is downloaded. The token for gated models is the environment
    variable ``HF_TOKEN``.

    Parameters
    ----------
    name : str or path
        ``"demo"`` for the embedded synthetic model, a folder as ``save_pretrained`` writes it, or
        the name of a model on the Hugging Face hub.
    revision : str, optional
        Branch, tag or commit on the hub.
    device : str, optional
        Such as ``"cpu"`` or ``"cuda:0"``; a CUDA device where there is one, else the processor.
    dtype : {"float32", "bfloat16", "float16", "auto"}, optional
        Number format of the weights; by default ``float32`` on the processor and the model's own
        (``auto``) elsewhere. Probabilities are computed in 64 bits always.
    batch_size : int
        Prompts that are read at once.
    chat_template : str, optional
        A Jinja template instead of the model's own; ``"plain"`` joins system text, user turn and
        answer prefix by line breaks, for base models.

    Returns
    -------
    HuggingFaceModel
        With ``name``, ``manifest``, ``score`` and ``generate``.

    Raises
    ------
    InputError
        When the libraries or the model are missing, or it is gated, needs code of its own, has no
        safetensors, no chat template, or is not a causal language model.
    UnknownNameError, ParameterError
        For another number format, device or batch size.
    OfflineError
        When the model is not in the hub's cache and cannot be downloaded.

    Examples
    --------
    >>> load("./no/such/folder")
    Traceback (most recent call last):
        ...
    disca_nb.errors.InputError: There is no folder ./no/such/folder; check the path.
    """
    given = os.fspath(name)
    if dtype is not None and dtype not in _DTYPES:
        raise unknown_name("dtype", dtype, _DTYPES)
    if batch_size < 1:
        raise ParameterError(f"batch_size is {batch_size}; it must be at least 1.")
    folder = _folder(given, revision)
    check_installed()
    if folder is None:
        folder, commit = from_hub(given, revision)
        label, origin = given, {"source": "hub", "revision": commit}
    else:
        check_config(folder / "config.json", given)
        check_weights(folder, given)
        label = DEMO_LABEL if given == DEMO else folder.resolve().name
        origin = {"source": "folder", "weights_sha256": weights_hash(folder)}
    if given == DEMO:
        origin |= {"source": "embedded", "notice": SYNTHETIC}
    tokenizer = _tokenizer(folder, given)
    chat = chat_format(tokenizer, chat_template, given)
    network = _network(folder, given, device, dtype)
    return HuggingFaceModel(
        network, tokenizer, chat, name=label, batch_size=batch_size, origin=origin
    )


def _folder(name: str, revision: str | None) -> Path | None:
    """Return the folder that is meant, None for a name on the hub."""
    path = data_path("embedded/config.json").parent if name == DEMO else Path(name).expanduser()
    if path.is_dir():
        if revision is not None:
            raise ParameterError(
                f"revision is {revision!r}, but {name} is a folder, which has one; leave it out."
            )
        return path
    if path.exists():
        raise InputError(f"{name} is a file; name the folder that holds config.json and weights.")
    if _HUB_NAME.fullmatch(name) is None:
        raise InputError(f"There is no folder {name}; check the path.")
    return None


def _tokenizer(folder: Path, name: str) -> PreTrainedTokenizerBase:
    """Return the tokenizer that lies in a folder."""
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError, ImportError, KeyError) as error:
        raise InputError(
            f"The tokenizer of {name} cannot be read ({_first_line(error)}); get it anew, or serve "
            "the model behind an OpenAI-compatible server."
        ) from None


def _network(folder: Path, name: str, device: str | None, dtype: str | None) -> PreTrainedModel:
    """Return the model of a folder, with all its weights, on its device."""
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM

    place = _device(device)
    try:
        with _no_bar():
            network, found = AutoModelForCausalLM.from_pretrained(
                folder,
                trust_remote_code=False,
                use_safetensors=True,
                local_files_only=True,
                dtype=dtype or ("float32" if place == "cpu" else "auto"),
                output_loading_info=True,
            )
    except (OSError, ValueError, ImportError, RuntimeError, SafetensorError) as error:
        raise InputError(
            f"The weights of {name} cannot be read ({_first_line(error)}); get them anew."
        ) from None
    if missing := sorted(found["missing_keys"]):
        raise InputError(
            f"The weights of {name} lack {missing[0]!r} and would be random; get them anew."
        )
    loaded: PreTrainedModel = network.eval().to(place)
    return loaded


@contextmanager
def _no_bar() -> Iterator[None]:
    """Keep transformers from counting tensors on the screen, and leave it as it was."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _device(device: str | None) -> str:
    """Return the name of the device, once it can be used."""
    import torch

    chosen = device or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        torch.empty(1, device=chosen)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ParameterError(
            f"Device {chosen!r} cannot be used ({_first_line(error)}); use 'cpu'."
        ) from None
    return chosen


def _first_line(error: Exception) -> str:
    """Return the beginning of an error's text, without its full stop."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(".")
