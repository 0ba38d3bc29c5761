"""Models of the Hugging Face hub: downloaded once, at a recorded commit, as data only.

The access token comes from ``HF_TOKEN`` and is passed on to the hub; no message of this module
repeats it, and errors of the hub's library, which hold the request, are not chained.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from disca_nb.datasets.download import downloads_forbidden
from disca_nb.errors import DiscaError, InputError, OfflineError, ParameterError
from disca_nb.models._checks import check_config, check_weights

__all__ = ["from_hub"]

T = TypeVar("T")

_TOKEN = "HF_TOKEN"  # noqa: S105 - the name of the variable
_DATA = ["*.json", "*.safetensors", "*.jinja", "*.model", "*.txt"]
# Folders and consolidated files hold the same weights once more, for other programs.
_TWICE = ["*/*", "consolidated*"]


def from_hub(name: str, revision: str | None) -> tuple[Path, str]:
    """Return the folder in the hub's cache that holds a model, and its commit.

    The configuration comes first, so that a model which cannot be used costs no gigabytes.

    Parameters
    ----------
    name : str
        Such as ``"Qwen/Qwen2.5-0.5B-Instruct"``.
    revision : str or None
        Branch, tag or commit; the main branch by default.

    Returns
    -------
    tuple of (pathlib.Path, str)

    Raises
    ------
    InputError
        For a model that is not there, may not be read, or cannot be used, and for a token with
        characters that no token has.
    OfflineError
        When it is neither in the cache nor can be downloaded.
    """
    from huggingface_hub import hf_hub_download, snapshot_download

    offline = downloads_forbidden()
    options = {"token": _token() or False, "local_files_only": offline}
    config = Path(
        _asked(
            lambda: hf_hub_download(name, "config.json", revision=revision, **options),
            name,
            revision,
        )
    )
    check_config(config, name)
    commit = config.parent.name
    folder = Path(
        _asked(
            lambda: snapshot_download(
                name, revision=commit, allow_patterns=_DATA, ignore_patterns=_TWICE, **options
            ),
            name,
            commit,
        )
    )
    if offline and not any(folder.glob("*.safetensors")):
        raise OfflineError(_not_cached(name))
    check_weights(folder, name)
    return folder, commit


def _token() -> str:
    """Return the access token, empty for none; what is wrong with one is said without it."""
    token = os.environ.get(_TOKEN, "").strip()
    # The library for requests puts a header that it cannot send into its error.
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise ParameterError(
            f"The variable {_TOKEN} holds white space or other characters that no token has; "
            "set it to the token alone, or unset it."
        )
    return token


def _asked(question: Callable[[], T], name: str, revision: str | None) -> T:
    """Return the hub's answer, or raise what went wrong in one sentence.

    Requests fail with errors of several libraries, which share no base class and may hold the
    request itself, so that all are caught and none is chained.
    """
    from huggingface_hub.utils import logging

    # What the library logs, a line per attempt, the one sentence says better.
    level = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        return question()
    except Exception as error:  # noqa: BLE001 - see above
        fault = _fault(error, name, revision)
    finally:
        logging.set_verbosity(level)
    raise fault


def _fault(error: Exception, name: str, revision: str | None) -> DiscaError:
    """Return the package's own error for one of the hub's."""
    from huggingface_hub import errors

    # A gated model is also one that is not found, so that the order matters.
    kinds: dict[type[Exception], DiscaError] = {
        errors.GatedRepoError: InputError(_gated(name)),
        errors.RepositoryNotFoundError: InputError(
            f"There is no folder {name}, and no model of that name on the hub that may be read; "
            f"check the name, or set {_TOKEN} for a private one."
        ),
        errors.RevisionNotFoundError: InputError(
            f"{name} has no revision {revision!r}; choose one that its page lists."
        ),
        errors.LocalEntryNotFoundError: OfflineError(_not_cached(name)),
        errors.OfflineModeIsEnabled: OfflineError(_not_cached(name)),
        errors.EntryNotFoundError: InputError(
            f"{name} has no config.json on the hub; choose a model in the form of transformers."
        ),
        errors.HFValidationError: InputError(
            f"{name!r} is no folder and cannot be the name of a model; write owner/name."
        ),
    }
    other = OfflineError(
        f"{name} could not be downloaded ({type(error).__name__}); try again when online."
    )
    return next((ours for kind, ours in kinds.items() if isinstance(error, kind)), other)


def _gated(name: str) -> str:
    """Return what to say of a model whose terms have to be accepted."""
    if _token():
        return f"{name} is gated, and the account of {_TOKEN} may not read it; ask on its page."
    return f"{name} is gated; accept its terms on its page and set the variable {_TOKEN}."


def _not_cached(name: str) -> str:
    """Return what to say when the hub cannot be asked and the cache has no answer."""
    if downloads_forbidden():
        setting = os.environ["DISCA_NB_OFFLINE"]
        return (
            f"{name} is no folder and not in the hub's cache, and DISCA_NB_OFFLINE={setting} "
            "forbids downloads; run it once while online."
        )
    return (
        f"{name} is no folder and not in the hub's cache, and the hub cannot be reached; "
        "run it once while online."
    )
