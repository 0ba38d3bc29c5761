"""The parts of the script that rebuilds Binder's environment; the whole takes minutes by hand."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import rebuild_binder
from process_memory import Measured, family, run_measured

MB = 1_000_000
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
# A process that starts another, which fills so many megabytes and keeps them for a moment.
NESTED = (
    "import subprocess, sys; "
    "code = 'import time; held = bytearray(b\"x\") * (int({size}) * 10**6); time.sleep(1)'; "
    "sys.exit(subprocess.run([sys.executable, '-c', code]).returncode)"
)


@linux
def test_memory_of_a_process_that_another_started_is_counted(tmp_path: Path) -> None:
    code = NESTED.replace("{size}", "300")
    took = run_measured([sys.executable, "-c", code], cwd=tmp_path, env=os.environ)
    assert took.code == 0
    assert took.processes == 2
    assert took.largest > 300 * MB
    assert 300 * MB < took.proportional <= took.resident < 450 * MB


@linux
def test_the_code_of_a_command_that_fails_is_kept(tmp_path: Path) -> None:
    took = run_measured([sys.executable, "-c", "raise SystemExit(5)"], cwd=tmp_path, env=os.environ)
    assert took.code == 5


@linux
def test_a_process_is_of_its_own_family() -> None:
    assert os.getpid() in family(os.getpid())
    assert os.getpid() in family(os.getppid())


def _took(*, code: int = 0, resident: int = 900 * MB) -> Measured:
    return Measured(code, 30.0, 29.0, resident, resident, resident, 2)


def test_a_run_within_the_limit_is_well() -> None:
    assert rebuild_binder.verdict(_took(resident=rebuild_binder.LIMIT)) == []


def test_a_failed_run_and_one_above_the_limit_are_told() -> None:
    assert rebuild_binder.verdict(_took(code=1)) == ["The notebook failed with code 1."]
    (above,) = rebuild_binder.verdict(_took(resident=1_600 * MB))
    assert above == "Resident memory reached 1,600 MB, above 1,500 MB."


def test_the_build_is_binders_word_for_word_where_the_index_is_reached(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = (rebuild_binder.BINDER / "postBuild").read_text(encoding="utf-8")
    assert rebuild_binder.build_script(text, reached=True) == text
    assert capsys.readouterr().out == "PyTorch from https://download.pytorch.org/whl/cpu.\n"


def test_only_the_index_goes_where_it_is_not_reached(capsys: pytest.CaptureFixture[str]) -> None:
    text = (rebuild_binder.BINDER / "postBuild").read_text(encoding="utf-8")
    built = rebuild_binder.build_script(text, reached=False)
    assert built == text.replace("--index-url https://download.pytorch.org/whl/cpu ", "")
    assert built != text
    assert "cannot be reached" in capsys.readouterr().out


def test_an_index_that_does_not_answer_is_not_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    # Nothing listens on the discard port of loopback.
    assert rebuild_binder.reachable("http://127.0.0.1:9/whl/cpu", seconds=2.0) is False


def test_another_python_than_the_pinned_one_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert rebuild_binder.interpreter("2.99") == sys.executable
    assert "the pinned 2.99 is not on this machine" in capsys.readouterr().out
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert rebuild_binder.interpreter(here) == sys.executable
    assert capsys.readouterr().out == f"Python {here}, as pinned.\n"
