"""The command line: ``disca-nb`` and ``python -m disca_nb``.

Exit codes: 0 done; 1 a file or a result is at fault; 2 the command line is. Errors are one
sentence on standard error.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from typing import NoReturn

from disca_nb._version import __version__
from disca_nb.errors import DiscaError, ParameterError, UnknownNameError

__all__ = ["main"]

_FAILED, _MISUSED = 1, 2


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence."""

    def error(self, message: str) -> NoReturn:
        """Print the message and where help is, and exit with 2."""
        text = message[:1].upper() + message[1:]
        self.exit(_MISUSED, f"{self.prog}: {text.rstrip('.')}; see {self.prog} --help.\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; those of the process by default.

    Returns
    -------
    int
        0, 1 or 2.

    Examples
    --------
    >>> main(["fetch", "list"])  # doctest: +ELLIPSIS
    gemma-3-270m-it...
    0
    """
    arguments = _parser().parse_args(argv)
    # A warning is a sentence to the user, not a place in the code.
    before, warnings.formatwarning = warnings.formatwarning, _told
    try:
        arguments.run(arguments)
        sys.stdout.flush()
    except (UnknownNameError, ParameterError) as error:
        return _report(error, _MISUSED)
    except DiscaError as error:
        return _report(error, _FAILED)
    except BrokenPipeError:
        # The reader of a pipe went away; what it has read is whole.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _report(f"{where}{error.strerror or error}; check the path and the disk.", _FAILED)
    except KeyboardInterrupt as error:
        return _report(str(error) or "Interrupted; nothing partial was left.", _FAILED)
    finally:
        warnings.formatwarning = before
    return 0


def _told(message: Warning | str, *_: object, **__: object) -> str:
    """Return a warning as one line."""
    return f"disca-nb: {' '.join(str(message).split())}\n"


def _report(error: object, code: int) -> int:
    """Print an error as one line on standard error and return the exit code."""
    print(f"disca-nb: {' '.join(str(error).split())}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    """Build the parser; each command's own module describes it."""
    from disca_nb.cli import (
        audit,
        consistency,
        demo,
        divergence,
        elicit,
        fetch,
        opinions,
        replicate,
    )

    parser = _Parser(
        prog="disca-nb",
        description="How language models treat the world's cultures: steering, floors, intervals.",
        epilog="Example: disca-nb demo --countries BRA,JPN,USA",
    )
    parser.add_argument("--version", action="version", version=f"disca-nb {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (demo, elicit, replicate, audit, opinions, consistency, divergence, fetch):
        module.add_parser(commands)
    return parser
