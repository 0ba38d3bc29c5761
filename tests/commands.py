"""The command line in this process, as tests call it."""

from __future__ import annotations

import pytest

from disca_nb.cli import main

__all__ = ["run"]


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Return exit code, output and errors of a command."""
    try:
        code = main([str(each) for each in arguments])
    except SystemExit as stop:
        code = int(str(stop.code))
    captured = capsys.readouterr()
    return code, captured.out, captured.err
