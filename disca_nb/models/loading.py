"""`load`: from the name of a model, or a folder, to a model that scores options."""

from __future__ import annotations

import os
import re
from pathlib import Path

from disca_nb.errors import InputError, ParameterError, unknown_name
from disca_nb.models import embedded
from disca_nb.models._checks import check_config, check_installed, check_weights, weights_hash
from disca_nb.models._hub import from_hub
from disca_nb.models._numbers import whole
from disca_nb.models._reading import read_config, read_network, read_tokenizer, reason
from disca_nb.models.chat import chat_format
from disca_nb.models.hugging_face import HuggingFaceModel

__all__ = ["DEMO", "DEMO_LABEL", "label_of", "load"]

DEMO, DEMO_LABEL = "demo", "synthetic-demo"
"""What the embedded model is asked for as, and its label along the dimension ``model``."""

_DTYPES = ("float32", "bfloat16", "float16", "auto")
_HUB_NAME = re.compile(r"\w[\w.-]*(/[\w.-]+)?")


def load(
    name: str | os.PathLike[str],
    *,
    revision: str | None = None,
    device: str | None = None,
    dtype: str | None = None,
    batch_tokens: int | None = None,
    share_prefixes: bool = True,
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
        (``auto``) elsewhere. The output layer is computed in 32 bits at least, unless it is
        quantised, and probabilities in 64.
    batch_tokens : int, optional
        Tokens that are read at once, beginnings counted for every prompt; by default 4,096 on the
        processor and 32,768 elsewhere. Where that many do not fit into memory fewer are read.
    share_prefixes : bool
        Whether the tokens with which many prompts begin are read only once. Models that cannot
        take up a beginning, and those that then give something else, read every prompt in full.
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
        safetensors, no chat template, cannot be read, or is not a causal language model.
    UnknownNameError, ParameterError
        For another number format, device or number of tokens, or a model that does not fit into
        memory.
    OfflineError
        When the model is not in the hub's cache and cannot be downloaded.

    Examples
    --------
    >>> load("./no/such/folder")
    Traceback (most recent call last):
        ...
    disca_nb.errors.InputError: There is no folder ./no/such/folder; check the path.
    """
    given = _name(name)
    if dtype is not None and dtype not in _DTYPES:
        raise unknown_name("dtype", dtype, _DTYPES)
    if batch_tokens is not None:
        whole("batch_tokens", batch_tokens)
    folder = _folder(given, revision)
    check_installed()
    place = _device(device)
    label = _label(given, folder)
    if folder is None:
        folder, commit = from_hub(given, revision)
        origin = {"source": "hub", "revision": commit}
    else:
        check_config(folder / "config.json", given)
        check_weights(folder, given)
        origin = {"source": "folder", "weights_sha256": weights_hash(folder)}
    if given == DEMO:
        origin |= {"source": "embedded", "notice": embedded.NOTICE}
    config, tokenizer = read_config(folder, given), read_tokenizer(folder, given)
    chat = chat_format(tokenizer, chat_template, given)
    form = dtype or ("float32" if place == "cpu" else "auto")
    network = read_network(folder, given, config, device=place, dtype=form)
    return HuggingFaceModel(
        network,
        tokenizer,
        chat,
        name=label,
        batch_tokens=batch_tokens,
        share_prefixes=share_prefixes,
        origin=origin,
    )


def label_of(name: str | os.PathLike[str]) -> str:
    """Return the label that a model will have, without loading it.

    Parameters
    ----------
    name : str or path
        As for `load`.

    Returns
    -------
    str
        Its name on the hub, the last part of its folder, or "synthetic-demo".

    Raises
    ------
    InputError
        When there is no such folder, and it cannot be a model of the hub.

    Examples
    --------
    >>> label_of("demo"), label_of("Qwen/Qwen2.5-0.5B-Instruct")
    ('synthetic-demo', 'Qwen/Qwen2.5-0.5B-Instruct')
    """
    given = _name(name)
    return _label(given, _folder(given, None))


def _label(name: str, folder: Path | None) -> str:
    """Return the label of a model in a folder, or of one on the hub."""
    if folder is None:
        return name
    return DEMO_LABEL if name == DEMO else folder.resolve().name


def _name(given: object) -> str:
    """Return the name of a model as text, or say that it is none."""
    name = os.fspath(given) if isinstance(given, str | os.PathLike) else given
    if not isinstance(name, str) or not name.strip():
        raise InputError(
            f"{given!r} is no name of a model; give a folder, owner/name on the hub, or 'demo'."
        )
    return name


def _folder(name: str, revision: str | None) -> Path | None:
    """Return the folder that is meant, None for a name on the hub."""
    path = embedded.folder() if name == DEMO else Path(name).expanduser()
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


def _device(device: object) -> str:
    """Return the name of the device, once a number has been there and back."""
    import torch

    chosen = str(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    try:
        torch.zeros(1, device=chosen).item()
    except Exception as error:  # noqa: BLE001 - each kind of device has errors of its own
        fault = ParameterError(f"Device {chosen!r} cannot be used ({reason(error)}); use 'cpu'.")
    else:
        return chosen
    raise fault
