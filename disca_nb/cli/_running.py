"""How a model is run, as the commands that ask one take it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from disca_nb.errors import DataFileError, MissingPackageError

if TYPE_CHECKING:
    from disca_nb.models import LanguageModel

__all__ = ["add_running", "check_loading", "loaded", "orders_in", "running_options", "template"]

_FLAGS = {
    "revision": "--revision",
    "device": "--device",
    "dtype": "--dtype",
    "batch_tokens": "--batch-tokens",
    "no_sharing": "--no-sharing",
    "min_mass": "--min-mass",
    "chat_template": "--chat-template",
}
_MIN_MASS = 0.5


def add_running(parser: argparse.ArgumentParser, *, answers: str) -> None:
    """Add how the model is run; ``answers`` says what the least mass is the sum of."""
    group = parser.add_argument_group("running")
    group.add_argument("--revision", metavar="R", help="branch, tag or commit on the hub")
    group.add_argument("--device", metavar="D", help="such as cpu or cuda:0")
    group.add_argument("--dtype", metavar="D", help="float32, bfloat16, float16 or auto")
    group.add_argument(
        "--batch-tokens",
        type=int,
        metavar="N",
        help="tokens read at once (default: 4096 on the processor, 32768 elsewhere)",
    )
    group.add_argument(
        "--no-sharing",
        action="store_true",
        help="read every prompt in full instead of common beginnings once",
    )
    group.add_argument(
        "--min-mass",
        type=float,
        default=_MIN_MASS,
        metavar="P",
        help=f"below this probability of {answers} together an answer is marked "
        f"(default: {_MIN_MASS:g})",
    )
    group.add_argument(
        "--chat-template", metavar="WHAT", help="a file with a Jinja template, or plain for none"
    )


def running_options(arguments: argparse.Namespace) -> list[str]:
    """Return the flags of `add_running` that were given something else than the usual.

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> add_running(parser, answers="all options")
    >>> running_options(parser.parse_args(["--device", "cpu"]))
    ['--device']
    """
    usual = {"no_sharing": False, "min_mass": _MIN_MASS}
    return [flag for name, flag in _FLAGS.items() if getattr(arguments, name) != usual.get(name)]


def orders_in(text: str | None) -> str | int:
    """Return orders of the options by name or number; "two" where nothing was said.

    Examples
    --------
    >>> orders_in(None), orders_in("exhaustive"), orders_in("4")
    ('two', 'exhaustive', 4)
    """
    if text is None:
        return "two"
    return int(text) if text.lstrip("-").isdecimal() else text


def check_loading(*, instead: str | None) -> None:
    """Raise unless local models can be loaded; ``instead`` is a command that needs none.

    Raises
    ------
    MissingPackageError
        Without PyTorch or transformers.
    """
    from disca_nb.models._checks import check_installed

    try:
        check_installed()
    except MissingPackageError as error:
        if instead is None:
            raise
        raise MissingPackageError(f"{error} {instead} needs neither.") from None


def loaded(name: str, arguments: argparse.Namespace) -> LanguageModel:
    """Return a model, loaded as the command line says.

    Raises
    ------
    InputError
        As `disca_nb.models.load`, and for a template that cannot be read.
    """
    from disca_nb.models import load

    return load(
        name,
        revision=arguments.revision,
        device=arguments.device,
        dtype=arguments.dtype,
        batch_tokens=arguments.batch_tokens,
        share_prefixes=not arguments.no_sharing,
        chat_template=template(arguments.chat_template),
    )


def template(what: str | None) -> str | None:
    """Return a chat template: that in a file, "plain", or None for the model's own."""
    from disca_nb.models.chat import PLAIN

    if what is None or what == PLAIN:
        return what
    try:
        return Path(what).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise DataFileError(f"{what} is not text in UTF-8; name a Jinja template.") from None
