"""On which device a model is read, and in which number format, where the user does not say."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from disca_nb.errors import MissingPackageError, ParameterError
from disca_nb.models._reading import SPREAD, reason

if TYPE_CHECKING:
    from transformers import PretrainedConfig

__all__ = ["format_of", "place_of"]

# Part of an accelerator's free memory that weights may take; the rest is for batches.
_FOR_WEIGHTS = 0.8


def place_of(device: object, folder: Path | None) -> str:
    """Return the device of a model, once a number has been there and back.

    Parameters
    ----------
    device : str or None
        As for `disca_nb.models.load`. None is the first of CUDA, MPS and the processor that is
        there, and all devices together for weights larger than a CUDA device.
    folder : pathlib.Path, optional
        Where the weights are, as far as they are there yet.

    Returns
    -------
    str
        A name that PyTorch knows, or ``"auto"`` for all devices together.

    Raises
    ------
    ParameterError
        For a device that cannot be used.
    MissingPackageError
        When several devices are needed, without the library for that.
    """
    import torch

    if device is None and torch.cuda.is_available():
        free, _ = torch.cuda.mem_get_info()
        files = [] if folder is None else list(folder.glob("*.safetensors"))
        large = sum(file.stat().st_size for file in files) > _FOR_WEIGHTS * free
        device = SPREAD if large else "cuda"
    if device is None:
        device = "mps" if torch.backends.mps.is_available() else "cpu"
    if device == SPREAD:
        if find_spec("accelerate") is None:
            raise MissingPackageError(
                "A model on several devices needs accelerate; run: pip install 'disca-nb[models]'."
            )
        return SPREAD
    chosen = str(device)
    try:
        torch.zeros(1, device=chosen).item()
    except Exception as error:  # noqa: BLE001 - each kind of device has errors of its own
        fault = ParameterError(f"Device {chosen!r} cannot be used ({reason(error)}); use 'cpu'.")
    else:
        return chosen
    raise fault


def format_of(dtype: str | None, place: str, config: PretrainedConfig) -> str:
    """Return the number format of a model's weights.

    Parameters
    ----------
    dtype : str or None
        As for `disca_nb.models.load`.
    place : str
        What `place_of` returned.
    config : transformers.PretrainedConfig
        The model's. Quantised weights keep their own format.

    Returns
    -------
    str
        32 bits on the processor; elsewhere bfloat16, or float16 where the device has none.
    """
    import torch

    if dtype is not None:
        return dtype
    if getattr(config, "quantization_config", None) is not None:
        return "auto"
    if place == "cpu" or (place == SPREAD and not torch.cuda.is_available()):
        return "float32"
    device = "cuda" if place == SPREAD else place
    try:
        torch.ones(1, dtype=torch.bfloat16, device=device).add_(1).item()
    except (RuntimeError, TypeError):
        return "float16"
    old = device.startswith("cuda") and not torch.cuda.is_bf16_supported(including_emulation=False)
    return "float16" if old else "bfloat16"
